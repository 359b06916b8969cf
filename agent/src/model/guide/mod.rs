//! The guide: a model's stand-in that needs no key and no server.
//!
//! It understands what a builder says about connecting their app and answers by calling the tools a
//! model would call, one at a time. It is a pure function of the conversation and of what is known of the
//! app: the turn is read from its beginning each time (`turn`), words become a wish (`wish`, `trigger`,
//! `clock`, `filter`, `person`), a wish becomes a plan (`settle`, `build`), a plan goes its way
//! (`journey`), and what is said later changes it (`change`, `redo`). It never pretends: what it can't do
//! it says (`refuse`).
//!
//! Invariants: same messages, same reply; at most one call a reply; nothing out of quotes, pages or
//! providers is taken for a wish.

mod about;
mod accounts;
mod build;
mod called;
mod change;
mod change_people;
mod change_time;
mod chat;
mod clock;
mod closing;
mod connectors;
mod content;
mod context;
mod digest;
mod filter;
mod happening;
mod journey;
mod names;
mod person;
mod questions;
mod redo;
mod refuse;
mod request;
mod resolve;
mod selection;
mod settle;
mod shape;
mod tongue;
mod trigger;
mod turn;
mod vendor;
mod vocab;
mod window;
mod wish;
mod words;
mod zone;

use linchpin_catalog::Catalog;
use linchpin_suggest::plans::Cx;

use self::closing::closing;
use self::context::context;
use self::journey::{Way, journey};
use self::request::{Item, items};
use self::turn::{Flow, Turn};
use self::words::Said;
use super::{Known, Message, Reply};

/// The guide's answer to a conversation.
pub fn respond(messages: &[Message], known: &Known<'_>) -> Reply {
    let english = in_english(messages, known);
    let Some(mut turn) = Turn::of(english.as_deref().unwrap_or(messages), known) else {
        return Reply::default();
    };
    match reply(&mut turn) {
        Ok(()) => turn.end(""),
        Err(reply) => reply,
    }
}

/// The conversation with the builder's words in English; nothing when they are.
fn in_english(messages: &[Message], known: &Known<'_>) -> Option<Vec<Message>> {
    let mut foreign = false;
    let all = messages
        .iter()
        .map(|message| match message {
            Message::User { text } => match tongue::english(text, &known.world.app) {
                Some(text) => {
                    foreign = true;
                    Message::User { text }
                }
                None => message.clone(),
            },
            _ => message.clone(),
        })
        .collect();
    foreign.then_some(all)
}

fn reply(turn: &mut Turn<'_>) -> Flow<()> {
    let known = turn.known;
    let cx = Cx {
        app: &known.world.app,
        catalog: Catalog::embedded(),
        time_zone: known.time_zone,
    };
    let said = Said::new(turn.text);
    if let Some(done) = turn.done.first().filter(|one| one.call.id.starts_with("person_")) {
        let text = by_key(done);
        return Err(turn.end(text));
    }
    // Proposals of this turn that are decided; what comes after belongs to the next of its wishes.
    let decided: Vec<usize> = turn
        .done
        .iter()
        .enumerate()
        .filter(|(_, one)| one.call.tool == "plan_function")
        .map(|(at, _)| at)
        .collect();
    let mut done = turn.done.clone();
    let last = decided.last().and_then(|at| done.get(*at).copied());
    let skipped = done
        .iter()
        .rev()
        .find(|one| one.call.tool == "connect")
        .is_some_and(|one| one.flag("skipped"));
    let before = context(turn.before);
    if let Some(at) = decided.last() {
        turn.done = done.split_off(at + 1);
    }
    if let Some(last) = last {
        let text = closing(
            &last,
            skipped
                || (before.plan.is_some()
                    && !before.connected
                    && decided.len() == 1
                    && done.iter().all(|one| one.call.tool != "connect")
                    && !known_connected(turn, &last.call.args)),
        );
        turn.say(text);
        if !last.ok {
            return Err(turn.end(""));
        }
    }
    let noted = turn.waiting();
    // What was decided isn't talked about again: only what is still to come counts then.
    let mut items = match last {
        None => items(turn, &said, &before, &cx, false)?,
        Some(_) => items(&mut turn.clone(), &said, &before, &cx, true).unwrap_or_default(),
    };
    if decided.len() >= items.len() {
        return Err(turn.end(""));
    }
    let item = items.remove(decided.len());
    if decided.len() == 1 && !items.is_empty() {
        turn.say("Now the other one.");
    } else if decided.is_empty() && !items.is_empty() {
        turn.say("That takes two functions, one after the other.");
    }
    let at = turn.waiting();
    match item {
        Item::Wish(wish) => {
            let way = Way {
                mode: wish.mode,
                connected: false,
            };
            let plan = settle::settle(turn, *wish, &cx)?;
            journey(turn, plan, way, at)
        }
        Item::Ready(plan, way) => journey(turn, *plan, way, noted),
    }
}

fn known_connected(turn: &Turn<'_>, args: &serde_json::Value) -> bool {
    turn.known
        .connections
        .iter()
        .any(|one| args["plan"]["connector"] == one.connector.as_str() && one.status == "active")
        || turn.known.connections.is_empty()
}

/// What to say after something a person started by a key.
fn by_key(done: &turn::Done<'_>) -> String {
    let name = done.call.args["connector"]
        .as_str()
        .map(names::connector)
        .unwrap_or_default();
    if !done.ok {
        return format!("{} Press the key again to try once more.", done.message());
    }
    match done.text("account") {
        Some(account) => format!("{name} is connected as {account}. Say what it shall do."),
        None if done.flag("connected") => format!("{name} is connected. Say what it shall do."),
        None => format!("{name} is not connected; it can be connected later."),
    }
}
