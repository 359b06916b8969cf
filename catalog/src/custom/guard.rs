//! What a connector of one's own may not be: a built-in one under another name, or a way around one.

use std::collections::BTreeSet;

use crate::address::host_of;
use crate::check;
use crate::host;
use crate::{Catalog, Connector};

/// Why a connector can't be added; empty when it can. Besides what is taken, it has to keep the rules
/// that calls and signing in rely on.
pub fn refusals(catalog: &Catalog, connector: &Connector) -> Vec<String> {
    let mut why = taken(catalog, connector);
    why.extend(
        check::of_own(catalog, connector)
            .into_iter()
            .map(|finding| finding.reason),
    );
    why
}

/// The rules of the check that are no matter of taste.
pub(crate) const SAFETY: &[&str] = &[
    "auth",
    "config",
    "graphql",
    "headers",
    "hosts",
    "https",
    "id",
    "identity",
    "key",
    "params",
    "revocation",
    "scopes",
];

fn taken(catalog: &Catalog, connector: &Connector) -> Vec<String> {
    let mut why = Vec::new();
    let same = |a: &str, b: &str| plain(a) == plain(b);
    let addresses: BTreeSet<String> = addresses(connector);
    for known in catalog.connectors().filter(|known| !catalog.is_custom(&known.id)) {
        if same(&known.id, &connector.id) || same(&known.name, &connector.id) {
            why.push(format!(
                "the id `{}` belongs to the built-in connector {}; choose another",
                connector.id, known.name
            ));
        }
        if known.auth.family == connector.auth.family {
            why.push(format!(
                "the family `{}` belongs to {}, and its clients are not shared with others",
                known.auth.family, known.name
            ));
        }
        for host in &addresses {
            if meets(connector, host, known) {
                why.push(format!(
                    "{host} belongs to the built-in connector {}; use `{}`",
                    known.name, known.id
                ));
            }
        }
    }
    why.extend(
        addresses
            .iter()
            .filter(|host| catalog.has_table_of(host))
            .map(|host| format!("{host} belongs to a vendor whose calls are built in")),
    );
    why
}

/// Every host a connector calls or sends people to, holes included.
fn addresses(connector: &Connector) -> BTreeSet<String> {
    let auth = &connector.auth;
    let own = [&auth.authorize_url, &auth.token_url, &auth.identity.url].into_iter();
    let maybe = [&auth.revoke_url, &auth.device_url, &auth.metadata_url, &auth.issuer]
        .into_iter()
        .flatten();
    let long = auth
        .long_lived
        .iter()
        .flat_map(|long| std::iter::once(&long.url).chain(&long.refresh_url));
    own.chain(maybe)
        .chain(long)
        .chain(&connector.hosts)
        .chain(connector.operations.iter().map(|operation| &operation.url))
        .filter_map(|url| host_of(url))
        .collect()
}

/// Whether a host of somebody's connector, perhaps with a hole, could be one of a built-in connector.
fn meets(connector: &Connector, host: &str, known: &Connector) -> bool {
    let own = addresses(known);
    let Some((before, rest)) = host.split_once('{') else {
        return own
            .iter()
            .any(|own| host::fits(known, &format!("https://{own}"), host).is_some());
    };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let template = format!("https://{host}");
    own.iter().map(|own| example(known, own)).any(|example| {
        let could = !after.is_empty() && example.starts_with(before) && example.ends_with(after);
        could || host::fits(connector, &template, &example).is_some()
    })
}

/// A host as it looks with the examples of the config fields.
fn example(known: &Connector, host: &str) -> String {
    known.config.iter().fold(host.to_owned(), |host, field| {
        host.replace(&format!("{{{}}}", field.name), &field.placeholder.to_ascii_lowercase())
    })
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
