//! What reaches the machine. Every input but `Delta` is logged, so each has a wire form.

use linchpin_patch::Digest;
use linchpin_protocol::{AppSummary, AskId, CallId, ChangeId, ConnectionRow, Level, Op, Suggested, TurnId};
use linchpin_question::{Answer, Outcome};
use serde::{Deserialize, Serialize};

use crate::model::Reply;

/// What reaches the machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// The session begins, or goes on in a new process.
    Started {
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
    /// A person did something.
    Op {
        /// What.
        op: Op,
    },
    /// The app is read.
    AppRead {
        /// What is in it.
        summary: AppSummary,
    },
    /// Suggestions are ready.
    Suggested {
        /// Best first.
        suggestions: Vec<Suggested>,
    },
    /// Words of the model.
    Delta {
        /// The turn they belong to.
        turn: TurnId,
        /// The words.
        text: String,
    },
    /// The model has answered.
    ModelReplied {
        /// The turn.
        turn: TurnId,
        /// The whole answer.
        reply: Reply,
    },
    /// The model could not answer.
    ModelFailed {
        /// The turn.
        turn: TurnId,
        /// What happened, why, and what to do.
        message: String,
    },
    /// A tool call came to something.
    ToolEnded {
        /// The call.
        call: CallId,
        /// What it came to.
        outcome: Outcome,
    },
    /// A sign-in ended at the broker. Only the driver can say this.
    SignInEnded {
        /// The question that waited for it.
        ask: AskId,
        /// `SignedIn` or `SignInFailed`.
        answer: Answer,
    },
    /// An edited changeset was checked anew.
    Rechecked {
        /// The changeset that was edited.
        changeset: Digest,
        /// A new proposal, or why there is none.
        outcome: Outcome,
    },
    /// A changeset was applied, or could not be.
    Applied {
        /// The changeset that was reviewed.
        changeset: Digest,
        /// The files, or one sentence on why not; then nothing was written.
        result: Result<AppliedFiles, String>,
    },
    /// The last change was taken back, or could not be.
    Undone {
        /// The files, or one sentence on why not; then nothing was written.
        result: Result<AppliedFiles, String>,
    },
    /// The broker's list of connections.
    Connections {
        /// One per connector and mode.
        rows: Vec<ConnectionRow>,
    },
    /// Something to tell the builder.
    Noticed {
        /// How much it matters.
        level: Level,
        /// What happened, why, and what to do.
        text: String,
    },
}

/// Files that a change wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedFiles {
    /// The change's number.
    pub change: ChangeId,
    /// The files, relative to the app.
    pub files: Vec<String>,
}
