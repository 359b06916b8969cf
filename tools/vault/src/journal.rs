//! Responses that were received but not yet applied: what a kill between two steps leaves behind.
//!
//! Two kinds: the answer to a refresh, taken up by the next [`Vault::claim`]; and a new grant, whose tokens are
//! either stored by [`Vault::put`] (which settles the entry) or, after a kill, revoked by whoever starts next.
//! Source: `security.md` §2.3 (d), T-TOK-01 and T-TOK-02.

use crate::binding::{Binding, Part};
use crate::db::{Tx, change, on, read, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::{ConnectionKey, Mode};
use crate::seal::fresh_id;
use crate::secret::SecretBytes;
use crate::vault::Vault;

const WHAT: &str = "journalled response";
const GRANT: &str = "grant";
const REFRESH: &str = "refresh";

row! {
    struct JournalRow {
        id: String, app: String, connector: String, mode: String, user: String,
        kind: String, generation: i64, note: Option<String>, body: Vec<u8>, created: i64,
    }
}

const INSERT: &str = "INSERT INTO lp_journal
     (id, app, connector, mode, user_id, kind, generation, note, body, created)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, created = excluded.created";
const ALL: &str = "SELECT id, app, connector, mode, user_id, kind, generation, note, body, created FROM lp_journal
     ORDER BY created, id";
const NEWEST: &str = "SELECT id, app, connector, mode, user_id, kind, generation, note, body, created FROM lp_journal
     WHERE app = $1 AND connector = $2 AND mode = $3 AND user_id = $4 AND kind = 'refresh' AND generation = $5
     ORDER BY created DESC, id LIMIT 1";
const FORGET: &str = "DELETE FROM lp_journal WHERE id = $1";
const FORGET_REFRESHES: &str = "DELETE FROM lp_journal
     WHERE app = $1 AND connector = $2 AND mode = $3 AND user_id = $4 AND kind = 'refresh'";

/// What a journalled response answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingKind {
    /// A refresh of a connection that still waits for it: claim the connection and apply it.
    Refresh,
    /// A refresh whose connection has moved on or is gone: revoke its tokens, then drop it.
    Orphan,
    /// A new grant that was not stored: revoke its tokens, then drop it.
    Grant,
}

/// A response that was received and not applied.
pub struct Pending {
    /// Its id, for [`Vault::drop_response`].
    pub id: String,
    /// Which connection it is for.
    pub key: ConnectionKey,
    /// What it answers.
    pub kind: PendingKind,
    /// The generation it replaces (0 for a new grant).
    pub generation: i64,
    /// The caller's own words from [`Vault::journal_grant`].
    pub note: Option<String>,
    /// The body, as the provider sent it.
    pub body: SecretBytes,
    /// When it was received.
    pub created: i64,
}

impl Vault {
    /// Keeps the raw answer to a code exchange before anything reads it, and gives its id for
    /// [`crate::NewConnection::journalled`]. `note` is the caller's own: what it needs to revoke the tokens after a kill.
    pub async fn journal_grant(&self, key: &ConnectionKey, note: &str, body: &[u8]) -> Result<String> {
        key.check()?;
        let id = fresh_id("gr_")?;
        let mut tx = self.begin().await?;
        self.keep(&mut tx, &id, key, GRANT, 0, Some(note), body).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Responses that were received and not applied, oldest first; to be settled at start.
    pub async fn pending_responses(&self) -> Result<Vec<Pending>> {
        let rows = read!(self.db(), c => sqlx::query_as::<_, JournalRow>(ALL).fetch_all(c).await)?;
        let mut pending = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.key()?;
            let aad = row.binding(self.install());
            let body = match self.keys().open(self.db(), WHAT, &aad, &row.body).await {
                Ok(body) => SecretBytes::new(body),
                Err(wrong @ Error::Database(_)) => return Err(wrong),
                Err(wrong) => {
                    tracing::warn!(id = row.id, %wrong, "a journalled response was left where it is");
                    continue;
                }
            };
            let kind = match row.kind.as_str() {
                GRANT => PendingKind::Grant,
                REFRESH
                    if self
                        .connection(&key)
                        .await?
                        .is_some_and(|c| c.generation + 1 == row.generation) =>
                {
                    PendingKind::Refresh
                }
                REFRESH => PendingKind::Orphan,
                _ => return Err(Error::Damaged { what: WHAT }),
            };
            let generation = (row.generation - 1).max(0);
            pending.push(Pending {
                key,
                kind,
                generation,
                body,
                id: row.id,
                note: row.note,
                created: row.created,
            });
        }
        Ok(pending)
    }

    /// Forgets a response whose tokens were revoked, or that had none.
    pub async fn drop_response(&self, id: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        self.forget_response(&mut tx, id).await?;
        tx.commit().await
    }

    pub(crate) async fn keep_refresh(
        &self,
        tx: &mut Tx,
        lease: &str,
        key: &ConnectionKey,
        fence: i64,
        body: &[u8],
    ) -> Result<()> {
        self.keep(tx, lease, key, REFRESH, fence, None, body).await
    }

    /// The unapplied answer that would lead to generation `fence`.
    pub(crate) async fn response_for(
        &self,
        tx: &mut Tx,
        key: &ConnectionKey,
        fence: i64,
    ) -> Result<Option<SecretBytes>> {
        let row = on!(*tx, c => sqlx::query_as::<_, JournalRow>(NEWEST)
            .bind(&*key.app)
            .bind(&*key.connector)
            .bind(key.mode.as_str())
            .bind(&*key.user)
            .bind(fence)
            .fetch_optional(c)
            .await)?;
        let Some(row) = row else { return Ok(None) };
        match self
            .keys()
            .open_in(tx, WHAT, &row.binding(self.install()), &row.body)
            .await
        {
            Ok(body) => Ok(Some(body)),
            Err(wrong @ Error::Database(_)) => Err(wrong),
            // The old refresh token may still do; a bent journal entry must not be in its way.
            Err(wrong) => {
                tracing::warn!(id = row.id, %wrong, "a journalled response can't be used");
                Ok(None)
            }
        }
    }

    pub(crate) async fn forget_response(&self, tx: &mut Tx, id: &str) -> Result<()> {
        change!(*tx, FORGET, id)?;
        Ok(())
    }

    pub(crate) async fn forget_refreshes(&self, tx: &mut Tx, key: &ConnectionKey) -> Result<()> {
        change!(
            *tx,
            FORGET_REFRESHES,
            &*key.app,
            &*key.connector,
            key.mode.as_str(),
            &*key.user
        )?;
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "the columns of one row")]
    async fn keep(
        &self,
        tx: &mut Tx,
        id: &str,
        key: &ConnectionKey,
        kind: &str,
        generation: i64,
        note: Option<&str>,
        body: &[u8],
    ) -> Result<()> {
        let now = self.now();
        let sealing = self.keys().newest(tx, &key.app, Purpose::Rows, now).await?;
        let mut row = JournalRow {
            id: id.to_owned(),
            app: key.app.clone(),
            connector: key.connector.clone(),
            mode: key.mode.as_str().to_owned(),
            user: key.user.clone(),
            kind: kind.to_owned(),
            generation,
            note: note.map(str::to_owned),
            body: Vec::new(),
            created: now,
        };
        row.body = sealing.seal(&row.binding(self.install()), body)?;
        change!(
            *tx,
            INSERT,
            &row.id,
            &row.app,
            &row.connector,
            &row.mode,
            &row.user,
            &row.kind,
            row.generation,
            &row.note,
            row.body.as_slice(),
            row.created
        )?;
        Ok(())
    }
}

impl JournalRow {
    pub(crate) fn binding(&self, install: &str) -> Vec<u8> {
        Binding::new(install, "journal")
            .text(Part::Id, &self.id)
            .text(Part::App, &self.app)
            .text(Part::Connector, &self.connector)
            .text(Part::Mode, &self.mode)
            .text(Part::User, &self.user)
            .text(Part::Name, &self.kind)
            .number(Part::Generation, self.generation)
            .maybe(Part::Note, self.note.as_deref())
            .field(WHAT)
    }

    fn key(&self) -> Result<ConnectionKey> {
        Ok(ConnectionKey {
            app: self.app.clone(),
            connector: self.connector.clone(),
            mode: Mode::parse(&self.mode)?,
            user: self.user.clone(),
        })
    }
}
