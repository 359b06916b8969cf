//! Commands one types: `/connections`, `/undo`, `/help`, `/quit`.

/// A command that begins with a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    Connections,
    Review,
    Suggestions,
    Undo,
    Help,
    Quit,
}

/// All of them, with what they do.
pub(crate) const COMMANDS: [(&str, &str, Slash); 6] = [
    ("/connections", "who is connected, and to what", Slash::Connections),
    ("/review", "go back to the open review", Slash::Review),
    ("/suggestions", "show what could be connected", Slash::Suggestions),
    ("/undo", "take the last applied change back", Slash::Undo),
    ("/help", "all keys", Slash::Help),
    ("/quit", "leave", Slash::Quit),
];

/// The commands that what is typed may become; none unless it is one word after a slash.
pub(crate) fn matching(typed: &str) -> Vec<&'static (&'static str, &'static str, Slash)> {
    if !typed.starts_with('/') || typed.contains(char::is_whitespace) {
        return Vec::new();
    }
    COMMANDS.iter().filter(|(name, ..)| name.starts_with(typed)).collect()
}

/// The command that is nearest to a wrong one.
pub(crate) fn nearest(typed: &str) -> &'static str {
    let distance = |name: &str| strsim::damerau_levenshtein(name, typed);
    COMMANDS
        .iter()
        .min_by_key(|(name, ..)| distance(name))
        .map_or("/help", |(name, ..)| name)
}
