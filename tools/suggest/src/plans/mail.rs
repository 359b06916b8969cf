//! Gmail: a message when something happens, and a digest by the clock.

use linchpin_app::{App, Entity, Field, Kind, Role};
use linchpin_catalog::Mode;
use linchpin_function::{CallStep, Caller, Condition, Mail, Op, Plan, Repeat, Schedule, Step, Trigger};

use super::{Cx, Moment, call, on_event};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "gmail";

/// Who gets a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// One address gets the whole list.
    Address(String),
    /// Each person gets the records whose `field` holds their address. `people` is an entity with
    /// addresses in `email`; `User` and `email` for the app's own users.
    Each {
        /// The field of the record: `assignee_email`, `created_by`.
        field: String,
        /// The entity of the people.
        people: String,
        /// Its field with their address.
        email: String,
    },
}

/// Words in the names of things to do.
const WORK: &[&str] = &[
    "task",
    "todo",
    "ticket",
    "issue",
    "chore",
    "assignment",
    "reminder",
    "followup",
    "action",
    "tarea",
    "tarefa",
    "aufgabe",
    "tache",
    "משימה",
];

/// Whether an entity's name says that its records are things to do.
pub fn is_work(entity: &Entity) -> bool {
    phrase::words(entity)
        .iter()
        .any(|word| WORK.iter().any(|stem| word.starts_with(stem)))
}

/// Who each record of an entity is for: who works on it, as a member of staff where the app has
/// such an entity, else as a user; where nobody is named, the user who made it.
pub fn recipients(app: &App, entity: &Entity) -> Recipients {
    let worker = anatomy::worker(entity);
    match worker.and_then(|field| Some((field, anatomy::people(app, field)?))) {
        Some((worker, (people, email))) => Recipients::Each {
            field: worker.name.clone(),
            people: people.name.clone(),
            email: email.name.clone(),
        },
        None => Recipients::Each {
            field: worker.map_or("created_by", |field| field.name.as_str()).to_owned(),
            people: "User".to_owned(),
            email: "email".to_owned(),
        },
    }
}

/// Every day at a time of day (`08:00`).
pub fn daily(at: &str, time_zone: &str) -> Schedule {
    Schedule {
        repeat: Repeat::Daily,
        at: at.to_owned(),
        time_zone: time_zone.to_owned(),
    }
}

/// Mails the records of an entity that are still open, at the times of `schedule`.
pub fn mail_digest(cx: &Cx<'_>, entity: &Entity, schedule: Schedule, to: &Recipients) -> Option<Plan> {
    cx.operation(CONNECTOR, "send_email")?;
    let name = phrase::function(cx.app, &["mail", &entity.name, "digest"]);
    let open = phrase::plural(&entity.name);
    let (purpose, steps) = match to {
        Recipients::Address(address) => {
            let mut steps = read_open(entity, None);
            steps.push(send(cx, entity, address.clone())?);
            (format!("Mail the open {open} to {address}."), steps)
        }
        Recipients::Each { field, people, email } => {
            let person = if people == "User" {
                "person".to_owned()
            } else {
                phrase::record(people)
            };
            let everyone = if people == "User" {
                "people".to_owned()
            } else {
                phrase::list(people)
            };
            let own = Condition {
                field: field.clone(),
                op: Op::Eq,
                value: format!("{{{{{person}.{email}}}}}").into(),
            };
            let mut inner = read_open(entity, Some(own));
            inner.push(send(cx, entity, format!("{{{{{person}.{email}}}}}"))?);
            let in_use = cx
                .app
                .entities
                .iter()
                .find(|one| one.name == *people)
                .and_then(anatomy::active);
            let steps = vec![
                Step::Read {
                    entity: people.clone(),
                    bind: everyone.clone(),
                    filter: in_use
                        .map(|field| Condition {
                            field: field.name.clone(),
                            op: Op::Eq,
                            value: true.into(),
                        })
                        .into_iter()
                        .collect(),
                    sort: None,
                    limit: Some(500),
                },
                Step::Each {
                    over: everyone,
                    bind: person,
                    steps: inner,
                },
            ];
            let whom = if people == "User" {
                "each user".to_owned()
            } else {
                format!("each {people}")
            };
            (format!("Mail {whom} their open {open}."), steps)
        }
    };
    Some(Plan {
        name,
        purpose,
        connector: CONNECTOR.to_owned(),
        mode: Mode::Shared,
        trigger: Trigger::Schedule { schedule },
        caller: Caller::Automation,
        input: Vec::new(),
        steps,
    })
}

/// Mails the signed-in user, through their own account, the open records that are theirs; `field`
/// is the one that holds their address.
pub fn own_mail_digest(cx: &Cx<'_>, entity: &Entity, field: &str) -> Option<Plan> {
    let open = phrase::plural(&entity.name);
    let own = Condition {
        field: field.to_owned(),
        op: Op::Eq,
        value: "{{user.email}}".into(),
    };
    let mut steps = read_open(entity, Some(own));
    steps.push(send(cx, entity, "{{user.email}}".to_owned())?);
    Some(Plan {
        name: phrase::function(cx.app, &["mail", "my", &open]),
        purpose: format!("Mail the user who asks their open {open}."),
        connector: CONNECTOR.to_owned(),
        mode: Mode::AppUser,
        trigger: Trigger::Call,
        caller: Caller::SignedIn,
        input: Vec::new(),
        steps,
    })
}

/// Mails the person in the field `to` when `moment` comes.
pub fn mail_on_event(cx: &Cx<'_>, entity: &Entity, moment: &Moment, to: &str) -> Option<Plan> {
    let operation = cx.operation(CONNECTOR, "send_email")?;
    let record = phrase::record(&entity.name);
    let spoken = phrase::spoken(&entity.name);
    let zone = anatomy::zone_argument(entity, &record, cx.time_zone);
    let greeting = entity.with_role(Role::PersonName).map_or_else(
        || "Hello,".to_owned(),
        |name| {
            let otherwise = if name.required { "" } else { " | default('there')" };
            format!("Hello {{{{{record}.{}{otherwise}}}}},", name.name)
        },
    );
    let said = match moment {
        Moment::Created => format!("we have your {spoken}."),
        other => format!("your {spoken} {}.", other.words().replacen("becomes", "is now", 1)),
    };
    let subject = match moment {
        Moment::Created => format!("Your {spoken}"),
        other => format!("Your {spoken}: {}", other.word()),
    };
    let mut lines = vec![greeting, String::new(), said];
    let details = anatomy::details(entity, &record, &zone, false, 6);
    if !details.is_empty() {
        lines.push(String::new());
        lines.extend(details);
    }
    let step = call(CallStep {
        operation,
        mail: Some(Mail {
            to: vec![format!("{{{{{record}.{to}}}}}")],
            subject,
            text: lines.join("\n"),
            ..Mail::default()
        }),
        ..CallStep::default()
    });
    let name = phrase::function(cx.app, &["mail", &entity.name, &moment.word()]);
    let purpose = format!("When {} {}, mail {to}.", phrase::a(&entity.name), moment.words());
    Some(on_event(entity, moment, CONNECTOR, name, purpose, vec![step]))
}

/// Reads what is open, soonest first; ends when there is nothing.
fn read_open(entity: &Entity, own: Option<Condition>) -> Vec<Step> {
    let list = phrase::list(&entity.name);
    vec![
        Step::Read {
            entity: entity.name.clone(),
            bind: list.clone(),
            filter: own.into_iter().chain(open(entity)).collect(),
            sort: due(entity).map(|field| field.name.clone()),
            limit: Some(100),
        },
        Step::StopIfEmpty { list },
    ]
}

/// The condition that a record is not over.
fn open(entity: &Entity) -> Option<Condition> {
    let field = anatomy::status(entity)?;
    let (op, value) = if field.kind == Kind::Boolean {
        (Op::Ne, true.into())
    } else {
        match anatomy::finished(field).as_slice() {
            [] => return None,
            [one] => (Op::Ne, (*one).into()),
            many => (Op::NotIn, many.to_vec().into()),
        }
    };
    Some(Condition {
        field: field.name.clone(),
        op,
        value,
    })
}

fn due(entity: &Entity) -> Option<&Field> {
    [Role::Due, Role::Date, Role::DateTime, Role::Start]
        .into_iter()
        .find_map(|role| entity.with_role(role))
}

/// The message with one line a record.
fn send(cx: &Cx<'_>, entity: &Entity, to: String) -> Option<Step> {
    let operation = cx.operation(CONNECTOR, "send_email")?;
    let (record, list) = (phrase::record(&entity.name), phrase::list(&entity.name));
    let zone = format!("'{}'", cx.time_zone);
    let mut line = format!("- {}", anatomy::headline(entity, &record));
    if let Some(field) = due(entity) {
        let label = match field.role {
            Some(Role::Due) => "due".to_owned(),
            _ => phrase::spoken(&field.name),
        };
        line.push_str(&format!(" ({label} {})", anatomy::value(field, &record, Some(&zone))));
    }
    let open = phrase::plural(&entity.name);
    Some(call(CallStep {
        operation,
        mail: Some(Mail {
            to: vec![to],
            subject: format!("Your open {open} for {{{{today | date}}}}"),
            text: format!("Open {open}: {{{{{list}.length}}}}\n\n{{{{#each {list} as {record}}}}}{line}{{{{/each}}}}"),
            ..Mail::default()
        }),
        ..CallStep::default()
    }))
}
