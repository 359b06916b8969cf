//! Tokens that are disconnected here and still alive upstream, until their revocation succeeds.
//!
//! Why: deleting a token is not revoking it. A tombstone keeps what the revocation needs, sealed, and is
//! retried until the provider agrees; it is written in the transaction that takes the tokens out of the row.
//! Not here: the HTTP call (RFC 7009), which is the caller's. Source: `security.md` O13, T-TOK-04, T-CON-06.

use crate::audit::AuditEntry;
use crate::binding::{Binding, Part};
use crate::connection_row::{ACCESS, ConnectionRow, REFRESH, read_json, text};
use crate::db::{Tx, change, on, read, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::{ConnectionKey, Mode};
use crate::seal::fresh_id;
use crate::secret::Secret;
use crate::vault::Vault;
use std::time::Duration;

row! {
    struct TombstoneRow {
        id: String, app: String, connector: String, mode: String, user: String,
        issuer: String, client: Option<String>, account: Option<String>, config: Option<String>,
        access: Option<Vec<u8>>, refresh: Option<Vec<u8>>,
        attempts: i64, last_error: Option<String>, created: i64,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, app, connector, mode, user_id, issuer, client, account, config, access, refresh, attempts, ",
            "last_error, created FROM lp_tombstones ",
            $rest
        )
    };
}
pub(crate) use select;

const DUE: &str = select!("WHERE due <= $1 ORDER BY due, id LIMIT $2");
const NEXT: &str = "SELECT MIN(due) FROM lp_tombstones";
const OF_KEY: &str = select!("WHERE app = $1 AND connector = $2 AND mode = $3 AND user_id = $4 ORDER BY created, id");
const BY_ID: &str = select!("WHERE id = $1");
const INSERT: &str = "INSERT INTO lp_tombstones
     (id, app, connector, mode, user_id, issuer, client, account, config, access, refresh, attempts, due, created)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12)";
const DONE: &str = "DELETE FROM lp_tombstones WHERE id = $1";
const FAILED: &str = "UPDATE lp_tombstones SET attempts = attempts + 1, due = $2, last_error = $3 WHERE id = $1";
const SETTLED: &str = "UPDATE lp_connections SET status = 'disconnected', updated = $5
     WHERE app = $1 AND connector = $2 AND mode = $3 AND user_id = $4 AND status = 'revocation_pending'
     AND NOT EXISTS (SELECT 1 FROM lp_tombstones t WHERE t.app = $1 AND t.connector = $2 AND t.mode = $3 AND t.user_id = $4)";

/// Tokens to revoke upstream.
pub struct Tombstone {
    /// Its id.
    pub id: String,
    /// Which connection they were of.
    pub key: ConnectionKey,
    /// The authorization server.
    pub issuer: String,
    /// The OAuth client the grant was made to.
    pub client: Option<String>,
    /// The provider's id of the account.
    pub account: Option<String>,
    /// The connector's settings, which steer where the token is sent.
    pub config: Option<serde_json::Value>,
    /// The access token.
    pub access: Option<Secret>,
    /// The refresh token: revoke it first.
    pub refresh: Option<Secret>,
    /// How often the revocation has failed.
    pub attempts: i64,
    /// What the provider said last.
    pub last_error: Option<String>,
    /// Since when it waits.
    pub created: i64,
}

/// Tokens that belong to no connection and must be revoked.
pub struct Stray<'a> {
    /// The connection they were meant for.
    pub key: &'a ConnectionKey,
    /// The authorization server that gave them.
    pub issuer: &'a str,
    /// The OAuth client they were given to.
    pub client: Option<&'a str>,
    /// The connector's settings, which steer where the token is sent.
    pub config: Option<&'a serde_json::Value>,
    /// The access token.
    pub access: Option<&'a Secret>,
    /// The refresh token.
    pub refresh: Option<&'a Secret>,
}

impl Vault {
    /// At most `most` tombstones whose next attempt is due, the longest waiting first.
    pub async fn due_tombstones(&self, most: u32) -> Result<Vec<Tombstone>> {
        let rows =
            read!(self.db(), c => sqlx::query_as(DUE).bind(self.now()).bind(i64::from(most)).fetch_all(c).await)?;
        self.opened(rows).await
    }

    /// When the next tombstone is due, in milliseconds since the epoch; `None` when there is none.
    pub async fn next_tombstone_due(&self) -> Result<Option<i64>> {
        Ok(read!(self.db(), c => sqlx::query_scalar(NEXT).fetch_one(c).await)?)
    }

    /// The tombstones of one connection. Worth revoking before the same account connects again: many providers
    /// revoke every grant of that account and client along with an old token.
    pub async fn tombstones_of(&self, key: &ConnectionKey) -> Result<Vec<Tombstone>> {
        let rows = read!(self.db(), c => sqlx::query_as(OF_KEY)
            .bind(&*key.app)
            .bind(&*key.connector)
            .bind(key.mode.as_str())
            .bind(&*key.user)
            .fetch_all(c)
            .await)?;
        self.opened(rows).await
    }

    /// The provider has revoked the tokens: they are deleted, and the connection is `disconnected`.
    pub async fn tombstone_done(&self, id: &str, who: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let row: Option<TombstoneRow> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
        let Some(row) = row else { return Ok(()) };
        change!(tx, DONE, id)?;
        change!(tx, SETTLED, &row.app, &row.connector, &row.mode, &row.user, self.now())?;
        let entry = AuditEntry {
            who,
            what: "token.revoke",
            app: &row.app,
            subject: id,
            outcome: "ok",
        };
        self.append(&mut tx, entry).await?;
        tx.commit().await
    }

    /// The revocation failed: it is due again after `wait`. `why` must not contain the token.
    pub async fn tombstone_failed(&self, id: &str, wait: Duration, why: &str) -> Result<()> {
        let due = self
            .now()
            .saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let mut tx = self.begin().await?;
        change!(tx, FAILED, id, due, why)?;
        tx.commit().await
    }

    /// Leaves stray tokens to be revoked, such as those that arrive after a disconnect (T-CON-06).
    pub async fn bury(&self, stray: Stray<'_>, who: &str) -> Result<String> {
        let key = stray.key;
        key.check()?;
        let mut tx = self.begin().await?;
        let row = TombstoneRow {
            id: fresh_id("ts_")?,
            app: key.app.clone(),
            connector: key.connector.clone(),
            mode: key.mode.as_str().to_owned(),
            user: key.user.clone(),
            issuer: stray.issuer.to_owned(),
            client: stray.client.map(str::to_owned),
            account: None,
            config: stray.config.map(ToString::to_string),
            access: None,
            refresh: None,
            attempts: 0,
            last_error: None,
            created: self.now(),
        };
        let (access, refresh) = (stray.access.map(Secret::expose), stray.refresh.map(Secret::expose));
        let id = self.bury_row(&mut tx, row, access, refresh).await?;
        let entry = AuditEntry {
            who,
            what: "token.bury",
            app: &key.app,
            subject: &id,
            outcome: "ok",
        };
        self.append(&mut tx, entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Moves a connection's tokens into a tombstone; the caller takes them out of the row in the same transaction.
    pub(crate) async fn bury_tokens_of(&self, tx: &mut Tx, old: &ConnectionRow, now: i64) -> Result<String> {
        let (access, refresh) = self.open_tokens(tx, old).await?;
        let row = TombstoneRow {
            id: fresh_id("ts_")?,
            app: old.app.clone(),
            connector: old.connector.clone(),
            mode: old.mode.clone(),
            user: old.user.clone(),
            issuer: old.issuer.clone(),
            client: old.client.clone(),
            account: old.account_id.clone(),
            config: old.config.clone(),
            access: None,
            refresh: None,
            attempts: 0,
            last_error: None,
            created: now,
        };
        self.bury_row(tx, row, text(access.as_ref())?, text(refresh.as_ref())?)
            .await
    }

    async fn bury_row(
        &self,
        tx: &mut Tx,
        mut row: TombstoneRow,
        access: Option<&str>,
        refresh: Option<&str>,
    ) -> Result<String> {
        let sealing = self.keys().newest(tx, &row.app, Purpose::Rows, row.created).await?;
        let binding = row.binding(self.install());
        let seal = |field, token: Option<&str>| {
            token
                .map(|token| sealing.seal(&binding.field(field), token.as_bytes()))
                .transpose()
        };
        row.access = seal(ACCESS, access)?;
        row.refresh = seal(REFRESH, refresh)?;
        change!(
            *tx,
            INSERT,
            &row.id,
            &row.app,
            &row.connector,
            &row.mode,
            &row.user,
            &row.issuer,
            &row.client,
            &row.account,
            &row.config,
            row.access.as_deref(),
            row.refresh.as_deref(),
            row.created
        )?;
        Ok(row.id)
    }

    async fn opened(&self, rows: Vec<TombstoneRow>) -> Result<Vec<Tombstone>> {
        let mut tombstones = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id.clone();
            match self.open_tombstone(row).await {
                Ok(tombstone) => tombstones.push(tombstone),
                Err(wrong @ Error::Database(_)) => return Err(wrong),
                Err(wrong) => tracing::warn!(id, %wrong, "a tombstone was left where it is"),
            }
        }
        Ok(tombstones)
    }

    async fn open_tombstone(&self, row: TombstoneRow) -> Result<Tombstone> {
        let binding = row.binding(self.install());
        let mut tokens = [None, None];
        for (token, (field, sealed)) in tokens.iter_mut().zip([(ACCESS, &row.access), (REFRESH, &row.refresh)]) {
            if let Some(sealed) = sealed {
                let plain = self
                    .keys()
                    .open(self.db(), field, &binding.field(field), sealed)
                    .await?;
                *token = Some(Secret::from_utf8(plain).ok_or(Error::Damaged { what: field })?);
            }
        }
        let [access, refresh] = tokens;
        Ok(Tombstone {
            key: ConnectionKey {
                app: row.app,
                connector: row.connector,
                mode: Mode::parse(&row.mode)?,
                user: row.user,
            },
            id: row.id,
            issuer: row.issuer,
            client: row.client,
            account: row.account,
            config: row.config.as_deref().map(read_json).transpose()?,
            access,
            refresh,
            attempts: row.attempts,
            last_error: row.last_error,
            created: row.created,
        })
    }
}

impl TombstoneRow {
    pub(crate) fn binding(&self, install: &str) -> Binding {
        Binding::new(install, "tombstone")
            .text(Part::Id, &self.id)
            .text(Part::App, &self.app)
            .text(Part::Connector, &self.connector)
            .text(Part::Mode, &self.mode)
            .text(Part::User, &self.user)
            .text(Part::Issuer, &self.issuer)
            .maybe(Part::Client, self.client.as_deref())
            .maybe(Part::Account, self.account.as_deref())
            .maybe(Part::Config, self.config.as_deref())
    }
}
