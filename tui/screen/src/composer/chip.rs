//! A long paste as a chip: one word in the field, all of it in the message.
//!
//! A chip is edited as one character: the caret is never inside it, and whatever takes a part of
//! it away takes all of it.

use std::ops::Range;

use super::Composer;
use crate::clean::Clean;

/// From so many lines or characters on a paste is a chip.
const LINES: usize = 8;
const CHARS: usize = 1_000;

/// A paste and the word that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chip {
    name: String,
    text: String,
}

impl Composer {
    /// Puts pasted text in at the cursor; a long one as a chip.
    pub fn paste(&mut self, text: &str) {
        let lines = text.lines().count();
        if lines <= LINES && text.chars().nth(CHARS).is_none() {
            return self.insert(text);
        }
        let room = super::MOST.saturating_sub(self.message().len());
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = Clean::typed(&text[..end]).as_str().to_owned();
        let size = match lines {
            ..=LINES => format!("{} characters", text.chars().count()),
            _ => format!("{lines} lines"),
        };
        let (shown, killed) = (&self.text, &self.killed);
        self.chips
            .retain(|chip| shown.contains(&chip.name) || killed.contains(&chip.name));
        // The next number that nothing in the field has.
        let mut number = self.chips.len() + 1;
        let name = loop {
            let name = format!("[paste {number}: {size}]");
            if !self.text.contains(&name) && !self.killed.contains(&name) {
                break name;
            }
            number += 1;
        };
        self.insert(&name);
        self.chips.push(Chip { name, text });
    }

    /// The message: the text with every paste in its place.
    pub fn message(&self) -> String {
        let mut message = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, chip) in self.places() {
            message.push_str(&self.text[at..range.start]);
            message.push_str(&chip.text);
            at = range.end;
        }
        message.push_str(&self.text[at..]);
        message
    }

    /// Puts what was pasted in place of its chips.
    pub fn expand(&mut self) {
        if !self.chips.is_empty() {
            let message = self.message();
            self.set(&message);
        }
    }

    /// Forgets the chips; what was cut of them can still be put back.
    pub(super) fn forget_chips(&mut self) {
        for chip in std::mem::take(&mut self.chips) {
            if self.killed.contains(&chip.name) {
                self.killed = self.killed.replace(&chip.name, &chip.text);
            }
        }
    }

    /// Where the chips are, from the left.
    fn places(&self) -> Vec<(Range<usize>, &Chip)> {
        let mut places: Vec<(Range<usize>, &Chip)> = self
            .chips
            .iter()
            .flat_map(|chip| {
                let places = self.text.match_indices(&chip.name);
                places.map(move |(at, name)| (at..at + name.len(), chip))
            })
            .collect();
        places.sort_by_key(|(range, _)| range.start);
        places
    }

    /// The chip that `at` is inside of, its ends not counted.
    pub(super) fn chip_around(&self, at: usize) -> Option<Range<usize>> {
        if self.chips.is_empty() {
            return None;
        }
        self.places()
            .into_iter()
            .map(|(range, _)| range)
            .find(|range| range.start < at && at < range.end)
    }

    /// The range with all of every chip that it touches a part of.
    pub(super) fn widened(&self, from: usize, to: usize) -> Range<usize> {
        let start = self.chip_around(from).map_or(from, |chip| chip.start);
        let end = self.chip_around(to).map_or(to, |chip| chip.end);
        start..end
    }
}
