//! What Linchpin knows of an app. Plain data: every fact carries where it was read.

mod entity;
mod function;
mod page;
mod service;

use serde::{Deserialize, Serialize};

pub use entity::{Entity, Field, Kind, Origin, Role, Rule};
pub use function::{Agent, DeclaredConnector, Function, Trigger, TriggerKind, UsedConnector};
pub use page::{EntityUse, Form, FormField, FunctionCall, Page};
pub use service::{HostUse, Integration, Variable};

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
    /// What it is built with, as far as files tell, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<Framework>,
    /// Environment variables its code reads, by name, each where it is read first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// Hosts of other services that its code names, each where it is named first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostUse>,
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

/// What an app is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framework {
    /// Base44's SDK or folders.
    Base44,
    /// Next.js with `app/**/page.*`.
    NextApp,
    /// Next.js with `pages/**`.
    NextPages,
    /// React Router: `<Route>` elements, a routes' table, or files under `app/routes`.
    ReactRouter,
    /// A `schema.prisma`.
    Prisma,
    /// `CREATE TABLE` in SQL files.
    Sql,
    /// `supabase/` with migrations or functions.
    Supabase,
}

/// Something that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// What happened, why, and what to do.
    pub message: String,
}
