//! Whose account was connected: asked of the provider right after the exchange, so that a person sees it and
//! another account on reconnect is noticed.

use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use linchpin_catalog::Connector;
use serde_json::{Map, Value};

use crate::quirks::{dress, pick};
use crate::token::https;
use crate::wire::{now_ms, retry_after};
use crate::{Grant, OauthError, Secret, Wire, label};

/// Who consented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider's own stable id.
    pub id: String,
    /// What a person recognises; made harmless to show.
    pub label: String,
    /// An e-mail address, when there is one.
    pub email: Option<String>,
}

impl Wire {
    /// Asks whose account a grant is, at the catalog's address or in the token answer itself.
    ///
    /// # Errors
    /// When the provider can't be asked or names nobody.
    pub async fn identify(&self, connector: &Connector, grant: &Grant) -> Result<Account, OauthError> {
        if connector.auth.identity.url.is_empty() {
            return account(connector, &grant.rest);
        }
        self.whoami(connector, &grant.access).await.map(|(account, _)| account)
    }

    /// Asks whose account a bare token is (a pasted one), and which scopes it has where the vendor says so
    /// (`X-OAuth-Scopes`).
    ///
    /// # Errors
    /// When the provider can't be asked, refuses the token or names nobody.
    pub async fn whoami(&self, connector: &Connector, access: &Secret) -> Result<(Account, Vec<String>), OauthError> {
        let identity = &connector.auth.identity;
        let nobody = || OauthError::NoAccount {
            name: connector.name.clone(),
        };
        let bad = || OauthError::BadEndpoint {
            connector: connector.id.clone(),
            which: "identity",
        };
        let method = if identity.method.eq_ignore_ascii_case("post") {
            http::Method::POST
        } else {
            http::Method::GET
        };
        // HubSpot names the token in the path; nobody else may.
        let address = https(
            &connector.id,
            "identity",
            &identity.url.replace("{access_token}", access.expose()),
        )?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access.expose())).map_err(|_| nobody())?;
        bearer.set_sensitive(true);
        let mut request = http::Request::builder()
            .method(method)
            .uri(address)
            .body(Vec::new())
            .map_err(|_| bad())?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        dress(&connector.auth.quirks, request.headers_mut());
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = self.send(request).await?;
        let status = answer.status().as_u16();
        if status == 429 || status >= 500 {
            return Err(OauthError::Busy {
                host,
                status,
                retry_after: retry_after(answer.headers(), now_ms()),
            });
        }
        let scopes = answer
            .headers()
            .get("x-oauth-scopes")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let scopes = scopes
            .split(',')
            .map(|scope| scope.trim().to_owned())
            .filter(|scope| !scope.is_empty())
            .collect();
        match serde_json::from_slice(answer.body()) {
            Ok(Value::Object(object)) if answer.status().is_success() => {
                let not_ok = connector
                    .auth
                    .quirks
                    .ok_field
                    .as_deref()
                    .is_some_and(|name| object.get(name) == Some(&Value::Bool(false)));
                if not_ok {
                    Err(nobody())
                } else {
                    Ok((account(connector, &object)?, scopes))
                }
            }
            _ => Err(nobody()),
        }
    }
}

fn account(connector: &Connector, object: &Map<String, Value>) -> Result<Account, OauthError> {
    let identity = &connector.auth.identity;
    let text = |pointer: &str| match pick(object, pointer)? {
        Value::String(text) => label(&text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    // The id is compared, so it is taken as it is; a hostile one is refused, not mended.
    let id = match pick(object, &identity.id) {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= 256 && !id.chars().any(char::is_control) => Some(id),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let id = id.ok_or_else(|| OauthError::NoAccount {
        name: connector.name.clone(),
    })?;
    let email = identity.email.as_deref().and_then(text);
    let label = text(&identity.label)
        .or_else(|| email.clone())
        .or_else(|| label(&id))
        .unwrap_or_default();
    Ok(Account { id, label, email })
}
