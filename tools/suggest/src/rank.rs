//! Which ideas are shown, and in what order.
//!
//! The order is by what the app says for an idea, with how common its connector is among apps beside
//! it. Every connector that some idea believes in gets one place before any gets a second; a further
//! connector of the same family, and a further idea for the same connector or entity, count for less.
//! Ties are broken by id: the order never depends on anything but the app.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use linchpin_function::Plan;

use crate::plans::{self, Cx, Moment};
use crate::rules::offer::{Offer, When};
use crate::rules::{BELIEVED, Idea, Source};
use crate::{Options, Suggestion, advise, phrase, prior};

/// The most suggestions for one connector.
const PER_CONNECTOR: i32 = 3;
/// Points lost for each better idea of the same connector, and of the same entity.
const REPEATED: (i32, i32) = (24, 4);
/// Points lost for each better connector of the same family.
const ALIKE: i32 = 14;
/// Points from which a connector gets its one place before any other gets a second.
const STANDS: i32 = 20;
/// The most places shown as evidence.
const EVIDENCE: usize = 6;

/// The suggestions made of the ideas.
pub(crate) fn chosen(cx: &Cx<'_>, ideas: Vec<Idea>, options: &Options) -> Vec<Suggestion> {
    let mut ideas: Vec<(i32, String, Idea)> = ideas
        .into_iter()
        .filter(|idea| idea.points >= BELIEVED && !options.dismissed.contains(&id(idea)))
        .map(|idea| {
            (
                idea.points + idea.beside + prior::points(idea.connector),
                id(&idea),
                idea,
            )
        })
        .collect();
    ideas.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
    let mut seen: BTreeMap<String, i32> = BTreeMap::new();
    let mut connectors: BTreeSet<&'static str> = BTreeSet::new();
    let mut ranked: Vec<(bool, i32, String, Idea, Plan)> = Vec::new();
    for (points, id, mut idea) in ideas {
        // What follows has fewer points: nothing of it can come among those shown.
        if points < STANDS && ranked.iter().filter(|one| one.1 >= points).count() >= options.limit {
            break;
        }
        let count = |key: String| seen.get(&key).copied().unwrap_or_default();
        let same_kind = count(format!("{}/{}", idea.connector, idea.kind));
        let before = count(format!("connector {}", idea.connector));
        let of_entity = count(format!("entity {}", idea.entity));
        let alike = count(format!("family {}", prior::family(idea.connector))) - before.min(1);
        if before >= PER_CONNECTOR || same_kind >= 2 {
            continue;
        }
        // A plan that can't be had is an idea that can't be had.
        let Some(plan) = plan_of(cx, &mut idea) else { continue };
        let first = connectors.insert(idea.connector);
        for key in [
            format!("{}/{}", idea.connector, idea.kind),
            format!("connector {}", idea.connector),
            format!("entity {}", idea.entity),
        ] {
            *seen.entry(key).or_default() += 1;
        }
        if first {
            *seen
                .entry(format!("family {}", prior::family(idea.connector)))
                .or_default() += 1;
        }
        let of_entity = if idea.entity.is_empty() { 0 } else { of_entity };
        let points = points - REPEATED.0 * before - REPEATED.1 * of_entity.min(3) - ALIKE * alike.max(0);
        ranked.push((first && points >= STANDS, points, id, idea, plan));
    }
    ranked.sort_by(|a, b| (!a.0, Reverse(a.1), &a.2).cmp(&(!b.0, Reverse(b.1), &b.2)));
    ranked
        .into_iter()
        .take(options.limit)
        .enumerate()
        .filter_map(|(at, (_, _, id, idea, plan))| suggestion(cx, at + 1, id, idea, plan))
        .collect()
}

fn id(idea: &Idea) -> String {
    let entity = if idea.entity.is_empty() { "app" } else { &idea.entity };
    format!("{}/{}/{entity}", idea.connector, idea.kind)
}

/// The idea's plan; the words of an idea that came from an offer are written here.
fn plan_of(cx: &Cx<'_>, idea: &mut Idea) -> Option<Plan> {
    let offer = match &idea.plan {
        Source::Ready(plan) => return Some(plan.as_ref().clone()),
        Source::Offer(offer) => *offer,
    };
    let entity = cx.app.entities.iter().find(|entity| entity.name == idea.entity);
    let own = offer.own.zip(entity).and_then(|(prompt, entity)| {
        let plan = plans::on_own_record(cx, offer.connector, offer.intents, entity)?;
        let advised = advise(cx.app, cx.catalog.get(offer.connector)?, &plan);
        (advised.mode == plan.mode).then_some((prompt, plan))
    });
    let (prompt, plan, moment) = match own {
        Some((prompt, plan)) => (prompt, plan, None),
        None => {
            let (plan, moment) = made(cx, offer, entity)?;
            (offer.prompt, plan, moment)
        }
    };
    let name = cx.catalog.get(offer.connector).map(|facts| facts.name.clone());
    let told = |text: &str| {
        phrase::slots(text, |slot| match slot {
            "connector" => name.clone(),
            slot => crate::slot::value(cx.app, entity, moment.as_ref(), slot),
        })
    };
    idea.title = phrase::capital(&told(offer.title));
    idea.prompt = phrase::capital(&told(prompt));
    Some(plan)
}

fn made(cx: &Cx<'_>, offer: &Offer, entity: Option<&linchpin_app::Entity>) -> Option<(Plan, Option<Moment>)> {
    let (Some(entity), When::Created | When::Matters) = (entity, offer.when) else {
        return plans::on_request(cx, offer.connector, offer.intents).map(|plan| (plan, None));
    };
    let moment = match offer.when {
        When::Matters => Moment::that_matters(entity),
        When::Created | When::Asked => Moment::Created,
    };
    let plan = plans::on_record(cx, offer.connector, offer.intents, entity, &moment)?;
    Some((plan, Some(moment)))
}

fn suggestion(cx: &Cx<'_>, rank: usize, id: String, idea: Idea, plan: Plan) -> Option<Suggestion> {
    let connector = cx.catalog.get(idea.connector)?;
    let advised = advise(cx.app, connector, &plan);
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
        mode: plan.mode,
        mode_reason: advised.reason,
        evidence,
        replaces: idea.replaces,
        plan,
    })
}
