//! What a screen costs: bytes on the terminal, cells laid out, wake-ups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::bookings::*;
use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::{CallId, Event, TurnId};
use linchpin_screen::{Cmd, Look, Model, Msg, Now, Stage};

/// A stage with a clock that a test turns.
struct Desk {
    stage: Stage<Vec<u8>>,
    now: Now,
    read: usize,
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
        let mut desk = Self { stage, now, read: 0 };
        desk.turn();
        desk
    }

    fn take(&mut self, msg: Msg) -> &mut Self {
        self.stage.take(msg, self.now);
        self
    }

    fn turn(&mut self) -> Vec<Cmd> {
        self.stage.turn(self.now).unwrap()
    }

    /// Lets as much time pass as the screen can be left alone, and a little more if it asks for none.
    fn pass(&mut self) -> Option<Duration> {
        let patience = self.stage.patience(self.now)?;
        self.now.since_start += patience;
        self.turn();
        Some(patience)
    }

    /// Bytes written since the last look.
    fn bytes(&mut self) -> &[u8] {
        let from = std::mem::replace(&mut self.read, self.stage.writer().len());
        &self.stage.writer()[from..]
    }

    fn settled(&mut self) {
        for _ in 0..100 {
            if self.pass().is_none() {
                return;
            }
        }
        panic!("the screen does not come to rest");
    }
}

fn opened(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    [hello(), app_read(), suggested()].into_iter().for_each(|event| {
        desk.take(Msg::Agent(event));
    });
    desk.settled();
    desk
}

#[test]
fn idle_writes_nothing_and_never_wakes() {
    let mut desk = opened(120, 40);
    desk.bytes();
    assert_eq!(
        desk.stage.patience(desk.now),
        None,
        "nothing is waited for but messages"
    );
    assert_eq!(desk.turn().len(), 0);
    assert_eq!(desk.bytes(), b"");
    // A key that changes nothing, and a look elsewhere.
    desk.take(Msg::Key(KeyEvent::from(KeyCode::Left)))
        .take(Msg::Focus(false))
        .settled();
    assert_eq!(desk.bytes(), b"");
}

#[test]
fn waiting_for_a_person_is_idle_too() {
    let mut desk = opened(120, 40);
    turn("x")
        .into_iter()
        .chain([asked(1, permissions_question())])
        .for_each(|event| {
            desk.take(Msg::Agent(event));
        });
    desk.settled();
    assert_eq!(desk.stage.patience(desk.now), None);
    let mut desk = opened(120, 40);
    desk.take(Msg::Agent(review_ready(review()))).settled();
    assert_eq!(desk.stage.patience(desk.now), None);
}

#[test]
fn the_spinner_turns_ten_times_a_second_at_most_and_costs_little() {
    let mut desk = opened(120, 40);
    desk.take(Msg::Agent(Event::TurnStarted { turn: TurnId(1) }));
    desk.pass();
    desk.bytes();
    let started = desk.now.since_start;
    for _ in 0..20 {
        desk.pass().expect("it turns");
    }
    assert!(
        desk.now.since_start - started >= Duration::from_millis(1_900),
        "{:?}",
        desk.now.since_start - started
    );
    let bytes = desk.bytes().len();
    assert!(bytes <= 20 * 64, "{bytes} bytes for 20 turns of the spinner");
    desk.take(Msg::Agent(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    }))
    .settled();
    assert_eq!(desk.stage.patience(desk.now), None);
}

#[test]
fn a_key_writes_little_and_at_once() {
    let mut desk = opened(200, 60);
    desk.take(Msg::Key(KeyEvent::from(KeyCode::Char('h'))));
    desk.pass();
    desk.take(Msg::Key(KeyEvent::from(KeyCode::Char('i'))));
    desk.bytes();
    desk.pass();
    let bytes = desk.bytes().to_vec();
    assert!(bytes.len() <= 48, "{:?}", String::from_utf8_lossy(&bytes));
    assert!(
        bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"),
        "one synchronized update"
    );
}

#[test]
fn a_frame_is_what_a_terminal_shows() {
    let mut desk = opened(80, 24);
    turn("Email each client").into_iter().chain(answer()).for_each(|event| {
        desk.take(Msg::Agent(event));
        desk.pass();
    });
    desk.take(Msg::Resize(100, 30));
    desk.pass();
    desk.take(Msg::Resize(80, 24));
    desk.pass();
    let mut terminal = vt_24x80();
    terminal.process(desk.stage.writer());
    let mut fresh = common::Play::new(80, 24);
    fresh
        .tell_all([hello(), app_read(), suggested()])
        .tell_all(turn("Email each client"))
        .tell_all(answer());
    let shown: Vec<String> = terminal
        .screen()
        .rows(0, 80)
        .map(|row| row.trim_end().to_owned())
        .collect();
    let expected = fresh.screen();
    let body = |screen: &str| screen.lines().take(23).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&shown.join("\n")), body(&expected));
    assert_eq!(
        terminal.screen().cursor_position(),
        (21, 2),
        "the real cursor is where the caret is"
    );
}

#[test]
fn a_link_is_one_link_and_only_to_the_web() {
    let mut desk = opened(80, 24);
    desk.take(Msg::Agent(asked(1, sign_in_question()))).settled();
    let written = String::from_utf8(desk.bytes().to_vec()).unwrap();
    assert!(
        written.contains("\x1b]8;id=l0;https://accounts.google.com/o/oauth2/v2/auth?client_id=123"),
        "{written:?}"
    );
    let mut desk = opened(80, 24);
    let linchpin_protocol::question::Question::SignIn(mut question) = sign_in_question() else {
        unreachable!()
    };
    question.url = "file:///etc/passwd".into();
    desk.take(Msg::Agent(asked(
        1,
        linchpin_protocol::question::Question::SignIn(question),
    )))
    .settled();
    let written = String::from_utf8(desk.bytes().to_vec()).unwrap();
    assert!(
        written.contains("file:///etc/passwd") && !written.contains("]8;id"),
        "shown, but no link: {written:?}"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a figure to print, not to judge by")]
fn a_long_transcript_costs_what_is_in_view() {
    let mut desk = opened(200, 60);
    for i in 0..50_000u32 {
        let text = format!("Paragraph {i} of a long answer.\n\nAnd one more.\n\n");
        desk.take(Msg::Agent(Event::TextDelta { turn: TurnId(1), text }));
    }
    desk.pass();
    let before = desk.stage.model().transcript().laid_out();
    desk.take(Msg::Key(KeyEvent::from(KeyCode::PageUp)));
    desk.pass();
    desk.take(Msg::Resize(199, 60));
    desk.pass();
    let laid_out = desk.stage.model().transcript().laid_out() - before;
    assert!(laid_out <= 20, "{laid_out} cells were laid out for two frames");
    let started = std::time::Instant::now();
    for i in 0..100 {
        desk.take(Msg::Resize(200 - i % 2, 60));
        desk.pass();
    }
    println!(
        "a full repaint at 200x60 in 100,000 paragraphs: {:?}",
        started.elapsed() / 100
    );
}

#[test]
fn streaming_writes_only_what_is_new() {
    let mut desk = opened(120, 40);
    desk.take(Msg::Agent(Event::TurnStarted { turn: TurnId(1) }));
    desk.pass();
    desk.bytes();
    // 600 tokens at 100 a second, in short paragraphs.
    for i in 0..600u32 {
        let text = if i % 40 == 39 {
            "end.\n\n".to_owned()
        } else {
            format!("word{} ", i % 10)
        };
        desk.take(Msg::Agent(Event::TextDelta { turn: TurnId(1), text }));
        desk.now.since_start += Duration::from_millis(10);
        desk.turn();
    }
    let bytes = desk.bytes().len();
    println!("600 tokens: {bytes} bytes, {} a token", bytes / 600);
    assert!(bytes / 600 <= 100, "{} bytes a token", bytes / 600);
}

#[test]
fn t_trm_06_a_resize_storm_ends_at_the_last_size() {
    let mut desk = opened(80, 24);
    for i in 0..1_000u16 {
        desk.take(Msg::Resize(i % 90, i % 40));
        desk.now.since_start += Duration::from_millis(1);
        desk.turn();
    }
    for (width, height) in [(1, 1), (0, 0), (500, 300), (80, 24)] {
        desk.take(Msg::Resize(width, height));
        desk.pass();
    }
    desk.bytes();
    desk.take(Msg::Agent(Event::ToolStarted {
        call: CallId(1),
        tool: "x".into(),
        title: "still here".into(),
    }));
    desk.pass();
    let mut terminal = vt_24x80();
    terminal.process(desk.stage.writer());
    assert!(terminal.screen().contents().contains("still here"));
}

fn vt_24x80() -> vt100::Parser {
    let cells = |count| std::num::NonZeroU16::new(count).unwrap();
    vt100::Parser::new(cells(24), cells(80), 0)
}
