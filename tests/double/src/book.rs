//! What a double has seen, and what it does next.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use axum::http::HeaderMap;
use linchpin_catalog::Connector;
use serde_json::{Value, json};

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

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Seen {
    /// The body as a form.
    pub fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Everything a test may look at or change.
#[derive(Debug)]
pub struct Book {
    /// What happens to a used refresh token; the entry's own at first.
    pub rotation: Rotation,
    /// `expires_in` of the next token; null leaves it out.
    pub expires_in: Value,
    /// Who consents.
    pub account: String,
    /// What a person recognises them by; made of the account when empty.
    pub label: String,
    /// What the token endpoint does instead of its work.
    pub script: VecDeque<Act>,
    /// What the API does instead of echoing.
    pub api_script: VecDeque<Act>,
    /// Statuses of the next revocations.
    pub revoke_script: VecDeque<u16>,
    /// What a person on another device does, poll by poll; consent when empty.
    pub device_script: VecDeque<&'static str>,
    /// Scopes that are granted whatever was asked.
    pub grants: Option<String>,
    /// Members that replace the token answer's own.
    pub patch: Value,
    /// API keys that are good.
    pub keys: HashSet<String>,
    /// Requests to the token endpoint.
    pub tokens: Vec<Seen>,
    /// Requests to the revocation endpoint.
    pub revocations: Vec<Seen>,
    /// Calls to the identity probe.
    pub probes: Vec<Seen>,
    /// Calls of `/elsewhere`, where scripted redirects lead.
    pub elsewhere: usize,
    /// Every other call: method and target, headers, body.
    pub api: Vec<(String, HeaderMap, String)>,
    /// Access tokens that are good.
    pub live_access: HashSet<String>,
    /// Why requests were refused.
    pub refusals: Vec<String>,
    pub(crate) codes: HashMap<String, HashMap<String, String>>,
    pub(crate) devices: HashSet<String>,
    pub(crate) refresh: HashMap<String, bool>,
    pub(crate) count: usize,
}

impl Book {
    pub(crate) fn of(connector: &Connector) -> Self {
        let rotation = match connector.auth.rotation {
            linchpin_catalog::Rotation::None => Rotation::None,
            linchpin_catalog::Rotation::Grace(_) => Rotation::Grace,
            linchpin_catalog::Rotation::Strict => Rotation::Strict,
        };
        Self {
            rotation,
            expires_in: json!(3600),
            account: "a1".into(),
            label: String::new(),
            script: VecDeque::new(),
            api_script: VecDeque::new(),
            revoke_script: VecDeque::new(),
            device_script: VecDeque::new(),
            grants: None,
            patch: json!({}),
            keys: HashSet::new(),
            tokens: Vec::new(),
            revocations: Vec::new(),
            probes: Vec::new(),
            elsewhere: 0,
            api: Vec::new(),
            live_access: HashSet::new(),
            refusals: Vec::new(),
            codes: HashMap::new(),
            devices: HashSet::new(),
            refresh: HashMap::new(),
            count: 0,
        }
    }

    /// Refresh tokens that would be taken now.
    pub fn live_refresh(&self) -> usize {
        self.refresh.values().filter(|live| **live).count()
    }

    pub(crate) fn number(&mut self) -> usize {
        self.count += 1;
        self.count
    }
}
