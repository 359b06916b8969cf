//! RFC 7009: telling the provider that a token is no longer wanted. Deleting a row is not revoking.

use std::cell::RefCell;

use http::header::{AUTHORIZATION, HeaderValue};
use linchpin_catalog::Connector;
use oauth2::{AccessToken, RefreshToken, RevocationUrl, StandardRevocableToken};

use crate::quirks::{bend, code};
use crate::token::{Aside, OauthClient, https, protocol, refused};
use crate::wire::{now_ms, retry_after};
use crate::{OauthError, Secret, Wire};

/// Which token is revoked; a hint for the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token; most providers end its access tokens with it.
    Refresh,
}

impl Wire {
    /// Revokes a token. `Ok(false)` when the vendor has no endpoint for it, so that a person has to do it there.
    /// A token the provider no longer knows counts as revoked (RFC 7009 §2.2).
    ///
    /// # Errors
    /// When the provider could not be asked or refused; the token may then still be alive.
    pub async fn revoke(
        &self,
        connector: &Connector,
        client: &OauthClient,
        token: &Secret,
        kind: TokenKind,
    ) -> Result<bool, OauthError> {
        let Some(address) = &connector.auth.revoke_url else {
            return Ok(false);
        };
        let bad = || OauthError::BadEndpoint {
            connector: connector.id.clone(),
            which: "revocation",
        };
        let address = RevocationUrl::new(https(&connector.id, "revocation", address)?).map_err(|_| bad())?;
        let text = token.expose().to_owned();
        let token = match kind {
            TokenKind::Access => StandardRevocableToken::AccessToken(AccessToken::new(text)),
            TokenKind::Refresh => StandardRevocableToken::RefreshToken(RefreshToken::new(text)),
        };
        let slot = RefCell::new(None);
        let protocol = protocol(connector, client)?.set_revocation_url(address);
        let request = protocol.revoke_token(token).map_err(|_| bad())?;
        let _ = request.request(&|request| -> Result<_, Aside> {
            slot.replace(Some(request));
            Err(Aside)
        });
        let mut request = slot.into_inner().ok_or_else(bad)?;
        if connector.auth.quirks.ok_field.is_some() && !request.headers().contains_key(AUTHORIZATION) {
            // Vendors whose calls answer `ok` take the token as the caller's own (Slack `auth.revoke`).
            let bearer = kind_text(&request).and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
            if let Some(mut bearer) = bearer {
                bearer.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, bearer);
            }
        }
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = self.send(bend(&connector.auth.quirks, request)).await?;
        judge(connector, host, &answer)
    }
}

fn kind_text(request: &http::Request<Vec<u8>>) -> Option<String> {
    url::form_urlencoded::parse(request.body())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
}

fn judge(connector: &Connector, host: String, answer: &http::Response<Vec<u8>>) -> Result<bool, OauthError> {
    let status = answer.status().as_u16();
    if status == 429 || status >= 500 {
        return Err(OauthError::Busy {
            host,
            status,
            retry_after: retry_after(answer.headers(), now_ms()),
        });
    }
    let said: Option<serde_json::Value> = serde_json::from_slice(answer.body()).ok();
    let member = |name: &str| said.as_ref().and_then(|said| said.get(name));
    let not_ok = connector
        .auth
        .quirks
        .ok_field
        .as_deref()
        .is_some_and(|name| member(name).is_some_and(|v| v == false));
    if (200..300).contains(&status) && !not_ok {
        return Ok(true);
    }
    let code = code(member("error").and_then(serde_json::Value::as_str).unwrap_or_default());
    // The token is not known there any more: what was wanted.
    if matches!(code.as_str(), "invalid_token" | "invalid_grant" | "invalid_auth") || status == 404 {
        return Ok(true);
    }
    Err(refused(connector, host, code))
}
