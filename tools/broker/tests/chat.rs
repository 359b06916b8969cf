//! The chat's side: connect, reconnect, disconnect over the socket, against the scripted provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::os::unix::fs::PermissionsExt as _;

use linchpin_socket::{Finish, Reply, Request, VERSION};
use support::{APP, House, Provider, browser, scripted, until};

fn failure(finish: Finish) -> (String, String) {
    match finish {
        Finish::Failed { code, message } => (code, message),
        Finish::Connected { .. } => panic!("connected"),
    }
}

#[tokio::test]
async fn a_connection_is_made_shown_kept_and_ended() {
    let mut house = House::new().await;
    match house.ask(Request::Hello { version: VERSION }).await {
        Reply::Hello { version, notes } => {
            assert_eq!(version, VERSION);
            assert!(
                notes
                    .iter()
                    .any(|note| note.contains("https://double.test go to http://127.0.0.1")),
                "{notes:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    let flow = house.begin("shared", &["notes.write"], false).await.unwrap();
    assert!(
        flow.notes
            .iter()
            .any(|note| note.contains("played by a server on this machine")),
        "{:?}",
        flow.notes
    );
    assert_eq!(flow.expires_in, 600);
    scripted::consent(&flow.authorize_url).await;
    let Finish::Connected {
        connection,
        missing_scopes,
    } = house.wait(&flow).await
    else {
        panic!("failed")
    };
    assert_eq!(
        (connection.status.as_str(), connection.account.as_deref()),
        ("active", Some("Name of a1"))
    );
    assert_eq!(connection.scopes, ["who", "notes.write"]);
    assert!(missing_scopes.is_empty());
    assert_eq!(
        house.wait(&flow).await,
        house.wait(&flow).await,
        "an end can be asked for twice"
    );

    house.stop().await;
    house.start().await;
    assert_eq!(
        house.connections().await[0].account.as_deref(),
        Some("Name of a1"),
        "kept over a restart"
    );

    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    let view = &house.connections().await[0];
    assert_eq!(
        (view.status.as_str(), view.scopes.len()),
        ("disconnected", 2),
        "scopes stay for a reconnect"
    );
    let book = house.provider.book.lock().unwrap();
    let hints: Vec<String> = book
        .revocations
        .iter()
        .map(|seen| seen.form()["token_type_hint"].clone())
        .collect();
    assert_eq!(hints, ["refresh_token", "access_token"], "the long-lived one first");
    assert!(book.live_access.is_empty());
}

#[tokio::test]
async fn t_oa_16_another_account_takes_over_only_when_asked() {
    let house = House::new().await;
    house.connected().await;
    house.provider.edit(|book| book.account = "b2".into());
    let (code, message) = failure(house.connect("shared", &["notes.write"], false).await);
    assert_eq!(code, "different_account");
    assert!(
        message.contains("Name of b2") && message.contains("Name of a1") && message.contains("another account"),
        "{message}"
    );
    assert_eq!(house.connections().await[0].account.as_deref(), Some("Name of a1"));
    // The token nobody wanted is revoked, the one in use is not.
    until(async || house.provider.book.lock().unwrap().live_access.len() == 1).await;
    let (status, token) = house.token(&house.service_key().await).await;
    assert_eq!(status, 200);
    assert!(
        house
            .provider
            .book
            .lock()
            .unwrap()
            .live_access
            .contains(token["access_token"].as_str().unwrap())
    );

    let Finish::Connected { connection, .. } = house.connect("shared", &["notes.write"], true).await else {
        panic!("failed")
    };
    assert_eq!(connection.account.as_deref(), Some("Name of b2"));
    until(async || house.provider.book.lock().unwrap().live_access.len() == 1).await;
    let (_, now) = house.token(&house.service_key().await).await;
    assert_ne!(
        now["access_token"], token["access_token"],
        "the old account's token is revoked"
    );
}

#[tokio::test]
async fn the_same_account_again_keeps_its_grant_alive() {
    let house = House::new().await;
    house.connected().await;
    house.connected().await;
    assert!(
        house.provider.book.lock().unwrap().revocations.is_empty(),
        "revoking the old one could end the new one"
    );
}

#[tokio::test]
async fn t_oa_18_a_provider_out_of_order_is_asked_again_and_the_row_is_dead_at_once() {
    let mut house = House::new().await;
    house.connected().await;
    let key = house.service_key().await;
    house.provider.edit(|book| book.revoke_script = [503, 503].into());
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    let view = &house.connections().await[0];
    assert_eq!(view.status, "revocation_pending");
    assert!(view.reason.as_ref().unwrap().contains("asked again"), "{view:?}");
    let (status, body) = house.token(&key).await;
    assert_eq!(status, 404, "{body}");
    // It outlives the process, and a new sign-in works it off first.
    house.stop().await;
    house.start().await;
    house.provider.edit(|book| book.revoke_script.clear());
    house.connected().await;
    assert_eq!(
        house.provider.book.lock().unwrap().live_access.len(),
        1,
        "the old token is gone, the new one lives"
    );
    assert_eq!(house.connections().await[0].status, "active");
    assert_eq!(house.token(&key).await.0, 200);
}

#[tokio::test]
async fn a_revocation_that_is_due_is_tried_again_by_itself() {
    let mut house = House::new().await;
    house.connected().await;
    house.provider.edit(|book| book.revoke_script = [503].into());
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    // An hour passes.
    let options = house.options();
    let earlier = std::sync::Arc::new(|| linchpin_oauth::now_ms() - 3_600_000);
    let vault = linchpin_vault::Vault::open_with(options.store, options.key, earlier)
        .await
        .unwrap();
    let key = linchpin_vault::ConnectionKey::shared(APP, "double");
    let waiting = vault.tombstones_of(&key).await.unwrap();
    assert_eq!(
        (waiting[0].attempts, waiting[0].last_error.as_deref()),
        (1, Some("busy"))
    );
    vault
        .tombstone_failed(&waiting[0].id, std::time::Duration::ZERO, "busy")
        .await
        .unwrap();
    house.stop().await;
    house.start().await;
    until(async || house.connections().await[0].status == "disconnected").await;
    assert!(house.provider.book.lock().unwrap().live_access.is_empty());
    assert_eq!(vault.next_tombstone_due().await.unwrap(), None);
}

#[tokio::test]
async fn t_oa_15_fewer_scopes_are_named_and_stored_as_granted() {
    let house = House::new().await;
    house.provider.edit(|book| book.grants = Some("who".into()));
    let Finish::Connected {
        connection,
        missing_scopes,
    } = house.connect("shared", &["notes.write"], false).await
    else {
        panic!("failed")
    };
    assert_eq!(connection.scopes, ["who"]);
    assert_eq!(missing_scopes, ["notes.write"]);
}

#[tokio::test]
async fn what_was_granted_before_is_asked_for_again() {
    let house = House::new().await;
    house.connect("shared", &["notes.read"], false).await;
    let flow = house.begin("shared", &["notes.write"], false).await.unwrap();
    assert!(
        flow.authorize_url.contains("scope=who+notes.read+notes.write"),
        "{}",
        flow.authorize_url
    );
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let house = House::new().await;
    let begin = async |connector: &str, mode: &str, scope: &str| {
        let request = Request::Begin {
            app: APP.into(),
            connector: connector.into(),
            mode: mode.into(),
            scopes: vec![scope.into()],
            other_account: false,
            config: Default::default(),
            way: linchpin_socket::Way::Browser,
        };
        match house.ask(request).await {
            Reply::Error { code, message } => (code, message),
            other => panic!("{other:?}"),
        }
    };
    let (code, message) = begin("nothere", "shared", "x").await;
    assert_eq!(code, "unknown_connector");
    assert!(message.contains("linchpin catalog search"), "{message}");
    assert_eq!(begin("double", "everyone", "who").await.0, "bad_mode");
    let (code, message) = begin("double", "shared", "everything").await;
    assert_eq!(code, "unknown_scope");
    assert!(message.contains("`everything`"), "{message}");
    match house.socket().put_client("nobody", "x", b"").await.unwrap() {
        Reply::Error { code, .. } => assert_eq!(code, "unknown_family"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(house.disconnect("shared").await, Reply::Error { code, .. } if code == "not_connected"));
    assert!(
        matches!(house.ask(Request::Wait { flow: "gone".into() }).await, Reply::Error { code, .. } if code == "unknown_flow")
    );
    assert!(matches!(house.ask(Request::Hello { version: 99 }).await, Reply::Error { code, .. } if code == "version"));
    house.vault().await.delete_client(None, "double", "test").await.unwrap();
    let (code, message) = house.begin("shared", &[], false).await.unwrap_err();
    assert_eq!(code, "no_client");
    assert!(message.contains("https://double.test/console"), "{message}");
}

#[tokio::test]
async fn a_flow_ends_when_cancelled_or_replaced_and_its_port_is_free() {
    let house = House::new().await;
    let first = house.begin("shared", &[], false).await.unwrap();
    let second = house.begin("shared", &[], false).await.unwrap();
    assert_eq!(failure(house.wait(&first).await).0, "superseded");
    assert!(
        browser().get(&first.redirect_uri).send().await.is_err(),
        "nobody listens any more"
    );
    assert_eq!(
        house
            .ask(Request::Cancel {
                flow: second.id.clone()
            })
            .await,
        Reply::Ok
    );
    assert_eq!(failure(house.wait(&second).await).0, "cancelled");
    until(async || browser().get(&second.redirect_uri).send().await.is_err()).await;
    assert_eq!(house.provider.token_requests(), 0);
}

#[tokio::test]
async fn a_declined_consent_stores_nothing() {
    let house = House::new().await;
    let flow = house.begin("shared", &["notes.write"], false).await.unwrap();
    let state = url::Url::parse(&flow.authorize_url)
        .unwrap()
        .query_pairs()
        .find(|(n, _)| n == "state")
        .unwrap()
        .1
        .into_owned();
    browser()
        .get(format!("{}?error=access_denied&state={state}", flow.redirect_uri))
        .send()
        .await
        .unwrap();
    let (code, message) = failure(house.wait(&flow).await);
    assert_eq!(code, "access_denied");
    assert!(message.contains("Double") && message.contains("skip it"), "{message}");
    assert!(house.connections().await.is_empty());
    assert_eq!(house.provider.token_requests(), 0);
}

#[tokio::test]
async fn a_fixed_port_that_is_taken_is_named() {
    let house = House::new().await;
    let catalog = linchpin_catalog::Catalog::from_files(&[(
        "double.toml",
        &scripted::TEXT.replace("loopback_any_port", "loopback_fixed_port"),
    )])
    .unwrap();
    let mut options = house.options();
    options.catalog = Box::leak(Box::new(catalog));
    // No stand-in for the page where one consents, so the rule holds.
    options.providers = linchpin_oauth::Providers::default();
    options.socket = Some(house.home().join("other.sock"));
    let running = linchpin_broker::Running::start(options).await.unwrap();
    let socket = linchpin_socket::BrokerSocket::at(running.socket().unwrap());
    let held = tokio::net::TcpListener::bind(("127.0.0.1", linchpin_catalog::LOOPBACK_PORT))
        .await
        .unwrap();
    let request = Request::Begin {
        app: APP.into(),
        connector: "double".into(),
        mode: "shared".into(),
        scopes: vec![],
        other_account: false,
        config: Default::default(),
        way: linchpin_socket::Way::Browser,
    };
    let Reply::Error { code, message } = socket.ask(&request).await.unwrap() else {
        panic!("begun")
    };
    assert_eq!(code, "port_taken");
    assert!(
        message.contains(&linchpin_catalog::LOOPBACK_PORT.to_string()) && message.contains("ss -ltnp"),
        "{message}"
    );
    drop(held);
    let Reply::Begun { flow } = socket.ask(&request).await.unwrap() else {
        panic!("not begun")
    };
    assert_eq!(
        flow.redirect_uri,
        format!("http://127.0.0.1:{}/cb/double", linchpin_catalog::LOOPBACK_PORT)
    );
}

#[tokio::test]
async fn a_pasted_token_connects_where_the_catalog_allows_it() {
    let house = House::with(|text| {
        text.replace(
            "[advice]",
            "[auth.paste]\nname = \"bot token\"\nprefix = \"at-\"\nurl = \"https://double.test/tokens\"\n\n[advice]",
        )
    })
    .await;
    let paste = async |token: &str| match house
        .socket()
        .paste(APP, "double", "shared", false, &Default::default(), token.as_bytes())
        .await
        .unwrap()
    {
        Reply::Finished { finish } => finish,
        other => panic!("{other:?}"),
    };
    let (code, message) = failure(paste("wrong").await);
    assert_eq!(code, "bad_token");
    assert!(
        message.contains("begins with at-") && !message.contains("wrong"),
        "{message}"
    );
    assert_eq!(failure(paste("at-dead").await).0, "no_account");
    house.provider.edit(|book| {
        book.live_access.insert("at-pasted".into());
    });
    let Finish::Connected { connection, .. } = paste(" at-pasted\n").await else {
        panic!("failed")
    };
    assert_eq!(connection.account.as_deref(), Some("Name of a1"));
    assert_eq!(
        house.token(&house.service_key().await).await.1["access_token"],
        "at-pasted"
    );
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    assert!(
        house.provider.book.lock().unwrap().live_access.is_empty(),
        "revoked like any other"
    );
}

#[tokio::test]
async fn t_brk_13_the_socket_is_its_owners_alone() {
    let house = House::new().await;
    let path = house.running().socket().unwrap().to_owned();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    let Err(error) = linchpin_broker::Running::start(house.options()).await else {
        panic!("two on one socket")
    };
    assert!(error.to_string().contains("already running"), "{error}");
    assert!(house.connections().await.is_empty(), "the first one goes on");
}

#[tokio::test]
async fn nothing_on_disk_is_in_the_clear() {
    let mut house = House::new().await;
    house.connected().await;
    house.stop().await;
    for file in std::fs::read_dir(house.home()).unwrap() {
        let file = file.unwrap().path();
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!bytes.windows(6).any(|w| w == b"CANARY"), "{}", file.display());
    }
}

#[tokio::test]
async fn t_tok_02_a_grant_that_was_written_down_and_not_stored_is_revoked_at_the_next_start() {
    let mut house = House::new().await;
    let vault = house.vault().await;
    let head = serde_json::json!({ "status": 200, "received_at": 1, "retry_after": null, "content_type": "application/json", "host": "double.test" });
    let body = format!(
        "{head}\n{}",
        r#"{"access_token":"at-CANARY-9","refresh_token":"rt-CANARY-9"}"#
    );
    vault
        .journal_grant(
            &linchpin_vault::ConnectionKey::shared(APP, "double"),
            "double",
            body.as_bytes(),
        )
        .await
        .unwrap();
    vault.close().await.unwrap();
    house.stop().await;
    house.start().await;
    let provider: &Provider = &house.provider;
    until(async || provider.book.lock().unwrap().revocations.len() == 2).await;
    let tokens: Vec<String> = provider
        .book
        .lock()
        .unwrap()
        .revocations
        .iter()
        .map(|seen| seen.form()["token"].clone())
        .collect();
    assert_eq!(tokens, ["rt-CANARY-9", "at-CANARY-9"]);
    assert!(house.connections().await.is_empty());
    let vault = house.vault().await;
    until(async || vault.pending_responses().await.unwrap().is_empty()).await;
}
