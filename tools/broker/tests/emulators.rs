//! Google, Slack, GitHub, Microsoft and Linear by their own catalog entries against an independent emulator
//! (npm emulate): authorize page, consent form, token, identity, renewal, two calls through the broker, and
//! revocation. Nothing of the other side was written here.
//!
//! The emulator serves some endpoints under other paths than the vendor; [`Vendor::paths`] says which, and a
//! signpost in between rewrites the address and nothing else. What it can't play is said at each vendor.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs
)]

mod support;

#[path = "support/google.rs"]
#[allow(unused_imports, reason = "the other tests' Google")]
mod google;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::IntoResponse as _;
use google::{peers, script};
use linchpin_broker::{KeySource, Options, Providers, Running, Store};
use linchpin_catalog::{Catalog, Connector};
use linchpin_socket::{BrokerSocket, ConnectionView, Finish, Flow, Reply, Request, Way};
use linchpin_vault::{Claim, ConnectionKey, Refreshed, SystemClock, Vault};
use serde_json::{Value, json};
use support::{APP, browser, get, send};
use url::Url;

const CLIENT: &str = "12345.67890";
const SECRET: &str = "hush-CANARY";

struct Vendor {
    id: &'static str,
    service: &'static str,
    seed: fn(&str) -> Value,
    /// Beginnings of paths that the emulator spells otherwise.
    paths: &'static [(&'static str, &'static str)],
    scopes: &'static [&'static str],
    /// Who signs in, as the page names them.
    person: &'static str,
    account: &'static str,
    /// Whether tokens come with something to renew them.
    renews: bool,
    /// Whether the emulator has a place where tokens are taken back.
    revokes: bool,
    /// Two operations of the entry: id, values of the path's holes, body, and what the answer must say.
    calls: [Call; 2],
}

/// An operation: its id, the holes of its path, its body (or a GraphQL document's variables) made of the answer
/// before, and what the answer must say.
type Call = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn(&Value) -> Value,
    fn(&Value) -> bool,
);

const VENDORS: [Vendor; 5] = [
    Vendor {
        id: "gmail",
        service: "google",
        seed: |redirect| {
            json!({
                "users": [{ "email": "anna@example.com", "name": "Anna Berg" }],
                "oauth_clients": [{ "client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [redirect] }],
            })
        },
        paths: &[
            ("/token", "/oauth2/token"),
            ("/revoke", "/oauth2/revoke"),
            ("/v1/userinfo", "/oauth2/v2/userinfo"),
        ],
        scopes: &[
            "https://www.googleapis.com/auth/gmail.send",
            "https://www.googleapis.com/auth/gmail.labels",
        ],
        person: "anna@example.com",
        account: "anna@example.com",
        renews: true,
        revokes: true,
        calls: [
            (
                "gmail.users.messages.send",
                &[("userId", "me")],
                // To: bo@example.com, Subject: Hi, "Hello"
                |_| json!({ "raw": "VG86IGJvQGV4YW1wbGUuY29tDQpTdWJqZWN0OiBIaQ0KDQpIZWxsbw" }),
                |said| said["id"].is_string() && said["labelIds"].to_string().contains("SENT"),
            ),
            (
                "gmail.users.labels.list",
                &[("userId", "me")],
                |_| Value::Null,
                |said| said["labels"].as_array().is_some_and(|labels| !labels.is_empty()),
            ),
        ],
    },
    Vendor {
        id: "slackbot",
        service: "slack",
        seed: |redirect| {
            json!({
                "team": { "name": "Northlight", "domain": "northlight" },
                "users": [{ "name": "anna", "real_name": "Anna Berg", "email": "anna@example.com" }],
                "channels": [{ "name": "bookings", "topic": "Bookings" }],
                "strict_scopes": true,
                "oauth_apps": [{
                    "client_id": CLIENT, "client_secret": SECRET, "app_id": "A000000001", "name": "Linchpin",
                    "redirect_uris": [redirect], "scopes": ["chat:write", "channels:read"],
                }],
            })
        },
        paths: &[],
        scopes: &["chat:write", "channels:read"],
        person: "anna",
        account: "Northlight",
        // Slack's tokens end only for apps with token rotation switched on.
        renews: false,
        // The emulator has no auth.revoke.
        revokes: false,
        calls: [
            (
                "chat.postMessage",
                &[],
                |_| json!({ "channel": "bookings", "text": "A booking" }),
                |said| said["ok"] == true && said["message"]["text"] == "A booking",
            ),
            // Of the reading calls the emulator takes only POST, where Slack takes both.
            (
                "chat.scheduleMessage",
                &[],
                |_| json!({ "channel": "bookings", "text": "Tomorrow", "post_at": linchpin_oauth::now_ms() / 1000 + 3600 }),
                |said| said["ok"] == true && said["scheduled_message_id"].is_string(),
            ),
        ],
    },
    Vendor {
        id: "github",
        service: "github",
        seed: |redirect| {
            json!({
                "users": [{ "login": "anna", "name": "Anna Berg", "email": "anna@example.com" }],
                "repos": [{ "owner": "anna", "name": "shop", "auto_init": true }],
                "oauth_apps": [{ "client_id": CLIENT, "client_secret": SECRET, "name": "Linchpin", "redirect_uris": [redirect] }],
            })
        },
        paths: &[],
        scopes: &["repo"],
        person: "anna",
        account: "anna",
        // The token of an OAuth app does not end.
        renews: false,
        // The emulator has no DELETE /applications/{client_id}/grant.
        revokes: false,
        calls: [
            (
                "github.issues.create",
                &[("owner", "anna"), ("repo", "shop")],
                |_| json!({ "title": "Printer shows E05" }),
                |said| said["number"].is_number() && said["title"] == "Printer shows E05",
            ),
            (
                "github.issues.listForRepo",
                &[("owner", "anna"), ("repo", "shop")],
                |_| Value::Null,
                |said| said[0]["title"] == "Printer shows E05",
            ),
        ],
    },
    Vendor {
        id: "outlook",
        service: "microsoft",
        seed: |redirect| {
            json!({
                "users": [{ "email": "anna@example.com", "name": "Anna Berg" }],
                "oauth_clients": [{
                    "client_id": CLIENT, "client_secret": SECRET, "name": "Linchpin", "redirect_uris": [redirect],
                }],
            })
        },
        paths: &[("/common/oauth2/v2.0/", "/oauth2/v2.0/")],
        scopes: &["Mail.Send"],
        person: "anna@example.com",
        account: "anna@example.com",
        renews: true,
        revokes: false,
        // Of Graph the emulator has the profile alone, so the same operation is called twice, with and without
        // the entry's `$select`.
        calls: [
            (
                "outlook.me",
                &[],
                |_| Value::Null,
                |said| said["userPrincipalName"] == "anna@example.com",
            ),
            (
                "outlook.me",
                &[],
                |_| Value::Null,
                |said| said["displayName"] == "Anna Berg",
            ),
        ],
    },
    Vendor {
        id: "linear",
        service: "linear",
        seed: |redirect| {
            json!({
                "organization": { "name": "Northlight", "url_key": "northlight" },
                "users": [{ "email": "anna@example.com", "name": "Anna Berg", "admin": true }],
                "teams": [{ "name": "Operations", "key": "OPS" }],
                "strict_scopes": true,
                "oauth_apps": [{
                    "client_id": CLIENT, "client_secret": SECRET, "name": "Linchpin", "redirect_uris": [redirect],
                    "scopes": ["read", "write", "issues:create"], "actor": "user",
                }],
            })
        },
        paths: &[],
        scopes: &["issues:create"],
        person: "anna@example.com",
        account: "Northlight",
        renews: true,
        revokes: true,
        calls: [
            (
                "linear.teams",
                &[],
                |_| Value::Null,
                |said| said.to_string().contains("Operations"),
            ),
            (
                "linear.issueCreate",
                &[],
                |teams| json!({ "input": { "teamId": team(teams), "title": "Printer shows E05" } }),
                |said| said["data"]["issueCreate"]["issue"]["title"] == "Printer shows E05",
            ),
        ],
    },
];

/// The first team of Linear's list.
fn team(teams: &Value) -> &Value {
    &teams["data"]["teams"]["nodes"][0]["id"]
}

/// The emulator; it ends when this is dropped.
struct Emulator {
    child: Child,
    url: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Emulator {
    fn start(folder: &std::path::Path, vendor: &Vendor, redirect: &str) -> Self {
        let modules = peers().unwrap();
        let file = folder.join("emulate.json");
        let config = json!({ "modules": modules, "service": vendor.service, "seed": (vendor.seed)(redirect) });
        std::fs::write(&file, config.to_string()).unwrap();
        let mut child = Command::new(modules.join("deno"))
            .args(["run", "-A", "--no-prompt", "--quiet"])
            .arg(script("emulate.mjs"))
            .arg(&file)
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines
            .map_while(Result::ok)
            .find_map(|line| serde_json::from_str::<Value>(&line).ok());
        let url = said.unwrap()["url"].as_str().unwrap().to_owned();
        Self { child, url }
    }
}

/// Leads the vendor's addresses to the emulator, and notes which were asked for.
#[derive(Clone, Default)]
struct Signpost {
    to: Arc<Mutex<String>>,
    seen: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Signpost {
    async fn start(vendor: &'static Vendor) -> (Self, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let own = Self::default();
        let post = own.clone();
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            let post = post.clone();
            async move { post.lead(vendor, request).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        (own, origin)
    }

    async fn lead(&self, vendor: &Vendor, request: axum::extract::Request) -> axum::response::Response {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let path = parts.uri.path();
        let rewritten = vendor
            .paths
            .iter()
            .find_map(|(from, to)| Some(format!("{to}{}", path.strip_prefix(from)?)));
        let target = rewritten.as_deref().unwrap_or(path);
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("{}{target}{query}", self.to.lock().unwrap());
        let mut headers = parts.headers;
        headers.remove("host");
        let there = browser().request(parts.method.clone(), url).headers(headers).body(body);
        let answer = there.send().await.unwrap();
        let status = answer.status();
        self.seen
            .lock()
            .unwrap()
            .push((format!("{} {path}", parts.method), status.as_u16()));
        let mut headers = answer.headers().clone();
        headers.remove("transfer-encoding");
        headers.remove("content-length");
        (status, headers, answer.bytes().await.unwrap()).into_response()
    }

    fn asked(&self, what: &str) -> usize {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .filter(|(line, _)| line == what)
            .count()
    }
}

/// The form of a page that is for one person: where it goes, and its hidden fields.
fn form(page: &str, person: &str) -> (String, String) {
    let mut forms = page
        .split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap());
    let form = forms.find(|form| form.contains(person));
    let form = form.unwrap_or_else(|| panic!("no form for {person}: {page}"));
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
        let value = &tag[from..from + tag[from..].find('"')?];
        Some(
            value
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    };
    let action = attribute(form, "action").unwrap();
    let fields = form.split("<input").skip(1).filter_map(|tag| {
        let tag = &tag[..tag.find('>')?];
        Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
    });
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    (action, body)
}

/// Somebody who opens the page, takes their own account and is sent back.
async fn consent(address: &str, person: &str) {
    let browser = browser();
    let page = browser.get(address).send().await.unwrap();
    let (status, text) = (page.status(), page.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    let (action, body) = form(&text, person);
    let action = Url::parse(address).unwrap().join(&action).unwrap();
    let answer = browser
        .post(action)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let Some(back) = answer.headers().get("location").cloned() else {
        panic!("{status}: {}", answer.text().await.unwrap())
    };
    let back = browser.get(back.to_str().unwrap()).send().await.unwrap();
    assert_eq!(back.status(), 303, "{}", back.text().await.unwrap());
}

struct Stage {
    folder: tempfile::TempDir,
    running: Running,
    connector: &'static Connector,
}

impl Stage {
    async fn new(connector: &'static Connector, origin: &str) -> Self {
        let catalog = Catalog::embedded();
        let folder = tempfile::tempdir().unwrap();
        let auth = &connector.auth;
        let mut addresses: Vec<&str> = vec![&auth.authorize_url, &auth.token_url, &auth.identity.url];
        addresses.extend(auth.revoke_url.as_deref());
        addresses.extend(connector.hosts.iter().map(String::as_str));
        let origins = addresses
            .iter()
            .map(|url| Url::parse(url).unwrap().origin().ascii_serialization());
        let table: BTreeMap<String, &str> = origins.map(|from| (from, origin)).collect();
        let pairs: Vec<(&str, &str)> = table.iter().map(|(from, to)| (from.as_str(), *to)).collect();
        let home = folder.path().join("linchpin");
        let options = Options {
            store: Store::Sqlite(home.join("vault.db")),
            key: KeySource::File(home.join("vault.key")),
            socket: Some(home.join("broker.sock")),
            listen: Some("127.0.0.1:0".parse().unwrap()),
            public_url: None,
            providers: Providers::of(&pairs).unwrap(),
            catalog,
            parent_pipe: false,
        };
        let running = Running::start(options).await.unwrap();
        let stage = Self {
            folder,
            running,
            connector,
        };
        let put = stage.socket().put_client(&auth.family, CLIENT, SECRET.as_bytes()).await;
        assert_eq!(put.unwrap(), Reply::Ok);
        stage
    }

    fn socket(&self) -> BrokerSocket {
        BrokerSocket::at(self.running.socket().unwrap())
    }

    async fn begin(&self, scopes: &[&str]) -> Flow {
        let request = Request::Begin {
            app: APP.into(),
            connector: self.connector.id.clone(),
            mode: "shared".into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            other_account: false,
            config: BTreeMap::new(),
            way: Way::Browser,
        };
        match self.socket().ask(&request).await.unwrap() {
            Reply::Begun { flow } => flow,
            other => panic!("{other:?}"),
        }
    }

    async fn wait(&self, flow: &Flow) -> ConnectionView {
        match self
            .socket()
            .ask(&Request::Wait { flow: flow.id.clone() })
            .await
            .unwrap()
        {
            Reply::Finished {
                finish:
                    Finish::Connected {
                        connection,
                        missing_scopes,
                    },
            } => {
                assert_eq!(missing_scopes, [""; 0]);
                connection
            }
            other => panic!("{other:?}"),
        }
    }

    fn url(&self, rest: &str) -> String {
        format!("http://{}/api/apps/{APP}/{rest}", self.running.http().unwrap())
    }

    async fn token(&self, key: &str) -> String {
        let url = self.url(&format!("external-auth/tokens/{}", self.connector.id));
        let (status, body) = get(&url, &[("authorization", &format!("Bearer {key}"))]).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// An operation of the entry, through the broker.
    async fn call(&self, key: &str, call: &Call, before: &Value) -> Value {
        let (id, holes, body, _) = call;
        let operation = self.connector.operations.iter().find(|own| own.id == *id);
        let operation = operation.unwrap_or_else(|| panic!("{} has no operation {id}", self.connector.id));
        let address = holes.iter().fold(operation.url.clone(), |url, (name, value)| {
            url.replace(&format!("{{{name}}}"), value)
        });
        let address = Url::parse(&address).unwrap();
        let headers: BTreeMap<&str, &str> = operation
            .headers
            .iter()
            .map(|own| (own.name.as_str(), own.value.as_str()))
            .collect();
        let body = match &operation.graphql {
            Some(document) => {
                json!({ "query": document, "variables": body(before).as_object().cloned().unwrap_or_default() })
            }
            None => body(before),
        };
        let asked = json!({
            "method": operation.method, "host": address.host_str(), "path": address.path(),
            "headers": headers, "body": body,
        });
        let url = self.url(&format!("connectors/{}/call", self.connector.id));
        let (status, said) = send(
            reqwest::Method::POST,
            &url,
            &[("authorization", &format!("Bearer {key}"))],
            Some(asked),
        )
        .await;
        assert_eq!((status, said["success"].as_bool()), (200, Some(true)), "{id}: {said}");
        said["data"].clone()
    }

    /// Lets the stored access token have ended a second ago.
    async fn age(&self) {
        let home = self.folder.path().join("linchpin");
        let store = Store::Sqlite(home.join("vault.db"));
        let key = KeySource::File(home.join("vault.key"));
        let vault = Vault::open_with(store, key, Arc::new(SystemClock)).await.unwrap();
        let connection = ConnectionKey::shared(APP, &*self.connector.id);
        let live = vault.access(&connection).await.unwrap().unwrap();
        let ttl = std::time::Duration::from_secs(9);
        let Claim::Leased(lease) = vault.claim(&connection, live.generation, "test", ttl).await.unwrap() else {
            panic!("no lease")
        };
        let old = Refreshed {
            access: live.token,
            refresh: None,
            expires_at: Some(linchpin_oauth::now_ms() - 1000),
            scopes: None,
            token_type: None,
        };
        vault.finish_refresh(&lease, old).await.unwrap();
        vault.close().await.unwrap();
    }
}

async fn plays(vendor: &'static Vendor) {
    if peers().is_none() {
        return;
    }
    let connector = Catalog::embedded().get(vendor.id).expect("an entry of the catalog");
    let (signpost, origin) = Signpost::start(vendor).await;
    let stage = Stage::new(connector, &origin).await;
    let flow = stage.begin(vendor.scopes).await;
    let emulator = Emulator::start(stage.folder.path(), vendor, &flow.redirect_uri);
    signpost.to.lock().unwrap().clone_from(&emulator.url);
    consent(&flow.authorize_url, vendor.person).await;
    let connection = stage.wait(&flow).await;
    assert_eq!(connection.account.as_deref(), Some(vendor.account));

    let key = stage.running.broker().service_key(APP, "test").await.unwrap();
    let key = key.expose().to_owned();
    let first = stage.token(&key).await;
    let mut before = Value::Null;
    for call in &vendor.calls {
        let said = stage.call(&key, call, &before).await;
        assert!((call.3)(&said), "{}: {said}", call.0);
        before = said;
    }
    let token = format!("POST {}", Url::parse(&connector.auth.token_url).unwrap().path());
    assert_eq!(signpost.asked(&token), 1);
    if vendor.renews {
        stage.age().await;
        let second = stage.token(&key).await;
        assert_ne!(first, second, "the emulator gave a new one");
        assert_eq!(signpost.asked(&token), 2);
        stage.call(&key, &vendor.calls[0], &Value::Null).await;
    }
    let gone = Request::Disconnect {
        app: APP.into(),
        connector: connector.id.clone(),
        mode: "shared".into(),
    };
    assert_eq!(stage.socket().ask(&gone).await.unwrap(), Reply::Ok);
    if let Some(url) = &connector.auth.revoke_url {
        let path = Url::parse(&url.replace("{client_id}", CLIENT))
            .unwrap()
            .path()
            .to_owned();
        let seen = signpost.seen.lock().unwrap().clone();
        let told: Vec<u16> = seen
            .iter()
            .filter(|(line, _)| line.ends_with(&path))
            .map(|(_, s)| *s)
            .collect();
        assert!(!told.is_empty(), "nobody was told: {seen:?}");
        assert_eq!(told.iter().all(|status| *status == 200), vendor.revokes, "{told:?}");
    }
    let waiting = stage
        .running
        .broker()
        .vault()
        .tombstones_of(&ConnectionKey::shared(APP, vendor.id))
        .await;
    assert!(waiting.unwrap().is_empty(), "nothing is left to revoke");
}

macro_rules! vendors {
    ($($name:ident: $at:literal),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                plays(&VENDORS[$at]).await;
            }
        )*
    };
}

vendors! {
    google_signs_in_sends_and_is_revoked: 0,
    slack_signs_in_and_posts: 1,
    github_signs_in_and_files_an_issue: 2,
    microsoft_signs_in_and_renews: 3,
    linear_signs_in_renews_and_is_revoked: 4,
}
