//! Names as people write them, and as plans do.

use linchpin_app::name_words;
use linchpin_catalog::Catalog;

/// `StaffMember` → `staff member`.
pub(super) fn spoken(name: &str) -> String {
    name_words(name).join(" ")
}

/// `StaffMember` → `staff members`.
pub(super) fn plural(name: &str) -> String {
    let one = spoken(name);
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if ["s", "x", "sh", "ch"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

/// "a booking", "an invoice".
pub(super) fn a(name: &str) -> String {
    let one = spoken(name);
    let vowel = one.starts_with(['a', 'e', 'i', 'o']) && !one.starts_with("one") && !one.starts_with("eu");
    format!("{} {one}", if vowel { "an" } else { "a" })
}

/// The name of a record in a plan: `StaffMember` → `staffMember`.
pub(super) fn record(entity: &str) -> String {
    let mut chars = entity.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// The name of a list in a plan: `StaffMember` → `staffMembers`.
pub(super) fn list(entity: &str) -> String {
    let record = record(entity);
    if record.ends_with('s') {
        format!("{record}List")
    } else {
        format!("{record}s")
    }
}

/// The first letter large.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A connector's name for people.
pub(super) fn connector(id: &str) -> String {
    Catalog::embedded().name(id).unwrap_or(id).to_owned()
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// "a bot token", "an API key".
pub(super) fn a_word(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}
