//! A plan for each operation of the catalog, made from its own sample request: every text of the
//! sample is a field of a record that holds exactly that text.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use linchpin_app::{App, Entity, Field, Kind};
use linchpin_catalog::{Body, Connector, Mode, Operation, PageStyle, Place};
use linchpin_function::{CallStep, Caller, EntityEvent, FileSource, Mail, Plan, Step, Trigger};
use serde_json::{Value, json};

/// What is wanted of an operation: a plan, the app it is for, and what is to be sent.
pub(crate) struct Walk {
    pub(crate) plan: Plan,
    pub(crate) app: App,
    pub(crate) path: BTreeMap<String, String>,
    pub(crate) query: BTreeMap<String, String>,
    /// The body as the sample has it.
    pub(crate) body: Value,
    pub(crate) file: Option<String>,
}

/// An entity that grows a field for each text.
#[derive(Default)]
struct Record {
    fields: Vec<Field>,
}

impl Record {
    /// A template that gives exactly this text.
    fn holds(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let known = self.fields.iter().position(|field| field.options == [text]);
        let at = known.unwrap_or_else(|| {
            self.fields.push(Field {
                name: format!("f{}", self.fields.len()),
                kind: Kind::String,
                options: vec![text.to_owned()],
                required: true,
                ..Field::default()
            });
            self.fields.len() - 1
        });
        format!("{{{{sample.f{at}}}}}")
    }

    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.holds(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), self.value(value)));
                Value::Object(members.collect())
            }
            other => other.clone(),
        }
    }
}

/// What a path or query parameter is given.
fn example(name: &str, default: Option<&str>) -> String {
    default.map_or_else(
        || format!("{}1", name.replace(|c: char| !c.is_ascii_alphanumeric(), "")),
        str::to_owned,
    )
}

const FILES: [&str; 9] = [
    "content",
    "file",
    "media",
    "document",
    "attachment",
    "image",
    "photo",
    "video",
    "audio",
];

/// The plan of an operation.
pub(crate) fn plan_of(connector: &Connector, operation: &Operation, mode: Mode) -> Walk {
    let mut record = Record::default();
    let given = |place: Place| operation.params.iter().filter(move |param| param.place == place);
    let paged = operation.pagination.as_ref().map(|pages| pages.param.clone());
    let mut path = BTreeMap::new();
    let mut query = BTreeMap::new();
    for param in given(Place::Path) {
        path.insert(param.name.clone(), example(&param.name, param.default.as_deref()));
    }
    for param in given(Place::Query).filter(|param| paged.as_ref() != Some(&param.name)) {
        query.insert(param.name.clone(), example(&param.name, param.default.as_deref()));
    }
    let mut header: BTreeMap<String, Value> = BTreeMap::new();
    for param in given(Place::Header).filter(|param| param.required && param.default.is_none()) {
        let name = param.name.to_lowercase();
        if name == "dropbox-api-arg" {
            let path = record.holds("/bookings/Zoë.pdf");
            header.insert(param.name.clone(), json!({ "path": path, "mode": "add" }));
        } else if name != "content-type" && name != "idempotency-key" {
            header.insert(param.name.clone(), json!(record.holds("7")));
        }
    }
    let text = operation.sample_request.as_deref().unwrap_or("null");
    let mut body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut file = None;
    if matches!(operation.body, Body::Multipart | Body::Related | Body::Bytes) {
        let members = body.as_object_mut();
        let found = members.and_then(|members| FILES.iter().find_map(|name| members.remove(*name)));
        file = found.and_then(|value| value.as_str().map(str::to_owned));
    }
    if operation.graphql.is_some() {
        body = body.get("variables").cloned().unwrap_or(Value::Null);
    }
    let templates = |record: &mut Record, values: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        let each = values.iter();
        each.map(|(name, value)| (name.clone(), record.holds(value))).collect()
    };
    let none = body.is_null() || operation.body == Body::Bytes || operation.body == Body::MimeRaw;
    let call = CallStep {
        operation: operation.id.clone(),
        path: templates(&mut record, &path),
        query: templates(&mut record, &query),
        header,
        body: (!none).then(|| record.value(&body)),
        file: file.as_ref().map(|text| FileSource {
            text: Some(record.holds(text)),
            name: Some("booking.txt".to_owned()),
            ..FileSource::default()
        }),
        mail: (operation.body == Body::MimeRaw).then(|| Mail {
            to: vec![record.holds("anna@example.com")],
            subject: record.holds("Your booking"),
            text: record.holds("See you on Friday."),
            ..Mail::default()
        }),
        bind: operation.pagination.as_ref().map(|_| "rows".to_owned()),
        ..CallStep::default()
    };
    if let Some(pages) = &operation.pagination
        && pages.style == PageStyle::Page
        && !pages.in_body
    {
        query.insert(pages.param.clone(), pages.first.unwrap_or(1).to_string());
    }
    if let Some(pages) = &operation.pagination
        && pages.style == PageStyle::Offset
        && !pages.in_body
    {
        query.insert(pages.param.clone(), "0".to_owned());
    }
    let (trigger, caller, steps) = match mode {
        Mode::Shared => (
            Trigger::Entity {
                entity: "Sample".to_owned(),
                events: vec![EntityEvent::Create],
                when: Vec::new(),
            },
            Caller::Automation,
            vec![],
        ),
        Mode::AppUser => (
            Trigger::Call,
            Caller::SignedIn,
            vec![
                Step::Read {
                    entity: "Sample".to_owned(),
                    bind: "samples".to_owned(),
                    filter: vec![],
                    sort: None,
                    limit: Some(1),
                },
                Step::Each {
                    over: "samples".to_owned(),
                    bind: "sample".to_owned(),
                    steps: vec![Step::Call(Box::new(call.clone()))],
                },
            ],
        ),
    };
    let steps = if steps.is_empty() {
        vec![Step::Call(Box::new(call))]
    } else {
        steps
    };
    let name: String = operation
        .id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let name: String = format!("try_{name}").chars().take(64).collect();
    let app = App {
        entities: vec![Entity {
            name: "Sample".to_owned(),
            fields: record.fields,
            ..Entity::default()
        }],
        ..App::default()
    };
    Walk {
        plan: Plan {
            name,
            purpose: operation.title.clone(),
            connector: connector.id.clone(),
            mode,
            trigger,
            caller,
            input: Vec::new(),
            steps,
        },
        app,
        path,
        query,
        body,
        file,
    }
}
