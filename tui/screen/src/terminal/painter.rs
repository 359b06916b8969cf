//! From changed cells to bytes: as few as say it, all at once.
//!
//! A frame is collected and written as one synchronized update (mode 2026), so nothing is ever
//! seen half drawn; a frame that changes nothing writes nothing. Colours are told only when they
//! change; after a cluster whose width terminals disagree on, the cursor is placed anew.
//! Last line of defence: a control character in a cell is never written.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use crate::view::Painted;
use crate::width;

type Style = (Color, Color, Modifier);

/// Draws on a terminal behind a writer.
pub struct Painter<W> {
    out: W,
    frame: String,
    style: Style,
    pen: Option<Position>,
    /// The cursor as the terminal has it, and whether it is shown.
    written: (Option<Position>, bool),
    links: Vec<(Rect, String)>,
    failed: Option<std::io::Error>,
}

const PLAIN: Style = (Color::Reset, Color::Reset, Modifier::empty());

impl<W: Write> Painter<W> {
    /// A painter for an empty screen.
    pub fn new(out: W) -> Self {
        Self {
            out,
            frame: String::new(),
            style: PLAIN,
            pen: None,
            written: (None, true),
            links: Vec::new(),
            failed: None,
        }
    }

    /// Writes bytes that are no frame: a bell, a clipboard sequence.
    pub(crate) fn write(&mut self, bytes: &str) {
        if let Err(error) = self.out.write_all(bytes.as_bytes()).and_then(|()| self.out.flush()) {
            self.failed = Some(error);
        }
    }

    /// Forgets what the terminal shows: somebody else wrote to it.
    pub(crate) fn forget(&mut self) {
        (self.style, self.pen, self.written) = (PLAIN, None, (None, true));
    }

    /// What went wrong while writing, if something did.
    pub(crate) fn failure(&mut self) -> Option<std::io::Error> {
        self.failed.take()
    }

    /// The writer.
    pub fn writer(&self) -> &W {
        &self.out
    }

    fn restyle(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        self.style = style;
        let (fg, bg, modifier) = style;
        let mut codes = String::from("0");
        for (flag, code) in [
            (Modifier::BOLD, ";1"),
            (Modifier::DIM, ";2"),
            (Modifier::ITALIC, ";3"),
            (Modifier::UNDERLINED, ";4"),
            (Modifier::REVERSED, ";7"),
            (Modifier::CROSSED_OUT, ";9"),
        ] {
            if modifier.contains(flag) {
                codes.push_str(code);
            }
        }
        for (color, base) in [(fg, 30), (bg, 40)] {
            if let Some(number) = ansi(color) {
                let base = if number >= 8 { base + 60 - 8 } else { base };
                codes.push_str(&format!(";{}", base + number));
            }
        }
        self.frame.push_str(&format!("\x1b[{codes}m"));
    }

    fn link(&mut self, link: Option<usize>) {
        let target = link
            .and_then(|at| self.links.get(at).map(|(_, url)| url.clone()))
            .filter(|url| is_safe(url));
        match (link, target) {
            (Some(at), Some(url)) => {
                // One id for all rows of one link.
                let id = self.links.iter().position(|(_, its)| *its == url).unwrap_or(at);
                self.frame.push_str(&format!("\x1b]8;id=l{id};{url}\x1b\\"));
            }
            _ => self.frame.push_str("\x1b]8;;\x1b\\"),
        }
    }
}

/// The number of an ANSI colour; nothing else is drawn.
fn ansi(color: Color) -> Option<u8> {
    let colors = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    colors
        .iter()
        .position(|its| *its == color)
        .and_then(|at| u8::try_from(at).ok())
}

/// Whether a link may be told to the terminal: the web, in printable ASCII.
fn is_safe(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && url.bytes().all(|b| b.is_ascii_graphic())
}

/// Rows that a text may move up at once and still be moved by the terminal.
const MOST_MOVED: u16 = 12;

impl<W: Write> Painter<W> {
    /// Makes the terminal show `next`, of which it shows `shown` now; `shown` is changed on the way.
    pub(crate) fn draw(&mut self, shown: &mut Buffer, next: &Buffer, painted: &Painted) {
        self.links.clone_from(&painted.links);
        self.move_up(shown, next, painted.scrolls);
        let mut open = None;
        for (x, y, cell) in shown.diff_iter(next) {
            let link = self.links.iter().position(|(area, _)| area.contains(Position { x, y }));
            if link != open {
                self.link(link);
                open = link;
            }
            if self.pen != Some(Position { x, y }) {
                self.frame.push_str(&format!("\x1b[{};{}H", y + 1, x + 1));
            }
            self.restyle((cell.fg, cell.bg, cell.modifier));
            let symbol = cell.symbol();
            let symbol = if symbol.chars().any(char::is_control) || symbol.is_empty() {
                " "
            } else {
                symbol
            };
            self.frame.push_str(symbol);
            let certain = width::of_grapheme(symbol) == 1 && symbol.chars().count() == 1;
            self.pen = (certain && x + 1 < next.area.width).then_some(Position { x: x + 1, y });
        }
        if open.is_some() {
            self.link(None);
        }
        self.flush(painted.cursor);
    }

    /// Empties the terminal, within the next frame.
    pub(crate) fn clear(&mut self) {
        self.restyle(PLAIN);
        self.frame.push_str("\x1b[2J");
        self.pen = None;
    }

    /// Has the terminal move the text up where that is what happened: a line more in a long
    /// conversation is then a line on the wire, not a screen.
    fn move_up(&mut self, shown: &mut Buffer, next: &Buffer, rows: u16) {
        let Some(by) = moved_by(shown, next, rows) else { return };
        self.restyle(PLAIN);
        self.frame.push_str(&format!("\x1b[1;{rows}r\x1b[{by}S\x1b[r"));
        self.pen = None;
        self.written.0 = None;
        let width = usize::from(shown.area.width);
        let (by, rows) = (usize::from(by) * width, usize::from(rows) * width);
        shown.content[..rows].rotate_left(by);
        shown.content[rows - by..rows].iter_mut().for_each(Cell::reset);
    }

    /// One write for the whole frame; the real cursor is placed last.
    fn flush(&mut self, cursor: Option<Position>) {
        if self.frame.is_empty() && cursor == self.written.0 && cursor.is_some() == self.written.1 {
            return;
        }
        let mut bytes = String::with_capacity(self.frame.len() + 48);
        bytes.push_str("\x1b[?2026h");
        bytes.push_str(&self.frame);
        if let Some(at) = cursor {
            bytes.push_str(&format!("\x1b[{};{}H", at.y + 1, at.x + 1));
            self.pen = Some(at);
        }
        if cursor.is_some() != self.written.1 {
            bytes.push_str(if cursor.is_some() { "\x1b[?25h" } else { "\x1b[?25l" });
        }
        bytes.push_str("\x1b[?2026l");
        self.frame.clear();
        self.written = (cursor, cursor.is_some());
        self.write(&bytes);
    }
}

/// By how many rows the upper `rows` of a screen have moved up, if they have.
fn moved_by(shown: &Buffer, next: &Buffer, rows: u16) -> Option<u16> {
    if shown.area != next.area || rows > next.area.height || rows < 4 {
        return None;
    }
    let width = usize::from(next.area.width);
    let all = usize::from(rows) * width;
    let (old, new) = (shown.content.get(..all)?, next.content.get(..all)?);
    let still = old
        .chunks(width)
        .zip(new.chunks(width))
        .filter(|(old, new)| old == new)
        .count();
    (1..=MOST_MOVED.min(rows / 2)).find(|by| {
        let by = usize::from(*by) * width;
        // The last row that stays may have grown. Moving must spare more rows than staying does.
        let kept = all - by - width;
        old[by..by + kept] == new[..kept] && kept / width > still
    })
}
