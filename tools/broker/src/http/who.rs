//! The caller, from `Authorization` or the command line's `api_key`; once, and in no other place.

use axum::http::{HeaderMap, header};

use super::Fail;
use crate::Broker;
use crate::principal::{AppUser, Principal, identify};

/// Longer than any key or token of ours.
const LONGEST: usize = 8 * 1024;

impl Broker {
    async fn caller(&self, app: &str, headers: &HeaderMap) -> Result<Principal, Fail> {
        let bearer = bearer(headers, header::AUTHORIZATION.as_str())?;
        let key = once(headers, "api_key")?;
        let credential = match (bearer, key) {
            (Some(credential), None) | (None, Some(credential)) => credential,
            _ => return Err(Fail::unauthorized()),
        };
        identify(&self.vault, &self.signing, app, credential)
            .await?
            .ok_or_else(Fail::unauthorized)
    }

    /// A function of `app`. `absent` is the answer for another app's function: what isn't theirs isn't there.
    pub(super) async fn service(
        &self,
        app: &str,
        headers: &HeaderMap,
        absent: impl FnOnce() -> Fail,
    ) -> Result<(), Fail> {
        match self.caller(app, headers).await? {
            Principal::Service { app: own } if own == app => Ok(()),
            Principal::Service { .. } => Err(absent()),
            _ => Err(Fail::service_only()),
        }
    }

    /// The builder of `app`.
    pub(super) async fn builder(&self, app: &str, headers: &HeaderMap) -> Result<(), Fail> {
        match self.caller(app, headers).await? {
            Principal::Builder { app: own } if own == app => Ok(()),
            _ => Err(Fail::builder_only()),
        }
    }

    /// A signed-in user of `app`.
    pub(super) async fn user(&self, app: &str, headers: &HeaderMap) -> Result<AppUser, Fail> {
        match self.caller(app, headers).await? {
            Principal::User(user) => Ok(user),
            _ => Err(Fail::user_only()),
        }
    }

    /// Whether the caller is a function or an automation of the app itself.
    pub(super) async fn is_service(&self, app: &str, headers: &HeaderMap) -> Result<bool, Fail> {
        Ok(matches!(self.caller(app, headers).await?, Principal::Service { app: own } if own == app))
    }

    /// The user a function acts for: the signed token it passes on, never a name in the request.
    pub(super) fn on_behalf_of(&self, app: &str, headers: &HeaderMap) -> Result<AppUser, Fail> {
        let token = bearer(headers, "on-behalf-of")?.ok_or_else(Fail::user_only)?;
        self.signing
            .verify(app, token, linchpin_oauth::now_ms() / 1000)
            .ok_or_else(Fail::unauthorized)
    }
}

/// A header that is there once at most.
fn once<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Fail> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if value.len() <= LONGEST => Ok(Some(value.to_str().map_err(|_| Fail::unauthorized())?)),
        _ => Err(Fail::unauthorized()),
    }
}

fn bearer<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Fail> {
    let Some(value) = once(headers, name)? else {
        return Ok(None);
    };
    let token = value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "));
    match token.map(str::trim) {
        Some(token) if !token.is_empty() && !token.contains(' ') => Ok(Some(token)),
        _ => Err(Fail::unauthorized()),
    }
}
