//! From a settled wish to a plan. The plans are those of `linchpin_suggest::plans` wherever it
//! has one; what it lacks (a notice to the builder, a list in a channel, a reminder, deals,
//! tickets, an event that moves) is made here of the same pieces.

use linchpin_app::{Entity, Kind, Role};
use linchpin_function::{CallStep, Condition, Mail, Op, Plan, Schedule, Step, Trigger};
use linchpin_suggest::plans::{self, Cx, Moment, Recipients};
use serde_json::{Value, json};

use super::names::{a, plural, record, spoken};
use super::person::Who;
use super::shape::{self, by_clock, by_hand, calls, each_call, each_mail, function_name, operation};
use super::vendor::{deal, direct, dropped, invited, meet, moved, note, ticket};
use super::wish::Deed;

/// What starts it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    /// Something happens to a record.
    Event(Moment),
    /// The clock.
    Clock(Schedule),
    /// The clock, for records whose date is so many days ahead.
    Ahead(Schedule, i64, String, bool),
    /// A person.
    Hand,
}

/// Everything that is settled.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    pub(super) deed: Deed,
    pub(super) entity: &'a Entity,
    pub(super) start: Start,
    pub(super) who: Option<Who>,
    /// Conditions on the record.
    pub(super) filter: Vec<Condition>,
    /// Whether the filter says how records stand.
    pub(super) states: bool,
    /// Whether all records are meant.
    pub(super) all: bool,
    /// Whether only the builder's own are meant.
    pub(super) mine: bool,
    /// "new", "confirmed": which records, in a word or none.
    pub(super) which: String,
    /// Whether each user uses an account of their own.
    pub(super) own: bool,
}

/// Who is written in place of the builder's address until it is known.
pub(super) const ME: &str = "me";

/// The plan of an order; `None` when this entity can't carry it.
pub(super) fn plan(cx: &Cx<'_>, order: &Order<'_>) -> Option<Plan> {
    match (order.deed, &order.start) {
        (Deed::Mail, Start::Clock(schedule)) if !per_record(order) => digest(cx, order, schedule.clone()),
        (Deed::Post, Start::Clock(schedule)) => list_post(cx, order, schedule.clone()),
        (Deed::Mail, Start::Hand) if order.own && order.who.is_none() => own_digest(cx, order),
        (Deed::Event, Start::Hand) if order.own => plans::own_calendar_event(cx, order.entity),
        (_, Start::Event(moment)) => {
            let mut plan = on_record(cx, order, moment)?;
            if let Trigger::Entity { when, .. } = &mut plan.trigger {
                for condition in &order.filter {
                    if !when.iter().any(|known| known.field == condition.field) {
                        when.push(condition.clone());
                    }
                }
            }
            Some(plan)
        }
        (_, Start::Clock(schedule)) => {
            let base = on_record(cx, order, &Moment::Created)?;
            let mut filter = order.filter.clone();
            if filter.is_empty() && !order.all {
                filter.push(Condition { field: "created_date".to_owned(), op: Op::Gte, value: shape::since(&schedule.repeat).into() });
            }
            if order.deed == Deed::Mail && !order.states && !order.all {
                filter.extend(over(cx, order.entity));
            }
            let purpose = shape::clock_purpose(schedule, &order.which, order.entity, &shape::doing(&base.purpose));
            Some(by_clock(base, order.entity, schedule.clone(), filter, purpose))
        }
        (_, Start::Ahead(schedule, days, field, whole)) => reminder(cx, order, schedule.clone(), *days, field, *whole),
        (_, Start::Hand) => {
            let base = on_record(cx, order, &Moment::Created)?;
            let doing = shape::doing(&base.purpose);
            let purpose = format!("When a user asks for it, {doing} ({}).", a(&order.entity.name));
            Some(by_hand(base, order.entity, purpose))
        }
    }
}

/// Whether a mail goes to somebody each record names, rather than as one list.
fn per_record(order: &Order<'_>) -> bool {
    matches!(order.who, Some(Who::Field(_) | Who::Through { .. }))
}

/// One record's steps with their trigger.
fn on_record(cx: &Cx<'_>, order: &Order<'_>, moment: &Moment) -> Option<Plan> {
    let entity = order.entity;
    match order.deed {
        Deed::Mail => match order.who.as_ref()? {
            Who::Field(field) => plans::mail_on_event(cx, entity, moment, field),
            Who::Through { field, entity: target, email } => through(cx, entity, moment, field, target, email),
            Who::Address(address) => notice(cx, entity, moment, address),
            Who::Me | Who::Team | Who::Each | Who::Unknown(_) => notice(cx, entity, moment, ME),
        },
        Deed::Event | Deed::Meet => {
            let invite = match &order.who {
                Some(Who::Field(field)) => Some(field.as_str()),
                _ => None,
            };
            let mut plan = plans::calendar_event(cx, entity, moment, invite)?;
            timed(&mut plan, entity);
            if let Some(who @ (Who::Through { .. } | Who::Address(_))) = &order.who {
                invited(&mut plan, entity, who);
            }
            if order.deed == Deed::Meet { meet(plan, entity) } else { Some(plan) }
        }
        Deed::Move => moved(cx, entity, moment),
        Deed::Drop => dropped(cx, entity, moment),
        Deed::Post => plans::slack_post(cx, entity, moment, None),
        Deed::Direct => direct(cx, entity, moment, order.who.as_ref()?),
        Deed::Row => plans::sheet_row(cx, entity, moment, None),
        Deed::Contact => plans::hubspot_contact(cx, entity, moment),
        Deed::Deal => deal(cx, entity, moment),
        Deed::Ticket => ticket(cx, entity, moment),
        Deed::Note => note(cx, entity, moment),
        Deed::Page => plans::notion_page(cx, entity, moment, None),
    }
}

/// What a record is called and what matters about it, as the channel's message says it.
pub(super) fn told(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<(String, String)> {
    let plan = plans::slack_post(cx, entity, moment, None)?;
    let text = calls(&plan).first()?.body.as_ref()?.get("text")?.as_str()?.to_owned();
    let (first, rest) = text.split_once('\n').unwrap_or((text.as_str(), ""));
    Some((first.replace('*', ""), rest.to_owned()))
}

/// The name of a record, as a template.
pub(super) fn headline(cx: &Cx<'_>, entity: &Entity) -> Option<String> {
    told(cx, entity, &Moment::Created).and_then(|(first, _)| first.split_once(": ").map(|(_, name)| name.to_owned()))
}

/// A mail to the app's own people that something happened.
pub(super) fn notice(cx: &Cx<'_>, entity: &Entity, moment: &Moment, to: &str) -> Option<Plan> {
    let mut plan = plans::mail_on_event(cx, entity, moment, "id")?;
    let (subject, details) = told(cx, entity, moment)?;
    let text = if details.is_empty() { subject.clone() } else { format!("{subject}\n\n{details}") };
    plan.name = function_name(cx.app, &["notify", &entity.name, &moment.word()]);
    plan.purpose = plan.purpose.replace("mail id.", &format!("mail {to}."));
    each_mail(&mut plan, |mail| {
        *mail = Mail { to: vec![to.to_owned()], subject: subject.clone(), text: text.clone(), ..Mail::default() };
    });
    Some(plan)
}

/// A mail to somebody the record only refers to.
fn through(cx: &Cx<'_>, entity: &Entity, moment: &Moment, field: &str, target: &str, email: &str) -> Option<Plan> {
    let mut plan = plans::mail_on_event(cx, entity, moment, field)?;
    let (own, other) = (record(&entity.name), record(target));
    plan.steps.insert(0, Step::Get { entity: target.to_owned(), id: format!("{{{{{own}.{field}}}}}"), bind: other.clone() });
    plan.purpose = plan.purpose.replace(&format!("mail {field}."), &format!("mail its {}.", spoken(target)));
    each_mail(&mut plan, |mail| mail.to = vec![format!("{{{{{other}.{email}}}}}")]);
    Some(plan)
}

/// The list of what is open, or of what was asked for, as one mail.
fn digest(cx: &Cx<'_>, order: &Order<'_>, schedule: Schedule) -> Option<Plan> {
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
        conditions.push(Condition { field: "created_date".to_owned(), op: Op::Gte, value: shape::since(&schedule.repeat).into() });
    }
    if order.mine {
        let field = entity.fields.iter().find(|field| field.role == Some(Role::Assignee) && field.kind == Kind::String);
        let field = field.map_or("created_by", |field| field.name.as_str()).to_owned();
        conditions.push(Condition { field, op: Op::Eq, value: ME.into() });
    }
    let mut open = false;
    shape::each_filter(&mut plan.steps, &entity.name, &mut |filter| {
        if order.states || order.all {
            filter.retain(|one| Some(&one.field) != status.as_ref());
        }
        for condition in &conditions {
            if !filter.contains(condition) {
                filter.push(condition.clone());
            }
        }
        open |= filter.iter().any(|one| Some(&one.field) == status.as_ref() && matches!(one.op, Op::Ne | Op::NotIn));
    });
    if !open || order.states || order.which == "new" {
        shape::reword(plan, entity, &order.which);
    }
}

fn own_digest(cx: &Cx<'_>, order: &Order<'_>) -> Option<Plan> {
    let worker = order.entity.fields.iter().find(|field| field.role == Some(Role::Assignee) && field.kind == Kind::String);
    plans::own_mail_digest(cx, order.entity, worker.map_or("created_by", |field| field.name.as_str()))
}

/// The list as one message in a channel.
fn list_post(cx: &Cx<'_>, order: &Order<'_>, schedule: Schedule) -> Option<Plan> {
    let entity = order.entity;
    let mail = Order { who: Some(Who::Me), deed: Deed::Mail, mine: false, ..order.clone() };
    let mut plan = digest(cx, &mail, schedule)?;
    let post = operation("slackbot", "post_message")?;
    each_call(&mut plan.steps, &mut |call| {
        let text = call.mail.take().map(|mail| mail.text).unwrap_or_default();
        *call = CallStep { operation: post.clone(), body: Some(json!({ "text": text })), ..CallStep::default() };
    });
    plan.connector = "slackbot".to_owned();
    plan.name = function_name(cx.app, &["post", &entity.name, "list", "to", "slack"]);
    plan.purpose = plan.purpose.replace("Mail the", "Post the").replace(" to me.", " to Slack.");
    Some(plan)
}

/// For records whose date is so many days ahead: a mail to the person, or whatever else is done.
fn reminder(cx: &Cx<'_>, order: &Order<'_>, schedule: Schedule, days: i64, field: &str, whole: bool) -> Option<Plan> {
    let entity = order.entity;
    let day = |by: i64| match by {
        0 => "{{today}}".to_owned(),
        by if by < 0 => format!("{{{{today - {}d}}}}", -by),
        by => format!("{{{{today + {by}d}}}}"),
    };
    let mut filter: Vec<Condition> = order.filter.iter().filter(|one| one.field != field).cloned().collect();
    if whole {
        filter.push(Condition { field: field.to_owned(), op: Op::Eq, value: day(days).into() });
    } else {
        filter.push(Condition { field: field.to_owned(), op: Op::Gte, value: day(days).into() });
        filter.push(Condition { field: field.to_owned(), op: Op::Lt, value: day(days + 1).into() });
    }
    if !order.states {
        filter.extend(if days < 0 { called_off(entity) } else { over(cx, entity) });
    }
    let mut base = on_record(cx, order, &Moment::Created)?;
    let spoken_name = spoken(&entity.name);
    each_mail(&mut base, |mail| {
        let (subject, text) = match days {
            days if days < 0 => (format!("After your {spoken_name}"), format!("thank you for your {spoken_name}.")),
            _ => (format!("Reminder: your {spoken_name}"), format!("this is a reminder of your {spoken_name}.")),
        };
        if mail.subject == format!("Your {spoken_name}") {
            mail.subject = subject;
        }
        mail.subject = mail.subject.replace(&format!("New {spoken_name}"), "Reminder");
        mail.text = mail.text.replace(&format!("we have your {spoken_name}."), &text).replace(&format!("New {spoken_name}"), "Reminder");
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
    let purpose = format!("{}: for each {spoken_name}, {when} its {}, {doing}.", super::names::capital(&schedule.in_words()), spoken(field));
    Some(by_clock(base, entity, schedule, filter, purpose))
}

/// That a record is not over, as the digest of it would say.
fn over(cx: &Cx<'_>, entity: &Entity) -> Option<Condition> {
    let status = &super::resolve::status(entity)?.name;
    let plan = plans::mail_digest(cx, entity, plans::daily("08:00", cx.time_zone), &Recipients::Address(ME.to_owned()))?;
    plan.steps.iter().find_map(|step| match step {
        Step::Read { filter, .. } => filter.iter().find(|one| one.field == *status).cloned(),
        _ => None,
    })
}

/// That a record was not called off: what lies behind may well be over.
fn called_off(entity: &Entity) -> Option<Condition> {
    let status = super::resolve::status(entity)?;
    let off = |option: &&String| ["cancel", "no_show", "void", "lost", "rejected", "declined"].iter().any(|stem| option.starts_with(stem));
    let values: Vec<Value> = status.options.iter().filter(off).map(|option| option.clone().into()).collect();
    (!values.is_empty()).then(|| Condition { field: status.name.clone(), op: Op::NotIn, value: values.into() })
}

/// An event needs a time: records that may have none are left alone.
fn timed(plan: &mut Plan, entity: &Entity) {
    let start = calls(plan).iter().find_map(|call| call.body.as_ref()?["start"]["dateTime"].as_str().map(str::to_owned));
    let own = format!("{{{{{}.", record(&entity.name));
    let name = start.and_then(|start| start.strip_prefix(&own)?.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_owned));
    let Some(field) = name.and_then(|name| entity.field(&name)).filter(|field| !field.required) else { return };
    if let Trigger::Entity { when, .. } = &mut plan.trigger {
        when.push(Condition { field: field.name.clone(), op: Op::Exists, value: Value::Null });
    }
}

/// Why an entity can't carry a deed, with what is near.
pub(super) fn unfit(deed: Deed, entity: &Entity) -> String {
    let many = plural(&entity.name);
    match deed {
        Deed::Event | Deed::Meet | Deed::Move | Deed::Drop => {
            format!("{} has no date and time to make an event of.", super::names::capital(&a(&entity.name)))
        }
        Deed::Contact | Deed::Note => format!("{} have no e-mail address, which a HubSpot contact needs.", super::names::capital(&many)),
        Deed::Mail | Deed::Direct => format!("{} name nobody to write to.", super::names::capital(&many)),
        Deed::Row => format!("{} have too little that fits into cells.", super::names::capital(&many)),
        _ => format!("{} can't carry that.", super::names::capital(&many)),
    }
}
