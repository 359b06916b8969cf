//! Question cards: drawn by us, in our words, in a region of the screen that nobody else draws in.
//!
//! A card lays its question out as a [`Body`]; the full screen frames it with the double line that
//! no other text can hold, the linear renderer prints it. Keys choose, Enter confirms: a letter or
//! digit alone never answers. A card takes no key before [`GUARD`] has passed since it appeared
//! (`update` keeps that), and nothing pasted can answer it.

mod choice;
mod client;
mod mode;
mod permissions;
mod qr;
mod sign_in;
mod token;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::AskId;
use linchpin_protocol::question::{Answer, Mode, Question, Sensitivity};

use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};
use crate::{Masked, Now, ToStore};
use choice::ChoiceCard;
pub(crate) use client::ClientCard;
use mode::ModeCard;
use permissions::PermissionsCard;
use sign_in::SignInCard;
pub(crate) use token::TokenCard;

/// How long a card is deaf after it appeared: what was typed ahead was not meant for it.
pub const GUARD: Duration = Duration::from_millis(300);

/// A question on screen.
pub(crate) struct Card {
    pub(crate) ask: AskId,
    /// When it came to the front.
    pub(crate) shown_at: Option<Duration>,
    /// Rows of the body that somebody has scrolled away; otherwise the chosen row is in view.
    pub(crate) scroll: Option<usize>,
    kind: Kind,
}

enum Kind {
    Mode(ModeCard),
    Permissions(PermissionsCard),
    Client(ClientCard),
    Token(TokenCard),
    SignIn(SignInCard),
    Choice(ChoiceCard),
}

/// What a key on a card comes to.
pub(crate) enum Act {
    /// Nothing, or a change on the card.
    Stay,
    /// The answer.
    Answer(Answer),
    /// A secret is typed in.
    Store(ToStore),
    /// Put a text on the clipboard.
    Copy(String),
    /// Open a link.
    Open(String),
    /// Stop the turn that asked.
    Interrupt,
    /// Move the body by rows.
    Scroll(isize),
}

/// A card laid out: what is asked, and what to press.
#[derive(Default)]
pub(crate) struct Body {
    /// Stands in the frame.
    pub(crate) title: Row,
    /// May be scrolled.
    pub(crate) rows: Vec<Row>,
    /// Rows of `rows` that are answers to choose from; the linear renderer numbers them itself.
    pub(crate) options: Vec<usize>,
    /// The row of `rows` that has to be in view.
    pub(crate) keep: Option<usize>,
    /// Is always in view: fields and buttons.
    pub(crate) foot: Vec<Row>,
    /// The keys.
    pub(crate) hints: Row,
    /// Rows of `rows` that are one link.
    pub(crate) link: Option<(std::ops::Range<usize>, String)>,
    /// Where the caret is in `foot`: row, column.
    pub(crate) cursor: Option<(usize, usize)>,
}

impl Card {
    pub(crate) fn new(ask: AskId, question: Question, now: Now) -> Self {
        let kind = match question {
            Question::Mode(question) => Kind::Mode(ModeCard::new(question)),
            Question::Permissions(question) => Kind::Permissions(PermissionsCard::new(question)),
            Question::Client(question) => Kind::Client(ClientCard::new(question)),
            Question::Token(question) => Kind::Token(TokenCard::new(question)),
            Question::SignIn(question) => Kind::SignIn(SignInCard::new(question, now)),
            Question::Choice(question) => Kind::Choice(ChoiceCard::new(question)),
        };
        Self {
            ask,
            shown_at: None,
            scroll: None,
            kind,
        }
    }

    /// The card laid out `cells` wide, on a screen of so many rows.
    pub(crate) fn body(&self, cells: usize, height: usize, look: Look, now: Now) -> Body {
        match &self.kind {
            Kind::Mode(card) => card.body(cells, look),
            Kind::Permissions(card) => card.body(cells, look),
            Kind::Client(card) => card.body(cells, look),
            Kind::Token(card) => card.body(cells, look),
            Kind::SignIn(card) => card.body(cells, height, look, now),
            Kind::Choice(card) => card.body(cells, look),
        }
    }

    pub(crate) fn key(&mut self, key: KeyEvent) -> Act {
        match key.code {
            KeyCode::PageUp => return Act::Scroll(-5),
            KeyCode::PageDown => return Act::Scroll(5),
            _ => {}
        }
        match &mut self.kind {
            Kind::Mode(card) => card.key(key),
            Kind::Permissions(card) => card.key(key),
            Kind::Client(card) => card.key(self.ask, key),
            Kind::Token(card) => card.key(self.ask, key),
            Kind::SignIn(card) => card.key(key),
            Kind::Choice(card) => card.key(key),
        }
    }

    /// Whether the view goes where the choice goes.
    pub(crate) fn has_list(&self) -> bool {
        matches!(self.kind, Kind::Mode(_) | Kind::Choice(_))
    }

    /// Pasted text goes into a field, if the card has one; it never answers.
    pub(crate) fn paste(&mut self, text: &str) {
        match &mut self.kind {
            Kind::Client(card) => card.paste(text),
            Kind::Token(card) => card.paste(text),
            Kind::Choice(card) => card.paste(text),
            Kind::Mode(_) | Kind::Permissions(_) | Kind::SignIn(_) => {}
        }
    }

    /// The broker says what came of storing what was typed in.
    pub(crate) fn stored(&mut self, result: Result<(), String>) -> Option<Answer> {
        match &mut self.kind {
            Kind::Client(card) => card.stored(result),
            Kind::Token(card) => card.stored(result),
            _ => None,
        }
    }

    /// Whether something is being stored for it.
    pub(crate) fn is_storing(&self) -> bool {
        match &self.kind {
            Kind::Client(card) => card.is_storing(),
            Kind::Token(card) => card.is_storing(),
            _ => false,
        }
    }

    /// When its words next change by themselves.
    pub(crate) fn changes_at(&self, now: Now) -> Option<Duration> {
        match &self.kind {
            Kind::SignIn(card) => card.changes_at(now),
            _ => None,
        }
    }

    /// The answers to choose from by number, for the linear renderer.
    pub(crate) fn choices(&self) -> Vec<(Row, Answer)> {
        match &self.kind {
            Kind::Mode(card) => card.choices(),
            Kind::Permissions(card) => card.choices(),
            Kind::Client(_) | Kind::Token(_) | Kind::SignIn(_) => {
                vec![(Row::fixed(Label::Text, "Skip for now"), Answer::Skip)]
            }
            Kind::Choice(card) => card.choices(),
        }
    }

    /// Whether words of one's own answer it.
    pub(crate) fn is_free(&self) -> bool {
        matches!(&self.kind, Kind::Choice(card) if card.is_free())
    }

    /// Whether it asks for an OAuth client.
    pub(crate) fn is_client(&self) -> bool {
        matches!(self.kind, Kind::Client(_))
    }

    /// Whether it asks for a token.
    pub(crate) fn is_token(&self) -> bool {
        matches!(self.kind, Kind::Token(_))
    }

    /// The token that is asked for, if that is the question.
    pub(crate) fn token(&mut self) -> Option<&mut TokenCard> {
        match &mut self.kind {
            Kind::Token(card) => Some(card),
            _ => None,
        }
    }

    /// The client that is asked for, if that is the question: family, and whether a secret belongs to it.
    pub(crate) fn client(&mut self) -> Option<&mut ClientCard> {
        match &mut self.kind {
            Kind::Client(card) => Some(card),
            _ => None,
        }
    }
}

/// Whose account, in the words that are always the same.
pub(crate) fn mode_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Shared => "One account for everyone who uses the app",
        Mode::AppUser => "Each signed-in user connects their own account",
    }
}

/// Whose account, in a word or two.
pub(crate) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Shared => "shared",
        Mode::AppUser => "per user",
    }
}

pub(crate) fn sensitivity_word(sensitivity: Sensitivity) -> (Label, &'static str) {
    match sensitivity {
        Sensitivity::Basic => (Label::Good, "basic"),
        Sensitivity::Sensitive => (Label::Warning, "sensitive"),
        Sensitivity::Restricted => (Label::Bad, "restricted"),
    }
}

/// A hint: keys and what they do.
pub(crate) fn hints(look: Look, pairs: &[(&str, &'static str)]) -> Row {
    let mut row = Row::new();
    for (i, (key, does)) in pairs.iter().enumerate() {
        if i > 0 {
            row = row.say(Label::Dim, look.glyphs().dot);
        }
        row = row
            .tell(Label::Key, key)
            .gap(usize::from(!key.is_empty()))
            .say(Label::Dim, does);
    }
    row
}

/// A row of buttons; Enter presses the one in focus.
pub(crate) fn buttons(names: &[Clean], focus: usize, cells: usize) -> Vec<Row> {
    let mut rows = vec![Row::new()];
    for (i, name) in names.iter().enumerate() {
        let label = if i == focus { Label::Focus } else { Label::Button };
        let button = Row::new().add(label, Clean::line(&format!("[ {name} ]")));
        let full = rows
            .last()
            .is_some_and(|row| !row.spans.is_empty() && row.width() + button.width() + 2 > cells);
        if full {
            rows.push(Row::new());
        }
        if let Some(row) = rows.last_mut() {
            let start = if row.spans.is_empty() {
                Row::new()
            } else {
                row.clone().gap(2)
            };
            *row = Row {
                spans: start.spans.into_iter().chain(button.spans).collect(),
            };
        }
    }
    rows
}

/// A labelled field of one line, and the column of its caret.
pub(crate) fn field(name: &'static str, text: &str, cursor: usize, hint: &str, cells: usize) -> (Row, usize) {
    const NAME: usize = 16;
    let room = cells.saturating_sub(NAME + 1).max(4);
    let start = Row::new().say(Label::Dim, name).pad(NAME);
    if text.is_empty() {
        return (start.add(Label::Dim, Clean::line(hint).cut(room)), NAME);
    }
    let before = Clean::line(&text[..cursor]);
    let from = before.width().saturating_sub(room - 1);
    let skip = crate::width::fitting(before.as_str(), from);
    let shown = Clean::line(text);
    let rest = shown.part(skip.min(shown.as_str().len())..shown.as_str().len());
    let col = before.width() - crate::width::of(&before.as_str()[..skip]);
    let end = crate::width::fitting(rest.as_str(), room);
    (start.add(Label::Strong, rest.part(0..end)), NAME + col)
}

/// A field that shows only how much is in it.
pub(crate) fn masked_field(name: &'static str, secret: &Masked, look: Look, cells: usize) -> (Row, usize) {
    let dots = look.glyphs().mask.repeat(secret.chars());
    let hint = "typed or pasted here, shown to nobody";
    field(name, &dots, dots.len(), hint, cells)
}

pub(crate) fn is_plain(key: KeyEvent) -> bool {
    !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

pub(crate) fn is_ctrl(key: KeyEvent, c: char) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char(c)
}

/// Moves a choice among `count`.
pub(crate) fn step(focus: usize, count: usize, key: KeyEvent) -> Option<usize> {
    let count = count.max(1);
    match key.code {
        KeyCode::Up | KeyCode::Left | KeyCode::BackTab => Some((focus + count - 1) % count),
        KeyCode::Down | KeyCode::Right | KeyCode::Tab => Some((focus + 1) % count),
        KeyCode::Char(c) if is_plain(key) => {
            let digit = usize::try_from(c.to_digit(10)?).ok()?;
            (1..=count).contains(&digit).then(|| digit - 1)
        }
        _ => None,
    }
}
