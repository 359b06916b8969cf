//! Entity schemas: `entities/*.{json,jsonc}`, JSON Schema with Base44's own words.

use std::collections::BTreeMap;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use crate::json::{self, Doc};
use crate::{Entity, Field, Kind, Origin, Rule};

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
            let mut field = field(doc, prop, 0)?;
            field.required = required.contains(&field.name);
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
        origin: Origin::Schema,
        rules: rules(doc, rls),
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

/// Objects inside objects are read this deep.
const MAX_DEPTH: u8 = 4;

fn field(doc: &Doc<'_>, prop: &ObjectProp<'_>, depth: u8) -> Option<Field> {
    let schema = prop.value.as_object()?;
    let items = json::get(schema, "items").and_then(Value::as_object);
    let inner = items
        .into_iter()
        .chain([schema])
        .find_map(|one| Some((one, json::get(one, "properties")?.as_object()?)));
    let nested = inner
        .filter(|_| depth < MAX_DEPTH)
        .map_or_else(Vec::new, |(one, inner)| {
            let required = json::texts(one, "required");
            inner
                .properties
                .iter()
                .filter_map(|prop| field(doc, prop, depth + 1))
                .map(|mut field| {
                    field.required = required.contains(&field.name);
                    field
                })
                .collect()
        });
    let of_items = |key: &str| items.map(|items| json::texts(items, key)).unwrap_or_default();
    let or_items = |own: Vec<String>, key: &str| if own.is_empty() { of_items(key) } else { own };
    Some(Field {
        name: json::key(prop).to_owned(),
        kind: kind(schema),
        format: json::text(schema, "format").or_else(|| items.and_then(|items| json::text(items, "format"))),
        description: json::text(schema, "description")
            .or_else(|| json::text(schema, "title"))
            .filter(|text| !text.is_empty()),
        options: or_items(json::texts(schema, "enum"), "enum"),
        labels: or_items(json::texts(schema, "enumNames"), "enumNames"),
        required: false,
        default: json::get(schema, "default").map(json::plain),
        role: None,
        refers_to: reference(schema).or_else(|| items.and_then(reference)),
        at: doc.at_prop(prop),
        item: items.map(kind),
        nested,
        rules: rules(doc, json::prop(schema, "rls")),
    })
}

/// The entity that a `$ref` names (`#/entities/Client`, `Client.jsonc`).
fn reference(schema: &Object<'_>) -> Option<String> {
    let written = json::text(schema, "$ref")?;
    let last = written.rsplit(['/', '#']).next()?;
    let name = last.split('.').next().filter(|name| !name.is_empty())?;
    Some(name.to_owned())
}

/// The rules of an `rls` object, each with its place.
fn rules(doc: &Doc<'_>, rls: Option<&ObjectProp<'_>>) -> BTreeMap<String, Rule> {
    let Some(object) = rls.and_then(|rls| rls.value.as_object()) else {
        return BTreeMap::new();
    };
    let rule = |prop: &ObjectProp<'_>| Rule {
        condition: json::plain(&prop.value),
        at: doc.at_prop(prop),
    };
    object
        .properties
        .iter()
        .map(|prop| (json::key(prop).to_owned(), rule(prop)))
        .collect()
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
