//! Rules about API keys: where a call carries one, how a wrong paste is noticed, and that nothing of
//! OAuth stands beside it.

use super::{Report, config};
use crate::address::holes;
use crate::pattern::Shape;
use crate::{ApiKey, Auth, Connector, KeyPlace, Quirks};

pub(super) fn check(connector: &Connector, key: &ApiKey, report: &mut Report<'_>) {
    alone(&connector.auth, report);
    secret_name(&key.secret, report);
    report.filled("what the vendor calls the key", &key.name);
    report.https("the page for making a key", &key.url);
    report.sentence("what the key reaches", &key.reach);
    if key.prefix.as_deref() == Some("") {
        report.add("key", "the key's prefix is empty; leave it away");
    }
    match key.pattern.as_deref().map(Shape::parse) {
        Some(Err(why)) => report.add("key", format!("the key's pattern can't be used: {why}")),
        Some(Ok(shape)) if key.prefix.as_deref().is_some_and(|prefix| shape.takes(prefix)) => {
            report.add("key", "the key's pattern takes the bare prefix for a key");
        }
        _ => {}
    }
    place(connector, key, report);
    if connector.auth.identity.url.is_empty() {
        report.add("key", "no call verifies the key: name one under [auth.identity]");
    }
    if connector.auth.client_credentials {
        report.add("key", "a key is no client credential");
    }
}

/// Nothing of OAuth beside a key, or two ways of signing in would compete.
fn alone(auth: &Auth, report: &mut Report<'_>) {
    let bare = toml::from_str::<Auth>(&format!("family = {:?}", auth.family))
        .ok()
        .map(|bare| Auth {
            key: auth.key.clone(),
            identity: auth.identity.clone(),
            // Headers go along with the call that verifies the key.
            quirks: Quirks {
                headers: auth.quirks.headers.clone(),
                ..bare.quirks
            },
            ..bare
        });
    let (Ok(own), Ok(bare)) = (serde_json::to_value(auth), serde_json::to_value(bare)) else {
        return;
    };
    let differs = own
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| bare.get(name) != Some(value));
    for (name, _) in differs {
        report.add(
            "key",
            format!("`{name}` belongs to OAuth, and an API key takes its place"),
        );
    }
}

/// A secret's name as functions read it from their environment.
pub(super) fn secret_name(name: &str, report: &mut Report<'_>) {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) || !name.chars().all(plain) {
        report.add(
            "key",
            format!("the secret `{name}` is not a name such as RESEND_API_KEY"),
        );
    }
}

fn place(connector: &Connector, key: &ApiKey, report: &mut Report<'_>) {
    let token = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let named = matches!(key.place, KeyPlace::Header | KeyPlace::Query);
    if named && !token(&key.field) {
        report.add(
            "key",
            format!("`{}` is not the name of a header or a query parameter", key.field),
        );
    }
    if !named
        && !key.field.is_empty()
        && (key.place != KeyPlace::Basic || !key.field.eq_ignore_ascii_case("authorization"))
    {
        report.add(
            "key",
            "`field` says nothing for a key in the path or in HTTP Basic; leave it away",
        );
    }
    match holes(&key.template) {
        None => report.add(
            "key",
            format!("the template `{}` has a brace without its pair", key.template),
        ),
        Some(names) => {
            if !names.contains(&"key") {
                report.add("key", format!("the template `{}` leaves the key out", key.template));
            }
            for name in names.iter().filter(|name| **name != "key") {
                if !connector.config.iter().any(|field| field.name == *name) {
                    report.add(
                        "key",
                        format!("the template names `{name}`, and no config field is called so"),
                    );
                }
            }
        }
    }
    if key.place == KeyPlace::Basic && !key.template.contains(':') {
        report.add(
            "key",
            "the template of HTTP Basic is `user:password`, with one of both empty where the vendor wants none",
        );
    }
    if key.place == KeyPlace::Path {
        for operation in connector
            .operations
            .iter()
            .filter(|operation| !operation.url.contains("{key}"))
        {
            report.add(
                "key",
                format!(
                    "{}: its address has no {{key}}, so it would go out without one",
                    operation.id
                ),
            );
        }
    }
    let more: &[&str] = if key.place == KeyPlace::Path { &["key"] } else { &[] };
    if !connector.auth.identity.url.is_empty() {
        config::address(
            connector,
            report,
            "the identity probe",
            &connector.auth.identity.url,
            more,
        );
    }
}
