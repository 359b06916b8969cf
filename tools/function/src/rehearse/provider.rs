//! Providers as the sandbox plays them: the catalog's sample answers, and its faults.
//!
//! A call that the catalog does not know gets a 404 and is named. A token that goes anywhere but
//! into the authorization header of its own connector's host is named too.

use std::collections::BTreeMap;

use base64::Engine as _;
use linchpin_catalog::{Catalog, Operation};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::world::{Sent, World};
use super::{Fault, mail};
use crate::{MailView, Request};

/// A request as the shims hand it out.
#[derive(Debug, Deserialize)]
struct Call {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// What a provider says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Whether the catalog knows the call.
    pub known: bool,
}

impl Answer {
    fn new(status: u16, body: String, known: bool) -> Self {
        let kind = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self {
            status,
            headers: [kind].into(),
            body,
            known,
        }
    }
}

/// What the provider answers to a call when nothing is wrong: the sample of the catalog's
/// operation. A call that asks for a further page gets the last one. A test that plays the
/// provider for a real run uses this very function, so that both runs hear the same.
pub fn provider_answer(catalog: &Catalog, method: &str, url: &str, body: Option<&str>, prefer: Option<&str>) -> Answer {
    match catalog.resolve(method, url, prefer) {
        Ok(found) => match found.operation {
            Some(operation) => sample(operation, url, body),
            None => Answer::new(200, "{}".to_owned(), true),
        },
        Err(why) => {
            let body = json!({"error": {"code": 404, "message": "Not Found", "detail": why.to_string()}});
            Answer::new(404, body.to_string(), false)
        }
    }
}

fn sample(operation: &Operation, url: &str, body: Option<&str>) -> Answer {
    let text = operation.sample_response.trim();
    if text.is_empty() {
        let mut answer = Answer::new(204, String::new(), true);
        answer.headers.clear();
        return answer;
    }
    let Some(pages) = &operation.pagination else {
        return Answer::new(200, text.to_owned(), true);
    };
    let cursor = if pages.in_body {
        let body: Value = body.and_then(|b| serde_json::from_str(b).ok()).unwrap_or(Value::Null);
        body.get(&pages.param)
            .is_some_and(|c| !c.is_null() && c.as_str() != Some(""))
    } else {
        Url::parse(url).is_ok_and(|u| u.query_pairs().any(|(k, v)| k == pages.param && !v.is_empty()))
    };
    if !cursor {
        return Answer::new(200, text.to_owned(), true);
    }
    let mut answer: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let next = pages.next.clone();
    if let Some((parent, key)) = next.rsplit_once('/')
        && let Some(Value::Object(parent)) = answer.pointer_mut(parent)
    {
        parent.remove(key);
        if parent.contains_key("has_more") {
            parent.insert("has_more".to_owned(), json!(false));
        }
    }
    Answer::new(200, answer.to_string(), true)
}

/// Answers a fetch; `None` when the provider stays silent.
pub(super) fn answer(world: &mut World<'_>, json: &str, now: f64) -> Option<String> {
    let call: Call = match serde_json::from_str(json) {
        Ok(call) => call,
        Err(error) => return Some(json!({"error": format!("the request can't be read: {error}")}).to_string()),
    };
    let token = carried(world, &call);
    if !call.url.starts_with("https://") && !call.url.starts_with("http://") {
        return Some(json!({"error": format!("Url scheme not supported: {}", call.url)}).to_string());
    }
    let prefer = token.clone();
    let said = decide(world, &call, prefer.as_deref());
    let status = said.as_ref().map_or(0, |said| said.status);
    misplaced(world, &call, token.as_deref());
    let (view, mail_headers) = message(&call);
    let body = call.body.as_ref().map(|body| world.masked(body));
    let body = body.map(|body| world.keep(body));
    let request = Request {
        method: call.method.clone(),
        url: world.masked(&call.url),
        headers: shown(world, &call),
        body,
        mail: view,
        status,
    };
    world.sent.push(Sent {
        request,
        at: now,
        provider: true,
        mail_headers,
    });
    let said = said?;
    let headers: Vec<(&String, &String)> = said.headers.iter().collect();
    Some(json!({"status": said.status, "headers": headers, "body": said.body}).to_string())
}

/// The connector whose token the authorization header carries.
fn carried(world: &World<'_>, call: &Call) -> Option<String> {
    let value = header(call, "authorization")?;
    let found = world
        .secrets
        .iter()
        .find(|s| s.connector.is_some() && value.contains(&s.value))?;
    found.connector.clone()
}

fn header<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    call.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

fn decide(world: &mut World<'_>, call: &Call, prefer: Option<&str>) -> Option<Answer> {
    let said = provider_answer(world.catalog, &call.method, &call.url, call.body.as_deref(), prefer);
    let place = format!("{} {}", call.method, short(&call.url));
    if !said.known {
        let why = world.catalog.resolve(&call.method, &call.url, prefer).err();
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        world.problem(format!("{place} is not a call Linchpin knows{why}"));
        return Some(said);
    }
    if header(call, "authorization").is_none() {
        world.problem(format!("{place} goes out without an authorization header."));
        let body = json!({"error": {"code": 401, "message": "Login Required", "status": "UNAUTHENTICATED"}});
        return Some(Answer::new(401, body.to_string(), true));
    }
    if prefer.is_none() {
        world.problem(format!("{place} carries a credential that is no connection's token."));
    }
    let found = world.catalog.resolve(&call.method, &call.url, prefer).ok();
    let operation = found.as_ref().and_then(|found| found.operation);
    if operation.is_none() {
        world.note(format!(
            "The catalog has no sample answer of {place}, so it was answered with an empty object."
        ));
    }
    let ok_field = operation.and_then(|operation| operation.ok_field.clone());
    match world.fault {
        Some(Fault::RateLimited) if world.faulted => Some(said),
        Some(fault) if fault != Fault::NotConnected => {
            world.faulted = true;
            fault_answer(fault, ok_field.as_deref())
        }
        _ => Some(said),
    }
}

/// What a provider answers to a call it knows when something goes wrong, `None` when it stays
/// silent; `ok_field` is the operation's own. The limit is reached once, the rest goes on.
pub fn fault_answer(fault: Fault, ok_field: Option<&str>) -> Option<Answer> {
    let wrong = |status: u16, message: &str, word: &str| {
        let body = json!({"error": {"code": status, "message": message, "status": word}});
        Answer::new(status, body.to_string(), true)
    };
    match (fault, ok_field) {
        (Fault::Silent | Fault::NotConnected, _) => None,
        (Fault::Broken, _) => Some(wrong(500, "Internal error encountered.", "INTERNAL")),
        (Fault::Unauthorized, Some(field)) => {
            let body = json!({field: false, "error": "invalid_auth"});
            Some(Answer::new(200, body.to_string(), true))
        }
        (Fault::Unauthorized, None) => Some(wrong(
            401,
            "Request had invalid authentication credentials.",
            "UNAUTHENTICATED",
        )),
        (Fault::RateLimited, _) => {
            let mut said = wrong(429, "Rate limit exceeded.", "RESOURCE_EXHAUSTED");
            said.headers.insert("retry-after".to_owned(), "2".to_owned());
            Some(said)
        }
    }
}

/// Names every secret that stands where it must not.
fn misplaced(world: &mut World<'_>, call: &Call, token: Option<&str>) {
    let host = Url::parse(&call.url)
        .ok()
        .and_then(|u| u.host_str().map(str::to_owned))
        .unwrap_or_default();
    let mut found = Vec::new();
    for secret in &world.secrets {
        let label = &secret.label;
        let elsewhere = call.url.contains(&secret.value)
            || call.body.as_ref().is_some_and(|body| holds(body, &secret.value))
            || call
                .headers
                .iter()
                .any(|(n, v)| n != "authorization" && v.contains(&secret.value));
        if elsewhere {
            found.push(format!(
                "The {label} leaves in a request to {host} outside its authorization header."
            ));
        }
        let authorized = header(call, "authorization").is_some_and(|v| v.contains(&secret.value));
        if authorized && secret.connector.is_none() {
            found.push(format!("The {label} of the platform is sent to {host}."));
        }
    }
    if let Some(id) = token
        && let Some(connector) = world.catalog.get(id)
    {
        let own = connector
            .hosts
            .iter()
            .any(|origin| Url::parse(origin).is_ok_and(|o| o.host_str() == Some(&host)));
        let family = world.catalog.resolve(&call.method, &call.url, Some(id));
        let related = family.is_ok_and(|found| found.connector == id);
        if !own && !related {
            found.push(format!(
                "The token of {id} is sent to {host}, which is not {}'s.",
                connector.name
            ));
        }
    }
    for text in found {
        world.problem(text);
    }
}

/// Whether a text holds a secret, plainly or in base64.
pub(super) fn holds(text: &str, secret: &str) -> bool {
    if text.contains(secret) {
        return true;
    }
    // The inner bytes of any base64 of the secret, for each of the three alignments.
    (0..3).any(|shift| {
        let padded = [vec![b'.'; shift], secret.as_bytes().to_vec()].concat();
        let whole = padded.len() / 3 * 3;
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded.get(..whole).unwrap_or_default());
        let inner = encoded.get(4..).unwrap_or_default();
        inner.len() > 12 && (text.contains(inner) || text.contains(&inner.replace('+', "-").replace('/', "_")))
    })
}

fn shown(world: &World<'_>, call: &Call) -> BTreeMap<String, String> {
    call.headers
        .iter()
        .map(|(name, value)| {
            let masked = world.masked(value);
            let kept = if name == "authorization" && !masked.contains('‹') {
                let scheme = masked.split(' ').next().unwrap_or_default();
                format!("{scheme} ‹not a connection’s token›")
            } else {
                masked
            };
            (name.clone(), kept)
        })
        .collect()
}

/// The message a request carries: `raw`, `message.raw`, or the body itself.
fn message(call: &Call) -> (Option<MailView>, Vec<String>) {
    let Some(body) = &call.body else {
        return (None, Vec::new());
    };
    let kind = header(call, "content-type").unwrap_or_default();
    let bytes = if kind.starts_with("message/rfc822") {
        Some(body.clone().into_bytes())
    } else if call.url.contains("gmail") {
        let json: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        let raw = json.get("raw").or_else(|| json.pointer("/message/raw"));
        raw.and_then(Value::as_str).and_then(mail::from_raw)
    } else {
        None
    };
    let Some(bytes) = bytes else {
        return (None, Vec::new());
    };
    let (view, headers) = mail::view(&bytes);
    (Some(view), headers.into_iter().map(|(name, _)| name).collect())
}

/// An address without its query, for a sentence.
pub(super) fn short(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
