//! Steps that `linchpin_suggest::plans` has no builder for: events that move or go, Meet links, guests,
//! direct messages, deals, tickets and notes. Each is made of the same pieces as the plans it has.

use linchpin_app::{Entity, Field, Kind, Role};
use linchpin_function::{CallStep, Condition, Op, Plan, Step, Trigger};
use linchpin_suggest::plans::{self, Cx, Moment};
use serde_json::{Value, json};

use super::build::{headline, told};
use super::names::{a, record, spoken};
use super::person::Who;
use super::shape::{self, calls, each_call, function_name, map, operation};

/// Invites somebody the record only refers to, or one address.
pub(super) fn invited(plan: &mut Plan, entity: &Entity, who: &Who) {
    let own = record(&entity.name);
    let (address, said) = match who {
        Who::Through {
            field,
            entity: target,
            email,
        } => {
            let other = record(target);
            let known = plan
                .steps
                .iter()
                .any(|step| matches!(step, Step::Get { bind, .. } if *bind == other));
            if !known {
                // After the record itself, where a user asks for it.
                let at = usize::from(matches!(plan.steps.first(), Some(Step::Get { .. })));
                plan.steps.insert(
                    at,
                    Step::Get {
                        entity: target.clone(),
                        id: format!("{{{{{own}.{field}}}}}"),
                        bind: other.clone(),
                    },
                );
            }
            (format!("{{{{{other}.{email}}}}}"), format!("its {}", spoken(target)))
        }
        Who::Address(address) => (address.clone(), address.clone()),
        Who::Field(field) => (format!("{{{{{own}.{field}}}}}"), field.clone()),
        Who::Me | Who::Team | Who::Each | Who::Unknown(_) => return,
    };
    each_call(&mut plan.steps, &mut |call| {
        if let Some(Value::Object(body)) = &mut call.body {
            let guests = body.entry("attendees").or_insert_with(|| json!([]));
            if let Some(guests) = guests.as_array_mut()
                && !guests.iter().any(|guest| guest["email"] == address.as_str())
            {
                guests.push(json!({ "email": address }));
            }
            call.query.insert("sendUpdates".to_owned(), "all".to_owned());
        }
    });
    plan.purpose = format!("{} and invite {said}.", plan.purpose.trim_end_matches('.'));
}

/// Makes the event one with a Meet link.
pub(super) fn meet(mut plan: Plan, entity: &Entity) -> Option<Plan> {
    let insert = operation("googlecalendar", "meet_link")?;
    let id = format!("{{{{{}.id}}}}", record(&entity.name));
    each_call(&mut plan.steps, &mut |call| {
        call.operation.clone_from(&insert);
        call.query.insert("conferenceDataVersion".to_owned(), "1".to_owned());
        if let Some(Value::Object(body)) = &mut call.body {
            let create =
                json!({ "createRequest": { "requestId": id, "conferenceSolutionKey": { "type": "hangoutsMeet" } } });
            body.insert("conferenceData".to_owned(), create);
        }
    });
    plan.purpose = plan
        .purpose
        .replace("to Google Calendar", "to Google Calendar with a Meet link");
    Some(plan)
}

/// The id of a record's event at the calendar, as a path, and the field that keeps it, if one does.
fn event_of(cx: &Cx<'_>, entity: &Entity) -> Option<(CallStep, String, Option<String>)> {
    let plan = plans::calendar_event(cx, entity, &Moment::Created, None)?;
    let call = (*calls(&plan).first()?).clone();
    let own = record(&entity.name);
    let kept = call
        .unless
        .as_ref()
        .and_then(|path| path.strip_prefix(&format!("{own}.")))
        .map(str::to_owned);
    let path = format!("{{{{{own}.{}}}}}", kept.as_deref().unwrap_or("id"));
    Some((call, path, kept))
}

fn with_event(plan: &mut Plan, kept: Option<String>) {
    if let (Trigger::Entity { when, .. }, Some(field)) = (&mut plan.trigger, kept) {
        when.push(Condition {
            field,
            op: Op::Exists,
            value: Value::Null,
        });
    }
}

/// Moves a record's event to the record's time.
pub(super) fn moved(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let (made, id, kept) = event_of(cx, entity)?;
    let mut body = made.body?;
    if let Value::Object(members) = &mut body {
        members.retain(|name, _| ["summary", "start", "end", "location"].contains(&name.as_str()));
    }
    let call = CallStep {
        operation: operation("googlecalendar", "update_event")?,
        path: map([("calendarId", "primary"), ("eventId", &id)]),
        query: map([("sendUpdates", "all")]),
        body: Some(body),
        ..CallStep::default()
    };
    let mut plan = plans::calendar_event(cx, entity, moment, None)?;
    plan.name = function_name(cx.app, &["move", &entity.name, "in", "calendar"]);
    plan.purpose = format!(
        "When {} {}, move its event in Google Calendar.",
        a(&entity.name),
        moment.words()
    );
    plan.steps = vec![Step::Call(Box::new(call))];
    with_event(&mut plan, kept);
    Some(plan)
}

/// Removes a record's event.
pub(super) fn dropped(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let (_, id, kept) = event_of(cx, entity)?;
    let call = CallStep {
        operation: operation("googlecalendar", "delete_event")?,
        path: map([("calendarId", "primary"), ("eventId", &id)]),
        query: map([("sendUpdates", "all")]),
        ..CallStep::default()
    };
    let mut plan = plans::calendar_event(cx, entity, moment, None)?;
    plan.name = function_name(cx.app, &["remove", &entity.name, "from", "calendar"]);
    plan.purpose = format!(
        "When {} {}, remove its event from Google Calendar.",
        a(&entity.name),
        moment.words()
    );
    plan.steps = vec![Step::Call(Box::new(call))];
    with_event(&mut plan, kept);
    Some(plan)
}

/// A message to one member of the workspace, found by their address.
pub(super) fn direct(cx: &Cx<'_>, entity: &Entity, moment: &Moment, who: &Who) -> Option<Plan> {
    let mut plan = plans::slack_post(cx, entity, moment, None)?;
    let own = record(&entity.name);
    let (address, before) = match who {
        Who::Field(field) => (format!("{{{{{own}.{field}}}}}"), None),
        Who::Through {
            field,
            entity: target,
            email,
        } => {
            let get = Step::Get {
                entity: target.clone(),
                id: format!("{{{{{own}.{field}}}}}"),
                bind: record(target),
            };
            (format!("{{{{{}.{email}}}}}", record(target)), Some(get))
        }
        Who::Address(address) => (address.clone(), None),
        _ => return None,
    };
    each_call(&mut plan.steps, &mut |call| {
        shape::put(call, "channel", linchpin_catalog::Place::Body, "{{member.user.id}}")
    });
    let find = CallStep {
        operation: operation("slackbot", "lookup_user")?,
        query: map([("email", &address)]),
        bind: Some("member".to_owned()),
        ..CallStep::default()
    };
    plan.steps.insert(0, Step::Call(Box::new(find)));
    if let Some(get) = before {
        plan.steps.insert(0, get);
    }
    plan.name = function_name(cx.app, &["message", &entity.name, &moment.word(), "in", "slack"]);
    plan.purpose = format!(
        "When {} {}, send a direct message in Slack.",
        a(&entity.name),
        moment.words()
    );
    Some(plan)
}

/// A plan for HubSpot with other steps than a contact's.
fn hubspot(
    cx: &Cx<'_>,
    entity: &Entity,
    moment: &Moment,
    words: &[&str],
    what: &str,
    steps: Vec<Step>,
) -> Option<Plan> {
    let mut plan = plans::slack_post(cx, entity, moment, None)?;
    plan.connector = "hubspot".to_owned();
    plan.name = function_name(cx.app, words);
    plan.purpose = format!("When {} {}, {what}.", a(&entity.name), moment.words());
    plan.steps = steps;
    Some(plan)
}

fn filled(field: &Field, record: &str) -> String {
    let otherwise = if field.required { "" } else { " | default('')" };
    format!("{{{{{record}.{}{otherwise}}}}}", field.name)
}

pub(super) fn deal(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let own = record(&entity.name);
    let mut properties =
        json!({ "dealname": headline(cx, entity)?, "pipeline": "default", "dealstage": "appointmentscheduled" });
    if let Some(money) = entity.with_role(Role::Money) {
        properties["amount"] = filled(money, &own).into();
    }
    let call = CallStep {
        operation: operation("hubspot", "create_deal")?,
        body: Some(json!({ "properties": properties })),
        ..CallStep::default()
    };
    hubspot(
        cx,
        entity,
        moment,
        &["open", "deal", "for", &entity.name],
        "open a HubSpot deal",
        vec![Step::Call(Box::new(call))],
    )
}

pub(super) fn ticket(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let own = record(&entity.name);
    let (first, details) = told(cx, entity, moment)?;
    let text = entity
        .fields
        .iter()
        .find(|field| field.role == Some(Role::Text) && field.kind == Kind::String);
    let content = text.map_or(details, |field| filled(field, &own));
    let content = if content.is_empty() { first.clone() } else { content };
    let properties = json!({ "subject": first, "content": content, "hs_pipeline": "0", "hs_pipeline_stage": "1" });
    let call = CallStep {
        operation: operation("hubspot", "create_ticket")?,
        body: Some(json!({ "properties": properties })),
        ..CallStep::default()
    };
    hubspot(
        cx,
        entity,
        moment,
        &["open", "ticket", "for", &entity.name],
        "open a HubSpot ticket",
        vec![Step::Call(Box::new(call))],
    )
}

/// A note on the contact with the record's address, which is made where there is none.
pub(super) fn note(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let mut contact = plans::hubspot_contact(cx, entity, moment)?;
    let (first, details) = told(cx, entity, moment)?;
    each_call(&mut contact.steps, &mut |call| call.bind = Some("contacts".to_owned()));
    let body = json!({
        "properties": { "hs_timestamp": "{{now}}", "hs_note_body": format!("{first}\n{details}").trim_end() },
        "associations": [{
            "to": { "id": "{{contacts.results.0.id}}" },
            "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202 }],
        }],
    });
    let log = CallStep {
        operation: operation("hubspot", "log_note")?,
        body: Some(body),
        ..CallStep::default()
    };
    let steps = contact.steps.into_iter().chain([Step::Call(Box::new(log))]).collect();
    hubspot(
        cx,
        entity,
        moment,
        &["log", &entity.name, "in", "hubspot"],
        "log a note on the HubSpot contact",
        steps,
    )
}
