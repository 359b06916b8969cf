//! What a server turned out not to understand, learned from its refusals.
//!
//! A request begins with everything. A refusal that names tools, the response format or the stream
//! options takes that one thing out, for the rest of the session if that brought an answer; without tools
//! the model fills in a [form](super::form). Each can be taken out only once, so asking again always ends.

use super::error::ModelError;

/// Something that not every server understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Feature {
    /// `tools`.
    Tools = 1,
    /// `response_format` with a schema (asked for only without tools).
    Schema = 2,
    /// `stream_options.include_usage`.
    Usage = 4,
}

/// What is left out of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Speech(pub(super) u8);

impl Speech {
    /// Whether requests use a feature.
    pub(super) fn uses(self, feature: Feature) -> bool {
        let taken_out = self.0 & feature as u8 != 0;
        match feature {
            // A form is what stands in for tools.
            Feature::Schema => !taken_out && !self.uses(Feature::Tools),
            _ => !taken_out,
        }
    }

    /// The same without a feature.
    pub(super) fn without(self, feature: Feature) -> Self {
        Self(self.0 | feature as u8)
    }

    /// The feature in use that this refusal is about, if it is about one.
    pub(super) fn refused(self, error: &ModelError) -> Option<Feature> {
        let feature = match error {
            ModelError::Refused { status, said, .. } => names_a_feature(*status, said)?,
            ModelError::Broken { said } => names_a_feature(400, said)?,
            _ => return None,
        };
        // A complaint about schemas is about the form when there is one.
        let feature = if feature == Feature::Tools && self.uses(Feature::Schema) {
            Feature::Schema
        } else {
            feature
        };
        self.uses(feature).then_some(feature)
    }
}

/// The feature that a refusal says a server or model lacks. Wordings: Ollama "… does not support tools",
/// vLLM "\"auto\" tool choice requires --enable-auto-tool-choice", llama.cpp "tools param requires --jinja
/// flag", OpenRouter "No endpoints found that support tool use", pydantic "extra fields not permitted".
pub(super) fn names_a_feature(status: u16, said: &str) -> Option<Feature> {
    const LACKS: [&str; 16] = [
        "not support",
        "n't support",
        "unsupported",
        "no endpoints",
        "requires",
        "not enabled",
        "not available",
        "not implemented",
        "unknown",
        "unrecognized",
        "unrecognised",
        "unexpected keyword",
        "not permitted",
        "forbidden",
        "not allowed",
        "not supported",
    ];
    if !matches!(status, 400 | 404 | 405 | 422 | 500 | 501) {
        return None;
    }
    let said = said.to_lowercase();
    let lacks = LACKS.iter().any(|words| said.contains(words));
    let names = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if names(&["stream_options", "include_usage"]) {
        return Some(Feature::Usage);
    }
    if names(&[
        "response_format",
        "json_schema",
        "json schema",
        "structured output",
        "grammar",
    ]) {
        return Some(Feature::Schema);
    }
    // A model may be called `…-tools`, and a message of the role `tool` may be what is wrong.
    let tools = names(&[
        "tools",
        "tool use",
        "tool choice",
        "tool_choice",
        "tool calling",
        "tool call",
        "function calling",
        "functions",
    ]);
    (lacks && tools && !names(&["tool_call_id", "must be followed", "role"])).then_some(Feature::Tools)
}
