//! The broker process, seen from here: started once, when it is first needed, and ended with us.
//!
//! It is the same binary (`linchpin serve`), a process of its own: the chat holds no key and no
//! token. Its standard input is a pipe of ours; when we end, however that happens, the pipe
//! closes and it ends too.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use linchpin_socket::{BrokerSocket, Reply, Request, SocketError, VERSION};
use linchpin_tools::{Broker, Pending};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// How to start a broker.
#[derive(Debug, Clone)]
pub struct BrokerPlan {
    /// The program (this binary).
    pub program: PathBuf,
    /// Its arguments before `--socket PATH`.
    pub args: Vec<String>,
    /// The folder its socket is made in.
    pub runtime: PathBuf,
}

/// The broker process of one chat.
#[derive(Debug)]
pub struct BrokerProcess {
    plan: BrokerPlan,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    socket: BrokerSocket,
    child: Child,
    notes: Vec<String>,
}

/// It is started anew by the next request, so there is nothing to start again but the request.
const ENDED: &str =
    "The broker ended before it had answered. It is started anew when you try again; connections are kept.";

const START_LIMIT: Duration = Duration::from_secs(10);

impl BrokerProcess {
    /// Nothing is started yet.
    pub fn new(plan: BrokerPlan) -> Self {
        Self {
            plan,
            running: Mutex::new(None),
        }
    }

    /// Starts it if it isn't running, and gives what it wants the builder to know.
    pub async fn notes(&self) -> Result<Vec<String>, String> {
        let mut running = self.running.lock().await;
        Ok(self.ensure(&mut running).await?.notes.clone())
    }

    /// Its socket; the process is started if it isn't running.
    pub async fn socket(&self) -> Result<BrokerSocket, String> {
        let mut running = self.running.lock().await;
        Ok(self.ensure(&mut running).await?.socket.clone())
    }

    async fn ensure<'a>(&self, running: &'a mut Option<Running>) -> Result<&'a Running, String> {
        let ended = match running.as_mut() {
            Some(running) => running.child.try_wait().ok().flatten().is_some(),
            None => true,
        };
        if ended {
            *running = Some(self.start().await?);
        }
        running.as_ref().ok_or_else(|| "the broker did not start".to_owned())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts the broker: our own binary, constant arguments"
    )]
    async fn start(&self) -> Result<Running, String> {
        let plan = &self.plan;
        let folder = tempfile_dir(&plan.runtime)?;
        let path = folder.join("broker.sock");
        let mut child = Command::new(&plan.program)
            .args(&plan.args)
            .arg("--socket")
            .arg(&path)
            .arg("--with-parent")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("the broker could not be started ({e}). Check that `linchpin serve` runs."))?;
        let socket = BrokerSocket::at(&path);
        let hello = tokio::time::timeout(START_LIMIT, say_hello(&socket, &mut child)).await;
        match hello {
            Ok(Ok(notes)) => Ok(Running { socket, child, notes }),
            Ok(Err(message)) => Err(message),
            Err(_) => Err("the broker did not answer in time. Run `linchpin doctor`.".to_owned()),
        }
    }
}

/// Waits for the socket to answer, or for the process to end with a reason.
async fn say_hello(socket: &BrokerSocket, child: &mut Child) -> Result<Vec<String>, String> {
    loop {
        if let Ok(reply) = socket.ask(&Request::Hello { version: VERSION }).await {
            return match reply {
                Reply::Hello {
                    version: VERSION,
                    notes,
                } => Ok(notes),
                _ => Err("the broker is of another version. Start Linchpin again.".to_owned()),
            };
        }
        if let Ok(Some(_)) = child.try_wait() {
            return Err(last_words(child).await);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn last_words(child: &mut Child) -> String {
    use tokio::io::AsyncReadExt;
    let mut text = String::new();
    if let Some(stderr) = child.stderr.take() {
        let mut limited = stderr.take(8192);
        let _ = limited.read_to_string(&mut text).await;
    }
    match text.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => line.trim().to_owned(),
        None => "the broker ended at once and said nothing. Run `linchpin doctor`.".to_owned(),
    }
}

/// A fresh folder of ours alone, with a name nobody can guess.
fn tempfile_dir(runtime: &std::path::Path) -> Result<PathBuf, String> {
    use std::os::unix::fs::DirBuilderExt;
    let failed = |e: &dyn std::fmt::Display| {
        format!(
            "the folder {} can't be used ({e}). Set XDG_RUNTIME_DIR to a folder of yours.",
            runtime.display()
        )
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(runtime)
        .map_err(|e| failed(&e))?;
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|e| failed(&e))?;
    let name: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let folder = runtime.join(name);
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(|e| failed(&e))?;
    Ok(folder)
}

impl Broker for BrokerProcess {
    fn ask<'a>(&'a self, request: Request) -> Pending<'a, Result<Reply, String>> {
        Box::pin(async move {
            let socket = self.socket().await?;
            socket.ask(&request).await.map_err(|e| match e {
                SocketError::Unreachable { .. } => ENDED.to_owned(),
                e @ SocketError::Garbled(_) => e.to_string(),
            })
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The pipe closes with the child handle; the socket's folder goes with it.
        let _ = self.child.start_kill();
        if let Some(folder) = self.socket.path().parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
