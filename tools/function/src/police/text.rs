//! P9: what a reader can't see, or what tells a checker to look away.

use crate::Violation;

use super::violation;

/// Runs of blanks longer than this push code out of sight.
const WIDE: usize = 100;

/// Directions to tools that silence a check.
const SILENCERS: &[&str] = &[
    "@ts-ignore",
    "@ts-nocheck",
    "@ts-expect-error",
    "deno-lint-ignore",
    "eslint-disable",
    "biome-ignore",
];

pub(super) fn judge(source: &str) -> Vec<Violation> {
    let mut out = Vec::new();
    let mut line = 1_u32;
    let mut blanks = 0_usize;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => {
                blanks = 0;
                line = line.saturating_add(1);
                continue;
            }
            '\r' if chars.peek() == Some(&'\n') => continue,
            ' ' | '\t' => {
                blanks += 1;
                if blanks == WIDE {
                    out.push(violation("P9", line, format!("More than {WIDE} blanks in a row push what follows out of sight. Put it on a line of its own.")));
                }
                continue;
            }
            _ => blanks = 0,
        }
        if is_invisible(c) {
            out.push(violation(
                "P9",
                line,
                format!(
                    "The character U+{:04X} can't be seen. Remove it, or write it as an escape, `\\u{{{:x}}}`.",
                    u32::from(c),
                    u32::from(c)
                ),
            ));
            if out.len() > 50 {
                break;
            }
        }
    }
    for (at, text) in source.lines().enumerate() {
        for silencer in SILENCERS {
            if text.contains(silencer) {
                let line = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
                out.push(violation(
                    "P9",
                    line,
                    format!("`{silencer}` silences a check. Correct what the check finds and remove the comment."),
                ));
            }
        }
    }
    out
}

/// Control, format and filler characters, and everything that changes how its neighbours look.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00..=0x08 | 0x0B..=0x1F | 0x7F..=0x9F
        | 0xAD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F
        | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}
