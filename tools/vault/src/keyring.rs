//! Data keys: one per app and epoch, wrapped by the root key in the store, unwrapped once into memory.
//!
//! Why per app: losing or rotating one app's key leaves the others alone. New values are always sealed under the
//! newest epoch, looked up in the same transaction as the write, so a rotation by another process is seen at once;
//! old values name their key. Invariant: keys enter memory only here. Source: `security.md` §4.1 and §4.8.

use crate::binding::{Binding, Part};
use crate::db::{Db, Tx, change, on, read, row};
use crate::error::{Error, Result};
use crate::root_key::RootKey;
use crate::seal::{SealingKey, fill, fresh_key, key_id};
use crate::secret::SecretBytes;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// What a data key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Rows,
    Audit,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Audit => "audit",
        }
    }
}

row! {
    struct KeyRow { kid: i64, app: String, purpose: String, epoch: i64, wrapped: Vec<u8> }
}

const NEWEST: &str =
    "SELECT kid, app, purpose, epoch, wrapped FROM lp_keys WHERE app = $1 AND purpose = $2 ORDER BY epoch DESC LIMIT 1";
const BY_ID: &str = "SELECT kid, app, purpose, epoch, wrapped FROM lp_keys WHERE kid = $1";
const INSERT: &str = "INSERT INTO lp_keys (kid, app, purpose, epoch, wrapped, created) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING";

pub(crate) struct Keyring {
    install: String,
    root: SealingKey,
    known: RwLock<HashMap<u32, Arc<SealingKey>>>,
}

impl Keyring {
    pub(crate) fn new(install: String, root: RootKey) -> Self {
        let kid = u32::from_str_radix(root.id.get(..8).unwrap_or_default(), 16).unwrap_or(0);
        Self {
            install,
            root: SealingKey::new(kid, root.bytes),
            known: RwLock::default(),
        }
    }

    /// The key that new values of `app` are sealed with; the first one is made on demand.
    pub(crate) async fn newest(&self, tx: &mut Tx, app: &str, purpose: Purpose, now: i64) -> Result<Arc<SealingKey>> {
        if let Some(row) = newest_row(tx, app, purpose).await? {
            return self.remember(&row);
        }
        self.mint(tx, app, purpose, 1, now).await?;
        // Somebody else's, if they were first.
        let row = newest_row(tx, app, purpose)
            .await?
            .ok_or(Error::Absent { what: "data key" })?;
        self.remember(&row)
    }

    /// Makes the key of the next epoch; what is sealed from now on uses it.
    pub(crate) async fn next_epoch(&self, tx: &mut Tx, app: &str, now: i64) -> Result<i64> {
        let epoch = newest_row(tx, app, Purpose::Rows).await?.map_or(1, |row| row.epoch + 1);
        self.mint(tx, app, Purpose::Rows, epoch, now).await?;
        Ok(epoch)
    }

    async fn mint(&self, tx: &mut Tx, app: &str, purpose: Purpose, epoch: i64, now: i64) -> Result<()> {
        let mut kid = [0u8; 4];
        fill(&mut kid)?;
        let kid = u32::from_be_bytes(kid);
        let wrapped = self
            .root
            .seal(&self.binding(app, purpose.word(), epoch, kid), &*fresh_key()?)?;
        change!(
            *tx,
            INSERT,
            i64::from(kid),
            app,
            purpose.word(),
            epoch,
            wrapped.as_slice(),
            now
        )?;
        Ok(())
    }

    /// Opens a value outside any transaction.
    pub(crate) async fn open(&self, db: &Db, what: &'static str, aad: &[u8], blob: &[u8]) -> Result<Vec<u8>> {
        let kid = key_id(what, blob)?;
        let key = match self.cached(kid) {
            Some(key) => key,
            None => {
                let row =
                    read!(db, c => sqlx::query_as::<_, KeyRow>(BY_ID).bind(i64::from(kid)).fetch_optional(c).await)?;
                self.remember(&row.ok_or(Error::UnknownKey { kid })?)?
            }
        };
        key.open(what, aad, blob)
    }

    /// Opens a value inside a transaction.
    pub(crate) async fn open_in(
        &self,
        tx: &mut Tx,
        what: &'static str,
        aad: &[u8],
        blob: &[u8],
    ) -> Result<SecretBytes> {
        let kid = key_id(what, blob)?;
        let key = match self.cached(kid) {
            Some(key) => key,
            None => {
                let row =
                    on!(*tx, c => sqlx::query_as::<_, KeyRow>(BY_ID).bind(i64::from(kid)).fetch_optional(c).await)?;
                self.remember(&row.ok_or(Error::UnknownKey { kid })?)?
            }
        };
        key.open(what, aad, blob).map(SecretBytes::new)
    }

    fn cached(&self, kid: u32) -> Option<Arc<SealingKey>> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&kid)
            .cloned()
    }

    fn remember(&self, row: &KeyRow) -> Result<Arc<SealingKey>> {
        let what = "data key";
        let kid = u32::try_from(row.kid).map_err(|_| Error::Damaged { what })?;
        if let Some(key) = self.cached(kid) {
            return Ok(key);
        }
        let aad = self.binding(&row.app, &row.purpose, row.epoch, kid);
        let opened = Zeroizing::new(self.root.open(what, &aad, &row.wrapped)?);
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| Error::Damaged { what })?;
        let key = Arc::new(SealingKey::new(kid, Zeroizing::new(bytes)));
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(kid, Arc::clone(&key));
        Ok(key)
    }

    fn binding(&self, app: &str, purpose: &str, epoch: i64, kid: u32) -> Vec<u8> {
        Binding::new(&self.install, "key")
            .text(Part::App, app)
            .text(Part::Name, purpose)
            .number(Part::Epoch, epoch)
            .number(Part::Id, i64::from(kid))
            .field("data key")
    }
}

async fn newest_row(tx: &mut Tx, app: &str, purpose: Purpose) -> Result<Option<KeyRow>> {
    Ok(on!(*tx, c => sqlx::query_as::<_, KeyRow>(NEWEST).bind(app).bind(purpose.word()).fetch_optional(c).await)?)
}
