//! Renewing a token exactly once: one flight per connection in this process, one lease per connection in the
//! store. The provider's answer is journalled before it is read; nothing but a repeated `invalid_grant` ends
//! a grant; a flight goes on when its callers hang up.
//! Source: `security.md` §2.3, T-CON-01 to T-CON-10, T-PRV-08, T-PRV-09.

use std::collections::HashMap;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use linchpin_catalog::Connector;
use linchpin_oauth::{Grant, OauthClient, OauthError, Raw, filled, read};
use linchpin_vault::{Claim, ConnectionKey, Lease, Outcome, Reason, Refreshed, Status, Stray};

use crate::Broker;
use crate::broker::lock;
use crate::grants::{to_oauth, to_vault};
use crate::settings::stored;
use crate::tokens::{NoToken, broken};

/// Longer than an exchange with a provider may take.
const LEASE: Duration = Duration::from_secs(30);
/// How long callers wait for another process's refresh.
const PATIENCE: Duration = Duration::from_secs(25);

type Flight = Shared<BoxFuture<'static, Result<(), NoToken>>>;
/// The refreshes that are under way in this process.
pub(crate) type Flights = HashMap<ConnectionKey, Flight>;

impl Broker {
    /// Renews the token that was read at `generation`. Joins a refresh that is under way. The work goes on
    /// whether or not anyone waits for the answer.
    pub(crate) fn renew(&self, key: &ConnectionKey, generation: i64) -> Flight {
        let mut flights = lock(&self.flights);
        if let Some(flight) = flights.get(key) {
            return flight.clone();
        }
        let (broker, own) = (self.clone(), key.clone());
        let task = tokio::spawn(async move {
            let outcome = broker.refresh(&own, generation).await;
            lock(&broker.flights).remove(&own);
            outcome
        });
        let flight = async move { task.await.unwrap_or(Err(NoToken::Broken)) }
            .boxed()
            .shared();
        flights.insert(key.clone(), flight.clone());
        flight
    }

    async fn refresh(&self, key: &ConnectionKey, generation: i64) -> Result<(), NoToken> {
        let mut waited = Duration::ZERO;
        loop {
            match self
                .vault
                .claim(key, generation, &self.id, LEASE)
                .await
                .map_err(broken)?
            {
                Claim::Leased(lease) => return self.with_lease(*lease).await,
                Claim::Moved { .. } => return Ok(()),
                Claim::Closed(Some(Status::NeedsReconnect(reason))) => return Err(NoToken::NeedsReconnect(reason)),
                Claim::Closed(_) => return Err(NoToken::NotConnected),
                Claim::Held { wait } => {
                    let view = self.vault.connection(key).await.map_err(broken)?;
                    if view.as_ref().is_none_or(|view| view.generation != generation) {
                        // Whoever held it has just finished.
                        return Ok(());
                    }
                    let refreshing = view.is_some_and(|view| view.status == Status::Refreshing);
                    if !refreshing || waited >= PATIENCE {
                        return Err(NoToken::Later(wait));
                    }
                    let step = Duration::from_millis(150).min(wait);
                    tokio::time::sleep(step).await;
                    waited += step.max(Duration::from_millis(1));
                }
            }
        }
    }

    async fn with_lease(&self, lease: Lease) -> Result<(), NoToken> {
        let Some(connector) = self.connector_of(&lease.key).await.map_err(broken)? else {
            return self
                .give_back(
                    lease,
                    Outcome::NeedsReconnect(Reason::Other("The connector is no longer known.".into())),
                )
                .await;
        };
        let config = stored(lease.config.as_ref());
        let connector = match filled(connector, &config) {
            Ok(connector) => connector,
            Err(error) => {
                let why = Reason::Other(error.to_string());
                return self.give_back(lease, Outcome::NeedsReconnect(why)).await;
            }
        };
        let connector = &*connector;
        if let Some(raw) = lease
            .journalled
            .as_ref()
            .and_then(|bytes| Raw::from_bytes(bytes.expose()))
        {
            // An earlier holder was cut off after the answer came: apply it, ask nobody.
            return self.settle_answer(connector, lease, Ok(raw), None).await;
        }
        let family = lease.client.clone().unwrap_or_else(|| connector.auth.family.clone());
        let Some(client) = self.client(&lease.key.app, &family).await.map_err(broken)? else {
            self.give_back(lease, Outcome::Unused).await.ok();
            return Err(NoToken::ClientRefused);
        };
        let answer = self.ask(connector, &client, &lease).await;
        self.settle_answer(connector, lease, answer, Some(&client)).await
    }

    /// Asks the provider, and writes the answer down before anything reads it.
    async fn ask(&self, connector: &Connector, client: &OauthClient, lease: &Lease) -> Result<Raw, OauthError> {
        let refresh = to_oauth(&lease.refresh);
        let raw = self.wire.refresh(connector, client, &refresh, &lease.scopes).await?;
        if raw.may_hold_tokens()
            && let Err(error) = self.vault.journal_response(lease, &raw.to_bytes()).await
            && !error.is_fenced()
        {
            tracing::error!(%error, connection = lease.connection, "an answer could not be journalled");
        }
        Ok(raw)
    }

    async fn settle_answer(
        &self,
        connector: &Connector,
        lease: Lease,
        answer: Result<Raw, OauthError>,
        client: Option<&OauthClient>,
    ) -> Result<(), NoToken> {
        let mut outcome = answer.and_then(|raw| read(connector, &raw));
        if let (Err(error), Some(client)) = (&outcome, client)
            && error.is_invalid_grant()
        {
            // Once is not enough: another process may have renewed it, or the provider has a bad moment.
            let view = self.vault.connection(&lease.key).await.map_err(broken)?;
            if view.is_none_or(|view| view.generation != lease.generation) {
                return Ok(());
            }
            outcome = self
                .ask(connector, client, &lease)
                .await
                .and_then(|raw| read(connector, &raw));
        }
        match outcome {
            Ok(grant) => {
                lock(&self.refused_clients).remove(&connector.auth.family);
                self.store(connector, lease, grant).await
            }
            Err(error) => self.failed(connector, lease, &error).await,
        }
    }

    async fn store(&self, connector: &Connector, lease: Lease, grant: Grant) -> Result<(), NoToken> {
        let scopes = grant
            .scopes
            .as_ref()
            .map(|scopes| linchpin_oauth::granted(connector, scopes));
        let refreshed = Refreshed {
            access: linchpin_vault::Secret::new(grant.access.expose().to_owned()),
            refresh: grant
                .refresh
                .as_ref()
                .map(|token| linchpin_vault::Secret::new(token.expose().to_owned())),
            expires_at: grant.expires_at,
            scopes,
            token_type: Some(grant.token_type.clone()),
        };
        match self.vault.finish_refresh(&lease, refreshed).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_fenced() => self.stray(lease, grant).await,
            Err(error) => Err(broken(error)),
        }
    }

    /// Tokens that came for a connection that has moved on. Disconnected meanwhile: they are revoked. Connected
    /// anew: the new grant wins, and revoking these could end it too, so they are dropped.
    async fn stray(&self, lease: Lease, grant: Grant) -> Result<(), NoToken> {
        let view = self.vault.connection(&lease.key).await.map_err(broken)?;
        if view.is_some_and(|view| view.status.is_usable()) {
            return Ok(());
        }
        let (access, refresh) = (to_vault(grant.access), grant.refresh.map(to_vault));
        let stray = Stray {
            key: &lease.key,
            issuer: &lease.issuer,
            client: lease.client.as_deref(),
            config: lease.config.as_ref(),
            access: Some(&access),
            refresh: refresh.as_ref(),
        };
        self.vault.bury(stray, &self.id).await.map_err(broken)?;
        self.revoke.notify_one();
        Err(NoToken::NotConnected)
    }

    async fn failed(&self, connector: &Connector, lease: Lease, error: &OauthError) -> Result<(), NoToken> {
        tracing::warn!(%error, connection = lease.connection, "a token was not renewed");
        if error.is_invalid_grant() {
            let reason = if lease.interrupted {
                Reason::InterruptedRefresh
            } else {
                Reason::Revoked
            };
            return self.give_back(lease, Outcome::NeedsReconnect(reason)).await;
        }
        if error.is_client_refused() {
            lock(&self.refused_clients).insert(connector.auth.family.clone());
            self.give_back(
                lease,
                Outcome::Later {
                    wait: Duration::from_secs(30),
                    sent: false,
                },
            )
            .await
            .ok();
            return Err(NoToken::ClientRefused);
        }
        let wait = error.retry_after().map_or_else(back_off, Duration::from_secs);
        // A refused connection and a 429 have used nothing up.
        let sent = !matches!(
            error,
            OauthError::Unreachable {
                why: "no connection",
                ..
            } | OauthError::Busy { status: 429, .. }
        );
        self.give_back(lease, Outcome::Later { wait, sent }).await
    }

    async fn give_back(&self, lease: Lease, outcome: Outcome) -> Result<(), NoToken> {
        let no = match &outcome {
            Outcome::NeedsReconnect(reason) => NoToken::NeedsReconnect(reason.clone()),
            Outcome::Later { wait, .. } => NoToken::Later(*wait),
            Outcome::Unused => NoToken::Later(Duration::from_secs(1)),
        };
        match self.vault.abandon(lease, &outcome).await {
            Ok(()) => Err(no),
            Err(error) if error.is_fenced() => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }
}

/// Five to ten seconds, so that many connections don't come back at once.
fn back_off() -> Duration {
    let mut byte = [0u8; 1];
    let _ = getrandom::fill(&mut byte);
    Duration::from_millis(5000 + u64::from(byte[0]) * 20)
}
