//! The same conversation as lines that are only ever added: for pipes, dumb terminals and screen
//! readers. No cursor movement, no repaint, no colour; every line says what it is.
//!
//! Facts, diffs and questions are the rows that the full screen draws; only the labels and the
//! numbers to answer with are of this module. Total: any event and any line gives lines.
//! Not here: reading and writing (see `run`).

mod line;
mod review;
mod run;

pub use run::run_linear;

use std::collections::VecDeque;
use std::time::Duration;

use linchpin_protocol::{ConnectionRow, Event, Found, Level, Suggested, TurnId};

use crate::card::Card;
use crate::clean::Clean;
use crate::markdown::{self, Blocks};
use crate::page::{Pages, Which};
use crate::review::ReviewScreen;
use crate::text::Row;
use crate::theme::Look;
use crate::transcript::Cell;
use crate::{Cmd, Now, ToStore};

/// Lines are not broken: the terminal or the reader does that.
const CELLS: usize = 1_000;
/// But what would be columns is a list.
const NARROW: usize = 90;

/// The conversation as lines.
pub struct Linear {
    look: Look,
    ready: bool,
    reading: bool,
    turn: Option<TurnId>,
    awaiting: bool,
    blocks: Blocks,
    speaking: bool,
    suggestions: Vec<Suggested>,
    cards: VecDeque<Card>,
    client_id: Option<String>,
    review: Option<ReviewScreen>,
    connections: Vec<ConnectionRow>,
    disconnect: Option<usize>,
    pages: Pages,
}

impl Linear {
    /// A conversation that has not begun.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            ready: false,
            reading: false,
            turn: None,
            awaiting: false,
            blocks: Blocks::default(),
            speaking: false,
            suggestions: Vec::new(),
            cards: VecDeque::new(),
            client_id: None,
            review: None,
            connections: Vec::new(),
            disconnect: None,
            pages: Pages::default(),
        }
    }

    /// The lines that an event adds.
    pub fn event(&mut self, event: Event, now: Now) -> Vec<String> {
        let mut lines = Vec::new();
        if !matches!(
            event,
            Event::TextDelta { .. } | Event::Usage { .. } | Event::Reading { .. }
        ) {
            self.stop_speaking(&mut lines);
        }
        match event {
            Event::Hello {
                app,
                model,
                notes,
                resumed,
                ..
            } => {
                let model = if model == "guide" {
                    "the guide (no model)"
                } else {
                    &model
                };
                lines.push(labelled("Linchpin", &format!("{app}, with {model}")));
                if resumed {
                    lines.push("The earlier session goes on.".to_owned());
                }
                lines.extend(notes.iter().flat_map(|note| told("Note", note)));
            }
            Event::Reading { .. } => {
                if !self.reading {
                    self.reading = true;
                    lines.push("Reading the app.".to_owned());
                }
            }
            Event::AppRead { summary } => {
                self.ready = true;
                lines.extend(plain(&Cell::Summary(Box::new(summary)).rows(CELLS, self.look)));
            }
            Event::Suggested { suggestions } => {
                self.suggestions = suggestions;
                lines.extend(self.suggestion_lines());
            }
            Event::Said { text, queued } => {
                lines.extend(told(
                    if queued {
                        "You (waits for the running turn)"
                    } else {
                        "You"
                    },
                    &text,
                ));
            }
            Event::TurnStarted { turn } => self.turn = Some(turn),
            Event::TextDelta { text, .. } => {
                for block in self.blocks.feed(&text) {
                    self.speak(&block.source, &mut lines);
                }
            }
            Event::ToolStarted { tool, title, .. } => {
                lines.push(labelled("Working", if title.is_empty() { &tool } else { &title }));
            }
            Event::ToolFinished { ok, summary, .. } => {
                lines.push(labelled(if ok { "Done" } else { "Failed" }, &summary));
            }
            Event::Asked { ask, question } => {
                let mut card = Card::new(ask, *question, now);
                card.shown_at = Some(now.since_start);
                self.cards.push_back(card);
                self.awaiting = false;
                if self.cards.len() == 1 {
                    lines.extend(self.question_lines(now));
                }
            }
            Event::Settled { ask, words } => {
                let before = self.cards.front().map(|card| card.ask);
                self.cards.retain(|card| card.ask != ask);
                lines.push(labelled("Answered", &words));
                if self.cards.front().is_some_and(|card| Some(card.ask) != before) {
                    lines.extend(self.question_lines(now));
                }
            }
            Event::ReviewReady { changeset, review } => {
                let mut screen = ReviewScreen::new(changeset, *review);
                // All of it is in the scrollback.
                screen.seen = true;
                screen.shown_at = Some(now.since_start);
                lines.extend(review::lines(&screen, self.look));
                self.review = Some(screen);
                self.awaiting = false;
            }
            Event::ReviewClosed { changeset, how } => {
                self.review.take_if(|review| review.changeset == changeset);
                lines.push(labelled("Review closed", &how));
                self.settle();
            }
            Event::Applied { change, files } => {
                lines.push(labelled(
                    "Applied",
                    &format!("change {}: {}", change.0, files.join(", ")),
                ));
                self.settle();
            }
            Event::Undone { change, files } => {
                lines.push(labelled(
                    "Taken back",
                    &format!("change {}: {}", change.0, files.join(", ")),
                ));
                self.settle();
            }
            Event::Connections { connections } => {
                self.connections = connections;
                lines.extend(self.connection_lines(now));
                self.settle();
            }
            Event::Usage { .. } => {}
            Event::Notice { level, text } => {
                let label = match level {
                    Level::Info => "Note",
                    Level::Warning => "Warning",
                    Level::Error => "Error",
                };
                lines.extend(told(label, &text));
                if level != Level::Info {
                    self.ready |= level == Level::Error;
                    self.review.iter_mut().for_each(|review| review.sent = false);
                    self.settle();
                }
            }
            Event::TurnEnded { turn, how } => {
                self.turn.take_if(|its| *its == turn);
                self.awaiting = false;
                if how != "done" {
                    lines.push(labelled("Turn ended", &how));
                }
            }
        }
        lines
    }

    /// Whether it is the person's turn.
    pub fn wants_line(&self) -> bool {
        let asked = !self.cards.is_empty() || self.review.as_ref().is_some_and(|review| !review.sent);
        self.ready && !self.awaiting && (asked || self.turn.is_none())
    }

    /// Whether the next line is a secret, not to be shown.
    pub fn wants_secret(&self) -> bool {
        self.client_id.is_some() || self.cards.front().is_some_and(Card::is_token)
    }

    /// The lines of what was looked up.
    pub fn found(&mut self, found: Found, now: Now) -> Vec<String> {
        let which = match &found {
            Found::Catalog { .. } => Which::Catalog,
            Found::Functions { .. } => Which::Functions,
            Found::History { .. } => Which::History,
            Found::Map { .. } => Which::Map,
            Found::Nothing { why, .. } => return told("Error", why),
            Found::Source { .. } => return Vec::new(),
        };
        self.pages.take(found);
        let mut lines = vec![labelled(
            "Page",
            which
                .title()
                .trim_end_matches(" to ")
                .trim_end_matches(" of ")
                .trim_end_matches(" in "),
        )];
        let count = self.pages.items(which, self.look).len();
        for at in 0..count.max(1) {
            self.pages.chosen = at;
            lines.push(String::new());
            // A map is read in lines, never in columns.
            let cells = if which == Which::Map { NARROW } else { CELLS };
            lines.extend(plain(&self.pages.details(which, now.unix_millis, cells, self.look)));
        }
        if which == Which::History && self.pages.newest_change().is_some() {
            lines.push("Type /undo to take the last change back.".to_owned());
        }
        lines
    }

    /// What came of [`Cmd::Store`].
    pub fn stored(&mut self, result: Result<(), String>, now: Now) -> (Vec<Cmd>, Vec<String>) {
        self.awaiting = false;
        let Some(at) = self.cards.iter().position(Card::is_storing) else {
            return (vec![], vec![]);
        };
        let Some(card) = self.cards.get_mut(at) else {
            return (vec![], vec![]);
        };
        let why = result.clone().err();
        match card.stored(result) {
            Some(answer) => {
                let ask = card.ask;
                self.cards.remove(at);
                self.awaiting = true;
                (vec![Cmd::Send(linchpin_protocol::Op::Answer { ask, answer })], vec![])
            }
            None => {
                let mut lines: Vec<String> = why.iter().flat_map(|why| told("Error", why)).collect();
                lines.extend(self.question_lines(now));
                (vec![], lines)
            }
        }
    }

    /// A turn that never began, or is over, keeps nobody waiting.
    fn settle(&mut self) {
        if self.turn.is_none() {
            self.awaiting = false;
        }
    }

    fn speak(&mut self, source: &str, lines: &mut Vec<String>) {
        let mut rows = plain(&markdown::rows(source, CELLS, self.look.glyphs()));
        if let Some(first) = rows.first_mut().filter(|_| !self.speaking) {
            *first = format!("Linchpin: {first}");
        }
        self.speaking = true;
        lines.extend(rows);
    }

    fn stop_speaking(&mut self, lines: &mut Vec<String>) {
        for block in self.blocks.finish() {
            self.speak(&block.source, lines);
        }
        self.speaking = false;
    }

    fn suggestion_lines(&self) -> Vec<String> {
        let mut lines = vec!["Suggestions:".to_owned()];
        for (i, suggestion) in self.suggestions.iter().enumerate() {
            lines.push(line(&format!(
                "{}. {}: {}",
                i + 1,
                suggestion.connector_name,
                suggestion.prompt
            )));
            for evidence in &suggestion.evidence {
                lines.push(line(&format!(
                    "   because {} ({}:{})",
                    evidence.why, evidence.file, evidence.line
                )));
            }
        }
        lines.push(
            "Type a number to send it, \"not\" and a number if it is not for this app, or your own words.".to_owned(),
        );
        lines
    }

    fn question_lines(&self, now: Now) -> Vec<String> {
        let Some(card) = self.cards.front() else {
            return Vec::new();
        };
        let body = card.body(CELLS, 0, self.look, now);
        let mut lines = vec![format!("Question: {}", body.title.plain())];
        let told = body.rows.iter().enumerate().filter(|(i, _)| !body.options.contains(i));
        lines.extend(told.map(|(_, row)| row.plain()));
        let choices = card.choices();
        for (i, (words, _)) in choices.iter().enumerate() {
            lines.push(format!("{}. {}", i + 1, words.plain()));
        }
        lines.push(match (card.is_client(), card.is_free(), choices.is_empty()) {
            _ if card.is_token() => {
                "Paste the token. It goes straight to the broker and is not shown. Or type 1 to skip.".to_owned()
            }
            (true, ..) => "Type the client id, or 1 to skip.".to_owned(),
            (_, true, false) => "Type a number, or your own words.".to_owned(),
            (_, true, true) => "Type your words.".to_owned(),
            _ => "Type a number.".to_owned(),
        });
        lines
    }

    fn connection_lines(&self, now: Now) -> Vec<String> {
        if self.connections.is_empty() {
            return vec!["Connections: none yet.".to_owned()];
        }
        let mut lines = vec!["Connections:".to_owned()];
        for (i, row) in self.connections.iter().enumerate() {
            let rows = crate::view::connection_rows(row, false, now.unix_millis, CELLS, self.look);
            let mut rows = plain(&rows);
            if let Some(first) = rows.first_mut() {
                *first = format!("{}. {}", i + 1, first.trim_start());
            }
            lines.extend(rows);
        }
        lines.push("Type connect, other or disconnect, and a number.".to_owned());
        lines
    }

    fn store(&mut self, secret: ToStore) -> Cmd {
        self.awaiting = true;
        Cmd::Store(secret)
    }

    fn is_deaf(&self, shown_at: Option<Duration>, now: Now) -> bool {
        shown_at.is_none_or(|at| now.since_start < at + crate::GUARD)
    }
}

fn line(text: &str) -> String {
    Clean::line(text).as_str().trim_end().to_owned()
}

fn labelled(label: &str, text: &str) -> String {
    line(&format!("{label}: {text}"))
}

fn told(label: &str, text: &str) -> Vec<String> {
    let lines = Clean::lines(text).into_iter().enumerate();
    lines
        .map(|(i, line)| {
            if i == 0 {
                format!("{label}: {line}")
            } else {
                format!("  {line}")
            }
        })
        .collect()
}

fn plain(rows: &[Row]) -> Vec<String> {
    rows.iter().map(Row::plain).collect()
}
