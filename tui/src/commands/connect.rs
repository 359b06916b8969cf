//! `linchpin connect`: signs in, outside the chat. The command itself is the builder's consent to
//! begin; the provider's own page is where access is given.

use std::process::ExitCode;

use linchpin_agent::driver::{BrokerProcess, Browser};
use linchpin_catalog::{Catalog, Mode};
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
    let world = context::world(&root, false)?;
    let broker = BrokerProcess::new(context::broker_plan());
    let mode = Mode::from(args.mode);
    context::runtime()?.block_on(async {
        let begin = Request::Begin {
            app: world.app_id.clone(),
            connector: connector.id.clone(),
            mode: mode.as_str().to_owned(),
            scopes,
            other_account: args.other_account,
        };
        let flow = match broker.ask(begin).await? {
            Reply::Begun { flow } => flow,
            Reply::Error { code, message } if code == "no_client" => {
                out::note(&format!("{} needs an OAuth client of yours first: {}", connector.name, connector.setup.console_url));
                connector.setup.steps.iter().for_each(|step| out::note(&format!("  - {step}")));
                return Err(Fail::refused(format!("{message} Type its id and secret into the chat: `linchpin` asks for them when you connect {} there.", connector.name)));
            }
            Reply::Error { message, .. } => return Err(Fail::refused(message)),
            _ => return Err(Fail::refused("The broker gave an unexpected answer. Try again.")),
        };
        flow.notes.iter().for_each(|note| out::note(&format!("note: {note}")));
        out::note(&format!("Open this link to sign in ({} minutes):", flow.expires_in / 60));
        out::note(&flow.authorize_url);
        let browser = if args.no_browser { Browser::ShowOnly } else { Browser::System };
        browser.open(&flow.authorize_url);
        match broker.ask(Request::Wait { flow: flow.id }).await? {
            Reply::Finished { finish: Finish::Connected { connection, missing_scopes } } => {
                if json {
                    out::json(&json!({"connection": connection, "missing_scopes": missing_scopes}));
                } else {
                    out::line(&format!("{} is connected as {}", connector.name, connection.account.as_deref().unwrap_or("an unnamed account")));
                    missing_scopes.iter().for_each(|scope| out::line(&format!("not granted: {scope}")));
                }
                Ok(ExitCode::SUCCESS)
            }
            Reply::Finished { finish: Finish::Failed { message, .. } } | Reply::Error { message, .. } => Err(Fail::refused(message)),
            _ => Err(Fail::refused("The broker gave an unexpected answer. Try again.")),
        }
    })
}
