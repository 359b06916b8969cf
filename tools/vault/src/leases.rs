//! Refreshing exactly once: a lease row, a fence, and a journal of what the provider said.
//!
//! The road of one refresh: [`Vault::claim`] → ask the provider → [`Vault::journal_response`] (before anything
//! reads the body) → [`Vault::finish_refresh`], or [`Vault::abandon`]. No transaction is open while the provider is
//! asked. A lease is judged by the database's time alone. Whoever lost the lease, or whose generation has passed,
//! changes no row: they get [`Error::Fenced`] and read again. No step blanks a row.
//! Source: `security.md` §2.3, T-CON-01 to T-CON-09.

use crate::connection_row::{ConnectionRow, by_key, read_json, text, write_json};
use crate::db::{Tx, change};
use crate::error::{Error, Result};
use crate::model::{ConnectionKey, Reason, Status};
use crate::seal::fresh_id;
use crate::secret::{Secret, SecretBytes};
use crate::vault::Vault;
use std::time::Duration;

const CLAIM: &str = "UPDATE lp_connections SET lease = $3, lease_owner = $4, lease_until = $5
     WHERE id = $1 AND generation = $2 AND status IN ('active', 'idle') AND refresh IS NOT NULL
     AND (lease_until IS NULL OR lease_until <= $6) AND (retry_at IS NULL OR retry_at <= $6)";
const FINISH: &str = "UPDATE lp_connections SET access = $4, refresh = $5, expires_at = $6, scopes = $7,
     token_type = $8, generation = $9, status = 'active', reason = NULL, lease = NULL, lease_owner = NULL,
     lease_until = NULL, retry_at = NULL, updated = $10
     WHERE id = $1 AND generation = $2 AND lease = $3";
const LET_GO: &str = "UPDATE lp_connections SET lease = $4, lease_owner = NULL, lease_until = NULL, retry_at = $5,
     status = $6, reason = $7, updated = $8 WHERE id = $1 AND generation = $2 AND lease = $3";

/// What came of asking for a lease.
pub enum Claim {
    /// It is yours: refresh, then finish or abandon.
    Leased(Box<Lease>),
    /// Somebody else refreshes, or the provider asked to wait. Use the token while it lasts, or try again then.
    Held {
        /// How long, at most.
        wait: Duration,
    },
    /// The tokens have changed since they were read: read again.
    Moved {
        /// The generation now.
        generation: i64,
    },
    /// There is nothing to refresh with: no such connection, no refresh token, or its owner must reconnect.
    Closed(Option<Status>),
}

/// The right to refresh one connection, until it runs out.
pub struct Lease {
    /// The connection's id.
    pub connection: String,
    /// Which connection.
    pub key: ConnectionKey,
    /// Who holds it, as given to [`Vault::claim`].
    pub owner: String,
    /// The generation that is being replaced.
    pub generation: i64,
    /// The generation that will be written: `generation + 1`.
    pub fence: i64,
    /// The refresh token to use.
    pub refresh: Secret,
    /// The authorization server.
    pub issuer: String,
    /// The OAuth client the grant was made to.
    pub client: Option<String>,
    /// Scopes as granted.
    pub scopes: Vec<String>,
    /// The connector's settings.
    pub config: Option<serde_json::Value>,
    /// An earlier holder may have sent this refresh token and was cut off. An `invalid_grant` now means
    /// [`Reason::InterruptedRefresh`], not that somebody revoked the grant.
    pub interrupted: bool,
    /// The provider's answer to an earlier holder, journalled but not applied: apply it instead of asking again.
    pub journalled: Option<SecretBytes>,
    lease: String,
}

/// New tokens from a refresh.
pub struct Refreshed {
    /// The new access token.
    pub access: Secret,
    /// The new refresh token; `None` keeps the old one (RFC 6749 §6).
    pub refresh: Option<Secret>,
    /// When the access token runs out, in milliseconds since the epoch.
    pub expires_at: Option<i64>,
    /// Scopes, when the provider named them.
    pub scopes: Option<Vec<String>>,
    /// The token type, when the provider named it.
    pub token_type: Option<String>,
}

/// Why a lease is given back without new tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was sent.
    Unused,
    /// The provider was busy, slow or out of reach: nobody tries again before `wait` is over.
    Later {
        /// How long to wait (`Retry-After`, or a back-off with jitter).
        wait: Duration,
        /// The request may have arrived, so the old refresh token may be used up.
        sent: bool,
    },
    /// The grant is over. The tokens stay in the row.
    NeedsReconnect(Reason),
}

impl Vault {
    /// Asks for the right to refresh the connection that was read at generation `seen`, for `ttl`.
    ///
    /// `ttl` must be longer than the whole exchange with the provider may take (30 s for a deadline of 20 s).
    pub async fn claim(&self, key: &ConnectionKey, seen: i64, owner: &str, ttl: Duration) -> Result<Claim> {
        let mut tx = self.begin().await?;
        let Some(row) = by_key(&mut tx, key).await? else {
            return Ok(Claim::Closed(None));
        };
        if row.generation != seen {
            return Ok(Claim::Moved {
                generation: row.generation,
            });
        }
        let now = tx.now().await?;
        let status = row.status(now)?;
        if row.refresh.is_none() || !status.is_usable() {
            return Ok(Claim::Closed(Some(status)));
        }
        let lease = fresh_id("ls_")?;
        let until = now.saturating_add(millis(ttl));
        if change!(tx, CLAIM, &row.id, seen, &lease, owner, until, now)? == 0 {
            let row = by_key(&mut tx, key).await?;
            return Ok(lost(row, seen, tx.now().await?));
        }
        let (_, refresh) = self.open_tokens(&mut tx, &row).await?;
        let refresh = text(refresh.as_ref())?
            .map(Secret::from)
            .ok_or(Error::Absent { what: "refresh token" })?;
        let fence = row.generation + 1;
        let journalled = self.response_for(&mut tx, key, fence).await?;
        tx.commit().await?;
        Ok(Claim::Leased(Box::new(Lease {
            key: key.clone(),
            owner: owner.to_owned(),
            generation: row.generation,
            fence,
            refresh,
            scopes: read_json(&row.scopes)?,
            config: row.config.as_deref().map(read_json).transpose()?,
            interrupted: row.lease.is_some(),
            journalled,
            lease,
            connection: row.id,
            issuer: row.issuer,
            client: row.client,
        })))
    }

    /// Keeps the provider's raw answer, sealed and on disk, before anything interprets it. A kill after this
    /// loses nothing: the next claim gets it as [`Lease::journalled`].
    ///
    /// # Errors
    /// [`Error::Fenced`] when the connection has moved on; tokens in the body are then to be revoked
    /// ([`Vault::bury`]) or, for the same account, dropped.
    pub async fn journal_response(&self, lease: &Lease, body: &[u8]) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = by_key(&mut tx, &lease.key).await?;
        if row.is_none_or(|row| row.generation != lease.generation) {
            return Err(Error::Fenced);
        }
        self.keep_refresh(&mut tx, &lease.lease, &lease.key, lease.fence, body)
            .await?;
        tx.commit().await
    }

    /// Writes the new tokens and gives the new generation.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the lease was lost or the connection has moved on: no row is changed; read again
    /// and use what is there.
    pub async fn finish_refresh(&self, lease: &Lease, new: Refreshed) -> Result<i64> {
        let mut tx = self.begin().await?;
        let mut row = self.held(&mut tx, lease).await?;
        let (_, kept) = self.open_tokens(&mut tx, &row).await?;
        row.generation = lease.fence;
        row.expires_at = new.expires_at;
        if let Some(scopes) = &new.scopes {
            row.scopes = write_json(scopes);
        }
        if let Some(token_type) = new.token_type {
            row.token_type = token_type;
        }
        let refresh = match &new.refresh {
            Some(token) => Some(token.expose()),
            None => text(kept.as_ref())?,
        };
        self.seal_tokens(&mut tx, &mut row, Some(new.access.expose()), refresh)
            .await?;
        let written = change!(
            tx,
            FINISH,
            &row.id,
            lease.fence - 1,
            &lease.lease,
            row.access.as_deref(),
            row.refresh.as_deref(),
            row.expires_at,
            &row.scopes,
            &row.token_type,
            lease.fence,
            self.now()
        )?;
        if written == 0 {
            return Err(Error::Fenced);
        }
        self.forget_refreshes(&mut tx, &lease.key).await?;
        self.note(&mut tx, &lease.owner, "connection.refresh", &row, "ok")
            .await?;
        tx.commit().await?;
        Ok(lease.fence)
    }

    /// Gives the lease back without new tokens. The row keeps the ones it has.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the lease was lost: the new holder decides.
    pub async fn abandon(&self, lease: Lease, outcome: &Outcome) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = self.held(&mut tx, &lease).await?;
        let now = tx.now().await?;
        let (retry_at, reason, sent, said) = match outcome {
            Outcome::Unused => (None, None, false, None),
            Outcome::Later { wait, sent } => (Some(now.saturating_add(millis(*wait))), None, *sent, Some("later")),
            Outcome::NeedsReconnect(reason) => (None, Some(reason.write()), false, Some("needs reconnect")),
        };
        let status = if reason.is_some() {
            Status::NeedsReconnect(Reason::Revoked).word()
        } else {
            row.status.as_str()
        };
        // The mark of a cut-off refresh outlives this lease until some refresh is settled.
        let mark = (reason.is_none() && (sent || lease.interrupted)).then_some(lease.lease.as_str());
        let written = change!(
            tx,
            LET_GO,
            &row.id,
            lease.generation,
            &lease.lease,
            mark,
            retry_at,
            status,
            reason.as_deref().or(row.reason.as_deref()),
            self.now()
        )?;
        if written == 0 {
            return Err(Error::Fenced);
        }
        if *outcome != Outcome::Unused {
            self.forget_refreshes(&mut tx, &lease.key).await?;
        }
        if let Some(said) = said {
            self.note(
                &mut tx,
                &lease.owner,
                "connection.refresh",
                &row,
                reason.as_deref().unwrap_or(said),
            )
            .await?;
        }
        tx.commit().await
    }

    async fn held(&self, tx: &mut Tx, lease: &Lease) -> Result<ConnectionRow> {
        let row = by_key(tx, &lease.key).await?;
        row.filter(|row| row.generation == lease.generation && row.lease.as_deref() == Some(&lease.lease))
            .ok_or(Error::Fenced)
    }
}

/// Why a claim failed, from the row as the winner left it.
fn lost(row: Option<ConnectionRow>, seen: i64, now: i64) -> Claim {
    match row {
        None => Claim::Closed(None),
        Some(row) if row.generation != seen => Claim::Moved {
            generation: row.generation,
        },
        Some(row) => {
            let free = row.lease_until.max(row.retry_at).unwrap_or(now);
            Claim::Held {
                wait: Duration::from_millis(u64::try_from(free - now).unwrap_or(0).max(1)),
            }
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
