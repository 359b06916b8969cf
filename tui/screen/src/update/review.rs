//! Keys on the review.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::Op;

use super::{chat, is_awake, say};
use crate::card::is_plain;
use crate::clean::Clean;
use crate::model::{Front, Model};
use crate::review::SIDE_FROM;
use crate::view::review_size;
use crate::{Cmd, EditPurpose, Now};

pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    let (cells, height) = review_size(model);
    let look = model.look;
    let Some(review) = &mut model.review else { return };
    if !review.shown_at.is_some_and(|shown_at| is_awake(shown_at, now)) {
        return;
    }
    if review.commenting {
        return comment(model, key, cmds);
    }
    if !is_plain(key) {
        return;
    }
    let page = isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1);
    match key.code {
        KeyCode::Char('j' | 'n') | KeyCode::Tab => review.step(1, cells, height, look),
        KeyCode::Char('k' | 'p') | KeyCode::BackTab => review.step(-1, cells, height, look),
        KeyCode::Up => review.scroll(-1, cells, height, look),
        KeyCode::Down => review.scroll(1, cells, height, look),
        KeyCode::PageUp => review.scroll(-page, cells, height, look),
        KeyCode::PageDown => review.scroll(page, cells, height, look),
        KeyCode::Home | KeyCode::Char('g') => review.scroll(-isize::MAX, cells, height, look),
        KeyCode::End | KeyCode::Char('G') => review.scroll(isize::MAX, cells, height, look),
        KeyCode::Char(' ') => review.toggle(),
        KeyCode::Char('s') if cells < SIDE_FROM => {
            say(model, Clean::fixed("The terminal is too narrow for two columns"));
        }
        KeyCode::Char('s') => review.turn_sides(cells, height, look),
        KeyCode::Enter | KeyCode::Char('a') => decide(model, cmds),
        KeyCode::Char('e') => edit_file(model, cmds),
        KeyCode::Char('c') => {
            review.commenting = true;
        }
        KeyCode::Char('r') if !review.sent => {
            review.sent = true;
            cmds.push(Cmd::Send(Op::Reject {
                changeset: review.changeset.clone(),
            }));
        }
        KeyCode::Esc | KeyCode::Char('q') => model.front = Front::Chat,
        _ => {}
    }
}

/// Notes what of the review is in view; called after everything that may have changed that.
pub(super) fn look(model: &mut Model) {
    let (cells, height) = review_size(model);
    let (look, now) = (model.look, model.now.since_start);
    let in_front = model.front == Front::Review && model.cards.is_empty();
    let Some(review) = &mut model.review else { return };
    if in_front {
        review.shown_at.get_or_insert(now);
        review.look_at(cells, height, look);
    } else {
        review.shown_at = None;
    }
}

fn decide(model: &mut Model, cmds: &mut Vec<Cmd>) {
    let Some(review) = &mut model.review else { return };
    if let Some(obstacle) = review.obstacle() {
        say(model, Clean::fixed(obstacle));
        return;
    }
    review.sent = true;
    model.busy = true;
    cmds.push(Cmd::Send(Op::Decide {
        changeset: review.changeset.clone(),
        hunks: review.chosen.clone(),
    }));
}

fn edit_file(model: &mut Model, cmds: &mut Vec<Cmd>) {
    let Some(review) = &model.review else { return };
    let Some(file) = review.file() else { return };
    let Some(text) = &file.next else {
        say(
            model,
            Clean::fixed("This file would be deleted; there is nothing to edit"),
        );
        return;
    };
    let name = file.path.as_str().rsplit('/').next().unwrap_or_default();
    let suffix = name.find('.').map(|at| name[at..].to_owned()).unwrap_or_default();
    let purpose = EditPurpose::File {
        changeset: review.changeset.clone(),
        path: file.path.clone(),
    };
    cmds.push(Cmd::OpenEditor {
        purpose,
        text: text.clone(),
        suffix,
    });
}

fn comment(model: &mut Model, key: KeyEvent, cmds: &mut Vec<Cmd>) {
    let Some(review) = &mut model.review else { return };
    match key.code {
        KeyCode::Esc if model.composer.vim_escape() => {}
        KeyCode::Esc => review.commenting = false,
        KeyCode::Enter if is_plain(key) && !key.modifiers.contains(KeyModifiers::SHIFT) => {
            let words = model.composer.message().trim().to_owned();
            if words.is_empty() {
                return;
            }
            review.commenting = false;
            let place = review.hunks.get(review.current).zip(review.file());
            let about =
                place.map(|(hunk, file)| format!("About {}, line {}: ", file.path, hunk.new_start.max(hunk.old_start)));
            model.history.push(&words);
            model.composer.take();
            cmds.push(Cmd::Send(Op::Say {
                text: format!("{}{}", about.unwrap_or_default(), model.spelled(&words)),
            }));
            model.front = Front::Chat;
            model.transcript.follow();
        }
        _ => chat::edit(model, key, cmds),
    }
}
