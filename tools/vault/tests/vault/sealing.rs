use crate::connections::token;
use crate::support::{Bed, Raw, grant};
use linchpin_vault::{ConnectionKey, Error, Expect, NewFlow, Secret, Vault};

fn quoted(key: &ConnectionKey) -> String {
    format!(
        "app = '{}' AND connector = '{}' AND mode = '{}' AND user_id = '{}'",
        key.app,
        key.connector,
        key.mode.as_str(),
        key.user
    )
}

async fn refused(vault: &Vault, key: &ConnectionKey) -> bool {
    matches!(
        vault.access(key).await,
        Err(Error::Damaged { .. } | Error::UnknownKey { .. } | Error::UnknownLayout { .. })
    )
}

/// Users, apps, connectors, modes, fields and generations: every ordered pair of places.
pub async fn t_tok_11_no_ciphertext_opens_in_another_place(bed: &Bed) {
    let vault = bed.open().await;
    let keys = [
        ConnectionKey::app_user("crm", "gmail", "ana"),
        ConnectionKey::app_user("crm", "gmail", "bob"),
        ConnectionKey::app_user("crm", "calendar", "ana"),
        ConnectionKey::app_user("shop", "gmail", "ana"),
        ConnectionKey::shared("crm", "gmail"),
    ];
    for key in &keys {
        vault
            .put(grant(key, "same-token", "same-token"), Expect::Absent, "t")
            .await
            .unwrap();
    }
    let raw = bed.raw().await;
    let mut blobs = Vec::new();
    for key in &keys {
        for field in ["access", "refresh"] {
            blobs.push((
                key,
                field,
                raw.bytes(&format!("SELECT {field} FROM lp_connections WHERE {}", quoted(key)))
                    .await,
            ));
        }
    }
    let mut tried = 0;
    for (from, from_field, blob) in &blobs {
        for to in &keys {
            if (from, *from_field) == (&to, "access") {
                continue;
            }
            let at = format!("UPDATE lp_connections SET access = $1 WHERE {}", quoted(to));
            let own = &blobs
                .iter()
                .find(|(key, field, _)| *key == to && *field == "access")
                .unwrap()
                .2;
            assert_eq!(raw.with_bytes(&at, blob).await, 1);
            assert!(
                refused(&vault, to).await,
                "{from:?} {from_field} opened as {to:?} access"
            );
            raw.with_bytes(&at, own).await;
            assert_eq!(token(&vault, to).await.unwrap(), "same-token");
            tried += 1;
        }
    }
    assert_eq!(tried, 45);

    // An older generation of the same row, as from a backup.
    let old = raw
        .bytes(&format!("SELECT access FROM lp_connections WHERE {}", quoted(&keys[0])))
        .await;
    vault
        .put(grant(&keys[0], "same-token", "same-token"), Expect::Generation(1), "t")
        .await
        .unwrap();
    raw.with_bytes(
        &format!("UPDATE lp_connections SET access = $1 WHERE {}", quoted(&keys[0])),
        &old,
    )
    .await;
    assert!(refused(&vault, &keys[0]).await, "generation 1 opened as generation 2");

    // Other kinds of rows.
    let secret = Secret::from("same-token");
    vault.put_secret("crm", "ONE", &secret, "t").await.unwrap();
    vault.put_secret("crm", "TWO", &secret, "t").await.unwrap();
    vault
        .put_client(None, "google", "id-1", Some(&secret), "t")
        .await
        .unwrap();
    let one = raw.bytes("SELECT value FROM lp_secrets WHERE name = 'ONE'").await;
    raw.with_bytes("UPDATE lp_secrets SET value = $1 WHERE name = 'TWO'", &one)
        .await;
    assert!(matches!(vault.secret("crm", "TWO").await, Err(Error::Damaged { .. })));
    raw.with_bytes("UPDATE lp_clients SET secret = $1", &one).await;
    assert!(matches!(
        vault.client("crm", "google").await,
        Err(Error::Damaged { .. })
    ));
    let client = raw.bytes("SELECT wrapped FROM lp_keys WHERE app = 'shop'").await;
    raw.with_bytes("UPDATE lp_keys SET wrapped = $1 WHERE app = 'crm'", &client)
        .await;
    let vault = bed.open().await;
    assert!(
        matches!(vault.secret("crm", "ONE").await, Err(Error::Damaged { .. })),
        "another app's data key"
    );
}

/// Sops' rule: what is in the clear and steers is authenticated as well.
pub async fn t_tok_11_no_steering_column_can_be_edited(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::app_user("crm", "gmail", "ana");
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "t")
        .await
        .unwrap();
    let raw = bed.raw().await;
    for (edit, back) in [
        (
            "issuer = 'https://evil.example'",
            "issuer = 'https://accounts.example.com'",
        ),
        ("client = 'evil'", "client = 'google'"),
        ("client = NULL", "client = 'google'"),
        ("token_type = 'MAC'", "token_type = 'Bearer'"),
        ("account_id = '1002'", "account_id = '1001'"),
        (
            "scopes = '[\"gmail.send\",\"gmail.labels\",\"drive\"]'",
            "scopes = '[\"gmail.send\",\"gmail.labels\"]'",
        ),
        (
            "config = '{\"host\":\"evil.example\"}'",
            "config = '{\"host\":\"eu.example.com\"}'",
        ),
        ("config = NULL", "config = '{\"host\":\"eu.example.com\"}'"),
        ("expires_at = expires_at + 1", "expires_at = expires_at - 1"),
        ("generation = generation + 1", "generation = generation - 1"),
        ("id = 'cn_x' || id", "id = substr(id, 5)"),
    ] {
        assert_eq!(raw.run(&format!("UPDATE lp_connections SET {edit}")).await, 1);
        assert!(refused(&vault, &key).await, "{edit}");
        raw.run(&format!("UPDATE lp_connections SET {back}")).await;
        assert_eq!(token(&vault, &key).await.unwrap(), "at-1", "{back}");
    }
    // Handing ana's row to bob, and a personal account to the whole app.
    raw.run("UPDATE lp_connections SET user_id = 'bob'").await;
    assert!(refused(&vault, &ConnectionKey::app_user("crm", "gmail", "bob")).await);
    raw.run("UPDATE lp_connections SET user_id = '', mode = 'shared'").await;
    assert!(refused(&vault, &ConnectionKey::shared("crm", "gmail")).await);

    let flow = |state: &str| NewFlow {
        state: Secret::from(state),
        verifier: Secret::from("verifier"),
        key: key.clone(),
        issuer: "https://accounts.example.com".into(),
        client: None,
        redirect: "http://127.0.0.1:9/cb/1".into(),
        return_to: Some("https://app.example/done".into()),
        browser: None,
        scopes: vec!["gmail.send".into()],
        note: None,
        expires_at: i64::MAX,
    };
    for edit in [
        "user_id = 'bob'",
        "redirect = 'https://evil.example'",
        "return_to = 'https://evil.example'",
        "issuer = 'https://evil.example'",
        "browser = 'b'",
        "expires_at = 9000000000000000000",
        "connector = 'x'",
    ] {
        vault.put_flow(flow(edit)).await.unwrap();
        assert_eq!(raw.run(&format!("UPDATE lp_flows SET {edit}")).await, 1);
        assert!(
            matches!(vault.take_flow(edit).await, Err(Error::Damaged { .. })),
            "{edit}"
        );
    }
}

pub async fn t_tok_12_every_bit_of_a_stored_token_matters(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    vault.put(grant(&key, "a", "rt-1"), Expect::Absent, "t").await.unwrap();
    let raw = bed.raw().await;
    let blob = raw.bytes("SELECT access FROM lp_connections").await;
    for bit in 0..blob.len() * 8 {
        let mut bent = blob.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        raw.with_bytes("UPDATE lp_connections SET access = $1", &bent).await;
        assert!(refused(&vault, &key).await, "bit {bit}");
    }
    for cut in [0, 1, 5, 6, 30, blob.len() - 1] {
        raw.with_bytes("UPDATE lp_connections SET access = $1", &blob[..cut])
            .await;
        assert!(refused(&vault, &key).await, "cut to {cut}");
    }
    raw.with_bytes("UPDATE lp_connections SET access = $1", &blob).await;
    assert_eq!(token(&vault, &key).await.unwrap(), "a");
    assert_eq!(
        raw.number("SELECT generation FROM lp_connections").await,
        1,
        "a refused read writes nothing"
    );
}

/// Everything that carries a secret, with a canary in each, then every byte on disk.
pub async fn t_tok_15_no_canary_reaches_the_disk(bed: &Bed) {
    let vault = bed.open().await;
    let canary = |n: u32| format!("CANARY-{n:04}-qZ7xK2mW9p");
    for i in 0..40 {
        let key = ConnectionKey::app_user("crm", "gmail", format!("user-{i}"));
        vault
            .put(grant(&key, &canary(i * 2), &canary(i * 2 + 1)), Expect::Absent, "t")
            .await
            .unwrap();
        if i % 4 == 0 {
            vault
                .put(
                    grant(&key, &canary(100 + i), &canary(200 + i)),
                    Expect::Generation(1),
                    "t",
                )
                .await
                .unwrap();
        }
        if i % 5 == 0 {
            vault.disconnect(&key, "t").await.unwrap();
        }
    }
    let key = ConnectionKey::shared("crm", "gmail");
    vault.journal_grant(&key, "note", canary(300).as_bytes()).await.unwrap();
    vault
        .put_secret("crm", "KEY", &Secret::new(canary(301)), "t")
        .await
        .unwrap();
    vault
        .put_client(Some("crm"), "google", "id", Some(&Secret::new(canary(302))), "t")
        .await
        .unwrap();
    vault
        .put_flow(NewFlow {
            state: Secret::new(canary(303)),
            verifier: Secret::new(canary(304)),
            key: key.clone(),
            issuer: "https://i.example".into(),
            client: None,
            redirect: "http://127.0.0.1/cb".into(),
            return_to: None,
            browser: None,
            scopes: vec![],
            note: None,
            expires_at: i64::MAX,
        })
        .await
        .unwrap();
    vault.rotate("crm", "t").await.unwrap();
    while vault.reseal("crm").await.unwrap().more {}
    let (_, app_key) = vault.mint_app_key("crm", "first", "t").await.unwrap();

    let root = std::fs::read(&bed.key).unwrap();
    let raw = matches!(bed.raw().await, Raw::Lite(_));
    let mut needles: Vec<Vec<u8>> = needles("qZ7xK2mW9p");
    needles.extend(self::needles(app_key.expose()));
    needles.push(root);
    let scan = |files: Vec<(std::path::PathBuf, Vec<u8>)>| {
        assert!(
            !raw || files.iter().any(|(path, _)| path.to_string_lossy().ends_with("-wal")),
            "the WAL is there"
        );
        assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 40_000);
        for (path, bytes) in &files {
            if let Some(needle) = first(bytes, &needles) {
                panic!("{} holds {:?}", path.display(), String::from_utf8_lossy(needle));
            }
        }
    };
    scan(bed.bytes().await); // with WAL and SHM in place
    vault.close().await.unwrap();
    let after = bed.bytes().await;
    assert!(
        after
            .iter()
            .any(|(_, bytes)| first(bytes, &[b"user-39".to_vec()]).is_some()),
        "the scan sees what is in the clear"
    );
}

/// A text as it might show up: as it is, reversed, in hex, in base64 at each of the three offsets.
fn needles(text: &str) -> Vec<Vec<u8>> {
    use base64::Engine;
    let mut needles = vec![
        text.as_bytes().to_vec(),
        text.bytes().rev().collect(),
        text.bytes()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
            .into_bytes(),
        text.bytes()
            .map(|b| format!("{b:02X}"))
            .collect::<String>()
            .into_bytes(),
    ];
    for pad in 0..3 {
        let padded = [vec![b'-'; pad], text.as_bytes().to_vec()].concat();
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        // The characters at both ends depend on the neighbours.
        needles.push(encoded.as_bytes()[2.max(pad * 2)..encoded.len() - 2].to_vec());
    }
    needles
}

/// The first of `needles` that is in `hay`; one pass, quick even without optimisation.
fn first<'n>(hay: &[u8], needles: &'n [Vec<u8>]) -> Option<&'n [u8]> {
    let mut starts = vec![false; 1 << 16];
    for needle in needles {
        starts[usize::from(needle[0]) << 8 | usize::from(needle[1])] = true;
    }
    let mut pair = 0usize;
    for (at, byte) in hay.iter().enumerate() {
        pair = (pair << 8 | usize::from(*byte)) & 0xffff;
        if starts[pair] && at > 0 {
            let rest = &hay[at - 1..];
            if let Some(needle) = needles.iter().find(|needle| rest.starts_with(needle)) {
                return Some(needle);
            }
        }
    }
    None
}
