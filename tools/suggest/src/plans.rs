//! Plan builders, one file a connector. The guide and the suggestions reach the same plans here.
//!
//! A builder takes what is settled and gives a plan that compiles, or `None` when the entity
//! can't carry it or the catalog lacks the call. What only the builder of the app can know
//! (a channel, a spreadsheet, a database) is an `Option`: `None` leaves the parameter out, and the
//! operation's `ask` in the catalog is the question to put.

use std::collections::BTreeMap;

use linchpin_app::{App, Entity, Role};
use linchpin_catalog::{Catalog, Mode};
use linchpin_function::{CallStep, Caller, Condition, EntityEvent, InputField, InputKind, Op, Plan, Step, Trigger};

use crate::phrase;

mod calendar;
mod general;
mod hubspot;
mod mail;
mod notion;
mod sheets;
mod slack;

pub use calendar::{calendar_day, calendar_event, own_calendar_event};
pub use general::{on_own_record, on_record, on_request};
pub use hubspot::hubspot_contact;
pub use mail::{Recipients, daily, is_work, mail_digest, mail_on_event, own_mail_digest, recipients};
pub use notion::notion_page;
pub use sheets::sheet_row;
pub use slack::slack_post;

/// What a builder of plans looks at.
#[derive(Debug, Clone, Copy)]
pub struct Cx<'a> {
    /// The app.
    pub app: &'a App,
    /// The catalog.
    pub catalog: &'a Catalog,
    /// IANA time zone for schedules, and for records that have none of their own.
    pub time_zone: &'a str,
}

impl<'a> Cx<'a> {
    /// The entity of that name, capitals and spaces aside, singular or plural.
    pub fn entity(&self, name: &str) -> Option<&'a Entity> {
        let flat = |name: &str| linchpin_app::name_words(name).concat();
        let wanted = flat(name);
        let is = |entity: &&Entity| flat(&entity.name) == wanted || flat(&phrase::plural(&entity.name)) == wanted;
        self.app.entities.iter().find(is)
    }

    /// The app's to-do list: things to do with a day they are due and a state, else any things to do.
    pub fn to_do(&self) -> Option<&'a Entity> {
        let work = || self.app.entities.iter().filter(|entity| is_work(entity));
        let full = |entity: &&Entity| entity.with_role(Role::Due).is_some() && crate::anatomy::status(entity).is_some();
        work().find(full).or_else(|| work().next())
    }

    /// The id of the operation of a connector that serves an intent.
    pub(crate) fn operation(&self, connector: &str, intent: &str) -> Option<String> {
        let operation = self.catalog.get(connector)?.by_intent(intent)?;
        Some(operation.id.clone())
    }
}

/// What has to happen to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// It is made.
    Created,
    /// A field takes a value, at its making or later.
    Becomes {
        /// The field.
        field: String,
        /// Its value; `true` for a yes-or-no field.
        value: String,
    },
    /// A field takes another value.
    Changes {
        /// The field.
        field: String,
    },
    /// It is removed.
    Deleted,
}

impl Moment {
    /// The moment that matters for an entity: when it reaches the state a builder waits for
    /// (`confirmed`, `paid`), else when it is made.
    pub fn that_matters(entity: &Entity) -> Self {
        crate::anatomy::status(entity)
            .and_then(|field| Some((field, crate::anatomy::reached(field)?)))
            .map_or(Self::Created, |(field, value)| Self::Becomes {
                field: field.name.clone(),
                value: value.to_owned(),
            })
    }

    /// "is created", "becomes confirmed".
    pub fn words(&self) -> String {
        match self {
            Self::Created => "is created".to_owned(),
            Self::Becomes { field, value } if value == "true" => {
                format!("is {}", phrase::spoken(field).trim_start_matches("is "))
            }
            Self::Becomes { value, .. } => format!("becomes {}", value.replace('_', " ")),
            Self::Changes { field } => format!("gets another {}", phrase::spoken(field)),
            Self::Deleted => "is deleted".to_owned(),
        }
    }

    /// "created", "confirmed": one word for names and headlines.
    pub fn word(&self) -> String {
        match self {
            Self::Created => "created".to_owned(),
            Self::Becomes { field, value } if value == "true" => {
                phrase::spoken(field).trim_start_matches("is ").to_owned()
            }
            Self::Becomes { value, .. } => value.replace('_', " "),
            Self::Changes { .. } => "changed".to_owned(),
            Self::Deleted => "deleted".to_owned(),
        }
    }

    /// "New booking", "Booking confirmed".
    pub(crate) fn headline(&self, entity: &Entity) -> String {
        let spoken = phrase::spoken(&entity.name);
        match self {
            Self::Created => format!("New {spoken}"),
            other => format!("{} {}", phrase::capital(&spoken), other.word()),
        }
    }

    /// What starts the function.
    pub fn trigger(&self, entity: &Entity) -> Trigger {
        let condition = |field: &String, op, value| Condition {
            field: field.clone(),
            op,
            value,
        };
        let (events, when) = match self {
            Self::Created => (vec![EntityEvent::Create], Vec::new()),
            Self::Becomes { field, value } => {
                let yes_or_no = entity
                    .field(field)
                    .is_some_and(|field| field.kind == linchpin_app::Kind::Boolean);
                let value = if yes_or_no {
                    (value == "true").into()
                } else {
                    value.clone().into()
                };
                (
                    vec![EntityEvent::Create, EntityEvent::Update],
                    vec![condition(field, Op::Becomes, value)],
                )
            }
            Self::Changes { field } => (
                vec![EntityEvent::Update],
                vec![condition(field, Op::Changed, serde_json::Value::Null)],
            ),
            Self::Deleted => (vec![EntityEvent::Delete], Vec::new()),
        };
        Trigger::Entity {
            entity: entity.name.clone(),
            events,
            when,
        }
    }
}

/// A plan that the platform starts when something happens to a record; it runs through a shared account.
fn on_event(
    entity: &Entity,
    moment: &Moment,
    connector: &str,
    name: String,
    purpose: String,
    steps: Vec<Step>,
) -> Plan {
    Plan {
        name,
        purpose,
        connector: connector.to_owned(),
        mode: Mode::Shared,
        trigger: moment.trigger(entity),
        caller: Caller::Automation,
        input: Vec::new(),
        steps,
    }
}

/// A plan that a signed-in user starts for one record.
fn on_call(entity: &Entity, connector: &str, mode: Mode, name: String, purpose: String, steps: Vec<Step>) -> Plan {
    let id = record_id(entity);
    let get = Step::Get {
        entity: entity.name.clone(),
        id: format!("{{{{input.{id}}}}}"),
        bind: phrase::record(&entity.name),
    };
    Plan {
        name,
        purpose,
        connector: connector.to_owned(),
        mode,
        trigger: Trigger::Call,
        caller: Caller::SignedIn,
        input: vec![InputField {
            name: id,
            kind: InputKind::Id,
            required: true,
            about: format!("The id of the {}.", phrase::spoken(&entity.name)),
        }],
        steps: std::iter::once(get).chain(steps).collect(),
    }
}

fn record_id(entity: &Entity) -> String {
    format!("{}_id", linchpin_app::name_words(&entity.name).join("_"))
}

fn call(step: CallStep) -> Step {
    Step::Call(Box::new(step))
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
