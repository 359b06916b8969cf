//! Which connector an utterance speaks of: by name, by alias, with typing errors, or by what is to
//! be done ("email", "add a row"). Tools that are not in the catalog are recognised and told apart.
//!
//! A name is a mention wherever it stands. A common word (`email`, `calendar`, `row`) is one only
//! where it is an action or a place, not where it is a field. Pure.

use linchpin_app::App;
use linchpin_catalog::Catalog;

use super::called::{Counts, names};
use super::vocab::NEIGHBOURS;
use super::words::Said;

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
    /// Whether the name can mean nothing else.
    pub(super) sure: bool,
}

/// The connectors spoken of, in their order, each once; names count before common words.
pub(super) fn mentions(said: &Said, catalog: &Catalog) -> Vec<Mention> {
    let mut found = named(said, catalog);
    for at in 0..said.words.len() {
        if found.iter().any(|one| one.from <= at && at < one.to) {
            continue;
        }
        if let Some(id) = meant(said, at).filter(|id| catalog.has(id)) {
            found.push(Mention {
                id: id.to_owned(),
                from: at,
                to: at + 1,
                named: false,
                sure: false,
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

fn named(said: &Said, catalog: &Catalog) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for n in [4, 3, 2, 1] {
        for from in 0..said.words.len() {
            if found.iter().any(|one| one.from < from + n && from < one.to) {
                continue;
            }
            let Some(typed) = said.joined(from, n) else { continue };
            let Some(name) = names().find(&typed, n) else { continue };
            let allowed = match name.counts {
                Counts::Always => true,
                Counts::InPlace => is_place(said, from) || said.count() == n,
                Counts::ForConnection => about_connections(said) || said.count() <= n + 1,
            };
            if allowed && catalog.has(&name.id) {
                found.push(Mention {
                    id: as_whom(&name.id, said),
                    from,
                    to: from + n,
                    named: true,
                    sure: name.counts == Counts::Always && name.text == typed,
                });
            }
        }
    }
    found
}

/// A bot posts in Slack, unless somebody says that it is to be themselves.
fn as_whom(id: &str, said: &Said) -> String {
    let myself = [
        "as me",
        "as myself",
        "in my name",
        "from my own account",
        "als ich",
        "como yo",
        "como eu",
    ];
    if id == "slackbot" && said.any(&myself).is_some() {
        return "slack".to_owned();
    }
    id.to_owned()
}

/// Whether the talk is about a connection rather than about what it is for.
fn about_connections(said: &Said) -> bool {
    ["connect", "disconnect", "reconnect", "unlink"]
        .iter()
        .any(|word| said.has(word))
        || said
            .any(&["what can you do with", "tell me about", "do you support"])
            .is_some()
}

/// The connectors spoken of in an app: what may be a common word, and is the name of a record of this
/// app, is the record.
pub(super) fn mentions_in(said: &Said, catalog: &Catalog, app: &App) -> Vec<Mention> {
    let mut found = mentions(said, catalog);
    if found.iter().any(|one| one.named && !one.sure) {
        let hits = super::resolve::hits(said, app);
        let own = |one: &Mention| {
            hits.iter()
                .any(|hit| hit.score >= 8 && hit.from < one.to && one.from < hit.to)
        };
        found.retain(|one| !one.named || one.sure || !own(one));
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
            let regular = ["weekly", "daily", "monthly", "hourly"].contains(&before);
            let way = regular || ["by", "via", "per", "through", "over"].contains(&before);
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
            let there = names().find(name, n).is_some_and(|one| catalog.has(&one.id));
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

/// Whether a tool can stand here: "to Linear", "in our Box".
fn is_place(said: &Said, at: usize) -> bool {
    const WAYS: &[&str] = &[
        "to",
        "in",
        "on",
        "into",
        "via",
        "with",
        "using",
        "use",
        "from",
        "connect",
        "disconnect",
        "microsoft",
        "through",
        "by",
        "per",
        "en",
        "em",
        "no",
        "na",
        "por",
        "con",
        "com",
        "mit",
        "uber",
        "ueber",
        "bei",
        "nach",
        "dans",
        "sur",
        "avec",
        "a",
        "an",
        "reconnect",
        "send",
        "post",
        "conectar",
        "conecta",
        "verbinde",
        "connecte",
    ];
    const ARTICLES: &[&str] = &["the", "our", "my", "a", "an"];
    let before = said.before(at, 1);
    let article = ARTICLES.contains(&before) && WAYS.contains(&said.before(at, 2));
    (WAYS.contains(&before) && !["a", "an"].contains(&before)) || article
}
