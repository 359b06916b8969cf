//! Notion: a record as a page of a database.

use linchpin_app::{Entity, Kind, Role};
use linchpin_function::{CallStep, Plan};
use serde_json::{Value, json};

use super::{Cx, Moment, call, on_event};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "notion";

/// Adds a page to `database` when `moment` comes: the record's title, and its texts below. Every
/// database has a title under the id `title`, whatever its columns are called.
pub fn notion_page(cx: &Cx<'_>, entity: &Entity, moment: &Moment, database: Option<&str>) -> Option<Plan> {
    let operation = cx.operation(CONNECTOR, "create_page")?;
    let record = phrase::record(&entity.name);
    let zone = anatomy::zone_argument(entity, &record, cx.time_zone);
    let mut paragraphs = Vec::new();
    let details = anatomy::details(entity, &record, &zone, false, 5);
    if !details.is_empty() {
        paragraphs.push(paragraph(&details.join("\n")));
    }
    let texts = entity
        .fields
        .iter()
        .filter(|field| field.role == Some(Role::Text) && field.kind == Kind::String);
    paragraphs.extend(texts.take(2).map(|field| {
        let otherwise = if field.required { "" } else { " | default('–')" };
        paragraph(&format!("{{{{{record}.{}{otherwise}}}}}", field.name))
    }));
    let mut body = json!({
        "properties": { "title": { "title": [{ "text": { "content": anatomy::headline(entity, &record) } }] } },
        "children": paragraphs,
    });
    if let Some(id) = database {
        body["parent"] = json!({ "database_id": id });
    }
    let step = call(CallStep {
        operation,
        body: Some(body),
        ..CallStep::default()
    });
    let name = phrase::function(cx.app, &["add", &entity.name, "to", "notion"]);
    let purpose = format!(
        "When {} {}, add a page to a Notion database.",
        phrase::a(&entity.name),
        moment.words()
    );
    Some(on_event(entity, moment, CONNECTOR, name, purpose, vec![step]))
}

fn paragraph(text: &str) -> Value {
    json!({
        "object": "block",
        "type": "paragraph",
        "paragraph": { "rich_text": [{ "type": "text", "text": { "content": text } }] },
    })
}
