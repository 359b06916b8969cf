//! Puts the events of one answer together.
//!
//! Pieces of a call are matched by index. Without one, an id or a name begins a new call and
//! anything else belongs to the last. An index that is used again for another call begins a new one
//! (some servers number every call 0). Missing ids are made here, and so are `{}` arguments.
//!
//! Invariants: an answer is whole only with a finish reason; the text handed out as it comes is,
//! together, the reply's text or its beginning; no answer grows beyond what is allowed.

use serde_json::Value;

use super::arguments;
use super::chunk::{Chunk, Part};
use super::error::ModelError;
use crate::model::{Reply, ToolCall};

/// The most bytes of text in an answer.
const MOST_TEXT: usize = 1 << 20;
/// The most calls in an answer; a turn ends long before.
const MOST_CALLS: usize = 64;
/// What is said under an answer that the server ended early.
const CUT_NOTE: &str = "\n\n*(The model's length limit cut this answer here.)*";
/// The longest id and name that are kept as they are.
const LONGEST_NAME: usize = 64;

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: String,
    thought: Thought,
    slots: Vec<Slot>,
    finish: Option<String>,
    usage: (u64, u64),
    damaged: bool,
}

#[derive(Debug, Default)]
struct Slot {
    index: Option<u64>,
    id: String,
    name: String,
    text: String,
    object: Option<Value>,
}

impl Gathered {
    /// Takes one event and gives the words in it that the builder should see.
    pub(super) fn take(&mut self, chunk: Chunk) -> Result<String, ModelError> {
        if let Some(said) = chunk.fault {
            return Err(ModelError::Broken { said });
        }
        for part in chunk.parts {
            self.part(part)?;
        }
        self.usage = chunk.usage.unwrap_or(self.usage);
        self.finish = self.finish.take().or(chunk.finish);
        let shown = self.thought.strip(chunk.text);
        self.text.push_str(&shown);
        if self.text.len() > MOST_TEXT {
            return Err(ModelError::TooLarge);
        }
        Ok(shown)
    }

    /// An event came that is not JSON. What looks like a piece of the answer was one.
    pub(super) fn garbage(&mut self, payload: &str) {
        self.damaged |= payload.trim_start().starts_with('{');
    }

    /// Whether the server has said that the answer ends.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Whether nothing has come that counts.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.slots.is_empty()
    }

    fn part(&mut self, part: Part) -> Result<(), ModelError> {
        let at = match self.slot_of(&part) {
            Some(at) => at,
            None if self.slots.len() == MOST_CALLS => return Err(ModelError::TooLarge),
            None => {
                self.slots.push(Slot {
                    index: part.index,
                    ..Slot::default()
                });
                self.slots.len() - 1
            }
        };
        let slot = &mut self.slots[at];
        if slot.id.is_empty() {
            slot.id = part.id;
        }
        if slot.name.is_empty() {
            slot.name = part.name;
        }
        match part.arguments {
            Value::String(piece) if slot.text.len() + piece.len() <= arguments::MOST + 1 => slot.text.push_str(&piece),
            Value::String(_) => return Err(ModelError::TooLarge),
            Value::Null => {}
            object => slot.object = Some(object),
        }
        Ok(())
    }

    /// The call that a piece belongs to, or none when it begins one.
    fn slot_of(&self, part: &Part) -> Option<usize> {
        let at = match part.index {
            Some(index) => self.slots.iter().rposition(|slot| slot.index == Some(index))?,
            None if !part.id.is_empty() => return self.slots.iter().rposition(|slot| slot.id == part.id),
            None if !part.name.is_empty() => return None,
            None => return self.slots.len().checked_sub(1),
        };
        let slot = &self.slots[at];
        let named_again = !part.name.is_empty() && !slot.name.is_empty();
        let other_id = !part.id.is_empty() && !slot.id.is_empty() && part.id != slot.id;
        let has_more = || !matches!(&part.arguments, Value::Null) && part.arguments.as_str() != Some("");
        // Looked at last: it reads all that has come.
        let is_whole = || slot.object.is_some() || arguments::is_whole(&slot.text);
        let begins_anew = named_again && (other_id || part.name != slot.name || (has_more() && is_whole()));
        (!begins_anew).then_some(at)
    }

    /// The reply, if the answer is whole. `make_id` names the calls that have no usable id;
    /// `in_form` says that the text is a form, of no use when it is cut.
    pub(super) fn finish(self, in_form: bool, make_id: impl Fn(usize) -> String) -> Result<Reply, ModelError> {
        let Some(finish) = self.finish else {
            return Err(ModelError::Cut);
        };
        let has_calls = !self.slots.is_empty();
        let mut text = self.text + &self.thought.held();
        match finish.as_str() {
            "length" | "max_tokens" | "model_length" if has_calls || in_form || text.is_empty() => {
                return Err(ModelError::Overlong);
            }
            "length" | "max_tokens" | "model_length" => text.push_str(CUT_NOTE),
            "content_filter" if has_calls || text.is_empty() => return Err(ModelError::Filtered),
            "error" => return Err(ModelError::Broken { said: String::new() }),
            _ if has_calls && self.damaged => return Err(ModelError::Damaged),
            _ => {}
        }
        let mut calls: Vec<ToolCall> = Vec::with_capacity(self.slots.len());
        for (n, slot) in self.slots.into_iter().enumerate() {
            let usable = is_usable(&slot.id) && calls.iter().all(|call| call.id != slot.id);
            let id = if usable { slot.id } else { make_id(n) };
            let args = match slot.object {
                // Written out and read again, so that it is held to the same rules.
                Some(object) => arguments::read(&object.to_string()),
                None => arguments::read(&slot.text),
            };
            calls.push(ToolCall {
                id,
                tool: tool_name(&slot.name),
                args,
            });
        }
        Ok(Reply {
            text,
            calls,
            input_tokens: self.usage.0,
            output_tokens: self.usage.1,
        })
    }
}

fn is_usable(id: &str) -> bool {
    (1..=LONGEST_NAME).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

/// A tool's name in the characters that every server takes back.
pub(super) fn tool_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            c
        } else {
            '_'
        }
    };
    match name.trim() {
        "" => "unnamed".to_owned(),
        name => name.chars().take(LONGEST_NAME).map(plain).collect(),
    }
}

/// Thinking aloud that some servers leave at the head of the text, between `<think>` and `</think>`.
#[derive(Debug, Default)]
enum Thought {
    /// Nothing has come yet.
    #[default]
    Maybe,
    /// What has come may still turn out to begin one; nothing of it was shown.
    Held(String),
    /// In the middle of one; the last few characters may begin its end.
    Inside(String),
    /// The blank lines after it.
    After,
    Over,
}

impl Thought {
    /// What was held back and turned out to be an answer.
    fn held(self) -> String {
        match self {
            Self::Held(held) => held,
            _ => String::new(),
        }
    }

    /// Gives back the part of a piece that is not thinking.
    fn strip(&mut self, piece: String) -> String {
        const OPEN: &str = "<think>";
        const CLOSE: &str = "</think>";
        let mut rest = piece;
        loop {
            match std::mem::take(self) {
                Self::Over => {
                    *self = Self::Over;
                    return rest;
                }
                Self::Maybe => *self = Self::Held(String::new()),
                Self::Held(held) => {
                    let all = held + &rest;
                    let head = all.trim_start();
                    if let Some(inside) = head.strip_prefix(OPEN) {
                        rest = inside.to_owned();
                        *self = Self::Inside(String::new());
                    } else if OPEN.starts_with(head) && all.len() < LONGEST_NAME {
                        *self = Self::Held(all);
                        return String::new();
                    } else {
                        *self = Self::Over;
                        rest = all;
                    }
                }
                Self::Inside(tail) => {
                    let all = tail + &rest;
                    let Some((_, after)) = all.split_once(CLOSE) else {
                        let keep = all
                            .char_indices()
                            .rev()
                            .take(CLOSE.len() - 1)
                            .last()
                            .map_or(0, |(at, _)| at);
                        *self = Self::Inside(all[keep..].to_owned());
                        return String::new();
                    };
                    rest = after.to_owned();
                    *self = Self::After;
                }
                Self::After => {
                    rest = rest.trim_start().to_owned();
                    *self = if rest.is_empty() { Self::After } else { Self::Over };
                    if rest.is_empty() {
                        return rest;
                    }
                }
            }
        }
    }
}
