//! What happens next: the one place where the model changes.
//!
//! Synchronous, total, without a clock: when something happened comes in with it. Whoever is in
//! front gets the key: a question, then a confirmation, then review, connections or help, then
//! the conversation.
//!
//! Invariants, tested: a question and a review take no key in the first 300 ms they are on
//! screen; nothing pasted answers or applies; what a model says changes no focus but through the
//! events that the agent sends.

mod agent;
mod card;
mod chat;
mod connections;
mod help;
mod menu;
mod page;
mod review;
mod strip;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use linchpin_protocol::Op;
use zeroize::Zeroize;

use crate::card::{GUARD, is_ctrl};
use crate::clean::Clean;
use crate::keymap::Place;
use crate::model::{Front, Model};
use crate::{Cmd, EditPurpose, EditorResult, Msg, Now};

/// How often the spinner turns while work goes on.
const SPIN: Duration = Duration::from_millis(100);
/// How long a passing word stays.
const WORD: Duration = Duration::from_secs(4);
/// How long a second Ctrl+C leaves.
const LEAVING: Duration = Duration::from_secs(2);

/// Takes one message in. The commands are to be carried out in order.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Cmd> {
    model.now = now;
    let mut cmds = Vec::new();
    match msg {
        Msg::Key(key) if key.kind != KeyEventKind::Release => key_pressed(model, key, now, &mut cmds),
        Msg::Key(_) | Msg::Wake | Msg::Line(_) => {}
        Msg::Wheel(rows) => wheel(model, isize::from(rows), &mut cmds),
        Msg::Paste(mut text) => {
            paste(model, &text);
            // It may have been a secret.
            text.zeroize();
        }
        Msg::Resize(width, height) => model.size = (width, height),
        Msg::Focus(focused) => model.focused = focused,
        Msg::Agent(event) => agent::event(model, event, now, &mut cmds),
        Msg::Editor(result) => edited(model, result, &mut cmds),
        Msg::Background(background) => model.look.background = background,
        Msg::Found(found) => page::found(model, found),
        Msg::Stored(result) => card::stored(model, result, &mut cmds),
        // Nobody said that they leave: the session can be taken up again.
        Msg::Stop => cmds.push(Cmd::Quit),
    }
    settle(model, now, &mut cmds);
    cmds
}

fn key_pressed(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    if is_ctrl(key, 'c') {
        return control_c(model, now, cmds);
    }
    model.leaving = None;
    if is_ctrl(key, 'z') {
        return cmds.push(Cmd::Suspend);
    }
    if is_ctrl(key, 'l') {
        return cmds.push(Cmd::Repaint);
    }
    if !model.cards.is_empty() {
        return card::key(model, key, now, cmds);
    }
    let Some(key) = model.keymap.meant(places(model), key) else {
        return;
    };
    match model.front {
        Front::Review => review::key(model, key, now, cmds),
        Front::Connections => connections::key(model, key, now, cmds),
        Front::Page(which) => page::key(model, which, key, now, cmds),
        Front::Help { .. } => help::key(model, key),
        Front::Chat => chat::key(model, key, now, cmds),
    }
}

/// Where a key is listened to now.
fn places(model: &Model) -> &'static [Place] {
    match model.front {
        Front::Chat if model.strip_is_shown() && model.strip.chosen.is_some() => &[Place::Chat, Place::Suggestions],
        Front::Chat => &[Place::Chat],
        Front::Review if model.review.as_ref().is_some_and(|review| review.commenting) => &[Place::Chat],
        Front::Review => &[Place::Review],
        Front::Page(_) if model.pages.filtering => &[],
        Front::Page(_) | Front::Connections => &[Place::Page],
        Front::Help { .. } => &[],
    }
}

/// Empties the composer, or stops the turn, or leaves when pressed twice.
fn control_c(model: &mut Model, now: Now, cmds: &mut Vec<Cmd>) {
    if model.leaving.is_some_and(|until| now.since_start <= until) {
        cmds.extend([Cmd::Send(Op::Quit), Cmd::Quit]);
        return;
    }
    model.menu = None;
    if model.turn.is_some() && model.composer.is_empty() {
        cmds.push(Cmd::Send(Op::Interrupt));
    }
    if !model.composer.is_empty() && model.cards.is_empty() {
        let draft = model.composer.take();
        model.history.push(&draft);
    }
    model.leaving = Some(now.since_start + LEAVING);
    model.word = Some((
        Clean::fixed("Press Ctrl+C once more to leave"),
        now.since_start + LEAVING,
    ));
}

fn wheel(model: &mut Model, rows: isize, cmds: &mut Vec<Cmd>) {
    let code = if rows < 0 { KeyCode::Up } else { KeyCode::Down };
    if model.cards.is_empty() && model.front == Front::Chat && !model.strip_is_shown() {
        return chat::scroll(model, rows);
    }
    for _ in 0..rows.unsigned_abs() {
        let now = model.now;
        key_pressed(model, KeyEvent::from(code), now, cmds);
    }
}

fn paste(model: &mut Model, text: &str) {
    if let Some(card) = model.cards.front_mut() {
        card.paste(text);
        return;
    }
    let into_composer = match model.front {
        Front::Chat => true,
        Front::Review => model.review.as_ref().is_some_and(|review| review.commenting),
        Front::Page(_) if model.pages.filtering => {
            model.pages.filter.insert(text.lines().next().unwrap_or_default());
            false
        }
        Front::Page(_) | Front::Connections | Front::Help { .. } => false,
    };
    if into_composer {
        model.strip.chosen = None;
        match &mut model.menu {
            Some(menu) => menu.field.insert(text.lines().next().unwrap_or_default()),
            None => model.composer.paste(text),
        }
    }
}

fn edited(model: &mut Model, result: EditorResult, cmds: &mut Vec<Cmd>) {
    match (result.purpose, result.text) {
        (_, Err(why)) => say(model, Clean::line(&why)),
        (EditPurpose::Message, Ok(text)) => model.composer.set(text.trim_end_matches('\n')),
        (EditPurpose::File { changeset, path }, Ok(text)) => {
            let unchanged = model
                .review
                .as_ref()
                .filter(|review| review.changeset == changeset)
                .is_some_and(|review| {
                    let file = review.review.changeset.files().iter().find(|file| file.path == path);
                    file.is_some_and(|file| file.next.as_deref() == Some(text.as_str()))
                });
            if unchanged {
                say(model, Clean::fixed("Nothing was changed in the editor"));
                return;
            }
            if let Some(review) = &mut model.review {
                review.sent = true;
            }
            model.busy = true;
            cmds.push(Cmd::Send(Op::Edit {
                changeset,
                path: path.to_string(),
                text,
            }));
            say(model, Clean::fixed("The edited file is being checked"));
        }
    }
}

/// Puts a passing word into the status line.
pub(crate) fn say(model: &mut Model, words: Clean) {
    model.word = Some((words, model.now.since_start + WORD));
}

/// Whether something that appeared at `shown_at` may take keys.
fn is_awake(shown_at: Duration, now: Now) -> bool {
    now.since_start >= shown_at + GUARD
}

/// What follows from the new state: what came to the front, what is in view, when to wake.
fn settle(model: &mut Model, now: Now, cmds: &mut Vec<Cmd>) {
    if let Some(card) = model.cards.front_mut() {
        card.shown_at.get_or_insert(now.since_start);
    }
    if model.review.is_none() && model.front == Front::Review {
        model.front = Front::Chat;
    }
    review::look(model);
    if model.word.as_ref().is_some_and(|(_, until)| *until <= now.since_start) {
        model.word = None;
    }
    let spins = model.busy && model.turn.is_some() && model.look.motion && model.cards.is_empty();
    model.spin_at = match model.spin_at {
        Some(at) if spins && at > now.since_start => Some(at),
        _ => spins.then(|| now.since_start + SPIN),
    };
    let word = model.word.as_ref().map(|(_, until)| *until);
    let card = model.cards.front().and_then(|card| card.changes_at(now));
    cmds.extend([model.spin_at, word, card].into_iter().flatten().min().map(Cmd::WakeAt));
}
