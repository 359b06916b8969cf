//! The names a plan may use at some point, what each stands for, and how TypeScript says it.
//!
//! Checking and compiling walk a plan with the same scope, so that what was checked is what is
//! compiled. A path that leads nowhere is an error with the nearest name that does exist.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use linchpin_app::{App, Entity, Field, Kind, Role};
use linchpin_catalog::Operation;

use super::error::did_you_mean;
use super::{EntityEvent, InputField, InputKind, Plan, PlanError, Trigger};
use crate::template::{Path, is_name};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape<'a> {
    /// A record of an entity.
    Record(&'a Entity),
    /// A list of records.
    Records(&'a Entity),
    /// A provider's answer.
    Answer,
    /// A list out of a provider's answers.
    Answers,
    /// The signed-in user.
    User,
    /// What the caller hands in.
    Input(&'a [InputField]),
}

/// What kind of value a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Number,
    Boolean,
    Day,
    Moment,
    List,
    Object,
    /// Whatever a provider answered.
    Unknown,
    /// Text that a filter has made, empty when there was no value.
    Shown,
}

/// A path that leads somewhere.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found<'a> {
    /// The expression.
    pub(crate) code: String,
    /// What it gives.
    pub(crate) kind: ValueKind,
    /// Whether it may give nothing.
    pub(crate) optional: bool,
    /// The record it is part of, by name.
    pub(crate) record: Option<(&'a Entity, String)>,
    /// The list it is, when it is one.
    pub(crate) list: Option<Shape<'a>>,
}

/// Names with what they stand for.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    names: Vec<Name<'a>>,
    taken: BTreeSet<String>,
    own: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Name<'a> {
    name: String,
    code: String,
    shape: Shape<'a>,
}

/// Words that a variable can't be, or that mean something else in the functions written here.
const RESERVED: &str = "arguments as async await base44 base64 before break call callPage case catch cause class clock \
    connection const continue crypto dateIn day debugger default delete do download due else encodeWords \
    enum error escapeMarkup eval export extends failures false fetch finally for formatDate \
    formatDateTime formatMoney formatTime from function headerJson headers headerText hour hourAt id if implements import in \
    inWords input instanceof interface isAddress isNaN let mailbox message mime new nextLink nextQuery now null of \
    package page parse payload plainCell private protected public query raw reason related req return \
    saved sent stableId static status super switch text this throw timeZone today true try type \
    typeof undefined url user var void weekday while with yield answer Array Blob Date Deno Error FormData Intl JSON \
    Math Number Object Promise Request Response String URL URLSearchParams";

impl<'a> Scope<'a> {
    /// What is known before the first step.
    pub(crate) fn of(plan: &'a Plan, app: &'a App) -> Self {
        let mut scope = Self {
            names: Vec::new(),
            taken: BTreeSet::new(),
            own: BTreeSet::new(),
        };
        match &plan.trigger {
            Trigger::Call => {
                scope.builtin("user", Shape::User);
                scope.builtin("input", Shape::Input(&plan.input));
            }
            Trigger::Schedule { .. } => {}
            Trigger::Entity { entity, .. } => {
                if let Some(entity) = find_entity(app, entity) {
                    scope.bind(&record_name(&entity.name), Shape::Record(entity));
                }
            }
        }
        scope
    }

    fn builtin(&mut self, name: &str, shape: Shape<'a>) {
        self.names.push(Name {
            name: name.to_owned(),
            code: name.to_owned(),
            shape,
        });
    }

    /// Binds a name and gives the variable it is in TypeScript.
    pub(crate) fn bind(&mut self, name: &str, shape: Shape<'a>) -> String {
        let code = self.variable(name);
        self.names.push(Name {
            name: name.to_owned(),
            code: code.clone(),
            shape,
        });
        code
    }

    /// A variable of ours; the reserved words keep the plan's names away from it.
    pub(crate) fn own(&mut self, name: &str) -> String {
        let mut code = name.to_owned();
        for n in 2.. {
            if !self.taken.contains(&code) && self.own.insert(code.clone()) {
                break;
            }
            code = format!("{name}{n}");
        }
        code
    }

    /// This scope with the variables of ours that an inner one has taken.
    pub(crate) fn keeping(mut self, inner: &Self) -> Self {
        self.own.extend(inner.own.iter().cloned());
        self
    }

    fn variable(&mut self, name: &str) -> String {
        let camel = camel(name);
        let mut code = camel.clone();
        for n in 2.. {
            let reserved = RESERVED.split_whitespace().any(|word| word == code);
            if !reserved && !self.own.contains(&code) && !self.taken.contains(&code) {
                break;
            }
            code = if n == 2 {
                format!("{camel}Record")
            } else {
                format!("{camel}{n}")
            };
        }
        self.taken.insert(code.clone());
        code
    }

    /// Binds a name that must be new; `place` is for the error.
    pub(crate) fn declare(&mut self, place: &str, name: &str, shape: Shape<'a>) -> Result<String, PlanError> {
        let fault = |why, example| PlanError::Name {
            place: place.to_owned(),
            name: name.to_owned(),
            why,
            example,
        };
        if !is_name(name) {
            return Err(fault("it isn't a word of letters, digits and `_`", "openTasks"));
        }
        if ["user", "input", "now", "today"].contains(&name) {
            return Err(fault("it already means something in every template", "openTasks"));
        }
        if self.names.iter().any(|known| known.name == name) {
            return Err(fault("it is taken", "openTasks"));
        }
        Ok(self.bind(name, shape))
    }

    fn lookup(&self, name: &str) -> Option<&Name<'a>> {
        self.names.iter().rev().find(|known| known.name == name)
    }

    fn unbound(&self, place: &str, name: &str) -> PlanError {
        if name == "user" {
            return PlanError::Nobody {
                place: place.to_owned(),
            };
        }
        let names = || self.names.iter().map(|known| known.name.as_str());
        let known: Vec<String> = names()
            .chain(["now", "today"])
            .map(|name| format!("`{name}`"))
            .collect();
        PlanError::Unbound {
            place: place.to_owned(),
            name: name.to_owned(),
            hint: did_you_mean(name, names()),
            known: known.join(", "),
        }
    }

    /// Follows a path.
    pub(crate) fn find(&self, place: &str, path: &Path) -> Result<Found<'a>, PlanError> {
        let known = self
            .lookup(path.root())
            .ok_or_else(|| self.unbound(place, path.root()))?;
        let rest = path.0.get(1..).unwrap_or_default();
        let mut found = Found {
            code: known.code.clone(),
            kind: ValueKind::Object,
            optional: false,
            record: None,
            list: None,
        };
        let Some((member, deeper)) = rest.split_first() else {
            match known.shape {
                Shape::Records(_) | Shape::Answers => {
                    found.kind = ValueKind::List;
                    found.list = Some(known.shape);
                }
                Shape::Answer => found.kind = ValueKind::Unknown,
                Shape::Record(_) | Shape::User | Shape::Input(_) => {}
            }
            return Ok(found);
        };
        match known.shape {
            Shape::Record(entity) => {
                found.record = Some((entity, known.code.clone()));
                (found.kind, found.optional) = field_kind(place, entity, member)?;
            }
            Shape::Records(_) | Shape::Answers => {
                if member != "length" {
                    return Err(PlanError::Kind {
                        place: place.to_owned(),
                        path: path.to_string(),
                        is: "a part of a list",
                        needed: "one record",
                        next: "Use `.length`, or `{{#each}}` and a step `each` to reach the records.",
                    });
                }
                found.kind = ValueKind::Number;
            }
            Shape::Answer => (found.kind, found.optional) = (ValueKind::Unknown, true),
            Shape::User => {
                found.optional = !["id", "email", "role"].contains(&member.as_str());
                found.kind = if member == "id" || member == "email" || member == "full_name" || member == "role" {
                    ValueKind::Text
                } else {
                    ValueKind::Unknown
                };
            }
            Shape::Input(fields) => {
                let field = fields.iter().find(|field| field.name == *member).ok_or_else(|| {
                    let names = fields.iter().map(|field| field.name.as_str());
                    PlanError::Unbound {
                        place: place.to_owned(),
                        name: path.to_string(),
                        hint: did_you_mean(member, names.clone()),
                        known: names
                            .map(|name| format!("`input.{name}`"))
                            .collect::<Vec<_>>()
                            .join(", "),
                    }
                })?;
                (found.kind, found.optional) = (input_kind(field.kind), !field.required);
            }
        }
        member_of(&mut found.code, member, false);
        for segment in deeper {
            let length = segment == "length" && found.kind == ValueKind::List;
            member_of(
                &mut found.code,
                segment,
                found.optional || found.kind != ValueKind::Unknown,
            );
            found.kind = if length { ValueKind::Number } else { ValueKind::Unknown };
            found.optional = true;
        }
        Ok(found)
    }

    /// The list at a path with the shape of its items.
    pub(crate) fn list(&self, place: &str, path: &Path) -> Result<(Found<'a>, Shape<'a>), PlanError> {
        let found = self.find(place, path)?;
        let item = match (found.list, found.kind) {
            (Some(Shape::Records(entity)), _) => Shape::Record(entity),
            (Some(_), _) | (None, ValueKind::List | ValueKind::Unknown) => Shape::Answer,
            _ => {
                return Err(PlanError::Kind {
                    place: place.to_owned(),
                    path: path.to_string(),
                    is: "no list",
                    needed: "a list",
                    next: "Read records into a list first, and use its name.",
                });
            }
        };
        Ok((found, item))
    }

    /// The record of that name.
    pub(crate) fn record(&self, place: &str, name: &str) -> Result<(&'a Entity, String), PlanError> {
        let known = self.lookup(name).ok_or_else(|| self.unbound(place, name))?;
        match known.shape {
            Shape::Record(entity) => Ok((entity, known.code.clone())),
            _ => Err(PlanError::Kind {
                place: place.to_owned(),
                path: name.to_owned(),
                is: "no record",
                needed: "a record",
                next: "Name the trigger's record, one read by `get`, or one of an `each`.",
            }),
        }
    }
}

/// Appends `.member`, `?.member` or `[0]`.
fn member_of(code: &mut String, member: &str, optional: bool) {
    let number = member.bytes().all(|b| b.is_ascii_digit());
    code.push_str(match (number, optional) {
        (false, false) => ".",
        (false, true) => "?.",
        (true, false) => "",
        (true, true) => "?.",
    });
    match number {
        true => {
            let index = member.trim_start_matches('0');
            code.push_str(&format!("[{}]", if index.is_empty() { "0" } else { index }));
        }
        false => code.push_str(member),
    }
}

/// An entity by name; `User` is built in.
pub(crate) fn find_entity<'a>(app: &'a App, name: &str) -> Option<&'a Entity> {
    static USER: OnceLock<Entity> = OnceLock::new();
    let own = app.entities.iter().find(|entity| entity.name == name);
    own.or_else(|| {
        let user = || Entity {
            name: "User".to_owned(),
            inferred: true,
            ..Entity::default()
        };
        (name == "User").then(|| USER.get_or_init(user))
    })
}

/// Fields every record has, with what they hold.
pub(crate) const BUILT_IN: [(&str, ValueKind); 6] = [
    ("id", ValueKind::Text),
    ("created_date", ValueKind::Moment),
    ("updated_date", ValueKind::Moment),
    ("created_by", ValueKind::Text),
    ("created_by_id", ValueKind::Text),
    ("is_sample", ValueKind::Boolean),
];

/// What a field holds, and whether it may be empty.
pub(crate) fn field_kind(place: &str, entity: &Entity, name: &str) -> Result<(ValueKind, bool), PlanError> {
    if let Some(field) = entity.field(name) {
        if !is_name(name) {
            return Err(PlanError::Name {
                place: place.to_owned(),
                name: name.to_owned(),
                why: "the field can't be written as `record.field`",
                example: "client_name",
            });
        }
        return Ok((kind_of(field), !field.required));
    }
    if let Some((_, kind)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
        return Ok((*kind, name != "id"));
    }
    if entity.inferred && is_name(name) {
        return Ok((ValueKind::Unknown, true));
    }
    Err(PlanError::Field {
        place: place.to_owned(),
        entity: entity.name.clone(),
        field: name.to_owned(),
        hint: did_you_mean(name, entity.fields.iter().map(|field| field.name.as_str())),
    })
}

fn kind_of(field: &Field) -> ValueKind {
    match (field.kind, field.format.as_deref()) {
        (Kind::Integer | Kind::Number, _) => ValueKind::Number,
        (Kind::Boolean, _) => ValueKind::Boolean,
        (Kind::Array, _) => ValueKind::List,
        (Kind::Object, _) => ValueKind::Object,
        (Kind::String, Some("date")) => ValueKind::Day,
        (Kind::String, Some("date-time")) => ValueKind::Moment,
        (Kind::String, Some(_)) => ValueKind::Text,
        (Kind::String, None) => match field.role {
            Some(Role::DateTime | Role::Start | Role::End) => ValueKind::Moment,
            Some(Role::Date | Role::Due) => ValueKind::Day,
            _ => ValueKind::Text,
        },
    }
}

fn input_kind(kind: InputKind) -> ValueKind {
    match kind {
        InputKind::Text | InputKind::Email | InputKind::Id => ValueKind::Text,
        InputKind::Number => ValueKind::Number,
        InputKind::Boolean => ValueKind::Boolean,
        InputKind::Date => ValueKind::Day,
        InputKind::DateTime => ValueKind::Moment,
    }
}

/// The name under which a trigger's record goes: `StudioSettings` is `studioSettings`.
pub(crate) fn record_name(entity: &str) -> String {
    let mut chars = entity.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `open_tasks` as TypeScript writes it: `openTasks`.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut out = words.next().map_or_else(String::new, record_name);
    for word in words {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase).chain(chars));
    }
    out
}

/// Whether all that happened is that the record went away.
pub(crate) fn only_deletes(events: &[EntityEvent]) -> bool {
    !events.is_empty() && events.iter().all(|event| *event == EntityEvent::Delete)
}

/// What an operation's list of items is bound as.
pub(crate) fn answer_shape<'a>(operation: &Operation) -> Shape<'a> {
    match operation.pagination {
        Some(_) => Shape::Answers,
        None => Shape::Answer,
    }
}
