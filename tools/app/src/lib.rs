//! Reads an app's folder into a model with a file and line for every fact.
//!
//! The reader never runs anything of the app and never follows a link out of its folder. What
//! cannot be read is reported in [`App::problems`] and the rest is read. Secrets (`.env`, keys)
//! are not opened at all.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod assemble;
mod automation;
mod call;
mod data;
mod entity;
mod error;
mod facts;
mod guard;
mod infer;
mod json;
mod layout;
mod link;
mod model;
mod page;
mod parse;
mod path;
mod read;
mod reader;
mod role;
#[cfg(test)]
mod role_tests;
mod route;
mod scan;
mod service;
// One line a language reads better than one line a word.
#[rustfmt::skip]
mod stems;
mod tables;
mod visit;
mod visit_jsx;
mod walk;
mod watch;

pub use error::ReadError;
pub use model::*;
pub use read::{Progress, read, sources};
pub use reader::{Reader, Reading};
pub use role::tokens as name_words;
pub use tables::schema;
pub use watch::{Watch, watch};
