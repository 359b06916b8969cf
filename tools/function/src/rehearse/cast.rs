//! Who calls in which run, with what, and what is expected of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::judge::Expect;
use super::rls::may_read;
use super::samples::{self, ADMIN, Person, USER};
use super::trigger;
use super::world::{Caller as Who, SERVICE_TOKEN, USER_TOKEN};
use super::{Fault, Stage, Start};
use crate::{Caller, EntityEvent};

/// One run to be made.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) name: String,
    pub(super) caller: Who,
    pub(super) body: Value,
    pub(super) expect: Expect,
    pub(super) fault: Option<Fault>,
    /// Records that are not as the samples have them, by entity.
    pub(super) changed: BTreeMap<String, Vec<Value>>,
    /// When, where it is not the stage's own clock.
    pub(super) now: DateTime<Utc>,
}

fn nobody() -> Who {
    Who {
        person: None,
        role: String::new(),
    }
}

fn somebody(person: Person, role: &str) -> Who {
    Who {
        person: Some(person),
        role: role.to_owned(),
    }
}

/// The callers' runs, in order.
pub(super) fn callers(stage: &Stage<'_>) -> Vec<Run> {
    let mut runs = Vec::new();
    let (body, set) = body_and_records(stage, None, 0, None);
    let mut add = |name: &str, caller: Who, expect: Expect| {
        let body = own(stage, &body, &caller);
        runs.push(Run {
            name: name.to_owned(),
            caller,
            body,
            expect,
            fault: None,
            changed: set.clone(),
            now: stage.now,
        });
    };
    add("anonymous", nobody(), expected(stage, "anonymous"));
    add("user", somebody(USER, "user"), expected(stage, "user"));
    if let Some(Caller::Role { role }) = &stage.caller
        && !matches!(role.as_str(), "user" | "admin")
    {
        add(role, somebody(USER, role), Expect::Done);
    }
    add("admin", somebody(ADMIN, "admin"), expected(stage, "admin"));
    let automated = !matches!(stage.start, Start::Call { .. }) || matches!(stage.caller, Some(Caller::Automation));
    if automated {
        add("automation", somebody(ADMIN, "admin"), expected(stage, "automation"));
    }
    runs.extend(variants(stage));
    runs
}

fn expected(stage: &Stage<'_>, name: &str) -> Expect {
    match (&stage.caller, name) {
        (None, _) => Expect::Whatever,
        (Some(Caller::Anyone), _) => Expect::Done,
        (Some(_), "anonymous") => Expect::Refused,
        (Some(Caller::SignedIn), _) => Expect::Done,
        (Some(Caller::Automation), "user") => Expect::Refused,
        (Some(Caller::Automation), _) => Expect::Done,
        (Some(Caller::Role { role }), "user") if role == "user" => Expect::Done,
        (Some(Caller::Role { .. }), "user") => Expect::Refused,
        (Some(Caller::Role { role }), _) if role == "admin" => Expect::Done,
        // Whether an admin may stand in for another role is the function's own affair.
        (Some(Caller::Role { .. }), _) => Expect::Whatever,
    }
}

/// The run that the function is meant for, with nothing gone wrong: faults happen to this one.
pub(super) fn meant(stage: &Stage<'_>, runs: &[Run]) -> Option<Run> {
    let name = match (&stage.caller, &stage.start) {
        (Some(Caller::Anyone), _) => "anonymous",
        (Some(Caller::SignedIn), Start::Call { .. }) => "user",
        (Some(Caller::Role { role }), _) => role.as_str(),
        (_, Start::Call { .. }) => "admin",
        _ => "automation",
    };
    runs.iter().find(|run| run.name == name).cloned()
}

/// A fault that happens to a run.
pub(super) fn faulty(run: &Run, fault: Fault) -> Run {
    let name = match fault {
        Fault::Unauthorized => "provider 401",
        Fault::RateLimited => "provider 429",
        Fault::Broken => "provider 500",
        Fault::Silent => "provider timeout",
        Fault::NotConnected => "not connected",
        Fault::Hostile => "hostile host",
    };
    Run {
        name: name.to_owned(),
        expect: Expect::Survives(fault),
        fault: Some(fault),
        ..run.clone()
    }
}

/// Further runs that the trigger or the input asks for.
fn variants(stage: &Stage<'_>) -> Vec<Run> {
    let told = stage.caller.is_some();
    let run = |name: String, caller: Who, body: Value, set: BTreeMap<String, Vec<Value>>, expect: Expect| Run {
        name,
        caller,
        body,
        expect: if told { expect } else { Expect::Whatever },
        fault: None,
        changed: set,
        now: stage.now,
    };
    let mut runs = Vec::new();
    match &stage.start {
        Start::Call { required, .. } if !required.is_empty() => {
            let caller = match &stage.caller {
                Some(Caller::Anyone) => nobody(),
                Some(Caller::SignedIn) => somebody(USER, "user"),
                Some(Caller::Role { role }) => somebody(USER, role),
                _ => somebody(ADMIN, "admin"),
            };
            runs.push(run(
                "no input".to_owned(),
                caller,
                json!({}),
                BTreeMap::new(),
                Expect::BadInput,
            ));
        }
        Start::Entity { events, when, .. } => {
            let admin = || somebody(ADMIN, "admin");
            for event in events.iter().skip(1) {
                let (body, set) = body_and_records(stage, Some(*event), 0, None);
                runs.push(run(
                    format!("automation, on {}", word(*event)),
                    admin(),
                    body,
                    set,
                    Expect::Done,
                ));
            }
            let (body, set) = body_and_records(stage, None, samples::RECORDS - 1, None);
            runs.push(run(
                "automation, awkward text".to_owned(),
                admin(),
                body,
                set,
                Expect::Done,
            ));
            for (i, condition) in when.iter().enumerate().take(3) {
                let (body, set) = body_and_records(stage, None, 0, Some(i));
                let name = format!("automation, {} not met", condition.field);
                runs.push(run(name, admin(), body, set, Expect::Nothing));
            }
        }
        _ => {}
    }
    runs
}

/// The body as somebody sends it who names their own records: the id of one that is hidden from
/// them becomes that of one they may read.
fn own(stage: &Stage<'_>, body: &Value, caller: &Who) -> Value {
    let (Start::Call { .. }, Some(person)) = (&stage.start, &caller.person) else {
        return body.clone();
    };
    let user = person.record(&caller.role, stage.now);
    let mut body = body.clone();
    for value in body
        .as_object_mut()
        .into_iter()
        .flat_map(|members| members.values_mut())
    {
        let first = |name: &str| *value == json!(samples::id(name, "0"));
        let Some(entity) = stage.app.entities.iter().find(|entity| first(&entity.name)) else {
            continue;
        };
        let records = stage.records_of(&entity.name).unwrap_or_default();
        let seen = records.iter().find(|record| may_read(entity, record, Some(&user)));
        if let Some(id) = seen.and_then(|record| record.get("id")) {
            *value = id.clone();
        }
    }
    body
}

fn word(event: EntityEvent) -> &'static str {
    match event {
        EntityEvent::Create => "create",
        EntityEvent::Update => "update",
        EntityEvent::Delete => "delete",
    }
}

/// The body that starts the function, and the records as they are then.
fn body_and_records(
    stage: &Stage<'_>,
    event: Option<EntityEvent>,
    which: usize,
    miss: Option<usize>,
) -> (Value, BTreeMap<String, Vec<Value>>) {
    let mut set = BTreeMap::new();
    let automation = |kind: &str| json!({"id": samples::id("automation", kind), "name": "rehearsal", "type": kind});
    let mut body = match &stage.start {
        Start::Call { body, .. } => body.clone(),
        Start::Schedule { .. } => json!({"automation": automation("scheduled")}),
        Start::Entity { entity, events, when } => {
            let event = event.or_else(|| events.first().copied()).unwrap_or(EntityEvent::Create);
            let mut all = stage.records_of(entity).unwrap_or_default();
            let record = all
                .get(which)
                .cloned()
                .unwrap_or_else(|| json!({"id": samples::id(entity, "0")}));
            let options = |field: &str| stage.options(entity, field);
            let made = trigger::set_off(&record, event, when, miss, &options, stage.now);
            let id = made.data.get("id").cloned().unwrap_or(Value::Null);
            if event == EntityEvent::Delete {
                all.retain(|r| r.get("id") != Some(&id));
            } else if let Some(slot) = all.get_mut(which) {
                *slot = made.data.clone();
            } else {
                all.push(made.data.clone());
            }
            set.insert(entity.clone(), all);
            json!({
                "event": {"type": word(event), "entity_name": entity, "entity_id": id},
                "data": made.data,
                "old_data": made.old,
                "automation": automation("entity"),
            })
        }
    };
    if let (Value::Object(body), true) = (&mut body, !matches!(stage.start, Start::Call { .. })) {
        for (name, value) in &stage.args {
            body.insert(name.clone(), value.clone());
        }
    }
    (body, set)
}

/// The request that reaches the function, as JSON for the shims.
pub(super) fn request(stage: &Stage<'_>, run: &Run) -> String {
    let app = if stage.app.id.is_empty() {
        "5f5f5f5f5f5f5f5f5f5f5f5f"
    } else {
        stage.app.id.as_str()
    };
    let mut headers = vec![
        ("base44-app-id".to_owned(), app.to_owned()),
        ("base44-api-url".to_owned(), "https://base44.app".to_owned()),
        (
            "base44-service-authorization".to_owned(),
            format!("Bearer {SERVICE_TOKEN}"),
        ),
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-base44-app-url".to_owned(), "https://rehearsal.base44.app".to_owned()),
    ];
    if run.caller.person.is_some() {
        headers.push(("authorization".to_owned(), format!("Bearer {USER_TOKEN}")));
    }
    json!({
        "method": "POST",
        "url": "https://rehearsal.base44.app/functions/rehearsal",
        "headers": headers,
        "body": run.body.to_string(),
        "cap": super::engine::ANSWER,
    })
    .to_string()
}
