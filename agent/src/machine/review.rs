//! From a proposal to the disk: decide, edit, comment, reject, and what comes back.

use linchpin_patch::{Changeset, Digest, FileChange, Selection};
use linchpin_protocol::{Event, Level};
use linchpin_question::Outcome;
use serde_json::json;

use super::state::{Machine, Reviewing, State, notice};
use super::{AppliedFiles, Effect, Effects};
use crate::model::Message;

const NOT_SHOWN: &str = "That is not the change on screen. Look at it again and decide then.";

impl Machine {
    /// The open review, if it is the one named; else the state stays and the builder is told.
    fn take_review(&mut self, digest: &Digest, out: &mut Effects) -> Option<Reviewing> {
        match std::mem::take(&mut self.state) {
            State::Reviewing(reviewing) if reviewing.digest == *digest => Some(reviewing),
            other => {
                self.state = other;
                notice(Level::Warning, NOT_SHOWN, out);
                None
            }
        }
    }

    pub(super) fn close(&mut self, digest: &Digest, how: &str, out: &mut Effects) {
        out.push(Effect::Emit(Event::ReviewClosed {
            changeset: digest.clone(),
            how: how.to_owned(),
        }));
    }

    pub(super) fn decide(&mut self, digest: &Digest, hunks: &Selection, out: &mut Effects) {
        let Some(reviewing) = self.take_review(digest, out) else {
            return;
        };
        let refusal = if reviewing.review.blocked {
            Some("The policy forbids this change as it is. Mend what is listed first, or reject it.".to_owned())
        } else if hunks.is_empty() {
            Some("No hunk is chosen. Choose at least one, or reject the change.".to_owned())
        } else {
            None
        };
        let chosen = match refusal {
            Some(text) => Err(text),
            None => reviewing.review.changeset.select(hunks).map_err(|e| e.to_string()),
        };
        match chosen {
            Ok(changeset) => {
                let whole = changeset == reviewing.review.changeset;
                out.push(Effect::Apply {
                    reviewed: digest.clone(),
                    changeset,
                    whole,
                    title: reviewing.review.title.clone(),
                });
                self.state = State::Applying(reviewing);
            }
            Err(text) => {
                notice(Level::Warning, &text, out);
                self.state = State::Reviewing(reviewing);
            }
        }
    }

    pub(super) fn edit(&mut self, digest: &Digest, path: &str, text: String, out: &mut Effects) {
        let Some(reviewing) = self.take_review(digest, out) else {
            return;
        };
        let files = reviewing.review.changeset.files();
        let edited = |file: &FileChange| match file.path.as_str() == path {
            true => FileChange {
                next: Some(text.clone()),
                ..file.clone()
            },
            false => file.clone(),
        };
        match Changeset::new(files.iter().map(edited).collect()) {
            Ok(changeset) if changeset != reviewing.review.changeset => {
                let title = reviewing.review.title.clone();
                out.push(Effect::Recheck {
                    was: digest.clone(),
                    changeset,
                    title,
                });
                self.state = State::Rechecking(reviewing);
            }
            Ok(_) => self.state = State::Reviewing(reviewing),
            Err(error) => {
                notice(Level::Warning, &error.to_string(), out);
                self.state = State::Reviewing(reviewing);
            }
        }
    }

    pub(super) fn rechecked(&mut self, digest: &Digest, outcome: Outcome, out: &mut Effects) {
        let reviewing = match std::mem::take(&mut self.state) {
            State::Rechecking(reviewing) if reviewing.digest == *digest => reviewing,
            other => {
                self.state = other;
                return;
            }
        };
        match outcome {
            Outcome::Propose(review) => {
                self.close(digest, "edited", out);
                let digest = review.changeset.digest();
                out.push(Effect::Emit(Event::ReviewReady {
                    changeset: digest.clone(),
                    review: review.clone(),
                }));
                self.state = State::Reviewing(Reviewing {
                    digest,
                    review,
                    ..reviewing
                });
            }
            Outcome::Failed(failure) => {
                notice(Level::Warning, &failure.message, out);
                self.state = State::Reviewing(reviewing);
            }
            Outcome::Done(_) | Outcome::Ask(_) => self.state = State::Reviewing(reviewing),
        }
    }

    /// A comment on the open review goes back to the model, which may propose anew.
    pub(super) fn comment(&mut self, text: String, out: &mut Effects) {
        if let State::Reviewing(r) = std::mem::take(&mut self.state) {
            self.close(&r.digest, "superseded", out);
            let data = json!({"applied": false, "superseded": true, "message": "The builder wants it changed."});
            self.finish_call(&r.running, true, "to be changed", data, out);
            while let Some(call) = self.pending.pop_front() {
                self.answer_call(
                    &call,
                    false,
                    json!({"code": "superseded", "message": "This call was not made."}),
                );
            }
            out.push(Effect::Emit(Event::Said {
                text: text.clone(),
                queued: false,
            }));
            self.messages.push(Message::User { text });
            self.calls_in_turn = 0;
            self.think(out);
        }
    }

    pub(super) fn reject(&mut self, digest: &Digest, out: &mut Effects) {
        let Some(r) = self.take_review(digest, out) else { return };
        self.close(digest, "rejected", out);
        let data = json!({"applied": false, "rejected": true, "message": "The builder rejected the change."});
        self.finish_call(&r.running, true, "rejected", data, out);
        self.next_call(out);
    }

    pub(super) fn applied(&mut self, digest: &Digest, result: Result<AppliedFiles, String>, out: &mut Effects) {
        let r = match std::mem::take(&mut self.state) {
            State::Applying(r) if r.digest == *digest => r,
            other => {
                self.state = other;
                return;
            }
        };
        match result {
            Ok(AppliedFiles { change, files }) => {
                self.close(digest, "applied", out);
                out.push(Effect::Emit(Event::Applied {
                    change,
                    files: files.clone(),
                }));
                out.push(Effect::ReadApp);
                let summary = format!("applied: {}", files.join(", "));
                self.finish_call(
                    &r.running,
                    true,
                    &summary,
                    json!({"applied": true, "files": files}),
                    out,
                );
                self.next_call(out);
            }
            Err(message) => {
                notice(Level::Error, &message, out);
                self.state = State::Reviewing(r);
            }
        }
    }

    pub(super) fn undone(&mut self, result: Result<AppliedFiles, String>, out: &mut Effects) {
        match result {
            Ok(AppliedFiles { change, files }) => {
                out.push(Effect::Emit(Event::Undone { change, files }));
                out.push(Effect::ReadApp);
            }
            Err(message) => notice(Level::Warning, &message, out),
        }
    }
}
