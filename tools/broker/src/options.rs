//! How a broker is started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use linchpin_catalog::Catalog;
use linchpin_oauth::Providers;
use linchpin_vault::{KeySource, Store};
use url::Url;

use crate::BrokerError;

/// How a broker is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where connections are kept.
    pub store: Store,
    /// Where the root key comes from.
    pub key: KeySource,
    /// The chat's socket; made 0600 in a folder of 0700.
    pub socket: Option<PathBuf>,
    /// The address of the HTTP service; port 0 takes any.
    pub listen: Option<SocketAddr>,
    /// The https origin a proxy serves the broker under, when there is one.
    pub public_url: Option<Url>,
    /// The operator's table of stand-ins.
    pub providers: Providers,
    /// The connectors.
    pub catalog: &'static Catalog,
    /// Stop when standard input ends: the chat that started us holds its other end.
    pub parent_pipe: bool,
}

impl Options {
    /// A broker that keeps everything in one private folder (`vault.db`, `vault.key`, `broker.sock`), with no
    /// HTTP service and the providers and public address of the environment.
    ///
    /// # Errors
    /// When `LINCHPIN_PROVIDERS` or `LINCHPIN_PUBLIC_URL` is set and can't be used.
    pub fn in_folder(folder: &Path) -> Result<Self, BrokerError> {
        let public_url = match std::env::var("LINCHPIN_PUBLIC_URL") {
            Ok(text) if !text.is_empty() => Some(public(&text).ok_or(BrokerError::PublicUrl)?),
            _ => None,
        };
        Ok(Self {
            store: Store::Sqlite(folder.join("vault.db")),
            key: KeySource::File(folder.join("vault.key")),
            socket: Some(folder.join("broker.sock")),
            listen: None,
            public_url,
            providers: Providers::from_env()?,
            catalog: Catalog::embedded(),
            parent_pipe: false,
        })
    }

    /// Refuses what would hand tokens out in the clear.
    pub(crate) fn check(&self) -> Result<(), BrokerError> {
        match self.listen {
            Some(address) if !address.ip().is_loopback() && self.public_url.is_none() => {
                Err(BrokerError::Exposed { address })
            }
            _ => Ok(()),
        }
    }
}

fn public(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "https" && url.has_host() && bare).then_some(url)
}
