//! The entities' routes, with the app's own row-level security read from its schema files. The service key sees and
//! may do everything.

use std::collections::BTreeMap;
use std::path::Path;

use linchpin_app::App;
use linchpin_function::EntityWrite;
use serde_json::{Map, Value, json};

use super::query::{fits, sort};

/// Who asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// Nobody who is signed in.
    Nobody,
    /// A user, as a record.
    User(Value),
    /// A function in its own right.
    Service,
}

/// Row-level security by entity, as the schema files say it.
pub type Rules = BTreeMap<String, Value>;

/// The records of a run and what was written.
#[derive(Debug, Default, Clone)]
pub struct Entities {
    /// Records by entity.
    pub records: BTreeMap<String, Vec<Value>>,
    /// Row-level security.
    pub rules: Rules,
    /// Writes in order, as a rehearsal records them.
    pub writes: Vec<EntityWrite>,
    /// What was asked and is not played here.
    pub unknown: Vec<String>,
}

/// The `rls` of every schema file of an app.
pub fn rules(app: &App, folder: &Path) -> Rules {
    let files = app
        .entities
        .iter()
        .filter(|entity| !entity.inferred && entity.rls_at.is_some());
    let rule = |file: &str| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let schema: Option<Value> = jsonc_parser::parse_to_serde_value(&text, &Default::default()).unwrap();
        schema.unwrap()["rls"].clone()
    };
    files
        .map(|entity| (entity.name.clone(), rule(&entity.at.file)))
        .collect()
}

/// Status and body of an answer.
type Said = (u16, Value);

impl Entities {
    /// Answers `METHOD /entities/{entity}/{tail}`.
    pub fn answer(
        &mut self,
        who: &Access,
        method: &str,
        entity: &str,
        tail: &[&str],
        query: &BTreeMap<String, String>,
        body: &Value,
    ) -> Said {
        let said = match (method, tail) {
            ("GET", []) => self.list(who, entity, query),
            ("GET", [id]) if !["count", "v2", "bulk"].contains(id) => {
                self.get(who, entity, id).map(|record| (200, record))
            }
            ("PUT", [id]) if *id != "bulk" => self.update(who, entity, id, body),
            _ => Err(format!("{method} {entity}/{} is not played here", tail.join("/"))),
        };
        said.unwrap_or_else(|unknown| {
            let detail = json!({"detail": unknown, "message": unknown});
            if !unknown.contains("not found") {
                self.unknown.push(unknown);
                return (501, detail);
            }
            (404, detail)
        })
    }

    fn list(&self, who: &Access, entity: &str, query: &BTreeMap<String, String>) -> Result<Said, String> {
        let known = ["q", "sort", "limit", "skip"];
        if let Some(other) = query.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("{entity}?{other} is not played here"));
        }
        let wanted = query
            .get("q")
            .map_or_else(|| json!({}), |q| serde_json::from_str(q).unwrap());
        let mut found = Vec::new();
        for record in self.visible(who, entity, "read")? {
            if fits(&record, &wanted)? {
                found.push(record);
            }
        }
        sort(&mut found, query.get("sort").map_or("-created_date", String::as_str));
        let number = |key: &str, otherwise: usize| query.get(key).map_or(otherwise, |n| n.parse().unwrap());
        let page = found.into_iter().skip(number("skip", 0)).take(number("limit", 5000));
        Ok((200, Value::Array(page.collect())))
    }

    fn get(&self, who: &Access, entity: &str, id: &str) -> Result<Value, String> {
        let mut all = self.visible(who, entity, "read")?.into_iter();
        all.find(|record| record["id"] == id)
            .ok_or_else(|| format!("Entity {entity} with ID {id} not found"))
    }

    fn update(&mut self, who: &Access, entity: &str, id: &str, body: &Value) -> Result<Said, String> {
        let seen = self
            .visible(who, entity, "update")?
            .iter()
            .any(|record| record["id"] == id);
        let all = self.records.get_mut(entity).filter(|_| seen);
        let record = all.and_then(|all| all.iter_mut().find(|record| record["id"] == id));
        let record = record
            .and_then(Value::as_object_mut)
            .ok_or_else(|| format!("Entity {entity} with ID {id} not found"))?;
        let changes = body.as_object().ok_or("a change is an object")?;
        record.extend(changes.clone());
        let answer = Value::Object(record.clone());
        self.writes.push(EntityWrite {
            entity: entity.to_owned(),
            method: "update".to_owned(),
            id: Some(id.to_owned()),
            data: body.clone(),
        });
        Ok((200, answer))
    }

    fn visible(&self, who: &Access, entity: &str, verb: &str) -> Result<Vec<Value>, String> {
        let all = self
            .records
            .get(entity)
            .ok_or_else(|| format!("Entity schema {entity} not found in app"))?;
        let rule = self.rules.get(entity).map_or(&Value::Null, |rules| &rules[verb]);
        let mut out = Vec::new();
        for record in all {
            if *who == Access::Service || allows(rule, record, who)? {
                out.push(record.clone());
            }
        }
        Ok(out)
    }
}

/// Whether a rule lets somebody at a record.
fn allows(rule: &Value, record: &Value, who: &Access) -> Result<bool, String> {
    let conditions = match rule {
        Value::Null => return Ok(true),
        Value::Bool(all) => return Ok(*all),
        Value::Object(conditions) if conditions.is_empty() => return Ok(true),
        Value::Object(conditions) => conditions,
        other => return Err(format!("the rule {other} is not known here")),
    };
    let Access::User(user) = who else { return Ok(false) };
    for (key, want) in conditions {
        let holds = match key.as_str() {
            "$or" | "$and" => {
                let parts = want.as_array().ok_or_else(|| format!("{key} wants a list"))?;
                let parts = parts
                    .iter()
                    .map(|part| allows(part, record, who))
                    .collect::<Result<Vec<_>, _>>()?;
                if key == "$or" {
                    parts.contains(&true)
                } else {
                    !parts.contains(&false)
                }
            }
            "user_condition" => want
                .as_object()
                .is_some_and(|want| want.iter().all(|(name, value)| user.get(name) == Some(value))),
            field => {
                let field = field.strip_prefix("data.").unwrap_or(field);
                fits(
                    record,
                    &Value::Object(Map::from_iter([(field.to_owned(), filled(want, user)?)])),
                )?
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `{{user.email}}` as what it stands for.
fn filled(want: &Value, user: &Value) -> Result<Value, String> {
    let inner = want
        .as_str()
        .and_then(|text| text.strip_prefix("{{user.")?.strip_suffix("}}"));
    match inner {
        Some(name) => user.get(name).cloned().ok_or_else(|| format!("a user has no {name}")),
        None => Ok(want.clone()),
    }
}
