//! `linchpin.lock`: what the app's functions may reach, committed beside them.
//!
//! Per connector and mode: where it signs in, which hosts it calls, which catalog file said so, and
//! every scope with the functions that need it. `linchpin check --locked` compares it with the
//! code. Invariants: sorted, the same bytes for the same facts; no secret, no account, no date.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_catalog::{Catalog, Mode};
use serde::{Deserialize, Serialize};

use crate::Proof;

/// Where the lock is, relative to the app.
pub const LOCK_FILE: &str = "linchpin.lock";

const HEAD: &str = "# What this app's functions may reach. Written by Linchpin; do not edit.\n\n";

/// The whole lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The format's version: 1.
    pub version: u32,
    /// By connector, then by mode (`shared`, `app_user`).
    #[serde(default)]
    pub connectors: BTreeMap<String, BTreeMap<String, Locked>>,
}

/// One connector in one mode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// `sha256:` and the hash of the catalog's file.
    pub catalog: String,
    /// Where people consent; empty for a connector with a key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged; empty for a connector with a key.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token_url: String,
    /// The secret that holds the key, where a key takes the place of signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Origins that may be called.
    pub hosts: BTreeSet<String>,
    /// Functions that use it.
    pub functions: BTreeSet<String>,
    /// Scopes, each with the functions that need it.
    #[serde(default)]
    pub scopes: BTreeMap<String, BTreeSet<String>>,
}

/// A lock that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{LOCK_FILE} can't be read: {why}. Restore it from version control, or delete it and apply again.")]
pub struct LockError {
    why: String,
}

impl Default for Lock {
    fn default() -> Self {
        Self {
            version: 1,
            connectors: BTreeMap::new(),
        }
    }
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// When it is not TOML of this shape and version.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lock: Self = toml::from_str(text).map_err(|error| LockError {
            why: error.message().to_owned(),
        })?;
        match lock.version {
            1 => Ok(lock),
            other => Err(LockError {
                why: format!("version {other} is newer than this Linchpin"),
            }),
        }
    }

    /// The lock as text.
    pub fn render(&self) -> String {
        // Strings, lists and tables always have a form in TOML.
        let body = toml::to_string(self).unwrap_or_default();
        format!("{HEAD}{body}")
    }

    /// Sets what one function reaches, in place of what it reached before.
    pub fn set(&mut self, function: &str, proof: &Proof, catalog: &Catalog) {
        self.remove(function);
        let shared: BTreeSet<&str> = proof
            .connectors
            .iter()
            .filter(|c| !c.app_user)
            .map(|c| c.connector.as_str())
            .collect();
        let own: BTreeSet<&str> = proof
            .connectors
            .iter()
            .filter(|c| c.app_user)
            .map(|c| c.connector.as_str())
            .collect();
        let used = proof
            .scopes
            .needed
            .keys()
            .map(String::as_str)
            .chain(shared.iter().copied())
            .chain(own.iter().copied());
        for id in used.collect::<BTreeSet<_>>() {
            let Some(connector) = catalog.get(id) else { continue };
            // An app-user connector is named by its own id; what isn't shared runs through one.
            let app_user = own.contains(id) || (!shared.contains(id) && !own.is_empty());
            let modes = [
                (Mode::Shared, shared.contains(id) || !app_user),
                (Mode::AppUser, app_user),
            ];
            for (mode, _) in modes.into_iter().filter(|(_, used)| *used) {
                let locked = self
                    .connectors
                    .entry(id.to_owned())
                    .or_default()
                    .entry(mode.as_str().to_owned())
                    .or_default();
                locked.catalog = format!("sha256:{}", catalog.hash(id).unwrap_or_default());
                locked.authorize_url.clone_from(&connector.auth.authorize_url);
                locked.token_url.clone_from(&connector.auth.token_url);
                locked.secret = connector.auth.key.as_ref().map(|key| key.secret.clone());
                locked.hosts = connector.hosts.iter().cloned().collect();
                locked.functions.insert(function.to_owned());
                for scope in proof.scopes.needed.get(id).into_iter().flatten() {
                    locked
                        .scopes
                        .entry(scope.clone())
                        .or_default()
                        .insert(function.to_owned());
                }
            }
        }
    }

    /// Removes a function, and what only it needed.
    pub fn remove(&mut self, function: &str) {
        for modes in self.connectors.values_mut() {
            for locked in modes.values_mut() {
                locked.functions.remove(function);
                for functions in locked.scopes.values_mut() {
                    functions.remove(function);
                }
                locked.scopes.retain(|_, functions| !functions.is_empty());
            }
            modes.retain(|_, locked| !locked.functions.is_empty());
        }
        self.connectors.retain(|_, modes| !modes.is_empty());
    }

    /// How `now` departs from this lock, one sentence each; empty when it doesn't.
    pub fn drift(&self, now: &Self) -> Vec<String> {
        let flat = |lock: &Self| -> BTreeMap<(String, String), Locked> {
            let modes = |(id, modes): (&String, &BTreeMap<String, Locked>)| {
                let id = id.clone();
                modes
                    .iter()
                    .map(move |(mode, locked)| ((id.clone(), mode.clone()), locked.clone()))
                    .collect::<Vec<_>>()
            };
            lock.connectors.iter().flat_map(modes).collect()
        };
        let (before, after) = (flat(self), flat(now));
        let mut out = Vec::new();
        for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let what = format!("{} ({})", key.0, key.1);
            match (before.get(key), after.get(key)) {
                (Some(before), Some(after)) => before.drift(after, &what, &mut out),
                (None, Some(after)) => out.push(format!(
                    "{what} is used by {} and is not in the lock.",
                    words(&after.functions)
                )),
                (Some(_), None) => out.push(format!("{what} is in the lock and no function uses it.")),
                (None, None) => {}
            }
        }
        out
    }
}

impl Locked {
    fn drift(&self, now: &Self, what: &str, out: &mut Vec<String>) {
        if self.catalog != now.catalog {
            out.push(format!(
                "{what}: the catalog says something else than when this was locked."
            ));
        }
        let places = |locked: &Self| {
            (
                locked.authorize_url.clone(),
                locked.token_url.clone(),
                locked.secret.clone(),
                locked.hosts.clone(),
            )
        };
        if places(self) != places(now) {
            out.push(format!("{what}: its endpoints, its secret or its hosts have changed."));
        }
        if self.functions != now.functions {
            out.push(format!(
                "{what}: used by {}, locked for {}.",
                words(&now.functions),
                words(&self.functions)
            ));
        }
        for scope in self.scopes.keys().chain(now.scopes.keys()).collect::<BTreeSet<_>>() {
            match (self.scopes.get(scope), now.scopes.get(scope)) {
                (None, Some(functions)) => {
                    out.push(format!(
                        "{what}: {} needs `{scope}`, which is not in the lock.",
                        words(functions)
                    ));
                }
                (Some(_), None) => out.push(format!("{what}: `{scope}` is in the lock and nothing needs it.")),
                (Some(before), Some(after)) if before != after => {
                    out.push(format!(
                        "{what}: `{scope}` is needed by {}, locked for {}.",
                        words(after),
                        words(before)
                    ));
                }
                _ => {}
            }
        }
    }
}

fn words(names: &BTreeSet<String>) -> String {
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => crate::plan::schedule::join(names.iter().map(String::as_str)),
    }
}
