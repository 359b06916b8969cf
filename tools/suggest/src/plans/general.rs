//! A plan out of any operation of the catalog: its sample request says the shape of the body, the
//! names of its parameters say what belongs where, and the entity's roles say which field that is.
//!
//! What a parameter's `ask` covers is left out, as everywhere; what has a default is left to it. An
//! operation with a required parameter that nothing in the record fills is passed over.

use linchpin_app::{Entity, Field, Kind, Role, name_words};
use linchpin_catalog::{Body, Effect, Mode, Operation, OperationParam, Place};
use linchpin_function::{CallStep, Caller, Plan, PlanError, Step, Trigger};
use serde_json::{Map, Value, json};

use super::{Cx, Moment, call, on_call, on_event};
use crate::{anatomy, phrase};

/// A call that has to come before another, and what of its answer goes where.
struct Before {
    connector: &'static str,
    /// The intent of the call that needs it.
    intent: &'static str,
    /// The intent of the call before.
    first: &'static str,
    /// The name of its answer.
    bind: &'static str,
    /// What one item of a list is called, where the answer is one and each gets its own call.
    each: Option<&'static str>,
    /// Parameters filled from it.
    fills: &'static [(&'static str, &'static str)],
}

const BEFORE: &[Before] = &[
    // A picture is uploaded into a container, and the container is published.
    Before {
        connector: "instagram",
        intent: "publish_post",
        first: "upload_media",
        bind: "media",
        each: None,
        fills: &[("creation_id", "{{media.id}}")],
    },
    // A page is written to with a token of its own, which the list of one's pages has.
    Before {
        connector: "facebook_pages",
        intent: "publish_post",
        first: "list_pages",
        bind: "pages",
        each: Some("page"),
        fills: &[("page_id", "{{page.id}}"), ("access_token", "{{page.access_token}}")],
    },
    // Whoever writes is named, and the profile says who that is.
    Before {
        connector: "linkedin",
        intent: "publish_post",
        first: "read_profile",
        bind: "profile",
        each: None,
        fills: &[("author", "urn:li:person:{{profile.sub}}")],
    },
];

/// The plan that does, for a record when `moment` comes, what the first fitting operation does; the
/// words of `intents` are how fitting intents begin, the best first.
pub fn on_record(cx: &Cx<'_>, connector: &str, intents: &str, entity: &Entity, moment: &Moment) -> Option<Plan> {
    operations(cx, connector, intents).find_map(|operation| {
        let before = BEFORE
            .iter()
            .find(|one| one.connector == connector && one.intent == operation.intent);
        let mut steps = Vec::new();
        if let Some(before) = before {
            let first = cx.catalog.get(connector)?.by_intent(before.first)?;
            let mut step = filled(cx, first, Some(entity), &[])?;
            step.bind = Some(before.bind.to_owned());
            steps.push(call(step));
        }
        let given = before.map_or(&[][..], |before| before.fills);
        let step = call(filled(cx, operation, Some(entity), given)?);
        steps.push(match before.and_then(|before| Some((before.bind, before.each?))) {
            Some((list, one)) => Step::Each {
                over: list.to_owned(),
                bind: one.to_owned(),
                steps: vec![step],
            },
            None => step,
        });
        let verb = verb(operation);
        let name = phrase::function(cx.app, &[verb, &entity.name, "in", &short(connector)]);
        let purpose = format!(
            "When {} {}: {}.",
            phrase::a(&entity.name),
            moment.words(),
            small(&operation.title)
        );
        let plan = on_event(entity, moment, connector, name, purpose, steps);
        sound(cx, &plan).then_some(plan)
    })
}

/// The same for one record, through the own account of the user who asks for it.
pub fn on_own_record(cx: &Cx<'_>, connector: &str, intents: &str, entity: &Entity) -> Option<Plan> {
    operations(cx, connector, intents)
        .filter(|operation| operation.effect == Effect::Write)
        .find_map(|operation| {
            let step = filled(cx, operation, Some(entity), &[])?;
            let name = phrase::function(cx.app, &[verb(operation), "my", &entity.name, "in", &short(connector)]);
            let purpose = format!("{} for the user who asks.", operation.title);
            let plan = on_call(entity, connector, Mode::AppUser, name, purpose, vec![call(step)]);
            sound(cx, &plan).then_some(plan)
        })
}

/// The plan that asks a connector for something when an admin of the app calls it.
pub fn on_request(cx: &Cx<'_>, connector: &str, intents: &str) -> Option<Plan> {
    operations(cx, connector, intents)
        .filter(|operation| operation.effect == Effect::Read)
        .find_map(|operation| {
            let mut step = filled(cx, operation, None, &[])?;
            step.bind = Some("found".to_owned());
            let facts = cx.catalog.get(connector)?;
            let plan = Plan {
                name: phrase::function(cx.app, &["get", &short(connector), &operation.intent]),
                purpose: format!("{} with {}.", operation.title, facts.name),
                connector: connector.to_owned(),
                mode: facts.advice.default,
                trigger: Trigger::Call,
                caller: if facts.advice.default == Mode::Shared {
                    Caller::Role {
                        role: "admin".to_owned(),
                    }
                } else {
                    Caller::SignedIn
                },
                input: Vec::new(),
                steps: vec![call(step)],
            };
            sound(cx, &plan).then_some(plan)
        })
}

/// Operations in the order of the intents asked for.
fn operations<'a>(cx: &Cx<'a>, connector: &str, intents: &str) -> impl Iterator<Item = &'a Operation> {
    let all = cx.catalog.get(connector).map_or(&[][..], |facts| &facts.operations);
    let wanted: Vec<String> = intents.split_whitespace().map(str::to_owned).collect();
    let mut found: Vec<(usize, &Operation)> = all
        .iter()
        .filter_map(|operation| {
            let place = wanted.iter().position(|begin| operation.intent.starts_with(begin))?;
            Some((place, operation))
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, operation)| operation)
}

/// Whether nothing is missing but what the catalog asks the builder for.
fn sound(cx: &Cx<'_>, plan: &Plan) -> bool {
    let asked = |error: &PlanError| match error {
        PlanError::Missing { operation, param, .. } => cx
            .catalog
            .get(&plan.connector)
            .and_then(|facts| facts.operation(operation))
            .is_some_and(|operation| {
                operation
                    .params
                    .iter()
                    .any(|one| one.name == *param && one.ask.is_some())
            }),
        _ => false,
    };
    plan.validate(cx.app, cx.catalog)
        .err()
        .unwrap_or_default()
        .iter()
        .all(asked)
}

fn filled(cx: &Cx<'_>, operation: &Operation, entity: Option<&Entity>, given: &[(&str, &str)]) -> Option<CallStep> {
    if operation.effect == Effect::Delete || operation.effect == Effect::Money {
        return None;
    }
    let filler = entity.map(|entity| Filler::of(cx, entity));
    let mut step = CallStep {
        operation: operation.id.clone(),
        ..CallStep::default()
    };
    for param in &operation.params {
        let open = param.ask.is_none() && param.default.is_none();
        let fixed = given.iter().find(|(name, _)| *name == param.name);
        match param.place {
            Place::Path | Place::Query if fixed.is_some() => {
                let into = if param.place == Place::Path {
                    &mut step.path
                } else {
                    &mut step.query
                };
                into.insert(param.name.clone(), fixed.map(|(_, value)| (*value).to_owned())?);
            }
            Place::Path | Place::Query if param.required && open => {
                let value = filler.as_ref()?.text(&param.name)?;
                let into = if param.place == Place::Path {
                    &mut step.path
                } else {
                    &mut step.query
                };
                into.insert(param.name.clone(), value);
            }
            _ => {}
        }
    }
    if matches!(operation.body, Body::Json | Body::Form) {
        let sample = operation
            .sample_request
            .as_deref()
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .map(|sample| match (&operation.graphql, sample) {
                (Some(_), Value::Object(mut whole)) => whole.remove("variables").unwrap_or_default(),
                (_, sample) => sample,
            });
        let body = match (&filler, sample) {
            (Some(filler), Some(sample)) => filler.shaped(operation, "", &sample).unwrap_or_default(),
            (None, Some(sample)) if operation.effect == Effect::Read => {
                asked_for(operation, "", &sample).unwrap_or_default()
            }
            _ => Value::Null,
        };
        step.body = (!body.is_null()).then_some(body);
        for (name, value) in given {
            let of_body = |param: &&OperationParam| param.place == Place::Body && param.name == *name;
            if operation.params.iter().any(|param| of_body(&param)) {
                step.body.get_or_insert_with(|| json!({}))[*name] = (*value).into();
            }
        }
    }
    Some(step)
}

/// What the catalog says of a place in a body.
fn body_param<'a>(operation: &'a Operation, path: &str) -> Option<&'a OperationParam> {
    let in_body = |param: &&OperationParam| param.place == Place::Body;
    operation.params.iter().filter(in_body).find(|param| param.name == path)
}

/// The dotted name of a member.
fn below(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

/// A sample question as it is, but for what only the builder knows, and for days: those are of the
/// last four weeks.
fn asked_for(operation: &Operation, path: &str, sample: &Value) -> Option<Value> {
    let own = body_param(operation, path);
    let named = path.rsplit('.').next().unwrap_or_default();
    let free = ["query", "statement", "sql", "q", "term", "search", "cursor", "after"];
    if own.is_some_and(|param| param.ask.is_some()) || (free.contains(&named) && sample.is_string()) {
        return None;
    }
    Some(match sample {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), asked_for(operation, &below(path, key), value)?)));
            Value::Object(kept.collect())
        }
        Value::Array(items) => {
            let kept = items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| asked_for(operation, &below(path, &i.to_string()), item));
            Value::Array(kept.collect())
        }
        Value::String(text) if is_day(text) => {
            let words = name_words(named);
            let start = words
                .iter()
                .any(|word| word == "start" || word == "from" || word == "since");
            Value::from(if start { "{{today - 28d}}" } else { "{{today}}" })
        }
        other => other.clone(),
    })
}

fn is_day(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let number = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| part.len() == length && part.chars().all(|one| one.is_ascii_digit()))
    };
    number(parts.next(), 4) && number(parts.next(), 2) && number(parts.next(), 2)
}

/// The first word of an operation's title, small: "create".
fn verb(operation: &Operation) -> &str {
    operation.intent.split('_').next().unwrap_or("send")
}

fn short(connector: &str) -> String {
    connector.replace("google_", "google")
}

fn small(title: &str) -> String {
    let mut chars = title.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Fills the places of a request from a record.
struct Filler<'a> {
    entity: &'a Entity,
    record: String,
    zone: String,
    zone_argument: String,
}

impl<'a> Filler<'a> {
    fn of(cx: &Cx<'_>, entity: &'a Entity) -> Self {
        let record = phrase::record(&entity.name);
        Self {
            entity,
            zone: anatomy::zone(entity, cx.time_zone),
            zone_argument: anatomy::zone_argument(entity, &record, cx.time_zone),
            record,
        }
    }

    /// The sample with its leaves filled; what nothing fills is left out.
    fn shaped(&self, operation: &Operation, path: &str, sample: &Value) -> Option<Value> {
        let own = body_param(operation, path);
        if own.is_some_and(|param| param.ask.is_some()) {
            return None;
        }
        match sample {
            // `"folder": {}` says what it is by being there.
            Value::Object(members) if members.is_empty() && own.is_some_and(|param| param.required) => {
                Some(sample.clone())
            }
            Value::Object(members) => {
                let kept: Map<String, Value> = members
                    .iter()
                    .filter_map(|(key, value)| Some((key.clone(), self.shaped(operation, &below(path, key), value)?)))
                    .collect();
                (!kept.is_empty()).then_some(Value::Object(kept))
            }
            Value::Array(items) if items.first().is_some_and(Value::is_array) => {
                Some(json!([super::sheets::cells(self.entity, &self.record)]))
            }
            Value::Array(items) => {
                let first = self.shaped(operation, &below(path, "0"), items.first()?)?;
                Some(Value::Array(vec![first]))
            }
            leaf => self.leaf(operation, own, path, leaf),
        }
    }

    fn leaf(&self, operation: &Operation, own: Option<&OperationParam>, path: &str, sample: &Value) -> Option<Value> {
        let constant = || {
            // A kind, a format or a unit is what the vendor says it is, not what a record says.
            let fixed = matches!(
                path.rsplit('.').next().unwrap_or_default(),
                "type" | "object" | "contentType" | "mimeType" | "kind" | "language" | "visibility"
            );
            (fixed && (own.is_none() || own.is_some_and(|param| param.required && param.default.is_none())))
                .then(|| sample.clone())
        };
        if own.is_some_and(|param| param.default.is_some()) {
            return None;
        }
        let locale = |part: &str| part.len() == 5 && part.contains('-');
        let named = path
            .rsplit('.')
            .find(|part| part.parse::<usize>().is_err() && !locale(part))?;
        if let Some(value) = constant() {
            return Some(value);
        }
        match sample {
            Value::String(_) => self.text(&parented(path, named)).map(Value::String),
            Value::Number(_) => self.number(named).map(Value::String),
            _ => None,
        }
        .filter(|_| !operation.params.is_empty())
    }

    fn number(&self, name: &str) -> Option<String> {
        let words = name_words(name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let role = if has(&["amount", "price", "total", "value", "cost", "rate"]) {
            Role::Money
        } else if has(&["quantity", "qty", "count"]) {
            Role::Quantity
        } else {
            return None;
        };
        let field = self
            .entity
            .fields
            .iter()
            .find(|field| field.role == Some(role) && matches!(field.kind, Kind::Number | Kind::Integer))?;
        Some(format!("{{{{{}.{}}}}}", self.record, field.name))
    }

    /// What a record says for a parameter of that name, as a template.
    fn text(&self, name: &str) -> Option<String> {
        let words = name_words(name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        if has(&["id", "ids", "token", "cursor", "etag"]) {
            return None;
        }
        if has(&["zone", "timezone"]) {
            return Some(self.zone.clone());
        }
        if has(&["email", "mail", "address"]) && !has(&["ip", "street", "line"]) {
            return anatomy::recipient(self.entity).map(|field| self.plain(field));
        }
        if has(&["phone", "mobile", "tel"]) {
            return self.role(Role::Phone);
        }
        if has(&["company", "organization", "organisation"]) {
            return self.role(Role::Company);
        }
        if has(&["firstname", "first", "given", "middle"]) {
            return self.role(Role::PersonName);
        }
        if has(&[
            "lastname",
            "last",
            "family",
            "surname",
            "requester",
            "customer",
            "contact",
        ]) {
            return self
                .role(Role::PersonName)
                .or_else(|| Some(anatomy::headline(self.entity, &self.record)));
        }
        if words == ["path"] {
            return Some(format!("/{}", anatomy::headline(self.entity, &self.record)));
        }
        if has(&["start", "begin"]) || has(&["end"]) {
            let span = anatomy::span(self.entity)?;
            let at = if has(&["start", "begin"]) { span.start } else { span.end };
            return Some(at);
        }
        if has(&["due", "deadline"]) {
            return self.role(Role::Due);
        }
        if has(&["amount", "price", "total", "cost"]) || words == ["value"] {
            return self.amount();
        }
        if has(&["image", "photo", "picture", "video", "media", "url", "link", "source"]) {
            return self.role(Role::File).or_else(|| self.role(Role::Url));
        }
        if has(&["location", "place", "venue"]) {
            return self.role(Role::Place);
        }
        if has(&[
            "title",
            "name",
            "subject",
            "summary",
            "headline",
            "label",
            "topic",
            "dealname",
            "displayname",
        ]) {
            return Some(anatomy::headline(self.entity, &self.record));
        }
        if has(&[
            "text",
            "body",
            "content",
            "message",
            "description",
            "caption",
            "commentary",
            "comment",
            "note",
            "notes",
            "details",
            "html",
            "memo",
            "markdown",
            "plain",
        ]) {
            return Some(self.told());
        }
        None
    }

    fn told(&self) -> String {
        let mut lines = vec![anatomy::headline(self.entity, &self.record)];
        if let Some(text) = self.entity.with_role(Role::Text).filter(|one| one.kind == Kind::String) {
            lines.push(self.plain(text));
        }
        lines.extend(anatomy::details(
            self.entity,
            &self.record,
            &self.zone_argument,
            false,
            5,
        ));
        lines.join("\n")
    }

    fn role(&self, role: Role) -> Option<String> {
        let field = self
            .entity
            .fields
            .iter()
            .find(|field| field.role == Some(role) && field.kind == Kind::String)?;
        Some(self.plain(field))
    }

    fn amount(&self) -> Option<String> {
        let field = self.entity.with_role(Role::Money)?;
        Some(format!("{{{{{}.{}}}}}", self.record, field.name))
    }

    fn plain(&self, field: &Field) -> String {
        let otherwise = if field.required { "" } else { " | default('')" };
        format!("{{{{{}.{}{otherwise}}}}}", self.record, field.name)
    }
}

/// `start.dateTime` is a start, `emailAddress.address` an address: the name with the one above it.
fn parented(path: &str, named: &str) -> String {
    let mut parts = path.rsplit('.').filter(|part| part.parse::<usize>().is_err());
    let (_, above) = (parts.next(), parts.next());
    let generic = matches!(
        named.to_lowercase().as_str(),
        "datetime" | "date" | "value" | "address" | "text" | "content" | "plaintext" | "name"
    );
    match above {
        Some(above) if generic => format!("{above}_{named}"),
        _ => named.to_owned(),
    }
}
