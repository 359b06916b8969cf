//! Connections at rest: envelope encryption, SQLite or PostgreSQL, leases, audit.
//!
//! Why: a stolen database, a swapped row or two processes refreshing at once are how other products lose
//! their users' connections. This crate keeps what a provider granted so that none of the three costs a token.
//! It is not an HTTP client: it never talks to a provider, never parses a model's output, never opens a browser.
//!
//! Invariants: nothing secret is stored in the clear; no key is made while rows exist; a write by a holder that
//! lost its lease changes no row; no failure blanks a row; secrets have no `Debug`, `Display`, `Serialize`, `Clone`.
//!
//! ```no_run
//! # async fn road(deadline: std::time::Duration) -> linchpin_vault::Result<()> {
//! use linchpin_vault::{Claim, ConnectionKey, KeySource, Refreshed, Secret, Store, Vault};
//! let vault = Vault::open(Store::Sqlite("vault/vault.db".into()), KeySource::File("keys/root.key".into())).await?;
//! let key = ConnectionKey::shared("crm", "gmail");
//! let Some(live) = vault.access(&key).await? else { return Ok(()) }; // not connected
//! // Expired? One caller refreshes, the others wait and read again.
//! match vault.claim(&key, live.generation, "broker 7", deadline + deadline / 2).await? {
//!     Claim::Leased(lease) => {
//!         let body = lease.refresh.with(|token| ask_the_provider(token)); // unless `lease.journalled` is there
//!         vault.journal_response(&lease, &body).await?;
//!         let new = Refreshed { access: Secret::from("…"), refresh: None, expires_at: None, scopes: None, token_type: None };
//!         vault.finish_refresh(&lease, new).await?; // or `abandon`, with the reason
//!     }
//!     Claim::Held { .. } | Claim::Moved { .. } | Claim::Closed(_) => {}
//! }
//! # Ok(()) }
//! # fn ask_the_provider(_: &str) -> Vec<u8> { vec![] }
//! ```
//!
//! Source: `security.md` §2.3 and §4 of the design's references (RFC 6749 §6, RFC 7009, RFC 9700 for the flows).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app_keys;
mod audit;
mod binding;
mod clients;
mod clock;
mod connection_row;
mod connections;
mod connectors;
mod db;
mod error;
mod files;
mod flows;
mod journal;
mod keyring;
mod leases;
mod model;
mod root_key;
mod rotation;
mod schema;
mod seal;
mod secret;
mod secrets;
mod tombstones;
mod vault;

pub use app_keys::AppKeyView;
pub use audit::{AuditEntry, AuditHead, AuditRecord};
pub use clients::{Client, ClientView};
pub use clock::{Clock, SystemClock};
pub use connectors::UserConnector;
pub use error::{Error, Result};
pub use flows::{Flow, NewFlow};
pub use journal::{Pending, PendingKind};
pub use leases::{Claim, Lease, Outcome, Refreshed};
pub use model::{Account, ConnectionKey, ConnectionView, Expect, Live, Mode, NewConnection, Reason, Status};
pub use root_key::KeySource;
pub use rotation::{KeyStatus, Resealed};
pub use secret::{Secret, SecretBytes};
pub use secrets::SecretView;
pub use tombstones::{Stray, Tombstone};
pub use vault::{Store, Vault};
