//! The names of connectors, as people type them: `names.txt`, read once.
//!
//! A name is looked up, not compared with every other: typing errors are looked for only among names that
//! begin alike or are of the same letters. Nothing of the catalog is parsed for it. Invariant: every
//! connector of the catalog is in the file.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::words::{fit, singular, squeeze};

/// Where a name counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// It is nothing but a name.
    Always,
    /// It is a common word too.
    InPlace,
    /// Only when connections are talked about.
    ForConnection,
}

/// A name of a connector.
#[derive(Debug)]
pub(super) struct Name {
    /// The connector.
    pub(super) id: String,
    /// The name without spaces.
    pub(super) text: String,
    /// Where it counts.
    pub(super) counts: Counts,
    /// Whether it is of several words.
    many: bool,
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<Name>,
    exact: HashMap<String, usize>,
    /// Names that may be mistyped, by their first letter.
    first: HashMap<char, Vec<usize>>,
}

/// The names of the embedded catalog.
pub(super) fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| Names::read(include_str!("names.txt")))
}

/// The shortest name in which typing errors are forgiven.
const TYPED: usize = 5;

impl Names {
    fn read(text: &str) -> Self {
        let mut names = Self::default();
        for (id, list) in text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(':'))
        {
            for name in list.split(',').map(str::trim) {
                names.add(id, name);
            }
            names.add(id, id);
        }
        names
    }

    fn add(&mut self, id: &str, name: &str) {
        let (counts, name) = match (name.strip_prefix('~'), name.strip_prefix('!')) {
            (Some(rest), _) => (Counts::InPlace, rest),
            (_, Some(rest)) => (Counts::ForConnection, rest),
            _ => (Counts::Always, name),
        };
        // A bare id that is a common word is in the list with its mark already.
        let typed = if name.contains('.') {
            name.to_owned()
        } else {
            squeeze(name)
        };
        if typed.chars().count() < 2 || self.exact.contains_key(&typed) || self.marked(id, &typed) {
            return;
        }
        let at = self.all.len();
        self.exact.insert(typed.clone(), at);
        self.exact.entry(singular(&typed)).or_insert(at);
        if counts == Counts::Always
            && typed.chars().count() >= TYPED
            && let Some(first) = typed.chars().next()
        {
            self.first.entry(first).or_default().push(at);
        }
        self.all.push(Name {
            id: id.to_owned(),
            text: typed,
            counts,
            many: name.contains(' '),
        });
    }

    /// `monday` and `slack` are ids that mean something else, or somebody else, when they are typed.
    fn marked(&self, id: &str, typed: &str) -> bool {
        (id == typed && ["monday", "slack", "x", "linear", "box"].contains(&id)) || self.exact.contains_key(typed)
    }

    /// The name that `n` words without spaces are, typing errors forgiven.
    pub(super) fn find(&self, typed: &str, n: usize) -> Option<&Name> {
        let exact = self.exact.get(typed).or_else(|| self.exact.get(&singular(typed)));
        if let Some(name) = exact.and_then(|at| self.all.get(*at)) {
            return Some(name);
        }
        let long = typed.chars().count();
        if long < TYPED || NEVER.contains(&typed) {
            return None;
        }
        let first = typed.chars().next()?;
        let near = |at: &&usize| {
            self.all.get(**at).is_some_and(|name| {
                let own = name.text.chars().count();
                let most = if own < 9 { 1 } else { 2 };
                // "note on" is no Notion: words that were put together have to be right.
                own.abs_diff(long) <= most
                    && (n == 1 || name.many)
                    && fit(typed, &name.text) > 0
                    && strsim::damerau_levenshtein(typed, &name.text) <= most
            })
        };
        self.first
            .get(&first)?
            .iter()
            .find(near)
            .and_then(|at| self.all.get(*at))
    }
}

/// Words that are near a name and never a typing error for it.
const NEVER: &[&str] = &[
    "stack",
    "snack",
    "slick",
    "black",
    "strip",
    "string",
    "discard",
    "wrote",
    "writes",
    "excess",
    "expel",
    "notions",
    "nation",
    "calendar",
    "calender",
    "kalender",
    "calendario",
    "sheets",
    "linked",
    "script",
    "square",
    "zooms",
];

#[cfg(test)]
mod tests {
    use linchpin_catalog::Catalog;

    use super::*;

    #[test]
    fn every_connector_has_a_name() {
        let missing: Vec<&str> = Catalog::embedded()
            .ids()
            .filter(|id| !names().all.iter().any(|name| name.id == *id))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        let unknown: Vec<&str> = names()
            .all
            .iter()
            .map(|name| name.id.as_str())
            .filter(|id| !Catalog::embedded().has(id))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn common_words_are_no_names() {
        for word in [
            "invoice",
            "task",
            "tasks",
            "lead",
            "leads",
            "message",
            "channel",
            "page",
            "paid",
            "card",
            "board",
            "form",
            "contacts",
            "document",
            "database",
            "payments",
            "appointments",
            "newsletter",
            "monday",
            "store",
            "survey",
            "class",
            "base",
            "step",
            "video",
            "store",
            "issue",
            "ticket",
            "employees",
            "campaigns",
            "file",
            "files",
        ] {
            assert!(names().find(word, 1).is_none(), "{word}: {:?}", names().find(word, 1));
        }
    }

    #[test]
    fn names_are_found_with_typing_errors() {
        for (typed, id) in [
            ("slack", "slackbot"),
            ("slcak", "slackbot"),
            ("gmial", "gmail"),
            ("trelo", "trello"),
            ("quickboks", "quickbooks"),
            ("whatsap", "whatsapp"),
            ("googlesheets", "googlesheets"),
            ("monday.com", "monday"),
        ] {
            assert_eq!(names().find(typed, 1).map(|name| name.id.as_str()), Some(id), "{typed}");
        }
    }
}
