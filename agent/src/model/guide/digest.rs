//! Lists and reminders by the clock: one mail or message about many records, or one for each whose
//! day has come.

use linchpin_app::{Entity, Kind, Role};
use linchpin_function::{CallStep, Condition, Op, Plan, Schedule, Step};
use linchpin_suggest::plans::{self, Cx, Moment, Recipients};
use serde_json::{Value, json};

use super::build::{ME, Order, on_record};
use super::names::spoken;
use super::person::Who;
use super::selection::which_of;
use super::shape::{self, by_clock, each_call, each_mail, function_name, operation};
use super::wish::Deed;

/// The list of what is open, or of what was asked for, as one mail.
pub(super) fn digest(cx: &Cx<'_>, order: &Order<'_>, schedule: Schedule) -> Option<Plan> {
    let entity = order.entity;
    let to = match &order.who {
        Some(Who::Each) => plans::recipients(cx.app, entity),
        Some(Who::Address(address)) => Recipients::Address(address.clone()),
        _ => Recipients::Address(ME.to_owned()),
    };
    let mut plan = plans::mail_digest(cx, entity, schedule.clone(), &to)?;
    select(&mut plan, order, &schedule);
    Some(plan)
}

/// Narrows the records of a list to those that were asked for.
fn select(plan: &mut Plan, order: &Order<'_>, schedule: &Schedule) {
    let entity = order.entity;
    let status = super::resolve::status(entity).map(|field| field.name.clone());
    let mut conditions = order.filter.clone();
    if order.which == "new" && conditions.is_empty() {
        conditions.push(Condition {
            field: "created_date".to_owned(),
            op: Op::Gte,
            value: shape::since(&schedule.repeat).into(),
        });
    }
    if order.mine {
        let field = entity
            .fields
            .iter()
            .find(|field| field.role == Some(Role::Assignee) && field.kind == Kind::String);
        let field = field.map_or("created_by", |field| field.name.as_str()).to_owned();
        conditions.push(Condition {
            field,
            op: Op::Eq,
            value: ME.into(),
        });
    }
    // Of what lies behind, most is over: it was asked for all the same.
    let past = conditions.iter().any(|one| one.value.to_string().contains("{{today -"));
    let mut which = None;
    shape::each_filter(&mut plan.steps, &entity.name, &mut |filter| {
        if order.states || order.all || past {
            filter.retain(|one| Some(&one.field) != status.as_ref());
        }
        for condition in &conditions {
            if !filter.contains(condition) {
                filter.push(condition.clone());
            }
        }
        which = Some(which_of(filter, status.as_deref()));
    });
    let which = if order.which == "new" {
        order.which.clone()
    } else {
        which.unwrap_or_default()
    };
    shape::reword(plan, entity, "open", &which);
}

pub(super) fn own_digest(cx: &Cx<'_>, order: &Order<'_>) -> Option<Plan> {
    let worker = order
        .entity
        .fields
        .iter()
        .find(|field| field.role == Some(Role::Assignee) && field.kind == Kind::String);
    plans::own_mail_digest(
        cx,
        order.entity,
        worker.map_or("created_by", |field| field.name.as_str()),
    )
}

/// The list as one message in a channel.
pub(super) fn list_post(cx: &Cx<'_>, order: &Order<'_>, schedule: Schedule) -> Option<Plan> {
    let entity = order.entity;
    let mail = Order {
        who: Some(Who::Me),
        deed: Deed::Mail,
        ..order.clone()
    };
    let mut plan = digest(cx, &mail, schedule)?;
    let post = operation("slackbot", "post_message")?;
    each_call(&mut plan.steps, &mut |call| {
        let text = call.mail.take().map(|mail| mail.text).unwrap_or_default();
        *call = CallStep {
            operation: post.clone(),
            body: Some(json!({ "text": text })),
            ..CallStep::default()
        };
    });
    plan.connector = "slackbot".to_owned();
    plan.name = function_name(cx.app, &["post", &entity.name, "list", "to", "slack"]);
    plan.purpose = plan
        .purpose
        .replace("Mail the", "Post the")
        .replace(" to me.", " to Slack.");
    Some(plan)
}

/// For records whose date is so many days ahead: a mail to the person, or whatever else is done.
pub(super) fn reminder(
    cx: &Cx<'_>,
    order: &Order<'_>,
    schedule: Schedule,
    days: i64,
    field: &str,
    whole: bool,
) -> Option<Plan> {
    let entity = order.entity;
    let day = |by: i64| match by {
        0 => "{{today}}".to_owned(),
        by if by < 0 => format!("{{{{today - {}d}}}}", -by),
        by => format!("{{{{today + {by}d}}}}"),
    };
    let mut filter: Vec<Condition> = order.filter.iter().filter(|one| one.field != field).cloned().collect();
    if whole {
        filter.push(Condition {
            field: field.to_owned(),
            op: Op::Eq,
            value: day(days).into(),
        });
    } else {
        filter.push(Condition {
            field: field.to_owned(),
            op: Op::Gte,
            value: day(days).into(),
        });
        filter.push(Condition {
            field: field.to_owned(),
            op: Op::Lt,
            value: day(days + 1).into(),
        });
    }
    if !order.states {
        filter.extend(if days < 0 { called_off(entity) } else { over(cx, entity) });
    }
    let mut base = on_record(cx, order, &Moment::Created)?;
    let spoken_name = spoken(&entity.name);
    each_mail(&mut base, |mail| {
        let (subject, text) = match days {
            days if days < 0 => (
                format!("After your {spoken_name}"),
                format!("thank you for your {spoken_name}."),
            ),
            _ => (
                format!("Reminder: your {spoken_name}"),
                format!("this is a reminder of your {spoken_name}."),
            ),
        };
        if mail.subject == format!("Your {spoken_name}") {
            mail.subject = subject;
        }
        mail.subject = mail.subject.replace(&format!("New {spoken_name}"), "Reminder");
        mail.text = mail
            .text
            .replace(&format!("we have your {spoken_name}."), &text)
            .replace(&format!("New {spoken_name}"), "Reminder");
    });
    base.name = function_name(cx.app, &["remind", &entity.name]);
    let when = match days {
        0 => "on the day".to_owned(),
        1 => "the day before".to_owned(),
        -1 => "the day after".to_owned(),
        days if days < 0 => format!("{} days after", -days),
        days => format!("{days} days before"),
    };
    let doing = shape::doing(&base.purpose);
    let purpose = format!(
        "{}: for each {spoken_name}, {when} its {}, {doing}.",
        super::names::capital(&schedule.in_words()),
        spoken(field)
    );
    Some(by_clock(base, entity, schedule, filter, purpose))
}

/// That a record is not over, as the digest of it would say.
pub(super) fn over(cx: &Cx<'_>, entity: &Entity) -> Option<Condition> {
    let status = &super::resolve::status(entity)?.name;
    let plan = plans::mail_digest(
        cx,
        entity,
        plans::daily("08:00", cx.time_zone),
        &Recipients::Address(ME.to_owned()),
    )?;
    plan.steps.iter().find_map(|step| match step {
        Step::Read { filter, .. } => filter.iter().find(|one| one.field == *status).cloned(),
        _ => None,
    })
}

/// That a record was not called off: what lies behind may well be over.
fn called_off(entity: &Entity) -> Option<Condition> {
    let status = super::resolve::status(entity)?;
    let off = |option: &&String| {
        ["cancel", "no_show", "void", "lost", "rejected", "declined"]
            .iter()
            .any(|stem| option.starts_with(stem))
    };
    let values: Vec<Value> = status
        .options
        .iter()
        .filter(off)
        .map(|option| option.clone().into())
        .collect();
    (!values.is_empty()).then(|| Condition {
        field: status.name.clone(),
        op: Op::NotIn,
        value: values.into(),
    })
}
