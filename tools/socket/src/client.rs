//! The chat's end of the socket. One connection a call: calls are rare, and a `Wait` that takes
//! minutes then holds nobody up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use crate::{MAX_LINE, Reply, Request};

/// The broker could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Nobody listens, or the connection broke.
    #[error("the broker at {path} can't be reached ({source}). Start Linchpin again; connections are kept.")]
    Unreachable {
        /// The socket's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The broker answered with something else than a reply.
    #[error("the broker gave an answer that this version doesn't understand ({0}). Start Linchpin again.")]
    Garbled(String),
}

/// The path of a broker's socket.
#[derive(Debug, Clone)]
pub struct BrokerSocket {
    path: PathBuf,
}

impl BrokerSocket {
    /// Names a socket; nothing is opened yet.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks, and waits for the reply.
    pub async fn ask(&self, request: &Request) -> Result<Reply, SocketError> {
        self.exchange(request, &[]).await
    }

    /// Stores an OAuth client; the secret goes as raw bytes behind the request.
    pub async fn put_client(&self, family: &str, client_id: &str, secret: &[u8]) -> Result<Reply, SocketError> {
        let request = Request::PutClient {
            family: family.to_owned(),
            client_id: client_id.to_owned(),
            secret_bytes: secret.len(),
        };
        self.exchange(&request, secret).await
    }

    /// Connects with a pasted token or an API key; it goes as raw bytes behind the request.
    pub async fn paste(
        &self,
        app: &str,
        connector: &str,
        mode: &str,
        other_account: bool,
        config: &BTreeMap<String, String>,
        token: &[u8],
    ) -> Result<Reply, SocketError> {
        let request = Request::Paste {
            app: app.to_owned(),
            connector: connector.to_owned(),
            mode: mode.to_owned(),
            other_account,
            config: config.clone(),
            token_bytes: token.len(),
        };
        self.exchange(&request, token).await
    }

    async fn exchange(&self, request: &Request, tail: &[u8]) -> Result<Reply, SocketError> {
        let lost = |source| SocketError::Unreachable {
            path: self.path.clone(),
            source,
        };
        let mut line = serde_json::to_vec(request).map_err(|e| SocketError::Garbled(e.to_string()))?;
        line.push(b'\n');
        let mut stream = UnixStream::connect(&self.path).await.map_err(lost)?;
        stream.write_all(&line).await.map_err(lost)?;
        stream.write_all(tail).await.map_err(lost)?;
        stream.flush().await.map_err(lost)?;
        let mut answer = Vec::new();
        let mut reader = BufReader::new(stream).take(MAX_LINE as u64);
        let read = reader.read_until(b'\n', &mut answer).await.map_err(lost)?;
        if read == 0 {
            return Err(lost(std::io::ErrorKind::UnexpectedEof.into()));
        }
        serde_json::from_slice(&answer).map_err(|e| SocketError::Garbled(e.to_string()))
    }
}
