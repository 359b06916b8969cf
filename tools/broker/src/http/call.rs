//! `callApi`: the broker makes the call, and the token never reaches the function.
//!
//! Invariants: only the connector's own hosts (the catalog's) are called; the path can't climb out or become
//! another host; no header of ours or of a browser is passed on; a redirect is handed back, not followed; the
//! token is cut out of whatever comes back.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use base64::Engine as _;
use linchpin_catalog::{Connector, KeyPlace};
use linchpin_oauth::{OauthError, filled, show_key, show_paste, show_token};
use linchpin_vault::{ConnectionKey, Secret};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::Fail;
use crate::Broker;
use crate::settings::stored;

/// What a function asks for.
#[derive(Deserialize)]
pub(super) struct Call {
    method: String,
    #[serde(default)]
    host: Option<String>,
    path: String,
    #[serde(default)]
    query: Option<Map<String, Value>>,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    body: Option<Value>,
}

/// Headers a function may set; a connector's own (`Notion-Version`) come on top.
const MAY_SEND: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "if-match",
    "if-none-match",
    "prefer",
    "idempotency-key",
];
/// Headers a function gets to see.
const MAY_SEE: &[&str] = &[
    "content-type",
    "etag",
    "link",
    "retry-after",
    "x-request-id",
    "location",
    "date",
];

/// `POST /api/apps/{app}/connectors/{kind}/call`
pub(super) async fn call(
    State(broker): State<Broker>,
    Path((app, kind)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Json<Call>, JsonRejection>,
) -> Result<Json<Value>, Fail> {
    broker.service(&app, &headers, || Fail::not_connected(&kind)).await?;
    let Json(call) = body.map_err(|e| Fail::bad(e.body_text()))?;
    broker.limits.call(&app, &kind).map_err(Fail::too_many)?;
    let key = ConnectionKey::shared(app, &kind);
    let connector = broker
        .connector_of(&key)
        .await?
        .ok_or_else(|| Fail::not_connected(&kind))?;
    let live = broker.token(&key).await.map_err(|no| Fail::no_token(&kind, &no))?;
    let config = stored(live.config.as_ref());
    let connector = &*filled(connector, &config).map_err(|error| Fail::bad(error.to_string()))?;
    let mut request = prepare(connector, &call, &live.token)?;
    let secret = linchpin_oauth::Secret::from(live.token.expose());
    let shown = match &connector.auth.key {
        Some(api) => show_key(api, &secret, &config, &mut request),
        // No client gave it: a person pasted it.
        None if live.client.is_none() => show_paste(connector, &secret, &mut request),
        None => show_token(connector, &secret, &mut request),
    };
    shown.ok_or_else(Fail::broken)?;
    let secrets = secrets_in(&request, live.token.expose());
    Ok(Json(match broker.wire.pass(request).await {
        Ok(answer) => responded(&answer, &secrets),
        Err(error) => unanswered(&error),
    }))
}

fn prepare(connector: &Connector, call: &Call, token: &Secret) -> Result<http::Request<Vec<u8>>, Fail> {
    let method = match call.method.to_ascii_uppercase().as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        "HEAD" => Method::HEAD,
        _ => return Err(Fail::bad("The method must be GET, POST, PUT, PATCH, DELETE or HEAD.")),
    };
    let url = address(connector, call, token)?;
    let body = match &call.body {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(value) => value.to_string().into_bytes(),
    };
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().map_err(|_| Fail::bad("The path is not one."))?;
    let may_send = |name: &HeaderName| {
        MAY_SEND.contains(&name.as_str())
            || connector
                .operations
                .iter()
                .flat_map(|o| &o.headers)
                .any(|own| own.name.eq_ignore_ascii_case(name.as_str()))
    };
    if !request.body().is_empty() {
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in call.headers.iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fail::bad("A header's name is not one."))?;
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        let value = value.ok_or_else(|| Fail::bad(format!("The value of the header {name} is not one.")))?;
        if !may_send(&name) {
            return Err(Fail::bad(format!(
                "The header {name} can't be set; the broker adds the sign-in by itself."
            )));
        }
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// Where the call goes: one of the connector's hosts, and a path that stays one.
fn address(connector: &Connector, call: &Call, token: &Secret) -> Result<Url, Fail> {
    let own: Vec<Url> = connector
        .hosts
        .iter()
        .filter_map(|host| Url::parse(host).ok())
        .collect();
    let base = match call.host.as_deref().filter(|host| !host.is_empty()) {
        None => own.first(),
        Some(host) => {
            let host = host.strip_prefix("https://").unwrap_or(host).trim_end_matches('/');
            own.iter()
                .find(|url| url.host_str().is_some_and(|own| own.eq_ignore_ascii_case(host)) && url.port().is_none())
        }
    };
    let base = base.ok_or_else(|| {
        Fail::bad(format!(
            "{} is served by {} only.",
            connector.name,
            connector.hosts.join(", ")
        ))
    })?;
    let path = call.path.as_str();
    let climbs = |path: &str| {
        path.split('/')
            .any(|part| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
    };
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '?', '#', '@'])
        && !path.chars().any(|c| c.is_control() || c == ' ');
    if !plain || climbs(path) {
        return Err(Fail::bad(
            "The path must start with a single / and have no .., ?, #, @ or space in it; parameters go into `query`.",
        ));
    }
    let mut url = base.clone();
    let in_path = connector
        .auth
        .key
        .as_ref()
        .is_some_and(|key| key.place == KeyPlace::Path);
    if in_path {
        // Telegram's address has the token in it; the function writes `{key}`.
        url.set_path(&path.replace("{key}", token.expose()));
    } else {
        url.set_path(path);
    }
    if let Some(query) = call.query.as_ref().filter(|query| !query.is_empty()) {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query {
            for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                match value {
                    Value::Null => {}
                    Value::String(text) => drop(pairs.append_pair(name, text)),
                    other => drop(pairs.append_pair(name, &other.to_string())),
                }
            }
        }
    }
    if url.origin() == base.origin() {
        Ok(url)
    } else {
        Err(Fail::bad("The path leads to another host."))
    }
}

/// What must not come back: the token itself, and every header it was shown in (HTTP Basic encodes it).
fn secrets_in(request: &http::Request<Vec<u8>>, token: &str) -> Vec<Zeroizing<String>> {
    let shown = request.headers().values().filter(|value| value.is_sensitive());
    let encoded = shown.filter_map(|value| value.to_str().ok()?.rsplit(' ').next());
    let encoded = encoded.filter(|text| text.len() >= 8 && *text != token);
    encoded
        .chain([token])
        .map(|text| Zeroizing::new(text.to_owned()))
        .collect()
}

fn cut(text: &str, secrets: &[Zeroizing<String>]) -> String {
    secrets
        .iter()
        .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[token]"))
}

fn responded(answer: &http::Response<Vec<u8>>, secrets: &[Zeroizing<String>]) -> Value {
    let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let (mut data, mut data_base64) = (Value::Null, Value::Null);
    match std::str::from_utf8(answer.body()) {
        Ok(text) => {
            let text = cut(text, secrets);
            data = serde_json::from_str(&text).unwrap_or(Value::String(text));
        }
        Err(_) => data_base64 = base64::engine::general_purpose::STANDARD.encode(answer.body()).into(),
    }
    if answer.body().is_empty() {
        data = Value::Null;
    }
    let headers: Map<String, Value> = answer
        .headers()
        .iter()
        .filter(|(name, _)| MAY_SEE.contains(&name.as_str()) || name.as_str().starts_with("x-ratelimit"))
        .filter_map(|(name, value)| Some((name.to_string(), cut(value.to_str().ok()?, secrets).into())))
        .collect();
    json!({
        "success": answer.status().is_success(),
        "phase": "responded",
        "status_code": answer.status().as_u16(),
        "data": data,
        "data_base64": data_base64,
        "content_type": content_type,
        "headers": headers,
        "credits_charged": 0,
    })
}

fn unanswered(error: &OauthError) -> Value {
    let phase = match error {
        OauthError::Deadline { .. } => "timed_out",
        OauthError::Unreachable {
            why: "no connection" | "address",
            ..
        } => "not_sent",
        _ => "sent_unconfirmed",
    };
    json!({
        "success": false,
        "phase": phase,
        "status_code": null,
        "data": { "error": error.to_string() },
        "data_base64": null,
        "content_type": null,
        "headers": {},
        "credits_charged": 0,
    })
}
