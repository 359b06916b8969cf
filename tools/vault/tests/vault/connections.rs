use crate::support::{Bed, NOON, grant};
use linchpin_vault::{Account, ConnectionKey, Error, Expect, PendingKind, Reason, Secret, Status, Vault};
use std::time::Duration;

pub async fn token(vault: &Vault, key: &ConnectionKey) -> Option<String> {
    vault
        .access(key)
        .await
        .unwrap()
        .map(|live| live.token.expose().to_owned())
}

pub async fn a_grant_comes_back_as_it_was_stored(bed: &Bed) {
    let key = ConnectionKey::app_user("crm", "cal-1", "Zoë@example.com ");
    let vault = bed.open().await;
    assert_eq!(
        vault
            .put(grant(&key, "at-1 ✓", "rt-1"), Expect::Absent, "builder")
            .await
            .unwrap(),
        1
    );
    vault.close().await.unwrap();

    let vault = bed.open().await;
    let live = vault.access(&key).await.unwrap().unwrap();
    assert_eq!(live.token.expose(), "at-1 ✓");
    assert_eq!(live.token.with(str::len), 8);
    assert_eq!((live.generation, live.expires_at), (1, Some(NOON + 3_600_000)));
    assert_eq!(live.scopes, ["gmail.send", "gmail.labels"]);
    assert_eq!(live.config.unwrap()["host"], "eu.example.com");
    assert_eq!(
        (live.issuer.as_str(), live.client.as_deref()),
        ("https://accounts.example.com", Some("google"))
    );
    assert!(live.refreshable && live.status == Status::Active && live.token_type == "Bearer");

    assert!(
        vault
            .access(&ConnectionKey::app_user("crm", "cal-1", "zoë@example.com "))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        vault
            .access(&ConnectionKey::shared("crm", "cal-1"))
            .await
            .unwrap()
            .is_none()
    );
    // The broker's handlers need futures that can move between threads.
    let elsewhere = vault.clone();
    let moved = tokio::spawn(async move { token(&elsewhere, &key).await });
    assert_eq!(moved.await.unwrap().as_deref(), Some("at-1 ✓"));
}

pub async fn views_have_no_secrets_and_count_uses(bed: &Bed) {
    let vault = bed.open().await;
    let shared = ConnectionKey::shared("crm", "gmail");
    let ana = ConnectionKey::app_user("crm", "gmail-1", "ana");
    vault
        .put(grant(&shared, "at-canary-1", "rt-canary-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    vault
        .put(grant(&ana, "at-canary-2", "rt-canary-2"), Expect::Absent, "ana")
        .await
        .unwrap();
    vault
        .put(
            grant(&ConnectionKey::shared("other", "gmail"), "x", "y"),
            Expect::Absent,
            "builder",
        )
        .await
        .unwrap();

    let views = vault.connections("crm").await.unwrap();
    assert_eq!(views.len(), 2);
    let text = serde_json::to_string(&views).unwrap();
    assert!(!text.contains("canary"), "{text}");
    assert!(
        text.contains(r#""status":"active""#) && text.contains(r#""mode":"app_user""#),
        "{text}"
    );
    assert_eq!(vault.connections_of("crm", "ana").await.unwrap().len(), 1);
    assert_eq!(vault.connections_of("crm", "").await.unwrap().len(), 0);
    assert_eq!(vault.all_connections().await.unwrap().len(), 3);

    assert_eq!(views[0].last_used, None);
    bed.later(5000);
    token(&vault, &shared).await.unwrap();
    assert_eq!(
        vault.connection(&shared).await.unwrap().unwrap().last_used,
        Some(NOON + 5000)
    );
    vault.close().await.unwrap();
    let vault = bed.open().await;
    assert_eq!(
        vault.connection(&shared).await.unwrap().unwrap().last_used,
        Some(NOON + 5000)
    );
    vault.ping().await.unwrap();
}

pub async fn put_holds_what_it_expects(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    let again = vault
        .put(grant(&key, "at-2", "rt-2"), Expect::Absent, "builder")
        .await
        .unwrap_err();
    assert!(again.is_fenced() && !again.is_configuration(), "{again}");
    assert!(
        vault
            .put(grant(&key, "at-2", "rt-2"), Expect::Generation(7), "builder")
            .await
            .unwrap_err()
            .is_fenced()
    );
    assert_eq!(token(&vault, &key).await.unwrap(), "at-1");
    assert_eq!(
        vault
            .put(grant(&key, "at-2", "rt-2"), Expect::Generation(1), "builder")
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        vault
            .put(grant(&key, "at-3", "rt-3"), Expect::Anything, "builder")
            .await
            .unwrap(),
        3
    );
    assert_eq!(token(&vault, &key).await.unwrap(), "at-3");

    // Many at once on one generation: one goes through.
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..8 {
        let (vault, key) = (vault.clone(), key.clone());
        tries.spawn(async move {
            vault
                .put(
                    grant(&key, &format!("at-4-{i}"), "rt"),
                    Expect::Generation(3),
                    "builder",
                )
                .await
                .is_ok()
        });
    }
    assert_eq!(tries.join_all().await.into_iter().filter(|won| *won).count(), 1);
    assert!(
        vault
            .put(
                grant(&ConnectionKey::shared("", "gmail"), "a", "b"),
                Expect::Anything,
                "x"
            )
            .await
            .is_err()
    );
}

pub async fn status_changes_leave_the_tokens(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    for reason in [
        Reason::Revoked,
        Reason::InterruptedRefresh,
        Reason::StaleBackup,
        Reason::NoRefreshToken,
        Reason::ClientRefused,
        Reason::MissingScopes,
        Reason::Other("quota: used up".into()),
    ] {
        vault.needs_reconnect(&key, 1, &reason, "broker").await.unwrap();
        let live = vault.access(&key).await.unwrap().unwrap();
        assert_eq!(live.status, Status::NeedsReconnect(reason));
        assert!(!live.status.is_usable() && live.refreshable && live.token.expose() == "at-1");
    }
    assert!(vault.mark_active(&key, 9, "broker").await.unwrap_err().is_fenced());
    vault.mark_idle(&key, 1, "sweep").await.unwrap();
    assert_eq!(vault.connection(&key).await.unwrap().unwrap().status, Status::Idle);
    vault.mark_active(&key, 1, "builder").await.unwrap();
    assert_eq!(vault.connection(&key).await.unwrap().unwrap().status, Status::Active);
    let absent = ConnectionKey::shared("crm", "slackbot");
    assert!(matches!(
        vault.mark_active(&absent, 1, "x").await,
        Err(Error::Absent { .. })
    ));
}

pub async fn the_account_can_be_named_later(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    let mut new = grant(&key, "at-1", "rt-1");
    new.account = Account::default();
    vault.put(new, Expect::Absent, "builder").await.unwrap();
    let bob = Account {
        id: Some("42".into()),
        label: None,
        email: Some("bob@example.com".into()),
    };
    assert!(
        vault
            .set_account(&key, 5, bob.clone(), "builder")
            .await
            .unwrap_err()
            .is_fenced()
    );
    assert_eq!(vault.set_account(&key, 1, bob.clone(), "builder").await.unwrap(), 2);
    assert_eq!(vault.connection(&key).await.unwrap().unwrap().account, bob);
    assert_eq!(token(&vault, &key).await.unwrap(), "at-1");
}

pub async fn t_tok_02_a_grant_survives_a_kill_before_it_is_stored(bed: &Bed) {
    let key = ConnectionKey::shared("crm", "gmail");
    let vault = bed.open().await;
    let stored = vault
        .journal_grant(&key, "google", br#"{"access_token":"at-1"}"#)
        .await
        .unwrap();
    vault.journal_grant(&key, "slack", b"\xffnot text").await.unwrap();
    let mut new = grant(&key, "at-1", "rt-1");
    new.journalled = Some(stored);
    vault.put(new, Expect::Absent, "builder").await.unwrap();
    drop(vault); // killed here

    let vault = bed.open().await;
    let pending = vault.pending_responses().await.unwrap();
    assert_eq!(pending.len(), 1, "the stored grant is settled, the other is not");
    assert_eq!(
        (pending[0].kind, pending[0].note.as_deref()),
        (PendingKind::Grant, Some("slack"))
    );
    assert_eq!(pending[0].body.expose(), b"\xffnot text");
    vault.drop_response(&pending[0].id).await.unwrap();
    assert!(vault.pending_responses().await.unwrap().is_empty());
}

pub async fn t_tok_04_disconnecting_leaves_a_tombstone(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    assert!(
        vault.remove(&key, "builder").await.unwrap_err().is_fenced(),
        "not while it has tokens"
    );
    let id = vault.disconnect(&key, "builder").await.unwrap().unwrap();
    assert!(vault.access(&key).await.unwrap().is_none());
    let view = vault.connection(&key).await.unwrap().unwrap();
    assert_eq!(view.status, Status::RevocationPending);
    assert_eq!((view.scopes.len(), view.account.id.as_deref()), (2, Some("1001")));
    assert_eq!(
        vault.disconnect(&key, "builder").await.unwrap(),
        None,
        "nothing more to revoke"
    );
    drop(vault); // killed here: the revocation is still owed

    let vault = bed.open().await;
    let due = vault.due_tombstones(10).await.unwrap();
    assert_eq!((due.len(), due[0].id.as_str(), due[0].attempts), (1, id.as_str(), 0));
    assert_eq!(due[0].refresh.as_ref().unwrap().expose(), "rt-1");
    assert_eq!(due[0].access.as_ref().unwrap().expose(), "at-1");
    vault
        .tombstone_failed(&id, Duration::from_secs(60), "503")
        .await
        .unwrap();
    assert!(vault.due_tombstones(10).await.unwrap().is_empty());
    bed.later(60_000);
    let due = vault.due_tombstones(10).await.unwrap();
    assert_eq!((due[0].attempts, due[0].last_error.as_deref()), (1, Some("503")));
    vault.tombstone_done(&id, "broker").await.unwrap();
    vault.tombstone_done(&id, "broker").await.unwrap();
    assert!(vault.due_tombstones(10).await.unwrap().is_empty());
    assert_eq!(
        vault.connection(&key).await.unwrap().unwrap().status,
        Status::Disconnected
    );

    vault
        .put(grant(&key, "at-2", "rt-2"), Expect::Absent, "builder")
        .await
        .unwrap();
    assert_eq!(token(&vault, &key).await.unwrap(), "at-2");
    vault.disconnect(&key, "builder").await.unwrap();
    vault.remove(&key, "builder").await.unwrap();
    assert!(vault.connection(&key).await.unwrap().is_none());
    assert_eq!(
        vault.tombstones_of(&key).await.unwrap().len(),
        1,
        "removing doesn't forget to revoke"
    );
}

pub async fn another_account_leaves_the_old_tokens_to_be_revoked(bed: &Bed) {
    let vault = bed.open().await;
    let key = ConnectionKey::shared("crm", "gmail");
    vault
        .put(grant(&key, "at-1", "rt-1"), Expect::Absent, "builder")
        .await
        .unwrap();
    vault
        .put(grant(&key, "at-2", "rt-2"), Expect::Generation(1), "builder")
        .await
        .unwrap();
    assert!(
        vault.tombstones_of(&key).await.unwrap().is_empty(),
        "same account: nothing to revoke"
    );
    let mut other = grant(&key, "at-3", "rt-3");
    other.revoke_replaced = true;
    vault.put(other, Expect::Generation(2), "builder").await.unwrap();
    let due = vault.tombstones_of(&key).await.unwrap();
    assert_eq!((due.len(), due[0].refresh.as_ref().unwrap().expose()), (1, "rt-2"));
    vault.tombstone_done(&due[0].id, "broker").await.unwrap();
    assert_eq!(vault.connection(&key).await.unwrap().unwrap().status, Status::Active);
    let stray = Secret::from("at-stray");
    vault
        .bury(
            linchpin_vault::Stray {
                key: &key,
                issuer: "https://x.example",
                client: None,
                config: None,
                access: Some(&stray),
                refresh: None,
            },
            "broker",
        )
        .await
        .unwrap();
    assert_eq!(
        vault.due_tombstones(9).await.unwrap()[0]
            .access
            .as_ref()
            .unwrap()
            .expose(),
        "at-stray"
    );
}
