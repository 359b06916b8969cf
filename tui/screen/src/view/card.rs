//! A question in its frame: docked at the bottom, where nothing else is ever drawn.

use ratatui::layout::Rect;

use super::draw::{Canvas, cells, frame as box_frame, more, put, put_all, right, title};
use super::main_area;
use crate::card::{Body, Card};
use crate::model::Model;
use crate::text::Row;
use crate::theme::Label;

const WIDEST: u16 = 104;

struct LaidOut {
    body: Body,
    hints: Vec<Row>,
}

fn lay_out(model: &Model, card: &Card, main: Rect) -> LaidOut {
    let inner = usize::from(main.width.min(WIDEST).saturating_sub(4)).max(1);
    let body = card.body(inner, usize::from(main.height), model.look, model.now);
    let hints = body.hints.wrap(inner, 0);
    LaidOut { body, hints }
}

impl LaidOut {
    /// Rows that are always in view: foot and hints, each with an empty row before it.
    fn fixed(&self, roomy: bool) -> usize {
        let gap = usize::from(roomy);
        let foot = if self.body.foot.is_empty() {
            0
        } else {
            self.body.foot.len() + gap
        };
        foot + self.hints.len() + gap
    }

    /// Rows that the body has in a frame of this height, and whether there is room for gaps.
    fn room(&self, height: u16) -> (usize, bool) {
        let inner = usize::from(height).saturating_sub(2);
        let roomy = inner >= (self.body.rows.len() + self.fixed(true)).min(14);
        (inner.saturating_sub(self.fixed(roomy)), roomy)
    }
}

/// Rows that the card takes.
pub(super) fn height(model: &Model, card: &Card, main: Rect) -> u16 {
    let laid_out = lay_out(model, card, main);
    let wanted = laid_out.body.rows.len() + laid_out.fixed(true) + 2;
    cells(wanted).min(main.height)
}

/// Rows of the body that are scrolled away, and how many can be.
pub(crate) fn scroll(model: &Model) -> (usize, usize) {
    let Some(card) = model.cards.front() else { return (0, 0) };
    let main = main_area(model);
    let laid_out = lay_out(model, card, main);
    let (room, _) = laid_out.room(height(model, card, main));
    scrolled(card, &laid_out.body, room)
}

fn scrolled(card: &Card, body: &Body, room: usize) -> (usize, usize) {
    let most = body.rows.len().saturating_sub(room);
    let to_keep = body.keep.map_or(0, |keep| (keep + 1).saturating_sub(room));
    (card.scroll.unwrap_or(to_keep).min(most), most)
}

pub(super) fn draw(model: &Model, card: &Card, canvas: &mut Canvas<'_>, dock: Rect) {
    let (look, glyphs) = (model.look, model.look.glyphs());
    let laid_out = lay_out(model, card, main_area(model));
    let outer = Rect {
        width: dock.width.min(WIDEST),
        ..dock
    };
    let (room, roomy) = laid_out.room(dock.height);
    let LaidOut { body, hints } = laid_out;
    let inner = box_frame(canvas.buffer, outer, &glyphs.double, Label::Frame, look);
    title(canvas.buffer, outer, &body.title, look);
    let (scroll, most) = scrolled(card, &body, room);
    let below = most - scroll;
    let edge = Rect {
        width: outer.width.saturating_sub(2),
        ..outer
    };
    if scroll > 0 {
        right(
            canvas.buffer,
            edge,
            outer.y,
            &more(glyphs.more[0], scroll, "PgUp", Label::Frame),
            look,
        );
    }
    let text = Rect {
        height: cells(room).min(inner.height),
        ..inner
    };
    let rows = body
        .rows
        .get(scroll..(scroll + room).min(body.rows.len()))
        .unwrap_or_default();
    let mut y = inner.y + put_all(canvas.buffer, text, rows, look);
    if below > 0 {
        right(
            canvas.buffer,
            edge,
            outer.bottom() - 1,
            &more(glyphs.more[1], below, "PgDn", Label::Frame),
            look,
        );
    }
    if let Some((range, url)) = body.link {
        for at in range.filter(|at| (scroll..scroll + room).contains(at)) {
            let width = cells(body.rows.get(at).map_or(0, Row::width)).min(inner.width);
            let area = Rect {
                x: inner.x,
                y: inner.y + cells(at - scroll),
                width,
                height: 1,
            };
            canvas.painted.links.push((area, url.clone()));
        }
    }
    let gap = u16::from(roomy);
    if !body.foot.is_empty() {
        y += gap;
        let foot = Rect {
            y,
            height: inner.bottom().saturating_sub(y),
            ..inner
        };
        put_all(canvas.buffer, foot, &body.foot, look);
        if let Some((row, col)) = body.cursor {
            let at = (
                foot.x + cells(col).min(foot.width.saturating_sub(1)),
                foot.y + cells(row),
            );
            if at.1 < inner.bottom() {
                canvas.place_cursor(at);
            }
        }
        y += cells(body.foot.len());
    }
    y += gap;
    for row in hints {
        if y < inner.bottom() {
            put(canvas.buffer, inner.x, y, inner.width, &row, look);
        }
        y += 1;
    }
}
