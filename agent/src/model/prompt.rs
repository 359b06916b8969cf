//! What a model is told before the conversation: constants of ours, then the app as data.
//!
//! The constants are in `prompt.md`. The overview is JSON in which no control token survives
//! ([`escape`]), its items in a fixed order, each under a cap and all under a budget, so that an app of any
//! size fits and the prompt is the same, byte for byte, until the app or the day changes.
//! Not here: the conversation, and what tools are called.

use linchpin_app::{App, Entity, Field, Kind};
use linchpin_catalog::Catalog;
use serde_json::{Value, json};

use super::Known;
use super::openai::escape;

/// Who Linchpin is, in which order it works, what a plan is, and what is data.
const RULES: &str = include_str!("prompt.md");
/// The most bytes of the overview.
const OVERVIEW: usize = 12 << 10;
/// The most bytes of one item in it.
const ITEM: usize = 900;
/// The most characters of one text in it.
const TEXT: usize = 120;

/// The system prompt.
pub(super) fn system(known: &Known<'_>) -> String {
    let overview = escape::json(&overview(&known.world.app, known));
    format!("{}\n\n# The app (data)\n\n{overview}\n", RULES.trim())
}

fn overview(app: &App, known: &Known<'_>) -> Value {
    let mut room = Room(OVERVIEW);
    // What a plan needs most comes first; pages are what there can be most of.
    let (entities, no_entities) = room.take(app.entities.iter().map(entity));
    let (suggestions, _) = room.take(
        known
            .world
            .suggestions
            .iter()
            .map(|s| json!({"rank": s.rank, "connector": s.connector, "mode": s.mode, "prompt": short(&s.prompt)})),
    );
    let (functions, no_functions) = room.take(app.functions.iter().map(|f| {
        let uses: Vec<String> = f.connectors.iter().take(10).map(|c| short(&c.connector)).collect();
        let started_by: Vec<String> = f.automations.iter().take(5).map(|a| short(a)).collect();
        json!({"name": short(&f.name), "connectors": uses, "started_by": started_by})
    }));
    let (declared, _) = room.take(app.connectors.iter().map(|c| short(&c.id).into()));
    let (connections, _) = room.take(known.connections.iter().map(|c| {
        json!({"connector": c.connector, "mode": c.mode, "status": c.status, "account": c.account.as_deref().map(short)})
    }));
    let (services, _) = room.take(
        app.integrations
            .iter()
            .map(|i| short(&format!("{} in {}:{}", i.service, i.at.file, i.at.line)).into()),
    );
    let (pages, no_pages) = room.take(app.pages.iter().map(|p| {
        let reads: Vec<&str> = p.reads.iter().map(|used| used.entity.as_str()).collect();
        json!({"name": short(&p.name), "route": short(&p.route), "reads": distinct(&reads), "per_user": p.per_user.is_some()})
    }));
    json!({
        "name": short(&app.name),
        "today": day(known.now_ms),
        "time_zone": short(known.time_zone),
        "catalog": catalog(),
        "entities": entities,
        "suggestions": suggestions,
        "functions": functions,
        "connectors_declared": declared,
        "connections": connections,
        "services_in_use": services,
        "pages": pages,
        "left_out_for_length": {"entities": no_entities, "functions": no_functions, "pages": no_pages},
    })
}

/// Ids and names, nothing more: what a connector can do comes by `search_catalog` and `show_connector`.
fn catalog() -> String {
    let all = Catalog::embedded();
    let of = |id: &str| match all.name(id) {
        Some(name) if name.to_lowercase().replace([' ', '_'], "") != id.replace('_', "") => format!("{id} ({name})"),
        _ => id.to_owned(),
    };
    all.ids().map(of).collect::<Vec<_>>().join(", ")
}

/// What is left of the budget, in bytes.
struct Room(usize);

impl Room {
    /// Takes items, in order, as long as there is room, and counts those that found none.
    fn take(&mut self, items: impl Iterator<Item = Value>) -> (Vec<Value>, usize) {
        let (mut taken, mut missing) = (Vec::new(), 0);
        for item in items {
            let size = escape::json(&item).len() + 1;
            if size > self.0 || missing > 0 {
                missing += 1;
            } else {
                self.0 -= size;
                taken.push(item);
            }
        }
        (taken, missing)
    }
}

fn entity(entity: &Entity) -> Value {
    let name = short(&entity.name);
    let about = entity.description.as_deref().map(short);
    let mut item = json!({"name": name, "about": about, "owner_only": entity.owner_only, "fields": []});
    let mut size = escape::json(&item).len();
    let mut fields = Vec::new();
    for field in entity.fields.iter().map(field) {
        size += escape::json(&field).len() + 1;
        if size > ITEM {
            fields.push(format!("… {} more", entity.fields.len() - fields.len()));
            break;
        }
        fields.push(field);
    }
    item["fields"] = fields.into();
    item
}

/// A field in a few words: `status: string, one of pending | confirmed, required`.
fn field(field: &Field) -> String {
    let kind = match field.kind {
        Kind::String => field.format.as_deref().unwrap_or("string"),
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Array => "list",
        Kind::Object => "object",
    };
    let mut words = format!("{}: {kind}", field.name);
    if !field.options.is_empty() {
        words.push_str(&format!(", one of {}", field.options.join(" | ")));
    }
    if let Some(other) = &field.refers_to {
        words.push_str(&format!(", id of {other}"));
    }
    if field.required {
        words.push_str(", required");
    }
    short(&words)
}

fn distinct(names: &[&str]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for name in names.iter().take(40) {
        if seen.iter().all(|s| s != name) {
            seen.push(short(name));
        }
    }
    seen
}

/// A text of the app, cut to what an overview needs.
fn short(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The day, as the clock says in UTC.
fn day(now_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(now_ms)
        .map(|at| at.format("%Y-%m-%d (%A, UTC)").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;
