//! The time, as a port: everything here that needs "now" asks a [`Clock`].
//!
//! Leases don't use it: they are judged by the database's own time, so that replicas with
//! different clocks agree (`security.md` T-CON-09).

use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time in milliseconds since 1970-01-01 UTC. Any `Fn() -> i64` is one.
pub trait Clock: Send + Sync {
    /// Milliseconds since the epoch.
    fn now_ms(&self) -> i64;
}

impl<F: Fn() -> i64 + Send + Sync> Clock for F {
    fn now_ms(&self) -> i64 {
        self()
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place in this crate that reads the machine's clock"
    )]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
