//! Puts what single files say together into an `App`.

use std::collections::{BTreeMap, HashSet};

use crate::data::Data;
use crate::facts::Facts;
use crate::layout::Shape;
use crate::link::Links;
use crate::{App, At, EntityUse, Function, Integration, Problem, UsedConnector, entity, infer, page, role};

/// What was read of an app, before it is put together. `files` and `facts` go in step.
pub(crate) struct Parts {
    pub(crate) shape: Shape,
    pub(crate) files: Vec<String>,
    pub(crate) facts: Vec<Facts>,
    /// What JSON files say, in the order of their paths.
    pub(crate) data: Vec<Data>,
    pub(crate) problems: Vec<Problem>,
}

/// The app that the parts make.
pub(crate) fn app(parts: Parts) -> App {
    let Parts {
        shape,
        files,
        facts,
        data,
        problems,
    } = parts;
    let links = Links::of(&files, &facts);
    let mut app = App {
        layout: shape.layout,
        functions_dir: shape.functions[0].clone(),
        connectors_dir: shape.connectors.clone(),
        pages: page::all(&files, &facts, &links),
        integrations: integrations(&files, &facts),
        problems,
        ..App::default()
    };
    app.functions = functions(&shape, &files, &facts, &links);
    let mut workflows = Vec::new();
    for one in data {
        match one {
            Data::Entity(entity) if app.entities.iter().any(|known| known.name == entity.name) => {
                app.problems.push(Problem {
                    at: entity.at,
                    message: format!(
                        "{} is declared twice; the first one is used. Remove one of them.",
                        entity.name
                    ),
                });
            }
            Data::Entity(entity) => app.entities.push(entity),
            Data::Connector(connector) => app.connectors.push(connector),
            Data::Agent(agent) => app.agents.push(agent),
            Data::Workflow(functions, said) => {
                app.workflows = true;
                workflows.push((functions, said));
            }
            Data::Function {
                folder,
                name,
                automations,
            } => {
                let beside =
                    |function: &&mut Function| function.at.file.rsplit_once('/').map(|(own, _)| own) == Some(&folder);
                if let Some(function) = app.functions.iter_mut().find(beside) {
                    function.name = name.unwrap_or_else(|| std::mem::take(&mut function.name));
                    function.automations = automations;
                }
            }
            Data::Package { name, sdk } => {
                app.name = name.unwrap_or_default();
                app.sdk_version = sdk;
            }
        }
    }
    for (names, said) in workflows {
        for function in app
            .functions
            .iter_mut()
            .filter(|function| names.contains(&function.name))
        {
            function.automations.push(said.clone());
        }
    }
    if let Some(used) = sdk(&facts) {
        app.sdk_version = Some(used);
    }
    if app.name == "base44-app" {
        app.name.clear();
    }
    if let Some(name) = shape.name {
        app.name = name;
    }
    app.entities.extend(infer::missing(&files, &facts, &app.entities));
    app.entities.iter_mut().for_each(entity::complete_user);
    role::assign(&mut app.entities);
    app.entities.sort_by(|one, other| one.name.cmp(&other.name));
    app.functions.sort_by(|one, other| one.name.cmp(&other.name));
    app.connectors.sort_by(|one, other| one.id.cmp(&other.id));
    app.agents.sort_by(|one, other| one.name.cmp(&other.name));
    app.problems.sort_by(|one, other| one.at.cmp(&other.at));
    app
}

/// The backend functions: one per entry file, by name.
fn functions(shape: &Shape, files: &[String], facts: &[Facts], links: &Links) -> Vec<Function> {
    let mut found: BTreeMap<String, Function> = BTreeMap::new();
    for folder in &shape.functions {
        for (at, file) in files.iter().enumerate() {
            let Some(rest) = file
                .strip_prefix(folder.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            let Some(name) = function_name(rest) else { continue };
            found
                .entry(name.clone())
                .or_insert_with(|| function(name, at, files, facts, links));
        }
    }
    found.into_values().collect()
}

/// `orders/process/entry.ts` → `orders/process`; `sendMail.ts` → `sendMail`; helpers have no name.
fn function_name(rest: &str) -> Option<String> {
    let (stem, end) = rest.rsplit_once('.')?;
    if !matches!(end, "ts" | "js") {
        return None;
    }
    let name = match stem.rsplit_once('/') {
        Some((folder, "entry" | "index" | "main")) => folder,
        Some(_) => return None,
        None => stem,
    };
    let plain = !name.contains('.') && !name.starts_with('_') && name != "entry" && name != "index";
    plain.then(|| name.to_owned())
}

fn function(name: String, at: usize, files: &[String], facts: &[Facts], links: &Links) -> Function {
    let backend = files[at].split('/').next().unwrap_or("");
    let enter = |other: usize| files[other].split('/').next() == Some(backend);
    let mut function = Function {
        name,
        at: At {
            file: files[at].clone(),
            line: 1,
        },
        ..Function::default()
    };
    for file in links.reach(at, &enter) {
        let place = |line: u32| At {
            file: files[file].clone(),
            line,
        };
        for (connector, app_user, line) in &facts[file].connectors {
            function.connectors.push(UsedConnector {
                connector: connector.clone(),
                app_user: *app_user,
                at: place(*line),
            });
        }
        for call in &facts[file].uses {
            function.entities.push(EntityUse {
                entity: call.entity.clone(),
                method: call.method.clone(),
                at: place(call.line),
            });
        }
    }
    function
}

/// Services in use, one entry per service and file.
fn integrations(files: &[String], facts: &[Facts]) -> Vec<Integration> {
    let mut seen = HashSet::new();
    let mut list = Vec::new();
    for (file, facts) in files.iter().zip(facts) {
        for (service, line) in &facts.services {
            if seen.insert((service.as_str(), file.as_str())) {
                list.push(Integration {
                    service: service.clone(),
                    at: At {
                        file: file.clone(),
                        line: *line,
                    },
                });
            }
        }
    }
    list
}

/// The SDK version most functions import; of equals, the later one.
fn sdk(facts: &[Facts]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for version in facts.iter().filter_map(|one| one.sdk.as_deref()) {
        *counts.entry(version).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(version, _)| version.trim_start_matches(['^', '~']).to_owned())
}
