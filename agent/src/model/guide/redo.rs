//! Changing what sets a plan off, with the texts that speak of it.
//!
//! A plan for "created" greets otherwise than one for "confirmed". Both are built anew, and where the
//! plan on the table is as built, the new words replace the old; what the builder changed stays.

use linchpin_app::Entity;
use linchpin_function::{CallStep, Condition, EntityEvent, Op, Plan, Schedule, Step, Trigger};
use linchpin_suggest::plans::{self, Cx, Moment};
use serde_json::Value;

use super::build;
use super::filter::Filter;
use super::names::record;
use super::resolve::status;
use super::shape::{calls, each_call, narrow};
use super::wish::Deed;

/// The moment that sets a plan off.
pub(super) fn moment(plan: &Plan) -> Option<Moment> {
    let Trigger::Entity { events, when, .. } = &plan.trigger else {
        return None;
    };
    for one in when {
        let value = one.value.as_str().map_or_else(|| one.value.to_string(), str::to_owned);
        match one.op {
            Op::Becomes => {
                return Some(Moment::Becomes {
                    field: one.field.clone(),
                    value,
                });
            }
            Op::Changed => {
                return Some(Moment::Changes {
                    field: one.field.clone(),
                });
            }
            _ => {}
        }
    }
    match events.as_slice() {
        [EntityEvent::Delete] => Some(Moment::Deleted),
        events if events.contains(&EntityEvent::Create) => Some(Moment::Created),
        _ => None,
    }
}

/// What a plan's calls do.
pub(super) fn deed(plan: &Plan) -> Deed {
    let last = calls(plan)
        .last()
        .map(|call| call.operation.clone())
        .unwrap_or_default();
    let intent = linchpin_catalog::Catalog::embedded()
        .get(&plan.connector)
        .and_then(|one| one.operation(&last))
        .map_or("", |one| one.intent.as_str());
    if !super::refuse::PLANNED.contains(&plan.connector.as_str()) {
        return Deed::Any;
    }
    match intent {
        "create_event" => Deed::Event,
        "meet_link" => Deed::Meet,
        "update_event" => Deed::Move,
        "delete_event" => Deed::Drop,
        "post_message" if calls(plan).len() > 1 => Deed::Direct,
        "post_message" => Deed::Post,
        "append_row" => Deed::Row,
        "upsert_contact" => Deed::Contact,
        "create_deal" => Deed::Deal,
        "create_ticket" => Deed::Ticket,
        "log_note" => Deed::Note,
        "create_page" => Deed::Page,
        _ => Deed::Mail,
    }
}

/// Conditions of a plan on its records, as a filter could hold them.
pub(super) fn conditions(plan: &Plan, entity: &Entity) -> Vec<Condition> {
    let Trigger::Entity { when, entity: name, .. } = &plan.trigger else {
        return Vec::new();
    };
    let own = when
        .iter()
        .filter(|_| *name == entity.name)
        .filter(|one| one.op != Op::Changed);
    own.map(|one| Condition {
        op: if one.op == Op::Becomes { Op::Eq } else { one.op },
        ..one.clone()
    })
    .collect()
}

/// The plan as the builders of plans would make it for a moment.
fn built(plan: &Plan, entity: &Entity, moment: &Moment, cx: &Cx<'_>) -> Option<Plan> {
    let own = record(&entity.name);
    match deed(plan) {
        Deed::Mail => {
            let to = calls(plan)
                .iter()
                .find_map(|call| call.mail.as_ref())?
                .to
                .first()?
                .clone();
            let field = to
                .strip_prefix(&format!("{{{{{own}."))
                .and_then(|rest| rest.strip_suffix("}}"));
            match field {
                Some(field) => plans::mail_on_event(cx, entity, moment, field),
                None if to.contains("{{") => plans::mail_on_event(cx, entity, moment, "id"),
                None => build::notice(cx, entity, moment, &to),
            }
        }
        Deed::Event | Deed::Meet => {
            let invite = calls(plan)
                .iter()
                .find_map(|call| call.body.as_ref()?["attendees"][0]["email"].as_str().map(str::to_owned));
            let field = invite.and_then(|to| {
                to.strip_prefix(&format!("{{{{{own}."))?
                    .strip_suffix("}}")
                    .map(str::to_owned)
            });
            plans::calendar_event(cx, entity, moment, field.as_deref())
        }
        Deed::Post => plans::slack_post(cx, entity, moment, None),
        Deed::Row => plans::sheet_row(cx, entity, moment, None),
        Deed::Contact => plans::hubspot_contact(cx, entity, moment),
        Deed::Page => plans::notion_page(cx, entity, moment, None),
        Deed::Move | Deed::Drop | Deed::Direct | Deed::Deal | Deed::Ticket | Deed::Note | Deed::Any => None,
    }
}

/// Changes what sets a plan off; whether anything changed.
pub(super) fn occasion(
    plan: &mut Plan,
    was: &Plan,
    entity: &Entity,
    told: Option<Moment>,
    picked: &Filter,
    also: bool,
    cx: &Cx<'_>,
) -> bool {
    let Some(old) = moment(was) else { return false };
    let state = status(entity).map(|field| field.name.clone());
    let single = |one: &&Condition| {
        Some(&one.field) == state.as_ref() && one.op == Op::Eq && !one.value.to_string().contains("{{")
    };
    let reached = picked.conditions.iter().find(single).map(|one| Moment::Becomes {
        field: one.field.clone(),
        value: one.value.as_str().map_or_else(|| one.value.to_string(), str::to_owned),
    });
    let before = plan.clone();
    // "cancelled ones too": either state sets it off.
    if also
        && let (Moment::Becomes { field, .. }, Some(Moment::Becomes { field: other, value })) = (&old, &reached)
        && field == other
        && let Trigger::Entity { when, .. } = &plan.trigger
    {
        let mut values: Vec<Value> = Vec::new();
        for one in when.iter().filter(|one| one.field == *field) {
            match &one.value {
                Value::Array(all) => values.extend(all.iter().cloned()),
                value => values.push(value.clone()),
            }
        }
        values.push(value.clone().into());
        values.dedup();
        either(plan, &values);
        return *plan != before;
    }
    let new = reached.or(told);
    if let Some(new) = new.filter(|new| *new != old) {
        reword(plan, entity, &old, &new, cx);
        let extra: Vec<Condition> = match &was.trigger {
            Trigger::Entity { when, .. } => when
                .iter()
                .filter(|one| !matches!(one.op, Op::Becomes | Op::Changed))
                .cloned()
                .collect(),
            _ => Vec::new(),
        };
        plan.trigger = new.trigger(entity);
        if let Trigger::Entity { when, .. } = &mut plan.trigger {
            when.extend(extra.into_iter().filter(|one| Some(&one.field) != state.as_ref()));
        }
    }
    if let Trigger::Entity { when, .. } = &mut plan.trigger {
        let further = picked
            .conditions
            .iter()
            .filter(|one| !single(one) && !one.value.to_string().contains("{{"));
        for condition in further {
            let same = when
                .iter()
                .any(|one| one.field == condition.field && matches!(one.op, Op::Becomes | Op::Changed));
            if !same {
                narrow(when, condition.clone());
            }
        }
    }
    *plan != before
}

fn reword(plan: &mut Plan, entity: &Entity, old: &Moment, new: &Moment, cx: &Cx<'_>) {
    let (from, to) = (built(plan, entity, old, cx), built(plan, entity, new, cx));
    if let (Some(from), Some(to)) = (&from, &to)
        && let (Ok(mut now), Ok(a), Ok(b)) = (
            serde_json::to_value(&plan.steps),
            serde_json::to_value(&from.steps),
            serde_json::to_value(&to.steps),
        )
    {
        merge(&mut now, &a, &b);
        if let Ok(steps) = serde_json::from_value::<Vec<Step>>(now) {
            plan.steps = steps;
        }
        if plan.name == from.name || plan.name.starts_with(&from.name) {
            plan.name.clone_from(&to.name);
        }
    }
    plan.purpose = plan.purpose.replace(&moment_words(plan, old), &new.words());
}

/// Where `now` is as `old` was, it becomes `new`.
fn merge(now: &mut Value, old: &Value, new: &Value) {
    if now == old {
        now.clone_from(new);
        return;
    }
    match (now, old, new) {
        (Value::Object(now), Value::Object(old), Value::Object(new)) => {
            for (name, value) in now {
                if let (Some(old), Some(new)) = (old.get(name), new.get(name)) {
                    merge(value, old, new);
                }
            }
        }
        (Value::Array(now), Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            // Steps may have been put before those that were built.
            let shift = now.len().saturating_sub(old.len());
            for (value, (old, new)) in now.iter_mut().skip(shift).zip(old.iter().zip(new)) {
                merge(value, old, new);
            }
        }
        _ => {}
    }
}

/// "becomes confirmed or completed"
fn several(values: &[Value]) -> String {
    let words: Vec<String> = values
        .iter()
        .filter_map(Value::as_str)
        .map(|value| value.replace('_', " "))
        .collect();
    format!("becomes {}", words.join(" or "))
}

/// What a purpose says of the moment.
fn moment_words(plan: &Plan, moment: &Moment) -> String {
    let Trigger::Entity { when, .. } = &plan.trigger else {
        return moment.words();
    };
    let of = |one: &&Condition| one.op == Op::In && matches!(moment, Moment::Changes { field } if *field == one.field);
    when.iter()
        .find(of)
        .and_then(|one| one.value.as_array())
        .map_or_else(|| moment.words(), |values| several(values))
}

/// Lets any of several states set a plan off that one of them does.
pub(super) fn either(plan: &mut Plan, values: &[Value]) {
    let Some(old) = moment(plan) else { return };
    let Moment::Becomes { field, .. } = &old else { return };
    if values.len() < 2 {
        return;
    }
    if let Trigger::Entity { events, when, .. } = &mut plan.trigger {
        when.retain(|one| one.field != *field);
        when.push(Condition {
            field: field.clone(),
            op: Op::Changed,
            value: Value::Null,
        });
        when.push(Condition {
            field: field.clone(),
            op: Op::In,
            value: values.to_vec().into(),
        });
        *events = vec![EntityEvent::Create, EntityEvent::Update];
    }
    plan.purpose = plan.purpose.replace(&old.words(), &several(values));
    // What is said of one state has to hold for each.
    if let (Moment::Becomes { value, .. }, Trigger::Entity { entity, .. }) = (&old, &plan.trigger) {
        let state = format!("{{{{{}.{field}}}}}", record(entity));
        let (word, spoken) = (value.replace('_', " "), super::names::spoken(entity));
        let headline = super::names::capital(&spoken);
        for (from, to) in [
            (
                format!("your {spoken} is now {word}."),
                format!("your {spoken} is now {state}."),
            ),
            (format!("Your {spoken}: {word}"), format!("Your {spoken}: {state}")),
            (format!("{headline} {word}"), format!("{headline} {state}")),
        ] {
            replace(plan, &from, &to);
        }
    }
}

/// Gives a plan another schedule, its texts included.
pub(super) fn reschedule(plan: &mut Plan, old: &Schedule, new: &Schedule) {
    plan.trigger = Trigger::Schedule { schedule: new.clone() };
    let (from, to) = (old.in_words(), new.in_words());
    let capital = super::names::capital;
    plan.purpose = plan.purpose.replace(&from, &to).replace(&capital(&from), &capital(&to));
    if old.time_zone != new.time_zone {
        let zones = (format!("'{}'", old.time_zone), format!("'{}'", new.time_zone));
        replace(plan, &zones.0, &zones.1);
    }
    let since = (super::shape::since(&old.repeat), super::shape::since(&new.repeat));
    if since.0 != since.1 {
        replace(plan, &since.0, &since.1);
    }
}

fn replace(plan: &mut Plan, from: &str, to: &str) {
    fn of(value: &mut Value, from: &str, to: &str) {
        match value {
            Value::String(text) => *text = text.replace(from, to),
            Value::Array(all) => all.iter_mut().for_each(|one| of(one, from, to)),
            Value::Object(members) => members.values_mut().for_each(|one| of(one, from, to)),
            _ => {}
        }
    }
    if let Ok(mut steps) = serde_json::to_value(&plan.steps) {
        of(&mut steps, from, to);
        if let Ok(steps) = serde_json::from_value(steps) {
            plan.steps = steps;
        }
    }
}

/// Takes over what the builder had said of places: channel, spreadsheet, database.
pub(super) fn keep_places(was: &Plan, plan: &mut Plan) {
    let old: Vec<CallStep> = calls(was).into_iter().cloned().collect();
    each_call(&mut plan.steps, &mut |call| {
        let Some(same) = old.iter().find(|one| one.operation == call.operation) else {
            return;
        };
        for (name, value) in &same.path {
            call.path.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if let (Some(Value::Object(now)), Some(Value::Object(old))) = (&mut call.body, &same.body) {
            for name in ["channel", "parent"] {
                if let Some(value) = old.get(name).filter(|value| !value.to_string().contains("{{")) {
                    now.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
    });
}
