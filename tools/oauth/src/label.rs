//! Names that come from a provider, made harmless to show: no control characters, nothing invisible, nothing
//! that turns the text around, at most 64 terminal cells (`security.md` T-OA-20).

const CELLS: usize = 64;

/// The text as it may be shown on one line of a terminal; `None` when nothing visible is left.
pub fn label(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut cells = 0;
    let mut marks = 0;
    for c in text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }) {
        if c.is_control() || is_invisible(c) || (c == ' ' && (out.is_empty() || out.ends_with(' '))) {
            continue;
        }
        if is_mark(c) {
            // A letter may carry two marks; a tower of them is a drawing.
            marks += 1;
            if marks <= 2 && !out.is_empty() {
                out.push(c);
            }
            continue;
        }
        marks = 0;
        // Whatever isn't plain Latin may be two cells wide.
        let wide = if (c as u32) < 0x300 { 1 } else { 2 };
        if cells + wide > CELLS - 1 {
            out.push('…');
            break;
        }
        cells += wide;
        out.push(c);
    }
    let trimmed = out.trim_end();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5BD | 0x610..=0x61A | 0x64B..=0x65F
        | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// Zero-width, direction-changing, tag, variation and private-use characters.
fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0x1D173..=0x1D17A | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_oa_20_labels_are_plain() {
        assert_eq!(label("ada@example.com").as_deref(), Some("ada@example.com"));
        assert_eq!(
            label("\u{1b}[31mred\u{1b}]0;x\u{7}\r\nnext").as_deref(),
            Some("[31mred]0;x next")
        );
        assert_eq!(label("moc.elgoog\u{202e}@eve").as_deref(), Some("moc.elgoog@eve"));
        assert_eq!(label("a\u{200b}\u{e0041}\u{fe0f}b").as_deref(), Some("ab"));
        assert_eq!(label("\u{200b}\n\t "), None);
        let zalgo: String = std::iter::once('a')
            .chain(std::iter::repeat_n('\u{301}', 5000))
            .collect();
        assert_eq!(label(&zalgo).unwrap().chars().count(), 3);
        let long = label(&"x".repeat(1 << 20)).unwrap();
        assert_eq!(long.chars().count(), 64);
        assert!(label(&"漢".repeat(100)).unwrap().chars().count() <= 32);
    }
}
