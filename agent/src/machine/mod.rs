//! The agent as a pure state machine: an [`Input`] in, [`Effect`]s out, no IO, no clock, no chance.
//!
//! The driver carries out the effects and feeds back what came of them. Because the machine is
//! deterministic, the log of its inputs is the session: replaying it gives the same state, and
//! resuming is replaying it and then stepping with an [`Input::Started`] that says so.
//!
//! Invariants, property-tested: every `ToolStarted` gets one `ToolFinished` and every `Asked` one
//! `Settled`; `Apply` only follows a `Decide` that names the changeset last shown, with the hunks
//! chosen; a call of a model is always answered in its messages; after an interruption nothing of
//! that turn goes on.

mod calls;
mod effect;
mod input;
mod ops;
mod review;
mod state;
#[cfg(test)]
mod tests;

pub use effect::{Effect, Effects};
pub use input::{AppliedFiles, Input};
pub use state::Machine;
