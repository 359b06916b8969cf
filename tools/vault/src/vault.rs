//! Opening a vault: the store, its key, and what the rest of the crate shares.
//!
//! A [`Vault`] is cheap to clone and safe to use from many tasks and processes at once.

use crate::audit::AuditEntry;
use crate::clock::{Clock, SystemClock};
use crate::db::{Db, Opening, Tx, change, on, read};
use crate::error::{Error, Result};
use crate::keyring::{Keyring, Purpose};
use crate::root_key::{KeySource, RootKey};
use crate::schema;
use crate::seal::{KeyBytes, fresh_id};
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const RECORDED: &str = "SELECT name, value FROM lp_meta";
const RECORD: &str = "INSERT INTO lp_meta (name, value) VALUES ($1, $2)";
/// Rows that a new key would make unreadable.
const ROWS: &str = "SELECT (SELECT COUNT(*) FROM lp_keys) + (SELECT COUNT(*) FROM lp_connections)
     + (SELECT COUNT(*) FROM lp_clients) + (SELECT COUNT(*) FROM lp_secrets) + (SELECT COUNT(*) FROM lp_tombstones)";
const FIRST_START: &str = "SELECT pg_advisory_xact_lock(7017280452245744)";

/// Where connections are kept.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// A SQLite file, mode 0600, in a folder of mode 0700. Both are made when missing.
    Sqlite(PathBuf),
    /// A PostgreSQL database, `postgres://user@host/name`, for several replicas. Behind PgBouncer in transaction
    /// mode, add `statement-cache-capacity=0` to the address unless it is 1.21 or newer.
    Postgres(String),
}

impl FromStr for Store {
    type Err = Error;

    /// A `postgres://` address, or a file path.
    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else if text.is_empty() || text.contains("://") {
            Err(Error::BadAddress)
        } else {
            Ok(Self::Sqlite(PathBuf::from(text)))
        }
    }
}

/// Never the address itself: it can hold a password.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// Connections at rest.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    db: Db,
    install: String,
    key_id: String,
    keys: Keyring,
    audit_key: KeyBytes,
    clock: Arc<dyn Clock>,
    used: Mutex<HashMap<String, i64>>,
}

impl Vault {
    /// Opens the vault, making store and key at the very first start.
    ///
    /// # Errors
    /// A key that is wrong, missing or malformed, files that others can reach, a newer store: all
    /// [`Error::is_configuration`], and none of them has changed a row.
    pub async fn open(store: Store, key: KeySource) -> Result<Self> {
        Self::open_with(store, key, Arc::new(SystemClock)).await
    }

    /// [`Self::open`] with another clock.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(store: Store, key: KeySource, clock: Arc<dyn Clock>) -> Result<Self> {
        // Held to the end of this function: whoever is next finds tables, key record and all.
        let (_opening, db) = match &store {
            Store::Sqlite(path) => {
                let opening = Opening::of(path).await?;
                let db = Db::lite(path, &opening).await?;
                (Some(opening), db)
            }
            Store::Postgres(url) => (None, Db::pg(url).await?),
        };
        schema::migrate(&db).await?;
        let recorded = Recorded::read(&mut db.begin().await?).await?;
        let (install, root) = match recorded {
            Some(recorded) => recorded.load(&key)?,
            None => first_start(&db, &key).await?,
        };
        let key_id = root.id.clone();
        let keys = Keyring::new(install.clone(), root);
        let mut tx = db.begin().await?;
        let audit_key = keys
            .newest(&mut tx, "", Purpose::Audit, clock.now_ms())
            .await?
            .bytes()
            .clone();
        let vault = Self(Arc::new(Inner {
            db,
            install,
            key_id,
            keys,
            audit_key,
            clock,
            used: Mutex::default(),
        }));
        if vault.is_new(&mut tx).await? {
            let entry = AuditEntry {
                who: "linchpin",
                what: "vault.create",
                app: "",
                subject: vault.key_id(),
                outcome: "ok",
            };
            vault.append(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(vault)
    }

    /// The public id of the root key, as errors name it.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// Writes what is only in memory (when connections were last used) and closes the store.
    pub async fn close(&self) -> Result<()> {
        let flushed = self.flush_last_used().await;
        self.0.db.close().await;
        flushed
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) async fn begin(&self) -> Result<Tx> {
        self.0.db.begin().await
    }

    pub(crate) fn keys(&self) -> &Keyring {
        &self.0.keys
    }

    pub(crate) fn install(&self) -> &str {
        &self.0.install
    }

    pub(crate) fn audit_key(&self) -> &[u8; 32] {
        &self.0.audit_key
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now_ms()
    }

    pub(crate) fn used(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn is_new(&self, tx: &mut Tx) -> Result<bool> {
        let seq: i64 =
            on!(*tx, c => sqlx::query_scalar("SELECT seq FROM lp_audit_head WHERE one = 1").fetch_one(c).await)?;
        Ok(seq == 0)
    }

    /// Proves that the store answers; for a health check.
    pub async fn ping(&self) -> Result<()> {
        let _: i64 = read!(self.db(), c => sqlx::query_scalar("SELECT version FROM lp_schema").fetch_one(c).await)?;
        Ok(())
    }
}

/// What the store says about its key.
struct Recorded {
    install: String,
    provider: String,
    key_id: String,
}

impl Recorded {
    async fn read(tx: &mut Tx) -> Result<Option<Self>> {
        let pairs: Vec<(String, String)> = on!(*tx, c => sqlx::query_as(RECORDED).fetch_all(c).await)?;
        let mut pairs: HashMap<_, _> = pairs.into_iter().collect();
        match (
            pairs.remove("install"),
            pairs.remove("key_provider"),
            pairs.remove("key_id"),
        ) {
            (Some(install), Some(provider), Some(key_id)) => Ok(Some(Self {
                install,
                provider,
                key_id,
            })),
            (None, None, None) => Ok(None),
            _ => Err(Error::Damaged {
                what: "record of the vault's key",
            }),
        }
    }

    fn load(self, source: &KeySource) -> Result<(String, RootKey)> {
        if self.provider != source.provider() {
            return Err(Error::KeyProvider {
                expected: self.key_id,
                recorded: self.provider,
                offered: source.provider().to_owned(),
            });
        }
        Ok((self.install, source.load(Some(&self.key_id))?))
    }
}

/// Chooses the key of a store without rows and records it, before anything is sealed.
async fn first_start(db: &Db, source: &KeySource) -> Result<(String, RootKey)> {
    let mut tx = db.begin().await?;
    if let Tx::Pg(pg) = &mut tx {
        sqlx::query(FIRST_START).execute(&mut **pg).await?;
    }
    // Another process may have been first.
    if let Some(recorded) = Recorded::read(&mut tx).await? {
        return recorded.load(source);
    }
    // Keys are made only after the record below is there, so rows without one mean that it was taken away.
    let rows: i64 = on!(tx, c => sqlx::query_scalar(ROWS).fetch_one(c).await)?;
    if rows > 0 {
        return Err(Error::Damaged {
            what: "record of the vault's key",
        });
    }
    let root = source.load(None)?;
    let install = fresh_id("in_")?;
    for (name, value) in [
        ("install", install.as_str()),
        ("key_provider", source.provider()),
        ("key_id", &root.id),
    ] {
        change!(tx, RECORD, name, value)?;
    }
    tx.commit().await?;
    Ok((install, root))
}
