//! What only the builder can say: each a question with the answers that are likely.

use linchpin_app::{App, Entity, Role};
use linchpin_catalog::Catalog;
use linchpin_function::{Condition, Op, Repeat};
use linchpin_suggest::plans::{Cx, Moment};

use super::build::Start;
use super::clock::{Clock, clock};
use super::connectors::mentions;
use super::filter::Filter;
use super::happening::moment_of;
use super::names::{a, capital, connector as connector_name};
use super::person::{Who, address_in, somebody, their_own};
use super::trigger::{Subject, told};
use super::turn::{Flow, Turn};
use super::window::planned;
use super::wish::{Deed, Wish};
use super::words::Said;

pub(super) fn which_connector(turn: &mut Turn<'_>, wish: &Wish<'_>, catalog: &Catalog) -> Flow<String> {
    let said = &wish.whole;
    if said.words.iter().any(|word| super::person::is_address(&word.text)) {
        return Ok("gmail".to_owned());
    }
    let ids: &[&str] = if said
        .any(&[
            "save", "store", "export", "log", "track", "keep", "archive", "copy", "sync", "backup", "record",
        ])
        .is_some()
    {
        &["googlesheets", "notion", "hubspot"]
    } else if said.any(&["schedule", "book"]).is_some() {
        &["googlecalendar", "gmail"]
    } else {
        &["slackbot", "gmail"]
    };
    let options: Vec<String> = ids
        .iter()
        .filter(|id| catalog.has(id))
        .map(|id| connector_name(id))
        .collect();
    let answer = turn.ask("connector", "Which tool shall it use?", &options, "Slack")?;
    match mentions(&Said::new(&format!("in {answer}")), catalog).first() {
        Some(one) => Ok(one.id.clone()),
        None => Err(turn.end(format!(
            "I don't know a connector “{answer}”. I can use {}.",
            super::refuse::a_few(catalog)
        ))),
    }
}

pub(super) fn which_entity<'a>(turn: &mut Turn<'_>, wish: &Wish<'a>, cx: &Cx<'a>) -> Flow<&'a Entity> {
    let dated = |entity: &&Entity| planned(&wish.said, entity).is_some();
    let options: Vec<&Entity> = match &wish.subject {
        // "the day before" counts from a date that the client doesn't have.
        Subject::One(entity) if wish.ahead.is_some() && !dated(entity) => {
            likely(cx.app).into_iter().filter(dated).collect()
        }
        Subject::One(entity) => return Ok(entity),
        Subject::Several(all) => all.clone(),
        Subject::None => likely(cx.app),
    };
    if options.is_empty() {
        return Err(
            turn.end("This app has no entities yet, so there is nothing to send. Add an entity first, then ask again.")
        );
    }
    let names: Vec<String> = options.iter().map(|entity| entity.name.clone()).collect();
    let text = match wish.subject {
        Subject::Several(_) => "Which of these do you mean?",
        _ => "Which records is it about?",
    };
    let answer = turn.ask("entity", text, &names, "Booking")?;
    let named = cx
        .app
        .entities
        .iter()
        .find(|entity| entity.name.eq_ignore_ascii_case(&answer))
        .or_else(|| cx.entity(&answer));
    let found = named.or_else(|| match told(&Said::new(&answer), cx.app).subject {
        Subject::One(entity) => Some(entity),
        Subject::Several(all) => all.first().copied(),
        Subject::None => None,
    });
    found.ok_or_else(|| {
        turn.end(format!(
            "The app has no entity like “{answer}”. It has {}.",
            super::names::listed(&names)
        ))
    })
}

/// Entities that people mean, those most pages show first.
fn likely(app: &App) -> Vec<&Entity> {
    let shown = |entity: &Entity| {
        app.pages
            .iter()
            .filter(|page| {
                page.reads
                    .iter()
                    .chain(&page.writes)
                    .any(|one| one.entity == entity.name)
            })
            .count()
    };
    let mut all: Vec<&Entity> = app
        .entities
        .iter()
        .filter(|entity| !entity.name.ends_with("Settings") && entity.name != "User")
        .collect();
    all.sort_by_key(|entity| std::cmp::Reverse(shown(entity)));
    all.truncate(6);
    all
}

/// "created, if confirmed" is when it becomes confirmed: it may be confirmed later.
pub(super) fn narrowed(moment: Moment, picked: &Filter, entity: &Entity) -> Moment {
    let status = super::resolve::status(entity).map(|field| field.name.as_str());
    let stands = |one: &&Condition| {
        one.op == Op::Eq && (one.value.is_boolean() || (one.value.is_string() && status == Some(one.field.as_str())))
    };
    match (moment, picked.conditions.iter().find(stands)) {
        (Moment::Created, Some(one)) if !one.value.as_str().is_some_and(|text| text.contains("{{")) => {
            let value = one.value.as_str().map_or_else(|| one.value.to_string(), str::to_owned);
            Moment::Becomes {
                field: one.field.clone(),
                value,
            }
        }
        (moment, _) => moment,
    }
}

/// A clock that a schedule can keep: what it can't, or what may be two times, is asked.
pub(super) fn kept(turn: &mut Turn<'_>, mut time: Clock) -> Flow<Clock> {
    let uneven = match time.repeat {
        Some(Repeat::Hourly { every }) if ![1, 2, 3, 4, 6, 8, 12].contains(&every) => Some(every),
        _ => None,
    };
    let wanted = time.beyond.map(|(wanted, near)| (wanted.to_owned(), near.to_owned()));
    let wanted = wanted.or_else(|| {
        uneven.map(|every| {
            (
                format!("every {every} hours, which a day has no whole number of"),
                "every 6 hours".to_owned(),
            )
        })
    });
    if let Some((wanted, near)) = wanted {
        let text = format!("A schedule can't run {wanted}. How often shall it be?");
        let answer = turn.ask(
            "schedule",
            &text,
            &[near, "every day at 08:00".to_owned()],
            "every day at 08:00",
        )?;
        let told = clock(&Said::new(&answer));
        let even =
            |repeat: &Repeat| !matches!(repeat, Repeat::Hourly { every } if ![1, 2, 3, 4, 6, 8, 12].contains(every));
        let Some(repeat) = told.repeat.filter(even) else {
            return Err(turn.end(format!("I didn't understand “{answer}” as a schedule, so nothing was planned. Say it like “every day at 08:00”.")));
        };
        time = Clock {
            repeat: Some(repeat),
            at: told.at.or(time.at),
            zone: told.zone.or(time.zone),
            beyond: None,
            half: told.half,
        };
    }
    if let (Some((early, late)), None) = (time.half.take(), &time.at) {
        let text = format!("At {early} or at {late}?");
        let answer = turn.ask("time", &text, &[late.clone(), early], &late)?;
        time.at = clock(&Said::new(&format!("at {answer}"))).at.or(Some(late));
    }
    Ok(time)
}

pub(super) fn ask_start(
    turn: &mut Turn<'_>,
    wish: &Wish<'_>,
    entity: &Entity,
    picked: &Filter,
    cx: &Cx<'_>,
    listed: bool,
) -> Flow<Start> {
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
        let time = kept(turn, time)?;
        return Ok(Start::Clock(time.schedule(None, cx.time_zone)));
    }
    let moment = told(&said, cx.app).moment.or_else(|| moment_of(&said, entity));
    match moment {
        Some(moment) => Ok(Start::Event(narrowed(moment, picked, entity))),
        None if said
            .any(&["button", "click", "demand", "hand", "asks", "ask"])
            .is_some() =>
        {
            Ok(Start::Hand)
        }
        None => Err(turn.end(format!(
            "I didn't understand “{answer}” as a time or an event. Say it like “{} every Monday at 09:00”.",
            wish.whole
                .words
                .iter()
                .map(|word| word.raw.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        ))),
    }
}

pub(super) fn ask_person(
    turn: &mut Turn<'_>,
    deed: Deed,
    named: Option<Who>,
    entity: &Entity,
    cx: &Cx<'_>,
    by_clock: bool,
) -> Flow<Who> {
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
        Some(Who::Unknown(word)) => format!(
            "{} names no {word} with an e-mail address. To whom shall it go?",
            capital(&a(&entity.name))
        ),
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
    let noun = Said::new(&answer)
        .words
        .last()
        .map(|word| word.text.clone())
        .unwrap_or_default();
    match somebody(&noun, entity, cx.app) {
        Who::Unknown(_) => Err(turn.end(format!("“{answer}” is no e-mail address, and {} names nobody like that. Give an address, such as name@example.com.", a(&entity.name)))),
        who => Ok(who),
    }
}
