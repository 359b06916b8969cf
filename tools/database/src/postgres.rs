//! PostgreSQL: tables from its catalog, written as the statements that would make them.
//!
//! Everything happens in one read-only transaction. Tables of PostgreSQL itself and of a platform
//! around it (Supabase's `auth`, `storage`, …) are left out. Source: PostgreSQL's manual, "System
//! Catalogs".

use std::fmt::Write as _;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Error, Row};

use crate::DatabaseError;

/// Schemas that hold nothing of the app's.
const FOREIGN: &[&str] = &[
    "information_schema",
    "auth",
    "storage",
    "realtime",
    "vault",
    "extensions",
    "graphql",
    "graphql_public",
    "pgsodium",
    "pgbouncer",
    "supabase_functions",
    "supabase_migrations",
    "net",
    "cron",
];

const ENUMS: &str = "SELECT n.nspname::text AS schema, t.typname::text AS name, e.enumlabel::text AS label \
     FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace \
     ORDER BY n.nspname, t.typname, e.enumsortorder";

const COLUMNS: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS attribute, \
     format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS value, \
     col_description(c.oid, a.attnum) AS said, obj_description(c.oid, 'pg_class') AS about \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped \
     AND n.nspname NOT LIKE 'pg\\_%' ORDER BY n.nspname, c.relname, a.attnum";

const CONSTRAINTS: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name, pg_get_constraintdef(k.oid) AS made \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE k.contype IN ('p', 'f', 'c') ORDER BY n.nspname, c.relname, k.contype, k.conname";

const POLICIES: &str = "SELECT schemaname::text AS schema, tablename::text AS name, policyname::text AS policy, cmd AS action, \
     coalesce(qual, with_check) AS condition FROM pg_policies ORDER BY schemaname, tablename, policyname";

/// The database's host and name; never its user's password.
pub(crate) fn name(url: &str) -> Result<String, DatabaseError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Malformed)?;
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    Ok(format!("{}/{database}", options.get_host()))
}

/// Statements that make the tables.
pub(crate) async fn tables(url: &str) -> Result<String, Error> {
    let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
    sqlx::query("BEGIN TRANSACTION READ ONLY")
        .execute(&mut connection)
        .await?;
    let sql = written(&mut connection).await?;
    sqlx::query("ROLLBACK").execute(&mut connection).await?;
    connection.close().await?;
    Ok(sql)
}

async fn written(connection: &mut PgConnection) -> Result<String, Error> {
    let mut sql = String::new();
    let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
    for row in sqlx::query(ENUMS).fetch_all(&mut *connection).await? {
        let Some(name) = place(&row)? else { continue };
        let label: String = row.try_get("label")?;
        match kinds.last_mut().filter(|(known, _)| *known == name) {
            Some((_, labels)) => labels.push(text(&label)),
            None => kinds.push((name, vec![text(&label)])),
        }
    }
    for (name, labels) in kinds {
        let _ = writeln!(sql, "CREATE TYPE {name} AS ENUM ({});\n", labels.join(", "));
    }
    let mut constraints: Vec<(String, String)> = Vec::new();
    for row in sqlx::query(CONSTRAINTS).fetch_all(&mut *connection).await? {
        if let Some(name) = place(&row)? {
            constraints.push((name, row.try_get("made")?));
        }
    }
    let mut tables: Vec<Table> = Vec::new();
    for row in sqlx::query(COLUMNS).fetch_all(&mut *connection).await? {
        let Some(name) = place(&row)? else { continue };
        if tables.last().is_none_or(|table| table.name != name) {
            tables.push(Table {
                name: name.clone(),
                about: row.try_get("about")?,
                ..Table::default()
            });
        }
        let attribute = quoted(&row.try_get::<String, _>("attribute")?);
        let mut column = format!("{attribute} {}", row.try_get::<String, _>("type")?);
        if row.try_get("required")? {
            column.push_str(" NOT NULL");
        }
        if let Some(value) = row.try_get::<Option<String>, _>("value")? {
            let _ = write!(column, " DEFAULT {value}");
        }
        if let Some(table) = tables.last_mut() {
            table.items.push(column);
            if let Some(said) = row.try_get::<Option<String>, _>("said")? {
                table.said.push((attribute, said));
            }
        }
    }
    for mut table in tables {
        let own = constraints.iter().filter(|(name, _)| *name == table.name);
        table.items.extend(own.map(|(_, made)| made.clone()));
        let _ = writeln!(
            sql,
            "CREATE TABLE {} (\n  {}\n);",
            table.name,
            table.items.join(",\n  ")
        );
        if let Some(about) = &table.about {
            let _ = writeln!(sql, "COMMENT ON TABLE {} IS {};", table.name, text(about));
        }
        for (column, said) in &table.said {
            let _ = writeln!(sql, "COMMENT ON COLUMN {}.{column} IS {};", table.name, text(said));
        }
        sql.push('\n');
    }
    for row in sqlx::query(POLICIES).fetch_all(&mut *connection).await? {
        let (Some(name), Some(condition)) = (place(&row)?, row.try_get::<Option<String>, _>("condition")?) else {
            continue;
        };
        let policy = quoted(&row.try_get::<String, _>("policy")?);
        let action: Option<String> = row.try_get("action")?;
        let action = action.unwrap_or_else(|| "ALL".to_owned());
        let _ = writeln!(
            sql,
            "CREATE POLICY {policy} ON {name} FOR {action} USING ({condition});"
        );
    }
    Ok(sql)
}

#[derive(Default)]
struct Table {
    name: String,
    about: Option<String>,
    items: Vec<String>,
    said: Vec<(String, String)>,
}

/// A row's schema and name in quotes; `None` when it is not the app's. `public` goes without saying.
fn place(row: &sqlx::postgres::PgRow) -> Result<Option<String>, Error> {
    let schema: String = row.try_get("schema")?;
    let name = quoted(&row.try_get::<String, _>("name")?);
    Ok(match schema.as_str() {
        foreign if FOREIGN.contains(&foreign) => None,
        "public" => Some(name),
        schema => Some(format!("{}.{name}", quoted(schema))),
    })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(said: &str) -> String {
    format!("'{}'", said.replace('\'', "''"))
}
