//! From a call in source code to the operation it is and the scopes that let it through.
//!
//! Operations of the catalog and rows of the vendor tables compete: the more literal path wins,
//! then the preferred connector, then an operation over a bare row. A call that fits nothing is
//! named as unknown and never guessed.

use std::cmp::Reverse;

use crate::address::{Address, Case, Pattern, path_of};
use crate::graphql::Document;
use crate::host::{self, HostFit};
use crate::{Catalog, Connector, Operation};

/// A call as it stands in source code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The absolute address; an unknown part is written `{}`, a query is ignored.
    pub url: &'a str,
    /// The connector whose token the call carries: it decides where several share a host and path.
    pub prefer: Option<&'a str>,
    /// The GraphQL document it sends, where the code says it.
    pub document: Option<&'a str>,
}

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
    /// The config field in whose place in the host a computed value stands: nothing but the
    /// connection's own value may get there.
    pub computed: Option<String>,
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

/// The more literal path, the preferred connector, an operation over a bare row, whose API it is,
/// the alphabet.
type Order = (Reverse<usize>, bool, bool, bool, String);

/// A fit, ordered so that the smallest is the best.
struct Fit<'a> {
    order: Order,
    resolved: Resolved<'a>,
}

impl Catalog {
    /// What the call `method url` is; `resolve_call` without a GraphQL document.
    ///
    /// # Errors
    /// When the address can't be followed, the host belongs to no connector, or the host is known
    /// and the call is not.
    pub fn resolve<'a>(&'a self, method: &str, url: &str, prefer: Option<&str>) -> Result<Resolved<'a>, Unresolved> {
        self.resolve_call(&Outgoing {
            method,
            url,
            prefer,
            document: None,
        })
    }

    /// What a call is.
    ///
    /// # Errors
    /// When the address can't be followed, the host belongs to no connector, or the host is known
    /// and the call is not.
    pub fn resolve_call<'a>(&'a self, call: &Outgoing<'_>) -> Result<Resolved<'a>, Unresolved> {
        let address = Address::parse(call.url).map_err(|why| Unresolved::NotAnAddress {
            url: call.url.to_owned(),
            why,
        })?;
        let method = call.method.to_ascii_uppercase();
        let call = Outgoing {
            method: &method,
            ..*call
        };
        let connectors = self.connectors_of_host(&address.host);
        let mut fits: Vec<Fit<'a>> = Vec::new();
        for connector in &connectors {
            fits.extend(self.operation_fits(connector, &call, &address));
            fits.extend(graphql_fit(connector, &call, &address));
        }
        fits.extend(self.table_fits(&call, &address));
        fits.sort_by(|a, b| a.order.cmp(&b.order));
        if let Some(best) = fits.into_iter().next() {
            return Ok(best.resolved);
        }
        match self.nearest_of_host(&connectors, &address, call.prefer) {
            Some(connector) => Err(Unresolved::UnknownCall {
                connector,
                path: match call.document.map(Document::parse) {
                    Some(Ok(document)) => format!("{} ({})", address.path, document.roots.join(", ")),
                    _ => address.path.to_owned(),
                },
                method,
            }),
            None => Err(Unresolved::UnknownHost { host: address.host }),
        }
    }

    fn operation_fits<'a>(
        &'a self,
        connector: &'a Connector,
        call: &Outgoing<'_>,
        address: &Address<'_>,
    ) -> Vec<Fit<'a>> {
        let fits = connector.operations.iter().filter_map(|operation| {
            if operation.graphql.is_some() || operation.method != call.method {
                return None;
            }
            let (score, computed) = place(connector, operation, address)?;
            let facts = connector
                .tables()
                .filter_map(|name| self.table(name))
                .filter(|table| table.hosts.contains(&address.host))
                .find_map(|table| table.find(call.method, &address.segments));
            // Many may list a file of Drive; without a token to tell, it is Drive's call.
            let owner = facts.as_ref().is_none_or(|found| found.owner == connector.id);
            let facts = facts.map(|found| found.sets).unwrap_or_default();
            Some(Fit {
                order: order(score, &connector.id, call.prefer, true, owner),
                resolved: Resolved {
                    connector: connector.id.clone(),
                    operation: Some(operation),
                    method_id: operation.id.clone(),
                    scope_sets: scope_sets(connector, Some(operation), facts),
                    computed,
                },
            })
        });
        fits.collect()
    }

    fn table_fits<'a>(&'a self, call: &Outgoing<'_>, address: &Address<'_>) -> Vec<Fit<'a>> {
        let mut fits = Vec::new();
        for (name, table) in self.tables_of_host(&address.host) {
            let Some(found) = table.find(call.method, &address.segments) else {
                continue;
            };
            // The token decides whose call it is where that connector may make it.
            let preferred = call.prefer.and_then(|id| self.get(id)).filter(|connector| {
                table.family.as_ref() == Some(&connector.auth.family) || connector.tables().any(|table| table == name)
            });
            let connector = preferred.or_else(|| self.get(found.owner));
            let id = connector.map_or(found.owner, |connector| connector.id.as_str());
            let method_id = found.id();
            let operation = connector.and_then(|connector| connector.operation(&method_id));
            let mut scope_sets = connector.map_or_else(
                || found.sets.to_vec(),
                |connector| scope_sets(connector, operation, found.sets),
            );
            if operation.is_none() {
                self.narrowest_first(id, &mut scope_sets);
            }
            fits.push(Fit {
                order: order(found.score, id, call.prefer, false, found.owner == id),
                resolved: Resolved {
                    connector: id.to_owned(),
                    operation,
                    method_id,
                    scope_sets,
                    computed: None,
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
                .filter(|o| host::fits(connector, &o.url, &address.host).is_some())
                .map(|o| Pattern::parse(path_of(&o.url)).shared(&address.segments, Case::Exact))
                .max()
                .unwrap_or(0);
            (connector.id.as_str(), shared)
        });
        let tables = self
            .tables_of_host(&address.host)
            .into_iter()
            .filter(|(_, table)| table.family.is_none())
            .map(|(_, table)| (table.owner_of(&address.segments), table.nearness(&address.segments)));
        let tables: Vec<(&str, usize)> = tables.collect();
        let owners: Vec<&str> = tables.iter().map(|(owner, _)| *owner).collect();
        operations
            .chain(tables.iter().copied())
            .min_by_key(|(id, shared)| {
                (
                    Reverse(*shared),
                    prefer != Some(*id),
                    !owners.contains(id),
                    (*id).to_owned(),
                )
            })
            .map(|(id, _)| id.to_owned())
    }
}

/// How exactly an operation's address is the call's, and which config field a computed part of the
/// host fills.
fn place(connector: &Connector, operation: &Operation, address: &Address<'_>) -> Option<(usize, Option<String>)> {
    let computed = match host::fits(connector, &operation.url, &address.host)? {
        HostFit::Known => None,
        HostFit::Computed(field) => Some(field),
    };
    // A config value such as `sites/bookings` is several segments.
    let wide = connector.config.iter().filter(|field| {
        let pattern = field.validation_pattern.as_deref().unwrap_or_default();
        pattern.contains('/')
    });
    let template = wide.fold(path_of(&operation.url).to_owned(), |path, field| {
        path.replace(&format!("{{{}}}", field.name), "{+}")
    });
    let score = Pattern::parse(&template).matches(&address.segments, Case::Exact)?;
    Some((score, computed))
}

/// The operations of a GraphQL API share one address. The document tells them apart by the fields
/// it begins with; a document nobody knows may do whatever any of them does.
fn graphql_fit<'a>(connector: &'a Connector, call: &Outgoing<'_>, address: &Address<'_>) -> Option<Fit<'a>> {
    let mut here = connector.operations.iter().filter_map(|operation| {
        let text = operation.graphql.as_deref()?;
        let (score, computed) = (operation.method == call.method).then(|| place(connector, operation, address))??;
        Some((operation, text, score, computed))
    });
    let first = here.next()?;
    let (score, computed) = (first.2, first.3.clone());
    let all: Vec<(&'a Operation, &'a str)> = std::iter::once((first.0, first.1))
        .chain(here.map(|(operation, text, ..)| (operation, text)))
        .collect();
    let (operation, meant) = match call.document.map(|text| (text, Document::parse(text))) {
        Some((text, Ok(document))) => {
            let meant = by_document(&all, text, &document)?;
            (meant.first().copied(), meant)
        }
        // The document can't be read: it may be any of them.
        Some((_, Err(_))) | None => (None, all.iter().map(|(operation, _)| *operation).collect()),
    };
    let mut union: Vec<String> = Vec::new();
    for scope in meant.iter().filter_map(|operation| operation.scopes.first()).flatten() {
        let scope = connector.canonical_scope(scope).to_owned();
        if !union.contains(&scope) {
            union.push(scope);
        }
    }
    let scope_sets = match (operation, meant.as_slice()) {
        (Some(operation), [_]) => scope_sets(connector, Some(operation), &[]),
        _ if union.is_empty() => Vec::new(),
        _ => vec![union],
    };
    Some(Fit {
        order: order(score, &connector.id, call.prefer, true, true),
        resolved: Resolved {
            connector: connector.id.clone(),
            operation,
            method_id: operation.map_or_else(|| format!("{} {}", call.method, address.path), |o| o.id.clone()),
            scope_sets,
            computed,
        },
    })
}

/// One operation for each field the document begins with, or nothing when a field is unknown. An
/// operation with this very document comes first and alone.
fn by_document<'a>(
    all: &[(&'a Operation, &'a str)],
    text: &str,
    document: &Document<'_>,
) -> Option<Vec<&'a Operation>> {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    if let Some((operation, _)) = all.iter().find(|(_, own)| squeezed(own) == squeezed(text)) {
        return Some(vec![operation]);
    }
    let mut found: Vec<&Operation> = Vec::new();
    for root in &document.roots {
        let known = all.iter().find(|(_, own)| {
            Document::parse(own).is_ok_and(|own| own.kind == document.kind && own.roots.contains(root))
        });
        let (operation, _) = known?;
        if !found.iter().any(|other| other.id == operation.id) {
            found.push(operation);
        }
    }
    Some(found)
}

fn order(score: usize, id: &str, prefer: Option<&str>, operation: bool, owner: bool) -> Order {
    (Reverse(score), prefer != Some(id), !operation, !owner, id.to_owned())
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
