//! Keys in the conversation.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::{Level, Op};

use super::{help, menu, page, strip};
use crate::card::{is_ctrl, is_plain};
use crate::menu::MenuKind;
use crate::model::{Front, Model};
use crate::page::Which;
use crate::slash::{self, Slash};
use crate::transcript::Cell;
use crate::{Cmd, EditPurpose, Now};

pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    if menu::key(model, key, cmds) || strip::key(model, key, now, cmds) {
        return;
    }
    let plain = is_plain(key);
    match key.code {
        KeyCode::Esc if model.composer.vim_escape() => {}
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
        KeyCode::Char('p') if is_ctrl(key, 'p') => menu::open(model, MenuKind::Palette),
        KeyCode::Char('r') if is_ctrl(key, 'r') => menu::open(model, MenuKind::Search),
        _ => edit(model, key, cmds),
    }
    menu::typed(model, cmds);
}

/// Keys that write; the review's comment uses them too.
pub(super) fn edit(model: &mut Model, key: KeyEvent, cmds: &mut Vec<Cmd>) {
    let cells = crate::view::composer_cells(model);
    if let KeyCode::Char(c) = key.code
        && is_plain(key)
        && model.composer.vim_key(c, cells)
    {
        return;
    }
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
            'n' => newer(model),
            'o' => composer.expand(),
            'g' => open_editor(model, cmds),
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

fn open_editor(model: &Model, cmds: &mut Vec<Cmd>) {
    cmds.push(Cmd::OpenEditor {
        purpose: EditPurpose::Message,
        text: model.composer.message(),
        suffix: ".md".to_owned(),
    });
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

fn submit(model: &mut Model, cmds: &mut Vec<Cmd>) {
    let text = model.composer.message().trim().to_owned();
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
    let text = model.spelled(&text);
    cmds.push(Cmd::Send(Op::Say { text }));
}

pub(super) fn run(model: &mut Model, command: Slash, cmds: &mut Vec<Cmd>) {
    match command {
        Slash::Connections => {
            model.front = Front::Connections;
            cmds.push(Cmd::Send(Op::ShowConnections));
        }
        Slash::Catalog => page::open(model, Which::Catalog, cmds),
        Slash::Functions => page::open(model, Which::Functions, cmds),
        Slash::Map => page::open(model, Which::Map, cmds),
        Slash::History => page::open(model, Which::History, cmds),
        Slash::Copy => copy(
            model,
            model.transcript.last_answer(),
            "The answer is on the clipboard",
            cmds,
        ),
        Slash::Code => copy(
            model,
            model.transcript.last_code(),
            "The code is on the clipboard",
            cmds,
        ),
        Slash::Editor => open_editor(model, cmds),
        Slash::Search => menu::open(model, MenuKind::Search),
        Slash::Stop if model.turn.is_some() => cmds.push(Cmd::Send(Op::Interrupt)),
        Slash::Stop => super::say(model, crate::Clean::fixed("Nothing is running")),
        Slash::Vim => {
            let words = match model.composer.toggle_vim() {
                true => "Vim's keys: Esc for commands, i to write",
                false => "Vim's keys are off",
            };
            super::say(model, crate::Clean::fixed(words));
        }
        Slash::Review if model.review.is_some() => model.front = Front::Review,
        Slash::Review => super::say(model, crate::Clean::fixed("No review is open")),
        Slash::Suggestions => model.strip.open = true,
        Slash::Undo => cmds.push(Cmd::Send(Op::Undo)),
        Slash::Help => help::open(model),
        Slash::Quit => cmds.extend([Cmd::Send(Op::Quit), Cmd::Quit]),
    }
}

fn copy(model: &mut Model, text: Option<String>, words: &'static str, cmds: &mut Vec<Cmd>) {
    match text {
        Some(text) if text.len() > crate::terminal::MOST_COPIED => {
            super::say(
                model,
                crate::Clean::fixed("It is too long for the terminal's clipboard"),
            );
        }
        Some(text) => {
            cmds.push(Cmd::Copy(text));
            super::say(model, crate::Clean::fixed(words));
        }
        None => super::say(model, crate::Clean::fixed("There is nothing to copy yet")),
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
