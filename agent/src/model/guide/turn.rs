//! One turn of the guide: straight-line code run again with each result.
//!
//! The guide keeps no state. It reads the turn from its first word every time and asks for a tool's
//! result where it needs one: if the conversation holds it, it goes on; if not, the call is the
//! reply. What was said before a call that has been made is not said again.

use serde_json::{Value, json};

use crate::model::{Known, Message, Reply, ToolCall};

/// A call that was made in this turn, with what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done<'a> {
    /// The call.
    pub(super) call: &'a ToolCall,
    /// Whether it did what was asked.
    pub(super) ok: bool,
    /// The result, or `{code, message}`.
    pub(super) data: &'a Value,
}

impl Done<'_> {
    /// What it says about a failure.
    pub(super) fn message(&self) -> String {
        self.data
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("Nothing more is known.")
            .to_owned()
    }

    /// A flag of the result.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.data.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A text of the result.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.data
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// What the builder said, what came before it, and what was done since.
#[derive(Debug, Clone)]
pub(super) struct Turn<'a> {
    /// The builder's words.
    pub(super) text: &'a str,
    /// The conversation before them.
    pub(super) before: &'a [Message],
    /// What is known beside it.
    pub(super) known: &'a Known<'a>,
    /// Calls made since, with their results.
    pub(super) done: Vec<Done<'a>>,
    said: Vec<String>,
    made: usize,
}

/// Goes on, or is the reply.
pub(super) type Flow<T> = Result<T, Reply>;

impl<'a> Turn<'a> {
    /// The turn that a conversation is in; `None` when nobody has said anything.
    pub(super) fn of(messages: &'a [Message], known: &'a Known<'a>) -> Option<Self> {
        let at = messages
            .iter()
            .rposition(|message| matches!(message, Message::User { .. }))?;
        let Some(Message::User { text }) = messages.get(at) else {
            return None;
        };
        let (before, since) = (messages.get(..at)?, messages.get(at + 1..)?);
        let made = messages
            .iter()
            .filter(|message| matches!(message, Message::Tool { .. }))
            .count();
        Some(Self {
            text,
            before,
            known,
            done: results(since),
            said: Vec::new(),
            made,
        })
    }

    /// Says something before the next call, or at the end.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() && !self.said.contains(&text) {
            self.said.push(text);
        }
    }

    /// How many sentences wait to be said.
    pub(super) fn waiting(&self) -> usize {
        self.said.len()
    }

    /// Says something before what came after `at` sentences.
    pub(super) fn say_at(&mut self, at: usize, text: String) {
        self.said.insert(at.min(self.said.len()), text);
    }

    /// The result of a call; the call itself is the reply when it has not been made.
    pub(super) fn call(&mut self, tool: &str, args: Value, same: impl Fn(&Value) -> bool) -> Flow<Done<'a>> {
        match self
            .done
            .iter()
            .position(|one| one.call.tool == tool && same(&one.call.args))
        {
            Some(at) => {
                let done = self.done.remove(at);
                self.done.drain(..at);
                self.said.clear();
                Ok(done)
            }
            None => {
                let call = ToolCall {
                    id: format!("guide_{}", self.made + 1),
                    tool: tool.to_owned(),
                    args,
                };
                Err(Reply {
                    text: self.words(),
                    calls: vec![call],
                    ..Reply::default()
                })
            }
        }
    }

    /// The answer to a question that is put to the builder.
    pub(super) fn ask(&mut self, key: &str, text: &str, options: &[String], placeholder: &str) -> Flow<String> {
        let args = json!({ "key": key, "text": text, "options": options, "free": true, "placeholder": placeholder });
        let done = self.call("ask", args, |args| args.get("key").and_then(Value::as_str) == Some(key))?;
        match done.text("answer").filter(|_| done.ok) {
            Some(answer) => Ok(answer.trim().to_owned()),
            None => Err(self.end("The question stayed open, so nothing was done. Say it again when you like.")),
        }
    }

    /// The end of the turn.
    pub(super) fn end(&mut self, text: impl Into<String>) -> Reply {
        self.say(text);
        Reply {
            text: self.words(),
            ..Reply::default()
        }
    }

    fn words(&mut self) -> String {
        std::mem::take(&mut self.said).join("\n\n")
    }
}

/// Pairs the calls in some messages with their results.
pub(super) fn results(messages: &[Message]) -> Vec<Done<'_>> {
    let mut calls: Vec<&ToolCall> = Vec::new();
    let mut out = Vec::new();
    for message in messages {
        match message {
            Message::Assistant { calls: made, .. } => calls.extend(made),
            Message::Tool { id, ok, data, .. } => {
                if let Some(call) = calls.iter().rev().find(|call| call.id == *id) {
                    out.push(Done { call, ok: *ok, data });
                }
            }
            Message::User { .. } => {}
        }
    }
    out
}
