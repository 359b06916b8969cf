//! Renewing: once per expiry, by whoever asks, and never at the price of a connection.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Arc;

use linchpin_broker::Running;
use linchpin_socket::Reply;
use linchpin_vault::{Claim, ConnectionKey, Refreshed};
use serde_json::json;
use support::{APP, Act, House, Rotation, age, get, until};

/// A connection whose token is over at once; whatever comes next lasts.
async fn expired(rotation: Rotation) -> (House, String) {
    let house = House::new().await;
    house.provider.edit(|book| book.rotation = rotation);
    house.connected().await;
    house.provider.edit(|book| book.tokens.clear());
    age(&house).await;
    let key = house.service_key().await;
    (house, key)
}

#[tokio::test]
async fn t_con_01_a_hundred_callers_make_one_request() {
    let (house, key) = expired(Rotation::Strict).await;
    let calls = (0..100).map(|_| house.token(&key));
    let answers = futures::future::join_all(calls).await;
    assert!(
        answers
            .iter()
            .all(|(status, body)| *status == 200 && body == &answers[0].1),
        "{answers:?}"
    );
    assert_eq!(house.provider.token_requests(), 1);
    assert_eq!(house.token(&key).await.1, answers[0].1, "and the new one lasts");
    assert_eq!(house.provider.token_requests(), 1);
}

#[tokio::test]
async fn t_con_02_two_brokers_on_one_store_make_one_request() {
    let (house, key) = expired(Rotation::Strict).await;
    let mut options = house.options();
    options.socket = None;
    let second = Running::start(options).await.unwrap();
    let other = format!(
        "http://{}/api/apps/{APP}/external-auth/tokens/double",
        second.http().unwrap()
    );
    let bearer = format!("Bearer {key}");
    // Slow enough that both see it expired.
    let gate = Arc::new(tokio::sync::Notify::new());
    house.provider.next(Act::Gate(gate.clone()));
    let here = futures::future::join_all((0..20).map(|_| house.token(&key)));
    let headers = [("authorization", bearer.as_str())];
    let there = futures::future::join_all((0..20).map(|_| get(&other, &headers)));
    let open = async {
        until(async || house.provider.token_requests() > 0).await;
        gate.notify_one();
    };
    let (here, there, ()) = futures::join!(here, there, open);
    for (status, body) in here.iter().chain(&there) {
        assert_eq!((*status, body), (200, &here[0].1));
    }
    assert_eq!(house.provider.token_requests(), 1);
}

#[tokio::test]
async fn t_tok_08_without_a_new_refresh_token_the_old_one_stays() {
    let (house, key) = expired(Rotation::None).await;
    for round in 1..=20 {
        let (status, body) = house.token(&key).await;
        assert_eq!(status, 200, "{round}: {body}");
        age(&house).await;
    }
    assert_eq!(house.provider.token_requests(), 20);
    assert_eq!(house.connections().await[0].status, "active");
}

#[tokio::test]
async fn tokens_that_live_seconds_are_handed_out_while_they_live() {
    let (house, key) = expired(Rotation::Strict).await;
    house.provider.edit(|book| book.expires_in = json!(5));
    for _ in 0..3 {
        assert_eq!(house.token(&key).await.0, 200);
    }
    assert_eq!(house.provider.token_requests(), 3);
}

#[tokio::test]
async fn a_token_near_its_end_is_handed_out_while_it_is_renewed() {
    let (house, key) = expired(Rotation::Strict).await;
    // An hour old, a minute left.
    let (now, options) = (linchpin_oauth::now_ms(), house.options());
    let vault = linchpin_vault::Vault::open_with(options.store, options.key, Arc::new(move || now - 3_600_000))
        .await
        .unwrap();
    let connection = ConnectionKey::shared(APP, "double");
    let live = vault.access(&connection).await.unwrap().unwrap();
    let ttl = std::time::Duration::from_secs(9);
    let Claim::Leased(lease) = vault.claim(&connection, live.generation, "test", ttl).await.unwrap() else {
        panic!("no lease")
    };
    let old = Refreshed {
        access: "at-old".into(),
        refresh: None,
        expires_at: Some(now + 60_000),
        scopes: None,
        token_type: None,
    };
    vault.finish_refresh(&lease, old).await.unwrap();
    let gate = Arc::new(tokio::sync::Notify::new());
    house.provider.next(Act::Gate(gate.clone()));
    for _ in 0..5 {
        assert_eq!(house.token(&key).await.1["access_token"], "at-old", "nobody waits");
    }
    until(async || house.provider.token_requests() == 1).await;
    gate.notify_one();
    until(async || house.token(&key).await.1["access_token"] != "at-old").await;
    assert_eq!(house.provider.token_requests(), 1);
}

#[tokio::test]
async fn t_prv_08_one_invalid_grant_is_not_believed() {
    let (house, key) = expired(Rotation::None).await;
    house
        .provider
        .next(Act::Say(400, "application/json", r#"{"error":"invalid_grant"}"#.into()));
    assert_eq!(house.token(&key).await.0, 200);
    assert_eq!(house.provider.token_requests(), 2);
}

#[tokio::test]
async fn a_withdrawn_grant_needs_its_owner_and_no_row_is_blanked() {
    let (house, key) = expired(Rotation::None).await;
    for _ in 0..2 {
        house.provider.next(Act::Say(
            400,
            "application/json",
            r#"{"error":"invalid_grant","error_description":"at-CANARY"}"#.into(),
        ));
    }
    let (status, body) = house.token(&key).await;
    assert_eq!((status, body["code"].as_str()), (404, Some("NEEDS_RECONNECT")));
    let detail = body["detail"].as_str().unwrap();
    assert!(
        detail.contains("No active connection") && detail.contains("linchpin connect double"),
        "{detail}"
    );
    let view = &house.connections().await[0];
    assert_eq!(
        (view.status.as_str(), view.account.as_deref()),
        ("needs_reconnect", Some("Name of a1"))
    );
    assert_eq!(house.token(&key).await.0, 404);
    assert_eq!(house.provider.token_requests(), 2, "it is not asked again and again");
    house.connected().await;
    assert_eq!(house.token(&key).await.0, 200);
}

#[tokio::test]
async fn a_provider_in_trouble_costs_no_connection() {
    for act in [
        Act::Say(503, "text/html", "<h1>down</h1>".into()),
        Act::Say(500, "application/json", r#"{"error":"invalid_grant"}"#.into()),
        Act::Say(200, "text/html", "<h1>hotel wifi</h1>".into()),
        Act::SayWith(429, vec![("retry-after", "77".into())], String::new()),
        Act::SayWith(307, vec![("location", "/elsewhere".into())], String::new()),
    ] {
        let (house, key) = expired(Rotation::Strict).await;
        house.provider.next(act.clone());
        let (status, body) = house.token(&key).await;
        assert_eq!(
            (status, body["code"].as_str()),
            (503, Some("REFRESH_PENDING")),
            "{act:?} {body}"
        );
        let before = house.provider.token_requests();
        assert_eq!(house.token(&key).await.0, 503, "the provider is left alone for a while");
        assert_eq!(house.provider.token_requests(), before, "{act:?}");
        let view = house
            .vault()
            .await
            .connection(&ConnectionKey::shared(APP, "double"))
            .await
            .unwrap()
            .unwrap();
        assert!(view.refreshable && view.status.is_usable(), "{act:?} {view:?}");
    }
}

#[tokio::test]
async fn t_prv_09_a_refused_client_is_one_fault_and_not_everyones() {
    let (house, key) = expired(Rotation::None).await;
    house.provider.next(Act::Say(
        401,
        "application/json",
        r#"{"error":"invalid_client"}"#.into(),
    ));
    let (status, body) = house.token(&key).await;
    assert_eq!((status, body["code"].as_str()), (503, Some("CLIENT_REFUSED")));
    let view = &house.connections().await[0];
    assert!(
        view.reason.as_ref().unwrap().contains("client id and secret"),
        "{view:?}"
    );
    assert_eq!(
        house.socket().put_client("double", "client", b"right").await.unwrap(),
        Reply::Ok
    );
    assert_eq!(house.connections().await[0].status, "active");
}

#[tokio::test]
async fn t_con_06_a_token_that_arrives_after_the_disconnect_is_revoked() {
    let (house, key) = expired(Rotation::Strict).await;
    let gate = Arc::new(tokio::sync::Notify::new());
    house.provider.next(Act::Gate(gate.clone()));
    let asking = house.token(&key);
    let parting = async {
        until(async || house.provider.token_requests() == 1).await;
        assert_eq!(house.disconnect("shared").await, Reply::Ok);
        gate.notify_one();
    };
    let ((status, _), ()) = futures::join!(asking, parting);
    assert_eq!(status, 404);
    until(async || house.provider.book.lock().unwrap().live_access.is_empty()).await;
    assert_ne!(house.connections().await[0].status, "active");
}

#[tokio::test]
async fn t_con_07_a_reconnect_wins_over_a_refresh_under_way() {
    let (house, key) = expired(Rotation::None).await;
    let gate = Arc::new(tokio::sync::Notify::new());
    house.provider.next(Act::Gate(gate.clone()));
    let asking = house.token(&key);
    let again = async {
        until(async || house.provider.token_requests() == 1).await;
        house.connected().await;
        gate.notify_one();
    };
    let ((status, body), ()) = futures::join!(asking, again);
    assert_eq!(status, 200);
    assert_eq!(
        house.token(&key).await.1,
        body,
        "the new grant's token, not the late answer's"
    );
    let book = house.provider.book.lock().unwrap();
    assert!(
        book.revocations.is_empty(),
        "revoking the late one could end the new grant"
    );
}

#[tokio::test]
async fn t_con_10_a_caller_who_hangs_up_stops_nothing() {
    let (house, key) = expired(Rotation::Strict).await;
    let gate = Arc::new(tokio::sync::Notify::new());
    house.provider.next(Act::Gate(gate.clone()));
    tokio::select! {
        _ = house.token(&key) => panic!("answered"),
        () = until(async || house.provider.token_requests() == 1) => {}
    }
    gate.notify_one();
    assert_eq!(house.token(&key).await.0, 200);
    assert_eq!(house.provider.token_requests(), 1);
}

#[tokio::test]
async fn an_answer_that_was_written_down_is_applied_without_asking_again() {
    let (mut house, key) = expired(Rotation::Strict).await;
    house.stop().await;
    // A broker that ends between the answer and its reading.
    let vault = house.vault().await;
    let connection = ConnectionKey::shared(APP, "double");
    let live = vault.access(&connection).await.unwrap().unwrap();
    let Claim::Leased(lease) = vault
        .claim(&connection, live.generation, "gone", std::time::Duration::ZERO)
        .await
        .unwrap()
    else {
        panic!("no lease")
    };
    let head = json!({ "status": 200, "received_at": linchpin_oauth::now_ms(), "retry_after": null, "content_type": "application/json", "host": "double.test" });
    let body = format!(
        "{head}\n{}",
        r#"{"access_token":"at-journalled","refresh_token":"rt-journalled","expires_in":3600}"#
    );
    vault.journal_response(&lease, body.as_bytes()).await.unwrap();
    vault.close().await.unwrap();
    house.start().await;
    let (status, body) = house.token(&key).await;
    assert_eq!((status, body["access_token"].as_str()), (200, Some("at-journalled")));
    assert_eq!(house.provider.token_requests(), 0);
}

#[tokio::test]
async fn a_token_without_a_way_to_renew_it_says_so_when_it_ends() {
    let house = House::new().await;
    let vault = house.vault().await;
    let new = linchpin_vault::NewConnection {
        key: ConnectionKey::shared(APP, "double"),
        issuer: "https://double.test".into(),
        client: Some("double".into()),
        token_type: "bearer".into(),
        account: linchpin_vault::Account::default(),
        scopes: vec![],
        config: None,
        access: "at-old".into(),
        refresh: None,
        expires_at: Some(linchpin_oauth::now_ms() - 1000),
        journalled: None,
        revoke_replaced: false,
    };
    vault.put(new, linchpin_vault::Expect::Absent, "test").await.unwrap();
    let key = house.service_key().await;
    assert_eq!(house.token(&key).await.0, 404);
    let (_, body) = house.token(&key).await;
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("gave nothing to renew it with"),
        "{body}"
    );
    assert_eq!(house.connections().await[0].status, "needs_reconnect");
}
