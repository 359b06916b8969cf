//! An access token for whoever may have it: the stored one while it is good, a fresh one when it is not.
//!
//! A token is renewed early, in the background, while callers go on with the one that is still valid; only
//! when it has run out do they wait. Source: `security.md` §2.3 (h), T-CON-05.

use std::time::Duration;

use linchpin_vault::{ConnectionKey, Live, Reason, Status};

use crate::broker::lock;
use crate::{Broker, BrokerError};

/// Why there is no token.
#[derive(Debug, Clone)]
pub(crate) enum NoToken {
    /// Nobody has connected, or it was disconnected.
    NotConnected,
    /// Its owner has to connect again.
    NeedsReconnect(Reason),
    /// The provider refuses the OAuth client.
    ClientRefused,
    /// The token has run out and a new one can't be had right now.
    Later(Duration),
    /// Something of our own failed; what is in the log.
    Broken,
}

/// A token is used up to so many milliseconds before its end, for the time a call takes.
const MARGIN: i64 = 10_000;

impl Broker {
    /// The connection with a token that is valid now.
    pub(crate) async fn token(&self, key: &ConnectionKey) -> Result<Live, NoToken> {
        let mut renewed = false;
        for _ in 0..4 {
            let live = self
                .vault
                .access(key)
                .await
                .map_err(broken)?
                .ok_or(NoToken::NotConnected)?;
            if let Status::NeedsReconnect(reason) = &live.status {
                return Err(NoToken::NeedsReconnect(reason.clone()));
            }
            if !live.status.is_usable() {
                return Err(NoToken::NotConnected);
            }
            let early = self.early(key).await?;
            let margin = if early == Some(0) { 0 } else { MARGIN };
            let now = linchpin_oauth::now_ms();
            let Some(end) = live.expires_at else {
                return Ok(self.used(live));
            };
            if now < end - margin {
                if live.refreshable && now >= due(&live, end, early) {
                    // Someone renews it; this caller has a good one.
                    drop(self.renew(key, live.generation));
                }
                return Ok(self.used(live));
            }
            // One that is fresh and still within the margin lives that short.
            if !live.refreshable || renewed {
                if now < end {
                    return Ok(self.used(live));
                }
                if live.refreshable {
                    break;
                }
                let gone = self
                    .vault
                    .needs_reconnect(key, live.generation, &Reason::NoRefreshToken, &self.id)
                    .await;
                if let Err(error) = gone
                    && !error.is_fenced()
                {
                    return Err(broken(error));
                }
                continue;
            }
            match self.renew(key, live.generation).await {
                Ok(()) => renewed = true,
                // The old one has a few seconds left: better than nothing.
                Err(NoToken::Later(_)) if now < end => return Ok(self.used(live)),
                Err(no) => return Err(no),
            }
        }
        Err(NoToken::Later(Duration::from_secs(1)))
    }

    /// How many seconds before its end the vendor wants a token renewed, where the catalog says so.
    async fn early(&self, key: &ConnectionKey) -> Result<Option<u64>, NoToken> {
        let connector = self.connector_of(key).await.map_err(broken)?;
        Ok(connector.and_then(|connector| connector.auth.early_refresh))
    }

    /// Remembers that last-used times wait in memory, and writes them in a while.
    fn used(&self, live: Live) -> Live {
        let mut pending = lock(&self.flush);
        if !*pending {
            *pending = true;
            let broker = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(30)).await;
                *lock(&broker.flush) = false;
                if let Err(error) = broker.vault.flush_last_used().await {
                    tracing::warn!(%error, "last-used times were not written");
                }
            });
        }
        live
    }
}

/// When a token should be renewed: as early as the vendor wants it, or after four fifths of its life, a little
/// earlier or later for each. A vendor's time never takes more than half of a token's life.
fn due(live: &Live, end: i64, early: Option<u64>) -> i64 {
    let life = (end - live.updated).max(0);
    if let Some(seconds) = early {
        let early = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
        return end - early.min(life / 2);
    }
    let spread = live
        .id
        .bytes()
        .fold(0i64, |sum, byte| (sum * 31 + i64::from(byte)) % 200)
        - 100;
    end - life / 5 - life / 10 * spread / 100
}

/// What the caller hears of an error of ours; the log has the rest.
pub(crate) fn broken(error: impl Into<BrokerError>) -> NoToken {
    let error: BrokerError = error.into();
    tracing::error!(%error, "a token could not be read");
    NoToken::Broken
}
