//! What Linchpin knows of an app. Plain data: every fact carries where it was read.

use serde::{Deserialize, Serialize};

/// An app as its folder tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// The app's name: from its config, its package, or its folder.
    pub name: String,
    /// Base44's id of the app where a `.app.jsonc` says it; else empty.
    pub id: String,
    /// How its files are laid out.
    pub layout: Layout,
    /// The `@base44/sdk` version its functions or package name, if any (`0.8.31`).
    pub sdk_version: Option<String>,
    /// Folder of backend functions, relative to the app (`base44/functions`, `functions`).
    pub functions_dir: String,
    /// Folder of connector files, relative to the app.
    pub connectors_dir: String,
    /// Whether the app has `base44/workflows` (and so no legacy automations).
    pub workflows: bool,
    /// Its pages, by route.
    pub pages: Vec<Page>,
    /// Its entities, by name.
    pub entities: Vec<Entity>,
    /// Its backend functions, by name.
    pub functions: Vec<Function>,
    /// Connector files already there.
    pub connectors: Vec<DeclaredConnector>,
    /// Its in-app agents, by name.
    pub agents: Vec<Agent>,
    /// Uses of services that a connector could replace (own API keys, `Core.SendEmail`).
    pub integrations: Vec<Integration>,
    /// What could not be read, and why.
    pub problems: Vec<Problem>,
    /// How many source files were read, and how many bytes.
    pub files_read: usize,
    /// How many bytes of source were read.
    pub bytes_read: usize,
}

/// Where something was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct At {
    /// Path relative to the app, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// How an app's files are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// `base44/{entities,functions,connectors}`, `functions/<name>/entry.ts`.
    #[default]
    Current,
    /// `functions/<name>.ts` and `entities/*.json` at the root.
    Root,
}

/// A page a person can open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its component's name (`Bookings`).
    pub name: String,
    /// Its route (`/Bookings`).
    pub route: String,
    /// Its heading, when one is written out.
    pub title: Option<String>,
    /// Where it is.
    pub at: At,
    /// Whether it is the page that opens first.
    pub main: bool,
    /// Texts a visitor sees (headings, labels, placeholders), in order, without repeats.
    pub words: Vec<String>,
    /// Entities it reads.
    pub reads: Vec<EntityUse>,
    /// Entities it writes.
    pub writes: Vec<EntityUse>,
    /// Whether it filters by the signed-in user, and where.
    pub per_user: Option<At>,
    /// Backend functions it calls.
    pub calls: Vec<FunctionCall>,
    /// Names of form fields.
    pub form_fields: Vec<String>,
}

/// A use of an entity in code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityUse {
    /// The entity's name.
    pub entity: String,
    /// The SDK method (`list`, `filter`, `create`).
    pub method: String,
    /// Where.
    pub at: At,
}

/// A call of a backend function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// The function's name.
    pub function: String,
    /// Where.
    pub at: At,
}

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

/// A backend function that is already there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name (`orders/process`).
    pub name: String,
    /// Where its code is.
    pub at: At,
    /// Connector types it asks for, with the SDK call's place.
    pub connectors: Vec<UsedConnector>,
    /// Entities it touches.
    pub entities: Vec<EntityUse>,
    /// Automations declared beside it, in words.
    pub automations: Vec<String>,
}

/// A connector that a function asks the SDK for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedConnector {
    /// Connector type or app-user connector id.
    pub connector: String,
    /// Whether it is the app-user call.
    pub app_user: bool,
    /// Where.
    pub at: At,
}

/// A `connectors/<type>.jsonc` that is already there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredConnector {
    /// Its type.
    pub id: String,
    /// Scopes it declares.
    pub scopes: Vec<String>,
    /// Where.
    pub at: At,
}

/// An in-app agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// What it is for, if it says.
    pub description: Option<String>,
    /// Entities it may use.
    pub entities: Vec<String>,
    /// Backend functions it may call.
    pub functions: Vec<String>,
    /// Where it is declared.
    pub at: At,
}

/// A use of a service that a connector could replace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// What (`Core.SendEmail`, `resend`, `slack webhook`).
    pub service: String,
    /// Where.
    pub at: At,
}

/// Something that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// What happened, why, and what to do.
    pub message: String,
}
