//! Connections: store a grant, hand out its access token, list without secrets, disconnect.
//!
//! Invariants: both tokens of a row are sealed under one binding over every column that steers behaviour, so
//! whatever changes one of those columns seals both anew at the next generation; only a disconnect takes tokens
//! out of a row, and it leaves them in a tombstone for revocation in the same transaction.
//! Source: `security.md` §2.3, O13 and §4.4.

use crate::audit::AuditEntry;
use crate::connection_row::{ACCESS, BY_KEY, ConnectionRow, by_key, read_json, select, text, write_json};
use crate::db::{Tx, change, read};
use crate::error::{Error, Result};
use crate::model::{Account, ConnectionKey, ConnectionView, Expect, Live, NewConnection, Reason, Status};
use crate::seal::fresh_id;
use crate::secret::Secret;
use crate::vault::Vault;

const BY_APP: &str = select!("WHERE app = $1 ORDER BY connector, mode, user_id");
const BY_USER: &str = select!("WHERE app = $1 AND mode = 'app_user' AND user_id = $2 ORDER BY connector");
const ALL: &str = select!("ORDER BY app, connector, mode, user_id");
const INSERT: &str = "INSERT INTO lp_connections
     (id, app, connector, mode, user_id, issuer, client, token_type, account_id, account_label, account_email, scopes,
      config, status, access, refresh, expires_at, generation, created, updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'active', $14, $15, $16, $17, $18, $18)
     ON CONFLICT DO NOTHING";
const REPLACE: &str = "UPDATE lp_connections SET
     issuer = $3, client = $4, token_type = $5, account_id = $6, account_label = $7, account_email = $8, scopes = $9,
     config = $10, status = 'active', reason = NULL, access = $11, refresh = $12, expires_at = $13, generation = $14,
     lease = NULL, lease_owner = NULL, lease_until = NULL, retry_at = NULL, updated = $15
     WHERE id = $1 AND generation = $2";
const SET_ACCOUNT: &str = "UPDATE lp_connections SET account_id = $3, account_label = $4, account_email = $5,
     access = $6, refresh = $7, generation = $8, updated = $9, lease = NULL, lease_owner = NULL, lease_until = NULL
     WHERE id = $1 AND generation = $2";
const SET_STATUS: &str = "UPDATE lp_connections SET status = $3, reason = $4, updated = $5
     WHERE id = $1 AND generation = $2 AND status IN ('active', 'idle', 'needs_reconnect')";
const DISCONNECT: &str = "UPDATE lp_connections SET status = $3, reason = NULL, access = NULL, refresh = NULL,
     expires_at = NULL, generation = generation + 1, lease = NULL, lease_owner = NULL, lease_until = NULL,
     retry_at = NULL, updated = $4 WHERE id = $1 AND generation = $2";
const REMOVE: &str = "DELETE FROM lp_connections WHERE id = $1 AND access IS NULL AND refresh IS NULL";
const SET_LAST_USED: &str =
    "UPDATE lp_connections SET last_used = $2 WHERE id = $1 AND (last_used IS NULL OR last_used < $2)";

impl Vault {
    /// Stores a grant, as a new connection or in place of the one under the same key, and gives its generation.
    ///
    /// A refresh that is under way loses its lease: the new grant wins.
    ///
    /// # Errors
    /// [`Error::Conflict`] when `expect` doesn't hold; nothing is written then.
    pub async fn put(&self, new: NewConnection, expect: Expect, who: &str) -> Result<i64> {
        new.key.check()?;
        let now = self.now();
        let mut tx = self.begin().await?;
        let old = by_key(&mut tx, &new.key).await?;
        meets(expect, old.as_ref())?;
        let scopes = write_json(&new.scopes);
        let mut row = ConnectionRow {
            id: old.as_ref().map_or_else(|| fresh_id("cn_"), |old| Ok(old.id.clone()))?,
            app: new.key.app.clone(),
            connector: new.key.connector.clone(),
            mode: new.key.mode.as_str().to_owned(),
            user: new.key.user.clone(),
            issuer: new.issuer,
            client: new.client,
            token_type: new.token_type,
            account_id: new.account.id,
            account_label: new.account.label,
            account_email: new.account.email,
            scopes,
            config: new.config.map(|config| config.to_string()),
            status: String::new(),
            reason: None,
            access: None,
            refresh: None,
            expires_at: new.expires_at,
            generation: old.as_ref().map_or(1, |old| old.generation + 1),
            lease: None,
            lease_until: None,
            retry_at: None,
            created: now,
            updated: now,
            last_used: None,
        };
        self.seal_tokens(
            &mut tx,
            &mut row,
            Some(new.access.expose()),
            new.refresh.as_ref().map(Secret::expose),
        )
        .await?;
        let (access, refresh) = (row.access.as_deref(), row.refresh.as_deref());
        let written = match &old {
            None => change!(
                tx,
                INSERT,
                &row.id,
                &row.app,
                &row.connector,
                &row.mode,
                &row.user,
                &row.issuer,
                &row.client,
                &row.token_type,
                &row.account_id,
                &row.account_label,
                &row.account_email,
                &row.scopes,
                &row.config,
                access,
                refresh,
                row.expires_at,
                row.generation,
                now
            )?,
            Some(old) => change!(
                tx,
                REPLACE,
                &row.id,
                old.generation,
                &row.issuer,
                &row.client,
                &row.token_type,
                &row.account_id,
                &row.account_label,
                &row.account_email,
                &row.scopes,
                &row.config,
                access,
                refresh,
                row.expires_at,
                row.generation,
                now
            )?,
        };
        if written == 0 {
            return Err(Error::Fenced);
        }
        match &old {
            Some(old) if new.revoke_replaced => {
                self.bury_tokens_of(&mut tx, old, now).await?;
            }
            // The same account's unapplied refresh is void now; another account's is still to be revoked.
            _ => self.forget_refreshes(&mut tx, &new.key).await?,
        }
        if let Some(entry) = &new.journalled {
            self.forget_response(&mut tx, entry).await?;
        }
        self.note(&mut tx, who, "connection.put", &row, "ok").await?;
        tx.commit().await?;
        Ok(row.generation)
    }

    /// The connection with its access token; `None` when there is none, or it is disconnected.
    ///
    /// The caller checks [`Live::status`] and [`Live::expires_at`] before using the token.
    pub async fn access(&self, key: &ConnectionKey) -> Result<Option<Live>> {
        let Some(row) = self.find(key).await? else {
            return Ok(None);
        };
        let Some(sealed) = &row.access else {
            return Ok(None);
        };
        let now = self.now();
        let scopes = read_json::<Vec<String>>(&row.scopes)?;
        let aad = row.binding(self.install(), &scopes).field(ACCESS);
        let plain = self.keys().open(self.db(), ACCESS, &aad, sealed).await?;
        let token = Secret::from_utf8(plain).ok_or(Error::Damaged { what: ACCESS })?;
        let config = row.config.as_deref().map(read_json).transpose()?;
        let status = row.status(now)?;
        self.used().insert(row.id.clone(), now);
        Ok(Some(Live {
            token,
            status,
            scopes,
            config,
            refreshable: row.refresh.is_some(),
            updated: row.updated,
            id: row.id,
            token_type: row.token_type,
            expires_at: row.expires_at,
            generation: row.generation,
            issuer: row.issuer,
            client: row.client,
        }))
    }

    /// One connection as a person may see it.
    pub async fn connection(&self, key: &ConnectionKey) -> Result<Option<ConnectionView>> {
        self.find(key).await?.map(|row| self.view(row)).transpose()
    }

    /// All connections of `app`, shared and per user.
    pub async fn connections(&self, app: &str) -> Result<Vec<ConnectionView>> {
        let rows = read!(self.db(), c => sqlx::query_as(BY_APP).bind(app).fetch_all(c).await)?;
        self.views(rows)
    }

    /// One user's own connections in `app`.
    pub async fn connections_of(&self, app: &str, user: &str) -> Result<Vec<ConnectionView>> {
        let rows = read!(self.db(), c => sqlx::query_as(BY_USER).bind(app).bind(user).fetch_all(c).await)?;
        self.views(rows)
    }

    /// Every connection in the store.
    pub async fn all_connections(&self) -> Result<Vec<ConnectionView>> {
        let rows = read!(self.db(), c => sqlx::query_as(ALL).fetch_all(c).await)?;
        self.views(rows)
    }

    /// Says that the owner has to connect again. The tokens stay where they are.
    pub async fn needs_reconnect(
        &self,
        key: &ConnectionKey,
        generation: i64,
        reason: &Reason,
        who: &str,
    ) -> Result<()> {
        self.set_status(key, generation, &Status::NeedsReconnect(reason.clone()), who)
            .await
    }

    /// Says that the connection works (again).
    pub async fn mark_active(&self, key: &ConnectionKey, generation: i64, who: &str) -> Result<()> {
        self.set_status(key, generation, &Status::Active, who).await
    }

    /// Says that the connection has not been used for longer than the policy allows.
    pub async fn mark_idle(&self, key: &ConnectionKey, generation: i64, who: &str) -> Result<()> {
        self.set_status(key, generation, &Status::Idle, who).await
    }

    /// Records who consented, once that is known, and gives the new generation.
    pub async fn set_account(&self, key: &ConnectionKey, generation: i64, account: Account, who: &str) -> Result<i64> {
        let mut tx = self.begin().await?;
        let mut row = self.at(&mut tx, key, generation).await?;
        let (access, refresh) = self.open_tokens(&mut tx, &row).await?;
        (row.account_id, row.account_label, row.account_email) = (account.id, account.label, account.email);
        row.generation += 1;
        self.seal_tokens(&mut tx, &mut row, text(access.as_ref())?, text(refresh.as_ref())?)
            .await?;
        let written = change!(
            tx,
            SET_ACCOUNT,
            &row.id,
            generation,
            &row.account_id,
            &row.account_label,
            &row.account_email,
            row.access.as_deref(),
            row.refresh.as_deref(),
            row.generation,
            self.now()
        )?;
        if written == 0 {
            return Err(Error::Fenced);
        }
        self.note(&mut tx, who, "connection.account", &row, "ok").await?;
        tx.commit().await?;
        Ok(row.generation)
    }

    /// Disconnects: the tokens leave the row for a tombstone, to be revoked upstream, in one step.
    ///
    /// Gives the tombstone's id, or `None` when there was nothing to revoke. Scopes and account stay.
    ///
    /// # Errors
    /// [`Error::Absent`] when there is no such connection.
    pub async fn disconnect(&self, key: &ConnectionKey, who: &str) -> Result<Option<String>> {
        // A refresh that finishes in between moves the row on; a person's click wins in the end.
        for _ in 0..5 {
            match self.disconnect_once(key, who).await {
                Err(Error::Fenced) => {}
                done => return done,
            }
        }
        Err(Error::Fenced)
    }

    async fn disconnect_once(&self, key: &ConnectionKey, who: &str) -> Result<Option<String>> {
        let now = self.now();
        let mut tx = self.begin().await?;
        let row = by_key(&mut tx, key)
            .await?
            .ok_or(Error::Absent { what: "connection" })?;
        if row.access.is_none() && row.refresh.is_none() {
            return Ok(None);
        }
        let tombstone = self.bury_tokens_of(&mut tx, &row, now).await?;
        let status = Status::RevocationPending;
        if change!(tx, DISCONNECT, &row.id, row.generation, status.word(), now)? == 0 {
            return Err(Error::Fenced);
        }
        self.note(&mut tx, who, "connection.disconnect", &row, "ok").await?;
        tx.commit().await?;
        Ok(Some(tombstone))
    }

    /// Removes a disconnected connection altogether, scopes and account included. Its tombstone stays.
    ///
    /// # Errors
    /// [`Error::Conflict`] while it still has tokens: disconnect it first.
    pub async fn remove(&self, key: &ConnectionKey, who: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = by_key(&mut tx, key)
            .await?
            .ok_or(Error::Absent { what: "connection" })?;
        if change!(tx, REMOVE, &row.id)? == 0 {
            return Err(conflict("a disconnected connection", "one with tokens"));
        }
        self.note(&mut tx, who, "connection.remove", &row, "ok").await?;
        tx.commit().await
    }

    /// Writes when connections were last used; reads only note it in memory.
    pub async fn flush_last_used(&self) -> Result<()> {
        let used = std::mem::take(&mut *self.used());
        if used.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for (id, at) in &used {
            change!(tx, SET_LAST_USED, id, *at)?;
        }
        tx.commit().await
    }

    async fn set_status(&self, key: &ConnectionKey, generation: i64, status: &Status, who: &str) -> Result<()> {
        let reason = match status {
            Status::NeedsReconnect(reason) => Some(reason.write()),
            _ => None,
        };
        let mut tx = self.begin().await?;
        let row = self.at(&mut tx, key, generation).await?;
        if change!(
            tx,
            SET_STATUS,
            &row.id,
            generation,
            status.word(),
            reason.as_deref(),
            self.now()
        )? == 0
        {
            return Err(conflict("a connection with tokens", &row.status));
        }
        self.note(
            &mut tx,
            who,
            "connection.status",
            &row,
            reason.as_deref().unwrap_or(status.word()),
        )
        .await?;
        tx.commit().await
    }

    async fn at(&self, tx: &mut Tx, key: &ConnectionKey, generation: i64) -> Result<ConnectionRow> {
        let row = by_key(tx, key).await?.ok_or(Error::Absent { what: "connection" })?;
        meets(Expect::Generation(generation), Some(&row))?;
        Ok(row)
    }

    async fn find(&self, key: &ConnectionKey) -> Result<Option<ConnectionRow>> {
        Ok(read!(self.db(), c => sqlx::query_as(BY_KEY)
            .bind(&*key.app)
            .bind(&*key.connector)
            .bind(key.mode.as_str())
            .bind(&*key.user)
            .fetch_optional(c)
            .await)?)
    }
    /// Writes the audit entry of a change to `row`.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx,
        who: &str,
        what: &str,
        row: &ConnectionRow,
        outcome: &str,
    ) -> Result<()> {
        self.append(
            tx,
            AuditEntry {
                who,
                what,
                app: &row.app,
                subject: &row.id,
                outcome,
            },
        )
        .await
    }

    fn views(&self, rows: Vec<ConnectionRow>) -> Result<Vec<ConnectionView>> {
        rows.into_iter().map(|row| self.view(row)).collect()
    }

    fn view(&self, row: ConnectionRow) -> Result<ConnectionView> {
        let status = row.status(self.now())?;
        let last_used = self.used().get(&row.id).copied().max(row.last_used);
        Ok(ConnectionView {
            key: row.key()?,
            account: row.account(),
            scopes: read_json(&row.scopes)?,
            config: row.config.as_deref().map(read_json).transpose()?,
            status,
            last_used,
            refreshable: row.refresh.is_some(),
            id: row.id,
            issuer: row.issuer,
            client: row.client,
            expires_at: row.expires_at,
            generation: row.generation,
            created: row.created,
            updated: row.updated,
        })
    }
}

fn meets(expect: Expect, old: Option<&ConnectionRow>) -> Result<()> {
    let live = old.filter(|row| row.access.is_some() || row.refresh.is_some());
    let found = || {
        live.map_or("no connection".to_owned(), |row| {
            format!("generation {}", row.generation)
        })
    };
    match expect {
        Expect::Anything => Ok(()),
        Expect::Absent if live.is_none() => Ok(()),
        Expect::Absent => Err(conflict("no connection", &found())),
        Expect::Generation(wanted) if old.is_some_and(|row| row.generation == wanted) => Ok(()),
        Expect::Generation(wanted) => Err(conflict(&format!("generation {wanted}"), &found())),
    }
}

fn conflict(expected: &str, found: &str) -> Error {
    Error::Conflict {
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
