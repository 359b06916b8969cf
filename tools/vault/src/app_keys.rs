//! The keys an app's functions show to the broker: 256 random bits, shown once, stored as a hash.
//!
//! The prefix and the checksum let leak scanners find them and let a mistyped key be refused without a look-up.
//! SHA-256 alone is enough for a hash: there is nothing to guess in 256 random bits. Two live keys per app, so one
//! can replace the other without a gap. Source: `security.md` §4.10.

use crate::audit::AuditEntry;
use crate::db::{change, on, read, row};
use crate::error::{Error, Result};
use crate::model::name;
use crate::seal::{fill, fresh_id, hex};
use crate::secret::Secret;
use crate::vault::Vault;
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What every app key starts with.
const PREFIX: &str = "lp_live_";
const MOST: i64 = 2;

row! { struct AppKeyRow { id: String, app: String, name: String, hash: String, created: i64, revoked: Option<i64> } }

const LIVE: &str = "SELECT COUNT(*) FROM lp_app_keys WHERE app = $1 AND revoked IS NULL";
const INSERT: &str = "INSERT INTO lp_app_keys (id, app, name, hash, created) VALUES ($1, $2, $3, $4, $5)";
const BY_HASH: &str =
    "SELECT id, app, name, hash, created, revoked FROM lp_app_keys WHERE hash = $1 AND revoked IS NULL";
const OF_APP: &str =
    "SELECT id, app, name, hash, created, revoked FROM lp_app_keys WHERE app = $1 ORDER BY created, id";
const REVOKE: &str = "UPDATE lp_app_keys SET revoked = $3 WHERE app = $1 AND id = $2 AND revoked IS NULL";

/// An app key as a person may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppKeyView {
    /// Its id.
    pub id: String,
    /// The app it speaks for.
    pub app: String,
    /// What it was called when made.
    pub name: String,
    /// When it was made.
    pub created: i64,
    /// When it was revoked.
    pub revoked: Option<i64>,
}

impl Vault {
    /// Makes a key for `app`. The text is shown once: only its hash is stored.
    ///
    /// # Errors
    /// [`Error::TooManyAppKeys`] when two keys live already.
    pub async fn mint_app_key(&self, app: &str, called: &str, who: &str) -> Result<(AppKeyView, Secret)> {
        name("app id", app)?;
        name("key's name", called)?;
        let now = self.now();
        let mut tx = self.begin().await?;
        let live: i64 = on!(tx, c => sqlx::query_scalar(LIVE).bind(app).fetch_one(c).await)?;
        if live >= MOST {
            return Err(Error::TooManyAppKeys);
        }
        let mut random = Zeroizing::new([0u8; 32]);
        fill(&mut *random)?;
        let body = Zeroizing::new(hex(&*random));
        let key = Secret::new(format!("{PREFIX}{}{}", *body, checksum(&body)));
        let id = fresh_id("ak_")?;
        change!(tx, INSERT, &id, app, called, key.with(hashed), now)?;
        self.append(
            &mut tx,
            AuditEntry {
                who,
                what: "app_key.mint",
                app,
                subject: &id,
                outcome: "ok",
            },
        )
        .await?;
        tx.commit().await?;
        Ok((
            AppKeyView {
                id,
                app: app.to_owned(),
                name: called.to_owned(),
                created: now,
                revoked: None,
            },
            key,
        ))
    }

    /// Whose key this is, if it lives. Says nothing about why not.
    pub async fn verify_app_key(&self, key: &str) -> Result<Option<AppKeyView>> {
        if !well_formed(key) {
            return Ok(None);
        }
        let hash = hashed(key);
        let row = read!(self.db(), c => sqlx::query_as::<_, AppKeyRow>(BY_HASH).bind(&*hash).fetch_optional(c).await)?;
        Ok(row
            .filter(|row| row.hash.as_bytes().ct_eq(hash.as_bytes()).into())
            .map(AppKeyRow::view))
    }

    /// The keys of `app`, revoked ones included.
    pub async fn app_keys(&self, app: &str) -> Result<Vec<AppKeyView>> {
        let rows = read!(self.db(), c => sqlx::query_as::<_, AppKeyRow>(OF_APP).bind(app).fetch_all(c).await)?;
        Ok(rows.into_iter().map(AppKeyRow::view).collect())
    }

    /// Revokes a key at once. True when it lived.
    pub async fn revoke_app_key(&self, app: &str, id: &str, who: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let there = change!(tx, REVOKE, app, id, self.now())? > 0;
        if there {
            self.append(
                &mut tx,
                AuditEntry {
                    who,
                    what: "app_key.revoke",
                    app,
                    subject: id,
                    outcome: "ok",
                },
            )
            .await?;
        }
        tx.commit().await?;
        Ok(there)
    }
}

impl AppKeyRow {
    fn view(self) -> AppKeyView {
        AppKeyView {
            id: self.id,
            app: self.app,
            name: self.name,
            created: self.created,
            revoked: self.revoked,
        }
    }
}

fn well_formed(key: &str) -> bool {
    let Some(rest) = key.strip_prefix(PREFIX) else {
        return false;
    };
    rest.len() == 72
        && rest
            .split_at_checked(64)
            .is_some_and(|(body, sum)| checksum(body).as_bytes().ct_eq(sum.as_bytes()).into())
}

fn checksum(body: &str) -> String {
    let digest: [u8; 32] = Sha256::new().chain_update(PREFIX).chain_update(body).finalize().into();
    hex(&digest[..4])
}

fn hashed(key: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    hex(&digest)
}
