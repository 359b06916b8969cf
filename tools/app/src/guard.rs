//! Keeps texts away from the parser that would exhaust its stack.
//!
//! The parser descends recursively, so a hostile file can be written to overflow any stack. Depth
//! of brackets and the number of operators in one statement bound that descent; real code
//! stays far below both. What is refused is still searched by `scan`.

/// The largest file that is parsed.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of brackets that is parsed.
const MAX_DEPTH: u32 = 2_000;
/// The most operators between two ends of a statement.
const MAX_OPERATORS: u32 = 40_000;
/// A text of this size can't nest deeply enough to matter, whatever it holds.
const SMALL: usize = 24 << 10;
/// Stack of a parsing thread: reserved, and touched only as deep as a file needs.
pub(crate) const STACK: usize = 256 << 20;

/// Why a text is not handed to the parser, if it is not.
pub(crate) fn refuse(text: &str) -> Option<&'static str> {
    if text.len() > MAX_BYTES {
        return Some("is larger than 1 MB");
    }
    if text.len() <= SMALL {
        return None;
    }
    let (mut depth, mut operators) = (0_u32, 0_u32);
    for byte in text.bytes() {
        match byte {
            b'{' => {
                depth += 1;
                operators = 0;
            }
            b'(' | b'[' => {
                depth += 1;
                operators += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                operators = 0;
            }
            b')' | b']' => depth = depth.saturating_sub(1),
            b';' => operators = 0,
            b'!' | b'~' | b'?' | b'=' | b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>'
            | b':' => operators += 1,
            _ => {}
        }
        if depth > MAX_DEPTH || operators > MAX_OPERATORS {
            return Some("is nested too deeply to be parsed");
        }
    }
    None
}
