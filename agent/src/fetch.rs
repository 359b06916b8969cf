//! Fetches a document that a person named by its address: OAuth metadata, an OpenAPI description.
//!
//! The address comes from outside, so the request could be turned against this machine's own
//! network. Only https to public addresses is spoken; every name is resolved here, the answer is
//! looked at and is the one connected to; each redirect is looked at again; time and size have
//! limits; nothing but the address goes out. No tool of a model reaches this. Source: RFC 9728 §7.7,
//! OWASP SSRF prevention.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The largest document; the greatest descriptions there are take about ten.
const MOST: usize = 16 * 1024 * 1024;
/// How many redirects are followed.
const HOPS: usize = 3;

/// Which addresses may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public ones, by https.
    Public,
    /// Those and this machine's own, by http too: for somebody who builds the server.
    Developer,
}

/// A document and where it was in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The address after redirects.
    pub url: String,
    /// What was there.
    pub text: String,
}

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is not asked at all.
    #[error("{url} is not fetched: {why}.")]
    Refused {
        /// The address.
        url: String,
        /// Why.
        why: &'static str,
    },
    /// Nothing usable came back.
    #[error("{url} could not be fetched: {why}.")]
    Failed {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
}

/// Fetches one document.
///
/// # Errors
/// When the address may not be asked, or nothing usable came back in time.
pub async fn document(address: &str, reach: Reach) -> Result<Fetched, FetchError> {
    let mut url = allowed(address, reach)?;
    let client = client(reach).map_err(|why| failed(&url, &why))?;
    for _ in 0..=HOPS {
        let answer = client
            .get(url.clone())
            .header("accept", "application/json, application/yaml, text/yaml, */*;q=0.5")
            .send()
            .await
            .map_err(|error| failed(&url, &plain(&error)))?;
        if answer.status().is_redirection() {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
            let to = to.ok_or_else(|| failed(&url, "it leads nowhere"))?;
            url = hop(&url, to, reach)?;
            continue;
        }
        if !answer.status().is_success() {
            return Err(failed(&url, &format!("it answered {}", answer.status().as_u16())));
        }
        return body(url, answer).await;
    }
    Err(failed(&url, "it leads on and on"))
}

async fn body(url: Url, mut answer: reqwest::Response) -> Result<Fetched, FetchError> {
    let large = || failed(&url, "it is larger than 16 MB");
    if answer.content_length().is_some_and(|length| length > MOST as u64) {
        return Err(large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&url, &plain(&error)))? {
        if bytes.len().saturating_add(chunk.len()) > MOST {
            return Err(large());
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).map_err(|_| failed(&url, "it is not text"))?;
    Ok(Fetched {
        url: url.to_string(),
        text,
    })
}

/// The address, when it may be asked.
fn allowed(address: &str, reach: Reach) -> Result<Url, FetchError> {
    let refused = |why| FetchError::Refused {
        url: address.to_owned(),
        why,
    };
    let url = Url::parse(address).map_err(|_| refused("it is not an address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it carries a user name"));
    }
    let host = url.host_str().ok_or_else(|| refused("it names no host"))?;
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    if reach == Reach::Developer && (host == "localhost" || literal.is_some_and(|ip| ip.is_loopback())) {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(refused("it is not https"));
    }
    match literal {
        Some(ip) if !is_public(ip) => Err(refused("it leads into a private network")),
        None if !host.contains('.') || host.ends_with(".localhost") || host.ends_with(".local") => {
            Err(refused("it names a machine of this network"))
        }
        _ => Ok(url),
    }
}

/// Where a redirect leads, looked at like the first address.
fn hop(from: &Url, to: &str, reach: Reach) -> Result<Url, FetchError> {
    let url = from.join(to).map_err(|_| failed(from, "it leads to no address"))?;
    allowed(url.as_str(), reach)
}

fn failed(url: &Url, why: &str) -> FetchError {
    FetchError::Failed {
        url: url.to_string(),
        why: why.to_owned(),
    }
}

fn plain(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if let Some(private) = one.downcast_ref::<Private>() {
            return private.to_string();
        }
        cause = one.source();
    }
    let why = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the exchange failed"
    };
    why.to_owned()
}

fn client(reach: Reach) -> Result<reqwest::Client, String> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // A proxy would resolve the name again.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .dns_resolver(std::sync::Arc::new(Names { reach }))
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .user_agent(concat!("linchpin/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

/// Resolves names and refuses those that lead into a private network. What it answers is what is
/// connected to, so a second answer can't lead elsewhere.
struct Names {
    reach: Reach,
}

/// A name that leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("its name leads into a private network")]
struct Private;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !pinned(&found, reach) {
                return Err(Private.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether every address of a name may be connected to.
fn pinned(found: &[SocketAddr], reach: Reach) -> bool {
    found
        .iter()
        .all(|address| is_public(address.ip()) || (reach == Reach::Developer && address.ip().is_loopback()))
}

/// Whether an address is one of the public network.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_unspecified()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let inner = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    // NAT64 and 6to4 carry an IPv4 address.
    if (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
        return is_public_v4(inner(g, h));
    }
    if a == 0x2002 {
        return is_public_v4(inner(b, c));
    }
    // Of what is given out, only 2000::/3 is public; Teredo and the ranges for documentation are not.
    (a & 0xe000) == 0x2000 && !(a == 0x2001 && (b == 0 || b == 0xdb8)) && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_oa_10_only_public_addresses_are_asked() {
        for address in [
            "http://acme.example.com",
            "ftp://acme.example.com",
            "acme.example.com",
            "file:///etc/passwd",
            "https://user@acme.example.com",
            "https://localhost/x",
            "https://LOCALHOST/x",
            "https://db.localhost",
            "https://printer.local",
            "https://intranet",
            "https://127.0.0.1",
            "https://127.1",
            "https://2130706433",
            "https://0x7f.0.0.1",
            "https://0",
            "https://10.0.0.8",
            "https://172.16.3.4",
            "https://192.168.1.1",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1",
            "https://[::1]",
            "https://[::]",
            "https://[fd00::1]",
            "https://[fe80::1]",
            "https://[::ffff:127.0.0.1]",
            "https://[64:ff9b::10.0.0.1]",
            "https://[2002:7f00:1::]",
            "https://[2001:db8::1]",
        ] {
            assert!(allowed(address, Reach::Public).is_err(), "{address}");
        }
        for address in [
            "https://acme.example.com/openapi.json",
            "https://93.184.215.14",
            "https://[2606:2800:21f::1]",
        ] {
            assert!(allowed(address, Reach::Public).is_ok(), "{address}");
        }
        assert!(allowed("http://127.0.0.1:4000", Reach::Developer).is_ok());
        assert!(allowed("http://acme.example.com", Reach::Developer).is_err());
        assert!(allowed("https://10.0.0.8", Reach::Developer).is_err());
    }

    #[test]
    fn a_name_is_refused_when_any_of_its_addresses_is_private() {
        let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 443);
        assert!(pinned(&[at("93.184.215.14")], Reach::Public));
        assert!(!pinned(&[at("93.184.215.14"), at("10.0.0.1")], Reach::Public));
        assert!(!pinned(&[at("127.0.0.1")], Reach::Public));
        assert!(pinned(&[at("127.0.0.1")], Reach::Developer));
        assert!(!pinned(&[at("169.254.169.254")], Reach::Developer));
    }

    #[test]
    fn each_redirect_is_looked_at_again() {
        let from = Url::parse("https://acme.example.com/a/openapi").unwrap();
        let to = |to: &str| hop(&from, to, Reach::Public).map(|url| url.to_string());
        assert_eq!(to("/b.json").unwrap(), "https://acme.example.com/b.json");
        assert_eq!(to("https://docs.example.com/b").unwrap(), "https://docs.example.com/b");
        for bad in [
            "http://acme.example.com/b",
            "//127.0.0.1/b",
            "https://169.254.169.254/",
            "file:///etc/passwd",
            "https://x@y.com",
        ] {
            assert!(to(bad).is_err(), "{bad}");
        }
    }

    /// Answers every connection with these bytes; its port.
    async fn server(answer: Vec<u8>) -> u16 {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut buffer = [0_u8; 4096];
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        port
    }

    async fn asked(answer: &str) -> Result<Fetched, FetchError> {
        let port = server(answer.as_bytes().to_vec()).await;
        document(&format!("http://127.0.0.1:{port}/doc"), Reach::Developer).await
    }

    #[tokio::test]
    async fn a_document_comes_and_what_is_none_does_not() {
        let good = asked("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            .await
            .unwrap();
        assert_eq!(good.text, "{}");
        let large = asked("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\nconnection: close\r\n\r\n{}").await;
        assert!(large.unwrap_err().to_string().contains("larger than 16 MB"));
        let gone = asked("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        assert!(gone.unwrap_err().to_string().contains("it answered 404"));
        let away =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert!(matches!(asked(away).await, Err(FetchError::Refused { .. })));
        let round = "HTTP/1.1 302 Found\r\nlocation: /doc\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert!(asked(round).await.unwrap_err().to_string().contains("on and on"));
    }
}
