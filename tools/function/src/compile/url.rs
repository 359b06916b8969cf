//! Addresses of provider calls: scheme and host from the catalog, the rest filled in and encoded.
//!
//! What is known when a plan is compiled is written out; an id that its owner may want to change is
//! a constant at the top of the file. Invariant: nothing of a plan can move the host.

use linchpin_catalog::{Connector, KeyPlace, Operation, OperationParam, Place};

use super::handler::Handler;
use super::steps::At;
use super::ts::{Ts, string, width};
use crate::template::Template;
use crate::{CallStep, PlanError};

/// An address being written.
pub(crate) struct Url {
    /// Scheme, host and path; `${…}` where something is filled in.
    base: String,
    /// Parameters not yet placed.
    pub(crate) query: Vec<(String, Setting)>,
    /// A variable that holds the query.
    pub(crate) search: Option<String>,
}

/// A query parameter's value.
pub(crate) enum Setting {
    Known(String),
    Read(Ts),
}

impl Setting {
    pub(crate) fn code(self) -> Ts {
        match self {
            Self::Known(text) => Ts::text(&text),
            Self::Read(code) => code,
        }
    }
}

impl Url {
    pub(crate) fn flat(&self) -> String {
        let mut text = self.base.clone();
        let known = self.query.iter().filter_map(|(name, value)| match value {
            Setting::Known(value) => Some(format!("{}={}", encode(name), encode(value))),
            Setting::Read(_) => None,
        });
        let query: Vec<String> = known
            .chain(self.search.iter().map(|name| format!("${{{name}}}")))
            .collect();
        if !query.is_empty() {
            text.push(if has_query(&text) { '&' } else { '?' });
            text.push_str(&query.join("&"));
        }
        match text.contains("${") {
            true => format!("`{text}`"),
            false => string(&text),
        }
    }
}

impl Handler<'_> {
    pub(crate) fn url(
        &mut self,
        place: &str,
        call: &CallStep,
        connector: &Connector,
        operation: &Operation,
        at: At,
    ) -> Result<Url, PlanError> {
        let mut base = String::new();
        let mut rest = operation.url.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            base.push_str(before);
            let Some((name, more)) = after.split_once('}') else {
                break;
            };
            let params = operation.params.iter().filter(|param| param.place == Place::Path);
            let filled = match params.into_iter().find(|param| param.name == name) {
                Some(param) => self.segment(place, call, param, at)?,
                None => match self.part(connector, name) {
                    Some(variable) => format!("${{{variable}}}"),
                    None => String::new(),
                },
            };
            base.push_str(&filled);
            rest = more;
        }
        base.push_str(rest);
        let mut query = Vec::new();
        for param in operation.params.iter().filter(|param| param.place == Place::Query) {
            let given = call.query.get(&param.name).or(param.default.as_ref());
            let Some(text) = given.filter(|text| !text.trim().is_empty()) else {
                continue;
            };
            let template = Template::parse(text);
            let value = match template.as_ref().ok().and_then(Template::literal) {
                Some(known) => Setting::Known(known.to_owned()),
                None => Setting::Read(self.lower.text(&format!("{place}.query.{}", param.name), text)?),
            };
            query.push((param.name.clone(), value));
        }
        if let Some(key) = connector.auth.key.as_ref().filter(|key| key.place == KeyPlace::Query) {
            let code = self.credentials.get(&connector.id).cloned().unwrap_or_default();
            let value = self.filled(connector, &key.template, "key", &code);
            query.push((key.field.clone(), Setting::Read(value)));
        }
        Ok(Url {
            base,
            query,
            search: None,
        })
    }

    /// A path parameter, encoded. One that may be missing is looked at first: an empty segment would
    /// make another address of it, and another call.
    fn segment(&mut self, place: &str, call: &CallStep, param: &OperationParam, at: At) -> Result<String, PlanError> {
        let given = call.path.get(&param.name).filter(|text| !text.trim().is_empty());
        let text = given.or(param.default.as_ref()).cloned().unwrap_or_default();
        let template = Template::parse(&text);
        Ok(match template.as_ref().ok().and_then(Template::literal) {
            Some(known) if param.ask.is_some() && given.is_some() => {
                let known = tidy(known);
                let plain = encode(&known) == known;
                let name = self.constant(&param.name, known);
                if plain {
                    format!("${{{name}}}")
                } else {
                    format!("${{encodeURIComponent({name})}}")
                }
            }
            Some(known) => encode(known),
            None => {
                let code = self.lower.text(&format!("{place}.path.{}", param.name), &text)?.flat();
                match perhaps(&code) {
                    Some(value) => {
                        self.refuse(at, &format!("!{value}"), &format!("{} is missing.", param.name), 422);
                        format!("${{encodeURIComponent({value})}}")
                    }
                    None => format!("${{encodeURIComponent({code})}}"),
                }
            }
        })
    }

    /// The address as an argument; parts of it go before the statement where it would be too long.
    pub(crate) fn placed(&mut self, mut url: Url, head: &str) -> Ts {
        let room = self.room(&format!("{head}call(, {{"));
        let alone = self.room("const url = ;");
        let known = url.query.iter().all(|(_, value)| matches!(value, Setting::Known(_)));
        if !url.query.is_empty() && (!known || width(&url.flat()) > alone) {
            let entries = url.query.drain(..).map(|(name, value)| (name, value.code())).collect();
            let name = self.lower.scope.own("query");
            self.statement(
                &format!("const {name} = "),
                &Ts::call("new URLSearchParams", vec![Ts::Object(entries)]),
                ";",
            );
            url.search = Some(name);
        }
        let flat = url.flat();
        if width(&flat) <= room {
            return Ts::raw(flat);
        }
        let name = self.lower.scope.own("url");
        if width(&flat) > alone && flat.starts_with('"') {
            self.line(&format!("const {name} ="));
            self.line(&format!("  {flat};"));
        } else {
            self.line(&format!("const {name} = {flat};"));
        }
        Ts::raw(name)
    }
}

/// The value of `value ?? ""`, alone in a text or not: one that may be missing.
fn perhaps(code: &str) -> Option<&str> {
    let inner = code.strip_prefix("`${").and_then(|code| code.strip_suffix("}`"));
    let value = inner.unwrap_or(code).strip_suffix(" ?? \"\"")?;
    let plain = |c: char| c.is_alphanumeric() || "_.?$".contains(c);
    value.chars().all(plain).then_some(value)
}

/// What a person pastes for an id: the address of the thing, or the id itself.
pub(crate) fn tidy(text: &str) -> String {
    let text = text.trim();
    let Some(address) = text.strip_prefix("https://") else {
        return text.to_owned();
    };
    let path = address.split(['?', '#']).next().unwrap_or_default();
    if let Some((_, rest)) = path.split_once("/d/") {
        return rest.split('/').next().unwrap_or_default().to_owned();
    }
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let tail: String = last
        .chars()
        .rev()
        .take(32)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    match tail.len() == 32 && tail.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => tail,
        false => text.to_owned(),
    }
}

/// `encodeURIComponent`, done now.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Whether an address has a query of its own; a `?` of the code inside `${…}` is none.
fn has_query(text: &str) -> bool {
    let mut depth = 0_usize;
    text.chars().any(|one| {
        match one {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && one == '?'
    })
}
