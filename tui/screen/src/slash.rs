//! Commands: typed after a slash, or picked from the palette.

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    Catalog,
    Connections,
    Functions,
    Map,
    History,
    Review,
    Suggestions,
    Undo,
    Copy,
    Code,
    Editor,
    Search,
    Stop,
    Vim,
    Help,
    Quit,
}

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    /// Its name, with the slash.
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    pub(crate) run: Slash,
    /// The action of the keymap that does the same, if one does.
    pub(crate) action: &'static str,
}

const fn command(name: &'static str, does: &'static str, run: Slash, action: &'static str) -> Command {
    Command {
        name,
        does,
        run,
        action,
    }
}

/// All of them, the ones that open something first.
pub(crate) static COMMANDS: [Command; 16] = [
    command(
        "/catalog",
        "what can be connected, and what it would do here",
        Slash::Catalog,
        "",
    ),
    command("/connections", "who is connected, and to what", Slash::Connections, ""),
    command(
        "/functions",
        "the app's functions and what their checks say",
        Slash::Functions,
        "",
    ),
    command("/map", "who can reach what", Slash::Map, ""),
    command("/history", "what was changed, and taking it back", Slash::History, ""),
    command("/review", "go back to the open review", Slash::Review, ""),
    command(
        "/suggestions",
        "show what could be connected",
        Slash::Suggestions,
        "suggestions",
    ),
    command("/undo", "take the last applied change back", Slash::Undo, ""),
    command(
        "/copy",
        "put the last answer on the clipboard, as it was written",
        Slash::Copy,
        "",
    ),
    command("/code", "put the last piece of code on the clipboard", Slash::Code, ""),
    command("/editor", "write in $VISUAL or $EDITOR", Slash::Editor, "editor"),
    command("/search", "search the messages sent before", Slash::Search, "search"),
    command("/stop", "stop the running turn", Slash::Stop, "stop"),
    command("/vim", "write with vim's keys, or without", Slash::Vim, ""),
    command("/help", "all keys", Slash::Help, ""),
    command("/quit", "leave", Slash::Quit, ""),
];

/// The commands that what is typed may become; none unless it is one word after a slash.
pub(crate) fn matching(typed: &str) -> Vec<&'static Command> {
    if !typed.starts_with('/') || typed.contains(char::is_whitespace) {
        return Vec::new();
    }
    COMMANDS
        .iter()
        .filter(|command| command.name.starts_with(typed))
        .collect()
}

/// The command that is nearest to a wrong one.
pub(crate) fn nearest(typed: &str) -> &'static str {
    COMMANDS
        .iter()
        .min_by_key(|command| strsim::damerau_levenshtein(command.name, typed))
        .map_or("/help", |command| command.name)
}
