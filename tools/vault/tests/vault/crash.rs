//! A process that works on the vault is killed with SIGKILL, again and again; what it had acknowledged is there.

use crate::connections::token;
use crate::support::{Bed, grant};
use linchpin_vault::{Claim, ConnectionKey, Expect, KeySource, PendingKind, Refreshed, Secret, Store, Vault};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const FOLDER: &str = "LINCHPIN_VAULT_CRASH_FOLDER";
const KILLS: usize = 24;
const USERS: u64 = 6;

fn key(user: u64) -> ConnectionKey {
    ConnectionKey::app_user("crm", "gmail", format!("user-{user}"))
}

async fn open(folder: &Path) -> Vault {
    let store = Store::Sqlite(folder.join("data/vault.db"));
    Vault::open(store, KeySource::File(folder.join("keys/root.key")))
        .await
        .unwrap()
}

/// The process that is killed: connects and refreshes round by round, and says what is done only after it is.
#[tokio::test]
#[ignore = "the other half of t_tok_01_and_06_what_was_acknowledged_survives_a_kill"]
async fn worker() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let vault = open(&folder).await;
    for round in 0u64.. {
        let key = key(round % USERS);
        let seen = vault.connection(&key).await.unwrap().map_or(0, |view| view.generation);
        if round % 4 == 0 || seen == 0 {
            let said = format!("at-{}", seen + 1);
            let generation = vault
                .put(grant(&key, &said, "rt"), Expect::Anything, "w")
                .await
                .unwrap();
            println!("done {} {generation}", key.user);
            continue;
        }
        let Claim::Leased(lease) = vault.claim(&key, seen, "w", Duration::ZERO).await.unwrap() else {
            continue;
        };
        let said = format!("at-{}", lease.fence);
        vault.journal_response(&lease, said.as_bytes()).await.unwrap();
        println!("kept {} {}", key.user, lease.fence);
        let new = Refreshed {
            access: Secret::new(said),
            refresh: None,
            expires_at: None,
            scopes: None,
            token_type: None,
        };
        let generation = vault.finish_refresh(&lease, new).await.unwrap();
        println!("done {} {generation}", key.user);
        if round % 9 == 0 {
            vault.rotate("crm", "w").await.unwrap();
            while vault.reseal("crm").await.unwrap().more {}
        }
    }
}

#[tokio::test]
async fn t_tok_01_and_06_what_was_acknowledged_survives_a_kill() {
    let bed = Bed::sqlite();
    let folder = bed.dir.path();
    let mut known = std::collections::HashMap::<String, i64>::new();
    for kill in 0..KILLS {
        let mut worker = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "crash::worker", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
        let mut kept = std::collections::HashMap::<String, i64>::new();
        let mut note = |line: String| {
            let mut words = line.split(' ');
            if let (Some(word @ ("done" | "kept")), Some(user), Some(generation)) =
                (words.next(), words.next(), words.next())
            {
                let generation = generation.parse().unwrap();
                if word == "done" {
                    known.insert(user.into(), generation)
                } else {
                    kept.insert(user.into(), generation)
                };
                return true;
            }
            false
        };
        // Another number of acknowledged steps each time, then SIGKILL wherever it is by then.
        let mut steps = 0;
        while steps < 1 + kill * 2 {
            steps += usize::from(note(lines.next().expect("the worker ended by itself").unwrap()));
        }
        worker.kill().unwrap();
        lines.map_while(Result::ok).for_each(|line| {
            note(line);
        });
        worker.wait().unwrap();

        let vault = open(folder).await;
        for (user, acknowledged) in &known {
            let key = ConnectionKey::app_user("crm", "gmail", user);
            let live = vault.access(&key).await.unwrap().unwrap();
            assert!(
                live.generation >= *acknowledged,
                "kill {kill}: {user} went back to {}",
                live.generation
            );
            assert_eq!(
                live.token.expose(),
                format!("at-{}", live.generation),
                "kill {kill}: {user}"
            );
            assert!(live.refreshable, "kill {kill}: {user} was blanked");
        }
        // What was journalled and not applied is offered, and applies.
        let pending = vault.pending_responses().await.unwrap();
        for (user, fence) in &kept {
            let key = ConnectionKey::app_user("crm", "gmail", user);
            let generation = vault.connection(&key).await.unwrap().unwrap().generation;
            assert!(generation >= *fence || pending.iter().any(|p| p.key == key && p.kind == PendingKind::Refresh));
        }
        for response in pending {
            let Claim::Leased(lease) = vault
                .claim(&response.key, response.generation, "t", Duration::ZERO)
                .await
                .unwrap()
            else {
                panic!("kill {kill}: not leased")
            };
            assert!(lease.interrupted);
            let said = lease
                .journalled
                .as_ref()
                .unwrap()
                .with(|body| String::from_utf8(body.to_vec()).unwrap());
            let new = Refreshed {
                access: Secret::new(said),
                refresh: None,
                expires_at: None,
                scopes: None,
                token_type: None,
            };
            vault.finish_refresh(&lease, new).await.unwrap();
            assert_eq!(
                token(&vault, &response.key).await.unwrap(),
                format!("at-{}", lease.fence)
            );
        }
        vault.verify_audit(None).await.unwrap();
        while vault.reseal("crm").await.unwrap().more {}
        vault.close().await.unwrap();
    }
    assert_eq!(known.len() as u64, USERS);
}
