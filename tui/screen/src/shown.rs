//! A line of a file under review, with nothing left hidden.
//!
//! Stricter than a line of chat: every space that is not the space, every invisible or reordering
//! character, every variation selector, and every Cyrillic or Greek letter inside an otherwise
//! Latin word is shown by its number. Long runs of spaces are shown by their length.

use crate::clean::{Clean, WIDE_GAP, is_frame, is_space, is_unsafe, push_escape};

/// The line as it may be drawn, and how many characters of it would have been misleading.
pub(crate) fn shown(text: &str) -> (Clean, usize) {
    let mut out = String::with_capacity(text.len() + 16);
    let mut hidden = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(WIDE_GAP) {
            let run = rest.len() - rest.trim_start_matches(' ').len();
            out.push_str(&format!("‹{run} spaces›"));
            hidden += 1;
            rest = &rest[run..];
            continue;
        }
        if is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            hidden += push_word(&mut out, &rest[..end]);
            rest = &rest[end..];
            continue;
        }
        match c {
            '\t' => out.push_str("    "),
            _ if is_unsafe(c) || is_space(c) || is_frame(c) => {
                push_escape(&mut out, c);
                hidden += 1;
            }
            _ => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    (Clean::vouched(out), hidden)
}

fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !is_unsafe(c)
}

/// Letters that look like Latin ones and are not.
fn is_lookalike(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{531}'..='\u{587}' | '\u{13a0}'..='\u{13ff}'
        | '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2c80}'..='\u{2cff}')
}

fn push_word(out: &mut String, word: &str) -> usize {
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_lookalike);
    let mut hidden = 0;
    for c in word.chars() {
        out.push(c);
        if mixed && is_lookalike(c) {
            push_escape(out, c);
            hidden += 1;
        }
    }
    hidden
}
