//! Stands where the providers are: records every request as it came over the wire and answers as the rehearsal's
//! providers do, from the catalog's samples.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::response::Response;
use axum::routing::any;
use linchpin_catalog::Catalog;
use linchpin_function::rehearse::{Answer, Fault, fault_answer, provider_answer};

/// A request as a provider would have got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// HTTP method.
    pub method: String,
    /// Where it was meant to go.
    pub url: String,
    /// Headers that the function set, by lower-case name; those of the transport are left out.
    pub headers: BTreeMap<String, String>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The status it was answered with.
    pub status: u16,
}

/// What the providers do in a run (connectors by their token), and what they saw.
#[derive(Debug, Default)]
struct Play {
    fault: Option<Fault>,
    tokens: BTreeMap<String, String>,
    sent: Vec<Sent>,
    limited: bool,
}

/// The running server.
#[derive(Debug, Clone)]
pub struct Capture {
    /// Its origin.
    pub origin: String,
    catalog: &'static Catalog,
    play: Arc<Mutex<Play>>,
}

/// What a client adds by itself.
const TRANSPORT: [&str; 8] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "user-agent",
    "accept-encoding",
    "sec-fetch-mode",
    "te",
];
/// What a client adds where nothing else is said.
const DEFAULT: [(&str, &str); 2] = [("accept", "*/*"), ("accept-language", "*")];

impl Capture {
    /// Starts it.
    pub async fn start(catalog: &'static Catalog) -> Self {
        let (listener, origin) = super::listener().await;
        let capture = Self {
            origin,
            catalog,
            play: Arc::default(),
        };
        let routes = axum::Router::new().fallback(any(answer)).with_state(capture.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        capture
    }

    /// Starts a run: what goes wrong in it, and whose tokens the providers know, by connector.
    pub fn set(&self, fault: Option<Fault>, tokens: BTreeMap<String, String>) {
        *self.play.lock().unwrap() = Play {
            fault,
            tokens,
            ..Play::default()
        };
    }

    /// What was sent in this run.
    pub fn sent(&self) -> Vec<Sent> {
        self.play.lock().unwrap().sent.clone()
    }

    fn answer_to(&self, sent: &mut Sent) -> Answer {
        let mut play = self.play.lock().unwrap();
        let token = sent
            .headers
            .get("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let prefer = token.and_then(|token| play.tokens.get(token)).map(String::as_str);
        let body = String::from_utf8_lossy(&sent.body);
        let body = (!body.is_empty()).then_some(body.as_ref());
        let found = self.catalog.resolve(&sent.method, &sent.url, prefer).ok();
        let operation = found.and_then(|found| found.operation);
        let wrong = match play.fault {
            Some(Fault::RateLimited) if play.limited => None,
            Some(fault) => fault_answer(fault, operation),
            None => None,
        };
        let answer = wrong.unwrap_or_else(|| provider_answer(self.catalog, &sent.method, &sent.url, body, prefer));
        sent.status = answer.status;
        play.limited = true;
        play.sent.push(sent.clone());
        answer
    }
}

async fn answer(
    State(capture): State<Capture>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let own = |name: &str, value: &str| !TRANSPORT.contains(&name) && !DEFAULT.contains(&(name, value));
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let mut sent = Sent {
        method: parts.method.to_string(),
        url: query["to"].clone(),
        headers: headers
            .filter(|(name, value)| own(name, value))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect(),
        body: to_bytes(body, 16 << 20).await.unwrap().to_vec(),
        status: 0,
    };
    let said = capture.answer_to(&mut sent);
    let mut response = Response::builder().status(said.status);
    for (name, value) in &said.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(said.body)).unwrap()
}
