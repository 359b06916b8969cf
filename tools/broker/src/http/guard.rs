//! What every request must pass before anything looks at it. Source: `security.md` T-BRK-01, 03, 08, 09.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::Fail;
use crate::Broker;

/// The names we answer to.
pub(super) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
    broker: Broker,
}

impl Guard {
    /// The names of a service at `address`, known to browsers as `base`.
    pub(super) fn new(address: SocketAddr, base: &Url, broker: Broker) -> Self {
        let port = address.port();
        let mut hosts = vec![
            format!("127.0.0.1:{port}"),
            format!("localhost:{port}"),
            format!("[::1]:{port}"),
        ];
        if let Some(host) = base.host_str() {
            hosts.push(
                base.port()
                    .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            );
        }
        let mut origins: Vec<String> = hosts.iter().take(3).map(|host| format!("http://{host}")).collect();
        origins.push(base.origin().ascii_serialization());
        Self { hosts, origins, broker }
    }

    fn refuse(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Fail> {
        let mut host = headers.get_all(header::HOST).iter();
        match (host.next().map(HeaderValue::to_str), host.next()) {
            (Some(Ok(host)), None) if self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) => {}
            _ => {
                return Some(Fail::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    "This broker isn't known by that host name.",
                ));
            }
        }
        if *method == Method::OPTIONS {
            return Some(Fail::new(
                StatusCode::FORBIDDEN,
                "Other origins may not call this broker.",
            ));
        }
        for name in headers.keys() {
            // A proxy in front may take `_` for `-`; the one name that has one is the command line's.
            if name.as_str().contains('_') && name != "api_key" {
                return Some(Fail::new(
                    StatusCode::BAD_REQUEST,
                    "A header name has an underscore in it.",
                ));
            }
        }
        let hops = headers
            .get_all(header::CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok());
        if hops.flat_map(|value| value.split(',')).any(|name| {
            !matches!(
                name.trim().to_ascii_lowercase().as_str(),
                "" | "close" | "keep-alive" | "upgrade" | "te" | "http2-settings"
            )
        }) {
            return Some(Fail::new(
                StatusCode::BAD_REQUEST,
                "The Connection header names a header that may not be dropped.",
            ));
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match origins.next() {
            None => None,
            Some(origin) => {
                let own = origins.next().is_none() && self.origins.iter().any(|own| origin == own.as_str());
                let refused = !own || !is_for_browsers(path);
                refused.then(|| Fail::new(StatusCode::FORBIDDEN, "Browsers may not call this."))
            }
        }
    }
}

/// The routes that an app's own pages call. Everything else is for functions and the command line.
fn is_for_browsers(path: &str) -> bool {
    path.starts_with("/connect/")
        || path.starts_with("/connected/")
        || path.ends_with("/entities/User/me")
        || (path.contains("/app-user-auth/connectors/") && !path.ends_with("/token"))
}

/// The guard as a layer.
pub(super) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let mut answer = match guard.refuse(request.method(), request.uri().path(), request.headers()) {
        Some(fail) => fail.into_response(),
        None => next.run(request).await,
    };
    if answer.status() == StatusCode::UNAUTHORIZED
        && let Some(from) = from
        && let Err(wait) = guard.broker.limits.wrong_key(from)
    {
        answer = Fail::too_many(wait).into_response();
    }
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    answer
}
