//! The entry a double plays: its addresses, with their holes filled, and a made-up one for tests.

use std::collections::BTreeSet;

use linchpin_catalog::Connector;
use linchpin_oauth::Config;
use url::Url;

/// The connector of [`TEXT`]; `edit` changes its TOML.
pub fn connector(edit: impl FnOnce(String) -> String) -> Connector {
    linchpin_catalog::parse("double.toml", &edit(TEXT.to_owned())).unwrap()
}

/// The text of a connector that no vendor has.
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

/// The entry with every hole filled; written here once more, so that the client's own filling is put to the test.
pub(crate) fn filled(connector: &Connector, config: &Config) -> Connector {
    let mut text = serde_json::to_string(&connector.auth).unwrap();
    let mut hosts = connector.hosts.clone();
    for (name, value) in config {
        let hole = format!("{{{name}}}");
        text = text.replace(&hole, value);
        hosts.iter_mut().for_each(|host| *host = host.replace(&hole, value));
    }
    Connector {
        auth: serde_json::from_str(&text).unwrap(),
        hosts,
        ..connector.clone()
    }
}

/// Every origin that tokens or people go to.
pub(crate) fn origins(connector: &Connector) -> BTreeSet<String> {
    let auth = &connector.auth;
    let mut all: Vec<&str> = vec![&auth.authorize_url, &auth.token_url, &auth.identity.url];
    all.extend(connector.hosts.iter().map(String::as_str));
    all.extend(
        [&auth.revoke_url, &auth.device_url]
            .into_iter()
            .flatten()
            .map(String::as_str),
    );
    if let Some(long) = &auth.long_lived {
        all.push(&long.url);
        all.extend(long.refresh_url.as_deref());
    }
    all.into_iter().filter_map(origin).collect()
}

pub(crate) fn origin(address: &str) -> Option<String> {
    Some(Url::parse(address).ok()?.origin().ascii_serialization())
}

/// Whether a request went to an address: same origin and path, and every parameter the address names.
pub(crate) fn is_at(asked: &Url, address: &str) -> bool {
    let Ok(address) = Url::parse(address) else {
        return false;
    };
    let has = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        asked.query_pairs().any(|(n, v)| n == name && v == value)
    };
    asked.origin() == address.origin() && asked.path() == address.path() && address.query_pairs().all(has)
}
