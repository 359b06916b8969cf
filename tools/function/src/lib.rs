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

/// Where files of Base44 apps are stored, as the regular expression that a function tests an
/// address with before it fetches it. Source: the addresses that `Core.UploadFile` gives.
pub(crate) const FILES: &str =
    r"/^https:\/\/(base44\.app\/api\/apps|media\.base44\.com\/files|qtrypzzcjebvfcihiynt\.supabase\.co\/storage)\//";
