//! Every embedded file says only what can be true.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, check};

#[test]
fn every_file_is_in_order() {
    let found: Vec<String> = check(Catalog::embedded()).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
