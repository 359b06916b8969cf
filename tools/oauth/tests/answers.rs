//! What token endpoints say: the standard, the vendors' departures from it, and the hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use linchpin_catalog::Connector;
use linchpin_double::{Act, Provider, connector};
use linchpin_oauth::{Deadlines, Grant, OauthClient, OauthError, Raw, Secret, Tokens, Wire, missing, read};
use proptest::prelude::*;
use serde_json::json;

fn client() -> OauthClient {
    OauthClient {
        id: "client".into(),
        secret: Some(Secret::from("hush-CANARY")),
    }
}

async fn refresh(provider: &Provider, connector: &Connector) -> Result<Grant, OauthError> {
    let wire = Wire::new(provider.providers()).unwrap();
    let raw = wire
        .refresh(connector, &client(), &Secret::from("rt-CANARY-0"), &[])
        .await?;
    read(
        connector,
        &Raw::from_bytes(&raw.to_bytes()).expect("what is journalled is read back"),
    )
}

/// What the endpoint says becomes this grant, or this error code.
async fn check(connector: &Connector, status: u16, kind: &'static str, body: &str) -> Result<Grant, String> {
    let provider = Provider::start().await;
    provider.next(Act::Say(status, kind, body.to_owned()));
    refresh(&provider, connector).await.map_err(|error| {
        let told = format!("{error} {error:?}");
        assert!(!told.contains("CANARY"), "a secret in an error: {told}");
        match error {
            OauthError::Refused { code, .. } => code,
            error => error.code().to_owned(),
        }
    })
}

const JSON: &str = "application/json";

#[tokio::test]
async fn the_standard_answer_and_its_harmless_variants() {
    let plain = connector(|t| t);
    let full =
        r#"{"access_token":"a","token_type":"Bearer","expires_in":60,"refresh_token":"r","scope":"who notes.write"}"#;
    for (status, kind) in [
        (200, JSON),
        (201, JSON),
        (200, "application/json;charset=utf-8"),
        (200, "text/plain"),
        (200, ""),
    ] {
        let grant = check(&plain, status, kind, full).await.unwrap();
        assert_eq!(grant.access.expose(), "a");
        assert_eq!(grant.refresh.unwrap().expose(), "r");
        assert_eq!(grant.scopes.unwrap(), ["who", "notes.write"]);
        assert!(grant.expires_at.is_some());
    }
    let bare = check(&plain, 200, JSON, r#"{"access_token":"a"}"#).await.unwrap();
    assert!(bare.refresh.is_none() && bare.scopes.is_none());
    assert_eq!(bare.token_type, "bearer");
}

#[tokio::test]
async fn t_tok_09_only_a_text_is_a_refresh_token() {
    let plain = connector(|t| t);
    for odd in [r#""""#, "null", "7", "[]", r#"" ""#, r#""a\nb""#] {
        let grant = check(
            &plain,
            200,
            JSON,
            &format!(r#"{{"access_token":"a","refresh_token":{odd}}}"#),
        )
        .await
        .unwrap();
        assert!(grant.refresh.is_none(), "{odd}");
    }
    for odd in [r#""""#, "null", "7", r#""a b""#, r#""a\r\nX-Evil: 1""#, r#""é""#] {
        let no = check(&plain, 200, JSON, &format!(r#"{{"access_token":{odd}}}"#))
            .await
            .err();
        assert_eq!(no.as_deref(), Some("bad_answer"), "{odd}");
    }
}

#[tokio::test]
async fn t_prv_04_what_is_no_token_answer_is_never_revocation() {
    let plain = connector(|t| t);
    for (status, kind, body) in [
        (200, "text/html", "<html>log in at-CANARY</html>"),
        (200, JSON, ""),
        (200, JSON, "{}"),
        (200, JSON, "[]"),
        (200, JSON, "\u{feff}{\"access_token\":\"a\"}"),
        (200, "application/x-www-form-urlencoded", "access_token=a"),
        (400, "text/html", "<html>"),
        (403, JSON, ""),
    ] {
        assert_eq!(
            check(&plain, status, kind, body).await.err().as_deref(),
            Some("bad_answer"),
            "{status} {body}"
        );
    }
    for status in [500, 502, 503, 429] {
        let no = check(&plain, status, JSON, r#"{"error":"invalid_grant"}"#).await.err();
        assert_eq!(no.as_deref(), Some("busy"), "{status} says nothing about the grant");
    }
}

#[tokio::test]
async fn t_sec_05_errors_carry_a_code_and_nothing_the_provider_wrote() {
    let plain = connector(|t| t);
    let code = async |body: &str| check(&plain, 400, JSON, body).await.err().unwrap();
    assert_eq!(
        code(r#"{"error":"invalid_grant","error_description":"rt-CANARY-0"}"#).await,
        "invalid_grant"
    );
    assert_eq!(code(r#"{"error":"rt-CANARY-0"}"#).await, "unnamed_error");
    assert_eq!(code(r#"{"error":{"code":"hush-CANARY"}}"#).await, "unnamed_error");
    assert_eq!(code(r#"{"status":"BAD_REFRESH_TOKEN"}"#).await, "invalid_grant");
    assert_eq!(
        check(&plain, 200, JSON, r#"{"error":"bad_verification_code"}"#)
            .await
            .err()
            .unwrap(),
        "invalid_grant"
    );
}

#[tokio::test]
async fn slack_says_no_with_200_and_nests_the_users_token() {
    let slack = connector(|t| {
        t.replace(
            "[auth.quirks]",
            "[auth.quirks]\nok_field = \"ok\"\nlift = \"/authed_user\"\nanswer_scope_separator = \",\"",
        )
    });
    assert_eq!(
        check(&slack, 200, JSON, r#"{"ok":false,"error":"invalid_refresh_token"}"#)
            .await
            .err()
            .unwrap(),
        "invalid_grant"
    );
    assert_eq!(
        check(&slack, 200, JSON, r#"{"ok":false,"error":"bad_client_secret"}"#)
            .await
            .err()
            .unwrap(),
        "invalid_client"
    );
    assert_eq!(
        check(&slack, 200, JSON, r#"{"access_token":"xoxb"}"#)
            .await
            .err()
            .unwrap(),
        "unnamed_error",
        "ok must be true"
    );
    let grant = check(&slack, 200, JSON, r#"{"ok":true,"authed_user":{"id":"U1","scope":"chat:write,users:read","access_token":"xoxp","token_type":"user"}}"#).await.unwrap();
    assert_eq!(grant.access.expose(), "xoxp");
    assert_eq!(grant.scopes.unwrap(), ["chat:write", "users:read"]);
}

#[tokio::test]
async fn notion_takes_json_and_basic_and_names_the_account_in_the_answer() {
    let notion = connector(|t| {
        t.replace("client_auth = \"body\"", "client_auth = \"basic\"")
            .replace("url = \"https://double.test/me\"", "url = \"\"")
            .replace("id = \"/id\"", "id = \"/owner/user/id\"")
            .replace("label = \"/name\"", "label = \"/workspace_name\"")
            .replace(
                "[auth.quirks]",
                "[auth.quirks]\njson_body = true\nheaders = [{ name = \"Notion-Version\", value = \"2022-06-28\" }]",
            )
            .replace("default_expires_in = 3600", "default_expires_in = 0")
    });
    let provider = Provider::of(&notion).await;
    provider.next(Act::Say(200, JSON, json!({ "access_token": "ntn", "token_type": "bearer", "workspace_name": "Ada's \u{202e}place", "owner": { "user": { "id": "u-1" } } }).to_string()));
    let wire = Wire::new(provider.providers()).unwrap();
    let grant = read(
        &notion,
        &wire
            .refresh(&notion, &client(), &Secret::from("rt"), &[])
            .await
            .unwrap(),
    )
    .unwrap();
    assert_eq!(grant.expires_at, None, "Notion's tokens don't expire");
    let account = wire.identify(&notion, &grant).await.unwrap().account;
    assert_eq!((account.id.as_str(), account.label.as_str()), ("u-1", "Ada's place"));
    let seen = provider.book.lock().unwrap().tokens[0].clone();
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(seen.headers["notion-version"], "2022-06-28");
    assert!(seen.headers["authorization"].to_str().unwrap().starts_with("Basic "));
    assert_eq!(
        seen.json(),
        json!({ "grant_type": "refresh_token", "refresh_token": "rt" })
    );
}

#[tokio::test]
async fn a_form_is_read_where_the_catalog_says_so_and_a_client_id_can_have_another_name() {
    let github = connector(|t| {
        t.replace(
            "[auth.quirks]",
            "[auth.quirks]\nform_answer = true\nclient_id_param = \"client_key\"",
        )
    });
    let provider = Provider::start().await;
    provider.next(Act::Say(
        200,
        "application/x-www-form-urlencoded",
        "access_token=gho&scope=repo%20gist&token_type=bearer".into(),
    ));
    let grant = refresh(&provider, &github).await.unwrap();
    assert_eq!(grant.scopes.unwrap(), ["repo", "gist"]);
    let form = provider.book.lock().unwrap().tokens[0].form();
    assert_eq!(form["client_key"], "client");
    assert!(!form.contains_key("client_id"));
    let no = check(
        &github,
        200,
        "application/x-www-form-urlencoded",
        "error=bad_verification_code&error_description=rt-CANARY",
    )
    .await;
    assert_eq!(no.err().unwrap(), "invalid_grant");
}

#[tokio::test]
async fn t_prv_01_an_endless_answer_is_cut_off() {
    let provider = Provider::start().await;
    provider.next(Act::Endless);
    let error = refresh(&provider, &connector(|t| t)).await.err().unwrap();
    assert!(matches!(error, OauthError::TooLarge { .. }), "{error}");
    provider.next(Act::SayWith(200, vec![], " ".repeat((1 << 20) + 1)));
    let error = refresh(&provider, &connector(|t| t)).await.err().unwrap();
    assert!(matches!(error, OauthError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn t_prv_02_silence_has_an_end() {
    let provider = Provider::start().await;
    let short = Deadlines {
        connect: Duration::from_millis(100),
        total: Duration::from_millis(100),
    };
    let wire = Wire::with_deadlines(provider.providers(), short).unwrap();
    let plain = connector(|t| t);
    for act in [Act::Hang, Act::Drip] {
        provider.next(act.clone());
        let error = wire
            .refresh(&plain, &client(), &Secret::from("rt"), &[])
            .await
            .err()
            .unwrap();
        assert!(matches!(error, OauthError::Deadline { .. }), "{act:?}: {error}");
    }
}

/// A connection that breaks off leaves the beginning of an answer: never half a token.
#[test]
fn t_tok_07_half_an_answer_is_no_answer() {
    let plain = connector(|t| t);
    let formed = connector(|t| t.replace("[auth.quirks]", "[auth.quirks]\nform_answer = true"));
    let json =
        r#"{"access_token":"at-1234567890","refresh_token":"rt-1234567890","expires_in":3600,"token_type":"Bearer"}"#;
    let head =
        json!({ "status": 200, "received_at": 1, "retry_after": null, "content_type": JSON, "host": "double.test" });
    for (connector, whole) in [(&plain, json), (&formed, json)] {
        for length in 0..=whole.len() {
            let bytes = format!("{head}\n{}", &whole[..length]);
            let grant = read(connector, &Raw::from_bytes(bytes.as_bytes()).unwrap());
            match grant {
                Ok(grant) => {
                    assert_eq!(length, whole.len());
                    assert_eq!(grant.access.expose(), "at-1234567890");
                    assert_eq!(grant.refresh.unwrap().expose(), "rt-1234567890");
                }
                Err(error) => assert!(length < whole.len() && !error.is_invalid_grant(), "{length}"),
            }
        }
    }
}

/// The same on the wire: fewer bytes than were announced are an error, and nothing is read of them.
#[tokio::test]
async fn t_tok_07_an_answer_that_breaks_off_is_an_error() {
    let body = r#"access_token=at-1234567890&token_type=bearer&refresh_token=rt-12345"#;
    for length in [0, 1, 20, body.len() - 1] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let begun = body[..length].to_owned();
        tokio::spawn(async move {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = [0; 4096];
            let _ = stream.read(&mut heard).await.unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
        });
        let providers = linchpin_oauth::Providers::of(&[("https://double.test", &origin)]).unwrap();
        let formed = connector(|t| t.replace("[auth.quirks]", "[auth.quirks]\nform_answer = true"));
        let wire = Wire::new(providers).unwrap();
        let error = wire.refresh(&formed, &client(), &Secret::from("rt"), &[]).await.err();
        assert!(
            matches!(error, Some(OauthError::Unreachable { .. })),
            "{length}: {error:?}"
        );
    }
}

#[tokio::test]
async fn t_prv_03_a_redirect_gets_no_secret() {
    for status in [301, 302, 303, 307, 308] {
        let provider = Provider::start().await;
        provider.next(Act::SayWith(
            status,
            vec![("location", "/elsewhere".into())],
            String::new(),
        ));
        let error = refresh(&provider, &connector(|t| t)).await.err().unwrap();
        assert!(matches!(error, OauthError::Redirected { .. }), "{error}");
        assert_eq!(provider.book.lock().unwrap().elsewhere, 0);
    }
}

#[tokio::test]
async fn nobody_there_is_said_in_words() {
    let provider = Provider::start().await;
    let gone = linchpin_oauth::Providers::of(&[("https://double.test", "http://127.0.0.1:9")]).unwrap();
    drop(provider);
    let wire = Wire::new(gone).unwrap();
    let error = wire
        .refresh(&connector(|t| t), &client(), &Secret::from("rt-CANARY"), &[])
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "double.test can't be reached (no connection). Check the network and try again."
    );
}

fn refreshing(token: &Secret) -> Tokens<'_> {
    Tokens {
        access: None,
        refresh: Some(token),
    }
}

#[tokio::test]
async fn revocation_hears_yes_no_and_not_now() {
    let provider = Provider::start().await;
    let plain = connector(|t| t);
    let wire = Wire::new(provider.providers()).unwrap();
    provider.edit(|book| book.revoke_script = [200, 204, 404, 503, 400].into());
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        outcomes.push(
            wire.revoke(&plain, &client(), refreshing(&Secret::from("rt-CANARY")))
                .await
                .map_err(|e| e.code()),
        );
    }
    assert_eq!(
        outcomes,
        [Ok(true), Ok(true), Ok(true), Err("busy"), Err("provider_error")]
    );
    let form = provider.book.lock().unwrap().revocations[0].form();
    assert_eq!(form["token_type_hint"], "refresh_token");
    let without = connector(|t| t.replace("revoke_url = \"https://double.test/revoke\"", ""));
    assert_eq!(
        wire.revoke(&without, &client(), refreshing(&Secret::from("rt"))).await,
        Ok(false)
    );
}

#[test]
fn t_oa_15_fewer_scopes_than_asked_are_named() {
    let connector = connector(|t| t);
    let list = |items: &[&str]| items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        missing(&connector, &list(&["who", "notes.write"]), &list(&["who"])),
        ["notes.write"]
    );
    assert!(
        missing(&connector, &list(&["notes.read"]), &list(&["notes.write"])).is_empty(),
        "a wider one includes it"
    );
    assert!(missing(&connector, &list(&["who"]), &list(&["who", "extra"])).is_empty());
    // Microsoft never lists `offline_access`, and may put its API's address before a scope.
    let graph = list(&["https://api.double.test/notes.read", "who"]);
    assert!(missing(&connector, &list(&["who", "notes.read", "offline_access"]), &graph).is_empty());
    assert_eq!(linchpin_oauth::granted(&connector, &graph), ["notes.read", "who"]);
}

proptest! {
    /// Whatever comes, reading it ends, says nothing of what came, and gives no grant without a token.
    #[test]
    fn t_prv_13_no_answer_breaks_the_reader(status in 100u16..600, kind in "(application/json|text/html|application/x-www-form-urlencoded|)", body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "\\{(\"(access_token|refresh_token|expires_in|scope|error|ok|token_type)\":(\"[ -~&&[^\"\\\\]]{0,12}\"|null|[0-9]{1,25}|\\{\\}|\\[\\]|true|false),?){0,4}\\}".prop_map(String::into_bytes),
    ]) {
        let connector = connector(|t| t.replace("[auth.quirks]", "[auth.quirks]\nform_answer = true"));
        let head = json!({ "status": status, "received_at": 1_700_000_000_000_i64, "retry_after": null, "content_type": kind, "host": "double.test" });
        let mut bytes = head.to_string().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        let raw = Raw::from_bytes(&bytes).unwrap();
        match read(&connector, &raw) {
            Ok(grant) => {
                prop_assert!(!grant.access.expose().is_empty());
                prop_assert!(String::from_utf8_lossy(&body).contains("access_token"));
                prop_assert!((200..300).contains(&status));
            }
            Err(error) => prop_assert!(error.to_string().starts_with("double.test")),
        }
    }
}
