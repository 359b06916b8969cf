//! `linchpin connect`: signs in, or takes a token, outside the chat. The command itself is the
//! builder's consent to begin; the provider's own page is where access is given.

use std::io::IsTerminal;
use std::process::ExitCode;

use linchpin_agent::driver::{BrokerProcess, Browser};
use linchpin_catalog::{Catalog, Connector, Mode, RedirectRule};
use linchpin_screen::read_masked;
use linchpin_socket::{Finish, Reply, Request};
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
    let root = context::root(&args.app)?;
    let app = context::app_id(&root)?;
    let broker = BrokerProcess::new(context::broker_plan());
    let finish = context::runtime()?.block_on(async {
        match args.paste {
            true => paste(&broker, &app, connector, args).await,
            false => sign_in(&broker, &app, connector, scopes, args).await,
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

/// In the browser, as far as the vendor sends people back to this machine.
async fn sign_in(
    broker: &BrokerProcess,
    app: &str,
    connector: &Connector,
    scopes: Vec<String>,
    args: &ConnectArgs,
) -> Result<Reply, Fail> {
    let begin = Request::Begin {
        app: app.to_owned(),
        connector: connector.id.clone(),
        mode: Mode::from(args.mode).as_str().to_owned(),
        scopes,
        other_account: args.other_account,
    };
    let https_only = connector.auth.redirect == RedirectRule::HttpsOnly && connector.auth.paste.is_some();
    let flow = match broker.ask(begin).await? {
        Reply::Begun { flow } => flow,
        Reply::Error { code, .. } if https_only && (code == "https_only" || code == "no_client") => {
            return paste(broker, app, connector, args).await;
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
    out::note(&format!(
        "Open this link to sign in ({} minutes):",
        flow.expires_in / 60
    ));
    out::note(&flow.authorize_url);
    let browser = if args.no_browser {
        Browser::ShowOnly
    } else {
        Browser::System
    };
    browser.open(&flow.authorize_url);
    Ok(broker.ask(Request::Wait { flow: flow.id }).await?)
}

/// With a token from the vendor's page: typed without being shown, or piped in with `--paste`.
async fn paste(broker: &BrokerProcess, app: &str, connector: &Connector, args: &ConnectArgs) -> Result<Reply, Fail> {
    let Some(paste) = &connector.auth.paste else {
        return Err(Fail::usage(format!(
            "{} gives out no token to paste. Leave `--paste` out, and it is connected in the browser.",
            connector.name
        )));
    };
    let typed = std::io::stdin().is_terminal();
    if !args.paste && !typed {
        return Err(Fail::usage(format!(
            "{} is connected with its {} from {}. Type it at a terminal, or pipe it in with `linchpin connect {} --paste`.",
            connector.name, paste.name, paste.url, connector.id
        )));
    }
    let begins = paste.prefix.as_ref();
    let begins = begins.map_or_else(String::new, |prefix| format!(", which begins with {prefix}"));
    if typed {
        out::note(&format!(
            "{} is connected with its {}{begins}. It is found here:",
            connector.name, paste.name
        ));
        out::note(&paste.url);
        out::note("Paste it and press Enter; it is not shown:");
    }
    let token = read_masked().map_err(|e| Fail::refused(format!("The token can't be read ({e}). Try again.")))?;
    let (mode, bytes) = (Mode::from(args.mode), token.expose().as_bytes());
    let socket = broker.socket().await?;
    let reply = socket
        .paste(app, &connector.id, mode.as_str(), args.other_account, bytes)
        .await;
    Ok(reply.map_err(|e| e.to_string())?)
}
