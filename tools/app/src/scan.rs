//! What can be told of a source file that does not parse: entity calls, by text alone.
//!
//! Only the forms that leave no doubt are taken (`.entities.Booking.list(`); comments and strings
//! are not told apart, so nothing finer is asked of it.

use crate::facts::{Facts, Lines, Use};

/// Finds entity calls and mentions in `text`.
pub(crate) fn scan(text: &str) -> Facts {
    let mut facts = Facts::default();
    let lines = Lines::of(text);
    for (at, mark) in text.match_indices(".entities.") {
        let rest = &text[at + mark.len()..];
        let entity = word(rest);
        if !entity.starts_with(|one: char| one.is_ascii_uppercase()) {
            continue;
        }
        let line = lines.line(at);
        let after = &rest[entity.len()..];
        let method = after.strip_prefix('.').map_or("", word);
        let called = !method.is_empty() && after[1 + method.len()..].trim_start().starts_with('(');
        if called {
            facts.uses.push(Use {
                entity: entity.to_owned(),
                method: method.to_owned(),
                line,
                fields: Vec::new(),
            });
        } else {
            facts.mentions.push((entity.to_owned(), line));
        }
    }
    facts
}

fn word(text: &str) -> &str {
    let end = text
        .find(|one: char| !(one.is_alphanumeric() || one == '_'))
        .unwrap_or(text.len());
    &text[..end]
}
