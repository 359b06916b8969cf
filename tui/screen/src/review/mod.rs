//! The review: facts we computed, then the diff, then what the model says.
//!
//! Applying is possible only when the end of the last hunk has been on screen, when at least one
//! hunk is chosen and when the policy does not forbid it. The line that applies stands in our own
//! frame below the text, whatever the text says.
//! Not here: drawing (see `view`), keys (see `update`).

mod diff;
mod facts;
mod runs;
mod side;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use linchpin_protocol::patch::{Digest, FileChange, Hunk, Selection};
use linchpin_protocol::question::Review;

use crate::text::Row;
use crate::theme::{Label, Look};

pub(crate) use diff::{hunk_head, hunk_rows};
pub(crate) use facts::{facts_rows, function_rows as function_facts};
pub(crate) use side::WIDE as SIDE_FROM;

/// A review laid out.
pub(crate) struct Document {
    pub(crate) rows: Vec<Row>,
    /// The rows of each hunk; the first one is its head.
    pub(crate) hunks: Vec<Range<usize>>,
}

/// A document, and for which width, look and sides it was laid out.
type Memo = ((usize, Look, bool), Rc<Document>);

/// A review on screen.
pub(crate) struct ReviewScreen {
    pub(crate) changeset: Digest,
    pub(crate) review: Review,
    pub(crate) hunks: Vec<Hunk>,
    pub(crate) chosen: Selection,
    pub(crate) current: usize,
    pub(crate) top: usize,
    /// Whether the end of the last hunk has been on screen.
    pub(crate) seen: bool,
    /// When it came to the front; unset while something else is there.
    pub(crate) shown_at: Option<Duration>,
    /// Whether the composer is open for a comment.
    pub(crate) commenting: bool,
    /// Whether before and after stand side by side, where there is room.
    pub(crate) side: bool,
    /// Whether the decision has been sent.
    pub(crate) sent: bool,
    memo: RefCell<Option<Memo>>,
}

impl ReviewScreen {
    pub(crate) fn new(changeset: Digest, review: Review) -> Self {
        let hunks = review.changeset.hunks();
        Self {
            changeset,
            chosen: Selection::all(&hunks),
            seen: hunks.is_empty(),
            hunks,
            review,
            current: 0,
            top: 0,
            shown_at: None,
            commenting: false,
            side: false,
            sent: false,
            memo: RefCell::new(None),
        }
    }

    /// The review laid out `cells` wide.
    pub(crate) fn document(&self, cells: usize, look: Look) -> Rc<Document> {
        let side = self.side && cells >= SIDE_FROM;
        if let Some((its, document)) = &*self.memo.borrow()
            && *its == (cells, look, side)
        {
            return document.clone();
        }
        let document = Rc::new(lay_out(&self.review, &self.hunks, side, cells, look));
        *self.memo.borrow_mut() = Some(((cells, look, side), document.clone()));
        document
    }

    /// Why it can't be applied now, if it can't.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        if self.sent {
            Some("The decision is on its way.")
        } else if self.review.blocked {
            Some("The policy forbids applying this. The broken rules stand at the top; ask for a change, or reject.")
        } else if self.hunks.is_empty() {
            Some("There is nothing to apply.")
        } else if !self.seen {
            Some("Go on to the end of the last hunk first.")
        } else if self.chosen.is_empty() {
            Some("No hunk is chosen. Space chooses the current one.")
        } else {
            None
        }
    }

    /// Moves the view by rows.
    pub(crate) fn scroll(&mut self, by: isize, cells: usize, height: usize, look: Look) {
        let most = self.document(cells, look).rows.len().saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(most);
        self.look_at(cells, height, look);
    }

    /// Makes another hunk the current one and brings it into view.
    pub(crate) fn step(&mut self, by: isize, cells: usize, height: usize, look: Look) {
        let last = self.hunks.len().saturating_sub(1);
        let document = self.document(cells, look);
        let in_view = document
            .hunks
            .get(self.current)
            .is_some_and(|rows| rows.start >= self.top && rows.start < self.top + height);
        // The first step goes to the current hunk, if that isn't in view yet.
        if in_view {
            self.current = self.current.saturating_add_signed(by).min(last);
        }
        if let Some(rows) = document.hunks.get(self.current) {
            let most = document.rows.len().saturating_sub(height);
            self.top = rows.start.saturating_sub(1).min(most);
        }
        self.look_at(cells, height, look);
    }

    /// Notes what is in view: the last hunk may have been seen, the current one may have left.
    pub(crate) fn look_at(&mut self, cells: usize, height: usize, look: Look) {
        let document = self.document(cells, look);
        self.top = self.top.min(document.rows.len().saturating_sub(height));
        let view = self.top..self.top + height;
        if height > 0
            && document
                .hunks
                .last()
                .is_none_or(|rows| view.contains(&rows.end.saturating_sub(1)))
        {
            self.seen = true;
        }
        let overlaps = |rows: &Range<usize>| rows.start < view.end && rows.end > view.start;
        if !document.hunks.get(self.current).is_some_and(overlaps)
            && let Some(first) = document.hunks.iter().position(overlaps)
        {
            self.current = first;
        }
    }

    /// Puts before and after side by side, or one below the other; the current hunk stays in view.
    pub(crate) fn turn_sides(&mut self, cells: usize, height: usize, look: Look) {
        self.side = !self.side;
        let document = self.document(cells, look);
        if let Some(rows) = document.hunks.get(self.current).filter(|_| self.top > 0) {
            self.top = rows.start.saturating_sub(1);
        }
        self.look_at(cells, height, look);
    }

    pub(crate) fn toggle(&mut self) {
        if let Some(hunk) = self.hunks.get(self.current) {
            self.chosen.toggle(hunk.id);
        }
    }

    /// The file that the current hunk is in.
    pub(crate) fn file(&self) -> Option<&FileChange> {
        let file = self.hunks.get(self.current).map_or(0, |hunk| hunk.id.file);
        self.review.changeset.files().get(file)
    }

    /// How many hunks of a file are chosen, and how many there are.
    pub(crate) fn chosen_in(&self, file: usize) -> (usize, usize) {
        let of_file = || self.hunks.iter().filter(move |hunk| hunk.id.file == file);
        (
            of_file().filter(|hunk| self.chosen.contains(hunk.id)).count(),
            of_file().count(),
        )
    }
}

fn lay_out(review: &Review, hunks: &[Hunk], side: bool, cells: usize, look: Look) -> Document {
    let mut rows = facts_rows(review, cells, look);
    let mut ranges = Vec::new();
    let mut hidden = 0;
    let mut file = None;
    for hunk in hunks {
        if file != Some(hunk.id.file) {
            file = Some(hunk.id.file);
            if let Some(change) = review.changeset.files().get(hunk.id.file) {
                rows.push(Row::new());
                rows.extend(diff::file_head(change, look).wrap(cells, 2));
            }
        }
        let from = rows.len();
        rows.push(Row::new());
        let path = review
            .changeset
            .files()
            .get(hunk.id.file)
            .map_or("", |file| file.path.as_str());
        // A new file has no side to stand beside.
        let is_new = review
            .changeset
            .files()
            .get(hunk.id.file)
            .is_some_and(|file| file.base.is_none());
        let (lines, more) = match side && !is_new {
            true => side::side_rows(hunk, path, cells, look.glyphs()),
            false => hunk_rows(hunk, path, cells),
        };
        rows.extend(lines);
        hidden += more;
        ranges.push(from..rows.len());
    }
    if hidden > 0 {
        let words = format!(
            "{hidden} invisible or misleading characters in the diff are shown by their number, like ‹U+202E›."
        );
        let banner = Row::new()
            .say(Label::Bad, look.glyphs().warning)
            .gap(1)
            .tell(Label::Bad, &words)
            .wrap(cells, 2);
        let by = banner.len() + 1;
        rows.splice(0..0, banner.into_iter().chain([Row::new()]));
        ranges
            .iter_mut()
            .for_each(|range| *range = range.start + by..range.end + by);
    }
    if let Some(words) = &review.model_says {
        rows.push(Row::new());
        rows.push(
            Row::fixed(Label::Heading, "The model says").say(Label::Dim, "  (its own words; the facts above are ours)"),
        );
        rows.extend(crate::markdown::rows(words, cells, look.glyphs()));
    }
    Document { rows, hunks: ranges }
}
