//! A proved draft as a changeset: the function, what starts it, the connector files, the lock.
//!
//! Files that are there are merged into, keeping comments and what other people wrote; a scope is
//! added and never removed. Not here: writing. Invariant: assembling what is applied already
//! gives an empty changeset.

use std::collections::BTreeSet;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use linchpin_app::{App, Layout};
use linchpin_catalog::{Catalog, Connector};
use linchpin_patch::{AppPath, Changeset, FileChange, PatchError};
use serde_json::{Value as Json, json};

use crate::compile::target::{ORDER, pretty};
use crate::lock::{LOCK_FILE, Lock, LockError};
use crate::{Draft, Proof};

/// Why a draft could not become a changeset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    /// A file that is there and can't be read.
    #[error("{file} can't be changed: {why}. Correct it there and try again.")]
    File {
        /// Its path.
        file: String,
        /// What is wrong with it, with line and column.
        why: String,
    },
    /// The lock can't be read.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A path that can't be in the app.
    #[error(transparent)]
    Path(#[from] PatchError),
}

/// The changeset of a draft. `read` gives a file's text as it is now.
///
/// # Errors
/// When a file that has to be merged into can't be parsed.
pub fn assemble(
    draft: &Draft,
    proof: &Proof,
    app: &App,
    catalog: &Catalog,
    read: &dyn Fn(&AppPath) -> Option<String>,
) -> Result<Changeset, AssembleError> {
    let mut files = vec![change(&draft.entry, read, |_| Ok(draft.source.clone()))?];
    if let Some((path, text)) = &draft.automation {
        files.push(change(path, read, |base| match base {
            None => Ok(text.clone()),
            Some(base) => merge_automation(base, text),
        })?);
    }
    let shared: BTreeSet<&str> = proof
        .connectors
        .iter()
        .filter(|c| !c.app_user)
        .map(|c| c.connector.as_str())
        .collect();
    for id in shared {
        // A key is a secret of the app; there is nothing to declare.
        let Some(connector) = catalog.get(id).filter(|own| own.auth.key.is_none()) else {
            continue;
        };
        let needed = proof.scopes.needed.get(id).map_or(&[][..], Vec::as_slice);
        let path = connector_path(app, id)?;
        files.push(change(&path, read, |base| match base {
            None => Ok(connector_file(connector, needed)),
            Some(base) => merge_scopes(base, connector, catalog, needed),
        })?);
    }
    let path = AppPath::new(LOCK_FILE)?;
    let base = read(&path);
    let mut lock = base.as_deref().map_or_else(|| Ok(Lock::default()), Lock::parse)?;
    lock.set(&draft.function, proof, catalog);
    // An app without connectors needs no lock, and none is taken away from one that has it.
    if base.is_some() || !lock.connectors.is_empty() {
        files.push(FileChange {
            path,
            next: Some(lock.render()),
            base,
        });
    }
    Ok(Changeset::new(files)?)
}

/// The scopes that the app's file for a connector declares.
pub fn declared_scopes(app: &App, connector: &str) -> Vec<String> {
    let declared = app.connectors.iter().find(|declared| declared.id == connector);
    declared.map_or_else(Vec::new, |declared| declared.scopes.clone())
}

fn change(
    path: &AppPath,
    read: &dyn Fn(&AppPath) -> Option<String>,
    next: impl FnOnce(Option<&str>) -> Result<String, String>,
) -> Result<FileChange, AssembleError> {
    let base = read(path);
    let next = next(base.as_deref()).map_err(|why| AssembleError::File {
        file: path.to_string(),
        why,
    })?;
    Ok(FileChange {
        path: path.clone(),
        base,
        next: Some(next),
    })
}

fn connector_path(app: &App, id: &str) -> Result<AppPath, PatchError> {
    if let Some(declared) = app.connectors.iter().find(|declared| declared.id == id) {
        return AppPath::new(declared.at.file.clone());
    }
    let dir = match (app.connectors_dir.trim_end_matches('/'), app.layout) {
        ("", Layout::Current) => "base44/connectors",
        ("", Layout::Root) => "connectors",
        (dir, _) => dir,
    };
    AppPath::new(format!("{dir}/{id}.jsonc"))
}

/// What a connector's file has to declare: what is needed, and for Google the address too.
fn wanted(connector: &Connector, needed: &[String]) -> Vec<String> {
    let mut scopes = needed.to_vec();
    if connector.auth.family == "google" {
        scopes.push("email".to_owned());
    }
    scopes
}

fn connector_file(connector: &Connector, needed: &[String]) -> String {
    pretty(&json!({ "type": connector.id, "scopes": wanted(connector, needed) }))
}

fn merge_scopes(base: &str, connector: &Connector, catalog: &Catalog, needed: &[String]) -> Result<String, String> {
    let root = parse(base)?;
    let object = root_object(&root)?;
    let scopes = list(&object, "scopes")?;
    let values = scopes.elements().into_iter().filter_map(|node| node.to_serde_value());
    let known: Vec<String> = values.filter_map(|value| Some(value.as_str()?.to_owned())).collect();
    for scope in wanted(connector, needed) {
        let named = known
            .iter()
            .any(|one| connector.canonical_scope(one) == connector.canonical_scope(&scope));
        if !named && !catalog.covers(&connector.id, &known, &[vec![vec![scope.clone()]]]) {
            scopes.append(CstInputValue::String(scope));
        }
    }
    Ok(root.to_string())
}

/// Puts the automation of `text` into a file that is there: over the one of the same name, or
/// beside the others.
fn merge_automation(base: &str, text: &str) -> Result<String, String> {
    let new: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let root = parse(base)?;
    let object = root_object(&root)?;
    let automations = list(&object, "automations")?;
    for automation in new["automations"].as_array().into_iter().flatten() {
        let same = |node: &CstNode| {
            node.to_serde_value()
                .is_some_and(|known| known["name"] == automation["name"])
        };
        let known = automations
            .elements()
            .into_iter()
            .find(same)
            .and_then(|node| node.as_object());
        match known {
            Some(known) => update(&known, automation),
            None => {
                automations.append(input(automation));
            }
        }
    }
    Ok(root.to_string())
}

/// Members that belong to what starts a function and would contradict another kind of start.
const OF_A_TRIGGER: [&str; 13] = [
    "type",
    "entity_name",
    "event_types",
    "schedule_mode",
    "schedule_type",
    "cron_expression",
    "ends_type",
    "one_time_date",
    "repeat_unit",
    "repeat_interval",
    "start_time",
    "repeat_on_days",
    "repeat_on_day_of_month",
];

fn update(known: &CstObject, automation: &Json) {
    for property in known.properties() {
        let name = property.decoded_name().unwrap_or_default();
        if OF_A_TRIGGER.contains(&name.as_str()) && automation.get(&name).is_none() {
            property.remove();
        }
    }
    for (name, value) in members(automation) {
        match known.get(name) {
            // What says the same stays as it is written.
            Some(property) if property.value().and_then(|v| v.to_serde_value()).as_ref() == Some(value) => {}
            // Whether it runs at all is the builder's decision.
            Some(_) if name == "is_active" => {}
            Some(property) => property.set_value(input(value)),
            None => {
                known.append(name, input(value));
            }
        }
    }
}

fn parse(text: &str) -> Result<CstRootNode, String> {
    CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| error.to_string())
}

fn root_object(root: &CstRootNode) -> Result<CstObject, String> {
    root.object_value_or_create()
        .ok_or_else(|| "it does not hold an object".to_owned())
}

fn list(object: &CstObject, name: &str) -> Result<CstArray, String> {
    object
        .array_value_or_create(name)
        .ok_or_else(|| format!("its `{name}` is not a list"))
}

fn members(value: &Json) -> Vec<(&str, &Json)> {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut members: Vec<(&str, &Json)> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    members.sort_by(|a, b| (rank(a.0), a.0).cmp(&(rank(b.0), b.0)));
    members
}

fn input(value: &Json) -> CstInputValue {
    match value {
        Json::Null => CstInputValue::Null,
        Json::Bool(flag) => CstInputValue::Bool(*flag),
        Json::Number(number) => CstInputValue::Number(number.to_string()),
        Json::String(text) => CstInputValue::String(text.clone()),
        Json::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Json::Object(_) => CstInputValue::Object(
            members(value)
                .into_iter()
                .map(|(key, value)| (key.to_owned(), input(value)))
                .collect(),
        ),
    }
}
