//! Provider calls: the connection, the address, the headers, the body.
//!
//! The address is written out at the call, its host a literal of the catalog; what is filled in is
//! encoded. The token goes into the authorization header at the call and nowhere else.

use std::collections::BTreeSet;

use linchpin_catalog::{Body, Connector, Effect, Mode, Operation, OperationParam, Pagination, Place};
use serde_json::Value as Json;

use super::handler::Handler;
use super::mail;
use super::steps::{At, calls_in};
use super::text::Need;
use super::ts::{Ts, literal, string};
use super::url::{Url, tidy};
use crate::plan::check::is_markup;
use crate::plan::scope::{answer_shape, camel};
use crate::template::Template;
use crate::{CallStep, PlanError};

/// How many pages of a list are followed.
const PAGES: &str = "10";

impl<'a> Handler<'a> {
    fn facts(&self, call: &CallStep) -> Result<(&'a Connector, &'a Operation), PlanError> {
        let id = call.connector.as_deref().unwrap_or(&self.plan.connector);
        let missing = || PlanError::Connector {
            id: id.to_owned(),
            hint: String::new(),
        };
        let connector = self.catalog.get(id).ok_or_else(missing)?;
        let operation = connector
            .operation(&call.operation)
            .ok_or_else(|| PlanError::Operation {
                connector: id.to_owned(),
                id: call.operation.clone(),
                hint: String::new(),
            })?;
        Ok((connector, operation))
    }

    /// Connectors that the plan calls; one is the rule.
    fn several(&self) -> bool {
        let mut ids = calls_in(&self.plan.steps).map(|call| call.connector.as_deref().unwrap_or(&self.plan.connector));
        let first = ids.next();
        ids.any(|id| Some(id) != first)
    }

    fn connection(&self, connector: &Connector) -> String {
        match self.several() {
            true => format!("{}Connection", camel(&connector.id)),
            false => "connection".to_owned(),
        }
    }

    /// Gets the connections, all of them before the first call: half of the work is worse than none.
    pub(crate) fn connect(&mut self) -> Result<(), PlanError> {
        if self.connected {
            return Ok(());
        }
        self.connected = true;
        self.begin();
        let mut seen = BTreeSet::new();
        for call in calls_in(&self.plan.steps) {
            let (connector, _) = self.facts(call)?;
            if seen.insert(&connector.id) {
                self.connection_to(connector);
            }
        }
        Ok(())
    }

    fn connection_to(&mut self, connector: &Connector) {
        self.gap();
        let variable = self.connection(connector);
        let get = match self.plan.mode {
            Mode::Shared => format!(".getConnection({})", string(&connector.id)),
            Mode::AppUser => {
                let name = match self.several() {
                    true => format!("{}_CONNECTOR_ID", connector.id.to_uppercase()),
                    false => "CONNECTOR_ID".to_owned(),
                };
                self.constants.push((name.clone(), string(&connector.id)));
                format!(".getCurrentAppUserConnection({name})")
            }
        };
        let head = format!("const {variable} = await ");
        self.chain(&head, "base44.asServiceRole.connectors", &[&get, ".catch(() => null)"]);
        self.open(&format!("if (!{variable}) {{"));
        let whose = match self.plan.mode {
            Mode::Shared => format!("{} is not connected.", connector.name),
            Mode::AppUser => format!("Connect your {} account first.", connector.name),
        };
        self.answer("error", &whose, Some(424));
        self.close("}");
        self.gap();
    }

    pub(crate) fn call(&mut self, place: &str, call: &'a CallStep, at: At) -> Result<(), PlanError> {
        let (connector, operation) = self.facts(call)?;
        self.remember(connector, operation);
        let message = match (&call.mail, operation.body) {
            (Some(mail), Body::MimeRaw) => Some(mail::message(&mut self.lower, place, mail)?),
            _ => None,
        };
        for (address, label) in message.iter().flat_map(|message| &message.checks) {
            let reason = format!("{label} is not an e-mail address.");
            self.refuse(at, &format!("!isAddress({address})"), &reason, 422);
        }
        self.connect()?;
        let body = match message {
            Some(message) => {
                if let Some((name, text)) = &message.text {
                    self.gap();
                    self.statement(&format!("const {name} = "), text, ";");
                }
                Some(wrap_raw(operation, message.raw))
            }
            None => self.body(place, call, connector, operation)?,
        };
        let url = self.url(place, call, operation)?;
        let mut members = Vec::new();
        if operation.method != "GET" {
            members.push(("method".to_owned(), Ts::text(&operation.method)));
        }
        let token = format!("`Bearer ${{{}.accessToken}}`", self.connection(connector));
        let mut headers = vec![("authorization".to_owned(), Ts::raw(token))];
        if body.is_some() {
            headers.push(("content-type".to_owned(), Ts::text("application/json")));
        }
        headers.extend(
            operation
                .headers
                .iter()
                .map(|header| (header.name.clone(), Ts::text(&header.value))),
        );
        members.push(("headers".to_owned(), Ts::Object(headers)));
        match (&operation.pagination, &call.bind) {
            (Some(pages), Some(bind)) => self.pages(place, bind, operation, pages, url, members, body)?,
            _ => self.once(place, call, operation, url, members, body, at)?,
        }
        Ok(())
    }

    /// One request.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn once(
        &mut self,
        place: &str,
        call: &CallStep,
        operation: &Operation,
        url: Url,
        mut members: Vec<(String, Ts)>,
        body: Option<Ts>,
        at: At,
    ) -> Result<(), PlanError> {
        if let Some(body) = body {
            members.push(("body".to_owned(), Ts::call("JSON.stringify", vec![body])));
        }
        let answers = if at == At::Top { answer_of(operation) } else { None };
        let made = if operation.effect == Effect::Send {
            "sent"
        } else {
            "saved"
        };
        let variable = match (&call.bind, answers) {
            (Some(bind), _) => Some(self.lower.scope.declare(place, bind, answer_shape(operation))?),
            (None, Some(_)) => Some(self.lower.scope.own(made)),
            (None, None) => None,
        };
        let head = variable
            .as_ref()
            .map_or_else(|| "await ".to_owned(), |name| format!("const {name} = await "));
        if let (Some(variable), Some(member)) = (&variable, answers) {
            let taken = self.answers.iter().any(|(key, _)| key == member);
            let noun = operation.intent.rsplit('_').next().unwrap_or_default();
            let key = if taken {
                format!("{noun}_{member}")
            } else {
                member.to_owned()
            };
            self.answers.push((key, Ts::raw(format!("{variable}.{member}"))));
        }
        let url = self.placed(url, &head);
        self.statement(&head, &Ts::call("call", vec![url, Ts::Object(members)]), ";");
        Ok(())
    }

    /// Requests until there is no further page.
    #[expect(clippy::too_many_arguments, reason = "the parts of one loop")]
    fn pages(
        &mut self,
        place: &str,
        bind: &str,
        operation: &Operation,
        pages: &Pagination,
        mut url: Url,
        mut members: Vec<(String, Ts)>,
        body: Option<Ts>,
    ) -> Result<(), PlanError> {
        let list = self.lower.scope.declare(place, bind, answer_shape(operation))?;
        let cursor = self.lower.scope.own(&camel(&pages.param));
        self.gap();
        self.line(&format!("const {list} = [];"));
        self.line(&format!("let {cursor} = \"\";"));
        self.open(&format!("for (let page = 0; page < {PAGES}; page++) {{"));
        if pages.in_body {
            let mut entries = match body {
                Some(Ts::Object(entries)) => entries,
                _ => Vec::new(),
            };
            let more = format!("({cursor} && {{ {}: {cursor} }})", pages.param);
            entries.push((String::new(), Ts::Spread(Box::new(Ts::raw(more)))));
            members.push(("body".to_owned(), Ts::call("JSON.stringify", vec![Ts::Object(entries)])));
            if let Some((_, Ts::Object(headers))) = members.iter_mut().find(|(name, _)| name == "headers")
                && !headers.iter().any(|(name, _)| name == "content-type")
            {
                headers.push(("content-type".to_owned(), Ts::text("application/json")));
            }
        } else {
            let query = Ts::Object(url.query.drain(..).map(|(name, value)| (name, value.code())).collect());
            self.statement("const query = ", &Ts::call("new URLSearchParams", vec![query]), ";");
            self.line(&format!("if ({cursor}) query.set({}, {cursor});", string(&pages.param)));
            url.search = Some("query".to_owned());
            if let Some(body) = body {
                members.push(("body".to_owned(), Ts::call("JSON.stringify", vec![body])));
            }
        }
        let head = "const answer = await ";
        let url = self.placed(url, head);
        self.statement(head, &Ts::call("call", vec![url, Ts::Object(members)]), ";");
        let items = pointer("answer", &pages.items);
        self.line(&format!("{list}.push(...({items} ?? []));"));
        self.line(&format!("{cursor} = {} ?? \"\";", pointer("answer", &pages.next)));
        self.line(&format!("if (!{cursor}) break;"));
        self.close("}");
        self.gap();
        self.answers.push((bind.to_owned(), Ts::raw(format!("{list}.length"))));
        Ok(())
    }

    /// What the helper `call` has to know of this one.
    fn remember(&mut self, connector: &Connector, operation: &Operation) {
        let safe = operation.method == "GET"
            || operation.effect == Effect::Read
            || operation
                .idempotency
                .as_ref()
                .is_some_and(|why| !why.contains("409") || own_id(operation));
        match safe {
            true => self.calling.safe = true,
            false => self.calling.unsafe_ = true,
        }
        self.calling.name = (!self.several()).then(|| connector.name.clone());
        self.calling.families.insert(connector.auth.family.clone());
        self.calling.ok_fields.extend(operation.ok_field.clone());
    }

    /// The JSON body.
    fn body(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
    ) -> Result<Option<Ts>, PlanError> {
        if operation.body != Body::Json {
            return Ok(None);
        }
        let Some(body) = &call.body else {
            // A call whose vendor wants JSON gets an empty object.
            return Ok((operation.method != "GET").then(|| Ts::Object(Vec::new())));
        };
        let mut body = body.clone();
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
        Ok(Some(code))
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

    /// A constant at the top of the file, where its owner finds it.
    pub(crate) fn constant(&mut self, param: &str, value: String) -> String {
        let last = param.rsplit('.').next().unwrap_or(param);
        let mut name = String::new();
        let mut lower = false;
        for c in last.chars() {
            if c.is_uppercase() && lower {
                name.push('_');
            }
            lower = c.is_lowercase() || c.is_ascii_digit();
            name.extend(c.to_uppercase());
        }
        let code = string(&value);
        let mut unique = name.clone();
        for n in 2.. {
            match self.constants.iter().find(|(known, _)| *known == unique) {
                Some((_, known)) if *known == code => return unique,
                Some(_) => unique = format!("{name}_{n}"),
                None => break,
            }
        }
        self.constants.push((unique.clone(), code));
        unique
    }

    fn query_value(&self, call: &CallStep, operation: &Operation, name: &str) -> Option<String> {
        let given = call.query.get(name).cloned();
        given.or_else(|| {
            operation
                .params
                .iter()
                .find(|p| p.name == name && p.place == Place::Query)?
                .default
                .clone()
        })
    }
}

/// Whether the vendor takes an id of the caller's.
fn own_id(operation: &Operation) -> bool {
    let takes = operation
        .params
        .iter()
        .any(|param| param.name == "id" && param.place == Place::Body);
    takes
        && operation
            .idempotency
            .as_ref()
            .is_some_and(|how| how.contains("of your own"))
}

/// What of an answer goes into ours.
fn answer_of(operation: &Operation) -> Option<&'static str> {
    let sample: Json = serde_json::from_str(&operation.sample_response).ok()?;
    if operation.effect == Effect::Read {
        return None;
    }
    ["id", "ts"].into_iter().find(|member| sample.get(member).is_some())
}

/// A raw message where the vendor's sample has one.
fn wrap_raw(operation: &Operation, raw: Ts) -> Ts {
    let sample = operation
        .sample_request
        .as_deref()
        .and_then(|text| serde_json::from_str::<Json>(text).ok());
    let body = Ts::Object(vec![("raw".to_owned(), raw)]);
    match sample
        .as_ref()
        .and_then(Json::as_object)
        .and_then(|members| members.iter().next())
    {
        Some((outer, Json::Object(_))) => Ts::Object(vec![(outer.clone(), body)]),
        _ => body,
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

/// `/a/b` of a variable, each step safe.
fn pointer(variable: &str, pointer: &str) -> String {
    let mut code = variable.to_owned();
    for part in pointer.split('/').filter(|part| !part.is_empty()) {
        code.push_str("?.");
        code.push_str(part);
    }
    code
}
