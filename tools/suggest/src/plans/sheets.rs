//! Google Sheets: a record as a row.

use linchpin_app::{Entity, Field, Kind, Role};
use linchpin_function::{CallStep, Plan};
use serde_json::{Value, json};

use super::{Cx, Moment, call, map, on_event};
use crate::phrase;

const CONNECTOR: &str = "googlesheets";
/// Columns of a row, the record's date apart.
const COLUMNS: usize = 12;

/// Adds a row to `spreadsheet` when `moment` comes.
pub fn sheet_row(cx: &Cx<'_>, entity: &Entity, moment: &Moment, spreadsheet: Option<&str>) -> Option<Plan> {
    let operation = cx.operation(CONNECTOR, "append_row")?;
    let record = phrase::record(&entity.name);
    let row = cells(entity, &record);
    if row.len() < 3 {
        return None;
    }
    let mut path = map([("range", "A1")]);
    if let Some(id) = spreadsheet {
        path.insert("spreadsheetId".to_owned(), id.to_owned());
    }
    let step = call(CallStep {
        operation,
        path,
        query: map([("valueInputOption", "RAW"), ("insertDataOption", "INSERT_ROWS")]),
        body: Some(json!({ "values": [row] })),
        ..CallStep::default()
    });
    let name = phrase::function(cx.app, &["add", &entity.name, "to", "sheet"]);
    let purpose = format!(
        "When {} {}, add a row to a Google Sheet.",
        phrase::a(&entity.name),
        moment.words()
    );
    Some(on_event(entity, moment, CONNECTOR, name, purpose, vec![step]))
}

/// A record as a row, its date first.
pub(super) fn cells(entity: &Entity, record: &str) -> Vec<Value> {
    let date = Value::from(format!("{{{{{record}.created_date}}}}"));
    let rest = columns(entity).map(|field| {
        let otherwise = if field.required { "" } else { " | default('')" };
        Value::from(format!("{{{{{record}.{}{otherwise}}}}}", field.name))
    });
    std::iter::once(date).chain(rest).collect()
}

/// What fits into a cell: no lists, no ids, no long texts.
fn columns(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity
        .fields
        .iter()
        .filter(|field| {
            !matches!(field.kind, Kind::Array | Kind::Object)
                && !matches!(field.role, Some(Role::ExternalId | Role::File))
                && field.format.as_deref() != Some("richtext")
                && !linchpin_app::name_words(&field.name)
                    .last()
                    .is_some_and(|last| last == "id" || last == "ids")
        })
        .take(COLUMNS)
}
