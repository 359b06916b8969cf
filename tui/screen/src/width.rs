//! How many cells a text takes. The only file that asks: two answers to this question on one
//! screen are two columns of garbage.
//!
//! Characters that East Asian fonts draw two cells wide and others one (`·`, `…`, Greek) are as wide
//! as the settings say, for the whole process: a terminal has one answer too.
//!
//! Unit: terminal cells, per extended grapheme cluster, by `unicode-width` (Unicode 16 tables).

use std::sync::atomic::{AtomicBool, Ordering};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

static WIDE: AtomicBool = AtomicBool::new(false);

/// Says that the terminal draws characters of ambiguous width two cells wide.
pub fn wide_ambiguous(wide: bool) {
    WIDE.store(wide, Ordering::Relaxed);
}

/// Cells of one grapheme cluster.
#[expect(clippy::disallowed_methods, reason = "the one file that measures")]
pub(crate) fn of_grapheme(grapheme: &str) -> usize {
    match grapheme.as_bytes() {
        [byte] => usize::from((0x20..0x7f).contains(byte)),
        _ if WIDE.load(Ordering::Relaxed) => UnicodeWidthStr::width_cjk(grapheme),
        _ => UnicodeWidthStr::width(grapheme),
    }
}

/// Cells of a text.
pub(crate) fn of(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| (0x20..0x7f).contains(byte)).count();
    }
    text.graphemes(true).map(of_grapheme).sum()
}

/// The longest beginning of `text` that fits into `cells`, as a byte length.
pub(crate) fn fitting(text: &str, cells: usize) -> usize {
    if text.is_ascii() {
        return text.len().min(cells);
    }
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += of_grapheme(grapheme);
        if used > cells {
            return at;
        }
    }
    text.len()
}
