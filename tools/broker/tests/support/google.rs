//! Google's authorization server played by a certified one (npm oidc-provider, as a process of its own), and a
//! person in a browser who answers its pages. Paths, scopes and origins are the catalog's own.
#![allow(dead_code, unreachable_pub, clippy::disallowed_methods, clippy::print_stderr)]

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use linchpin_catalog::Connector;
use serde_json::{Value, json};
use url::Url;

/// The client the server knows.
pub const CLIENT: &str = "desktop";
/// Its secret.
pub const SECRET: &str = "hush-CANARY-0123456789";

/// The server; it ends when this is dropped.
pub struct Google {
    child: Child,
    /// Where it listens.
    pub origin: String,
    /// The table that sends the catalog's calls to it, for `LINCHPIN_PROVIDERS`.
    pub table: PathBuf,
}

impl Drop for Google {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Google {
    /// Starts it for these connectors of the `google` family; access tokens live `ttl` seconds. Its files go
    /// into `folder`.
    pub fn start(peers: &Path, folder: &Path, connectors: &[&Connector], ttl: u32) -> Self {
        let auth = &connectors[0].auth;
        let path = |address: &str| Url::parse(address).unwrap().path().to_owned();
        let scopes: BTreeSet<&String> = connectors
            .iter()
            .flat_map(|c| &c.scopes)
            .map(|scope| &scope.name)
            .collect();
        let redirects: Vec<String> = connectors
            .iter()
            .flat_map(|c| ["cb", "api/external-auth/callback"].map(|at| format!("http://127.0.0.1/{at}/{}", c.id)))
            .collect();
        let config = json!({
            "modules": peers, "ttl": ttl, "rotate": true,
            "scopes": scopes.into_iter().filter(|scope| !["openid", "email", "profile"].contains(&scope.as_str())).collect::<Vec<_>>(),
            "clients": [{
                "client_id": CLIENT, "client_secret": SECRET, "application_type": "native", "redirect_uris": redirects,
                "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_post",
            }],
            "routes": {
                "authorization": path(&auth.authorize_url), "token": path(&auth.token_url),
                "revocation": path(auth.revoke_url.as_ref().unwrap()), "userinfo": path(&auth.identity.url),
            },
        });
        let file = folder.join("google.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let mut child = Command::new("node")
            .arg(script("oidc-provider.mjs"))
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = serde_json::from_str::<Value>(&line).unwrap()["port"].as_u64().unwrap();
        let origin = format!("http://127.0.0.1:{port}");
        let table = folder.join("providers.toml");
        let hosts: BTreeSet<String> = [
            &auth.authorize_url,
            &auth.token_url,
            auth.revoke_url.as_ref().unwrap(),
            &auth.identity.url,
        ]
        .map(|address| Url::parse(address).unwrap().origin().ascii_serialization())
        .into();
        let lines: String = hosts
            .iter()
            .map(|host| format!("\"{host}\" = \"{origin}\"\n"))
            .collect();
        std::fs::write(&table, format!("[remap]\n{lines}")).unwrap();
        Self { child, origin, table }
    }
}

/// Somebody in a browser: keeps cookies, follows redirects on this machine, fills in the provider's forms.
pub struct Person {
    login: String,
    cookies: HashMap<String, String>,
}

impl Person {
    pub fn new(login: &str) -> Self {
        Self {
            login: login.into(),
            cookies: HashMap::new(),
        }
    }

    /// Goes from the authorize address to the callback; gives the callback's own answer.
    pub async fn answer(&mut self, address: &str, allow: bool) -> reqwest::Response {
        let mut at = Url::parse(address).unwrap();
        for _ in 0..20 {
            let mut answer = self.send(reqwest::Method::GET, &at, None).await;
            if at.path().starts_with("/cb/") {
                return answer;
            }
            if answer.status() == 200 {
                let form = format!("login={}&action={}", self.login, if allow { "allow" } else { "cancel" });
                answer = self.send(reqwest::Method::POST, &at, Some(form)).await;
            }
            assert!(
                answer.status().is_redirection(),
                "{at} {}",
                answer.text().await.unwrap()
            );
            at = at.join(answer.headers()["location"].to_str().unwrap()).unwrap();
        }
        panic!("a circle");
    }

    async fn send(&mut self, method: reqwest::Method, at: &Url, form: Option<String>) -> reqwest::Response {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = browser()
            .request(method, at.clone())
            .header("cookie", cookies.join("; "));
        if let Some(form) = form {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

fn browser() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let none = rustls::RootCertStore::empty();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(none)
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls);
    client
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The folder with the peers' `node_modules`; `None` (said once) where it isn't, unless it must be.
pub fn peers() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = std::env::var_os("LINCHPIN_PEERS_DIR").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| home.join(".cache/linchpin-peers"));
    let all = [
        "node_modules/oidc-provider",
        "node_modules/emulate",
        "node_modules/@base44/sdk",
        "base44-cli/bin",
    ];
    match all.iter().find(|part| !folder.join(part).is_dir()) {
        None => Some(folder),
        Some(part) => {
            let must = std::env::var_os("LINCHPIN_PEERS").is_some_and(|v| v == "required");
            assert!(!must, "{} is missing", folder.join(part).display());
            eprintln!(
                "skipped: {} is missing (LINCHPIN_PEERS_DIR)",
                folder.join(part).display()
            );
            None
        }
    }
}

/// A script of `tests/peers`.
pub fn script(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here
        .ancestors()
        .find(|folder| folder.join("tests/peers").is_dir())
        .unwrap();
    root.join("tests/peers").join(name)
}

/// Runs a program to its end without holding up the broker of this process: output, errors, success.
pub async fn run(command: &mut Command) -> (String, String, bool) {
    let command = command.env("NODE_ENV", "production").stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&out.stdout), text(&out.stderr), out.status.success())
}
