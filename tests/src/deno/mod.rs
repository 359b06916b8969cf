//! A function under real Deno with the unmodified SDK, and the world it runs in.
//!
//! `process` is Deno with nothing but the loopback ports it needs; `platform` the app's one origin, with our broker
//! behind it for who-am-I and tokens; `entities` the records; `capture` stands where the providers are. None of
//! them knows the sandbox: what both say alike was said twice.

mod capture;
mod entities;
mod platform;
mod process;
mod query;

pub use capture::{Capture, Sent};
pub use entities::{Access, Entities, Rules, rules};
pub use platform::{Asked, Platform};
pub use process::{Function, Reply, check};

/// A listener on a free port of this machine, and its origin.
async fn listener() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

/// An HTTP client that goes nowhere but where it is told.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
    builder
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
