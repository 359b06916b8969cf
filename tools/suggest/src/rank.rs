//! Which ideas are shown, and in what order.
//!
//! Every connector that some idea believes in gets one place before any gets a second; a further
//! idea for the same connector or the same entity counts for less, so that near-duplicates stay
//! behind. Ties are broken by id: the order never depends on anything but the app.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::plans::Cx;
use crate::rules::{BELIEVED, Idea};
use crate::{Options, Suggestion, advise};

/// The most suggestions for one connector.
const PER_CONNECTOR: i32 = 3;
/// Points lost for each better idea of the same connector, and of the same entity.
const REPEATED: (i32, i32) = (12, 4);
/// The most places shown as evidence.
const EVIDENCE: usize = 6;

/// The suggestions made of the ideas.
pub(crate) fn chosen(cx: &Cx<'_>, ideas: Vec<Idea>, options: &Options) -> Vec<Suggestion> {
    let mut ideas: Vec<Idea> = ideas
        .into_iter()
        .filter(|idea| idea.points >= BELIEVED && !options.dismissed.contains(&id(idea)))
        .collect();
    ideas.sort_by_key(|idea| (Reverse(idea.points), id(idea)));
    let mut seen: BTreeMap<String, i32> = BTreeMap::new();
    let mut ranked: Vec<(i32, bool, Idea)> = Vec::new();
    for idea in ideas {
        let count = |seen: &mut BTreeMap<String, i32>, key: String| {
            let entry = seen.entry(key).or_default();
            *entry += 1;
            *entry - 1
        };
        let same_kind = count(&mut seen, format!("{}/{}", idea.connector, idea.kind));
        let before = count(&mut seen, format!("connector {}", idea.connector));
        let of_entity = count(&mut seen, format!("entity {}", idea.entity));
        if before >= PER_CONNECTOR || same_kind >= 2 {
            continue;
        }
        let points = idea.points - REPEATED.0 * before - REPEATED.1 * of_entity;
        ranked.push((points, before == 0, idea));
    }
    // Firsts of their connector take their seats, best first; the rest is filled up.
    ranked.sort_by_key(|(points, first, idea)| (!first, Reverse(*points), id(idea)));
    ranked.truncate(options.limit);
    ranked.sort_by_key(|(points, _, idea)| (Reverse(*points), id(idea)));
    ranked
        .into_iter()
        .enumerate()
        .filter_map(|(at, (_, _, idea))| suggestion(cx, at + 1, idea))
        .collect()
}

fn id(idea: &Idea) -> String {
    format!("{}/{}/{}", idea.connector, idea.kind, idea.entity)
}

fn suggestion(cx: &Cx<'_>, rank: usize, idea: Idea) -> Option<Suggestion> {
    let connector = cx.catalog.get(idea.connector)?;
    let advised = advise(cx.app, connector, &idea.plan);
    let id = id(&idea);
    let mut weighed = idea.evidence;
    weighed.sort_by_key(|(points, _)| Reverse(*points));
    let mut evidence = Vec::new();
    for one in weighed.into_iter().map(|(_, one)| one).chain(advised.evidence) {
        let known = evidence
            .iter()
            .any(|known: &crate::Evidence| (&known.file, known.line) == (&one.file, one.line));
        if !known && evidence.len() < EVIDENCE {
            evidence.push(one);
        }
    }
    Some(Suggestion {
        rank,
        id,
        connector: idea.connector.to_owned(),
        title: idea.title,
        prompt: idea.prompt,
        mode: idea.plan.mode,
        mode_reason: advised.reason,
        evidence,
        replaces: idea.replaces,
        plan: idea.plan,
    })
}
