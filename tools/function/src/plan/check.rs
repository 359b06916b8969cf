//! Whether a plan can be compiled for an app: everything it names exists, and what it wants can
//! be had. All errors are reported at once, so that a model can mend them in one go.

mod call;

use std::collections::BTreeSet;

use linchpin_app::{App, Entity};
use linchpin_catalog::{Catalog, Connector, Mode};
use serde_json::Value as Json;

pub(crate) use self::call::file_param;
use super::error::did_you_mean;
use super::scope::{Scope, Shape, answer_shape, field_kind, find_entity, only_deletes};
use super::{CallStep, Caller, Condition, EntityEvent, Op, Plan, PlanError, Step, Trigger};
use crate::compile::steps::calls_in;
use crate::compile::text::Lower;
use crate::template::{Path, is_name};

/// The largest number of records one run reads.
pub(crate) const MOST: u32 = 1000;

impl Plan {
    /// Whether this plan can be compiled for this app.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with what to write instead.
    pub fn validate(&self, app: &App, catalog: &Catalog) -> Result<(), Vec<PlanError>> {
        let zone = match &self.trigger {
            Trigger::Schedule { schedule } => Some(schedule.time_zone.as_str()),
            _ => None,
        };
        let lower = Lower::new(Scope::of(self, app), app, zone);
        let mut check = Check {
            plan: self,
            app,
            catalog,
            lower,
            errors: Vec::new(),
            guarded: false,
        };
        check.plan();
        if check.errors.is_empty() {
            Ok(())
        } else {
            Err(check.errors)
        }
    }
}

struct Check<'a> {
    plan: &'a Plan,
    app: &'a App,
    catalog: &'a Catalog,
    lower: Lower<'a>,
    errors: Vec<PlanError>,
    /// Whether something keeps the function from starting itself by what it writes.
    guarded: bool,
}

impl<'a> Check<'a> {
    fn note<T>(&mut self, result: Result<T, PlanError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    fn plan(&mut self) {
        self.name();
        if self.catalog.get(&self.plan.connector).is_none() {
            self.errors.push(unknown_connector(self.catalog, &self.plan.connector));
        }
        self.trigger();
        self.caller();
        self.input();
        if self.plan.steps.is_empty() {
            self.errors.push(PlanError::Place {
                place: "steps".to_owned(),
                why: "there are none".to_owned(),
                next: "Add at least the call of an operation.",
            });
        }
        self.steps("steps", &self.plan.steps, 0);
    }

    fn name(&mut self) {
        let name = &self.plan.name;
        let word = |part: &str| is_name(part) && part.is_ascii();
        if name.len() > 64 || !name.split('/').all(word) {
            self.errors.push(PlanError::Name {
                place: "name".to_owned(),
                name: name.chars().take(80).collect(),
                why: "a function is named in at most 64 Latin letters, digits and `_`",
                example: "addBookingToCalendar",
            });
        }
    }

    fn trigger(&mut self) {
        match &self.plan.trigger {
            Trigger::Call => {}
            Trigger::Schedule { schedule } => {
                let timing = schedule.timing();
                self.note(timing);
            }
            Trigger::Entity { entity, events, when } => {
                if events.is_empty() {
                    self.errors.push(PlanError::Place {
                        place: "trigger.events".to_owned(),
                        why: "there are none".to_owned(),
                        next: "Name `create`, `update` or `delete`.",
                    });
                }
                if events.contains(&EntityEvent::Delete) && !only_deletes(events) {
                    self.errors.push(PlanError::Place {
                        place: "trigger.events".to_owned(),
                        why: "a deleted record can't be read again, so `delete` needs a function of its own".to_owned(),
                        next: "Plan one function for `delete` and one for the others.",
                    });
                }
                let Some(entity) = self.entity(entity) else { return };
                self.guarded = !events.contains(&EntityEvent::Update);
                for (i, condition) in when.iter().enumerate() {
                    self.guarded |= matches!(condition.op, Op::Changed | Op::Becomes);
                    self.condition(&format!("trigger.when[{i}]"), entity, condition);
                }
            }
        }
    }

    fn caller(&mut self) {
        let who = match &self.plan.trigger {
            Trigger::Call => None,
            Trigger::Schedule { .. } => Some("a schedule"),
            Trigger::Entity { .. } => Some("an entity trigger"),
        };
        let admin = matches!(&self.plan.caller, Caller::Role { role } if role == "admin");
        if let (Some(who), false) = (who, admin || self.plan.caller == Caller::Automation) {
            self.errors.push(PlanError::Caller { who });
        }
        if let Caller::Role { role } = &self.plan.caller
            && (role.is_empty() || role.len() > 64 || role.chars().any(char::is_control))
        {
            self.errors.push(PlanError::Place {
                place: "caller.role".to_owned(),
                why: "it is not a role's name".to_owned(),
                next: "Name a role of the app, such as `admin`.",
            });
        }
        let anyone = match (who, &self.plan.caller) {
            (Some(who), _) => Some(who),
            (None, Caller::Anyone) => Some("a function that anyone may call"),
            (None, Caller::Automation) => Some("an automation"),
            (None, Caller::SignedIn | Caller::Role { .. }) => None,
        };
        // A key is the app's own, whoever calls.
        let only_keys = calls_in(&self.plan.steps)
            .filter_map(|call| {
                self.catalog
                    .get(call.connector.as_deref().unwrap_or(&self.plan.connector))
            })
            .all(|connector| connector.auth.key.is_some());
        if let (Mode::AppUser, Some(who), false) = (self.plan.mode, anyone, only_keys) {
            self.errors.push(PlanError::NoUser {
                connector: self.plan.connector.clone(),
                who,
            });
        }
    }

    fn input(&mut self) {
        if !self.plan.input.is_empty() && self.plan.trigger != Trigger::Call {
            self.errors.push(PlanError::Place {
                place: "input".to_owned(),
                why: "only a function that is called has input".to_owned(),
                next: "Remove it, or set the trigger to `call`.",
            });
        }
        let mut seen = BTreeSet::new();
        for (i, field) in self.plan.input.iter().enumerate() {
            let why = match is_name(&field.name) && field.name.is_ascii() {
                false => "it isn't a word of letters, digits and `_`",
                true if !seen.insert(&field.name) => "it is taken",
                true => continue,
            };
            self.errors.push(PlanError::Name {
                place: format!("input[{i}]"),
                name: field.name.clone(),
                why,
                example: "booking_id",
            });
        }
    }

    fn entity(&mut self, name: &str) -> Option<&'a Entity> {
        let found = find_entity(self.app, name).filter(|entity| is_name(&entity.name));
        if found.is_none() {
            let names = self.app.entities.iter().map(|entity| entity.name.as_str());
            self.errors.push(PlanError::Entity {
                name: name.to_owned(),
                hint: did_you_mean(name, names),
            });
        }
        found
    }

    fn condition(&mut self, place: &str, entity: &Entity, condition: &Condition) {
        if self.note(field_kind(place, entity, &condition.field)).is_none() {
            return;
        }
        if matches!(condition.op, Op::Exists | Op::Missing | Op::Changed) {
            return;
        }
        let values = match (&condition.value, condition.op) {
            (Json::Array(values), Op::In | Op::NotIn) => values.as_slice(),
            (_, Op::In | Op::NotIn) | (Json::Null | Json::Array(_) | Json::Object(_), _) => {
                self.errors.push(PlanError::Place {
                    place: place.to_owned(),
                    why: format!("`{}` can't be compared with `{}`", condition.field, condition.value),
                    next: "Give a list for `in` and `not_in`, else one value; use `exists` or `missing` for no value.",
                });
                return;
            }
            (value, _) => std::slice::from_ref(value),
        };
        let options = entity.field(&condition.field).map_or(&[][..], |field| &field.options);
        for value in values {
            let Json::String(text) = value else { continue };
            let code = self.lower.value(place, text, false);
            self.note(code);
            let exact = matches!(condition.op, Op::Eq | Op::Ne | Op::In | Op::NotIn | Op::Becomes);
            if exact && !options.is_empty() && !text.contains("{{") && !options.contains(text) {
                let hint = did_you_mean(text, options.iter().map(String::as_str));
                let options: Vec<String> = options.iter().map(|option| format!("`{option}`")).collect();
                self.errors.push(PlanError::Choice {
                    place: place.to_owned(),
                    field: format!("{}.{}", entity.name, condition.field),
                    value: text.clone(),
                    next: format!("{hint} It can be {}.", options.join(", ")),
                });
            }
        }
    }

    fn steps(&mut self, place: &str, steps: &'a [Step], depth: usize) {
        for (i, step) in steps.iter().enumerate() {
            let place = format!("{place}[{i}]");
            match step {
                Step::Read {
                    entity,
                    bind,
                    filter,
                    sort,
                    limit,
                } => {
                    let Some(entity) = self.entity(entity) else { continue };
                    for (i, condition) in filter.iter().enumerate() {
                        let place = format!("{place}.filter[{i}]");
                        if matches!(condition.op, Op::Changed | Op::Becomes) {
                            self.errors.push(PlanError::Place {
                                place: place.clone(),
                                why: "a filter sees only what a record is now".to_owned(),
                                next: "Use `eq`, or put the condition into an entity trigger.",
                            });
                        }
                        self.condition(&place, entity, condition);
                    }
                    if let Some(sort) = sort {
                        let field = sort.strip_prefix(['-', '+']).unwrap_or(sort);
                        self.note(field_kind(&format!("{place}.sort"), entity, field));
                    }
                    if limit.is_some_and(|limit| limit == 0 || limit > MOST) {
                        self.errors.push(PlanError::Place {
                            place: format!("{place}.limit"),
                            why: "one run reads between 1 and 1,000 records".to_owned(),
                            next: "Choose a number in between, or narrow the filter.",
                        });
                    }
                    let declared = self.lower.scope.declare(&place, bind, Shape::Records(entity));
                    self.note(declared);
                }
                Step::Get { entity, id, bind } => {
                    let Some(entity) = self.entity(entity) else { continue };
                    let code = self.lower.text(&format!("{place}.id"), id);
                    self.note(code);
                    let declared = self.lower.scope.declare(&place, bind, Shape::Record(entity));
                    self.note(declared);
                }
                Step::Each { over, bind, steps } => self.each(&place, over, bind, steps, depth),
                Step::StopIfEmpty { list } => {
                    let found = dotted(&place, list).and_then(|path| self.lower.scope.list(&place, &path));
                    self.note(found);
                }
                Step::Call(call) => self.call(&place, call),
                Step::Write { entity, record, set } => self.write(&place, entity, record, set),
            }
        }
    }

    fn each(&mut self, place: &str, over: &str, bind: &str, steps: &'a [Step], depth: usize) {
        if depth > 0 {
            self.errors.push(PlanError::Place {
                place: place.to_owned(),
                why: "an `each` inside an `each` has no bound".to_owned(),
                next: "Read what the inner one needs before, or plan a second function.",
            });
            return;
        }
        let list = dotted(place, over).and_then(|path| self.lower.scope.list(place, &path));
        let Some((_, shape)) = self.note(list) else { return };
        let outer = self.lower.scope.clone();
        let declared = self.lower.scope.declare(place, bind, shape);
        if self.note(declared).is_some() {
            self.steps(&format!("{place}.steps"), steps, depth + 1);
        }
        self.lower.scope = outer;
    }

    fn call(&mut self, place: &str, call: &'a CallStep) {
        let id = call.connector.as_deref().unwrap_or(&self.plan.connector);
        let Some(connector) = self.catalog.get(id) else {
            // The plan's own connector has been reported already.
            if call.connector.is_some() {
                self.errors.push(unknown_connector(self.catalog, id));
            }
            return;
        };
        let Some(operation) = connector.operation(&call.operation) else {
            let ids = connector.operations.iter().map(|operation| operation.id.as_str());
            self.errors.push(PlanError::Operation {
                connector: connector.id.clone(),
                id: call.operation.clone(),
                hint: did_you_mean(&call.operation, ids),
            });
            return;
        };
        self.lower.markup = is_markup(connector);
        self.params(place, call, operation);
        self.headers(place, call, operation);
        self.body(place, call, operation);
        self.lower.markup = false;
        if let Some(unless) = &call.unless {
            self.guarded = true;
            let place = format!("{place}.unless");
            let found = dotted(&place, unless).and_then(|path| self.lower.scope.find(&place, &path));
            self.note(found);
        }
        if let Some(bind) = &call.bind {
            let declared = self.lower.scope.declare(place, bind, answer_shape(operation));
            self.note(declared);
        }
    }

    fn write(&mut self, place: &str, entity: &str, record: &str, set: &std::collections::BTreeMap<String, Json>) {
        let found = self.lower.scope.record(place, record);
        let Some((actual, _)) = self.note(found) else { return };
        if actual.name != entity {
            self.errors.push(PlanError::Place {
                place: place.to_owned(),
                why: format!("`{record}` is a {}, not a {entity}", actual.name),
                next: "Name the record's own entity.",
            });
            return;
        }
        for (field, value) in set {
            let place = format!("{place}.set.{field}");
            self.note(field_kind(&place, actual, field));
            let code = self.lower.json(&place, value, &[]);
            self.note(code);
        }
        let own = matches!(&self.plan.trigger, Trigger::Entity { entity: started, .. } if started == entity);
        if own && !self.guarded {
            self.errors.push(PlanError::Loop {
                place: place.to_owned(),
                entity: entity.to_owned(),
            });
        }
    }
}

fn unknown_connector(catalog: &Catalog, id: &str) -> PlanError {
    PlanError::Connector {
        id: id.to_owned(),
        hint: did_you_mean(id, catalog.ids()),
    }
}

/// Whether a connector reads its texts as markup in which anyone can be called.
pub(crate) fn is_markup(connector: &Connector) -> bool {
    connector.auth.family == "slack"
}

/// A path out of its text.
pub(crate) fn dotted(place: &str, text: &str) -> Result<Path, PlanError> {
    Path::parse(text.trim()).ok_or_else(|| PlanError::Place {
        place: place.to_owned(),
        why: format!("`{text}` is not a path"),
        next: "Write names with dots between them, such as `booking.client_email`.",
    })
}
