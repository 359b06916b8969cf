//! What is derived from a draft: its proof, the policy's verdict, and its rehearsals.
//! These serialize as `linchpin check --json` prints them: scripts depend on the names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All that was found out about one function.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// The function's name.
    pub name: String,
    /// Its file, relative to the app.
    pub file: String,
    /// The calls, what is unresolved, and the scopes.
    #[serde(flatten)]
    pub proof: Proof,
    /// What the policy says.
    pub verdict: Verdict,
    /// What runs would have sent.
    pub rehearsals: Vec<Rehearsal>,
}

/// Where a function reaches, from its code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Every outgoing call that could be resolved.
    pub calls: Vec<Call>,
    /// Every outgoing call that could not.
    pub unresolved: Vec<Unresolved>,
    /// Lines that fetch a file of the app from where Base44 keeps files; nothing of an account goes
    /// along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<u32>,
    /// Scopes by connector.
    pub scopes: Scopes,
    /// Connectors asked for, and whether through the app user's account.
    pub connectors: Vec<Connection>,
    /// Entities read and written through the SDK.
    pub entities: Vec<EntityAccess>,
    /// Built-in integrations called through the SDK.
    #[serde(default)]
    pub integrations: Vec<Integration>,
}

/// One outgoing call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Host name.
    pub host: String,
    /// HTTP method.
    pub method: String,
    /// Path with `{}` where a part is computed.
    pub path: String,
    /// The operation or vendor method it is (`gmail.users.messages.send`).
    pub operation: String,
    /// The connector it belongs to.
    pub connector: String,
    /// Line, from 1.
    pub line: u32,
    /// Sets of scopes, any one of which suffices.
    #[serde(default)]
    pub scope_sets: Vec<Vec<String>>,
}

/// An outgoing call that could not be resolved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unresolved {
    /// Line, from 1.
    pub line: u32,
    /// Why, in a sentence.
    pub why: String,
}

/// Scopes by connector.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scopes {
    /// The smallest set that suffices for the calls.
    pub needed: BTreeMap<String, Vec<String>>,
    /// What the connector file declares.
    pub declared: BTreeMap<String, Vec<String>>,
    /// Needed and not covered by what is declared, as `connector scope`.
    pub missing: Vec<String>,
    /// Declared and needed by no function, as `connector scope`.
    pub excess: Vec<String>,
}

/// A connector that a function asks the SDK for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Connector type, or the app-user connector's id.
    pub connector: String,
    /// Whether it is the app user's account.
    pub app_user: bool,
    /// The secret that holds its key, where it takes a key in place of a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Line, from 1.
    pub line: u32,
}

/// Use of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityAccess {
    /// The entity.
    pub entity: String,
    /// The SDK method.
    pub method: String,
    /// Whether with the service role (past row-level security).
    pub service_role: bool,
    /// Line, from 1.
    pub line: u32,
}

/// Use of a built-in integration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// Its name (`Core.SendEmail`).
    pub name: String,
    /// Whether with the service role.
    pub service_role: bool,
    /// Line, from 1.
    pub line: u32,
}

/// What the policy says of a draft.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it may be applied.
    pub ok: bool,
    /// What it breaks.
    pub violations: Vec<Violation>,
}

/// A rule that a draft breaks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule's id (`P4`).
    pub rule: String,
    /// Line, from 1.
    pub line: u32,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// One run of a function in the sandbox.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// Who called it: `anonymous`, `user`, `admin`, `automation`, or a fault such as `provider 429`.
    pub caller: String,
    /// Whether it did what it should for that caller.
    pub ok: bool,
    /// The HTTP status it answered with; 0 when it threw.
    pub status: u16,
    /// What it would have sent to providers, in order.
    pub requests: Vec<Request>,
    /// What it answered, as text.
    pub answer: String,
    /// What it wrote to entities, in order.
    #[serde(default)]
    pub writes: Vec<EntityWrite>,
    /// What it printed.
    #[serde(default)]
    pub console: Vec<String>,
    /// Why it is not ok.
    #[serde(default)]
    pub problem: Option<String>,
}

/// A request that a run would have sent. The authorization header's value is never recorded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Headers by lower-case name; `authorization` is `Bearer ‹token of CONNECTOR›`.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: Option<String>,
    /// The message, when the body carries one.
    pub mail: Option<MailView>,
    /// The status the sandbox answered with.
    pub status: u16,
}

impl Request {
    /// The body as a reader wants it: the fields of a form one a line, a file by its name, type and
    /// size, anything else as it is.
    pub fn readable(&self) -> Option<String> {
        let body = self.body.as_ref()?;
        let kind = self.headers.get("content-type").map_or("", String::as_str);
        if kind.starts_with("application/x-www-form-urlencoded") {
            let fields = url::form_urlencoded::parse(body.as_bytes());
            let lines: Vec<String> = fields.map(|(name, value)| format!("{name}: {value}")).collect();
            return Some(lines.join("\n"));
        }
        let boundary = kind
            .starts_with("multipart/")
            .then(|| {
                kind.split_once("boundary=")
                    .map(|(_, boundary)| boundary.trim_matches('"'))
            })
            .flatten();
        let Some(boundary) = boundary else {
            return Some(body.clone());
        };
        let mark = format!("--{boundary}");
        let lines: Vec<String> = body.split(mark.as_str()).skip(1).filter_map(part).collect();
        Some(lines.join("\n"))
    }
}

/// A part of a multipart body in one line, or as its JSON.
fn part(text: &str) -> Option<String> {
    let (head, content) = text.split_once("\r\n\r\n")?;
    let content = content.strip_suffix("\r\n").unwrap_or(content);
    let quoted = |key: &str| Some(head.split_once(key)?.1.split('"').next()?.to_owned());
    let header = |line: &&str| line.to_ascii_lowercase().starts_with("content-type:");
    let kind = head
        .lines()
        .find(header)
        .and_then(|line| Some(line.split_once(':')?.1.trim()));
    Some(match (quoted("; name=\""), quoted("filename=\""), kind) {
        (Some(name), Some(file), kind) => {
            let kind = kind.unwrap_or("application/octet-stream");
            format!("{name}: {file} ({kind}, {} bytes)", content.len())
        }
        (Some(name), None, _) => format!("{name}: {content}"),
        (None, _, Some(kind)) if kind.starts_with("application/json") => content.to_owned(),
        (None, _, kind) => format!("{} bytes ({})", content.len(), kind.unwrap_or("no type")),
    })
}

/// A mail as a reader would see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailView {
    /// Recipients.
    pub to: String,
    /// Copies.
    pub cc: String,
    /// Decoded subject.
    pub subject: String,
    /// Decoded text.
    pub text: String,
}

/// A write to an entity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EntityWrite {
    /// The entity.
    pub entity: String,
    /// The SDK method.
    pub method: String,
    /// The record's id, for updates and deletes.
    pub id: Option<String>,
    /// The data.
    pub data: serde_json::Value,
}
