//! From a settled wish to a plan. The plans are those of `linchpin_suggest::plans` wherever it
//! has one; what it lacks (a notice to the builder, a list in a channel, a reminder, deals,
//! tickets, an event that moves) is made here of the same pieces.

use linchpin_app::{Entity, Role};
use linchpin_function::{Condition, Mail, Op, Plan, Schedule, Step, Trigger};
use linchpin_suggest::plans::{self, Cx, Moment};
use serde_json::Value;

use super::digest::{digest, list_post, over, own_digest, reminder};
use super::names::{a, plural, record, spoken};
use super::person::Who;
use super::shape::{self, by_clock, by_hand, calls, each_mail, function_name};
use super::vendor::{deal, direct, dropped, invited, meet, moved, note, ticket};
use super::vocab::STATES;
use super::wish::Deed;
use super::words::Said;

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
    /// The connector it is done with.
    pub(super) connector: String,
    /// How the intents begin that the words ask for, the likeliest first.
    pub(super) intents: &'static str,
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
    /// The states of which any sets it off, where several were named.
    pub(super) either: Vec<Value>,
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
            let timed = filter.iter().any(|one| one.value.to_string().contains("{{"));
            if !timed && !order.all && order.deed != Deed::Mail {
                // What the run before has taken is not taken again.
                let field = reached_at(order.entity, &filter);
                filter.push(Condition {
                    field,
                    op: Op::Gte,
                    value: shape::since(&schedule.repeat).into(),
                });
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

/// How the intents of a catalog's operations begin, by what is asked for.
pub(super) fn intents(said: &Said) -> &'static str {
    const BY_VERB: &[(&[&str], &str)] = &[
        // Money is moved by what was asked for or not at all: a payment link is no charge.
        (&["charge", "bill", "pay", "refund", "transfer"], ""),
        (&["publish", "tweet", "share"], "publish post create_post"),
        (
            &[
                "send", "post", "notify", "tell", "message", "alert", "text", "announce", "inform", "email", "mail",
            ],
            "send_message post_message send_template send post publish_post",
        ),
        (&["upload", "store", "file"], "upload create_folder create_file"),
        (
            &["schedule", "meeting", "meet", "invite"],
            "create_meeting create_event schedule",
        ),
        (&["subscribe"], "subscribe add_member upsert_member"),
        (&["invoice"], "create_invoice"),
    ];
    BY_VERB
        .iter()
        .find(|(verbs, _)| said.any(verbs).is_some())
        .map_or("create add append upsert insert log", |(_, intents)| intents)
}

/// Whether a mail goes to somebody each record names, rather than as one list.
fn per_record(order: &Order<'_>) -> bool {
    matches!(order.who, Some(Who::Field(_) | Who::Through { .. }))
}

/// One record's steps with their trigger.
pub(super) fn on_record(cx: &Cx<'_>, order: &Order<'_>, moment: &Moment) -> Option<Plan> {
    let entity = order.entity;
    match order.deed {
        Deed::Mail => match order.who.as_ref()? {
            Who::Field(field) => plans::mail_on_event(cx, entity, moment, field),
            Who::Through {
                field,
                entity: target,
                email,
            } => through(cx, entity, moment, field, target, email),
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
            if order.deed == Deed::Meet {
                meet(plan, entity)
            } else {
                Some(plan)
            }
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
        Deed::Any => plans::on_record(cx, &order.connector, order.intents, entity, moment),
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
    let text = if details.is_empty() {
        subject.clone()
    } else {
        format!("{subject}\n\n{details}")
    };
    plan.name = function_name(cx.app, &["notify", &entity.name, &moment.word()]);
    plan.purpose = plan.purpose.replace("mail id.", &format!("mail {to}."));
    each_mail(&mut plan, |mail| {
        *mail = Mail {
            to: vec![to.to_owned()],
            subject: subject.clone(),
            text: text.clone(),
            ..Mail::default()
        };
    });
    Some(plan)
}

/// A mail to somebody the record only refers to.
fn through(cx: &Cx<'_>, entity: &Entity, moment: &Moment, field: &str, target: &str, email: &str) -> Option<Plan> {
    let mut plan = plans::mail_on_event(cx, entity, moment, field)?;
    let (own, other) = (record(&entity.name), record(target));
    plan.steps.insert(
        0,
        Step::Get {
            entity: target.to_owned(),
            id: format!("{{{{{own}.{field}}}}}"),
            bind: other.clone(),
        },
    );
    plan.purpose = plan
        .purpose
        .replace(&format!("mail {field}."), &format!("mail its {}.", spoken(target)));
    each_mail(&mut plan, |mail| mail.to = vec![format!("{{{{{other}.{email}}}}}")]);
    Some(plan)
}

/// An event needs a time: records that may have none are left alone.
fn timed(plan: &mut Plan, entity: &Entity) {
    let start = calls(plan)
        .iter()
        .find_map(|call| call.body.as_ref()?["start"]["dateTime"].as_str().map(str::to_owned));
    let own = format!("{{{{{}.", record(&entity.name));
    let name = start.and_then(|start| {
        start
            .strip_prefix(&own)?
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .map(str::to_owned)
    });
    let Some(field) = name
        .and_then(|name| entity.field(&name))
        .filter(|field| !field.required)
    else {
        return;
    };
    if let Trigger::Entity { when, .. } = &mut plan.trigger {
        when.push(Condition {
            field: field.name.clone(),
            op: Op::Exists,
            value: Value::Null,
        });
    }
}

/// Why an entity can't carry a deed, with what is near.
pub(super) fn unfit(deed: Deed, entity: &Entity) -> String {
    let many = plural(&entity.name);
    match deed {
        Deed::Event | Deed::Meet | Deed::Move | Deed::Drop => {
            format!(
                "{} has no date and time to make an event of.",
                super::names::capital(&a(&entity.name))
            )
        }
        Deed::Contact | Deed::Note => format!(
            "{} have no e-mail address, which a HubSpot contact needs.",
            super::names::capital(&many)
        ),
        Deed::Mail | Deed::Direct => format!("{} name nobody to write to.", super::names::capital(&many)),
        Deed::Row => format!("{} have too little that fits into cells.", super::names::capital(&many)),
        _ => format!("{} can't carry that.", super::names::capital(&many)),
    }
}

/// The date at which a record came to be as the filter wants it: `completed_at` for what is done, else
/// when it was changed last; without a state, when it was made.
fn reached_at(entity: &Entity, filter: &[Condition]) -> String {
    let status = super::resolve::status(entity).map(|field| field.name.as_str());
    let Some(state) = filter.iter().find(|one| Some(one.field.as_str()) == status) else {
        return "created_date".to_owned();
    };
    let word = state.value.as_str().unwrap_or_default();
    let row = STATES
        .iter()
        .find(|row| row.contains(&word))
        .copied()
        .unwrap_or_default();
    let named = entity.fields.iter().find(|field| {
        let words = linchpin_app::name_words(&field.name);
        matches!(field.role, Some(Role::DateTime | Role::Date))
            && words.iter().any(|one| one == word || row.contains(&one.as_str()))
    });
    named
        .filter(|_| state.op == Op::Eq)
        .map_or("updated_date", |field| field.name.as_str())
        .to_owned()
}
