use crate::connections::token;
use crate::support::{Bed, Stopped, grant};
use linchpin_vault::{Claim, ConnectionKey, Error, Expect, KeySource, Refreshed, Secret, Vault};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

async fn refusal(bed: &Bed, source: KeySource) -> String {
    let clock = Stopped(Arc::new(AtomicI64::new(0)));
    let Err(wrong) = Vault::open_with(bed.store.clone(), source, Arc::new(clock)).await else {
        panic!("the vault opened with a wrong key")
    };
    assert!(wrong.is_configuration(), "{wrong}");
    wrong.to_string()
}

fn write_key(path: &std::path::Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

pub async fn t_tok_14_a_wrong_key_changes_nothing(bed: &Bed) {
    let key = ConnectionKey::shared("crm", "gmail");
    let vault = bed.open().await;
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "t")
        .await
        .unwrap();
    let id = vault.key_id().to_owned();
    assert_eq!(id.len(), 16);
    vault.close().await.unwrap();
    let good = std::fs::read(&bed.key).unwrap();
    let before = bed.dump().await;
    assert!(before.len() > 6);

    // Missing: not made anew.
    std::fs::remove_file(&bed.key).unwrap();
    let said = refusal(bed, bed.source()).await;
    assert!(said.contains(&id) && said.contains("not found"), "{said}");
    assert!(!bed.key.exists(), "no new key is made");
    let elsewhere = bed.dir.path().join("keys/other.key");
    refusal(bed, KeySource::File(elsewhere.clone())).await;
    assert!(!elsewhere.exists());

    // Truncated, too long, empty.
    for bytes in [&good[..31], &[good.as_slice(), b"\n"].concat(), b""] {
        write_key(&bed.key, bytes);
        let said = refusal(bed, bed.source()).await;
        assert!(said.contains(&id) && said.contains("32 bytes"), "{said}");
        assert_eq!(std::fs::read(&bed.key).unwrap(), bytes);
    }

    // Another install's key: both ids are named.
    let foreign = Bed::sqlite();
    let other_id = foreign.open().await.key_id().to_owned();
    let said = refusal(bed, foreign.source()).await;
    assert!(said.contains(&id) && said.contains(&other_id), "{said}");

    // Another provider, even with the right key: chosen once.
    let said = refusal(bed, KeySource::Env("PATH".into())).await;
    assert!(
        said.contains("a key file") && said.contains("an environment variable") && said.contains(&id),
        "{said}"
    );

    assert_eq!(bed.dump().await, before, "no row changed");
    write_key(&bed.key, &good);
    assert_eq!(token(&bed.open().await, &key).await.unwrap(), "at-1");

    // Rows without a record of their key: still no new key.
    let raw = bed.raw().await;
    raw.run("DELETE FROM lp_meta").await;
    assert!(matches!(
        Vault::open(bed.store.clone(), bed.source()).await,
        Err(Error::Damaged { .. })
    ));

    // A store without rows and no key to be had. (The variable is not one that could hold a key.)
    let fresh = Bed::sqlite();
    let said = refusal(&fresh, KeySource::Env("LINCHPIN_NO_SUCH_KEY".into())).await;
    assert!(said.contains("LINCHPIN_NO_SUCH_KEY"), "{said}");
    let said = refusal(&fresh, KeySource::Env("PATH".into())).await;
    assert!(said.contains("not 32 bytes"), "{said}");
}

pub async fn two_first_starts_agree_on_one_key(bed: &Bed) {
    let starts = (0..6).map(|_| {
        let (store, source) = (bed.store.clone(), bed.source());
        tokio::spawn(async move { Vault::open(store, source).await.map(|vault| vault.key_id().to_owned()) })
    });
    let mut ids = std::collections::BTreeSet::new();
    for start in starts.collect::<Vec<_>>() {
        ids.insert(start.await.unwrap().unwrap());
    }
    assert_eq!(ids.len(), 1);
    let leftovers = std::fs::read_dir(bed.key.parent().unwrap()).unwrap().count();
    assert_eq!(leftovers, 1, "one key file, no drafts");
    assert_eq!(bed.raw().await.number("SELECT COUNT(*) FROM lp_keys").await, 1);
}

const STORE: &str = "LINCHPIN_VAULT_FIRST_START";

/// A process of its own that opens the store, says which key it found and ends.
#[tokio::test]
#[ignore = "the other half of first_starts_of_several_processes_agree"]
async fn starter() {
    let Some(folder) = std::env::var_os(STORE).map(std::path::PathBuf::from) else {
        return;
    };
    let store = linchpin_vault::Store::Sqlite(folder.join("data/vault.db"));
    let vault = Vault::open(store, KeySource::File(folder.join("keys/root.key")))
        .await
        .unwrap();
    println!("key {}", vault.key_id());
    vault.close().await.unwrap();
}

/// Opening wants the file for itself for a moment, and so does the last closing: eight processes that do both.
#[test]
fn first_starts_of_several_processes_agree() {
    let bed = Bed::sqlite();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "keys::starter", "--nocapture"])
                .env(STORE, bed.dir.path())
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for start in starts {
        let ended = start.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(
            ended.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        let key = said.split_once("key ").unwrap().1.split_whitespace().next().unwrap();
        ids.insert(key.to_owned());
    }
    assert_eq!(ids.len(), 1);
}

pub async fn a_newer_store_is_left_alone(bed: &Bed) {
    bed.open().await.close().await.unwrap();
    bed.raw().await.run("UPDATE lp_schema SET version = 99").await;
    let before = bed.dump().await;
    assert!(refusal(bed, bed.source()).await.contains("99"));
    assert_eq!(bed.dump().await, before);
}

/// A store of the first version is brought on when it is opened, and what waits in it to be revoked still opens.
pub async fn t_tok_19_a_store_of_an_earlier_version_opens(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    let mut plain = grant(&key, "at-1", "rt-1");
    plain.config = None;
    vault.put(plain, Expect::Absent, "t").await.unwrap();
    vault.disconnect(&key, "t").await.unwrap();
    vault.close().await.unwrap();
    let raw = bed.raw().await;
    raw.run("ALTER TABLE lp_tombstones DROP COLUMN config").await;
    raw.run("UPDATE lp_schema SET version = 1").await;
    raw.close().await;

    let vault = bed.open().await;
    let due = vault.due_tombstones(9).await.unwrap();
    assert_eq!(due[0].refresh.as_ref().unwrap().expose(), "rt-1");
    assert_eq!(due[0].config, None);
    // From now on a revocation remembers where it goes, and can't be led elsewhere.
    vault
        .put(grant(&key, "at-2", "rt-2"), Expect::Absent, "t")
        .await
        .unwrap();
    let id = vault.disconnect(&key, "t").await.unwrap().unwrap();
    let config = async |vault: &Vault| {
        let due = vault.due_tombstones(9).await.unwrap();
        due.into_iter().find(|due| due.id == id).map(|due| due.config)
    };
    assert_eq!(
        config(&vault).await.unwrap(),
        Some(serde_json::json!({"host": "eu.example.com"}))
    );
    let raw = bed.raw().await;
    raw.run("UPDATE lp_tombstones SET config = '{\"host\":\"evil.example.com\"}' WHERE config IS NOT NULL")
        .await;
    assert!(config(&vault).await.is_none(), "its tokens don't open any more");
}

pub async fn t_tok_03_rotation_can_stop_anywhere(bed: &Bed) {
    let vault = bed.open().await;
    let keys: Vec<_> = (0..120)
        .map(|i| ConnectionKey::app_user("crm", "gmail", format!("u{i}")))
        .collect();
    for key in &keys {
        vault
            .put(grant(key, &format!("at-{}", key.user), "rt"), Expect::Absent, "t")
            .await
            .unwrap();
    }
    vault
        .put(
            grant(&ConnectionKey::shared("shop", "gmail"), "at-shop", "rt"),
            Expect::Absent,
            "t",
        )
        .await
        .unwrap();
    vault.put_secret("crm", "KEY", &Secret::from("s-1"), "t").await.unwrap();
    vault
        .put_client(Some("crm"), "google", "id", Some(&Secret::from("s-2")), "t")
        .await
        .unwrap();
    vault.disconnect(&keys[119], "t").await.unwrap();
    assert_eq!(vault.rotate("crm", "t").await.unwrap(), 2);
    let first = vault.reseal("crm").await.unwrap();
    assert!(first.more && first.moved >= 50, "{first:?}");
    drop(vault); // killed here

    let vault = bed.open().await;
    let every = async |vault: &Vault| {
        for key in &keys[..119] {
            assert_eq!(token(vault, key).await.unwrap(), format!("at-{}", key.user));
        }
        assert_eq!(vault.secret("crm", "KEY").await.unwrap().unwrap().expose(), "s-1");
        assert_eq!(
            vault
                .client("crm", "google")
                .await
                .unwrap()
                .unwrap()
                .secret
                .unwrap()
                .expose(),
            "s-2"
        );
        assert_eq!(
            vault.due_tombstones(9).await.unwrap()[0]
                .access
                .as_ref()
                .unwrap()
                .expose(),
            "at-u119"
        );
    };
    every(&vault).await;
    let status = vault.key_status().await.unwrap();
    let of = |app: &str, epoch| {
        status
            .iter()
            .find(|key| key.app == app && key.epoch == epoch)
            .unwrap()
            .clone()
    };
    assert!(!of("crm", 1).newest && of("crm", 1).rows > 60 && of("crm", 2).newest && of("crm", 2).rows > 0);
    while vault.reseal("crm").await.unwrap().more {}
    let status = vault.key_status().await.unwrap();
    let of = |app: &str, epoch| {
        status
            .iter()
            .find(|key| key.app == app && key.epoch == epoch)
            .unwrap()
            .rows
    };
    assert_eq!((of("crm", 1), of("crm", 2), of("shop", 1)), (0, 122, 1));
    every(&vault).await;
    every(&bed.open().await).await;
}

pub async fn t_con_08_reads_and_refreshes_go_on_while_the_key_rotates(bed: &Bed) {
    let vault = bed.open().await;
    let other = bed.open().await; // learns of the new key from the store
    let keys: Vec<_> = (0..20)
        .map(|i| ConnectionKey::app_user("crm", "gmail", format!("u{i}")))
        .collect();
    for key in &keys {
        vault
            .put(grant(key, "at-1", "rt-1"), Expect::Absent, "t")
            .await
            .unwrap();
    }
    let mut work = tokio::task::JoinSet::new();
    for key in keys.clone() {
        let (reader, writer) = (other.clone(), vault.clone());
        let seen = key.clone();
        work.spawn(async move {
            for _ in 0..5 {
                assert!(token(&reader, &seen).await.unwrap().starts_with("at-"));
            }
        });
        work.spawn(async move {
            let Claim::Leased(lease) = writer.claim(&key, 1, "w", Duration::from_secs(30)).await.unwrap() else {
                panic!("not leased")
            };
            let new = Refreshed {
                access: Secret::from("at-2"),
                refresh: None,
                expires_at: None,
                scopes: None,
                token_type: None,
            };
            writer.finish_refresh(&lease, new).await.unwrap();
        });
    }
    let rotator = vault.clone();
    work.spawn(async move {
        for _ in 0..3 {
            rotator.rotate("crm", "t").await.unwrap();
            while rotator.reseal("crm").await.unwrap().more {}
        }
    });
    work.join_all().await;
    for key in &keys {
        assert_eq!(token(&other, key).await.unwrap(), "at-2");
    }
}
