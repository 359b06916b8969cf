use crate::support::{Bed, NOON};
use linchpin_vault::{AuditEntry, ConnectionKey, Error, NewFlow, Secret, UserConnector, Vault};

fn flow(state: &str) -> NewFlow {
    NewFlow {
        state: Secret::from(state),
        verifier: Secret::from("verifier-1"),
        key: ConnectionKey::app_user("crm", "cal-1", "ana"),
        issuer: "https://accounts.example.com".into(),
        client: Some("google".into()),
        redirect: "http://127.0.0.1:4000/cb/1".into(),
        return_to: Some("https://crm.example/settings".into()),
        browser: Some("cookie-hash".into()),
        scopes: vec!["calendar.events".into()],
        note: Some("{}".into()),
        expires_at: NOON + 600_000,
    }
}

pub async fn a_flow_is_taken_once_and_in_time(bed: &Bed) {
    let vault = bed.open().await;
    vault.put_flow(flow("state-1")).await.unwrap();
    assert!(vault.take_flow("state-2").await.unwrap().is_none());
    let (one, two) = (vault.clone(), bed.open().await);
    let (a, b) = tokio::join!(one.take_flow("state-1"), two.take_flow("state-1"));
    let taken: Vec<_> = [a.unwrap(), b.unwrap()].into_iter().flatten().collect();
    assert_eq!(taken.len(), 1, "single use");
    assert_eq!(taken[0].verifier.expose(), "verifier-1");
    assert_eq!((taken[0].key.user.as_str(), taken[0].scopes.len()), ("ana", 1));
    assert_eq!(taken[0].return_to.as_deref(), Some("https://crm.example/settings"));
    assert_eq!(taken[0].browser.as_deref(), Some("cookie-hash"));

    vault.put_flow(flow("state-3")).await.unwrap();
    vault.put_flow(flow("state-4")).await.unwrap();
    let stored = bed.dump().await.join("\n");
    assert!(
        stored.contains("cal-1") && !stored.contains("state-3"),
        "only the hash of state is stored"
    );
    bed.later(600_000);
    assert!(vault.take_flow("state-3").await.unwrap().is_none(), "too late");
    assert_eq!(vault.sweep_flows().await.unwrap(), 1);
}

pub async fn clients_and_secrets_are_write_only_in_views(bed: &Bed) {
    let vault = bed.open().await;
    vault
        .put_client(
            None,
            "google",
            "id-install",
            Some(&Secret::from("cs-install")),
            "builder",
        )
        .await
        .unwrap();
    vault
        .put_client(
            Some("crm"),
            "google",
            "id-crm",
            Some(&Secret::from("cs-crm")),
            "builder",
        )
        .await
        .unwrap();
    vault
        .put_client(None, "device", "id-public", None, "builder")
        .await
        .unwrap();
    let of = async |app: &str, family: &str| {
        let client = vault.client(app, family).await.unwrap()?;
        Some((client.client_id, client.secret.map(|secret| secret.expose().to_owned())))
    };
    assert_eq!(
        of("crm", "google").await,
        Some(("id-crm".into(), Some("cs-crm".into())))
    );
    assert_eq!(
        of("shop", "google").await,
        Some(("id-install".into(), Some("cs-install".into())))
    );
    assert_eq!(of("shop", "device").await, Some(("id-public".into(), None)));
    assert_eq!(of("shop", "slack").await, None);
    bed.later(1);
    vault
        .put_client(
            Some("crm"),
            "google",
            "id-crm-2",
            Some(&Secret::from("cs-crm-2")),
            "builder",
        )
        .await
        .unwrap();
    assert_eq!(
        of("crm", "google").await,
        Some(("id-crm-2".into(), Some("cs-crm-2".into())))
    );
    let views = serde_json::to_string(&vault.clients().await.unwrap()).unwrap();
    assert!(views.contains("id-install") && !views.contains("cs-"), "{views}");
    assert!(vault.delete_client(Some("crm"), "google", "builder").await.unwrap());
    assert!(!vault.delete_client(Some("crm"), "google", "builder").await.unwrap());
    assert_eq!(of("crm", "google").await.unwrap().0, "id-install");

    vault
        .put_secret("crm", "STRIPE_KEY", &Secret::from("sk-1"), "builder")
        .await
        .unwrap();
    vault
        .put_secret("crm", "STRIPE_KEY", &Secret::from("sk-2"), "builder")
        .await
        .unwrap();
    assert_eq!(
        vault.secret("crm", "STRIPE_KEY").await.unwrap().unwrap().expose(),
        "sk-2"
    );
    assert!(vault.secret("shop", "STRIPE_KEY").await.unwrap().is_none());
    let views = serde_json::to_string(&vault.secrets("crm").await.unwrap()).unwrap();
    assert!(views.contains("STRIPE_KEY") && !views.contains("sk-"), "{views}");
    assert!(vault.delete_secret("crm", "STRIPE_KEY", "builder").await.unwrap());
    assert!(vault.secret("crm", "STRIPE_KEY").await.unwrap().is_none());
}

pub async fn app_keys_are_hashed_and_at_most_two(bed: &Bed) {
    let vault = bed.open().await;
    let (first, key) = vault.mint_app_key("crm", "production", "builder").await.unwrap();
    assert!(key.expose().starts_with("lp_live_") && key.expose().len() == 80);
    let (second, _) = vault.mint_app_key("crm", "next", "builder").await.unwrap();
    assert!(matches!(
        vault.mint_app_key("crm", "third", "builder").await,
        Err(Error::TooManyAppKeys)
    ));
    assert!(vault.mint_app_key("shop", "production", "builder").await.is_ok());
    assert_eq!(vault.verify_app_key(key.expose()).await.unwrap().unwrap(), first);
    assert!(
        !bed.dump().await.join("\n").contains(&key.expose()[8..]),
        "only a hash is stored"
    );
    for at in [0, 7, 8, 40, 79] {
        let mut other: Vec<u8> = key.expose().bytes().collect();
        other[at] = if other[at] == b'0' { b'1' } else { b'0' };
        assert!(
            vault
                .verify_app_key(std::str::from_utf8(&other).unwrap())
                .await
                .unwrap()
                .is_none(),
            "{at}"
        );
    }
    for other in [
        "",
        "lp_live_",
        "lp_live_é",
        &key.expose()[..79],
        &format!("{}0", key.expose()),
    ] {
        assert!(vault.verify_app_key(other).await.unwrap().is_none());
    }
    assert!(
        !vault.revoke_app_key("shop", &first.id, "builder").await.unwrap(),
        "another app's"
    );
    assert!(vault.revoke_app_key("crm", &first.id, "builder").await.unwrap());
    assert!(vault.verify_app_key(key.expose()).await.unwrap().is_none());
    assert!(vault.mint_app_key("crm", "third", "builder").await.is_ok());
    let keys = vault.app_keys("crm").await.unwrap();
    assert_eq!(
        (keys.len(), keys.iter().filter(|key| key.revoked.is_none()).count()),
        (3, 2)
    );
    assert!(keys.iter().any(|key| key.id == second.id));
}

pub async fn user_connectors_have_ids_and_unique_names(bed: &Bed) {
    let vault = bed.open().await;
    let one = UserConnector {
        app: "crm".into(),
        id: "cal-1".into(),
        connector: "googlecalendar".into(),
        name: "Marketing calendar".into(),
        scopes: vec!["calendar.events".into()],
        config: None,
    };
    let two = UserConnector {
        id: "cal-2".into(),
        name: "Private calendar".into(),
        ..one.clone()
    };
    vault.put_user_connector(&one, "builder").await.unwrap();
    vault.put_user_connector(&two, "builder").await.unwrap();
    let clash = UserConnector {
        id: "cal-3".into(),
        ..one.clone()
    };
    assert!(matches!(
        vault.put_user_connector(&clash, "builder").await,
        Err(Error::Conflict { .. })
    ));
    vault
        .put_user_connector(
            &UserConnector {
                app: "shop".into(),
                ..one.clone()
            },
            "builder",
        )
        .await
        .unwrap();
    let wider = UserConnector {
        scopes: vec!["calendar".into(), "calendar.events".into()],
        ..one.clone()
    };
    vault.put_user_connector(&wider, "builder").await.unwrap();
    assert_eq!(vault.user_connector("crm", "cal-1").await.unwrap().unwrap(), wider);
    assert_eq!(vault.user_connectors("crm").await.unwrap(), [wider, two]);
    assert!(vault.delete_user_connector("crm", "cal-1", "builder").await.unwrap());
    assert!(vault.user_connector("crm", "cal-1").await.unwrap().is_none());
}

pub async fn the_audit_log_shows_every_change_to_it(bed: &Bed) {
    let vault = bed.open().await;
    let entry = |i: usize| format!("entry {i}");
    for i in 0..6 {
        let outcome = entry(i);
        let entry = AuditEntry {
            who: "function:digest",
            what: "token.read",
            app: "crm",
            subject: "cn_1",
            outcome: &outcome,
        };
        vault.audit(entry).await.unwrap();
    }
    let kept = vault.audit_head().await.unwrap();
    assert_eq!(
        (kept.seq, vault.verify_audit(Some(&kept)).await.unwrap()),
        (7, 7),
        "creation and six entries"
    );
    let newest = vault.audit_log(2).await.unwrap();
    assert_eq!(
        (newest.len(), newest[0].outcome.as_str(), newest[0].at),
        (2, "entry 5", NOON)
    );
    // Many writers, one chain.
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let vault = vault.clone();
        writers.spawn(async move {
            vault
                .audit(AuditEntry {
                    who: "w",
                    what: "x",
                    app: "",
                    subject: "",
                    outcome: "ok",
                })
                .await
                .unwrap();
        });
    }
    writers.join_all().await;
    assert_eq!(vault.verify_audit(Some(&kept)).await.unwrap(), 17);

    let raw = bed.raw().await;
    let broken = async |vault: &Vault, kept: Option<&_>| match vault.verify_audit(kept).await {
        Err(Error::AuditBroken { seq, .. }) => seq,
        other => panic!("{other:?}"),
    };
    for (edit, back, seq) in [
        (
            "SET outcome = 'entry X' WHERE seq = 4",
            "SET outcome = 'entry 2' WHERE seq = 4",
            4,
        ),
        ("SET at = at - 1 WHERE seq = 3", "SET at = at + 1 WHERE seq = 3", 3),
        (
            "SET who = 'w', what = 'xx' WHERE seq = 17",
            "SET who = 'w', what = 'x' WHERE seq = 17",
            17,
        ),
        ("SET seq = 99 WHERE seq = 5", "SET seq = 5 WHERE seq = 99", 5),
    ] {
        raw.run(&format!("UPDATE lp_audit {edit}")).await;
        assert_eq!(broken(&vault, None).await, seq, "{edit}");
        raw.run(&format!("UPDATE lp_audit {back}")).await;
        vault.verify_audit(None).await.unwrap();
    }
    // Cut at the end, with the head set back to match: seen only against the head that was kept.
    raw.run("DELETE FROM lp_audit WHERE seq > 5").await;
    assert_eq!(broken(&vault, None).await, 6);
    raw.run("UPDATE lp_audit_head SET seq = 5, mac = (SELECT mac FROM lp_audit WHERE seq = 5)")
        .await;
    assert_eq!(vault.verify_audit(None).await.unwrap(), 5);
    assert_eq!(broken(&vault, Some(&kept)).await, 6);
}
