//! Rules about calls: addresses, parameters, effects.

use std::collections::BTreeSet;

use super::{Report, config, graphql, samples};
use crate::address::{holes, host_of, path_of};
use crate::{Body, Connector, Effect, KeyPlace, Operation, Place};

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    let (mut ids, mut intents) = (BTreeSet::new(), BTreeSet::new());
    if connector.operations.len() < 5 {
        report.add("operations", "it has fewer than five operations, too few to plan with");
    }
    for operation in &connector.operations {
        let mut at = At { operation, report };
        if !ids.insert(&operation.id) {
            at.add("operations", "the id is used twice");
        }
        if !intents.insert(&operation.intent) {
            at.add(
                "intents",
                &format!(
                    "the intent `{}` is served twice, so the guide could not choose",
                    operation.intent
                ),
            );
        }
        address(connector, &mut at);
        params(connector, &mut at);
        headers(&mut at);
        samples::check(&mut at);
        for wrong in graphql::check(operation) {
            at.add("graphql", &wrong);
        }
    }
}

/// A report that says which operation it is about.
pub(super) struct At<'a, 'b> {
    pub(super) operation: &'a Operation,
    report: &'a mut Report<'b>,
}

impl At<'_, '_> {
    pub(super) fn add(&mut self, rule: &'static str, what: &str) {
        let reason = format!("{}: {what}", self.operation.id);
        self.report.add(rule, reason);
    }
}

fn address(connector: &Connector, at: &mut At<'_, '_>) {
    let operation = at.operation;
    if let Some(docs) = &operation.docs {
        at.report.https("the docs page", docs);
    }
    match host_of(&operation.url) {
        None => at.add(
            "https",
            &format!("`{}` is not an https address with a literal host", operation.url),
        ),
        Some(host) => {
            if !connector
                .hosts
                .iter()
                .any(|origin| host_of(origin).as_deref() == Some(host.as_str()))
            {
                at.add("hosts", &format!("it calls {host}, which is not among the hosts"));
            }
        }
    }
    let by_path = connector
        .auth
        .key
        .as_ref()
        .is_some_and(|key| key.place == KeyPlace::Path);
    let mut more: Vec<&str> = path_params(operation).collect();
    if by_path {
        more.push("key");
    }
    let what = format!("{}: the address", operation.id);
    config::address(connector, at.report, &what, &operation.url, &more);
    if operation.url.contains(['?', '#']) {
        at.add("operations", "the address carries a query; write it as parameters");
    }
    if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&operation.method.as_str()) {
        at.add(
            "operations",
            &format!("`{}` is not an HTTP method in capitals", operation.method),
        );
    }
    let looks = operation.effect == Effect::Read;
    let fits = match operation.method.as_str() {
        "GET" => looks,
        "DELETE" => operation.effect == Effect::Delete,
        "PUT" | "PATCH" => !looks,
        _ => true,
    };
    if !fits {
        at.add("operations", &format!("a {} can't have this effect", operation.method));
    }
}

fn path_params(operation: &Operation) -> impl Iterator<Item = &str> {
    operation
        .params
        .iter()
        .filter(|param| param.place == Place::Path)
        .map(|param| param.name.as_str())
}

fn params(connector: &Connector, at: &mut At<'_, '_>) {
    let operation = at.operation;
    let holes: BTreeSet<&str> = holes(path_of(&operation.url)).unwrap_or_default().into_iter().collect();
    let mut named = BTreeSet::new();
    for param in &operation.params {
        at.report.sentence(
            &format!("{}: the explanation of `{}`", operation.id, param.name),
            &param.about,
        );
        if let Some(ask) = &param.ask {
            at.report
                .sentence(&format!("{}: the question for `{}`", operation.id, param.name), ask);
        }
        if !named.insert((param.place as u8, &param.name)) {
            at.add("params", &format!("`{}` is described twice", param.name));
        }
        if param.place == Place::Path && !holes.contains(param.name.as_str()) {
            at.add("params", &format!("the path has no {{{}}}", param.name));
        }
        if param.place == Place::Path && !param.required {
            at.add("params", &format!("`{}` is in the path and so is required", param.name));
        }
        if param.place == Place::Body && operation.body == Body::None {
            at.add(
                "params",
                &format!("`{}` goes into a body, and there is none", param.name),
            );
        }
    }
    // What else stands in a hole is a config value or the key, and `config::address` looks at it.
    let config = |hole: &str| connector.config.iter().any(|field| field.name == hole);
    for hole in holes {
        if hole != "key" && !config(hole) && !path_params(operation).any(|name| name == hole) {
            at.add("params", &format!("nothing says what {{{hole}}} in the path is"));
        }
    }
}

/// Headers an operation can't set: they belong to authorization, to the body, or to the connection.
const RESERVED: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "proxy-authorization",
    "transfer-encoding",
];

fn headers(at: &mut At<'_, '_>) {
    let operation = at.operation;
    let params = operation
        .params
        .iter()
        .filter(|param| param.place == Place::Header)
        .map(|param| &param.name);
    for name in operation.headers.iter().map(|header| &header.name).chain(params) {
        let token = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !token {
            at.add("headers", &format!("`{name}` is not the name of a header"));
        }
        // Of a file's bytes nothing else says what they are.
        let kind = operation.body == Body::Bytes && name.eq_ignore_ascii_case("content-type");
        // A token of another scheme (`Bot {token}`) takes the usual header's place.
        let scheme = name.eq_ignore_ascii_case("authorization")
            && operation
                .headers
                .iter()
                .any(|header| header.name == *name && holes(&header.value).as_deref() == Some(&["token"]));
        if !kind && !scheme && RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            at.add("headers", &format!("the header `{name}` is not the operation's to set"));
        }
    }
    for header in &operation.headers {
        if header.value.is_empty() || header.value.chars().any(char::is_control) {
            at.add("headers", &format!("the header `{}` has no usable value", header.name));
        }
    }
}
