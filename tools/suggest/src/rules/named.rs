//! Where an app names a service itself: `xero_invoice_id`, a page called ZoomConnect, a key in code.
//!
//! Nothing speaks louder for a connector, however rare it is. Names that are common words are left out.

use linchpin_catalog::Connector;

use super::Idea;
use crate::Evidence;
use crate::lexicon::{Lexicon, Spot};
use crate::signals::Signals;

/// Points when the record itself carries the name, when something else in the app does, and when the
/// app reaches the service by its own means.
const POINTS: (i32, i32, i32) = (56, 36, 46);
/// Names that say nothing by themselves.
const COMMON: &[&str] = &[
    "box", "square", "linear", "x", "monday", "slack", "front", "wave", "close", "drift",
];

/// How names begin that are this connector's.
pub(crate) fn stems(facts: &Connector) -> String {
    let spoken = linchpin_app::name_words(&facts.name);
    let mut stems: Vec<String> = match spoken.as_slice() {
        [one] => vec![one.clone(), facts.id.clone()],
        [one, two, ..] => vec![format!("{one}_{two}"), facts.id.clone()],
        [] => vec![facts.id.clone()],
    };
    stems.retain(|stem| !COMMON.contains(&stem.as_str()) && stem.len() > 2);
    stems.dedup();
    stems.join(" ")
}

/// Places that carry a connector's name.
pub(crate) fn spots(lexicon: &Lexicon<'_>, facts: &Connector) -> Vec<Spot> {
    let found = lexicon.find(&stems(facts));
    found.into_iter().map(|(spot, _)| spot).collect()
}

/// Adds what the app names to an idea about a record, the entity at `own`, or about the app.
pub(crate) fn add(
    lexicon: &Lexicon<'_>,
    signals: &Signals<'_>,
    facts: &Connector,
    spots: &[Spot],
    own: Option<usize>,
    idea: &mut Idea,
) {
    let on_record = spots.iter().find(|spot| own.is_some() && spot.entity() == own);
    let place = on_record.or_else(|| spots.first());
    if let Some((name, at)) = place.and_then(|spot| lexicon.tell(*spot)) {
        let points = if on_record.is_some() { POINTS.0 } else { POINTS.1 };
        idea.because(points, Evidence::at(at, format!("{name} names {}", facts.name)));
    }
    if let Some(used) = signals.by_own_means(&facts.id, &facts.name) {
        let why = format!("{} is reached by the app's own means", used.service);
        idea.because(POINTS.2, Evidence::at(&used.at, why));
        let replaced = format!("{} in {}:{}", used.service, used.at.file, used.at.line);
        idea.replaces.get_or_insert(replaced);
    }
}
