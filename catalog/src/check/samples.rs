//! Rules about what a call looks like: its sample request, its sample response, its pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::is_pointer;
use super::operations::At;
use crate::{Body, Operation, PageStyle, Pagination, Place};

pub(super) fn check(at: &mut At<'_, '_>) {
    request(at);
    response(at);
}

fn request(at: &mut At<'_, '_>) {
    let operation = at.operation;
    let Some(text) = &operation.sample_request else {
        if !matches!(operation.body, Body::None | Body::Bytes) {
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
        // A file's bytes: the sample says in JSON text what they are.
        Body::Bytes => {}
        Body::Form | Body::Multipart | Body::Related if !sample.is_object() => {
            at.add("samples", "the sample request is not an object of the body's fields");
        }
        // Its variables are compared with the document.
        Body::Json if operation.graphql.is_some() => variables(at, &sample),
        Body::Json | Body::Form | Body::Multipart | Body::Related => fields(at, &sample),
    }
}

fn variables(at: &mut At<'_, '_>, sample: &Value) {
    for param in required(at.operation) {
        let found = sample.pointer("/variables").is_some_and(|own| holds(own, &param));
        if !found {
            at.add(
                "samples",
                &format!("the sample request lacks `{param}`, which is required"),
            );
        }
    }
}

fn fields(at: &mut At<'_, '_>, sample: &Value) {
    let operation = at.operation;
    for param in required(operation) {
        if !holds(sample, &param) {
            at.add(
                "samples",
                &format!("the sample request lacks `{param}`, which is required"),
            );
        }
    }
    let members = sample.as_object().map(|object| object.keys()).into_iter().flatten();
    for member in members {
        let told = operation
            .params
            .iter()
            .any(|p| p.place == Place::Body && (p.name == *member || p.name.split('.').next() == Some(member)));
        if !told {
            at.add(
                "samples",
                &format!("the sample request has `{member}`, which no parameter explains"),
            );
        }
    }
}

fn required(operation: &Operation) -> Vec<String> {
    operation
        .params
        .iter()
        .filter(|p| p.place == Place::Body && p.required)
        .map(|p| p.name.clone())
        .collect()
}

/// A member by its whole name (`metadata[order]` of a form) or by its dotted path.
fn holds(sample: &Value, name: &str) -> bool {
    sample.get(name).is_some() || sample.pointer(&format!("/{}", name.replace('.', "/"))).is_some()
}

fn response(at: &mut At<'_, '_>) {
    let operation = at.operation;
    if operation.sample_response.is_empty() {
        // 202 and 204 answer nothing.
        if operation.pagination.is_some() {
            at.add("pagination", "it has pages and no answer to find them in");
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
    if let Some(pages) = &operation.pagination {
        style(at, pages);
        items(at, pages, &sample);
    }
}

/// Each style has its own fields, and no others.
fn style(at: &mut At<'_, '_>, pages: &Pagination) {
    let points = matches!(pages.style, PageStyle::Cursor | PageStyle::NextUrl);
    let sends = matches!(pages.style, PageStyle::Cursor | PageStyle::Page | PageStyle::Offset);
    if points && !is_pointer(&pages.next) {
        at.add("pagination", "`next` is a JSON pointer such as /paging/next");
    }
    if !points && !pages.next.is_empty() {
        at.add("pagination", "this style finds no `next` in an answer; leave it away");
    }
    if sends == pages.param.is_empty() {
        at.add(
            "pagination",
            if sends {
                "`param` has to say where the cursor or number goes"
            } else {
                "this style sends no parameter; leave `param` away"
            },
        );
    }
    let counts = matches!(pages.style, PageStyle::Page | PageStyle::Offset);
    if counts && pages.size.is_none_or(|size| size == 0) {
        at.add(
            "pagination",
            "a style that counts needs `size`, or nobody knows which page is the last",
        );
    }
    if pages.more.as_deref().is_some_and(|more| !is_pointer(more)) {
        at.add("pagination", "`more` is a JSON pointer such as /has_more");
    }
    if pages.first.is_some() && pages.style != PageStyle::Page {
        at.add("pagination", "only page numbers have a `first`");
    }
    if pages.in_body && at.operation.body == Body::None {
        at.add("pagination", "the cursor goes into a body, and there is none");
    }
    if at.operation.graphql.is_some() && sends && !pages.in_body {
        at.add("pagination", "a GraphQL cursor goes into the variables: say in_body");
    }
}

fn items(at: &mut At<'_, '_>, pages: &Pagination, sample: &Value) {
    // A whole answer that is a list has the empty pointer.
    if !pages.items.is_empty() && !is_pointer(&pages.items) {
        at.add(
            "pagination",
            "`items` is a JSON pointer such as /results, or empty when the answer is a list",
        );
    }
    let Some(list) = sample.pointer(&pages.items).and_then(Value::as_array) else {
        at.add(
            "pagination",
            &format!("the sample response has no list at `{}`", pages.items),
        );
        return;
    };
    let counts = matches!(pages.style, PageStyle::Page | PageStyle::Offset);
    let full = pages
        .size
        .is_some_and(|size| u32::try_from(list.len()).is_ok_and(|have| have >= size));
    let cursor = sample.pointer(&pages.next).filter(|_| !pages.next.is_empty());
    let given = cursor.is_some_and(|next| next.as_str().is_some_and(|next| !next.is_empty()) || next.is_number());
    let more = pages.more.as_ref().and_then(|more| sample.pointer(more));
    let points = match more {
        Some(more) => more != &Value::Bool(false),
        None => given,
    };
    if pages.more.is_some() && more.is_none() {
        at.add("pagination", "the sample response has nothing at `more`");
    }
    if (counts && full) || points {
        at.add(
            "pagination",
            "the sample response points to another page, so a rehearsal would never end",
        );
    }
}
