//! The same steps, started another way: by the clock over a list, or by a person for one record.
//!
//! Plan builders speak of one record that something happens to. What they build is wrapped here
//! when the builder of the app wants it on a schedule or on demand. Also small looks into a plan.

use std::collections::BTreeMap;

use linchpin_app::{App, Entity, name_words};
use linchpin_function::{
    CallStep, Caller, Condition, InputField, InputKind, Mail, Op, Plan, Repeat, Schedule, Step, Trigger,
};
use serde_json::Value;

use super::names::{capital, list, plural, record, spoken};

/// Runs a record's steps by the clock, once for each record that fits.
pub(super) fn by_clock(
    mut plan: Plan,
    entity: &Entity,
    schedule: Schedule,
    filter: Vec<Condition>,
    purpose: String,
) -> Plan {
    let many = list(&entity.name);
    let steps = std::mem::take(&mut plan.steps);
    plan.purpose = purpose;
    plan.trigger = Trigger::Schedule { schedule };
    plan.caller = Caller::Automation;
    plan.steps = vec![
        Step::Read {
            entity: entity.name.clone(),
            bind: many.clone(),
            filter,
            sort: None,
            limit: Some(200),
        },
        Step::StopIfEmpty { list: many.clone() },
        Step::Each {
            over: many,
            bind: record(&entity.name),
            steps,
        },
    ];
    plan
}

/// Runs a record's steps when a signed-in user asks for it.
pub(super) fn by_hand(mut plan: Plan, entity: &Entity, purpose: String) -> Plan {
    let id = format!("{}_id", name_words(&entity.name).join("_"));
    let get = Step::Get {
        entity: entity.name.clone(),
        id: format!("{{{{input.{id}}}}}"),
        bind: record(&entity.name),
    };
    plan.steps.insert(0, get);
    plan.purpose = purpose;
    plan.trigger = Trigger::Call;
    plan.caller = Caller::SignedIn;
    plan.input = vec![InputField {
        name: id,
        kind: InputKind::Id,
        required: true,
        about: format!("The id of the {}.", spoken(&entity.name)),
    }];
    plan
}

/// What a purpose says besides when: "add it to Google Calendar".
pub(super) fn doing(purpose: &str) -> String {
    let text = purpose.trim_end_matches('.');
    if let Some((_, rest)) = text.strip_prefix("When ").and_then(|rest| rest.split_once(", ")) {
        return rest.to_owned();
    }
    let bare = text.split_once(" when ").map_or(text, |(doing, _)| doing);
    let mut chars = bare.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// "Every day at 08:00 (Europe/Berlin), for each new booking: add it to a Google Sheet."
pub(super) fn clock_purpose(schedule: &Schedule, which: &str, entity: &Entity, doing: &str) -> String {
    let which = if which.is_empty() {
        spoken(&entity.name)
    } else {
        format!("{which} {}", spoken(&entity.name))
    };
    format!("{}, for each {which}: {doing}.", capital(&schedule.in_words()))
}

/// How far back the run before lies, as a template.
pub(super) fn since(repeat: &Repeat) -> String {
    match repeat {
        Repeat::Hourly { every } => format!("{{{{now - {every}h}}}}"),
        Repeat::Daily | Repeat::Weekdays => "{{now - 1d}}".to_owned(),
        Repeat::Weekly { days } if days.len() > 1 => "{{now - 4d}}".to_owned(),
        Repeat::Weekly { .. } => "{{now - 7d}}".to_owned(),
        Repeat::Monthly { .. } => "{{now - 31d}}".to_owned(),
    }
}

/// A function's name that the app has no function of.
pub(super) fn function_name(app: &App, words: &[&str]) -> String {
    let parts: Vec<String> = words.iter().flat_map(|word| name_words(word)).collect();
    let mut name = String::new();
    for part in parts {
        let part: String = part.chars().filter(char::is_ascii_alphanumeric).collect();
        name.push_str(&if name.is_empty() { part } else { capital(&part) });
    }
    let taken = |name: &str| app.functions.iter().any(|function| function.name == name);
    if !taken(&name) {
        return name;
    }
    (2..100)
        .map(|n| format!("{name}{n}"))
        .find(|name| !taken(name))
        .unwrap_or(name)
}

/// Every call of a plan, the inner ones too.
pub(super) fn calls(plan: &Plan) -> Vec<&CallStep> {
    fn of<'p>(steps: &'p [Step], out: &mut Vec<&'p CallStep>) {
        for step in steps {
            match step {
                Step::Call(call) => out.push(call),
                Step::Each { steps, .. } => of(steps, out),
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    of(&plan.steps, &mut out);
    out
}

/// Does something to every call of a plan.
pub(super) fn each_call(steps: &mut [Step], change: &mut dyn FnMut(&mut CallStep)) {
    for step in steps {
        match step {
            Step::Call(call) => change(call),
            Step::Each { steps, .. } => each_call(steps, change),
            _ => {}
        }
    }
}

/// Does something to every mail of a plan.
pub(super) fn each_mail(plan: &mut Plan, mut change: impl FnMut(&mut Mail)) {
    each_call(&mut plan.steps, &mut |call| {
        if let Some(mail) = &mut call.mail {
            change(mail);
        }
    });
}

/// Does something to every filter of an entity's records.
pub(super) fn each_filter(steps: &mut [Step], entity: &str, change: &mut dyn FnMut(&mut Vec<Condition>)) {
    for step in steps {
        match step {
            Step::Read {
                entity: name, filter, ..
            } if name == entity => change(filter),
            Step::Each { steps, .. } => each_filter(steps, entity, change),
            _ => {}
        }
    }
}

/// The entity a plan is about: the trigger's, or that of the innermost records it reads.
pub(super) fn subject(plan: &Plan) -> Option<&str> {
    if let Trigger::Entity { entity, .. } = &plan.trigger {
        return Some(entity);
    }
    fn of(steps: &[Step]) -> Option<&str> {
        let inner = steps.iter().find_map(|step| {
            if let Step::Each { steps, .. } = step {
                of(steps)
            } else {
                None
            }
        });
        inner.or_else(|| {
            steps.iter().find_map(|step| match step {
                Step::Read { entity, .. } | Step::Get { entity, .. } => Some(entity.as_str()),
                _ => None,
            })
        })
    }
    of(&plan.steps)
}

/// Adds a condition, or replaces the one on the same field.
pub(super) fn narrow(filter: &mut Vec<Condition>, condition: Condition) {
    let equal = |op: Op| matches!(op, Op::Eq | Op::Ne | Op::In | Op::NotIn | Op::Becomes);
    if equal(condition.op) {
        filter.retain(|one| one.field != condition.field || !equal(one.op));
    } else {
        filter.retain(|one| one.field != condition.field || one.op != condition.op);
    }
    filter.push(condition);
}

/// Puts a value into a call: a path or query parameter, or a member of the body by its dotted name.
pub(super) fn put(call: &mut CallStep, name: &str, place: linchpin_catalog::Place, value: &str) {
    match place {
        linchpin_catalog::Place::Path => {
            call.path.insert(name.to_owned(), value.to_owned());
        }
        linchpin_catalog::Place::Query => {
            call.query.insert(name.to_owned(), value.to_owned());
        }
        // Headers come from the catalog, not from a plan.
        linchpin_catalog::Place::Header => {}
        linchpin_catalog::Place::Body => {
            let body = call.body.get_or_insert_with(|| Value::Object(serde_json::Map::new()));
            let mut here = body;
            for part in name.split('.') {
                if !here.is_object() {
                    *here = Value::Object(serde_json::Map::new());
                }
                here = &mut here[part];
            }
            *here = value.into();
        }
    }
}

/// The operation's id in the catalog for an intent.
pub(super) fn operation(connector: &str, intent: &str) -> Option<String> {
    linchpin_catalog::Catalog::embedded()
        .get(connector)?
        .by_intent(intent)
        .map(|one| one.id.clone())
}

/// Pairs as a map.
pub(super) fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// Says of a list which records are in it ("open tasks" → "overdue tasks"), wherever a builder of
/// plans wrote it. What stands in `{{…}}` is left alone.
pub(super) fn reword(plan: &mut Plan, entity: &Entity, from: &str, to: &str) {
    let many = plural(&entity.name);
    let with = |which: &str| {
        if which.is_empty() {
            many.clone()
        } else {
            format!("{which} {many}")
        }
    };
    let (old, new) = (with(from), with(to));
    let pairs = [
        (format!("the {old}"), format!("the {new}")),
        (format!("their {old}"), format!("their {new}")),
        (format!("Your {old} "), format!("Your {new} ")),
        (format!("{}: {{{{", capital(&old)), format!("{}: {{{{", capital(&new))),
        (
            format!("for each {} {}", from, spoken(&entity.name)),
            format!("for each {} {}", to, spoken(&entity.name)).replace("  ", " "),
        ),
    ];
    let change = |text: &mut String| {
        for (from, to) in &pairs {
            *text = text.replace(from.as_str(), to);
        }
    };
    change(&mut plan.purpose);
    each_mail(plan, |mail| {
        change(&mut mail.subject);
        change(&mut mail.text);
    });
    each_call(&mut plan.steps, &mut |call| {
        if let Some(Value::String(text)) = call.body.as_mut().and_then(|body| body.get_mut("text")) {
            change(text);
        }
    });
}
