//! The model as cells.
//!
//! Pure: [`view`] reads the model, writes the frame and decides nothing. What is untrusted arrives
//! here as [`crate::Clean`] already; the only way into a cell is [`draw::put`]. Sizes that `update`
//! needs to know (how many rows of a review are in view) come from the same functions that draw.

mod card;
mod chat;
mod connections;
mod draw;
mod help;
mod menu;
mod page;
mod review;
mod status;
mod strip;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::model::{Front, Model};
use draw::Canvas;

pub(crate) use card::scroll as card_scroll;
pub(crate) use chat::{composer_cells, transcript_size};
pub(crate) use connections::{ago, connection_rows};
pub(crate) use help::overflow as help_overflow;
pub(crate) use page::overflow as page_overflow;
pub(crate) use review::size as review_size;
pub(crate) use strip::{first as first_suggestion, shown as suggestions_shown};

/// What of a frame cells can't say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Painted {
    /// Links: the cells of one, and where it goes.
    pub links: Vec<(Rect, String)>,
    /// Where the real cursor is, last of all; none hides it.
    pub cursor: Option<Position>,
    /// Rows from the top that hold text which moves up as more comes.
    pub scrolls: u16,
}

/// Draws the model into a frame of ratatui.
pub fn view(model: &Model, frame: &mut Frame<'_>) -> Painted {
    let painted = paint(model, frame.buffer_mut());
    if let Some(cursor) = painted.cursor {
        frame.set_cursor_position(cursor);
    }
    painted
}

/// Draws the model into an empty buffer.
pub(crate) fn paint(model: &Model, buffer: &mut Buffer) -> Painted {
    let area = buffer.area;
    let mut canvas = Canvas {
        buffer,
        painted: Painted::default(),
    };
    if area.width < 4 || area.height < 2 {
        return canvas.painted;
    }
    let (main, status) = (
        Rect {
            height: area.height - 1,
            ..area
        },
        Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        },
    );
    if let Some(card) = model.cards.front() {
        let height = card::height(model, card, main);
        let dock = Rect {
            y: main.bottom() - height,
            height,
            ..main
        };
        chat::transcript(
            model,
            &mut canvas,
            Rect {
                height: main.height - height,
                ..main
            },
        );
        card::draw(model, card, &mut canvas, dock);
    } else {
        match model.front {
            Front::Chat => chat::draw(model, &mut canvas, main),
            Front::Review => review::draw(model, &mut canvas, main),
            Front::Connections => connections::draw(model, &mut canvas, main),
            Front::Page(which) => page::draw(model, which, &mut canvas, main),
            Front::Help { top } => help::draw(model, top, &mut canvas, main),
        }
    }
    status::draw(model, &mut canvas, status);
    canvas.painted
}

/// All of the screen but the status line.
fn main_area(model: &Model) -> Rect {
    let (width, height) = model.size;
    Rect {
        x: 0,
        y: 0,
        width,
        height: height.saturating_sub(1),
    }
}
