//! Rules about signing in: endpoints, parameters, redirect rule, identity probe.

use super::{Report, config, is_pointer, key};
use crate::address::{Address, holes, host_of};
use crate::{Auth, ClientAuth, Connector, LongLived, RedirectRule, Revocation, RevokedBy, TokenPlace};

/// Parameters the flow itself sets; a file that names one could bend it.
const RESERVED: &[&str] = &[
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "response_type",
    "state",
];

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    let auth = &connector.auth;
    report.filled("the auth family", &auth.family);
    hosts(connector, report);
    identity(connector, report);
    if let Some(key) = &auth.key {
        key::check(connector, key, report);
        return;
    }
    let addresses = [
        ("the authorize URL", Some(auth.authorize_url.as_str())),
        ("the token URL", Some(auth.token_url.as_str())),
        ("the issuer", auth.issuer.as_deref()),
        ("the metadata URL", auth.metadata_url.as_deref()),
        ("the device URL", auth.device_url.as_deref()),
    ];
    for (what, url) in addresses {
        if let Some(url) = url {
            config::address(connector, report, what, url, &[]);
        }
    }
    if !auth.identity.url.is_empty() {
        config::address(connector, report, "the identity probe", &auth.identity.url, &[]);
    }
    if let Some(paste) = &auth.paste {
        report.https("the page for pasting", &paste.url);
        report.filled("what the vendor calls the token", &paste.name);
        if let Some(template) = &paste.template {
            only_token(template, report);
        }
    }
    if let Some(header) = &auth.token_header {
        let token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if header.name.is_empty() || !header.name.chars().all(token) {
            report.add("auth", format!("`{}` is not the name of a header", header.name));
        }
        only_token(&header.template, report);
    }
    revocation(connector, report);
    if let Some(long) = &auth.long_lived {
        long_lived(connector, long, report);
    }
    parameters(auth, report);
    redirect(connector, report);
}

/// What a header carries beside the token is written out.
fn only_token(template: &str, report: &mut Report<'_>) {
    if holes(template).as_deref() != Some(&["token"]) {
        report.add(
            "auth",
            format!("the template `{template}` needs {{token}}, and nothing else"),
        );
    }
}

fn parameters(auth: &Auth, report: &mut Report<'_>) {
    for param in &auth.authorize_params {
        if RESERVED.contains(&param.name.as_str()) || param.name == auth.scope_param {
            report.add(
                "auth",
                format!("the authorize parameter `{}` belongs to the flow itself", param.name),
            );
        }
    }
    if auth.scope_separator.is_empty() {
        report.add("auth", "the scope separator is empty, so two scopes would become one");
    }
    if auth.client_auth == ClientAuth::None && auth.pkce == crate::Pkce::Ignored {
        report.add(
            "auth",
            "a public client needs PKCE, and the vendor ignores it: anybody could redeem a stolen code",
        );
    }
    if auth.pkce == crate::Pkce::Refused && auth.client_auth == ClientAuth::None {
        report.add(
            "auth",
            "a public client needs PKCE, and the vendor refuses it: anybody could redeem a stolen code",
        );
    }
}

fn revocation(connector: &Connector, report: &mut Report<'_>) {
    let auth = &connector.auth;
    let revocation = &auth.revocation;
    let Some(url) = &auth.revoke_url else {
        if *revocation != Revocation::default() {
            report.add("revocation", "it says how a grant is taken back and not where");
        }
        return;
    };
    config::address(connector, report, "the revocation URL", url, &["client_id"]);
    if !["POST", "DELETE", "GET"].contains(&revocation.method.as_str()) {
        report.add(
            "revocation",
            format!("`{}` is not a method of revocation", revocation.method),
        );
    }
    let carried = revocation.place != TokenPlace::None;
    if carried && revocation.param.is_empty() {
        report.add("revocation", "the token has a place and no parameter that carries it");
    }
    if !carried && revocation.by != RevokedBy::Bearer {
        report.add("revocation", "nothing says which token is taken back");
    }
}

fn long_lived(connector: &Connector, long: &LongLived, report: &mut Report<'_>) {
    config::address(connector, report, "the exchange for a long-lived token", &long.url, &[]);
    report.filled("the exchange's grant type", &long.grant_type);
    report.filled("the exchange's parameter", &long.param);
    let renewal = [&long.refresh_url, &long.refresh_grant_type, &long.refresh_param];
    if renewal.iter().any(|part| part.is_some()) && renewal.iter().any(|part| part.is_none()) {
        report.add(
            "auth",
            "the renewal of the long-lived token needs an address, a grant type and a parameter, or none of them",
        );
    }
    if let Some(url) = &long.refresh_url {
        config::address(connector, report, "the renewal of the long-lived token", url, &[]);
    }
}

fn hosts(connector: &Connector, report: &mut Report<'_>) {
    for origin in &connector.hosts {
        config::address(connector, report, "the host", origin, &[]);
        if Address::parse(&origin.replace(['{', '}'], "")).is_ok_and(|address| !address.path.is_empty()) {
            report.add("hosts", format!("`{origin}` is not an origin: leave the path away"));
        }
    }
    if connector.hosts.is_empty() {
        report.add("hosts", "it names no host, so every call would be refused");
    }
}

fn redirect(connector: &Connector, report: &mut Report<'_>) {
    let https_only = connector.auth.redirect == RedirectRule::HttpsOnly;
    let local = connector.auth.paste.is_some() || connector.auth.device_url.is_some();
    let told = connector
        .setup
        .steps
        .iter()
        .chain(&connector.setup.traps)
        .any(|line| line.contains("https") && (local || line.contains("public")));
    if let Some(host) = &connector.auth.loopback_host
        && (host != "localhost" || https_only)
    {
        report.add(
            "redirect",
            format!("the loopback host `{host}` can only be localhost, and only where http is taken"),
        );
    }
    if https_only && !told {
        report.add("redirect", if local {
            "only https addresses are accepted, and neither a step nor a trap says so"
        } else {
            "only https addresses are accepted and no token can be pasted: a step or a trap has to say that a public https address is needed"
        });
    }
}

fn identity(connector: &Connector, report: &mut Report<'_>) {
    let identity = &connector.auth.identity;
    if !["GET", "POST"].contains(&identity.method.as_str()) {
        report.add(
            "identity",
            format!("the probe's method `{}` is neither GET nor POST", identity.method),
        );
    }
    if !identity.url.is_empty() && host_of(&identity.url).is_none() {
        report.add("identity", "the probe has no host");
    }
    if let Some(body) = &identity.body
        && (identity.method != "POST" || serde_json::from_str::<serde_json::Value>(body).is_err())
    {
        report.add("identity", "the probe's body is the JSON of a POST");
    }
    let pointers = [
        Some(identity.id.as_str()),
        Some(identity.label.as_str()),
        identity.email.as_deref(),
        connector.auth.quirks.lift.as_deref(),
    ];
    for pointer in pointers.into_iter().flatten() {
        if !is_pointer(pointer) {
            report.add(
                "identity",
                format!("`{pointer}` is not a JSON pointer such as /team/id"),
            );
        }
    }
}
