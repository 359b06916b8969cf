//! Who answers: the embedded guide, or any OpenAI-compatible server. Both see the same messages
//! and call the same tools, and neither can do anything else.

pub mod guide;
pub mod openai;
mod prompt;

use linchpin_socket::ConnectionView;
use serde::{Deserialize, Serialize};

use crate::driver::World;

/// One message of the conversation, as a model sees it. Append-only within a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// What the builder said (or took over from a suggestion).
    User {
        /// The words.
        text: String,
    },
    /// What the model said and which tools it called.
    Assistant {
        /// The words.
        text: String,
        /// The calls, in order.
        calls: Vec<ToolCall>,
    },
    /// What came of a call.
    Tool {
        /// The call's id.
        id: String,
        /// The tool's name.
        tool: String,
        /// Whether it did what was asked.
        ok: bool,
        /// The result, or `{code, message}`.
        data: serde_json::Value,
    },
}

/// A model's wish to call a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The model's id for it.
    pub id: String,
    /// The tool's name.
    pub tool: String,
    /// Its arguments.
    pub args: serde_json::Value,
}

/// A model's answer to the messages so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// What it says; markdown.
    pub text: String,
    /// What it wants done next. Empty: the turn is over.
    pub calls: Vec<ToolCall>,
    /// Tokens read, where known.
    pub input_tokens: u64,
    /// Tokens written, where known.
    pub output_tokens: u64,
}

/// What is known beside the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The app and its suggestions.
    pub world: &'a World,
    /// Connections, as far as they were asked for.
    pub connections: &'a [ConnectionView],
    /// The builder's time zone (IANA).
    pub time_zone: &'a str,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// Who answers.
#[derive(Debug)]
pub enum Mind {
    /// The embedded guide: no key, no server.
    Guide,
    /// An OpenAI-compatible server.
    Server(openai::Server),
}

impl Mind {
    /// The name shown on screen.
    pub fn name(&self) -> String {
        match self {
            Self::Guide => "guide".to_owned(),
            Self::Server(server) => server.model().to_owned(),
        }
    }

    /// Answers the messages so far; words are handed to `say` as they come.
    pub async fn respond(
        &self,
        messages: &[Message],
        known: &Known<'_>,
        say: impl FnMut(String) + Send,
    ) -> Result<Reply, String> {
        match self {
            Self::Guide => Ok(guide::respond(messages, known)),
            Self::Server(server) => server.respond(messages, known, say).await.map_err(|e| e.to_string()),
        }
    }
}
