//! What starts a function, and which entity it is about, out of words.
//!
//! "when a booking is confirmed", "each new lead", "a client pays", "on cancellation" are moments of a
//! record; cadences are read by `clock`. The record a trigger names is what the wish is about; a
//! person who is written to or invited is not. Pure.

use linchpin_app::{App, Entity, Role};
use linchpin_suggest::plans::Moment;

use super::happening::{Happening, becomes, happening};
use super::resolve::{Hit, hits, is_reached, state_at};
use super::vocab::{ACTS, CHANGED, GONE, KINDS, MADE, WHEN};
use super::words::{Said, is_mark, singular};

/// What a wish is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject<'a> {
    /// One entity.
    One(&'a Entity),
    /// Several fit alike.
    Several(Vec<&'a Entity>),
    /// None was named.
    None,
}

/// What was said of records.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told<'a> {
    /// What it is about.
    pub(super) subject: Subject<'a>,
    /// What has to happen to it, if anything was said.
    pub(super) moment: Option<Moment>,
    /// Words that have been understood as part of the moment: `from..to`.
    pub(super) span: (usize, usize),
    /// Something that was said to start it and can't: "when a booking starts".
    pub(super) cannot: Option<String>,
    /// Whether a trigger was begun ("when a booking …") and what happens was not understood.
    pub(super) unclear: bool,
}

/// Reads what starts it.
pub(super) fn told<'a>(said: &Said, app: &'a App) -> Told<'a> {
    let all = hits(said, app);
    for (from, cue) in cues(said) {
        if let Some(told) = after_cue(said, &all, app, from, cue) {
            return told;
        }
    }
    if let Some(told) = pronoun(said, &all).or_else(|| unnamed(said, app)) {
        return told;
    }
    let about = main_hit(said, &all);
    let Some(hit) = about else {
        return Told {
            subject: Subject::None,
            moment: None,
            span: (0, 0),
            cannot: None,
            unclear: false,
        };
    };
    let alike: Vec<&Entity> = all
        .iter()
        .filter(|other| other.from == hit.from)
        .map(|other| other.entity)
        .collect();
    let before = said.before(hit.from, 1);
    let mut moment = None;
    // "each confirmed booking", "new bookings", "for every booking"
    let begins = (1..=3).rev().filter_map(|by| hit.from.checked_sub(by)).find_map(|at| {
        let state = state_at(said, at, hit.entity)?;
        (at + state.len == hit.from && !state.not).then_some((at, state))
    });
    let each = |word: &str| ["each", "every", "any", "per"].contains(&word);
    if let Some((at, state)) = begins {
        if each(said.before(at, 1)) || said.before(at, 1) == "a" || said.before(at, 1) == "an" {
            moment = Some(becomes(&state));
        }
    } else if each(before) || before == "new" && !["of", "the", "todays"].contains(&said.before(hit.from, 2)) {
        moment = Some(Moment::Created);
    }
    let subject = match alike.as_slice() {
        [one] => Subject::One(one),
        _ => Subject::Several(alike),
    };
    Told {
        subject,
        moment,
        span: (hit.from, hit.to),
        cannot: None,
        unclear: false,
    }
}

/// "email the lead when it is created": what it is was said before.
fn pronoun<'a>(said: &Said, all: &[Hit<'a>]) -> Option<Told<'a>> {
    let about = main_hit(said, all)?;
    for (from, n) in cues(said) {
        // "once graduated"
        if let Some(state) = state_at(said, from + n, about.entity).filter(|_| said.at(from) != "on") {
            return Some(Told {
                subject: Subject::One(about.entity),
                moment: Some(becomes(&state)),
                span: (from, from + n + state.len),
                cannot: None,
                unclear: false,
            });
        }
    }
    let (from, n) = cues(said)
        .into_iter()
        .find(|(at, n)| ["it", "its", "they"].contains(&said.at(at + n)))?;
    let begin = from + n;
    let hit = Hit {
        entity: about.entity,
        from: begin,
        to: begin + 1,
        score: about.score,
    };
    let stop = (begin..said.words.len())
        .find(|at| is_mark(said.at(*at)))
        .unwrap_or(said.words.len());
    let Happening::At(moment, end) = happening(said, &hit, begin, stop) else {
        return None;
    };
    Some(Told {
        subject: Subject::One(about.entity),
        moment: Some(moment),
        span: (from, end),
        cannot: None,
        unclear: false,
    })
}

/// "when a leed is created": the record's name has a typing error, or is none of this app's. Whatever
/// else the words name, it is not what starts the function.
fn unnamed<'a>(said: &Said, app: &'a App) -> Option<Told<'a>> {
    let (from, n) = cues(said)
        .into_iter()
        .find(|(at, _)| !["on", "after", "upon", "if", "once"].contains(&said.at(*at)))?;
    let begin = from + n;
    let stop = (begin..said.words.len())
        .find(|at| is_mark(said.at(*at)))
        .unwrap_or(said.words.len());
    let verb = (begin..stop.min(begin + 6)).find(|at| {
        MADE.contains(&said.at(*at)) && said.at(*at) != "new"
            || CHANGED.contains(&said.at(*at))
            || GONE.contains(&said.at(*at))
    })?;
    let near = |entity: &&Entity| {
        let name = linchpin_app::name_words(&entity.name).concat();
        (begin..verb).any(|at| {
            let typed = singular(said.at(at));
            typed.len() > 3
                && typed.chars().next() == name.chars().next()
                && strsim::damerau_levenshtein(&typed, &name) == 1
        })
    };
    let mut close = app.entities.iter().filter(near);
    let (Some(entity), None) = (close.next(), close.next()) else {
        return Some(Told {
            subject: Subject::None,
            moment: None,
            span: (from, verb + 1),
            cannot: None,
            unclear: true,
        });
    };
    let hit = Hit {
        entity,
        from: verb,
        to: verb,
        score: 1,
    };
    let moment = match happening(said, &hit, begin, stop) {
        Happening::At(moment, _) => Some(moment),
        Happening::Cannot(_) | Happening::Unclear => None,
    };
    Some(Told {
        subject: Subject::One(entity),
        moment,
        span: (from, verb + 1),
        cannot: None,
        unclear: false,
    })
}

/// Where a trigger may begin, with the number of its cue's words.
pub(super) fn cues(said: &Said) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for at in 0..said.words.len() {
        for cue in WHEN {
            let n = cue.split(' ').count();
            if *cue == "as" || !cue.split(' ').enumerate().all(|(by, word)| said.at(at + by) == word) {
                continue;
            }
            found.push((at, n));
        }
    }
    // `wehn`, `whne`: letters that changed places.
    // A clear cue counts before those that begin other things too.
    found.sort_by_key(|(at, _)| ["on", "after", "upon", "if"].contains(&said.at(*at)));
    found.extend(
        (0..said.words.len())
            .filter(|at| ["wehn", "whne", "hwen", "wen"].contains(&said.at(*at)))
            .map(|at| (at, 1)),
    );
    found
}

fn after_cue<'a>(said: &Said, all: &[Hit<'a>], app: &'a App, from: usize, cue: usize) -> Option<Told<'a>> {
    let begin = from + cue;
    let weak = ["on", "after", "upon", "if", "once"].contains(&said.at(from));
    let stop = (begin..said.words.len())
        .find(|at| (is_mark(said.at(*at)) && said.at(*at) != "\"") || ["when", "whenever"].contains(&said.at(*at)))
        .unwrap_or(said.words.len())
        .min(begin + 14);
    let inside = all
        .iter()
        .filter(|hit| hit.from >= begin && hit.from < stop.min(begin + 7));
    let mut tried: Vec<Told<'a>> = Vec::new();
    for hit in inside {
        // "a client books": who does it is not what it happens to.
        if let Some(told) = act(said, app, hit.to, stop, begin) {
            return Some(told);
        }
        let read = happening(said, hit, begin, stop);
        let alike: Vec<&Entity> = all
            .iter()
            .filter(|other| other.from == hit.from)
            .map(|other| other.entity)
            .collect();
        let subject = if alike.len() > 1 {
            Subject::Several(alike)
        } else {
            Subject::One(hit.entity)
        };
        match read {
            Happening::At(moment, end) => {
                return Some(Told {
                    subject,
                    moment: Some(moment),
                    span: (from, end),
                    cannot: None,
                    unclear: false,
                });
            }
            Happening::Cannot(what) => tried.push(Told {
                subject,
                moment: None,
                span: (from, hit.to),
                cannot: Some(what),
                unclear: false,
            }),
            Happening::Unclear if !weak || said.at(from) == "if" => {
                tried.push(Told {
                    subject,
                    moment: None,
                    span: (from, hit.to),
                    cannot: None,
                    unclear: true,
                });
            }
            Happening::Unclear => {}
        }
    }
    if let Some(told) = act(said, app, begin, stop, begin) {
        return Some(told);
    }
    if !tried.is_empty() {
        return Some(tried.remove(0));
    }
    None
}

/// "books", "pays an invoice", "signs up": what happened is told by what somebody did.
fn act<'a>(said: &Said, app: &'a App, from: usize, stop: usize, begin: usize) -> Option<Told<'a>> {
    for at in from..stop.min(from + 3) {
        let two = format!("{}{}", singular(said.at(at)), said.at(at + 1));
        let Some((verb, kind, state)) = ACTS
            .iter()
            .find(|(verb, ..)| singular(said.at(at)) == *verb || two == *verb)
        else {
            continue;
        };
        // "an order is placed", "when a review is …": the noun, not the verb.
        let noun = ["is", "are", "was", "gets", "has", "comes", "becomes"].contains(&said.at(at + 1))
            || ["a", "an", "the", "new", "each", "every", "any"].contains(&said.before(at, 1));
        if noun {
            continue;
        }
        let row: Vec<&str> = KINDS
            .iter()
            .filter(|row| row.contains(kind))
            .flat_map(|row| row.iter().copied())
            .collect();
        let of_kind = |entity: &&Entity| {
            linchpin_app::name_words(&entity.name)
                .iter()
                .any(|word| row.contains(&singular(word).as_str()))
        };
        let people = || {
            app.entities.iter().find(|entity| {
                entity.with_role(Role::Email).is_some()
                    && super::resolve::is_person(&linchpin_app::name_words(&entity.name).concat())
            })
        };
        let exact = app
            .entities
            .iter()
            .find(|entity| linchpin_app::name_words(&entity.name).concat() == *kind);
        let entity = exact
            .or_else(|| app.entities.iter().find(of_kind))
            .or_else(|| if *kind == "user" { people() } else { None })?;
        let moment = match (*verb, *state) {
            ("reschedule", _) => entity.with_role(Role::Start).map(|field| Moment::Changes {
                field: field.name.clone(),
            }),
            (_, Some(state)) => state_at(&Said::new(state), 0, entity).map(|state| becomes(&state)),
            _ => Some(Moment::Created),
        };
        let first = from.min(begin);
        return Some(Told {
            subject: Subject::One(entity),
            moment,
            span: (first, (at + 2).min(stop)),
            cannot: None,
            unclear: false,
        });
    }
    None
}

/// The entity a wish is about, when no trigger names one: never whom something goes to, rather what
/// is counted ("each", "new", "my") than what is made ("a contact").
fn main_hit<'h, 'a>(said: &Said, all: &'h [Hit<'a>]) -> Option<&'h Hit<'a>> {
    let weight = |hit: &&Hit<'a>| {
        let before = said.before(hit.from, 1);
        let counted = [
            "each",
            "every",
            "all",
            "new",
            "my",
            "our",
            "open",
            "todays",
            "these",
            "those",
            "of",
            "tomorrows",
            "any",
            "upcoming",
            "overdue",
            "unpaid",
        ];
        let made = ["a", "an", "hubspot", "notion", "calendar", "slack"];
        let place = ["calendar", "calendars", "sheet", "spreadsheet", "channel", "inbox"].contains(&said.at(hit.to));
        let rank = if is_reached(said, hit) || place {
            0
        } else if made.contains(&before) {
            1
        } else if counted.contains(&before) || counted.contains(&said.before(hit.from, 2)) {
            3
        } else {
            2
        };
        (rank, hit.score)
    };
    // The first of the weightiest.
    let mut best: Option<&Hit<'a>> = None;
    for hit in all {
        if best.is_none_or(|known| weight(&hit) > weight(&known)) {
            best = Some(hit);
        }
    }
    best
}
