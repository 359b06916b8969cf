//! The embedded guide, driven through the real tools on the two example apps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod declines;
mod desk;
mod phrases;
mod robust;
mod talks;
mod utterances;
