//! How much anybody may ask: wrong keys by where they come from, calls to a provider by app and connector.
//!
//! A wrong key is looked at all the same, so a good one from the same place is never turned away; only the
//! answer changes. The limit on calls keeps a function that runs in a circle from using up the account's own
//! limit at the provider. Source: `security.md` T-BRK-06.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::broker::lock;

/// Beyond this many, those who have not asked for a while are forgotten.
const MOST: usize = 10_000;

/// The buckets of this process.
#[derive(Default)]
pub(crate) struct Limits {
    wrong_keys: Buckets<IpAddr>,
    calls: Buckets<(String, String)>,
}

impl Limits {
    /// Counts a wrong key; the wait when there were too many (100 at once, then one a second).
    pub(super) fn wrong_key(&self, from: IpAddr) -> Result<(), Duration> {
        self.wrong_keys.take(
            from,
            Rate {
                at_once: 100.0,
                a_second: 1.0,
            },
            now(),
        )
    }

    /// Counts a call for a function; the wait when there were too many (100 at once, then 20 a second).
    pub(super) fn call(&self, app: &str, connector: &str) -> Result<(), Duration> {
        let key = (app.to_owned(), connector.to_owned());
        self.calls.take(
            key,
            Rate {
                at_once: 100.0,
                a_second: 20.0,
            },
            now(),
        )
    }
}

#[derive(Clone, Copy)]
struct Rate {
    at_once: f64,
    a_second: f64,
}

struct Buckets<K>(Mutex<HashMap<K, (f64, Instant)>>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Buckets<K> {
    fn take(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut buckets = lock(&self.0);
        if buckets.len() >= MOST {
            let full = rate.at_once / rate.a_second;
            buckets.retain(|_, (_, at)| now.duration_since(*at).as_secs_f64() < full);
        }
        let (left, at) = buckets.entry(key).or_insert((rate.at_once, now));
        *left = (*left + now.duration_since(*at).as_secs_f64() * rate.a_second).min(rate.at_once);
        *at = now;
        if *left >= 1.0 {
            *left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - *left) / rate.a_second))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a monotonic clock decides how fast is too fast"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_and_is_nobody_elses() {
        let buckets = Buckets::default();
        let rate = Rate {
            at_once: 3.0,
            a_second: 2.0,
        };
        let start = now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert!((0..3).all(|_| buckets.take("a", rate, at(0)).is_ok()));
        assert_eq!(buckets.take("a", rate, at(0)), Err(Duration::from_millis(500)));
        assert!(buckets.take("b", rate, at(0)).is_ok());
        assert!(buckets.take("a", rate, at(400)).is_err());
        assert!(buckets.take("a", rate, at(500)).is_ok());
        // It never holds more than it does at first.
        assert_eq!(
            (0..9).filter(|_| buckets.take("a", rate, at(60_000)).is_ok()).count(),
            3
        );
    }

    #[test]
    fn who_has_been_quiet_is_forgotten() {
        let buckets = Buckets::default();
        let rate = Rate {
            at_once: 1.0,
            a_second: 1.0,
        };
        let start = now();
        assert!((0..MOST).all(|key| buckets.take(key, rate, start).is_ok()));
        buckets.take(MOST, rate, start + Duration::from_secs(2)).unwrap();
        assert_eq!(lock(&buckets.0).len(), 1);
    }
}
