//! The entities' routes: reading, writing and counting the sample records.
//!
//! Every write is recorded with its secrets masked. The user's own view leaves out what row-level
//! security hides; an entity that the app does not have is named.

use serde_json::{Map, Value, json};

use super::platform::{Call, Said, Who, refuse};
use super::query::{fits, project, sort, update};
use super::rls::may_read;
use super::samples;
use super::world::World;
use crate::EntityWrite;

/// Writes that are kept in one run.
const WRITES: usize = 1_000;

/// Answers a call under `/entities/{entity}`.
pub(super) fn answer(world: &mut World<'_>, call: &Call, who: &Who, entity: &str, tail: &[&str]) -> Said {
    if !world.records.contains_key(entity) {
        if let Some(records) = world.stage.records_of(entity) {
            world.records.insert(entity.to_owned(), records);
        } else if !world.app.entities.is_empty() {
            world.problem(format!("There is no entity {entity} in this app."));
            return refuse(404, &format!("Entity schema {entity} not found in app"));
        } else {
            world.records.insert(entity.to_owned(), Vec::new());
        }
    }
    if entity == "User" && *who == Who::Nobody {
        return refuse(401, "Authentication required to view users");
    }
    if world.writes.len() >= WRITES {
        return refuse(429, "The rehearsal keeps a thousand writes and no more");
    }
    match (call.method.as_str(), tail) {
        ("GET", []) => (200, Value::Array(read(world, call, who, entity))),
        ("GET", ["v2", "list"]) => page(world, call, who, entity),
        ("GET", ["count"]) => (
            200,
            json!({"count": matching(world, &query_of(call), who, entity).len()}),
        ),
        ("GET", [id]) => match seen(world, who, entity).into_iter().find(|r| is(r, id)) {
            Some(record) => (200, record),
            None => missing(entity, id),
        },
        ("POST", []) => create(world, who, entity, &call.body, "create"),
        ("POST", ["bulk"]) => many(world, who, entity, &call.body, |world, who, entity, item| {
            create(world, who, entity, item, "bulkCreate")
        }),
        ("PUT", ["bulk"]) => many(world, who, entity, &call.body, |world, who, entity, item| {
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            change(world, who, entity, &id, item, "bulkUpdate")
        }),
        ("PUT", [id]) => change(world, who, entity, id, &call.body, "update"),
        ("PATCH", ["update-many"]) => update_many(world, call, who, entity),
        ("DELETE", [id]) => remove(world, who, entity, id),
        ("DELETE", []) => {
            let gone = matching(world, &call.body, who, entity);
            wrote(world, entity, "deleteMany", None, &call.body);
            forget(world, entity, &gone);
            (200, json!({"success": true, "deleted": gone.len()}))
        }
        ("POST", ["upsert"]) => upsert(world, call, who, entity),
        ("POST", ["aggregate"]) => {
            world.note("The sandbox answers aggregate() with no rows.".to_owned());
            (200, json!({"rows": [], "truncated": false}))
        }
        _ => refuse(404, "Not Found"),
    }
}

/// Records a write.
pub(super) fn wrote(world: &mut World<'_>, entity: &str, method: &str, id: Option<String>, data: &Value) {
    let leaks: Vec<String> = world
        .secrets
        .iter()
        .filter(|secret| super::provider::holds(&data.to_string(), &secret.value))
        .map(|secret| format!("The {} is written to {entity}.", secret.label))
        .collect();
    for leak in leaks {
        world.problem(leak);
    }
    let data = world.masked_value(data);
    world.writes.push(EntityWrite {
        entity: entity.to_owned(),
        method: method.to_owned(),
        id,
        data,
    });
}

fn is(record: &Value, id: &str) -> bool {
    record.get("id").and_then(Value::as_str) == Some(id)
}

fn missing(entity: &str, id: &str) -> Said {
    refuse(404, &format!("Entity {entity} with ID {id} not found"))
}

/// The records somebody may see.
fn seen(world: &World<'_>, who: &Who, entity: &str) -> Vec<Value> {
    let all = world.records.get(entity).cloned().unwrap_or_default();
    let schema = world.app.entities.iter().find(|e| e.name == entity);
    let user = match who {
        Who::Service => return all,
        Who::User(person, role) => Some(person.record(role, world.now)),
        Who::Nobody => None,
    };
    let may = |record: &Value| schema.is_none_or(|schema| may_read(schema, record, user.as_ref()));
    all.into_iter().filter(may).collect()
}

fn query_of(call: &Call) -> Value {
    call.query
        .get("q")
        .and_then(Value::as_str)
        .and_then(|q| serde_json::from_str(q).ok())
        .unwrap_or_else(|| json!({}))
}

fn matching(world: &World<'_>, query: &Value, who: &Who, entity: &str) -> Vec<Value> {
    seen(world, who, entity)
        .into_iter()
        .filter(|r| fits(r, query))
        .collect()
}

fn number(call: &Call, key: &str) -> Option<usize> {
    let value = call.query.get(key)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

fn sorted(world: &World<'_>, call: &Call, who: &Who, entity: &str) -> Vec<Value> {
    let mut found = matching(world, &query_of(call), who, entity);
    let by = call
        .query
        .get("sort")
        .and_then(Value::as_str)
        .unwrap_or("-created_date");
    sort(&mut found, by);
    found
}

fn read(world: &World<'_>, call: &Call, who: &Who, entity: &str) -> Vec<Value> {
    let found = sorted(world, call, who, entity);
    let limit = number(call, "limit").unwrap_or(5000);
    let some = found.into_iter().skip(number(call, "skip").unwrap_or(0)).take(limit);
    match call.query.get("fields").and_then(Value::as_str) {
        Some(fields) => some.map(|record| project(&record, fields)).collect(),
        None => some.collect(),
    }
}

fn page(world: &World<'_>, call: &Call, who: &Who, entity: &str) -> Said {
    let from = call
        .query
        .get("cursor")
        .and_then(Value::as_str)
        .and_then(|c| c.parse::<usize>().ok())
        .unwrap_or(0);
    let limit = number(call, "limit").unwrap_or(100).max(1);
    let found = sorted(world, call, who, entity);
    if let Some(field) = call.query.get("distinct").and_then(Value::as_str) {
        let mut values: Vec<Value> = Vec::new();
        for value in found.iter().filter_map(|r| r.get(field)) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        return (200, json!({"items": values, "next_cursor": null, "has_more": false}));
    }
    let more = found.len() > from + limit;
    let items: Vec<Value> = found.into_iter().skip(from).take(limit).collect();
    let next = if more {
        json!((from + limit).to_string())
    } else {
        Value::Null
    };
    (200, json!({"items": items, "next_cursor": next, "has_more": more}))
}

fn create(world: &mut World<'_>, who: &Who, entity: &str, data: &Value, method: &str) -> Said {
    let Value::Object(given) = data else {
        return refuse(422, "Error in body: an object is required");
    };
    let schema = world.app.entities.iter().find(|e| e.name == entity);
    let lacking = schema.and_then(|schema| {
        let fields = schema.fields.iter().filter(|f| f.required && f.default.is_none());
        fields
            .map(|f| f.name.clone())
            .find(|name| given.get(name).is_none_or(Value::is_null))
    });
    if let Some(field) = lacking {
        return (
            422,
            json!({"error_type": "ValidationError", "message": format!("Error in field {field}: Field required"), "request_id": null, "traceback": ""}),
        );
    }
    let mut record = Map::new();
    for field in schema.into_iter().flat_map(|s| &s.fields) {
        if let Some(default) = &field.default {
            record.insert(field.name.clone(), default.clone());
        }
    }
    record.extend(given.clone());
    world.made += 1;
    let id = samples::id(entity, &format!("new {}", world.made));
    let by = match who {
        Who::User(person, _) => json!(person.email),
        Who::Service => json!("service@base44.app"),
        Who::Nobody => Value::Null,
    };
    let now = json!(samples::stamp(world.now));
    for (name, value) in [
        ("id", json!(id)),
        ("created_date", now.clone()),
        ("updated_date", now),
        ("created_by", by),
        ("is_sample", json!(false)),
    ] {
        record.insert(name.to_owned(), value);
    }
    let record = Value::Object(record);
    world.records.entry(entity.to_owned()).or_default().push(record.clone());
    wrote(world, entity, method, None, data);
    (201, record)
}

fn many(
    world: &mut World<'_>,
    who: &Who,
    entity: &str,
    items: &Value,
    one: fn(&mut World<'_>, &Who, &str, &Value) -> Said,
) -> Said {
    let Value::Array(items) = items else {
        return refuse(422, "Error in body: a list is required");
    };
    let mut out = Vec::new();
    for item in items.iter().take(500) {
        let (status, body) = one(world, who, entity, item);
        if status >= 400 {
            return (status, body);
        }
        out.push(body);
    }
    (200, Value::Array(out))
}

fn change(world: &mut World<'_>, who: &Who, entity: &str, id: &str, data: &Value, method: &str) -> Said {
    if !seen(world, who, entity).iter().any(|r| is(r, id)) {
        return missing(entity, id);
    }
    let now = samples::stamp(world.now);
    let Some(record) = world
        .records
        .get_mut(entity)
        .and_then(|all| all.iter_mut().find(|r| is(r, id)))
    else {
        return missing(entity, id);
    };
    update(record, data, &now);
    if let Value::Object(record) = record {
        record.insert("updated_date".to_owned(), json!(now));
    }
    let record = record.clone();
    wrote(world, entity, method, Some(id.to_owned()), data);
    (200, record)
}

fn update_many(world: &mut World<'_>, call: &Call, who: &Who, entity: &str) -> Said {
    let query = call.body.get("query").cloned().unwrap_or_else(|| json!({}));
    let data = call.body.get("data").cloned().unwrap_or_else(|| json!({}));
    let hit = matching(world, &query, who, entity);
    let now = samples::stamp(world.now);
    for record in world.records.entry(entity.to_owned()).or_default() {
        if hit.iter().any(|h| h.get("id") == record.get("id")) {
            update(record, &data, &now);
        }
    }
    wrote(world, entity, "updateMany", None, &call.body);
    (200, json!({"success": true, "updated": hit.len(), "has_more": false}))
}

fn remove(world: &mut World<'_>, who: &Who, entity: &str, id: &str) -> Said {
    let gone: Vec<Value> = seen(world, who, entity).into_iter().filter(|r| is(r, id)).collect();
    if gone.is_empty() {
        return missing(entity, id);
    }
    forget(world, entity, &gone);
    wrote(world, entity, "delete", Some(id.to_owned()), &Value::Null);
    (200, json!({"success": true}))
}

fn forget(world: &mut World<'_>, entity: &str, gone: &[Value]) {
    if let Some(all) = world.records.get_mut(entity) {
        all.retain(|record| !gone.iter().any(|g| g.get("id") == record.get("id")));
    }
}

fn upsert(world: &mut World<'_>, call: &Call, who: &Who, entity: &str) -> Said {
    let keys: Vec<String> = match call.body.get("key") {
        Some(Value::Array(keys)) => keys.iter().filter_map(|k| k.as_str().map(str::to_owned)).collect(),
        Some(Value::String(key)) => vec![key.clone()],
        _ => return refuse(422, "Error in field key: Field required"),
    };
    let items = call
        .body
        .get("records")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let (mut created, mut updated, mut records) = (0, 0, Vec::new());
    for item in items.iter().take(500) {
        let query: Map<String, Value> = keys
            .iter()
            .map(|k| (k.clone(), item.get(k).cloned().unwrap_or(Value::Null)))
            .collect();
        let found = matching(world, &Value::Object(query), who, entity);
        let known = found
            .first()
            .and_then(|r| r.get("id"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let (status, record) = match known {
            Some(id) => {
                updated += 1;
                change(world, who, entity, &id, item, "upsert")
            }
            None => {
                created += 1;
                create(world, who, entity, item, "upsert")
            }
        };
        if status >= 400 {
            return (status, record);
        }
        records.push(record);
    }
    (200, json!({"created": created, "updated": updated, "records": records}))
}
