//! What stands in the slots of an offer's words: the app's own entities, fields and pages.

use linchpin_app::{App, Entity, Field, Role};

use crate::plans::Moment;
use crate::{anatomy, phrase};

/// The words for a slot, if the app has any.
pub(crate) fn value(app: &App, entity: Option<&Entity>, moment: Option<&Moment>, slot: &str) -> Option<String> {
    let role = |role| entity?.with_role(role).map(|field: &Field| field.name.clone());
    match slot {
        "a" => entity.map(|entity| phrase::a(&entity.name)),
        "thing" => entity.map(|entity| phrase::spoken(&entity.name)),
        "things" => entity.map(|entity| phrase::plural(&entity.name)),
        "Things" => entity.map(|entity| phrase::capital(&phrase::plural(&entity.name))),
        "happens" => moment.map(Moment::words),
        "email" => entity.and_then(anatomy::recipient).map(|field| field.name.clone()),
        "phone" => role(Role::Phone),
        "text" => role(Role::Text),
        "image" => role(Role::File).or_else(|| role(Role::Url)),
        "due" => role(Role::Due),
        "money" => role(Role::Money),
        "dashboard" => dashboard(app),
        "page" => entity.and_then(|entity| page_of(app, entity)),
        _ => None,
    }
}

/// The page that shows an entity.
fn page_of(app: &App, entity: &Entity) -> Option<String> {
    let shows = |page: &&linchpin_app::Page| page.reads.iter().any(|one| one.entity == entity.name);
    app.pages.iter().find(shows).map(|page| page.name.clone())
}

/// The page where figures are looked at.
fn dashboard(app: &App) -> Option<String> {
    let named = |stem: &str| {
        app.pages.iter().find(|page| {
            linchpin_app::name_words(&page.name)
                .iter()
                .any(|word| word.starts_with(stem))
        })
    };
    ["analytic", "analitic", "marketing", "dashboard", "report"]
        .iter()
        .find_map(|stem| named(stem))
        .map(|page| page.name.clone())
}
