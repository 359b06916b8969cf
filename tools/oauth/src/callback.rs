//! What the browser brings back: parsed without trust, checked before anything is sent anywhere.
//!
//! The provider's `error_description` is never kept: it is text from whoever made the browser come here.
//! Source: RFC 6749 §4.1.2, RFC 9207 §2.4.

use linchpin_catalog::Connector;

use crate::config::from_redirect;
use crate::quirks::code;
use crate::token::refused;
use crate::{Attempt, Config, OauthError, Secret};

/// The query of a redirect back to us. Holds a code: no `Debug`.
#[derive(Default)]
pub struct CallbackQuery {
    state: Option<Secret>,
    code: Option<Secret>,
    iss: Option<String>,
    error: Option<String>,
    twice: bool,
    rest: Config,
}

/// More parameters than any vendor sends, and longer than any of them.
const MOST: usize = 24;
const LONGEST: usize = 256;

impl CallbackQuery {
    /// Parses the part after `?`.
    pub fn parse(query: &str) -> Self {
        let mut out = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let twice = match name.as_ref() {
                "state" => out.state.replace(Secret::from(value.as_ref())).is_some(),
                "code" => out.code.replace(Secret::from(value.as_ref())).is_some(),
                "iss" => out.iss.replace(value.into_owned()).is_some(),
                "error" => out.error.replace(value.into_owned()).is_some(),
                name => {
                    if out.rest.len() < MOST && value.len() <= LONGEST {
                        out.rest.insert(name.to_owned(), value.clone().into_owned());
                    }
                    false
                }
            };
            out.twice |= twice;
        }
        out
    }

    /// What the vendor says of config fields in the redirect itself (QuickBooks' `realmId`).
    ///
    /// # Errors
    /// When a value is not of its field's form.
    pub fn config(&self, connector: &Connector) -> Result<Config, OauthError> {
        from_redirect(connector, &self.rest)
    }

    /// The `state`, for whoever looks the attempt up by it.
    pub fn state(&self) -> Option<&str> {
        self.state.as_ref().map(Secret::expose)
    }
}

impl Attempt {
    /// True when the answer carries this attempt's `state`, compared in constant time.
    pub fn is_mine(&self, query: &CallbackQuery) -> bool {
        use subtle::ConstantTimeEq as _;
        !query.twice
            && query
                .state()
                .is_some_and(|state| bool::from(state.as_bytes().ct_eq(self.state.expose().as_bytes())))
    }

    /// The code of an answer that belongs to this attempt.
    ///
    /// # Errors
    /// When the answer belongs to another attempt, comes from another issuer, or says no.
    pub fn code(&self, connector: &Connector, query: CallbackQuery) -> Result<Secret, OauthError> {
        if !self.is_mine(&query) {
            return Err(OauthError::StateMismatch);
        }
        // The catalog names an issuer where the provider sends `iss`: it must be there and be equal, as a
        // plain string. Where none is named there is nothing to compare with.
        if let Some(expected) = &self.issuer
            && query.iss.as_ref() != Some(expected)
        {
            return Err(OauthError::IssuerMismatch {
                expected: expected.clone(),
            });
        }
        match (query.error, query.code) {
            (Some(error), _) => Err(match code(&error).as_str() {
                "access_denied" | "user_cancelled_login" | "user_cancelled_authorize" => OauthError::Declined {
                    name: connector.name.clone(),
                },
                code => refused(connector, connector.name.clone(), code.to_owned()),
            }),
            (None, Some(code)) if !code.expose().is_empty() => Ok(code),
            (None, _) => Err(OauthError::NoCode {
                name: connector.name.clone(),
            }),
        }
    }
}
