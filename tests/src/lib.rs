//! The doubles and the stage of the end-to-end tests.
//!
//! Real counterparts come first (`peers`); a double is only for what real software won't do on
//! demand: a model that is hostile at every turn, a terminal whose cells can be read, and a scanner
//! that finds a secret however it is written. The provider is a crate of its own (`linchpin-double`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that can't set its stage shall stop loudly"
)]

pub mod canary;
pub mod deno;
pub mod hostile;
pub mod peers;
pub mod playground;
pub mod sweep;
pub mod terminal;
