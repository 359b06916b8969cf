//! The world around a run: who calls, which accounts are connected, what the entities hold, and
//! everything the function did to it.
//!
//! One `World` is one run. Platform calls are answered in `platform.rs`, provider calls in
//! `provider.rs`; both leave their facts here and the judge reads them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use linchpin_app::App;
use linchpin_catalog::{Catalog, ConfigField};
use serde_json::Value;

use super::samples::{self, Person};
use super::{Fault, engine, platform, provider};
use crate::{EntityWrite, Proof, Request};

/// Requests that are kept whole in one run, in bytes of body.
const KEPT: usize = 8 * 1024 * 1024;
/// Bytes of one body that are kept.
const BODY: usize = 1024 * 1024;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    /// Who is signed in, if anybody.
    pub(super) person: Option<Person>,
    /// Their role.
    pub(super) role: String,
}

/// One request to a provider, with what the judge needs besides.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// As it is shown.
    pub(super) request: Request,
    /// When, by the run's clock, in milliseconds.
    pub(super) at: f64,
    /// Whether it is a provider's, rather than the platform's own.
    pub(super) provider: bool,
    /// Header names of the message it carries, if it does.
    pub(super) mail_headers: Vec<String>,
}

/// A secret that must stay where it belongs.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    /// How it is shown.
    pub(super) label: String,
    /// The connector it opens, if it is a connection's token.
    pub(super) connector: Option<String>,
    pub(super) value: String,
}

/// The world of one run.
pub(super) struct World<'a> {
    pub(super) stage: &'a super::Stage<'a>,
    pub(super) app: &'a App,
    pub(super) catalog: &'a Catalog,
    pub(super) proof: Option<&'a Proof>,
    pub(super) now: DateTime<Utc>,
    pub(super) caller: Caller,
    pub(super) connected: Option<&'a BTreeSet<String>>,
    pub(super) fault: Option<Fault>,
    /// Records that were touched, by entity; the others are still to be made.
    pub(super) records: BTreeMap<String, Vec<Value>>,
    /// Whether somebody who is not signed in was told so.
    pub(super) turned_away: bool,
    pub(super) secrets: Vec<Secret>,
    pub(super) sent: Vec<Sent>,
    pub(super) writes: Vec<EntityWrite>,
    /// Connections that were asked for.
    pub(super) asked: BTreeSet<String>,
    /// What can't be right whoever calls.
    pub(super) problems: Vec<String>,
    /// What may explain a failure.
    pub(super) notes: Vec<String>,
    pub(super) faulted: bool,
    pub(super) made: u32,
    /// What `Deno.env.get` gives.
    pub(super) env: BTreeMap<String, String>,
    /// Values that connections came with, of those asked for.
    pub(super) given: BTreeSet<String>,
    kept: usize,
}

/// What would lead a call elsewhere if it became part of a host.
const HOSTILE: &str = "attacker.example/?";

/// A value of the shape that a field must have.
fn sample_of(field: &ConfigField) -> String {
    let shown = field.placeholder.trim();
    let pattern = field.validation_pattern.as_deref().unwrap_or_default();
    let bare = shown.strip_prefix("https://").unwrap_or(shown).trim_end_matches('/');
    let fits = |value: &&str| linchpin_catalog::takes(pattern, value) != Some(false);
    [shown, bare].into_iter().find(fits).unwrap_or(shown).to_owned()
}

/// The token of the signed-in user.
pub(super) const USER_TOKEN: &str = "rehearsalUserTokenQ7xV2mKp9sLd";
/// The service token that every call of a function carries.
pub(super) const SERVICE_TOKEN: &str = "rehearsalServiceTokenZ4hB8nWc3rTf";

impl<'a> World<'a> {
    pub(super) fn new(
        stage: &'a super::Stage<'a>,
        caller: Caller,
        fault: Option<Fault>,
        records: BTreeMap<String, Vec<Value>>,
    ) -> Self {
        let own = |label: &str, value: &str| Secret {
            label: label.to_owned(),
            connector: None,
            value: value.to_owned(),
        };
        let mut world = Self {
            stage,
            app: stage.app,
            catalog: stage.catalog,
            proof: stage.proof,
            now: stage.now,
            caller,
            connected: stage.connected.as_ref(),
            fault,
            records,
            turned_away: false,
            secrets: vec![own("user token", USER_TOKEN), own("service token", SERVICE_TOKEN)],
            sent: Vec::new(),
            writes: Vec::new(),
            asked: BTreeSet::new(),
            problems: Vec::new(),
            notes: Vec::new(),
            faulted: false,
            made: 0,
            env: stage.env.clone(),
            given: BTreeSet::new(),
            kept: 0,
        };
        if fault != Some(Fault::NotConnected) {
            world.keys();
        }
        world
    }

    /// A fake key in each secret of the catalog that the source names and nobody has set.
    fn keys(&mut self) {
        let catalog = self.catalog;
        let keyed = catalog
            .connectors()
            .filter_map(|own| Some((own, own.auth.key.as_ref()?)));
        for (connector, key) in keyed.filter(|(_, key)| self.stage.source.contains(&key.secret)) {
            let unset = |known: &BTreeSet<String>| known.contains(&connector.id);
            if self.connected.is_some_and(|known| !unset(known)) {
                continue;
            }
            let value = self.token(&connector.id);
            self.env.entry(key.secret.clone()).or_insert(value);
            for field in &connector.config {
                if let Some(secret) = &field.secret {
                    self.env.entry(secret.clone()).or_insert_with(|| sample_of(field));
                }
            }
        }
    }

    /// What a connection comes with besides its token.
    pub(super) fn config(&mut self, id: &str) -> Value {
        let Some(connector) = self.catalog.get(id).filter(|own| own.auth.key.is_none()) else {
            return Value::Null;
        };
        let mut out = serde_json::Map::new();
        for field in &connector.config {
            let value = match self.fault {
                Some(Fault::Hostile) => HOSTILE.to_owned(),
                _ => sample_of(field),
            };
            self.given.insert(value.clone());
            out.insert(field.name.clone(), Value::String(value));
        }
        match out.is_empty() {
            true => Value::Null,
            false => Value::Object(out),
        }
    }

    /// The token of a connection, made on first use. It depends on the connector alone.
    pub(super) fn token(&mut self, connector: &str) -> String {
        if let Some(known) = self.secrets.iter().find(|s| s.connector.as_deref() == Some(connector)) {
            return known.value.clone();
        }
        let letters: String = connector.chars().filter(char::is_ascii_alphanumeric).collect();
        let value = format!("rehearsal{letters}Token{}", samples::id("token", connector));
        let key = self.catalog.get(connector).is_some_and(|own| own.auth.key.is_some());
        self.secrets.push(Secret {
            label: format!("{} of {connector}", if key { "key" } else { "token" }),
            connector: Some(connector.to_owned()),
            value: value.clone(),
        });
        value
    }

    /// The text with every secret replaced by its label.
    pub(super) fn masked(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(&secret.value, &format!("‹{}›", secret.label))
        })
    }

    /// A JSON value with every secret replaced.
    pub(super) fn masked_value(&self, value: &Value) -> Value {
        serde_json::from_str(&self.masked(&value.to_string())).unwrap_or_else(|_| value.clone())
    }

    /// A problem, named once.
    pub(super) fn problem(&mut self, text: String) {
        if !self.problems.contains(&text) {
            self.problems.push(text);
        }
    }

    /// A possible explanation, named once.
    pub(super) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// As much of a body as is kept.
    pub(super) fn keep(&mut self, body: String) -> String {
        let room = KEPT.saturating_sub(self.kept).min(BODY);
        if body.len() <= room {
            self.kept += body.len();
            return body;
        }
        let mut end = room;
        while end > 0 && !body.is_char_boundary(end) {
            end -= 1;
        }
        self.kept += end;
        let mut body = body;
        body.truncate(end);
        body.push('…');
        body
    }
}

impl engine::World for World<'_> {
    fn answer(&mut self, kind: &str, json: &str, now: f64) -> Option<String> {
        match kind {
            "fetch" => provider::answer(self, json, now),
            _ => Some(platform::answer(self, json, now)),
        }
    }
}
