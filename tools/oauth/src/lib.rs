//! OAuth flows: authorization code with PKCE on loopback, device codes, a client's own tokens, refresh,
//! revocation, identity probe; and API keys, which the same probe verifies.
//!
//! What a provider does differently is data in the catalog; one transport turns it into RFC 6749 and the
//! `oauth2` crate does the protocol. Every token answer is split in two steps, the network ([`Raw`]) and the
//! reading ([`read`]), so that a caller can write the answer down before anything interprets it.
//!
//! Invariants: PKCE S256 always, but where a vendor refuses its parameters; a `state` works once; no redirect is followed; no answer beyond 1 MiB is
//! read; no error carries a body or a secret. Not here: storage, scheduling of refreshes, opening a browser.
//! Source: RFC 6749, 7009, 7636, 8252, 9207, 9700.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod attempt;
mod callback;
mod config;
mod device;
mod error;
mod expiry;
mod identity;
mod label;
mod long;
mod loopback;
mod page;
mod providers;
mod quirks;
mod revoke;
mod scopes;
mod secret;
mod token;
mod wire;

pub use attempt::{Ask, Attempt, LIFETIME};
pub use callback::CallbackQuery;
pub use config::{Config, accepted, filled, wanting};
pub use device::Device;
pub use error::OauthError;
pub use identity::{Account, Who, show_key, show_paste, show_token};
pub use label::label;
pub use loopback::{Came, Loopback};
pub use page::{Page, see_other};
pub use providers::Providers;
pub use revoke::Tokens;
pub use scopes::{granted, missing, together};
pub use secret::Secret;
pub use token::{Grant, OauthClient, Raw, read};
pub use wire::{Deadlines, Wire, now_ms};
