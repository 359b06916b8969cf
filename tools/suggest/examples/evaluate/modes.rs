//! Whether the mode that is advised is the one an app uses.

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_suggest::{Mode, Options, suggest};

use crate::labels::{Label, canonical};

/// Compares, for each connector an app uses and is suggested, the advised modes with the used ones.
pub(crate) fn agreement<'a>(apps: impl Iterator<Item = (&'a Label, &'a App, App)>, catalog: &Catalog) -> String {
    let (mut pairs, mut agreed, mut first, mut personal, mut seen) = (0, 0, 0, 0, 0);
    for (label, stripped, _) in apps {
        let options = Options {
            limit: 60,
            ..Options::default()
        };
        let found = suggest(stripped, catalog, &options);
        for used in &label.connectors {
            let advised: Vec<Mode> = found
                .iter()
                .filter(|one| canonical(&one.connector) == canonical(&used.id))
                .map(|one| one.mode)
                .collect();
            let Some(top) = advised.first() else { continue };
            pairs += 1;
            let fits = |mode: &Mode| used.mode.split('+').any(|one| one == mode.as_str());
            agreed += i32::from(advised.iter().any(fits));
            first += i32::from(fits(top));
            if used.mode.contains(Mode::AppUser.as_str()) {
                personal += 1;
                seen += i32::from(advised.contains(&Mode::AppUser));
            }
        }
    }
    format!(
        "Mode: of {pairs} connectors used and suggested, the first suggestion's mode is one the app uses in {first}, \
         some suggestion's in {agreed}; of {personal} used per user, {seen} are advised per user."
    )
}
