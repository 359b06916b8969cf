//! What the machine wants done. The list of variants is a list of everything the agent can do.

use linchpin_patch::{Changeset, Digest};
use linchpin_protocol::{AskId, CallId, Event, TurnId};
use linchpin_question::{Answer, Mode};

/// What one step wants done, in order.
pub type Effects = Vec<Effect>;

/// One thing to be done by the driver.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Show something.
    Emit(Event),
    /// Ask the model for an answer to the messages so far.
    CallModel {
        /// The turn.
        turn: TurnId,
    },
    /// Stop asking.
    AbortModel {
        /// The turn.
        turn: TurnId,
    },
    /// Run a tool, or run it again with one answer more.
    RunTool {
        /// The call.
        call: CallId,
        /// The tool.
        tool: String,
        /// Its arguments.
        args: serde_json::Value,
        /// Answers to its questions so far.
        answers: Vec<Answer>,
    },
    /// Open the link and wait for the broker to say how the sign-in ended.
    OpenSignIn {
        /// The question that waits.
        ask: AskId,
        /// The flow at the broker.
        flow: String,
        /// The link.
        url: String,
    },
    /// Give a flow up.
    EndSignIn {
        /// The flow at the broker.
        flow: String,
    },
    /// Check an edited changeset anew.
    Recheck {
        /// The changeset that was edited.
        was: Digest,
        /// The edited one.
        changeset: Changeset,
        /// The proposal's title.
        title: String,
    },
    /// Write the chosen hunks of a reviewed changeset.
    Apply {
        /// The changeset that was reviewed.
        reviewed: Digest,
        /// What is to be written.
        changeset: Changeset,
        /// Whether it is all of what was reviewed; a part is checked anew first.
        whole: bool,
        /// The proposal's title, for the history.
        title: String,
    },
    /// Take the last change back.
    Undo,
    /// Read the app and compute suggestions anew.
    ReadApp,
    /// Ask the broker for the connections.
    FetchConnections,
    /// Have a connection revoked.
    Disconnect {
        /// The connector's id.
        connector: String,
        /// Whose account.
        mode: Mode,
    },
    /// Remember that a suggestion isn't wanted.
    Dismiss {
        /// The suggestion's id.
        suggestion: String,
    },
    /// Leave.
    Quit,
}
