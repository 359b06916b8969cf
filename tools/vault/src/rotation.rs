//! Rotating an app's data key while the vault is in use.
//!
//! [`Vault::rotate`] starts a new epoch, which every later write uses; [`Vault::reseal`] moves old values over, a few
//! at a time, each on the condition that it hasn't changed meanwhile. A kill between two steps leaves every value
//! readable under its old or its new key, and a rerun goes on. Old keys stay: nothing here deletes one.
//! Not here yet: the root key. Source: `security.md` §4.8, T-TOK-03.

use crate::audit::AuditEntry;
use crate::clients::{self, ClientRow};
use crate::connection_row::{self, ConnectionRow, text};
use crate::db::{Tx, change, on, read, row};
use crate::error::Result;
use crate::keyring::Purpose;
use crate::seal::SealingKey;
use crate::secrets::{self, SecretRow};
use crate::tombstones::{self, TombstoneRow};
use crate::vault::Vault;
use serde::Serialize;
use std::sync::Arc;

/// Rows moved in one transaction, so that other writers wait little.
const BATCH: i64 = 50;

const OLD_CONNECTIONS: &str =
    connection_row::select!("WHERE app = $1 AND (substr(access, 3, 4) <> $2 OR substr(refresh, 3, 4) <> $2) LIMIT $3");
const CONNECTION: &str = "UPDATE lp_connections SET access = $3, refresh = $4 WHERE id = $1 AND generation = $2";
const OLD_TOMBSTONES: &str =
    tombstones::select!("WHERE app = $1 AND (substr(access, 3, 4) <> $2 OR substr(refresh, 3, 4) <> $2) LIMIT $3");
const TOMBSTONE: &str = "UPDATE lp_tombstones SET access = $2, refresh = $3 WHERE id = $1";
const OLD_CLIENTS: &str = "SELECT app, family, client_id, secret, created, updated FROM lp_clients
     WHERE app = $1 AND substr(secret, 3, 4) <> $2 LIMIT $3";
const CLIENT: &str = "UPDATE lp_clients SET secret = $3 WHERE app = $1 AND family = $2 AND updated = $4";
const OLD_SECRETS: &str = "SELECT app, name, value, generation, created, updated FROM lp_secrets
     WHERE app = $1 AND substr(value, 3, 4) <> $2 LIMIT $3";
const SECRET: &str = "UPDATE lp_secrets SET value = $3 WHERE app = $1 AND name = $2 AND generation = $4";

const KEYS: &str = "SELECT app, epoch, kid, created FROM lp_keys WHERE purpose = 'rows' ORDER BY app, epoch";
/// Flows and journal entries live for minutes: they are counted, and left to run out.
const USES: &str =
    "SELECT (SELECT COUNT(*) FROM lp_connections WHERE substr(access, 3, 4) = $1 OR substr(refresh, 3, 4) = $1)
     + (SELECT COUNT(*) FROM lp_tombstones WHERE substr(access, 3, 4) = $1 OR substr(refresh, 3, 4) = $1)
     + (SELECT COUNT(*) FROM lp_clients WHERE substr(secret, 3, 4) = $1)
     + (SELECT COUNT(*) FROM lp_secrets WHERE substr(value, 3, 4) = $1)
     + (SELECT COUNT(*) FROM lp_journal WHERE substr(body, 3, 4) = $1)
     + (SELECT COUNT(*) FROM lp_flows WHERE substr(verifier, 3, 4) = $1)";

row! { struct KeyRow { app: String, epoch: i64, kid: i64, created: i64 } }

/// One data key and how much depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyStatus {
    /// The app; empty for what belongs to the whole install.
    pub app: String,
    /// 1 for the first.
    pub epoch: i64,
    /// The id that sealed values name.
    pub kid: u32,
    /// Whether new values are sealed with it.
    pub newest: bool,
    /// How many rows it still opens.
    pub rows: i64,
    /// When it was made.
    pub created: i64,
}

/// What a [`Vault::reseal`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// Rows moved to the newest key.
    pub moved: u64,
    /// Whether some are left for another call.
    pub more: bool,
}

impl Vault {
    /// Starts a new data key for `app` and gives its epoch. Cheap: call [`Self::reseal`] until nothing is left.
    pub async fn rotate(&self, app: &str, who: &str) -> Result<i64> {
        let mut tx = self.begin().await?;
        let epoch = self.keys().next_epoch(&mut tx, app, self.now()).await?;
        let outcome = format!("epoch {epoch}");
        self.append(
            &mut tx,
            AuditEntry {
                who,
                what: "key.rotate",
                app,
                subject: "",
                outcome: &outcome,
            },
        )
        .await?;
        tx.commit().await?;
        Ok(epoch)
    }

    /// Moves some of `app`'s values to its newest key.
    pub async fn reseal(&self, app: &str) -> Result<Resealed> {
        let mut tx = self.begin().await?;
        let key = self.keys().newest(&mut tx, app, Purpose::Rows, self.now()).await?;
        let (mut moved, mut met) = (0, 0);
        for kind in [Kind::Connections, Kind::Tombstones, Kind::Clients, Kind::Secrets] {
            let (here, found) = self.reseal_kind(&mut tx, kind, app, &key).await?;
            moved += here;
            met += found;
        }
        tx.commit().await?;
        Ok(Resealed { moved, more: met > 0 })
    }

    /// All data keys, and how many rows each still opens.
    pub async fn key_status(&self) -> Result<Vec<KeyStatus>> {
        let rows: Vec<KeyRow> = read!(self.db(), c => sqlx::query_as(KEYS).fetch_all(c).await)?;
        let mut keys: Vec<KeyStatus> = Vec::with_capacity(rows.len());
        for row in rows {
            let kid = u32::try_from(row.kid).unwrap_or_default();
            let bytes = kid.to_be_bytes();
            let uses: i64 = read!(self.db(), c => sqlx::query_scalar(USES).bind(bytes.as_slice()).fetch_one(c).await)?;
            if let Some(before) = keys.last_mut().filter(|before| before.app == row.app) {
                before.newest = false;
            }
            keys.push(KeyStatus {
                app: row.app,
                epoch: row.epoch,
                kid,
                newest: true,
                rows: uses,
                created: row.created,
            });
        }
        Ok(keys)
    }

    async fn reseal_kind(&self, tx: &mut Tx, kind: Kind, app: &str, key: &Arc<SealingKey>) -> Result<(u64, u64)> {
        let kid = key.kid.to_be_bytes();
        let (mut moved, mut met) = (0, 0);
        macro_rules! old {
            ($sql:expr) => {
                on!(*tx, c => sqlx::query_as($sql).bind(app).bind(kid.as_slice()).bind(BATCH).fetch_all(c).await)?
            };
        }
        match kind {
            Kind::Connections => {
                let rows: Vec<ConnectionRow> = old!(OLD_CONNECTIONS);
                for mut row in rows {
                    met += 1;
                    let (access, refresh) = self.open_tokens(tx, &row).await?;
                    self.seal_tokens(tx, &mut row, text(access.as_ref())?, text(refresh.as_ref())?)
                        .await?;
                    moved += change!(
                        *tx,
                        CONNECTION,
                        &row.id,
                        row.generation,
                        row.access.as_deref(),
                        row.refresh.as_deref()
                    )?;
                }
            }
            Kind::Tombstones => {
                let rows: Vec<TombstoneRow> = old!(OLD_TOMBSTONES);
                for row in rows {
                    met += 1;
                    let binding = row.binding(self.install());
                    let mut new = [None, None];
                    let fields = [
                        (connection_row::ACCESS, &row.access),
                        (connection_row::REFRESH, &row.refresh),
                    ];
                    for (sealed, (field, old)) in new.iter_mut().zip(fields) {
                        if let Some(old) = old {
                            let aad = binding.field(field);
                            let plain = self.keys().open_in(tx, field, &aad, old).await?;
                            *sealed = Some(key.seal(&aad, plain.expose())?);
                        }
                    }
                    let [access, refresh] = new;
                    moved += change!(*tx, TOMBSTONE, &row.id, access.as_deref(), refresh.as_deref())?;
                }
            }
            Kind::Clients => {
                let rows: Vec<ClientRow> = old!(OLD_CLIENTS);
                for row in rows {
                    met += 1;
                    let Some(old) = &row.secret else { continue };
                    let aad = row.binding(self.install());
                    let plain = self.keys().open_in(tx, clients::WHAT, &aad, old).await?;
                    let sealed = key.seal(&aad, plain.expose())?;
                    moved += change!(*tx, CLIENT, &row.app, &row.family, sealed.as_slice(), row.updated)?;
                }
            }
            Kind::Secrets => {
                let rows: Vec<SecretRow> = old!(OLD_SECRETS);
                for row in rows {
                    met += 1;
                    let aad = row.binding(self.install());
                    let plain = self.keys().open_in(tx, secrets::WHAT, &aad, &row.value).await?;
                    let sealed = key.seal(&aad, plain.expose())?;
                    moved += change!(*tx, SECRET, &row.app, &row.name, sealed.as_slice(), row.generation)?;
                }
            }
        }
        Ok((moved, met))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Connections,
    Tombstones,
    Clients,
    Secrets,
}
