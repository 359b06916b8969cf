//! Standard output and error of commands. A closed pipe is not an error; what comes from an app
//! or a provider is stripped of control characters unless it is JSON, which spells them out.

use std::borrow::Cow;
use std::io::Write;

use serde::Serialize;

/// One line.
pub(crate) fn line(text: &str) {
    write(&mut std::io::stdout().lock(), &clean(text));
}

/// Several lines, as they are but for control characters.
pub(crate) fn lines(text: &str) {
    text.lines().for_each(line);
}

/// A value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        write(&mut std::io::stdout().lock(), &spelled(&text));
    }
}

/// JSON in which nothing is left that a terminal obeys: JSON itself spells out only the controls
/// below U+0020, and terminals know more of them. They can stand in strings alone.
fn spelled(json: &str) -> Cow<'_, str> {
    let is_obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match is_obeyed(c) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A line for a person who reads standard error.
pub(crate) fn complain(text: &str) {
    write(&mut std::io::stderr().lock(), &format!("linchpin: {}", clean(text)));
}

/// A note on standard error: progress, a link.
pub(crate) fn note(text: &str) {
    write(&mut std::io::stderr().lock(), &clean(text));
}

fn write(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

fn clean(text: &str) -> String {
    linchpin_screen::Clean::line(text).as_str().to_owned()
}
