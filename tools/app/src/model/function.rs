//! What runs behind the pages: functions, connectors, agents.

use serde::{Deserialize, Serialize};

use super::{At, EntityUse, FunctionCall, HostUse, Integration, Variable};

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
    /// What starts it, each as data; `words` are those of `automations`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Other backend functions it calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<FunctionCall>,
    /// Services it uses by own means, `Core.*` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Integration>,
    /// Environment variables it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// Hosts it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostUse>,
    /// Where it asks who calls it (`auth.me()`), if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_user: Option<At>,
}

/// What starts a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Of which kind.
    pub kind: TriggerKind,
    /// The entity, or the connector type, that it listens to; empty for a schedule.
    pub source: String,
    /// The events it listens to (`create`, `update`, `mailbox`); empty for all, and for a schedule.
    pub events: Vec<String>,
    /// Whether it is switched on.
    pub active: bool,
    /// In words.
    pub words: String,
    /// Where it is declared.
    pub at: At,
}

/// Kinds of triggers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// A time.
    #[default]
    Schedule,
    /// A record was created, changed or deleted.
    Entity,
    /// Something happened at a connected service.
    Connector,
    /// Anything else that a workflow may start with (a sign-in, a publication, an agent).
    Other,
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
