//! Entities and their fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::At;

/// A kind of record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Its name (`Booking`).
    pub name: String,
    /// What it is for, if the schema says.
    pub description: Option<String>,
    /// Where it is declared, or first used when `inferred`.
    pub at: At,
    /// Its fields in the schema's order; the built-in ones (`id`, `created_date`, …) left out. `User`
    /// always has `email`, `full_name` and `role`, which the platform gives it.
    pub fields: Vec<Field>,
    /// Whether row-level security limits reads to the record's own user.
    pub owner_only: bool,
    /// Its row-level rule for reads as the schema has it, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_rule: Option<serde_json::Value>,
    /// Where its row-level security is written, if it has any.
    pub rls_at: Option<At>,
    /// Whether it has no schema and was inferred from code.
    pub inferred: bool,
    /// What declares it.
    #[serde(default)]
    pub origin: Origin,
    /// All its row-level rules as the schema has them: `create`, `read`, `update`, `delete`, `write`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Rule>,
}

/// A rule that says who may do something with a record or a field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The condition as it is written.
    pub condition: serde_json::Value,
    /// Where.
    pub at: At,
}

/// What declares an entity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A schema file of Base44.
    #[default]
    Schema,
    /// Calls, forms and reads in code.
    Code,
    /// A model of a Prisma schema.
    Prisma,
    /// A `CREATE TABLE` in an SQL file.
    Sql,
    /// A table of a live database.
    Database,
}

impl Entity {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The first field with that role.
    pub fn with_role(&self, role: Role) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(role))
    }
}

/// A field of an entity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name (`client_email`).
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// JSON Schema's `format`, if given.
    pub format: Option<String>,
    /// What it is for, if the schema says.
    pub description: Option<String>,
    /// Allowed values, if it is an enum.
    pub options: Vec<String>,
    /// Whether a record must have it.
    pub required: bool,
    /// The default, as JSON, if given.
    pub default: Option<serde_json::Value>,
    /// What it means to people, as far as name, type and format tell.
    pub role: Option<Role>,
    /// The entity it refers to (`client_id` → `Client`).
    pub refers_to: Option<String>,
    /// Where it is declared.
    pub at: At,
    /// What people see for each of `options`, in step with them, if the schema says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What a list's items are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Kind>,
    /// Fields of a nested object, or of a list's objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<Field>,
    /// Its own rules (field-level security).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Rule>,
}

/// A field's JSON type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text.
    #[default]
    String,
    /// Whole number.
    Integer,
    /// Number.
    Number,
    /// Yes or no.
    Boolean,
    /// List.
    Array,
    /// Nested object.
    Object,
}

/// What a field means to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A person's name.
    PersonName,
    /// An organisation.
    Company,
    /// A short title of the record.
    Title,
    /// Money.
    Money,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// Where something begins (with an end beside it).
    Start,
    /// Where something ends.
    End,
    /// A day by which something is due.
    Due,
    /// A state out of several.
    Status,
    /// A file or picture.
    File,
    /// A web address.
    Url,
    /// A postal address or place.
    Place,
    /// Who made or has it.
    Owner,
    /// Who does it.
    Assignee,
    /// How many.
    Quantity,
    /// Free text.
    Text,
    /// An id at another service (`calendar_event_id`).
    ExternalId,
}
