//! The app's one origin, as a function sees the platform: entities from here, everything else (who is signed in,
//! tokens) from our broker behind it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::any;
use serde_json::Value;

use super::entities::{Access, Entities};

/// A request that the broker answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Method and path, from behind the app's id.
    pub call: String,
    /// The status it was answered with.
    pub status: u16,
}

/// A running front.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Its origin.
    pub origin: String,
    broker: String,
    client: reqwest::Client,
    state: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    keys: BTreeMap<String, Access>,
    entities: Entities,
    asked: Vec<Asked>,
}

impl Platform {
    /// Starts it in front of a broker.
    pub async fn start(broker: &str) -> Self {
        let (listener, origin) = super::listener().await;
        let platform = Self {
            origin,
            broker: broker.to_owned(),
            client: super::client(),
            state: Arc::default(),
        };
        let routes = axum::Router::new().fallback(any(answer)).with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        platform
    }

    /// Starts a run: who has which key, and what the records are.
    pub fn set(&self, keys: BTreeMap<String, Access>, entities: Entities) {
        *self.state.lock().unwrap() = Inner {
            keys,
            entities,
            asked: Vec::new(),
        };
    }

    /// The records and writes as the run left them.
    pub fn entities(&self) -> Entities {
        self.state.lock().unwrap().entities.clone()
    }

    /// What the broker was asked in this run.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    async fn broker(&self, parts: Parts, body: Vec<u8>, call: String) -> Response {
        let url = format!("{}{}", self.broker, parts.uri);
        let mut headers = parts.headers;
        for own in [HOST, CONNECTION, CONTENT_LENGTH] {
            headers.remove(own);
        }
        let answer = self
            .client
            .request(parts.method, url)
            .headers(headers)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        self.state.lock().unwrap().asked.push(Asked {
            call,
            status: status.as_u16(),
        });
        let kind = answer.headers().get(CONTENT_TYPE).cloned();
        let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
        *response.status_mut() = status;
        kind.and_then(|kind| response.headers_mut().insert(CONTENT_TYPE, kind));
        response
    }

    fn entity(
        &self,
        parts: &Parts,
        entity: &str,
        tail: &[&str],
        query: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Response {
        let mut state = self.state.lock().unwrap();
        let key = parts
            .headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().trim_start_matches("Bearer "));
        let who = match key {
            None => Access::Nobody,
            Some(key) => state
                .keys
                .get(key)
                .cloned()
                .unwrap_or_else(|| panic!("a key nobody has: {key}")),
        };
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        let (status, said) = state
            .entities
            .answer(&who, parts.method.as_str(), entity, tail, query, &body);
        let response = Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json");
        response.body(Body::from(said.to_string())).unwrap()
    }
}

async fn answer(
    State(platform): State<Platform>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 16 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let rest: Vec<&str> = path.split('/').skip(4).collect();
    match rest.as_slice() {
        ["entities", entity, tail @ ..] if (*entity, tail) != ("User", &["me"]) => {
            platform.entity(&parts, entity, tail, &query, &body)
        }
        _ => {
            let call = format!("{} {}", parts.method, rest.join("/"));
            platform.broker(parts, body.to_vec(), call).await
        }
    }
}
