//! What a typed line means: an answer, a decision, a command, or words for the agent.

use linchpin_protocol::Op;
use linchpin_protocol::patch::Selection;
use linchpin_protocol::question::Answer;

use super::{Linear, labelled};
use crate::page::Which;
use crate::slash::{self, Slash};
use crate::{Cmd, EditPurpose, Masked, Now, ToStore};

type Outcome = (Vec<Cmd>, Vec<String>);

/// What only a screen can do, or a line needs no command for.
fn is_of_the_screen(command: Slash) -> bool {
    matches!(
        command,
        Slash::Copy | Slash::Code | Slash::Editor | Slash::Search | Slash::Vim
    )
}

fn told(words: &str) -> Outcome {
    (Vec::new(), vec![words.to_owned()])
}

impl Linear {
    /// Takes a line that was typed; gives what is to be done and the lines it adds.
    pub fn line(&mut self, typed: &str, now: Now) -> Outcome {
        let typed = typed.trim();
        if let Some(at) = self.disconnect.take() {
            return self.disconnect_confirmed(at, typed);
        }
        if let Some(command) = slash::COMMANDS.iter().find(|command| command.name == typed) {
            return self.command(command.run);
        }
        if let Some(card) = self.cards.front() {
            if self.is_deaf(card.shown_at, now) {
                return told("That came before the question was there. Answer it once more.");
            }
            return self.answer(typed);
        }
        if typed.is_empty() {
            return (Vec::new(), Vec::new());
        }
        if let Some(review) = &self.review {
            if self.is_deaf(review.shown_at, now) {
                return told("That came before the review was there. Decide once more.");
            }
            if let Some(outcome) = self.decide(typed) {
                return outcome;
            }
        }
        if typed.starts_with('/') && !typed.contains(' ') {
            return told(&labelled(
                "Warning",
                &format!("there is no command {typed}. Did you mean {}?", slash::nearest(typed)),
            ));
        }
        if typed == "stop" && self.turn.is_some() {
            return (vec![Cmd::Send(Op::Interrupt)], Vec::new());
        }
        if let Some(outcome) = self.numbered(typed) {
            return outcome;
        }
        self.send(Op::Say { text: typed.to_owned() })
    }

    /// Looks a page up; its lines come when it is there.
    fn find(&mut self, which: Which) -> Outcome {
        self.pages.open();
        (vec![Cmd::Find(which.wanted())], vec!["Looking it up.".to_owned()])
    }

    fn send(&mut self, op: Op) -> Outcome {
        self.awaiting = true;
        (vec![Cmd::Send(op)], Vec::new())
    }

    fn command(&mut self, command: Slash) -> Outcome {
        match command {
            Slash::Connections => self.send(Op::ShowConnections),
            Slash::Catalog => self.find(Which::Catalog),
            Slash::Functions => self.find(Which::Functions),
            Slash::Map => self.find(Which::Map),
            Slash::History => self.find(Which::History),
            Slash::Stop if self.turn.is_some() => (vec![Cmd::Send(Op::Interrupt)], Vec::new()),
            Slash::Stop => told("Nothing is running."),
            Slash::Copy | Slash::Code | Slash::Editor | Slash::Search | Slash::Vim => {
                told("That is of the full screen; here the terminal's own means serve.")
            }
            Slash::Undo => self.send(Op::Undo),
            Slash::Quit => (vec![Cmd::Send(Op::Quit), Cmd::Quit], Vec::new()),
            Slash::Suggestions => (Vec::new(), self.suggestion_lines()),
            Slash::Review => match &self.review {
                Some(review) => (Vec::new(), super::review::lines(review, self.look)),
                None => told("No review is open."),
            },
            Slash::Help => {
                let mut lines = vec![
                    "Type words for the agent, a number to answer or to take a suggestion, or a command:".to_owned(),
                ];
                let here = slash::COMMANDS.iter().filter(|command| !is_of_the_screen(command.run));
                lines.extend(here.map(|command| format!("{}: {}", command.name, command.does)));
                lines.push("stop: stop the running turn".to_owned());
                (Vec::new(), lines)
            }
        }
    }

    fn answer(&mut self, typed: &str) -> Outcome {
        let Some(card) = self.cards.front_mut() else {
            return (Vec::new(), Vec::new());
        };
        let ask = card.ask;
        let choices = card.choices();
        let by_number = typed
            .parse::<usize>()
            .ok()
            .and_then(|number| choices.get(number.checked_sub(1)?));
        let by_word = choices
            .iter()
            .find(|(words, _)| words.plain().eq_ignore_ascii_case(typed));
        let chosen = by_number
            .or(by_word)
            .map(|(_, answer)| answer.clone())
            .or_else(|| word(typed, &choices));
        // While a secret is asked for, nothing that is typed is taken for anything else.
        let chosen = chosen.filter(|_| self.client_id.is_none());
        if let Some(answer) = chosen {
            self.cards.pop_front();
            return self.send(Op::Answer { ask, answer });
        }
        if card.is_client() {
            return self.client(typed);
        }
        if card.is_storing() {
            return told("It is being stored.");
        }
        if let Some(card) = card.token() {
            let mut token = Masked::new();
            token.push_str(typed);
            card.fill(token);
            return match card.submit(ask) {
                Ok(token) => (vec![self.store(ToStore::Token(token))], Vec::new()),
                Err(why) => told(&labelled("Error", &why)),
            };
        }
        if card.is_free() && !typed.is_empty() {
            self.cards.pop_front();
            return self.send(Op::Answer {
                ask,
                answer: Answer::Text(typed.to_owned()),
            });
        }
        told("That is not one of the answers. Type one of the numbers.")
    }

    /// The client's id, then its secret.
    fn client(&mut self, typed: &str) -> Outcome {
        let Some(card) = self.cards.front_mut() else {
            return (Vec::new(), Vec::new());
        };
        let ask = card.ask;
        let Some(client) = card.client() else {
            return (Vec::new(), Vec::new());
        };
        let mut secret = Masked::new();
        let id = match self.client_id.take() {
            Some(id) => {
                secret.push_str(typed);
                id
            }
            None if typed.is_empty() => return told("The client id is empty. Type it, or 1 to skip."),
            None if client.needs_secret() => {
                self.client_id = Some(typed.to_owned());
                return told("Type the client secret. It goes straight to the broker and is not shown.");
            }
            None => typed.to_owned(),
        };
        client.fill(&id, secret);
        match client.submit(ask) {
            Some(client) => (vec![self.store(ToStore::Client(client))], Vec::new()),
            None => told("The client secret was empty. Type the client id once more."),
        }
    }

    fn decide(&mut self, typed: &str) -> Option<Outcome> {
        let mut words = typed.split_whitespace();
        let verb = words.next()?;
        let numbers: Option<Vec<usize>> = words.map(|word| word.trim_matches(',').parse().ok()).collect();
        let numbers = numbers?;
        let review = self.review.as_mut()?;
        match verb {
            "apply" => {
                if let Some(why) = review.obstacle() {
                    return Some(told(why));
                }
                let chosen: Option<Selection> = match numbers.is_empty() {
                    true => Some(Selection::all(&review.hunks)),
                    false => numbers
                        .iter()
                        .map(|n| review.hunks.get(n.checked_sub(1)?).map(|hunk| hunk.id))
                        .collect(),
                };
                let Some(hunks) = chosen else {
                    return Some(told("There is no hunk with that number."));
                };
                review.sent = true;
                let changeset = review.changeset.clone();
                Some(self.send(Op::Decide { changeset, hunks }))
            }
            "reject" if numbers.is_empty() => {
                review.sent = true;
                let changeset = review.changeset.clone();
                Some(self.send(Op::Reject { changeset }))
            }
            "edit" => {
                let files = review.review.changeset.files();
                let number = numbers.first().copied().unwrap_or(1);
                let file = number.checked_sub(1).and_then(|at| files.get(at));
                let Some((file, text)) = file.and_then(|file| Some((file, file.next.clone()?))) else {
                    return Some(told("There is no file with that number to edit."));
                };
                let purpose = EditPurpose::File {
                    changeset: review.changeset.clone(),
                    path: file.path.clone(),
                };
                let suffix = file
                    .path
                    .as_str()
                    .rsplit('.')
                    .next()
                    .map(|end| format!(".{end}"))
                    .unwrap_or_default();
                Some((vec![Cmd::OpenEditor { purpose, text, suffix }], Vec::new()))
            }
            _ => None,
        }
    }

    /// `3`, `not 3`, `connect 1`, `other 1`, `disconnect 1`.
    fn numbered(&mut self, typed: &str) -> Option<Outcome> {
        let (verb, number) = typed.split_once(' ').unwrap_or(("", typed));
        let at = number.trim().parse::<usize>().ok()?.checked_sub(1)?;
        let row = self.connections.get(at).map(|row| (row.connector.clone(), row.mode));
        match verb {
            "" | "not" => {
                let suggestion = self.suggestions.get(at).map(|suggestion| suggestion.id.clone())?;
                if verb.is_empty() {
                    return Some(self.send(Op::Accept { suggestion }));
                }
                self.suggestions.remove(at);
                Some((vec![Cmd::Send(Op::Dismiss { suggestion })], self.suggestion_lines()))
            }
            "connect" | "other" => {
                let (connector, mode) = row?;
                Some(self.send(Op::Connect {
                    connector,
                    mode,
                    other_account: verb == "other",
                }))
            }
            "disconnect" => {
                let row = self.connections.get(at)?;
                self.disconnect = Some(at);
                let used = if row.functions.is_empty() {
                    String::new()
                } else {
                    format!(" It is used by {}.", row.functions.join(", "))
                };
                let name = format!(
                    "disconnect {}? Its access is revoked at the vendor.{used} Type yes or no.",
                    row.connector_name
                );
                Some(told(&labelled("Question", &name)))
            }
            _ => None,
        }
    }

    fn disconnect_confirmed(&mut self, at: usize, typed: &str) -> Outcome {
        let row = self.connections.get(at).map(|row| (row.connector.clone(), row.mode));
        match row {
            Some((connector, mode)) if typed.eq_ignore_ascii_case("yes") => {
                self.send(Op::Disconnect { connector, mode })
            }
            _ => told("It stays connected."),
        }
    }
}

/// The short words for answers: shared, per user, connect, skip, other.
fn word(typed: &str, choices: &[(crate::Row, Answer)]) -> Option<Answer> {
    use linchpin_protocol::question::Mode;
    let wanted = match typed.to_ascii_lowercase().as_str() {
        "shared" => Answer::Mode(Mode::Shared),
        "per user" | "app_user" => Answer::Mode(Mode::AppUser),
        "connect" => Answer::Connect,
        "skip" => Answer::Skip,
        "other" => Answer::OtherAccount,
        _ => return None,
    };
    choices
        .iter()
        .map(|(_, answer)| answer)
        .find(|answer| **answer == wanted)
        .cloned()
}
