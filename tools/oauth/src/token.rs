//! The token endpoint: a code or a refresh token in, a [`Grant`] out, in two steps.
//!
//! [`Wire::exchange`] and [`Wire::refresh`] only bring the answer home as [`Raw`]; [`read`] interprets it,
//! with the `oauth2` crate, and needs no network. Between the two a caller writes the answer down, so that a
//! rotated token survives a crash (`security.md` §2.3 d). Source: RFC 6749 §4.1.3, §5, §6.

use std::cell::RefCell;
use std::sync::Mutex;

use http::header::CONTENT_TYPE;
use linchpin_catalog::{Auth, ClientAuth, Connector, Pkce};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields,
    PkceCodeVerifier, RedirectUrl, RefreshToken, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::Secret;
use crate::config::{Config, from_token};
use crate::error::OauthError;
use crate::expiry::expires_at;
use crate::quirks::{Answer, bend, dress, straighten};
use crate::wire::{Wire, now_ms, retry_after};

/// A client at a provider: the builder's own, or the operator's.
pub struct OauthClient {
    /// The public id.
    pub id: String,
    /// The secret, when the client has one.
    pub secret: Option<Secret>,
}

/// What a token endpoint answered, before anything has interpreted it. Holds tokens: no `Debug`.
pub struct Raw {
    status: u16,
    received_at: i64,
    retry_after: Option<u64>,
    content_type: String,
    host: String,
    body: Zeroizing<Vec<u8>>,
}

/// What stands in the place of a refresh token for a token of the client's own.
const BY_CLIENT: &str = "urn:linchpin:by-client";

/// Whether this is a token that the vendor gave, and can be told to revoke.
pub(crate) fn is_the_vendors(token: &Secret) -> bool {
    token.expose() != BY_CLIENT
}

/// What a provider granted.
pub struct Grant {
    /// The access token.
    pub access: Secret,
    /// A refresh token, when one came. After a refresh without one, the old one stays good.
    pub refresh: Option<Secret>,
    /// Usually `bearer`.
    pub token_type: String,
    /// When the access token runs out, in milliseconds since the epoch; `None` when it doesn't.
    pub expires_at: Option<i64>,
    /// Scopes as the answer names them; `None` when it doesn't, which means those asked for (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
    /// Every other member of the answer, for the identity probe.
    pub(crate) rest: Map<String, Value>,
}

impl Grant {
    /// A grant of the client's own: it is renewed by asking as the client again.
    #[must_use]
    pub fn of_the_client(self) -> Self {
        Self {
            refresh: Some(Secret::from(BY_CLIENT)),
            ..self
        }
    }

    /// The long-lived grant in the place of this one; what only this one's answer said is kept.
    #[must_use]
    pub fn lengthened(mut self, long: Self) -> Self {
        self.rest.extend(long.rest);
        Self {
            scopes: long.scopes.or(self.scopes),
            rest: self.rest,
            ..long
        }
    }

    /// What the answer says of config fields (Salesforce's `instance_url`).
    ///
    /// # Errors
    /// When a value is not of its field's form.
    pub fn config(&self, connector: &Connector) -> Result<Config, OauthError> {
        from_token(connector, &Value::Object(self.rest.clone()))
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Rest {
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rest(..)")
    }
}

impl ExtraTokenFields for Rest {}

type Answered = StandardTokenResponse<Rest, BasicTokenType>;
pub(crate) type Protocol<R = EndpointNotSet> = Client<
    BasicErrorResponse,
    Answered,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    R,
    EndpointSet,
>;

/// The network's part is done by us; this says so to the `oauth2` crate.
#[derive(Debug, thiserror::Error)]
#[error("handled outside")]
pub(crate) struct Aside;

/// The `oauth2` client of a connector.
pub(crate) fn protocol(connector: &Connector, client: &OauthClient) -> Result<Protocol, OauthError> {
    let auth = &connector.auth;
    let bad = |_| OauthError::BadEndpoint {
        connector: connector.id.clone(),
        which: "token",
    };
    let token_url = TokenUrl::new(https(&connector.id, "token", &auth.token_url)?).map_err(bad)?;
    let mut protocol = Client::new(ClientId::new(client.id.clone()))
        .set_token_uri(token_url)
        .set_auth_type(match auth.client_auth {
            ClientAuth::Basic => AuthType::BasicAuth,
            ClientAuth::Body | ClientAuth::None => AuthType::RequestBody,
        });
    if let Some(secret) = &client.secret
        && auth.client_auth != ClientAuth::None
    {
        protocol = protocol.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    Ok(protocol)
}

/// The catalog's address, when it is https and nothing else.
pub(crate) fn https(connector: &str, which: &'static str, address: &str) -> Result<String, OauthError> {
    let bad = || OauthError::BadEndpoint {
        connector: connector.to_owned(),
        which,
    };
    let url = url::Url::parse(address).map_err(|_| bad())?;
    // A hole left over is a config value that is not known: no token goes to half an address.
    let plain = url.scheme() == "https"
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && !address.contains(['{', '}']);
    if plain { Ok(address.to_owned()) } else { Err(bad()) }
}

impl Wire {
    /// Sends a code to the token endpoint. `redirect_uri` is the one of the authorize request.
    ///
    /// # Errors
    /// When no answer came home; an answer of any kind but a redirect is not an error here.
    pub async fn exchange(
        &self,
        connector: &Connector,
        client: &OauthClient,
        redirect_uri: &str,
        code: Secret,
        verifier: Secret,
    ) -> Result<Raw, OauthError> {
        let bad = |_| OauthError::BadEndpoint {
            connector: connector.id.clone(),
            which: "redirect",
        };
        let protocol =
            protocol(connector, client)?.set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).map_err(bad)?);
        let mut request = protocol.exchange_code(AuthorizationCode::new(code.expose().to_owned()));
        if connector.auth.pkce != Pkce::Refused {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        }
        let slot = RefCell::new(None);
        let _ = request.request(&|request| -> Result<_, Aside> {
            slot.replace(Some(request));
            Err(Aside)
        });
        self.token_endpoint(connector, slot.into_inner()).await
    }

    /// Renews an access token: with a refresh token, with the long-lived token itself where the vendor has
    /// those, or as the client again for a token that is the client's own ([`Grant::of_the_client`]).
    /// `scopes` are those granted; only the last way names them.
    ///
    /// # Errors
    /// When no answer came home; an answer of any kind but a redirect is not an error here.
    pub async fn refresh(
        &self,
        connector: &Connector,
        client: &OauthClient,
        refresh: &Secret,
        scopes: &[String],
    ) -> Result<Raw, OauthError> {
        if refresh.expose() == BY_CLIENT {
            return self.client_credentials(connector, client, scopes).await;
        }
        if let Some(request) = crate::long::renewal(connector, refresh)? {
            return self.token_endpoint(connector, Some(request)).await;
        }
        let protocol = protocol(connector, client)?;
        let token = RefreshToken::new(refresh.expose().to_owned());
        let slot = RefCell::new(None);
        let _ = protocol
            .exchange_refresh_token(&token)
            .request(&|request| -> Result<_, Aside> {
                slot.replace(Some(request));
                Err(Aside)
            });
        self.token_endpoint(connector, slot.into_inner()).await
    }

    /// Asks for a token of the client's own, which stands for no person (RFC 6749 §4.4).
    ///
    /// # Errors
    /// When the vendor has no such tokens, or no answer came home.
    pub async fn client_credentials(
        &self,
        connector: &Connector,
        client: &OauthClient,
        scopes: &[String],
    ) -> Result<Raw, OauthError> {
        if !connector.auth.client_credentials {
            return Err(OauthError::NoSuchWay {
                name: connector.name.clone(),
                how: "as a program",
                next: "Connect it in the browser.".into(),
            });
        }
        let protocol = protocol(connector, client)?;
        let mut request = protocol.exchange_client_credentials();
        if !scopes.is_empty() && !connector.auth.scope_param.is_empty() {
            request = request.add_extra_param("scope", scopes.join(&connector.auth.scope_separator));
        }
        let slot = RefCell::new(None);
        let _ = request.request(&|request| -> Result<_, Aside> {
            slot.replace(Some(request));
            Err(Aside)
        });
        self.token_endpoint(connector, slot.into_inner()).await
    }

    pub(crate) async fn token_endpoint(
        &self,
        connector: &Connector,
        request: Option<http::Request<Vec<u8>>>,
    ) -> Result<Raw, OauthError> {
        let request = request.ok_or_else(|| OauthError::BadEndpoint {
            connector: connector.id.clone(),
            which: "token",
        })?;
        let host = request.uri().host().unwrap_or_default().to_owned();
        // A GET carries everything in its address; there is no body to bend.
        let request = if request.method() == http::Method::GET {
            let mut request = request;
            dress(&connector.auth.quirks, request.headers_mut());
            request
        } else {
            bend(&connector.auth.quirks, request)
        };
        let answer = self.send(request).await?;
        let received_at = now_ms();
        let content_type = answer
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        Ok(Raw {
            status: answer.status().as_u16(),
            received_at,
            retry_after: retry_after(answer.headers(), received_at),
            content_type,
            host,
            body: Zeroizing::new(answer.into_body()),
        })
    }
}

impl Raw {
    /// True when the answer may hold a token, so that it is worth writing down before it is read.
    pub fn may_hold_tokens(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// When it came, in milliseconds since the epoch.
    pub fn received_at(&self) -> i64 {
        self.received_at
    }

    /// The answer as bytes, for the journal. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let head = serde_json::json!({
            "status": self.status,
            "received_at": self.received_at,
            "retry_after": self.retry_after,
            "content_type": self.content_type,
            "host": self.host,
        })
        .to_string();
        let mut bytes = Zeroizing::new(Vec::with_capacity(head.len() + 1 + self.body.len()));
        bytes.extend_from_slice(head.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The answer back from the journal; `None` when the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Head {
            status: u16,
            received_at: i64,
            retry_after: Option<u64>,
            content_type: String,
            host: String,
        }
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let head: Head = serde_json::from_slice(bytes.get(..end)?).ok()?;
        Some(Self {
            status: head.status,
            received_at: head.received_at,
            retry_after: head.retry_after,
            content_type: head.content_type,
            host: head.host,
            body: Zeroizing::new(bytes.get(end + 1..)?.to_vec()),
        })
    }
}

/// The code of an answer that is an error, before anything else of it is read.
pub(crate) fn refusal_of(connector: &Connector, raw: &Raw) -> Option<String> {
    match straighten(&connector.auth, raw.status, &raw.content_type, &raw.body) {
        Answer::Error(code) => Some(code),
        Answer::Token(_) | Answer::Neither(_) => None,
    }
}

/// Interprets an answer of the token endpoint. Needs no network and gives the same each time.
///
/// # Errors
/// What the provider refused, or in which way the answer is none.
pub fn read(connector: &Connector, raw: &Raw) -> Result<Grant, OauthError> {
    let host = || raw.host.clone();
    if raw.status == 429 || raw.status >= 500 {
        return Err(OauthError::Busy {
            host: host(),
            status: raw.status,
            retry_after: raw.retry_after,
        });
    }
    let mut object = match straighten(&connector.auth, raw.status, &raw.content_type, &raw.body) {
        Answer::Token(object) => object,
        Answer::Error(code) => return Err(refused(connector, host(), code)),
        Answer::Neither(what) => return Err(OauthError::NotOauth { host: host(), what }),
    };
    let said = object.remove("expires_in");
    let answered = parse(connector, object).ok_or_else(|| OauthError::NotOauth {
        host: host(),
        what: "not a token answer",
    })?;
    let access = Secret::new(answered.access_token().secret().clone());
    let auth: &Auth = &connector.auth;
    let refresh = answered
        .refresh_token()
        .map(|token| Secret::new(token.secret().clone()))
        // A long-lived token renews itself.
        .or_else(|| crate::long::renews_itself(auth).then(|| Secret::from(access.expose())));
    Ok(Grant {
        expires_at: expires_at(
            said.as_ref(),
            access.expose(),
            refresh.is_some(),
            auth.default_expires_in,
            raw.received_at,
        ),
        access,
        refresh,
        token_type: answered.token_type().as_ref().to_owned(),
        scopes: answered
            .scopes()
            .map(|list| list.iter().map(|scope| scope.as_str().to_owned()).collect()),
        rest: answered.extra_fields().members.clone(),
    })
}

/// The `oauth2` crate's own reading of a straightened answer.
fn parse(connector: &Connector, object: Map<String, Value>) -> Option<Answered> {
    let client = OauthClient {
        id: String::new(),
        secret: None,
    };
    let protocol = protocol(connector, &client).ok()?;
    let body = Mutex::new(Some(Value::Object(object).to_string().into_bytes()));
    let answer = |_| {
        let body = body.lock().ok().and_then(|mut body| body.take()).ok_or(Aside)?;
        http::Response::builder()
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| Aside)
    };
    protocol
        .exchange_refresh_token(&RefreshToken::new(String::new()))
        .request(&answer)
        .ok()
}

/// A refusal, with the next step the catalog knows for its code.
pub(crate) fn refused(connector: &Connector, host: String, code: String) -> OauthError {
    let hint = connector
        .errors
        .iter()
        .find(|hint| hint.code.eq_ignore_ascii_case(&code));
    let next = match (hint, code.as_str()) {
        (Some(hint), _) => format!("{} {}", hint.cause, hint.next),
        (None, "invalid_grant") => format!("The sign-in of {} is over; connect again.", connector.name),
        (None, "invalid_client" | "unauthorized_client") => {
            format!(
                "It doesn't accept the OAuth client; enter client id and secret of {} again.",
                connector.name
            )
        }
        (None, "invalid_scope") => {
            "It doesn't know a permission that was asked for; run `linchpin catalog check`.".to_owned()
        }
        (None, _) => "Try again; if it stays so, look at the client's settings at the provider.".to_owned(),
    };
    OauthError::Refused { host, code, next }
}
