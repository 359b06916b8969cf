//! The map of an app: pages and entities → functions → connectors → scopes.

use linchpin_app::App;
use linchpin_catalog::{Catalog, Mode};
use linchpin_protocol::question::FunctionFacts;
use linchpin_protocol::{AppMap, FunctionRow, MapFunction, MapPage, Reach};

pub(crate) fn of(app: &App, functions: &[FunctionRow]) -> AppMap {
    let page = |page: &linchpin_app::Page| {
        let mut entities: Vec<String> = page
            .reads
            .iter()
            .chain(&page.writes)
            .map(|its| its.entity.clone())
            .collect();
        let mut calls: Vec<String> = page.calls.iter().map(|its| its.function.clone()).collect();
        for names in [&mut entities, &mut calls] {
            names.sort();
            names.dedup();
        }
        MapPage {
            name: page.name.clone(),
            entities,
            calls,
        }
    };
    AppMap {
        app: app.name.clone(),
        pages: app.pages.iter().map(page).collect(),
        entities: app.entities.iter().map(|entity| entity.name.clone()).collect(),
        functions: functions.iter().map(function).collect(),
    }
}

fn function(row: &FunctionRow) -> MapFunction {
    let facts = &row.facts;
    let mut elsewhere: Vec<String> = Vec::new();
    let catalog = Catalog::embedded();
    for call in &facts.calls {
        let known = facts
            .connectors
            .iter()
            .any(|(id, _)| owns(catalog, id, call.host.as_str()));
        if !known && !elsewhere.contains(&call.host) {
            elsewhere.push(call.host.clone());
        }
    }
    let unresolved = facts.unresolved.iter().map(|(line, _)| format!("unclear, line {line}"));
    elsewhere.extend(unresolved);
    MapFunction {
        name: facts.name.clone(),
        trigger: facts.trigger.clone(),
        callers: match facts.callers.is_empty() {
            true => "unknown".to_owned(),
            false => facts.callers.clone(),
        },
        entities: facts.entities.clone(),
        reaches: facts
            .connectors
            .iter()
            .map(|(id, mode)| reach(catalog, facts, id, *mode))
            .collect(),
        elsewhere,
        ok: row.ok,
    }
}

fn owns(catalog: &Catalog, id: &str, host: &str) -> bool {
    let hosts = catalog
        .get(id)
        .map(|connector| connector.hosts.as_slice())
        .unwrap_or_default();
    hosts.iter().any(|origin| {
        let name = origin.split_once("://").map_or(origin.as_str(), |(_, rest)| rest);
        // A part of the name may be the builder's own (`{subdomain}.zendesk.com`).
        match name.rsplit_once('}') {
            Some((_, end)) => host.ends_with(end),
            None => host == name,
        }
    })
}

fn reach(catalog: &Catalog, facts: &FunctionFacts, id: &str, mode: Mode) -> Reach {
    let mut does: Vec<String> = Vec::new();
    for call in facts.calls.iter().filter(|call| owns(catalog, id, &call.host)) {
        let words = call
            .title
            .clone()
            .unwrap_or_else(|| format!("{} {}", call.method, call.path));
        if !does.contains(&words) {
            does.push(words);
        }
    }
    Reach {
        connector: id.to_owned(),
        name: catalog
            .get(id)
            .map_or_else(|| id.to_owned(), |connector| connector.name.clone()),
        mode,
        does,
        scopes: facts
            .scopes
            .iter()
            .filter(|scope| scope.connector == id)
            .map(|scope| (scope.scope.clone(), scope.sentence.clone()))
            .collect(),
    }
}
