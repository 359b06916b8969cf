//! One event of a streamed answer, read as leniently as servers write them.
//!
//! Every server of this protocol leaves fields out, adds its own, or gives them another type.
//! Reading never fails on anything that is JSON: what isn't understood is as if it weren't there.
//! The shapes come from the documentation and the issue trackers of OpenAI, vLLM, llama.cpp, Ollama,
//! OpenRouter, LiteLLM, Groq, Mistral and Gemini's compatible endpoint.

use serde::Deserialize;
use serde_json::Value;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Chunk {
    /// Words for the builder.
    pub(super) text: String,
    /// Pieces of tool calls.
    pub(super) parts: Vec<Part>,
    /// Why the answer ends here.
    pub(super) finish: Option<String>,
    /// Tokens read and written.
    pub(super) usage: Option<(u64, u64)>,
    /// What went wrong at the server after it had begun.
    pub(super) fault: Option<String>,
}

/// A piece of a tool call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    /// Which call it belongs to, if the server says.
    pub(super) index: Option<u64>,
    /// The call's id, or nothing.
    pub(super) id: String,
    /// The tool's name, or nothing.
    pub(super) name: String,
    /// A piece of text, a whole object, or null.
    pub(super) arguments: Value,
}

impl From<Value> for Chunk {
    fn from(value: Value) -> Self {
        let mut chunk = Self {
            fault: fault(&value),
            usage: usage(&value["usage"]),
            ..Self::default()
        };
        let choices = value["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        // Only one answer is asked for.
        let Some(choice) = choices.iter().find(|c| number(&c["index"]).unwrap_or(0) == 0) else {
            return chunk;
        };
        let delta = if choice["delta"].is_object() {
            &choice["delta"]
        } else {
            &choice["message"]
        };
        chunk.text = words(&delta["content"]) + &words(&delta["refusal"]);
        chunk.parts = delta["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|call| part(call, &call["function"]))
            .collect();
        if delta["function_call"].is_object() {
            chunk.parts.push(part(&Value::Null, &delta["function_call"]));
        }
        chunk.finish = choice["finish_reason"]
            .as_str()
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned);
        chunk.fault = chunk.fault.or_else(|| fault(choice));
        chunk
    }
}

fn part(call: &Value, function: &Value) -> Part {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Part {
        index: number(&call["index"]),
        id: text(&call["id"]),
        name: text(&function["name"]),
        arguments: function["arguments"].clone(),
    }
}

/// A text, or the texts of a list of parts.
fn words(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter(|p| p["type"] == "text")
            .filter_map(|p| p["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        // Some servers write whole numbers as `3.0`.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; only counts get here"
        )]
        other => other
            .as_u64()
            .or_else(|| other.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
    }
}

fn usage(value: &Value) -> Option<(u64, u64)> {
    let either = |one: &str, other: &str| number(&value[one]).or_else(|| number(&value[other]));
    let (read, written) = (
        either("prompt_tokens", "input_tokens"),
        either("completion_tokens", "output_tokens"),
    );
    (read.is_some() || written.is_some()).then(|| (read.unwrap_or(0), written.unwrap_or(0)))
}

/// What an error says, wherever a server puts it: `{"error":{"message"}}`, `{"error":"…"}`, `{"message"}`
/// with `"object":"error"`, `{"detail":…}`.
pub(super) fn fault(value: &Value) -> Option<String> {
    match &value["error"] {
        Value::String(text) if !text.is_empty() => return Some(text.clone()),
        Value::Object(error) if !error.is_empty() => {
            let inner = ["message", "error", "type", "code"]
                .iter()
                .find_map(|key| error.get(*key)?.as_str());
            return Some(inner.unwrap_or("an error without words").to_owned());
        }
        _ => {}
    }
    if value["object"] == "error" || value["type"] == "error" {
        return Some(value["message"].as_str().unwrap_or("an error without words").to_owned());
    }
    None
}
