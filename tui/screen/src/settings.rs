//! What a person has set about the screen, read by whoever starts it.

/// What a person has set about the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Keys that were moved: an action's name and its key.
    pub keys: Vec<(String, String)>,
    /// How somebody is called who looks elsewhere.
    pub notify: Notify,
    /// Whether one writes with vim's keys from the start.
    pub vim: bool,
    /// What a million tokens cost, read and written, in dollars.
    pub prices: Option<(f64, f64)>,
}

/// How somebody is called who looks elsewhere. Only ever in words of our own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// By the terminal's bell.
    #[default]
    Bell,
    /// By a message of the desktop (OSC 9: iTerm2, WezTerm, Ghostty, kitty).
    Osc9,
    /// By a message of the desktop (OSC 777: foot, rxvt, VTE).
    Osc777,
    /// Not at all.
    Never,
}

impl Notify {
    /// By its name in the settings.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "bell" => Some(Self::Bell),
            "osc9" => Some(Self::Osc9),
            "osc777" => Some(Self::Osc777),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// What is written to the terminal.
    pub(crate) fn sequence(self) -> &'static str {
        match self {
            Self::Bell => "\x07",
            Self::Osc9 => "\x1b]9;Linchpin waits for you\x1b\\",
            Self::Osc777 => "\x1b]777;notify;Linchpin;It waits for you\x1b\\",
            Self::Never => "",
        }
    }
}
