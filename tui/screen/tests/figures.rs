//! What the screen costs, as committed figures: a change that makes it dearer shows in its diff.
//!
//! Bytes are exact, allocations rounded to two digits; both are the same on every machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fmt::Write;
use std::time::Duration;

use common::bookings::*;
use common::looks;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::{Event, Found, TurnId};
use linchpin_screen::{Look, Model, Msg, Now, Stage};

struct Desk {
    stage: Stage<Vec<u8>>,
    now: Now,
}

impl Desk {
    fn new(width: u16, height: u16) -> Self {
        let now = Now::default();
        let stage = Stage::new(
            Model::new("examples/bookings", Look::default()),
            Vec::new(),
            (width, height),
            now,
        );
        Self { stage, now }
    }

    /// Takes messages in, a frame after each; gives the bytes written.
    fn takes(&mut self, messages: impl IntoIterator<Item = Msg>) -> usize {
        let before = self.stage.writer().len();
        for message in messages {
            self.now.since_start += Duration::from_millis(10);
            self.stage.take(message, self.now);
            self.stage.turn(self.now).unwrap();
        }
        self.stage.writer().len() - before
    }

    fn tells(&mut self, events: impl IntoIterator<Item = Event>) -> usize {
        self.takes(events.into_iter().map(Msg::Agent))
    }

    fn keys(&mut self, text: &str) -> usize {
        self.takes(text.chars().map(|c| {
            let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
            Msg::Key(KeyEvent::new(code, KeyModifiers::NONE))
        }))
    }
}

fn delta(text: &str) -> Event {
    Event::TextDelta {
        turn: TurnId(1),
        text: text.into(),
    }
}

fn rounded(count: u64) -> u64 {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    count.div_ceil(unit) * unit
}

#[test]
fn bytes_and_allocations() {
    let mut out = String::new();
    let mut row = |what: &str, figure: String| writeln!(out, "{what:<52} {figure}").unwrap();
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut desk = Desk::new(width, height);
        let first = desk.takes([Msg::Focus(true)]);
        row(&format!("first frame at {width}x{height}"), format!("{first} bytes"));
        let opened = desk.tells([hello(), app_read(), suggested()]);
        row(
            &format!("app and suggestions at {width}x{height}"),
            format!("{opened} bytes"),
        );
        let key = desk.keys("h") + desk.keys("i");
        row(&format!("two keys at {width}x{height}"), format!("{key} bytes"));
        let idle = desk.takes([Msg::Focus(false), Msg::Focus(true), Msg::Wake]);
        row(
            &format!("idle at {width}x{height}"),
            format!("{idle} bytes, wakes: {:?}", desk.stage.patience(desk.now)),
        );
    }
    let mut desk = Desk::new(120, 40);
    desk.tells([hello(), app_read(), suggested()]);
    for (page, found) in [
        ("/catalog\n", looks::catalog()),
        ("/functions\n", looks::functions()),
        ("/map\n", Found::Map { map: looks::map() }),
    ] {
        let bytes = desk.keys(page) + desk.takes([Msg::Found(found)]);
        row(&format!("opening {}", page.trim()), format!("{bytes} bytes"));
        let next = desk.keys("j");
        row(&format!("the next row of {}", page.trim()), format!("{next} bytes"));
        desk.keys("q");
    }
    let bytes = desk.tells([review_ready(review())]);
    row("opening a review", format!("{bytes} bytes"));
    let mut desk = Desk::new(120, 40);
    desk.tells([Event::TurnStarted { turn: TurnId(1) }]);
    let words: Vec<String> = (0..600)
        .map(|i| {
            if i % 40 == 39 {
                "end.\n\n".to_owned()
            } else {
                format!("word{} ", i % 10)
            }
        })
        .collect();
    let bytes = desk.tells(words.iter().map(|word| delta(word)));
    row("600 tokens, a frame each", format!("{} bytes a token", bytes / 600));
    let mut code = Desk::new(120, 40);
    code.tells([Event::TurnStarted { turn: TurnId(1) }, delta("```ts\n")]);
    let bytes = code.tells((0..200).map(|i| delta(&format!("const value{i} = call(`a`);\n"))));
    row(
        "200 lines of code, a frame each",
        format!("{} bytes a line", bytes / 200),
    );
    for (what, text) in [("a word", "word "), ("a line of a list", "- word\n")] {
        let mut desk = Desk::new(120, 40);
        desk.tells([Event::TurnStarted { turn: TurnId(1) }, delta("Once.\n\n")]);
        desk.tells((0..10).map(|_| delta(text)));
        let mut next: Vec<Event> = (0..10).map(|_| delta(text)).collect();
        let counted = allocation_counter::measure(|| {
            desk.tells(next.drain(..));
        });
        row(
            &format!("{what} streamed, with its frame"),
            format!("{} allocations", rounded(counted.count_total / 10)),
        );
    }
    let mut desk = Desk::new(200, 60);
    desk.tells([hello(), app_read(), suggested()]);
    let counted = allocation_counter::measure(|| {
        desk.keys("h");
    });
    row(
        "a key at 200x60, with its frame",
        format!("{} allocations", rounded(counted.count_total)),
    );
    insta::assert_snapshot!(out);
}

#[test]
fn a_soak_of_a_million_lines_lays_out_what_is_in_view() {
    let mut desk = Desk::new(120, 40);
    for i in 0..10_000u32 {
        // A hundred lines at once, as a slow terminal would get them.
        let text: String = (0..100).map(|line| format!("Line {line} of block {i}.\n\n")).collect();
        desk.stage.take(Msg::Agent(delta(&text)), desk.now);
    }
    desk.takes([Msg::Wake]);
    let before = desk.stage.model().transcript().laid_out();
    let key = |code| Msg::Key(KeyEvent::from(code));
    let bytes = desk.takes([
        key(KeyCode::PageUp),
        key(KeyCode::PageUp),
        Msg::Resize(119, 40),
        key(KeyCode::PageDown),
    ]);
    let laid_out = desk.stage.model().transcript().laid_out() - before;
    assert!(laid_out <= 40, "{laid_out} cells for four frames");
    assert!(bytes <= 40_000, "{bytes} bytes for four frames");
}
