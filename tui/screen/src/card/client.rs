//! An OAuth client of one's own: how to get it, and where to type it in.
//!
//! The secret is a [`Masked`] from the first key on and leaves only inside `Cmd::Store`.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::AskId;
use linchpin_protocol::question::{Answer, ClientQuestion};

use super::{Act, Body, field, hints, is_ctrl, is_plain, masked_field};
use crate::text::Row;
use crate::theme::{Label, Look};
use crate::{ClientToStore, Composer, Masked, ToStore};

pub(crate) struct ClientCard {
    question: ClientQuestion,
    client_id: Composer,
    secret: Masked,
    in_secret: bool,
    state: State,
}

/// How far a card with a secret is; the broker stores it.
pub(super) enum State {
    Typing,
    Storing,
    Refused(String),
}

impl State {
    pub(super) fn rows(&self, cells: usize, look: Look) -> Vec<Row> {
        match self {
            Self::Typing => Vec::new(),
            Self::Storing => vec![Row::fixed(Label::Accent, "Storing it…")],
            Self::Refused(why) => Row::fixed(Label::Bad, look.glyphs().cross)
                .gap(1)
                .tell(Label::Text, why)
                .wrap(cells, 2),
        }
    }
}

impl ClientCard {
    pub(super) fn new(question: ClientQuestion) -> Self {
        let (client_id, secret) = (Composer::default(), Masked::new());
        Self {
            question,
            client_id,
            secret,
            in_secret: false,
            state: State::Typing,
        }
    }

    /// Whether a secret belongs to the client.
    pub(crate) fn needs_secret(&self) -> bool {
        self.question.needs_secret
    }

    pub(super) fn is_storing(&self) -> bool {
        matches!(self.state, State::Storing)
    }

    pub(super) fn body(&self, cells: usize, look: Look) -> Body {
        let (question, glyphs) = (&self.question, look.glyphs());
        let name = &question.connector_name;
        let why = Row::new()
            .tell(Label::Strong, name)
            .say(Label::Text, " needs an OAuth client of your own, once. Make it here:");
        let mut rows = why.wrap(cells, 0);
        let link_from = rows.len();
        rows.extend(Row::new().tell(Label::Link, &question.console_url).chop(cells, 0));
        let link = (link_from..rows.len(), question.console_url.clone());
        rows.push(Row::new());
        for (i, step) in question.steps.iter().enumerate() {
            rows.extend(
                Row::new()
                    .tell(Label::Dim, &format!("{}. ", i + 1))
                    .tell(Label::Text, step)
                    .wrap(cells, 3),
            );
        }
        for trap in &question.traps {
            rows.extend(
                Row::fixed(Label::Warning, glyphs.warning)
                    .gap(2)
                    .tell(Label::Text, trap)
                    .wrap(cells, 3),
            );
        }
        rows.push(Row::new());
        rows.push(Row::fixed(
            Label::Text,
            "Redirect URI, to be registered exactly like this:",
        ));
        rows.extend(Row::new().tell(Label::Code, &question.redirect_uri).chop(cells, 0));
        if question.needs_secret {
            let words = "The secret goes straight to the broker on this machine. No model, log or transcript sees it.";
            rows.extend(Row::fixed(Label::Dim, words).wrap(cells, 0));
        }
        let mut foot = Vec::new();
        let (id_row, id_col) = field(
            "Client id",
            self.client_id.text(),
            self.client_id.cursor(),
            "paste it here",
            cells,
        );
        foot.push(id_row);
        let mut cursor = (0, id_col);
        if question.needs_secret {
            let (row, col) = masked_field("Client secret", &self.secret, look, cells);
            if self.in_secret {
                cursor = (1, col);
            }
            foot.push(row);
        }
        foot.extend(self.state.rows(cells, look));
        Body {
            title: Row::fixed(Label::Frame, "OAuth client needed"),
            rows,
            foot,
            hints: hints(
                look,
                &[
                    ("Tab", "next field"),
                    ("Enter", "store"),
                    ("Ctrl+O", "open the console"),
                    ("Ctrl+R", "copy the redirect URI"),
                    ("Esc", "skip"),
                ],
            ),
            link: Some(link),
            cursor: Some(cursor),
            ..Body::default()
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.is_storing() {
            return;
        }
        self.state = State::Typing;
        if self.in_secret {
            self.secret.push_str(text);
        } else {
            let line: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            self.client_id.insert(&line);
        }
    }

    /// Puts the secret in as a whole, for a renderer that reads it by itself.
    pub(crate) fn fill(&mut self, client_id: &str, secret: Masked) {
        self.client_id.set(client_id.trim());
        self.secret = secret;
    }

    /// What is typed in, if it is complete; the field of the secret is empty afterwards.
    pub(crate) fn submit(&mut self, ask: AskId) -> Option<ClientToStore> {
        if self.client_id.text().trim().is_empty() {
            self.in_secret = false;
            self.state = State::Refused("The client id is empty. Paste it into the first field.".to_owned());
            return None;
        }
        if self.question.needs_secret && self.secret.is_empty() {
            self.in_secret = true;
            self.state = State::Refused("The client secret is empty. Paste it into the second field.".to_owned());
            return None;
        }
        self.state = State::Storing;
        let secret = std::mem::take(&mut self.secret);
        Some(ClientToStore {
            ask,
            family: self.question.family.clone(),
            client_id: self.client_id.text().trim().to_owned(),
            secret: self.question.needs_secret.then_some(secret),
        })
    }

    pub(super) fn stored(&mut self, result: Result<(), String>) -> Option<Answer> {
        match result {
            Ok(()) => Some(Answer::ClientStored),
            Err(why) => {
                self.state = State::Refused(why);
                None
            }
        }
    }

    pub(super) fn key(&mut self, ask: AskId, key: KeyEvent) -> Act {
        if key.code == KeyCode::Esc {
            return Act::Answer(Answer::Skip);
        }
        if is_ctrl(key, 'o') {
            return Act::Open(self.question.console_url.clone());
        }
        if is_ctrl(key, 'r') {
            return Act::Copy(self.question.redirect_uri.clone());
        }
        if self.is_storing() {
            return Act::Stay;
        }
        match key.code {
            KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => {
                self.in_secret = self.question.needs_secret && !self.in_secret;
            }
            KeyCode::Enter => {
                if self.question.needs_secret && !self.in_secret && self.secret.is_empty() && !self.client_id.is_empty()
                {
                    self.in_secret = true;
                } else if let Some(client) = self.submit(ask) {
                    return Act::Store(ToStore::Client(client));
                }
            }
            KeyCode::Backspace if self.in_secret => self.secret.pop(),
            KeyCode::Backspace => self.client_id.backspace(),
            KeyCode::Left if !self.in_secret => self.client_id.left(),
            KeyCode::Right if !self.in_secret => self.client_id.right(),
            KeyCode::Char('u') if is_ctrl(key, 'u') && self.in_secret => self.secret.clear(),
            KeyCode::Char('u') if is_ctrl(key, 'u') => self.client_id.kill_to_start(),
            KeyCode::Char(c) if is_plain(key) => self.paste(c.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Act::Stay
    }
}
