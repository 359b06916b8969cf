//! From a call in source code to the operation it is and the scopes that let it through.
//!
//! Operations of the catalog and rows of the vendor tables compete: the more literal path wins,
//! then the preferred connector, then an operation over a bare row. A call that fits nothing is
//! named as unknown and never guessed.

use std::cmp::Reverse;

use crate::address::{Address, Pattern, host_of, path_of};
use crate::{Catalog, Connector, Operation};

/// What a call is.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved<'a> {
    /// The connector whose call it is. Its id may be one the catalog has no file for yet
    /// (`googledrive`), when only the vendor's table knows the call.
    pub connector: String,
    /// The catalog's operation, where it is one.
    pub operation: Option<&'a Operation>,
    /// The vendor's name of the method (`gmail.users.messages.send`), or `METHOD /path`.
    pub method_id: String,
    /// Sets of scopes, any one of which suffices, the best first; empty when none is needed.
    pub scope_sets: Vec<Vec<String>>,
}

/// Why a call could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// It is not a plain https address.
    #[error("`{url}` can't be followed: {why}. Write the address as a literal that begins with https:// and the host.")]
    NotAnAddress {
        /// The address as given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No connector is served from this host.
    #[error(
        "no connector uses the host `{host}`. Call a connector's own host, or add a connector for it with `linchpin catalog add`."
    )]
    UnknownHost {
        /// The host.
        host: String,
    },
    /// The host is known and the call is not.
    #[error(
        "{connector} has no call `{method} {path}` that Linchpin knows. Compare the path with the vendor's reference; `linchpin catalog show {connector}` lists the calls."
    )]
    UnknownCall {
        /// The connector that is served from the host and comes nearest.
        connector: String,
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
}

/// A fit, ordered so that the smallest is the best.
struct Fit<'a> {
    order: (Reverse<usize>, bool, bool, String),
    resolved: Resolved<'a>,
}

impl Catalog {
    /// What the call `method url` is. `url` is absolute; an unknown part of the path is written
    /// `{}`; a query is ignored. `prefer` names the connector whose token the call carries: it
    /// decides where several connectors share a host and a path.
    ///
    /// # Errors
    /// When the address can't be followed, the host belongs to no connector, or the host is known
    /// and the call is not.
    pub fn resolve<'a>(&'a self, method: &str, url: &str, prefer: Option<&str>) -> Result<Resolved<'a>, Unresolved> {
        let address = Address::parse(url).map_err(|why| Unresolved::NotAnAddress {
            url: url.to_owned(),
            why,
        })?;
        let method = method.to_ascii_uppercase();
        let connectors = self.connectors_of_host(&address.host);
        let mut fits: Vec<Fit<'a>> = Vec::new();
        for connector in &connectors {
            fits.extend(self.operation_fits(connector, &method, &address, prefer));
        }
        fits.extend(self.table_fits(&method, &address, prefer));
        fits.sort_by(|a, b| a.order.cmp(&b.order));
        if let Some(best) = fits.into_iter().next() {
            return Ok(best.resolved);
        }
        match self.nearest_of_host(&connectors, &address, prefer) {
            Some(connector) => Err(Unresolved::UnknownCall {
                connector,
                method,
                path: address.path.to_owned(),
            }),
            None => Err(Unresolved::UnknownHost { host: address.host }),
        }
    }

    /// Connectors served from this host; only files that name it are parsed.
    fn connectors_of_host(&self, host: &str) -> Vec<&Connector> {
        self.entries()
            .iter()
            .filter(|entry| entry.text.contains(host))
            .filter_map(|entry| entry.connector())
            .filter(|connector| {
                connector
                    .hosts
                    .iter()
                    .any(|origin| host_of(origin).as_deref() == Some(host))
            })
            .collect()
    }

    fn operation_fits<'a>(
        &'a self,
        connector: &'a Connector,
        method: &str,
        address: &Address<'_>,
        prefer: Option<&str>,
    ) -> Vec<Fit<'a>> {
        let fits = connector.operations.iter().filter_map(|operation| {
            if operation.method != method || host_of(&operation.url).as_deref() != Some(address.host.as_str()) {
                return None;
            }
            let score = Pattern::parse(path_of(&operation.url)).matches(&address.segments)?;
            let facts = connector
                .tables()
                .filter_map(|name| self.table(name))
                .filter(|table| table.hosts.contains(&address.host))
                .find_map(|table| table.find(method, &address.segments))
                .map(|found| found.sets)
                .unwrap_or_default();
            Some(Fit {
                order: order(score, &connector.id, prefer, true),
                resolved: Resolved {
                    connector: connector.id.clone(),
                    operation: Some(operation),
                    method_id: operation.id.clone(),
                    scope_sets: scope_sets(connector, Some(operation), facts),
                },
            })
        });
        fits.collect()
    }

    fn table_fits<'a>(&'a self, method: &str, address: &Address<'_>, prefer: Option<&str>) -> Vec<Fit<'a>> {
        let mut fits = Vec::new();
        for (name, table) in self.tables_of_host(&address.host) {
            let Some(found) = table.find(method, &address.segments) else {
                continue;
            };
            // The token decides whose call it is where that connector may make it.
            let preferred = prefer
                .and_then(|id| self.get(id))
                .filter(|connector| connector.tables().any(|table| table == name));
            let connector = preferred.or_else(|| self.get(&table.owner));
            let id = connector.map_or(table.owner.as_str(), |connector| connector.id.as_str());
            let operation = connector.and_then(|connector| connector.operation(found.id));
            let mut scope_sets = connector.map_or_else(
                || found.sets.to_vec(),
                |connector| scope_sets(connector, operation, found.sets),
            );
            if operation.is_none() {
                self.narrowest_first(id, &mut scope_sets);
            }
            fits.push(Fit {
                order: order(found.score, id, prefer, false),
                resolved: Resolved {
                    connector: id.to_owned(),
                    operation,
                    method_id: found.id.to_owned(),
                    scope_sets,
                },
            });
        }
        fits
    }

    fn nearest_of_host(
        &self,
        connectors: &[&Connector],
        address: &Address<'_>,
        prefer: Option<&str>,
    ) -> Option<String> {
        let operations = connectors.iter().map(|connector| {
            let shared = connector
                .operations
                .iter()
                .filter(|o| host_of(&o.url).as_deref() == Some(address.host.as_str()))
                .map(|o| Pattern::parse(path_of(&o.url)).shared(&address.segments))
                .max()
                .unwrap_or(0);
            (connector.id.as_str(), shared)
        });
        let tables = self
            .tables_of_host(&address.host)
            .into_iter()
            .map(|(_, table)| (table.owner.as_str(), table.nearness(&address.segments)));
        operations
            .chain(tables)
            .min_by_key(|(id, shared)| (Reverse(*shared), prefer != Some(*id), (*id).to_owned()))
            .map(|(id, _)| id.to_owned())
    }
}

fn order(score: usize, id: &str, prefer: Option<&str>, operation: bool) -> (Reverse<usize>, bool, bool, String) {
    (Reverse(score), prefer != Some(id), !operation, id.to_owned())
}

/// What suffices: the operation's own sets first, then the vendor's. For an operation a scope
/// marked `avoid` counts only where the operation lists it.
fn scope_sets(connector: &Connector, operation: Option<&Operation>, facts: &[Vec<String>]) -> Vec<Vec<String>> {
    let own = operation.map(|o| o.scopes.as_slice()).unwrap_or_default();
    if operation.is_some() && own.is_empty() {
        return Vec::new();
    }
    let avoided = |set: &&Vec<String>| {
        set.iter()
            .any(|name| connector.scope(name).is_some_and(|s| s.avoid.is_some()))
    };
    let mut sets: Vec<Vec<String>> = Vec::new();
    // Where the operation asks for more than the table does, it knows of a prerequisite.
    let enough = |set: &&Vec<String>| {
        !own.iter()
            .any(|known| known.len() > set.len() && set.iter().all(|s| known.contains(s)))
    };
    let vendor = facts
        .iter()
        .filter(enough)
        .filter(|set| operation.is_none() || !avoided(set));
    for set in own.iter().chain(vendor) {
        let set: Vec<String> = set
            .iter()
            .map(|name| connector.canonical_scope(name).to_owned())
            .collect();
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}
