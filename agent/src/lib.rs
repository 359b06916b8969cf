//! The agent: a pure machine, one driver with all the IO, and the models it talks to.
//!
//! [`machine`] decides, [`driver`] acts, [`model`] answers, [`apply`] writes, [`session`]
//! remembers. Nothing here can hold a token: the broker is another process, reached through
//! `linchpin-socket`, and this crate never links the vault or the OAuth code.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod apply;
pub mod custom;
pub mod driver;
pub mod fetch;
pub mod machine;
pub mod model;
pub mod paths;
pub mod session;
pub mod shelf;
