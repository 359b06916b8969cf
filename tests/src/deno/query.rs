//! Queries of entities as the platform documents them: plain values, lists as "any of", and the operators. What is
//! not known here is an error, so that no test passes by a query nobody looked at.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// Whether a record fits a query.
pub(super) fn fits(record: &Value, query: &Value) -> Result<bool, String> {
    let query = query.as_object().ok_or_else(|| format!("{query} is no query"))?;
    for (key, want) in query {
        let parts = || {
            want.as_array()
                .ok_or_else(|| format!("{key} wants a list"))
                .map(|l| l.iter().map(|q| fits(record, q)))
        };
        let holds = match key.as_str() {
            "$and" => parts()?.collect::<Result<Vec<_>, _>>()?.into_iter().all(|one| one),
            "$or" => parts()?.collect::<Result<Vec<_>, _>>()?.into_iter().any(|one| one),
            "$nor" => !parts()?.collect::<Result<Vec<_>, _>>()?.into_iter().any(|one| one),
            field if field.starts_with('$') || field.contains('.') => return Err(format!("{field} is not known here")),
            field => matches(record.get(field), want)?,
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches(have: Option<&Value>, want: &Value) -> Result<bool, String> {
    match want {
        Value::Object(ops) if ops.keys().any(|op| op.starts_with('$')) => operators(have, ops),
        Value::Array(any) => Ok(any.iter().any(|one| same(have, one))),
        one => Ok(same(have, one)),
    }
}

fn operators(have: Option<&Value>, ops: &Map<String, Value>) -> Result<bool, String> {
    let list = |want: &Value| want.as_array().cloned().ok_or_else(|| format!("{want} is no list"));
    for (op, want) in ops {
        let compare = |wanted: fn(Ordering) -> bool| order(have, Some(want)).is_some_and(wanted);
        let holds = match op.as_str() {
            "$eq" => same(have, want),
            "$ne" => !same(have, want),
            "$in" => list(want)?.iter().any(|one| same(have, one)),
            "$nin" => !list(want)?.iter().any(|one| same(have, one)),
            "$gt" => compare(Ordering::is_gt),
            "$gte" => compare(Ordering::is_ge),
            "$lt" => compare(Ordering::is_lt),
            "$lte" => compare(Ordering::is_le),
            "$exists" => have.is_some() == (want == &Value::Bool(true)),
            "$not" => !matches(have, want)?,
            other => return Err(format!("{other} is not known here")),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same(have: Option<&Value>, want: &Value) -> bool {
    match (have, want) {
        (None, want) => want.is_null(),
        (Some(Value::Array(items)), want) if !want.is_array() => items.contains(want),
        (Some(Value::Number(a)), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Some(have), want) => have == want,
    }
}

/// Values of one type only have an order; texts by their characters, as ISO dates are meant to be.
fn order(a: Option<&Value>, b: Option<&Value>) -> Option<Ordering> {
    match (a?, b?) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Sorts by `field`, or by `-field` the largest first; records without it come before all others.
pub(super) fn sort(records: &mut [Value], by: &str) {
    let (field, down) = by.strip_prefix('-').map_or((by, false), |field| (field, true));
    records.sort_by(|a, b| {
        let (a, b) = (a.get(field), b.get(field));
        let order = order(a, b).unwrap_or_else(|| a.is_some().cmp(&b.is_some()));
        if down { order.reverse() } else { order }
    });
}
