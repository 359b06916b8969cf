//! From rows to cells: the only file that writes into a buffer.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::Painted;
use crate::bidi;
use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};
use crate::width;

/// A buffer being drawn into, and what cells can't say.
pub(super) struct Canvas<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) painted: Painted,
}

impl Canvas<'_> {
    /// Puts the real cursor there.
    pub(super) fn place_cursor(&mut self, at: (u16, u16)) {
        self.painted.cursor = Some(Position::from(at));
    }
}

/// Writes a row, clipped to `cells`; gives the cells written.
pub(super) fn put(buffer: &mut Buffer, x: u16, y: u16, cells: u16, row: &Row, look: Look) -> u16 {
    let area = buffer.area;
    if y < area.y || y >= area.bottom() {
        return 0;
    }
    let limit = x.saturating_add(cells).min(area.right());
    let mut at = x;
    for span in &row.spans {
        let style = look.style(span.label);
        for grapheme in span.text.as_str().graphemes(true) {
            let wide = u16::try_from(width::of_grapheme(grapheme)).unwrap_or(u16::MAX);
            if wide == 0 {
                continue;
            }
            if at.saturating_add(wide) > limit {
                return at - x;
            }
            if let Some(cell) = buffer.cell_mut((at, y)) {
                cell.set_symbol(grapheme).set_style(style);
            }
            for covered in at + 1..at + wide {
                if let Some(cell) = buffer.cell_mut((covered, y)) {
                    cell.reset();
                }
            }
            at += wide;
        }
    }
    at - x
}

/// As [`put_all`], for words to read: right-to-left text in its visual order. Code stays as it is.
pub(super) fn put_words(buffer: &mut Buffer, area: Rect, rows: &[Row], look: Look) {
    for (row, y) in rows.iter().zip(area.y..area.bottom()) {
        put(buffer, area.x, y, area.width, &in_order(row), look);
    }
}

fn in_order(row: &Row) -> Cow<'_, Row> {
    let is_code = row.spans.first().is_some_and(|span| {
        matches!(
            span.label,
            Label::Code | Label::Keyword | Label::Str | Label::Literal | Label::Comment | Label::Added | Label::Removed
        )
    });
    if is_code || !row.spans.iter().any(|span| bidi::is_mixed(span.text.as_str())) {
        return Cow::Borrowed(row);
    }
    let flat: String = row.spans.iter().map(|span| span.text.as_str()).collect();
    let mut ends = Vec::with_capacity(row.spans.len());
    let mut at = 0;
    for span in &row.spans {
        at += span.text.as_str().len();
        ends.push((at, span.label));
    }
    let mut out = Row::new();
    for its in bidi::placed(&flat) {
        let label = ends
            .iter()
            .find(|(end, _)| its.range.start < *end)
            .map_or(Label::Text, |(_, label)| *label);
        let grapheme = &flat[its.range];
        let grapheme = if its.turned { bidi::mirrored(grapheme) } else { grapheme };
        out = out.tell(label, grapheme);
    }
    Cow::Owned(out)
}

/// Writes rows from the top of an area; gives the rows written.
pub(super) fn put_all(buffer: &mut Buffer, area: Rect, rows: &[Row], look: Look) -> u16 {
    let mut y = area.y;
    for row in rows.iter().take(usize::from(area.height)) {
        put(buffer, area.x, y, area.width, row, look);
        y += 1;
    }
    y - area.y
}

/// Draws a frame of six glyphs (corners from top left clockwise, horizontal, vertical) and gives
/// the area inside, one cell of margin left and right.
pub(super) fn frame(buffer: &mut Buffer, area: Rect, glyphs: &[&'static str; 6], label: Label, look: Look) -> Rect {
    if area.width < 4 || area.height < 2 {
        return Rect {
            width: 0,
            height: 0,
            ..area
        };
    }
    let inner = usize::from(area.width) - 2;
    let line = |left: &'static str, right: &'static str| {
        let mut row = Row::new().say(label, left);
        for _ in 0..inner {
            row = row.say(label, glyphs[4]);
        }
        row.say(label, right)
    };
    put(buffer, area.x, area.y, area.width, &line(glyphs[0], glyphs[1]), look);
    put(
        buffer,
        area.x,
        area.bottom() - 1,
        area.width,
        &line(glyphs[3], glyphs[2]),
        look,
    );
    let side = Row::fixed(label, glyphs[5]);
    for y in area.y + 1..area.bottom() - 1 {
        put(buffer, area.x, y, 1, &side, look);
        put(buffer, area.right() - 1, y, 1, &side, look);
    }
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width - 4,
        height: area.height - 2,
    }
}

/// Writes a title into the upper line of a frame.
pub(super) fn title(buffer: &mut Buffer, area: Rect, row: &Row, look: Look) {
    let mut spaced = Row::new().gap(1);
    spaced.spans.extend(row.spans.iter().cloned());
    put(
        buffer,
        area.x + 2,
        area.y,
        area.width.saturating_sub(4),
        &spaced.gap(1),
        look,
    );
}

/// Writes a note right-aligned on a line.
pub(super) fn right(buffer: &mut Buffer, area: Rect, y: u16, row: &Row, look: Look) {
    let cells = u16::try_from(row.width()).unwrap_or(u16::MAX);
    if cells < area.width {
        put(buffer, area.right() - cells, y, cells, row, look);
    }
}

/// How much is out of view above or below, for the line of a frame.
pub(super) fn more(arrow: &'static str, count: usize, key: &str, label: Label) -> Row {
    Row::new()
        .gap(1)
        .say(label, arrow)
        .add(label, Clean::line(&format!(" {count} more, {key} ")))
}

/// Cells of a length as `u16`.
pub(super) fn cells(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}
