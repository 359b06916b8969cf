//! The audit log: who did what to which connection, when, and how it ended. Append-only and chained.
//!
//! Each entry carries an HMAC over itself and the one before, under a key wrapped by the root key: whoever can
//! write to the store but lacks the key can't edit, drop or reorder entries unseen. Limit: cutting off the newest
//! entries, or restoring a whole older store, shows only against a head kept elsewhere ([`AuditHead`]).
//! Source: `security.md` §4.7.

use crate::binding::{Binding, Part};
use crate::db::{Tx, change, on, read, row};
use crate::error::{Error, Result};
use crate::seal::{hex, mac};
use crate::vault::Vault;
use serde::{Deserialize, Serialize};

const PAGE: i64 = 1000;
const NEXT: &str = "UPDATE lp_audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, mac";
const APPEND: &str = "INSERT INTO lp_audit (seq, at, who, what, app, subject, outcome, mac)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SET_HEAD: &str = "UPDATE lp_audit_head SET mac = $1 WHERE one = 1";
const HEAD: &str = "SELECT seq, mac FROM lp_audit_head WHERE one = 1";
const AFTER: &str = "SELECT seq, at, who, what, app, subject, outcome, mac FROM lp_audit
     WHERE seq > $1 ORDER BY seq LIMIT $2";
const NEWEST: &str = "SELECT seq, at, who, what, app, subject, outcome, mac FROM lp_audit ORDER BY seq DESC LIMIT $1";

/// Something worth remembering.
#[derive(Debug, Clone, Copy)]
pub struct AuditEntry<'a> {
    /// Who did it: `builder`, `user:alice`, `function:send-digest`, a broker's id.
    pub who: &'a str,
    /// What was done, such as `token.read`.
    pub what: &'a str,
    /// The app, or empty.
    pub app: &'a str,
    /// What it was done to, such as a connection's id.
    pub subject: &'a str,
    /// How it ended, such as `ok` or `refused`.
    pub outcome: &'a str,
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    /// Its place in the log, from 1 without gaps.
    pub seq: i64,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Who did it.
    pub who: String,
    /// What was done.
    pub what: String,
    /// The app, or empty.
    pub app: String,
    /// What it was done to.
    pub subject: String,
    /// How it ended.
    pub outcome: String,
}

/// The newest entry's place and seal. Kept away from the store, it shows a log that was cut or rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Place of the newest entry; 0 for an empty log.
    pub seq: i64,
    /// Its seal.
    pub mac: String,
}

row! { struct HeadRow { seq: i64, mac: String } }
row! {
    struct AuditRow {
        seq: i64, at: i64, who: String, what: String, app: String, subject: String, outcome: String, mac: String,
    }
}

impl Vault {
    /// Appends an entry on its own. What changes a row writes its entry in the same transaction by itself.
    pub async fn audit(&self, entry: AuditEntry<'_>) -> Result<()> {
        let mut tx = self.begin().await?;
        self.append(&mut tx, entry).await?;
        tx.commit().await
    }

    /// Appends as part of `tx`; do it last, for it queues writers on PostgreSQL.
    pub(crate) async fn append(&self, tx: &mut Tx, entry: AuditEntry<'_>) -> Result<()> {
        let head: HeadRow = on!(*tx, c => sqlx::query_as(NEXT).fetch_one(c).await)?;
        let at = self.now();
        let mac = self.seal_entry(head.seq, &head.mac, at, &entry);
        change!(
            *tx,
            APPEND,
            head.seq,
            at,
            entry.who,
            entry.what,
            entry.app,
            entry.subject,
            entry.outcome,
            mac.as_str()
        )?;
        change!(*tx, SET_HEAD, mac.as_str())?;
        Ok(())
    }

    /// The newest `most` entries, newest first.
    pub async fn audit_log(&self, most: u32) -> Result<Vec<AuditRecord>> {
        let rows =
            read!(self.db(), c => sqlx::query_as::<_, AuditRow>(NEWEST).bind(i64::from(most)).fetch_all(c).await)?;
        Ok(rows.into_iter().map(AuditRow::record).collect())
    }

    /// The head of the log, to be kept away from the store.
    pub async fn audit_head(&self) -> Result<AuditHead> {
        let head: HeadRow = read!(self.db(), c => sqlx::query_as(HEAD).fetch_one(c).await)?;
        Ok(AuditHead {
            seq: head.seq,
            mac: head.mac,
        })
    }

    /// Walks the whole log and gives the number of entries. With a head kept earlier, also proves that the log
    /// still contains it.
    ///
    /// # Errors
    /// [`Error::AuditBroken`] names the first entry that was altered, removed or moved.
    pub async fn verify_audit(&self, kept: Option<&AuditHead>) -> Result<i64> {
        let broken = |seq, problem| Err(Error::AuditBroken { seq, problem });
        let head = self.audit_head().await?;
        let (mut seq, mut last) = (0, String::new());
        let mut met = kept.is_none_or(|kept| kept.seq == 0);
        loop {
            let rows =
                read!(self.db(), c => sqlx::query_as::<_, AuditRow>(AFTER).bind(seq).bind(PAGE).fetch_all(c).await)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if row.seq > head.seq {
                    break; // appended since the head was read
                }
                if row.seq != seq + 1 {
                    return broken(seq + 1, "it is missing");
                }
                if self.seal_entry(row.seq, &last, row.at, &row.entry()) != row.mac {
                    return broken(row.seq, "its seal doesn't fit");
                }
                if let Some(kept) = kept.filter(|kept| kept.seq == row.seq) {
                    if kept.mac != row.mac {
                        return broken(row.seq, "it differs from the head that was kept");
                    }
                    met = true;
                }
                (seq, last) = (row.seq, row.mac);
            }
            if seq >= head.seq {
                break;
            }
        }
        if (seq, &last) != (head.seq, &head.mac) {
            return broken(seq + 1, "the log ends before its head");
        }
        if !met {
            return broken(seq + 1, "the log ends before the head that was kept");
        }
        Ok(seq)
    }

    fn seal_entry(&self, seq: i64, before: &str, at: i64, entry: &AuditEntry<'_>) -> String {
        let message = Binding::new(self.install(), "audit")
            .number(Part::Epoch, seq)
            .text(Part::Id, before)
            .number(Part::Created, at)
            .text(Part::User, entry.who)
            .text(Part::Name, entry.what)
            .text(Part::App, entry.app)
            .text(Part::Connector, entry.subject)
            .text(Part::Note, entry.outcome)
            .into_bytes();
        hex(&mac(self.audit_key(), &message))
    }
}

impl AuditRow {
    fn entry(&self) -> AuditEntry<'_> {
        AuditEntry {
            who: &self.who,
            what: &self.what,
            app: &self.app,
            subject: &self.subject,
            outcome: &self.outcome,
        }
    }

    fn record(self) -> AuditRecord {
        let Self {
            seq,
            at,
            who,
            what,
            app,
            subject,
            outcome,
            ..
        } = self;
        AuditRecord {
            seq,
            at,
            who,
            what,
            app,
            subject,
            outcome,
        }
    }
}
