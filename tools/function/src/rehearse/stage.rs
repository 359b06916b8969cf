//! What a rehearsal is set with: the function, the app around it, and who starts it how.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use linchpin_app::App;
use linchpin_catalog::Catalog;
use serde_json::{Map, Value, json};

use super::{samples, trigger};
use crate::{Caller, Condition, EntityEvent, InputKind, Plan, Proof, Step, Trigger};

/// Everything a rehearsal needs to know.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    /// The function's file, relative to the app; its relative imports start there.
    pub file: String,
    /// The function's TypeScript.
    pub source: &'a str,
    /// Other files it may import (`base44/shared/**`), by path relative to the app.
    pub modules: BTreeMap<String, String>,
    /// The app, whose schema the samples are made from.
    pub app: &'a App,
    /// Where provider answers come from.
    pub catalog: &'a Catalog,
    /// What was proved of the draft, where it was.
    pub proof: Option<&'a Proof>,
    /// What starts it.
    pub start: Start,
    /// Who may start it; `None` when nobody said (a function the app already has).
    pub caller: Option<Caller>,
    /// Connectors that are connected; `None` means whichever it asks for.
    pub connected: Option<BTreeSet<String>>,
    /// What `Deno.env.get` and `secrets` give.
    pub env: BTreeMap<String, String>,
    /// What an automation hands in besides the event (`function_args`).
    pub args: Map<String, Value>,
    /// What the function looks for: the first sample of each entity is made to be found.
    pub wanted: Vec<(String, Vec<Condition>)>,
    /// What goes wrong in further runs.
    pub faults: Vec<Fault>,
    /// The clock of the runs.
    pub now: DateTime<Utc>,
}

/// What starts a function in a rehearsal.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// A call with this JSON body.
    Call {
        /// The body.
        body: Value,
        /// Names of members without which the function must answer 4xx.
        required: Vec<String>,
    },
    /// A schedule that is due at the stage's `now`.
    Schedule {
        /// IANA time zone the schedule is meant in.
        zone: String,
    },
    /// Something happened to a record.
    Entity {
        /// The entity.
        entity: String,
        /// What may happen; the first is what the callers' runs rehearse.
        events: Vec<EntityEvent>,
        /// What must hold of the record for the function to act.
        when: Vec<Condition>,
    },
}

/// What goes wrong in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The provider refuses the token.
    Unauthorized,
    /// The provider says 429 with `Retry-After: 2`, once, then answers.
    RateLimited,
    /// The provider answers 500 to everything.
    Broken,
    /// The provider never answers.
    Silent,
    /// The account is not connected, or its key is missing.
    NotConnected,
    /// What the connection comes with (a subdomain) would lead calls to another host.
    Hostile,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 6] = [
        Self::Unauthorized,
        Self::RateLimited,
        Self::Broken,
        Self::Silent,
        Self::NotConnected,
        Self::Hostile,
    ];
}

/// What a run starts with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// Who calls, as a `User` record; nobody when anonymous.
    pub user: Option<Value>,
    /// The JSON body.
    pub body: Value,
    /// The records, by entity.
    pub records: BTreeMap<String, Vec<Value>>,
}

/// What the steps read, the steps of loops included.
fn wanted(steps: &[Step], out: &mut Vec<(String, Vec<Condition>)>) {
    for step in steps {
        match step {
            Step::Read { entity, filter, .. } if !filter.is_empty() => out.push((entity.clone(), filter.clone())),
            Step::Each { steps, .. } => wanted(steps, out),
            _ => {}
        }
    }
}

/// The clock of a rehearsal that nobody set: a Monday morning, 2026-03-02 08:30 UTC.
const MONDAY: i64 = 1_772_440_200;

impl<'a> Stage<'a> {
    /// A function of which nothing is known but its code: called with an empty body, by anybody.
    pub fn new(file: &str, source: &'a str, app: &'a App, catalog: &'a Catalog) -> Self {
        Self {
            file: file.to_owned(),
            source,
            modules: BTreeMap::new(),
            app,
            catalog,
            proof: None,
            start: Start::Call {
                body: json!({}),
                required: Vec::new(),
            },
            caller: None,
            connected: None,
            env: BTreeMap::new(),
            args: Map::new(),
            wanted: Vec::new(),
            faults: Fault::ALL.to_vec(),
            now: DateTime::from_timestamp(MONDAY, 0).unwrap_or_default(),
        }
    }

    /// The stage for what a plan says: its trigger, its caller and sample input. A schedule sets
    /// the clock to the next moment it is due.
    #[must_use]
    pub fn of_plan(mut self, plan: &Plan) -> Self {
        self.caller = Some(plan.caller.clone());
        self.wanted.clear();
        wanted(&plan.steps, &mut self.wanted);
        self.start = match &plan.trigger {
            Trigger::Call => {
                let body = plan.input.iter().map(|field| {
                    let value = match field.kind {
                        InputKind::Text => json!(format!("Sample {}", field.name.replace('_', " "))),
                        InputKind::Email => json!("mara.vogel@example.org"),
                        InputKind::Number => json!(3),
                        InputKind::Boolean => json!(true),
                        InputKind::Date => json!(self.now.date_naive().to_string()),
                        InputKind::DateTime => json!(samples::stamp(self.now)),
                        InputKind::Id => json!(self.id_for(&field.name)),
                    };
                    (field.name.clone(), value)
                });
                let required = plan.input.iter().filter(|f| f.required);
                Start::Call {
                    body: Value::Object(body.collect()),
                    required: required.map(|f| f.name.clone()).collect(),
                }
            }
            Trigger::Schedule { schedule } => {
                if let Ok(due) = schedule.next_due(self.now) {
                    self.now = due;
                }
                Start::Schedule {
                    zone: schedule.time_zone.clone(),
                }
            }
            Trigger::Entity { entity, events, when } => Start::Entity {
                entity: entity.clone(),
                events: events.clone(),
                when: when.clone(),
            },
        };
        self
    }

    /// What the run starts with that the function is meant for: seed a real server with it and a
    /// real run hears and says the same.
    pub fn scene(&self) -> Scene {
        let runs = super::cast::callers(self);
        super::cast::meant(self, &runs).map_or_else(Scene::default, |run| self.scene_of(run))
    }

    /// What each run starts with, by the name of its rehearsal. A run in which something goes
    /// wrong starts as [`Self::scene`].
    pub fn scenes(&self) -> Vec<(String, Scene)> {
        let runs = super::cast::callers(self).into_iter();
        runs.map(|run| (run.name.clone(), self.scene_of(run))).collect()
    }

    fn scene_of(&self, run: super::cast::Run) -> Scene {
        Scene {
            user: run
                .caller
                .person
                .map(|person| person.record(&run.caller.role, self.now)),
            body: run.body,
            records: self.records(run.changed),
        }
    }

    fn records(&self, changed: BTreeMap<String, Vec<Value>>) -> BTreeMap<String, Vec<Value>> {
        let names = self
            .app
            .entities
            .iter()
            .map(|entity| entity.name.as_str())
            .chain(["User"]);
        let mut all: BTreeMap<String, Vec<Value>> = names
            .filter_map(|name| Some((name.to_owned(), self.records_of(name)?)))
            .collect();
        all.extend(changed);
        all
    }

    /// The sample records of an entity, the first of them as the function looks for it; `None`
    /// when the app has no such entity.
    pub(super) fn records_of(&self, entity: &str) -> Option<Vec<Value>> {
        let mut records = samples::of_entity(self.app, entity, self.now, self.zone())?;
        for (_, filter) in self.wanted.iter().filter(|(name, _)| name == entity) {
            let options = |field: &str| self.options(entity, field);
            if let Some(record) = records.first_mut() {
                trigger::tune(record, filter, &options, self.now);
            }
        }
        Some(records)
    }

    /// The values an entity's field may have, if it is an enum.
    pub(super) fn options(&self, entity: &str, field: &str) -> Vec<String> {
        let entity = self.app.entities.iter().find(|e| e.name == entity);
        entity
            .and_then(|e| e.field(field))
            .map(|f| f.options.clone())
            .unwrap_or_default()
    }

    /// The zone whose "today" the samples lie around.
    pub(super) fn zone(&self) -> &str {
        match &self.start {
            Start::Schedule { zone } => zone,
            _ => "UTC",
        }
    }

    /// The id of the sample that an input such as `booking_id` means.
    fn id_for(&self, name: &str) -> String {
        let stem: String = name
            .to_ascii_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let stem = stem.strip_suffix("id").unwrap_or(&stem);
        let entity = self
            .app
            .entities
            .iter()
            .find(|e| e.name.eq_ignore_ascii_case(stem))
            .or_else(|| self.app.entities.first());
        entity.map_or_else(|| samples::id("input", name), |entity| samples::id(&entity.name, "0"))
    }
}
