//! The real loop on a real terminal: what is taken over is given back, however it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use common::bookings::*;
use linchpin_protocol::{Event, Op, TurnId};
use linchpin_screen::{ExitReason, Look, Ports, Start, mailbox, run, run_linear};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const CHILD: &str = "LINCHPIN_SCREEN_CHILD";

/// Not a test by itself: what the other tests start on a terminal of its own.
#[test]
fn child() {
    let Ok(how) = std::env::var(CHILD) else { return };
    let (sender, inbox) = mailbox();
    let told = sender.clone();
    let send = move |op: Op| match op {
        Op::Say { text } if text == "panic" => panic!("as asked"),
        Op::Say { text } if text == "stop" => told.stop(),
        Op::Say { text } => {
            told.send(Event::Said {
                text: text.clone(),
                queued: false,
            });
            told.send(Event::TurnStarted { turn: TurnId(1) });
            told.send(Event::TextDelta {
                turn: TurnId(1),
                text: format!("You said **{text}**."),
            });
            told.send(Event::TurnEnded {
                turn: TurnId(1),
                how: "done".into(),
            });
        }
        Op::Accept { .. } => told.send(asked(1, mode_question())),
        Op::Answer { ask, .. } => told.send(Event::Settled {
            ask,
            words: "One account for everyone".into(),
        }),
        _ => {}
    };
    let ports = Ports {
        send: Box::new(send),
        store: Box::new(|_| {}),
        find: Box::new(|_| {}),
        open_url: Box::new(|_| false),
        on_first_frame: Box::new(move || {
            [hello(), app_read(), suggested()]
                .into_iter()
                .for_each(|event| sender.send(event))
        }),
    };
    let start = Start {
        app: "examples/bookings".into(),
        look: Look::default(),
        settings: linchpin_screen::Settings::default(),
    };
    let reason = if how == "linear" {
        run_linear(start, inbox, ports)
    } else {
        run(start, inbox, ports)
    };
    let expected = if how == "stop" {
        ExitReason::Stopped
    } else {
        ExitReason::Left
    };
    assert_eq!(reason.unwrap(), expected);
}

struct Terminal {
    screen: vt100::Parser,
    output: Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _pty: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    fn start(how: &str, env: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 30,
            cols: 100,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
        command.env(CHILD, how);
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        env.iter().for_each(|(name, value)| command.env(name, value));
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let cells = |count| std::num::NonZeroU16::new(count).unwrap();
        let screen = vt100::Parser::new(cells(30), cells(100), 500);
        Self {
            screen,
            output,
            input: pair.master.take_writer().unwrap(),
            child,
            _pty: pair.master,
        }
    }

    /// Reads until the screen says something; gives up when nothing comes for very long.
    fn until(&mut self, words: &str) -> &mut Self {
        while !self.screen.screen().contents().contains(words) {
            match self.output.recv_timeout(Duration::from_secs(30)) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(why) => panic!("{words:?} never came ({why}):\n{}", self.screen.screen().contents()),
            }
        }
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
        self
    }

    /// Waits for the end; gives the exit code and what is left on the terminal.
    fn end(mut self) -> (u32, vt100::Parser) {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.screen.process(&bytes);
        }
        (status.exit_code(), self.screen)
    }
}

fn is_given_back(terminal: &vt100::Parser) {
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
    assert!(
        !terminal.screen().contents().contains('╭'),
        "{}",
        terminal.screen().contents()
    );
}

#[test]
fn a_conversation_and_its_transcript_in_the_scrollback() {
    let mut terminal = Terminal::start("screen", &[]);
    terminal.until("Suggested for Bookings");
    assert!(terminal.screen.screen().alternate_screen());
    terminal.press("hello there\r").until("You said hello there.");
    terminal.press("\u{3}").until("Press Ctrl+C once more").press("\u{3}");
    let (code, screen) = terminal.end();
    is_given_back(&screen);
    assert_eq!(code, 0);
    assert!(
        screen.screen().contents().contains("You said hello there."),
        "{}",
        screen.screen().contents()
    );
}

#[test]
fn the_editor_gets_the_terminal_and_gives_it_back() {
    let folder = std::env::temp_dir().join(format!("linchpin-screen-pty-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("editor.sh");
    std::fs::write(
        &script,
        "printf 'edit now: '; read line < /dev/tty; printf '%s' \"$line\" > \"$1\"",
    )
    .unwrap();
    let mut terminal = Terminal::start("screen", &[("VISUAL", &format!("sh {}", script.display()))]);
    terminal.until("Suggested for Bookings").press("draft\u{7}");
    terminal.until("edit now: ");
    assert!(!terminal.screen.screen().alternate_screen());
    terminal
        .press("from the editor\r")
        .until("│ from the editor")
        .press("\r")
        .until("You said from the editor.");
    terminal.press("/quit\r");
    is_given_back(&terminal.end().1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn t_trm_03_a_panic_gives_the_terminal_back_before_its_message() {
    let mut terminal = Terminal::start("screen", &[]);
    terminal.until("Suggested for Bookings").press("panic\r");
    let (code, screen) = terminal.end();
    is_given_back(&screen);
    assert_ne!(code, 0);
    assert!(screen.screen().contents().contains("as asked"));
}

#[test]
fn t_trm_04_being_stopped_gives_the_terminal_back() {
    let mut terminal = Terminal::start("stop", &[]);
    terminal.until("Suggested for Bookings").press("stop\r");
    let (code, screen) = terminal.end();
    is_given_back(&screen);
    assert_eq!(code, 0);
}

#[test]
fn t_trm_09_plain_lines_never_move_the_cursor() {
    let mut terminal = Terminal::start("linear", &[]);
    terminal
        .until("or your own words.")
        .press("hello\r")
        .until("Linchpin: You said hello.");
    terminal.press("1\r").until("Question: Shared or per user");
    assert!(!terminal.screen.screen().alternate_screen());
    terminal.press("/quit\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{}", screen.screen().contents());
}
