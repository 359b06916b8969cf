//! Vendor tables: every call of an API with the scopes that let it through, one call a line.
//!
//! The format (tabs between columns, `#` begins a comment): `owner` the connector whose API this
//! is, `host` the hosts that serve it, `root` what every path begins with, `id` what every method
//! id begins with, `scope` what every scope without `://` begins with, `set N` a numbered list of
//! alternatives (`a|b` either, `a+b` both, `-` none needed), `also A B` says that what is served
//! under the path A is served under B too, then rows `METHOD path id set`.
//! `ANY` is GET or POST; a path beginning with `^` does not get the root; a row without an id is
//! called by its method and path. Where the tables come from: `facts/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::CatalogError;
use crate::address::Pattern;

/// One vendor table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) owner: String,
    pub(crate) hosts: Vec<String>,
    sets: Vec<Vec<Vec<String>>>,
    rows: Vec<Row>,
    /// Distinct method ids with the sets that let each through.
    methods: Vec<usize>,
}

#[derive(Debug)]
struct Row {
    method: String,
    pattern: Pattern,
    id: String,
    set: usize,
}

/// A row that matches a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) id: &'a str,
    pub(crate) sets: &'a [Vec<String>],
    pub(crate) score: usize,
}

impl Table {
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let mut table = Self::default();
        let (mut root, mut id_prefix, mut scope_prefix) = ("", "", "");
        let mut ids: BTreeMap<String, usize> = BTreeMap::new();
        let mut also: Vec<(&str, &str)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| CatalogError::Shape {
                file: file.to_owned(),
                message: format!("line {}: {what}", number.saturating_add(1)),
            };
            let mut columns = line.split('\t');
            let first = columns.next().unwrap_or_default();
            let second = columns.next().ok_or_else(|| wrong("a column is missing"))?;
            match first {
                "owner" => table.owner = second.to_owned(),
                "host" => {
                    table.hosts = std::iter::once(second).chain(columns).map(str::to_owned).collect();
                }
                "root" => root = second,
                "id" => id_prefix = second,
                "scope" => scope_prefix = second,
                "also" => {
                    let to = columns.next().ok_or_else(|| wrong("the path is missing"))?;
                    also.push((second, to));
                }
                "set" => {
                    if second.parse() != Ok(table.sets.len()) {
                        return Err(wrong("sets are numbered from 0 in order"));
                    }
                    let list = columns.next().ok_or_else(|| wrong("the set is missing"))?;
                    table.sets.push(alternatives(list, scope_prefix));
                }
                method => {
                    let id = columns.next().ok_or_else(|| wrong("the id is missing"))?;
                    let set = columns
                        .next()
                        .and_then(|set| set.parse::<usize>().ok())
                        .filter(|set| *set < table.sets.len())
                        .ok_or_else(|| wrong("the row names no set above it"))?;
                    let path = second
                        .strip_prefix('^')
                        .map_or_else(|| format!("{root}{second}"), str::to_owned);
                    let id = if id.is_empty() {
                        format!("{method} {path}")
                    } else {
                        format!("{id_prefix}{id}")
                    };
                    ids.insert(id.clone(), set);
                    for (from, to) in &also {
                        if let Some(rest) = path.strip_prefix(from) {
                            table.rows.push(Row {
                                method: method.to_owned(),
                                pattern: Pattern::parse(&format!("{to}{rest}")),
                                id: id.clone(),
                                set,
                            });
                        }
                    }
                    table.rows.push(Row {
                        method: method.to_owned(),
                        pattern: Pattern::parse(&path),
                        id,
                        set,
                    });
                }
            }
        }
        if table.owner.is_empty() || table.hosts.is_empty() || table.rows.is_empty() {
            return Err(CatalogError::Shape {
                file: file.to_owned(),
                message: "the table needs an owner, a host and rows".to_owned(),
            });
        }
        table.methods = ids.into_values().collect();
        Ok(table)
    }

    /// The row that fits a call most exactly.
    pub(crate) fn find(&self, method: &str, segments: &[&str]) -> Option<Found<'_>> {
        let mut best: Option<Found<'_>> = None;
        for row in self.rows.iter().filter(|row| row.takes(method)) {
            let Some(score) = row.pattern.matches(segments) else {
                continue;
            };
            if best.is_none_or(|found| score > found.score) {
                best = Some(Found {
                    id: &row.id,
                    sets: self.sets.get(row.set).map(Vec::as_slice).unwrap_or_default(),
                    score,
                });
            }
        }
        best
    }

    /// How many leading path segments the nearest row shares with a call.
    pub(crate) fn nearness(&self, segments: &[&str]) -> usize {
        self.rows
            .iter()
            .map(|row| row.pattern.shared(segments))
            .max()
            .unwrap_or(0)
    }

    /// Calls that are in the table more than once, as `METHOD /path`.
    pub(crate) fn repeated(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        self.rows
            .iter()
            .map(|row| format!("{} {}", row.method, row.pattern))
            .filter(|call| !seen.insert(call.clone()))
            .collect()
    }

    /// How many methods the table has.
    pub(crate) fn total(&self) -> usize {
        self.methods.len()
    }

    /// How many methods these scopes let through, not counting those that need none.
    pub(crate) fn unlocked(&self, scopes: &BTreeSet<&str>) -> usize {
        let open: Vec<bool> = self
            .sets
            .iter()
            .map(|sets| {
                sets.iter()
                    .any(|set| set.iter().all(|scope| scopes.contains(scope.as_str())))
            })
            .collect();
        self.methods
            .iter()
            .filter(|set| open.get(**set).copied().unwrap_or(false))
            .count()
    }
}

impl Row {
    fn takes(&self, method: &str) -> bool {
        self.method == method || (self.method == "ANY" && matches!(method, "GET" | "POST"))
    }
}

fn alternatives(list: &str, prefix: &str) -> Vec<Vec<String>> {
    if list == "-" {
        return Vec::new();
    }
    list.split('|')
        .map(|set| {
            set.split('+')
                .map(|scope| {
                    if scope.contains("://") {
                        scope.to_owned()
                    } else {
                        format!("{prefix}{scope}")
                    }
                })
                .collect()
        })
        .collect()
}
