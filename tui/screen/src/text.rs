//! Rows of labelled text, and how they break.
//!
//! What a screen says is made once, as [`Row`]s; the full screen colours them, the linear
//! renderer prints them. Neither makes up words of its own.
//!
//! Invariants, property-tested: breaking loses no byte, never cuts a grapheme, and no row is wider
//! than asked for, spaces at its end aside.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::clean::Clean;
use crate::theme::Label;
use crate::width;

/// A run of text with one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub label: Label,
    /// What it says.
    pub text: Clean,
}

/// A line of labelled text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The runs, from the left.
    pub spans: Vec<Span>,
}

impl Row {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of our own words.
    pub(crate) fn fixed(label: Label, words: &'static str) -> Self {
        Self::new().say(label, words)
    }

    /// Adds our own words.
    pub(crate) fn say(self, label: Label, words: &'static str) -> Self {
        self.add(label, Clean::fixed(words))
    }

    /// Adds somebody else's words, on one line.
    pub(crate) fn tell(self, label: Label, words: &str) -> Self {
        self.add(label, Clean::line(words))
    }

    /// Adds text that is clean already.
    pub(crate) fn add(mut self, label: Label, text: Clean) -> Self {
        if !text.is_empty() {
            self.spans.push(Span { label, text });
        }
        self
    }

    /// Adds spaces.
    pub(crate) fn gap(self, cells: usize) -> Self {
        self.add(Label::Text, Clean::line(&" ".repeat(cells)))
    }

    /// Adds spaces until it is `cells` wide.
    pub(crate) fn pad(self, cells: usize) -> Self {
        let have = self.width();
        self.gap(cells.saturating_sub(have))
    }

    /// Puts all of it under one label.
    pub(crate) fn all(mut self, label: Label) -> Self {
        self.spans.iter_mut().for_each(|span| span.label = label);
        self
    }

    /// The beginning of it that fits into `cells`, ended by `…` when something is left out.
    pub(crate) fn cut(&self, cells: usize) -> Self {
        let mut left = cells;
        let mut row = Row::new();
        for span in &self.spans {
            if left == 0 {
                break;
            }
            let text = span.text.cut(left);
            left = left.saturating_sub(text.width());
            row = row.add(span.label, text);
        }
        row
    }

    /// Cells it takes.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// The text alone, without spaces at the end.
    pub fn plain(&self) -> String {
        let text: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        text.trim_end().to_owned()
    }

    /// Breaks it between words into rows of at most `cells`; every row but the first begins with
    /// `hang` spaces.
    pub(crate) fn wrap(&self, cells: usize, hang: usize) -> Vec<Row> {
        if self.width() <= cells {
            return vec![self.clone()];
        }
        let hang = if hang + 8 > cells { 0 } else { hang };
        let flat: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        let ranges = breaks(&flat, cells, cells - hang);
        ranges
            .into_iter()
            .enumerate()
            .map(|(i, range)| self.part(range, if i == 0 { 0 } else { hang }))
            .collect()
    }

    /// Breaks it anywhere, for code.
    pub(crate) fn chop(&self, cells: usize, hang: usize) -> Vec<Row> {
        if self.width() <= cells {
            return vec![self.clone()];
        }
        let hang = if hang + 8 > cells { 0 } else { hang };
        let flat: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        let ranges = chops(&flat, cells, cells - hang);
        ranges
            .into_iter()
            .enumerate()
            .map(|(i, range)| self.part(range, if i == 0 { 0 } else { hang }))
            .collect()
    }

    fn part(&self, range: Range<usize>, hang: usize) -> Row {
        let mut row = Row::new().gap(hang);
        let mut at = 0;
        for span in &self.spans {
            let (from, to) = (at, at + span.text.as_str().len());
            at = to;
            if to > range.start && from < range.end {
                let inner = range.start.max(from) - from..range.end.min(to) - from;
                row = row.add(span.label, span.text.part(inner));
            }
        }
        row
    }
}

/// Wraps every row of a block.
pub(crate) fn wrap_all(rows: &[Row], cells: usize, hang: usize) -> Vec<Row> {
    rows.iter().flat_map(|row| row.wrap(cells, hang)).collect()
}

/// Byte ranges of the rows that `text` breaks into between words, the first `first` cells wide,
/// the others `rest`. Together they are all of `text`. Spaces at the end of a row may stick out.
pub(crate) fn breaks(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let (mut limit, rest) = (first.max(1), rest.max(1));
    let mut rows = Vec::new();
    let (mut start, mut col) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let cells = width::of_grapheme(grapheme);
        let space = grapheme == " ";
        while !space && col > 0 && col + cells > limit {
            let (cut, cut_col) = last.take().unwrap_or_else(|| {
                // One long word, perhaps longer than the narrower row it has come into.
                let fits = width::fitting(&text[start..at], limit);
                let cut = if fits == 0 { at } else { start + fits };
                (cut, width::of(&text[start..cut]))
            });
            rows.push(start..cut);
            start = cut;
            col -= cut_col;
            limit = rest;
        }
        col += cells;
        if space {
            last = Some((at + 1, col));
        }
    }
    rows.push(start..text.len());
    rows
}

/// As [`breaks`], but wherever a row is full.
pub(crate) fn chops(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let (mut limit, rest) = (first.max(1), rest.max(1));
    let mut rows = Vec::new();
    let (mut start, mut col) = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let cells = width::of_grapheme(grapheme);
        if col > 0 && col + cells > limit {
            rows.push(start..at);
            (start, col, limit) = (at, 0, rest);
        }
        col += cells;
    }
    rows.push(start..text.len());
    rows
}

#[cfg(test)]
mod tests {
    use super::{Row, breaks, chops};
    use crate::theme::Label;
    use crate::width;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn breaking_loses_nothing_and_fits(text in "\\PC{0,80}", first in 2usize..30, rest in 2usize..30) {
            for ranges in [breaks(&text, first, rest), chops(&text, first, rest)] {
                let joined: String = ranges.iter().map(|range| &text[range.clone()]).collect();
                prop_assert_eq!(&joined, &text);
                for (i, range) in ranges.iter().enumerate() {
                    let cells = width::of(text[range.clone()].trim_end_matches(' '));
                    let limit = if i == 0 { first } else { rest };
                    let single = unicode_segmentation::UnicodeSegmentation::graphemes(&text[range.clone()], true).count() == 1;
                    prop_assert!(cells <= limit || single, "{:?} is {cells} wide", &text[range.clone()]);
                }
            }
        }

        #[test]
        fn a_wrapped_row_says_the_same(words in "[a-zäé日]{1,9}( [a-zäé日]{1,9}){0,12}", cells in 12usize..40) {
            let row = Row::new().tell(Label::Strong, &words).tell(Label::Text, " and more");
            let rows = row.wrap(cells, 2);
            let said: Vec<String> = rows.iter().flat_map(|row| row.plain().split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
            prop_assert_eq!(said.concat(), format!("{words} and more").replace(' ', ""));
        }
    }
}
