//! Where a backend keeps its functions and what starts them.
//!
//! A target answers for file places and formats, never for the source. Source: Base44's CLI
//! 0.1.18 for the current layout; exports of 2025 and 2026 for the one at the root.

use linchpin_app::{App, Layout};
use linchpin_patch::{AppPath, PatchError};
use serde_json::{Map, Value as Json, json};

use crate::{EntityEvent, Plan, PlanError, Trigger};

/// A backend that functions are written for.
pub(crate) trait Target {
    /// The file of a function; an existing one stays where it is.
    fn entry(&self, name: &str, app: &App) -> Result<AppPath, PatchError>;
    /// The file that starts it, as it is when there is none yet.
    fn automation(&self, plan: &Plan, entry: &AppPath) -> Result<Option<(AppPath, String)>, super::CompileError>;
    /// What is left to do by hand.
    fn notes(&self, plan: &Plan) -> Result<Vec<String>, PlanError>;
}

/// The target that an app uses.
pub(crate) fn of(app: &App) -> Box<dyn Target> {
    match (app.layout, app.workflows) {
        (Layout::Current, false) => Box::new(Base44 { automations: true }),
        (Layout::Current, true) => Box::new(Base44 { automations: false }),
        (Layout::Root, _) => Box::new(Base44Root),
    }
}

/// `base44/functions/<name>/entry.ts` with `function.jsonc` beside it.
struct Base44 {
    automations: bool,
}

/// `functions/<name>.ts`, and what starts it is set up in the dashboard.
struct Base44Root;

impl Target for Base44 {
    fn entry(&self, name: &str, app: &App) -> Result<AppPath, PatchError> {
        existing(name, app, || {
            format!("{}/{name}/entry.ts", dir(app, "base44/functions"))
        })
    }

    fn automation(&self, plan: &Plan, entry: &AppPath) -> Result<Option<(AppPath, String)>, super::CompileError> {
        let Some(automation) = automation(plan)?.filter(|_| self.automations) else {
            return Ok(None);
        };
        let (folder, file) = entry.as_str().rsplit_once('/').unwrap_or(("", entry.as_str()));
        let path = AppPath::new(format!("{folder}/function.jsonc"))?;
        let mut root = Map::new();
        root.insert("name".to_owned(), plan.name.clone().into());
        root.insert("entry".to_owned(), file.into());
        root.insert("automations".to_owned(), json!([automation]));
        Ok(Some((path, pretty(&Json::Object(root)))))
    }

    fn notes(&self, plan: &Plan) -> Result<Vec<String>, PlanError> {
        match self.automations {
            true => Ok(Vec::new()),
            false => by_hand(plan, "This app uses workflows"),
        }
    }
}

impl Target for Base44Root {
    fn entry(&self, name: &str, app: &App) -> Result<AppPath, PatchError> {
        existing(name, app, || format!("{}/{name}.ts", dir(app, "functions")))
    }

    fn automation(&self, _: &Plan, _: &AppPath) -> Result<Option<(AppPath, String)>, super::CompileError> {
        Ok(None)
    }

    fn notes(&self, plan: &Plan) -> Result<Vec<String>, PlanError> {
        by_hand(plan, "This app's layout keeps no automation files")
    }
}

fn dir<'a>(app: &'a App, default: &'a str) -> &'a str {
    let dir = app.functions_dir.trim_end_matches('/');
    if dir.is_empty() { default } else { dir }
}

fn existing(name: &str, app: &App, new: impl Fn() -> String) -> Result<AppPath, PatchError> {
    match app.functions.iter().find(|function| function.name == name) {
        Some(function) => AppPath::new(function.at.file.clone()),
        None => AppPath::new(new()),
    }
}

fn by_hand(plan: &Plan, why: &str) -> Result<Vec<String>, PlanError> {
    let what = match &plan.trigger {
        Trigger::Call => return Ok(Vec::new()),
        Trigger::Schedule { schedule } => {
            format!(
                "a schedule with the cron expression `{}` (UTC)",
                schedule.timing()?.cron
            )
        }
        Trigger::Entity { entity, events, .. } => {
            format!("an entity automation on {entity} for {}", events_of(events).join(", "))
        }
    };
    Ok(vec![format!(
        "{why}: set up {what} that runs `{}` in the app's dashboard.",
        plan.name
    )])
}

fn events_of(events: &[EntityEvent]) -> Vec<&'static str> {
    let mut events = events.to_vec();
    events.sort_unstable();
    events.dedup();
    let word = |event: &EntityEvent| match event {
        EntityEvent::Create => "create",
        EntityEvent::Update => "update",
        EntityEvent::Delete => "delete",
    };
    events.iter().map(word).collect()
}

/// The automation of a plan, its members in the order of Base44's schema.
fn automation(plan: &Plan) -> Result<Option<Json>, PlanError> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match &plan.trigger {
        Trigger::Call => None,
        Trigger::Schedule { schedule } => Some(json!({
            "name": plan.name,
            "description": format!("{} {}.", words(&plan.purpose), capital(&schedule.in_words())),
            "type": "scheduled",
            "schedule_mode": "recurring",
            "schedule_type": "cron",
            "cron_expression": schedule.timing()?.cron,
            "ends_type": "never",
            "is_active": true,
        })),
        Trigger::Entity { entity, events, .. } => Some(json!({
            "name": plan.name,
            "description": words(&plan.purpose),
            "type": "entity",
            "entity_name": entity,
            "event_types": events_of(events),
            "is_active": true,
        })),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The order in which people write these members, whatever order a map keeps.
pub(crate) const ORDER: [&str; 16] = [
    "name",
    "description",
    "entry",
    "automations",
    "type",
    "entity_name",
    "event_types",
    "schedule_mode",
    "schedule_type",
    "cron_expression",
    "ends_type",
    "is_active",
    "mode",
    "scopes",
    "functions",
    "version",
];

/// JSON as prettier writes it.
pub(crate) fn pretty(value: &Json) -> String {
    let mut out = String::new();
    layout(value, 0, 0, &mut out);
    out.push('\n');
    out
}

fn layout(value: &Json, indent: usize, column: usize, out: &mut String) {
    let pad = " ".repeat(indent + 2);
    match value {
        Json::Object(members) if !members.is_empty() => {
            let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| (rank(a.0), a.0).cmp(&(rank(b.0), b.0)));
            out.push('{');
            for (i, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if i > 0 { ",\n" } else { "\n" });
                let head = format!("{pad}{}: ", Json::from(key.as_str()));
                out.push_str(&head);
                layout(value, indent + 2, head.len(), out);
            }
            out.push_str(&format!("\n{}}}", " ".repeat(indent)));
        }
        Json::Array(items) if !items.is_empty() => {
            let scalar = items.iter().all(|item| !item.is_object() && !item.is_array());
            let flat = format!("[{}]", items.iter().map(Json::to_string).collect::<Vec<_>>().join(", "));
            if scalar && column + flat.len() <= 80 {
                return out.push_str(&flat);
            }
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ",\n" } else { "\n" });
                out.push_str(&pad);
                layout(item, indent + 2, indent + 2, out);
            }
            out.push_str(&format!("\n{}]", " ".repeat(indent)));
        }
        other => out.push_str(&other.to_string()),
    }
}
