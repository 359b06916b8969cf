//! How text that others wrote is put before a model.
//!
//! Apps, providers and models write text; model servers turn some spellings (`<|im_start|>`,
//! `</tool_result>`, `[INST]`) into control tokens when they see them. Data goes out as JSON in which
//! those characters, and characters nobody can see, are spelled as `\u…`: nothing is lost, and
//! nothing is obeyed. Words that people and models said go out as they are, but for a control
//! token's first character, which becomes a look-alike.
//!
//! Invariants (T-INJ-05): no `<` and no invisible character in [`json`]; its value is unchanged.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A value as JSON on one line, in which no control token and no invisible character is left.
pub(crate) fn json(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    match value.serialize(&mut Serializer::with_formatter(&mut out, Spelled)) {
        Ok(()) => String::from_utf8_lossy(&out).into_owned(),
        // Only a map with keys that aren't text gets here, and none of ours has them.
        Err(_) => "null".to_owned(),
    }
}

/// JSON whose strings have their dangerous characters spelled out.
struct Spelled;

impl Formatter for Spelled {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, c) in fragment.char_indices() {
            let next = at + c.len_utf8();
            if c == '<' || is_invisible(c) || (c == '[' && opens_instruction(&fragment[next..])) {
                writer.write_all(&fragment.as_bytes()[done..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                done = next;
            }
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}

/// What people and models said, with control tokens made harmless.
pub(crate) fn words(text: &str) -> Cow<'_, str> {
    let is_token = |at: usize, c: char| match c {
        '<' => opens_token(&text[at + 1..]),
        '[' => opens_instruction(&text[at + 1..]),
        _ => false,
    };
    if !text.char_indices().any(|(at, c)| is_token(at, c)) {
        return Cow::Borrowed(text);
    }
    let harmless = |(at, c)| match c {
        '<' if is_token(at, c) => '‹',
        '[' if is_token(at, c) => '［',
        c => c,
    };
    Cow::Owned(text.char_indices().map(harmless).collect())
}

/// Whether what follows a `<` makes it a control token of some family of models.
fn opens_token(rest: &str) -> bool {
    const NAMES: [&str; 20] = [
        "|",
        "｜",
        "<sys>>",
        "s>",
        "bos>",
        "eos>",
        "pad>",
        "unk>",
        "im_",
        "start_of",
        "end_of",
        "begin_of",
        "eot",
        "tool",
        "function",
        "system",
        "assistant",
        "user>",
        "human",
        "think",
    ];
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let head: String = rest.chars().take(12).collect::<String>().to_ascii_lowercase();
    head.starts_with("<<sys") || head.starts_with("</sys") || NAMES.iter().any(|name| head.starts_with(name))
}

/// Whether what follows a `[` makes it a control token (`[INST]`, `[/TOOL_RESULTS]`, `[gMASK]`).
fn opens_instruction(rest: &str) -> bool {
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let name = rest.split(']').next().unwrap_or_default();
    let upper = name.len() >= 3 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    (upper || name == "gMASK") && rest.len() > name.len()
}

/// Characters that a reader doesn't see: controls beyond ASCII's first, zero-width, directional, tags,
/// variation selectors beyond emoji.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}
