//! Text that may be drawn.
//!
//! Everything the agent says, and everything in it that comes from an app, a model or a provider,
//! becomes a [`Clean`] before it can reach a cell. There is no `From<String>` and no `From<&str>`:
//! whoever draws has to say how the text is to be read.
//!
//! Invariants, property-tested: no control character, no bidi control, no tag, no zero-width
//! character outside an emoji, at most 16 code points in a cell, and none of the double-line box
//! characters that our own frames are made of, so that no text can draw one.
//! Source: Trojan Source (CVE-2021-42574); the terminal cases of the threat model.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::width;

/// Text that is safe to draw. Made by a constructor that says how the text is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean(String);

/// The most code points that one cell may hold.
const MOST_IN_A_CELL: usize = 16;

impl Clean {
    /// Our own words, known when this is compiled.
    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// Our own words, known when this is compiled. The frame characters are kept.
    pub fn fixed(words: &'static str) -> Self {
        Self(words.to_owned())
    }

    /// Somebody else's text on one line: line breaks and tabs become spaces, and what is
    /// unsafe is shown as `‹U+202E›`.
    pub fn line(text: &str) -> Self {
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return Self(text.to_owned());
        }
        let mut mapped = String::with_capacity(text.len() + 8);
        let mut before = ' ';
        for c in text.chars() {
            match c {
                '\n' | '\t' => mapped.push(' '),
                '\r' => {}
                _ if is_space(c) => mapped.push(' '),
                _ if is_frame(c) => mapped.push(light_frame(c)),
                _ if joins(before, c) => mapped.push(c),
                _ if is_unsafe(c) => push_escape(&mut mapped, c),
                _ => mapped.push(c),
            }
            before = c;
        }
        Self(cap_cells(&mapped))
    }

    /// Somebody else's text, a `Clean` for each line.
    pub fn lines(text: &str) -> Vec<Self> {
        text.lines()
            .map(|line| Self::line(&line.replace('\t', "    ")))
            .collect()
    }

    /// A line of a file under review: every character that cannot be seen, or that can be taken
    /// for another, is shown by its number. Also gives how many were.
    pub fn shown(text: &str) -> (Self, usize) {
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) && !text.contains(WIDE_GAP) {
            return (Self(text.to_owned()), 0);
        }
        crate::shown::shown(text)
    }

    /// What a person types or pastes into a field: unsafe characters are dropped, line breaks
    /// stay, tabs become spaces. Taking it again changes nothing.
    pub fn typed(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
        let mut kept = String::with_capacity(text.len());
        for part in text.split_inclusive('\n') {
            let (body, end) = part.strip_suffix('\n').map_or((part, ""), |body| (body, "\n"));
            let mut safe = String::with_capacity(body.len());
            let mut before = ' ';
            for c in body.chars() {
                match c {
                    _ if is_space(c) => safe.push(' '),
                    _ if is_frame(c) => safe.push(light_frame(c)),
                    _ if is_unsafe(c) && !joins(before, c) => continue,
                    _ => safe.push(c),
                }
                before = c;
            }
            for grapheme in safe.graphemes(true).filter(|g| width::of_grapheme(g) > 0) {
                kept.extend(grapheme.chars().take(MOST_IN_A_CELL));
            }
            kept.push_str(end);
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Cells it takes.
    pub fn width(&self) -> usize {
        width::of(&self.0)
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A part of it. The range must lie on grapheme borders, as those of [`crate::text::breaks`] do.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        Self(self.0.get(range).unwrap_or_default().to_owned())
    }

    /// The beginning of it that fits into `cells`, ended by `…` when something is left out.
    pub(crate) fn cut(&self, cells: usize) -> Self {
        if self.width() <= cells {
            return self.clone();
        }
        let mut kept = self.0[..width::fitting(&self.0, cells.saturating_sub(1))].to_owned();
        if cells > 0 {
            kept.push('…');
        }
        Self(kept)
    }

    /// Wraps text that `shown` has made.
    pub(crate) fn vouched(text: String) -> Self {
        Self(cap_cells(&text))
    }
}

impl std::fmt::Display for Clean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A run of spaces that long is shown by its length.
pub(crate) const WIDE_GAP: &str = "                                ";

/// Characters that draw nothing, or that change how others are read.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}'
            | '\u{e000}'..='\u{f8ff}')
}

/// Spaces that are not the space.
pub(crate) fn is_space(c: char) -> bool {
    c != ' '
        && matches!(
            c,
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        )
}

/// The characters our own frames are drawn with; nobody else's text may hold one.
pub(crate) fn is_frame(c: char) -> bool {
    matches!(c, '\u{2550}'..='\u{256c}')
}

fn light_frame(c: char) -> char {
    match c {
        '═' => '─',
        '║' => '│',
        _ => '+',
    }
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2049}' | '\u{2122}'..='\u{27bf}' | '\u{2934}'..='\u{2b55}'
        | '\u{3030}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Writes a character by its number.
pub(crate) fn push_escape(to: &mut String, c: char) {
    to.push_str(&format!("‹U+{:04X}›", u32::from(c)));
}

/// Emoji, and words in Arabic and Indic scripts, are built with joiners; anywhere else they hide
/// something.
fn joins(before: char, c: char) -> bool {
    match c {
        '\u{fe0f}' => is_pictograph(before),
        '\u{200d}' => is_pictograph(before) || before == '\u{fe0f}' || is_joined_script(before),
        '\u{200c}' => is_joined_script(before),
        _ => false,
    }
}

fn is_joined_script(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}') && !is_unsafe(c)
}

/// Keeps a cluster of many code points from growing out of its cell, and shows one that would
/// take no cell at all.
fn cap_cells(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut capped = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        if width::of_grapheme(grapheme) == 0 {
            grapheme
                .chars()
                .take(MOST_IN_A_CELL)
                .for_each(|c| push_escape(&mut capped, c));
        } else if grapheme.chars().count() > MOST_IN_A_CELL {
            capped.extend(grapheme.chars().take(MOST_IN_A_CELL - 1));
            capped.push('…');
        } else {
            capped.push_str(grapheme);
        }
    }
    capped
}
