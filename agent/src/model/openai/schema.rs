//! Tool schemas in the dialect that servers agree on.
//!
//! Some servers turn a schema into a grammar and stumble over what JSON Schema allows: `true` in the
//! place of a schema, an object without `properties`. Both are written out here; nothing else changes.

use serde_json::{Map, Value};

/// The same schema, written so that every server takes it.
pub(super) fn tidy(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(root) = schema.as_object_mut() {
        root.entry("type").or_insert_with(|| "object".into());
        root.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    }
    write_out(&mut schema);
    schema
}

fn write_out(schema: &mut Value) {
    if *schema == Value::Bool(true) {
        *schema = Value::Object(Map::new());
    }
    let Some(map) = schema.as_object_mut() else { return };
    for (keyword, value) in map {
        match (keyword.as_str(), value) {
            ("properties" | "$defs" | "definitions", Value::Object(named)) => named.values_mut().for_each(write_out),
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(many)) => many.iter_mut().for_each(write_out),
            ("items", one) => write_out(one),
            // `true` is well understood here.
            ("additionalProperties", one) if one.is_object() => write_out(one),
            _ => {}
        }
    }
}
