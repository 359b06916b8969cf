//! Answers in the vendor's shape.

use axum::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use linchpin_catalog::Param;
use serde_json::{Value, json};

/// Puts a value where a JSON pointer points, making what is on the way; a number makes a list.
pub(crate) fn put(into: &mut Value, pointer: &str, value: Value) {
    let mut at = into;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if let Ok(index) = part.parse::<usize>() {
            if !at.is_array() {
                *at = json!([]);
            }
            let list = at.as_array_mut().unwrap();
            while list.len() <= index {
                list.push(Value::Null);
            }
            at = &mut list[index];
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            at = &mut at[part];
        }
    }
    if at.is_null() {
        *at = value;
    }
}

/// Which of the entry's own headers is missing or another.
pub(crate) fn lacks(headers: &HeaderMap, wanted: &[Param]) -> Option<String> {
    wanted
        .iter()
        .find(|own| headers.get(&own.name).and_then(|v| v.to_str().ok()) != Some(own.value.as_str()))
        .map(|own| format!("the header {} is not {:?}", own.name, own.value))
}

/// The token behind `Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// User and password behind `Basic`.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// A text with form encoding undone, as OAuth's Basic has it.
pub(crate) fn plain(text: &str) -> String {
    let pair = format!("x={text}");
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
