//! The conversation: transcript, suggestions, composer.

use ratatui::layout::Rect;

use super::draw::{Canvas, cells, frame as box_frame, put, put_words, right};
use super::{main_area, menu, strip};
use crate::model::Model;
use crate::text::Row;
use crate::theme::Label;

/// Longer lines are hard to read.
const WIDEST: u16 = 120;
/// Rows of the composer at most.
const TALLEST: usize = 8;
/// Below this height the composer has no frame.
const FRAMED_FROM: u16 = 14;

/// Where everything is.
pub(super) struct Areas {
    transcript: Rect,
    strip: Rect,
    popup: Rect,
    composer: Rect,
}

/// Cells of a row in the composer.
pub(crate) fn composer_cells(model: &Model) -> usize {
    let (width, height) = model.size;
    usize::from(if height < FRAMED_FROM {
        width.saturating_sub(2)
    } else {
        width.saturating_sub(4)
    })
    .max(1)
}

/// Cells and rows of the transcript.
pub(crate) fn transcript_size(model: &Model) -> (usize, usize) {
    let area = areas(model, main_area(model)).transcript;
    (usize::from(area.width.min(WIDEST)), usize::from(area.height))
}

pub(super) fn composer_height(model: &Model, most: usize) -> u16 {
    let framed = model.size.1 >= FRAMED_FROM;
    let (rows, _) = model.composer.rows(composer_cells(model));
    cells(rows.len().clamp(1, most.clamp(1, TALLEST))) + if framed { 2 } else { 0 }
}

fn areas(model: &Model, main: Rect) -> Areas {
    let composer = composer_height(model, usize::from(main.height / 3)).min(main.height);
    let above = main.height - composer;
    let popup = menu::height(model).min(above);
    let strip = strip::height(model, above.saturating_sub(popup));
    let transcript = above - popup - strip;
    let at = |y: u16, height: u16| Rect {
        y: main.y + y,
        height,
        ..main
    };
    Areas {
        transcript: at(0, transcript),
        strip: at(transcript, strip),
        popup: at(transcript + strip, popup),
        composer: at(above, composer),
    }
}

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, main: Rect) {
    let areas = areas(model, main);
    transcript(model, canvas, areas.transcript);
    strip::draw(model, canvas, areas.strip);
    composer(
        model,
        canvas,
        areas.composer,
        "Say what you want to connect, or pick a suggestion",
    );
    // After the composer: a menu with a field of its own has the caret.
    menu::draw(model, canvas, areas.popup);
}

/// The conversation, from the top while it is short.
pub(super) fn transcript(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    canvas.painted.scrolls = area.height;
    let width = area.width.min(WIDEST);
    let rows = model
        .transcript
        .visible(usize::from(width), usize::from(area.height), model.look);
    put_words(canvas.buffer, Rect { width, ..area }, &rows, model.look);
}

/// The field for a message. The real cursor is where the caret is, last of all.
pub(super) fn composer(model: &Model, canvas: &mut Canvas<'_>, area: Rect, hint: &'static str) {
    let (look, glyphs) = (model.look, model.look.glyphs());
    let inner = if model.size.1 >= FRAMED_FROM {
        let inner = box_frame(canvas.buffer, area, &glyphs.light, Label::Dim, look);
        if let Some(word) = model.composer.vim_word() {
            let edge = Rect {
                width: area.width.saturating_sub(2),
                ..area
            };
            let word = Row::new().gap(1).say(Label::Dim, word).gap(1);
            right(canvas.buffer, edge, area.bottom() - 1, &word, look);
        }
        inner
    } else {
        put(
            canvas.buffer,
            area.x,
            area.y,
            area.width,
            &Row::fixed(Label::User, glyphs.said),
            look,
        );
        Rect {
            x: area.x + 2,
            width: area.width.saturating_sub(2),
            ..area
        }
    };
    if inner.height == 0 {
        return;
    }
    if model.composer.is_empty() {
        put(
            canvas.buffer,
            inner.x,
            inner.y,
            inner.width,
            &Row::fixed(Label::Dim, hint),
            look,
        );
        canvas.place_cursor((inner.x, inner.y));
        return;
    }
    let (rows, (row, col)) = model.composer.rows(composer_cells(model));
    let height = usize::from(inner.height);
    let first = (row + 1).saturating_sub(height);
    let rows: Vec<Row> = rows
        .into_iter()
        .skip(first)
        .map(|text| Row::new().add(Label::Text, text))
        .collect();
    put_words(canvas.buffer, inner, &rows, look);
    let col = cells(col).min(inner.width.saturating_sub(1));
    canvas.place_cursor((inner.x + col, inner.y + cells(row - first)));
}
