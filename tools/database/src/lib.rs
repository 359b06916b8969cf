//! A live database's tables, by its URL, as SQL that the reader understands.
//!
//! Only the shape is read: no row of any table. The connection is read-only and closed at the end. A
//! URL may hold a password, so it is neither kept nor shown; a database goes by its host and name.
//! Not part of the chat: what a person wants the chat to know is saved as a file of the app, where
//! every fact has a line.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod error;
mod lite;
mod postgres;

use std::time::Duration;

pub use error::DatabaseError;

/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// The shape of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its host and name, or its file.
    pub name: String,
    /// Statements that make its tables.
    pub sql: String,
}

/// Reads the shape of the database at a URL: `postgres://…`, `sqlite:FILE`, or a file's path.
pub async fn schema(url: &str) -> Result<Schema, DatabaseError> {
    let (name, read) = match url.split_once(':') {
        Some(("postgres" | "postgresql", _)) => (postgres::name(url)?, Kind::Postgres),
        Some(("sqlite", _)) => (lite::name(url), Kind::Lite),
        Some((scheme, _)) if scheme.len() > 1 && !scheme.contains(['/', '.']) => {
            return Err(DatabaseError::Unknown {
                scheme: scheme.to_owned(),
            });
        }
        _ => (url.to_owned(), Kind::Lite),
    };
    let reading = async {
        match read {
            Kind::Postgres => postgres::tables(url).await,
            Kind::Lite => lite::tables(&name).await,
        }
    };
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Ok(sql)) => Ok(Schema { name, sql }),
        Ok(Err(source)) => Err(DatabaseError::Unreadable { name, source }),
        Err(_) => Err(DatabaseError::Slow {
            name,
            seconds: PATIENCE.as_secs(),
        }),
    }
}

enum Kind {
    Postgres,
    Lite,
}
