//! Two databases, one code path: SQLite by default, PostgreSQL for several replicas.
//!
//! Every statement is one `const` that both understand (`$1` placeholders, `ON CONFLICT`, `RETURNING`, BIGINT
//! milliseconds, text ids); the macros below run the same expression against either. Writes are transactions:
//! `BEGIN IMMEDIATE` on SQLite, where a plain `BEGIN` fails under load with "database is locked".
//! No transaction is ever open while a provider is called.
//!
//! A SQLite file is opened by one process at a time ([`Opening`]): the switch to WAL wants the file for itself and
//! does not wait for it, whatever the busy timeout says, so two first starts would refuse each other. Source: `dependencies.md` §5, `security.md` §4.11.

use crate::error::{Error, Result};
use crate::files;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(10);
/// How long somebody else's opening is waited for, and how often it is looked at.
const LONGEST_TURN: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(5);
const READERS: u32 = 2;
const PG_CONNECTIONS: u32 = 8;

/// The database behind a vault.
pub(crate) enum Db {
    /// Readers, and one writer so that writes in this process queue instead of colliding.
    Lite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Pg(PgPool),
}

/// A write transaction. Rolled back when dropped.
pub(crate) enum Tx {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// Runs one expression on the reading side: `read!(db, c => query(SQL).fetch_all(c).await)`.
macro_rules! read {
    ($db:expr, $c:ident => $run:expr) => {
        match $db {
            $crate::db::Db::Lite { read: $c, .. } => $run,
            $crate::db::Db::Pg($c) => $run,
        }
    };
}

/// Runs one expression inside a transaction: `on!(tx, c => query(SQL).execute(c).await)`.
macro_rules! on {
    ($tx:expr, $c:ident => $run:expr) => {
        match &mut $tx {
            $crate::db::Tx::Lite(tx) => {
                let $c = &mut **tx;
                $run
            }
            $crate::db::Tx::Pg(tx) => {
                let $c = &mut **tx;
                $run
            }
        }
    };
}

/// Runs a statement with its values and gives the number of rows it changed.
macro_rules! change {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut $tx {
            $crate::db::Tx::Lite(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::db::Tx::Pg(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// A row read by position, from either database.
macro_rules! row {
    ($(#[$note:meta])* struct $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$note])*
        pub(crate) struct $name { $(pub(crate) $field: $kind),* }
        row!(@from $name, sqlx::sqlite::SqliteRow, $($field: $kind),*);
        row!(@from $name, sqlx::postgres::PgRow, $($field: $kind),*);
    };
    (@from $name:ident, $row:ty, $($field:ident: $kind:ty),*) => {
        impl sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                let mut at = 0..;
                let mut next = || at.next().unwrap_or(usize::MAX);
                $(let $field = row.try_get::<$kind, usize>(next())?;)*
                Ok(Self { $($field),* })
            }
        }
    };
}

pub(crate) use {change, on, read, row};

const NOW_LITE: &str = "SELECT CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";
const NOW_PG: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// The turn to open, migrate and first fill a SQLite file. It ends when this is dropped, or with the process.
pub(crate) struct Opening(#[expect(dead_code, reason = "held for its lock")] File);

impl Opening {
    /// Waits for the turn.
    ///
    /// # Errors
    /// [`Error::Opening`] when somebody else has had it for [`LONGEST_TURN`].
    pub(crate) async fn of(path: &Path) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        files::private_folder(folder)?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".opening");
        let beside = PathBuf::from(beside);
        files::private_file(&beside)?;
        let wrong = |source| Error::File {
            path: beside.clone(),
            source,
        };
        let file = files::open_private(&beside).map_err(wrong)?;
        let mut left = LONGEST_TURN.as_millis() / LOOK_AGAIN.as_millis();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(source)) => return Err(wrong(source)),
                Err(TryLockError::WouldBlock) if left == 0 => return Err(Error::Opening { path: path.to_owned() }),
                Err(TryLockError::WouldBlock) => left -= 1,
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

impl Db {
    /// Opens the file, making it when missing. Only during [`Opening`].
    pub(crate) async fn lite(path: &Path, _: &Opening) -> Result<Self> {
        files::private_file(path)?;
        for suffix in ["-wal", "-shm"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(suffix);
            files::is_private_file(Path::new(&beside))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(WAIT)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY");
        let pool = |most| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .acquire_timeout(WAIT * 2)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let write = pool(1).connect_with(options.clone()).await?;
        let read = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self::Lite { read, write })
    }

    pub(crate) async fn pg(url: &str) -> Result<Self> {
        let mut options = PgConnectOptions::from_str(url).map_err(|_| Error::BadAddress)?;
        if !is_here(&options) {
            match sslmode(url) {
                None => options = options.ssl_mode(PgSslMode::VerifyFull),
                Some("verify-full") => {}
                Some(weak) => {
                    return Err(Error::WeakTls { given: weak.to_owned() });
                }
            }
        }
        let pool = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            .acquire_timeout(WAIT * 2)
            .connect_with(options.application_name("linchpin"))
            .await?;
        Ok(Self::Pg(pool))
    }

    /// Begins a write.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Lite { write, .. } => Tx::Lite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Lite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// The database's own time, in milliseconds: what leases are judged by.
    pub(crate) async fn now(&mut self) -> Result<i64> {
        Ok(match self {
            Self::Lite(tx) => sqlx::query_scalar(NOW_LITE).fetch_one(&mut **tx).await?,
            Self::Pg(tx) => sqlx::query_scalar(NOW_PG).fetch_one(&mut **tx).await?,
        })
    }
}

fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn sslmode(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("sslmode=").or_else(|| pair.strip_prefix("ssl-mode=")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_elsewhere_must_be_verified() {
        let weak = Db::pg("postgres://me@db.example.com/vault?sslmode=require").await;
        assert!(matches!(weak.err(), Some(Error::WeakTls { given }) if given == "require"));
        assert!(matches!(Db::pg("nonsense").await.err(), Some(Error::BadAddress)));
    }

    #[test]
    fn loopback_and_sockets_are_here() {
        for url in [
            "postgres://a@127.0.0.1/x",
            "postgres://a@[::1]/x",
            "postgres://a@localhost/x",
            "postgres:///x?host=/run/pg",
        ] {
            assert!(is_here(&PgConnectOptions::from_str(url).unwrap()), "{url}");
        }
        assert!(!is_here(
            &PgConnectOptions::from_str("postgres://a@10.0.0.3/x").unwrap()
        ));
    }
}
