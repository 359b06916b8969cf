//! Puts what single files say together into an `App`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::data::Data;
use crate::facts::Facts;
use crate::layout::Shape;
use crate::link::Links;
use crate::route::Packages;
use crate::{
    App, At, Entity, EntityUse, Framework, Function, FunctionCall, HostUse, Integration, Layout, Origin, Problem,
    UsedConnector, Variable, entity, infer, page, role, route, service, tables,
};

/// What was read of an app, before it is put together. `files` and `facts` go in step.
pub(crate) struct Parts {
    pub(crate) shape: Shape,
    pub(crate) files: Vec<String>,
    pub(crate) facts: Vec<Arc<Facts>>,
    /// What JSON files say, in the order of their paths.
    pub(crate) data: Vec<Data>,
    /// What Prisma schemas say.
    pub(crate) models: Vec<Entity>,
    /// What SQL files change, in the order of their paths.
    pub(crate) changes: Vec<tables::Change>,
    pub(crate) problems: Vec<Problem>,
}

/// The app that the parts make.
pub(crate) fn app(parts: Parts) -> App {
    let Parts {
        shape,
        files,
        facts,
        data,
        models,
        changes,
        problems,
    } = parts;
    let links = Links::of(&files, &facts);
    let packages = packages(&data, &files);
    let (found, mut frameworks) = route::pages(&shape.base, &files, &facts, &links, &packages);
    let mut app = App {
        layout: shape.layout,
        functions_dir: shape.functions[0].clone(),
        connectors_dir: shape.connectors.clone(),
        pages: page::all(&found, &files, &facts, &links),
        integrations: integrations(&files, &facts),
        variables: variables(&files, &facts),
        hosts: hosts(&files, &facts),
        problems,
        ..App::default()
    };
    let mut workflows = Vec::new();
    let mut beside = Vec::new();
    let mut declared = HashSet::new();
    for one in data {
        match one {
            Data::Entity(entity) if !declared.insert(entity.name.clone()) => {
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
            Data::Workflow(functions, trigger) => {
                app.workflows = true;
                workflows.push((functions, trigger));
            }
            Data::Function {
                folder,
                name,
                entry,
                triggers,
            } => beside.push((folder, name, entry, triggers)),
            Data::Package { folder, name, sdk, .. } if folder.is_empty() => {
                app.name = name.unwrap_or_default();
                app.sdk_version = sdk;
            }
            Data::Package { sdk, .. } => {
                if app.sdk_version.is_none() {
                    app.sdk_version = sdk;
                }
            }
        }
    }
    let entries: HashSet<String> = beside
        .iter()
        .filter_map(|(folder, _, entry, _)| crate::link::join(folder, entry.as_deref()?))
        .collect();
    app.functions = functions(&shape, &entries, &files, &facts, &links);
    for (folder, name, _, triggers) in beside {
        let own = |function: &&mut Function| function.at.file.rsplit_once('/').map(|(own, _)| own) == Some(&folder);
        if let Some(function) = app.functions.iter_mut().find(own) {
            function.name = name.unwrap_or_else(|| std::mem::take(&mut function.name));
            function.triggers = triggers;
        }
    }
    for (names, trigger) in workflows {
        for function in app
            .functions
            .iter_mut()
            .filter(|function| names.contains(&function.name))
        {
            function.triggers.push(trigger.clone());
        }
    }
    for function in &mut app.functions {
        function.automations = function.triggers.iter().map(|trigger| trigger.words.clone()).collect();
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
    if !shape.base.is_empty() || shape.layout == Layout::Root || facts.iter().any(|one| one.base44) {
        frameworks.insert(0, Framework::Base44);
    }
    frameworks.extend((!models.is_empty()).then_some(Framework::Prisma));
    frameworks.extend((!changes.is_empty()).then_some(Framework::Sql));
    let supabase = |file: &String| file.starts_with("supabase/") || file.contains("/supabase/");
    let migrated = changes
        .iter()
        .any(|one| matches!(one, tables::Change::Create { at, .. } if supabase(&at.file)));
    frameworks.extend((migrated || files.iter().any(supabase)).then_some(Framework::Supabase));
    app.frameworks = frameworks;
    app.entities = entities(std::mem::take(&mut app.entities), models, changes, &files, &facts, &app);
    app.entities.iter_mut().for_each(entity::complete_user);
    role::assign(&mut app.entities);
    app.entities.sort_by(|one, other| one.name.cmp(&other.name));
    app.functions.sort_by(|one, other| one.name.cmp(&other.name));
    app.connectors.sort_by(|one, other| one.id.cmp(&other.id));
    app.agents.sort_by(|one, other| one.name.cmp(&other.name));
    app.problems.sort_by(|one, other| one.at.cmp(&other.at));
    app
}

/// All entities: declared ones, tables beside them, and what only code and agents name.
fn entities(
    mut entities: Vec<Entity>,
    models: Vec<Entity>,
    changes: Vec<tables::Change>,
    files: &[String],
    facts: &[Arc<Facts>],
    app: &App,
) -> Vec<Entity> {
    let plain = |name: &str| role::tokens(name).concat().trim_end_matches('s').to_owned();
    let known: HashSet<String> = entities.iter().map(|one| plain(&one.name)).collect();
    let mut other: Vec<Entity> = Vec::new();
    let prisma = !models.is_empty();
    for table in models.into_iter().chain(tables::tables(changes)) {
        // Prisma writes its own migrations; the schema says the same better.
        let twice = (prisma && table.at.file.contains("prisma/")) && table.origin == Origin::Sql;
        if !twice
            && !known.contains(&plain(&table.name))
            && !other.iter().any(|one| plain(&one.name) == plain(&table.name))
        {
            other.push(table);
        }
    }
    let declared: HashSet<&str> = entities.iter().chain(&other).map(|one| one.name.as_str()).collect();
    let mut inferred = infer::missing(files, facts, &declared, app);
    // A table under another name (`bookings` for `Booking`) gives the fields that calls do not name.
    let tables: HashMap<String, usize> = other
        .iter()
        .enumerate()
        .map(|(at, one)| (plain(&one.name), at))
        .collect();
    let mut merged = HashSet::new();
    for entity in &mut inferred {
        if let Some(at) = tables.get(&plain(&entity.name)) {
            merged.insert(*at);
            for field in &other[*at].fields {
                match entity.fields.iter_mut().find(|one| one.name == field.name) {
                    Some(known) => *known = field.clone(),
                    None => entity.fields.push(field.clone()),
                }
            }
        }
    }
    entities.extend(inferred);
    entities.extend(
        other
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !merged.contains(at))
            .map(|(_, one)| one),
    );
    entities
}

/// What packages say of frameworks. A `next.config` file says as much as a dependency.
fn packages(data: &[Data], files: &[String]) -> Packages {
    let slash = |folder: &str| {
        if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        }
    };
    let mut packages = Packages::default();
    for one in data {
        if let Data::Package {
            folder, next, router, ..
        } = one
        {
            packages.router |= router;
            packages.next.extend(next.then(|| slash(folder)));
        }
    }
    for file in files {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        if name.starts_with("next.config.") && folder.matches('/').count() < 2 {
            packages.next.push(slash(folder));
        }
    }
    // The deepest folder first: a file belongs to the nearest package.
    packages.next.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    packages.next.dedup();
    packages
}

/// The backend functions: one per entry file, by name. `entries` are files that settings name.
fn functions(
    shape: &Shape,
    entries: &HashSet<String>,
    files: &[String],
    facts: &[Arc<Facts>],
    links: &Links,
) -> Vec<Function> {
    let mut found: BTreeMap<String, Function> = BTreeMap::new();
    for folder in &shape.functions {
        for (at, file) in files.iter().enumerate() {
            let Some(rest) = file
                .strip_prefix(folder.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            let named = || {
                let folder = rest.rsplit_once('/').map(|(folder, _)| folder.to_owned());
                folder.filter(|_| entries.contains(file))
            };
            let Some(name) = function_name(rest).or_else(named) else {
                continue;
            };
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
        Some((folder, "entry" | "index" | "main" | "bundle")) => folder,
        Some(_) => return None,
        None => stem,
    };
    let plain = !name.contains('.') && !name.starts_with('_') && name != "entry" && name != "index";
    plain.then(|| name.to_owned())
}

fn function(name: String, at: usize, files: &[String], facts: &[Arc<Facts>], links: &Links) -> Function {
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
        let facts = &facts[file];
        function.connectors.extend(
            facts
                .connectors
                .iter()
                .map(|(connector, app_user, line)| UsedConnector {
                    connector: connector.clone(),
                    app_user: *app_user,
                    at: place(*line),
                }),
        );
        function.entities.extend(facts.uses.iter().map(|call| EntityUse {
            entity: call.entity.clone(),
            method: call.method.clone(),
            at: place(call.line),
        }));
        function
            .calls
            .extend(facts.invokes.iter().map(|(function, line)| FunctionCall {
                function: function.clone(),
                at: place(*line),
            }));
        function
            .services
            .extend(facts.services.iter().map(|one| page::integration(one, place(one.line))));
        function
            .variables
            .extend(facts.variables.iter().map(|(name, line)| variable(name, place(*line))));
        function
            .hosts
            .extend(facts.hosts.iter().map(|(host, hook, line)| HostUse {
                host: host.clone(),
                hook: *hook,
                at: place(*line),
            }));
        if function.asks_user.is_none() {
            function.asks_user = facts.asks_user.map(place);
        }
    }
    function
}

fn variable(name: &str, at: At) -> Variable {
    Variable {
        name: name.to_owned(),
        service: service::of_variable(name).map(str::to_owned),
        at,
    }
}

/// Environment variables, each where it is read first, by name.
fn variables(files: &[String], facts: &[Arc<Facts>]) -> Vec<Variable> {
    let mut found: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for (file, facts) in facts.iter().enumerate() {
        for (name, line) in &facts.variables {
            found.entry(name).or_insert((file, *line));
        }
    }
    let at = |(file, line): (usize, u32)| At {
        file: files[file].clone(),
        line,
    };
    found
        .into_iter()
        .map(|(name, place)| variable(name, at(place)))
        .collect()
}

/// Hosts, each where it is named first, by name.
fn hosts(files: &[String], facts: &[Arc<Facts>]) -> Vec<HostUse> {
    let mut found: BTreeMap<&str, HostUse> = BTreeMap::new();
    for (file, facts) in files.iter().zip(facts) {
        for (host, hook, line) in &facts.hosts {
            found.entry(host).or_insert_with(|| HostUse {
                host: host.clone(),
                hook: *hook,
                at: At {
                    file: file.clone(),
                    line: *line,
                },
            });
        }
    }
    found.into_values().collect()
}

/// Services in use, one entry per service and file.
fn integrations(files: &[String], facts: &[Arc<Facts>]) -> Vec<Integration> {
    let mut list = Vec::new();
    for (file, facts) in files.iter().zip(facts) {
        let mut seen = HashSet::new();
        for service in &facts.services {
            if seen.insert(service.name.as_str()) {
                let at = At {
                    file: file.clone(),
                    line: service.line,
                };
                list.push(page::integration(service, at));
            }
        }
    }
    list
}

/// The SDK version most functions import; of equals, the later one.
fn sdk(facts: &[Arc<Facts>]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for version in facts.iter().filter_map(|one| one.sdk.as_deref()) {
        *counts.entry(version).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(version, _)| version.trim_start_matches(['^', '~']).to_owned())
}
