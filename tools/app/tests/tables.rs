//! Tables of other apps: Prisma schemas, SQL of several dialects, Supabase migrations.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod tree;

use std::fmt::Write as _;

use linchpin_app::{App, Entity, Framework, Kind, Origin, Role};
use proptest::prelude::*;
use tree::read_tree;

const PACKAGE: (&str, &str) = ("package.json", "{\"name\":\"desk\"}");

fn entity<'a>(app: &'a App, name: &str) -> &'a Entity {
    app.entities
        .iter()
        .find(|one| one.name == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn a_prisma_schema() {
    let app = read_tree(&[
        PACKAGE,
        (
            "backend/prisma/schema.prisma",
            "generator client {\n  provider = \"prisma-client-js\"\n}\n\nenum Stage {\n  NEW // just in\n  WON\n  @@map(\"stage\")\n}\n\n\
             /// Someone who may buy.\nmodel SalesLead {\n  id        String   @id @default(cuid())\n  createdAt DateTime @default(now())\n  \
             fullName  String\n  email     String?  @unique\n  stage     Stage    @default(NEW)\n  value     Decimal?\n  \
             /// when to call\n  callAt    DateTime\n  bornOn    DateTime @db.Date\n  tags      String[]\n  extra     Json?\n  \
             owner     User     @relation(fields: [ownerId], references: [id])\n  ownerId   String\n  @@index([stage])\n}\n\n\
             model User {\n  id    String @id\n  leads SalesLead[]\n}\n",
        ),
        (
            "backend/prisma/migrations/1_init/migration.sql",
            "CREATE TABLE \"SalesLead\" (\"id\" TEXT NOT NULL);\nCREATE TABLE \"_Join\" (\"A\" TEXT);",
        ),
        (
            "backend/src/lead.ts",
            "export const open = (prisma) => prisma.salesLead.update({ data: {} });",
        ),
    ]);
    assert_eq!(app.problems, []);
    let names: Vec<_> = app.entities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["SalesLead", "User"]);
    let lead = entity(&app, "SalesLead");
    assert_eq!(
        (lead.origin, lead.at.line, lead.description.as_deref()),
        (Origin::Prisma, 12, Some("Someone who may buy."))
    );
    let fields: Vec<_> = lead
        .fields
        .iter()
        .map(|one| {
            (
                one.name.as_str(),
                one.kind,
                one.format.as_deref(),
                one.required,
                one.at.line,
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("fullName", Kind::String, None, true, 15),
            ("email", Kind::String, None, false, 16),
            ("stage", Kind::String, None, false, 17),
            ("value", Kind::Number, None, false, 18),
            ("callAt", Kind::String, Some("date-time"), true, 20),
            ("bornOn", Kind::String, Some("date"), true, 21),
            ("tags", Kind::Array, None, false, 22),
            ("extra", Kind::Object, None, false, 23),
            ("ownerId", Kind::String, None, true, 25),
        ]
    );
    let stage = lead.with_role(Role::Status).unwrap();
    assert_eq!(
        (stage.options.join(" "), stage.default.clone()),
        ("NEW WON".to_owned(), Some("NEW".into()))
    );
    assert_eq!(lead.field("ownerId").unwrap().refers_to.as_deref(), Some("User"));
    assert_eq!(
        lead.field("callAt").unwrap().description.as_deref(),
        Some("when to call")
    );
    assert!(app.frameworks.contains(&Framework::Prisma));
}

#[test]
fn supabase_migrations_leave_the_tables_they_leave() {
    let app = read_tree(&[
        PACKAGE,
        (
            "supabase/migrations/001_init.sql",
            "-- tables; with a semicolon\ncreate extension if not exists \"uuid-ossp\";\ncreate type public.mood as enum ('sad', 'it''s ok');\n\
             create table if not exists public.customers (\n  id uuid primary key default uuid_generate_v4(),\n  created_at timestamptz default now(),\n  \
             full_name text not null,\n  \"E-Mail\" varchar(255) unique,\n  mood mood not null default 'sad',\n  \
             status text check (status in ('lead', 'client')) default 'lead',\n  limit_eur numeric(10, 2) default 12.50,\n  \
             tags text[] default '{}',\n  meta jsonb, active boolean default true,\n  user_id uuid references auth.users(id) on delete cascade\n);\n\
             create table visits (\n  id bigint generated always as identity,\n  customer_id uuid,\n  starts_at timestamp with time zone not null,\n  \
             ends_at timestamp not null,\n  day date, hour time, kind text,\n  constraint kinds check ((kind = any (array['new'::text, 'old'::text]))),\n  constraint who foreign key (customer_id) references public.customers (id),\n  primary key (id)\n);\n\
             alter table public.customers enable row level security;\ncreate policy \"own rows\" on public.customers for select using (auth.uid() = user_id);\n\
             create function touch() returns trigger as $$ begin create table fake (a int); end; $$ language plpgsql;\n\
             comment on column public.customers.full_name is 'As on the passport';\ninsert into customers values ('x'); create table gone (a int);",
        ),
        (
            "supabase/migrations/002_more.sql",
            "alter table customers add column if not exists phone text, add column born date, drop column meta;\n\
             alter table only public.customers rename column \"E-Mail\" to email;\nalter table visits rename to appointments;\ndrop table if exists gone cascade;\n/* open",
        ),
        (
            "src/Page.jsx",
            "export default () => supabase.from('customers').select('*').eq('a', 1);",
        ),
        (
            "src/save.js",
            "const TABLE = 'appointments';\nexport const save = (supabase) => supabase.from(TABLE).insert({});",
        ),
    ]);
    assert_eq!(app.problems, []);
    let names: Vec<_> = app.entities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["appointments", "customers"]);
    let customers = entity(&app, "customers");
    let fields: Vec<_> = customers
        .fields
        .iter()
        .map(|one| {
            (
                one.name.as_str(),
                one.kind,
                one.options.len(),
                one.required,
                one.at.line,
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("full_name", Kind::String, 0, true, 7),
            ("email", Kind::String, 0, false, 8),
            ("mood", Kind::String, 2, false, 9),
            ("status", Kind::String, 2, false, 10),
            ("limit_eur", Kind::Number, 0, false, 11),
            ("tags", Kind::Array, 0, false, 12),
            ("active", Kind::Boolean, 0, false, 13),
            ("user_id", Kind::String, 0, false, 14),
            ("phone", Kind::String, 0, false, 1),
            ("born", Kind::String, 0, false, 1),
        ]
    );
    assert_eq!(customers.field("mood").unwrap().options, ["sad", "it's ok"]);
    assert_eq!(
        customers.field("full_name").unwrap().description.as_deref(),
        Some("As on the passport")
    );
    assert_eq!(customers.field("limit_eur").unwrap().default, Some(12.50.into()));
    assert_eq!((customers.owner_only, customers.rules["read"].at.line), (true, 27));
    assert_eq!(
        customers.field("phone").unwrap().at.file,
        "supabase/migrations/002_more.sql"
    );
    let visits = entity(&app, "appointments");
    assert_eq!(
        visits.field("customer_id").unwrap().refers_to.as_deref(),
        Some("customers")
    );
    assert_eq!(visits.with_role(Role::Start).unwrap().name, "starts_at");
    assert_eq!(visits.field("kind").unwrap().options, ["new", "old"]);
    assert_eq!(visits.field("hour").unwrap().format.as_deref(), Some("time"));
    assert!(app.frameworks.contains(&Framework::Supabase));
}

#[test]
fn dialects_of_others() {
    let app = read_tree(&[
        PACKAGE,
        (
            "db/schema.sql",
            "CREATE TABLE `orders` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n  `state` enum('open','paid') NOT NULL COMMENT 'where it is',\n  \
             `key` varchar(20), # short\n  `total` decimal(10,2) unsigned,\n  KEY `by_state` (`state`),\n  CHECK (`total` > 0)\n) ENGINE=InnoDB;\n\
             CREATE TEMPORARY TABLE t (a INTEGER);\nCREATE TABLE lines (n INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER REFERENCES orders(id), label)",
        ),
    ]);
    let orders = entity(&app, "orders");
    let fields: Vec<_> = orders.fields.iter().map(|one| (one.name.as_str(), one.kind)).collect();
    assert_eq!(
        fields,
        [("state", Kind::String), ("key", Kind::String), ("total", Kind::Number)]
    );
    let state = orders.field("state").unwrap();
    assert_eq!(
        (state.options.len(), state.description.as_deref()),
        (2, Some("where it is"))
    );
    let lines = entity(&app, "lines");
    assert_eq!(
        (
            lines.fields.len(),
            lines.field("order_id").unwrap().refers_to.as_deref()
        ),
        (3, Some("orders"))
    );
}

#[test]
fn a_table_beside_an_entity_of_the_same_name() {
    let app = read_tree(&[
        tree::CONFIG,
        (
            "base44/entities/Client.jsonc",
            "{\"name\":\"Client\",\"properties\":{\"email\":{\"type\":\"string\"}}}",
        ),
        (
            "supabase/migrations/1.sql",
            "create table clients (phone text);\ncreate table bookings (at timestamptz, note text);",
        ),
        (
            "src/pages/Home.jsx",
            "export default () => base44.entities.Booking.filter({ note: 'x', extra: 1 });",
        ),
    ]);
    let names: Vec<_> = app.entities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Booking", "Client"]);
    assert!(
        entity(&app, "Client").field("phone").is_none(),
        "what is declared is not mixed"
    );
    let booking: Vec<_> = entity(&app, "Booking")
        .fields
        .iter()
        .map(|one| (one.name.as_str(), one.at.file.as_str()))
        .collect();
    let sql = "supabase/migrations/1.sql";
    assert_eq!(booking, [("note", sql), ("extra", "src/pages/Home.jsx"), ("at", sql)]);
}

/// A column's name, its type as written, and what is read of it.
fn column() -> impl Strategy<Value = (String, &'static str, Kind)> {
    let types = prop::sample::select(vec![
        ("text", Kind::String),
        ("varchar(20)", Kind::String),
        ("INTEGER", Kind::Integer),
        ("numeric(10, 2)", Kind::Number),
        ("boolean", Kind::Boolean),
        ("jsonb", Kind::Object),
        ("text[]", Kind::Array),
        ("timestamp with time zone", Kind::String),
    ]);
    ("c_[a-z]{1,6}", types).prop_map(|(name, (written, kind))| (name, written, kind))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_as_a_table_is_read_as_one(
        columns in prop::collection::vec(column(), 1..8),
        quoted in any::<bool>(),
        upper in any::<bool>(),
        rest in prop::sample::select(vec!["", " NOT NULL", " DEFAULT 'a, b);'", " CHECK (x > 0)", " /* , */", " DEFAULT now()"]),
    ) {
        let quote = if quoted { "\"" } else { "" };
        let mut sql = if upper { "CREATE TABLE" } else { "create table if not exists" }.to_owned();
        sql.push_str(" public.things (\n");
        let mut seen = std::collections::BTreeSet::new();
        let columns: Vec<_> = columns.into_iter().filter(|(name, _, _)| seen.insert(name.clone())).collect();
        for (at, (name, written, _)) in columns.iter().enumerate() {
            let comma = if at + 1 < columns.len() { "," } else { "" };
            let _ = writeln!(sql, "  {quote}{name}{quote} {written}{rest}{comma}");
        }
        sql.push_str(");\n");
        let app = read_tree(&[PACKAGE, ("schema.sql", &sql)]);
        let read: Vec<_> = app.entities[0].fields.iter().map(|one| (one.name.clone(), one.kind, one.at.line)).collect();
        let expected: Vec<_> = columns
            .iter()
            .enumerate()
            .map(|(at, (name, _, kind))| (name.clone(), *kind, u32::try_from(at).unwrap() + 2))
            .collect();
        prop_assert_eq!(read, expected, "{}", sql);
    }

    #[test]
    fn any_text_is_taken_for_sql_and_for_prisma(pieces in prop::collection::vec(prop::sample::select(vec![
        "create table ", "alter table ", "a ", "(", ")", ",", ";", "'", "\"", "`", "$$", "$x$", "--", "/*", "*/", "\n", "add column ",
        "rename ", "to ", "drop ", "references ", "check ", "in ", "default ", ".", "[]", "1.", "ü", "model ", "enum ", "{", "}", "@default(",
        "fields: [", "///", "policy ", "on ", "using ", "comment on column ", "is ",
    ]), 0..60)) {
        let text = pieces.concat();
        let app = read_tree(&[PACKAGE, ("db/a.sql", &text), ("schema.prisma", &text)]);
        let lines = u32::try_from(text.matches('\n').count()).unwrap() + 1;
        for entity in &app.entities {
            prop_assert!((1..=lines).contains(&entity.at.line));
            prop_assert!(entity.fields.iter().all(|one| (1..=lines).contains(&one.at.line)));
        }
    }
}
