//! Text, keys, screen: a screen without a terminal, played in the product's words.
#![allow(dead_code, unreachable_pub)]

pub mod bookings;
pub mod looks;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::{Event, Op};
use linchpin_screen::{Clean, Cmd, Look, Model, Msg, Now, update, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// A screen that is being played.
pub struct Play {
    pub model: Model,
    pub now: Now,
    pub cmds: Vec<Cmd>,
    size: (u16, u16),
}

impl Play {
    pub fn new(width: u16, height: u16) -> Self {
        Self::looking(width, height, Look::default())
    }

    pub fn looking(width: u16, height: u16, look: Look) -> Self {
        let now = Now {
            since_start: Duration::ZERO,
            unix_millis: 1_800_000_000_000,
        };
        let mut play = Self {
            model: Model::new("examples/bookings", look),
            now,
            cmds: vec![],
            size: (width, height),
        };
        play.msg(Msg::Resize(width, height));
        play
    }

    pub fn msg(&mut self, msg: Msg) -> &mut Self {
        let cmds = update(&mut self.model, msg, self.now);
        self.cmds
            .extend(cmds.into_iter().filter(|cmd| !matches!(cmd, Cmd::WakeAt(_))));
        self
    }

    pub fn tell(&mut self, event: Event) -> &mut Self {
        self.msg(Msg::Agent(event))
    }

    pub fn tell_all(&mut self, events: impl IntoIterator<Item = Event>) -> &mut Self {
        events.into_iter().for_each(|event| {
            self.tell(event);
        });
        self
    }

    pub fn wait(&mut self, millis: u64) -> &mut Self {
        self.now.since_start += Duration::from_millis(millis);
        self
    }

    /// Presses keys: letters as they are, others as `<CR> <Esc> <Tab> <Up> <C-j> <A-CR> <BS> <Space> <lt>`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.msg(Msg::Key(key));
        }
        self
    }

    /// Waits until a card or review listens, then presses keys.
    pub fn after(&mut self, keys: &str) -> &mut Self {
        self.wait(400).keys(keys)
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.size = (width, height);
        self.msg(Msg::Resize(width, height))
    }

    pub fn terminal(&self) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        terminal.draw(|frame| drop(view(&self.model, frame))).unwrap();
        terminal
    }

    /// What is on screen, without spaces at the ends of lines.
    pub fn screen(&self) -> String {
        let terminal = self.terminal();
        let buffer = terminal.backend().buffer();
        let mut lines = Vec::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                    skip = Clean::line(symbol).width();
                }
                skip = skip.saturating_sub(1);
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    /// What is on screen, each line with a letter for the style of each of its cells below it:
    /// the first letter of the colour, a capital where it is bright, and a mark for attributes.
    pub fn colours(&self) -> String {
        use ratatui::style::{Color, Modifier};
        let terminal = self.terminal();
        let buffer = terminal.backend().buffer();
        let mut lines = Vec::new();
        for (y, text) in (0..).zip(self.screen().lines()) {
            let mut line = String::new();
            for x in 0..buffer.area.width {
                let cell = &buffer[(x, y)];
                let color = match cell.fg {
                    Color::Reset => ' ',
                    Color::Red => 'r',
                    Color::LightRed => 'R',
                    Color::Green => 'g',
                    Color::LightGreen => 'G',
                    Color::Blue => 'b',
                    Color::Cyan => 'c',
                    Color::LightCyan => 'C',
                    Color::Magenta => 'm',
                    Color::LightMagenta => 'M',
                    Color::Yellow => 'y',
                    Color::LightYellow => 'Y',
                    _ => '?',
                };
                let style = match cell.modifier {
                    its if its.contains(Modifier::REVERSED) => '#',
                    its if its.contains(Modifier::DIM) => '.',
                    its if color == ' ' && its.contains(Modifier::BOLD) => '*',
                    _ => color,
                };
                line.push(style);
            }
            lines.push(text.to_owned());
            if !line.trim().is_empty() {
                lines.push(format!("~{}", line.trim_end()));
            }
        }
        lines.join("\n")
    }

    /// The ops that were sent since the last look.
    pub fn ops(&mut self) -> Vec<Op> {
        let (ops, rest): (Vec<Cmd>, Vec<Cmd>) = std::mem::take(&mut self.cmds)
            .into_iter()
            .partition(|cmd| matches!(cmd, Cmd::Send(_)));
        self.cmds = rest;
        ops.into_iter()
            .filter_map(|cmd| if let Cmd::Send(op) = cmd { Some(op) } else { None })
            .collect()
    }
}

fn parse(keys: &str) -> Vec<KeyEvent> {
    let mut out = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            out.push(named(name));
            rest = after;
        } else {
            out.push(KeyEvent::from(KeyCode::Char(c)));
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn named(name: &str) -> KeyEvent {
    let (modifiers, name) = match name.split_once('-') {
        Some(("C", name)) => (KeyModifiers::CONTROL, name),
        Some(("A", name)) => (KeyModifiers::ALT, name),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "CR" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "BS" => KeyCode::Backspace,
        "Del" => KeyCode::Delete,
        "Space" => KeyCode::Char(' '),
        "lt" => KeyCode::Char('<'),
        other if other.chars().count() == 1 => KeyCode::Char(other.chars().next().unwrap()),
        other => panic!("no key is called {other}"),
    };
    KeyEvent::new(code, modifiers)
}
