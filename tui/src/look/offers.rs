//! The catalog as one browses it, with prompts made from the app at hand.

use linchpin_app::{App, Kind, Role};
use linchpin_catalog::{Catalog, Connector};
use linchpin_protocol::Offer;

use crate::context;

/// Suggestions that are looked through for prompts.
const MANY: usize = 200;
/// Prompts of one connector.
const PROMPTS: usize = 5;

pub(super) fn of(app: &App) -> Vec<Offer> {
    let catalog = Catalog::embedded();
    let options = linchpin_suggest::Options {
        limit: MANY,
        time_zone: context::time_zone(),
        ..linchpin_suggest::Options::default()
    };
    let suggestions = linchpin_suggest::suggest(app, catalog, &options);
    let offer = |connector: &Connector| {
        let own = suggestions.iter().filter(|its| its.connector == connector.id);
        let mut prompts: Vec<String> = own.map(|its| its.prompt.clone()).collect();
        prompts.extend(connector.prompts.iter().filter_map(|prompt| filled(prompt, app)));
        let mut seen = std::collections::HashSet::new();
        prompts.retain(|prompt| seen.insert(prompt.clone()));
        prompts.truncate(PROMPTS);
        Offer {
            id: connector.id.clone(),
            name: connector.name.clone(),
            aliases: connector.aliases.clone(),
            categories: connector.categories.clone(),
            purpose: connector.purpose.clone(),
            advised: (connector.advice.default, connector.advice.reason.clone()),
            permissions: connector
                .scopes
                .iter()
                .map(|scope| (scope.sentence.clone(), scope.sensitivity))
                .collect(),
            setup: connector.setup.steps.clone(),
            console_url: connector.setup.console_url.clone(),
            traps: connector.setup.traps.clone(),
            prompts,
            declared: app.connectors.iter().any(|its| its.id == connector.id),
        }
    };
    catalog.connectors().map(offer).collect()
}

/// An example prompt with this app's own names in its slots; none if the app has nothing for one.
fn filled(prompt: &str, app: &App) -> Option<String> {
    let is_date = |role: Option<Role>| matches!(role, Some(Role::Date | Role::DateTime | Role::Start | Role::Due));
    let needs_date = prompt.contains("{date_field}");
    let needs_value = prompt.contains("{value}");
    let entity = app.entities.iter().filter(|its| its.name != "User").find(|its| {
        (!needs_date || its.fields.iter().any(|field| is_date(field.role)))
            && (!needs_value || its.fields.iter().any(|field| !field.options.is_empty()))
    })?;
    let date = entity.fields.iter().find(|field| is_date(field.role));
    let status = entity.fields.iter().find(|field| !field.options.is_empty());
    let text = entity.fields.iter().find(|field| field.kind == Kind::String);
    let value = status.and_then(|field| field.options.last());
    let slots = [
        ("{entity}", Some(entity.name.as_str())),
        ("{date_field}", date.map(|field| field.name.as_str())),
        ("{field}", status.or(text).map(|field| field.name.as_str())),
        ("{value}", value.map(String::as_str)),
        ("{time}", Some("08:00")),
        ("{channel}", Some("#general")),
    ];
    let mut filled = prompt.to_owned();
    for (slot, name) in slots {
        if filled.contains(slot) {
            filled = filled.replace(slot, name?);
        }
    }
    (!filled.contains('{')).then_some(filled)
}
