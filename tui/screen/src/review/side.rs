//! Hunks with before and after side by side.

use linchpin_protocol::patch::{Hunk, LineKind};

use super::diff::{NO_END, shown_line};
use crate::code::Lexer;
use crate::text::Row;
use crate::theme::{Glyphs, Label};

/// From this width there is room for two columns.
pub(crate) const WIDE: usize = 80;
/// Cells of a line's number and sign.
const GUTTER: usize = 7;

/// One side of a line: its rows, wrapped.
type Side = Vec<Row>;

/// The lines of a hunk, and how many characters in it are shown by their number.
pub(super) fn side_rows(hunk: &Hunk, path: &str, cells: usize, glyphs: &'static Glyphs) -> (Vec<Row>, usize) {
    let half = cells.saturating_sub(glyphs.bar.chars().count() + 1) / 2;
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let mut lexer = Lexer::of_path(path);
    let mut hidden = 0;
    let mut rows = Vec::new();
    let (mut before, mut after): (Vec<Side>, Vec<Side>) = (Vec::new(), Vec::new());
    for line in &hunk.lines {
        let shown = shown_line(&line.text, line.kind, &mut lexer);
        hidden += shown.hidden;
        let side = |number: usize, sign: &'static str, label: Label| {
            let mut row = Row::new()
                .tell(Label::Dim, &format!("{number:>4} "))
                .say(label, sign)
                .gap(1);
            row.spans.extend(shown.row.spans.iter().cloned());
            let mut rows = row.chop(half, GUTTER);
            if !shown.ended {
                rows.extend(Row::new().gap(GUTTER).say(Label::Dim, NO_END).chop(half, GUTTER));
            }
            rows
        };
        match line.kind {
            LineKind::Removed => {
                before.push(side(old, "-", Label::Removed));
                old += 1;
            }
            LineKind::Added => {
                after.push(side(new, "+", Label::Added));
                new += 1;
            }
            LineKind::Context => {
                paired(&mut rows, &mut before, &mut after, half, glyphs);
                before.push(side(old, " ", Label::Text));
                after.push(side(new, " ", Label::Text));
                paired(&mut rows, &mut before, &mut after, half, glyphs);
                (old, new) = (old + 1, new + 1);
            }
        }
    }
    paired(&mut rows, &mut before, &mut after, half, glyphs);
    (rows, hidden)
}

/// Puts what was collected side by side, the first removed line beside the first added one.
fn paired(rows: &mut Vec<Row>, before: &mut Vec<Side>, after: &mut Vec<Side>, half: usize, glyphs: &'static Glyphs) {
    let (before, after) = (std::mem::take(before), std::mem::take(after));
    for at in 0..before.len().max(after.len()) {
        let (left, right) = (before.get(at), after.get(at));
        let height = left.map_or(0, Vec::len).max(right.map_or(0, Vec::len));
        for y in 0..height {
            let mut row = left.and_then(|side| side.get(y)).cloned().unwrap_or_default();
            row = row.pad(half).gap(1).say(Label::Dim, glyphs.bar);
            if let Some(right) = right.and_then(|side| side.get(y)) {
                row.spans.extend(right.spans.iter().cloned());
            }
            rows.push(row);
        }
    }
}
