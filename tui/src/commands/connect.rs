//! `linchpin connect`: signs in, or takes a token, outside the chat. The command itself is the
//! builder's consent to begin; the provider's own page is where access is given.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;

use linchpin_agent::driver::{BrokerProcess, Browser};
use linchpin_catalog::{Catalog, Connector, Mode, RedirectRule};
use linchpin_screen::read_masked;
use linchpin_socket::{Finish, Reply, Request, Way};
use linchpin_tools::Broker;
use serde_json::json;

use crate::cli::ConnectArgs;
use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(args: &ConnectArgs, json: bool) -> Result<ExitCode, Fail> {
    let catalog = Catalog::embedded();
    let connector = catalog.get(&args.id).ok_or_else(|| {
        let hint = catalog
            .nearest(&args.id)
            .map_or_else(String::new, |near| format!(" Did you mean `{}`?", near.id));
        Fail::usage(format!(
            "There is no connector `{}`.{hint} `linchpin catalog list` shows all.",
            args.id
        ))
    })?;
    let mut scopes = Vec::new();
    for given in &args.scopes {
        let known = connector.scope(given).ok_or_else(|| {
            Fail::usage(format!(
                "{} has no permission `{given}`. `linchpin catalog show {}` lists them.",
                connector.name, connector.id
            ))
        })?;
        out::note(&format!("asks for: {} ({})", known.sentence, known.name));
        scopes.push(known.name.clone());
    }
    let config = config(connector, args)?;
    let root = context::root(&args.app)?;
    let app = context::app_id(&root)?;
    let broker = BrokerProcess::new(context::broker_plan());
    let finish = context::runtime()?.block_on(async {
        match args.paste || connector.auth.key.is_some() {
            true => paste(&broker, &app, connector, &config, args).await,
            false => sign_in(&broker, &app, connector, scopes, &config, args).await,
        }
    })?;
    match finish {
        Reply::Finished {
            finish: Finish::Connected {
                connection,
                missing_scopes,
            },
        } => {
            if json {
                out::json(&json!({"connection": connection, "missing_scopes": missing_scopes}));
            } else {
                let account = connection.account.as_deref().unwrap_or("an unnamed account");
                out::line(&format!("{} is connected as {account}", connector.name));
                missing_scopes
                    .iter()
                    .for_each(|scope| out::line(&format!("not granted: {scope}")));
                if let Some(step) = linchpin_tools::key_step(connector) {
                    out::line(&step);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Reply::Finished {
            finish: Finish::Failed { message, .. },
        }
        | Reply::Error { message, .. } => Err(Fail::refused(message)),
        _ => Err(Fail::refused("The broker gave an unexpected answer. Try again.")),
    }
}

/// The settings given with `--config`. The broker names the one that is missing or of another form.
fn config(connector: &Connector, args: &ConnectArgs) -> Result<BTreeMap<String, String>, Fail> {
    let mut config = BTreeMap::new();
    for pair in &args.config {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !connector.config.iter().any(|field| field.name == name) || value.is_empty() {
            let known: Vec<String> = connector
                .config
                .iter()
                .map(|field| format!("{}={}", field.name, field.placeholder))
                .collect();
            return Err(Fail::usage(match known.as_slice() {
                [] => format!("{} has no settings. Leave `--config` out.", connector.name),
                known => format!(
                    "`--config {pair}` does not fit. {} takes: {}",
                    connector.name,
                    known.join(", ")
                ),
            }));
        }
        config.insert(name.to_owned(), value.to_owned());
    }
    Ok(config)
}

/// In the browser, as far as the vendor sends people back to this machine; with a code on another
/// device; or as the client alone.
async fn sign_in(
    broker: &BrokerProcess,
    app: &str,
    connector: &Connector,
    scopes: Vec<String>,
    config: &BTreeMap<String, String>,
    args: &ConnectArgs,
) -> Result<Reply, Fail> {
    let way = match (args.device, args.client_credentials) {
        (true, _) => Way::Device,
        (_, true) => Way::Client,
        _ => Way::Browser,
    };
    let begin = Request::Begin {
        app: app.to_owned(),
        connector: connector.id.clone(),
        mode: Mode::from(args.mode).as_str().to_owned(),
        scopes,
        other_account: args.other_account,
        config: config.clone(),
        way,
    };
    let https_only =
        way == Way::Browser && connector.auth.redirect == RedirectRule::HttpsOnly && connector.auth.paste.is_some();
    let flow = match broker.ask(begin).await? {
        Reply::Begun { flow } => flow,
        Reply::Error { code, .. } if https_only && (code == "https_only" || code == "no_client") => {
            return paste(broker, app, connector, config, args).await;
        }
        Reply::Error { code, message } if code == "no_client" => {
            out::note(&format!(
                "{} needs an OAuth client of yours first: {}",
                connector.name, connector.setup.console_url
            ));
            let steps = connector.setup.steps.iter();
            steps.for_each(|step| out::note(&format!("  - {step}")));
            return Err(Fail::refused(format!(
                "{message} Type its id and secret into the chat: `linchpin` asks for them when you connect {} there.",
                connector.name
            )));
        }
        other => return Ok(other),
    };
    flow.notes.iter().for_each(|note| out::note(&format!("note: {note}")));
    let minutes = flow.expires_in / 60;
    match (way, &flow.user_code) {
        (Way::Client, _) => {}
        (_, Some(code)) => {
            out::note(&format!(
                "Open this page on any device and type {code} ({minutes} minutes):"
            ));
            out::note(&flow.authorize_url);
            out::note(
                "Go on there only because you started this yourself. Nobody else will ever ask you for this code.",
            );
        }
        (_, None) => {
            out::note(&format!("Open this link to sign in ({minutes} minutes):"));
            out::note(&flow.authorize_url);
            let browser = if args.no_browser {
                Browser::ShowOnly
            } else {
                Browser::System
            };
            browser.open(&flow.authorize_url);
        }
    }
    Ok(broker.ask(Request::Wait { flow: flow.id }).await?)
}

/// With a token or a key from the vendor's page: typed without being shown, or piped in with `--paste`.
async fn paste(
    broker: &BrokerProcess,
    app: &str,
    connector: &Connector,
    config: &BTreeMap<String, String>,
    args: &ConnectArgs,
) -> Result<Reply, Fail> {
    let auth = &connector.auth;
    let of_key = auth.key.as_ref().map(|key| (&key.name, &key.prefix, &key.url));
    let of_token = auth
        .paste
        .as_ref()
        .map(|paste| (&paste.name, &paste.prefix, &paste.url));
    let Some((name, prefix, url)) = of_key.or(of_token) else {
        return Err(Fail::usage(format!(
            "{} gives out no token to paste. Leave `--paste` out, and it is connected in the browser.",
            connector.name
        )));
    };
    if args.device || args.client_credentials {
        return Err(Fail::usage(format!(
            "{} is connected with its {name} only. Leave the option out.",
            connector.name
        )));
    }
    let typed = std::io::stdin().is_terminal();
    if !args.paste && !typed {
        return Err(Fail::usage(format!(
            "{} is connected with its {name} from {url}. Type it at a terminal, or pipe it in with `linchpin connect {} --paste`.",
            connector.name, connector.id
        )));
    }
    if typed {
        let begins = prefix.as_ref();
        let begins = begins.map_or_else(String::new, |prefix| format!(", which begins with {prefix}"));
        out::note(&format!(
            "{} is connected with its {name}{begins}. It is found here:",
            connector.name
        ));
        out::note(url);
        out::note("Paste it and press Enter; it is not shown:");
    }
    let token = read_masked().map_err(|e| Fail::refused(format!("It can't be read ({e}). Try again.")))?;
    let (mode, bytes) = (Mode::from(args.mode), token.expose().as_bytes());
    let socket = broker.socket().await?;
    let reply = socket
        .paste(app, &connector.id, mode.as_str(), args.other_account, config, bytes)
        .await;
    Ok(reply.map_err(|e| e.to_string())?)
}
