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
    if plainly_shallow(text.as_bytes()) {
        return None;
    }
    exact(text)
}

/// Whether bounds that are cheap to count already say that a text is shallow. Over a stretch of text
/// depth ends at most at what is left after all its closing brackets plus all its opening ones.
fn plainly_shallow(text: &[u8]) -> bool {
    const STRETCH: usize = 2_048;
    const LANE: usize = 128;
    let (mut depth, mut marks) = (0_usize, 0_usize);
    for stretch in text.chunks(STRETCH) {
        let (mut opened, mut closed) = (0_usize, 0_usize);
        for lane in stretch.chunks(LANE) {
            // Counts of one byte each, so that they are taken sixteen at a time.
            let (mut opens, mut closes, mut signs) = (0_u8, 0_u8, 0_u8);
            for byte in lane {
                opens += u8::from((*byte == b'(') | (*byte == b'[') | (*byte == b'{'));
                closes += u8::from((*byte == b')') | (*byte == b']') | (*byte == b'}'));
                signs += u8::from((byte.wrapping_sub(b'!') < 15) | (byte.wrapping_sub(b':') < 6))
                    + u8::from((*byte == b'[') | (*byte == b'^') | (*byte == b'|') | (*byte == b'~'));
            }
            opened += usize::from(opens);
            closed += usize::from(closes);
            marks += usize::from(signs);
        }
        if depth + opened > MAX_DEPTH as usize {
            return false;
        }
        depth = depth.saturating_sub(closed) + opened;
    }
    marks <= MAX_OPERATORS as usize
}

fn exact(text: &str) -> Option<&'static str> {
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
