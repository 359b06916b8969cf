//! The flow in a browser: state, issuer, PKCE, the listener and its page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::HashSet;

use linchpin_catalog::Connector;
use linchpin_double::{Provider, browser, connector};
use linchpin_oauth::{
    Account, Ask, Attempt, CallbackQuery, Came, Loopback, OauthClient, OauthError, Page, Providers, Secret, Wire, read,
};

fn client() -> OauthClient {
    OauthClient {
        id: "client".into(),
        secret: Some(Secret::from("hush-CANARY")),
    }
}

fn attempt(connector: &Connector, redirect_uri: &str, providers: &Providers) -> Attempt {
    let scopes = linchpin_oauth::together(connector, &[], &["notes.write".to_owned()]);
    let ask = Ask {
        connector,
        client_id: "client",
        scopes: &scopes,
        redirect_uri,
        other_account: false,
    };
    Attempt::new(&ask, providers).unwrap()
}

fn param(url: &url::Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned()
}

/// Runs the listener with an exchange behind it; gives the account or the error.
async fn run(
    provider: &Provider,
    connector: Connector,
    loopback: Loopback,
    attempt: Attempt,
) -> Result<Account, OauthError> {
    let wire = Wire::new(provider.providers()).unwrap();
    let redirect = attempt.redirect_uri.clone();
    let own = connector.clone();
    let finish = async |came: Result<Came, OauthError>| {
        let outcome: Result<Account, OauthError> = async {
            let came = came?;
            let raw = wire
                .exchange(&own, &client(), &redirect, came.code, came.verifier)
                .await?;
            Ok(wire.identify(&own, &read(&own, &raw)?).await?.account)
        }
        .await;
        let page = match &outcome {
            Ok(account) => Page::connected(&own.name, Some(&account.label)),
            Err(error) => Page::failed(&error.to_string()),
        };
        (page, outcome)
    };
    loopback
        .complete(&connector, attempt, finish)
        .await
        .and_then(|outcome| outcome)
}

#[tokio::test]
async fn a_person_consents_and_the_page_says_so() {
    let provider = Provider::start().await;
    let connector = connector(|t| t);
    let loopback = Loopback::bind(&connector, &provider.providers()).await.unwrap();
    let attempt = attempt(&connector, &loopback.redirect_uri(), &provider.providers());
    let url = attempt.authorize_url.clone();
    assert_eq!(param(&url, "scope"), "who notes.write");
    assert_eq!(param(&url, "code_challenge_method"), "S256");
    let redirect = attempt.redirect_uri.clone();
    assert!(
        redirect.starts_with("http://127.0.0.1:") && redirect.ends_with("/cb/double"),
        "{redirect}"
    );

    let running = tokio::spawn({
        let provider = provider.clone();
        async move { run(&provider, connector, loopback, attempt).await }
    });
    let answer = linchpin_double::consent(url.as_str()).await;
    // T-OA-10: away to an address without code and state.
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/done/double");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let base = url::Url::parse(&redirect).unwrap();
    let page = browser().get(base.join("/done/double").unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["cache-control"], "no-store");
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    let text = page.text().await.unwrap();
    assert!(
        text.contains("Double is connected as Name of a1.") && text.contains("window.close()"),
        "{text}"
    );
    assert!(!text.contains("http"), "nothing is loaded from anywhere: {text}");

    let account = running.await.unwrap().unwrap();
    assert_eq!(
        account,
        Account {
            id: "a1".into(),
            label: "Name of a1".into(),
            email: Some("a1@double.test".into())
        }
    );
    let seen = provider.book.lock().unwrap().tokens[0].form();
    assert_eq!(seen["client_secret"], "hush-CANARY");
    assert!((43..=128).contains(&seen["code_verifier"].len()));
}

#[tokio::test]
async fn t_oa_01_only_this_attempts_first_answer_reaches_the_token_endpoint() {
    let provider = Provider::start().await;
    let connector = connector(|t| t);
    let loopback = Loopback::bind(&connector, &provider.providers()).await.unwrap();
    let redirect = loopback.redirect_uri();
    let attempt = attempt(&connector, &redirect, &provider.providers());
    let state = param(&attempt.authorize_url, "state");
    assert!(state.len() >= 43, "256 bits: {state}");
    let url = attempt.authorize_url.clone();
    let running = tokio::spawn({
        let provider = provider.clone();
        async move { run(&provider, connector, loopback, attempt).await }
    });
    let browser = browser();
    for query in [
        "code=x",
        "code=x&state=",
        "code=x&state=wrong",
        "",
        &format!("code=x&state={state}&state={state}"),
        &format!("code=x&state={state}x"),
        "error=access_denied&state=wrong",
    ] {
        let answer = browser.get(format!("{redirect}?{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{query}");
        assert!(!answer.text().await.unwrap().contains("access_denied"));
    }
    for path in ["/", "/cb/other", "/cb/double/x", "/done/double"] {
        let base = url::Url::parse(&redirect).unwrap();
        assert_eq!(
            browser.get(base.join(path).unwrap()).send().await.unwrap().status(),
            404,
            "{path}"
        );
    }
    let foreign = browser
        .get(format!("{redirect}?code=x&state={state}"))
        .header("host", "evil.test")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 404, "another name of ours is not ours");
    assert_eq!(provider.token_requests(), 0);

    let there = browser.get(url.as_str()).send().await.unwrap();
    let back = there.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(browser.get(&back).send().await.unwrap().status(), 303);
    running.await.unwrap().unwrap();
    assert_eq!(provider.token_requests(), 1);
    // The listener still shows the page; the answer itself is used up.
    let again = browser.get(&back).send().await.unwrap();
    assert_eq!(again.status(), 400);
    assert_eq!(provider.token_requests(), 1);
}

#[tokio::test]
async fn t_oa_14_a_refused_consent_names_who_declined_and_the_next_step() {
    let provider = Provider::start().await;
    let connector = connector(|t| t);
    let loopback = Loopback::bind(&connector, &provider.providers()).await.unwrap();
    let redirect = loopback.redirect_uri();
    let attempt = attempt(&connector, &redirect, &provider.providers());
    let state = param(&attempt.authorize_url, "state");
    let running = tokio::spawn({
        let provider = provider.clone();
        async move { run(&provider, connector, loopback, attempt).await }
    });
    let lie = "Call+0800+SCAM+now";
    let answer = browser()
        .get(format!(
            "{redirect}?error=access_denied&error_description={lie}&state={state}"
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.code(), "access_denied");
    let told = error.to_string();
    assert!(
        told.contains("Double") && told.contains("Connect again") && !told.contains("SCAM"),
        "{told}"
    );
    assert_eq!(provider.token_requests(), 0);
}

#[tokio::test]
async fn t_oa_11_a_taken_port_is_named_and_the_listener_is_on_loopback_alone() {
    let connector = connector(|t| t);
    let first = Loopback::on(&connector, 0).await.unwrap();
    let port = url::Url::parse(&first.redirect_uri()).unwrap().port().unwrap();
    let Err(error) = Loopback::on(&connector, port).await else {
        panic!("the port was given away twice")
    };
    assert_eq!(error.code(), "port_taken");
    let told = error.to_string();
    assert!(
        told.contains(&port.to_string()) && told.contains("connect again"),
        "{told}"
    );
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let bound: Vec<&str> = table
        .lines()
        .filter(|line| line.contains(&format!(":{port:04X} 00000000:0000 0A")))
        .collect();
    assert_eq!(bound.len(), 1, "{bound:?}");
    assert!(bound[0].contains("0100007F:"), "{bound:?}");
    drop(first);
    Loopback::on(&connector, port).await.expect("closed when dropped");
}

#[tokio::test]
async fn an_https_only_vendor_is_said_before_the_browser_opens() {
    let connector = connector(|t| t.replace("loopback_any_port", "https_only"));
    let Err(error) = Loopback::bind(&connector, &Providers::default()).await else {
        panic!("bound")
    };
    assert_eq!(error.code(), "https_only");
    let provider = Provider::start().await;
    Loopback::bind(&connector, &provider.providers())
        .await
        .expect("a stand-in takes loopback");
}

#[test]
fn t_oa_06_the_issuer_is_compared_as_it_is() {
    let named = connector(|t| t.replace("pkce = ", "issuer = \"https://double.test\"\npkce = "));
    let ask = |named: &Connector, iss: Option<&str>| {
        let attempt = attempt(named, "http://127.0.0.1:1/cb/double", &Providers::default());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("code", "c")
            .append_pair("state", attempt.secrets().0.expose());
        if let Some(iss) = iss {
            query.append_pair("iss", iss);
        }
        attempt
            .code(named, CallbackQuery::parse(&query.finish()))
            .err()
            .map(|e| e.code())
    };
    assert_eq!(ask(&named, Some("https://double.test")), None);
    for other in [
        "https://double.test/",
        "https://DOUBLE.test",
        "https://double.test:443",
        "https://double%2Etest",
        "https://evil.test",
        "",
    ] {
        assert_eq!(ask(&named, Some(other)), Some("issuer_mismatch"), "{other}");
    }
    assert_eq!(
        ask(&named, None),
        Some("issuer_mismatch"),
        "a provider that names itself always does"
    );
    assert_eq!(ask(&connector(|t| t), None), None);
    assert_eq!(ask(&connector(|t| t), Some("https://double.test")), None);
}

#[test]
fn t_oa_07_every_attempt_is_fresh() {
    let connector = connector(|t| t);
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let attempt = attempt(&connector, "http://127.0.0.1:1/cb/double", &Providers::default());
        assert!(seen.insert(param(&attempt.authorize_url, "state")));
        assert!(seen.insert(param(&attempt.authorize_url, "code_challenge")));
        assert!((43..=128).contains(&attempt.into_verifier().expose().len()));
    }
}

#[test]
fn t_oa_12_an_address_that_is_not_https_is_never_opened() {
    for bad in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://double.test/a",
        "--flag",
        "https://u:p@double.test/a",
        "not a url",
    ] {
        let connector = connector(|t| t.replace("https://double.test/authorize", bad));
        let ask = Ask {
            connector: &connector,
            client_id: "c",
            scopes: &[],
            redirect_uri: "http://127.0.0.1:1/cb/d",
            other_account: false,
        };
        assert_eq!(
            Attempt::new(&ask, &Providers::default()).err().map(|e| e.code()),
            Some("bad_endpoint"),
            "{bad}"
        );
    }
    // What a shell would run is percent-encoded or stays in the query of one argument.
    let connector = connector(|t| t.replace("https://double.test/authorize", "https://double.test/$(id) x"));
    let url = attempt(&connector, "http://127.0.0.1:1/cb/d", &Providers::default()).authorize_url;
    assert!(!url.as_str().contains(' '), "{url}");
}

#[test]
fn scopes_follow_the_vendors_own_parameter_and_separator() {
    let slackish = connector(|t| {
        t.replace(
            "pkce = ",
            "scope_param = \"user_scope\"\nscope_separator = \",\"\npkce = ",
        )
    });
    let url = attempt(&slackish, "http://127.0.0.1:1/cb/d", &Providers::default()).authorize_url;
    assert_eq!(param(&url, "user_scope"), "who,notes.write");
    let notionish = connector(|t| t.replace("pkce = ", "scope_param = \"\"\npkce = "));
    let url = attempt(&notionish, "http://127.0.0.1:1/cb/d", &Providers::default()).authorize_url;
    assert!(!url.as_str().contains("scope"), "{url}");
    let tiktokish = connector(|t| t.replace("[auth.quirks]", "[auth.quirks]\nclient_id_param = \"client_key\""));
    let url = attempt(&tiktokish, "http://127.0.0.1:1/cb/d", &Providers::default()).authorize_url;
    assert_eq!(param(&url, "client_key"), "client");
    let another = connector(|t| {
        t.replace(
            "base_scopes",
            "authorize_params = [{ name = \"prompt\", value = \"consent\" }]\nbase_scopes",
        )
    });
    let ask = Ask {
        connector: &another,
        client_id: "c",
        scopes: &[],
        redirect_uri: "http://127.0.0.1:1/cb/d",
        other_account: true,
    };
    assert_eq!(
        param(
            &Attempt::new(&ask, &Providers::default()).unwrap().authorize_url,
            "prompt"
        ),
        "select_account consent"
    );
}
