//! Entities that no schema declares, told from the calls that use them.
//!
//! A quarter of real apps export no schema. Names come from `base44.entities.X`; fields from the
//! objects handed to its calls, from the form on the page that creates it, and from what code reads of
//! a record (`booking.client_email` beside a call on `Booking`).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::entity::BUILT_IN;
use crate::facts::Facts;
use crate::{App, At, Entity, Field, Kind, Origin, TriggerKind};

/// Adds what `facts` use and `known` does not declare.
pub(crate) fn missing(files: &[String], facts: &[Arc<Facts>], declared: &HashSet<&str>, app: &App) -> Vec<Entity> {
    let mut found: BTreeMap<&str, Entity> = BTreeMap::new();
    for (file, facts) in files.iter().zip(facts) {
        let called = facts.uses.iter().map(|call| (call.entity.as_str(), call.line));
        let named = facts.mentions.iter().map(|(name, line)| (name.as_str(), *line));
        for (name, line) in called.chain(named) {
            if declared.contains(name) || name == "Query" {
                continue;
            }
            found.entry(name).or_insert_with(|| Entity {
                name: name.to_owned(),
                at: At {
                    file: file.clone(),
                    line,
                },
                inferred: true,
                origin: Origin::Code,
                ..Entity::default()
            });
        }
        for call in &facts.uses {
            if let Some(entity) = found.get_mut(call.entity.as_str()) {
                for (name, kind, line) in &call.fields {
                    add(entity, name, *kind, file, *line);
                }
            }
        }
        let mut created = facts.uses.iter().filter(|call| call.method == "create");
        if let Some(first) = created.next()
            && created.all(|other| other.entity == first.entity)
            && let Some(entity) = found.get_mut(first.entity.as_str())
        {
            for (name, _, line) in &facts.form_fields {
                add(entity, name, Kind::String, file, *line);
            }
        }
        for (name, field, line) in &facts.members {
            if let Some(entity) = found.get_mut(name.as_str()) {
                add(entity, field, Kind::String, file, *line);
            }
        }
    }
    // `src/entities/Booking.ts` is a module of an entity, whatever it holds.
    for file in files {
        let module = file
            .rsplit_once("entities/")
            .filter(|(above, _)| above.is_empty() || above.ends_with('/'));
        let Some((name, "ts" | "js")) = module.and_then(|(_, rest)| rest.split_once('.')) else {
            continue;
        };
        let plain = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
        if plain && !declared.contains(name) && name != "Query" {
            found.entry(name).or_insert_with(|| Entity {
                name: name.to_owned(),
                at: At {
                    file: file.clone(),
                    line: 1,
                },
                inferred: true,
                origin: Origin::Code,
                ..Entity::default()
            });
        }
    }
    // What an agent may use and a trigger listens to is there too, though no code names it.
    let agents = app
        .agents
        .iter()
        .flat_map(|agent| agent.entities.iter().map(|name| (name, &agent.at)));
    let triggers = app
        .functions
        .iter()
        .flat_map(|function| &function.triggers)
        .filter(|trigger| trigger.kind == TriggerKind::Entity && !trigger.source.is_empty())
        .map(|trigger| (&trigger.source, &trigger.at));
    for (name, at) in agents.chain(triggers) {
        if !declared.contains(name.as_str()) {
            found.entry(name).or_insert_with(|| Entity {
                name: name.clone(),
                at: at.clone(),
                inferred: true,
                origin: Origin::Code,
                ..Entity::default()
            });
        }
    }
    found.into_values().collect()
}

fn add(entity: &mut Entity, name: &str, kind: Kind, file: &str, line: u32) {
    let plain = name.chars().all(|one| one.is_alphanumeric() || one == '_');
    if BUILT_IN.contains(&name) || !plain {
        return;
    }
    match entity.fields.iter_mut().find(|field| field.name == name) {
        Some(field) if field.kind == Kind::String => field.kind = kind,
        Some(_) => {}
        None => entity.fields.push(Field {
            name: name.to_owned(),
            kind,
            at: At {
                file: file.to_owned(),
                line,
            },
            ..Field::default()
        }),
    }
}
