//! Which connector an utterance speaks of: by name, by alias, with typing errors, or by what is to
//! be done ("email", "add a row"). Tools that are not in the catalog are recognised and told apart.
//!
//! A name is a mention wherever it stands. A common word (`email`, `calendar`, `row`) is one only
//! where it is an action or a place, not where it is a field. Pure.

use std::sync::OnceLock;

use linchpin_catalog::Catalog;

use super::vocab::NEIGHBOURS;
use super::words::{Said, fit, squeeze};

/// A connector that was spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Its id.
    pub(super) id: String,
    /// The first word.
    pub(super) from: usize,
    /// Behind the last word.
    pub(super) to: usize,
    /// Whether it was named, rather than meant by a common word.
    pub(super) named: bool,
}

/// Aliases that are common words: they are no name of a tool.
const COMMON: &[&str] = &[
    "email",
    "mail",
    "mails",
    "inbox",
    "correo",
    "posta",
    "calendar",
    "kalender",
    "calendario",
    "agenda",
    "meet",
    "appointments",
    "meetings",
    "sheet",
    "sheets",
    "spreadsheet",
    "tabelle",
    "channel",
    "crm",
    "wiki",
    "slackmessage",
];

/// The connectors spoken of, in their order, each once; names count before common words.
pub(super) fn mentions(said: &Said, catalog: &Catalog) -> Vec<Mention> {
    let mut found = named(said, catalog);
    for at in 0..said.words.len() {
        if found.iter().any(|one| one.from <= at && at < one.to) {
            continue;
        }
        if let Some(id) = meant(said, at).filter(|id| catalog.get(id).is_some()) {
            found.push(Mention {
                id: id.to_owned(),
                from: at,
                to: at + 1,
                named: false,
            });
        }
    }
    found.sort_by_key(|one| (!one.named, one.from));
    let mut kept: Vec<Mention> = Vec::new();
    for one in found {
        if !kept.iter().any(|known| known.id == one.id) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| one.from);
    kept
}

/// Names of connectors without spaces, with their ids and whether they are of several words.
fn known(catalog: &Catalog) -> &'static [(String, String, bool)] {
    static NAMES: OnceLock<Vec<(String, String, bool)>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let all = catalog.connectors().flat_map(|one| {
            let names = [&one.id, &one.name].into_iter().chain(&one.aliases);
            names.map(|name| (one.id.clone(), squeeze(name), linchpin_app::name_words(name).len() > 1))
        });
        all.filter(|(_, name, _)| name.len() > 3 && !COMMON.contains(&name.as_str()))
            .collect()
    })
}

fn named(said: &Said, catalog: &Catalog) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for n in [3, 2, 1] {
        for from in 0..said.words.len() {
            let Some(typed) = said.joined(from, n).filter(|typed| typed.len() > 3) else {
                continue;
            };
            if found.iter().any(|one| one.from < from + n && from < one.to) || COMMON.contains(&typed.as_str()) {
                continue;
            }
            let fits = |(_, name, many): &&(String, String, bool)| {
                // "note on" is no Notion: words that were put together have to be right.
                let least = if n > 1 && !many { 2 } else { 1 };
                fit(&typed, name) >= least
            };
            let connector = known(catalog).iter().find(fits).map(|(id, ..)| id);
            if let Some(connector) = connector {
                found.push(Mention {
                    id: connector.clone(),
                    from,
                    to: from + n,
                    named: true,
                });
            }
        }
    }
    found
}

/// Words before a common word that make it an action of its own.
const STARTS: &[&str] = &[
    "",
    "and",
    "then",
    "to",
    "also",
    "please",
    ",",
    ".",
    ";",
    "can",
    "could",
    "should",
    "will",
    "must",
    "you",
    "automatically",
    "just",
    "always",
    "or",
    "lets",
    "we",
    "i",
    "it",
    "dont",
];
const GIVES: &[&str] = &[
    "send", "sends", "sending", "get", "gets", "receive", "write", "want", "deliver", "getting", "have", "shoot",
    "fire", "need",
];

/// The connector that a common word means where it stands.
fn meant(said: &Said, at: usize) -> Option<&'static str> {
    let (before, after) = (said.before(at, 1), said.at(at + 1));
    match said.at(at) {
        "email" | "emails" | "mail" | "mails" | "emailing" | "newsletter" | "emial" | "emil" => {
            let data = [
                "address",
                "addresses",
                "field",
                "fields",
                "column",
                "columns",
                "template",
            ]
            .contains(&after)
                || ["their", "its", "his", "her", "with", "name", "phone", "status", "names"].contains(&before);
            let person = ["me", "us", "them", "him", "her", "everyone"].contains(&after) || after.contains('@');
            let named = ["the", "each", "every", "all", "our", "any"].contains(&after)
                && !["a", "an", "the", "by", "via", "their", "this", "that", "with", "and"].contains(&before);
            let verb = named
                || (person && !["a", "an", "the", "my"].contains(&before))
                || (STARTS.contains(&before) && !["", ",", ".", "and", "is", "to"].contains(&after));
            let given = (1..=6)
                .map(|by| said.before(at, by))
                .take_while(|word| !["", ".", ";"].contains(word))
                .any(|word| GIVES.contains(&word));
            let way = ["by", "via", "per", "through", "over"].contains(&before);
            (!data && (verb || given || way)).then_some("gmail")
        }
        "inbox" => Some("gmail"),
        "calendar" | "calender" | "calandar" | "kalender" | "agenda" => (after != "page").then_some("googlecalendar"),
        "meet" => (after == "link").then_some("googlecalendar"),
        "block" => ["off", "time", "out"].contains(&after).then_some("googlecalendar"),
        "sheet" | "sheets" | "spreadsheet" | "spreadsheets" | "spreadsheat" | "spredsheet" => Some("googlesheets"),
        "row" | "rows" => ["a", "new", "one", "as", "add", "append", "the"]
            .contains(&before)
            .then_some("googlesheets"),
        "channel" | "channels" | "dm" | "dms" => Some("slackbot"),
        "message" | "messages" => (before == "direct").then_some("slackbot"),
        "crm" => Some("hubspot"),
        "wiki" => Some("notion"),
        word => (word.starts_with('#') && word.len() > 1).then_some("slackbot"),
    }
}

/// A tool that is asked for and isn't in the catalog, with its neighbour there, if it has one.
pub(super) fn missing(said: &Said, catalog: &Catalog) -> Option<(String, Option<&'static str>)> {
    for n in [2, 1] {
        for at in 0..said.words.len() {
            let Some(typed) = said.joined(at, n).or_else(|| (n == 1).then(|| said.at(at).to_owned())) else {
                continue;
            };
            let Some((name, near)) = NEIGHBOURS.iter().find(|(name, _)| *name == typed) else {
                continue;
            };
            let there = catalog
                .connectors()
                .any(|one| one.id == *name || squeeze(&one.name) == *name);
            let data = ["teams", "instagram", "linear"].contains(name) && !is_place(said, at);
            if there || data {
                continue;
            }
            let raw: Vec<&str> = said
                .words
                .iter()
                .skip(at)
                .take(n)
                .map(|word| word.raw.as_str())
                .collect();
            return Some((raw.join(" "), Some(*near).filter(|near| !near.is_empty())));
        }
    }
    None
}

fn is_place(said: &Said, at: usize) -> bool {
    [
        "to",
        "in",
        "on",
        "into",
        "via",
        "with",
        "using",
        "from",
        "connect",
        "microsoft",
        "through",
    ]
    .contains(&said.before(at, 1))
}
