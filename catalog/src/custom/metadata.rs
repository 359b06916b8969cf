//! A vendor's own statement of how one signs in. Sources: RFC 8414 (authorization server metadata),
//! RFC 9728 (protected resource metadata), OpenID Connect Discovery 1.0.

use serde_json::Value;

use super::form::{origin, scope};
use super::{Draft, Read, unusable};
use crate::address::Address;
use crate::{CatalogError, ClientAuth, Pkce};

const WELL_KNOWN: &str = "/.well-known/";

/// Where the metadata of an address may be. An address inside `/.well-known/` is the one itself.
pub(super) fn addresses(url: &str) -> Vec<String> {
    let url = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if url.contains(WELL_KNOWN) {
        return vec![url.to_owned()];
    }
    let Ok(address) = Address::parse(url) else {
        return Vec::new();
    };
    let (host, path) = (&address.host, address.path);
    let mut all = vec![
        format!("https://{host}{WELL_KNOWN}oauth-protected-resource{path}"),
        format!("https://{host}{WELL_KNOWN}oauth-authorization-server{path}"),
        format!("https://{host}{WELL_KNOWN}openid-configuration{path}"),
        format!("https://{host}{path}{WELL_KNOWN}openid-configuration"),
    ];
    all.dedup();
    all
}

/// Reads either kind of metadata into the draft.
pub(super) fn read(draft: Draft, document: &Value, from: Option<&str>) -> Result<Read, CatalogError> {
    if document.get("token_endpoint").is_none() {
        return resource(draft, document);
    }
    server(draft, document, from).map(Read::Done)
}

fn resource(mut draft: Draft, document: &Value) -> Result<Read, CatalogError> {
    if let Some(resource) = text(document, "resource")
        && draft.hosts.is_empty()
    {
        draft.hosts.push(origin(&resource).map_err(|why| unusable(&why))?);
    }
    if let Some(name) = text(document, "resource_name") {
        draft.name.get_or_insert(name);
    }
    add_scopes(&mut draft, document);
    let servers = document.get("authorization_servers").and_then(Value::as_array);
    let next: Vec<String> = servers
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .flat_map(addresses)
        .filter(|url| !url.contains("oauth-protected-resource"))
        .collect();
    if next.is_empty() {
        return Err(unusable("it names no authorization server that can be asked"));
    }
    Ok(Read::Next(draft, next))
}

fn server(mut draft: Draft, document: &Value, from: Option<&str>) -> Result<Draft, CatalogError> {
    let https = |name: &str| -> Result<Option<String>, CatalogError> {
        let Some(url) = text(document, name) else {
            return Ok(None);
        };
        match Address::parse(&url) {
            Ok(_) => Ok(Some(url)),
            Err(why) => Err(unusable(&format!("its `{name}` can't be used: {why}"))),
        }
    };
    let issuer = https("issuer")?;
    // RFC 8414 §3.3: a document that speaks for another issuer than it was asked of is refused.
    if let (Some(issuer), Some(from)) = (&issuer, from) {
        let host = |url: &str| Address::parse(url).map(|address| address.host).ok();
        if host(issuer) != host(from) {
            return Err(unusable(&format!(
                "it was asked of {from} and speaks for the issuer {issuer}"
            )));
        }
    }
    draft.authorize_url = https("authorization_endpoint")?.or(draft.authorize_url);
    draft.token_url = https("token_endpoint")?.or(draft.token_url);
    let (revoke, device, userinfo) = (
        https("revocation_endpoint")?,
        https("device_authorization_endpoint")?,
        https("userinfo_endpoint")?,
    );
    let methods = words(document, "token_endpoint_auth_methods_supported");
    let has = |name: &str| methods.iter().any(|method| method == name);
    let client_auth = if methods.is_empty() || has("client_secret_basic") {
        // RFC 8414 §2: what is not said is client_secret_basic.
        ClientAuth::Basic
    } else if has("client_secret_post") {
        ClientAuth::Body
    } else if has("none") {
        ClientAuth::None
    } else {
        return Err(unusable(
            "its token endpoint takes only client authentication that Linchpin doesn't speak",
        ));
    };
    let challenges = words(document, "code_challenge_methods_supported");
    let pkce = if challenges.iter().any(|method| method == "S256") {
        Pkce::S256
    } else {
        Pkce::Ignored
    };
    if client_auth == ClientAuth::None && pkce == Pkce::Ignored {
        return Err(unusable(
            "it takes public clients and says nothing of PKCE, so anybody could redeem a stolen code",
        ));
    }
    let sends_iss = document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true));
    let credentials = words(document, "grant_types_supported")
        .iter()
        .any(|grant| grant == "client_credentials");
    let offered = words(document, "scopes_supported");
    draft.set_auth(|auth| {
        auth.revoke_url = revoke;
        auth.device_url = device;
        auth.issuer = issuer.filter(|_| sends_iss);
        auth.metadata_url = from.map(str::to_owned);
        auth.client_auth = client_auth;
        auth.pkce = pkce;
        auth.client_credentials = credentials;
        if let Some(url) = userinfo {
            auth.identity.url = url;
            auth.identity.label = "/email".to_owned();
            auth.identity.email = Some("/email".to_owned());
            auth.base_scopes = ["openid", "email"]
                .iter()
                .filter(|name| offered.iter().any(|own| own == *name))
                .map(|name| (*name).to_owned())
                .collect();
        }
    })?;
    draft.metadata_url = None;
    add_scopes(&mut draft, document);
    Ok(draft)
}

fn add_scopes(draft: &mut Draft, document: &Value) {
    for name in words(document, "scopes_supported") {
        if !name.is_empty() && !name.contains(char::is_whitespace) && !draft.scopes.iter().any(|own| own.name == name) {
            draft.scopes.push(scope(&name, ""));
        }
    }
}

fn text(document: &Value, name: &str) -> Option<String> {
    document.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn words(document: &Value, name: &str) -> Vec<String> {
    let list = document.get(name).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
