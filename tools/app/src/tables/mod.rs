//! Tables of other apps: Prisma schemas and SQL, as entities.
//!
//! Not a database: nothing is run. Migrations are applied to a list of tables in the order of their
//! names, which is the order they would be run in.

mod prisma;
mod sql;
mod token;

use std::collections::HashMap;

use serde_json::json;

pub(crate) use prisma::models;
pub(crate) use sql::{Change, changes};

use crate::entity::BUILT_IN;
use crate::{At, Entity, Field, Origin, Rule, role};

/// Tables of tools, which hold nothing of the app's.
const TOOLS: &[&str] = &[
    "_prisma_migrations",
    "schema_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "__drizzle_migrations",
    "sqlite_sequence",
    "_sqlx_migrations",
    "flyway_schema_history",
    "alembic_version",
    "ar_internal_metadata",
];

/// The tables that an SQL text makes, as entities; `file` is where their facts are said to be.
pub fn schema(file: &str, sql: &str) -> Vec<Entity> {
    let mut entities = tables(changes(file, sql));
    role::assign(&mut entities);
    for entity in &mut entities {
        entity.origin = Origin::Database;
    }
    entities
}

/// The tables that changes leave behind.
pub(crate) fn tables(changes: Vec<Change>) -> Vec<Entity> {
    let mut tables: Vec<Entity> = Vec::new();
    let mut types: HashMap<String, Vec<String>> = HashMap::new();
    for change in changes {
        match change {
            Change::Create { table, fields, at } => {
                if TOOLS.contains(&table.as_str()) {
                    continue;
                }
                if let Some(known) = find(&mut tables, &table) {
                    // `IF NOT EXISTS` again, or the same table in a dump: what is new is added.
                    for field in fields {
                        if known.field(&field.name).is_none() {
                            known.fields.push(field);
                        }
                    }
                } else {
                    tables.push(table_entity(table, fields, at));
                }
            }
            Change::Add { table, field } => {
                if let Some(table) = find(&mut tables, &table).filter(|one| one.field(&field.name).is_none()) {
                    table.fields.push(field);
                }
            }
            Change::DropTable(table) => tables.retain(|one| !one.name.eq_ignore_ascii_case(&table)),
            Change::DropColumn { table, column } => {
                if let Some(table) = find(&mut tables, &table) {
                    table.fields.retain(|field| field.name != column);
                }
            }
            Change::RenameTable { table, to } => {
                if let Some(table) = find(&mut tables, &table) {
                    table.name = to;
                }
            }
            Change::RenameColumn { table, column, to } => {
                let field = find(&mut tables, &table)
                    .and_then(|table| table.fields.iter_mut().find(|field| field.name == column));
                if let Some(field) = field {
                    field.name = to;
                }
            }
            Change::Enum { name, values } => {
                types.insert(name, values);
            }
            Change::Policy {
                table,
                action,
                condition,
                at,
            } => {
                if let Some(table) = find(&mut tables, &table) {
                    allow(table, &action, condition, at);
                }
            }
            Change::Describe { table, column, text } => {
                let Some(table) = find(&mut tables, &table) else {
                    continue;
                };
                match column {
                    None => table.description = Some(text),
                    Some(column) => {
                        if let Some(field) = table.fields.iter_mut().find(|field| field.name == column) {
                            field.description = Some(text);
                        }
                    }
                }
            }
        }
    }
    for table in &mut tables {
        for field in &mut table.fields {
            if let Some(name) = field
                .format
                .as_deref()
                .and_then(|format| format.strip_prefix(sql::USER_TYPE))
            {
                if let Some(values) = types.get(name) {
                    field.options.clone_from(values);
                }
                field.format = None;
            }
        }
        without_built_in(table);
    }
    tables
}

/// A table as an entity.
fn table_entity(name: String, fields: Vec<Field>, at: At) -> Entity {
    Entity {
        name,
        fields,
        at,
        origin: Origin::Sql,
        ..Entity::default()
    }
}

fn find<'t>(tables: &'t mut [Entity], name: &str) -> Option<&'t mut Entity> {
    tables.iter_mut().find(|one| one.name.eq_ignore_ascii_case(name))
}

/// Adds a row-level policy: of several for one action, any suffices.
fn allow(table: &mut Entity, action: &str, condition: String, at: At) {
    let action = match action {
        "select" | "all" => "read",
        "insert" => "create",
        other => other,
    };
    let said = condition.to_lowercase();
    let own = said.contains("auth . uid") || said.contains("current_user");
    let wider = table.rules.contains_key("read") && !table.owner_only;
    if action == "read" {
        table.owner_only = own && !wider;
        table.rls_at.get_or_insert_with(|| at.clone());
    }
    table.rules.insert(
        action.to_owned(),
        Rule {
            condition: json!(condition),
            at,
        },
    );
}

/// Leaves out what every record has.
pub(crate) fn without_built_in(entity: &mut Entity) {
    entity.fields.retain(|field| {
        let plain = role::tokens(&field.name).join("_");
        !BUILT_IN.contains(&plain.as_str())
    });
}
