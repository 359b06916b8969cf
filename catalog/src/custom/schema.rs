//! References and samples inside an OpenAPI document. References to other documents are not followed,
//! and nothing is followed for ever: a schema may name itself. Source: OpenAPI 3.1, RFC 6901.

use serde_json::{Map, Value, json};

/// How many references and levels are followed.
const DEEP: usize = 12;
/// How deep a sample goes.
const SAMPLE: usize = 4;

/// A document whose references can be followed.
#[derive(Clone, Copy)]
pub(super) struct Document<'a>(pub(super) &'a Value);

impl<'a> Document<'a> {
    /// The value itself, or what its `$ref` inside this document leads to.
    pub(super) fn follow(self, value: &'a Value) -> Option<&'a Value> {
        let mut value = value;
        for _ in 0..DEEP {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Some(value);
            };
            value = self.0.pointer(reference.strip_prefix('#')?)?;
        }
        None
    }

    /// The properties of an object schema with whether each is required, `allOf` merged.
    pub(super) fn properties(self, schema: &'a Value) -> Vec<(String, &'a Value, bool)> {
        let mut found = Vec::new();
        self.collect(schema, DEEP, &mut found);
        found
    }

    fn collect(self, schema: &'a Value, depth: usize, found: &mut Vec<(String, &'a Value, bool)>) {
        let Some(schema) = self.follow(schema).filter(|_| depth > 0) else {
            return;
        };
        for part in list(schema, "allOf") {
            self.collect(part, depth.saturating_sub(1), found);
        }
        let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if !found.iter().any(|(own, ..)| own == name)
                && let Some(property) = self.follow(property)
            {
                found.push((name.clone(), property, required.contains(&name.as_str())));
            }
        }
    }

    /// A small value that fits the schema; of an object only what `whole` asks for.
    pub(super) fn sample(self, schema: &'a Value, whole: bool) -> Value {
        self.sampled(schema, whole, SAMPLE)
    }

    fn sampled(self, schema: &'a Value, whole: bool, depth: usize) -> Value {
        let Some(schema) = self.follow(schema) else {
            return Value::Null;
        };
        let given = ["example", "default", "const"].iter().find_map(|name| schema.get(name));
        if let Some(given) = given
            .or_else(|| list(schema, "examples").next())
            .or_else(|| list(schema, "enum").next())
        {
            return given.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(first) = list(schema, choice).next() {
                return if depth == 0 {
                    Value::Null
                } else {
                    self.sampled(first, whole, depth.saturating_sub(1))
                };
            }
        }
        let kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => kinds
                .iter()
                .filter_map(Value::as_str)
                .find(|kind| *kind != "null")
                .unwrap_or("null"),
            _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object",
            _ => "",
        };
        match kind {
            "object" | "array" if depth == 0 => Value::Null,
            "object" => {
                let wanted = self
                    .properties(schema)
                    .into_iter()
                    .filter(|(_, _, required)| whole || *required);
                let members =
                    wanted.map(|(name, property, _)| (name, self.sampled(property, whole, depth.saturating_sub(1))));
                Value::Object(members.collect::<Map<_, _>>())
            }
            "array" => match schema.get("items") {
                Some(items) => json!([self.sampled(items, whole, depth.saturating_sub(1))]),
                None => json!([]),
            },
            "integer" => json!(1),
            "number" => json!(1.5),
            "boolean" => json!(true),
            "null" => Value::Null,
            _ => json!(match schema.get("format").and_then(Value::as_str) {
                Some("date") => "2026-11-23",
                Some("date-time") => "2026-11-23T09:00:00Z",
                Some("email") => "anna@example.com",
                Some("uri" | "url") => "https://example.com",
                Some("uuid") => "5f0c6f3e-0000-4000-8000-000000000000",
                _ => "text",
            }),
        }
    }
}

/// The members of a list, or none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}
