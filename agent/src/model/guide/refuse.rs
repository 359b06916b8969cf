//! What can't be done, said plainly, with the nearest thing that can.
//!
//! A proposal the builder may take up with "yes" stands in “quotes”, the last of them counts.

use linchpin_app::App;
use linchpin_catalog::Catalog;

use super::connectors::{mentions_in, missing};
use super::names::{connector as connector_name, listed};
use super::turn::Turn;
use super::vocab::NEIGHBOURS;
use super::words::Said;

/// Where free wishes go.
pub(super) const MODEL: &str =
    "A model can do more than this guide: set OPENAI_API_KEY (and OPENAI_BASE_URL for another server) and start again.";

/// Why a request can't be done, if it is one that can't.
pub(super) fn refusal(turn: &Turn<'_>, said: &Said) -> Option<String> {
    let catalog = Catalog::embedded();
    let app = turn.known.world.app.as_ref();
    if let Some((name, near)) = missing(said, catalog) {
        let Some(near) = near else {
            return Some(format!(
                "{name} is not in the catalog, and nothing there is like it. I can connect {}.",
                a_few(catalog)
            ));
        };
        let other = connector_name(near);
        let word = if near == "gmail" {
            "email".to_owned()
        } else {
            other.clone()
        };
        let again = turn.text.replacen(&name, &word, 1);
        let also = mentions_in(said, catalog, app).iter().any(|one| one.id == near);
        return Some(match also {
            true => format!(
                "{name} is not in the catalog, so I can't reach it. {other} alone I can do: say it without {name}."
            ),
            false => format!(
                "{name} is not in the catalog, so I can't reach it. The nearest is {other}: say yes for “{}”.",
                again.trim().trim_end_matches('.')
            ),
        });
    }
    inward(said, catalog, app)
        .or_else(|| page(said))
        .or_else(|| inner(said))
        .or_else(|| odd(said, catalog, app))
}

/// The connectors this guide makes plans for, most used first.
pub(super) const PLANNED: &[&str] = &[
    "gmail",
    "googlecalendar",
    "slackbot",
    "googlesheets",
    "hubspot",
    "notion",
];

/// A sensible few connectors by name, and how many more there are.
pub(super) fn a_few(catalog: &Catalog) -> String {
    let named: Vec<String> = PLANNED
        .iter()
        .filter(|id| catalog.has(id))
        .map(|id| connector_name(id))
        .collect();
    match catalog.ids().count().saturating_sub(named.len()) {
        0 => listed(&named),
        more => format!("{}, and {more} more; /browse shows them", named.join(", ")),
    }
}

/// A connector of the catalog for which there is no plan here: what it can do, what it needs, what is near.
pub(super) fn unplanned(turn: &Turn<'_>, id: &str) -> String {
    let name = connector_name(id);
    let Some(connector) = Catalog::embedded().get(id) else {
        return format!("{name} is not in the catalog.");
    };
    let mut calls: Vec<String> = connector.operations.iter().map(|one| one.title.clone()).collect();
    let more = calls.len().saturating_sub(4);
    calls.truncate(4);
    if more > 0 {
        calls.push(format!("{more} more"));
    }
    let mut text = format!(
        "{name} is in the catalog, but I have no plan of my own for it. Its calls: {}.",
        listed(&calls)
    );
    if let Some(needs) = key_needed(connector) {
        text.push(' ');
        text.push_str(&needs);
    }
    let suggested = turn.known.world.suggestions.iter().find(|one| one.connector == id);
    let near = NEIGHBOURS
        .iter()
        .find(|(known, near)| *known == id.replace('_', "") && !near.is_empty())
        .map(|(_, near)| *near);
    match (suggested, near) {
        (Some(one), _) => text.push_str(&format!(
            " In this app I can do this with it: say yes for “{}”.",
            one.prompt
        )),
        (None, Some(near)) => {
            let other = connector_name(near);
            let again = renamed(turn.text, id, if near == "gmail" { "email" } else { &other });
            match again {
                Some(again) => text.push_str(&format!(" The nearest I do is {other}: say yes for “{again}”.")),
                None => text.push_str(&format!(" The nearest I do is {other}.")),
            }
        }
        (None, None) => text.push_str(&format!(" “connect {name}” works. {MODEL}")),
    }
    text
}

/// What a connector needs that is reached by a key rather than by a sign-in.
pub(super) fn key_needed(connector: &linchpin_catalog::Connector) -> Option<String> {
    let key = connector.auth.key.as_ref()?;
    if !connector.auth.authorize_url.is_empty() {
        return None;
    }
    Some(format!(
        "It has no sign-in: its functions need {} from {}, kept in the app's secrets as {}.",
        super::names::a_word(&key.name),
        key.url,
        key.secret
    ))
}

/// A request with another connector in the place of the one it names.
fn renamed(text: &str, id: &str, other: &str) -> Option<String> {
    let said = Said::new(text);
    let one = super::connectors::mentions(&said, Catalog::embedded())
        .into_iter()
        .find(|one| one.id == id)?;
    let raw: Vec<&str> = said
        .words
        .get(one.from..one.to)?
        .iter()
        .map(|word| word.raw.as_str())
        .collect();
    let raw = raw.join(" ");
    text.contains(&raw)
        .then(|| text.replacen(&raw, other, 1).trim().trim_end_matches('.').to_owned())
}

/// Data that would come in from a tool: there is no step that makes records of what a provider sent.
fn inward(said: &Said, catalog: &Catalog, app: &App) -> Option<String> {
    let verbs = [
        "import", "read", "fetch", "pull", "scan", "parse", "load", "download", "watch", "monitor", "search", "get",
        "copy", "sync", "check", "turn", "look", "bring",
    ];
    let spoken_of = mentions_in(said, catalog, app);
    let from = |at: usize| {
        (1..=4)
            .map(|by| said.before(at, by))
            .take_while(|word| !["", ",", ".", "to", "and"].contains(word))
            .any(|word| ["from", "of", "out"].contains(&word))
    };
    let source = spoken_of
        .iter()
        .find(|one| from(one.from) && said.any(&verbs).is_some() && (one.named || said.at(one.from) != "email"));
    let arrives = [
        "arrives",
        "comes in",
        "come in",
        "lands",
        "is received",
        "gets added",
        "is added to",
    ];
    let mailed = said
        .any(&[
            "incoming email",
            "incoming emails",
            "emails in my inbox",
            "messages in my inbox",
            "new emails",
            "unread",
            "my inbox",
            "new email",
            "email arrives",
            "reply to emails",
            "answer emails",
            "new messages",
        ])
        .is_some()
        && said
            .any(&[
                "read",
                "check",
                "scan",
                "when",
                "whenever",
                "reply",
                "answer",
                "sort",
                "label",
                "import",
                "create",
                "summarize",
                "summarise",
                "watch",
            ])
            .is_some();
    let at_vendor = spoken_of.iter().find(|one| {
        let inside = said
            .words
            .iter()
            .skip(one.from)
            .take(6)
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        one.named
            && arrives.iter().any(|phrase| inside.contains(phrase))
            && said.any(&["when", "whenever"]).is_some()
            && said
                .find("when")
                .or_else(|| said.find("whenever"))
                .is_some_and(|when| when < one.from)
    });
    let moves = said
        .any(&[
            "copy", "sync", "mirror", "move", "transfer", "export", "import", "migrate",
        ])
        .is_some();
    let between = spoken_of
        .first()
        .filter(|one| moves && one.named && spoken_of.len() > 1 && super::resolve::hits(said, app).is_empty());
    let id = source
        .or(at_vendor)
        .or(between)
        .map(|one| one.id.clone())
        .or_else(|| mailed.then(|| "gmail".to_owned()))?;
    let name = connector_name(&id);
    let way = match id.as_str() {
        "gmail" => "a mail goes out when a record changes, or by the clock",
        "googlesheets" => "a row is added when a record is made",
        "googlecalendar" => "an event is made from a record",
        "slackbot" => "a message is posted when a record changes",
        "notion" => "a page is added when a record is made",
        _ => "a contact is made or updated from a record",
    };
    Some(format!(
        "I can't plan data that comes in from {name}; I only know the other way: {way}. {MODEL}"
    ))
}

fn page(said: &Said) -> Option<String> {
    let things = [
        "page",
        "screen",
        "button",
        "dashboard",
        "widget",
        "component",
        "form",
        "menu",
        "theme",
        "logo",
        "dark mode",
        "colour",
        "color",
        "layout",
        "table",
        "chart",
    ];
    let verbs = [
        "show",
        "display",
        "add a",
        "design",
        "change the",
        "make the",
        "build",
        "render",
        "redesign",
        "style",
        "create a",
    ];
    let thing = said.any(&things)?;
    let verb = said.any(&verbs).is_some();
    let notion = said.has("notion");
    let hand = said.any(&["let each user", "let users", "make it a button"]).is_some();
    if !verb
        || notion
        || hand
        || (thing == "page" && said.any(&["let"]).is_some())
        || (thing == "form" && said.has("when"))
        || said.any(&["row", "meet link"]).is_some()
    {
        return None;
    }
    Some(format!(
        "I don't change pages yet, only what connects the app: functions, connector files and automations. I can write a function that a page calls: end the wish with “when a user asks for it”. {MODEL}"
    ))
}

fn inner(said: &Said) -> Option<String> {
    let acts = [
        "deploy",
        "publish",
        "delete all",
        "drop",
        "wipe",
        "truncate",
        "add a field",
        "new field",
        "create an entity",
        "add an entity",
        "fix",
        "refactor",
        "debug",
        "translate",
        "push to",
        "rewrite",
        "run",
        "install",
        "drop the",
    ];
    let act = said.any(&acts)?;
    let connects = said
        .any(&[
            "when", "whenever", "every", "email", "slack", "calendar", "sheet", "notion", "hubspot", "gmail",
        ])
        .is_some();
    (!connects).then(|| format!("I don't {act} anything: I only write functions that connect the app to other tools, and nothing without your review. {MODEL}"))
}

/// Calls of a connector that are in the catalog and that the guide has no plan for.
fn odd(said: &Said, catalog: &Catalog, app: &App) -> Option<String> {
    let spoken_of = mentions_in(said, catalog, app);
    let has = |id: &str| spoken_of.iter().any(|one| one.id == id);
    let (what, near) = if has("googlecalendar")
        && said
            .any(&[
                "free times",
                "free time",
                "availability",
                "available",
                "busy",
                "free slots",
            ])
            .is_some()
        && said.any(&["show", "find", "check", "see", "look"]).is_some()
    {
        ("free times of a calendar", "put each booking in my calendar")
    } else if said.any(&["attachment", "attachments", "attach", "pdf"]).is_some() && has("gmail") {
        ("mails with attachments", "email the client when a record is created")
    } else if has("slackbot")
        && said
            .any(&[
                "create a channel",
                "create channels",
                "new channel",
                "archive",
                "react",
                "reaction",
                "thread",
            ])
            .is_some()
    {
        (
            "channels, threads and reactions",
            "post to Slack when a record is created",
        )
    } else if has("googlesheets")
        && said
            .any(&[
                "format",
                "chart",
                "pivot",
                "formula",
                "delete the row",
                "remove the row",
                "update the row",
                "update row",
                "update cells",
                "clear",
            ])
            .is_some()
    {
        (
            "changes of rows and cells that are there already",
            "add a row to a Google Sheet when a record is created",
        )
    } else if has("notion")
        && said
            .any(&[
                "update the page",
                "delete the page",
                "archive",
                "create a database",
                "new database",
            ])
            .is_some()
    {
        (
            "changes of pages that are there already",
            "add a page to Notion when a record is created",
        )
    } else {
        return None;
    };
    Some(format!(
        "I have no plan for {what}. The nearest I can do: “{near}”. {MODEL}"
    ))
}

/// What to say when nothing was understood: what is possible, with examples from this app.
pub(super) fn lost(turn: &Turn<'_>) -> String {
    format!(
        "I didn't understand that as something to connect. {}",
        examples(turn.known.world.app.as_ref(), turn)
    )
}

/// What the guide does, with examples of this app.
pub(super) fn examples(app: &App, turn: &Turn<'_>) -> String {
    let catalog = Catalog::embedded();
    let prompts: Vec<String> = turn
        .known
        .world
        .suggestions
        .iter()
        .take(3)
        .map(|one| format!("- “{}”", one.prompt))
        .collect();
    let examples = match prompts.is_empty() {
        true => match app.entities.first() {
            Some(entity) => format!("- “Post to Slack when {} is created”", super::names::a(&entity.name)),
            None => "- “connect Gmail”".to_owned(),
        },
        false => prompts.join("\n"),
    };
    format!(
        "I connect this app to {}: at a time, when a record changes, or when a user asks. For example:\n{examples}\n\n{MODEL}",
        a_few(catalog)
    )
}
