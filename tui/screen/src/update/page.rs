//! Keys on a page one looks at.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::{Found, Op, Wanted};

use super::{is_awake, say};
use crate::card::is_plain;
use crate::clean::Clean;
use crate::model::{Front, Model};
use crate::page::Which;
use crate::view::page_overflow;
use crate::{Cmd, Now};

pub(super) fn open(model: &mut Model, which: Which, cmds: &mut Vec<Cmd>) {
    model.front = Front::Page(which);
    model.pages.open();
    find(model, which.wanted(), cmds);
}

/// Asks for something to look at, unless it is being looked up already.
pub(super) fn find(model: &mut Model, wanted: Wanted, cmds: &mut Vec<Cmd>) {
    if !model.pages.waiting.iter().any(|(its, _)| *its == wanted) {
        model.pages.waiting.push((wanted.clone(), model.now.since_start));
        cmds.push(Cmd::Find(wanted));
    }
}

pub(super) fn found(model: &mut Model, found: Found) {
    if let Some(Found::Source {
        file,
        line,
        first,
        text,
    }) = model.pages.take(found)
    {
        model
            .pages
            .waiting
            .retain(|(wanted, _)| !matches!(wanted, Wanted::Source { .. }));
        model.strip.sources.insert((file, line), (first, text));
    }
}

pub(super) fn key(model: &mut Model, which: Which, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    if let Some(asked_at) = model.pages.confirm {
        match key.code {
            KeyCode::Enter if !is_awake(asked_at, now) => return,
            KeyCode::Enter => {
                cmds.push(Cmd::Send(Op::Undo));
                model.front = Front::Chat;
            }
            KeyCode::Esc => {}
            _ => return,
        }
        model.pages.confirm = None;
        return;
    }
    if model.pages.filtering {
        return filter(model, which, key);
    }
    if !is_plain(key) {
        return;
    }
    match key.code {
        KeyCode::Esc if !model.pages.filter.is_empty() => {
            model.pages.filter.set("");
            model.pages.chosen = 0;
        }
        KeyCode::Esc | KeyCode::Char('q') => model.front = Front::Chat,
        KeyCode::Char('/') if which != Which::Map => model.pages.filtering = true,
        KeyCode::Up | KeyCode::Char('k') => choose(model, which, -1),
        KeyCode::Down | KeyCode::Char('j') => choose(model, which, 1),
        KeyCode::PageUp => scroll(model, which, -10),
        KeyCode::PageDown => scroll(model, which, 10),
        KeyCode::Home => choose(model, which, -isize::MAX),
        KeyCode::End => choose(model, which, isize::MAX),
        _ => act(model, which, key, now, cmds),
    }
}

/// What each page can do.
fn act(model: &mut Model, which: Which, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    let look = model.look;
    match which {
        Which::Catalog => {
            let Some(offer) = model.pages.chosen_offer(look) else {
                return;
            };
            let number = match key.code {
                KeyCode::Enter => Some(1),
                KeyCode::Char(c) => c.to_digit(10),
                _ => None,
            };
            let prompt = number
                .and_then(|number| usize::try_from(number).ok()?.checked_sub(1))
                .and_then(|at| offer.prompts.get(at).cloned());
            if let Some(prompt) = prompt {
                write(model, &prompt);
            } else if key.code == KeyCode::Char('c') {
                let (connector, mode) = (offer.id.clone(), offer.advised.0);
                model.front = Front::Chat;
                cmds.push(Cmd::Send(Op::Connect {
                    connector,
                    mode,
                    other_account: false,
                }));
            }
        }
        Which::Functions => match key.code {
            KeyCode::Enter | KeyCode::Char('o') => {
                model.pages.source = !model.pages.source;
                model.pages.top = 0;
            }
            KeyCode::Char('e') => {
                if let Some(function) = model.pages.chosen_function(look) {
                    let prompt = format!("Change @{}: ", function.facts.name);
                    write(model, &prompt);
                }
            }
            KeyCode::Char('a') => {
                if let Some(function) = model.pages.chosen_function(look) {
                    let prompt = format!("Explain @{}", function.facts.name);
                    write(model, &prompt);
                }
            }
            _ => {}
        },
        Which::History if matches!(key.code, KeyCode::Enter | KeyCode::Char('u')) => {
            match model.pages.newest_change() {
                Some(_) => model.pages.confirm = Some(now.since_start),
                None => say(model, Clean::fixed("There is nothing to take back")),
            }
        }
        Which::Map if key.code == KeyCode::Char('m') => {
            if let Some(map) = &model.pages.map {
                cmds.push(Cmd::Copy(crate::mermaid::of(map)));
                say(model, Clean::fixed("The map is on the clipboard, as Mermaid"));
            }
        }
        Which::History | Which::Map => {}
    }
}

/// Back to the chat with words to go on with.
fn write(model: &mut Model, words: &str) {
    model.front = Front::Chat;
    model.strip.chosen = None;
    model.composer.set(words);
    model.transcript.follow();
}

fn choose(model: &mut Model, which: Which, by: isize) {
    if which == Which::Map {
        return scroll(model, which, by);
    }
    let last = model.pages.items(which, model.look).len().saturating_sub(1);
    model.pages.chosen = model.pages.chosen.min(last).saturating_add_signed(by).min(last);
    model.pages.top = 0;
}

fn scroll(model: &mut Model, which: Which, by: isize) {
    let most = page_overflow(model, which);
    model.pages.top = model.pages.top.saturating_add_signed(by).min(most);
}

fn filter(model: &mut Model, which: Which, key: KeyEvent) {
    match key.code {
        KeyCode::Enter => model.pages.filtering = false,
        KeyCode::Esc => {
            model.pages.filtering = false;
            model.pages.filter.set("");
        }
        KeyCode::Up => choose(model, which, -1),
        KeyCode::Down => choose(model, which, 1),
        KeyCode::Backspace => model.pages.filter.backspace(),
        KeyCode::Char(c) if is_plain(key) => {
            model.pages.filter.insert(c.encode_utf8(&mut [0; 4]));
            model.pages.chosen = 0;
        }
        _ => {}
    }
    model.pages.top = 0;
}
