//! Whose account was connected: asked of the provider right after the exchange, so that a person sees it and
//! another account on reconnect is noticed. The same call verifies an API key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use linchpin_catalog::{ApiKey, Connector, KeyPlace};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::config::{Config, carried, fits, from_identity};
use crate::quirks::dress;
use crate::token::https;
use crate::wire::not_busy;
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

type Show = fn(&Connector, &Secret, &mut http::Request<Vec<u8>>) -> Option<()>;

/// What the probe said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Whose account it is.
    pub account: Account,
    /// The token's scopes, where the vendor says them (`X-OAuth-Scopes`).
    pub scopes: Vec<String>,
    /// Config values that the answer filled.
    pub config: Config,
}

impl Wire {
    /// Asks whose account a grant is, at the catalog's address or in the token answer itself.
    ///
    /// # Errors
    /// When the provider can't be asked or names nobody.
    pub async fn identify(&self, connector: &Connector, grant: &Grant) -> Result<Who, OauthError> {
        if !connector.auth.identity.url.is_empty() {
            return self.whoami(connector, &grant.access).await;
        }
        let said = Value::Object(grant.rest.clone());
        Ok(Who {
            account: account(connector, &said).ok_or_else(|| nobody(connector))?,
            scopes: Vec::new(),
            config: from_identity(connector, &said)?,
        })
    }

    /// Asks whose account a bare token is (a pasted one), and which scopes it has where the vendor says so.
    ///
    /// # Errors
    /// When the provider can't be asked, refuses the token or names nobody.
    pub async fn whoami(&self, connector: &Connector, access: &Secret) -> Result<Who, OauthError> {
        self.probe_with(connector, access, show_token).await
    }

    /// As [`Self::whoami`], for a token that a person pasted: some vendors take those under another scheme.
    ///
    /// # Errors
    /// As [`Self::whoami`].
    pub async fn whose_paste(&self, connector: &Connector, pasted: &Secret) -> Result<Who, OauthError> {
        self.probe_with(connector, pasted, show_paste).await
    }

    async fn probe_with(&self, connector: &Connector, token: &Secret, show: Show) -> Result<Who, OauthError> {
        // HubSpot names the token in the path; nobody else may.
        let address = connector.auth.identity.url.replace("{access_token}", token.expose());
        let mut request = probe(connector, &address)?;
        show(connector, token, &mut request).ok_or_else(|| nobody(connector))?;
        let (_, scopes, said) = self.ask(connector, request).await?;
        let said = said.ok_or_else(|| nobody(connector))?;
        Ok(Who {
            account: account(connector, &said).ok_or_else(|| nobody(connector))?,
            scopes,
            config: from_identity(connector, &said)?,
        })
    }

    /// Asks whether an API key is good, and whose it is. A vendor that names nobody gets a name made of the
    /// key's hash, so that another key is another account.
    ///
    /// # Errors
    /// When the key is not of the vendor's form, the vendor can't be asked, or refuses it.
    pub async fn verify_key(&self, connector: &Connector, secret: &Secret, config: &Config) -> Result<Who, OauthError> {
        let key = connector.auth.key.as_ref().ok_or_else(|| OauthError::NoSuchWay {
            name: connector.name.clone(),
            how: "with an API key",
            next: "Connect it in the browser.".into(),
        })?;
        looks_like(connector, key, secret.expose())?;
        let mut request = probe(
            connector,
            &connector.auth.identity.url.replace("{key}", secret.expose()),
        )?;
        show_key(key, secret, config, &mut request).ok_or_else(|| refused_key(connector, key))?;
        let (status, scopes, said) = self.ask(connector, request).await?;
        let Some(said) = said else {
            // 401 and 403 are about the key; anything else is about the call.
            return match status {
                401 | 403 | 404 => Err(refused_key(connector, key)),
                _ => Err(nobody(connector)),
            };
        };
        let hash = Sha256::digest(secret.expose().as_bytes());
        let name = hash.iter().take(6).fold(String::from("key:"), |mut name, byte| {
            use std::fmt::Write as _;
            let _ = write!(name, "{byte:02x}");
            name
        });
        let named = account(connector, &said);
        Ok(Who {
            account: named.unwrap_or(Account {
                label: label(&key.name).unwrap_or_default(),
                id: name,
                email: None,
            }),
            scopes,
            config: from_identity(connector, &said)?,
        })
    }

    /// The status, the scopes a header names, and the answer when it is a good one.
    async fn ask(
        &self,
        connector: &Connector,
        request: http::Request<Vec<u8>>,
    ) -> Result<(u16, Vec<String>, Option<Value>), OauthError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = self.send(request).await?;
        let status = answer.status().as_u16();
        not_busy(&host, &answer)?;
        let scopes = answer.headers().get("x-oauth-scopes").and_then(|v| v.to_str().ok());
        let scopes = scopes.unwrap_or_default().split(',').map(str::trim);
        let scopes = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let said: Option<Value> = serde_json::from_slice(answer.body()).ok();
        let ok_field = connector.auth.quirks.ok_field.as_deref();
        let good = answer.status().is_success();
        let said = said.filter(|said| {
            good && ok_field.is_none_or(|name| said.get(name) != Some(&Value::Bool(false)))
                && said.get("error").is_none_or(|e| e.is_null() || e == false || e == "")
        });
        Ok((status, scopes, said))
    }
}

/// Puts an access token where the vendor's calls carry it; `None` when it can't stand there.
pub fn show_token(connector: &Connector, access: &Secret, request: &mut http::Request<Vec<u8>>) -> Option<()> {
    let (name, text) = match &connector.auth.token_header {
        Some(header) => (
            HeaderName::from_bytes(header.name.as_bytes()).ok()?,
            header.template.replace("{token}", access.expose()),
        ),
        None => (AUTHORIZATION, format!("Bearer {}", access.expose())),
    };
    request.headers_mut().insert(name, secret_header(&text)?);
    Some(())
}

/// Puts a pasted token where the vendor's calls carry it; `None` when it can't stand there.
pub fn show_paste(connector: &Connector, pasted: &Secret, request: &mut http::Request<Vec<u8>>) -> Option<()> {
    let Some(template) = connector.auth.paste.as_ref().and_then(|paste| paste.template.as_ref()) else {
        return show_token(connector, pasted, request);
    };
    let text = template.replace("{token}", pasted.expose());
    request.headers_mut().insert(AUTHORIZATION, secret_header(&text)?);
    Some(())
}

/// Puts a key where the vendor's calls carry it; `None` when it can't stand there.
pub fn show_key(key: &ApiKey, secret: &Secret, config: &Config, request: &mut http::Request<Vec<u8>>) -> Option<()> {
    let text = carried(key, secret.expose(), config);
    match key.place {
        KeyPlace::Header => {
            let name = HeaderName::from_bytes(key.field.as_bytes()).ok()?;
            request.headers_mut().insert(name, secret_header(&text)?);
        }
        KeyPlace::Basic => {
            let value = secret_header(&format!("Basic {}", STANDARD.encode(text)))?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        KeyPlace::Query => {
            let mut url = Url::parse(&request.uri().to_string()).ok()?;
            url.query_pairs_mut().append_pair(&key.field, &text);
            *request.uri_mut() = url.as_str().parse().ok()?;
        }
        KeyPlace::Path => {}
    }
    Some(())
}

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A wrong paste is noticed before it is sent anywhere.
fn looks_like(connector: &Connector, key: &ApiKey, text: &str) -> Result<(), OauthError> {
    let visible = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let begins = key.prefix.as_deref().is_none_or(|prefix| text.starts_with(prefix));
    let formed = key.pattern.as_deref().is_none_or(|pattern| fits(pattern, text));
    // In a path it must stay one segment, whatever the pattern says.
    let stays = key.place != KeyPlace::Path || text.bytes().all(|b| b.is_ascii_alphanumeric() || b":_-.".contains(&b));
    if visible && begins && formed && stays {
        return Ok(());
    }
    let begin = match &key.prefix {
        Some(prefix) => format!(", which begins with {prefix}"),
        None => String::new(),
    };
    Err(OauthError::BadKey {
        name: connector.name.clone(),
        key: key.name.clone(),
        begin,
        url: key.url.clone(),
    })
}

fn refused_key(connector: &Connector, key: &ApiKey) -> OauthError {
    OauthError::KeyRefused {
        name: connector.name.clone(),
        key: key.name.clone(),
        url: key.url.clone(),
    }
}

fn nobody(connector: &Connector) -> OauthError {
    OauthError::NoAccount {
        name: connector.name.clone(),
    }
}

fn probe(connector: &Connector, address: &str) -> Result<http::Request<Vec<u8>>, OauthError> {
    let identity = &connector.auth.identity;
    let bad = || OauthError::BadEndpoint {
        connector: connector.id.clone(),
        which: "identity",
    };
    let mut request = http::Request::new(identity.body.clone().unwrap_or_default().into_bytes());
    if identity.method.eq_ignore_ascii_case("post") {
        *request.method_mut() = http::Method::POST;
    }
    *request.uri_mut() = https(&connector.id, "identity", address)?.parse().map_err(|_| bad())?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if identity.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    dress(&connector.auth.quirks, headers);
    Ok(request)
}

fn account(connector: &Connector, said: &Value) -> Option<Account> {
    let identity = &connector.auth.identity;
    let at = |pointer: &str| (pointer.starts_with('/')).then(|| said.pointer(pointer)).flatten();
    let text = |pointer: &str| match at(pointer)? {
        Value::String(text) => label(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    // The id is compared, so it is taken as it is; a hostile one is refused, not mended.
    let id = match at(&identity.id)? {
        Value::String(id) if !id.is_empty() && id.len() <= 256 && !id.chars().any(char::is_control) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let email = identity.email.as_deref().and_then(text);
    let label = text(&identity.label)
        .or_else(|| email.clone())
        .or_else(|| label(&id))
        .unwrap_or_default();
    Some(Account { id, label, email })
}
