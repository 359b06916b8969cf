//! Rules about config values and the holes they fill: a value somebody types can never lead a call
//! to another host or path.

use super::{Report, is_pointer};
use crate::address::{Address, holes};
use crate::pattern::Shape;
use crate::{ConfigField, Connector};

/// Holes with a meaning of their own.
const RESERVED: &[&str] = &["client_id", "client_secret", "key", "token"];

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    for (at, field) in connector.config.iter().enumerate() {
        let name = field.name.as_str();
        words(field, report);
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !begins || !name.chars().all(lower) {
            report.add(
                "config",
                format!("the config field `{name}` has other characters than a-z, 0-9 and _"),
            );
        }
        if RESERVED.contains(&name) {
            report.add(
                "config",
                format!("the config field `{name}` has a name with a meaning of its own"),
            );
        }
        if connector.config.iter().take(at).any(|other| other.name == field.name) {
            report.add("config", format!("the config field `{name}` is there twice"));
        }
        pattern(field, report);
        for pointer in [&field.from_token, &field.from_identity].into_iter().flatten() {
            if !is_pointer(pointer) {
                report.add(
                    "config",
                    format!("`{name}`: `{pointer}` is not a JSON pointer such as /team/id"),
                );
            }
        }
        if !used(connector, name) && field.secret.is_none() {
            report.add(
                "config",
                format!("nothing uses the config field `{name}`, so nobody should be asked for it"),
            );
        }
    }
}

fn words(field: &ConfigField, report: &mut Report<'_>) {
    report.filled("a config field's name", &field.display_name);
    report.sentence("a config field's description", &field.description);
    report.filled("a config field's example", &field.placeholder);
    if let Some(secret) = &field.secret {
        super::key::secret_name(secret, report);
    }
    match &field.validation_error {
        Some(error) => report.sentence("a config field's error", error),
        None if field.validation_pattern.is_some() => report.add(
            "words",
            format!("the pattern of `{}` has no message for when it doesn't fit", field.name),
        ),
        None => {}
    }
}

fn pattern(field: &ConfigField, report: &mut Report<'_>) {
    let Some(pattern) = &field.validation_pattern else {
        return;
    };
    match Shape::parse(pattern) {
        Err(why) => report.add(
            "config",
            format!("the pattern `{pattern}` of `{}` can't be used: {why}", field.name),
        ),
        Ok(shape) if !shape.takes(&field.placeholder) => report.add(
            "config",
            format!(
                "the example `{}` of `{}` doesn't fit its own pattern",
                field.placeholder, field.name
            ),
        ),
        Ok(_) => {}
    }
}

/// Every text of the file that may hold a config hole.
fn used(connector: &Connector, name: &str) -> bool {
    let auth = &connector.auth;
    let mut texts: Vec<&str> = vec![&auth.authorize_url, &auth.token_url, &auth.identity.url];
    texts.extend(connector.hosts.iter().map(String::as_str));
    texts.extend(
        [&auth.revoke_url, &auth.device_url, &auth.metadata_url, &auth.issuer]
            .into_iter()
            .flatten()
            .map(String::as_str),
    );
    texts.extend(auth.long_lived.iter().map(|long| long.url.as_str()));
    texts.extend(auth.key.iter().map(|key| key.template.as_str()));
    texts.extend(
        auth.authorize_params
            .iter()
            .chain(&auth.quirks.headers)
            .map(|param| param.value.as_str()),
    );
    for operation in &connector.operations {
        texts.push(&operation.url);
        texts.extend(operation.headers.iter().map(|param| param.value.as_str()));
        texts.extend(operation.params.iter().filter_map(|param| param.default.as_deref()));
    }
    let hole = format!("{{{name}}}");
    texts.iter().any(|text| text.contains(&hole))
}

/// An https address in which only config fields leave holes. `more` names further holes that are
/// allowed in the path.
pub(super) fn address(connector: &Connector, report: &mut Report<'_>, what: &str, url: &str, more: &[&str]) {
    let filled = url.replace(['{', '}'], "");
    if let Err(why) = Address::parse(&filled) {
        report.add("https", format!("{what} `{url}` can't be used: {why}"));
        return;
    }
    let host_end = url
        .get(8..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(url.len(), |at| at.saturating_add(8));
    let (host, path) = url.split_at(host_end);
    let host = host.get(8..).unwrap_or_default();
    for (text, in_host) in [(host, true), (path, false)] {
        let Some(names) = holes(text) else {
            report.add("https", format!("{what} `{url}` has a brace without its pair"));
            continue;
        };
        for name in names {
            if !in_host && more.contains(&name) {
                continue;
            }
            let Some(field) = connector.config.iter().find(|field| field.name == name) else {
                report.add(
                    "https",
                    format!("{what} `{url}` has a hole, and no config field is called `{name}`"),
                );
                continue;
            };
            fits(field, report, what, text, in_host);
        }
    }
}

/// Whether what fills the hole can leave its place.
fn fits(field: &ConfigField, report: &mut Report<'_>, what: &str, text: &str, in_host: bool) {
    let name = &field.name;
    let self_filled = [&field.from_token, &field.from_redirect, &field.from_identity]
        .into_iter()
        .any(Option::is_some);
    if !field.required && !self_filled {
        report.add(
            "config",
            format!("{what} needs `{name}`, and the field is not required"),
        );
    }
    let Some(Ok(shape)) = field.validation_pattern.as_deref().map(Shape::parse) else {
        report.add(
            "config",
            format!("{what} has a place for `{name}`, and no usable validation_pattern says what may stand there"),
        );
        return;
    };
    if !in_host {
        if !shape.stays_in_path() {
            report.add("config", format!("the pattern of `{name}` lets a value leave its place in the path of {what}: allow letters, digits, - and _, or one folder such as sites/x"));
        }
        return;
    }
    let hole = format!("{{{name}}}");
    let rest = text.split_once(hole.as_str()).map(|(_, rest)| rest).unwrap_or_default();
    let under_domain = rest
        .strip_prefix('.')
        .is_some_and(|rest| !rest.contains('{') && rest.contains('.'));
    if under_domain && shape.is_labels() {
        return;
    }
    if shape.is_label() && rest.matches('.').count() >= 2 && !rest.contains('{') {
        return;
    }
    if rest.is_empty() && text == hole && shape.is_labels() && shape.ends_in_domain() {
        return;
    }
    report.add("config", format!("the pattern of `{name}` lets a value leave its place in the host `{text}`: allow letters, digits and hyphens before a domain of the vendor, or spell the vendor's domains out"));
}
