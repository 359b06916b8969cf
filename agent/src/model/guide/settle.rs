//! From a wish to a plan: what is missing is asked, one short question each; what has a sensible
//! default gets it, and is said.

use linchpin_app::{App, Entity, Kind, Role};
use linchpin_catalog::{Catalog, Mode};
use linchpin_function::{Condition, Op, Plan};
use linchpin_suggest::plans::{Cx, Moment};

use super::build::{self, Order, Start};
use super::clock::{Clock, clock};
use super::connectors::mentions;
use super::content;
use super::filter::{Filter, filter, planned};
use super::names::{a, capital, connector as connector_name, plural, spoken};
use super::person::{Who, address_in, somebody, their_own, whom};
use super::trigger::{Subject, moment_of, told};
use super::turn::{Flow, Turn};
use super::wish::{Deed, Wish};
use super::words::Said;

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
        let why = build::unfit(order.deed, entity);
        return Err(turn.end(format!("{why} {}", fitting(&wish, cx))));
    };
    for note in content::apply(&mut plan, &wish.said, entity) {
        turn.say(note);
    }
    if let Some(mode) = wish.mode {
        plan.mode = mode;
    }
    notes(turn, &wish, &order, &plan);
    Ok(plan)
}

fn which_connector(turn: &mut Turn<'_>, wish: &Wish<'_>, catalog: &Catalog) -> Flow<String> {
    let said = &wish.whole;
    if said.words.iter().any(|word| super::person::is_address(&word.text)) {
        return Ok("gmail".to_owned());
    }
    let ids: &[&str] = if said.any(&["save", "store", "export", "log", "track", "keep", "archive", "copy", "sync", "backup", "record"]).is_some() {
        &["googlesheets", "notion", "hubspot"]
    } else if said.any(&["schedule", "book"]).is_some() {
        &["googlecalendar", "gmail"]
    } else {
        &["slackbot", "gmail"]
    };
    let options: Vec<String> = ids.iter().filter(|id| catalog.get(id).is_some()).map(|id| connector_name(id)).collect();
    let answer = turn.ask("connector", "Which tool shall it use?", &options, "Slack")?;
    match mentions(&Said::new(&format!("in {answer}")), catalog).first() {
        Some(one) => Ok(one.id.clone()),
        None => {
            let names: Vec<String> = catalog.connectors().map(|one| one.name.clone()).collect();
            Err(turn.end(format!("I don't know a connector “{answer}”. I can use {}.", super::names::listed(&names))))
        }
    }
}

fn which_entity<'a>(turn: &mut Turn<'_>, wish: &Wish<'a>, cx: &Cx<'a>) -> Flow<&'a Entity> {
    let options: Vec<&Entity> = match &wish.subject {
        Subject::One(entity) => return Ok(entity),
        Subject::Several(all) => all.clone(),
        Subject::None => likely(cx.app),
    };
    if options.is_empty() {
        return Err(turn.end("This app has no entities yet, so there is nothing to send. Add an entity first, then ask again."));
    }
    let names: Vec<String> = options.iter().map(|entity| entity.name.clone()).collect();
    let text = match wish.subject {
        Subject::Several(_) => "Which of these do you mean?",
        _ => "Which records is it about?",
    };
    let answer = turn.ask("entity", text, &names, "Booking")?;
    let named = cx.app.entities.iter().find(|entity| entity.name.eq_ignore_ascii_case(&answer)).or_else(|| cx.entity(&answer));
    let found = named.or_else(|| match told(&Said::new(&answer), cx.app).subject {
        Subject::One(entity) => Some(entity),
        Subject::Several(all) => all.first().copied(),
        Subject::None => None,
    });
    found.ok_or_else(|| turn.end(format!("The app has no entity like “{answer}”. It has {}.", super::names::listed(&names))))
}

/// Entities that people mean, those most pages show first.
fn likely(app: &App) -> Vec<&Entity> {
    let shown = |entity: &Entity| app.pages.iter().filter(|page| page.reads.iter().chain(&page.writes).any(|one| one.entity == entity.name)).count();
    let mut all: Vec<&Entity> = app.entities.iter().filter(|entity| !entity.name.ends_with("Settings") && entity.name != "User").collect();
    all.sort_by_key(|entity| std::cmp::Reverse(shown(entity)));
    all.truncate(6);
    all
}

fn which_start(turn: &mut Turn<'_>, wish: &Wish<'_>, entity: &Entity, picked: &Filter, cx: &Cx<'_>) -> Flow<Start> {
    let mut time = wish.clock.clone();
    if let Some((wanted, near)) = time.beyond {
        let text = format!("A schedule can't run {wanted}. How often shall it be?");
        let answer = turn.ask("schedule", &text, &[near.to_owned(), "every day at 08:00".to_owned()], "every day at 08:00")?;
        time = clock(&Said::new(&answer));
        time.beyond = None;
        time.repeat = time.repeat.or(Some(linchpin_function::Repeat::Daily));
    }
    // What is overdue was due the day before.
    let of_the_day = if wish.cannot.as_ref().is_some_and(|what| what.ends_with("overdue")) { -1 } else { 0 };
    let ahead = wish.ahead.or_else(|| (wish.cannot.is_some() && wish.moment.is_none()).then_some(of_the_day));
    if time.is_set() || ahead.is_some() {
        time = half_of_day(turn, time)?;
    }
    let schedule = time.schedule(None, cx.time_zone);
    if let Some(days) = ahead {
        let Some((field, whole)) = planned(&wish.said, entity) else {
            return Err(turn.end(format!("{} has no date to count from.", capital(&a(&entity.name)))));
        };
        return Ok(Start::Ahead(schedule, days, field, whole));
    }
    let cued = wish.whole.any(&["when", "whenever", "as soon as", "each time", "every time", "once a", "upon", "wehn", "whne"]).is_some();
    if let (Some(moment), true) = (&wish.moment, cued || !time.is_set()) {
        return Ok(Start::Event(narrowed(moment.clone(), picked, entity)));
    }
    if time.is_set() {
        return Ok(Start::Clock(schedule));
    }
    if wish.demand || wish.mode == Some(Mode::AppUser) {
        return Ok(Start::Hand);
    }
    let listed = wish.said.any(&["list", "digest", "summary", "report", "overview", "roundup", "recap"]).is_some();
    let told = picked.conditions.iter().any(|one| !one.value.to_string().contains("{{"));
    let by_itself = !matches!(wish.deed, Deed::Mail | Deed::Direct) && !listed && !wish.unclear || wish.unclear && told;
    if by_itself {
        return Ok(Start::Event(narrowed(Moment::Created, picked, entity)));
    }
    ask_start(turn, wish, entity, picked, cx, listed)
}

/// "created, if confirmed" is when it becomes confirmed: it may be confirmed later.
fn narrowed(moment: Moment, picked: &Filter, entity: &Entity) -> Moment {
    let status = super::resolve::status(entity).map(|field| field.name.as_str());
    let stands = |one: &&Condition| one.op == Op::Eq && (one.value.is_boolean() || (one.value.is_string() && status == Some(one.field.as_str())));
    match (moment, picked.conditions.iter().find(stands)) {
        (Moment::Created, Some(one)) if !one.value.as_str().is_some_and(|text| text.contains("{{")) => {
            let value = one.value.as_str().map_or_else(|| one.value.to_string(), str::to_owned);
            Moment::Becomes { field: one.field.clone(), value }
        }
        (moment, _) => moment,
    }
}

fn half_of_day(turn: &mut Turn<'_>, mut time: Clock) -> Flow<Clock> {
    if let (Some((early, late)), None) = (time.half.take(), &time.at) {
        let text = format!("At {early} or at {late}?");
        let answer = turn.ask("time", &text, &[late.clone(), early], &late)?;
        time.at = clock(&Said::new(&format!("at {answer}"))).at.or(Some(late));
    }
    Ok(time)
}

fn ask_start(turn: &mut Turn<'_>, wish: &Wish<'_>, entity: &Entity, picked: &Filter, cx: &Cx<'_>, listed: bool) -> Flow<Start> {
    let one = a(&entity.name);
    let matters = Moment::that_matters(entity);
    let mut options = vec![format!("when {one} is created")];
    if matters != Moment::Created {
        options.push(format!("when {one} {}", matters.words()));
    }
    options.push("every day at 08:00".to_owned());
    if listed {
        options.rotate_right(1);
    }
    let answer = turn.ask("when", "When shall it happen?", &options, "every Monday at 09:00")?;
    let said = Said::new(&answer);
    let time = clock(&said);
    if time.is_set() || time.at.is_some() {
        let time = half_of_day(turn, time)?;
        return Ok(Start::Clock(time.schedule(None, cx.time_zone)));
    }
    let moment = told(&said, cx.app).moment.or_else(|| moment_of(&said, entity));
    match moment {
        Some(moment) => Ok(Start::Event(narrowed(moment, picked, entity))),
        None if said.any(&["button", "click", "demand", "hand", "asks", "ask"]).is_some() => Ok(Start::Hand),
        None => Err(turn.end(format!(
            "I didn't understand “{answer}” as a time or an event. Say it like “{} every Monday at 09:00”.",
            wish.whole.words.iter().map(|word| word.raw.as_str()).collect::<Vec<_>>().join(" ")
        ))),
    }
}

fn order<'a>(turn: &mut Turn<'_>, wish: &Wish<'a>, entity: &'a Entity, picked: Filter, start: Start, cx: &Cx<'a>) -> Flow<Order<'a>> {
    let mut conditions = picked.conditions;
    let by_clock = matches!(start, Start::Clock(_));
    if let Start::Event(moment) = &start {
        let field = match moment {
            Moment::Becomes { field, .. } | Moment::Changes { field } => Some(field.clone()),
            _ => None,
        };
        // What a record becomes is its state already, and a day asked for is no state.
        conditions.retain(|one| Some(&one.field) != field.as_ref() && !one.value.to_string().contains("{{"));
    } else if let (Some(Moment::Becomes { field, value }), false) = (&wish.moment, picked.states) {
        let value = if entity.field(field).is_some_and(|one| one.kind == Kind::Boolean) { (value == "true").into() } else { value.clone().into() };
        conditions.push(Condition { field: field.clone(), op: Op::Eq, value });
    }
    let states = picked.states || conditions.iter().any(|one| super::resolve::status(entity).is_some_and(|status| status.name == one.field));
    let who = which_person(turn, wish, entity, &start, cx)?;
    let worker = entity.fields.iter().any(|field| field.role == Some(Role::Assignee));
    let my = wish.whole.any(&["my", "i finished", "i have", "i made"]).is_some() && !wish.whole.has("my team");
    let mine = picked.mine || (by_clock && my && entity.owner_only && !worker && who == Some(Who::Me));
    let fresh = super::resolve::hits(&wish.whole, cx.app)
        .iter()
        .any(|hit| hit.entity.name == entity.name && (1..=2).any(|by| ["new", "recent", "latest"].contains(&wish.whole.before(hit.from, by))));
    let which = which_word(&conditions, states, by_clock && fresh);
    let own = wish.mode == Some(Mode::AppUser) || wish.whole.any(&["their own", "own calendar", "own account", "own google", "own gmail"]).is_some();
    Ok(Order { deed: wish.deed, entity, start, who, filter: conditions, states, all: picked.all, mine, which, own })
}

/// "confirmed", "overdue", "new": which records, in a word.
fn which_word(conditions: &[Condition], states: bool, fresh: bool) -> String {
    let text = |one: &Condition| one.value.as_str().map(|text| text.replace('_', " "));
    let state = conditions.iter().find(|one| states && one.op == Op::Eq).and_then(text).filter(|text| !text.contains("{{"));
    let late = conditions.iter().any(|one| one.op == Op::Lt && one.value == "{{today}}");
    match state {
        Some(state) => state,
        None if late => "overdue".to_owned(),
        None if fresh => "new".to_owned(),
        None => String::new(),
    }
}

/// Whom a mail or a direct message goes to, or who is invited.
fn which_person(turn: &mut Turn<'_>, wish: &Wish<'_>, entity: &Entity, start: &Start, cx: &Cx<'_>) -> Flow<Option<Who>> {
    let named = whom(&wish.said, entity, cx.app);
    let by_clock = matches!(start, Start::Clock(_));
    match wish.deed {
        Deed::Event | Deed::Meet => {
            let invites = wish.said.any(&["invite", "invites", "inviting", "invitation", "guest", "attendee", "attendees", "guests"]).is_some();
            return Ok(match named {
                Some(Who::Unknown(word)) if invites => {
                    turn.say(format!("{} names no {word} with an e-mail address, so nobody is invited.", capital(&a(&entity.name))));
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
    let mine = by_clock && named.is_none() && wish.whole.has("my");
    match named {
        None if mine && wish.deed == Deed::Mail => Ok(Some(Who::Me)),
        Some(who @ (Who::Field(_) | Who::Through { .. } | Who::Address(_))) => Ok(Some(who)),
        Some(Who::Each) if by_clock => Ok(Some(Who::Each)),
        Some(Who::Me) if wish.deed == Deed::Mail => Ok(Some(Who::Me)),
        Some(Who::Each) => Ok(their_own(entity, cx.app)),
        other => ask_person(turn, wish.deed, other, entity, cx, by_clock).map(Some),
    }
}

fn ask_person(turn: &mut Turn<'_>, deed: Deed, named: Option<Who>, entity: &Entity, cx: &Cx<'_>, by_clock: bool) -> Flow<Who> {
    let person = match (their_own(entity, cx.app), by_clock) {
        (Some(Who::Field(field)), false) => Some((format!("the address in {field}"), Who::Field(field))),
        (Some(who @ Who::Through { .. }), false) => Some(("the person it refers to".to_owned(), who)),
        _ => None,
    };
    let mut options: Vec<String> = person.iter().map(|(words, _)| words.clone()).collect();
    if deed == Deed::Mail {
        options.push("me".to_owned());
    }
    let text = match &named {
        Some(Who::Team) => "Which address reaches the team?".to_owned(),
        Some(Who::Unknown(word)) => format!("{} names no {word} with an e-mail address. To whom shall it go?", capital(&a(&entity.name))),
        _ if deed == Deed::Direct => "To whom? Give the e-mail address they use in Slack.".to_owned(),
        _ => "To whom shall it go?".to_owned(),
    };
    if named == Some(Who::Team) {
        options.clear();
    }
    let answer = turn.ask("recipient", &text, &options, "name@example.com")?;
    if let Some(address) = address_in(&answer) {
        return Ok(Who::Address(address));
    }
    if let Some((words, who)) = person
        && (answer == words || answer.contains(entity.with_role(Role::Email).map_or("\n", |field| field.name.as_str())))
    {
        return Ok(who);
    }
    if ["me", "myself", "to me"].contains(&answer.to_lowercase().as_str()) && deed == Deed::Mail {
        return Ok(Who::Me);
    }
    let noun = Said::new(&answer).words.last().map(|word| word.text.clone()).unwrap_or_default();
    match somebody(&noun, entity, cx.app) {
        Who::Unknown(_) => Err(turn.end(format!("“{answer}” is no e-mail address, and {} names nobody like that. Give an address, such as name@example.com.", a(&entity.name)))),
        who => Ok(who),
    }
}

/// What was decided without being said.
fn notes(turn: &mut Turn<'_>, wish: &Wish<'_>, order: &Order<'_>, plan: &Plan) {
    let many = plural(&order.entity.name);
    if let (Some(what), Start::Ahead(..)) = (&wish.cannot, &order.start) {
        turn.say(format!("Nothing in the app tells a function {what}: it looks once a day instead, and takes the {many} of the day."));
    }
    if matches!(order.deed, Deed::Row | Deed::Page) && matches!(order.start, Start::Event(_)) && wish.said.any(&["up to date", "in sync", "sync", "updated"]).is_some() {
        turn.say(format!("I add what is new; later changes of {} don't reach it. A model can plan that: set OPENAI_API_KEY.", a(&order.entity.name)));
    }
    if order.all && matches!(order.start, Start::Clock(_)) && matches!(order.deed, Deed::Row | Deed::Page) {
        turn.say(format!("Each run adds all {many} again. Say “only new ones” to add what came since the run before."));
    } else if matches!(order.start, Start::Clock(_)) && order.filter.is_empty() && matches!(order.deed, Deed::Row | Deed::Page | Deed::Contact | Deed::Deal | Deed::Ticket) {
        turn.say(format!("Each run takes the {many} made since the run before."));
    }
    if order.mine {
        turn.say(format!("Only {many} that are yours are in it."));
    } else if order.deed == Deed::Mail && order.who == Some(Who::Me) && matches!(order.start, Start::Clock(_)) && wish.whole.has("my") {
        let worker = order.entity.fields.iter().any(|field| field.role == Some(Role::Assignee));
        if worker {
            turn.say(format!("All of the app's {many} that fit are in it. Say “only mine” for those assigned to you, or “everyone theirs” to mail each person their own."));
        }
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
                entity,
                start: Start::Event(Moment::Created),
                who: their_own(entity, cx.app),
                filter: Vec::new(),
                states: false,
                all: false,
                mine: false,
                which: String::new(),
                own: false,
            };
            build::plan(cx, &order).is_some()
        })
        .map(|entity| plural(&entity.name))
        .take(4)
        .collect();
    match fits.is_empty() {
        true => format!("Nothing else in this app fits {} either.", connector_name(connector)),
        false => format!("What fits here: {}.", super::names::listed(&fits.iter().map(|one| spoken(one)).collect::<Vec<_>>())),
    }
}
