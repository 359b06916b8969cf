//! What was said and done, and the part of it that is on screen.
//!
//! A finished cell is immutable text; its rows are made when they are looked at and kept for a
//! few screens' worth of cells. A position is a cell and a row in it, never a row of the whole, so
//! a frame costs what it shows, a resize keeps its place, and a million lines cost their text.
//!
//! The memo behind [`Transcript::rows`] is the only thing that changes while drawing; it decides
//! nothing.

mod cell;

use std::cell::{Cell as Counter, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

pub use cell::Cell;
pub(crate) use cell::ToolState;

use linchpin_protocol::CallId;

use crate::markdown::{self, Block, Blocks};
use crate::text::Row;
use crate::theme::Look;

/// How many cells' rows are kept.
const REMEMBERED: usize = 512;

/// Where the top of the view is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum View {
    /// At the end, whatever comes.
    #[default]
    Follow,
    /// At a row of a cell.
    At { cell: usize, row: usize },
}

type Rows = Rc<Vec<Row>>;

/// Bytes up to which finished blocks of one message share a cell: few cells for a long answer,
/// and little to lay out when one comes into view.
const SHARED: usize = 2_048;

/// A message that is still coming: it begins at a cell, and its last cell is not complete.
#[derive(Debug)]
struct Streaming {
    blocks: Blocks,
    first: usize,
}

/// All cells, oldest first.
#[derive(Debug, Default)]
pub struct Transcript {
    cells: Vec<Cell>,
    streaming: Option<Streaming>,
    view: View,
    memo: RefCell<HashMap<usize, (usize, Rows)>>,
    laid_out: Counter<usize>,
}

impl Transcript {
    /// All cells, oldest first.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Adds a cell. Streaming text before it is finished by that.
    pub fn push(&mut self, cell: Cell) {
        self.finish();
        self.cells.push(cell);
    }

    /// Adds words of the model.
    pub(crate) fn stream(&mut self, text: &str) {
        if self.streaming.is_none() {
            self.streaming = Some(Streaming {
                blocks: Blocks::default(),
                first: self.cells.len(),
            });
            self.cells.push(Cell::Agent {
                source: String::new(),
                joined: false,
                held: 0,
            });
        }
        let Some(streaming) = &mut self.streaming else { return };
        let done = streaming.blocks.feed(text);
        let (shown, held) = streaming.blocks.tail();
        let tail = Cell::Agent {
            source: shown.to_owned(),
            joined: streaming.blocks.tail_is_joined(),
            held,
        };
        let first = streaming.first;
        let open = self.cells.len().saturating_sub(1);
        self.cells.pop();
        if done.is_empty() {
            self.cells.push(tail);
            return self.forget_from(open);
        }
        done.into_iter().for_each(|block| self.keep(block, first));
        self.cells.push(tail);
        self.forget_from(open.saturating_sub(1));
    }

    /// Adds a finished block of the message that began at cell `first`.
    fn keep(&mut self, block: Block, first: usize) {
        let in_message = self.cells.len() > first;
        if let Some(Cell::Agent { source, .. }) = self.cells.last_mut().filter(|_| in_message && !block.joined)
            && source.len() + block.source.len() <= SHARED
        {
            source.push_str(&block.source);
            return;
        }
        let Block { mut source, joined } = block;
        source.shrink_to_fit();
        self.cells.push(Cell::Agent {
            source,
            joined,
            held: 0,
        });
    }

    /// Ends streaming text.
    pub(crate) fn finish(&mut self) {
        if let Some(mut streaming) = self.streaming.take() {
            let open = self.cells.len().saturating_sub(1);
            self.cells.pop();
            streaming
                .blocks
                .finish()
                .into_iter()
                .for_each(|block| self.keep(block, streaming.first));
            self.forget_from(open.saturating_sub(1));
        }
    }

    /// Changes the newest cell that `pick` picks; true if there was one.
    pub(crate) fn change(&mut self, mut pick: impl FnMut(&mut Cell) -> bool) -> bool {
        for (at, cell) in self.cells.iter_mut().enumerate().rev() {
            if pick(cell) {
                self.memo.borrow_mut().remove(&at);
                return true;
            }
        }
        false
    }

    /// Ends a tool call.
    pub(crate) fn tool_finished(&mut self, call: CallId, done: bool, words: &str) {
        self.change(|cell| match cell {
            Cell::Tool {
                call: its,
                state,
                summary,
                ..
            } if *its == call => {
                *state = if done { ToolState::Done } else { ToolState::Failed };
                words.clone_into(summary);
                true
            }
            _ => false,
        });
    }

    /// The last message of the model, as it was written.
    pub(crate) fn last_answer(&self) -> Option<String> {
        let is_words = |cell: &Cell| matches!(cell, Cell::Agent { .. });
        let end = self.cells.iter().rposition(is_words)? + 1;
        let from = self.cells[..end]
            .iter()
            .rposition(|cell| !is_words(cell))
            .map_or(0, |at| at + 1);
        let sources = self.cells[from..end].iter().filter_map(|cell| match cell {
            Cell::Agent { source, .. } => Some(source.as_str()),
            _ => None,
        });
        let text: String = sources.collect();
        (!text.trim().is_empty()).then_some(text)
    }

    /// The last piece of code in the last message, as it was written.
    pub(crate) fn last_code(&self) -> Option<String> {
        markdown::last_code(&self.last_answer()?)
    }

    /// The rows of a cell, with an empty row before it where one belongs.
    pub(crate) fn rows(&self, at: usize, cells: usize, look: Look) -> Rows {
        if let Some((width, rows)) = self.memo.borrow().get(&at)
            && *width == cells
        {
            return rows.clone();
        }
        let mut rows = Vec::new();
        let before = at.checked_sub(1).and_then(|before| self.cells.get(before));
        if let Some(cell) = self.cells.get(at) {
            if before.is_some_and(|before| cell.stands_off(before)) {
                rows.push(Row::new());
            }
            rows.extend(cell.rows(cells, look));
        }
        self.laid_out.set(self.laid_out.get() + 1);
        let rows = Rc::new(rows);
        let mut memo = self.memo.borrow_mut();
        if memo.len() >= REMEMBERED {
            memo.clear();
        }
        memo.insert(at, (cells, rows.clone()));
        rows
    }

    /// How many cells were laid out so far: the cost of drawing, for tests.
    pub fn laid_out(&self) -> usize {
        self.laid_out.get()
    }

    /// The rows that are on screen, at most `height` of them.
    pub(crate) fn visible(&self, cells: usize, height: usize, look: Look) -> Vec<Row> {
        let (mut cell, mut row) = self.top(cells, height, look);
        let mut out = Vec::with_capacity(height);
        while out.len() < height && cell < self.cells.len() {
            let rows = self.rows(cell, cells, look);
            out.extend(rows.iter().skip(row).take(height - out.len()).cloned());
            (cell, row) = (cell + 1, 0);
        }
        out
    }

    /// Whether the end is in view whatever comes.
    pub(crate) fn follows(&self) -> bool {
        self.view == View::Follow
    }

    /// Back to the end.
    pub(crate) fn follow(&mut self) {
        self.view = View::Follow;
    }

    /// To the beginning.
    pub(crate) fn rewind(&mut self) {
        self.view = View::At { cell: 0, row: 0 };
    }

    /// Moves the view by rows, up is negative.
    pub(crate) fn scroll(&mut self, by: isize, cells: usize, height: usize, look: Look) {
        let (mut cell, mut row) = self.top(cells, height, look);
        let end = self.top_of_end(cells, height, look);
        let mut left = by.unsigned_abs();
        if by < 0 {
            while left > row {
                left -= row;
                let Some(before) = cell.checked_sub(1) else {
                    self.rewind();
                    return;
                };
                cell = before;
                row = self.rows(cell, cells, look).len();
            }
            row -= left;
        } else {
            row += left;
            while cell < self.cells.len() && row >= self.rows(cell, cells, look).len() {
                row -= self.rows(cell, cells, look).len();
                cell += 1;
            }
        }
        self.view = if (cell, row) >= end {
            View::Follow
        } else {
            View::At { cell, row }
        };
    }

    fn top(&self, cells: usize, height: usize, look: Look) -> (usize, usize) {
        let end = self.top_of_end(cells, height, look);
        match self.view {
            View::Follow => end,
            View::At { cell, row } => {
                let last = self.rows(cell, cells, look).len().saturating_sub(1);
                (cell, row.min(last)).min(end)
            }
        }
    }

    /// The top of the view that shows the end.
    fn top_of_end(&self, cells: usize, height: usize, look: Look) -> (usize, usize) {
        let mut left = height;
        for at in (0..self.cells.len()).rev() {
            let rows = self.rows(at, cells, look).len();
            if rows >= left {
                return (at, rows - left);
            }
            left -= rows;
        }
        (0, 0)
    }

    /// All of it as plain lines, the last `most` of them.
    pub fn plain(&self, cells: usize, look: Look, most: usize) -> Vec<String> {
        let mut lines = std::collections::VecDeque::new();
        for at in (0..self.cells.len()).rev() {
            if lines.len() >= most {
                break;
            }
            self.rows(at, cells, look)
                .iter()
                .rev()
                .for_each(|row| lines.push_front(row.plain()));
        }
        let over = lines.len().saturating_sub(most);
        lines.into_iter().skip(over).collect()
    }

    fn forget_from(&self, at: usize) {
        let mut memo = self.memo.borrow_mut();
        (at..=self.cells.len()).for_each(|at| {
            memo.remove(&at);
        });
    }
}
