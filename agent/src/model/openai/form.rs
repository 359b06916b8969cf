//! Tool calls for models and servers that have none: one JSON object that says and calls.
//!
//! The form's schema is made from the tools' own, so that a server that can hold a model to a schema
//! yields arguments as good as native ones. Reading is lenient: a fence, a sentence before the object or
//! thinking aloud are looked past, and an answer that is no form at all is taken as words.

use linchpin_tools::Spec;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::arguments;
use super::escape;
use super::gather::tool_name;
use crate::model::{Reply, ToolCall};

/// The most calls a form may hold.
const MOST_CALLS: usize = 8;

/// What the model is told, with the tools.
pub(super) fn instructions(specs: &[Spec]) -> String {
    let tools: Vec<String> = specs
        .iter()
        .map(|spec| {
            format!(
                "### {}\n{}\nArguments: {}",
                spec.name,
                spec.about,
                escape::json(&super::schema::tidy(&spec.schema))
            )
        })
        .collect();
    format!("{}\n\n{}", include_str!("form.md").trim(), tools.join("\n\n"))
}

/// The form's schema.
pub(super) fn schema(specs: &[Spec]) -> Value {
    let mut shared = Map::new();
    let call = |spec: &Spec, shared: &mut Map<String, Value>| {
        let mut arguments = super::schema::tidy(&spec.schema);
        // References are resolved from the root, so that is where what they name has to be.
        if let Some(Value::Object(defs)) = arguments.as_object_mut().and_then(|schema| schema.remove("$defs")) {
            shared.extend(defs);
        }
        json!({
            "type": "object",
            "properties": {"tool": {"type": "string", "enum": [spec.name]}, "arguments": arguments},
            "required": ["tool", "arguments"],
            "additionalProperties": false,
        })
    };
    let calls: Vec<Value> = specs.iter().map(|spec| call(spec, &mut shared)).collect();
    let mut schema = json!({
        "type": "object",
        "properties": {
            "say": {"type": "string"},
            "calls": {"type": "array", "maxItems": MOST_CALLS, "items": {"anyOf": calls}},
        },
        "required": ["say", "calls"],
        "additionalProperties": false,
    });
    if !shared.is_empty() {
        schema["$defs"] = Value::Object(shared);
    }
    schema
}

/// A turn of the model, written as the form it would have filled in.
pub(super) fn write(text: &str, calls: &[(String, String)]) -> String {
    let calls: Vec<String> = calls
        .iter()
        .map(|(tool, args)| format!("{{\"tool\":{},\"arguments\":{args}}}", escape::json(tool)))
        .collect();
    format!("{{\"say\":{},\"calls\":[{}]}}", escape::json(&text), calls.join(","))
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    say: Option<String>,
    #[serde(default)]
    calls: Vec<Value>,
}

/// Reads a filled-in form into the reply it stands for.
pub(super) fn read(reply: Reply, make_id: impl Fn(usize) -> String) -> Reply {
    let Some(form) = find(&reply.text) else { return reply };
    let call = |(n, call): (usize, &Value)| ToolCall {
        id: make_id(n),
        tool: tool_name(
            call["tool"]
                .as_str()
                .or_else(|| call["name"].as_str())
                .unwrap_or_default(),
        ),
        args: match &call["arguments"] {
            Value::String(text) => arguments::read(text),
            arguments => arguments::read(&arguments.to_string()),
        },
    };
    let calls = form.calls.iter().take(MOST_CALLS).enumerate().map(call).collect();
    Reply {
        text: form.say.unwrap_or_default(),
        calls,
        ..reply
    }
}

/// The first JSON object in a text that is a form.
fn find(text: &str) -> Option<Form> {
    let starts = text.match_indices('{').map(|(at, _)| at).take(32);
    starts
        .filter_map(|at| {
            serde_json::Deserializer::from_str(&text[at..])
                .into_iter::<Value>()
                .next()?
                .ok()
        })
        .find_map(|value| {
            let is_form =
                value.get("say").is_some_and(Value::is_string) || value.get("calls").is_some_and(Value::is_array);
            is_form.then(|| serde_json::from_value(value).ok())?
        })
}
