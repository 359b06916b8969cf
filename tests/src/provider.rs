//! A scripted provider: an authorization server whose rotation policy a test chooses, and an API
//! that records every request and answers with what it was told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use serde_json::{Value, json};

/// What happens to a refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays valid.
    None,
    /// It is replaced; the one before it is still taken.
    Grace,
    /// It is replaced and dead; using it again revokes everything of the grant.
    Strict,
}

/// A request the API got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

/// A running provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its origin.
    pub origin: String,
    state: Arc<Mutex<Inner>>,
    rotation: Rotation,
}

#[derive(Debug, Default)]
struct Inner {
    codes: BTreeMap<String, BTreeMap<String, String>>,
    refresh: Vec<String>,
    revoked: bool,
    minted: u32,
    token_requests: Vec<BTreeMap<String, String>>,
    revocations: Vec<String>,
    seen: Vec<Seen>,
    answers: BTreeMap<String, (u16, Value)>,
    account: String,
}

impl Provider {
    /// Starts one with a policy, on a port of its own.
    pub async fn start(rotation: Rotation) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            account: "ada@example.org".to_owned(),
            ..Inner::default()
        };
        let provider = Self {
            origin,
            state: Arc::new(Mutex::new(inner)),
            rotation,
        };
        let routes = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/userinfo", get(userinfo))
            .fallback(any(api))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    /// Who consents from now on.
    pub fn sign_in_as(&self, account: &str) {
        self.state.lock().unwrap().account = account.to_owned();
    }

    /// Answers `METHOD /path` with a status and JSON from now on.
    pub fn answer(&self, call: &str, status: u16, body: Value) {
        self.state
            .lock()
            .unwrap()
            .answers
            .insert(call.to_owned(), (status, body));
    }

    /// Requests to the API so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Requests to the token endpoint so far.
    pub fn token_requests(&self) -> Vec<BTreeMap<String, String>> {
        self.state.lock().unwrap().token_requests.clone()
    }

    /// Tokens that were revoked.
    pub fn revocations(&self) -> Vec<String> {
        self.state.lock().unwrap().revocations.clone()
    }

    /// Refresh tokens that would be taken now.
    pub fn valid_refresh_tokens(&self) -> Vec<String> {
        let inner = self.state.lock().unwrap();
        let keep = match self.rotation {
            Rotation::None => inner.refresh.len(),
            Rotation::Grace => 2,
            Rotation::Strict => 1,
        };
        if inner.revoked {
            Vec::new()
        } else {
            inner.refresh.iter().rev().take(keep).cloned().collect()
        }
    }
}

type Params = BTreeMap<String, String>;

async fn authorize(State(provider): State<Provider>, Query(query): Query<Params>) -> Response {
    let Some(redirect) = query.get("redirect_uri").cloned() else {
        return (StatusCode::BAD_REQUEST, "no redirect_uri").into_response();
    };
    let state = query.get("state").cloned().unwrap_or_default();
    let mut inner = provider.state.lock().unwrap();
    inner.minted += 1;
    let code = format!("code-{}", inner.minted);
    inner.codes.insert(code.clone(), query);
    Redirect::to(&format!("{redirect}?code={code}&state={state}")).into_response()
}

async fn token(State(provider): State<Provider>, Form(form): Form<Params>) -> Response {
    let valid = provider.valid_refresh_tokens();
    let mut inner = provider.state.lock().unwrap();
    inner.token_requests.push(form.clone());
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let granted = match field("grant_type").as_str() {
        "authorization_code" => inner.codes.remove(&field("code")).is_some_and(|asked| {
            use sha2::{Digest, Sha256};
            let challenge = asked.get("code_challenge").cloned().unwrap_or_default();
            challenge == base64url(&Sha256::digest(field("code_verifier").as_bytes()))
        }),
        "refresh_token" if valid.contains(&field("refresh_token")) => true,
        "refresh_token" => {
            // Using a dead token again revokes the family, as strict servers do.
            inner.revoked |= provider.rotation == Rotation::Strict;
            false
        }
        _ => false,
    };
    if !granted {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({"error": "invalid_grant"}))).into_response();
    }
    inner.minted += 1;
    let n = inner.minted;
    let mut answer = json!({"access_token": format!("access-{n}-canary"), "token_type": "Bearer", "expires_in": 3600});
    let first = inner.refresh.is_empty();
    if first || provider.rotation != Rotation::None {
        let refresh = format!("refresh-{n}-canary");
        inner.refresh.push(refresh.clone());
        answer["refresh_token"] = json!(refresh);
    }
    axum::Json(answer).into_response()
}

async fn revoke(State(provider): State<Provider>, Form(form): Form<Params>) -> StatusCode {
    let mut inner = provider.state.lock().unwrap();
    inner.revocations.extend(form.get("token").cloned());
    inner.revoked = true;
    StatusCode::OK
}

async fn userinfo(State(provider): State<Provider>) -> Response {
    let account = provider.state.lock().unwrap().account.clone();
    axum::Json(json!({"sub": account, "id": account, "email": account, "name": account})).into_response()
}

async fn api(State(provider): State<Provider>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let call = format!("{} {}", parts.method, parts.uri.path());
    let headers = parts
        .headers
        .iter()
        .map(|(k, v)| (k.to_string(), v.to_str().unwrap_or_default().to_owned()))
        .collect();
    let mut inner = provider.state.lock().unwrap();
    inner.seen.push(Seen {
        method: parts.method.to_string(),
        target,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let (status, answer) = inner
        .answers
        .get(&call)
        .cloned()
        .unwrap_or((404, json!({"error": "not scripted"})));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = if answer.is_null() {
        Body::empty()
    } else {
        Body::from(answer.to_string())
    };
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk
            .iter()
            .enumerate()
            .fold(0_u32, |n, (i, b)| n | u32::from(*b) << (16 - 8 * i));
        for i in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(n >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}
