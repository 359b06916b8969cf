//! Real software on the other side: a certified authorization server playing Google for the catalog's own
//! Gmail entry, the unmodified Base44 SDK, and the unmodified Base44 command line.
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
mod google;

use std::process::Command;

use google::{CLIENT, Google, Person, SECRET, peers, run, script};
use linchpin_broker::{AppUser, KeySource, Options, Providers, Running, Store};
use linchpin_catalog::Catalog;
use linchpin_socket::{BrokerSocket, Finish, Flow, Reply, Request};
use serde_json::{Value, json};
use support::{browser, get};

const APP: &str = "app-1";
const SEND: &str = "https://www.googleapis.com/auth/gmail.send";

/// A broker with the embedded catalog, and Google played by oidc-provider.
struct Stage {
    folder: tempfile::TempDir,
    peers: std::path::PathBuf,
    google: Google,
    running: Running,
}

impl Stage {
    async fn new(ttl: u32) -> Option<Self> {
        let peers = peers()?;
        let folder = tempfile::tempdir().unwrap();
        let gmail = Catalog::embedded().get("gmail").unwrap();
        let google = Google::start(&peers, folder.path(), &[gmail], ttl);
        let home = folder.path().join("linchpin");
        let options = Options {
            store: Store::Sqlite(home.join("vault.db")),
            key: KeySource::File(home.join("vault.key")),
            socket: Some(home.join("broker.sock")),
            listen: Some("127.0.0.1:0".parse().unwrap()),
            public_url: None,
            providers: Providers::from_file(&google.table).unwrap(),
            catalog: Catalog::embedded(),
            parent_pipe: false,
        };
        let running = Running::start(options).await.unwrap();
        let stage = Self {
            folder,
            peers,
            google,
            running,
        };
        assert_eq!(
            stage
                .socket()
                .put_client("google", CLIENT, SECRET.as_bytes())
                .await
                .unwrap(),
            Reply::Ok
        );
        Some(stage)
    }

    fn socket(&self) -> BrokerSocket {
        BrokerSocket::at(self.running.socket().unwrap())
    }

    fn base(&self) -> String {
        format!("http://{}", self.running.http().unwrap())
    }

    async fn begin(&self, mode: &str, scopes: &[&str], other_account: bool) -> Flow {
        let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
        let request = Request::Begin {
            app: APP.into(),
            connector: "gmail".into(),
            mode: mode.into(),
            scopes,
            other_account,
            config: Default::default(),
            way: linchpin_socket::Way::Browser,
        };
        match self.socket().ask(&request).await.unwrap() {
            Reply::Begun { flow } => flow,
            other => panic!("{other:?}"),
        }
    }

    async fn wait(&self, flow: &Flow) -> Finish {
        match self
            .socket()
            .ask(&Request::Wait { flow: flow.id.clone() })
            .await
            .unwrap()
        {
            Reply::Finished { finish } => finish,
            other => panic!("{other:?}"),
        }
    }

    async fn connect(&self, login: &str, other_account: bool) -> Finish {
        let flow = self.begin("shared", &[SEND], other_account).await;
        assert_eq!(Person::new(login).answer(&flow.authorize_url, true).await.status(), 303);
        self.wait(&flow).await
    }

    async fn key(&self) -> String {
        self.running
            .broker()
            .service_key(APP, "test")
            .await
            .unwrap()
            .expose()
            .to_owned()
    }

    async fn token(&self, key: &str) -> (u16, Value) {
        get(
            &format!("{}/api/apps/{APP}/external-auth/tokens/gmail", self.base()),
            &[("authorization", &format!("Bearer {key}"))],
        )
        .await
    }

    /// Calls of the real SDK.
    async fn sdk(&self, headers: Value, calls: Value) -> Vec<Value> {
        let file = self.folder.path().join("sdk.json");
        std::fs::write(
            &file,
            json!({ "modules": self.peers, "headers": headers, "calls": calls }).to_string(),
        )
        .unwrap();
        let out = run(Command::new("node").arg(script("sdk.mjs")).arg(&file)).await;
        serde_json::from_str(&out.0).unwrap_or_else(|e| panic!("{e}: {out:?}"))
    }
}

#[tokio::test]
async fn t_oa_21_gmail_of_the_catalog_against_a_certified_server() {
    let Some(stage) = Stage::new(3600).await else { return };
    let flow = stage.begin("shared", &[SEND], false).await;
    assert!(
        flow.authorize_url.starts_with("http://127.0.0.1:"),
        "{}",
        flow.authorize_url
    );
    assert!(
        flow.authorize_url.contains("/o/oauth2/v2/auth?"),
        "the catalog's path: {}",
        flow.authorize_url
    );
    assert!(
        flow.notes
            .iter()
            .any(|note| note.contains("played by a server on this machine")),
        "{:?}",
        flow.notes
    );
    let mut ada = Person::new("ada");
    let back = ada.answer(&flow.authorize_url, true).await;
    assert_eq!(back.status(), 303);
    let Finish::Connected {
        connection,
        missing_scopes,
    } = stage.wait(&flow).await
    else {
        panic!("failed")
    };
    assert_eq!(connection.account.as_deref(), Some("ada@example.com"));
    assert!(
        connection.scopes.iter().any(|scope| scope == SEND),
        "{:?}",
        connection.scopes
    );
    assert!(missing_scopes.is_empty(), "{missing_scopes:?}");

    let key = stage.key().await;
    let (status, token) = stage.token(&key).await;
    assert_eq!((status, token["integration_type"].as_str()), (200, Some("gmail")));

    // Another person on reconnect: refused, and their new token revoked at the server.
    let Finish::Failed { code, message } = stage.connect("eve", false).await else {
        panic!("connected")
    };
    assert_eq!(code, "different_account");
    assert!(
        message.contains("eve@example.com") && message.contains("ada@example.com"),
        "{message}"
    );
    let Finish::Connected { connection, .. } = stage.connect("eve", true).await else {
        panic!("failed")
    };
    assert_eq!(connection.account.as_deref(), Some("eve@example.com"));

    // Disconnect: the server itself no longer takes the token.
    let (_, token) = stage.token(&key).await;
    let token = token["access_token"].as_str().unwrap().to_owned();
    let origin = &stage.google.origin;
    let alive = async || {
        browser()
            .get(format!("{origin}/v1/userinfo"))
            .header("authorization", format!("Bearer {token}"))
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(alive().await, 200);
    let parting = Request::Disconnect {
        app: APP.into(),
        connector: "gmail".into(),
        mode: "shared".into(),
    };
    assert_eq!(stage.socket().ask(&parting).await.unwrap(), Reply::Ok);
    assert_eq!(alive().await, 401);
    assert_eq!(stage.token(&key).await.0, 404);
}

#[tokio::test]
async fn t_oa_14_consent_refused_at_a_certified_server() {
    let Some(stage) = Stage::new(3600).await else { return };
    let flow = stage.begin("shared", &[SEND], false).await;
    Person::new("ada").answer(&flow.authorize_url, false).await;
    let Finish::Failed { code, message } = stage.wait(&flow).await else {
        panic!("connected")
    };
    assert_eq!(code, "access_denied");
    assert!(
        message.contains("Gmail") && !message.contains("the person said no"),
        "{message}"
    );
    assert_eq!(stage.token(&stage.key().await).await.0, 404);
}

#[tokio::test]
async fn a_rotating_certified_server_is_followed_and_a_reused_token_would_have_ended_it() {
    // Tokens of five seconds are within the margin of a call, so each round renews.
    let Some(stage) = Stage::new(5).await else { return };
    let Finish::Connected { .. } = stage.connect("ada", false).await else {
        panic!("failed")
    };
    let key = stage.key().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        let answers = futures::future::join_all((0..10).map(|_| stage.token(&key))).await;
        for (status, body) in answers {
            assert_eq!(status, 200, "{body}");
            seen.insert(body["access_token"].as_str().unwrap().to_owned());
        }
    }
    assert!(seen.len() >= 5, "{}", seen.len());
}

#[tokio::test]
async fn the_unmodified_sdk_gets_what_its_function_may_have() {
    let Some(stage) = Stage::new(3600).await else { return };
    let Finish::Connected { .. } = stage.connect("ada", false).await else {
        panic!("failed")
    };
    let flow = stage.begin("app_user", &[SEND], false).await;
    Person::new("builder").answer(&flow.authorize_url, true).await;
    let Finish::Connected { .. } = stage.wait(&flow).await else {
        panic!("failed")
    };
    let key = stage.key().await;
    let broker = stage.running.broker();
    let user = |id: &str| {
        let user = AppUser {
            id: id.into(),
            email: format!("{id}@example.com"),
            name: id.into(),
            role: "user".into(),
        };
        broker.user_token(APP, &user, 600).unwrap().expose().to_owned()
    };
    let headers = |service: &str, user: &str| {
        json!({
            "Base44-App-Id": APP, "Base44-Api-Url": stage.base(),
            "Base44-Service-Authorization": format!("Bearer {service}"), "Authorization": format!("Bearer {user}"),
        })
    };
    let calls = json!([
        ["connectors.getConnection", "gmail"],
        ["connectors.getAccessToken", "gmail"],
        ["connectors.getWorkspaceConnection", "gmail"],
        ["connectors.getCurrentAppUserConnection", "gmail"],
        ["connectors.getCurrentAppUserAccessToken", "gmail"],
        ["connectors.getConnection", "googlecalendar"],
        ["connectors.callApi", "gmail", { "method": "GET", "path": "/x", "host": "evil.test" }],
        ["user:auth.me"],
        ["user:connectors.connectAppUser", "gmail"],
    ]);
    let out = stage.sdk(headers(&key, &user("builder")), calls.clone()).await;
    let (_, token) = stage.token(&key).await;
    let shared = token["access_token"].clone();
    assert_eq!(
        out[0]["value"],
        json!({ "accessToken": shared, "connectionConfig": null })
    );
    assert_eq!(out[1]["value"], shared);
    assert_eq!(out[2]["value"]["accessToken"], shared);
    let own = out[3]["value"]["accessToken"].as_str().unwrap();
    assert!(!own.is_empty() && shared != own, "the user's own, not the shared one");
    assert_eq!(out[4]["value"], own);
    assert_eq!(
        (out[5]["error"]["status"].as_u64(), out[5]["error"]["code"].as_str()),
        (Some(404), Some("NOT_FOUND"))
    );
    assert!(
        out[5]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("No active connection"),
        "{}",
        out[5]
    );
    assert_eq!(out[6]["error"]["status"], 422);
    assert_eq!(out[7]["value"]["email"], "builder@example.com");
    assert!(
        out[8]["value"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{}/connect/", stage.base())),
        "{}",
        out[8]
    );

    let out = stage
        .sdk(
            headers(&key, &user("bob")),
            json!([["connectors.getCurrentAppUserConnection", "gmail"]]),
        )
        .await;
    assert_eq!(out[0]["error"]["status"], 404, "bob has connected nothing");
    let out = stage.sdk(headers("wrong", &user("builder")), calls).await;
    assert!(out[..5].iter().all(|said| said["error"]["status"] == 401), "{out:?}");
    let out = stage
        .sdk(
            headers(&user("bob"), &user("bob")),
            json!([["connectors.getConnection", "gmail"]]),
        )
        .await;
    assert_eq!(
        out[0]["error"]["status"], 403,
        "a user's sign-in is not a function's key"
    );
}

#[tokio::test]
async fn the_unmodified_command_line_lists_pushes_and_pulls() {
    let Some(stage) = Stage::new(3600).await else { return };
    let cli = stage.peers.join("base44-cli/bin/run.js");
    let project = stage.folder.path().join("project");
    std::fs::create_dir_all(project.join("base44/connectors")).unwrap();
    std::fs::write(project.join("base44/config.jsonc"), r#"{ "name": "App" }"#).unwrap();
    std::fs::write(project.join("base44/.app.jsonc"), format!(r#"{{ "id": "{APP}" }}"#)).unwrap();
    let file = project.join("base44/connectors/gmail.jsonc");
    std::fs::write(&file, json!({ "type": "gmail", "scopes": [SEND] }).to_string()).unwrap();
    let key = stage
        .running
        .broker()
        .builder_key(APP)
        .await
        .unwrap()
        .expose()
        .to_owned();
    let base44 = async |args: &[&str]| {
        let mut command = Command::new("node");
        command
            .arg(&cli)
            .args(args)
            .current_dir(&project)
            .env("HOME", stage.folder.path())
            .env("BASE44_API_URL", stage.base())
            .env("BASE44_API_KEY", &key)
            .env("BASE44_DISABLE_TELEMETRY", "1")
            .env("CI", "1");
        let (out, err, ok) = run(&mut command).await;
        (format!("{out}{err}"), ok)
    };
    let (out, ok) = base44(&["connectors", "list-available"]).await;
    assert!(ok && out.contains("gmail") && out.contains("Google Calendar"), "{out}");

    // Not connected yet: the command line gets the address of the consent, and a person follows it.
    let (out, ok) = base44(&[
        "connectors",
        "initiate",
        "--integration-type",
        "gmail",
        "--scopes",
        SEND,
        "--json",
    ])
    .await;
    assert!(ok, "{out}");
    let from = out.find('{').unwrap();
    let said: Value = serde_json::Deserializer::from_str(&out[from..])
        .into_iter()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(said["alreadyAuthorized"], false);
    let address = said["redirectUrl"].as_str().unwrap();
    assert_eq!(Person::new("ada").answer(address, true).await.status(), 303);

    let (out, ok) = base44(&["connectors", "push", "-y"]).await;
    assert!(ok && out.contains("Synced: gmail"), "{out}");
    std::fs::remove_file(&file).unwrap();
    let (out, ok) = base44(&["connectors", "pull"]).await;
    assert!(ok, "{out}");
    let pulled = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}: {out}"));
    assert!(pulled.contains(SEND), "{pulled}");

    // A push without the file removes it, and the server revokes.
    std::fs::remove_file(&file).unwrap();
    let (out, ok) = base44(&["connectors", "push", "-y"]).await;
    assert!(ok && out.contains("Removed: gmail"), "{out}");
    assert_eq!(stage.token(&stage.key().await).await.0, 404);
    std::fs::write(&file, json!({ "type": "gmail", "scopes": ["made.up"] }).to_string()).unwrap();
    let (out, _) = base44(&["connectors", "push", "-y"]).await;
    assert!(out.contains("Failed: gmail") && out.contains("made.up"), "{out}");
}
