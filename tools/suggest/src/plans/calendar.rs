//! Google Calendar: a record as an event.

use linchpin_app::{Entity, Field, Kind, Role, name_words};
use linchpin_catalog::Mode;
use linchpin_function::{CallStep, Plan, Step};
use serde_json::json;

use super::{Cx, Moment, call, map, on_call, on_event};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "googlecalendar";

/// Puts a record into the shared calendar when `moment` comes, and invites the address in the
/// field `invite` if one is given: from its begin to its end, or on its day. `None` when it has neither.
pub fn calendar_event(cx: &Cx<'_>, entity: &Entity, moment: &Moment, invite: Option<&str>) -> Option<Plan> {
    let name = phrase::function(cx.app, &["add", &entity.name, "to", "calendar"]);
    let also = invite.map_or_else(String::new, |field| format!(" and invite {field}"));
    let purpose = format!(
        "When {} {}, add it to Google Calendar{also}.",
        phrase::a(&entity.name),
        moment.words()
    );
    let span = anatomy::span(entity).or_else(|| anatomy::day(entity))?;
    let steps = steps(cx, entity, &span, invite)?;
    Some(on_event(entity, moment, CONNECTOR, name, purpose, steps))
}

/// Puts the day a record is for, or due on, into the shared calendar when `moment` comes: at its own
/// time where it has one, else in the morning. `None` when a record has no day.
pub fn calendar_day(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let span = anatomy::day(entity)?;
    let day = span.fields.first()?;
    let name = phrase::function(cx.app, &["add", &entity.name, "to", "calendar"]);
    let purpose = format!(
        "When {} {}, put its {} into Google Calendar.",
        phrase::a(&entity.name),
        moment.words(),
        phrase::spoken(&day.name)
    );
    let steps = steps(cx, entity, &span, None)?;
    Some(on_event(entity, moment, CONNECTOR, name, purpose, steps))
}

/// Puts a record into the own calendar of the user who asks for it.
pub fn own_calendar_event(cx: &Cx<'_>, entity: &Entity) -> Option<Plan> {
    let span = anatomy::span(entity).or_else(|| anatomy::day(entity))?;
    let name = phrase::function(cx.app, &["add", &entity.name, "to", "my", "calendar"]);
    let purpose = format!(
        "Add {} to the Google Calendar of the user who asks.",
        phrase::a(&entity.name)
    );
    Some(on_call(
        entity,
        CONNECTOR,
        Mode::AppUser,
        name,
        purpose,
        steps(cx, entity, &span, None)?,
    ))
}

fn steps(cx: &Cx<'_>, entity: &Entity, span: &anatomy::Span<'_>, invite: Option<&str>) -> Option<Vec<Step>> {
    let operation = cx.operation(CONNECTOR, "create_event")?;
    let record = phrase::record(&entity.name);
    let zone = anatomy::zone(entity, cx.time_zone);
    let mut body = json!({
        "summary": anatomy::headline(entity, &record),
        "start": { "dateTime": span.start, "timeZone": zone },
        "end": { "dateTime": span.end, "timeZone": zone },
    });
    if let Some(place) = entity.with_role(Role::Place) {
        body["location"] = format!("{{{{{record}.{}}}}}", place.name).into();
    }
    if let Some(about) = shown_to_guests(entity) {
        body["description"] = format!("{{{{{record}.{}}}}}", about.name).into();
    }
    if let Some(invite) = invite {
        body["attendees"] = json!([{ "email": format!("{{{{{record}.{invite}}}}}") }]);
    }
    let kept = entity.fields.iter().find(|field| keeps_event(field));
    if kept.is_none() {
        // Without a field to keep the event's id in, the record's own id makes a repetition harmless.
        body["id"] = format!("{{{{{record}.id}}}}").into();
    }
    let mut steps = vec![call(CallStep {
        operation,
        path: map([("calendarId", "primary")]),
        query: map([("sendUpdates", if invite.is_some() { "all" } else { "none" })]),
        body: Some(body),
        bind: kept.map(|_| "calendarEvent".to_owned()),
        unless: kept.map(|field| format!("{record}.{}", field.name)),
        ..CallStep::default()
    })];
    if let Some(field) = kept {
        steps.push(Step::Write {
            entity: entity.name.clone(),
            record,
            set: [(field.name.clone(), json!("{{calendarEvent.id}}"))].into(),
        });
    }
    Some(steps)
}

/// A field made to hold the id of the event at the calendar.
fn keeps_event(field: &Field) -> bool {
    let words = name_words(&field.name);
    field.role == Some(Role::ExternalId)
        && field.kind == Kind::String
        && words
            .iter()
            .any(|word| word == "event" || word == "calendar" || word == "gcal")
}

/// A text written for the guest: a description or an agenda, never internal notes.
fn shown_to_guests(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| {
        field.role == Some(Role::Text)
            && field.kind == Kind::String
            && field.format.as_deref() != Some("richtext")
            && name_words(&field.name).last().is_some_and(|last| {
                [
                    "description",
                    "agenda",
                    "details",
                    "descripcion",
                    "descricao",
                    "beschreibung",
                ]
                .contains(&last.as_str())
            })
    })
}
