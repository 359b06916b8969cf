//! Right-to-left text, shown right: the visual order of a row, by the Unicode Bidirectional Algorithm.
//!
//! The terminal is told to leave the order to us (BDSM, ECMA-48 mode 8, as VTE and others know it),
//! so that every terminal shows the same. Only words for reading are reordered: code and diffs stay
//! in the order of their bytes, because there the order is what a reviewer has to see.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use crate::width;

/// Whether a text has anything that runs from right to left.
pub(crate) fn is_mixed(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().any(|c| {
            matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
                | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        })
}

/// A cluster in its visual place.
pub(crate) struct Placed {
    /// Where it is in the text.
    pub(crate) range: Range<usize>,
    /// Whether it runs from right to left: then brackets are mirrored.
    pub(crate) turned: bool,
}

/// The clusters of one row from the left.
pub(crate) fn placed(text: &str) -> Vec<Placed> {
    let info = BidiInfo::new(text, None);
    let levels: Vec<(Range<usize>, Level)> = text
        .grapheme_indices(true)
        .map(|(at, grapheme)| {
            let level = info.levels.get(at).copied().unwrap_or(Level::ltr());
            (at..at + grapheme.len(), level)
        })
        .collect();
    let only: Vec<Level> = levels.iter().map(|(_, level)| *level).collect();
    BidiInfo::reorder_visual(&only)
        .into_iter()
        .filter_map(|at| levels.get(at))
        .map(|(range, level)| Placed {
            range: range.clone(),
            turned: level.is_rtl(),
        })
        .collect()
}

/// The cell where a caret before the byte `at` is.
pub(crate) fn caret(text: &str, at: usize) -> usize {
    if !is_mixed(text) {
        return width::of(&text[..at]);
    }
    let placed = placed(text);
    let cells = |range: &Range<usize>| width::of(&text[range.clone()]);
    let mut edge = 0;
    let mut before = None;
    for its in &placed {
        let wide = cells(&its.range);
        if its.range.start == at {
            // The caret stands where the next cluster is read from.
            return if its.turned {
                edge + wide.saturating_sub(1)
            } else {
                edge
            };
        }
        if its.range.end == at {
            before = Some(if its.turned {
                edge.saturating_sub(1)
            } else {
                edge + wide
            });
        }
        edge += wide;
    }
    before.unwrap_or(edge)
}

/// The bracket that a bracket is when it runs the other way.
pub(crate) fn mirrored(grapheme: &str) -> &str {
    match grapheme {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "{" => "}",
        "}" => "{",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{caret, is_mixed, mirrored, placed};
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let turn = |its: super::Placed| {
            let grapheme = &text[its.range.clone()];
            if its.turned { mirrored(grapheme) } else { grapheme }.to_owned()
        };
        placed(text).into_iter().map(turn).collect()
    }

    #[test]
    fn words_stand_in_the_order_they_are_read_in() {
        assert_eq!(shown("send שלום now"), "send םולש now");
        assert_eq!(shown("שלום (a) 12"), "12 (a) םולש");
        assert_eq!(shown("plain"), "plain");
        assert!(!is_mixed("déjà 日本 👩‍👩‍👧"));
    }

    #[test]
    fn the_caret_is_where_the_next_letter_goes() {
        assert_eq!(caret("abc", 2), 2);
        assert_eq!(caret("ab שלום", 3), 6, "the first letter is the rightmost");
        assert_eq!(caret("ab שלום", 5), 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_cluster_has_one_place(text in "[a-z0-9 ()א-ת\u{627}-\u{64a}é日]{0,30}") {
            let mut ranges: Vec<_> = placed(&text).into_iter().map(|its| its.range).collect();
            ranges.sort_by_key(|range| range.start);
            let joined: String = ranges.iter().map(|range| &text[range.clone()]).collect();
            prop_assert_eq!(&joined, &text);
            for (at, _) in text.char_indices() {
                prop_assert!(caret(&text, at) <= crate::width::of(&text));
            }
        }
    }
}
