//! What a person does, and what it means in each state.

use linchpin_protocol::{AskId, Event, Level, Op};
use linchpin_question::{Answer, Question};
use serde_json::json;

use super::state::{Machine, State, notice};
use super::{Effect, Effects};

impl Machine {
    pub(super) fn op(&mut self, op: Op, out: &mut Effects) {
        match op {
            Op::Say { text } => self.say(text, out),
            Op::Accept { suggestion } => self.accept(&suggestion, out),
            Op::Dismiss { suggestion } => {
                self.suggestions.retain(|s| s.id != suggestion);
                out.push(Effect::Emit(Event::Suggested {
                    suggestions: self.suggestions.clone(),
                }));
                out.push(Effect::Dismiss { suggestion });
            }
            Op::Answer { ask, answer } => self.answer(ask, answer, out),
            Op::Decide { changeset, hunks } => self.decide(&changeset, &hunks, out),
            Op::Edit { changeset, path, text } => self.edit(&changeset, &path, text, out),
            Op::Reject { changeset } => self.reject(&changeset, out),
            Op::Interrupt => self.interrupt(out),
            Op::Undo => match self.state {
                State::Idle | State::Thinking => out.push(Effect::Undo),
                _ => notice(
                    Level::Info,
                    "Something is under way. Stop it with Esc first, then undo.",
                    out,
                ),
            },
            Op::ShowConnections => out.push(Effect::FetchConnections),
            Op::Disconnect { connector, mode } => out.push(Effect::Disconnect { connector, mode }),
            Op::Connect {
                connector,
                mode,
                other_account,
            } => match self.state {
                State::Idle => {
                    let (text, tool) = match other_account {
                        true => (format!("Use another account for {connector}"), "switch_account"),
                        false => (format!("Connect {connector}"), "connect"),
                    };
                    self.begin_with_call(text, tool, json!({"connector": connector, "mode": mode}), out);
                }
                _ => notice(
                    Level::Info,
                    "Something is under way. Stop it with Esc first, then connect.",
                    out,
                ),
            },
            Op::Quit => out.push(Effect::Quit),
        }
    }

    fn say(&mut self, text: String, out: &mut Effects) {
        if text.trim().is_empty() {
            return;
        }
        match &self.state {
            State::Idle => self.begin(text, out),
            State::Reviewing(_) => self.comment(text, out),
            _ => {
                out.push(Effect::Emit(Event::Said {
                    text: text.clone(),
                    queued: true,
                }));
                self.queue.push_back(text);
            }
        }
    }

    fn accept(&mut self, id: &str, out: &mut Effects) {
        match self.suggestions.iter().find(|s| s.id == id) {
            Some(suggestion) => self.say(suggestion.prompt.clone(), out),
            None => notice(
                Level::Warning,
                "That suggestion is not there any more. Choose another one.",
                out,
            ),
        }
    }

    fn answer(&mut self, ask: AskId, answer: Answer, out: &mut Effects) {
        let State::Waiting {
            ask: open, question, ..
        } = &self.state
        else {
            return;
        };
        if *open != ask {
            return;
        }
        if !fits(question, &answer) {
            return notice(
                Level::Warning,
                "That doesn't answer the question that is open. Choose one of its answers.",
                out,
            );
        }
        if let Question::SignIn(sign_in) = question.as_ref() {
            out.push(Effect::EndSignIn {
                flow: sign_in.flow.clone(),
            });
        }
        self.take_answer(answer, out);
    }

    fn interrupt(&mut self, out: &mut Effects) {
        match std::mem::take(&mut self.state) {
            State::Idle => return,
            State::Thinking => out.push(Effect::AbortModel { turn: self.turn }),
            State::Running(running) => self.finish_call(&running, false, "interrupted", interrupted(), out),
            State::Waiting { running, ask, question } => {
                if let Question::SignIn(sign_in) = *question {
                    out.push(Effect::EndSignIn { flow: sign_in.flow });
                }
                self.settle(ask, "interrupted", out);
                self.finish_call(&running, false, "interrupted", interrupted(), out);
            }
            // What is being written is seen to its end; it takes milliseconds.
            state @ State::Applying(_) => {
                self.state = state;
                return;
            }
            State::Reviewing(r) | State::Rechecking(r) => {
                self.close(&r.digest, "rejected", out);
                self.finish_call(&r.running, false, "interrupted", interrupted(), out);
            }
        }
        // What was queued is dropped with the turn it was waiting for, and said so.
        if !self.queue.is_empty() {
            self.queue.clear();
            notice(Level::Info, "What was waiting in the queue was dropped.", out);
        }
        self.abandon("interrupted", out);
    }
}

fn interrupted() -> serde_json::Value {
    json!({"code": "interrupted", "message": "The builder stopped this."})
}

/// Whether a person may give this answer to this question. That somebody is signed in is not for
/// a person to say: the broker says it.
fn fits(question: &Question, answer: &Answer) -> bool {
    match (question, answer) {
        (Question::Mode(q), Answer::Mode(mode)) => q.impossible.as_ref().is_none_or(|(no, _)| no != mode),
        (Question::Permissions(_), Answer::Connect | Answer::OtherAccount | Answer::Skip) => true,
        (Question::Client(_), Answer::ClientStored | Answer::Skip) => true,
        (Question::Token(_), Answer::TokenStored | Answer::Skip) => true,
        (Question::SignIn(_), Answer::Skip) => true,
        (Question::Choice(q), Answer::Text(text)) => !text.trim().is_empty() && (q.free || q.options.contains(text)),
        _ => false,
    }
}
