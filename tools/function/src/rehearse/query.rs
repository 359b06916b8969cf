//! Queries and updates of entities, as the platform's routes take them.
//!
//! A plain array value means "any of", except where the record's own value is an array and equal.
//! Strings compare as strings, so ISO dates compare as dates. Source: base44.md §B8.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// Whether a record fits a query.
pub(super) fn fits(record: &Value, query: &Value) -> bool {
    let Value::Object(query) = query else {
        return true;
    };
    query.iter().all(|(key, want)| match key.as_str() {
        "$and" => list(want).iter().all(|part| fits(record, part)),
        "$or" => list(want).iter().any(|part| fits(record, part)),
        "$nor" => !list(want).iter().any(|part| fits(record, part)),
        "$not" => !fits(record, want),
        field => holds(lookup(record, field), want),
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The value at a dotted path; `_id` is the id.
fn lookup<'v>(record: &'v Value, path: &str) -> &'v Value {
    let path = if path == "_id" { "id" } else { path };
    path.split('.').fold(record, |at, key| match at {
        Value::Array(items) => key
            .parse::<usize>()
            .ok()
            .and_then(|i| items.get(i))
            .unwrap_or(&Value::Null),
        other => other.get(key).unwrap_or(&Value::Null),
    })
}

fn holds(have: &Value, want: &Value) -> bool {
    match want {
        Value::Object(ops) if ops.keys().any(|key| key.starts_with('$')) => {
            ops.iter().all(|(op, value)| operator(have, op, value, ops))
        }
        Value::Array(options) => have == want || options.iter().any(|option| equal(have, option)),
        plain => equal(have, plain),
    }
}

fn operator(have: &Value, op: &str, value: &Value, all: &Map<String, Value>) -> bool {
    match op {
        "$eq" => equal(have, value),
        "$ne" => !equal(have, value),
        "$gt" => order(have, value).is_some_and(Ordering::is_gt),
        "$gte" => order(have, value).is_some_and(Ordering::is_ge),
        "$lt" => order(have, value).is_some_and(Ordering::is_lt),
        "$lte" => order(have, value).is_some_and(Ordering::is_le),
        "$in" => list(value).iter().any(|option| equal(have, option)),
        "$nin" => !list(value).iter().any(|option| equal(have, option)),
        "$exists" => have.is_null() != value.as_bool().unwrap_or(true),
        "$all" => list(value).iter().all(|option| equal(have, option)),
        "$size" => have.as_array().map(|a| a.len() as u64) == value.as_u64(),
        "$not" => !holds(have, value),
        "$elemMatch" => list(have).iter().any(|item| {
            if item.is_object() {
                fits(item, value)
            } else {
                holds(item, value)
            }
        }),
        "$regex" => {
            let insensitive = all
                .get("$options")
                .and_then(Value::as_str)
                .is_some_and(|o| o.contains('i'));
            pattern(have, value.as_str().unwrap_or_default(), insensitive)
        }
        // `$options` belongs to `$regex`; what is not known narrows nothing.
        _ => true,
    }
}

/// Anchors and literal text; enough for the searches that functions make.
fn pattern(have: &Value, pattern: &str, insensitive: bool) -> bool {
    let fold = |text: &str| {
        if insensitive {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let Some(text) = have.as_str() else {
        return false;
    };
    let (text, mut pattern) = (fold(text), fold(pattern));
    let start = pattern.starts_with('^');
    let end = pattern.ends_with('$') && !pattern.ends_with("\\$");
    if start {
        pattern.remove(0);
    }
    if end {
        pattern.pop();
    }
    let literal = pattern.replace(".*", "").replace('\\', "");
    match (start, end) {
        (true, true) => text == literal,
        (true, false) => text.starts_with(&literal),
        (false, true) => text.ends_with(&literal),
        (false, false) => text.contains(&literal),
    }
}

fn equal(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::Array(items), want) if !want.is_array() => items.iter().any(|item| equal(item, want)),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => have == want,
    }
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Sorts by `-field` or `field`; several are separated by commas.
pub(super) fn sort(records: &mut [Value], by: &str) {
    for key in by.split(',').rev() {
        let (field, down) = match key.trim().strip_prefix('-') {
            Some(field) => (field, true),
            None => (key.trim(), false),
        };
        records.sort_by(|a, b| {
            let (a, b) = (lookup(a, field), lookup(b, field));
            let order = order(a, b).unwrap_or_else(|| b.is_null().cmp(&a.is_null()));
            if down { order.reverse() } else { order }
        });
    }
}

/// Only the named fields, and the id.
pub(super) fn project(record: &Value, fields: &str) -> Value {
    let mut out = Map::new();
    for field in std::iter::once("id").chain(fields.split(',').map(str::trim)) {
        if let Some(value) = record.get(field) {
            out.insert(field.to_owned(), value.clone());
        }
    }
    Value::Object(out)
}

/// Applies an update: operators (`$set`, `$inc`, …) or plain members.
pub(super) fn update(record: &mut Value, change: &Value, now: &str) {
    let (Value::Object(record), Value::Object(change)) = (record, change) else {
        return;
    };
    for (key, value) in change {
        let Value::Object(fields) = value else {
            if !key.starts_with('$') {
                record.insert(key.clone(), value.clone());
            }
            continue;
        };
        if !key.starts_with('$') {
            record.insert(key.clone(), value.clone());
            continue;
        }
        for (field, value) in fields {
            let old = record.get(field).cloned().unwrap_or(Value::Null);
            if let Some(new) = changed(key, &old, value, now) {
                record.insert(field.clone(), new);
            } else if key == "$unset" {
                record.remove(field);
            } else if let ("$rename", Some(name)) = (key.as_str(), value.as_str()) {
                record.remove(field);
                record.insert(name.to_owned(), old);
            }
        }
    }
}

fn changed(op: &str, old: &Value, value: &Value, now: &str) -> Option<Value> {
    let number = |f: fn(f64, f64) -> f64, start: f64| {
        let result = f(old.as_f64().unwrap_or(start), value.as_f64()?);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only whole numbers of safe size are cast"
        )]
        if result.fract() == 0.0 && result.abs() < 9e15 {
            return Some(Value::from(result as i64));
        }
        Some(Value::from(result))
    };
    let items = || old.as_array().cloned().unwrap_or_default();
    match op {
        "$set" => Some(value.clone()),
        "$inc" => number(|a, b| a + b, 0.0),
        "$mul" => number(|a, b| a * b, 0.0),
        "$min" => Some(
            if order(old, value).is_some_and(Ordering::is_lt) {
                old
            } else {
                value
            }
            .clone(),
        ),
        "$max" => Some(
            if order(old, value).is_some_and(Ordering::is_gt) {
                old
            } else {
                value
            }
            .clone(),
        ),
        "$currentDate" => Some(Value::from(now)),
        "$push" | "$addToSet" => {
            let mut list = items();
            let more = value.get("$each").map_or_else(|| vec![value.clone()], list_of);
            for item in more {
                if op == "$push" || !list.contains(&item) {
                    list.push(item);
                }
            }
            Some(Value::Array(list))
        }
        "$pull" => Some(Value::Array(
            items().into_iter().filter(|item| !holds(item, value)).collect(),
        )),
        _ => None,
    }
}

fn list_of(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn queries_mean_what_the_platform_means() {
        let r = json!({"id":"1","status":"confirmed","price":120,"tags":["a","b"],"start":"2026-03-02T10:00:00Z","note":null,"client":{"city":"Łódź"}});
        for (q, want) in [
            (json!({}), true),
            (json!({"status":"confirmed"}), true),
            (json!({"status":["open","confirmed"]}), true),
            (json!({"status":{"$in":["open"]}}), false),
            (json!({"status":{"$ne":"confirmed"}}), false),
            (json!({"price":{"$gte":120,"$lt":121}}), true),
            (json!({"price":120.0}), true),
            (json!({"tags":"a"}), true),
            (json!({"tags":{"$all":["a","c"]}}), false),
            (json!({"tags":{"$size":2}}), true),
            (json!({"start":{"$gte":"2026-03-02","$lt":"2026-03-03"}}), true),
            (json!({"note":{"$exists":true}}), false),
            (json!({"missing":{"$exists":false}}), true),
            (json!({"client.city":"Łódź"}), true),
            (json!({"$or":[{"status":"open"},{"price":120}]}), true),
            (json!({"$nor":[{"status":"open"}]}), true),
            (json!({"status":{"$regex":"^CONF","$options":"i"}}), true),
            (json!({"price":{"$gt":"100"}}), false),
        ] {
            assert_eq!(fits(&r, &q), want, "{q}");
        }
    }

    #[test]
    fn updates_apply_their_operators() {
        let mut r = json!({"n":1,"tags":["a"],"old":"x","was":1});
        update(
            &mut r,
            &json!({"$set":{"s":true},"$inc":{"n":2},"$push":{"tags":"b"},"$addToSet":{"tags":"a"},"$unset":{"old":""},"$rename":{"was":"is"}}),
            "now",
        );
        assert_eq!(r, json!({"n":3,"tags":["a","b"],"s":true,"is":1}));
    }
}
