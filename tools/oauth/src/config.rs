//! Config values: a subdomain, a workspace address, an account's number, and the addresses they complete.
//!
//! Invariants: a value is used only after its pattern has taken it whole; whatever the pattern says, a value
//! stays where its hole is, a part of the host or of the path, so that the host always ends as the entry
//! spells it; an address with a hole left over is refused. The catalog's check proves the same of the entries;
//! here it is proved of every value. Source: `security.md` T-OA-13.

use std::borrow::Cow;
use std::collections::BTreeMap;

use linchpin_catalog::{ApiKey, ConfigField, Connector};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use serde_json::Value;

use crate::OauthError;

/// Config values by the names of their fields.
pub type Config = BTreeMap<String, String>;

/// Longer than any subdomain or site path.
const LONGEST: usize = 256;

/// The values as they are stored: each of a field that the connector has, and of that field's form.
/// An address typed where only a part of it is wanted is cut down to that part.
///
/// # Errors
/// The first value that can't be used, in words for whoever typed it.
pub fn accepted(connector: &Connector, given: &Config) -> Result<Config, OauthError> {
    given
        .iter()
        .map(|(name, value)| {
            let field = connector.config.iter().find(|field| field.name == *name);
            let field = field.ok_or_else(|| OauthError::UnknownConfig {
                connector: connector.id.clone(),
                field: name.clone(),
            })?;
            Ok((name.clone(), one(connector, field, value)?))
        })
        .collect()
}

/// The fields a person has to be asked for: needed, not there yet, and not filled by the vendor.
pub fn wanting<'a>(connector: &'a Connector, have: &Config) -> Vec<&'a ConfigField> {
    connector
        .config
        .iter()
        .filter(|field| field.required && !fills_itself(field) && !have.contains_key(&field.name))
        .collect()
}

/// The connector with its holes filled in every address a token is sent to.
///
/// # Errors
/// When a value could leave its place.
pub fn filled<'a>(connector: &'a Connector, config: &Config) -> Result<Cow<'a, Connector>, OauthError> {
    if connector.config.is_empty() || config.is_empty() {
        return Ok(Cow::Borrowed(connector));
    }
    let mut own = connector.clone();
    let id = own.id.clone();
    let fill = |text: &mut String| -> Result<(), OauthError> {
        *text = address(&id, text, config)?;
        Ok(())
    };
    let auth = &mut own.auth;
    fill(&mut auth.authorize_url)?;
    fill(&mut auth.token_url)?;
    fill(&mut auth.identity.url)?;
    for url in [&mut auth.revoke_url, &mut auth.device_url, &mut auth.issuer] {
        url.as_mut().map(&fill).transpose()?;
    }
    if let Some(long) = &mut auth.long_lived {
        fill(&mut long.url)?;
        long.refresh_url.as_mut().map(&fill).transpose()?;
    }
    own.hosts.iter_mut().try_for_each(&fill)?;
    for param in auth.authorize_params.iter_mut().chain(&mut auth.quirks.headers) {
        param.value = plain(&param.value, config);
    }
    Ok(Cow::Owned(own))
}

/// What the vendor's redirect says of config fields.
pub(crate) fn from_redirect(connector: &Connector, said: &Config) -> Result<Config, OauthError> {
    told(connector, |field| said.get(field.from_redirect.as_ref()?).cloned())
}

/// What a token answer says of config fields.
pub(crate) fn from_token(connector: &Connector, answer: &Value) -> Result<Config, OauthError> {
    told(connector, |field| text(answer.pointer(field.from_token.as_ref()?)?))
}

/// What the identity probe's answer says of config fields.
pub(crate) fn from_identity(connector: &Connector, answer: &Value) -> Result<Config, OauthError> {
    told(connector, |field| text(answer.pointer(field.from_identity.as_ref()?)?))
}

/// What a call carries of an API key: `{key}` and the config values in their places.
pub(crate) fn carried(key: &ApiKey, secret: &str, config: &Config) -> String {
    // The key comes last, so that nothing in it is taken for a hole.
    plain(&key.template, config).replace("{key}", secret)
}

/// Whether the whole text has the form a pattern names; ASCII alone.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let regex = Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(Some(1 << 20)))
        .build(&format!("^(?:{pattern})$"));
    regex.is_ok_and(|regex| regex.is_match(text))
}

fn told(connector: &Connector, find: impl Fn(&ConfigField) -> Option<String>) -> Result<Config, OauthError> {
    connector
        .config
        .iter()
        .filter_map(|field| Some((field, find(field)?)))
        .map(|(field, value)| Ok((field.name.clone(), one(connector, field, &value)?)))
        .collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn fills_itself(field: &ConfigField) -> bool {
    field.from_token.is_some() || field.from_redirect.is_some() || field.from_identity.is_some()
}

/// One value in the form its field wants.
fn one(connector: &Connector, field: &ConfigField, value: &str) -> Result<String, OauthError> {
    let value = value.trim();
    let bare = value.strip_prefix("https://").unwrap_or(value).trim_end_matches('/');
    let hole = format!("{{{}}}", field.name);
    let parts = connector.hosts.iter().filter_map(|host| {
        let (before, after) = host.strip_prefix("https://")?.split_once(&hole)?;
        bare.strip_prefix(before)?.strip_suffix(after)
    });
    [value, bare]
        .into_iter()
        .chain(parts)
        .find(|value| takes(field, value))
        .map(str::to_owned)
        .ok_or_else(|| OauthError::BadConfig {
            field: field.display_name.clone(),
            expected: field
                .validation_error
                .clone()
                .unwrap_or_else(|| format!("It looks like {}.", field.placeholder)),
        })
}

fn takes(field: &ConfigField, value: &str) -> bool {
    let plain = !value.is_empty() && value.len() <= LONGEST && !value.chars().any(char::is_control);
    plain
        && match &field.validation_pattern {
            Some(pattern) => fits(pattern, value),
            None => true,
        }
}

/// Fills holes without a look at what comes of it: for texts that are no address.
fn plain(template: &str, config: &Config) -> String {
    config.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// Fills an address. A value in the host is labels and dots; one in the path neither ends it nor climbs.
fn address(connector: &str, template: &str, config: &Config) -> Result<String, OauthError> {
    let astray = |name: &str| OauthError::ConfigAstray {
        connector: connector.to_owned(),
        field: name.to_owned(),
    };
    let Some(rest) = template.strip_prefix("https://") else {
        return Ok(template.to_owned());
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (mut host, mut path) = (
        rest.get(..end).unwrap_or_default().to_owned(),
        rest.get(end..).unwrap_or_default().to_owned(),
    );
    for (name, value) in config {
        let hole = format!("{{{name}}}");
        if host.contains(&hole) {
            let label = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            };
            // A host that is nothing but the value must be a name under some domain, and no number.
            let whole = host == hole;
            let named = value.contains('.') && !value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if !value.split('.').all(label) || (whole && !named) {
                return Err(astray(name));
            }
            host = host.replace(&hole, value);
        }
        if path.contains(&hole) {
            let stays = value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_~.!$'()*+,;=:@/".contains(&b));
            if !stays || value.split('/').any(|part| matches!(part, "" | "." | "..")) {
                return Err(astray(name));
            }
            path = path.replace(&hole, value);
        }
    }
    Ok(format!("https://{host}{path}"))
}
