//! An app's user connects an account of their own. Only they can finish what they started.
//!
//! The road: the signed-in user asks for a link; the link's page shows the app's sign-in of *this browser* and
//! only goes on when it is the same user; the browser gets a cookie; the provider's answer is taken only with
//! that cookie, before any token request. A link sent to somebody else ends at the second step, whoever sent
//! it and whoever opens it. Source: `security.md` O5, T-OA-02 to T-OA-05 (cross-user OAuth session fixation).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use linchpin_oauth::{Ask, Attempt, CallbackQuery, Came, Config, LIFETIME, OauthError, Page, filled, together};
use linchpin_vault::{AuditEntry, ConnectionKey, Flow, NewFlow, Secret};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Fail, page as html};
use crate::broker::{lock, random_id};
use crate::connect::unknown_connector;
use crate::grants::{Consent, NotStored, issuer, no_client, to_oauth};
use crate::settings::{stored, to_store};
use crate::{Broker, BrokerError};

/// Links and last pages that wait for their browser, at most.
const MOST: usize = 1000;

/// What waits for a browser in this process.
#[derive(Default)]
pub(crate) struct Starts {
    links: HashMap<[u8; 32], Start>,
    pages: HashMap<String, (Page, Instant)>,
}

/// A link that was handed to a user.
struct Start {
    key: ConnectionKey,
    at: Instant,
}

impl Starts {
    #[expect(
        clippy::disallowed_methods,
        reason = "a monotonic clock decides how long a link lives"
    )]
    fn now() -> Instant {
        Instant::now()
    }

    fn sweep(&mut self) {
        let now = Self::now();
        self.links.retain(|_, start| now.duration_since(start.at) < LIFETIME);
        self.pages
            .retain(|_, (_, at)| now.duration_since(*at) < Duration::from_secs(60));
    }
}

/// `POST …/app-user-auth/connectors/{id}/initiate`
pub(super) async fn initiate(
    State(broker): State<Broker>,
    Path((app, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    let user = broker.user(&app, &headers).await?;
    let key = ConnectionKey::app_user(&app, &id, user.id);
    let connector = broker.connector_of(&key).await?.ok_or_else(|| unknown_connector(&id))?;
    if broker.client(&app, &connector.auth.family).await?.is_none() {
        return Err(no_client(connector).into());
    }
    if broker.vault.user_connector(&app, &id).await?.is_none() {
        return Err(Fail::bad(format!(
            "{} is not set up for this app's users. Its builder connects it once with: linchpin connect {id} --mode app_user",
            connector.name
        )));
    }
    let base = broker.base.get().ok_or_else(Fail::broken)?;
    let handle = format!("{}{}", random_id()?, random_id()?);
    let mut starts = lock(&broker.starts);
    starts.sweep();
    if starts.links.len() >= MOST {
        return Err(Fail::new(
            axum::http::StatusCode::TOO_MANY_REQUESTS,
            "Too many connections are being started. Try again in a minute.",
        ));
    }
    starts.links.insert(digest(&handle), Start { key, at: Starts::now() });
    let link = base.join(&format!("/connect/{handle}")).map_err(|_| Fail::broken())?;
    Ok(Json(
        json!({ "redirect_url": link.as_str(), "connection_id": null, "already_authorized": false }),
    ))
}

/// `DELETE …/app-user-auth/connectors/{id}`
pub(super) async fn disconnect(
    State(broker): State<Broker>,
    Path((app, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fail> {
    let user = broker.user(&app, &headers).await?;
    let who = format!("user:{}", user.id);
    if !broker
        .disconnect(&ConnectionKey::app_user(app, &id, user.id), &who)
        .await?
    {
        return Err(Fail::new(
            axum::http::StatusCode::NOT_FOUND,
            "No active connection found for this connector",
        ));
    }
    Ok(Json(json!({ "status": "disconnected", "connector_id": id })))
}

/// `GET /connect/{handle}`: the page; looking at it changes nothing.
pub(super) async fn page(State(broker): State<Broker>, Path(handle): Path<String>) -> Result<Response, Fail> {
    let key = {
        let mut starts = lock(&broker.starts);
        starts.sweep();
        starts.links.get(&digest(&handle)).map(|start| start.key.clone())
    };
    let connector = match &key {
        Some(key) => broker.connector_of(key).await?,
        None => None,
    };
    Ok(match connector {
        Some(connector) => html::connecting(&connector.name),
        None => Page::refused(
            "This link was used already or is older than ten minutes. Go back to the app and press Connect again.",
        )
        .into_response(),
    })
}

/// `POST /connect/{handle}/confirm`: the user who started, in their own browser, goes on to the provider.
pub(super) async fn confirm(
    State(broker): State<Broker>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let start = lock(&broker.starts).links.remove(&digest(&handle));
    let start = start.filter(|start| Starts::now().duration_since(start.at) < LIFETIME);
    let start =
        start.ok_or_else(|| Fail::bad("This link was used already. Go back to the app and press Connect again."))?;
    let key = start.key;
    let same = broker
        .user(&key.app, &headers)
        .await
        .is_ok_and(|user| bool::from(user.id.as_bytes().ct_eq(key.user.as_bytes())));
    if !same {
        blocked(&broker, &key).await?;
        return Err(Fail::new(
            axum::http::StatusCode::FORBIDDEN,
            "This link was made for somebody else. Nothing was connected. Press Connect in the app yourself.",
        ));
    }
    let connector = broker
        .connector_of(&key)
        .await?
        .ok_or_else(|| unknown_connector(&key.connector))?;
    let client = broker
        .client(&key.app, &connector.auth.family)
        .await?
        .ok_or_else(|| no_client(connector))?;
    let own = broker.vault.user_connector(&key.app, &key.connector).await?;
    let config = broker.settings(&key, connector, &Config::new()).await?;
    let connector = &*filled(connector, &config).map_err(NotStored::from)?;
    let scopes = together(connector, &own.map(|own| own.scopes).unwrap_or_default(), &[]);
    let base = broker.base.get().ok_or_else(Fail::broken)?;
    // One address per connector, so that an answer for another one is noticed.
    let redirect = base
        .join(&format!("/api/external-auth/callback/{}", key.connector))
        .map_err(|_| Fail::broken())?;
    let ask = Ask {
        connector,
        client_id: &client.id,
        scopes: &scopes,
        redirect_uri: redirect.as_str(),
        other_account: false,
    };
    let attempt = Attempt::new(&ask, broker.wire.providers()).map_err(BrokerError::from)?;
    let browser = format!("{}{}", random_id()?, random_id()?);
    let (state, verifier) = attempt.secrets();
    let cookie = cookie_name(state.expose(), base.scheme() == "https");
    broker
        .vault
        .put_flow(NewFlow {
            state: Secret::from(state.expose()),
            verifier: Secret::from(verifier.expose()),
            key,
            issuer: issuer(connector),
            client: Some(connector.auth.family.clone()),
            redirect: attempt.redirect_uri.clone(),
            return_to: None,
            browser: Some(hex(&digest(&browser))),
            scopes,
            note: to_store(&config).map(|config| config.to_string()),
            expires_at: linchpin_oauth::now_ms() + i64::try_from(LIFETIME.as_millis()).unwrap_or(600_000),
        })
        .await?;
    let secure = if base.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!(
        "{cookie}={browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
        LIFETIME.as_secs()
    );
    let mut answer = Json(json!({ "authorize_url": attempt.authorize_url.as_str() })).into_response();
    answer.headers_mut().insert(
        header::SET_COOKIE,
        HeaderValue::from_str(&cookie).map_err(|_| Fail::broken())?,
    );
    Ok(answer)
}

/// `GET /api/external-auth/callback/{context}`: the provider's answer, in the browser it was started in.
pub(super) async fn callback(
    State(broker): State<Broker>,
    Path(context): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let query = CallbackQuery::parse(&query.unwrap_or_default());
    let refused = |error: OauthError| Ok(Page::refused(&error.to_string()).into_response());
    let Some(state) = query.state().map(linchpin_oauth::Secret::from) else {
        return refused(OauthError::StateMismatch);
    };
    // Burnt from here on, whatever comes of it.
    let Some(flow) = broker.vault.take_flow(state.expose()).await? else {
        return refused(OauthError::StateMismatch);
    };
    if flow.key.connector != context || !is_same_browser(&flow, &headers, state.expose()) {
        blocked(&broker, &flow.key).await?;
        return refused(OauthError::StateMismatch);
    }
    let Some(connector) = broker.connector_of(&flow.key).await? else {
        return refused(OauthError::StateMismatch);
    };
    let config = flow.note.as_deref().and_then(|note| serde_json::from_str(note).ok());
    let config = stored(config.as_ref());
    let page = match filled(connector, &config) {
        Ok(connector) => finish(&broker, &connector, &config, flow, query, state).await,
        Err(error) => Page::failed(&error.to_string()),
    };
    let handle = random_id()?;
    lock(&broker.starts).pages.insert(handle.clone(), (page, Starts::now()));
    Ok(linchpin_oauth::see_other(&format!("/connected/{handle}")))
}

async fn finish(
    broker: &Broker,
    connector: &linchpin_catalog::Connector,
    config: &Config,
    flow: Flow,
    query: CallbackQuery,
    state: linchpin_oauth::Secret,
) -> Page {
    let verifier = to_oauth(&flow.verifier);
    let attempt = Attempt::resume(
        connector,
        broker.wire.providers(),
        state,
        verifier,
        flow.redirect,
        flow.scopes,
    );
    let Some(attempt) = attempt else {
        return Page::failed(&OauthError::StateMismatch.to_string());
    };
    let (redirect_uri, asked) = (attempt.redirect_uri.clone(), attempt.asked.clone());
    let told = query.config(connector);
    let came = attempt.code(connector, query).and_then(|code| Ok((code, told?)));
    let (code, told) = match came {
        Ok(came) => came,
        Err(error) => return Page::failed(&error.to_string()),
    };
    let who = format!("user:{}", flow.key.user);
    let consent = Consent {
        key: &flow.key,
        connector,
        config,
        redirect_uri: &redirect_uri,
        asked: &asked,
        other_account: false,
        by_client: false,
        who: &who,
    };
    let came = Came {
        code,
        verifier: attempt.into_verifier(),
        config: told,
    };
    match broker.redeem(&consent, came).await {
        Ok(_) => {
            let view = broker.vault.connection(&flow.key).await.ok().flatten();
            let account = view.and_then(|view| crate::view::who(&view.account));
            Page::connected(&connector.name, account.as_deref())
        }
        Err(not) => Page::failed(&not.message),
    }
}

/// `GET /connected/{handle}`: how it ended, once.
pub(super) async fn ended(State(broker): State<Broker>, Path(handle): Path<String>) -> Response {
    let page = lock(&broker.starts).pages.remove(&handle);
    page.map_or_else(Page::absent, |(page, _)| page).into_response()
}

async fn blocked(broker: &Broker, key: &ConnectionKey) -> Result<(), Fail> {
    let entry = AuditEntry {
        who: &broker.id,
        what: "cosf_blocked",
        app: &key.app,
        subject: &key.connector,
        outcome: "refused",
    };
    Ok(broker.vault.audit(entry).await?)
}

fn is_same_browser(flow: &Flow, headers: &HeaderMap, state: &str) -> bool {
    let names = [cookie_name(state, true), cookie_name(state, false)];
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut shown = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| names.iter().any(|own| own == name));
    match (&flow.browser, shown.next(), shown.next()) {
        (Some(browser), Some((_, value)), None) => bool::from(hex(&digest(value)).as_bytes().ct_eq(browser.as_bytes())),
        _ => false,
    }
}

/// One cookie per attempt, so that two windows don't take each other's.
fn cookie_name(state: &str, secure: bool) -> String {
    let short: String = hex(&digest(state)).chars().take(12).collect();
    let prefix = if secure { "__Host-" } else { "" };
    format!("{prefix}lp_flow_{short}")
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
