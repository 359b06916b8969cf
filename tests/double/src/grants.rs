//! The token endpoint, the device endpoint and the exchange for long-lived tokens.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linchpin_catalog::{Auth, ClientAuth, Pkce};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::book::{Act, Rotation, Seen};
use crate::{Asked, CLIENT, Provider, SECRET, doors, entry, shape};

type Fields = HashMap<String, String>;

/// A token request, or what the script has in its place.
pub(crate) async fn token(own: &Provider, asked: Asked) -> Response {
    let seen = Seen {
        headers: asked.headers,
        body: asked.body,
    };
    scripted(own, seen.clone(), || work(own, &seen)).await
}

async fn scripted(own: &Provider, seen: Seen, work: impl Fn() -> Response) -> Response {
    let act = {
        let mut book = own.book.lock().unwrap();
        book.tokens.push(seen);
        book.script.pop_front()
    };
    perform(act, work).await
}

/// Does the work, or what the script has in its place.
pub(crate) async fn perform(act: Option<Act>, work: impl Fn() -> Response) -> Response {
    match act {
        None => work(),
        Some(Act::Say(status, kind, body)) => (
            StatusCode::from_u16(status).unwrap(),
            [(header::CONTENT_TYPE, kind)],
            body,
        )
            .into_response(),
        Some(Act::SayWith(status, headers, body)) => {
            let mut answer = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                answer.headers_mut().insert(name, value.parse().unwrap());
            }
            answer
        }
        Some(Act::Lose(status)) => {
            work();
            StatusCode::from_u16(status).unwrap().into_response()
        }
        Some(Act::Hang) => std::future::pending().await,
        Some(Act::Drip) => {
            let first = futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
            Body::from_stream(futures::StreamExt::chain(first, futures::stream::pending())).into_response()
        }
        Some(Act::Endless) => {
            let block = Bytes::from(vec![b' '; 64 * 1024]);
            Body::from_stream(futures::stream::repeat_with(move || {
                Ok::<_, std::io::Error>(block.clone())
            }))
            .into_response()
        }
        Some(Act::Gate(gate)) => {
            gate.notified().await;
            work()
        }
    }
}

fn work(own: &Provider, seen: &Seen) -> Response {
    let auth = &own.plays.connector.auth;
    let fields = match fields(auth, seen) {
        Ok(fields) => fields,
        Err(why) => return own.refuse("invalid_request", format!("token: {why}")),
    };
    if let Some(why) = shape::lacks(&seen.headers, &auth.quirks.headers) {
        return own.refuse("invalid_request", format!("token: {why}"));
    }
    if let Err(why) = client(auth, &seen.headers, &fields) {
        return own.refuse("invalid_client", format!("token: {why}"));
    }
    let outcome = match fields.get("grant_type").map(String::as_str) {
        Some("authorization_code") => by_code(own, &fields),
        Some("refresh_token") if auth.long_lived.is_none() => by_refresh(own, &fields),
        Some("client_credentials") if auth.client_credentials => {
            let scope = fields.get("scope").cloned().unwrap_or_default();
            let mut answer = mint(own, &scope);
            answer.as_object_mut().unwrap().remove("refresh_token");
            Ok(answer)
        }
        Some("urn:ietf:params:oauth:grant-type:device_code") if auth.device_url.is_some() => by_device(own, &fields),
        other => Err(("unsupported_grant_type", format!("the grant type {other:?}"))),
    };
    match outcome {
        Ok(answer) => shaped(own, answer),
        Err((error, why)) => own.refuse(error, format!("token: {why}")),
    }
}

/// The body in the one form the entry names.
fn fields(auth: &Auth, seen: &Seen) -> Result<Fields, String> {
    let kind = seen
        .headers
        .get(header::CONTENT_TYPE)
        .map_or("", |v| v.to_str().unwrap());
    if auth.quirks.json_body {
        if !kind.starts_with("application/json") {
            return Err(format!("{kind:?} is no JSON"));
        }
        let said: Value = serde_json::from_str(&seen.body).map_err(|e| e.to_string())?;
        let members = said.as_object().ok_or("no object")?.iter();
        return Ok(members
            .map(|(n, v)| (n.clone(), v.as_str().unwrap_or_default().to_owned()))
            .collect());
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(format!("{kind:?} is no form"));
    }
    Ok(seen.form())
}

/// The client, authenticated the way the entry names and no other (RFC 6749 §2.3).
pub(crate) fn client(auth: &Auth, headers: &HeaderMap, fields: &Fields) -> Result<(), String> {
    let id_name = auth.quirks.client_id_param.as_deref().unwrap_or("client_id");
    let in_body = fields.get("client_secret");
    let basic = shape::basic(headers).map(|(id, secret)| (shape::plain(&id), shape::plain(&secret)));
    match auth.client_auth {
        ClientAuth::Basic => match basic {
            Some((id, secret)) if id == CLIENT && secret == SECRET && in_body.is_none() => Ok(()),
            _ => Err("HTTP Basic, and nothing in the body, is wanted".into()),
        },
        _ if headers.contains_key(header::AUTHORIZATION) => Err("nothing in a header is wanted".into()),
        _ if fields.get(id_name).is_none_or(|id| id != CLIENT) => Err(format!("no {id_name}")),
        ClientAuth::Body if in_body.is_none_or(|secret| secret != SECRET) => Err("no client_secret in the body".into()),
        ClientAuth::None if in_body.is_some() => Err("a public client has no secret".into()),
        ClientAuth::Body | ClientAuth::None => Ok(()),
    }
}

type Outcome = Result<Value, (&'static str, String)>;

fn bad(why: &str) -> (&'static str, String) {
    ("invalid_grant", why.to_owned())
}

fn by_code(own: &Provider, fields: &Fields) -> Outcome {
    let auth = &own.plays.connector.auth;
    let code = fields.get("code").ok_or_else(|| bad("no code"))?;
    let began = own
        .book
        .lock()
        .unwrap()
        .codes
        .remove(code)
        .ok_or_else(|| bad("an unknown code"))?;
    if fields.get("redirect_uri") != began.get("redirect_uri") {
        return Err(bad("another redirect_uri"));
    }
    let verifier = fields.get("code_verifier");
    match (auth.pkce, verifier) {
        (Pkce::Refused, None) => {}
        (Pkce::Refused, Some(_)) => return Err(bad("a code_verifier, which is refused")),
        (_, None) => return Err(bad("no code_verifier")),
        (_, Some(verifier)) => {
            if began["code_challenge"] != URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) {
                return Err(bad("another code_verifier"));
            }
        }
    }
    let asked = began.get(&auth.scope_param).cloned().unwrap_or_default();
    let asked: Vec<&str> = asked
        .split(auth.scope_separator.as_str())
        .filter(|s| !s.is_empty())
        .collect();
    let separator = auth.quirks.answer_scope_separator.as_deref().unwrap_or(" ");
    let scope = own.book.lock().unwrap().grants.clone();
    let scope = scope.unwrap_or_else(|| asked.join(separator));
    Ok(mint(own, &scope))
}

fn by_refresh(own: &Provider, fields: &Fields) -> Outcome {
    let old = fields.get("refresh_token").ok_or_else(|| bad("no refresh_token"))?;
    let (rotation, grants) = {
        let mut book = own.book.lock().unwrap();
        match book.refresh.get(old).copied() {
            Some(true) => {}
            Some(false) if book.rotation == Rotation::Grace => {}
            Some(false) => {
                book.refresh.clear();
                return Err(bad("a used refresh token"));
            }
            None => return Err(bad("an unknown refresh token")),
        }
        (book.rotation, book.grants.clone().unwrap_or_default())
    };
    let mut answer = mint(own, &grants);
    let members = answer.as_object_mut().unwrap();
    members.remove("scope");
    let mut book = own.book.lock().unwrap();
    if rotation == Rotation::None {
        if let Some(new) = members.remove("refresh_token") {
            book.refresh.remove(new.as_str().unwrap_or_default());
        }
    } else {
        book.refresh.insert(old.clone(), false);
    }
    Ok(answer)
}

fn by_device(own: &Provider, fields: &Fields) -> Outcome {
    let step = {
        let mut book = own.book.lock().unwrap();
        let code = fields.get("device_code").ok_or_else(|| bad("no device_code"))?;
        if !book.devices.contains(code) {
            return Err(bad("an unknown device_code"));
        }
        let step = book.device_script.pop_front();
        if step.is_none() {
            book.devices.remove(code);
        }
        step
    };
    match step {
        Some(error) => Err((error, error.to_owned())),
        None => Ok(mint(own, "")),
    }
}

fn mint(own: &Provider, scope: &str) -> Value {
    let mut book = own.book.lock().unwrap();
    let number = book.number();
    let (access, refresh) = (format!("at-CANARY-{number}"), format!("rt-CANARY-{number}"));
    book.live_access.insert(access.clone());
    let mut answer = json!({ "access_token": access, "token_type": "Bearer", "scope": scope });
    if !book.expires_in.is_null() {
        answer["expires_in"] = book.expires_in.clone();
    }
    if own.plays.connector.auth.long_lived.is_none() {
        book.refresh.insert(refresh.clone(), true);
        answer["refresh_token"] = refresh.into();
    }
    for (name, value) in book.patch.as_object().unwrap() {
        answer[name] = value.clone();
    }
    answer
}

/// The answer the vendor's way: nested, beside `ok`, with the account in it, or as a form.
fn shaped(own: &Provider, answer: Value) -> Response {
    let connector = &own.plays.connector;
    let quirks = &connector.auth.quirks;
    let mut whole = match &quirks.lift {
        None => answer,
        Some(pointer) => {
            let mut whole = json!({ "access_token": "not-this-one", "token_type": "bot" });
            shape::put(&mut whole, pointer, answer);
            whole
        }
    };
    if let Some(name) = &quirks.ok_field {
        whole[name] = true.into();
    }
    if connector.auth.identity.url.is_empty() {
        doors::name(own, &own.book.lock().unwrap(), &mut whole);
    }
    for field in &connector.config {
        if let (Some(pointer), Some(value)) = (&field.from_token, own.plays.config.get(&field.name)) {
            shape::put(&mut whole, pointer, value.as_str().into());
        }
    }
    if quirks.form_answer {
        let pairs = whole.as_object().unwrap().iter().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), value)
        });
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        return ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded")], form).into_response();
    }
    axum::Json(whole).into_response()
}

/// Starts a device flow (RFC 8628 §3.2).
pub(crate) fn device(own: &Provider, asked: &Asked) -> Response {
    let fields: Fields = url::form_urlencoded::parse(asked.body.as_bytes())
        .into_owned()
        .collect();
    if fields.get("client_id").is_none_or(|id| id != CLIENT) {
        return own.refuse("invalid_client", "device: no client_id");
    }
    let mut book = own.book.lock().unwrap();
    let code = format!("device-CANARY-{}", book.number());
    book.devices.insert(code.clone());
    let origin = entry::origin(&own.plays.connector.auth.authorize_url).unwrap();
    axum::Json(json!({
        "device_code": code, "user_code": "WDJB-MJHT", "verification_uri": format!("{origin}/device"),
        "expires_in": 600, "interval": 1,
    }))
    .into_response()
}

/// Whether a request exchanges or renews a long-lived token.
pub(crate) fn is_long(auth: &Auth, asked: &Asked) -> bool {
    let Some(long) = &auth.long_lived else { return false };
    let at = |address: &str| entry::is_at(&asked.url, address);
    asked.method == axum::http::Method::GET && (at(&long.url) || long.refresh_url.as_deref().is_some_and(at))
}

/// Exchanges a short-lived token, or renews a long-lived one; either way the old one is spent.
pub(crate) async fn long(own: &Provider, asked: Asked) -> Response {
    let fields: Fields = asked.url.query_pairs().into_owned().collect();
    let seen = Seen {
        headers: asked.headers,
        body: String::new(),
    };
    scripted(own, seen, || {
        let long = own.plays.connector.auth.long_lived.as_ref().unwrap();
        let first = fields.get("grant_type") == Some(&long.grant_type);
        let param = if first {
            Some(&long.param)
        } else {
            long.refresh_param.as_ref()
        };
        if !first && fields.get("grant_type") != long.refresh_grant_type.as_ref() {
            return own.refuse("unsupported_grant_type", "long: another grant type");
        }
        if first && fields.get("client_secret").is_none_or(|secret| secret != SECRET) {
            return own.refuse("invalid_client", "long: no client_secret");
        }
        if first && long.with_client_id != fields.contains_key("client_id") {
            return own.refuse("invalid_client", "long: client_id is there, or not, against the entry");
        }
        let Some(token) = param.and_then(|param| fields.get(param)) else {
            return own.refuse("invalid_request", "long: no token");
        };
        if !own.book.lock().unwrap().live_access.contains(token) {
            return own.refuse("invalid_grant", "long: an unknown token");
        }
        let mut answer = mint(own, "");
        answer.as_object_mut().unwrap().remove("scope");
        axum::Json(answer).into_response()
    })
    .await
}
