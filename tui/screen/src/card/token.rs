//! A token that takes the place of a sign-in: where to find it, and where to paste it.
//!
//! The token is a [`Masked`] from the first key on and leaves only inside `Cmd::Store`, and only
//! when it begins as the vendor's tokens do: what is on a clipboard is often something else.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::AskId;
use linchpin_protocol::question::{Answer, TokenQuestion};

use super::client::State;
use super::{Act, Body, hints, is_ctrl, is_plain, masked_field, mode_words};
use crate::text::Row;
use crate::theme::{Label, Look};
use crate::{Masked, ToStore, TokenToStore};

pub(crate) struct TokenCard {
    question: TokenQuestion,
    token: Masked,
    state: State,
}

impl TokenCard {
    pub(super) fn new(question: TokenQuestion) -> Self {
        Self {
            question,
            token: Masked::new(),
            state: State::Typing,
        }
    }

    pub(super) fn is_storing(&self) -> bool {
        matches!(self.state, State::Storing)
    }

    pub(super) fn body(&self, cells: usize, look: Look) -> Body {
        let question = &self.question;
        let mut rows = Row::new().tell(Label::Text, &question.why).wrap(cells, 0);
        rows.push(Row::new());
        let found = match &question.prefix {
            Some(prefix) => format!(" begins with {prefix} and is found here:"),
            None => " is found here:".to_owned(),
        };
        rows.extend(
            Row::fixed(Label::Text, "The ")
                .tell(Label::Strong, &question.name)
                .tell(Label::Text, &found)
                .wrap(cells, 0),
        );
        let link_from = rows.len();
        rows.extend(Row::new().tell(Label::Link, &question.url).chop(cells, 0));
        let link = (link_from..rows.len(), question.url.clone());
        rows.push(Row::new());
        rows.extend(
            Row::fixed(Label::Dim, "For:")
                .gap(1)
                .say(Label::Text, mode_words(question.mode))
                .wrap(cells, 0),
        );
        let words = "The token goes straight to the broker on this machine. No model, log or transcript sees it.";
        rows.extend(Row::fixed(Label::Dim, words).wrap(cells, 0));
        let (field, column) = masked_field("Token", &self.token, look, cells);
        let mut foot = vec![field];
        match self.wrong() {
            Some(why) => foot.extend(
                Row::fixed(Label::Warning, look.glyphs().warning)
                    .gap(1)
                    .tell(Label::Text, &why)
                    .wrap(cells, 2),
            ),
            None => foot.extend(self.state.rows(cells, look)),
        }
        Body {
            title: Row::fixed(Label::Frame, "Token needed"),
            rows,
            foot,
            hints: hints(
                look,
                &[("Enter", "store"), ("Ctrl+O", "open the page"), ("Esc", "skip")],
            ),
            link: Some(link),
            cursor: Some((0, column)),
            ..Body::default()
        }
    }

    /// What is wrong with what is in the field, as far as that can be told here.
    fn wrong(&self) -> Option<String> {
        let (prefix, typed) = (self.question.prefix.as_deref()?, self.token.expose());
        let fits = typed.starts_with(prefix) || prefix.starts_with(typed);
        (!fits).then(|| {
            format!(
                "That does not begin with {prefix}, so it is not the {}.",
                self.question.name
            )
        })
    }

    pub(super) fn paste(&mut self, text: &str) {
        if !self.is_storing() {
            self.state = State::Typing;
            self.token.push_str(text);
        }
    }

    /// Puts the token in as a whole, for a renderer that reads it by itself.
    pub(crate) fn fill(&mut self, token: Masked) {
        self.token = token;
    }

    /// What is typed in, or why that can't be it; the field is empty afterwards.
    pub(crate) fn submit(&mut self, ask: AskId) -> Result<TokenToStore, String> {
        let token = std::mem::take(&mut self.token);
        let prefix = self.question.prefix.as_deref().unwrap_or_default();
        let why = if token.is_empty() {
            "The token is empty. Paste it into the field.".to_owned()
        } else if token.expose().starts_with(prefix) {
            self.state = State::Storing;
            return Ok(TokenToStore {
                ask,
                connector: self.question.connector.clone(),
                mode: self.question.mode,
                other_account: self.question.other_account,
                config: self.question.config.clone(),
                token,
            });
        } else {
            format!(
                "Nothing was stored: the {} begins with {prefix}. Copy it again.",
                self.question.name
            )
        };
        self.state = State::Refused(why.clone());
        Err(why)
    }

    pub(super) fn stored(&mut self, result: Result<(), String>) -> Option<Answer> {
        match result {
            Ok(()) => Some(Answer::TokenStored),
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
            return Act::Open(self.question.url.clone());
        }
        if self.is_storing() {
            return Act::Stay;
        }
        match key.code {
            KeyCode::Enter => {
                if let Ok(token) = self.submit(ask) {
                    return Act::Store(ToStore::Token(token));
                }
            }
            KeyCode::Backspace => self.token.pop(),
            KeyCode::Char('u') if is_ctrl(key, 'u') => self.token.clear(),
            KeyCode::Char(c) if is_plain(key) => self.paste(c.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Act::Stay
    }
}
