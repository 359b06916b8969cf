//! Entity schemas: `entities/*.{json,jsonc}`, JSON Schema with Base44's own words.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use crate::json::{self, Doc};
use crate::{Entity, Field, Kind};

/// Fields every record has; schemas and code may name them, and they are left out.
pub(crate) const BUILT_IN: &[&str] = &[
    "id",
    "_id",
    "created_date",
    "updated_date",
    "created_by",
    "created_by_id",
    "is_sample",
    "created_at",
    "updated_at",
];

/// The entity a file declares, or `None` when the file is something else.
pub(crate) fn of(doc: &Doc<'_>, file: &str) -> Option<Entity> {
    let object = doc.object()?;
    let properties = json::get(object, "properties")?.as_object()?;
    let required = json::texts(object, "required");
    let stem = file.rsplit('/').next().unwrap_or(file);
    let stem = stem.split('.').next().unwrap_or(stem);
    let name = json::text(object, "name").filter(|name| !name.is_empty());
    let rls = json::prop(object, "rls");
    let read = rls
        .and_then(|rls| rls.value.as_object())
        .and_then(|rls| json::get(rls, "read"));
    let fields = properties
        .properties
        .iter()
        .filter(|prop| !(BUILT_IN[..7].contains(&json::key(prop))))
        .filter_map(|prop| {
            let schema = prop.value.as_object()?;
            let mut field = field(json::key(prop), schema);
            field.required = required.contains(&field.name);
            field.at = doc.at_prop(prop);
            Some(field)
        })
        .collect();
    Some(Entity {
        name: name.unwrap_or_else(|| stem.to_owned()),
        description: json::text(object, "description").filter(|text| !text.is_empty()),
        at: json::prop(object, "name").map_or_else(|| doc.at(object.range().start), |prop| doc.at_prop(prop)),
        fields,
        owner_only: read.is_some_and(|read| whose(read) == Whose::Own),
        read_rule: read.map(json::plain),
        rls_at: rls.map(|prop| doc.at_prop(prop)),
        inferred: false,
    })
}

/// Gives the platform's own `User` the fields every user has, where the schema only adds to them.
pub(crate) fn complete_user(entity: &mut Entity) {
    if entity.name != "User" {
        return;
    }
    for (name, format) in [("role", None), ("full_name", None), ("email", Some("email"))] {
        if entity.field(name).is_none() {
            let field = Field {
                name: name.to_owned(),
                format: format.map(str::to_owned),
                required: name == "email",
                at: entity.at.clone(),
                ..Field::default()
            };
            entity.fields.insert(0, field);
        }
    }
}

fn field(name: &str, schema: &Object<'_>) -> Field {
    let items = json::get(schema, "items").and_then(Value::as_object);
    Field {
        name: name.to_owned(),
        kind: kind(schema),
        format: json::text(schema, "format").or_else(|| items.and_then(|items| json::text(items, "format"))),
        description: json::text(schema, "description").filter(|text| !text.is_empty()),
        options: json::texts(schema, "enum"),
        required: false,
        default: json::get(schema, "default").map(json::plain),
        role: None,
        refers_to: None,
        at: crate::At::default(),
    }
}

/// `type` may be a word or a list of words with `null` among them.
fn kind(schema: &Object<'_>) -> Kind {
    let words = match json::get(schema, "type") {
        Some(Value::StringLit(word)) => vec![word.value.clone().into_owned()],
        Some(Value::Array(_)) => json::texts(schema, "type"),
        _ => Vec::new(),
    };
    match words.iter().map(String::as_str).find(|word| *word != "null") {
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some("array") => Kind::Array,
        Some("object") => Kind::Object,
        _ => Kind::String,
    }
}

/// Whom a condition lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The record's own user.
    Own,
    /// People with a role.
    Role,
    /// Anyone, or it can't be told.
    Anyone,
}

/// Whom a row-level condition lets in: `$or` is as wide as its widest branch, `$and` and a list
/// of keys as narrow as their narrowest.
fn whose(condition: &Value<'_>) -> Whose {
    let Some(object) = condition.as_object() else {
        return Whose::Anyone;
    };
    let mut narrowest = Whose::Anyone;
    for prop in &object.properties {
        let one = match (json::key(prop), &prop.value) {
            ("$or", Value::Array(any)) => {
                let branches: Vec<Whose> = any.elements.iter().map(whose).collect();
                if branches.is_empty() || branches.contains(&Whose::Anyone) {
                    Whose::Anyone
                } else if branches.contains(&Whose::Own) {
                    Whose::Own
                } else {
                    Whose::Role
                }
            }
            ("$and", Value::Array(all)) => {
                let branches: Vec<Whose> = all.elements.iter().map(whose).collect();
                [Whose::Own, Whose::Role]
                    .into_iter()
                    .find(|kind| branches.contains(kind))
                    .unwrap_or(Whose::Anyone)
            }
            ("user_condition", _) => Whose::Role,
            (_, value) if names_user(value) => Whose::Own,
            _ => Whose::Anyone,
        };
        if one == Whose::Own || narrowest == Whose::Anyone {
            narrowest = one;
        }
    }
    narrowest
}

/// Whether a value is the signed-in user's e-mail or id.
fn names_user(value: &Value<'_>) -> bool {
    match value {
        Value::StringLit(text) => {
            let text: String = text.value.split_whitespace().collect();
            text.contains("{{user.email}}") || text.contains("{{user.id}}")
        }
        Value::Object(operators) => operators.properties.iter().any(|prop| names_user(&prop.value)),
        Value::Array(list) => list.elements.iter().any(names_user),
        _ => false,
    }
}
