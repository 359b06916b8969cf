//! The record that sets a function off: made to meet the trigger's conditions, or to miss one.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::samples::{self, USER};
use crate::{Condition, EntityEvent, Op};

/// What an automation hands to the function about a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    /// The record as it is now.
    pub(super) data: Value,
    /// As it was before; null when it is new.
    pub(super) old: Value,
}

/// Makes the record meet every condition, except the one numbered `miss`.
pub(super) fn set_off(
    record: &Value,
    event: EntityEvent,
    when: &[Condition],
    miss: Option<usize>,
    options: &dyn Fn(&str) -> Vec<String>,
    now: DateTime<Utc>,
) -> Event {
    let mut data = record.as_object().cloned().unwrap_or_default();
    let mut old = data.clone();
    for (i, condition) in when.iter().enumerate() {
        let want = literal(&condition.value, now);
        let other = different(&want, data.get(&condition.field), &options(&condition.field));
        if miss == Some(i) {
            breach(&mut data, &mut old, condition, &want, other);
        } else {
            meet(&mut data, &mut old, condition, &want, other);
        }
    }
    let old = match event {
        EntityEvent::Create => Value::Null,
        EntityEvent::Update => {
            old.insert(
                "updated_date".to_owned(),
                json!(samples::stamp(now - Duration::days(1))),
            );
            Value::Object(old)
        }
        EntityEvent::Delete => Value::Object(data.clone()),
    };
    Event {
        data: Value::Object(data),
        old,
    }
}

/// Changes a record so that a filter finds it. Conditions that compare with another record's
/// values are left alone.
pub(super) fn tune(
    record: &mut Value,
    filter: &[Condition],
    options: &dyn Fn(&str) -> Vec<String>,
    now: DateTime<Utc>,
) {
    for condition in filter {
        let want = literal(&condition.value, now);
        if want.as_str().is_some_and(|text| text.contains("{{")) || holds(record, condition, &want) {
            continue;
        }
        let Value::Object(data) = record else { return };
        let other = different(&want, data.get(&condition.field), &options(&condition.field));
        meet(data, &mut Map::new(), condition, &want, other);
    }
}

fn holds(record: &Value, condition: &Condition, want: &Value) -> bool {
    let have = record.get(&condition.field).unwrap_or(&Value::Null);
    let op = match condition.op {
        Op::Eq | Op::Becomes => "$eq",
        Op::Ne => "$ne",
        Op::In => "$in",
        Op::NotIn => "$nin",
        Op::Gt => "$gt",
        Op::Gte => "$gte",
        Op::Lt => "$lt",
        Op::Lte => "$lte",
        Op::Exists => return !have.is_null(),
        Op::Missing => return have.is_null(),
        Op::Changed => return true,
        Op::Contains => {
            return match (have, want) {
                (Value::String(have), Value::String(want)) => have.contains(want.as_str()),
                (Value::Array(have), want) => have.contains(want),
                _ => false,
            };
        }
    };
    super::query::fits(record, &json!({ &condition.field: { op: want } }))
}

/// Templates that a condition may compare with, as values.
fn literal(value: &Value, now: DateTime<Utc>) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    let Some(inner) = text.trim().strip_prefix("{{").and_then(|t| t.strip_suffix("}}")) else {
        return value.clone();
    };
    let inner = inner.trim();
    if inner == "user.email" {
        return json!(USER.email);
    }
    let Some((base, shift)) = ["now", "today"]
        .iter()
        .find_map(|base| Some((*base, inner.strip_prefix(base)?.trim())))
    else {
        return value.clone();
    };
    let Some(shift) = duration(shift) else {
        return value.clone();
    };
    let at = now + shift;
    if base == "today" {
        json!(at.date_naive().to_string())
    } else {
        json!(samples::stamp(at))
    }
}

/// `+ 7d`, `- 2h`, or nothing.
fn duration(text: &str) -> Option<Duration> {
    if text.is_empty() {
        return Some(Duration::zero());
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest.trim()),
        ("-", rest) => (-1, rest.trim()),
        _ => return None,
    };
    let (count, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let count = sign * count.trim().parse::<i64>().ok().filter(|n| *n < 100_000)?;
    match unit {
        "m" => Some(Duration::minutes(count)),
        "h" => Some(Duration::hours(count)),
        "d" => Some(Duration::days(count)),
        _ => None,
    }
}

/// A value that is not `want`: another of the field's options where it has some.
fn different(want: &Value, have: Option<&Value>, options: &[String]) -> Value {
    let taken = |candidate: &Value| candidate == want || want.as_array().is_some_and(|list| list.contains(candidate));
    if let Some(option) = options.iter().map(|o| json!(o)).find(|o| !taken(o)) {
        return option;
    }
    if let Some(have) = have.filter(|have| !taken(have)) {
        return have.clone();
    }
    match want {
        Value::Bool(b) => json!(!b),
        Value::Number(_) => shifted(want, -1),
        Value::Array(_) => json!("something else"),
        _ => json!("something else"),
    }
}

/// The value a step further: numbers by one, dates by a day, other text by a letter.
fn shifted(value: &Value, by: i64) -> Value {
    if let Some(number) = value.as_i64() {
        return json!(number + by);
    }
    #[expect(clippy::cast_precision_loss, reason = "the step is one")]
    if let Some(number) = value.as_f64() {
        return json!(number + by as f64);
    }
    let text = value.as_str().unwrap_or_default();
    if let Ok(date) = text.parse::<NaiveDate>() {
        let moved = date.checked_add_signed(Duration::days(by)).unwrap_or(date);
        return json!(moved.to_string());
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return json!(samples::stamp(at.with_timezone(&Utc) + Duration::days(by)));
    }
    if by > 0 { json!(format!("{text}~")) } else { json!("") }
}

fn meet(
    data: &mut Map<String, Value>,
    old: &mut Map<String, Value>,
    condition: &Condition,
    want: &Value,
    other: Value,
) {
    let field = condition.field.clone();
    let first = want.as_array().and_then(|list| list.first()).unwrap_or(want).clone();
    match condition.op {
        Op::Eq => {
            data.insert(field, first);
        }
        Op::In => {
            data.insert(field, first);
        }
        Op::Becomes => {
            data.insert(field.clone(), first);
            old.insert(field, other);
        }
        Op::Ne | Op::NotIn => {
            data.insert(field, other);
        }
        Op::Gt => {
            data.insert(field, shifted(want, 1));
        }
        Op::Lt => {
            data.insert(field, shifted(want, -1));
        }
        Op::Gte | Op::Lte => {
            data.insert(field, want.clone());
        }
        Op::Contains => {
            let holder = if data.get(&field).is_some_and(Value::is_array) {
                json!([first])
            } else {
                first
            };
            data.insert(field, holder);
        }
        Op::Exists => {
            data.entry(field).or_insert_with(|| json!("present"));
        }
        Op::Missing => {
            data.remove(&field);
        }
        Op::Changed => {
            let now = data.get(&field).cloned().unwrap_or(Value::Null);
            let before = if now == other { json!("before") } else { other };
            old.insert(field, before);
        }
    }
}

fn breach(
    data: &mut Map<String, Value>,
    old: &mut Map<String, Value>,
    condition: &Condition,
    want: &Value,
    other: Value,
) {
    let field = condition.field.clone();
    let first = want.as_array().and_then(|list| list.first()).unwrap_or(want).clone();
    match condition.op {
        Op::Eq | Op::In | Op::Becomes => {
            data.insert(field, other);
        }
        Op::Ne | Op::NotIn => {
            data.insert(field, first);
        }
        Op::Gt | Op::Lt => {
            data.insert(field, want.clone());
        }
        Op::Gte => {
            data.insert(field, shifted(want, -1));
        }
        Op::Lte => {
            data.insert(field, shifted(want, 1));
        }
        Op::Contains => {
            let none = if data.get(&field).is_some_and(Value::is_array) {
                json!([])
            } else {
                json!("nothing of it")
            };
            data.insert(field, none);
        }
        Op::Exists => {
            data.remove(&field);
        }
        Op::Missing => {
            data.insert(field, json!("present"));
        }
        Op::Changed => {
            let now = data.get(&field).cloned().unwrap_or(Value::Null);
            old.insert(field, now);
        }
    }
}
