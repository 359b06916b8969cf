//! Bodies of provider calls: JSON, a GraphQL document with its variables, forms, files.
//!
//! What is known when a plan is compiled is written out; everything else is a template of the plan
//! turned into an expression. A file is text written here, or one of the app's own, fetched up to
//! a size. Source for nested form fields: the vendors' `a[0][b]` (Stripe, Rails, PHP).

use linchpin_catalog::{Body, Connector, Operation, OperationParam, Place};
use serde_json::Value as Json;

use super::call::own_id;
use super::handler::Handler;
use super::text::Need;
use super::ts::{Ts, literal};
use super::url::tidy;
use crate::plan::check::{dotted, file_param, is_markup};
use crate::template::Template;
use crate::{CallStep, FileSource, PlanError};

/// A body being written.
#[derive(Debug)]
pub(crate) enum Payload {
    /// A value that is sent as JSON.
    Json(Ts),
    /// An expression that is sent as it is, with its media type where the runtime knows none.
    Whole(Ts, Option<Ts>),
}

impl Payload {
    /// Its media type, where a header has to say it.
    pub(crate) fn kind(&self) -> Option<Ts> {
        match self {
            Self::Json(_) => Some(Ts::text("application/json")),
            Self::Whole(_, kind) => kind.clone(),
        }
    }

    /// The expression that is sent.
    pub(crate) fn code(self) -> Ts {
        match self {
            Self::Json(value) => Ts::call("JSON.stringify", vec![value]),
            Self::Whole(code, _) => code,
        }
    }
}

impl Handler<'_> {
    pub(crate) fn payload(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
    ) -> Result<Option<Payload>, PlanError> {
        Ok(match operation.body {
            Body::None | Body::MimeRaw => None,
            Body::Json => self.json_body(place, call, connector, operation)?.map(Payload::Json),
            Body::Form => {
                let fields = self.fields(place, call, operation)?;
                let code = Ts::call("new URLSearchParams", vec![Ts::Object(fields)]);
                Some(Payload::Whole(code, None))
            }
            Body::Multipart => Some(self.multipart(place, call, operation)?),
            Body::Related => {
                let metadata = self.json_body(place, call, connector, operation)?;
                let metadata = metadata.unwrap_or_else(|| Ts::Object(Vec::new()));
                let (file, _) = self.attached(place, call, operation, true)?;
                self.lower.needs.insert(Need::Related);
                Some(Payload::Whole(Ts::call("related", vec![metadata, file]), None))
            }
            Body::Bytes if call.file.is_none() => None,
            Body::Bytes => {
                let (file, kind) = self.attached(place, call, operation, false)?;
                Some(Payload::Whole(file, Some(kind)))
            }
        })
    }

    /// The file as an expression, with its media type; as a `Blob` where it has to be one.
    fn attached(
        &mut self,
        place: &str,
        call: &CallStep,
        operation: &Operation,
        blob: bool,
    ) -> Result<(Ts, Ts), PlanError> {
        let empty = FileSource::default();
        let file = call.file.as_ref().unwrap_or(&empty);
        let place = format!("{place}.file");
        let param = operation.params.iter().find(|param| is_kind(param));
        let given = param.and_then(|param| call.header.get(&param.name).and_then(Json::as_str));
        let default = param.and_then(|param| param.default.as_deref());
        let other = match (operation.body, &file.text) {
            (Body::Bytes, _) | (_, None) => "application/octet-stream",
            (_, Some(_)) => "text/plain; charset=utf-8",
        };
        let kind = file.media_type.as_deref().or(given).or(default).unwrap_or(other);
        if let Some(path) = &file.url {
            let found = self.lower.scope.find(&place, &dotted(&place, path)?)?;
            self.lower.needs.insert(Need::Download);
            self.named("FILES", crate::FILES.to_owned());
            let variable = self.lower.scope.own("file");
            self.gap();
            let mut arguments = vec![Ts::raw(found.code)];
            if blob {
                arguments.push(Ts::text(kind));
            }
            self.statement(
                &format!("const {variable} = await "),
                &Ts::call("download", arguments),
                ";",
            );
            return Ok((Ts::raw(variable), Ts::text(kind)));
        }
        let text = self.lower.text(&place, file.text.as_deref().unwrap_or_default())?;
        let text = match text {
            Ts::Then(..) => {
                let variable = self.lower.scope.own("content");
                self.gap();
                self.statement(&format!("const {variable} = "), &text, ";");
                Ts::raw(variable)
            }
            text => text,
        };
        let code = match blob {
            false => text,
            true => {
                let kind = Ts::Object(vec![("type".to_owned(), Ts::text(kind))]);
                Ts::call("new Blob", vec![Ts::Array(vec![text]), kind])
            }
        };
        Ok((code, Ts::text(kind)))
    }

    /// A form with a file: its fields first, as some vendors read it in order.
    fn multipart(&mut self, place: &str, call: &CallStep, operation: &Operation) -> Result<Payload, PlanError> {
        let fields = self.fields(place, call, operation)?;
        let file = match (&call.file, file_param(operation)) {
            (Some(file), Some(param)) => {
                let (code, _) = self.attached(place, call, operation, true)?;
                let name = file.name.as_deref().unwrap_or("file");
                let name = self.lower.text(&format!("{place}.file.name"), name)?;
                Some(vec![Ts::text(&param.name), code, name])
            }
            _ => None,
        };
        let form = self.lower.scope.own("form");
        self.gap();
        self.line(&format!("const {form} = new FormData();"));
        let fields = fields.into_iter().map(|(name, value)| vec![Ts::text(&name), value]);
        for arguments in fields.chain(file) {
            self.statement("", &Ts::call(format!("{form}.append"), arguments), ";");
        }
        Ok(Payload::Whole(Ts::raw(form), None))
    }

    /// The fields of a form, nested members as `a[0][b]`, in the order of the vendor's page.
    fn fields(&mut self, place: &str, call: &CallStep, operation: &Operation) -> Result<Vec<(String, Ts)>, PlanError> {
        let mut body = call
            .body
            .clone()
            .unwrap_or_else(|| Json::Object(serde_json::Map::new()));
        let whole = operation.body == Body::Multipart;
        let params = operation.params.iter().filter(|param| param.place == Place::Body);
        let mut order: Vec<String> = Vec::new();
        for param in params {
            let path: Vec<&str> = param.name.split('.').collect();
            if let Some(default) = &param.default {
                fill(&mut body, &path, default);
            }
            order.extend(path.first().map(|first| (*first).to_owned()));
        }
        let mut flat: Vec<(String, &Json)> = Vec::new();
        for (name, value) in body.as_object().into_iter().flatten() {
            match whole {
                true => flat.push((name.clone(), value)),
                false => flatten(name.clone(), value, &mut flat),
            }
        }
        let rank = |name: &str| {
            let top = name.split('[').next().unwrap_or(name);
            order.iter().position(|known| known == top).unwrap_or(usize::MAX)
        };
        flat.sort_by_key(|(name, _)| rank(name));
        let mut out = Vec::new();
        for (name, value) in flat {
            let place = format!("{place}.body.{name}");
            let code = match value {
                Json::String(text) => self.lower.text(&place, text)?,
                Json::Null => continue,
                Json::Object(_) | Json::Array(_) => {
                    Ts::call("JSON.stringify", vec![self.lower.json(&place, value, &[])?])
                }
                other => Ts::text(&other.to_string()),
            };
            out.push((name, code));
        }
        Ok(out)
    }

    /// A JSON body; a GraphQL document is one with its variables.
    fn json_body(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
    ) -> Result<Option<Ts>, PlanError> {
        if let Some(document) = &operation.graphql {
            let name = operation.intent.to_uppercase();
            let text: Vec<String> = document.trim().lines().map(literal).collect();
            let name = self.named(&name, format!("`{}`", text.join("\n")));
            let mut body = vec![("query".to_owned(), Ts::raw(name))];
            let variables = call
                .body
                .as_ref()
                .map_or(Json::Null, |body| variables(body, operation).clone());
            let variables = match variables {
                Json::Null => Json::Object(serde_json::Map::new()),
                given => given,
            };
            let code = self.value_of(place, call, connector, operation, variables)?;
            let none = matches!(&code, Ts::Object(entries) if entries.is_empty());
            if !none || operation.pagination.is_some() {
                body.push(("variables".to_owned(), code));
            }
            return Ok(Some(Ts::Object(body)));
        }
        let Some(body) = &call.body else {
            // A call whose vendor wants JSON gets an empty object.
            return Ok((operation.method != "GET").then(|| Ts::Object(Vec::new())));
        };
        self.value_of(place, call, connector, operation, body.clone()).map(Some)
    }

    fn value_of(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
        mut body: Json,
    ) -> Result<Ts, PlanError> {
        let params: Vec<&OperationParam> = operation.params.iter().filter(|p| p.place == Place::Body).collect();
        let mut asked = Vec::new();
        for param in &params {
            let path: Vec<&str> = param.name.split('.').collect();
            if let Some(default) = &param.default {
                fill(&mut body, &path, default);
            }
            let given = body.pointer_mut(&format!("/{}", path.join("/")));
            if let (Some(Json::String(text)), true) = (given, param.ask.is_some())
                && Template::parse(text).is_ok_and(|template| template.literal().is_some())
            {
                asked.push((path, self.constant(&param.name, tidy(text))));
            }
        }
        let id = self.stable_id(call, operation, &mut body);
        let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
        self.lower.markup = is_markup(connector);
        self.lower.cells = self.query_value(call, operation, "valueInputOption").as_deref() == Some("USER_ENTERED");
        let code = self.lower.json(&format!("{place}.body"), &body, &names);
        (self.lower.markup, self.lower.cells) = (false, false);
        let mut code = code?;
        for (path, constant) in asked {
            replace(&mut code, &path, Ts::raw(constant));
        }
        if let (Some(id), Ts::Object(entries)) = (id, &mut code) {
            entries.insert(0, ("id".to_owned(), id));
        }
        Ok(code)
    }

    /// An id of our own where the vendor takes one, so that a repetition makes nothing new.
    fn stable_id(&mut self, call: &CallStep, operation: &Operation, body: &mut Json) -> Option<Ts> {
        if !own_id(operation) || call.unless.is_some() {
            return None;
        }
        let subject = self.subject.clone()?;
        let members = body.as_object_mut()?;
        // A plan can only name the record's id, and that need not be in the vendor's letters.
        let given = members.get("id").and_then(Json::as_str);
        if given.is_some_and(|given| !given.contains("{{")) {
            return None;
        }
        members.remove("id");
        self.lower.needs.insert(Need::StableId);
        self.conflicts = true;
        Some(Ts::raw(format!(
            "stableId(`{}:${{{subject}.id}}`)",
            literal(&self.plan.name)
        )))
    }
}

/// The variables of a GraphQL call: the body itself, or its member of that name.
pub(crate) fn variables<'b>(body: &'b Json, operation: &Operation) -> &'b Json {
    let own = operation
        .params
        .iter()
        .any(|param| param.place == Place::Body && param.name == "variables");
    body.get("variables").filter(|_| !own).unwrap_or(body)
}

/// Whether a header parameter says what a file is.
fn is_kind(param: &OperationParam) -> bool {
    param.place == Place::Header && param.name.eq_ignore_ascii_case("content-type")
}

/// Members of members by names such as `a[0][b]`.
fn flatten<'b>(name: String, value: &'b Json, out: &mut Vec<(String, &'b Json)>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                flatten(format!("{name}[{key}]"), value, out);
            }
        }
        Json::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                flatten(format!("{name}[{i}]"), value, out);
            }
        }
        other => out.push((name, other)),
    }
}

/// Sets a default where its parent is and it isn't.
fn fill(body: &mut Json, path: &[&str], default: &str) {
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let pointer: String = parents.iter().map(|part| format!("/{part}")).collect();
    if let Some(Json::Object(members)) = body.pointer_mut(&pointer)
        && !members.contains_key(*last)
    {
        let value = match (default, default.parse::<i64>()) {
            ("true", _) => Json::Bool(true),
            ("false", _) => Json::Bool(false),
            (_, Ok(number)) => Json::from(number),
            (text, Err(_)) => Json::from(text),
        };
        members.insert((*last).to_owned(), value);
    }
}

fn replace(code: &mut Ts, path: &[&str], new: Ts) {
    let Some((first, rest)) = path.split_first() else {
        *code = new;
        return;
    };
    match code {
        Ts::Object(entries) => {
            if let Some((_, value)) = entries.iter_mut().find(|(key, _)| key == first) {
                replace(value, rest, new);
            }
        }
        Ts::Array(items) => {
            if let Some(item) = first.parse::<usize>().ok().and_then(|i| items.get_mut(i)) {
                replace(item, rest, new);
            }
        }
        _ => {}
    }
}
