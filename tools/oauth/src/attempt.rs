//! One attempt to connect: the authorize address with PKCE and a fresh `state`, and what its answer is
//! checked against. Source: RFC 6749 §4.1.1, RFC 7636, RFC 9700 §2.1.1 and §4.7.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linchpin_catalog::{Connector, Pkce};
use oauth2::PkceCodeChallenge;
use url::Url;

use crate::token::https;
use crate::{OauthError, Providers, Secret};

/// How long a person has.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// What to ask a provider for.
pub struct Ask<'a> {
    /// The connector, its holes filled ([`crate::filled`]).
    pub connector: &'a Connector,
    /// The client's public id.
    pub client_id: &'a str,
    /// Every scope of the consent; see [`crate::together`].
    pub scopes: &'a [String],
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// Whether the provider should offer to choose another account.
    pub other_account: bool,
}

/// An attempt that waits for its answer. Holds secrets: no `Debug`.
pub struct Attempt {
    /// Where the person consents, stand-ins applied.
    pub authorize_url: Url,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The scopes asked for.
    pub asked: Vec<String>,
    pub(crate) state: Secret,
    pub(crate) verifier: Secret,
    pub(crate) issuer: Option<String>,
}

impl Attempt {
    /// Makes the authorize address.
    ///
    /// # Errors
    /// When the catalog's address is not usable or there is no randomness.
    pub fn new(ask: &Ask<'_>, providers: &Providers) -> Result<Self, OauthError> {
        let auth = &ask.connector.auth;
        let bad = || OauthError::BadEndpoint {
            connector: ask.connector.id.clone(),
            which: "authorize",
        };
        let mut url = Url::parse(&https(&ask.connector.id, "authorize", &auth.authorize_url)?).map_err(|_| bad())?;
        let state = random()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code");
            query.append_pair(
                auth.quirks.client_id_param.as_deref().unwrap_or("client_id"),
                ask.client_id,
            );
            query.append_pair("redirect_uri", ask.redirect_uri);
            if !auth.scope_param.is_empty() && !ask.scopes.is_empty() {
                query.append_pair(&auth.scope_param, &ask.scopes.join(&auth.scope_separator));
            }
            query.append_pair("state", state.expose());
            // A vendor that refuses the parameters has a client secret to tell our code from a stolen one.
            if auth.pkce != Pkce::Refused {
                query.append_pair("code_challenge", challenge.as_str());
                query.append_pair("code_challenge_method", "S256");
            }
            for param in &auth.authorize_params {
                if param.name == "prompt" && ask.other_account && !param.value.contains("select_account") {
                    query.append_pair("prompt", &format!("select_account {}", param.value));
                } else {
                    query.append_pair(&param.name, &param.value);
                }
            }
        }
        Ok(Self {
            authorize_url: providers.apply(&url),
            redirect_uri: ask.redirect_uri.to_owned(),
            asked: ask.scopes.to_vec(),
            state,
            verifier: Secret::new(verifier.into_secret()),
            issuer: auth.issuer.as_deref().map(|issuer| providers.issuer(issuer)),
        })
    }

    /// Puts an attempt together again from what was stored of it, to check its answer elsewhere.
    pub fn resume(
        connector: &Connector,
        providers: &Providers,
        state: Secret,
        verifier: Secret,
        redirect_uri: String,
        asked: Vec<String>,
    ) -> Option<Self> {
        Some(Self {
            authorize_url: Url::parse(&connector.auth.authorize_url).ok()?,
            redirect_uri,
            asked,
            state,
            verifier,
            issuer: connector.auth.issuer.as_deref().map(|issuer| providers.issuer(issuer)),
        })
    }

    /// The `state` and the verifier, for a store that seals them.
    pub fn secrets(&self) -> (&Secret, &Secret) {
        (&self.state, &self.verifier)
    }

    /// Ends the attempt: the verifier for the one exchange.
    pub fn into_verifier(self) -> Secret {
        self.verifier
    }
}

/// 256 random bits as text.
fn random() -> Result<Secret, OauthError> {
    let mut bytes = zeroize::Zeroizing::new([0u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| OauthError::NoRandomness)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}
