//! How vendors depart from RFC 6749, undone before the `oauth2` crate looks: requests are bent to what the
//! vendor takes, answers to what the standard says. Which quirk a vendor has is data (`catalog::Quirks`).
//!
//! Invariants: pure; nothing is invented (an answer without an access token stays one); a non-empty string is
//! the only thing that counts as a token. Source: RFC 6749 §5, the vendors' pages named in each catalog file.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use linchpin_catalog::{Auth, Quirks};
use serde_json::{Map, Value};

/// What vendors call the errors of RFC 6749 §5.2.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("invalid_refresh_token", "invalid_grant"),
    ("invalid_code", "invalid_grant"),
    ("code_already_used", "invalid_grant"),
    ("token_revoked", "invalid_grant"),
    ("token_expired", "invalid_grant"),
    ("account_inactive", "invalid_grant"),
    ("bad_refresh_token", "invalid_grant"),
    ("bad_auth_code", "invalid_grant"),
    ("bad_verification_code", "invalid_grant"),
    ("invalid_client_id", "invalid_client"),
    ("bad_client_secret", "invalid_client"),
    ("bad_client_id", "invalid_client"),
    ("incorrect_client_credentials", "invalid_client"),
];

/// The request as the vendor takes it.
pub(crate) fn bend(quirks: &Quirks, mut request: http::Request<Vec<u8>>) -> http::Request<Vec<u8>> {
    if quirks.json_body || quirks.client_id_param.is_some() {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(request.body())
            .map(|(name, value)| {
                let name = match &quirks.client_id_param {
                    Some(other) if name == "client_id" => other.clone(),
                    _ => name.into_owned(),
                };
                (name, value.into_owned())
            })
            .collect();
        if quirks.json_body {
            let object: Map<String, Value> = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
            *request.body_mut() = Value::Object(object).to_string().into_bytes();
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            *request.body_mut() = form.into_bytes();
        }
    }
    dress(quirks, request.headers_mut());
    request
}

/// Adds the vendor's own headers.
pub(crate) fn dress(quirks: &Quirks, headers: &mut http::HeaderMap) {
    for header in &quirks.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&header.value)) {
            headers.insert(name, value);
        }
    }
}

/// An answer of a token endpoint, made standard.
pub(crate) enum Answer {
    /// A JSON object with a token in it, ready for a strict parser, and all its members for other readers.
    Token(Map<String, Value>),
    /// An error of RFC 6749 §5.2.
    Error(String),
    /// Neither; what is wrong with it.
    Neither(&'static str),
}

/// Reads an answer the vendor's way.
pub(crate) fn straighten(auth: &Auth, status: u16, content_type: &str, body: &[u8]) -> Answer {
    let good = (200..300).contains(&status);
    let mut object = match object(&auth.quirks, content_type, body) {
        Ok(object) => object,
        Err(what) => return Answer::Neither(what),
    };
    if let Some(code) = refusal(&auth.quirks, good, &object) {
        return Answer::Error(code);
    }
    if let Some(Value::Object(inner)) = auth.quirks.lift.as_deref().and_then(|at| pick(&object, at)) {
        object.extend(inner);
    }
    if !object.get("access_token").and_then(Value::as_str).is_some_and(is_token) {
        return Answer::Neither("no access token in it");
    }
    if !object
        .get("refresh_token")
        .and_then(Value::as_str)
        .is_some_and(is_token)
    {
        object.remove("refresh_token");
    }
    if !object.get("token_type").is_some_and(Value::is_string) {
        object.insert("token_type".into(), "bearer".into());
    }
    match scopes(auth, object.get("scope")) {
        Some(list) => object.insert("scope".into(), list.join(" ").into()),
        None => object.remove("scope"),
    };
    Answer::Token(object)
}

fn object(quirks: &Quirks, content_type: &str, body: &[u8]) -> Result<Map<String, Value>, &'static str> {
    let form = content_type.split(';').next().unwrap_or_default().trim();
    if quirks.form_answer && form.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(url::form_urlencoded::parse(body)
            .map(|(n, v)| (n.into_owned(), Value::from(v.into_owned())))
            .collect());
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty");
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("not a JSON object"),
        Err(_) if body.starts_with(b"<") || content_type.contains("html") => Err("a web page"),
        Err(_) => Err("not JSON"),
    }
}

/// The vendor's error code, when this is an error.
fn refusal(quirks: &Quirks, good: bool, object: &Map<String, Value>) -> Option<String> {
    let not_ok = quirks
        .ok_field
        .as_deref()
        .is_some_and(|name| object.get(name) != Some(&Value::Bool(true)));
    let named = match object.get("error") {
        Some(Value::String(code)) if !code.is_empty() => Some(code.as_str()),
        Some(Value::Object(inner)) => ["code", "status", "type"]
            .iter()
            .find_map(|name| inner.get(*name).and_then(Value::as_str))
            .or(Some("error")),
        _ => None,
    };
    if good && !not_ok && named.is_none() {
        return None;
    }
    let named = named.or_else(|| {
        ["code", "status"]
            .iter()
            .find_map(|name| object.get(*name).and_then(Value::as_str))
    });
    Some(code(named.unwrap_or_default()))
}

/// A code that is safe to show and log: lower-case letters and underscores, at most 40. A provider may put
/// what we sent it into its errors, and a secret never looks like that.
pub(crate) fn code(said: &str) -> String {
    let plain = said.to_ascii_lowercase();
    let plain = plain.trim();
    let is_code = !plain.is_empty() && plain.len() <= 40 && plain.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if !is_code {
        return "unnamed_error".into();
    }
    OTHER_NAMES
        .iter()
        .find(|(other, _)| *other == plain)
        .map_or(plain, |(_, name)| name)
        .to_owned()
}

/// Scopes of an answer: a list, or a text with the vendor's separator. `None` when it says nothing.
fn scopes(auth: &Auth, said: Option<&Value>) -> Option<Vec<String>> {
    let list: Vec<String> = match said? {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(text) => match auth.quirks.answer_scope_separator.as_deref() {
            Some(separator) if !separator.is_empty() => text.split(separator).map(|s| s.trim().to_owned()).collect(),
            _ => text.split_ascii_whitespace().map(str::to_owned).collect(),
        },
        _ => return None,
    };
    let list: Vec<String> = list.into_iter().filter(|s| !s.is_empty()).collect();
    (!list.is_empty()).then_some(list)
}

/// Something that can be a bearer token: visible ASCII, as it goes into a header (RFC 6750 §2.1).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

/// A JSON pointer into an object.
pub(crate) fn pick(object: &Map<String, Value>, pointer: &str) -> Option<Value> {
    let (first, rest) = match pointer.strip_prefix('/')?.split_once('/') {
        Some((first, rest)) => (first, format!("/{rest}")),
        None => (pointer.strip_prefix('/')?, String::new()),
    };
    let first = first.replace("~1", "/").replace("~0", "~");
    object.get(&first)?.pointer(&rest).cloned()
}
