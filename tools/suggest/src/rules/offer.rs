//! Offers: what a connector could do for a kind of record, or for an app as a whole, as data.
//!
//! An offer says which names make a record fit, and what else in the app speaks for it. Its plan is
//! made from the catalog's own operations only when it is chosen, so that an offer costs nothing where
//! it does not fit, and a new connector needs no code.

use std::collections::BTreeMap;

use super::{BELIEVED, Idea, Source, named};
use crate::clue::{Clue, In, Words};
use crate::lexicon::{Lexicon, Spot};
use crate::plans::Cx;
use crate::signals::Signals;
use crate::{Evidence, anatomy, phrase};

/// When it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// When a record is made.
    Created,
    /// When a record reaches the state a builder waits for, else when it is made.
    Matters,
    /// When somebody asks for it.
    Asked,
}

/// The record an offer is about.
#[derive(Debug)]
pub(crate) struct On {
    /// Words in the entity's name.
    pub(crate) named: Words,
    /// What such a name is worth.
    pub(crate) ground: i32,
    /// What such a record is, after "a Booking".
    pub(crate) says: &'static str,
    /// Fields and choices that speak for it.
    pub(crate) fields: &'static [Clue],
}

/// What a connector could do.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) connector: &'static str,
    /// What is done, in one word: part of the id.
    pub(crate) kind: &'static str,
    /// How the intents of fitting operations begin, the best first.
    pub(crate) intents: Words,
    /// The record; none for the app as a whole.
    pub(crate) on: Option<On>,
    /// What else speaks for it.
    pub(crate) around: &'static [&'static [Clue]],
    pub(crate) when: When,
    /// With slots: `{Things}`, `{things}`, `{a}`.
    pub(crate) title: &'static str,
    /// With slots; a part in `[…]` goes when its slot is empty.
    pub(crate) prompt: &'static str,
    /// The prompt where each user's own account is the better one.
    pub(crate) own: Option<&'static str>,
}

/// The most records of one app that an offer is made for.
const RECORDS: usize = 2;
/// Points lost when the word is not the noun of the name but a part before it.
const NOUN: i32 = 10;

/// The most that the rest of an app can say for an idea about a record.
const AROUND: i32 = 60;

/// What was found for a record, with the points each is worth.
type Found = Vec<(i32, Evidence)>;

/// The ideas that offers have about an app.
pub(crate) fn ideas(cx: &Cx<'_>, lexicon: &Lexicon<'_>, signals: &Signals<'_>) -> Vec<Idea> {
    super::offers::ALL
        .iter()
        .flat_map(|group| group.iter())
        .filter(|offer| cx.catalog.get(offer.connector).is_some())
        .flat_map(|offer| of_one(cx, lexicon, signals, offer))
        .collect()
}

fn of_one(cx: &Cx<'_>, lexicon: &Lexicon<'_>, signals: &Signals<'_>, offer: &'static Offer) -> Vec<Idea> {
    let Some(facts) = cx.catalog.get(offer.connector) else {
        return Vec::new();
    };
    let spots = named::spots(lexicon, facts);
    let Some(on) = &offer.on else {
        if signals.in_place(offer.connector) {
            return Vec::new();
        }
        let mut idea = blank(offer, String::new());
        named::add(lexicon, signals, facts, &spots, None, &mut idea);
        return finish(idea, around(offer, lexicon, signals, None))
            .into_iter()
            .collect();
    };
    let mut records: BTreeMap<usize, Found> = BTreeMap::new();
    for (spot, _) in lexicon.find(on.named) {
        let Spot::Entity(i) = spot else { continue };
        let Some(entity) = cx.app.entities.get(i) else { continue };
        let noun = phrase::words(entity)
            .last()
            .is_some_and(|last| super::begins_with(last, on.named));
        let points = on.ground - if noun { 0 } else { NOUN };
        let why = format!("{} {}", phrase::a(&entity.name), on.says);
        records
            .entry(i)
            .or_default()
            .push((points, Evidence::at(&entity.at, why)));
    }
    for clue in on.fields {
        let mut of_entity: BTreeMap<usize, Vec<(Spot, usize)>> = BTreeMap::new();
        for (spot, word) in clue.spots(lexicon) {
            if let Some(i) = spot.entity() {
                let list = of_entity.entry(i).or_default();
                if !list.iter().any(|(_, known)| *known == word) {
                    list.push((spot, word));
                }
            }
        }
        for (i, spots) in of_entity {
            let shown = spots.iter().take(2).enumerate();
            for (nth, (spot, _)) in shown {
                let points = if nth == 0 { clue.worth(spots.len()) } else { 0 };
                if let Some(evidence) = clue.evidence(lexicon, *spot) {
                    records.entry(i).or_default().push((points, evidence));
                }
            }
        }
    }
    for spot in &spots {
        if let Spot::Field(i, _) | Spot::Entity(i) = spot {
            records.entry(*i).or_default();
        }
    }
    let bears = |i: usize| spots.iter().any(|spot| spot.entity() == Some(i));
    let mut fitting: Vec<(i32, usize, Found)> = records
        .into_iter()
        .filter(|(i, _)| cx.app.entities.get(*i).is_some_and(can_carry))
        .map(|(i, found)| (found.iter().map(|(points, _)| points).sum(), i, found))
        .filter(|(points, i, _)| *points >= on.ground - NOUN || bears(*i))
        .collect();
    fitting.sort_by_key(|(points, i, _)| (!bears(*i), std::cmp::Reverse(*points), *i));
    fitting.truncate(RECORDS);
    fitting
        .into_iter()
        .filter_map(|(_, i, found)| {
            let entity = cx.app.entities.get(i)?;
            let mut idea = blank(offer, entity.name.clone());
            for (points, evidence) in found {
                idea.because(points, evidence);
            }
            super::use_of(signals, entity, &mut idea);
            named::add(lexicon, signals, facts, &spots, Some(i), &mut idea);
            finish(idea, around(offer, lexicon, signals, Some(i)))
        })
        .collect()
}

fn can_carry(entity: &linchpin_app::Entity) -> bool {
    !anatomy::is_plumbing(entity) && super::can_be_named(entity)
}

fn blank(offer: &'static Offer, entity: String) -> Idea {
    Idea {
        connector: offer.connector,
        kind: offer.kind,
        entity,
        points: 0,
        beside: 0,
        title: String::new(),
        prompt: String::new(),
        plan: Source::Offer(offer),
        evidence: Vec::new(),
        replaces: None,
    }
}

fn around(
    offer: &Offer,
    lexicon: &Lexicon<'_>,
    signals: &Signals<'_>,
    without: Option<usize>,
) -> Vec<(i32, Evidence, Option<String>)> {
    let told = |clue: &Clue| {
        let (points, evidence) = clue.around(lexicon, signals, without)?;
        let replaced = (clue.place == In::Service && points > 0).then(|| {
            signals
                .service(clue.words)
                .map(|used| format!("{} in {}:{}", used.service, used.at.file, used.at.line))
        });
        Some((points, evidence, replaced.flatten()))
    };
    offer.around.iter().copied().flatten().filter_map(told).collect()
}

fn finish(mut idea: Idea, around: Vec<(i32, Evidence, Option<String>)>) -> Option<Idea> {
    let mut left = if idea.entity.is_empty() { i32::MAX } else { AROUND };
    for (points, evidence, replaced) in around {
        if points > 0 {
            let points = points.min(left);
            left -= points;
            idea.because(points, evidence);
        } else {
            idea.beside += points;
        }
        idea.replaces = idea.replaces.or(replaced);
    }
    (idea.points >= BELIEVED).then_some(idea)
}
