//! What a tool may ask of a person, and what it hands back. No IO.
//!
//! A tool never talks to the screen and never writes: it returns an [`Outcome`]. Whose account,
//! permissions, signing in and secrets are kinds of [`Question`]; the screen draws them in its own
//! words, so that no text of a model or an app can pose as one.
//!
//! Invariant: no answer carries a secret. A masked value goes from the keyboard to the broker,
//! and the answer only says that it is stored.

mod ask;
mod outcome;
mod review;

pub use ask::*;
pub use linchpin_catalog::{Mode, Sensitivity};
pub use outcome::*;
pub use review::*;
