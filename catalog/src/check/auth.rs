//! Rules about signing in: endpoints, parameters, redirect rule, identity probe.

use super::{Report, is_pointer};
use crate::address::{Address, host_of};
use crate::{ClientAuth, Connector, RedirectRule};

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
    report.https("the authorize URL", &auth.authorize_url);
    report.https("the token URL", &auth.token_url);
    let more = [
        ("the revocation URL", auth.revoke_url.as_deref()),
        ("the issuer", auth.issuer.as_deref()),
        ("the device URL", auth.device_url.as_deref()),
        (
            "the page for pasting",
            auth.paste.as_ref().map(|paste| paste.url.as_str()),
        ),
    ];
    for (what, url) in more {
        if let Some(url) = url {
            report.https(what, url);
        }
    }
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
    redirect(connector, report);
    identity(connector, report);
    for origin in &connector.hosts {
        report.https("the host", origin);
        if Address::parse(origin).is_ok_and(|address| !address.path.is_empty()) {
            report.add("hosts", format!("`{origin}` is not an origin: leave the path away"));
        }
    }
    if connector.hosts.is_empty() {
        report.add("hosts", "it names no host, so every call would be refused");
    }
}

fn redirect(connector: &Connector, report: &mut Report<'_>) {
    let https_only = connector.auth.redirect == RedirectRule::HttpsOnly;
    let told = connector
        .setup
        .steps
        .iter()
        .chain(&connector.setup.traps)
        .any(|line| line.contains("https"));
    if let Some(host) = &connector.auth.loopback_host
        && (host != "localhost" || https_only)
    {
        report.add(
            "redirect",
            format!("the loopback host `{host}` can only be localhost, and only where http is taken"),
        );
    }
    if https_only && !told {
        report.add(
            "redirect",
            "only https addresses are accepted, and neither a step nor a trap says so",
        );
    }
    if https_only && connector.auth.paste.is_none() && connector.auth.device_url.is_none() {
        report.add("redirect", "only https addresses are accepted and no token can be pasted: nobody could connect it on their own machine");
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
    if !identity.url.is_empty() {
        report.https("the identity probe", &identity.url);
        if host_of(&identity.url).is_none() {
            report.add("identity", "the probe has no host");
        }
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
