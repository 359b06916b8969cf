//! Scopes as vendors spell them, compared by what the catalog knows of each.

use linchpin_catalog::Connector;

/// What a first consent asks for: the connector's base scopes, those granted already, and those wanted now,
/// each once and in this order.
pub fn together(connector: &Connector, granted: &[String], wanted: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for scope in connector.auth.base_scopes.iter().chain(granted).chain(wanted) {
        let name = connector.canonical_scope(scope);
        if !name.is_empty() && !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    all
}

/// The granted scopes by the names the catalog gives them; unknown ones as they are.
pub fn granted(connector: &Connector, answer: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for scope in answer {
        let name = spelt(connector, scope);
        if !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    all
}

/// A scope by the catalog's name. Microsoft's answers put the API's address before some of them.
fn spelt<'a>(connector: &'a Connector, scope: &'a str) -> &'a str {
    let bare = connector
        .hosts
        .iter()
        .find_map(|host| scope.strip_prefix(host.as_str())?.strip_prefix('/'))
        .filter(|bare| connector.scope(scope).is_none() && connector.scope(bare).is_some());
    connector.canonical_scope(bare.unwrap_or(scope))
}

/// Which of the asked scopes were not granted, neither by name nor inside a wider one.
pub fn missing(connector: &Connector, asked: &[String], granted: &[String]) -> Vec<String> {
    // A vendor that takes no scopes grants what is set at the vendor.
    if connector.auth.scope_param.is_empty() {
        return Vec::new();
    }
    let has = |name: &str| granted.iter().any(|g| spelt(connector, g) == name);
    let within = |name: &str| {
        granted
            .iter()
            .filter_map(|g| connector.scope(spelt(connector, g)))
            .any(|wider| {
                wider
                    .implies
                    .iter()
                    .any(|implied| connector.canonical_scope(implied) == name)
            })
    };
    asked
        .iter()
        .map(|scope| connector.canonical_scope(scope))
        .filter(|name| !has(name) && !within(name) && *name != "offline_access")
        .map(str::to_owned)
        .collect()
}
