//! SQLite: the statements that made the tables are kept in the file itself.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Error};

const TABLES: &str = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     AND sql IS NOT NULL AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";

/// The file that a URL names.
pub(crate) fn name(url: &str) -> String {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    rest.split('?').next().unwrap_or(rest).to_owned()
}

/// Statements that make the tables of a file. The file is not written to, nor made.
pub(crate) async fn tables(file: &str) -> Result<String, Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .create_if_missing(false);
    let mut connection = options.connect().await?;
    let made: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(made
        .iter()
        .map(|one| format!("{};\n\n", one.trim_end_matches(';')))
        .collect())
}
