//! Vendor tables: every call of an API with the scopes that let it through, one call a line.
//!
//! The format (tabs between columns, `#` begins a comment): `owner` the connector whose API this
//! is, and with paths behind it the one whose part of the API these are; `family` whose tokens of
//! any connector may make the calls; `host` the hosts that serve it, `root` what every path begins
//! with, `id` what every method id begins with, `scope` what every scope without `://` begins
//! with, `fold case` that the case of a path doesn't matter, `partial yes` that the vendor has
//! calls the table lacks, `wide A B…` that the scope A includes B by the vendor's naming, `set N` a numbered list of alternatives (`a|b` either, `a+b` both, `-`
//! none needed), `also A B` says that what is served under the path A is served under B too, then
//! rows `METHOD path id set`. `ANY` is GET or POST; a path beginning with `^` does not get the
//! root; a row without an id is called by its method and path. Where the tables come from:
//! `facts/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::CatalogError;
use crate::address::{Case, Pattern};

/// One vendor table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    owner: String,
    /// Whose parts of the API are, by how their paths begin.
    parts: Vec<(Pattern, String)>,
    /// The auth family of which any connector may make the calls.
    pub(crate) family: Option<String>,
    pub(crate) hosts: Vec<String>,
    /// Whether the vendor has calls that the table lacks.
    pub(crate) partial: bool,
    case: Case,
    also: Vec<(Vec<String>, Vec<String>)>,
    /// What a scope includes by the vendor's naming (`Mail.ReadWrite`, `Mail.Read`).
    wide: BTreeMap<String, Vec<String>>,
    sets: Vec<Vec<Vec<String>>>,
    rows: Vec<Row>,
    /// Where each scope's bit is, for counting.
    bits: BTreeMap<String, u32>,
    /// The sets again, as bits, with the number of methods each lets through.
    counted: Vec<(Vec<Mask>, usize)>,
}

/// A set of a table's scopes. No vendor has more scopes than this has bits.
type Mask = [u64; 4];

#[derive(Debug)]
struct Row {
    method: String,
    pattern: Pattern,
    /// Empty where the method is called by its path.
    id: String,
    set: usize,
}

/// A row that matches a call.
#[derive(Debug, Clone)]
pub(crate) struct Found<'a> {
    row: &'a Row,
    pub(crate) owner: &'a str,
    pub(crate) sets: &'a [Vec<String>],
    pub(crate) score: usize,
}

impl Table {
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, CatalogError> {
        let mut table = Self::default();
        let (mut root, mut id_prefix, mut scope_prefix) = ("", "", "");
        let mut parts: Vec<(&str, &str)> = Vec::new();
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
                "owner" => {
                    let before = parts.len();
                    parts.extend(columns.map(|path| (path, second)));
                    if parts.len() == before {
                        table.owner = second.to_owned();
                    }
                }
                "family" => table.family = Some(second.to_owned()),
                "host" => {
                    table.hosts = std::iter::once(second).chain(columns).map(str::to_owned).collect();
                }
                "root" => root = second,
                "id" => id_prefix = second,
                "scope" => scope_prefix = second,
                "fold" => table.case = Case::Folded,
                "partial" => table.partial = true,
                "wide" => {
                    table
                        .wide
                        .insert(second.to_owned(), columns.map(str::to_owned).collect());
                }
                "also" => {
                    let to = columns.next().ok_or_else(|| wrong("the path is missing"))?;
                    table.also.push((parts_of(second), parts_of(to)));
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
                    let pattern = match second.strip_prefix('^') {
                        Some(path) => Pattern::parse(path),
                        None => Pattern::parse(&[root, second].concat()),
                    };
                    table.rows.push(Row {
                        method: method.to_owned(),
                        pattern,
                        id: if id.is_empty() {
                            String::new()
                        } else {
                            [id_prefix, id].concat()
                        },
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
        table.parts = parts
            .into_iter()
            .map(|(path, owner)| (Pattern::parse(&[root, path].concat()), owner.to_owned()))
            .collect();
        if !table.count() {
            return Err(CatalogError::Shape {
                file: file.to_owned(),
                message: "the table names more than 256 scopes".to_owned(),
            });
        }
        Ok(table)
    }

    /// Counts the methods of each set; a method with several addresses counts once, by its last
    /// row. False when there are more scopes than bits.
    fn count(&mut self) -> bool {
        for scope in self.sets.iter().flatten().flatten() {
            let next = u32::try_from(self.bits.len()).unwrap_or(u32::MAX);
            if !self.bits.contains_key(scope) {
                self.bits.insert(scope.clone(), next);
            }
        }
        let mut methods = vec![0_usize; self.sets.len()];
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &self.rows {
            if row.id.is_empty() {
                add(&mut methods, row.set);
            } else if !row.id.contains(' ') {
                // An id such as `GET /contacts` names the method of a row without an id.
                named.insert(&row.id, row.set);
            }
        }
        for set in named.into_values() {
            add(&mut methods, set);
        }
        let mask = |set: &Vec<String>| self.mask(set.iter().map(String::as_str));
        let masks = self.sets.iter().map(|sets| sets.iter().map(mask).collect());
        self.counted = masks.zip(methods).collect();
        self.bits.len() <= 256
    }

    fn mask<'b>(&self, scopes: impl Iterator<Item = &'b str>) -> Mask {
        let mut mask = Mask::default();
        for bit in scopes.filter_map(|scope| self.bits.get(scope)) {
            if let Some(word) = usize::try_from(bit / 64).ok().and_then(|at| mask.get_mut(at)) {
                *word |= 1 << (bit % 64);
            }
        }
        mask
    }

    /// The row that fits a call most exactly.
    pub(crate) fn find(&self, method: &str, segments: &[&str]) -> Option<Found<'_>> {
        self.spellings(segments)
            .into_iter()
            .find_map(|segments| self.find_spelled(method, &segments))
    }

    fn find_spelled(&self, method: &str, segments: &[&str]) -> Option<Found<'_>> {
        let mut best: Option<(usize, &Row)> = None;
        for row in self.rows.iter().filter(|row| row.takes(method)) {
            let Some(score) = row.pattern.matches(segments, self.case) else {
                continue;
            };
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, row));
            }
        }
        best.map(|(score, row)| Found {
            row,
            owner: self.owner_of(segments),
            sets: self.sets.get(row.set).map(Vec::as_slice).unwrap_or_default(),
            score,
        })
    }

    /// The path as it is, and as the table writes it where a part is served under two paths.
    fn spellings<'b>(&'b self, segments: &[&'b str]) -> Vec<Vec<&'b str>> {
        let mut all = vec![segments.to_vec()];
        for (from, to) in &self.also {
            if segments.len() >= to.len() && segments.iter().zip(to).all(|(own, to)| self.case.same(own, to)) {
                let rest = segments.get(to.len()..).unwrap_or_default();
                all.push(from.iter().map(String::as_str).chain(rest.iter().copied()).collect());
            }
        }
        all
    }

    /// Whose the part of the API is that the path leads to.
    pub(crate) fn owner_of(&self, segments: &[&str]) -> &str {
        self.parts
            .iter()
            .find(|(begin, _)| begin.begins(segments, self.case))
            .map_or(self.owner.as_str(), |(_, owner)| owner)
    }

    /// What a scope includes by the vendor's naming.
    pub(crate) fn includes(&self, scope: &str) -> &[String] {
        self.wide.get(scope).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many leading path segments the nearest row shares with a call.
    pub(crate) fn nearness(&self, segments: &[&str]) -> usize {
        self.rows
            .iter()
            .map(|row| row.pattern.shared(segments, self.case))
            .max()
            .unwrap_or(0)
    }

    /// Calls that are in the table more than once, as `METHOD /path`.
    pub(crate) fn repeated(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        self.rows
            .iter()
            .map(|row| {
                let call = format!("{} {}", row.method, row.pattern);
                match self.case {
                    Case::Exact => call,
                    Case::Folded => call.to_ascii_lowercase(),
                }
            })
            .filter(|call| !seen.insert(call.clone()))
            .collect()
    }

    /// How many methods the table has.
    pub(crate) fn total(&self) -> usize {
        self.counted.iter().map(|(_, methods)| methods).sum()
    }

    /// How many methods these scopes let through, not counting those that need none.
    pub(crate) fn unlocked(&self, scopes: &BTreeSet<&str>) -> usize {
        let open = self.mask(scopes.iter().copied());
        let within = |set: &Mask| set.iter().zip(&open).all(|(set, open)| set & open == *set);
        self.counted
            .iter()
            .filter(|(sets, _)| sets.iter().any(within))
            .map(|(_, methods)| methods)
            .sum()
    }
}

fn add(methods: &mut [usize], set: usize) {
    if let Some(count) = methods.get_mut(set) {
        *count = count.saturating_add(1);
    }
}

impl Found<'_> {
    /// The vendor's name of the method, or `METHOD /path`.
    pub(crate) fn id(&self) -> String {
        if self.row.id.is_empty() {
            format!("{} {}", self.row.method, self.row.pattern)
        } else {
            self.row.id.clone()
        }
    }
}

/// The segments of a path that begins another.
fn parts_of(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
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
