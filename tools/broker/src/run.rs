//! Start and end of a broker: its listeners, its background work, and stopping without dropping an answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use linchpin_oauth::OauthError;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use crate::harden::harden;
use crate::local::LocalSocket;
use crate::{Broker, BrokerError, Options};

/// How long requests may go on after the order to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A broker that listens. Dropping it stops it at once; [`Running::stop`] lets requests finish.
pub struct Running {
    broker: Broker,
    http: Option<SocketAddr>,
    socket: Option<PathBuf>,
    stop: watch::Sender<bool>,
    served: Option<JoinHandle<()>>,
    background: JoinSet<()>,
    parent_pipe: bool,
}

/// Runs a broker until it is told to stop: SIGTERM, SIGINT, or the end of the parent's pipe. Keeps this
/// process's memory out of core dumps.
///
/// # Errors
/// When it can't be started. See [`Broker::open`].
pub async fn serve(options: Options, ready: impl FnOnce(&Running)) -> Result<(), BrokerError> {
    harden()?;
    let orders = Orders::listen()?;
    let running = Running::start(options).await?;
    ready(&running);
    running.until_told(orders).await
}

/// What tells a process to end. Heard from before anyone is told that it is ready.
struct Orders {
    term: Signal,
    int: Signal,
}

impl Orders {
    fn listen() -> Result<Self, BrokerError> {
        let wrong = BrokerError::Signals;
        Ok(Self {
            term: signal(SignalKind::terminate()).map_err(wrong)?,
            int: signal(SignalKind::interrupt()).map_err(wrong)?,
        })
    }
}

impl Running {
    /// Opens the store and the listeners.
    ///
    /// # Errors
    /// When the store, a socket or an address can't be had.
    pub async fn start(options: Options) -> Result<Self, BrokerError> {
        let broker = Broker::open(&options).await?;
        let local = match &options.socket {
            Some(path) => Some(LocalSocket::bind(path).await?),
            None => None,
        };
        let (stop, stopped) = watch::channel(false);
        let mut background = JoinSet::new();
        let (http, served) = match options.listen {
            Some(address) => {
                let (address, served) = listen(&broker, address, stopped).await?;
                (Some(address), Some(served))
            }
            None => (None, None),
        };
        if let Some(local) = local {
            let broker = broker.clone();
            background.spawn(async move { local.serve(&broker).await });
        }
        let own = broker.clone();
        background.spawn(async move {
            if let Err(error) = own.settle().await {
                tracing::error!(%error, "what the last run left behind could not be settled");
            }
            own.revoke_forever().await;
        });
        Ok(Self {
            broker,
            http,
            socket: options.socket,
            stop,
            served,
            background,
            parent_pipe: options.parent_pipe,
        })
    }

    /// The broker behind the listeners.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Where the HTTP service listens.
    pub fn http(&self) -> Option<SocketAddr> {
        self.http
    }

    /// Where the chat's socket is.
    pub fn socket(&self) -> Option<&std::path::Path> {
        self.socket.as_deref()
    }

    /// Stops taking requests, lets those under way finish (ten seconds at most) and closes the store.
    ///
    /// # Errors
    /// When what is in memory can't be written.
    pub async fn stop(mut self) -> Result<(), BrokerError> {
        self.stop.send_replace(true);
        if let Some(served) = self.served.take() {
            let abort = served.abort_handle();
            if tokio::time::timeout(DRAIN, served).await.is_err() {
                abort.abort();
            }
        }
        self.broker.end_flows();
        let flights: Vec<_> = crate::broker::lock(&self.broker.flights).values().cloned().collect();
        let _ = tokio::time::timeout(DRAIN, futures::future::join_all(flights)).await;
        self.background.shutdown().await;
        self.broker.vault.close().await?;
        Ok(())
    }

    async fn until_told(self, mut orders: Orders) -> Result<(), BrokerError> {
        let parent = self.parent_pipe.then(parent_gone);
        let gone = async {
            match parent {
                Some(gone) => {
                    let _ = gone.await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = orders.term.recv() => tracing::info!("told to stop"),
            _ = orders.int.recv() => tracing::info!("interrupted"),
            () = gone => tracing::info!("the chat has ended"),
        }
        self.stop().await
    }
}

/// Opens the HTTP listener and serves until told to stop.
async fn listen(
    broker: &Broker,
    address: SocketAddr,
    mut stopped: watch::Receiver<bool>,
) -> Result<(SocketAddr, JoinHandle<()>), BrokerError> {
    let wrong = |source| BrokerError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let own = Url::parse(&format!("http://{address}")).map_err(|_| OauthError::NoPort { why: "address".into() })?;
    let base = broker.base.get_or_init(|| own.clone()).clone();
    let router = crate::http::router(broker.clone(), address, &base);
    let served = tokio::spawn(async move {
        let stop = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stop).await {
            tracing::error!(%error, "the HTTP service ended");
        }
    });
    Ok((address, served))
}

/// Ends when standard input does. A thread of its own: a read of standard input can't be called off, and must
/// not hold up the end of the process.
fn parent_gone() -> tokio::sync::oneshot::Receiver<()> {
    let (gone, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut sink = [0u8; 256];
        let mut input = std::io::stdin().lock();
        while std::io::Read::read(&mut input, &mut sink).is_ok_and(|read| read > 0) {}
        let _ = gone.send(());
    });
    told
}
