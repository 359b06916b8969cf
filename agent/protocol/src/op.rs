//! What a person does.

use linchpin_patch::{Digest, Selection};
use linchpin_question::{Answer, Mode};
use serde::{Deserialize, Serialize};

use crate::AskId;

/// What a person does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// Says something. While a turn runs it waits its turn; while a review is open it asks for a change.
    Say {
        /// The words.
        text: String,
    },
    /// Takes a suggestion as it is.
    Accept {
        /// The suggestion's id.
        suggestion: String,
    },
    /// Never wants to see a suggestion again in this app.
    Dismiss {
        /// The suggestion's id.
        suggestion: String,
    },
    /// Answers a question.
    Answer {
        /// Which.
        ask: AskId,
        /// How.
        answer: Answer,
    },
    /// Applies chosen hunks of the open review.
    Decide {
        /// The changeset that was on screen.
        changeset: Digest,
        /// The hunks.
        hunks: Selection,
    },
    /// Replaces the text of a file in the open review; it is checked anew and shown again.
    Edit {
        /// The changeset that was on screen.
        changeset: Digest,
        /// The file.
        path: String,
        /// Its new text.
        text: String,
    },
    /// Closes the open review and applies nothing.
    Reject {
        /// The changeset that was on screen.
        changeset: Digest,
    },
    /// Stops the turn.
    Interrupt,
    /// Takes the last applied change back.
    Undo,
    /// Asks for the list of connections.
    ShowConnections,
    /// Revokes a connection upstream and forgets it.
    Disconnect {
        /// The connector's id.
        connector: String,
        /// Whose account.
        mode: Mode,
    },
    /// Signs in, or signs in with another account.
    Connect {
        /// The connector's id.
        connector: String,
        /// Whose account.
        mode: Mode,
        /// Whether another account shall be chosen.
        other_account: bool,
    },
    /// Leaves.
    Quit,
}
