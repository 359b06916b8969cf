//! API keys: verified, then kept as the app's secret under the name its functions read, with a connection
//! beside it so that it is listed, replaced and disconnected like any other.
//!
//! Invariants: a key comes as counted bytes from a person's masked field and goes to the vendor that made it
//! and nowhere else; no answer carries it; a key the vendor refuses is not stored.

use linchpin_catalog::{ApiKey, Connector};
use linchpin_oauth::{Config, filled};
use linchpin_vault::{Account, ConnectionKey, Expect, Mode, NewConnection};

use crate::grants::{NotStored, to_vault};
use crate::settings::to_store;
use crate::{BUILDER, Broker, BrokerError};

impl Broker {
    /// Connects with a key a person entered.
    pub(crate) async fn keep_key(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        api: &ApiKey,
        secret: linchpin_oauth::Secret,
        given: &Config,
        other_account: bool,
    ) -> Result<(), NotStored> {
        if key.mode != Mode::Shared {
            return Err(NotStored {
                code: "shared_only".into(),
                message: format!(
                    "{} has one {} for the whole app, so its users can't connect their own. Connect it as shared.",
                    connector.name, api.name
                ),
            });
        }
        let mut config = self.settings(key, connector, given).await?;
        let there = filled(connector, &config)?;
        let who = self.wire.verify_key(&there, &secret, &config).await?;
        config.extend(who.config);
        // A key that names nobody is its own account, and a new one simply takes its place.
        let unnamed = who.account.id.starts_with("key:");
        self.may_take(key, connector, &who.account, other_account || unnamed)
            .await?;
        let secret = to_vault(secret);
        for (field, value) in connector
            .config
            .iter()
            .filter_map(|field| Some((field, config.get(&field.name)?)))
        {
            if let Some(name) = &field.secret {
                let value = linchpin_vault::Secret::from(value.as_str());
                self.vault.put_secret(&key.app, name, &value, BUILDER).await?;
            }
        }
        self.vault.put_secret(&key.app, &api.secret, &secret, BUILDER).await?;
        let new = NewConnection {
            key: key.clone(),
            issuer: there.hosts.first().cloned().unwrap_or_default(),
            client: None,
            token_type: "api_key".into(),
            account: Account {
                id: Some(who.account.id),
                label: Some(who.account.label),
                email: who.account.email,
            },
            scopes: linchpin_oauth::granted(connector, &who.scopes),
            config: to_store(&config),
            access: secret,
            refresh: None,
            expires_at: None,
            journalled: None,
            revoke_replaced: false,
        };
        self.vault.put(new, Expect::Anything, BUILDER).await?;
        Ok(())
    }

    /// Takes a key out of the app's secrets. The vendor is not told: keys are withdrawn on its own page.
    pub(crate) async fn forget_key(&self, key: &ConnectionKey, who: &str) -> Result<(), BrokerError> {
        let Some(connector) = self.connector_of(key).await? else {
            return Ok(());
        };
        if let Some(api) = &connector.auth.key {
            let beside = connector.config.iter().filter_map(|field| field.secret.as_ref());
            for name in beside.chain([&api.secret]) {
                self.vault.delete_secret(&key.app, name, who).await?;
            }
        }
        Ok(())
    }
}
