//! A turn: the model answers, its calls run one after the other, and it is asked again.

use linchpin_protocol::{AskId, CallId, Event, Level, TurnId};
use linchpin_question::{Answer, Outcome, Question};
use serde_json::{Value, json};

use super::state::{MAX_CALLS, MAX_REPEATS, Machine, Reviewing, Running, State, notice};
use super::{Effect, Effects};
use crate::model::{Message, Reply, ToolCall};

impl Machine {
    /// Begins a turn with what a person said.
    pub(super) fn begin(&mut self, text: String, out: &mut Effects) {
        self.open_turn(&text, out);
        self.messages.push(Message::User { text });
        self.think(out);
    }

    /// Begins a turn with a call a person asked for by a key.
    pub(super) fn begin_with_call(&mut self, text: String, tool: &str, args: Value, out: &mut Effects) {
        self.open_turn(&text, out);
        self.messages.push(Message::User { text });
        let call = ToolCall {
            id: format!("person_{}", self.calls + 1),
            tool: tool.to_owned(),
            args,
        };
        self.messages.push(Message::Assistant {
            text: String::new(),
            calls: vec![call.clone()],
        });
        self.pending.push_back(call);
        self.next_call(out);
    }

    fn open_turn(&mut self, text: &str, out: &mut Effects) {
        self.turn = TurnId(self.turn.0 + 1);
        self.calls_in_turn = 0;
        self.last_call = None;
        out.push(Effect::Emit(Event::Said {
            text: text.to_owned(),
            queued: false,
        }));
        out.push(Effect::Emit(Event::TurnStarted { turn: self.turn }));
    }

    pub(super) fn think(&mut self, out: &mut Effects) {
        self.shown = 0;
        self.state = State::Thinking;
        out.push(Effect::CallModel { turn: self.turn });
    }

    pub(super) fn end_turn(&mut self, how: &str, out: &mut Effects) {
        self.state = State::Idle;
        self.pending.clear();
        out.push(Effect::Emit(Event::TurnEnded {
            turn: self.turn,
            how: how.to_owned(),
        }));
        if let Some(text) = self.queue.pop_front() {
            self.begin(text, out);
        }
    }

    pub(super) fn delta(&mut self, turn: TurnId, text: String, out: &mut Effects) {
        if turn == self.turn && self.state == State::Thinking && !text.is_empty() {
            self.shown += text.len();
            out.push(Effect::Emit(Event::TextDelta { turn, text }));
        }
    }

    pub(super) fn replied(&mut self, turn: TurnId, reply: Reply, out: &mut Effects) {
        if turn != self.turn || self.state != State::Thinking {
            return;
        }
        // A replay has no deltas: what wasn't shown yet is shown now.
        if let Some(rest) = reply.text.get(self.shown..).filter(|rest| !rest.is_empty()) {
            out.push(Effect::Emit(Event::TextDelta {
                turn,
                text: rest.to_owned(),
            }));
        }
        self.used = (self.used.0 + reply.input_tokens, self.used.1 + reply.output_tokens);
        if reply.input_tokens + reply.output_tokens > 0 {
            out.push(Effect::Emit(Event::Usage {
                input: self.used.0,
                output: self.used.1,
            }));
        }
        self.pending = reply.calls.iter().cloned().collect();
        self.messages.push(Message::Assistant {
            text: reply.text,
            calls: reply.calls,
        });
        if self.pending.is_empty() {
            self.end_turn("done", out);
        } else {
            self.next_call(out);
        }
    }

    pub(super) fn model_failed(&mut self, turn: TurnId, message: String, out: &mut Effects) {
        if turn != self.turn || self.state != State::Thinking {
            return;
        }
        notice(Level::Error, &message, out);
        self.end_turn("failed", out);
    }

    /// Runs the next pending call, or asks the model again.
    pub(super) fn next_call(&mut self, out: &mut Effects) {
        let Some(call) = self.pending.pop_front() else {
            return self.think(out);
        };
        self.calls_in_turn += 1;
        let repeats = match self.last_call.take() {
            Some((last, n)) if last.tool == call.tool && last.args == call.args => n + 1,
            _ => 1,
        };
        self.last_call = Some((call.clone(), repeats));
        self.calls += 1;
        let running = Running {
            id: CallId(self.calls),
            call,
            answers: Vec::new(),
        };
        if self.calls_in_turn > MAX_CALLS || repeats > MAX_REPEATS {
            self.pending.push_front(running.call);
            let why = if repeats > MAX_REPEATS {
                "it made the same call again and again"
            } else {
                "it made too many calls"
            };
            notice(
                Level::Warning,
                &format!("The model was stopped: {why}. Say what you want in other words."),
                out,
            );
            return self.abandon("stopped", out);
        }
        let title = linchpin_tools::find(&running.call.tool).map_or_else(
            || running.call.tool.replace('_', " "),
            |tool| tool.title(&running.call.args),
        );
        out.push(Effect::Emit(Event::ToolStarted {
            call: running.id,
            tool: running.call.tool.clone(),
            title,
        }));
        out.push(running.run());
        self.state = State::Running(running);
    }

    /// Answers every call that won't run any more, and ends the turn.
    pub(super) fn abandon(&mut self, how: &str, out: &mut Effects) {
        while let Some(call) = self.pending.pop_front() {
            self.answer_call(&call, false, json!({"code": how, "message": "This call was not made."}));
        }
        self.end_turn(if how == "stopped" { "failed" } else { how }, out);
    }

    pub(super) fn answer_call(&mut self, call: &ToolCall, ok: bool, data: Value) {
        self.messages.push(Message::Tool {
            id: call.id.clone(),
            tool: call.tool.clone(),
            ok,
            data,
        });
    }

    /// Ends a call and goes on with the turn.
    pub(super) fn finish_call(&mut self, running: &Running, ok: bool, summary: &str, data: Value, out: &mut Effects) {
        self.answer_call(&running.call, ok, data);
        out.push(Effect::Emit(Event::ToolFinished {
            call: running.id,
            ok,
            summary: summary.to_owned(),
        }));
    }

    pub(super) fn tool_ended(&mut self, call: CallId, outcome: Outcome, out: &mut Effects) {
        let running = match std::mem::take(&mut self.state) {
            State::Running(running) if running.id == call => running,
            other => {
                self.state = other;
                return;
            }
        };
        match outcome {
            Outcome::Done(output) => {
                self.finish_call(&running, true, &output.summary, output.data, out);
                self.next_call(out);
            }
            Outcome::Failed(failure) => {
                let data = json!({"code": failure.code, "message": failure.message});
                self.finish_call(&running, false, &failure.message, data, out);
                self.next_call(out);
            }
            Outcome::Ask(question) => self.ask(running, question, out),
            Outcome::Propose(review) => {
                let digest = review.changeset.digest();
                out.push(Effect::Emit(Event::ReviewReady {
                    changeset: digest.clone(),
                    review: review.clone(),
                }));
                self.state = State::Reviewing(Reviewing {
                    running,
                    digest,
                    review,
                });
            }
        }
    }

    fn ask(&mut self, running: Running, question: Box<Question>, out: &mut Effects) {
        self.asks += 1;
        let ask = AskId(self.asks);
        out.push(Effect::Emit(Event::Asked {
            ask,
            question: question.clone(),
        }));
        if let Question::SignIn(sign_in) = question.as_ref() {
            out.push(Effect::OpenSignIn {
                ask,
                flow: sign_in.flow.clone(),
                url: sign_in.url.clone(),
            });
        }
        self.state = State::Waiting { running, ask, question };
    }

    pub(super) fn sign_in_ended(&mut self, ask: AskId, answer: Answer, out: &mut Effects) {
        let fits = matches!(answer, Answer::SignedIn { .. } | Answer::SignInFailed { .. });
        let waits = matches!(&self.state, State::Waiting { ask: a, question, .. }
            if *a == ask && matches!(**question, Question::SignIn(_)));
        if fits && waits {
            self.take_answer(answer, out);
        }
    }

    /// Takes an answer that was found to fit, and runs the tool again with it.
    pub(super) fn take_answer(&mut self, answer: Answer, out: &mut Effects) {
        if let State::Waiting { mut running, ask, .. } = std::mem::take(&mut self.state) {
            self.settle(ask, &words(&answer), out);
            running.answers.push(answer);
            out.push(running.run());
            self.state = State::Running(running);
        }
    }
}

/// An answer in words, for the transcript.
pub(super) fn words(answer: &Answer) -> String {
    match answer {
        Answer::Mode(linchpin_question::Mode::Shared) => "Shared: one account for everyone".to_owned(),
        Answer::Mode(linchpin_question::Mode::AppUser) => "Per user: each signs in with their own account".to_owned(),
        Answer::Connect => "Connect".to_owned(),
        Answer::OtherAccount => "Use another account".to_owned(),
        Answer::Skip => "Skipped; it can be connected later".to_owned(),
        Answer::ClientStored => "The OAuth client is stored".to_owned(),
        Answer::TokenStored => "The token is stored".to_owned(),
        Answer::SignedIn { account, .. } => format!("Connected as {account}"),
        Answer::SignInFailed { message, .. } => message.clone(),
        Answer::Text(text) => text.clone(),
    }
}
