//! The catalog itself: embedded files, each parsed when it is first asked for.
//!
//! Start-up costs nothing: `embedded` only notes where the texts are. A lookup by id parses one
//! file, a search reads the few lines above a file's first table, and a lookup by host parses
//! only files whose text names the host. Invariant: the list is sorted by id, so everything that
//! walks it is deterministic.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::facts::Table;
use crate::{CatalogError, Connector, Finding};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

static CATALOG: OnceLock<Catalog> = OnceLock::new();

/// The most hosts that are remembered; an app's code may name any number.
const HOSTS: usize = 256;

/// All connectors Linchpin knows.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    tables: Vec<TableEntry>,
    /// Which entries serve a host that was asked for before.
    hosts: Mutex<HashMap<String, Vec<usize>>>,
}

/// One connector file.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: Cow<'static, str>,
    pub(crate) text: Cow<'static, str>,
    /// Added by somebody, not part of the program.
    custom: bool,
    head: OnceLock<Head>,
    hosts: OnceLock<Vec<String>>,
    parsed: OnceLock<Option<Connector>>,
    hash: OnceLock<String>,
}

/// One file of `facts/`.
#[derive(Debug)]
struct TableEntry {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
    parsed: OnceLock<Option<Table>>,
}

/// The lines above a file's first table: enough to search by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) purpose: String,
}

impl Catalog {
    /// The catalog that is part of this program, with what [`Self::install`] added to it.
    pub fn embedded() -> &'static Self {
        CATALOG.get_or_init(Self::fresh)
    }

    /// Makes connectors of one's own part of the catalog that this program uses from now on; once,
    /// before anything asks for it. What was not taken, and why.
    pub fn install(files: &[(String, String)]) -> Vec<Finding> {
        if files.is_empty() {
            return Vec::new();
        }
        let (catalog, mut found) = Self::fresh().with_custom(files);
        if CATALOG.set(catalog).is_err() {
            found.push(Finding {
                file: String::new(),
                rule: "custom",
                reason: "the catalog is in use already, so nothing was added to it".to_owned(),
            });
        }
        found
    }

    /// This catalog with connectors of one's own, `(file name, text)` each. A file that is wrong, or
    /// takes what belongs to a built-in connector, is left out and said.
    pub fn with_custom(mut self, files: &[(String, String)]) -> (Self, Vec<Finding>) {
        let mut found = Vec::new();
        for (file, text) in files {
            let refused = match parse(file, text) {
                Err(error) => vec![error.to_string()],
                Ok(connector) if self.entry(&connector.id).is_some_and(|entry| entry.custom) => {
                    vec![format!("the id `{}` is already used by another file", connector.id)]
                }
                Ok(connector) => {
                    let refused = crate::custom::refusals(&self, &connector);
                    if refused.is_empty() {
                        let mut entry = Entry::new(Cow::Owned(connector.id.clone()), Cow::Owned(text.clone()));
                        entry.custom = true;
                        self.entries.push(entry);
                        self.entries.sort_by(|a, b| a.id.cmp(&b.id));
                    }
                    refused
                }
            };
            found.extend(refused.into_iter().map(|reason| Finding {
                file: file.clone(),
                rule: "custom",
                reason,
            }));
        }
        (self, found)
    }

    /// Whether somebody added this connector.
    pub fn is_custom(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.custom)
    }

    /// Whether a vendor's table covers this host.
    pub(crate) fn has_table_of(&self, host: &str) -> bool {
        self.tables
            .iter()
            .any(|table| table.says("host").any(|own| own == host))
    }

    /// The embedded catalog with nothing parsed yet, for measuring; programs use `embedded`.
    pub fn fresh() -> Self {
        Self {
            entries: CONNECTORS
                .iter()
                .map(|(id, text)| Entry::new(Cow::Borrowed(id), Cow::Borrowed(text)))
                .collect(),
            tables: embedded_tables(),
            hosts: Mutex::default(),
        }
    }

    /// How many bytes of the program the embedded files are.
    pub fn embedded_bytes() -> usize {
        CONNECTORS.iter().chain(TABLES).map(|(_, text)| text.len()).sum()
    }

    /// Parses every table; how many there are.
    pub fn load_tables(&self) -> usize {
        self.tables.iter().filter_map(TableEntry::table).count()
    }

    /// A catalog of the given `(file name, text)` pairs, all parsed now; `*.tsv` are tables of
    /// vendor facts, everything else connectors. Without any `*.tsv` the embedded tables are used.
    ///
    /// # Errors
    /// The first file that does not have the right shape, or an id that is used twice.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, CatalogError> {
        let mut entries = Vec::new();
        let mut tables = Vec::new();
        for (file, text) in files {
            if let Some(name) = file.strip_suffix(".tsv") {
                let table = Table::parse(file, text)?;
                tables.push(TableEntry {
                    name: Cow::Owned(name.to_owned()),
                    text: Cow::Owned((*text).to_owned()),
                    parsed: OnceLock::from(Some(table)),
                });
                continue;
            }
            let connector = parse(file, text)?;
            if entries.iter().any(|e: &Entry| e.id == connector.id) {
                return Err(CatalogError::Untrue {
                    file: (*file).to_owned(),
                    message: format!("the id `{}` is already used by another file", connector.id),
                });
            }
            let entry = Entry::new(Cow::Owned(connector.id.clone()), Cow::Owned((*text).to_owned()));
            let _ = entry.parsed.set(Some(connector));
            entries.push(entry);
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        if tables.is_empty() {
            tables = embedded_tables();
        }
        Ok(Self {
            entries,
            tables,
            hosts: Mutex::default(),
        })
    }

    /// All connectors, sorted by id. Parses every file; `ids` does not.
    pub fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.entries.iter().filter_map(Entry::connector)
    }

    /// The ids of all connectors, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.id.as_ref())
    }

    /// Whether there is a connector with exactly this id. Parses nothing.
    pub fn has(&self, id: &str) -> bool {
        self.entry(id).is_some()
    }

    /// How people call the connector with this id. Reads the head of its file only.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.head().name.as_str())
    }

    /// What the connector with this id is for, in a line. Reads the head of its file only.
    pub fn purpose(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.head().purpose.as_str())
    }

    /// The connector with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Connector> {
        self.entry(id)?.connector()
    }

    /// The SHA-256 of a connector's file, in hexadecimal; what `linchpin.lock` pins.
    pub fn hash(&self, id: &str) -> Option<&str> {
        self.entry(id).map(Entry::hash)
    }

    /// The text of a connector's file, as a pattern for a new one.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.text.as_ref())
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|e| e.id.as_ref().cmp(id));
        at.ok().and_then(|at| self.entries.get(at))
    }

    /// Connectors served from this host; only files that may name it are parsed, and only once a host.
    pub(crate) fn connectors_of_host(&self, host: &str) -> Vec<&Connector> {
        let known = self
            .hosts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(host)
            .cloned();
        let found = known.unwrap_or_else(|| {
            let serves = |entry: &Entry| entry.may_serve(host) && entry.connector().is_some_and(|one| one.serves(host));
            let found: Vec<usize> = (0..self.entries.len())
                .filter(|at| self.entries.get(*at).is_some_and(serves))
                .collect();
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            if hosts.len() < HOSTS {
                hosts.insert(host.to_owned(), found.clone());
            }
            found
        });
        found
            .into_iter()
            .filter_map(|at| self.entries.get(at)?.connector())
            .collect()
    }

    /// The table of vendor facts with this name.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| table.name == name)
            .and_then(TableEntry::table)
    }

    /// The tables that cover this host, with their names; only files that name it are parsed.
    pub(crate) fn tables_of_host(&self, host: &str) -> Vec<(&str, &Table)> {
        self.tables
            .iter()
            .filter(|entry| entry.says("host").any(|own| own == host))
            .filter_map(|entry| Some((entry.name.as_ref(), entry.table()?)))
            .collect()
    }

    /// The tables of an API whose connector may have no file yet.
    pub(crate) fn tables_of_owner(&self, id: &str) -> Vec<&Table> {
        self.tables
            .iter()
            .filter(|entry| entry.says("owner").any(|own| own == id))
            .filter_map(TableEntry::table)
            .collect()
    }

    pub(crate) fn table_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tables
            .iter()
            .map(|entry| (entry.name.as_ref(), entry.text.as_ref()))
    }
}

impl Entry {
    fn new(id: Cow<'static, str>, text: Cow<'static, str>) -> Self {
        Self {
            id,
            text,
            custom: false,
            head: OnceLock::new(),
            hosts: OnceLock::new(),
            parsed: OnceLock::new(),
            hash: OnceLock::new(),
        }
    }

    /// The parsed file. An embedded file that does not parse is treated as absent; the tests of
    /// this crate parse every one of them.
    pub(crate) fn connector(&self) -> Option<&Connector> {
        self.parsed.get_or_init(|| parse(&self.id, &self.text).ok()).as_ref()
    }

    /// The text above the first table.
    pub(crate) fn top(&self) -> &str {
        let end = self.text.find("\n[").map_or(self.text.len(), |at| at.saturating_add(1));
        self.text.get(..end).unwrap_or_default()
    }

    pub(crate) fn head(&self) -> &Head {
        self.head.get_or_init(|| toml::from_str(self.top()).unwrap_or_default())
    }

    /// The hosts the file names, without parsing it: whatever stands behind `https://` in the list
    /// called so, in lower case.
    pub(crate) fn hosts(&self) -> &[String] {
        self.hosts.get_or_init(|| {
            let top = self.top();
            let list = top.split_once("hosts = [").map_or(top, |(_, rest)| rest);
            let list = list.split(']').next().unwrap_or_default();
            let authority = |url: &str| {
                url.split(['"', '\'', '/'])
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase()
            };
            list.split("://").skip(1).map(authority).collect()
        })
    }

    fn hash(&self) -> &str {
        self.hash.get_or_init(|| {
            use std::fmt::Write as _;
            Sha256::digest(self.text.as_bytes())
                .iter()
                .fold(String::with_capacity(64), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                })
        })
    }
}

impl TableEntry {
    /// What the lines of this name above the rows say, without parsing the table.
    fn says(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let head = self.text.split("\nset\t").next().unwrap_or_default();
        head.lines()
            .filter_map(move |line| line.strip_prefix(name)?.strip_prefix('\t'))
            .flat_map(|line| line.split('\t'))
    }

    fn table(&self) -> Option<&Table> {
        self.parsed
            .get_or_init(|| Table::parse(&self.name, &self.text).ok())
            .as_ref()
    }
}

fn embedded_tables() -> Vec<TableEntry> {
    TABLES
        .iter()
        .map(|(name, text)| TableEntry {
            name: Cow::Borrowed(name),
            text: Cow::Borrowed(text),
            parsed: OnceLock::new(),
        })
        .collect()
}

/// Parses one connector file; `file` is only used in messages.
///
/// # Errors
/// When the text is not TOML, a field is missing, or a field is not known.
pub fn parse(file: &str, text: &str) -> Result<Connector, CatalogError> {
    let mut connector: Connector = toml::from_str(text).map_err(|error| CatalogError::Shape {
        file: file.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    spell_out_scopes(&mut connector);
    Ok(connector)
}

/// Files may use short forms; in memory a scope is always written as it is sent.
fn spell_out_scopes(connector: &mut Connector) {
    let mut operations = std::mem::take(&mut connector.operations);
    let mut base = std::mem::take(&mut connector.auth.base_scopes);
    let names = operations
        .iter_mut()
        .flat_map(|operation| operation.scopes.iter_mut().flatten())
        .chain(base.iter_mut());
    for name in names {
        if let Some(scope) = connector.scope(name) {
            name.clone_from(&scope.name);
        }
    }
    connector.operations = operations;
    connector.auth.base_scopes = base;
}
