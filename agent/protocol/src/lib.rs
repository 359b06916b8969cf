//! The vocabulary between agent and screen: few words in, few words out.
//!
//! [`Op`] is what a person does, [`Event`] what they get to see. Both have one wire form (JSON,
//! tagged by `op` and `event`) that the session log and `exec --json` share.
//!
//! Invariants: fewer than 15 ops and 20 events; every `ToolStarted` gets one `ToolFinished`,
//! every `Asked` one `Settled`; no secret is in either.

mod event;
mod ids;
mod look;
mod op;

pub use event::*;
pub use ids::*;
pub use linchpin_patch as patch;
pub use linchpin_question as question;
pub use look::*;
pub use op::*;
