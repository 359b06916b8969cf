//! Keys on the page of keys.

use crossterm::event::{KeyCode, KeyEvent};

use crate::model::{Front, Model};

pub(super) fn open(model: &mut Model) {
    model.front = Front::Help { top: 0 };
}

pub(super) fn key(model: &mut Model, key: KeyEvent) {
    let Front::Help { top } = model.front else { return };
    let most = crate::view::help_overflow(model);
    model.front = match key.code {
        KeyCode::Up | KeyCode::Char('k') => Front::Help {
            top: top.saturating_sub(1),
        },
        KeyCode::Down | KeyCode::Char('j') => Front::Help {
            top: (top + 1).min(most),
        },
        KeyCode::PageUp => Front::Help {
            top: top.saturating_sub(10),
        },
        KeyCode::PageDown => Front::Help {
            top: (top + 10).min(most),
        },
        _ => Front::Chat,
    };
}
