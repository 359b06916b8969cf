//! The one HTTP client: every byte to or from a provider goes through [`Wire::send`].
//!
//! Invariants: no redirect is followed (a secret is never sent on), connecting takes at most 5 s and an
//! exchange 20 s, at most 1 MiB of an answer is read, TLS is verified against roots that are part of this
//! program (so a machine without a CA store works) plus what the operator names in `SSL_CERT_FILE`.
//! Not here: what the bytes mean.

use std::sync::Arc;
use std::time::Duration;

use http::header::RETRY_AFTER;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::Url;

use crate::{OauthError, Providers};

/// The most that is read of an answer, in bytes.
pub(crate) const MOST: usize = 1 << 20;

/// How long a provider may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// To connect.
    pub connect: Duration,
    /// For the whole exchange.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(20),
        }
    }
}

/// The HTTP client for providers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Wire {
    client: reqwest::Client,
    providers: Arc<Providers>,
}

impl Wire {
    /// A client with the usual deadlines.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(providers: Providers) -> Result<Self, OauthError> {
        Self::with_deadlines(providers, Deadlines::default())
    }

    /// A client with other deadlines.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn with_deadlines(providers: Providers, deadlines: Deadlines) -> Result<Self, OauthError> {
        let tls = |why: String| OauthError::Tls { why };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(trust().map_err(tls)?)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.total)
            .user_agent(concat!("linchpin/", env!("CARGO_PKG_VERSION")));
        if !providers.is_empty() {
            // A stand-in is on this machine; a proxy can't reach it.
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|_| tls("the HTTP client refused its settings".into()))?;
        Ok(Self {
            client,
            providers: Arc::new(providers),
        })
    }

    /// The operator's table of stand-ins.
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Sends a request and reads its whole answer, whatever its status but a redirect.
    ///
    /// # Errors
    /// When nothing came back in time, or too much, or a redirect.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OauthError> {
        let answer = self.pass(request).await?;
        if answer.status().is_redirection() {
            let host = answer
                .extensions()
                .get::<Host>()
                .map(|h| h.0.clone())
                .unwrap_or_default();
            return Err(OauthError::Redirected { host });
        }
        Ok(answer)
    }

    /// Like [`Self::send`], but hands a redirect back like any other answer (for the proxy of API calls,
    /// where the caller decides).
    ///
    /// # Errors
    /// When nothing came back in time, or too much.
    pub async fn pass(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OauthError> {
        let (parts, body) = request.into_parts();
        let host = parts.uri.host().unwrap_or_default().to_owned();
        let unreachable = |why| OauthError::Unreachable {
            host: host.clone(),
            why,
        };
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| unreachable("address"))?;
        let url = self.providers.apply(&url);
        let failed = |e: &reqwest::Error| {
            if e.is_timeout() {
                OauthError::Deadline { host: host.clone() }
            } else if e.is_connect() {
                unreachable("no connection")
            } else if e.is_body() || e.is_decode() {
                unreachable("the answer broke off")
            } else {
                unreachable("the exchange failed")
            }
        };
        let mut answer = self
            .client
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .map_err(|e| failed(&e))?;
        if answer.content_length().is_some_and(|n| n > MOST as u64) {
            return Err(OauthError::TooLarge { host: host.clone() });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| failed(&e))? {
            if bytes.len() + chunk.len() > MOST {
                return Err(OauthError::TooLarge { host: host.clone() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut out = http::Response::new(bytes);
        *out.status_mut() = answer.status();
        *out.headers_mut() = answer.headers().clone();
        out.extensions_mut().insert(Host(host.clone()));
        Ok(out)
    }
}

/// The host an answer came from, for messages.
#[derive(Clone)]
pub(crate) struct Host(pub(crate) String);

/// Seconds to wait as `Retry-After` says: between one second and an hour, whatever it says.
pub(crate) fn retry_after(headers: &http::HeaderMap, now: i64) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => i64::try_from(seconds).unwrap_or(i64::MAX),
        Err(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => i64::MAX,
        Err(_) => chrono::DateTime::parse_from_rfc2822(text)
            .ok()?
            .timestamp()
            .saturating_sub(now / 1000),
    };
    u64::try_from(seconds.clamp(1, 3600)).ok()
}

/// Refuses an answer that says to come back later: 429, and whatever went wrong at the provider.
pub(crate) fn not_busy(host: &str, answer: &http::Response<Vec<u8>>) -> Result<(), OauthError> {
    let status = answer.status().as_u16();
    if status != 429 && status < 500 {
        return Ok(());
    }
    Err(OauthError::Busy {
        host: host.to_owned(),
        status,
        retry_after: retry_after(answer.headers(), now_ms()),
    })
}

/// The machine's clock, in milliseconds since the epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place in this crate that reads the machine's clock"
)]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn trust() -> Result<rustls::ClientConfig, String> {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|p| !p.is_empty()) {
        let certificates = CertificateDer::pem_file_iter(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|e| format!("{}: {e}", path.display()))?;
            roots.add(certificate).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_prv_07_retry_after_is_never_believed_blindly() {
        let at = |text: &str| {
            let mut headers = http::HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, 1_000_000_000_000)
        };
        assert_eq!(at("30"), Some(30));
        assert_eq!(at("0"), Some(1));
        assert_eq!(at("1000000000"), Some(3600));
        assert_eq!(at("99999999999999999999999"), Some(3600));
        assert_eq!(at("Sun, 09 Sep 2001 01:47:40 GMT"), Some(60));
        assert_eq!(at("Sun, 09 Sep 2001 01:00:00 GMT"), Some(1));
        assert_eq!(at("soon"), None);
        assert_eq!(at("-5"), None);
    }
}
