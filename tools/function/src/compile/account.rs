//! Whose account a call goes through: the connection or the key, and the values it comes with.
//!
//! A token is asked of the SDK, a key is read from its secret; both go where the vendor wants them
//! at the call and nowhere else. A value that becomes part of an address (a subdomain) has to have
//! the shape the catalog demands before anything is sent. What is missing is answered with 424.

use linchpin_catalog::{ApiKey, Catalog, ConfigField, Connector, KeyPlace, Mode, Operation};

use super::handler::Handler;
use super::steps::calls_in;
use super::ts::{Ts, literal, string};
use crate::Plan;
use crate::plan::scope::camel;

/// Names between braces in a text.
fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// The config fields that a call's address, headers or key have a place for.
pub(crate) fn used<'c>(connector: &'c Connector, operation: &Operation) -> Vec<&'c ConfigField> {
    let key = connector.auth.key.as_ref();
    let mut texts = vec![operation.url.as_str(), key.map_or("", |key| key.template.as_str())];
    texts.extend(operation.headers.iter().map(|header| header.value.as_str()));
    let named = |field: &&ConfigField| {
        let param = operation.params.iter().any(|param| param.name == field.name);
        !param && texts.iter().any(|text| holes(text).any(|hole| hole == field.name))
    };
    connector.config.iter().filter(named).collect()
}

/// Secrets that have to be set by hand before the function can do anything, a sentence each.
pub(crate) fn notes(plan: &Plan, catalog: &Catalog) -> Vec<String> {
    let mut out = Vec::new();
    for call in calls_in(&plan.steps) {
        let connector = catalog.get(call.connector.as_deref().unwrap_or(&plan.connector));
        let Some((connector, key)) = connector.and_then(|own| Some((own, own.auth.key.as_ref()?))) else {
            continue;
        };
        let more = connector.config.iter().filter_map(|field| field.secret.as_deref());
        let names: Vec<&str> = std::iter::once(key.secret.as_str()).chain(more).collect();
        let note = format!(
            "Set the app's secret {}: the {} of {}, from {}.",
            names.join(" and "),
            key.name,
            connector.name,
            key.url
        );
        if !out.contains(&note) {
            out.push(note);
        }
    }
    out
}

impl Handler<'_> {
    /// Gets the account's credential and the values its calls need.
    pub(crate) fn account(&mut self, connector: &Connector) {
        self.gap();
        match &connector.auth.key {
            Some(key) => self.key(connector, key),
            None => self.connection_to(connector),
        }
        let mut fields: Vec<&ConfigField> = Vec::new();
        for call in calls_in(&self.plan.steps) {
            let id = call.connector.as_deref().unwrap_or(&self.plan.connector);
            let operation = connector.operation(&call.operation).filter(|_| id == connector.id);
            for field in operation.map_or_else(Vec::new, |operation| used(connector, operation)) {
                if !fields.iter().any(|known| known.name == field.name) {
                    fields.push(field);
                }
            }
        }
        for field in fields {
            self.value(connector, field);
        }
        self.gap();
    }

    fn key(&mut self, connector: &Connector, key: &ApiKey) {
        let name = match self.several() {
            true => format!("{}Key", camel(&connector.id)),
            false => "key".to_owned(),
        };
        let variable = self.lower.scope.own(&name);
        self.credentials.insert(connector.id.clone(), variable.clone());
        self.line(&format!("const {variable} = Deno.env.get({});", string(&key.secret)));
        let missing = format!(
            "{} is not set up: the secret {} is missing.",
            connector.name, key.secret
        );
        self.condition_line(&format!("!{variable}"));
        self.answer("error", &missing, Some(424));
        self.close("}");
    }

    fn connection_to(&mut self, connector: &Connector) {
        let name = match self.several() {
            true => format!("{}Connection", camel(&connector.id)),
            false => "connection".to_owned(),
        };
        let variable = self.lower.scope.own(&name);
        self.credentials
            .insert(connector.id.clone(), format!("{variable}.accessToken"));
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

    /// A value of the connection that goes into addresses: nothing of another shape gets there.
    fn value(&mut self, connector: &Connector, field: &ConfigField) {
        let name = match self.several() {
            true => format!("{}_{}", connector.id, field.name),
            false => field.name.clone(),
        };
        let variable = self.lower.scope.own(&camel(&name));
        let source = match (&field.secret, self.credentials.get(&connector.id)) {
            (Some(secret), _) => format!("Deno.env.get({})", string(secret)),
            (None, Some(token)) => {
                let connection = token.trim_end_matches(".accessToken");
                format!("{connection}.connectionConfig?.{}", field.name)
            }
            (None, None) => "undefined".to_owned(),
        };
        self.line(&format!("const {variable} = {source} ?? \"\";"));
        let pattern = field.validation_pattern.as_deref().unwrap_or("^[A-Za-z0-9_-]+$");
        self.condition_line(&format!("!{}.test({variable})", expression(pattern)));
        let label = field.display_name.to_lowercase();
        let why = match &field.secret {
            Some(secret) => format!(
                "{} is not set up: the secret {secret} holds no {label}.",
                connector.name
            ),
            None => format!("{} has no usable {label}. Connect it again.", connector.name),
        };
        self.answer("error", &why, Some(424));
        self.close("}");
        self.values.insert((connector.id.clone(), field.name.clone()), variable);
    }

    /// The header that carries the credential, if a header does.
    pub(crate) fn credential(&self, connector: &Connector) -> Option<(String, Ts)> {
        let code = self.credentials.get(&connector.id).cloned().unwrap_or_default();
        let Some(key) = &connector.auth.key else {
            return Some(match &connector.auth.token_header {
                Some(header) => (
                    header.name.to_lowercase(),
                    self.filled(connector, &header.template, "token", &code),
                ),
                None => ("authorization".to_owned(), Ts::raw(format!("`Bearer ${{{code}}}`"))),
            });
        };
        match key.place {
            KeyPlace::Header => Some((
                key.field.to_lowercase(),
                self.filled(connector, &key.template, "key", &code),
            )),
            KeyPlace::Basic => {
                let pair = self.filled(connector, &key.template, "key", &code).flat();
                Some((
                    "authorization".to_owned(),
                    Ts::raw(format!("`Basic ${{btoa({pair})}}`")),
                ))
            }
            KeyPlace::Query | KeyPlace::Path => None,
        }
    }

    /// A text of the catalog with the credential and the connection's values in their places.
    pub(crate) fn filled(&self, connector: &Connector, template: &str, slot: &str, code: &str) -> Ts {
        if template == format!("{{{slot}}}") {
            return Ts::raw(code);
        }
        let mut out = String::from("`");
        let mut rest = template;
        let mut computed = false;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(&literal(before));
            let Some((name, more)) = after.split_once('}') else {
                rest = after;
                break;
            };
            let value = self.values.get(&(connector.id.clone(), name.to_owned()));
            match (name == slot && !code.is_empty(), value) {
                (true, _) => out.push_str(&format!("${{{code}}}")),
                (false, Some(value)) => out.push_str(&format!("${{{value}}}")),
                (false, None) => out.push_str(&literal(&format!("{{{name}}}"))),
            }
            computed |= name == slot || value.is_some();
            rest = more;
        }
        out.push_str(&literal(rest));
        match computed {
            true => Ts::raw(out + "`"),
            false => Ts::text(template),
        }
    }

    /// The variable of a connection's value, in an address.
    pub(crate) fn part(&self, connector: &Connector, name: &str) -> Option<String> {
        let own = self.values.get(&(connector.id.clone(), name.to_owned()));
        let by_path = |key: &ApiKey| key.place == KeyPlace::Path && name == "key";
        let key = connector.auth.key.as_ref().is_some_and(by_path);
        own.or_else(|| self.credentials.get(&connector.id).filter(|_| key))
            .cloned()
    }
}

/// A regular expression literal.
fn expression(pattern: &str) -> String {
    let mut out = String::from("/");
    let mut escaped = false;
    for c in pattern.chars() {
        if c == '/' && !escaped {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out + "/"
}
