//! What can happen to a screen, and what it wants done: one closed list each.

use std::time::Duration;

use crossterm::event::KeyEvent;
use linchpin_protocol::patch::{AppPath, Digest};
use linchpin_protocol::question::Mode;
use linchpin_protocol::{AskId, Event, Found, Op, Wanted};
use zeroize::Zeroizing;

use crate::{Background, Masked};

/// When something happened. The screen has no clock of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now {
    /// Since the screen was opened.
    pub since_start: Duration,
    /// Unix milliseconds, for "3 days ago".
    pub unix_millis: i64,
}

/// What can happen.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The wheel turned, where the terminal sends it as arrows: rows, up is negative.
    Wheel(i16),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The terminal gained or lost the focus.
    Focus(bool),
    /// The agent says something.
    Agent(Event),
    /// The external editor was closed.
    Editor(EditorResult),
    /// The broker has stored what it was handed, or says why not.
    Stored(Result<(), String>),
    /// The terminal has said what it is drawn on.
    Background(Background),
    /// What was looked up.
    Found(Found),
    /// The time asked for by [`Cmd::WakeAt`] has come.
    Wake,
    /// A line of standard input, or its end; only the linear renderer reads lines.
    Line(Option<Zeroizing<String>>),
    /// Whoever started the screen wants it closed.
    Stop,
}

/// What came of the external editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorResult {
    /// What was edited.
    pub purpose: EditPurpose,
    /// The text as saved, or why there is none.
    pub text: Result<String, String>,
}

/// What a text is edited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditPurpose {
    /// The message in the composer.
    Message,
    /// A file of a review.
    File {
        /// The changeset that was on screen.
        changeset: Digest,
        /// The file.
        path: AppPath,
    },
}

/// What the screen wants done.
pub enum Cmd {
    /// Tell the agent.
    Send(Op),
    /// Open `$VISUAL`, `$EDITOR` or vi on a text.
    OpenEditor {
        /// What for.
        purpose: EditPurpose,
        /// The text to begin with.
        text: String,
        /// The end of the file's name, so that the editor knows the language (`.ts`).
        suffix: String,
    },
    /// Hand a secret to the broker.
    Store(ToStore),
    /// Look something up; what comes of it is [`Msg::Found`].
    Find(Wanted),
    /// Open a link in a browser.
    OpenUrl(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Send [`Msg::Wake`] then, counted from the start.
    WakeAt(Duration),
    /// Draw everything anew.
    Repaint,
    /// Ring: somebody is waited for and looks elsewhere.
    Bell,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

/// What is handed to the broker, and to nobody else.
pub enum ToStore {
    /// An OAuth client.
    Client(ClientToStore),
    /// A token that takes the place of a sign-in.
    Token(TokenToStore),
}

/// An OAuth client as it was typed in.
pub struct ClientToStore {
    /// The question it answers.
    pub ask: AskId,
    /// The family that shares the client.
    pub family: String,
    /// Its id.
    pub client_id: String,
    /// Its secret, where one belongs to it.
    pub secret: Option<Masked>,
}

/// A token as it was pasted.
pub struct TokenToStore {
    /// The question it answers.
    pub ask: AskId,
    /// The connector's id.
    pub connector: String,
    /// Whose account.
    pub mode: Mode,
    /// Whether it may be of another account than the one connected.
    pub other_account: bool,
    /// The connector's settings that go with it, by field.
    pub config: std::collections::BTreeMap<String, String>,
    /// The token.
    pub token: Masked,
}
