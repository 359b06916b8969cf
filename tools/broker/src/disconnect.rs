//! Disconnecting: the row is unusable at once, the provider is told, and told again until it has heard.
//! Deleting is not revoking. Source: RFC 7009, `security.md` O13, T-OA-18, T-TOK-04.

use std::time::Duration;

use linchpin_oauth::{OauthError, Tokens, filled};
use linchpin_vault::{ConnectionKey, Tombstone};

use crate::broker::lock;
use crate::grants::to_oauth;
use crate::settings::stored;
use crate::{Broker, BrokerError};

/// Gives a tombstone free again, however its revocation ended.
struct Release<'a> {
    broker: &'a Broker,
    id: String,
}

impl Drop for Release<'_> {
    fn drop(&mut self) {
        lock(&self.broker.revoking).remove(&self.id);
    }
}

/// The shortest time between two looks at what is due.
const SOON: Duration = Duration::from_secs(2);
/// Tombstones taken up at a time.
const BATCH: u32 = 32;

impl Broker {
    /// Takes a connection out of use and asks the provider to revoke it. True when there was one. A provider
    /// that can't be reached is asked again later; the connection is of no use meanwhile.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn disconnect(&self, key: &ConnectionKey, who: &str) -> Result<bool, BrokerError> {
        match self.vault.disconnect(key, who).await {
            Ok(_) => {}
            Err(linchpin_vault::Error::Absent { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.forget_key(key, who).await?;
        self.revoke_pending_of(key).await?;
        Ok(true)
    }

    /// Revokes what waits to be revoked for one connection, now.
    pub(crate) async fn revoke_pending_of(&self, key: &ConnectionKey) -> Result<(), BrokerError> {
        for tombstone in self.vault.tombstones_of(key).await? {
            self.revoke_upstream(tombstone).await?;
        }
        Ok(())
    }

    /// Revokes what is due, until the process ends. Sleeps without waking while nothing waits.
    pub(crate) async fn revoke_forever(&self) {
        loop {
            let next = match self.revoke_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "revocations could not be worked off");
                    Some(Duration::from_secs(60))
                }
            };
            match next {
                None => self.revoke.notified().await,
                Some(wait) => {
                    tokio::select! {
                        () = self.revoke.notified() => {}
                        () = tokio::time::sleep(wait) => {}
                    }
                }
            }
        }
    }

    /// Works off what is due; gives how long until something is due again, when anything is left.
    async fn revoke_due(&self) -> Result<Option<Duration>, BrokerError> {
        let due = self.vault.due_tombstones(BATCH).await?;
        for tombstone in due {
            self.revoke_upstream(tombstone).await?;
        }
        let next = self.vault.next_tombstone_due().await?;
        // Never at once: what is overdue is being told by somebody else, or can't be read.
        Ok(next.map(|at| Duration::from_millis(u64::try_from(at - linchpin_oauth::now_ms()).unwrap_or(0)).max(SOON)))
    }

    /// Tells the provider, unless somebody here is doing that already.
    async fn revoke_upstream(&self, tombstone: Tombstone) -> Result<(), BrokerError> {
        if !lock(&self.revoking).insert(tombstone.id.clone()) {
            return Ok(());
        }
        let _release = Release {
            broker: self,
            id: tombstone.id.clone(),
        };
        // It may have been done between the reading of the list and now.
        let waiting = self.vault.tombstones_of(&tombstone.key).await?;
        if !waiting.iter().any(|still| still.id == tombstone.id) {
            return Ok(());
        }
        let known = self.connector_of(&tombstone.key).await?;
        let outcome = match known {
            None => Ok(()),
            Some(connector) => {
                let family = tombstone.client.as_deref().unwrap_or(&connector.auth.family);
                match self.client(&tombstone.key.app, family).await? {
                    // Without a client nobody can revoke; a pasted token has none to begin with.
                    None if tombstone.client.is_some() => Err(OauthError::Refused {
                        host: connector.name.clone(),
                        code: "no_client".into(),
                        next: "Enter the OAuth client again.".into(),
                    }),
                    client => {
                        let client = client.unwrap_or(linchpin_oauth::OauthClient {
                            id: String::new(),
                            secret: None,
                        });
                        self.tell(connector, &client, &tombstone).await
                    }
                }
            }
        };
        match outcome {
            Ok(()) => {
                self.vault.tombstone_done(&tombstone.id, &self.id).await?;
                Ok(())
            }
            Err(error) => {
                let exponent = u32::try_from(tombstone.attempts.clamp(0, 7)).unwrap_or(7);
                let wait = error
                    .retry_after()
                    .map_or(Duration::from_secs(30 << exponent), Duration::from_secs);
                tracing::warn!(%error, tombstone = tombstone.id, "a token is not revoked yet");
                self.vault.tombstone_failed(&tombstone.id, wait, error.code()).await?;
                self.revoke.notify_one();
                Ok(())
            }
        }
    }

    async fn tell(
        &self,
        connector: &linchpin_catalog::Connector,
        client: &linchpin_oauth::OauthClient,
        tombstone: &Tombstone,
    ) -> Result<(), OauthError> {
        let connector = filled(connector, &stored(tombstone.config.as_ref()))?;
        let (access, refresh) = (
            tombstone.access.as_ref().map(to_oauth),
            tombstone.refresh.as_ref().map(to_oauth),
        );
        let tokens = Tokens {
            access: access.as_ref(),
            refresh: refresh.as_ref(),
        };
        if !self.wire.revoke(&connector, client, tokens).await? {
            tracing::info!(
                connector = connector.id,
                "the vendor has no revocation; remove the access in its own settings"
            );
        }
        Ok(())
    }
}
