//! Lines in, lines out, until somebody leaves or the input ends.

use std::io::{self, BufRead, IsTerminal, Write};

use linchpin_protocol::Op;
use linchpin_protocol::patch::Digest;
use zeroize::Zeroizing;

use super::Linear;
use crate::run::Clock;
use crate::terminal::{Echo, edit};
use crate::{Cmd, EditPurpose, ExitReason, Inbox, Mailbox, Msg, Ports, ScreenError, Start};

/// Runs the conversation over standard input and output.
///
/// When the input is no terminal, a line is taken only when the agent waits for one, so that a
/// prepared list of lines answers what is asked in its order.
///
/// # Errors
/// If standard output can't be written to.
pub fn run_linear(start: Start, inbox: Inbox, ports: Ports<'_>) -> Result<ExitReason, ScreenError> {
    let Ports {
        mut send,
        mut store,
        mut find,
        mut open_url,
        on_first_frame,
    } = ports;
    let clock = Clock::start();
    let typed = io::stdin().is_terminal();
    let mut linear = Linear::new(start.look);
    let mut echo = Echo::default();
    print(&[
        "Linchpin wires your app to the tools its people already use. Type /help for help, /quit to leave.".to_owned(),
    ])?;
    on_first_frame();
    let sender = inbox.sender();
    std::thread::spawn(move || read_lines(&sender));
    let mut waiting = std::collections::VecDeque::new();
    loop {
        let mut cmds = Vec::new();
        for msg in inbox.take(None).messages {
            match msg {
                Msg::Agent(event) => print(&linear.event(event, clock.now()))?,
                Msg::Line(line) => waiting.push_back(line),
                Msg::Found(found) => print(&linear.found(found, clock.now()))?,
                Msg::Stored(result) => cmds.extend(printed(linear.stored(result, clock.now()))?),
                Msg::Editor(result) => cmds.extend(edited(result)?),
                // Nobody said that they leave: the session can be taken up again.
                Msg::Stop => return Ok(ExitReason::Stopped),
                _ => {}
            }
        }
        echo.hide(linear.wants_secret());
        loop {
            for cmd in cmds.drain(..) {
                match cmd {
                    Cmd::Send(op) => send(op),
                    Cmd::Store(secret) => store(secret),
                    Cmd::Find(wanted) => find(wanted),
                    Cmd::OpenUrl(url) => {
                        open_url(&url);
                    }
                    Cmd::OpenEditor { purpose, text, suffix } => {
                        let before = Digest::of(text.as_bytes());
                        let text = edit(&text, &suffix).and_then(|text| match Digest::of(text.as_bytes()) == before {
                            true => Err("Nothing was changed in the editor.".to_owned()),
                            false => Ok(text),
                        });
                        inbox.sender().push(Msg::Editor(crate::EditorResult { purpose, text }));
                    }
                    Cmd::Quit => return Ok(ExitReason::Left),
                    Cmd::Copy(_) | Cmd::WakeAt(_) | Cmd::Bell | Cmd::Repaint | Cmd::Suspend => {}
                }
            }
            let wanted = typed || linear.wants_line();
            let Some(line) = waiting.front().filter(|_| wanted) else {
                break;
            };
            let Some(line) = line else {
                // The input has ended: whatever runs is waited for, what is asked stays open.
                if typed || linear.wants_line() {
                    send(Op::Quit);
                    return Ok(ExitReason::Left);
                }
                break;
            };
            cmds = printed(linear.line(line, clock.now()))?;
            waiting.pop_front();
            echo.hide(linear.wants_secret());
        }
    }
}

fn read_lines(sender: &Mailbox) {
    let mut input = io::stdin().lock();
    loop {
        let mut bytes = Zeroizing::new(Vec::new());
        match input.read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => break,
            Ok(_) => {
                let line = String::from_utf8_lossy(&bytes).into_owned();
                sender.push(Msg::Line(Some(Zeroizing::new(line))));
            }
        }
    }
    sender.push(Msg::Line(None));
}

fn edited(result: crate::EditorResult) -> Result<Vec<Cmd>, ScreenError> {
    match (result.purpose, result.text) {
        (EditPurpose::File { changeset, path }, Ok(text)) => Ok(vec![Cmd::Send(Op::Edit {
            changeset,
            path: path.to_string(),
            text,
        })]),
        (_, Ok(_)) => Ok(Vec::new()),
        (_, Err(why)) => {
            print(&[super::labelled("Note", &why)])?;
            Ok(Vec::new())
        }
    }
}

fn printed((cmds, lines): (Vec<Cmd>, Vec<String>)) -> Result<Vec<Cmd>, ScreenError> {
    print(&lines)?;
    Ok(cmds)
}

fn print(lines: &[String]) -> Result<(), ScreenError> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}").map_err(ScreenError::Write)?;
    }
    out.flush().map_err(ScreenError::Write)
}
