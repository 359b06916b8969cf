//! At start: answers of providers that were written down and not applied before the last end.

use linchpin_oauth::{Raw, read};
use linchpin_vault::{Pending, PendingKind};

use crate::settings::stored;
use crate::{Broker, BrokerError};

impl Broker {
    /// Applies or revokes what an earlier end left behind. Asks no provider for a new token.
    pub(crate) async fn settle(&self) -> Result<(), BrokerError> {
        for pending in self.vault.pending_responses().await? {
            match pending.kind {
                PendingKind::Refresh => {
                    // The claim finds the answer and applies it.
                    let _ = self.renew(&pending.key, pending.generation).await;
                }
                PendingKind::Orphan | PendingKind::Grant => self.revoke_unused(pending).await?,
            }
        }
        self.vault.sweep_flows().await?;
        Ok(())
    }

    async fn revoke_unused(&self, pending: Pending) -> Result<(), BrokerError> {
        if let Some(connector) = self.connector_of(&pending.key).await?
            && let Some(raw) = Raw::from_bytes(pending.body.expose())
            && let Ok(grant) = read(connector, &raw)
        {
            let config = pending.note.as_deref().and_then(|note| serde_json::from_str(note).ok());
            let config = stored(config.as_ref());
            self.bury(&pending.key, connector, &config, grant).await?;
        }
        self.vault.drop_response(&pending.id).await?;
        Ok(())
    }
}
