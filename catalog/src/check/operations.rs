//! Rules about calls: addresses, parameters, samples, pagination.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Report, is_pointer};
use crate::address::{host_of, path_of};
use crate::{Body, Connector, Effect, Operation, PageStyle, Place};

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    let (mut ids, mut intents) = (BTreeSet::new(), BTreeSet::new());
    if connector.operations.is_empty() {
        report.add("operations", "it has no operation, so nothing can be planned with it");
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
        params(&mut at);
        request(&mut at);
        response(&mut at);
    }
}

/// A report that says which operation it is about.
struct At<'a, 'b> {
    operation: &'a Operation,
    report: &'a mut Report<'b>,
}

impl At<'_, '_> {
    fn add(&mut self, rule: &'static str, what: &str) {
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

fn params(at: &mut At<'_, '_>) {
    let operation = at.operation;
    let holes: BTreeSet<&str> = path_of(&operation.url)
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .collect();
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
    for hole in holes {
        if !operation
            .params
            .iter()
            .any(|p| p.place == Place::Path && p.name == hole)
        {
            at.add("params", &format!("nothing says what {{{hole}}} in the path is"));
        }
    }
}

fn request(at: &mut At<'_, '_>) {
    let operation = at.operation;
    let Some(text) = &operation.sample_request else {
        if operation.body != Body::None {
            at.add("samples", "it has a body and no sample of one");
        }
        return;
    };
    let Ok(sample) = serde_json::from_str::<Value>(text) else {
        at.add("samples", "the sample request is not JSON");
        return;
    };
    match operation.body {
        Body::None => at.add("samples", "it has no body and a sample of one"),
        Body::MimeRaw => {
            let raw = sample.pointer("/raw").or_else(|| sample.pointer("/message/raw"));
            let letter = raw
                .and_then(Value::as_str)
                .and_then(|raw| URL_SAFE_NO_PAD.decode(raw).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok());
            if !letter.is_some_and(|letter| letter.contains("\r\nSubject: ") && letter.contains("\r\n\r\n")) {
                at.add("samples", "`raw` in the sample request is not a letter in base64url");
            }
        }
        Body::Json | Body::Form | Body::Multipart | Body::Related | Body::Bytes => {
            for param in operation.params.iter().filter(|p| p.place == Place::Body && p.required) {
                if sample.pointer(&pointer(&param.name)).is_none() {
                    at.add(
                        "samples",
                        &format!("the sample request lacks `{}`, which is required", param.name),
                    );
                }
            }
            let members = sample.as_object().map(|object| object.keys()).into_iter().flatten();
            for member in members {
                let told = operation
                    .params
                    .iter()
                    .any(|p| p.place == Place::Body && p.name.split('.').next() == Some(member));
                if !told {
                    at.add(
                        "samples",
                        &format!("the sample request has `{member}`, which no parameter explains"),
                    );
                }
            }
        }
    }
}

fn response(at: &mut At<'_, '_>) {
    let operation = at.operation;
    if operation.sample_response.is_empty() {
        if operation.effect != Effect::Delete {
            at.add("samples", "it has no sample response, so a rehearsal could not answer");
        }
        return;
    }
    let Ok(sample) = serde_json::from_str::<Value>(&operation.sample_response) else {
        at.add("samples", "the sample response is not JSON");
        return;
    };
    if let Some(field) = &operation.ok_field
        && sample.get(field) != Some(&Value::Bool(true))
    {
        at.add(
            "samples",
            &format!("the sample response doesn't have `{field}` as true"),
        );
    }
    let Some(pages) = &operation.pagination else {
        return;
    };
    let points = matches!(pages.style, PageStyle::Cursor | PageStyle::NextUrl);
    if (points && !is_pointer(&pages.next)) || !is_pointer(&pages.items) {
        at.add("pagination", "`items` and `next` are JSON pointers such as /results");
    }
    if !sample.pointer(&pages.items).is_some_and(Value::is_array) {
        at.add(
            "pagination",
            &format!("the sample response has no list at {}", pages.items),
        );
    }
    if sample
        .pointer(&pages.next)
        .is_some_and(|next| next.as_str().is_some_and(|next| !next.is_empty()))
    {
        at.add(
            "pagination",
            "the sample response points to another page, so a rehearsal would never end",
        );
    }
    if pages.in_body && operation.body == Body::None {
        at.add("pagination", "the cursor goes into a body, and there is none");
    }
}

fn pointer(dotted: &str) -> String {
    format!("/{}", dotted.replace('.', "/"))
}
