//! The broker: the process that holds keys and tokens, and lends them out.
//!
//! It speaks to two sides. The chat asks over a Unix socket (connect, disconnect, who is connected) and never
//! sees a token. An app's functions ask over HTTP, with the unmodified Base44 SDK, and get access tokens or
//! have calls made for them. It never parses a model's output.
//!
//! Invariants: one refresh per expiry, whatever the number of callers; who someone is comes from a verified
//! key or signature, never from a request's body; a refresh token or a client secret is in no answer; an
//! app-user connection is completed only in the browser of the user who started it.
//! Source: RFC 6749, RFC 6750, the Base44 SDK's and CLI's own requests.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api_keys;
mod broker;
mod connect;
mod disconnect;
mod error;
mod grants;
mod harden;
mod http;
mod jwt;
mod local;
mod options;
mod principal;
mod refresh;
mod run;
mod settings;
mod settle;
mod tokens;
mod view;

pub use broker::Broker;
pub use error::BrokerError;
pub use linchpin_oauth::Providers;
pub use linchpin_vault::{KeySource, Store};
pub use options::Options;
pub use principal::{AppUser, BUILDER};
pub use run::{Running, serve};
