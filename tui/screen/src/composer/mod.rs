//! The message being written.
//!
//! Edits go by grapheme; a cursor is never inside one. What is typed or pasted is made safe when
//! it comes in, so that what is drawn and what is sent are the same text.
//! Not here: keys (see `update`), drawing (see `view`).

mod chip;
mod history;
mod vim;

pub use history::History;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::bidi;
use crate::clean::Clean;
use crate::text::breaks;
use crate::width;
use chip::Chip;
use vim::Vim;

/// A text with a cursor.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Composer {
    text: String,
    cursor: usize,
    killed: String,
    chips: Vec<Chip>,
    vim: Vim,
    undo: Vec<(String, usize)>,
}

/// Bytes a message may have; more of a paste is left out.
const MOST: usize = 256 * 1024;

impl Composer {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor, as a byte offset on a grapheme border.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Puts text in at the cursor.
    pub fn insert(&mut self, text: &str) {
        let room = MOST.saturating_sub(self.text.len());
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (before, after) = self.text.split_at(self.cursor);
        if text[..end].bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n') && after.is_ascii() {
            self.text.insert_str(self.cursor, &text[..end]);
            self.cursor += end;
            return;
        }
        let head = Clean::typed(&format!("{before}{}", &text[..end]));
        let whole = Clean::typed(&format!("{head}{after}"));
        self.cursor = head.as_str().len();
        self.text = whole.as_str().to_owned();
        self.settle();
    }

    /// Replaces all of it; the cursor goes to the end.
    pub fn set(&mut self, text: &str) {
        self.text = Clean::typed(text).as_str().to_owned();
        self.cursor = self.text.len();
        self.forget_chips();
    }

    /// Takes the message out.
    pub fn take(&mut self) -> String {
        let message = self.message();
        self.set("");
        self.undo.clear();
        if self.vim != Vim::Off {
            self.vim = Vim::Insert;
        }
        message
    }

    /// Deletes the grapheme before the cursor.
    pub fn backspace(&mut self) {
        let from = self.before();
        self.delete(from, self.cursor);
    }

    /// Deletes the grapheme after the cursor.
    pub fn delete_forward(&mut self) {
        let to = self.after();
        self.delete(self.cursor, to);
    }

    /// Cuts the word before the cursor.
    pub fn kill_word_back(&mut self) {
        let from = self.word_before();
        self.kill(from, self.cursor);
    }

    /// Cuts to the end of the line, or the line break if the cursor is there.
    pub fn kill_to_end(&mut self) {
        let end = self.line_end();
        let to = if end == self.cursor { self.after() } else { end };
        self.kill(self.cursor, to);
    }

    /// Cuts to the beginning of the line.
    pub fn kill_to_start(&mut self) {
        let from = self.line_start();
        self.kill(from, self.cursor);
    }

    /// Puts in what was cut last.
    pub fn yank(&mut self) {
        let killed = std::mem::take(&mut self.killed);
        self.insert(&killed);
        self.killed = killed;
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        let to = self.before();
        self.cursor = self.chip_around(to).map_or(to, |chip| chip.start);
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.cursor = self.after();
        self.settle();
    }

    /// To the beginning of the word.
    pub fn word_left(&mut self) {
        let to = self.word_before();
        self.cursor = self.chip_around(to).map_or(to, |chip| chip.start);
    }

    /// To the end of the word.
    pub fn word_right(&mut self) {
        let rest = &self.text[self.cursor..];
        let end = rest
            .unicode_word_indices()
            .next()
            .map_or(rest.len(), |(at, word)| at + word.len());
        self.cursor += end;
        self.settle();
    }

    /// To the beginning of the line.
    pub fn home(&mut self) {
        self.cursor = self.line_start();
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.cursor = self.line_end();
    }

    /// One row up in a field of `cells`. False if the cursor is in the first row already.
    pub fn up(&mut self, cells: usize) -> bool {
        self.by_row(cells, |row| row.checked_sub(1))
    }

    /// One row down in a field of `cells`. False if the cursor is in the last row already.
    pub fn down(&mut self, cells: usize) -> bool {
        self.by_row(cells, |row| row.checked_add(1))
    }

    /// The rows in a field of `cells`, and where the cursor is: row, column.
    pub(crate) fn rows(&self, cells: usize) -> (Vec<Clean>, (usize, usize)) {
        let ranges = self.ranges(cells);
        let row = self.cursor_row(&ranges);
        let rows = ranges
            .iter()
            .map(|range| Clean::line(self.text[range.clone()].trim_end_matches('\n')))
            .collect();
        let col = ranges.get(row).map_or(0, |range| {
            let line = self.text[range.clone()].trim_end_matches('\n');
            bidi::caret(line, (self.cursor - range.start).min(line.len()))
        });
        (rows, (row, col.min(cells)))
    }

    fn by_row(&mut self, cells: usize, to: impl Fn(usize) -> Option<usize>) -> bool {
        let ranges = self.ranges(cells);
        let row = self.cursor_row(&ranges);
        let Some((here, there)) = ranges.get(row).zip(to(row).and_then(|row| ranges.get(row))) else {
            return false;
        };
        let col = width::of(&self.text[here.start..self.cursor]);
        let target = self.text[there.clone()].trim_end_matches('\n');
        self.cursor = there.start + width::fitting(target, col);
        self.settle();
        true
    }

    fn ranges(&self, cells: usize) -> Vec<std::ops::Range<usize>> {
        let mut rows = Vec::new();
        let mut at = 0;
        for line in self.text.split('\n') {
            // One cell stays free for the cursor behind a full row.
            rows.extend(
                breaks(line, cells.saturating_sub(1), cells.saturating_sub(1))
                    .into_iter()
                    .map(|r| at + r.start..at + r.end),
            );
            at += line.len() + 1;
        }
        rows
    }

    fn cursor_row(&self, ranges: &[std::ops::Range<usize>]) -> usize {
        ranges
            .iter()
            .rposition(|range| range.start <= self.cursor)
            .unwrap_or_default()
    }

    fn delete(&mut self, from: usize, to: usize) {
        let range = self.widened(from, to);
        self.cursor = range.start;
        self.text.replace_range(range, "");
        self.settle();
    }

    fn kill(&mut self, from: usize, to: usize) {
        if from < to {
            let range = self.widened(from, to);
            self.killed = self.text[range.clone()].to_owned();
            self.delete(range.start, range.end);
        }
    }

    fn before(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or_default()
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor
            .next_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(self.text.len())
    }

    fn word_before(&self) -> usize {
        self.text[..self.cursor]
            .unicode_word_indices()
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn line_start(&self) -> usize {
        self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..]
            .find('\n')
            .map_or(self.text.len(), |at| self.cursor + at)
    }

    /// Brings the cursor onto a grapheme border, where an edit has joined two graphemes.
    fn settle(&mut self) {
        self.cursor = self.cursor.min(self.text.len());
        while !self.text.is_char_boundary(self.cursor) {
            self.cursor -= 1;
        }
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        if !cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            self.cursor = cursor
                .next_boundary(&self.text, 0)
                .ok()
                .flatten()
                .unwrap_or(self.text.len());
        }
        if let Some(chip) = self.chip_around(self.cursor) {
            self.cursor = chip.end;
        }
    }
}
