//! Which date is meant: the one a window of days is laid on, and the one a reminder counts to.

use linchpin_app::{Entity, Field, Role, name_words};

use super::resolve::field_at;
use super::words::Said;

/// The date that a window is laid on, and whether it is a day rather than a moment.
pub(super) fn date_field(said: &Said, entity: &Entity, past: bool) -> Option<(String, bool)> {
    let day = |field: &Field| {
        field.format.as_deref() == Some("date")
            || (field.format.is_none() && matches!(field.role, Some(Role::Due | Role::Date)))
    };
    let of = |field: &Field| (field.name.clone(), day(field));
    let built_in = || Some(("created_date".to_owned(), false));
    if said.any(&["finished", "completed", "done", "closed"]).is_some() {
        let done = entity.fields.iter().find(|field| {
            let words = name_words(&field.name);
            field.role.is_some()
                && words
                    .iter()
                    .any(|word| ["completed", "finished", "closed", "done"].contains(&word.as_str()) && words.len() > 1)
        });
        if let Some(field) = done.filter(|field| matches!(field.role, Some(Role::DateTime | Role::Date))) {
            return Some(of(field));
        }
        return Some(("updated_date".to_owned(), false));
    }
    if said.any(&["new", "created", "added", "came in", "submitted"]).is_some() {
        return built_in();
    }
    let named = [("due", Role::Due), ("start", Role::Start), ("starting", Role::Start)];
    if let Some(field) = named
        .iter()
        .filter(|(word, _)| said.has(word))
        .find_map(|(_, role)| entity.with_role(*role))
    {
        return Some(of(field));
    }
    let planned = [Role::Start, Role::Due, Role::Date]
        .into_iter()
        .find_map(|role| entity.with_role(role));
    planned
        .map(of)
        .or_else(|| if past { built_in() } else { None })
        .or_else(built_in)
}

/// The date field a reminder counts from, and whether it is a day.
pub(super) fn planned(said: &Said, entity: &Entity) -> Option<(String, bool)> {
    let unit = |at: &usize| ["day", "days", "date", "time", "when"].contains(&said.at(*at));
    let mentioned = (0..said.words.len())
        .filter(|at| !unit(at))
        .filter_map(|at| field_at(said, at, entity))
        .map(|(field, _)| field)
        .find(|field| matches!(field.role, Some(Role::Start | Role::Due | Role::Date | Role::DateTime)));
    // What has happened already is nothing to count towards.
    let ahead = |field: &&Field| {
        !name_words(&field.name).iter().any(|word| {
            [
                "last",
                "sent",
                "completed",
                "paid",
                "created",
                "updated",
                "confirmed",
                "submitted",
                "issued",
                "done",
                "converted",
            ]
            .contains(&word.as_str())
        })
    };
    let of_role = |role: Role| {
        entity
            .fields
            .iter()
            .filter(ahead)
            .find(|field| field.role == Some(role))
    };
    let due = entity
        .with_role(Role::Due)
        .filter(|_| said.any(&["due", "deadline"]).is_some());
    let found = due.or(mentioned).or_else(|| {
        [Role::Start, Role::Due, Role::Date, Role::DateTime]
            .into_iter()
            .find_map(of_role)
    })?;
    let day = found.format.as_deref() == Some("date")
        || (found.format.is_none() && matches!(found.role, Some(Role::Due | Role::Date)));
    Some((found.name.clone(), day))
}
