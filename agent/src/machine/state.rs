//! The machine's state, and the dispatch of inputs to what handles them.

use std::collections::VecDeque;

use linchpin_patch::Digest;
use linchpin_protocol::{AskId, CallId, Event, Level, Suggested, TurnId};
use linchpin_question::{Answer, Question, Review};

use super::{Effect, Effects, Input};
use crate::model::{Message, ToolCall};

/// Calls a turn may make before it is stopped.
pub(super) const MAX_CALLS: usize = 25;
/// How often in a row the very same call may be made.
pub(super) const MAX_REPEATS: usize = 3;

/// What the agent is doing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum State {
    /// Nothing.
    #[default]
    Idle,
    /// Waiting for the model.
    Thinking,
    /// Waiting for a tool.
    Running(Running),
    /// Waiting for a person's answer, or for a sign-in.
    Waiting {
        running: Running,
        ask: AskId,
        question: Box<Question>,
    },
    /// Waiting for a person's decision.
    Reviewing(Reviewing),
    /// Waiting for an edited changeset to be checked.
    Rechecking(Reviewing),
    /// Waiting for the disk.
    Applying(Reviewing),
}

/// A call that is under way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Running {
    pub(super) id: CallId,
    pub(super) call: ToolCall,
    pub(super) answers: Vec<Answer>,
}

/// A proposal that is under review.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reviewing {
    pub(super) running: Running,
    pub(super) digest: Digest,
    pub(super) review: Box<Review>,
}

/// The agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Machine {
    pub(super) state: State,
    pub(super) turn: TurnId,
    pub(super) calls: u32,
    pub(super) asks: u32,
    /// Calls of the model that haven't run yet.
    pub(super) pending: VecDeque<ToolCall>,
    /// What was said while a turn was running.
    pub(super) queue: VecDeque<String>,
    pub(super) messages: Vec<Message>,
    pub(super) suggestions: Vec<Suggested>,
    /// Bytes of the running answer that were already shown.
    pub(super) shown: usize,
    pub(super) calls_in_turn: usize,
    pub(super) last_call: Option<(ToolCall, usize)>,
    pub(super) used: (u64, u64),
}

impl Machine {
    /// A machine at the beginning of a session.
    pub fn new() -> Self {
        Self::default()
    }

    /// The conversation as a model sees it.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// The proposal under review, if there is one.
    pub fn review(&self) -> Option<(&Digest, &Review)> {
        match &self.state {
            State::Reviewing(r) | State::Rechecking(r) | State::Applying(r) => Some((&r.digest, &r.review)),
            _ => None,
        }
    }

    /// Takes one input and says what is to be done. Inputs that come too late do nothing.
    pub fn step(&mut self, input: Input) -> Effects {
        let mut out = Effects::new();
        match input {
            Input::Started {
                session,
                app,
                model,
                notes,
                resumed,
            } => {
                out.push(Effect::Emit(Event::Hello {
                    session,
                    app,
                    model,
                    notes,
                    resumed,
                }));
                // As a part of the input, it is repeated by a replay: the second kill of a session
                // must find the machine where the first one's resumption put it.
                if resumed {
                    out.extend(self.resume());
                }
            }
            Input::Op { op } => self.op(op, &mut out),
            Input::AppRead { summary } => out.push(Effect::Emit(Event::AppRead { summary })),
            Input::Suggested { suggestions } => {
                self.suggestions.clone_from(&suggestions);
                out.push(Effect::Emit(Event::Suggested { suggestions }));
            }
            Input::Delta { turn, text } => self.delta(turn, text, &mut out),
            Input::ModelReplied { turn, reply } => self.replied(turn, reply, &mut out),
            Input::ModelFailed { turn, message } => self.model_failed(turn, message, &mut out),
            Input::ToolEnded { call, outcome } => self.tool_ended(call, outcome, &mut out),
            Input::SignInEnded { ask, answer } => self.sign_in_ended(ask, answer, &mut out),
            Input::Rechecked { changeset, outcome } => self.rechecked(&changeset, outcome, &mut out),
            Input::Applied { changeset, result } => self.applied(&changeset, result, &mut out),
            Input::Undone { result } => self.undone(result, &mut out),
            Input::Connections { rows } => out.push(Effect::Emit(Event::Connections { connections: rows })),
            Input::Noticed { level, text } => out.push(Effect::Emit(Event::Notice { level, text })),
        }
        out
    }

    /// What was under way when the process ended, to be taken up again after a replay.
    fn resume(&mut self) -> Effects {
        let mut out = Effects::new();
        match self.state.clone() {
            State::Idle | State::Reviewing(_) => {}
            State::Thinking => {
                self.shown = 0;
                out.push(Effect::CallModel { turn: self.turn });
            }
            State::Running(running) => out.push(running.run()),
            State::Waiting { running, ask, question } => {
                // The broker's flow died with its process: the tool begins a new one.
                if matches!(*question, Question::SignIn(_)) {
                    self.settle(ask, "Linchpin was closed; signing in starts again.", &mut out);
                    out.push(running.run());
                    self.state = State::Running(running);
                }
            }
            State::Rechecking(reviewing) => {
                notice(
                    Level::Warning,
                    "Linchpin was closed while your edit was checked; the edit is lost, the proposal is not.",
                    &mut out,
                );
                self.state = State::Reviewing(reviewing);
            }
            State::Applying(reviewing) => {
                // Applying what is already on disk succeeds and writes nothing; a journal left
                // half-way was rolled back before this.
                let message = "Linchpin was closed while the change was applied. Review it again and apply it.";
                self.applied(&reviewing.digest, Err(message.to_owned()), &mut out);
            }
        }
        out
    }

    pub(super) fn settle(&mut self, ask: AskId, words: &str, out: &mut Effects) {
        out.push(Effect::Emit(Event::Settled {
            ask,
            words: words.to_owned(),
        }));
    }
}

impl Running {
    pub(super) fn run(&self) -> Effect {
        Effect::RunTool {
            call: self.id,
            tool: self.call.tool.clone(),
            args: self.call.args.clone(),
            answers: self.answers.clone(),
        }
    }
}

pub(super) fn notice(level: Level, text: &str, out: &mut Effects) {
    out.push(Effect::Emit(Event::Notice {
        level,
        text: text.to_owned(),
    }));
}
