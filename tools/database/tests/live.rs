//! Real databases: a SQLite file, and PostgreSQL started for the test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

#[path = "../../vault/tests/vault/cluster.rs"]
mod cluster;

use linchpin_app::{Entity, Kind, Role};
use linchpin_database::{DatabaseError, schema};
use sqlx::{ConnectOptions, Connection, Executor};

fn entity<'a>(entities: &'a [Entity], name: &str) -> &'a Entity {
    entities
        .iter()
        .find(|one| one.name == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn a_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    for sql in [
        "CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, full_name TEXT NOT NULL, email TEXT)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), total REAL, \
         state TEXT CHECK (state IN ('new', 'paid')) DEFAULT 'new', placed_at TIMESTAMP)",
        "INSERT INTO customers (full_name) VALUES ('Nobody should read this')",
    ] {
        connection.execute(sql).await.unwrap();
    }
    connection.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    for url in [
        file.display().to_string(),
        format!("sqlite:{}", file.display()),
        format!("sqlite://{}?mode=rwc", file.display()),
    ] {
        let found = schema(&url).await.unwrap();
        assert_eq!(found.name, file.display().to_string());
        assert!(!found.sql.contains("Nobody"));
        let entities = linchpin_app::schema("schema.sql", &found.sql);
        assert_eq!(entities.len(), 2);
        let orders = entity(&entities, "orders");
        assert_eq!(
            orders.field("customer_id").unwrap().refers_to.as_deref(),
            Some("customers")
        );
        assert_eq!(orders.with_role(Role::Status).unwrap().options, ["new", "paid"]);
        assert_eq!((orders.field("total").unwrap().kind, orders.at.line), (Kind::Number, 3));
    }
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing was written");
    let missing = folder.path().join("none.db");
    let error = schema(&missing.display().to_string()).await.unwrap_err();
    assert!(error.to_string().starts_with(&missing.display().to_string()), "{error}");
    assert!(!missing.exists(), "and none was made");
}

#[tokio::test]
async fn a_postgres_database() {
    let Some(cluster) = cluster::start() else { return };
    let url = cluster.url("postgres");
    let mut connection = url
        .parse::<sqlx::postgres::PgConnectOptions>()
        .unwrap()
        .connect()
        .await
        .unwrap();
    for sql in [
        "CREATE SCHEMA auth",
        "CREATE TABLE auth.users (id uuid PRIMARY KEY)",
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        "CREATE TABLE customers (id uuid PRIMARY KEY, full_name varchar(80) NOT NULL, \"E-Mail\" text, mood mood DEFAULT 'sad', \
         user_id uuid REFERENCES auth.users(id), tags text[], meta jsonb, active boolean DEFAULT true, created_at timestamptz)",
        "CREATE TABLE visits (id bigserial PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers(id), starts_at timestamptz NOT NULL, \
         ends_at timestamptz, price numeric(10,2) DEFAULT 12.50, status text CHECK (status IN ('asked', 'agreed')) DEFAULT 'asked')",
        "COMMENT ON TABLE visits IS 'When somebody comes'",
        "COMMENT ON COLUMN visits.price IS 'what it''s worth'",
        "ALTER TABLE customers ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY \"own rows\" ON customers FOR SELECT USING (current_user = full_name)",
        "INSERT INTO customers (id, full_name) VALUES (gen_random_uuid(), 'Nobody should read this')",
    ] {
        connection.execute(sql).await.unwrap();
    }
    let found = schema(&url).await.unwrap();
    assert!(found.name.ends_with("/postgres"), "{}", found.name);
    assert!(
        !found.sql.contains("Nobody") && !found.sql.contains("auth\".\"users\" ("),
        "{}",
        found.sql
    );
    let entities = linchpin_app::schema("schema.sql", &found.sql);
    let names: Vec<_> = entities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["customers", "visits"]);
    let customers = entity(&entities, "customers");
    let fields: Vec<_> = customers
        .fields
        .iter()
        .map(|one| (one.name.as_str(), one.kind, one.required))
        .collect();
    assert_eq!(
        fields,
        [
            ("full_name", Kind::String, true),
            ("E-Mail", Kind::String, false),
            ("mood", Kind::String, false),
            ("user_id", Kind::String, false),
            ("tags", Kind::Array, false),
            ("meta", Kind::Object, false),
            ("active", Kind::Boolean, false)
        ]
    );
    assert_eq!(customers.field("mood").unwrap().options, ["sad", "it's ok"]);
    assert!(customers.owner_only);
    let visits = entity(&entities, "visits");
    assert_eq!(visits.description.as_deref(), Some("When somebody comes"));
    assert_eq!(
        visits.field("price").unwrap().description.as_deref(),
        Some("what it's worth")
    );
    assert_eq!(visits.field("status").unwrap().options, ["asked", "agreed"]);
    assert_eq!(
        visits.field("customer_id").unwrap().refers_to.as_deref(),
        Some("customers")
    );
    assert_eq!(visits.with_role(Role::Start).unwrap().name, "starts_at");
}

#[tokio::test]
async fn what_is_no_database_says_what_is_one_and_never_a_password() {
    let error = schema("mysql://root:hunter2@localhost/shop").await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unknown { .. }));
    let gone = tempfile::tempdir().unwrap();
    let url = format!("postgres://anna:hunter2@localhost/shop?host={}", gone.path().display());
    let error = schema(&url).await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(said.contains("/shop") && !said.contains("hunter2"), "{said}");
    assert!(!format!("{:?}", schema("postgres://anna:hunter2@:x/").await).contains("hunter2"));
}
