//! The HTTP side: who gets in, what a function gets, and an app's user who connects an account.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

mod support;

use linchpin_broker::AppUser;
use linchpin_vault::ConnectionKey;
use reqwest::Method;
use serde_json::{Value, json};
use support::{APP, House, browser, get, scripted, send, until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn user(id: &str) -> AppUser {
    AppUser {
        id: id.into(),
        email: format!("{id}@example.com"),
        name: id.to_uppercase(),
        role: "user".into(),
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

impl House {
    fn user_token(&self, app: &str, id: &str) -> String {
        self.running()
            .broker()
            .user_token(app, &user(id), 600)
            .unwrap()
            .expose()
            .to_owned()
    }

    fn at(&self, path: &str) -> String {
        format!("{}/api/apps/{APP}/{path}", self.base())
    }

    /// Sends bytes as they are; gives the status line.
    async fn raw(&self, request: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.running().http().unwrap())
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

#[tokio::test]
async fn t_brk_01_only_our_own_names_are_served() {
    let house = House::new().await;
    let port = house.running().http().unwrap().port();
    for good in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
    ] {
        assert!(
            house
                .raw(&format!(
                    "GET /healthz HTTP/1.1\r\nHost: {good}\r\nConnection: close\r\n\r\n"
                ))
                .await
                .contains("200"),
            "{good}"
        );
    }
    for bad in [
        "evil.test".to_owned(),
        format!("evil.test:{port}"),
        format!("127.0.0.1.evil.test:{port}"),
        format!("127.evil.test:{port}"),
        "127.0.0.1".into(),
        "127.0.0.1:1".into(),
        format!("127.0.0.1.:{port}"),
        format!("[::1%lo]:{port}"),
        format!("127.0.0.1:{port}@evil.test"),
        String::new(),
    ] {
        let status = house
            .raw(&format!(
                "GET /healthz HTTP/1.1\r\nHost: {bad}\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert!(status.contains("421") || status.contains("400"), "{bad}: {status}");
    }
    let absent = house.raw("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(absent.contains("421") || absent.contains("400"), "{absent}");
    let own = format!("127.0.0.1:{port}");
    let twice = house
        .raw(&format!(
            "GET /healthz HTTP/1.1\r\nHost: {own}\r\nHost: evil.test\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert!(twice.contains("421") || twice.contains("400"), "{twice}");
}

#[tokio::test]
async fn t_brk_02_and_03_every_token_route_wants_a_functions_key_and_no_browser() {
    let house = House::new().await;
    house.connected().await;
    let key = house.service_key().await;
    let alice = house.user_token(APP, "alice");
    let builder = house
        .running()
        .broker()
        .builder_key(APP)
        .await
        .unwrap()
        .expose()
        .to_owned();
    let routes = [
        (Method::GET, "external-auth/tokens/double"),
        (Method::GET, "external-auth/tokens/connectors/double"),
        (Method::GET, "app-user-auth/connectors/double/token"),
        (Method::POST, "connectors/double/call"),
    ];
    for (method, path) in routes {
        let ask = async |headers: &[(&str, &str)]| {
            let body = (method == Method::POST).then(|| json!({ "method": "GET", "path": "/x" }));
            send(method.clone(), &house.at(path), headers, body).await
        };
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Basic eDp5",
            &bearer("lp_live_00"),
            &key,
            &format!("Bearer {key} x"),
            &bearer(&key[..key.len() - 1]),
            &bearer(APP),
        ] {
            let (status, body) = ask(&[("authorization", bad)]).await;
            assert_eq!(
                (status, body),
                (401, json!({ "detail": "Unauthorized" })),
                "{path} {bad}"
            );
        }
        assert_eq!(ask(&[]).await.0, 401);
        assert_eq!(
            ask(&[("authorization", &bearer(&key)), ("api_key", &key)]).await.0,
            401,
            "one credential, once"
        );
        assert_eq!(ask(&[("cookie", &format!("authorization={key}"))]).await.0, 401);
        assert_eq!(
            get(&format!("{}?access_token={key}&api_key={key}", house.at(path)), &[])
                .await
                .0,
            if method == Method::POST { 405 } else { 401 }
        );
        for other in [&alice, &builder] {
            let (status, body) = ask(&[("authorization", &bearer(other))]).await;
            assert_eq!(
                (status, body["detail"].as_str()),
                (403, Some("This endpoint is only accessible to service tokens")),
                "{path}"
            );
        }
        for origin in ["https://evil.test", "null", &house.base()] {
            assert_eq!(
                ask(&[("authorization", &bearer(&key)), ("origin", origin)]).await.0,
                403,
                "{path} {origin}"
            );
        }
        let preflight = browser()
            .request(Method::OPTIONS, house.at(path))
            .header("origin", "https://evil.test")
            .send()
            .await
            .unwrap();
        assert_eq!(preflight.status(), 403);
        assert!(!preflight.headers().contains_key("access-control-allow-origin"));
        // T-BRK-08, T-BRK-09: what a proxy might say decides nothing.
        assert_eq!(
            ask(&[
                ("x-forwarded-user", "alice"),
                ("x-forwarded-host", "evil.test"),
                ("forwarded", "for=127.0.0.1")
            ])
            .await
            .0,
            401
        );
        assert_eq!(
            ask(&[("authorization", &bearer(&key)), ("x_forwarded_user", "alice")])
                .await
                .0,
            400
        );
        assert_eq!(
            ask(&[("authorization", &bearer(&key)), ("connection", "authorization")])
                .await
                .0,
            400
        );
    }
}

#[tokio::test]
async fn t_brk_11_a_function_gets_the_access_token_and_nothing_that_lives_longer() {
    let house = House::new().await;
    house.connected().await;
    let key = house.service_key().await;
    let (status, body) = house.token(&key).await;
    assert_eq!(status, 200);
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["access_token", "connection_config", "integration_type"]);
    assert!(
        !body.to_string().contains("rt-CANARY") && !body.to_string().contains("hush"),
        "{body}"
    );
    let (status, body) = get(
        &house.at("external-auth/tokens/gmail"),
        &[("authorization", &bearer(&key))],
    )
    .await;
    assert_eq!((status, body["code"].as_str()), (404, Some("NOT_FOUND")));
    assert!(
        body["detail"].as_str().unwrap().starts_with("No active connection"),
        "{body}"
    );
    let again = house.service_key().await;
    assert_eq!(
        house.token(&key).await.0,
        401,
        "an earlier key of the same name ends at once"
    );
    assert_eq!(house.token(&again).await.0, 200);
}

#[tokio::test]
async fn t_iso_what_is_another_apps_or_another_users_is_not_there() {
    let house = House::new().await;
    house.connected().await;
    house.connect("app_user", &["notes.read"], false).await;
    let own = house.service_key().await;
    let foreign = house
        .running()
        .broker()
        .service_key("app-2", "x")
        .await
        .unwrap()
        .expose()
        .to_owned();
    // T-ISO-02: the same words as for a connection that doesn't exist.
    let (status, theirs) = get(
        &house.at("external-auth/tokens/double"),
        &[("authorization", &bearer(&foreign))],
    )
    .await;
    let empty = format!("{}/api/apps/app-2/external-auth/tokens/double", house.base());
    let (_, absent) = get(&empty, &[("authorization", &bearer(&foreign))]).await;
    assert_eq!((status, &theirs), (404, &absent));
    // T-ISO-03, T-ISO-05: the signed user counts, and nothing else.
    let route = house.at("app-user-auth/connectors/double/token");
    let (builder, bob) = (
        house.user_token(APP, linchpin_broker::BUILDER),
        house.user_token(APP, "bob"),
    );
    let ask = async |on_behalf: Option<&str>, query: &str| {
        let service = bearer(&own);
        let mut headers = vec![("authorization", service.as_str())];
        if let Some(user) = on_behalf {
            headers.push(("on-behalf-of", user));
        }
        get(&format!("{route}{query}"), &headers).await.0
    };
    assert_eq!(ask(Some(&bearer(&builder)), "").await, 200);
    assert_eq!(ask(Some(&bearer(&bob)), "?userId=builder&user_id=builder").await, 404);
    assert_eq!(ask(None, "?userId=builder").await, 403);
    assert_eq!(ask(Some("builder"), "").await, 401);
    assert_eq!(
        ask(Some(&bearer(&house.user_token("app-2", "builder"))), "").await,
        401,
        "signed for another app"
    );
    assert_eq!(ask(Some(&bearer(&own)), "").await, 401, "a key is nobody's sign-in");
    // T-ISO-07: ids are told apart byte for byte.
    for near in ["Builder", "builder\u{301}", "BUILDER"] {
        assert_eq!(
            ask(Some(&bearer(&house.user_token(APP, near))), "").await,
            404,
            "{near}"
        );
    }
    for bad in ["", " builder", "builder ", "a\0b", &"x".repeat(300)] {
        assert!(
            house.running().broker().user_token(APP, &user(bad), 60).is_err(),
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn call_api_keeps_the_token_here_and_stays_on_the_connectors_hosts() {
    let house = House::new().await;
    house.connected().await;
    let key = house.service_key().await;
    let call = async |body: Value| {
        send(
            Method::POST,
            &house.at("connectors/double/call"),
            &[("authorization", &bearer(&key))],
            Some(body),
        )
        .await
    };
    let (status, said) = call(json!({
        "method": "post", "path": "/notes/a b%2Fc".replace(' ', "%20"), "query": { "q": "x&y", "n": 2, "tags": ["a", "b"] },
        "headers": { "Accept": "text/plain" }, "body": { "text": "hello" },
    })).await;
    assert_eq!(status, 200, "{said}");
    assert_eq!(
        (
            said["success"].as_bool(),
            said["phase"].as_str(),
            said["status_code"].as_u64()
        ),
        (Some(true), Some("responded"), Some(200))
    );
    assert_eq!(said["data"]["uri"], "/notes/a%20b%2Fc?n=2&q=x%26y&tags=a&tags=b");
    assert_eq!(said["data"]["body"], r#"{"text":"hello"}"#);
    assert_eq!(
        said["data"]["heard"], "Bearer [token]",
        "the provider heard it, the function doesn't"
    );
    assert!(!said.to_string().contains("CANARY"), "{said}");
    let heard = house.provider.book.lock().unwrap().api[0].1["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(heard.starts_with("Bearer at-CANARY-"), "{heard}");
    for name in [
        "success",
        "phase",
        "status_code",
        "data",
        "data_base64",
        "content_type",
        "headers",
        "credits_charged",
    ] {
        assert!(said.get(name).is_some(), "{name}");
    }
    let no = scripted::Act::Say(405, "application/json", "{}".into());
    house.provider.edit(|book| book.api_script.push_back(no));
    let (_, missing) = call(json!({ "method": "GET", "path": "/notes" })).await;
    assert_eq!(
        (missing["success"].as_bool(), missing["status_code"].as_u64()),
        (Some(false), Some(405)),
        "a no is data, not an error"
    );
    for bad in [
        json!({ "method": "GET", "path": "/x", "host": "evil.test" }),
        json!({ "method": "GET", "path": "/x", "host": "https://api.double.test.evil.test" }),
        json!({ "method": "GET", "path": "/x", "host": "api.double.test@evil.test" }),
        json!({ "method": "GET", "path": "//evil.test/x" }),
        json!({ "method": "GET", "path": "https://evil.test/x" }),
        json!({ "method": "GET", "path": "/a/../../b" }),
        json!({ "method": "GET", "path": "/a/%2e%2E/b" }),
        json!({ "method": "GET", "path": "/a\\b" }),
        json!({ "method": "GET", "path": "/a?b=c" }),
        json!({ "method": "GET", "path": "/a\r\nX: 1" }),
        json!({ "method": "GET", "path": "@evil.test" }),
        json!({ "method": "CONNECT", "path": "/" }),
        json!({ "method": "GET", "path": "/", "headers": { "Authorization": "Bearer mine" } }),
        json!({ "method": "GET", "path": "/", "headers": { "Host": "evil.test" } }),
        json!({ "method": "GET", "path": "/", "headers": { "X-Evil\r\n": "1" } }),
        json!({ "method": "GET", "path": "/", "headers": { "Accept": "a\r\nb: c" } }),
        json!({ "path": "/" }),
    ] {
        let (status, body) = call(bad.clone()).await;
        assert_eq!(status, 422, "{bad} {body}");
    }
    assert_eq!(
        house.provider.book.lock().unwrap().api.len(),
        2,
        "nothing of it left the house"
    );
}

#[tokio::test]
async fn t_brk_06_wrong_keys_are_answered_more_slowly_and_good_ones_as_ever() {
    let house = House::new().await;
    house.connected().await;
    let good = house.service_key().await;
    let mut said = std::collections::BTreeMap::<u16, usize>::new();
    let mut wait = None;
    for _ in 0..300 {
        let answer = browser()
            .get(house.at("external-auth/tokens/double"))
            .header("authorization", bearer("lp_live_wrong"))
            .send()
            .await
            .unwrap();
        *said.entry(answer.status().as_u16()).or_default() += 1;
        wait = answer.headers().get("retry-after").cloned().or(wait);
    }
    assert!(said[&401] >= 100 && said[&429] > 50, "{said:?}");
    assert_eq!(wait.unwrap(), "1");
    assert_eq!(house.token(&good).await.0, 200);
    // A function that runs in a circle is told to wait before the provider tells the account.
    let mut slow = 0;
    let begun = std::time::Instant::now();
    let calls = (0..400).map(async |_| {
        let what = json!({ "method": "GET", "path": "/notes" });
        send(
            Method::POST,
            &house.at("connectors/double/call"),
            &[("authorization", &bearer(&good))],
            Some(what),
        )
        .await
        .0
    });
    for status in futures::future::join_all(calls).await {
        slow += usize::from(status == 429);
    }
    let heard = house.provider.book.lock().unwrap().api.len();
    // A hundred at once and twenty a second, however long this took.
    let most = 101.0 + 20.0 * begun.elapsed().as_secs_f64();
    assert_eq!(heard + slow, 400);
    assert!(heard as f64 <= most, "{heard} of at most {most}");
}

#[tokio::test]
async fn t_brk_07_a_body_has_an_end() {
    let house = House::new().await;
    let key = house.service_key().await;
    let big = json!({ "method": "POST", "path": "/", "body": "x".repeat((1 << 20) + 1) });
    let request = browser()
        .post(house.at("connectors/double/call"))
        .header("authorization", bearer(&key))
        .json(&big);
    // Refused, or cut off while it was still being sent.
    if let Ok(answer) = request.send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    assert_eq!(get(&format!("{}/healthz", house.base()), &[]).await.0, 200);
    let both = format!(
        "POST /api/apps/{APP}/connectors/double/call HTTP/1.1\r\nHost: {}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
        house.running().http().unwrap()
    );
    let status = house.raw(&both).await;
    assert!(!status.contains("200"), "{status}");
}

#[tokio::test]
async fn user_me_is_the_signed_user_and_keeps_what_they_write() {
    let house = House::new().await;
    let route = house.at("entities/User/me");
    let alice = bearer(&house.user_token(APP, "alice"));
    assert_eq!(get(&route, &[]).await.0, 401);
    // An automation shows the app's own key, and is told that it is the app itself.
    let service = bearer(&house.service_key().await);
    let (status, me) = get(&route, &[("authorization", &service)]).await;
    assert_eq!(
        (status, &me["role"], &me["is_service"]),
        (200, &json!("admin"), &json!(true))
    );
    assert_eq!(
        send(
            Method::PUT,
            &route,
            &[("authorization", &service)],
            Some(json!({"theme": "x"}))
        )
        .await
        .0,
        403
    );
    let (_, me) = get(&route, &[("authorization", &alice)]).await;
    assert_eq!(
        (me["id"].as_str(), me["email"].as_str(), me["full_name"].as_str()),
        (Some("alice"), Some("alice@example.com"), Some("ALICE"))
    );
    let change =
        json!({ "theme": "dark", "full_name": "Alice L.", "role": "admin", "id": "bob", "email": "bob@example.com" });
    let (status, _) = send(Method::PUT, &route, &[("authorization", &alice)], Some(change)).await;
    assert_eq!(status, 200);
    let (_, me) = get(&route, &[("authorization", &alice)]).await;
    assert_eq!(
        (me["theme"].as_str(), me["full_name"].as_str()),
        (Some("dark"), Some("Alice L."))
    );
    assert_eq!(
        (me["id"].as_str(), me["role"].as_str(), me["email"].as_str()),
        (Some("alice"), Some("user"), Some("alice@example.com"))
    );
    let (_, bob) = get(&route, &[("authorization", &bearer(&house.user_token(APP, "bob")))]).await;
    assert!(bob.get("theme").is_none(), "{bob}");
}

/// A browser with a sign-in and cookies of its own.
struct Browser<'a> {
    house: &'a House,
    token: String,
    cookies: std::cell::RefCell<Vec<String>>,
}

impl<'a> Browser<'a> {
    fn of(house: &'a House, id: &str) -> Self {
        Self {
            house,
            token: house.user_token(APP, id),
            cookies: Vec::new().into(),
        }
    }

    async fn press_connect(&self) -> String {
        let (status, body) = send(
            Method::POST,
            &self.house.at("app-user-auth/connectors/double/initiate"),
            &[("authorization", &bearer(&self.token))],
            None,
        )
        .await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["already_authorized"], false);
        body["redirect_url"].as_str().unwrap().to_owned()
    }

    /// What the page's script does; gives where it leads.
    async fn open(&self, link: &str) -> Result<String, (u16, String)> {
        let page = browser().get(link).send().await.unwrap();
        let policy = page
            .headers()
            .get("content-security-policy")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let request = browser()
            .post(format!("{link}/confirm"))
            .header("authorization", bearer(&self.token))
            .header("origin", self.house.base());
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
                "{cookie}"
            );
            self.cookies
                .borrow_mut()
                .push(cookie.split(';').next().unwrap().to_owned());
        }
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        match status {
            200 => Ok(body["authorize_url"].as_str().unwrap().to_owned()),
            _ => Err((status, body["detail"].as_str().unwrap().to_owned())),
        }
    }

    /// Consents at the provider; gives the address it sends the browser back to.
    async fn consent(&self, authorize_url: &str) -> String {
        let there = browser().get(authorize_url).send().await.unwrap();
        there.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn come_back(&self, address: &str) -> reqwest::Response {
        let cookies = self.cookies.borrow().join("; ");
        browser().get(address).header("cookie", cookies).send().await.unwrap()
    }
}

async fn ready() -> House {
    let house = House::new().await;
    // The builder tries it first, which settles what users are asked for.
    house.connect("app_user", &["notes.read"], false).await;
    house.provider.edit(|book| book.tokens.clear());
    house
}

#[tokio::test]
async fn a_user_connects_and_disconnects_an_account_of_their_own() {
    let house = ready().await;
    let alice = Browser::of(&house, "alice");
    house.provider.edit(|book| book.account = "alices".into());
    let link = alice.press_connect().await;
    let authorize = alice.open(&link).await.unwrap();
    assert!(authorize.contains("scope=who+notes.read"), "{authorize}");
    assert!(
        authorize.contains("api%2Fexternal-auth%2Fcallback%2Fdouble"),
        "one address per connector: {authorize}"
    );
    let back = alice.consent(&authorize).await;
    let answer = alice.come_back(&back).await;
    assert_eq!(answer.status(), 303);
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(!to.contains("code") && !to.contains("state"), "{to}");
    let page = browser()
        .get(format!("{}{to}", house.base()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("Double is connected as Name of alices.") && page.contains("window.close()"),
        "{page}"
    );

    let key = house.service_key().await;
    let route = house.at("app-user-auth/connectors/double/token");
    let (status, _) = get(
        &route,
        &[
            ("authorization", &bearer(&key)),
            ("on-behalf-of", &bearer(&alice.token)),
        ],
    )
    .await;
    assert_eq!(status, 200);

    let own = house.at("app-user-auth/connectors/double");
    let (status, body) = send(
        Method::DELETE,
        &own,
        &[("authorization", &bearer(&house.user_token(APP, "bob")))],
        None,
    )
    .await;
    assert_eq!(
        (status, body),
        (
            404,
            json!({ "detail": "No active connection found for this connector" })
        )
    );
    let (status, body) = send(Method::DELETE, &own, &[("authorization", &bearer(&alice.token))], None).await;
    assert_eq!(
        (status, body),
        (200, json!({ "status": "disconnected", "connector_id": "double" }))
    );
    let (status, _) = get(
        &route,
        &[
            ("authorization", &bearer(&key)),
            ("on-behalf-of", &bearer(&alice.token)),
        ],
    )
    .await;
    assert_eq!(status, 404);
    until(async || house.provider.book.lock().unwrap().live_access.len() == 1).await;
}

#[tokio::test]
async fn t_oa_03_a_link_is_worth_nothing_in_anothers_browser() {
    let house = ready().await;
    let (alice, bob) = (Browser::of(&house, "alice"), Browser::of(&house, "bob"));
    let link = alice.press_connect().await;
    let (status, told) = bob.open(&link).await.unwrap_err();
    assert_eq!(status, 403);
    assert!(told.contains("made for somebody else"), "{told}");
    // T-OA-04: and it is spent for alice too.
    assert_eq!(alice.open(&link).await.unwrap_err().0, 422);
    let nobody = Browser {
        token: String::new(),
        ..Browser::of(&house, "x")
    };
    assert_eq!(nobody.open(&alice.press_connect().await).await.unwrap_err().0, 403);
    assert_eq!(house.provider.token_requests(), 0);
    let vault = house.vault().await;
    assert!(
        vault
            .audit_log(20)
            .await
            .unwrap()
            .iter()
            .any(|entry| entry.what == "cosf_blocked")
    );
    for id in ["alice", "bob"] {
        assert!(
            vault
                .connection(&ConnectionKey::app_user(APP, "double", id))
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn t_oa_02_the_answer_counts_only_in_the_browser_that_started() {
    let house = ready().await;
    let (alice, bob) = (Browser::of(&house, "alice"), Browser::of(&house, "bob"));
    // Alice sends bob the provider's address instead of the link; he consents there.
    let authorize = alice.open(&alice.press_connect().await).await.unwrap();
    let back = bob.consent(&authorize).await;
    assert_eq!(bob.come_back(&back).await.status(), 400);
    assert_eq!(
        alice.come_back(&back).await.status(),
        400,
        "burnt, even for alice with bob's code"
    );
    // A flow of bob's own does not lend him his cookie for hers.
    let mine = bob.open(&bob.press_connect().await).await.unwrap();
    let hers = alice.open(&alice.press_connect().await).await.unwrap();
    let back = bob.consent(&hers).await;
    assert_eq!(bob.come_back(&back).await.status(), 400);
    // T-OA-05: nor does an answer fit another connector's address.
    let back = bob.consent(&mine).await.replace("/callback/double", "/callback/other");
    assert_eq!(bob.come_back(&back).await.status(), 400);
    assert_eq!(house.provider.token_requests(), 0);
    for query in ["", "?code=x", "?code=x&state=", "?code=x&state=made-up"] {
        let answer = bob
            .come_back(&format!("{}/api/external-auth/callback/double{query}", house.base()))
            .await;
        assert_eq!(answer.status(), 400, "{query}");
    }
    let vault = house.vault().await;
    for id in ["alice", "bob"] {
        assert!(
            vault
                .connection(&ConnectionKey::app_user(APP, "double", id))
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn an_app_whose_builder_has_not_set_it_up_says_so() {
    let house = House::new().await;
    let alice = bearer(&house.user_token(APP, "alice"));
    let ask = async |id: &str| {
        send(
            Method::POST,
            &house.at(&format!("app-user-auth/connectors/{id}/initiate")),
            &[("authorization", &alice)],
            None,
        )
        .await
    };
    let (status, body) = ask("double").await;
    assert_eq!(status, 422);
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("linchpin connect double --mode app_user"),
        "{body}"
    );
    assert_eq!(ask("nothere").await.0, 422);
}

#[tokio::test]
async fn t_brk_14_a_request_under_way_is_answered_before_the_end() {
    let mut house = House::new().await;
    house.connected().await;
    let key = house.service_key().await;
    let vault = house.vault().await;
    let live = vault
        .access(&ConnectionKey::shared(APP, "double"))
        .await
        .unwrap()
        .unwrap();
    drop(live);
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    let wait = scripted::Act::Gate(gate.clone());
    house.provider.edit(|book| book.api_script.push_back(wait));
    // A call that waits for the provider.
    let url = house.at("connectors/double/call");
    let call = tokio::spawn(async move {
        send(
            Method::POST,
            &url,
            &[("authorization", &bearer(&key))],
            Some(json!({ "method": "POST", "path": "/notes" })),
        )
        .await
    });
    until(async || house.provider.book.lock().unwrap().api.len() == 1).await;
    let running = house.running.take().unwrap();
    let stopping = tokio::spawn(running.stop());
    tokio::task::yield_now().await;
    gate.notify_one();
    assert_eq!(call.await.unwrap().0, 200);
    stopping.await.unwrap().unwrap();
}
