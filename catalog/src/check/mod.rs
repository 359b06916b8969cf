//! Whether what a catalog file says can be true.
//!
//! Every rule has a name and finds one kind of mistake; a finding names the file and says why it
//! matters. The rules look at a file, at the vendor's table where there is one, and at files of
//! the same family. They do not ask the vendor: that a fact is right today is what `verified_on`
//! and `sources` are for.

mod auth;
mod config;
mod graphql;
mod key;
mod operations;
mod samples;
mod scopes;
mod words;

use std::collections::BTreeMap;

use crate::address::Address;
use crate::facts::Table;
use crate::{Catalog, CatalogError, Connector, parse};

/// One thing that is wrong with a catalog file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// The rule that found it.
    pub rule: &'static str,
    /// What is wrong, and why it matters.
    pub reason: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} [{}]", self.file, self.reason, self.rule)
    }
}

/// Checks every file of a catalog, its tables included. Empty when all is well; sorted by file.
pub fn check(catalog: &Catalog) -> Vec<Finding> {
    let mut found = Vec::new();
    for entry in catalog.entries() {
        let file = format!("{}.toml", entry.id);
        if let Some(own) = entry.connector().filter(|_| catalog.is_custom(&entry.id)) {
            found.extend(of_own(catalog, own).into_iter().map(|finding| Finding {
                file: file.clone(),
                ..finding
            }));
            continue;
        }
        match parse(&file, &entry.text) {
            Ok(connector) => {
                let mut report = Report::new(&file, &mut found);
                if connector.id != entry.id {
                    report.add(
                        "id",
                        format!("the id is `{}`, the file is called otherwise", connector.id),
                    );
                }
                every_rule(catalog, &connector, &mut report);
            }
            Err(error) => found.push(shape(&file, &error)),
        }
    }
    families(catalog, &mut found);
    tables(catalog, &mut found);
    found.sort();
    found
}

/// Checks one connector file against the embedded tables, as `linchpin catalog check FILE` does.
pub fn check_text(file: &str, text: &str) -> Vec<Finding> {
    match Catalog::from_files(&[(file, text)]) {
        Ok(catalog) => {
            let mut found = Vec::new();
            for connector in catalog.connectors() {
                let mut report = Report::new(file, &mut found);
                let stem = file.rsplit('/').next().unwrap_or(file);
                if stem.strip_suffix(".toml").is_some_and(|stem| stem != connector.id) {
                    report.add(
                        "id",
                        format!("the id is `{}`, the file is called otherwise", connector.id),
                    );
                }
                every_rule(&catalog, connector, &mut report);
            }
            found.sort();
            found
        }
        Err(error) => vec![shape(file, &error)],
    }
}

/// What is wrong with a connector of somebody's own: of the rules those that calls and signing in
/// rely on, and none that are about what helps people.
pub(crate) fn of_own(catalog: &Catalog, connector: &Connector) -> Vec<Finding> {
    let mut found = Vec::new();
    every_rule(catalog, connector, &mut Report::new(&connector.id, &mut found));
    found.retain(|finding| crate::custom::SAFETY.contains(&finding.rule));
    found
}

fn every_rule(catalog: &Catalog, connector: &Connector, report: &mut Report<'_>) {
    words::check(connector, report);
    config::check(connector, report);
    auth::check(connector, report);
    scopes::check(connector, report);
    operations::check(connector, report);
    scopes::check_facts(catalog, connector, report);
}

fn shape(file: &str, error: &CatalogError) -> Finding {
    Finding {
        file: file.to_owned(),
        rule: "shape",
        reason: match error {
            CatalogError::Shape { message, .. } | CatalogError::Untrue { message, .. } => message.clone(),
            CatalogError::Document { .. } | CatalogError::Missing { .. } => error.to_string(),
        },
    }
}

/// Connectors of one family share an OAuth client, so they must agree on where it is used.
fn families(catalog: &Catalog, found: &mut Vec<Finding>) {
    let mut first: BTreeMap<&str, &Connector> = BTreeMap::new();
    for connector in catalog.connectors() {
        let auth = &connector.auth;
        let Some(other) = first.get(auth.family.as_str()) else {
            first.insert(&auth.family, connector);
            continue;
        };
        let same = other.auth.authorize_url == auth.authorize_url
            && other.auth.token_url == auth.token_url
            && other.auth.revoke_url == auth.revoke_url
            && other.auth.client_auth == auth.client_auth;
        if !same {
            Report::new(&format!("{}.toml", connector.id), found).add(
                "family",
                format!(
                    "it shares the OAuth client of the family `{}` with {} and names other endpoints",
                    auth.family, other.id
                ),
            );
        }
    }
}

/// Tables parse, have no row twice, and belong to somebody.
fn tables(catalog: &Catalog, found: &mut Vec<Finding>) {
    for (name, text) in catalog.table_texts() {
        let file = format!("{name}.tsv");
        match Table::parse(&file, text) {
            Ok(table) => {
                let mut report = Report::new(&file, found);
                for row in table.repeated() {
                    report.add("table", format!("the call {row} is in it twice"));
                }
            }
            Err(error) => found.push(shape(&file, &error)),
        }
    }
}

/// Where the rules write what they find.
struct Report<'a> {
    file: String,
    found: &'a mut Vec<Finding>,
}

impl<'a> Report<'a> {
    fn new(file: &str, found: &'a mut Vec<Finding>) -> Self {
        Self {
            file: file.to_owned(),
            found,
        }
    }

    fn add(&mut self, rule: &'static str, reason: impl Into<String>) {
        self.found.push(Finding {
            file: self.file.clone(),
            rule,
            reason: reason.into(),
        });
    }

    /// A plain https address without holes; `what` names it in the finding.
    fn https(&mut self, what: &str, url: &str) {
        if let Err(why) = Address::parse(url) {
            self.add("https", format!("{what} `{url}` can't be used: {why}"));
        } else if url.contains('{') {
            self.add("https", format!("{what} `{url}` has a hole"));
        }
    }

    fn filled(&mut self, what: &str, text: &str) {
        if text.trim().is_empty() {
            self.add("words", format!("{what} is empty"));
        }
    }

    /// A sentence for people: a capital, something, a full stop.
    fn sentence(&mut self, what: &str, text: &str) {
        let begins = text.chars().next().is_some_and(|c| !c.is_lowercase());
        if !begins || !text.ends_with(['.', '?', '!']) {
            self.add("words", format!("{what} is not a sentence: `{text}`"));
        }
    }
}

/// A JSON pointer (RFC 6901).
fn is_pointer(text: &str) -> bool {
    text.starts_with('/') && text.len() > 1
}
