//! What a person can look at without a turn: read only, never logged, never seen by a model.
//!
//! A [`Wanted`] goes out, a [`Found`] comes back, in whatever order. Neither is an `Op` or an
//! `Event`: nothing of it changes what the agent does, so a replay needs none of it.

use linchpin_question::{FunctionFacts, Mode, Sensitivity};
use serde::{Deserialize, Serialize};

use crate::ChangeId;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "snake_case")]
pub enum Wanted {
    /// What can be connected.
    Catalog,
    /// The app's functions with their checks.
    Functions,
    /// What was changed.
    History,
    /// Who can reach what.
    Map,
    /// The lines around a line of the app.
    Source {
        /// Path relative to the app.
        file: String,
        /// Line, from 1.
        line: u32,
    },
}

/// What there was to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// What can be connected, by name.
    Catalog {
        /// One per connector.
        offers: Vec<Offer>,
    },
    /// The app's functions, by name.
    Functions {
        /// Each with its checks.
        functions: Vec<FunctionRow>,
    },
    /// What was changed, newest first.
    History {
        /// Each with its files.
        changes: Vec<ChangeRow>,
    },
    /// Who can reach what.
    Map {
        /// The map.
        map: AppMap,
    },
    /// The lines around a line of the app.
    Source {
        /// Path relative to the app.
        file: String,
        /// The line that was asked for, from 1.
        line: u32,
        /// The number of the first line in `text`.
        first: u32,
        /// The lines.
        text: Vec<String>,
    },
    /// It could not be looked at.
    Nothing {
        /// What was wanted.
        wanted: Wanted,
        /// What happened, why, and what to do.
        why: String,
    },
}

/// A connector as people browse it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is called besides.
    pub aliases: Vec<String>,
    /// Its categories, the main one first.
    pub categories: Vec<String>,
    /// What an app does with it.
    pub purpose: String,
    /// The mode that is advised when the app says nothing, and why.
    pub advised: (Mode, String),
    /// Each permission in plain words.
    pub permissions: Vec<(String, Sensitivity)>,
    /// What has to be done at the vendor, one step each.
    pub setup: Vec<String>,
    /// Where that is.
    pub console_url: String,
    /// Known traps.
    pub traps: Vec<String>,
    /// Prompts made from this app, best first.
    pub prompts: Vec<String>,
    /// Whether the app has it already.
    pub declared: bool,
}

/// A function as people browse it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionRow {
    /// The facts from its code.
    pub facts: FunctionFacts,
    /// Whether all checks are fine.
    pub ok: bool,
    /// Why it could not be checked, if it couldn't.
    pub problem: Option<String>,
    /// Its text.
    pub source: String,
}

/// An applied change as people browse it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Its number.
    pub change: ChangeId,
    /// What it was for.
    pub title: String,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whether it was taken back.
    pub undone: bool,
    /// Its files, each with lines added and removed.
    pub files: Vec<(String, usize, usize)>,
}

/// Entities and pages → functions → connectors → scopes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AppMap {
    /// The app's name.
    pub app: String,
    /// Its pages.
    pub pages: Vec<MapPage>,
    /// Its entities' names.
    pub entities: Vec<String>,
    /// Its functions.
    pub functions: Vec<MapFunction>,
}

/// A page on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapPage {
    /// Its name.
    pub name: String,
    /// Entities it reads or writes.
    pub entities: Vec<String>,
    /// Functions it calls.
    pub calls: Vec<String>,
}

/// A function on the map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MapFunction {
    /// Its name.
    pub name: String,
    /// What starts it, in words.
    pub trigger: String,
    /// Who may call it, in words.
    pub callers: String,
    /// Entities it reads ("reads Booking") and writes.
    pub entities: Vec<String>,
    /// Connectors it goes through.
    pub reaches: Vec<Reach>,
    /// Hosts it calls without a connector, and calls that could not be resolved.
    pub elsewhere: Vec<String>,
    /// Whether all checks are fine.
    pub ok: bool,
}

/// A function's way through a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The connector's id.
    pub connector: String,
    /// Its name.
    pub name: String,
    /// Whose account.
    pub mode: Mode,
    /// What is done there, in words.
    pub does: Vec<String>,
    /// The scopes that takes, each in plain words.
    pub scopes: Vec<(String, String)>,
}
