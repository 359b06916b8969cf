//! App and catalog in, ranked suggestions with evidence and a plan out. Pure.
//!
//! A suggestion is a rule that fired: it names what in the schema and the pages speaks for it, in the
//! app's own words. No rule knows how popular a connector is, and nothing is suggested
//! where nothing fits. Invariant: same app, same catalog, same options: same bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod advise;
mod anatomy;
mod clue;
mod lexicon;
mod phrase;
pub mod plans;
mod prior;
mod rank;
mod rules;
mod signals;
mod slot;
mod suggestion;

pub use advise::{Advised, advise};
pub use linchpin_catalog::Mode;
pub use suggestion::{Evidence, Options, Suggestion};

use linchpin_app::App;
use linchpin_catalog::Catalog;

/// What could be connected in `app`, best first, at most [`Options::limit`].
pub fn suggest(app: &App, catalog: &Catalog, options: &Options) -> Vec<Suggestion> {
    let cx = plans::Cx {
        app,
        catalog,
        time_zone: &options.time_zone,
    };
    let ideas = rules::all(&cx);
    rank::chosen(&cx, ideas, options)
}
