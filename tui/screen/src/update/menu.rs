//! Keys on the menus over the composer.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::Wanted;

use super::{chat, page};
use crate::card::{is_ctrl, is_plain};
use crate::menu::{Choice, Menu, MenuKind};
use crate::model::Model;
use crate::{Cmd, Composer};

pub(super) fn open(model: &mut Model, kind: MenuKind) {
    model.menu = Some(Menu {
        kind,
        field: Composer::default(),
        chosen: 0,
    });
}

/// What a mention can name may not be known yet.
pub(super) fn typed(model: &mut Model, cmds: &mut Vec<Cmd>) {
    if model.mentioned().is_some() && model.pages.offers.is_none() {
        page::find(model, Wanted::Catalog, cmds);
    }
}

/// Takes a key if a menu is in view and it is for the menu.
pub(super) fn key(model: &mut Model, key: KeyEvent, cmds: &mut Vec<Cmd>) -> bool {
    let Some((choices, chosen)) = model.offered() else {
        model.command = 0;
        return false;
    };
    let is_own = model.menu.is_some();
    let last = choices.len().saturating_sub(1);
    let next = match key.code {
        KeyCode::Up => Some(chosen.checked_sub(1).unwrap_or(last)),
        KeyCode::Down => Some(if chosen >= last { 0 } else { chosen + 1 }),
        KeyCode::Char('r') if is_own && is_ctrl(key, 'r') => Some((chosen + 1).min(last)),
        _ => None,
    };
    if let Some(next) = next {
        match &mut model.menu {
            Some(menu) => menu.chosen = next,
            None => model.command = next,
        }
        return true;
    }
    match key.code {
        KeyCode::Esc => close(model),
        KeyCode::Enter | KeyCode::Tab if is_plain(key) => {
            let is_tab = key.code == KeyCode::Tab;
            match choices.into_iter().nth(chosen) {
                Some(choice) => take(model, choice, is_tab, cmds),
                None => close(model),
            }
        }
        _ if is_own => return field(model, key),
        _ => {
            model.command = 0;
            return false;
        }
    }
    true
}

fn close(model: &mut Model) {
    if model.menu.take().is_some() {
        return;
    }
    match model.mentioned() {
        Some(typed) => model.menu_closed = Some(format!("@{typed}")),
        None => model.composer.set(""),
    }
}

fn take(model: &mut Model, choice: Choice, is_tab: bool, cmds: &mut Vec<Cmd>) {
    let is_own = model.menu.take().is_some();
    match choice {
        Choice::Run(command) if is_own => chat::run(model, command.run, cmds),
        Choice::Run(command) if is_tab => model.composer.set(command.name),
        Choice::Run(command) => {
            model.composer.set("");
            chat::run(model, command.run, cmds);
        }
        Choice::Said(text) => model.composer.set(&text),
        Choice::Name(mention) => {
            let written = model.written(&mention);
            let typed = model.mentioned().unwrap_or_default();
            for _ in 0..=crate::menu::graphemes(&typed) {
                model.composer.backspace();
            }
            model.composer.insert(&written);
        }
    }
    model.command = 0;
}

/// Keys that write into the menu's own field.
fn field(model: &mut Model, key: KeyEvent) -> bool {
    let Some(menu) = &mut model.menu else { return false };
    match key.code {
        KeyCode::Char(c) if is_plain(key) => menu.field.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Char('u') => menu.field.kill_to_start(),
        KeyCode::Char('w') => menu.field.kill_word_back(),
        KeyCode::Backspace => menu.field.backspace(),
        KeyCode::Left => menu.field.left(),
        KeyCode::Right => menu.field.right(),
        _ => return true,
    }
    menu.chosen = 0;
    true
}
