//! The chat's socket: one request a line, one reply a line, in a folder only its owner can enter.
//!
//! Invariants: 0600 in a folder of 0700; a peer with another user id is dropped unread; no reply can carry a
//! token (no type in `linchpin-socket` can); a client secret is read as counted bytes and wiped.

use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use linchpin_oauth::Config;
use linchpin_socket::{MAX_LINE, Reply, Request, VERSION};
use linchpin_vault::ConnectionKey;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use zeroize::Zeroizing;

use crate::connect::{Wanted, chat_key};
use crate::grants::NotStored;
use crate::view::view;
use crate::{BUILDER, Broker, BrokerError};

/// The longest client secret or pasted token, in bytes.
const SECRET: usize = 8 * 1024;
/// How long a connected peer may take to say what it wants.
const SPEAK: Duration = Duration::from_secs(10);

/// The listening socket; its file goes when this is dropped.
pub(crate) struct LocalSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl LocalSocket {
    /// Opens the socket; takes over a file that nobody listens on any more.
    pub(crate) async fn bind(path: &Path) -> Result<Self, BrokerError> {
        let wrong = |source| BrokerError::Socket {
            path: path.to_owned(),
            source,
        };
        private_folder(path).map_err(wrong)?;
        if path.symlink_metadata().is_ok() {
            if UnixStream::connect(path).await.is_ok() {
                return Err(BrokerError::Running { path: path.to_owned() });
            }
            std::fs::remove_file(path).map_err(wrong)?;
        }
        let listener = UnixListener::bind(path).map_err(wrong)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(wrong)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
        })
    }

    /// Serves until dropped.
    pub(crate) async fn serve(&self, broker: &Broker) {
        let own = rustix::process::geteuid().as_raw();
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            match stream.peer_cred() {
                Ok(peer) if peer.uid() == own => {
                    let broker = broker.clone();
                    tokio::spawn(async move {
                        if let Err(error) = converse(&broker, stream).await {
                            tracing::debug!(%error, "a chat hung up");
                        }
                    });
                }
                _ => tracing::warn!("another user's process was turned away from the socket"),
            }
        }
    }
}

fn private_folder(socket: &Path) -> std::io::Result<()> {
    let Some(folder) = socket.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let meta = std::fs::symlink_metadata(folder)?;
    if !meta.is_dir() || meta.uid() != rustix::process::geteuid().as_raw() || meta.mode() & 0o077 != 0 {
        let say = format!(
            "{} must be a folder of your own with mode 0700; run: chmod 700 {}",
            folder.display(),
            folder.display()
        );
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, say));
    }
    Ok(())
}

async fn converse(broker: &Broker, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    loop {
        let Ok(line) = tokio::time::timeout(SPEAK, line(&mut reader)).await else {
            return Ok(());
        };
        let Some(line) = line? else { return Ok(()) };
        let reply = match serde_json::from_slice::<Request>(&line) {
            Ok(Request::PutClient {
                family,
                client_id,
                secret_bytes,
            }) => match tail(&mut reader, secret_bytes).await? {
                Some(secret) => put_client(broker, &family, &client_id, &secret).await,
                None => return Ok(()),
            },
            Ok(Request::Paste {
                app,
                connector,
                mode,
                other_account,
                config,
                token_bytes,
            }) => match tail(&mut reader, token_bytes).await? {
                Some(token) => match chat_key(&app, &connector, &mode) {
                    Some(key) => paste(broker, &key, other_account, &config, &token).await,
                    None => bad_mode(&mode),
                },
                None => return Ok(()),
            },
            Ok(request) => answer(broker, request).await,
            Err(error) => refusal(
                "garbled",
                &format!("The request was not understood ({error}). Start Linchpin again."),
            ),
        };
        let mut bytes = serde_json::to_vec(&reply)?;
        bytes.push(b'\n');
        write.write_all(&bytes).await?;
    }
}

/// The counted bytes behind a request; `None` when they are too many or don't come.
async fn tail(reader: &mut (impl AsyncBufRead + Unpin), count: usize) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    if count > SECRET {
        return Ok(None);
    }
    let mut bytes = Zeroizing::new(vec![0u8; count]);
    match tokio::time::timeout(SPEAK, reader.read_exact(&mut bytes)).await {
        Ok(read) => read.map(|_| Some(bytes)),
        Err(_) => Ok(None),
    }
}

/// One line of at most [`MAX_LINE`] bytes; `None` at the end.
async fn line(reader: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::new());
    let mut limited = reader.take(MAX_LINE as u64);
    let read = limited.read_until(b'\n', &mut line).await?;
    if read > 0 && line.last() != Some(&b'\n') {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    Ok((read > 0).then_some(line))
}

async fn answer(broker: &Broker, request: Request) -> Reply {
    let reply = match request {
        Request::Hello { version } if version == VERSION => Ok(Reply::Hello {
            version: VERSION,
            notes: broker.wire.providers().notes(),
        }),
        Request::Hello { version } => Ok(refusal(
            "version",
            &format!(
                "The chat speaks version {version} and the broker {VERSION}. Start Linchpin again, so that both are the same."
            ),
        )),
        Request::Connections { app } => connections(broker, &app).await,
        Request::Client { family } => broker
            .vault
            .client("", &family)
            .await
            .map_err(NotStored::from)
            .map(|client| Reply::Client {
                client_id: client.map(|c| c.client_id),
            }),
        Request::Begin {
            app,
            connector,
            mode,
            scopes,
            other_account,
            config,
            way,
        } => match chat_key(&app, &connector, &mode) {
            Some(key) => broker
                .begin(Wanted {
                    key,
                    scopes,
                    other_account,
                    config,
                    way,
                    who: BUILDER,
                })
                .await
                .map(|flow| Reply::Begun { flow }),
            None => Ok(bad_mode(&mode)),
        },
        Request::Wait { flow } => Ok(match broker.wait(&flow).await {
            Some(finish) => Reply::Finished { finish },
            None => refusal(
                "unknown_flow",
                "There is no such sign-in any more. Start the connection again.",
            ),
        }),
        Request::Cancel { flow } => {
            broker.cancel(&flow);
            Ok(Reply::Ok)
        }
        Request::Disconnect { app, connector, mode } => match chat_key(&app, &connector, &mode) {
            Some(key) => match broker.disconnect(&key, BUILDER).await {
                Ok(true) => Ok(Reply::Ok),
                Ok(false) => Ok(refusal(
                    "not_connected",
                    &format!("{connector} is not connected in this app; there is nothing to disconnect."),
                )),
                Err(error) => Err(error.into()),
            },
            None => Ok(bad_mode(&mode)),
        },
        // Their bytes are read in `converse`.
        Request::PutClient { .. } | Request::Paste { .. } => Ok(refusal("garbled", "The secret is missing.")),
    };
    reply.unwrap_or_else(|not: NotStored| Reply::Error {
        message: not.message,
        code: not.code,
    })
}

async fn connections(broker: &Broker, app: &str) -> Result<Reply, NotStored> {
    let all = broker.vault.connections(app).await?;
    let mine = all
        .into_iter()
        .filter(|connection| connection.key.user.is_empty() || connection.key.user == BUILDER);
    let connections = mine.map(|connection| {
        let family = connection.client.clone().unwrap_or_default();
        view(
            connection,
            crate::broker::lock(&broker.refused_clients).contains(&family),
        )
    });
    Ok(Reply::Connections {
        connections: connections.collect(),
    })
}

async fn put_client(broker: &Broker, family: &str, client_id: &str, secret: &[u8]) -> Reply {
    if !broker
        .catalog
        .connectors()
        .any(|connector| connector.auth.family == family)
    {
        return refusal(
            "unknown_family",
            &format!("No connector of the catalog uses an OAuth client called `{family}`."),
        );
    }
    let client_id = client_id.trim();
    let Ok(secret) = std::str::from_utf8(secret).map(str::trim) else {
        return refusal(
            "bad_secret",
            "The client secret is not text. Copy it again from the provider's page.",
        );
    };
    let secret = (!secret.is_empty()).then(|| linchpin_vault::Secret::from(secret));
    match broker
        .vault
        .put_client(None, family, client_id, secret.as_ref(), BUILDER)
        .await
    {
        Ok(()) => {
            crate::broker::lock(&broker.refused_clients).remove(family);
            Reply::Ok
        }
        Err(error) => refusal("store", &error.to_string()),
    }
}

async fn paste(broker: &Broker, key: &ConnectionKey, other_account: bool, config: &Config, token: &[u8]) -> Reply {
    let Ok(token) = std::str::from_utf8(token) else {
        return refusal(
            "bad_token",
            "What was pasted is not text. Copy it again from the provider's page.",
        );
    };
    let token = linchpin_oauth::Secret::from(token.trim());
    let finish = broker.paste(key, token, other_account, config).await;
    Reply::Finished { finish }
}

fn bad_mode(mode: &str) -> Reply {
    refusal(
        "bad_mode",
        &format!("`{mode}` is not a mode. Say `shared` or `app_user`."),
    )
}

fn refusal(code: &str, message: &str) -> Reply {
    Reply::Error {
        message: message.to_owned(),
        code: code.to_owned(),
    }
}
