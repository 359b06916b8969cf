//! A broker in a folder of its own, with the scripted provider as its one connector.
#![allow(dead_code, unreachable_pub)]

use std::path::PathBuf;

use linchpin_broker::{KeySource, Options, Running, Store};
use linchpin_catalog::Catalog;
use linchpin_socket::{BrokerSocket, ConnectionView, Finish, Flow, Reply, Request, Way};
use linchpin_vault::{Secret, SystemClock, Vault};
use serde_json::Value;

#[allow(unused_imports, reason = "each test file takes what it needs")]
pub use linchpin_double::{self as scripted, Act, Provider, Rotation, browser};

pub const APP: &str = "app-1";
pub const SECRET: &str = "hush-CANARY";

/// A broker, its folder, and the provider it knows.
pub struct House {
    pub folder: tempfile::TempDir,
    pub provider: Provider,
    pub running: Option<Running>,
    pub catalog: &'static Catalog,
}

impl House {
    pub async fn new() -> Self {
        Self::with(|text| text).await
    }

    /// With another text for the connector.
    pub async fn with(edit: impl FnOnce(String) -> String) -> Self {
        Self::playing(&edit(scripted::TEXT.to_owned()), &[]).await
    }

    /// Of any entry called `double`, whose provider knows these config values.
    pub async fn playing(text: &str, config: &[(&str, &str)]) -> Self {
        let config = pairs(config);
        let played = linchpin_catalog::parse("double.toml", text).unwrap();
        let catalog = Box::leak(Box::new(Catalog::from_files(&[("double.toml", text)]).unwrap()));
        let mut house = Self {
            folder: tempfile::tempdir().unwrap(),
            provider: Provider::with(&played, &config).await,
            running: None,
            catalog,
        };
        house.start().await;
        let put = house
            .socket()
            .put_client("double", "client", SECRET.as_bytes())
            .await
            .unwrap();
        assert_eq!(put, Reply::Ok);
        house
    }

    pub fn options(&self) -> Options {
        let folder = self.home();
        Options {
            store: Store::Sqlite(folder.join("vault.db")),
            key: KeySource::File(folder.join("vault.key")),
            socket: Some(folder.join("broker.sock")),
            listen: Some("127.0.0.1:0".parse().unwrap()),
            public_url: None,
            providers: self.provider.providers(),
            catalog: self.catalog,
            parent_pipe: false,
        }
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("linchpin")
    }

    pub async fn start(&mut self) {
        self.running = Some(Running::start(self.options()).await.unwrap());
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub fn socket(&self) -> BrokerSocket {
        BrokerSocket::at(self.running().socket().unwrap())
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.running().http().unwrap())
    }

    pub async fn ask(&self, request: Request) -> Reply {
        self.socket().ask(&request).await.unwrap()
    }

    pub async fn begin(&self, mode: &str, scopes: &[&str], other_account: bool) -> Result<Flow, (String, String)> {
        let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
        self.begin_as(Request::Begin {
            app: APP.into(),
            connector: "double".into(),
            mode: mode.into(),
            scopes,
            other_account,
            config: Default::default(),
            way: Way::Browser,
        })
        .await
    }

    /// Another way, with settings.
    pub async fn begin_way(&self, way: Way, config: &[(&str, &str)]) -> Result<Flow, (String, String)> {
        self.begin_as(Request::Begin {
            app: APP.into(),
            connector: "double".into(),
            mode: "shared".into(),
            scopes: vec!["notes.write".into()],
            other_account: false,
            config: pairs(config),
            way,
        })
        .await
    }

    async fn begin_as(&self, request: Request) -> Result<Flow, (String, String)> {
        match self.ask(request).await {
            Reply::Begun { flow } => Ok(flow),
            Reply::Error { code, message } => Err((code, message)),
            other => panic!("{other:?}"),
        }
    }

    pub async fn wait(&self, flow: &Flow) -> Finish {
        match self.ask(Request::Wait { flow: flow.id.clone() }).await {
            Reply::Finished { finish } => finish,
            other => panic!("{other:?}"),
        }
    }

    /// Connects, the person consenting at once.
    pub async fn connect(&self, mode: &str, scopes: &[&str], other_account: bool) -> Finish {
        let flow = self.begin(mode, scopes, other_account).await.unwrap();
        scripted::consent(&flow.authorize_url).await;
        self.wait(&flow).await
    }

    pub async fn connected(&self) -> ConnectionView {
        match self.connect("shared", &["notes.write"], false).await {
            Finish::Connected { connection, .. } => connection,
            Finish::Failed { message, .. } => panic!("{message}"),
        }
    }

    pub async fn connections(&self) -> Vec<ConnectionView> {
        match self.ask(Request::Connections { app: APP.into() }).await {
            Reply::Connections { connections } => connections,
            other => panic!("{other:?}"),
        }
    }

    pub async fn disconnect(&self, mode: &str) -> Reply {
        self.ask(Request::Disconnect {
            app: APP.into(),
            connector: "double".into(),
            mode: mode.into(),
        })
        .await
    }

    pub async fn service_key(&self) -> String {
        self.running()
            .broker()
            .service_key(APP, "test")
            .await
            .unwrap()
            .expose()
            .to_owned()
    }

    /// The access token as a function gets it: status, and the body.
    pub async fn token(&self, key: &str) -> (u16, Value) {
        get(
            &format!("{}/api/apps/{APP}/external-auth/tokens/double", self.base()),
            &[("authorization", &format!("Bearer {key}"))],
        )
        .await
    }

    /// The store, seen from another process.
    pub async fn vault(&self) -> Vault {
        let options = self.options();
        Vault::open_with(options.store, options.key, std::sync::Arc::new(SystemClock))
            .await
            .unwrap()
    }
}

pub fn pairs(config: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    config
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Lets the stored access token have ended a second ago.
pub async fn age(house: &House) {
    age_to(house, linchpin_oauth::now_ms() - 1000).await;
}

/// Lets the stored access token end at a time.
pub async fn age_to(house: &House, end: i64) {
    let vault = house.vault().await;
    let key = linchpin_vault::ConnectionKey::shared(APP, "double");
    let live = vault.access(&key).await.unwrap().unwrap();
    let ttl = std::time::Duration::from_secs(9);
    let linchpin_vault::Claim::Leased(lease) = vault.claim(&key, live.generation, "test", ttl).await.unwrap() else {
        panic!("no lease")
    };
    let old = linchpin_vault::Refreshed {
        access: live.token,
        refresh: None,
        expires_at: Some(end),
        scopes: None,
        token_type: None,
    };
    vault.finish_refresh(&lease, old).await.unwrap();
    vault.close().await.unwrap();
}

pub fn secret(text: &str) -> Secret {
    Secret::from(text)
}

pub async fn get(url: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    send(reqwest::Method::GET, url, headers, None).await
}

pub async fn send(method: reqwest::Method, url: &str, headers: &[(&str, &str)], body: Option<Value>) -> (u16, Value) {
    let mut request = browser().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["cache-control"], "no-store", "{url}");
    assert!(!answer.headers().contains_key("access-control-allow-origin"), "{url}");
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Waits for something another task does, without a clock: gives way until it holds.
pub async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..20_000 {
        if holds().await {
            return;
        }
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    panic!("it never came to hold");
}
