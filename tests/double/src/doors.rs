//! The authorize page, the revocation endpoint and the identity probe.

use std::collections::{BTreeSet, HashMap};

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use linchpin_catalog::{ApiKey, KeyPlace, Pkce, RevokedBy, TokenPlace};
use serde_json::{Value, json};
use url::Url;

use crate::book::{Book, Seen};
use crate::{Asked, CLIENT, Provider, SECRET, entry, shape};

/// Consents at once, when every parameter is one the entry names.
pub(crate) fn authorize(own: &Provider, asked: &Asked) -> Response {
    match parameters(own, asked) {
        Ok(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Err(why) => {
            own.refuse("invalid_request", format!("authorize: {why}"));
            (StatusCode::BAD_REQUEST, why).into_response()
        }
    }
}

fn parameters(own: &Provider, asked: &Asked) -> Result<String, String> {
    let connector = &own.plays.connector;
    let auth = &connector.auth;
    let mut left: HashMap<String, String> = asked.url.query_pairs().into_owned().collect();
    if left.len() != asked.url.query_pairs().count() {
        return Err("a parameter is there twice".into());
    }
    let all = left.clone();
    let mut take = |name: &str| left.remove(name).ok_or_else(|| format!("no {name}"));
    let same = |name: &str, is: &str, wanted: &str| {
        (is == wanted)
            .then_some(())
            .ok_or_else(|| format!("{name} is {is:?}, not {wanted:?}"))
    };
    for (name, value) in Url::parse(&auth.authorize_url).unwrap().query_pairs() {
        same(&name, &take(&name)?, &value)?;
    }
    let id = auth.quirks.client_id_param.as_deref().unwrap_or("client_id");
    same(id, &take(id)?, CLIENT)?;
    same("response_type", &take("response_type")?, "code")?;
    let state = take("state")?;
    let redirect = take("redirect_uri")?;
    let back = Url::parse(&redirect).map_err(|_| "redirect_uri is no address")?;
    let host = auth.loopback_host.as_deref().unwrap_or("127.0.0.1");
    if back.scheme() != "http" || back.host_str() != Some(host) || back.query().is_some() {
        return Err(format!("redirect_uri {redirect} is not on {host}"));
    }
    match auth.pkce {
        Pkce::Refused => {}
        Pkce::S256 | Pkce::Ignored => {
            same("code_challenge_method", &take("code_challenge_method")?, "S256")?;
            take("code_challenge")?;
        }
    }
    for param in &auth.authorize_params {
        same(&param.name, &take(&param.name)?, &param.value)?;
    }
    if !auth.scope_param.is_empty() {
        let said = take(&auth.scope_param).unwrap_or_default();
        let separator = auth.scope_separator.as_str();
        let scopes: BTreeSet<&str> = said.split(separator).filter(|s| !s.is_empty()).collect();
        for scope in &scopes {
            let known = connector.scopes.iter().any(|own| own.name == *scope);
            if !known && !auth.base_scopes.iter().any(|base| base == scope) {
                return Err(format!("{scope:?} is no scope of the entry"));
            }
        }
        if let Some(base) = auth.base_scopes.iter().find(|base| !scopes.contains(base.as_str())) {
            return Err(format!("the base scope {base:?} is not asked for"));
        }
    }
    if let Some(name) = left.keys().next() {
        return Err(format!("the entry names no parameter {name:?}"));
    }
    let mut to = Url::parse(&redirect).map_err(|_| "redirect_uri")?;
    let mut book = own.book.lock().unwrap();
    let code = format!("code-CANARY-{}", book.number());
    {
        let mut query = to.query_pairs_mut();
        query.append_pair("code", &code).append_pair("state", &state);
        if let Some(issuer) = &auth.issuer {
            query.append_pair("iss", &played(own, issuer));
        }
        for field in &connector.config {
            if let (Some(name), Some(value)) = (&field.from_redirect, own.plays.config.get(&field.name)) {
                query.append_pair(name, value);
            }
        }
    }
    book.codes.insert(code, all);
    Ok(to.into())
}

/// An issuer as this server spells it.
fn played(own: &Provider, issuer: &str) -> String {
    let here = own.origins.iter().find_map(|(origin, here)| {
        let rest = issuer.strip_prefix(origin.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{here}{rest}"))
    });
    here.unwrap_or_else(|| issuer.to_owned())
}

/// Takes a token back, in the entry's style and no other.
pub(crate) fn revoke(own: &Provider, asked: Asked) -> Response {
    let outcome = told(own, &asked);
    let seen = Seen {
        headers: asked.headers,
        body: asked.body,
    };
    let status = {
        let mut book = own.book.lock().unwrap();
        book.revocations.push(seen);
        book.revoke_script.pop_front().unwrap_or(200)
    };
    let tokens = match outcome {
        Ok(tokens) => tokens,
        Err(why) => return own.refuse("invalid_client", format!("revoke: {why}")),
    };
    if status == 200 {
        let mut book = own.book.lock().unwrap();
        for token in tokens {
            book.refresh.remove(&token);
            book.live_access.remove(&token);
        }
    }
    let body = match &own.plays.connector.auth.quirks.ok_field {
        Some(name) => json!({ name.clone(): true, "revoked": true }).to_string(),
        None => String::new(),
    };
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn told(own: &Provider, asked: &Asked) -> Result<Vec<String>, String> {
    let auth = &own.plays.connector.auth;
    let style = &auth.revocation;
    if let Some(why) = shape::lacks(&asked.headers, &auth.quirks.headers) {
        return Err(why);
    }
    let kind = asked
        .headers
        .get(header::CONTENT_TYPE)
        .map_or("", |v| v.to_str().unwrap());
    let as_json = style.place == TokenPlace::Json || (style.place == TokenPlace::Form && auth.quirks.json_body);
    let sent: HashMap<String, String> = match style.place {
        TokenPlace::None => HashMap::new(),
        TokenPlace::Query => asked.url.query_pairs().into_owned().collect(),
        _ if as_json => {
            if !kind.starts_with("application/json") {
                return Err(format!("{kind:?} is no JSON"));
            }
            let said: Value = serde_json::from_str(&asked.body).map_err(|e| e.to_string())?;
            let members = said.as_object().ok_or("no object")?.iter();
            members
                .map(|(n, v)| (n.clone(), v.as_str().unwrap_or_default().to_owned()))
                .collect()
        }
        _ => {
            if !kind.starts_with("application/x-www-form-urlencoded") {
                return Err(format!("{kind:?} is no form"));
            }
            url::form_urlencoded::parse(asked.body.as_bytes())
                .into_owned()
                .collect()
        }
    };
    let shown = shape::bearer(&asked.headers).map(str::to_owned);
    let live = |token: &String| {
        let book = own.book.lock().unwrap();
        book.live_access.contains(token) || book.refresh.contains_key(token)
    };
    match style.by {
        RevokedBy::Client => crate::grants::client(auth, &asked.headers, &sent)?,
        RevokedBy::Basic => {
            let (id, secret) = shape::basic(&asked.headers).ok_or("no HTTP Basic")?;
            if shape::plain(&id) != CLIENT || shape::plain(&secret) != SECRET {
                return Err("another client".into());
            }
        }
        RevokedBy::Secret => {
            let wanted = format!("Client {SECRET}");
            if asked
                .headers
                .get(header::AUTHORIZATION)
                .is_none_or(|v| v != wanted.as_str())
            {
                return Err("the client's secret is not in the header".into());
            }
            if sent.get("client_id").is_none_or(|id| id != CLIENT) {
                return Err("no client_id".into());
            }
        }
        RevokedBy::Bearer => {
            let token = shown.as_ref().ok_or("no bearer")?;
            if !live(token) {
                return Err("the bearer is not live".into());
            }
        }
        RevokedBy::Nobody => {
            if asked.headers.contains_key(header::AUTHORIZATION) || sent.contains_key("client_secret") {
                return Err("nobody was to authenticate".into());
            }
        }
    }
    match style.place {
        TokenPlace::None => Ok(shown.into_iter().collect()),
        _ => {
            let token = sent.get(&style.param).ok_or_else(|| format!("no {}", style.param))?;
            let book = own.book.lock().unwrap();
            let access = book.live_access.contains(token);
            if style.token == linchpin_catalog::RevokedToken::Access && book.refresh.contains_key(token) && !access {
                return Err("a refresh token, where the access token is wanted".into());
            }
            Ok(vec![token.clone()])
        }
    }
}

/// Whether a request is the probe. A hole in the path stands for the token or the key.
pub(crate) fn is_identity(own: &Provider, asked: &Asked) -> bool {
    let identity = &own.plays.connector.auth.identity;
    let method = if identity.method.eq_ignore_ascii_case("post") {
        Method::POST
    } else {
        Method::GET
    };
    if identity.url.is_empty() || asked.method != method {
        return false;
    }
    if identity.body.as_ref().is_some_and(|body| *body != asked.body) {
        return false;
    }
    match hole(own) {
        None => entry::is_at(&asked.url, &identity.url),
        Some((before, after)) => asked.url.as_str().starts_with(before) && asked.url.as_str().ends_with(after),
    }
}

/// What stands before and after the secret, where the probe's address has one in it.
fn hole(own: &Provider) -> Option<(&str, &str)> {
    let url = &own.plays.connector.auth.identity.url;
    ["{key}", "{access_token}"].iter().find_map(|hole| url.split_once(hole))
}

fn is_in_path(own: &Provider, asked: &Asked) -> bool {
    let Some((before, after)) = hole(own) else { return true };
    let live = secrets(own);
    live.iter()
        .any(|secret| asked.url.as_str() == format!("{before}{secret}{after}"))
}

fn secrets(own: &Provider) -> Vec<String> {
    let book = own.book.lock().unwrap();
    match own.plays.connector.auth.key {
        Some(_) => book.keys.iter().cloned().collect(),
        None => book.live_access.iter().cloned().collect(),
    }
}

/// Says whose account it is, where the entry's pointers look.
pub(crate) fn identity(own: &Provider, asked: &Asked) -> Response {
    let auth = &own.plays.connector.auth;
    own.book.lock().unwrap().probes.push(Seen {
        headers: asked.headers.clone(),
        body: asked.body.clone(),
    });
    let mut lacks = shape::lacks(&asked.headers, &auth.quirks.headers);
    if !is_in_path(own, asked) {
        lacks = Some("no good secret in the path".into());
    } else if let Some(key) = &auth.key {
        lacks = lacks.or_else(|| shows_no_key(own, key, asked));
    } else {
        let book = own.book.lock().unwrap();
        let shows = |token: &String| match &auth.token_header {
            Some(own) => asked
                .headers
                .get(&own.name)
                .is_some_and(|v| v == own.template.replace("{token}", token).as_str()),
            None => shape::bearer(&asked.headers) == Some(token),
        };
        if !book.live_access.iter().any(shows) {
            lacks = Some("no live token".into());
        }
    }
    if let Some(why) = lacks {
        own.book.lock().unwrap().refusals.push(format!("identity: {why}"));
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut said = json!({});
    name(own, &own.book.lock().unwrap(), &mut said);
    if let Some(ok) = &auth.quirks.ok_field {
        said[ok] = true.into();
    }
    axum::Json(said).into_response()
}

/// Writes the account into an answer.
pub(crate) fn name(own: &Provider, book: &Book, said: &mut Value) {
    let connector = &own.plays.connector;
    let identity = &connector.auth.identity;
    let label = match book.label.as_str() {
        "" => format!("Name of {}", book.account),
        label => label.to_owned(),
    };
    // A field that is the account's id as well is told as the field.
    for field in &connector.config {
        if let (Some(pointer), Some(value)) = (&field.from_identity, own.plays.config.get(&field.name)) {
            shape::put(said, pointer, value.as_str().into());
        }
    }
    shape::put(said, &identity.id, book.account.as_str().into());
    shape::put(said, &identity.label, label.into());
    if let Some(email) = &identity.email {
        shape::put(said, email, format!("{}@double.test", book.account).into());
    }
}

fn shows_no_key(own: &Provider, key: &ApiKey, asked: &Asked) -> Option<String> {
    let book = own.book.lock().unwrap();
    let shown = match key.place {
        KeyPlace::Header => asked.headers.get(&key.field).map(|v| v.to_str().unwrap().to_owned()),
        KeyPlace::Query => {
            let mut pairs = asked.url.query_pairs();
            pairs
                .find(|(name, _)| *name == key.field)
                .map(|(_, value)| value.into_owned())
        }
        KeyPlace::Basic => shape::basic(&asked.headers).map(|(user, password)| format!("{user}:{password}")),
        // The address was compared with it already.
        KeyPlace::Path => return None,
    };
    let good = book.keys.iter().any(|good| {
        let text = own
            .plays
            .config
            .iter()
            .fold(key.template.clone(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            });
        shown.as_deref() == Some(text.replace("{key}", good).as_str())
    });
    (!good).then(|| format!("no good key in the {:?}", key.place))
}
