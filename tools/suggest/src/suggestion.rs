//! What a suggestion is. Its `Serialize` form is what `suggest --json` prints.

use std::collections::BTreeSet;

use linchpin_app::At;
use linchpin_catalog::Mode;
use linchpin_function::Plan;
use serde::{Deserialize, Serialize};

/// Something that could be connected, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its place, from 1.
    pub rank: usize,
    /// Stable for the app (`googlecalendar/event/Booking`): what a dismissal remembers.
    pub id: String,
    /// The connector's id.
    pub connector: String,
    /// A few words.
    pub title: String,
    /// What the builder would say, in the app's own words.
    pub prompt: String,
    /// Whose account is advised.
    pub mode: Mode,
    /// Why that one.
    pub mode_reason: String,
    /// What in the app speaks for it, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// What it would replace (`Core.SendEmail in …:46`).
    pub replaces: Option<String>,
    /// The plan it stands for. What only the builder can know (a channel, a spreadsheet) is left
    /// out of it; the catalog says what to ask.
    pub plan: Plan,
}

/// A place in the app, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Path relative to the app.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What is there, in plain words.
    pub why: String,
}

impl Evidence {
    /// What is at a place.
    pub(crate) fn at(at: &At, why: impl Into<String>) -> Self {
        Self {
            file: at.file.clone(),
            line: at.line,
            why: why.into(),
        }
    }
}

/// What the one who asks can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// At most so many.
    pub limit: usize,
    /// Ids of suggestions that are not wanted.
    pub dismissed: BTreeSet<String>,
    /// The builder's IANA time zone: schedules and records without a zone of their own use it.
    pub time_zone: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: 10,
            dismissed: BTreeSet::new(),
            time_zone: "UTC".to_owned(),
        }
    }
}
