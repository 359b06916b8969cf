//! What the catalog says of credentials that code gets at by itself, and of values in addresses.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_catalog::{Catalog, Connector, KeyPlace};

/// Where credentials come from and where each may go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The connector whose key a secret holds, by the secret's name.
    pub secrets: BTreeMap<String, String>,
    /// Secrets that hold no key but a value that goes with one (an account's number).
    pub values: BTreeSet<String>,
    /// The header that carries a connector's credential, in small letters, where it is not
    /// `authorization`.
    pub headers: BTreeMap<String, String>,
    /// Connectors whose key stands in the address.
    pub urls: BTreeSet<String>,
    /// The shape that a connection's value must have, by connector and field.
    pub shapes: BTreeMap<(String, String), String>,
}

impl Keys {
    /// What the catalog says.
    pub fn of(catalog: &Catalog) -> Self {
        let mut keys = Self::default();
        for connector in catalog.connectors() {
            keys.add(connector);
        }
        keys
    }

    fn add(&mut self, connector: &Connector) {
        let id = &connector.id;
        if let Some(key) = &connector.auth.key {
            self.secrets.insert(key.secret.clone(), id.clone());
            match key.place {
                KeyPlace::Header if !key.field.eq_ignore_ascii_case("authorization") => {
                    self.headers.insert(id.clone(), key.field.to_ascii_lowercase());
                }
                KeyPlace::Query | KeyPlace::Path => {
                    self.urls.insert(id.clone());
                }
                KeyPlace::Header | KeyPlace::Basic => {}
            }
        }
        if let Some(header) = &connector.auth.token_header {
            self.headers.insert(id.clone(), header.name.to_ascii_lowercase());
        }
        for field in &connector.config {
            self.values.extend(field.secret.clone());
            if let Some(pattern) = &field.validation_pattern {
                self.shapes.insert((id.clone(), field.name.clone()), pattern.clone());
            }
        }
    }

    /// Whether a test with this regular expression says something of a value.
    pub(crate) fn knows(&self, pattern: &str) -> bool {
        pattern == files() || self.shapes.values().any(|shape| shape == pattern)
    }

    /// Whether a computed part of a host is what the catalog wants there: the connection's own
    /// value, tested with the catalog's own expression.
    pub(crate) fn vouches(&self, connector: &str, field: &str, shape: &str) -> bool {
        let key = (connector.to_owned(), field.to_owned());
        self.shapes.get(&key).is_some_and(|wanted| wanted == shape)
    }
}

/// The regular expression that tells the addresses of an app's own files.
pub(crate) fn files() -> String {
    let literal = crate::FILES;
    let inner = literal.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    plain(inner.unwrap_or(literal))
}

/// How the addresses of an app's own files begin.
pub(crate) const STORES: [&str; 3] = [
    "https://base44.app/api/apps/",
    "https://media.base44.com/files/",
    "https://qtrypzzcjebvfcihiynt.supabase.co/storage/",
];

/// The expression between the slashes of a literal, as it would be written elsewhere.
pub(crate) fn plain(pattern: &str) -> String {
    pattern.replace("\\/", "/")
}
