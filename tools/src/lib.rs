//! The tools a model may call, one file each.
//!
//! A tool reads, computes, asks and proposes. It never talks to the screen, never writes, and
//! has no way to approve, apply, read a token, fetch a URL or run a command: what it can reach is
//! the [`Cx`] it is given. The embedded guide and every model call the same [`registry`].
//!
//! Invariant: what a tool shows about a function is derived from the function's code by
//! [`pipeline`], whoever wrote it.

mod advice;
mod cx;
pub mod pipeline;
mod registry;
mod scopes;
mod tool;
mod tools;
mod words;

pub use cx::{Broker, Cx, Host, Pending};
pub use registry::{find, registry};
pub use scopes::function_uses;
pub use tool::{Spec, Tool};
pub use tools::connect::key_step;
