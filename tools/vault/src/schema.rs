//! Tables, and how they come to be: each version is one transaction, so a kill leaves the old one or the new one.
//!
//! Not sqlx's migrator: that takes a session advisory lock on PostgreSQL, which outlives its holder behind a
//! connection pooler. Here the lock belongs to the transaction. Source: `security.md` §2.2 (last row), T-TOK-19.

use crate::db::{Db, Tx, change, on};
use crate::error::{Error, Result};
use sqlx::AssertSqlSafe;

/// One text per version; `{BLOB}` is the database's word for bytes. Never edit one that was released.
const VERSIONS: [&str; 2] = [V1, V2];

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS lp_schema (one BIGINT PRIMARY KEY, version BIGINT NOT NULL)";
const VERSION_OF: &str = "SELECT version FROM lp_schema WHERE one = 1";
const SET_VERSION: &str =
    "INSERT INTO lp_schema (one, version) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET version = excluded.version";
/// Any constant will do, as long as it stays the same.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(7017280452245743)";

const V1: &str = "
CREATE TABLE lp_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE lp_keys (
  kid BIGINT PRIMARY KEY, app TEXT NOT NULL, purpose TEXT NOT NULL, epoch BIGINT NOT NULL,
  wrapped {BLOB} NOT NULL, created BIGINT NOT NULL, UNIQUE (app, purpose, epoch));
CREATE TABLE lp_clients (
  app TEXT NOT NULL, family TEXT NOT NULL, client_id TEXT NOT NULL, secret {BLOB},
  created BIGINT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (app, family));
CREATE TABLE lp_connections (
  id TEXT PRIMARY KEY, app TEXT NOT NULL, connector TEXT NOT NULL, mode TEXT NOT NULL, user_id TEXT NOT NULL,
  issuer TEXT NOT NULL, client TEXT, token_type TEXT NOT NULL,
  account_id TEXT, account_label TEXT, account_email TEXT, scopes TEXT NOT NULL, config TEXT,
  status TEXT NOT NULL, reason TEXT, access {BLOB}, refresh {BLOB}, expires_at BIGINT, generation BIGINT NOT NULL,
  lease TEXT, lease_owner TEXT, lease_until BIGINT, retry_at BIGINT,
  created BIGINT NOT NULL, updated BIGINT NOT NULL, last_used BIGINT,
  UNIQUE (app, connector, mode, user_id));
CREATE TABLE lp_journal (
  id TEXT PRIMARY KEY, app TEXT NOT NULL, connector TEXT NOT NULL, mode TEXT NOT NULL, user_id TEXT NOT NULL,
  kind TEXT NOT NULL, generation BIGINT NOT NULL, note TEXT, body {BLOB} NOT NULL, created BIGINT NOT NULL);
CREATE INDEX lp_journal_of ON lp_journal (app, connector, mode, user_id);
CREATE TABLE lp_tombstones (
  id TEXT PRIMARY KEY, app TEXT NOT NULL, connector TEXT NOT NULL, mode TEXT NOT NULL, user_id TEXT NOT NULL,
  issuer TEXT NOT NULL, client TEXT, account TEXT, access {BLOB}, refresh {BLOB},
  attempts BIGINT NOT NULL, due BIGINT NOT NULL, last_error TEXT, created BIGINT NOT NULL);
CREATE INDEX lp_tombstones_due ON lp_tombstones (due);
CREATE TABLE lp_flows (
  state TEXT PRIMARY KEY, app TEXT NOT NULL, connector TEXT NOT NULL, mode TEXT NOT NULL, user_id TEXT NOT NULL,
  issuer TEXT NOT NULL, client TEXT, redirect TEXT NOT NULL, return_to TEXT, browser TEXT, scopes TEXT NOT NULL,
  note TEXT, verifier {BLOB} NOT NULL, expires_at BIGINT NOT NULL, created BIGINT NOT NULL);
CREATE INDEX lp_flows_expiry ON lp_flows (expires_at);
CREATE TABLE lp_secrets (
  app TEXT NOT NULL, name TEXT NOT NULL, value {BLOB} NOT NULL, generation BIGINT NOT NULL,
  created BIGINT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (app, name));
CREATE TABLE lp_app_keys (
  id TEXT PRIMARY KEY, app TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
  created BIGINT NOT NULL, revoked BIGINT);
CREATE INDEX lp_app_keys_of ON lp_app_keys (app);
CREATE TABLE lp_user_connectors (
  app TEXT NOT NULL, id TEXT NOT NULL, connector TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
  config TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (app, id), UNIQUE (app, name));
CREATE TABLE lp_audit (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, app TEXT NOT NULL,
  subject TEXT NOT NULL, outcome TEXT NOT NULL, mac TEXT NOT NULL);
CREATE TABLE lp_audit_head (one BIGINT PRIMARY KEY, seq BIGINT NOT NULL, mac TEXT NOT NULL);
INSERT INTO lp_audit_head (one, seq, mac) VALUES (1, 0, '');
";

/// A revocation goes where the connector's settings say, so they outlive the connection.
const V2: &str = "ALTER TABLE lp_tombstones ADD COLUMN config TEXT";

/// Brings the tables to this build's version. Safe to run from several processes at once.
pub(crate) async fn migrate(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    if let Tx::Pg(pg) = &mut tx {
        sqlx::query(ONE_AT_A_TIME).execute(&mut **pg).await?;
    }
    change!(tx, VERSION_TABLE)?;
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(VERSION_OF).fetch_optional(c).await)?;
    let found = found.unwrap_or(0);
    let known = i64::try_from(VERSIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    if found == known {
        return Ok(());
    }
    let bytes = match tx {
        Tx::Lite(_) => "BLOB",
        Tx::Pg(_) => "BYTEA",
    };
    for version in VERSIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        let ddl = version.replace("{BLOB}", bytes);
        on!(tx, c => sqlx::raw_sql(AssertSqlSafe(ddl)).execute(c).await.map(drop))?;
    }
    change!(tx, SET_VERSION, known)?;
    tx.commit().await
}
