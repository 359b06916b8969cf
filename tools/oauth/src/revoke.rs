//! RFC 7009 and the ways vendors depart from it: telling the provider that tokens are no longer wanted.
//! Deleting a row is not revoking.
//!
//! Who asks, where the token goes and which token it is are data (`catalog::Revocation`). Invariant: a token
//! the provider no longer knows counts as revoked (RFC 7009 §2.2); everything else that is not a yes is an
//! error, so that whoever keeps the token asks again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use linchpin_catalog::{ClientAuth, Connector, RevokedBy, RevokedToken, TokenPlace};
use serde_json::{Map, Value};
use url::Url;

use crate::quirks::{code, dress};
use crate::token::{OauthClient, https, is_the_vendors, refused};
use crate::wire::not_busy;
use crate::{OauthError, Secret, Wire};

/// The tokens of one grant.
#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    /// The access token.
    pub access: Option<&'a Secret>,
    /// The refresh token.
    pub refresh: Option<&'a Secret>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Access,
    Refresh,
}

impl Wire {
    /// Revokes a grant. `Ok(false)` when the vendor has no endpoint for it, so that a person has to do it there.
    ///
    /// # Errors
    /// When the provider could not be asked or refused; the tokens may then still be alive.
    pub async fn revoke(
        &self,
        connector: &Connector,
        client: &OauthClient,
        tokens: Tokens<'_>,
    ) -> Result<bool, OauthError> {
        let Some(address) = &connector.auth.revoke_url else {
            return Ok(false);
        };
        let host = address.as_str();
        for (token, kind) in wanted(connector, tokens) {
            let request = request(connector, client, host, token, kind, tokens)?;
            let host = request.uri().host().unwrap_or_default().to_owned();
            let answer = self.send(request).await?;
            judge(connector, host, &answer)?;
        }
        Ok(true)
    }
}

/// Which tokens are told of, in this order.
fn wanted<'a>(connector: &Connector, tokens: Tokens<'a>) -> Vec<(&'a Secret, Kind)> {
    let refresh = tokens.refresh.filter(|token| is_the_vendors(token));
    let access = tokens.access.map(|token| (token, Kind::Access));
    let refresh = refresh.map(|token| (token, Kind::Refresh));
    let style = &connector.auth.revocation;
    let same = |a: &(&Secret, Kind)| refresh.is_some_and(|(r, _)| r.expose() == a.0.expose());
    match style.token {
        RevokedToken::Access => access.or(refresh).into_iter().collect(),
        // The refresh token first: it is the one that lives long, and most providers end both with it.
        RevokedToken::Refresh if is_standard(connector) => refresh
            .into_iter()
            .chain(access.filter(|access| !same(access)))
            .collect(),
        // The token that shows itself is dead after the first time.
        RevokedToken::Refresh => refresh.or(access).into_iter().collect(),
    }
}

fn is_standard(connector: &Connector) -> bool {
    let style = &connector.auth.revocation;
    style.by != RevokedBy::Bearer && style.place == TokenPlace::Form && style.method.eq_ignore_ascii_case("post")
}

fn request(
    connector: &Connector,
    client: &OauthClient,
    address: &str,
    token: &Secret,
    kind: Kind,
    tokens: Tokens<'_>,
) -> Result<http::Request<Vec<u8>>, OauthError> {
    let (auth, style) = (&connector.auth, &connector.auth.revocation);
    let bad = || OauthError::BadEndpoint {
        connector: connector.id.clone(),
        which: "revocation",
    };
    // GitHub names the client in the path.
    let id: String = url::form_urlencoded::byte_serialize(client.id.as_bytes()).collect();
    let mut url = Url::parse(&https(
        &connector.id,
        "revocation",
        &address.replace("{client_id}", &id),
    )?)
    .map_err(|_| bad())?;
    let mut pairs = vec![(style.param.as_str(), token.expose())];
    if style.place == TokenPlace::None {
        pairs.clear();
    } else if is_standard(connector) && style.param == "token" && !auth.quirks.json_body {
        let hint = match kind {
            Kind::Access => "access_token",
            Kind::Refresh => "refresh_token",
        };
        pairs.push(("token_type_hint", hint));
    }
    let secret = client.secret.as_ref().map(Secret::expose);
    let id_name = auth.quirks.client_id_param.as_deref().unwrap_or("client_id");
    let mut shown = None;
    match (style.by, auth.client_auth) {
        (RevokedBy::Nobody, _) => {}
        (RevokedBy::Bearer, _) => {
            let bearer = tokens.access.unwrap_or(token);
            shown = HeaderValue::from_str(&format!("Bearer {}", bearer.expose())).ok();
        }
        (RevokedBy::Secret, _) => {
            pairs.push((id_name, &client.id));
            shown = HeaderValue::from_str(&format!("Client {}", secret.unwrap_or_default())).ok();
        }
        (RevokedBy::Basic, _) | (RevokedBy::Client, ClientAuth::Basic) => {
            shown = basic(&client.id, secret.unwrap_or_default());
        }
        (RevokedBy::Client, ClientAuth::Body) => {
            pairs.push((id_name, &client.id));
            pairs.extend(secret.map(|secret| ("client_secret", secret)));
        }
        (RevokedBy::Client, ClientAuth::None) => pairs.push((id_name, &client.id)),
    }
    let mut request = http::Request::new(Vec::new());
    let content = match style.place {
        TokenPlace::Query => {
            url.query_pairs_mut().extend_pairs(&pairs);
            None
        }
        _ if pairs.is_empty() => None,
        TokenPlace::Form if !auth.quirks.json_body => {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&pairs)
                .finish();
            *request.body_mut() = form.into_bytes();
            Some("application/x-www-form-urlencoded")
        }
        TokenPlace::Form | TokenPlace::Json | TokenPlace::None => {
            let object: Map<String, Value> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).into())).collect();
            *request.body_mut() = Value::Object(object).to_string().into_bytes();
            Some("application/json")
        }
    };
    *request.method_mut() = style.method.to_ascii_uppercase().parse().map_err(|_| bad())?;
    *request.uri_mut() = url.as_str().parse().map_err(|_| bad())?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(content) = content {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
    }
    if let Some(mut shown) = shown {
        shown.set_sensitive(true);
        headers.insert(AUTHORIZATION, shown);
    }
    dress(&auth.quirks, headers);
    Ok(request)
}

/// HTTP Basic as OAuth has it: both halves form-encoded first (RFC 6749 §2.3.1).
pub(crate) fn basic(id: &str, secret: &str) -> Option<HeaderValue> {
    let half = |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let encoded = STANDARD.encode(format!("{}:{}", half(id), half(secret)));
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn judge(connector: &Connector, host: String, answer: &http::Response<Vec<u8>>) -> Result<(), OauthError> {
    let status = answer.status().as_u16();
    not_busy(&host, answer)?;
    let said: Option<Value> = serde_json::from_slice(answer.body()).ok();
    let member = |name: &str| said.as_ref().and_then(|said| said.get(name));
    let not_ok = connector
        .auth
        .quirks
        .ok_field
        .as_deref()
        .is_some_and(|name| member(name).is_some_and(|v| v == false));
    if (200..300).contains(&status) && !not_ok {
        return Ok(());
    }
    let code = code(member("error").and_then(Value::as_str).unwrap_or_default());
    // The token is not known there any more: what was wanted. A token that shows itself says so with 401.
    let by_itself = matches!(connector.auth.revocation.by, RevokedBy::Bearer | RevokedBy::Nobody);
    if matches!(code.as_str(), "invalid_token" | "invalid_grant" | "invalid_auth")
        || status == 404
        || (status == 401 && by_itself)
    {
        return Ok(());
    }
    Err(refused(connector, host, code))
}
