//! The listener the browser comes back to: on the literal 127.0.0.1, for one attempt, at one path.
//!
//! Invariants: never another interface; the `Host` must be ours; an answer of another attempt gets 400 and
//! changes nothing; the first answer of this attempt burns its `state`, whatever it says; the answer is a 303
//! to an address without code and state. Source: RFC 8252 §7.3 and §8.3, `security.md` O4, O6, O8.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use linchpin_catalog::{Connector, LOOPBACK_PORT, RedirectRule};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::page::see_other;
use crate::{Attempt, CallbackQuery, Config, LIFETIME, OauthError, Page, Providers, Secret};

/// How long the last page stays for a browser that is slow to ask for it.
const LINGER: Duration = Duration::from_secs(15);

/// A listener that waits for one browser.
pub struct Loopback {
    listener: TcpListener,
    /// The same port on ::1, where the vendor insists on the name `localhost`: nobody else shall answer to it.
    other: Option<TcpListener>,
    port: u16,
    host: String,
    context: String,
}

/// What a browser brought home.
pub struct Came {
    /// The code, for one exchange.
    pub code: Secret,
    /// Its verifier.
    pub verifier: Secret,
    /// Config values that the redirect carried.
    pub config: Config,
}

type Back = (Result<(Secret, Config), OauthError>, oneshot::Sender<Page>);

struct Shared {
    attempt: Attempt,
    connector: Connector,
    port: u16,
    burnt: AtomicBool,
    came: mpsc::Sender<Back>,
    page: watch::Receiver<Option<Page>>,
    put: watch::Sender<Option<Page>>,
    shown: Notify,
    done_path: String,
}

impl Loopback {
    /// Opens the listener for a connector, on the port its redirect rule asks for.
    ///
    /// # Errors
    /// When the port is taken, or the vendor takes https redirects only and no stand-in is in its place.
    pub async fn bind(connector: &Connector, providers: &Providers) -> Result<Self, OauthError> {
        let stands_in = providers.covers(&connector.auth.authorize_url);
        let port = match connector.auth.redirect {
            RedirectRule::LoopbackAnyPort => 0,
            _ if stands_in => 0,
            RedirectRule::LoopbackFixedPort => LOOPBACK_PORT,
            RedirectRule::HttpsOnly => {
                let paste = connector.auth.paste.as_ref();
                let paste = paste.map_or_else(
                    || "this vendor has none".to_owned(),
                    |paste| format!("the {} from {}", paste.name, paste.url),
                );
                return Err(OauthError::HttpsOnly {
                    name: connector.name.clone(),
                    paste,
                });
            }
        };
        Self::on(connector, port).await
    }

    /// Opens the listener on a port; 0 takes any.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn on(connector: &Connector, port: u16) -> Result<Self, OauthError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|e| match e.kind() {
                std::io::ErrorKind::AddrInUse if port != 0 => OauthError::PortTaken {
                    port,
                    name: connector.name.clone(),
                },
                _ => OauthError::NoPort { why: e.to_string() },
            })?;
        let port = listener
            .local_addr()
            .map_err(|e| OauthError::NoPort { why: e.to_string() })?
            .port();
        let host = connector
            .auth
            .loopback_host
            .clone()
            .unwrap_or_else(|| "127.0.0.1".to_owned());
        let other = match host.as_str() {
            "localhost" => match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(listener) => Some(listener),
                Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
                    return Err(OauthError::PortTaken {
                        port,
                        name: connector.name.clone(),
                    });
                }
                // A machine without IPv6.
                Err(_) => None,
            },
            _ => None,
        };
        Ok(Self {
            listener,
            other,
            port,
            host,
            context: connector.id.clone(),
        })
    }

    /// Where the provider sends the browser: `http://127.0.0.1:PORT/cb/CONNECTOR`.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}:{}/cb/{}", self.host, self.port, self.context)
    }

    /// Waits until the browser comes back with this attempt's answer, at most ten minutes. `finish` gets the
    /// code and the verifier (or why there is none) and says which page the browser is shown; the listener
    /// closes after that page. Dropping the future closes it at once.
    ///
    /// # Errors
    /// [`OauthError::Expired`] when nobody came; everything else is `finish`'s to tell.
    pub async fn complete<T, F, Fut>(self, connector: &Connector, attempt: Attempt, finish: F) -> Result<T, OauthError>
    where
        F: FnOnce(Result<Came, OauthError>) -> Fut,
        Fut: Future<Output = (Page, T)>,
    {
        let (came, mut comes) = mpsc::channel::<Back>(1);
        let (put, page) = watch::channel(None);
        let verifier = Secret::from(attempt.verifier.expose());
        let path = format!("/cb/{}", self.context);
        let done_path = format!("/done/{}", self.context);
        let shared = Arc::new(Shared {
            attempt,
            connector: connector.clone(),
            port: self.port,
            burnt: AtomicBool::new(false),
            came,
            page,
            put,
            shown: Notify::new(),
            done_path: done_path.clone(),
        });
        let router = Router::new()
            .route(&path, get(callback))
            .route(&done_path, get(done))
            .fallback(async || Page::absent())
            .with_state(shared.clone());
        let servers = [Some(self.listener), self.other].into_iter().flatten().map(|listener| {
            let router = router.clone();
            tokio::spawn(async move {
                let _ = axum::serve(listener, router).await;
            })
        });
        let closing = Closing(servers.collect());
        let came = tokio::time::timeout(LIFETIME, comes.recv()).await;
        let Ok(Some((back, show))) = came else {
            return Err(OauthError::Expired);
        };
        let came = back.map(|(code, config)| Came { code, verifier, config });
        let (page, value) = finish(came).await;
        let _ = show.send(page);
        tokio::spawn(async move {
            let _ = tokio::time::timeout(LINGER, shared.shown.notified()).await;
            // The answer itself is on its way; give it the blink it needs.
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(closing);
        });
        Ok(value)
    }
}

/// Closes the listener when dropped.
struct Closing(Vec<tokio::task::JoinHandle<()>>);

impl Drop for Closing {
    fn drop(&mut self) {
        for server in &self.0 {
            server.abort();
        }
    }
}

async fn callback(State(shared): State<Arc<Shared>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if !is_ours(&headers, shared.port) {
        return Page::absent().into_response();
    }
    let query = CallbackQuery::parse(&query.unwrap_or_default());
    if !shared.attempt.is_mine(&query) {
        return Page::refused(&OauthError::StateMismatch.to_string()).into_response();
    }
    if shared.burnt.swap(true, Ordering::SeqCst) {
        return Page::refused(&OauthError::StateUsed.to_string()).into_response();
    }
    let config = query.config(&shared.connector);
    let code = shared.attempt.code(&shared.connector, query);
    let back = code.and_then(|code| Ok((code, config?)));
    let (show, shown) = oneshot::channel();
    let page = match shared.came.send((back, show)).await {
        Ok(()) => shown.await.ok(),
        Err(_) => None,
    };
    let page = page.unwrap_or_else(|| Page::failed(&OauthError::Expired.to_string()));
    shared.put.send_replace(Some(page));
    see_other(&shared.done_path)
}

async fn done(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !is_ours(&headers, shared.port) {
        return Page::absent().into_response();
    }
    let page = shared.page.borrow().clone();
    match page {
        Some(page) => {
            shared.shown.notify_one();
            page.into_response()
        }
        None => Page::absent().into_response(),
    }
}

/// A page elsewhere may send a browser here under a name of its own; only our own names are served.
fn is_ours(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    hosts.next().is_none()
        && host.is_some_and(|host| host == format!("127.0.0.1:{port}") || host == format!("localhost:{port}"))
}
