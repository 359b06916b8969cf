//! The broker's inside: what every part of it shares, and what the command line may ask of it directly.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use linchpin_catalog::{Catalog, Connector};
use linchpin_oauth::Wire;
use linchpin_vault::{ConnectionKey, Secret, Vault};
use tokio::sync::Notify;
use url::Url;

use crate::connect::Flows;
use crate::http::{Limits, Starts};
use crate::jwt::SigningKey;
use crate::principal::{AppUser, checked};
use crate::refresh::Flights;
use crate::{BrokerError, Options};

/// A broker without its listeners: what the command line and tests may ask of it. Cheap to clone.
#[derive(Clone)]
pub struct Broker(Arc<Inner>);

/// What every part of the broker shares. Its fields are the crate's own.
#[doc(hidden)]
pub struct Inner {
    pub(crate) vault: Vault,
    pub(crate) wire: Wire,
    pub(crate) catalog: &'static Catalog,
    pub(crate) signing: SigningKey,
    pub(crate) id: String,
    pub(crate) flows: Mutex<Flows>,
    pub(crate) starts: Mutex<Starts>,
    pub(crate) limits: Limits,
    pub(crate) flights: Mutex<Flights>,
    /// OAuth client families a provider refused, until the client is entered again.
    pub(crate) refused_clients: Mutex<HashSet<String>>,
    /// The service's own address, once it listens.
    pub(crate) base: OnceLock<Url>,
    /// Rung when something waits to be revoked.
    pub(crate) revoke: Notify,
    /// Tombstones whose provider is being told right now.
    pub(crate) revoking: Mutex<HashSet<String>>,
    pub(crate) flush: Mutex<bool>,
}

impl Deref for Broker {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Broker {
    /// Opens store, keys and the HTTP client. Listens nowhere yet.
    ///
    /// # Errors
    /// When the store or its key can't be used, or the options are not acceptable.
    pub async fn open(options: &Options) -> Result<Self, BrokerError> {
        options.check()?;
        let wire = Wire::new(options.providers.clone())?;
        let vault = Vault::open(options.store.clone(), options.key.clone()).await?;
        let signing = SigningKey::of(&vault).await?;
        let base = OnceLock::new();
        if let Some(url) = &options.public_url {
            let _ = base.set(url.clone());
        }
        Ok(Self(Arc::new(Inner {
            vault,
            wire,
            catalog: options.catalog,
            signing,
            id: format!("broker:{}", random_id()?),
            flows: Mutex::default(),
            starts: Mutex::default(),
            limits: Limits::default(),
            flights: Mutex::default(),
            refused_clients: Mutex::default(),
            base,
            revoke: Notify::new(),
            revoking: Mutex::default(),
            flush: Mutex::new(false),
        })))
    }

    /// The store, for the command line and for tests that seed it.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// A fresh key for an app's functions (`Base44-Service-Authorization`). An earlier one made under the same
    /// name is revoked. Shown once.
    ///
    /// # Errors
    /// When the store can't be written, or the app has two other live keys.
    pub async fn service_key(&self, app: &str, called: &str) -> Result<Secret, BrokerError> {
        self.fresh_key(app, &format!("service:{called}")).await
    }

    /// A fresh key for the app's builder: what the `base44` command line sends as `BASE44_API_KEY`. An earlier
    /// one is revoked. It manages connectors and reads no token.
    ///
    /// # Errors
    /// When the store can't be written, or the app has two other live keys.
    pub async fn builder_key(&self, app: &str) -> Result<Secret, BrokerError> {
        let key = self.fresh_key(app, "builder").await?;
        Ok(Secret::new(format!("b44k_{}", key.expose())))
    }

    async fn fresh_key(&self, app: &str, called: &str) -> Result<Secret, BrokerError> {
        for key in self.vault.app_keys(app).await? {
            if key.name == called && key.revoked.is_none() {
                self.vault.revoke_app_key(app, &key.id, &self.id).await?;
            }
        }
        let (_, key) = self.vault.mint_app_key(app, called, &self.id).await?;
        Ok(key)
    }

    /// A signed token that says who an app's user is, for `seconds`. Whoever calls this has verified the user.
    ///
    /// # Errors
    /// When the user's id can't be told apart safely from others.
    pub fn user_token(&self, app: &str, user: &AppUser, seconds: u32) -> Result<Secret, BrokerError> {
        checked(&user.id).ok_or(BrokerError::BadUser)?;
        Ok(self.signing.sign(app, user, linchpin_oauth::now_ms() / 1000, seconds))
    }

    /// The catalog entry behind a connection: its own type, or the type of a connector for app users.
    pub(crate) async fn connector_of(&self, key: &ConnectionKey) -> Result<Option<&'static Connector>, BrokerError> {
        self.connector_by(&key.app, &key.connector).await
    }

    pub(crate) async fn connector_by(&self, app: &str, id: &str) -> Result<Option<&'static Connector>, BrokerError> {
        if let Some(known) = self.catalog.get(id) {
            return Ok(Some(known));
        }
        let own = self.vault.user_connector(app, id).await?;
        Ok(own.and_then(|own| self.catalog.get(&own.connector)))
    }

    /// The client for a connector in an app, with its secret.
    pub(crate) async fn client(
        &self,
        app: &str,
        family: &str,
    ) -> Result<Option<linchpin_oauth::OauthClient>, BrokerError> {
        Ok(self
            .vault
            .client(app, family)
            .await?
            .map(|client| linchpin_oauth::OauthClient {
                id: client.client_id,
                secret: client
                    .secret
                    .map(|secret| linchpin_oauth::Secret::new(secret.expose().to_owned())),
            }))
    }
}

/// A lock whose holder can't have left it half-written: every critical section is a few map operations.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 128 random bits in hexadecimal.
pub(crate) fn random_id() -> Result<String, BrokerError> {
    use std::fmt::Write as _;
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| BrokerError::NoRandomness)?;
    Ok(bytes.iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
