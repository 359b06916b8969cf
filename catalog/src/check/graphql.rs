//! Rules about GraphQL operations: the document, its variables, and the sample that carries both.
//!
//! A document is read roughly: names, brackets and strings, enough to find the operation's kind,
//! its variables and its root fields. Source: GraphQL specification, October 2021, §2.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::graphql::{Document, Kind};
use crate::{Body, Effect, Operation, Place};

/// What is wrong with a GraphQL operation.
pub(super) fn check(operation: &Operation) -> Vec<String> {
    let Some(text) = &operation.graphql else {
        return Vec::new();
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(why) => return vec![format!("its document can't be read: {why}")],
    };
    let mut wrong = Vec::new();
    if operation.body != Body::Json || operation.method != "POST" {
        wrong.push("a GraphQL document goes out as JSON by POST".to_owned());
    }
    let looks = operation.effect == Effect::Read;
    match document.kind {
        Kind::Query if !looks => wrong.push("a query only reads; give it the effect read".to_owned()),
        Kind::Mutation if looks => wrong.push("a mutation changes something; it can't have the effect read".to_owned()),
        Kind::Subscription => wrong.push("a subscription has no single answer".to_owned()),
        Kind::Query | Kind::Mutation => {}
    }
    let explained: BTreeSet<&str> = operation
        .params
        .iter()
        .filter(|param| param.place == Place::Body)
        .filter_map(|param| param.name.split('.').next())
        .collect();
    let cursor = operation.pagination.as_ref().map(|pages| pages.param.as_str());
    for variable in &document.variables {
        if !explained.contains(variable.name) && cursor != Some(variable.name) {
            wrong.push(format!("nothing says what the variable `${}` is", variable.name));
        }
    }
    for name in explained {
        if !document.variables.iter().any(|variable| variable.name == name) {
            wrong.push(format!(
                "`{name}` is explained, and the document has no variable `${name}`"
            ));
        }
    }
    for name in &document.used {
        if !document.variables.iter().any(|variable| variable.name == *name) {
            wrong.push(format!("the document uses `${name}` without declaring it"));
        }
    }
    if let Some(cursor) = cursor.filter(|name| !name.is_empty())
        && !document
            .variables
            .iter()
            .any(|variable| cursor.split('.').next() == Some(variable.name))
    {
        wrong.push(format!(
            "pages are asked for with `{cursor}`, and the document has no such variable"
        ));
    }
    sample(operation, text, &document, &mut wrong);
    wrong
}

fn sample(operation: &Operation, text: &str, document: &Document<'_>, wrong: &mut Vec<String>) {
    let parsed = operation.sample_request.as_deref().map(serde_json::from_str::<Value>);
    let Some(Ok(sample)) = parsed else {
        return; // Told by the rule about samples.
    };
    if sample.get("query").and_then(Value::as_str) != Some(text) {
        wrong.push("`query` in the sample request is not the document itself".to_owned());
    }
    let none = serde_json::Map::new();
    let variables = sample.get("variables").and_then(Value::as_object).unwrap_or(&none);
    for name in variables.keys() {
        if !document.variables.iter().any(|variable| variable.name == name) {
            wrong.push(format!(
                "the sample request has the variable `{name}`, which the document doesn't"
            ));
        }
    }
    for variable in document.variables.iter().filter(|variable| variable.required) {
        if !variables.contains_key(variable.name) {
            wrong.push(format!("the sample request lacks the variable `{}`", variable.name));
        }
    }
}
