//! Keys in the conversation.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::{Level, Op};

use super::{help, strip};
use crate::card::{is_ctrl, is_plain};
use crate::model::{Front, Model};
use crate::slash::{self, Slash};
use crate::transcript::Cell;
use crate::{Cmd, EditPurpose, Now};

pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    if commands(model, key, cmds) || strip::key(model, key, now, cmds) {
        return;
    }
    let plain = is_plain(key);
    match key.code {
        KeyCode::Enter if plain && !key.modifiers.contains(KeyModifiers::SHIFT) => submit(model, cmds),
        KeyCode::Esc if model.turn.is_some() => cmds.push(Cmd::Send(Op::Interrupt)),
        KeyCode::Esc if model.review_waits() => model.front = Front::Review,
        KeyCode::Tab if model.composer.is_empty() => {
            model.strip.open = !model.strip.open;
            model.strip.shown_at = now.since_start;
            model.strip.chosen = None;
        }
        KeyCode::Char('?') if plain && model.composer.is_empty() => help::open(model),
        KeyCode::Char('d') if is_ctrl(key, 'd') && model.composer.is_empty() => {
            cmds.extend([Cmd::Send(Op::Quit), Cmd::Quit]);
        }
        KeyCode::PageUp => scroll(model, -page(model)),
        KeyCode::PageDown => scroll(model, page(model)),
        KeyCode::Up if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::SHIFT) => scroll(model, -1),
        KeyCode::Down if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::SHIFT) => scroll(model, 1),
        KeyCode::Home if model.composer.is_empty() => model.transcript.rewind(),
        KeyCode::End if model.composer.is_empty() => model.transcript.follow(),
        _ => edit(model, key, cmds),
    }
}

/// Keys that write; the review's comment uses them too.
pub(super) fn edit(model: &mut Model, key: KeyEvent, cmds: &mut Vec<Cmd>) {
    let cells = crate::view::composer_cells(model);
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    let composer = &mut model.composer;
    match key.code {
        KeyCode::Enter => composer.insert("\n"),
        KeyCode::Char(c) if ctrl => match c {
            'j' => composer.insert("\n"),
            'a' => composer.home(),
            'e' => composer.end(),
            'b' => composer.left(),
            'f' => composer.right(),
            'd' => composer.delete_forward(),
            'h' => composer.backspace(),
            'k' => composer.kill_to_end(),
            'u' => composer.kill_to_start(),
            'w' => composer.kill_word_back(),
            'y' => composer.yank(),
            'p' => older(model),
            'n' => newer(model),
            'g' => {
                let (purpose, suffix) = (EditPurpose::Message, ".md".to_owned());
                cmds.push(Cmd::OpenEditor {
                    purpose,
                    text: composer.text().to_owned(),
                    suffix,
                });
            }
            _ => {}
        },
        KeyCode::Char('b') if alt => composer.word_left(),
        KeyCode::Char('f') if alt => composer.word_right(),
        KeyCode::Char(_) if alt => {}
        KeyCode::Char(c) => composer.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Backspace if ctrl || alt => composer.kill_word_back(),
        KeyCode::Backspace => composer.backspace(),
        KeyCode::Delete => composer.delete_forward(),
        KeyCode::Left if ctrl || alt => composer.word_left(),
        KeyCode::Right if ctrl || alt => composer.word_right(),
        KeyCode::Left => composer.left(),
        KeyCode::Right => composer.right(),
        KeyCode::Home => composer.home(),
        KeyCode::End => composer.end(),
        KeyCode::Up if !composer.up(cells) => older(model),
        KeyCode::Down if !composer.down(cells) => newer(model),
        _ => {}
    }
}

fn older(model: &mut Model) {
    if let Some(text) = model.history.older(model.composer.text()) {
        model.composer.set(text);
    }
}

fn newer(model: &mut Model) {
    if let Some(text) = model.history.newer() {
        model.composer.set(text);
    }
}

/// Keys on the list of commands that opens with a slash.
fn commands(model: &mut Model, key: KeyEvent, cmds: &mut Vec<Cmd>) -> bool {
    let matching = slash::matching(model.composer.text());
    if matching.is_empty() || !is_plain(key) {
        model.command = 0;
        return false;
    }
    let at = model.command.min(matching.len() - 1);
    match key.code {
        KeyCode::Up => model.command = at.saturating_sub(1),
        KeyCode::Down => model.command = (at + 1).min(matching.len() - 1),
        KeyCode::Tab => model.composer.set(matching[at].0),
        KeyCode::Esc => model.composer.set(""),
        KeyCode::Enter => {
            let command = matching[at].2;
            model.composer.set("");
            run(model, command, cmds);
        }
        _ => {
            model.command = 0;
            return false;
        }
    }
    true
}

fn submit(model: &mut Model, cmds: &mut Vec<Cmd>) {
    let text = model.composer.text().trim().to_owned();
    if text.is_empty() {
        if model.review_waits() {
            model.front = Front::Review;
        }
        return;
    }
    if text.starts_with('/') && !text.contains(char::is_whitespace) {
        let nearest = slash::nearest(&text);
        let text = format!("There is no command {text}. Did you mean {nearest}?");
        model.transcript.push(Cell::Notice {
            level: Level::Warning,
            text,
        });
        return;
    }
    model.history.push(&text);
    model.composer.take();
    model.transcript.follow();
    cmds.push(Cmd::Send(Op::Say { text }));
}

pub(super) fn run(model: &mut Model, command: Slash, cmds: &mut Vec<Cmd>) {
    match command {
        Slash::Connections => {
            model.front = Front::Connections;
            cmds.push(Cmd::Send(Op::ShowConnections));
        }
        Slash::Review if model.review.is_some() => model.front = Front::Review,
        Slash::Review => super::say(model, crate::Clean::fixed("No review is open")),
        Slash::Suggestions => model.strip.open = true,
        Slash::Undo => cmds.push(Cmd::Send(Op::Undo)),
        Slash::Help => help::open(model),
        Slash::Quit => cmds.extend([Cmd::Send(Op::Quit), Cmd::Quit]),
    }
}

pub(super) fn scroll(model: &mut Model, by: isize) {
    let (cells, height) = crate::view::transcript_size(model);
    model.transcript.scroll(by, cells, height, model.look);
}

fn page(model: &Model) -> isize {
    let (_, height) = crate::view::transcript_size(model);
    isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1)
}
