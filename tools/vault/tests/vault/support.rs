//! Where the tests run: a SQLite file in a temporary folder, or a database in a PostgreSQL cluster that this
//! process starts for itself and that ends with it.

use crate::cluster::{self, Cluster};
use linchpin_vault::{Account, Clock, ConnectionKey, KeySource, NewConnection, Secret, Store, Vault};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// Half past two in the afternoon, in 2027.
pub const NOON: i64 = 1_800_000_000_000;

/// A clock that stands still until it is told otherwise.
#[derive(Clone)]
pub struct Stopped(pub Arc<AtomicI64>);

impl Clock for Stopped {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A store of its own, with its key.
pub struct Bed {
    pub dir: TempDir,
    pub store: Store,
    pub key: PathBuf,
    pub clock: Stopped,
}

/// A look into the store past the vault.
pub enum Raw {
    Lite(SqlitePool),
    Pg(PgPool),
}

impl Bed {
    pub fn sqlite() -> Self {
        let dir = TempDir::new().unwrap();
        let store = Store::Sqlite(dir.path().join("data/vault.db"));
        Self::with(dir, store)
    }

    pub async fn postgres(cluster: &Cluster) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bed{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&admin)
            .await
            .unwrap();
        admin.close().await;
        Self::with(TempDir::new().unwrap(), Store::Postgres(cluster.url(&name)))
    }

    fn with(dir: TempDir, store: Store) -> Self {
        let key = dir.path().join("keys/root.key");
        Self {
            dir,
            store,
            key,
            clock: Stopped(Arc::new(AtomicI64::new(NOON))),
        }
    }

    pub fn source(&self) -> KeySource {
        KeySource::File(self.key.clone())
    }

    pub async fn open(&self) -> Vault {
        Vault::open_with(self.store.clone(), self.source(), Arc::new(self.clock.clone()))
            .await
            .unwrap()
    }

    pub async fn open_at(&self, now: i64) -> Vault {
        let clock = Stopped(Arc::new(AtomicI64::new(now)));
        Vault::open_with(self.store.clone(), self.source(), Arc::new(clock))
            .await
            .unwrap()
    }

    pub fn later(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn raw(&self) -> Raw {
        match &self.store {
            Store::Sqlite(path) => Raw::Lite(
                SqlitePool::connect(&format!("sqlite://{}", path.display()))
                    .await
                    .unwrap(),
            ),
            Store::Postgres(url) => Raw::Pg(PgPool::connect(url).await.unwrap()),
            _ => unreachable!(),
        }
    }

    /// Every row of every table, to show that nothing changed.
    pub async fn dump(&self) -> Vec<String> {
        const TABLES: [&str; 12] = [
            "lp_meta",
            "lp_keys",
            "lp_clients",
            "lp_connections",
            "lp_journal",
            "lp_tombstones",
            "lp_flows",
            "lp_secrets",
            "lp_app_keys",
            "lp_user_connectors",
            "lp_audit",
            "lp_audit_head",
        ];
        let raw = self.raw().await;
        let mut rows = Vec::new();
        for table in TABLES {
            rows.extend(raw.rows_of(table).await);
        }
        raw.close().await;
        rows
    }

    /// All bytes the store has on disk.
    pub async fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        match &self.store {
            Store::Sqlite(path) => files_under(path.parent().unwrap()),
            _ => {
                let Raw::Pg(pool) = self.raw().await else {
                    unreachable!()
                };
                sqlx::query("CHECKPOINT").execute(&pool).await.unwrap();
                pool.close().await;
                files_under(&cluster().unwrap().folder.join("data"))
            }
        }
    }
}

impl Raw {
    pub async fn run(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Lite(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
            Self::Pg(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
        }
    }

    /// Runs a statement whose `$1` is `bytes`.
    pub async fn with_bytes(&self, sql: &str, bytes: &[u8]) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Lite(pool) => sqlx::query(sql)
                .bind(bytes)
                .execute(pool)
                .await
                .unwrap()
                .rows_affected(),
            Self::Pg(pool) => sqlx::query(sql)
                .bind(bytes)
                .execute(pool)
                .await
                .unwrap()
                .rows_affected(),
        }
    }

    pub async fn bytes(&self, sql: &str) -> Vec<u8> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Lite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Self::Pg(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Lite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Self::Pg(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    async fn rows_of(&self, table: &str) -> Vec<String> {
        let mut rows = match self {
            Self::Lite(pool) => {
                let names: Vec<String> = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")))
                    .fetch_all(pool)
                    .await
                    .unwrap()
                    .iter()
                    .map(|row| format!("quote({})", row.get::<String, _>("name")))
                    .collect();
                let sql = format!("SELECT {} FROM {table}", names.join(" || ',' || "));
                sqlx::query_scalar::<_, String>(AssertSqlSafe(sql))
                    .fetch_all(pool)
                    .await
                    .unwrap()
            }
            Self::Pg(pool) => {
                let sql = format!("SELECT t::text FROM {table} t");
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap()
            }
        };
        rows.sort();
        rows.into_iter().map(|row| format!("{table}: {row}")).collect()
    }

    pub async fn close(&self) {
        match self {
            Self::Lite(pool) => pool.close().await,
            Self::Pg(pool) => pool.close().await,
        }
    }
}

fn files_under(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_under(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push((path, bytes));
        }
    }
    files
}

/// A grant with both tokens, good for an hour.
pub fn grant(key: &ConnectionKey, access: &str, refresh: &str) -> NewConnection {
    NewConnection {
        key: key.clone(),
        issuer: "https://accounts.example.com".into(),
        client: Some("google".into()),
        token_type: "Bearer".into(),
        account: Account {
            id: Some("1001".into()),
            label: Some("Ana".into()),
            email: Some("ana@example.com".into()),
        },
        scopes: vec!["gmail.send".into(), "gmail.labels".into()],
        config: Some(serde_json::json!({"host": "eu.example.com"})),
        access: Secret::from(access),
        refresh: Some(Secret::from(refresh)),
        expires_at: Some(NOON + 3_600_000),
        journalled: None,
        revoke_replaced: false,
    }
}

/// The cluster of this process; `None` when PostgreSQL isn't installed, which `LINCHPIN_PEERS=required` forbids.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(cluster::start).as_ref()
}
