//! Providers as the sandbox plays them: the catalog's sample answers, and its faults.
//!
//! A call that the catalog does not know gets a 404 and is named. A token that goes anywhere but
//! into the authorization header of its own connector's host is named too.

use std::collections::BTreeMap;

use base64::Engine as _;
use linchpin_catalog::{Catalog, KeyPlace, Operation, Outgoing, PageStyle, Pagination, Resolved, Unresolved};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::world::{Secret, Sent, World};
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
    match found(catalog, method, url, body, prefer) {
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

/// What a call is; of GraphQL its document says it.
fn found<'a>(
    catalog: &'a Catalog,
    method: &str,
    url: &str,
    body: Option<&str>,
    prefer: Option<&str>,
) -> Result<Resolved<'a>, Unresolved> {
    let body: Value = body
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default();
    let document = body.get("query").and_then(Value::as_str);
    let plain = Outgoing {
        method,
        url,
        prefer,
        document: None,
    };
    catalog.resolve_call(&plain).and_then(|first| match document {
        Some(_) if first.operation.is_none() => catalog.resolve_call(&Outgoing { document, ..plain }),
        _ => Ok(first),
    })
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
    match pages.style {
        PageStyle::Cursor => {}
        PageStyle::NextUrl | PageStyle::LinkHeader => return linked(pages, text, url),
        PageStyle::Page | PageStyle::Offset => return Answer::new(200, text.to_owned(), true),
    }
    let cursor = if pages.in_body {
        let body: Value = body.and_then(|b| serde_json::from_str(b).ok()).unwrap_or(Value::Null);
        let body = if operation.graphql.is_some() {
            &body["variables"]
        } else {
            &body
        };
        body.pointer(&format!("/{}", pages.param.replace('.', "/")))
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

/// The sample with a link to one further page, and as that page without one.
fn linked(pages: &Pagination, text: &str, url: &str) -> Answer {
    let mut answer = Answer::new(200, text.to_owned(), true);
    let Ok(mut next) = Url::parse(url) else {
        return answer;
    };
    if next.query_pairs().any(|(name, _)| name == "rehearsed_page") {
        return answer;
    }
    next.query_pairs_mut().append_pair("rehearsed_page", "2");
    if pages.style == PageStyle::LinkHeader {
        let link = format!("<{next}>; rel=\"next\"");
        answer.headers.insert("link".to_owned(), link);
        return answer;
    }
    let mut body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut here = &mut body;
    for part in pages.next.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        if !here.is_object() {
            *here = json!({});
        }
        here = &mut here[name];
    }
    *here = json!(next.as_str());
    Answer::new(200, body.to_string(), true)
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
    if let Some(id) = &token {
        world.asked.insert(id.clone());
    }
    let stored = token.is_none() && is_stored(&call);
    let said = match stored {
        true => Some(Answer::new(200, "A file of the app.\n".to_owned(), true)),
        false => decide(world, &call, prefer.as_deref()),
    };
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
        provider: !stored,
        mail_headers,
    });
    let said = said?;
    let headers: Vec<(&String, &String)> = said.headers.iter().collect();
    Some(json!({"status": said.status, "headers": headers, "body": said.body}).to_string())
}

/// Whether a file of the app is fetched from where Base44 keeps files.
fn is_stored(call: &Call) -> bool {
    let at = |start: &str| call.url.starts_with(start);
    call.method == "GET" && crate::prove::STORES.iter().any(|start| at(start))
}

/// The connector whose credential a request carries where that connector takes it.
fn carried(world: &World<'_>, call: &Call) -> Option<String> {
    let found = world.secrets.iter().find(|secret| in_place(world, call, secret))?;
    found.connector.clone()
}

/// Whether a request carries a credential where its connector takes it.
fn in_place(world: &World<'_>, call: &Call, secret: &Secret) -> bool {
    let Some(connector) = secret.connector.as_deref() else {
        return false;
    };
    let known = world.catalog.get(connector);
    let in_header = |name: &str| header(call, name).is_some_and(|value| shows(value, &secret.value));
    match known.map(|connector| &connector.auth) {
        Some(auth) => match (&auth.key, &auth.token_header) {
            (Some(key), _) => match key.place {
                KeyPlace::Header => in_header(&key.field.to_ascii_lowercase()),
                KeyPlace::Basic => in_header("authorization"),
                KeyPlace::Path | KeyPlace::Query => call.url.contains(&secret.value),
            },
            (None, Some(own)) => in_header(&own.name.to_ascii_lowercase()),
            (None, None) => in_header("authorization"),
        },
        None => in_header("authorization"),
    }
}

/// Whether a header's value is made of a secret, plainly or as one half of HTTP Basic.
fn shows(value: &str, secret: &str) -> bool {
    let basic = value.strip_prefix("Basic ").and_then(|pair| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(pair).ok()?;
        String::from_utf8(bytes).ok()
    });
    value.contains(secret) || basic.is_some_and(|pair| pair.contains(secret))
}

fn header<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    call.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

fn decide(world: &mut World<'_>, call: &Call, prefer: Option<&str>) -> Option<Answer> {
    let said = provider_answer(world.catalog, &call.method, &call.url, call.body.as_deref(), prefer);
    let place = format!("{} {}", call.method, short(&call.url));
    if !said.known {
        let why = found(world.catalog, &call.method, &call.url, call.body.as_deref(), prefer).err();
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        world.problem(format!("{place} is not a call Linchpin knows{why}"));
        return Some(said);
    }
    if prefer.is_none() && header(call, "authorization").is_none() {
        world.problem(format!(
            "{place} goes out without an authorization header, or the one its connector takes."
        ));
        let body = json!({"error": {"code": 401, "message": "Login Required", "status": "UNAUTHENTICATED"}});
        return Some(Answer::new(401, body.to_string(), true));
    }
    if prefer.is_none() {
        world.problem(format!("{place} carries a credential that is no connection's token."));
    }
    let found = found(world.catalog, &call.method, &call.url, call.body.as_deref(), prefer).ok();
    let operation = found.as_ref().and_then(|found| found.operation);
    if operation.is_none() {
        world.note(format!(
            "The catalog has no sample answer of {place}, so it was answered with an empty object."
        ));
    }
    match world.fault {
        Some(Fault::RateLimited) if world.faulted => Some(said),
        Some(fault) if !matches!(fault, Fault::NotConnected | Fault::Hostile) => {
            world.faulted = true;
            fault_answer(fault, operation)
        }
        _ => Some(said),
    }
}

/// What a provider answers to a call it knows when something goes wrong, `None` when it stays
/// silent; an operation may have its own way to refuse. The limit is reached once, the rest goes on.
pub fn fault_answer(fault: Fault, operation: Option<&Operation>) -> Option<Answer> {
    let ok_field = operation.and_then(|operation| operation.ok_field.as_deref());
    let graphql = operation.is_some_and(|operation| operation.graphql.is_some());
    let wrong = |status: u16, message: &str, word: &str| {
        let body = json!({"error": {"code": status, "message": message, "status": word}});
        Answer::new(status, body.to_string(), true)
    };
    match (fault, ok_field) {
        (Fault::Silent | Fault::NotConnected | Fault::Hostile, _) => None,
        (Fault::Unauthorized, None) if graphql => {
            let body = json!({"errors": [{"message": "Authentication required."}]});
            Some(Answer::new(200, body.to_string(), true))
        }
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
        let auth = secret
            .connector
            .as_deref()
            .and_then(|id| world.catalog.get(id))
            .map(|own| &own.auth);
        let key = auth.and_then(|auth| auth.key.as_ref());
        let in_url = key.is_some_and(|key| matches!(key.place, KeyPlace::Path | KeyPlace::Query));
        let own = auth.and_then(|auth| auth.token_header.as_ref()).map(|own| &own.name);
        let own = key.map(|key| &key.field).filter(|name| !name.is_empty()).or(own);
        let allowed = |name: &str| match own {
            Some(own) => name.eq_ignore_ascii_case(own),
            None => name == "authorization",
        };
        let elsewhere = (!in_url && call.url.contains(&secret.value))
            || call.body.as_ref().is_some_and(|body| holds(body, &secret.value))
            || call
                .headers
                .iter()
                .any(|(name, value)| !allowed(name) && value.contains(&secret.value));
        if elsewhere {
            found.push(format!(
                "The {label} leaves in a request to {host} outside the place where it belongs."
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
        let own = connector.serves(&host);
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
                let label = world.secrets.iter().find(|secret| shows(value, &secret.value));
                let label = label.map_or("not a connection’s token", |secret| secret.label.as_str());
                format!("{scheme} ‹{label}›")
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
