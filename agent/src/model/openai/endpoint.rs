//! Where a model's server is, and the HTTP client that talks to it.
//!
//! The key is held here and nowhere else. It leaves in one header, to one host: redirects aren't
//! followed, and whatever the server echoes is masked before anyone can log or quote it.
//! TLS is verified against roots that are part of this program, plus those of `SSL_CERT_FILE`.

use std::sync::Arc;
use std::time::Duration;

use async_openai::config::Config;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::error::ModelError;

/// A server's address and key. Has no `Debug`.
pub(super) struct Endpoint {
    base: String,
    query: Vec<(String, String)>,
    host: String,
    is_local: bool,
    is_plain: bool,
    key: SecretString,
    authorization: Option<HeaderValue>,
}

/// Shorter ones ("none", "EMPTY") are no secrets, and masking them would eat words.
const SHORTEST_SECRET: usize = 8;

impl Endpoint {
    pub(super) fn new(base_url: &str, key: Option<SecretString>) -> Result<Self, ModelError> {
        let bad = |why| ModelError::Address { why };
        let mut url = Url::parse(base_url.trim()).map_err(|_| bad("it can't be read"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("it begins with neither http:// nor https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it holds a password, which belongs into OPENAI_API_KEY"));
        }
        let name = url.host_str().ok_or_else(|| bad("it names no host"))?.to_owned();
        let host = url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"));
        let is_local = match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        let query = url.query_pairs().into_owned().collect();
        url.set_query(None);
        url.set_fragment(None);
        let base = url.as_str().trim_end_matches('/');
        let base = base.strip_suffix("/chat/completions").unwrap_or(base).to_owned();
        let key = SecretString::from(key.map(|key| key.expose_secret().trim().to_owned()).unwrap_or_default());
        let authorization = match key.expose_secret() {
            "" => None,
            key => {
                let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| ModelError::Key)?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self {
            base,
            query,
            host,
            is_local,
            is_plain: url.scheme() == "http",
            key,
            authorization,
        })
    }

    /// Host and port, for messages.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the key would cross a network unencrypted.
    pub(super) fn exposes_key(&self) -> bool {
        self.is_plain && !self.is_local && self.authorization.is_some()
    }

    /// Takes the key out of what a server sent.
    pub(super) fn mask(&self, bytes: &mut Vec<u8>) {
        let key = self.key.expose_secret().as_bytes();
        if key.len() < SHORTEST_SECRET {
            return;
        }
        while let Some(at) = bytes.windows(key.len()).position(|window| window == key) {
            bytes.splice(at..at + key.len(), *b"***");
        }
    }

    /// The one HTTP client.
    pub(super) fn client(&self, connect: Duration, stall: Duration) -> Result<reqwest::Client, ModelError> {
        let why = |why: String| ModelError::Client { why };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(trust().map_err(why)?)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect)
            .read_timeout(stall)
            .user_agent(concat!("linchpin/", env!("CARGO_PKG_VERSION")));
        if self.is_local {
            // A proxy can't reach this machine.
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|_| why("the HTTP client refused its settings".to_owned()))
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.authorization
            .iter()
            .map(|value| (AUTHORIZATION, value.clone()))
            .collect()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

fn trust() -> Result<rustls::ClientConfig, String> {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()) {
        let unreadable =
            |why: &dyn std::fmt::Display| format!("SSL_CERT_FILE ({}) can't be used, {why}", path.display());
        for certificate in CertificateDer::pem_file_iter(&path).map_err(|e| unreadable(&e))? {
            let certificate = certificate.map_err(|e| unreadable(&e))?;
            roots.add(certificate).map_err(|e| unreadable(&e))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
