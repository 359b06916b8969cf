//! The connections: which there are, ending one, and another account for one.

use linchpin_catalog::{Catalog, Mode};
use serde_json::json;

use super::chat::{rows, text};
use super::closing::failed;
use super::connectors::mentions;
use super::context::Context;
use super::names::{connector as connector_name, listed};
use super::turn::{Flow, Turn};
use super::words::Said;

/// The connections, asked of the broker.
fn listed_connections(turn: &mut Turn<'_>) -> Flow<Vec<(String, Mode, String, String)>> {
    let done = turn.call("list_connections", json!({}), |_| true)?;
    if !done.ok {
        return Err(turn.end(failed(&done, "The connections can't be listed.")));
    }
    Ok(rows(done.data, "connections")
        .map(|row| {
            let mode = if text(row, "mode") == "app_user" {
                Mode::AppUser
            } else {
                Mode::Shared
            };
            (
                text(row, "connector").to_owned(),
                mode,
                text(row, "account").to_owned(),
                text(row, "status").to_owned(),
            )
        })
        .collect())
}

pub(super) fn connections(turn: &mut Turn<'_>) -> Flow<()> {
    let all = listed_connections(turn)?;
    if all.is_empty() {
        return Err(turn.end("Nothing is connected yet. Say what you want done, such as “Post to Slack when a booking is created”, and connecting is part of it."));
    }
    let lines: Vec<String> = all
        .iter()
        .map(|(id, mode, account, status)| {
            let mode = if *mode == Mode::Shared { "shared" } else { "per user" };
            let account = if account.is_empty() { "nobody yet" } else { account };
            format!(
                "- {}, {mode}: {account} ({})",
                connector_name(id),
                status.replace('_', " ")
            )
        })
        .collect();
    Err(turn.end(lines.join("\n")))
}

/// The connection that is meant; a question when two modes of it are connected.
fn which(turn: &mut Turn<'_>, said: &Said, context: Option<&Context>) -> Flow<(String, Mode)> {
    let named = mentions(said, Catalog::embedded()).first().map(|one| one.id.clone());
    let id = named.or_else(|| context.and_then(|context| context.connector.clone()));
    let all: Vec<_> = listed_connections(turn)?
        .into_iter()
        .filter(|(_, _, _, status)| status != "disconnected")
        .collect();
    let Some(id) = id else {
        let names: Vec<String> = all.iter().map(|(id, ..)| connector_name(id)).collect();
        return Err(turn.end(match names.is_empty() {
            true => "Nothing is connected.".to_owned(),
            false => format!("Which one? Connected are {}.", listed(&names)),
        }));
    };
    let own: Vec<_> = all.iter().filter(|(known, ..)| *known == id).collect();
    match own.as_slice() {
        [] => Err(turn.end(format!("{} is not connected.", connector_name(&id)))),
        [(_, mode, ..)] => Ok((id, *mode)),
        _ => {
            let options = ["the shared account".to_owned(), "the users' own accounts".to_owned()];
            let answer = turn.ask(
                "account",
                &format!("Which connection of {}?", connector_name(&id)),
                &options,
                "",
            )?;
            Ok((
                id,
                if answer.contains("shared") {
                    Mode::Shared
                } else {
                    Mode::AppUser
                },
            ))
        }
    }
}

pub(super) fn disconnect(turn: &mut Turn<'_>, said: &Said) -> Flow<()> {
    let (id, mode) = which(turn, said, None)?;
    let done = turn.call("disconnect", json!({ "connector": id, "mode": mode }), |_| true)?;
    let name = connector_name(&id);
    Err(turn.end(match (done.ok, done.flag("disconnected")) {
        (false, _) => failed(&done, &format!("{name} could not be disconnected.")),
        (true, true) => format!("{name} is disconnected and its access revoked. Functions that use it fail until it is connected again: “connect {name}”."),
        (true, false) => format!("{name} stays connected."),
    }))
}

pub(super) fn switch(turn: &mut Turn<'_>, said: &Said, context: &Context) -> Flow<()> {
    let (id, mode) = which(turn, said, Some(context))?;
    let done = turn.call("switch_account", json!({ "connector": id, "mode": mode }), |_| true)?;
    let name = connector_name(&id);
    Err(turn.end(match (done.ok, done.text("account")) {
        (false, _) => failed(&done, &format!("The account of {name} stays as it was.")),
        (true, Some(account)) => format!("{name} is now connected as {account}."),
        (true, None) => format!("The account of {name} stays as it was."),
    }))
}
