//! All keys.

use ratatui::layout::Rect;

use super::draw::{Canvas, put_all};
use super::main_area;
use crate::model::Model;
use crate::slash::COMMANDS;
use crate::text::Row;
use crate::theme::Label;

type Keys = &'static [(&'static str, &'static str)];

const PAGES: [(&str, Keys); 4] = [
    (
        "Writing",
        &[
            ("Enter", "send; while a turn runs the message waits for its end"),
            ("Ctrl+J, Alt+Enter", "new line"),
            ("Ctrl+G", "write in $VISUAL or $EDITOR"),
            ("Up, Down", "messages sent before"),
            (
                "Ctrl+W, Ctrl+K, Ctrl+U",
                "cut a word, to the end, to the beginning; Ctrl+Y puts it back",
            ),
            ("Esc", "stop the running turn"),
            ("Ctrl+C twice", "leave"),
            ("Ctrl+L", "draw the screen anew"),
        ],
    ),
    (
        "Reading",
        &[
            ("PgUp, PgDn", "scroll; Home and End while nothing is written"),
            ("Tab", "show or hide the suggestions while nothing is written"),
            ("1-9", "send a suggestion; Down chooses one, then e, v, x"),
        ],
    ),
    (
        "A question",
        &[
            ("Up, Down, Tab, 1-9", "choose"),
            ("Enter", "confirm what is chosen"),
            ("Esc", "skip it, or stop the turn that asked"),
        ],
    ),
    (
        "A review",
        &[
            ("j, k", "next and previous hunk"),
            ("Space", "choose a hunk or leave it out"),
            ("Enter, a", "apply what is chosen, once the last hunk has been in view"),
            ("e", "edit the file in $EDITOR; it is checked anew"),
            ("c", "ask for a change"),
            ("r", "reject all of it"),
        ],
    ),
];

fn rows(model: &Model) -> Vec<Row> {
    const NAME: usize = 26;
    let width = usize::from(model.size.0);
    let name_width = if width < 60 { 20 } else { NAME };
    let mut rows = Vec::new();
    let mut line = |name: &'static str, does: &'static str| {
        let row = Row::new()
            .gap(2)
            .say(Label::Key, name)
            .gap(1)
            .pad(name_width)
            .say(Label::Text, does);
        rows.extend(row.wrap(width, name_width));
    };
    for (page, keys) in PAGES {
        line("", "");
        line(page, "");
        keys.iter().for_each(|(name, does)| line(name, does));
    }
    line("", "");
    line("Commands", "");
    COMMANDS.iter().for_each(|(name, does, _)| line(name, does));
    let heads = ["Writing", "Reading", "A question", "A review", "Commands"];
    for row in &mut rows {
        let plain = row.plain();
        if heads.contains(&plain.trim()) {
            *row = Row::new().tell(Label::Heading, plain.trim());
        }
    }
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
