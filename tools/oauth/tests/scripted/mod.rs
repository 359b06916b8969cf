//! A provider on loopback that does what real ones won't on command: consent at once, rotate refresh tokens
//! by policy, and answer the next requests as scripted (hang, drip, overflow, redirect, lie).
#![allow(dead_code, unreachable_pub)]

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linchpin_catalog::Connector;
use linchpin_oauth::Providers;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What happens to a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays.
    None,
    /// It is replaced and stays good.
    Grace,
    /// It is replaced; using it again ends the family.
    Strict,
}

/// What the token endpoint does instead of its work, once.
#[derive(Debug, Clone)]
pub enum Act {
    /// This status, content type and body.
    Say(u16, &'static str, String),
    /// Headers too.
    SayWith(u16, Vec<(&'static str, String)>, String),
    /// Does its work, then says this instead of the answer.
    Lose(u16),
    /// Never answers.
    Hang,
    /// A head, then one byte and silence.
    Drip,
    /// A body without end.
    Endless,
    /// Does its work once this is notified.
    Gate(Arc<tokio::sync::Notify>),
}

/// A request to the token or revocation endpoint, as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Book {
    pub rotation: Rotation,
    pub expires_in: Value,
    pub account: String,
    pub script: VecDeque<Act>,
    pub revoke_script: VecDeque<u16>,
    /// Scopes that are granted whatever was asked.
    pub grants: Option<String>,
    /// Members that replace the token answer's own.
    pub patch: Value,
    pub json_in: bool,
    pub tokens: Vec<Seen>,
    pub revocations: Vec<Seen>,
    pub elsewhere: usize,
    pub api: Vec<(String, HeaderMap, String)>,
    pub live_access: HashSet<String>,
    codes: HashMap<String, HashMap<String, String>>,
    refresh: HashMap<String, bool>,
    count: usize,
}

#[derive(Clone)]
pub struct Provider {
    pub address: SocketAddr,
    pub book: Arc<Mutex<Book>>,
}

/// The connector the double plays; `edit` changes its TOML.
pub fn connector(edit: impl FnOnce(String) -> String) -> Connector {
    linchpin_catalog::parse("double.toml", &edit(TEXT.to_owned())).unwrap()
}

/// The text of the connector the double plays.
pub const TEXT: &str = r#"
id = "double"
name = "Double"
categories = ["test"]
purpose = "A double."
hosts = ["https://api.double.test"]
verified_on = "2026-11-22"
sources = ["https://double.test"]

[auth]
family = "double"
authorize_url = "https://double.test/authorize"
token_url = "https://double.test/token"
revoke_url = "https://double.test/revoke"
pkce = "s256"
client_auth = "body"
redirect = "loopback_any_port"
rotation = "none"
default_expires_in = 3600
base_scopes = ["who"]

[auth.identity]
method = "GET"
url = "https://double.test/me"
id = "/id"
label = "/name"
email = "/email"

[auth.quirks]

[advice]
default = "shared"
personal = false
reason = "Because."

[setup]
console_url = "https://double.test/console"
steps = []

[[scopes]]
name = "who"
sentence = "Knows your name."
sensitivity = "basic"

[[scopes]]
name = "notes.write"
sentence = "Writes notes."
sensitivity = "sensitive"
implies = ["notes.read"]

[[scopes]]
name = "notes.read"
sentence = "Reads notes."
sensitivity = "sensitive"

[[operations]]
id = "notes.create"
title = "Write a note"
intent = "create_note"
method = "POST"
url = "https://api.double.test/notes"
effect = "write"
body = "json"
sample_response = "{}"
"#;

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let book = Book {
            rotation: Rotation::None,
            expires_in: json!(3600),
            account: "a1".into(),
            script: VecDeque::new(),
            revoke_script: VecDeque::new(),
            grants: None,
            patch: json!({}),
            json_in: false,
            tokens: Vec::new(),
            revocations: Vec::new(),
            elsewhere: 0,
            api: Vec::new(),
            live_access: HashSet::new(),
            codes: HashMap::new(),
            refresh: HashMap::new(),
            count: 0,
        };
        let own = Self {
            address,
            book: Arc::new(Mutex::new(book)),
        };
        let router = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/me", get(me))
            .fallback(api)
            .with_state(own.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        own
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn providers(&self) -> Providers {
        let origin = self.origin();
        Providers::of(&[("https://double.test", &origin), ("https://api.double.test", &origin)]).unwrap()
    }

    pub fn next(&self, act: Act) {
        self.book.lock().unwrap().script.push_back(act);
    }

    pub fn token_requests(&self) -> usize {
        self.book.lock().unwrap().tokens.len()
    }

    pub fn edit(&self, edit: impl FnOnce(&mut Book)) {
        edit(&mut self.book.lock().unwrap());
    }
}

impl Book {
    fn mint(&mut self, scope: &str) -> Value {
        self.count += 1;
        let access = format!("at-CANARY-{}", self.count);
        self.live_access.insert(access.clone());
        let mut answer = json!({
            "access_token": access, "token_type": "Bearer", "expires_in": self.expires_in, "scope": scope,
        });
        let refresh = format!("rt-CANARY-{}", self.count);
        self.refresh.insert(refresh.clone(), true);
        answer["refresh_token"] = refresh.into();
        for (name, value) in self.patch.as_object().unwrap() {
            answer[name] = value.clone();
        }
        answer
    }
}

async fn authorize(State(own): State<Provider>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let mut book = own.book.lock().unwrap();
    book.count += 1;
    let code = format!("code-CANARY-{}", book.count);
    let to = format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"]);
    book.codes.insert(code, asked);
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

async fn token(State(own): State<Provider>, headers: HeaderMap, body: String) -> Response {
    let seen = Seen { headers, body };
    let act = {
        let mut book = own.book.lock().unwrap();
        book.tokens.push(seen.clone());
        book.script.pop_front()
    };
    match act {
        None => work(&own, &seen),
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
            work(&own, &seen);
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
            work(&own, &seen)
        }
    }
}

fn work(own: &Provider, seen: &Seen) -> Response {
    let mut book = own.book.lock().unwrap();
    let asked: HashMap<String, String> = if book.json_in {
        let object = seen.json();
        object
            .as_object()
            .unwrap()
            .iter()
            .map(|(n, v)| (n.clone(), v.as_str().unwrap_or_default().to_owned()))
            .collect()
    } else {
        seen.form()
    };
    let no = |code: &str| (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": code }))).into_response();
    match asked.get("grant_type").map(String::as_str) {
        Some("authorization_code") => {
            let Some(began) = book.codes.remove(&asked["code"]) else {
                return no("invalid_grant");
            };
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
            if began["code_challenge"] != challenge
                || began["code_challenge_method"] != "S256"
                || began["redirect_uri"] != asked["redirect_uri"]
            {
                return no("invalid_grant");
            }
            let scope = book
                .grants
                .clone()
                .unwrap_or_else(|| began.get("scope").cloned().unwrap_or_default());
            axum::Json(book.mint(&scope)).into_response()
        }
        Some("refresh_token") => {
            let old = &asked["refresh_token"];
            match book.refresh.get(old).copied() {
                Some(true) => {}
                Some(false) if book.rotation == Rotation::Grace => {}
                Some(false) => {
                    book.refresh.clear();
                    return no("invalid_grant");
                }
                None => return no("invalid_grant"),
            }
            let scope = book.grants.clone().unwrap_or_default();
            let mut answer = book.mint(&scope);
            answer.as_object_mut().unwrap().remove("scope");
            if book.rotation == Rotation::None {
                answer.as_object_mut().unwrap().remove("refresh_token");
            } else {
                book.refresh.insert(old.clone(), false);
            }
            axum::Json(answer).into_response()
        }
        _ => no("unsupported_grant_type"),
    }
}

async fn revoke(State(own): State<Provider>, headers: HeaderMap, body: String) -> Response {
    let seen = Seen { headers, body };
    let mut book = own.book.lock().unwrap();
    let status = book.revoke_script.pop_front().unwrap_or(200);
    if status == 200
        && let Some(token) = seen.form().get("token")
    {
        book.refresh.remove(token);
        book.live_access.remove(token);
    }
    book.revocations.push(seen);
    StatusCode::from_u16(status).unwrap().into_response()
}

async fn me(State(own): State<Provider>, headers: HeaderMap) -> Response {
    let book = own.book.lock().unwrap();
    let token = headers[header::AUTHORIZATION]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap()
        .to_owned();
    if !book.live_access.contains(&token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let id = &book.account;
    axum::Json(json!({ "id": id, "name": format!("Name of {id}"), "email": format!("{id}@double.test") }))
        .into_response()
}

/// Everything else: the API, which echoes, and what a redirect would lead to.
async fn api(State(own): State<Provider>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut book = own.book.lock().unwrap();
    if parts.uri.path() == "/elsewhere" {
        book.elsewhere += 1;
    }
    book.api.push((
        format!("{} {}", parts.method, parts.uri),
        parts.headers.clone(),
        body.clone(),
    ));
    let heard = parts
        .headers
        .get(header::AUTHORIZATION)
        .map(|v| v.to_str().unwrap().to_owned());
    axum::Json(json!({ "method": parts.method.as_str(), "uri": parts.uri.to_string(), "heard": heard, "body": body }))
        .into_response()
}

/// A browser: follows from the authorize address to the callback and gives its answer, without going on.
pub async fn consent(authorize_url: &str) -> reqwest::Response {
    let browser = browser();
    let there = browser.get(authorize_url).send().await.unwrap();
    let back = there.headers()[header::LOCATION].to_str().unwrap().to_owned();
    browser.get(back).send().await.unwrap()
}

/// An HTTP client that follows nothing and trusts no proxy.
pub fn browser() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
