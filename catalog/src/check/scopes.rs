//! Rules about permissions: declared, explained, sufficient, and in agreement with the vendor.

use std::collections::BTreeSet;

use super::Report;
use crate::address::{Address, path_of};
use crate::{Catalog, Connector};

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    let mut spelled = BTreeSet::new();
    for scope in &connector.scopes {
        let spellings = std::iter::once(&scope.name).chain(&scope.short).chain(&scope.aliases);
        for spelling in spellings {
            if !spelled.insert(spelling.as_str()) {
                report.add("scopes", format!("`{spelling}` is declared twice"));
            }
        }
        report.sentence(&format!("the sentence of `{}`", scope.name), &scope.sentence);
        if let Some(avoid) = &scope.avoid {
            report.sentence(&format!("the trap of `{}`", scope.name), avoid);
        }
        for implied in &scope.implies {
            match connector.scope(implied) {
                None => report.add(
                    "scopes",
                    format!("`{}` implies `{implied}`, which is not declared", scope.name),
                ),
                Some(other)
                    if other
                        .implies
                        .iter()
                        .any(|back| connector.canonical_scope(back) == scope.name) =>
                {
                    report.add("scopes", format!("`{}` and `{implied}` imply each other", scope.name));
                }
                Some(_) => {}
            }
        }
    }
    let used = connector
        .operations
        .iter()
        .flat_map(|operation| {
            operation
                .scopes
                .iter()
                .flatten()
                .map(|scope| (operation.id.as_str(), scope))
        })
        .chain(
            connector
                .auth
                .base_scopes
                .iter()
                .map(|scope| ("the base scopes", scope)),
        );
    for (where_, scope) in used {
        if connector.scope(scope).is_none() {
            report.add(
                "scopes",
                format!("{where_}: `{scope}` is not declared, so nobody could be told what it allows"),
            );
        }
    }
}

/// Rules that need the tables: what an operation says suffices has to suffice for the vendor.
pub(super) fn check_facts(catalog: &Catalog, connector: &Connector, report: &mut Report<'_>) {
    for name in connector.tables() {
        if catalog.table(name).is_none() {
            report.add("facts", format!("there is no table `{name}`"));
        }
    }
    // A table that lacks calls lacks alternatives too, so only a whole one can deny.
    let whole = connector
        .tables()
        .all(|name| catalog.table(name).is_none_or(|table| !table.partial));
    for scope in connector.scopes.iter().filter(|_| whole) {
        for implied in &scope.implies {
            let missing = catalog.not_included(connector, &scope.name, implied);
            if missing > 0 {
                report.add("facts", format!("`{}` is said to include `{implied}`, and the vendor's table lets {missing} calls through with the latter only", scope.name));
            }
        }
    }
    for operation in &connector.operations {
        satisfiable(catalog, connector, operation, report);
        let Ok(address) = Address::parse(&operation.url) else {
            continue;
        };
        let segments: Vec<&str> = path_of(&operation.url).split('/').skip(1).collect();
        let found = connector
            .tables()
            .filter_map(|name| catalog.table(name))
            .filter(|table| table.hosts.contains(&address.host))
            .find_map(|table| table.find(&operation.method, &segments));
        let Some(found) = found else {
            if connector
                .facts
                .as_deref()
                .is_some_and(|name| catalog.table(name).is_some_and(|table| !table.partial))
            {
                report.add(
                    "facts",
                    format!(
                        "{}: the vendor's table has no such call; check method and path",
                        operation.id
                    ),
                );
            }
            continue;
        };
        if operation.scopes.is_empty() && !found.sets.is_empty() {
            report.add(
                "facts",
                format!(
                    "{}: it says no permission is needed, and the vendor asks for one",
                    operation.id
                ),
            );
        }
        if found.sets.is_empty() {
            continue;
        }
        for set in &operation.scopes {
            let enough = found.sets.iter().any(|vendor| {
                vendor
                    .iter()
                    .all(|scope| set.iter().any(|own| own == connector.canonical_scope(scope)))
            });
            if !enough {
                report.add(
                    "facts",
                    format!(
                        "{}: {} does not suffice, says the vendor's table",
                        operation.id,
                        set.join(" with ")
                    ),
                );
            }
        }
    }
}

fn satisfiable(catalog: &Catalog, connector: &Connector, operation: &crate::Operation, report: &mut Report<'_>) {
    let Some(best) = operation.scopes.first() else {
        return;
    };
    if operation.scopes.iter().any(Vec::is_empty) {
        report.add(
            "scopes",
            format!(
                "{}: an empty set of scopes says nothing; leave `scopes` away when none is needed",
                operation.id
            ),
        );
        return;
    }
    let needs = [operation.scopes.clone()];
    let chosen = catalog.smallest_scopes(&connector.id, &needs);
    if chosen.is_empty() || !catalog.covers(&connector.id, &chosen, &needs) {
        report.add("scopes", format!("{}: no permission lets it through", operation.id));
    }
    let trap = |name: &&String| connector.scope(name).is_some_and(|scope| scope.avoid.is_some());
    if chosen.iter().any(|name| trap(&name) && !best.contains(name)) {
        report.add(
            "scopes",
            format!(
                "{}: only a trap lets it through; put a scope without `avoid` among its sets",
                operation.id
            ),
        );
    }
}
