//! All keys.

use ratatui::layout::Rect;

use super::draw::{Canvas, put_all};
use super::main_area;
use crate::keymap::{ACTIONS, Place};
use crate::model::Model;
use crate::slash::COMMANDS;
use crate::text::Row;
use crate::theme::Label;

type Keys = &'static [(&'static str, &'static str)];

/// Keys that can't be moved, by what one does.
const FIXED: [(&str, Keys); 4] = [
    (
        "Writing",
        &[
            ("Up, Down", "messages sent before"),
            (
                "Ctrl+W, Ctrl+K, Ctrl+U",
                "cut a word, to the end, to the beginning; Ctrl+Y puts it back",
            ),
            ("@", "name an entity, page, function or connector"),
            ("Ctrl+C twice", "leave"),
            ("Ctrl+L", "draw the screen anew"),
            ("Home, End", "to the beginning or end while nothing is written"),
        ],
    ),
    (
        "A suggestion",
        &[("1-9", "send it"), ("Up, Down, Enter", "choose and send")],
    ),
    (
        "A question",
        &[
            ("Up, Down, Tab, 1-9", "choose"),
            ("Enter", "confirm what is chosen"),
            ("Esc", "skip it, or stop the turn that asked"),
        ],
    ),
    ("A review", &[("Up, Down", "scroll")]),
];

fn rows(model: &Model) -> Vec<Row> {
    const NAME: usize = 26;
    let width = usize::from(model.size.0);
    let name_width = if width < 60 { 20 } else { NAME };
    let mut rows = Vec::new();
    let line = |name: &str, does: &'static str| {
        let row = Row::new().gap(2).tell(Label::Key, name).gap(1).pad(name_width);
        row.say(Label::Text, does).wrap(width, name_width)
    };
    for (page, keys) in FIXED {
        rows.push(Row::new());
        rows.push(Row::fixed(Label::Heading, page));
        let place = match page {
            "Writing" => Some(Place::Chat),
            "A suggestion" => Some(Place::Suggestions),
            "A review" => Some(Place::Review),
            _ => None,
        };
        for action in ACTIONS.iter().filter(|action| Some(action.place) == place) {
            rows.extend(line(model.keymap.shown(action), action.does));
        }
        keys.iter().for_each(|(name, does)| rows.extend(line(name, does)));
    }
    rows.push(Row::new());
    rows.push(Row::fixed(Label::Heading, "Commands"));
    COMMANDS
        .iter()
        .for_each(|command| rows.extend(line(command.name, command.does)));
    rows.remove(0);
    rows
}

/// Rows that can be scrolled away.
pub(crate) fn overflow(model: &Model) -> usize {
    rows(model)
        .len()
        .saturating_sub(usize::from(main_area(model).height).saturating_sub(1))
}

pub(super) fn draw(model: &Model, top: usize, canvas: &mut Canvas<'_>, area: Rect) {
    let rows = rows(model);
    let top = top.min(overflow(model));
    let text = Rect {
        height: area.height.saturating_sub(1),
        ..area
    };
    put_all(canvas.buffer, text, &rows[top..], model.look);
    let hint = Row::fixed(Label::Dim, "Up and Down scroll, any other key goes back");
    put_all(
        canvas.buffer,
        Rect {
            y: text.bottom(),
            height: 1,
            ..area
        },
        &[hint],
        model.look,
    );
}
