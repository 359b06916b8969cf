//! The typed intent behind a function. The guide, the suggestions and every model reach this
//! same type; the compiler turns it into TypeScript.
//!
//! Texts in a plan are templates: `{{booking.client_name}}` puts a value in, `{{booking.start |
//! date}}` formats it, `{{#each tasks}}- {{task.title}}{{/each}}` repeats, one line for each. A
//! body value that is exactly one `{{…}}` keeps the value's type. Paths begin with a name bound by
//! the trigger (the entity's name with a small first letter), by a step, or by `input`, `user`,
//! `now`, `today`.
//!
//! The whole language:
//! - `{{path}}`: `booking.client_name`, `tasks.length`, `event.attendees.0.email`.
//! - `{{now}}`, `{{today}}`, `{{today + 7d}}`, `{{now - 2h}}` (units `m`, `h`, `d`).
//! - Filters: `date`, `time`, `datetime`, each with an optional zone (`datetime('Europe/Berlin')`,
//!   `datetime(studio.time_zone)`); `money`, with an optional currency (`money('EUR')`);
//!   `default('none')`. They chain: `{{task.due_date | date | default('some day')}}`.
//! - `{{#each tasks}}…{{/each}}` names each record by the list's singular (`task`);
//!   `{{#each tasks as t}}` names it otherwise, `{{#each tasks with ', '}}` joins by something
//!   else than a line break.
//! - `\\{{` is two braces.

use std::collections::BTreeMap;

use linchpin_catalog::Mode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) mod check;
mod error;
pub(crate) mod schedule;
pub(crate) mod scope;

pub use error::PlanError;
pub(crate) use schedule::parse_zone;

/// What a function shall do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The function's name in camel case, such as `addBookingToCalendar`.
    pub name: String,
    /// What it is for, in one sentence in the builder's words.
    pub purpose: String,
    /// The connector it uses, by id.
    pub connector: String,
    /// Whose account it runs through.
    #[schemars(with = "String")]
    pub mode: Mode,
    /// What starts it.
    pub trigger: Trigger,
    /// Who may start it.
    pub caller: Caller,
    /// What a caller hands in (only for trigger `call`).
    #[serde(default)]
    pub input: Vec<InputField>,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// What starts a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// The app (or a person with its address) calls it.
    Call,
    /// The clock.
    Schedule {
        /// When it is due.
        schedule: Schedule,
    },
    /// Something happened to a record.
    Entity {
        /// The entity's name.
        entity: String,
        /// What happened.
        events: Vec<EntityEvent>,
        /// What must hold of the record; else nothing is done.
        #[serde(default)]
        when: Vec<Condition>,
    },
}

/// When a schedule is due, on the clock of a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// How often.
    pub repeat: Repeat,
    /// Time of day as `HH:MM`; for `hourly` only the minutes count.
    pub at: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
}

/// How often a schedule is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Repeat {
    /// Every so many hours, counted from midnight UTC.
    Hourly {
        /// The number of hours: 1, 2, 3, 4, 6, 8 or 12.
        every: u8,
    },
    /// Every day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// On some days of the week.
    Weekly {
        /// The days.
        days: Vec<Weekday>,
    },
    /// Once a month.
    Monthly {
        /// The day of the month, 1 to 28.
        day: u8,
    },
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EntityEvent {
    Create,
    Update,
    Delete,
}

/// Who may start a function. An automation's function is also open to admins, for testing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Caller {
    /// Anyone on the internet, without signing in.
    Anyone,
    /// Whoever is signed in to the app.
    SignedIn,
    /// Signed-in users with a role; admins always may.
    Role {
        /// The role's name.
        role: String,
    },
    /// The platform's own automations, and admins.
    Automation,
}

/// A value that a caller hands in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: InputKind,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// What it is.
    pub about: String,
}

/// The type of an input value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum InputKind {
    Text,
    Email,
    Number,
    Boolean,
    Date,
    DateTime,
    Id,
}

/// One thing a function does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Reads records of an entity into a list.
    Read {
        /// The entity's name.
        entity: String,
        /// The list's name (`tasks`).
        bind: String,
        /// What must hold of a record.
        #[serde(default)]
        filter: Vec<Condition>,
        /// The field to sort by, `-` before it for the largest first.
        #[serde(default)]
        sort: Option<String>,
        /// At most how many, 200 when not said and never more than 1,000.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// Reads one record; the function answers 404 (or skips) when there is none.
    Get {
        /// The entity's name.
        entity: String,
        /// Its id, as a template (`{{input.booking_id}}`, `{{booking.client_id}}`).
        id: String,
        /// The record's name (`client`).
        bind: String,
    },
    /// Does steps for each record of a list. A record that fails does not stop the others.
    Each {
        /// The list's name.
        over: String,
        /// Each record's name.
        bind: String,
        /// What is done for it.
        steps: Vec<Step>,
    },
    /// Ends quietly when a list is empty.
    StopIfEmpty {
        /// The list's name.
        list: String,
    },
    /// Calls an operation of a connector.
    Call(Box<CallStep>),
    /// Writes fields of a record back.
    Write {
        /// The entity's name.
        entity: String,
        /// The record's name (`booking`).
        record: String,
        /// Fields with their values; strings are templates.
        set: BTreeMap<String, serde_json::Value>,
    },
}

/// A call of a connector's operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallStep {
    /// The operation's id in the catalog.
    pub operation: String,
    /// The connector when it is not the plan's.
    #[serde(default)]
    pub connector: Option<String>,
    /// Path parameters.
    #[serde(default)]
    pub path: BTreeMap<String, String>,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Header parameters: a template, or an object that is sent as JSON. One that keeps a
    /// repetition harmless (`Idempotency-Key`) is made by itself.
    #[serde(default)]
    pub header: BTreeMap<String, serde_json::Value>,
    /// The body: JSON, the fields of a form, or the variables of a GraphQL document. Its strings
    /// are templates.
    #[serde(default)]
    pub body: Option<serde_json::Value>,
    /// The file, for operations that take one.
    #[serde(default)]
    pub file: Option<FileSource>,
    /// The message, for operations that send a MIME message.
    #[serde(default)]
    pub mail: Option<Mail>,
    /// The name under which later steps see the answer.
    #[serde(default)]
    pub bind: Option<String>,
    /// A path (`booking.calendar_event_id`): the call is left out when it already has a value,
    /// so that a repeated trigger does nothing twice.
    #[serde(default)]
    pub unless: Option<String>,
}

/// A file that a call sends: its content is written here, or fetched from a field of a record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// The content, as a template. Either this or `url`.
    #[serde(default)]
    pub text: Option<String>,
    /// A path to a field that holds the address of a file of the app (`invoice.file_url`).
    #[serde(default)]
    pub url: Option<String>,
    /// The file's name, as a template; for operations that ask for one.
    #[serde(default)]
    pub name: Option<String>,
    /// Its media type, such as `text/csv`.
    #[serde(default)]
    pub media_type: Option<String>,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Recipients, as templates.
    pub to: Vec<String>,
    /// Copies.
    #[serde(default)]
    pub cc: Vec<String>,
    /// Where answers go.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
}

/// A condition on a field. In a trigger the field is the record's (`status`); in a filter the
/// entity's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field's name.
    pub field: String,
    /// How it is compared.
    pub op: Op,
    /// With what: a literal or a template such as `{{today}}`. Unused by `exists`, `missing`, `changed`.
    #[serde(default)]
    pub value: serde_json::Value,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; `becomes` is `eq` now and not before")]
pub enum Op {
    Eq,
    Ne,
    In,
    NotIn,
    Gt,
    Gte,
    Lt,
    Lte,
    Contains,
    Exists,
    Missing,
    Changed,
    Becomes,
}
