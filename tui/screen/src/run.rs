//! The loop: wait for one message, take all that came, draw once.
//!
//! One thread, one closed kind of message, no tick. The first frame is drawn before anything else
//! happens; the driver is started by `on_first_frame`. Nothing here waits for the agent: ops go
//! out through a closure that must not block, and come back as mail.

use std::io::{self, Write};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use linchpin_protocol::{Op, Wanted};

use crate::stage::Stage;
use crate::terminal::{ASK_BACKGROUND, Guard, Keyboard, copy_sequence, edit, suspend};
use crate::{Background, Cmd, EditorResult, Inbox, Look, Model, Msg, Notify, Now, ScreenError, Settings, ToStore};

/// What a screen begins with.
pub struct Start {
    /// The app's folder, as given.
    pub app: String,
    /// How it may look.
    pub look: Look,
    /// What was set.
    pub settings: Settings,
}

/// What a screen can reach. None of these may block.
pub struct Ports<'a> {
    /// Takes what the person does to the agent.
    pub send: Box<dyn FnMut(Op) + 'a>,
    /// Hands an OAuth client or a token to the broker; the result goes to [`crate::Mailbox::stored`].
    pub store: Box<dyn FnMut(ToStore) + 'a>,
    /// Looks something up; it goes to [`crate::Mailbox::found`].
    pub find: Box<dyn FnMut(Wanted) + 'a>,
    /// Opens a link in a browser; false if there is none.
    pub open_url: Box<dyn FnMut(&str) -> bool + 'a>,
    /// Called once, when the first frame is on the terminal.
    pub on_first_frame: Box<dyn FnOnce() + 'a>,
}

/// Why a screen was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// The person left.
    Left,
    /// [`crate::Mailbox::stop`] was called.
    Stopped,
    /// The terminal is gone.
    TerminalGone,
}

/// Lines of the transcript that are printed on exit; all of it is in the session's log.
const PRINTED: usize = 2_000;

/// Runs the full screen until somebody leaves.
///
/// # Errors
/// If there is no terminal, or it can't be written to.
pub fn run(start: Start, inbox: Inbox, ports: Ports<'_>) -> Result<ExitReason, ScreenError> {
    let clock = Clock::start();
    let mut guard = Some(Guard::enter()?);
    let size = crossterm::terminal::size().map_err(ScreenError::Terminal)?;
    let mut model = Model::new(&start.app, start.look);
    model.set(&start.settings);
    let mut stage = Stage::new(model, io::stdout(), size, clock.now());
    stage.turn(clock.now())?;
    let Ports {
        send,
        store,
        find,
        open_url,
        on_first_frame,
    } = ports;
    on_first_frame();
    let mut reach = Reach {
        send,
        store,
        find,
        open_url,
        notify: start.settings.notify,
    };
    if start.look.color && start.look.background == Background::Unknown {
        stage.write(ASK_BACKGROUND);
    }
    let keyboard = Keyboard::open(&inbox);
    let reason = turns(&mut stage, &inbox, &mut guard, keyboard, &mut reach, &clock);
    drop(guard);
    let lines = stage
        .model()
        .transcript()
        .plain(usize::from(size.0.max(20)), start.look, PRINTED);
    // Who left has nobody to be told that the last lines could not be printed.
    let _ = print(&lines);
    reason
}

struct Reach<'a> {
    send: Box<dyn FnMut(Op) + 'a>,
    store: Box<dyn FnMut(ToStore) + 'a>,
    find: Box<dyn FnMut(Wanted) + 'a>,
    open_url: Box<dyn FnMut(&str) -> bool + 'a>,
    notify: Notify,
}

fn turns(
    stage: &mut Stage<io::Stdout>,
    inbox: &Inbox,
    guard: &mut Option<Guard>,
    keyboard: Keyboard,
    reach: &mut Reach<'_>,
    clock: &Clock,
) -> Result<ExitReason, ScreenError> {
    let mut keyboard = Some(keyboard);
    let mut mail = inbox.take(Some(std::time::Duration::ZERO));
    // The first look at the keyboard is what makes it call back.
    mail.input = true;
    loop {
        let mut gone = false;
        if let Some(keys) = keyboard.as_mut().filter(|_| mail.input) {
            let (messages, closed) = keys.drain();
            mail.messages.extend(messages);
            gone = closed;
        }
        let mut cmds = Vec::new();
        let mut stopped = false;
        for msg in mail.messages.drain(..) {
            stopped |= matches!(msg, Msg::Stop);
            cmds.extend(stage.take(msg, clock.now()));
        }
        cmds.extend(stage.turn(clock.now())?);
        for cmd in cmds {
            let away = matches!(cmd, Cmd::OpenEditor { .. } | Cmd::Suspend);
            if away {
                keyboard = None;
                *guard = None;
            }
            if !perform(cmd, stage, inbox, reach) {
                return Ok(if stopped { ExitReason::Stopped } else { ExitReason::Left });
            }
            if away {
                *guard = Some(Guard::enter()?);
                let (width, height) = crossterm::terminal::size().map_err(ScreenError::Terminal)?;
                keyboard = Some(Keyboard::open(inbox));
                stage.repaint();
                inbox.sender().push(Msg::Resize(width, height));
                inbox.note_input();
            }
        }
        if gone {
            // Nobody said that they leave: the session can be taken up again.
            return Ok(ExitReason::TerminalGone);
        }
        mail = inbox.take(stage.patience(clock.now()));
    }
}

/// Does what the screen wants done. False to leave.
fn perform(cmd: Cmd, stage: &mut Stage<io::Stdout>, inbox: &Inbox, reach: &mut Reach<'_>) -> bool {
    match cmd {
        Cmd::Send(op) => (reach.send)(op),
        Cmd::Store(secret) => (reach.store)(secret),
        Cmd::Find(wanted) => (reach.find)(wanted),
        Cmd::OpenUrl(url) => {
            (reach.open_url)(&url);
        }
        Cmd::Copy(text) => stage.write(&copy_sequence(&text, std::env::var_os("TMUX").is_some())),
        Cmd::Bell => stage.write(reach.notify.sequence()),
        Cmd::Repaint => stage.repaint(),
        Cmd::OpenEditor { purpose, text, suffix } => {
            let text = edit(&text, &suffix);
            inbox.sender().push(Msg::Editor(EditorResult { purpose, text }));
        }
        Cmd::Suspend => suspend(),
        Cmd::WakeAt(_) => {}
        Cmd::Quit => return false,
    }
    true
}

fn print(lines: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// The one clock of the screen.
pub(crate) struct Clock(Instant);

impl Clock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the screen's driver; the model gets the time with each message"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the screen's driver; the model gets the time with each message"
    )]
    pub(crate) fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now {
            since_start: self.0.elapsed(),
            unix_millis: i64::try_from(wall.as_millis()).unwrap_or_default(),
        }
    }
}
