//! The HTTP service: what the unmodified Base44 SDK and command line ask for, and the pages on which an app's
//! user connects an account.
//!
//! Invariants of every route: the `Host` is one of ours, nothing is kept by caches, no other origin reads
//! anything (no CORS header exists here), a body is at most 1 MiB, forwarded headers decide nothing.
//! Source: the requests of `@base44/sdk` 0.8.6 to 0.8.50 and `base44` 0.1.18.

mod app_user;
mod builder;
mod call;
mod fail;
mod guard;
mod limit;
mod page;
mod tokens;
mod users;
mod who;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};
use url::Url;

pub(crate) use app_user::Starts;
use fail::Fail;
pub(crate) use limit::Limits;

use crate::Broker;

/// The largest body, in bytes.
pub(crate) const BODY: usize = 1 << 20;

/// Every route, behind the guard.
pub(crate) fn router(broker: Broker, address: SocketAddr, base: &Url) -> Router {
    let guard = Arc::new(guard::Guard::new(address, base, broker.clone()));
    let app = "/api/apps/{app}";
    Router::new()
        .route(&format!("{app}/external-auth/tokens/{{kind}}"), get(tokens::shared))
        .route(
            &format!("{app}/external-auth/tokens/connectors/{{id}}"),
            get(tokens::by_id),
        )
        .route(
            &format!("{app}/app-user-auth/connectors/{{id}}/token"),
            get(tokens::app_user),
        )
        .route(
            &format!("{app}/app-user-auth/connectors/{{id}}/initiate"),
            post(app_user::initiate),
        )
        .route(
            &format!("{app}/app-user-auth/connectors/{{id}}"),
            delete(app_user::disconnect),
        )
        .route(&format!("{app}/connectors/{{kind}}/call"), post(call::call))
        .route(
            &format!("{app}/external-auth/available-integrations"),
            get(builder::available),
        )
        .route(&format!("{app}/external-auth/list"), get(builder::list))
        .route(&format!("{app}/external-auth/status"), get(builder::status))
        .route(&format!("{app}/external-auth/integrations/{{kind}}"), put(builder::set))
        .route(
            &format!("{app}/external-auth/integrations/{{kind}}/remove"),
            delete(builder::remove),
        )
        .route(&format!("{app}/payments/stripe/status"), get(builder::stripe))
        .route(&format!("{app}/entities/User/me"), get(users::me).put(users::update_me))
        .route("/connect/{handle}", get(app_user::page))
        .route("/connect/{handle}/confirm", post(app_user::confirm))
        .route("/connected/{handle}", get(app_user::ended))
        .route("/api/external-auth/callback/{context}", get(app_user::callback))
        .route("/healthz", get(tokens::health))
        .fallback(async || Fail::absent())
        .method_not_allowed_fallback(async || Fail::method())
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(guard, guard::guard))
        .with_state(broker)
}
