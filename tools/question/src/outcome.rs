//! What a tool hands back.

use serde::{Deserialize, Serialize};

use crate::{Question, Review};

/// What came of a tool call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "value", rename_all = "snake_case")]
pub enum Outcome {
    /// It is done; this is what the model and the transcript see.
    Done(Output),
    /// It needs an answer first, and will be run again with it.
    Ask(Box<Question>),
    /// It proposes a change for review.
    Propose(Box<Review>),
    /// It could not be done; the model may try something else.
    Failed(Failure),
}

/// A tool's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// One line for the transcript.
    pub summary: String,
    /// What the model gets.
    pub data: serde_json::Value,
}

/// Why a tool call could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable word (`unknown_connector`, `bad_arguments`, `refused_by_policy`).
    pub code: String,
    /// What happened, why, and what to do next.
    pub message: String,
}

impl Failure {
    /// A failure from a stable word and a sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
