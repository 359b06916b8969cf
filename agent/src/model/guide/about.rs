//! Questions about connectors, the catalog, the app and what could be connected.

use linchpin_catalog::Catalog;
use serde_json::json;

use super::chat::{rows, text};
use super::connectors::mentions;
use super::names::listed;
use super::refuse::MODEL;
use super::turn::{Flow, Turn};
use super::words::Said;

/// "what can you do with Notion?", "which tools are there?", "what is in my app?", "ideas?"
pub(super) fn about(turn: &mut Turn<'_>, said: &Said) -> Flow<()> {
    let catalog = Catalog::embedded();
    let spoken_of = mentions(said, catalog);
    let ways = [
        "how do i get",
        "how do i set",
        "how do i connect",
        "how can i connect",
        "where do i find",
        "where do i get",
        "how to connect",
        "how to set up",
        "where is the token",
        "oauth client",
    ];
    if let (Some(_), Some(one)) = (said.any(&ways), spoken_of.first().and_then(|one| catalog.get(&one.id))) {
        let lines: Vec<String> = one.setup.steps.iter().map(|step| format!("- {step}")).collect();
        return Err(turn.end(format!(
            "At {}:\n{}\n\n“connect {}” shows this again with what is to be filled in.",
            one.setup.console_url,
            lines.join("\n"),
            one.name
        )));
    }
    let question = said
        .any(&[
            "what can you do with",
            "what can i do with",
            "tell me about",
            "what does",
            "how do i set up",
            "what about",
            "do you support",
            "can you use",
            "can you connect to",
            "do you work with",
            "does it work with",
            "can i use",
            "can i connect",
            "can you do",
        ])
        .is_some();
    if question && said.any(&["when", "every", "whenever"]).is_none() {
        if let Some(one) = spoken_of.first() {
            let done = turn.call("show_connector", json!({ "connector": one.id }), |_| true)?;
            let prompts: Vec<String> = turn
                .known
                .world
                .suggestions
                .iter()
                .filter(|known| known.connector == one.id)
                .map(|known| format!("- “{}”", known.prompt))
                .collect();
            let calls: Vec<String> = rows(done.data, "operations")
                .map(|row| text(row, "title").to_owned())
                .collect();
            let prompts = if prompts.is_empty() {
                String::new()
            } else {
                format!("\n\nIn this app, for example:\n{}", prompts.join("\n"))
            };
            let text = format!(
                "{}: {}\nIts calls: {}.{prompts}",
                text(done.data, "name"),
                text(done.data, "purpose"),
                listed(&calls)
            );
            return Err(turn.end(text));
        }
        if said
            .any(&[
                "do you support",
                "can you use",
                "can you connect to",
                "do you work with",
                "does it work with",
                "can i use",
                "can i connect",
            ])
            .is_some()
            && super::connectors::missing(said, catalog).is_none()
        {
            let words: Vec<&str> = said.words.iter().skip(3).map(|word| word.raw.as_str()).collect();
            let done = turn.call("search_catalog", json!({ "words": words.join(" ") }), |_| true)?;
            let found: Vec<String> = rows(done.data, "connectors")
                .map(|row| format!("- {}: {}", text(row, "name"), text(row, "purpose")))
                .collect();
            return Err(turn.end(if found.is_empty() {
                format!("No connector fits that. {MODEL}")
            } else {
                found.join("\n")
            }));
        }
    }
    if said
        .any(&[
            "which connectors",
            "what connectors",
            "which tools",
            "what tools",
            "list connectors",
            "all connectors",
            "which integrations",
            "what integrations",
        ])
        .is_some()
    {
        let mut lines: Vec<String> = super::refuse::PLANNED
            .iter()
            .filter_map(|id| Some(format!("- {}: {}", catalog.name(id)?, catalog.purpose(id)?)))
            .collect();
        let more = catalog.ids().count().saturating_sub(lines.len());
        lines.push(format!("- and {more} more; /browse shows them"));
        return Err(turn.end(lines.join("\n")));
    }
    if said
        .any(&[
            "suggest",
            "suggestion",
            "suggestions",
            "ideas",
            "idea",
            "recommend",
            "what should i connect",
            "what could i connect",
            "what can i connect",
            "what should i do",
            "what else",
        ])
        .is_some()
        && said.count() <= 10
    {
        let done = turn.call("suggest", json!({ "n": 5 }), |_| true)?;
        let lines: Vec<String> = rows(done.data, "suggestions")
            .enumerate()
            .map(|(i, row)| {
                let ground = &row["evidence"][0];
                format!(
                    "{}. “{}” ({}:{} {})",
                    i + 1,
                    text(row, "prompt"),
                    text(ground, "file"),
                    ground["line"],
                    text(ground, "why")
                )
            })
            .collect();
        return Err(turn.end(match lines.is_empty() {
            true => "Nothing in this app calls for a connector by itself. Say what you have in mind.".to_owned(),
            false => format!("{}\n\nSay a number, or your own words.", lines.join("\n")),
        }));
    }
    if said
        .any(&[
            "what is in my app",
            "whats in my app",
            "what is in the app",
            "which entities",
            "what entities",
            "list entities",
            "show entities",
            "read my app",
            "read the app",
            "what do you see",
            "what do you know about my app",
            "describe my app",
            "describe the app",
        ])
        .is_some()
    {
        let done = turn.call("read_app", json!({}), |_| true)?;
        let entities: Vec<String> = rows(done.data, "entities")
            .map(|row| text(row, "name").to_owned())
            .collect();
        let pages: Vec<String> = rows(done.data, "pages")
            .map(|row| text(row, "name").to_owned())
            .collect();
        return Err(turn.end(format!("Entities: {}.\nPages: {}.", listed(&entities), listed(&pages))));
    }
    Ok(())
}
