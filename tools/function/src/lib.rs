//! From a typed intent to a proven function: plan, compile, prove, police, rehearse.
//!
//! Any draft takes the same road whoever wrote it: the compiler, a model, or the builder in an
//! editor. What is known of a draft is derived from its source, never from its plan.
//!
//! Invariants: compiling is deterministic; a call that can't be resolved is named, never
//! guessed; a rehearsal reaches no network, no file and no clock.

mod assemble;
mod check;
pub mod compile;
mod facts;
mod lock;
mod plan;
pub mod police;
pub mod prove;
pub mod rehearse;
pub mod template;

pub use assemble::{AssembleError, assemble, declared_scopes};
pub use check::check;
pub use compile::{CompileError, Draft, compile};
pub use facts::*;
pub use linchpin_catalog::Mode;
pub use lock::{LOCK_FILE, Lock, LockError, Locked};
pub use plan::*;
