//! What a person gets to see.

use linchpin_patch::Digest;
use linchpin_question::{Evidence, Mode, Question, Review};
use serde::{Deserialize, Serialize};

use crate::{AskId, CallId, ChangeId, TurnId};

/// What a person gets to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The session is there.
    Hello {
        /// The session's id.
        session: String,
        /// The app's folder, as given.
        app: String,
        /// The model's name, or `guide`.
        model: String,
        /// Things the builder should know.
        notes: Vec<String>,
        /// Whether an earlier session goes on.
        resumed: bool,
    },
    /// The app is being read.
    Reading {
        /// Files read.
        done: usize,
        /// Files found so far.
        total: usize,
    },
    /// The app is read.
    AppRead {
        /// What is in it.
        summary: AppSummary,
    },
    /// What could be connected, best first.
    Suggested {
        /// Each with its reasons.
        suggestions: Vec<Suggested>,
    },
    /// What the person said, as it enters the transcript.
    Said {
        /// The words.
        text: String,
        /// Whether it waits for the running turn to end.
        queued: bool,
    },
    /// A turn has begun.
    TurnStarted {
        /// Which.
        turn: TurnId,
    },
    /// Words of the model, as they come.
    TextDelta {
        /// The turn.
        turn: TurnId,
        /// The words; markdown.
        text: String,
    },
    /// A tool runs.
    ToolStarted {
        /// The call.
        call: CallId,
        /// The tool's name.
        tool: String,
        /// What it is doing, in words.
        title: String,
    },
    /// A tool has ended.
    ToolFinished {
        /// The call.
        call: CallId,
        /// Whether it did what was asked.
        ok: bool,
        /// One line.
        summary: String,
    },
    /// A question waits for an answer.
    Asked {
        /// Its id.
        ask: AskId,
        /// The question.
        question: Box<Question>,
    },
    /// A question is answered or has lapsed.
    Settled {
        /// Its id.
        ask: AskId,
        /// The answer in words.
        words: String,
    },
    /// A change waits for review.
    ReviewReady {
        /// Names exactly these bytes.
        changeset: Digest,
        /// What to review.
        review: Box<Review>,
    },
    /// A review is over.
    ReviewClosed {
        /// Which.
        changeset: Digest,
        /// `applied`, `rejected`, `superseded`, `edited`.
        how: String,
    },
    /// A change is on disk.
    Applied {
        /// Its number, for undo and history.
        change: ChangeId,
        /// The files that were written.
        files: Vec<String>,
    },
    /// A change is taken back.
    Undone {
        /// Its number.
        change: ChangeId,
        /// The files that are as they were.
        files: Vec<String>,
    },
    /// All connections of the app.
    Connections {
        /// One per connector and mode.
        connections: Vec<ConnectionRow>,
    },
    /// What the model has used so far.
    Usage {
        /// Tokens read.
        input: u64,
        /// Tokens written.
        output: u64,
    },
    /// Something to know.
    Notice {
        /// How much it matters.
        level: Level,
        /// What happened, why, and what to do.
        text: String,
    },
    /// A turn has ended.
    TurnEnded {
        /// Which.
        turn: TurnId,
        /// `done`, `interrupted`, `failed`.
        how: String,
    },
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is not as it should be, and work goes on.
    Warning,
    /// Something could not be done.
    Error,
}

/// What is in an app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSummary {
    /// Its name.
    pub name: String,
    /// Its pages' names.
    pub pages: Vec<String>,
    /// Its entities' names with how many fields.
    pub entities: Vec<(String, usize)>,
    /// Its functions' names.
    pub functions: Vec<String>,
    /// Connectors already there.
    pub connectors: Vec<String>,
    /// What could not be read, as `file:line: message`.
    pub problems: Vec<String>,
    /// Milliseconds it took.
    pub millis: u64,
}

/// A suggestion as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// Its id, stable for the app.
    pub id: String,
    /// The connector's id.
    pub connector: String,
    /// The connector's name.
    pub connector_name: String,
    /// A few words.
    pub title: String,
    /// The prompt it stands for.
    pub prompt: String,
    /// The mode that would be advised.
    pub mode: Mode,
    /// What in the app speaks for it.
    pub evidence: Vec<Evidence>,
    /// What it would replace.
    pub replaces: Option<String>,
}

/// A connection as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// The connector's id.
    pub connector: String,
    /// Its name.
    pub connector_name: String,
    /// Whose account.
    pub mode: Mode,
    /// `active`, `needs_reconnect`, `not_connected`, …
    pub status: String,
    /// Why, when it is not active.
    pub reason: Option<String>,
    /// Who consented.
    pub account: Option<String>,
    /// Each granted scope in plain words.
    pub access: Vec<String>,
    /// Functions of the app that use it.
    pub functions: Vec<String>,
    /// Unix milliseconds.
    pub last_used_at: Option<i64>,
}
