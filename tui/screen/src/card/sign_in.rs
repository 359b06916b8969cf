//! A sign-in that goes on in a browser: the link, how long is left, and a way out.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::question::{Answer, SignInQuestion};

use super::{Act, Body, hints, is_plain, mode_words, qr};
use crate::Now;
use crate::text::Row;
use crate::theme::{Label, Look};

pub(super) struct SignInCard {
    question: SignInQuestion,
    ends: Duration,
    /// Whether the link is shown as a QR code.
    code: bool,
}

/// How often the time left is told anew: calm enough to read, and no tick.
const STEP: u64 = 30;

/// Rows around a code: the frame, the time left, the keys.
const AROUND: usize = 6;
const TOO_SMALL: &str = "The code is larger than this terminal. Make it larger, or copy the link.";

impl SignInCard {
    pub(super) fn new(question: SignInQuestion, now: Now) -> Self {
        let ends = now.since_start.saturating_add(Duration::from_secs(question.expires_in));
        Self {
            question,
            ends,
            code: false,
        }
    }

    fn left(&self, now: Now) -> u64 {
        self.ends.saturating_sub(now.since_start).as_secs()
    }

    /// When the words of the time left change.
    pub(super) fn changes_at(&self, now: Now) -> Option<Duration> {
        if now.since_start >= self.ends {
            return None;
        }
        let next = self.left(now).saturating_sub(1) / STEP * STEP;
        Some(self.ends.saturating_sub(Duration::from_secs(next)))
    }

    pub(super) fn body(&self, cells: usize, height: usize, look: Look, now: Now) -> Body {
        if self.code {
            return self.code_body(cells, height, look, now);
        }
        let (question, glyphs) = (&self.question, look.glyphs());
        let head = Row::fixed(Label::Strong, "Sign in to ").tell(Label::Strong, &question.connector_name);
        let mut rows = head
            .say(Label::Dim, glyphs.dot)
            .say(Label::Text, mode_words(question.mode))
            .wrap(cells, 0);
        rows.push(Row::new());
        let open = match question.browser_opened {
            true => "Your browser was opened. If nothing shows there, open this link:",
            false => "No browser could be opened here. Open this link in one:",
        };
        rows.extend(Row::fixed(Label::Text, open).wrap(cells, 0));
        let from = rows.len();
        rows.extend(Row::new().tell(Label::Link, &question.url).chop(cells, 0));
        let link = (from..rows.len(), question.url.clone());
        for note in &question.notes {
            rows.extend(
                Row::fixed(Label::Warning, glyphs.warning)
                    .gap(1)
                    .tell(Label::Text, note)
                    .wrap(cells, 2),
            );
        }
        rows.push(Row::new());
        rows.extend(Row::new().tell(Label::Text, &time_left(self.left(now))).wrap(cells, 0));
        Body {
            title: Row::fixed(Label::Frame, "Waiting for you to sign in"),
            rows,
            hints: hints(
                look,
                &[
                    ("c", "copy the link"),
                    ("o", "open the browser"),
                    ("r", "QR code"),
                    ("Esc", "cancel"),
                ],
            ),
            link: Some(link),
            ..Body::default()
        }
    }

    /// The link as a code and nothing else: it needs the room.
    fn code_body(&self, cells: usize, height: usize, look: Look, now: Now) -> Body {
        let room = height.saturating_sub(AROUND);
        let mut rows = qr::rows(&self.question.url, cells, room, look)
            .unwrap_or_else(|| Row::fixed(Label::Warning, TOO_SMALL).wrap(cells, 0));
        rows.push(Row::new().tell(Label::Text, &time_left(self.left(now))));
        Body {
            title: Row::fixed(Label::Frame, "Waiting for you to sign in"),
            rows,
            hints: hints(look, &[("r", "the link in words"), ("c", "copy it"), ("Esc", "cancel")]),
            ..Body::default()
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        match key.code {
            KeyCode::Esc => Act::Answer(Answer::Skip),
            KeyCode::Char('c') if is_plain(key) => Act::Copy(self.question.url.clone()),
            KeyCode::Char('o') if is_plain(key) => Act::Open(self.question.url.clone()),
            KeyCode::Char('r') if is_plain(key) => {
                self.code = !self.code;
                Act::Stay
            }
            KeyCode::Up => Act::Scroll(-1),
            KeyCode::Down => Act::Scroll(1),
            _ => Act::Stay,
        }
    }
}

fn time_left(seconds: u64) -> String {
    let rounded = seconds.div_ceil(STEP) * STEP;
    match (rounded / 60, rounded % 60) {
        (0, 0) => "The time for it is over. Cancel, and connect again.".to_owned(),
        (0, seconds) => format!("Waiting. Less than {seconds} seconds left."),
        (1, 0) => "Waiting. About 1 minute left.".to_owned(),
        (minutes, 0) => format!("Waiting. About {minutes} minutes left."),
        (minutes, seconds) => format!("Waiting. About {minutes}:{seconds:02} minutes left."),
    }
}
