//! The menus over the composer.

use ratatui::layout::Rect;

use super::draw::{Canvas, cells, put};
use crate::clean::Clean;
use crate::menu::{Choice, MenuKind, TALLEST};
use crate::model::Model;
use crate::text::Row;
use crate::theme::Label;

/// Rows that the menu takes.
pub(super) fn height(model: &Model) -> u16 {
    let Some((choices, _)) = model.offered() else { return 0 };
    let head = usize::from(model.menu.is_some());
    cells(choices.len().min(TALLEST).max(head) + head)
}

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let Some((choices, chosen)) = model.offered().filter(|_| area.height > 0) else {
        return;
    };
    let look = model.look;
    let mut y = area.y;
    if let Some(menu) = &model.menu {
        let name = match menu.kind {
            MenuKind::Palette => "Command: ",
            MenuKind::Search => "Sent before: ",
        };
        let before = Clean::line(&menu.field.text()[..menu.field.cursor()]);
        let start = Row::new().gap(2).say(Label::Accent, name);
        let caret = start.width() + before.width();
        let row = start.tell(Label::Strong, menu.field.text());
        put(canvas.buffer, area.x, y, area.width, &row, look);
        canvas.place_cursor((area.x + cells(caret).min(area.width.saturating_sub(1)), y));
        y += 1;
        if choices.is_empty() {
            put(
                canvas.buffer,
                area.x,
                y,
                area.width,
                &Row::new().gap(2).say(Label::Dim, "nothing fits"),
                look,
            );
        }
    }
    let room = usize::from(area.bottom() - y);
    let first = (chosen + 1).saturating_sub(room);
    for (i, choice) in choices.iter().enumerate().skip(first).take(room) {
        let row = row(model, choice, i == chosen);
        put(canvas.buffer, area.x, y, area.width, &row, look);
        y += 1;
    }
}

fn row(model: &Model, choice: &Choice, chosen: bool) -> Row {
    let label = if chosen { Label::Focus } else { Label::Text };
    let row = Row::new().gap(2);
    match choice {
        Choice::Run(command) => {
            let key = model.keymap.of(command.action);
            let row = row.say(label, command.name).pad(18).say(Label::Dim, command.does);
            if key.is_empty() {
                row
            } else {
                row.gap(2).tell(Label::Key, key)
            }
        }
        Choice::Said(text) => {
            let line = Clean::line(text.lines().next().unwrap_or_default());
            let more = text.lines().count().saturating_sub(1);
            let row = row.add(label, line);
            if more == 0 {
                row
            } else {
                row.tell(Label::Dim, &format!("  and {more} more lines"))
            }
        }
        Choice::Name(mention) => row
            .tell(label, &format!("@{}", mention.name))
            .pad(30)
            .gap(1)
            .say(Label::Dim, mention.kind),
    }
}
