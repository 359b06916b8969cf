//! Deno itself: `deno check`, and a function that serves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::peers;
use crate::playground::repository;

/// Never the network, never an app's `package.json` or `node_modules`.
const OFFLINE: [&str; 3] = ["--cached-only", "--no-config", "--node-modules-dir=none"];

/// A function that serves under Deno.
#[derive(Debug)]
pub struct Function {
    origin: String,
    child: Child,
    printed: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    client: reqwest::Client,
}

/// What a function answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

fn command(deno: &Path, verb: &str) -> Command {
    let mut command = Command::new(deno);
    command.arg(verb).args(OFFLINE).env_clear();
    command
        .env("DENO_DIR", peers::folder().join("deno-dir"))
        .env("NO_COLOR", "1")
        .env("DENO_NO_UPDATE_CHECK", "1");
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Type-checks files, offline.
pub async fn check(deno: &Path, files: &[PathBuf]) -> Output {
    command(deno, "check").args(files).output().await.unwrap()
}

impl Function {
    /// Starts a file; it may listen, ask the platform at `platform` and reach `capture`, and nothing else: no files,
    /// no environment, no other port. Its clock stands at `now_ms`.
    pub async fn start(deno: &Path, file: &Path, platform: &str, capture: &str, now_ms: i64) -> Self {
        let host = |origin: &str| origin.trim_start_matches("http://").to_owned();
        let mut child = command(deno, "run")
            .args(["--no-prompt", "--ignore-env", "--preload"])
            .arg(repository().join("tests/peers/redirect.ts"))
            .arg(format!("--allow-net=127.0.0.1:0,{},{}", host(platform), host(capture)))
            .arg(file)
            .args([capture, &now_ms.to_string()])
            .env("DENO_SERVE_ADDRESS", "tcp:127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        let (tell, mut told) = unbounded_channel();
        let out = child.stdout.take().unwrap();
        let err = child.stderr.take().unwrap();
        let readers = vec![read(out, &printed, tell.clone()), read(err, &printed, tell)];
        let mut origin = None;
        // Ends with its output at the latest: a function that does not start ends.
        while let Some(line) = told.recv().await {
            if let Some(address) = line.strip_prefix("Listening on ") {
                origin = Some(
                    address
                        .split_whitespace()
                        .next()
                        .unwrap()
                        .trim_end_matches('/')
                        .to_owned(),
                );
                break;
            }
        }
        let Some(origin) = origin else {
            panic!("{} does not start:\n{}", file.display(), printed.lock().unwrap())
        };
        Self {
            origin,
            child,
            printed,
            readers,
            client: super::client(),
        }
    }

    /// Sends it a request.
    pub async fn call(&self, headers: &[(&str, String)], body: &str) -> Reply {
        let url = format!("{}/functions/rehearsal", self.origin);
        let mut request = self.client.post(url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        Reply {
            status,
            headers,
            body: answer.text().await.unwrap(),
        }
    }

    /// Ends it and gives everything it printed.
    pub async fn stop(mut self) -> String {
        self.child.kill().await.unwrap();
        for reader in self.readers {
            reader.await.unwrap();
        }
        let printed = self.printed.lock().unwrap();
        printed.clone()
    }
}

fn read(
    from: impl AsyncRead + Send + Unpin + 'static,
    into: &Arc<Mutex<String>>,
    tell: UnboundedSender<String>,
) -> JoinHandle<()> {
    let into = into.clone();
    tokio::spawn(async move {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            into.lock().unwrap().push_str(&format!("{line}\n"));
            let _ = tell.send(line);
        }
    })
}
