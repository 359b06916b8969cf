//! Facts about connectors: what each one is, what its calls need, how to sign in.
//!
//! A connector is data: one TOML file under `connectors/`, and for some vendors a compact
//! method-to-scope table under `facts/` that covers every call of their API. Nothing here
//! does IO at run time: the files are embedded and parsed on first use.
//!
//! Invariant: an endpoint, host or scope that is not in the catalog does not exist for Linchpin.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod address;
mod check;
mod compare;
pub mod custom;
mod error;
mod facts;
mod graphql;
mod host;
mod load;
mod lookup;
mod model;
mod needs;
mod pattern;
mod resolve;
mod scopes;
mod search;
mod sheet;

pub use check::{Finding, check, check_text};
pub use compare::{Comparison, Wider};
pub use error::CatalogError;
pub use load::{Catalog, parse};
pub use model::*;
pub use pattern::takes;
pub use resolve::{Outgoing, Resolved, Unresolved};
pub use scopes::Unlocks;
