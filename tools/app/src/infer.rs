//! Entities that no schema declares, told from the calls that use them.
//!
//! A quarter of real apps export no schema. Names come from `base44.entities.X`; fields from the
//! objects handed to its calls, and from the form on the page that creates it.

use std::collections::{BTreeMap, HashSet};

use crate::entity::BUILT_IN;
use crate::facts::Facts;
use crate::{At, Entity, Field, Kind};

/// Adds what `facts` use and `known` does not declare.
pub(crate) fn missing(files: &[String], facts: &[Facts], known: &[Entity]) -> Vec<Entity> {
    let declared: HashSet<&str> = known.iter().map(|entity| entity.name.as_str()).collect();
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
            for name in &facts.form_fields {
                add(entity, name, Kind::String, file, first.line);
            }
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
