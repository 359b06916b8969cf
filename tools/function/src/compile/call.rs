//! Provider calls: the connection, the address, the headers, the body.
//!
//! The address is written out at the call, its host a literal of the catalog; what is filled in is
//! encoded. The credential goes where the vendor wants it at the call and nowhere else.

use std::collections::BTreeSet;

use linchpin_catalog::{Body, Connector, Effect, KeyPlace, Operation, Place};
use serde_json::Value as Json;

use super::body::Payload;
use super::handler::Handler;
use super::mail;
use super::pages::pointer;
use super::steps::{At, calls_in};
use super::text::Need;
use super::ts::{Ts, literal, string};
use super::url::Url;
use crate::plan::scope::answer_shape;
use crate::template::Template;
use crate::{CallStep, EntityEvent, PlanError, Trigger};

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
    pub(crate) fn several(&self) -> bool {
        let mut ids = calls_in(&self.plan.steps).map(|call| call.connector.as_deref().unwrap_or(&self.plan.connector));
        let first = ids.next();
        ids.any(|id| Some(id) != first)
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
                self.account(connector);
            }
        }
        Ok(())
    }

    pub(crate) fn call(&mut self, place: &str, call: &'a CallStep, at: At) -> Result<(), PlanError> {
        let (connector, operation) = self.facts(call)?;
        let message = match (&call.mail, operation.body) {
            (Some(mail), Body::MimeRaw) => Some(mail::message(&mut self.lower, place, mail)?),
            _ => None,
        };
        for (address, label) in message.iter().flat_map(|message| &message.checks) {
            let reason = format!("{label} is not an e-mail address.");
            self.refuse(at, &format!("!isAddress({address})"), &reason, 422);
        }
        self.connect()?;
        let payload = match message {
            Some(message) => {
                if let Some((name, text)) = &message.text {
                    self.gap();
                    self.statement(&format!("const {name} = "), text, ";");
                }
                Some(Payload::Json(wrap_raw(operation, message.raw)))
            }
            None => self.payload(place, call, connector, operation)?,
        };
        let url = self.url(place, call, connector, operation, at)?;
        let mut members = Vec::new();
        if operation.method != "GET" {
            members.push(("method".to_owned(), Ts::text(&operation.method)));
        }
        let headers = self.headers(place, call, connector, operation, payload.as_ref())?;
        let keyed = headers.iter().any(|(name, _)| is_idempotency(name));
        self.remember(connector, operation, keyed);
        members.push(("headers".to_owned(), Ts::Object(headers)));
        match (&operation.pagination, &call.bind) {
            (Some(pages), Some(bind)) => self.pages(place, bind, operation, pages, url, members, payload, at)?,
            _ => self.once(place, call, operation, url, members, payload, at)?,
        }
        Ok(())
    }

    /// What a call says besides its address and body: the credential first.
    fn headers(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
        payload: Option<&Payload>,
    ) -> Result<Vec<(String, Ts)>, PlanError> {
        let mut headers: Vec<(String, Ts)> = self.credential(connector).into_iter().collect();
        headers.extend(
            payload
                .and_then(Payload::kind)
                .map(|kind| ("content-type".to_owned(), kind)),
        );
        for header in &operation.headers {
            // A call may want its token under another scheme (Discord's `Bot`).
            let scheme = header.name.eq_ignore_ascii_case("authorization");
            let token = self.credentials.get(&connector.id).filter(|_| scheme).cloned();
            let value = self.filled(connector, &header.value, "token", &token.unwrap_or_default());
            match headers
                .iter_mut()
                .find(|(known, _)| header.name.eq_ignore_ascii_case(known))
            {
                Some((_, known)) => *known = value,
                None => headers.push((header.name.clone(), value)),
            }
        }
        for param in operation.params.iter().filter(|param| param.place == Place::Header) {
            let name = param.name.to_lowercase();
            let given = call.header.get(&param.name);
            let place = format!("{place}.header.{}", param.name);
            let value = match (given, &param.default) {
                (Some(Json::String(text)), _) => match Template::parse(text).ok() {
                    Some(template) if template.literal().is_some_and(is_plain) => {
                        Ts::text(template.literal().unwrap_or_default())
                    }
                    _ => {
                        self.lower.needs.insert(Need::HeaderText);
                        Ts::call("headerText", vec![self.lower.text(&place, text)?])
                    }
                },
                (Some(value @ (Json::Object(_) | Json::Array(_))), _) => {
                    self.lower.needs.insert(Need::HeaderJson);
                    Ts::call("headerJson", vec![self.lower.json(&place, value, &[])?])
                }
                (Some(value), _) => Ts::text(&value.to_string()),
                (None, Some(default)) if name != "content-type" => Ts::text(default),
                (None, _) if is_idempotency(&name) => self.stable_key(),
                // A vendor that wants to know what an empty body is made of.
                (None, _) if name == "content-type" && param.required && payload.is_none() => {
                    Ts::text("application/octet-stream")
                }
                (None, _) => continue,
            };
            // What a file is made of is said with the file.
            match headers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => headers.push((name, value)),
            }
        }
        Ok(headers)
    }

    /// What lets the vendor tell a repeated call from a new one: the same for the same event.
    fn stable_key(&mut self) -> Ts {
        let name = literal(&self.plan.name);
        self.keyed += 1;
        let name = match self.keyed {
            1 => name,
            n => format!("{name}:{n}"),
        };
        let (Trigger::Entity { events, .. }, Some(trigger)) = (&self.plan.trigger, self.record.clone()) else {
            // Each run is meant; only a repetition within it is not.
            return Ts::raw("crypto.randomUUID()");
        };
        let mut parts = vec![trigger.clone() + ".id"];
        if events.contains(&EntityEvent::Update) {
            parts.push(trigger.clone() + ".updated_date");
        }
        parts.extend(
            self.subject
                .clone()
                .filter(|own| *own != trigger)
                .map(|own| own + ".id"),
        );
        let parts: Vec<String> = parts.iter().map(|part| format!("${{{part}}}")).collect();
        Ts::raw(format!("`{name}:{}`", parts.join(":")))
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
        payload: Option<Payload>,
        at: At,
    ) -> Result<(), PlanError> {
        members.extend(payload.map(|payload| ("body".to_owned(), payload.code())));
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
        self.calling.plain = true;
        let url = self.placed(url, &head);
        self.statement(&head, &Ts::call("call", vec![url, Ts::Object(members)]), ";");
        Ok(())
    }

    /// What the helper `call` has to know of this one.
    fn remember(&mut self, connector: &Connector, operation: &Operation, keyed: bool) {
        // What makes a repetition harmless is in the call itself, or it isn't there.
        let takes_key = operation.params.iter().any(|param| is_idempotency(&param.name));
        let harmless = operation.idempotency.as_ref();
        let safe = operation.method == "GET"
            || operation.effect == Effect::Read
            || harmless.is_some_and(|why| (!takes_key || keyed) && (!why.contains("409") || own_id(operation)));
        match safe {
            true => self.calling.safe = true,
            false => self.calling.unsafe_ = true,
        }
        self.calling.name = (!self.several()).then(|| connector.name.clone());
        self.calling.families.insert(connector.auth.family.clone());
        self.calling.ok_fields.extend(operation.ok_field.clone());
        if operation.graphql.is_some() {
            self.calling.faults.insert("answer?.errors".to_owned());
            self.calling.faults.extend(user_errors(operation));
        }
        let key = connector.auth.key.as_ref();
        self.calling.secret_url |= key.is_some_and(|key| matches!(key.place, KeyPlace::Path | KeyPlace::Query));
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
        self.named(&name, string(&value))
    }

    /// A constant of this name, or of one with a number when it is taken.
    pub(crate) fn named(&mut self, name: &str, code: String) -> String {
        let mut unique = name.to_owned();
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

    pub(crate) fn query_value(&self, call: &CallStep, operation: &Operation, name: &str) -> Option<String> {
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
pub(crate) fn own_id(operation: &Operation) -> bool {
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

/// Where a mutation says what it did not take, as the sample answer shows it.
fn user_errors(operation: &Operation) -> Vec<String> {
    let sample: Json = serde_json::from_str(&operation.sample_response).unwrap_or_default();
    let roots = sample.get("data").and_then(Json::as_object).into_iter().flatten();
    roots
        .filter(|(_, root)| root.get("userErrors").is_some())
        .map(|(name, _)| pointer("answer", &format!("/data/{name}/userErrors")))
        .collect()
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

/// A header that lets the vendor tell a repeated call from a new one.
pub(crate) fn is_idempotency(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "idempotency-key" || name == "x-request-id"
}

/// Whether a text can stand in a header as it is.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~'))
}
