//! `linchpin connections`: who is connected, with what access, and what uses it.

use std::path::Path;
use std::process::ExitCode;

use linchpin_agent::driver::{BrokerProcess, World, connection_rows};
use linchpin_catalog::Mode;
use linchpin_protocol::ConnectionRow;
use linchpin_socket::{ConnectionView, Reply, Request};
use linchpin_tools::Broker;
use serde_json::json;

use crate::cli::{ConnectArgs, ConnectionsCommand, ModeArg};
use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(command: &ConnectionsCommand, json: bool) -> Result<ExitCode, Fail> {
    match command {
        ConnectionsCommand::List(arg) => list(&arg.app, None, json),
        ConnectionsCommand::Show(arg) => list(&arg.app, Some(&arg.id), json),
        ConnectionsCommand::Switch(arg) => super::connect::run(&again(&arg.id, &arg.app, arg.mode, true), json),
        ConnectionsCommand::Reconnect(arg) => super::connect::run(&again(&arg.id, &arg.app, arg.mode, false), json),
        ConnectionsCommand::Disconnect(arg) => revoke(&arg.app, Some((&arg.id, arg.mode.into())), json),
        ConnectionsCommand::Revoke(arg) => revoke(&arg.app, arg.id.as_deref().map(|id| (id, arg.mode.into())), json),
    }
}

fn again(id: &str, app: &Path, mode: ModeArg, other_account: bool) -> ConnectArgs {
    ConnectArgs {
        id: id.to_owned(),
        app: app.to_owned(),
        mode,
        scopes: Vec::new(),
        other_account,
        config: Vec::new(),
        paste: false,
        device: false,
        client_credentials: false,
        no_browser: false,
    }
}

fn list(app: &Path, only: Option<&str>, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let world = context::world(&root, false)?;
    let broker = BrokerProcess::new(context::broker_plan());
    let views = context::runtime()?.block_on(views(&broker, &world))?;
    let rows: Vec<ConnectionRow> = connection_rows(&world, &views)
        .into_iter()
        .filter(|r| only.is_none_or(|id| r.connector == id))
        .collect();
    if json {
        out::json(&json!({"connections": rows}));
    } else if rows.is_empty() {
        out::line("Nothing is connected. `linchpin connect ID` connects a tool; `linchpin catalog list` shows all.");
    } else {
        rows.iter().for_each(print);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(row: &ConnectionRow) {
    let account = row.account.as_deref().unwrap_or("nobody");
    out::line(&format!(
        "{:<18} {:<9} {:<16} {account}",
        row.connector_name,
        row.mode.as_str(),
        row.status.replace('_', " ")
    ));
    if let Some(reason) = &row.reason {
        out::line(&format!("  {reason}"));
    }
    for access in &row.access {
        out::line(&format!("  may: {access}"));
    }
    if !row.functions.is_empty() {
        out::line(&format!("  used by: {}", row.functions.join(", ")));
    }
}

async fn views(broker: &BrokerProcess, world: &World) -> Result<Vec<ConnectionView>, Fail> {
    match broker
        .ask(Request::Connections {
            app: world.app_id.clone(),
        })
        .await?
    {
        Reply::Connections { connections } => Ok(connections),
        Reply::Error { message, .. } => Err(Fail::refused(message)),
        _ => Err(Fail::refused(
            "The broker gave an unexpected answer. Connections are kept; try again.",
        )),
    }
}

fn revoke(app: &Path, one: Option<(&str, Mode)>, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let world = context::world(&root, false)?;
    let broker = BrokerProcess::new(context::broker_plan());
    context::runtime()?.block_on(async {
        let targets: Vec<(String, String)> = match one {
            Some((id, mode)) => vec![(id.to_owned(), mode.as_str().to_owned())],
            None => views(&broker, &world).await?.into_iter().filter(|v| v.status != "disconnected").map(|v| (v.connector, v.mode)).collect(),
        };
        let mut failed = Vec::new();
        for (connector, mode) in &targets {
            let request = Request::Disconnect { app: world.app_id.clone(), connector: connector.clone(), mode: mode.clone() };
            match broker.ask(request).await? {
                Reply::Ok => {}
                Reply::Error { message, .. } => failed.push(format!("{connector}: {message}")),
                _ => failed.push(format!("{connector}: the broker gave an unexpected answer")),
            }
        }
        if !failed.is_empty() {
            return Err(Fail::refused(failed.join("; ")));
        }
        if json {
            out::json(&json!({"disconnected": targets.iter().map(|(c, m)| json!({"connector": c, "mode": m})).collect::<Vec<_>>()}));
        } else {
            for (connector, mode) in &targets {
                out::line(&format!("{connector} ({mode}) is disconnected; its access is revoked at the provider."));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
