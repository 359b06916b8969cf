//! Changesets: what would change in an app, in hunks a person can choose from. No IO.
//!
//! A [`Changeset`] holds whole texts before and after; hunks are derived from them, and a
//! [`Selection`] of hunks turns it into the changeset that is really applied.
//!
//! Invariants, property-tested: selecting all hunks gives `next`, selecting none gives `base`,
//! and inverting a changeset brings back the exact bytes. A digest names the texts, the paths
//! and nothing else; equal digests mean equal bytes on disk.

mod changeset;
mod digest;
mod error;
mod hunk;
mod path;

pub use changeset::{Changeset, FileChange};
pub use digest::Digest;
pub use error::PatchError;
pub use hunk::{Hunk, HunkId, Line, LineKind, Selection};
pub use path::AppPath;
