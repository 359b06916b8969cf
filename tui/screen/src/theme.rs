//! Labels in code, colours here.
//!
//! Only the sixteen ANSI colours and attributes, so that the person's own palette decides and a
//! light background stays readable; never bright black, which some palettes make invisible.
//! With `NO_COLOR` the attributes alone carry the meaning, and nothing depends on colour.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is, for whoever colours it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Label {
    /// Plain text.
    #[default]
    Text,
    /// Emphasised strongly.
    Strong,
    /// Emphasised.
    Emphasis,
    /// Of less weight.
    Dim,
    /// Code.
    Code,
    /// A heading.
    Heading,
    /// A link.
    Link,
    /// What the person said.
    User,
    /// Something went well.
    Good,
    /// Something to look at.
    Warning,
    /// Something is wrong.
    Bad,
    /// What the eye should find first.
    Accent,
    /// The frame of a question or of the approval line: ours alone.
    Frame,
    /// A button.
    Button,
    /// The button that Enter presses.
    Focus,
    /// The chosen row.
    Selected,
    /// A key's name in a hint.
    Key,
    /// An added line.
    Added,
    /// A removed line.
    Removed,
    /// What was invisible and is shown.
    Invisible,
    /// A keyword of a language.
    Keyword,
    /// A string in code.
    Str,
    /// A number or constant in code.
    Literal,
    /// A comment in code.
    Comment,
    /// A QR code: dark on light everywhere.
    Qr,
}

/// Whether the terminal is light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Background {
    /// Nobody has said; colours that can be read on both.
    #[default]
    Unknown,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Background {
    /// By its name in the settings; `auto` asks the terminal.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Unknown),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// What `COLORFGBG` says (`15;0`): the last number is the background's.
    fn of_variable(value: &str) -> Self {
        match value.rsplit(';').next().and_then(|number| number.parse::<u8>().ok()) {
            Some(7 | 9..=15) => Self::Light,
            Some(0..=6 | 8) => Self::Dark,
            _ => Self::Unknown,
        }
    }
}

/// How the screen may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether colours may be used.
    pub color: bool,
    /// Whether only ASCII may be drawn as ornament.
    pub ascii: bool,
    /// Whether something may move.
    pub motion: bool,
    /// What it is drawn on.
    pub background: Background,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            color: true,
            ascii: false,
            motion: true,
            background: Background::Unknown,
        }
    }
}

impl Look {
    /// The look that the environment asks for: `NO_COLOR`, `REDUCE_MOTION`, and a locale that is
    /// not UTF-8 asks for ASCII. `ascii` is what `--ascii` said.
    pub fn of_env(ascii: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            color: !set("NO_COLOR"),
            ascii: ascii || !utf8,
            motion: !set("REDUCE_MOTION"),
            background: std::env::var("COLORFGBG").map_or(Background::Unknown, |v| Background::of_variable(&v)),
        }
    }

    /// How a label is drawn.
    pub(crate) fn style(self, label: Label) -> Style {
        let plain = Style::new();
        let color = |color: Color| if self.color { plain.fg(color) } else { plain };
        match label {
            Label::Text => plain,
            Label::Strong | Label::Heading => plain.add_modifier(Modifier::BOLD),
            Label::Emphasis => plain.add_modifier(Modifier::ITALIC),
            Label::Dim => plain.add_modifier(Modifier::DIM),
            Label::Code => color(self.on(Color::Cyan, Color::LightCyan, Color::Blue)),
            Label::Link => {
                color(self.on(Color::Cyan, Color::LightCyan, Color::Blue)).add_modifier(Modifier::UNDERLINED)
            }
            Label::User => color(self.on(Color::Cyan, Color::LightCyan, Color::Blue)).add_modifier(Modifier::BOLD),
            Label::Good | Label::Added => color(Color::Green),
            Label::Warning => {
                color(self.on(Color::Magenta, Color::LightYellow, Color::Magenta)).add_modifier(Modifier::BOLD)
            }
            Label::Bad => color(self.on(Color::Red, Color::LightRed, Color::Red)).add_modifier(Modifier::BOLD),
            Label::Removed => color(self.on(Color::Red, Color::LightRed, Color::Red)),
            Label::Accent => color(self.on(Color::Cyan, Color::LightCyan, Color::Blue)).add_modifier(Modifier::BOLD),
            Label::Frame => color(self.on(Color::Cyan, Color::LightCyan, Color::Blue)).add_modifier(Modifier::BOLD),
            Label::Button => plain,
            Label::Focus | Label::Selected => plain.add_modifier(Modifier::REVERSED),
            Label::Key => plain.add_modifier(Modifier::BOLD),
            Label::Keyword => color(self.on(Color::Magenta, Color::LightMagenta, Color::Magenta)),
            Label::Str => color(self.on(Color::Green, Color::LightGreen, Color::Green)),
            Label::Literal => color(self.on(Color::Cyan, Color::Yellow, Color::Blue)),
            Label::Comment => plain.add_modifier(Modifier::DIM),
            Label::Qr if self.color => plain.fg(Color::Black).bg(Color::White),
            Label::Qr => plain.add_modifier(Modifier::REVERSED),
            Label::Invisible => color(Color::Red).add_modifier(Modifier::REVERSED),
        }
    }

    /// The colour for an unknown, a dark and a light background.
    fn on(self, unknown: Color, dark: Color, light: Color) -> Color {
        match self.background {
            Background::Unknown => unknown,
            Background::Dark => dark,
            Background::Light => light,
        }
    }

    /// The ornaments.
    pub(crate) fn glyphs(self) -> &'static Glyphs {
        if self.ascii { &ASCII } else { &UNICODE }
    }
}

/// The ornaments we draw with, in one of two sets.
#[derive(Debug)]
pub(crate) struct Glyphs {
    /// Before what the person said.
    pub(crate) said: &'static str,
    /// Before the chosen row.
    pub(crate) pointer: &'static str,
    /// Something went well.
    pub(crate) tick: &'static str,
    /// Something failed.
    pub(crate) cross: &'static str,
    /// Something to look at.
    pub(crate) warning: &'static str,
    /// A list item.
    pub(crate) bullet: &'static str,
    /// Between short facts.
    pub(crate) dot: &'static str,
    /// The bar of a quotation.
    pub(crate) bar: &'static str,
    /// A rule.
    pub(crate) rule: &'static str,
    /// The frame of the composer: corners from top left clockwise, horizontal, vertical.
    pub(crate) light: [&'static str; 6],
    /// The frame of a question: the same, double.
    pub(crate) double: [&'static str; 6],
    /// What turns while work goes on.
    pub(crate) spinner: &'static [&'static str],
    /// A hidden character of a secret.
    pub(crate) mask: &'static str,
    /// A chosen hunk.
    pub(crate) chosen: &'static str,
    /// A hunk left out.
    pub(crate) left_out: &'static str,
    /// More above, more below.
    pub(crate) more: [&'static str; 2],
    /// The keys up and down.
    pub(crate) up_down: &'static str,
    /// The keys left and right.
    pub(crate) left_right: &'static str,
}

static UNICODE: Glyphs = Glyphs {
    said: "› ",
    pointer: "▸",
    tick: "✓",
    cross: "✗",
    warning: "!",
    bullet: "•",
    dot: " · ",
    bar: "│ ",
    rule: "─",
    light: ["╭", "╮", "╯", "╰", "─", "│"],
    double: ["╔", "╗", "╝", "╚", "═", "║"],
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    mask: "•",
    chosen: "[✓]",
    left_out: "[ ]",
    more: ["↑", "↓"],
    up_down: "↑↓",
    left_right: "←→",
};

static ASCII: Glyphs = Glyphs {
    said: "> ",
    pointer: ">",
    tick: "+",
    cross: "x",
    warning: "!",
    bullet: "*",
    dot: " - ",
    bar: "| ",
    rule: "-",
    light: ["+", "+", "+", "+", "-", "|"],
    double: ["#", "#", "#", "#", "=", "#"],
    spinner: &["|", "/", "-", "\\"],
    mask: "*",
    chosen: "[x]",
    left_out: "[ ]",
    more: ["^", "v"],
    up_down: "Up/Down",
    left_right: "Left/Right",
};
