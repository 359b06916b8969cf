//! Records that take place at a time belong into a calendar.

use linchpin_app::Role;

use super::{Idea, Subject};
use crate::plans::{self, Moment};
use crate::{Evidence, anatomy, phrase, signals};

const CONNECTOR: &str = "googlecalendar";
/// Kinds of records that people turn up for.
const EVENTFUL: &[&str] = &[
    "booking",
    "appointment",
    "event",
    "meeting",
    "session",
    "class",
    "reservation",
    "interview",
    "visit",
    "consultation",
    "lesson",
    "workshop",
    "shift",
    "call",
    "viewing",
    "reserva",
    "cita",
    "evento",
    "reunion",
    "reuniao",
    "clase",
    "aula",
    "consulta",
    "termin",
    "buchung",
    "besprechung",
    "rendez",
    "seance",
    "פגישה",
    "אירוע",
    "תור",
];

/// Kinds of records that have a begin and an end and no place in a calendar.
const PERIODS: &[&str] = &[
    "attendance",
    "scan",
    "analytics",
    "webhook",
    "tracking",
    "audit",
    "timesheet",
    "timeentr",
    "punch",
    "boost",
    "campaign",
    "subscription",
    "membership",
    "promotion",
    "discount",
    "coupon",
    "season",
    "availability",
    "budget",
];

/// Pages that show days.
const DAYS: &str = "calendar agenda schedul planner kalend calendari calendrier horario יומן לוח";

/// Kinds of records that have a day to keep in mind.
const DATED: &[&str] = &[
    "project",
    "task",
    "order",
    "deadline",
    "delivery",
    "transaction",
    "assignment",
    "campaign",
    "quote",
    "inspection",
    "proyecto",
    "tarea",
    "pedido",
    "entrega",
    "projeto",
    "tarefa",
    "projekt",
    "aufgabe",
    "auftrag",
    "lieferung",
    "projet",
    "tache",
    "livraison",
    "progetto",
    "consegna",
    "ukol",
    "úkol",
    "zakazka",
    "zakázka",
    "פרויקט",
    "משימה",
];

/// A begin and an end: an event in the team's calendar, the person invited.
pub(super) fn event(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let span = anatomy::span(entity).filter(|span| span.lasts)?;
    if subject.is_private() || subject.is_a(PERIODS) {
        return None;
    }
    let guest = anatomy::recipient(entity).filter(|_| !subject.is_a(&["staff", "employee", "shift"]));
    let state = anatomy::status(entity).and_then(|field| Some((field, anatomy::reached(field)?)));
    let moment = state.map_or(Moment::Created, |(field, value)| Moment::Becomes {
        field: field.name.clone(),
        value: value.to_owned(),
    });
    let plan = plans::calendar_event(subject.cx, entity, &moment, guest.map(|field| field.name.as_str()))?;
    let [first, .., last] = span.fields.as_slice() else {
        return None;
    };
    let ground = subject.field(&first.name, &format!("and {} say when it takes place", last.name));
    let mut idea = subject.idea(CONNECTOR, "event", plan, 40, ground);
    if let Some(guest) = guest {
        idea.because(15, subject.field(&guest.name, "is whom to invite"));
    }
    if let Some((field, value)) = state {
        idea.because(5, subject.field(&field.name, &format!("can become {value}")));
    }
    if let Some(kept) = entity.with_role(Role::ExternalId) {
        idea.because(8, subject.field(&kept.name, "waits for the id of an event"));
    }
    if let Some(said) = subject.said(signals::Subject::Calendar) {
        idea.because(8, said);
    }
    if subject.is_a(EVENTFUL) {
        idea.because(
            8,
            Evidence::at(
                &entity.at,
                format!("{} is something people turn up for", phrase::a(&entity.name)),
            ),
        );
    }
    let invite = guest.map_or_else(String::new, |field| format!(" and invite {}", field.name));
    idea.title = format!("{} in Google Calendar", phrase::capital(&phrase::plural(&entity.name)));
    idea.prompt = format!(
        "When {} {}, add it to Google Calendar{invite}",
        phrase::a(&entity.name),
        moment.words()
    );
    Some(idea)
}

/// A day without an end: what is due, and what takes place on it.
pub(super) fn day(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let eventful = subject.is_a(EVENTFUL);
    let due = entity.with_role(Role::Due).is_some();
    if anatomy::span(entity).is_some_and(|span| span.lasts) || subject.is_private() || subject.is_a(PERIODS) {
        return None;
    }
    let shown = subject.on_page(DAYS);
    if !(eventful || due || shown.is_some() || subject.is_a(DATED)) {
        return None;
    }
    let span = anatomy::day(entity)?;
    let field = *span.fields.first()?;
    let moment = Moment::that_matters(entity);
    let plan = plans::calendar_day(subject.cx, entity, &moment)?;
    let says = if due {
        "says by when it is due"
    } else {
        "says on which day it is"
    };
    let mut idea = subject.idea(CONNECTOR, "day", plan, 36, subject.field(&field.name, says));
    if eventful {
        let why = format!("{} is something people turn up for", phrase::a(&entity.name));
        idea.because(12, Evidence::at(&entity.at, why));
    }
    if let Some(worker) = anatomy::worker(entity) {
        idea.because(4, subject.field(&worker.name, "is who has to think of it"));
    }
    if let Some(shown) = shown {
        idea.because(16, shown);
    } else if let Some(said) = subject.said(signals::Subject::Calendar) {
        idea.because(10, said);
    }
    idea.title = format!("{} in Google Calendar", phrase::capital(&phrase::plural(&entity.name)));
    idea.prompt = format!(
        "When {} {}, put its {} into Google Calendar",
        phrase::a(&entity.name),
        moment.words(),
        phrase::spoken(&field.name)
    );
    Some(idea)
}

/// Records of one's own on a page of one's own: each user's own calendar.
pub(super) fn own_event(subject: &Subject<'_, '_>) -> Option<Idea> {
    let entity = subject.entity;
    let minded = || subject.is_a(EVENTFUL) || entity.with_role(Role::Due).is_some() || subject.on_page(DAYS).is_some();
    let span = anatomy::span(entity).or_else(|| anatomy::day(entity).filter(|_| minded()))?;
    let touched = subject.signals.entity(&entity.name);
    let own_page = touched.read_on.iter().find_map(|(page, _)| {
        page.per_user
            .as_ref()
            .filter(|at| is_read_there(page, &entity.name, at))
            .map(|at| (*page, at.clone()))
    });
    let private = subject.is_private();
    let page = match (&own_page, private) {
        (Some((page, _)), _) => *page,
        (None, true) => subject.home()?,
        (None, false) => return None,
    };
    let plan = plans::own_calendar_event(subject.cx, entity)?;
    let base = match anatomy::span(entity) {
        Some(span) if span.lasts => 42,
        Some(_) => 34,
        None => 26,
    };
    let ground = subject.field(&span.fields.first()?.name, "says when it takes place");
    let mut idea = subject.idea(CONNECTOR, "own-event", plan, base, ground);
    if let Some((page, at)) = &own_page {
        let why = format!(
            "the {} page shows only the signed-in user's {}",
            page.name,
            phrase::plural(&entity.name)
        );
        idea.because(8, Evidence::at(at, why));
    }
    if let (true, Some(at)) = (private, &entity.rls_at) {
        idea.because(
            12,
            Evidence::at(
                at,
                format!("row-level security keeps each {} to its own user", entity.name),
            ),
        );
    }
    let title = page
        .title
        .clone()
        .unwrap_or_else(|| phrase::capital(&phrase::spoken(&page.name)));
    idea.title = format!("Own {} in each user's Google Calendar", phrase::plural(&entity.name));
    idea.prompt = format!(
        "On the {title} page, let each user add {} to their own Google Calendar",
        phrase::a(&entity.name)
    );
    Some(idea)
}

/// Whether the page's filter by user is one of this entity.
fn is_read_there(page: &linchpin_app::Page, entity: &str, at: &linchpin_app::At) -> bool {
    page.reads.iter().any(|one| one.entity == entity && one.at == *at)
}
