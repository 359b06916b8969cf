//! Words made of names: `StaffMember` → "staff member", `add_to_calendar` → `addToCalendar`.

use linchpin_app::{App, Entity, name_words};

/// A name as people would write it: `client_email` → "client email".
pub(crate) fn spoken(name: &str) -> String {
    name_words(name).join(" ")
}

/// The first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// "a Booking", "an Invoice".
pub(crate) fn a(entity: &str) -> String {
    let vowel = entity.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) || entity.starts_with("Un");
    let you = ["Uni", "Eu", "One", "Use"]
        .iter()
        .any(|begin| entity.starts_with(begin));
    format!("{} {entity}", if vowel && !you { "an" } else { "a" })
}

/// "tasks", "categories".
pub(crate) fn plural(entity: &str) -> String {
    let one = spoken(entity);
    let vowel_before_y = one.ends_with("ay") || one.ends_with("ey") || one.ends_with("oy");
    if one.ends_with('y') && !vowel_before_y {
        format!("{}ies", &one[..one.len() - 1])
    } else if ["s", "x", "sh", "ch"].iter().any(|end| one.ends_with(end)) {
        format!("{one}es")
    } else {
        format!("{one}s")
    }
}

/// The name a record of an entity goes by in a plan: `StaffMember` → `staffMember`.
pub(crate) fn record(entity: &str) -> String {
    let mut chars = entity.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// The name a list of records goes by in a plan: `StaffMember` → `staffMembers`.
pub(crate) fn list(entity: &str) -> String {
    let record = record(entity);
    if record.ends_with('s') {
        format!("{record}List")
    } else {
        format!("{record}s")
    }
}

/// A function's name that the app does not use yet.
pub(crate) fn function(app: &App, words: &[&str]) -> String {
    let mut name = String::new();
    for word in words.iter().flat_map(|part| name_words(part)) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        name.push_str(&if name.is_empty() { word } else { capital(&word) });
    }
    let taken = |name: &str| app.functions.iter().any(|function| function.name == name);
    if !taken(&name) {
        return name;
    }
    (2..)
        .map(|n| format!("{name}{n}"))
        .find(|name| !taken(name))
        .unwrap_or(name)
}

/// The words of an entity's name.
pub(crate) fn words(entity: &Entity) -> Vec<String> {
    name_words(&entity.name)
}

/// A text with its `{slots}` filled; a part in `[…]` goes when a slot in it is empty.
pub(crate) fn slots(text: &str, fill: impl Fn(&str) -> Option<String>) -> String {
    let plain = |part: &str| {
        let mut out = String::new();
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, tail) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(&fill(slot)?);
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let (part, tail) = after.split_once(']').unwrap_or((after, ""));
        out.push_str(&plain(before).unwrap_or_default());
        out.push_str(&plain(part).unwrap_or_default());
        rest = tail;
    }
    out.push_str(&plain(rest).unwrap_or_default());
    out
}
