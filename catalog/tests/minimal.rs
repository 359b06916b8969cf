//! Call sets and their smallest scopes: a table worked out without our resolver, checked twice.
//!
//! `minimal.tsv` was made by trying every combination of scopes against the vendors' tables. One test
//! here holds the resolver to it; another tries every combination again, with nothing of the
//! resolver but the connector files, so that the table itself can't drift. `minimal_by_hand.tsv`
//! holds what a table can't know: traps, prerequisites, and what a file prefers for a reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use linchpin_catalog::{Catalog, Connector};

const TABLE: &str = include_str!("minimal.tsv");
const BY_HAND: &str = include_str!("minimal_by_hand.tsv");

/// Methods with addresses.
type Calls = Vec<(&'static str, &'static str)>;

/// The rows of a table: connector, calls, scopes.
fn rows(text: &'static str) -> Vec<(&'static Connector, Calls, Vec<String>)> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let connector = Catalog::embedded().get(columns.next().unwrap())?;
            let calls = columns.next().unwrap().split(" ; ");
            let calls = calls.map(|call| call.split_once(' ').unwrap()).collect();
            let scopes = columns.next().unwrap().split(' ').filter(|scope| !scope.is_empty());
            let scopes = scopes
                .map(|scope| connector.canonical_scope(scope).to_owned())
                .collect();
            Some((connector, calls, scopes))
        })
        .collect()
}

fn chosen(connector: &Connector, calls: &[(&str, &str)]) -> Vec<String> {
    let catalog = Catalog::embedded();
    let needs: Vec<_> = calls
        .iter()
        .map(|(method, url)| {
            let found = catalog.resolve(method, url, Some(&connector.id)).unwrap();
            assert_eq!(found.connector, connector.id, "{method} {url}");
            found.scope_sets
        })
        .collect();
    catalog.smallest_scopes(&connector.id, &needs)
}

#[test]
fn the_resolver_chooses_what_the_table_says() {
    let rows = rows(TABLE);
    assert!(rows.len() >= 200, "{}", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(connector, calls, expected)| {
            let chosen = chosen(connector, calls);
            (chosen != *expected).then(|| format!("{}: {calls:?}: {chosen:?}, not {expected:?}", connector.id))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_resolver_knows_what_no_table_says() {
    for (connector, calls, mut expected) in rows(BY_HAND) {
        expected.sort();
        assert_eq!(chosen(connector, &calls), expected, "{}: {calls:?}", connector.id);
    }
}

/// A vendor's table, read without the crate's own reader.
#[derive(Default)]
struct Facts {
    host: String,
    wide: BTreeMap<String, Vec<String>>,
    /// By method and path: the alternatives.
    rows: BTreeMap<(String, String), Vec<Vec<String>>>,
    /// By method id: the alternatives.
    methods: BTreeMap<String, Vec<Vec<String>>>,
}

impl Facts {
    /// With scopes under the names the connector's file gives them.
    fn named(mut self, connector: &Connector) -> Self {
        let all = self.rows.values_mut().chain(self.methods.values_mut());
        for scope in all.flatten().flatten() {
            *scope = connector.canonical_scope(scope).to_owned();
        }
        self
    }
}

fn facts(name: &str) -> Facts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("facts/{name}.tsv"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut out = Facts::default();
    let (mut root, mut id_begin, mut scope_begin) = (String::new(), String::new(), String::new());
    let mut sets: Vec<Vec<Vec<String>>> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let c: Vec<&str> = line.split('\t').collect();
        match c[0] {
            "root" => root = c[1].to_owned(),
            "id" => id_begin = c[1].to_owned(),
            "scope" => scope_begin = c[1].to_owned(),
            "host" => out.host = c[1].to_owned(),
            "wide" => {
                let inner = c[2..].iter().map(|scope| (*scope).to_owned()).collect();
                out.wide.insert(c[1].to_owned(), inner);
            }
            "set" if c[2] == "-" => sets.push(Vec::new()),
            "set" => {
                let scope = |scope: &str| {
                    let full = scope.contains("://");
                    if full {
                        scope.to_owned()
                    } else {
                        format!("{scope_begin}{scope}")
                    }
                };
                let all = c[2].split('|').map(|set| set.split('+').map(scope).collect());
                sets.push(all.collect());
            }
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "ANY" => {
                let path = c[1]
                    .strip_prefix('^')
                    .map_or_else(|| format!("{root}{}", c[1]), str::to_owned);
                let set = sets[c[3].parse::<usize>().unwrap()].clone();
                let id = if c[2].is_empty() {
                    format!("{} {path}", c[0])
                } else if c[2].contains(' ') {
                    c[2].to_owned()
                } else {
                    format!("{id_begin}{}", c[2])
                };
                let method = if c[0] == "ANY" { "POST" } else { c[0] };
                out.rows.insert((method.to_owned(), path), set.clone());
                out.methods.insert(id, set);
            }
            _ => {}
        }
    }
    out
}

/// Every choice of at most `most` of these, in order.
fn combinations<'a>(all: &[&'a String], most: usize) -> Vec<Vec<&'a String>> {
    let mut found = vec![Vec::new()];
    for (at, name) in all.iter().enumerate().filter(|_| most > 0) {
        for mut rest in combinations(&all[at + 1..], most - 1) {
            rest.insert(0, *name);
            found.push(rest);
        }
    }
    found
}

struct Oracle<'a> {
    connector: &'a Connector,
    tables: Vec<Facts>,
}

impl Oracle<'_> {
    fn alternatives(&self, method: &str, url: &str) -> Vec<Vec<String>> {
        let (host, path) = url.strip_prefix("https://").unwrap().split_once('/').unwrap();
        let key = (method.to_owned(), format!("/{path}"));
        let sets = self
            .tables
            .iter()
            .filter(|table| table.host == host)
            .find_map(|table| table.rows.get(&key));
        sets.unwrap_or_else(|| panic!("{method} {url}")).clone()
    }

    fn closure(&self, scopes: &[&String]) -> BTreeSet<String> {
        let mut open = BTreeSet::new();
        let mut queue: Vec<String> = scopes.iter().map(|scope| (*scope).clone()).collect();
        while let Some(name) = queue.pop() {
            let name = self.connector.canonical_scope(&name).to_owned();
            if open.insert(name.clone()) {
                queue.extend(
                    self.connector
                        .scope(&name)
                        .into_iter()
                        .flat_map(|scope| scope.implies.clone()),
                );
                queue.extend(
                    self.tables
                        .iter()
                        .flat_map(|table| table.wide.get(&name))
                        .flatten()
                        .cloned(),
                );
            }
        }
        open
    }

    /// The smallest of all combinations of declared scopes.
    fn smallest(&self, needs: &[Vec<Vec<String>>]) -> Vec<String> {
        let needs: Vec<_> = needs.iter().filter(|need| !need.is_empty()).collect();
        let all: BTreeSet<&String> = needs.iter().flat_map(|need| need.iter().flatten()).collect();
        let all: Vec<&String> = all
            .into_iter()
            .filter(|name| self.connector.scope(name).is_some_and(|scope| scope.avoid.is_none()))
            .collect();
        let most: usize = needs.iter().map(|need| need.iter().map(Vec::len).max().unwrap()).sum();
        let combinations = combinations(&all, most.min(4));
        let met = |need: &Vec<Vec<String>>, open: &BTreeSet<String>| {
            need.iter().any(|set| set.iter().all(|scope| open.contains(scope)))
        };
        let class = |names: &[&String]| {
            names
                .iter()
                .map(|name| self.connector.scope(name).unwrap().sensitivity)
                .max()
        };
        let mut best: Option<((_, usize, usize), Vec<String>)> = None;
        for names in combinations {
            let open = self.closure(&names);
            let own = class(&names);
            let wide = best.as_ref().is_some_and(|((least, ..), _)| own > *least);
            if wide || !needs.iter().all(|need| met(need, &open)) {
                continue;
            }
            let methods = self.tables.iter().flat_map(|table| table.methods.values());
            let unlocked = methods.filter(|sets| met(sets, &open)).count();
            let width = (own, unlocked, names.len());
            let names: Vec<String> = names.into_iter().cloned().collect();
            let better = best
                .as_ref()
                .is_none_or(|(old, old_names)| (&width, &names) < (old, old_names));
            if better {
                best = Some((width, names));
            }
        }
        best.unwrap().1
    }
}

#[test]
fn no_combination_is_smaller_than_what_the_table_says() {
    let mut oracles: BTreeMap<&str, Oracle<'_>> = BTreeMap::new();
    for (connector, calls, expected) in rows(TABLE) {
        let oracle = oracles.entry(&connector.id).or_insert_with(|| Oracle {
            connector,
            tables: connector
                .facts
                .iter()
                .chain(&connector.more_facts)
                .map(|name| facts(name).named(connector))
                .collect(),
        });
        let needs: Vec<_> = calls
            .iter()
            .map(|(method, url)| oracle.alternatives(method, url))
            .collect();
        assert_eq!(oracle.smallest(&needs), expected, "{}: {calls:?}", connector.id);
    }
}
