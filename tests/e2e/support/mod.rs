//! What the end-to-end tests share.
#![allow(dead_code, unreachable_pub, clippy::disallowed_methods)]

use std::process::Stdio;
use std::time::Duration;

use linchpin_socket::{BrokerSocket, Reply, Request, VERSION};
use linchpin_tests::playground::Playground;

/// Installs the TLS provider; a second time does nothing.
pub fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Stores an OAuth client as the chat's masked field would: through the broker's own socket.
pub async fn store_client(playground: &Playground, binary: &str, table: &str, family: &str, id: &str, secret: &str) {
    let path = playground.path().join("run/t.sock");
    let mut broker = playground
        .command(binary, &["serve", "--socket", path.to_str().unwrap(), "--with-parent"])
        .env("LINCHPIN_PROVIDERS", table)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let socket = BrokerSocket::at(&path);
    for _ in 0..1000 {
        if socket.ask(&Request::Hello { version: VERSION }).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let reply = socket.put_client(family, id, secret.as_bytes()).await.unwrap();
    assert_eq!(reply, Reply::Ok);
    // Its pipe closes, and it ends by itself.
    drop(broker.stdin.take());
    broker.wait().unwrap();
}
