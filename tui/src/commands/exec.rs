//! `linchpin exec`: one turn without a screen. Events go out as JSON lines; questions are answered
//! by `--answer WORD=VALUE` or by ops as JSON lines coming in. It ends with the changeset, and
//! applies it only when `--apply` names it.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;
use std::sync::{Arc, mpsc as std_mpsc};

use linchpin_agent::driver::{Browser, Driver, Setup};
use linchpin_patch::Selection;
use linchpin_protocol::{AskId, Event, Op};
use linchpin_question::{Answer, Mode, Question};
use serde_json::json;
use tokio::sync::mpsc;

use crate::cli::ExecArgs;
use crate::fail::Fail;
use crate::{context, out};

/// What the controller hears.
enum Heard {
    Event(Box<Event>),
    Op(Op),
    /// A line that is no op.
    Garbled(String),
    /// No more lines will come.
    NoMoreLines,
}

pub(crate) fn run(args: &ExecArgs) -> Result<ExitCode, Fail> {
    let answers = args
        .answers
        .iter()
        .map(|a| parse_answer(a))
        .collect::<Result<Vec<_>, _>>()?;
    context::install_tls();
    let root = context::root(&args.app)?;
    let mind = context::mind()?;
    let setup = Setup {
        notes: context::notes(&mind),
        shown_root: args.app.display().to_string(),
        mind,
        paths: context::paths(),
        broker: context::broker_plan(),
        browser: if args.browser {
            Browser::System
        } else {
            Browser::ShowOnly
        },
        time_zone: context::time_zone(),
        resume: false,
        keep_log: false,
        root,
    };
    let (heard, hearing) = std_mpsc::channel();
    let (ops, received) = mpsc::channel(64);
    let events = heard.clone();
    let driver = Driver::new(
        setup,
        Arc::new(move |event| drop(events.send(Heard::Event(Box::new(event))))),
    );
    read_lines(heard);
    let runtime = context::runtime()?;
    let running = runtime.spawn(driver.run(received));
    let mut controller = Controller {
        args,
        answers,
        ops,
        asked: None,
        lines: true,
        said: false,
        done: None,
    };
    let code = loop {
        match hearing.recv() {
            Ok(heard) => controller.hear(heard)?,
            Err(_) => return Err(Fail::refused("The session ended before it had an answer.")),
        }
        if let Some(code) = controller.done {
            break code;
        }
    };
    drop(controller);
    // The broker's process ends with the driver.
    let _ = runtime.block_on(running);
    Ok(ExitCode::from(code))
}

/// Ops as JSON lines, unless a person sits at the keyboard.
fn read_lines(heard: std_mpsc::Sender<Heard>) {
    std::thread::spawn(move || {
        if !std::io::stdin().is_terminal() {
            for line in std::io::stdin()
                .lock()
                .lines()
                .map_while(Result::ok)
                .filter(|l| !l.trim().is_empty())
            {
                let message = match serde_json::from_str(&line) {
                    Ok(op) => Heard::Op(op),
                    Err(error) => Heard::Garbled(error.to_string()),
                };
                if heard.send(message).is_err() {
                    return;
                }
            }
        }
        drop(heard.send(Heard::NoMoreLines));
    });
}

struct Controller<'a> {
    args: &'a ExecArgs,
    answers: Vec<(String, String)>,
    ops: mpsc::Sender<Op>,
    /// A question that nothing on the command line answers.
    asked: Option<Box<Question>>,
    lines: bool,
    said: bool,
    done: Option<u8>,
}

impl Controller<'_> {
    fn hear(&mut self, heard: Heard) -> Result<(), Fail> {
        match heard {
            Heard::Event(event) => self.event(*event),
            Heard::Op(op) => {
                if matches!(op, Op::Answer { .. }) {
                    self.asked = None;
                }
                self.send(op);
                Ok(())
            }
            Heard::Garbled(message) => Err(Fail::usage(format!(
                "A line on standard input is not an op: {message}. Send lines such as {{\"op\":\"answer\",\"ask\":1,\"answer\":{{\"kind\":\"mode\",\"value\":\"shared\"}}}}."
            ))),
            Heard::NoMoreLines => {
                self.lines = false;
                self.unanswered()
            }
        }
    }

    fn event(&mut self, event: Event) -> Result<(), Fail> {
        out::json(&event);
        match event {
            Event::Suggested { .. } if !self.said => {
                self.said = true;
                self.send(Op::Say {
                    text: self.args.prompt.clone(),
                });
            }
            Event::Notice {
                level: linchpin_protocol::Level::Error,
                ..
            } if !self.said => self.done = Some(1),
            Event::Asked { ask, question } => return self.asked(ask, question),
            Event::ReviewReady { changeset, review } => match &self.args.apply {
                None => {
                    let code = u8::from(review.blocked);
                    out::json(&json!({"changeset": changeset, "blocked": review.blocked}));
                    self.done = Some(code);
                }
                Some(name) if changeset.is_named_by(name) => {
                    let hunks = Selection::all(&review.changeset.hunks());
                    if review.blocked {
                        return Err(Fail::refused(
                            "The policy forbids this change; the violations are in the review above.",
                        ));
                    }
                    self.send(Op::Decide { changeset, hunks });
                }
                Some(name) => {
                    return Err(Fail::refused(format!(
                        "The changeset is {changeset}, not `{name}`: the app, the catalog or the prompt changed since it was reviewed. Review it again and give its new name."
                    )));
                }
            },
            Event::TurnEnded { how, .. } => self.done = Some(u8::from(how != "done")),
            _ => {}
        }
        Ok(())
    }

    fn asked(&mut self, ask: AskId, question: Box<Question>) -> Result<(), Fail> {
        let key = question.key().to_owned();
        // Each answer is used once, so that two questions of one kind can be answered apart.
        let given = self
            .answers
            .iter()
            .position(|(word, _)| *word == key)
            .map(|i| self.answers.remove(i).1);
        match (given, question.as_ref()) {
            (Some(value), _) => {
                let answer = answer_of(&question, &value)?;
                self.send(Op::Answer { ask, answer });
                Ok(())
            }
            // The broker says when it is over.
            (None, Question::SignIn(_)) => Ok(()),
            (None, _) => {
                self.asked = Some(question);
                self.unanswered()
            }
        }
    }

    fn unanswered(&mut self) -> Result<(), Fail> {
        match &self.asked {
            Some(question) if !self.lines => Err(Fail::refused(format!(
                "There is a question and no answer to it. Give an op on standard input, or `--answer {}`.",
                hint(question)
            ))),
            _ => Ok(()),
        }
    }

    fn send(&self, op: Op) {
        // A closed channel ends the session; the loop hears of it.
        let _ = self.ops.blocking_send(op);
    }
}

fn parse_answer(text: &str) -> Result<(String, String), Fail> {
    match text.split_once('=') {
        Some((word, value)) if !word.is_empty() => Ok((word.to_owned(), value.to_owned())),
        _ => Err(Fail::usage(format!(
            "`--answer {text}` is not of the form WORD=VALUE, such as `mode=shared`."
        ))),
    }
}

fn hint(question: &Question) -> String {
    match question {
        Question::Mode(_) => "mode=shared` or `--answer mode=app_user".to_owned(),
        Question::Permissions(_) => "permissions=connect`, `permissions=skip` or `permissions=other_account".to_owned(),
        Question::Client(_) => "client=skip".to_owned(),
        Question::Token(token) => format!(
            "token=skip`. A token is typed where nobody else can read it: in the chat, or into `linchpin connect {}",
            token.connector
        ),
        Question::SignIn(_) => "sign_in=skip".to_owned(),
        Question::Choice(choice) if choice.free => {
            format!("{}=…` ({}) with `{}", choice.key, choice.text, choice.placeholder)
        }
        Question::Choice(choice) => format!("{}=…` with one of `{}", choice.key, choice.options.join("`, `")),
    }
}

fn answer_of(question: &Question, value: &str) -> Result<Answer, Fail> {
    let answer = match (question, value) {
        (Question::Mode(_), "shared") => Answer::Mode(Mode::Shared),
        (Question::Mode(_), "app_user") => Answer::Mode(Mode::AppUser),
        (Question::Permissions(_), "connect") => Answer::Connect,
        (Question::Permissions(_), "other_account") => Answer::OtherAccount,
        (Question::Permissions(_) | Question::Client(_) | Question::Token(_) | Question::SignIn(_), "skip") => {
            Answer::Skip
        }
        // What was given may be the token itself: it is not said again.
        (Question::Token(_), _) => {
            return Err(Fail::usage(format!(
                "That does not answer the question. Give `--answer {}`.",
                hint(question)
            )));
        }
        (Question::Choice(_), text) => Answer::Text(text.to_owned()),
        _ => {
            return Err(Fail::usage(format!(
                "`{value}` does not answer the question. Give `--answer {}`.",
                hint(question)
            )));
        }
    };
    Ok(answer)
}
