//! A browser of a test: it follows nothing by itself.

use axum::http::header;

/// Follows from the authorize address to the callback and gives its answer, without going on.
pub async fn consent(authorize_url: &str) -> reqwest::Response {
    let browser = browser();
    let there = browser.get(authorize_url).send().await.unwrap();
    let Some(back) = there.headers().get(header::LOCATION) else {
        panic!("no consent: {}", there.text().await.unwrap())
    };
    browser.get(back.to_str().unwrap()).send().await.unwrap()
}

/// An HTTP client that follows nothing and trusts no proxy.
pub fn browser() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
