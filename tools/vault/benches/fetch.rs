//! What one read of a connection costs among 10,000, decryption included.
//!
//! `cargo bench -p linchpin-vault`. The budget is 0.15 ms of CPU for a whole broker request (`design.md` §9); this is the
//! vault's share. CPU is that of all threads of the process, from the kernel's scheduler.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use linchpin_vault::{Account, ConnectionKey, Expect, KeySource, NewConnection, Secret, Store, Vault};
use std::time::{Duration, Instant};

const ROWS: usize = 10_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rows = if std::env::args().any(|arg| arg == "--bench") {
        ROWS
    } else {
        50
    };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::Sqlite(dir.path().join("data/vault.db"));
    let source = KeySource::File(dir.path().join("keys/root.key"));
    let start = Instant::now();
    let vault = Vault::open(store.clone(), source.clone()).await.unwrap();
    println!("first open             {:>9.1?}", start.elapsed());
    let (cpu, start) = (cpu_time(), Instant::now());
    for i in 0..rows {
        vault.put(grant(i), Expect::Absent, "bench").await.unwrap();
    }
    report("put", rows, cpu, start);
    vault.close().await.unwrap();

    let (cpu, start) = (cpu_time(), Instant::now());
    let vault = Vault::open(store, source).await.unwrap();
    vault.access(&key(0)).await.unwrap().unwrap();
    println!(
        "open and one read      {:>9.1?}  {:>9.1?} CPU",
        start.elapsed(),
        cpu_time() - cpu
    );

    for _ in 0..2 {
        let (cpu, start) = (cpu_time(), Instant::now());
        for i in 0..rows {
            let live = vault.access(&key(i * 7919 % rows)).await.unwrap().unwrap();
            assert!(live.token.with(|token| token.len() > 100));
        }
        report("access, one at a time", rows, cpu, start);
    }
    let (cpu, start) = (cpu_time(), Instant::now());
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..16 {
        let vault = vault.clone();
        callers.spawn(async move {
            for i in 0..rows / 16 {
                vault
                    .access(&key((i * 16 + caller) * 7919 % rows))
                    .await
                    .unwrap()
                    .unwrap();
            }
        });
    }
    callers.join_all().await;
    report("access, 16 at once", rows / 16 * 16, cpu, start);

    let (_, app_key) = vault.mint_app_key("crm", "bench", "bench").await.unwrap();
    let (cpu, start) = (cpu_time(), Instant::now());
    for _ in 0..rows {
        vault.verify_app_key(app_key.expose()).await.unwrap().unwrap();
    }
    report("verify_app_key", rows, cpu, start);
}

fn report(what: &str, times: usize, cpu: Duration, start: Instant) {
    let each = (cpu_time() - cpu).as_secs_f64() * 1e6 / times as f64;
    let rate = times as f64 / start.elapsed().as_secs_f64();
    println!("{what:<22} {each:>7.1} µs CPU  {rate:>9.0} a second");
}

fn key(i: usize) -> ConnectionKey {
    ConnectionKey::app_user("crm", "gmail", format!("user-{i}"))
}

fn grant(i: usize) -> NewConnection {
    NewConnection {
        key: key(i),
        issuer: "https://accounts.example.com".into(),
        client: Some("google".into()),
        token_type: "Bearer".into(),
        account: Account {
            id: Some(i.to_string()),
            label: None,
            email: Some(format!("user-{i}@example.com")),
        },
        scopes: vec!["https://www.googleapis.com/auth/gmail.send".into()],
        config: None,
        access: Secret::new("a".repeat(180)),
        refresh: Some(Secret::new("r".repeat(100))),
        expires_at: Some(i64::MAX),
        journalled: None,
        revoke_replaced: false,
    }
}

/// On-CPU time of all threads so far (Linux; elsewhere nothing is counted).
fn cpu_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = threads.filter_map(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}
