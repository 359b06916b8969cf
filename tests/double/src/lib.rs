//! A provider on loopback, made of a catalog entry: what the entry says of authorize page, token endpoint,
//! refresh, revocation, identity probe and quirks is what it insists on, and nothing else is taken.
//!
//! Why not the client's own code: this side is written against the entry and the standards alone, so a client
//! and an entry that agree on a mistake are not both right. It also does what real providers won't on command:
//! consent at once, rotate by policy, and answer the next requests as scripted (hang, drip, overflow, lie).
//! What was refused and why is in [`Book::refusals`]. Each origin of the entry has a listener of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that can't set its stage shall stop loudly"
)]

mod book;
mod browser;
mod doors;
mod entry;
mod grants;
mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use linchpin_catalog::Connector;
use linchpin_oauth::{Config, Providers};
use url::Url;

pub use book::{Act, Book, Rotation, Seen};
pub use browser::{browser, consent};
pub use entry::{TEXT, connector};

/// The client id every double knows.
pub const CLIENT: &str = "client";
/// Its secret.
pub const SECRET: &str = "hush-CANARY";

/// A running provider. It ends with the runtime it was started in.
#[derive(Clone)]
pub struct Provider {
    /// Where the origin of its token endpoint listens.
    pub address: SocketAddr,
    /// What it has seen, and what it does next.
    pub book: Arc<Mutex<Book>>,
    origins: Arc<BTreeMap<String, String>>,
    plays: Arc<Plays>,
}

/// The part it plays.
struct Plays {
    connector: Connector,
    config: Config,
}

/// A request as it came.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Provider {
    /// Plays [`TEXT`].
    pub async fn start() -> Self {
        Self::of(&connector(|text| text)).await
    }

    /// Plays a connector whose addresses have no holes.
    pub async fn of(connector: &Connector) -> Self {
        Self::with(connector, &Config::new()).await
    }

    /// Plays a connector. `config` are the values a person gives, and those that the provider itself tells.
    pub async fn with(connector: &Connector, config: &Config) -> Self {
        let plays = Arc::new(Plays {
            connector: entry::filled(connector, config),
            config: config.clone(),
        });
        let book = Arc::new(Mutex::new(Book::of(connector)));
        let mut origins = BTreeMap::new();
        let mut listeners = Vec::new();
        for origin in entry::origins(&plays.connector) {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            origins.insert(origin.clone(), format!("http://{}", listener.local_addr().unwrap()));
            listeners.push((origin, listener));
        }
        let home = entry::origin(&plays.connector.auth.token_url)
            .or_else(|| origins.keys().next().cloned())
            .unwrap();
        let own = Self {
            address: origins[&home].strip_prefix("http://").unwrap().parse().unwrap(),
            book,
            origins: Arc::new(origins),
            plays,
        };
        for (origin, listener) in listeners {
            let provider = own.clone();
            let router = Router::new().fallback(move |request: axum::extract::Request| {
                let (provider, origin) = (provider.clone(), origin.clone());
                async move { provider.answer(&origin, request).await }
            });
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        own
    }

    /// Where the token endpoint's origin listens.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The table that leads the entry's origins here.
    pub fn providers(&self) -> Providers {
        let pairs: Vec<(&str, &str)> = self.origins.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        Providers::of(&pairs).unwrap()
    }

    /// The same table as the text of a file for `LINCHPIN_PROVIDERS`.
    pub fn table(&self) -> String {
        let lines: Vec<String> = self.origins.iter().map(|(a, b)| format!("{a:?} = {b:?}\n")).collect();
        format!("[remap]\n{}", lines.concat())
    }

    /// What the token endpoint does instead of its work, next.
    pub fn next(&self, act: Act) {
        self.book.lock().unwrap().script.push_back(act);
    }

    /// Requests to the token endpoint so far.
    pub fn token_requests(&self) -> usize {
        self.book.lock().unwrap().tokens.len()
    }

    /// Changes what it knows and does.
    pub fn edit(&self, edit: impl FnOnce(&mut Book)) {
        edit(&mut self.book.lock().unwrap());
    }

    /// Why requests were refused, so far.
    pub fn refusals(&self) -> BTreeSet<String> {
        self.book.lock().unwrap().refusals.iter().cloned().collect()
    }

    async fn answer(&self, origin: &str, request: axum::extract::Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let asked = Asked {
            method: parts.method,
            url: Url::parse(&format!("{origin}{target}")).unwrap(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let auth = &self.plays.connector.auth;
        let at = |address: &str| entry::is_at(&asked.url, address);
        let revocation = auth.revocation.method.to_ascii_uppercase();
        if at(&auth.authorize_url) && asked.method == Method::GET {
            return doors::authorize(self, &asked);
        }
        if at(&auth.token_url) && asked.method == Method::POST {
            return grants::token(self, asked).await;
        }
        if auth.device_url.as_deref().is_some_and(at) && asked.method == Method::POST {
            return grants::device(self, &asked);
        }
        if grants::is_long(auth, &asked) {
            return grants::long(self, asked).await;
        }
        if asked.method.as_str() == revocation
            && auth
                .revoke_url
                .as_ref()
                .is_some_and(|url| at(&url.replace("{client_id}", CLIENT)))
        {
            return doors::revoke(self, asked);
        }
        if doors::is_identity(self, &asked) {
            return doors::identity(self, &asked);
        }
        self.api(asked).await
    }

    /// Everything else: the API, which echoes, and what a redirect would lead to.
    async fn api(&self, asked: Asked) -> Response {
        let uri = asked.url[url::Position::BeforePath..].to_owned();
        let heard = asked
            .headers
            .get("authorization")
            .map(|v| v.to_str().unwrap().to_owned());
        let echo = serde_json::json!({
            "method": asked.method.as_str(), "uri": uri, "heard": heard, "body": asked.body,
        });
        let act = {
            let mut book = self.book.lock().unwrap();
            book.elsewhere += usize::from(asked.url.path() == "/elsewhere");
            book.api
                .push((format!("{} {uri}", asked.method), asked.headers, asked.body));
            book.api_script.pop_front()
        };
        grants::perform(act, || axum::Json(echo.clone()).into_response()).await
    }

    /// Says no, and remembers why.
    pub(crate) fn refuse(&self, error: &str, why: impl Into<String>) -> Response {
        let mut book = self.book.lock().unwrap();
        book.refusals.push(why.into());
        let quirks = &self.plays.connector.auth.quirks;
        let mut body = serde_json::json!({ "error": error });
        // Vendors with such a member say no with 200.
        let status = match &quirks.ok_field {
            Some(name) => {
                body[name] = false.into();
                StatusCode::OK
            }
            None if error == "invalid_client" => StatusCode::UNAUTHORIZED,
            None => StatusCode::BAD_REQUEST,
        };
        let mut answer = Response::new(Body::from(body.to_string()));
        *answer.status_mut() = status;
        answer
            .headers_mut()
            .insert("content-type", "application/json".parse().unwrap());
        answer
    }
}
