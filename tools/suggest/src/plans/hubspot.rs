//! HubSpot: a person as a contact, made or brought up to date by their address.

use linchpin_app::{Entity, Field, Kind, Role, name_words};
use linchpin_function::{CallStep, Plan};
use serde_json::{Map, Value, json};

use super::{Cx, Moment, call, on_event};
use crate::{anatomy, phrase};

const CONNECTOR: &str = "hubspot";

/// Creates or updates the contact with the record's address when `moment` comes.
pub fn hubspot_contact(cx: &Cx<'_>, entity: &Entity, moment: &Moment) -> Option<Plan> {
    let operation = cx.operation(CONNECTOR, "upsert_contact")?;
    let record = phrase::record(&entity.name);
    let path = |field: &Field| format!("{{{{{record}.{}}}}}", field.name);
    let email = anatomy::recipient(entity)?;
    let mut properties = Map::new();
    properties.insert("email".to_owned(), path(email).into());
    let textual = |role| entity.with_role(role).filter(|field| field.kind == Kind::String);
    let named = |words: &[&str]| {
        entity
            .fields
            .iter()
            .find(|field| words.contains(&name_words(&field.name).concat().as_str()))
    };
    let first = named(&["firstname", "vorname", "prenom"]).or_else(|| textual(Role::PersonName));
    let last = named(&["lastname", "surname", "nachname", "apellido", "sobrenome"]);
    let known = [
        ("firstname", first),
        ("lastname", last),
        ("phone", textual(Role::Phone)),
        ("company", textual(Role::Company)),
    ];
    for (property, field) in known {
        if let Some(field) = field {
            properties.insert(property.to_owned(), path(field).into());
        }
    }
    let input = json!({ "idProperty": "email", "id": path(email), "properties": Value::Object(properties) });
    let step = call(CallStep {
        operation,
        body: Some(json!({ "inputs": [input] })),
        ..CallStep::default()
    });
    let name = phrase::function(cx.app, &["sync", &entity.name, "to", "hubspot"]);
    let purpose = format!(
        "When {} {}, create or update the HubSpot contact with its {}.",
        phrase::a(&entity.name),
        moment.words(),
        email.name
    );
    Some(on_event(entity, moment, CONNECTOR, name, purpose, vec![step]))
}
