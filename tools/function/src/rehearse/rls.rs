//! Who may read a record: the schema's own rule, as the platform judges it. An admin is nobody
//! special unless the rule says so; only a function in its own right is past all rules.
//!
//! Where only "its own user's" is known of an entity, a record is its maker's and the admins'.

use linchpin_app::Entity;
use serde_json::{Map, Value, json};

use super::query::fits;

/// Whether `user` (a `User` record, or nobody) may read a record of an entity.
pub(super) fn may_read(entity: &Entity, record: &Value, user: Option<&Value>) -> bool {
    match &entity.read_rule {
        Some(rule) => allows(rule, record, user),
        None if entity.owner_only => {
            let own = json!({"$or": [{"created_by": "{{user.email}}"}, {"user_condition": {"role": "admin"}}]});
            allows(&own, record, user)
        }
        None => true,
    }
}

fn allows(rule: &Value, record: &Value, user: Option<&Value>) -> bool {
    match (rule, user) {
        (Value::Bool(everybody), _) => *everybody,
        (Value::Object(conditions), Some(user)) => conditions.iter().all(|(key, want)| {
            let mut parts = want
                .as_array()
                .into_iter()
                .flatten()
                .map(|part| allows(part, record, Some(user)));
            match key.as_str() {
                "$or" => parts.any(|one| one),
                "$and" => parts.all(|one| one),
                "$nor" => !parts.any(|one| one),
                "user_condition" => fits(user, want),
                field => {
                    let field = field.strip_prefix("data.").unwrap_or(field);
                    fits(record, &json!({ field: filled(want, user) }))
                }
            }
        }),
        (Value::Object(conditions), None) => conditions.is_empty(),
        _ => true,
    }
}

/// `{{user.email}}` as what it stands for, wherever it stands.
fn filled(want: &Value, user: &Value) -> Value {
    match want {
        Value::Array(list) => list.iter().map(|one| filled(one, user)).collect(),
        Value::Object(operators) => Value::Object(
            operators
                .iter()
                .map(|(key, one)| (key.clone(), filled(one, user)))
                .collect::<Map<_, _>>(),
        ),
        Value::String(text) => {
            let Some((before, rest)) = text.split_once("{{") else {
                return want.clone();
            };
            let Some((name, after)) = rest.split_once("}}") else {
                return want.clone();
            };
            let name = name.trim().trim_start_matches("user.");
            let name = name.strip_prefix("data.").unwrap_or(name);
            let value = user.get(name).and_then(Value::as_str).unwrap_or_default();
            json!(format!("{before}{value}{after}"))
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_means_what_the_platform_means() {
        let user = json!({"email": "noor@example.org", "role": "user", "id": "u1"});
        let admin = json!({"email": "ada@example.org", "role": "admin", "id": "u2"});
        let record = json!({"created_by": "noor@example.org", "assignee_email": "kim@example.org"});
        let own = json!({"created_by": "{{user.email}}"});
        let team =
            json!({"$or": [own, {"data.assignee_email": "{{user.email}}"}, {"user_condition": {"role": "admin"}}]});
        for (rule, who, want) in [
            (json!(null), None, true),
            (json!({}), None, true),
            (json!(true), None, true),
            (json!(false), Some(&admin), false),
            (own.clone(), Some(&user), true),
            (own.clone(), Some(&admin), false),
            (own.clone(), None, false),
            (team, Some(&admin), true),
            (
                json!({"$and": [own, {"user_condition": {"role": "admin"}}]}),
                Some(&user),
                false,
            ),
            (json!({"created_by": {"$in": ["{{ user.email }}"]}}), Some(&user), true),
            (json!({"$nor": [own]}), Some(&user), false),
        ] {
            let entity = Entity {
                read_rule: Some(rule.clone()),
                ..Entity::default()
            };
            assert_eq!(may_read(&entity, &record, who), want, "{rule} {who:?}");
        }
        let known = Entity {
            owner_only: true,
            ..Entity::default()
        };
        assert!(may_read(&known, &record, Some(&admin)) && may_read(&known, &record, Some(&user)));
        assert!(!may_read(&known, &record, None) && may_read(&Entity::default(), &record, None));
    }
}
