//! From a wish to a plan: what is missing is asked, one short question each; what has a sensible
//! default gets it, and is said.

use linchpin_app::{Entity, Kind, Role};
use linchpin_catalog::Mode;
use linchpin_function::{Condition, Op, Plan, Repeat};
use linchpin_suggest::plans::{Cx, Moment};

use super::build::{self, Order, Start};
use super::change::said_besides;
use super::content;
use super::filter::{Filter, filter};
use super::happening::moment_of;
use super::names::{a, capital, connector as connector_name, plural, spoken};
use super::person::{Who, their_own, whom};
use super::questions::{ask_person, ask_start, kept, narrowed, which_connector, which_entity};
use super::redo::either;
use super::selection::which_of;
use super::trigger::Subject;
use super::turn::{Flow, Turn};
use super::vocab::INVITING;
use super::window::planned;
use super::wish::{Deed, Wish};

/// The plan of a wish, after what only the builder can know was asked.
pub(super) fn settle(turn: &mut Turn<'_>, mut wish: Wish<'_>, cx: &Cx<'_>) -> Flow<Plan> {
    if wish.connector.is_none() {
        let id = which_connector(turn, &wish, cx.catalog)?;
        wish.through(&id);
    }
    let asked = !matches!(wish.subject, Subject::One(_));
    let entity = which_entity(turn, &wish, cx)?;
    if asked {
        wish.moment = wish.moment.take().or_else(|| moment_of(&wish.whole, entity));
    }
    let picked = filter(&wish.said, entity);
    let start = which_start(turn, &wish, entity, &picked, cx)?;
    let order = order(turn, &wish, entity, picked, start, cx)?;
    let Some(mut plan) = build::plan(cx, &order) else {
        if order.deed == Deed::Any {
            let text = super::refuse::unplanned(turn, &order.connector);
            return Err(turn.end(text));
        }
        let why = build::unfit(order.deed, entity);
        return Err(turn.end(format!("{why} {}", fitting(&wish, cx))));
    };
    for note in content::apply(&mut plan, &wish.said, entity) {
        turn.say(note);
    }
    said_besides(turn, &wish.said, &mut plan, entity, cx)?;
    either(&mut plan, &order.either);
    if let Some(mode) = wish.mode {
        plan.mode = mode;
    }
    notes(turn, &wish, &order, &plan);
    Ok(plan)
}

fn which_start(turn: &mut Turn<'_>, wish: &Wish<'_>, entity: &Entity, picked: &Filter, cx: &Cx<'_>) -> Flow<Start> {
    let mut time = wish.clock.clone();
    // What is overdue was due the day before.
    let of_the_day = if wish.cannot.as_ref().is_some_and(|what| what.ends_with("overdue")) {
        -1
    } else {
        0
    };
    let ahead = wish
        .ahead
        .or_else(|| (wish.cannot.is_some() && wish.moment.is_none()).then_some(of_the_day));
    if !time.is_set() && time.at.is_some() && wish.moment.is_none() && !wish.unclear {
        // A time of day and nothing to set it off: every day at it.
        time.repeat = Some(Repeat::Daily);
    }
    if time.is_set() || ahead.is_some() {
        time = kept(turn, time)?;
    }
    let schedule = time.schedule(None, cx.time_zone);
    if let Some(days) = ahead {
        let Some((field, whole)) = planned(&wish.said, entity) else {
            return Err(turn.end(format!("{} has no date to count from.", capital(&a(&entity.name)))));
        };
        return Ok(Start::Ahead(schedule, days, field, whole));
    }
    let cued = wish
        .whole
        .any(&[
            "when",
            "whenever",
            "as soon as",
            "each time",
            "every time",
            "once a",
            "upon",
            "wehn",
            "whne",
        ])
        .is_some();
    if let (Some(moment), true) = (&wish.moment, cued || !time.is_set()) {
        return Ok(Start::Event(narrowed(moment.clone(), picked, entity)));
    }
    if time.is_set() {
        return Ok(Start::Clock(schedule));
    }
    if wish.demand || wish.mode == Some(Mode::AppUser) {
        return Ok(Start::Hand);
    }
    let listed = wish
        .said
        .any(&["list", "digest", "summary", "report", "overview", "roundup", "recap"])
        .is_some();
    let told = picked
        .conditions
        .iter()
        .any(|one| !one.value.to_string().contains("{{"));
    let by_itself = !matches!(wish.deed, Deed::Mail | Deed::Direct) && !listed && !wish.unclear || wish.unclear && told;
    if by_itself {
        return Ok(Start::Event(narrowed(Moment::Created, picked, entity)));
    }
    ask_start(turn, wish, entity, picked, cx, listed)
}

fn order<'a>(
    turn: &mut Turn<'_>,
    wish: &Wish<'a>,
    entity: &'a Entity,
    picked: Filter,
    start: Start,
    cx: &Cx<'a>,
) -> Flow<Order<'a>> {
    let mut conditions = picked.conditions;
    let mut either = Vec::new();
    let by_clock = matches!(start, Start::Clock(_));
    if let Start::Event(moment) = &start {
        let field = match moment {
            Moment::Becomes { field, .. } | Moment::Changes { field } => Some(field.clone()),
            _ => None,
        };
        // "confirmed or completed": either sets it off.
        let several = conditions
            .iter()
            .find(|one| Some(&one.field) == field.as_ref() && one.op == Op::In);
        either = several
            .and_then(|one| one.value.as_array().cloned())
            .unwrap_or_default();
        // What a record becomes is its state already, and a day asked for is no state.
        conditions.retain(|one| Some(&one.field) != field.as_ref() && !one.value.to_string().contains("{{"));
    } else if let (Some(Moment::Becomes { field, value }), false) = (&wish.moment, picked.states) {
        let value = if entity.field(field).is_some_and(|one| one.kind == Kind::Boolean) {
            (value == "true").into()
        } else {
            value.clone().into()
        };
        conditions.push(Condition {
            field: field.clone(),
            op: Op::Eq,
            value,
        });
    }
    if wish.cannot.as_ref().is_some_and(|what| what.ends_with("overdue")) && !picked.states {
        // What is done is not overdue.
        conditions.extend(super::digest::over(cx, entity));
    }
    let states = picked.states
        || conditions
            .iter()
            .any(|one| super::resolve::status(entity).is_some_and(|status| status.name == one.field));
    let who = which_person(turn, wish, entity, &start, cx)?;
    let worker = entity.fields.iter().any(|field| field.role == Some(Role::Assignee));
    let my = wish.whole.any(&["my", "i finished", "i have", "i made"]).is_some() && !wish.whole.has("my team");
    let mine = picked.mine
        || (by_clock && my && entity.owner_only && !worker && (who == Some(Who::Me) || wish.deed == Deed::Post));
    let fresh = super::resolve::hits(&wish.whole, cx.app).iter().any(|hit| {
        hit.entity.name == entity.name
            && (1..=2).any(|by| ["new", "recent", "latest"].contains(&wish.whole.before(hit.from, by)))
    });
    let status = super::resolve::status(entity).map(|field| field.name.as_str());
    let which = if by_clock && fresh && !states {
        "new".to_owned()
    } else {
        which_of(&conditions, status)
    };
    let own = wish.mode == Some(Mode::AppUser)
        || wish
            .whole
            .any(&["their own", "own calendar", "own account", "own google", "own gmail"])
            .is_some();
    Ok(Order {
        deed: wish.deed,
        connector: wish.connector.clone().unwrap_or_default(),
        intents: build::intents(&wish.said),
        entity,
        start,
        who,
        filter: conditions,
        states,
        all: picked.all,
        mine,
        which,
        own,
        either,
    })
}

/// Whom a mail or a direct message goes to, or who is invited.
fn which_person(
    turn: &mut Turn<'_>,
    wish: &Wish<'_>,
    entity: &Entity,
    start: &Start,
    cx: &Cx<'_>,
) -> Flow<Option<Who>> {
    let named = whom(&wish.said, entity, cx.app);
    let by_clock = matches!(start, Start::Clock(_));
    match wish.deed {
        Deed::Event | Deed::Meet => {
            let invites = wish.said.any(INVITING).is_some();
            return Ok(match named {
                Some(Who::Unknown(word)) if invites => {
                    turn.say(format!(
                        "{} names no {word} with an e-mail address, so nobody is invited.",
                        capital(&a(&entity.name))
                    ));
                    None
                }
                Some(who @ (Who::Field(_) | Who::Through { .. } | Who::Address(_))) if invites => Some(who),
                None if invites => their_own(entity, cx.app),
                _ => None,
            });
        }
        Deed::Mail | Deed::Direct => {}
        _ => return Ok(None),
    }
    if *start == Start::Hand && named.is_none() {
        return Ok(None);
    }
    // "remind staff of their tasks": one mail a person with what is theirs, not one a record.
    let works = |field: &String| {
        entity
            .field(field)
            .is_some_and(|one| matches!(one.role, Some(Role::Assignee | Role::Owner)))
    };
    let each = by_clock && wish.whole.has("their") && matches!(&named, Some(Who::Field(field)) if works(field));
    let named = if each { Some(Who::Each) } else { named };
    let mine = by_clock && named.is_none() && wish.whole.has("my");
    // "email every invitation": to whom it was sent.
    let own = ["email", "mail", "write"]
        .iter()
        .filter_map(|verb| wish.said.find(verb))
        .any(|at| {
            ["every", "each", "the", "new", "all"].contains(&wish.said.at(at + 1))
                && super::resolve::hits(&wish.said, cx.app)
                    .iter()
                    .any(|hit| hit.entity.name == entity.name && hit.score == 10 && hit.from <= at + 3 && hit.from > at)
        });
    let named = named
        .filter(|who| !own || !matches!(who, Who::Unknown(_)))
        .or_else(|| their_own(entity, cx.app).filter(|_| own && !by_clock));
    match named {
        None if mine && wish.deed == Deed::Mail => Ok(Some(Who::Me)),
        Some(who @ (Who::Field(_) | Who::Through { .. } | Who::Address(_))) => Ok(Some(who)),
        Some(Who::Each) if by_clock => Ok(Some(Who::Each)),
        Some(Who::Me) if wish.deed == Deed::Mail => Ok(Some(Who::Me)),
        Some(Who::Each) => Ok(their_own(entity, cx.app)),
        other => ask_person(turn, wish.deed, other, entity, cx, by_clock).map(Some),
    }
}

/// What was decided without being said.
fn notes(turn: &mut Turn<'_>, wish: &Wish<'_>, order: &Order<'_>, plan: &Plan) {
    let many = plural(&order.entity.name);
    if let (Some(what), Start::Ahead(..)) = (&wish.cannot, &order.start) {
        turn.say(format!(
            "Nothing in the app tells a function {what}: it looks once a day instead, and takes the {many} of the day."
        ));
    }
    if matches!(order.deed, Deed::Row | Deed::Page)
        && matches!(order.start, Start::Event(_))
        && wish.said.any(&["up to date", "in sync", "sync", "updated"]).is_some()
    {
        turn.say(format!(
            "I add what is new; later changes of {} don't reach it. A model can plan that: set OPENAI_API_KEY.",
            a(&order.entity.name)
        ));
    }
    if order.all && matches!(order.start, Start::Clock(_)) && matches!(order.deed, Deed::Row | Deed::Page) {
        turn.say(format!(
            "Each run adds all {many} again. Say “only new ones” to add what came since the run before."
        ));
    } else if matches!(order.start, Start::Clock(_))
        && !order.filter.iter().any(|one| one.value.to_string().contains("{{"))
        && matches!(
            order.deed,
            Deed::Row | Deed::Page | Deed::Contact | Deed::Deal | Deed::Ticket
        )
    {
        turn.say("Each run takes only what is new since the run before.");
    }
    if order.mine {
        turn.say(format!("Only {many} that are yours are in it."));
    } else if order.deed == Deed::Mail
        && order.who == Some(Who::Me)
        && matches!(order.start, Start::Clock(_))
        && wish.whole.has("my")
    {
        let worker = order
            .entity
            .fields
            .iter()
            .any(|field| field.role == Some(Role::Assignee));
        if worker {
            turn.say(format!("All of the app's {many} that fit are in it. Say “only mine” for those assigned to you, or “everyone theirs” to mail each person their own."));
        }
    }
    let worker = order
        .entity
        .fields
        .iter()
        .any(|field| field.role == Some(Role::Assignee));
    let listed = matches!(order.start, Start::Clock(_)) && matches!(order.deed, Deed::Mail | Deed::Post);
    if listed && order.entity.owner_only && !worker && !order.mine && order.who != Some(Who::Each) {
        turn.say(format!("The app keeps {many} to their own users; this list shows everybody's to whoever reads it. Say “only mine” to have yours alone."));
    }
    if wish.mode == Some(Mode::AppUser) && plan.trigger != linchpin_function::Trigger::Call {
        turn.say("It starts by itself, when nobody is signed in, so an account of each user's own can't serve it.");
    }
}

/// What would fit instead.
fn fitting(wish: &Wish<'_>, cx: &Cx<'_>) -> String {
    let connector = wish.connector.as_deref().unwrap_or_default();
    let fits: Vec<String> = cx
        .app
        .entities
        .iter()
        .filter(|entity| {
            let order = Order {
                deed: wish.deed,
                connector: connector.to_owned(),
                intents: build::intents(&wish.said),
                entity,
                start: Start::Event(Moment::Created),
                who: their_own(entity, cx.app),
                filter: Vec::new(),
                states: false,
                all: false,
                mine: false,
                which: String::new(),
                own: false,
                either: Vec::new(),
            };
            build::plan(cx, &order).is_some()
        })
        .map(|entity| plural(&entity.name))
        .take(4)
        .collect();
    match fits.is_empty() {
        true => format!("Nothing else in this app fits {} either.", connector_name(connector)),
        false => format!(
            "What fits here: {}.",
            super::names::listed(&fits.iter().map(|one| spoken(one)).collect::<Vec<_>>())
        ),
    }
}
