//! What happens to a record, in the words around its name.

use linchpin_app::{Entity, Kind, Role};
use linchpin_suggest::plans::Moment;

use super::resolve::{Hit, State, state_at, status};
use super::trigger::cues;
use super::vocab::{CHANGED, GONE, MADE, NOUNS};
use super::words::{Said, fit};

pub(super) enum Happening {
    At(Moment, usize),
    Cannot(String),
    Unclear,
}

/// What happens to the record of a hit, in the words around it.
pub(super) fn happening(said: &Said, hit: &Hit<'_>, begin: usize, stop: usize) -> Happening {
    let entity = hit.entity;
    // "the start of a booking changes"
    for at in begin..hit.from {
        if let Some((field, n)) = super::resolve::field_at(said, at, entity) {
            let of = ["of", "on"].contains(&said.at(at + n));
            if of && (hit.to..stop).any(|at| CHANGED.contains(&said.at(at))) {
                return Happening::At(
                    Moment::Changes {
                        field: field.name.clone(),
                    },
                    stop,
                );
            }
        }
        if GONE.contains(&said.at(at)) {
            return Happening::At(Moment::Deleted, hit.to);
        }
    }
    if let Some(happening) = nominal(said, hit, begin, stop) {
        return happening;
    }
    // "when a task with high priority is created": made, and so.
    let made = (hit.to..stop).any(|at| {
        ["created", "added", "made"].contains(&said.at(at)) && ["is", "was", "gets"].contains(&said.before(at, 1))
    });
    // A state anywhere behind it wins: "moves to done", "is marked as paid", "gets confirmed".
    for at in hit.to..stop.min(hit.to + 7) {
        if ["and", "then"].contains(&said.at(at)) {
            break;
        }
        if let Some(state) = state_at(said, at, entity).filter(|state| !state.not && !made) {
            return Happening::At(becomes(&state), at + state.len);
        }
    }
    for at in hit.to..stop.min(hit.to + 6) {
        let word = said.at(at);
        if ["and", "then"].contains(&word) {
            break;
        }
        if ["starts", "begins", "ends", "due", "overdue", "approaches", "expires"].contains(&word) {
            return Happening::Cannot(format!(
                "when {} {word}",
                said.words
                    .get(hit.from..=at)
                    .unwrap_or_default()
                    .iter()
                    .map(|w| w.raw.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            ));
        }
        // "when the start of a booking changes" is below; "when a booking's price changes" here.
        let field = super::resolve::field_at(said, at, entity).filter(|(field, n)| {
            (at + n..stop.min(at + n + 3)).any(|next| CHANGED.contains(&said.at(next)))
                && !MADE.contains(&word)
                && field.name != "id"
        });
        if let Some((field, n)) = field {
            return Happening::At(
                Moment::Changes {
                    field: field.name.clone(),
                },
                at + n + 2,
            );
        }
        if GONE.contains(&word) {
            return Happening::At(Moment::Deleted, at + 1);
        }
        if CHANGED.contains(&word) || ["changes", "moves"].iter().any(|known| fit(word, known) == 3) {
            let moved = ["rescheduled", "reschedules", "moved"].contains(&word);
            return match changed_field(entity, moved, word) {
                Some(field) => Happening::At(Moment::Changes { field }, at + 1),
                None => Happening::Unclear,
            };
        }
        if MADE.contains(&word) || MADE.iter().any(|known| word.len() > 5 && fit(word, known) == 1) {
            return Happening::At(Moment::Created, at + 1);
        }
    }
    // "when we get a new booking", "there is a new lead"
    let fresh = (1..=4).map(|by| said.before(hit.from, by)).any(|word| {
        [
            "new", "get", "gets", "receive", "receives", "have", "adds", "add", "creates", "create", "submits",
            "leaves", "leave", "writes", "places", "makes",
        ]
        .contains(&word)
    });
    if fresh {
        return Happening::At(Moment::Created, hit.to);
    }
    // "when a confirmed booking …", "each paid invoice"
    for at in begin..hit.from {
        if let Some(state) = state_at(said, at, entity).filter(|state| !state.not) {
            return Happening::At(becomes(&state), hit.to);
        }
    }
    Happening::Unclear
}

/// "on cancellation of a booking", "after booking confirmation": a noun for what happens.
fn nominal(said: &Said, hit: &Hit<'_>, begin: usize, stop: usize) -> Option<Happening> {
    let cue = said.before(begin, 1);
    if !["on", "upon", "after"].contains(&cue) {
        return None;
    }
    let at = (begin..stop.min(hit.to + 2)).find(|at| NOUNS.iter().any(|(noun, _)| said.at(*at) == *noun))?;
    let (_, state) = NOUNS.iter().find(|(noun, _)| said.at(at) == *noun)?;
    if GONE.contains(state) {
        return Some(Happening::At(Moment::Deleted, at.max(hit.to) + 1));
    }
    if *state == "created" {
        return Some(Happening::At(Moment::Created, at.max(hit.to) + 1));
    }
    let state = state_at(&Said::new(state), 0, hit.entity)?;
    Some(Happening::At(becomes(&state), at.max(hit.to) + 1))
}

/// The field whose change is meant when none was named: when it takes place, where it was moved;
/// who does it, where it was assigned; else its state.
fn changed_field(entity: &Entity, moved: bool, word: &str) -> Option<String> {
    let when = || {
        [Role::Start, Role::DateTime, Role::Date, Role::Due]
            .into_iter()
            .find_map(|role| entity.with_role(role))
    };
    let field = if moved {
        when()
    } else if word.contains("assigned") {
        entity.with_role(Role::Assignee)
    } else {
        status(entity).filter(|field| field.kind != Kind::Boolean).or_else(when)
    };
    field.map(|field| field.name.clone())
}

/// The moment that words tell of a record whose name they don't say.
pub(super) fn moment_of(said: &Said, entity: &Entity) -> Option<Moment> {
    let from = cues(said).first().map_or(0, |(at, n)| at + n);
    let hit = Hit {
        entity,
        from,
        to: from,
        score: 0,
    };
    match happening(said, &hit, from, said.words.len()) {
        Happening::At(moment, _) => Some(moment),
        Happening::Cannot(_) | Happening::Unclear => None,
    }
}

/// The moment at which a record reaches a state.
pub(super) fn becomes(state: &State) -> Moment {
    let value = match &state.value {
        serde_json::Value::Bool(yes) => yes.to_string(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Moment::Becomes {
        field: state.field.clone(),
        value,
    }
}
