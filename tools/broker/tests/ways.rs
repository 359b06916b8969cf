//! Every way to a connection: settings that complete addresses, long-lived tokens, a code on another device,
//! the client alone, and API keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use linchpin_socket::{ConnectionView, Finish, Flow, Reply, Way};
use linchpin_vault::ConnectionKey;
use serde_json::json;
use support::{APP, House, age, age_to, get, pairs, scripted, send, until};

/// Zendesk's kind: the whole address hangs on a subdomain.
fn templated() -> String {
    let text = scripted::TEXT
        .replace("https://double.test", "https://{sub}.double.test")
        .replace(
            "sources = [\"https://{sub}.double.test\"]",
            "sources = [\"https://double.test\"]",
        );
    format!("{text}{SUB}").replace("https://api.double.test\"]", "https://{sub}.double.test\"]")
}

const SUB: &str = r#"
[[config]]
name = "sub"
display_name = "Subdomain"
description = "The first part of the address."
placeholder = "acme"
required = true
validation_pattern = "^[a-z0-9-]{1,40}$"
validation_error = "Give only the first part, such as acme."
"#;

fn failed(finish: Finish) -> String {
    match finish {
        Finish::Failed { code, .. } => code,
        Finish::Connected { .. } => panic!("it is connected"),
    }
}

fn connected(finish: Finish) -> ConnectionView {
    match finish {
        Finish::Connected { connection, .. } => connection,
        Finish::Failed { message, .. } => panic!("{message}"),
    }
}

async fn consent(house: &House, flow: &Flow) -> Finish {
    scripted::consent(&flow.authorize_url).await;
    house.wait(flow).await
}

async fn call(house: &House, key: &str, what: serde_json::Value) -> (u16, serde_json::Value) {
    let url = format!("{}/api/apps/{APP}/connectors/double/call", house.base());
    send(
        reqwest::Method::POST,
        &url,
        &[("authorization", &format!("Bearer {key}"))],
        Some(what),
    )
    .await
}

#[tokio::test]
async fn settings_complete_every_address_and_outlive_the_connection() {
    let house = House::playing(&templated(), &[("sub", "acme")]).await;
    let (code, told) = house.begin_way(Way::Browser, &[]).await.unwrap_err();
    assert_eq!(code, "needs_config");
    assert!(
        told.contains("Subdomain") && told.contains("--config sub=acme"),
        "{told}"
    );
    for bad in ["acme.evil.test/", "a.b", "", "ACME/..", "evil.test#"] {
        let (code, told) = house.begin_way(Way::Browser, &[("sub", bad)]).await.unwrap_err();
        assert_eq!(code, "bad_config", "{bad}");
        assert!(told.contains("such as acme"), "{told}");
    }
    let (code, _) = house.begin_way(Way::Browser, &[("other", "x")]).await.unwrap_err();
    assert_eq!(code, "bad_config");

    let flow = house
        .begin_way(Way::Browser, &[("sub", "https://acme.double.test/")])
        .await
        .unwrap();
    let connection = connected(consent(&house, &flow).await);
    assert_eq!(connection.config, pairs(&[("sub", "acme")]));
    let key = house.service_key().await;
    let (status, body) = house.token(&key).await;
    assert_eq!((status, &body["connection_config"]), (200, &json!({ "sub": "acme" })));
    let (_, said) = call(&house, &key, json!({ "method": "GET", "path": "/notes" })).await;
    assert_eq!(said["data"]["uri"], "/notes", "the proxy knows the host: {said}");

    // Renewed there, connected again without being asked, and revoked there although the row is gone.
    age(&house).await;
    assert_eq!(house.token(&key).await.0, 200);
    let flow = house.begin_way(Way::Browser, &[]).await.unwrap();
    connected(consent(&house, &flow).await);
    house.provider.edit(|book| book.revoke_script = [503].into());
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    house
        .vault()
        .await
        .remove(&ConnectionKey::shared(APP, "double"), "t")
        .await
        .unwrap();
    let later = house.vault().await;
    let due = later
        .tombstones_of(&ConnectionKey::shared(APP, "double"))
        .await
        .unwrap();
    assert_eq!(due.first().unwrap().config, Some(json!({ "sub": "acme" })));
}

#[tokio::test]
async fn what_the_vendor_says_by_itself_is_not_asked_for() {
    let fields = r#"
[[config]]
name = "realm"
display_name = "Company"
description = "The company's number."
placeholder = "77"
required = true
validation_pattern = "^[0-9]{1,20}$"
from_redirect = "realmId"

[[config]]
name = "instance"
display_name = "Instance"
description = "Where the account lives."
placeholder = "na1"
required = true
validation_pattern = "^[a-z0-9]{1,20}$"
from_token = "/instance_url"

[[config]]
name = "cloud"
display_name = "Site"
description = "The site's id."
placeholder = "c-1"
required = true
validation_pattern = "^[a-z0-9-]{1,20}$"
from_identity = "/sites/0/id"
"#;
    let text = format!("{}{fields}", scripted::TEXT).replace(
        "hosts = [\"https://api.double.test\"]",
        "hosts = [\"https://{instance}.double.test\"]",
    );
    let told = [("realm", "77"), ("instance", "na1"), ("cloud", "c-1")];
    let house = House::playing(&text, &told).await;
    let flow = house.begin_way(Way::Browser, &[]).await.unwrap();
    let connection = connected(consent(&house, &flow).await);
    assert_eq!(connection.config, pairs(&told));

    // A value that is not of its field's form makes no connection, and the new grant is revoked.
    let house = House::playing(&text, &[("realm", "77"), ("instance", "evil.test/#"), ("cloud", "c-1")]).await;
    let flow = house.begin_way(Way::Browser, &[]).await.unwrap();
    assert_eq!(failed(consent(&house, &flow).await), "bad_config");
    assert!(house.connections().await.is_empty());
    until(async || house.provider.book.lock().unwrap().live_access.is_empty()).await;
    // So does one that the vendor keeps to itself.
    let house = House::playing(&text, &[("realm", "77"), ("instance", "na1")]).await;
    let flow = house.begin_way(Way::Browser, &[]).await.unwrap();
    assert_eq!(failed(consent(&house, &flow).await), "needs_config");
}

#[tokio::test]
async fn a_long_lived_token_takes_the_place_of_a_refresh_token() {
    let long = r#"
[auth.long_lived]
url = "https://double.test/long"
grant_type = "ig_exchange_token"
param = "access_token"
refresh_url = "https://double.test/renew"
refresh_grant_type = "ig_refresh_token"
refresh_param = "access_token"

[auth.identity]"#;
    let house = House::with(|text| text.replace("[auth.identity]", long)).await;
    house.connected().await;
    let key = house.service_key().await;
    let (_, first) = house.token(&key).await;
    assert_eq!(first["access_token"], "at-CANARY-3", "not the short-lived one");
    assert_eq!(house.provider.token_requests(), 2);
    age(&house).await;
    let (_, second) = house.token(&key).await;
    age(&house).await;
    let (_, third) = house.token(&key).await;
    let all = [&first, &second, &third].map(|body| body["access_token"].as_str().unwrap().to_owned());
    assert!(all[0] != all[1] && all[1] != all[2], "{all:?}");
    assert_eq!(house.provider.refusals().len(), 0);
    // One that can't be exchanged makes no connection, and is revoked.
    let house = House::with(|text| text.replace("[auth.identity]", long)).await;
    let flow = house.begin("shared", &[], false).await.unwrap();
    house.provider.edit(|book| {
        book.patch = json!({ "access_token": "at-unknown" });
    });
    assert_eq!(failed(consent(&house, &flow).await), "provider_error");
    assert!(house.connections().await.is_empty());
}

#[tokio::test]
async fn a_token_is_renewed_when_the_vendor_wants_it() {
    let minute = linchpin_oauth::now_ms() + 60_000;
    // Not before its end.
    let house = House::with(|text| text.replace("rotation = ", "early_refresh = 0\nrotation = ")).await;
    house.connected().await;
    let key = house.service_key().await;
    age_to(&house, linchpin_oauth::now_ms() + 5_000).await;
    assert_eq!(house.token(&key).await.0, 200);
    assert_eq!(house.provider.token_requests(), 1);
    age(&house).await;
    assert_eq!(house.token(&key).await.0, 200);
    assert_eq!(house.provider.token_requests(), 2);
    // Half of its life before its end, at the most.
    let house = House::with(|text| text.replace("rotation = ", "early_refresh = 86400\nrotation = ")).await;
    house.connected().await;
    let key = house.service_key().await;
    assert_eq!(house.token(&key).await.0, 200);
    assert_eq!(house.provider.token_requests(), 1, "a fresh one is not renewed at once");
    age_to(&house, minute).await;
    assert_eq!(house.token(&key).await.0, 200);
}

fn with_device(text: &str) -> String {
    text.replace(
        "rotation = ",
        "device_url = \"https://double.test/device\"\nrotation = ",
    )
}

#[tokio::test]
async fn t_oa_17_a_code_on_another_device_connects_when_a_person_asked_for_it() {
    let house = House::with(|text| with_device(&text)).await;
    house
        .provider
        .edit(|book| book.device_script = ["authorization_pending"].into());
    let flow = house.begin_way(Way::Device, &[]).await.unwrap();
    assert_eq!(flow.user_code.as_deref(), Some("WDJB-MJHT"));
    assert!(
        flow.authorize_url.ends_with("/device") && flow.redirect_uri.is_empty(),
        "{flow:?}"
    );
    let connection = connected(house.wait(&flow).await);
    assert_eq!(connection.account.as_deref(), Some("Name of a1"));
    assert_eq!(house.token(&house.service_key().await).await.0, 200);
    for (said, code) in [("expired_token", "expired"), ("access_denied", "access_denied")] {
        house.provider.edit(|book| book.device_script = [said].into());
        let flow = house.begin_way(Way::Device, &[]).await.unwrap();
        assert_eq!(failed(house.wait(&flow).await), code);
    }
    let flow = house.begin_way(Way::Device, &[]).await.unwrap();
    house
        .ask(linchpin_socket::Request::Cancel { flow: flow.id.clone() })
        .await;
    assert_eq!(failed(house.wait(&flow).await), "cancelled");
    // Where the entry has none, nothing is sent.
    let without = House::new().await;
    let (code, told) = without.begin_way(Way::Device, &[]).await.unwrap_err();
    assert_eq!(code, "no_such_way");
    assert!(told.contains("Connect it in the browser"), "{told}");
    assert_eq!(without.provider.token_requests(), 0);
}

#[tokio::test]
async fn the_client_alone_connects_where_the_entry_allows_it() {
    let house = House::with(|text| text.replace("rotation = ", "client_credentials = true\nrotation = ")).await;
    let flow = house.begin_way(Way::Client, &[]).await.unwrap();
    assert!(flow.authorize_url.is_empty());
    let connection = connected(house.wait(&flow).await);
    assert_eq!(connection.status, "active");
    let key = house.service_key().await;
    let (_, first) = house.token(&key).await;
    age(&house).await;
    let (_, second) = house.token(&key).await;
    assert_ne!(
        first["access_token"], second["access_token"],
        "it asks as the client again"
    );
    assert!(second["access_token"].is_string());
    let sent = house.provider.book.lock().unwrap().tokens.last().unwrap().form();
    assert_eq!(sent["grant_type"], "client_credentials");
    assert_eq!(sent["scope"], "who notes.write");
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    let told = house.provider.book.lock().unwrap().revocations.clone();
    assert_eq!(told.len(), 1, "what stands in for a refresh token is told to nobody");
    assert!(told[0].form()["token"].starts_with("at-CANARY"));

    let without = House::new().await;
    let flow = without.begin_way(Way::Client, &[]).await.unwrap();
    assert_eq!(failed(without.wait(&flow).await), "no_such_way");
    assert_eq!(without.provider.token_requests(), 0);
}

const KEYED: &str = r#"
id = "double"
name = "Double"
categories = ["test"]
purpose = "A key."
hosts = ["https://api.double.test"]
verified_on = "2026-11-23"
sources = ["https://double.test"]
scopes = []
operations = []

[auth]
family = "double"

[auth.key]
secret = "DOUBLE_API_KEY"
name = "API key"
prefix = "dk_"
pattern = "^dk_[A-Za-z0-9-]{8,40}$"
url = "https://double.test/keys"
place = "basic"
template = "{account}:{key}"
reach = "Everything."

[auth.identity]
method = "GET"
url = "https://api.double.test/me"
id = "/id"
label = "/name"

[[config]]
name = "account"
display_name = "Account"
description = "The account's number."
placeholder = "AC12"
required = true
validation_pattern = "^AC[0-9]{2}$"
validation_error = "An account is AC and two digits."
secret = "DOUBLE_ACCOUNT"

[advice]
default = "shared"
personal = false
reason = "Because."

[setup]
console_url = "https://double.test"
steps = []
"#;

#[tokio::test]
async fn an_api_key_is_verified_kept_as_the_apps_secret_and_taken_away() {
    const KEY: &str = "dk_CANARY-0123456789";
    let config = pairs(&[("account", "AC12")]);
    let house = House::playing(KEYED, &[("account", "AC12")]).await;
    let put = async |mode: &str, key: &str, config: &std::collections::BTreeMap<String, String>| {
        let reply = house
            .socket()
            .paste(APP, "double", mode, false, config, key.as_bytes())
            .await;
        let told = format!("{reply:?}");
        assert!(!told.contains("CANARY"), "{told}");
        match reply.unwrap() {
            Reply::Finished { finish } => finish,
            other => panic!("{other:?}"),
        }
    };
    let (code, told) = house.begin("shared", &[], false).await.unwrap_err();
    assert_eq!(code, "needs_key");
    assert!(told.contains("https://double.test/keys"), "{told}");
    assert_eq!(failed(put("shared", KEY, &pairs(&[])).await), "needs_config");
    assert_eq!(
        failed(put("shared", KEY, &pairs(&[("account", "12")])).await),
        "bad_config"
    );
    assert_eq!(failed(put("shared", "sk_CANARY", &config).await), "bad_token");
    assert_eq!(failed(put("app_user", KEY, &config).await), "shared_only");
    assert_eq!(
        house.provider.book.lock().unwrap().probes.len(),
        0,
        "nothing was sent so far"
    );
    assert_eq!(failed(put("shared", KEY, &config).await), "key_refused");
    let vault = house.vault().await;
    assert!(
        vault.secrets(APP).await.unwrap().is_empty(),
        "a key that is refused is not kept"
    );

    house.provider.edit(|book| {
        book.keys.insert(KEY.into());
        book.keys.insert("dk_CANARY-other-one".into());
    });
    let connection = connected(put("shared", &format!(" {KEY}\n"), &config).await);
    assert_eq!(
        (connection.status.as_str(), connection.account.as_deref()),
        ("active", Some("Name of a1"))
    );
    assert_eq!(
        vault.secret(APP, "DOUBLE_API_KEY").await.unwrap().unwrap().expose(),
        KEY
    );
    assert_eq!(
        vault.secret(APP, "DOUBLE_ACCOUNT").await.unwrap().unwrap().expose(),
        "AC12"
    );
    assert_eq!(house.connections().await.len(), 1);

    // The proxy shows it where the vendor wants it, and cuts it out of what comes back.
    let service = house.service_key().await;
    let (_, said) = call(&house, &service, json!({ "method": "GET", "path": "/notes" })).await;
    let heard = house.provider.book.lock().unwrap().api[0].1["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(heard.starts_with("Basic "), "{heard}");
    assert_eq!(said["data"]["heard"], "Basic [token]", "encoded or not");
    assert!(!said.to_string().contains("CANARY"), "{said}");
    let (_, lent) = house.token(&service).await;
    assert_eq!(lent["connection_config"], json!({ "account": "AC12" }));

    // Another key of the same account takes its place; it needs no setting again.
    connected(put("shared", "dk_CANARY-other-one", &pairs(&[])).await);
    assert_eq!(
        vault.secret(APP, "DOUBLE_API_KEY").await.unwrap().unwrap().expose(),
        "dk_CANARY-other-one"
    );
    assert_eq!(house.disconnect("shared").await, Reply::Ok);
    assert!(vault.secrets(APP).await.unwrap().is_empty());
    assert_eq!(house.token(&service).await.0, 404);
    let (_, list) = get(&format!("{}/healthz", house.base()), &[]).await;
    assert_eq!(list["status"], "ok");
}

#[tokio::test]
async fn t_oa_08_a_challenge_that_was_taken_out_on_the_way_ends_the_attempt() {
    let house = House::new().await;
    let flow = house.begin("shared", &[], false).await.unwrap();
    let mut address = url::Url::parse(&flow.authorize_url).unwrap();
    let kept: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let kept = kept.into_iter().filter(|(name, _)| !name.starts_with("code_challenge"));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    address.set_query(Some(&query));
    let page = scripted::browser().get(address).send().await.unwrap();
    assert_eq!(page.status(), 400);
    assert_eq!(
        house.provider.token_requests(),
        0,
        "and it is not tried again without one"
    );
    assert!(house.connections().await.is_empty());
}
