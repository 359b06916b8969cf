//! Plans to functions: what is written, read line by line in the snapshots.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod fixture;

use fixture::{bookings, plans};
use linchpin_catalog::Catalog;
use linchpin_function::compile;

#[test]
fn functions_read_as_written_by_hand() {
    for plan in plans() {
        let draft =
            compile(&plan, &bookings(), Catalog::embedded()).unwrap_or_else(|error| panic!("{}: {error}", plan.name));
        let mut text = draft.source.clone();
        if let Some((path, automation)) = &draft.automation {
            text.push_str(&format!("\n// {path}\n{automation}"));
        }
        insta::assert_snapshot!(plan.name.clone(), text);
    }
}
