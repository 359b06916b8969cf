//! From a function's source to where it reaches: hosts, calls, operations, scopes.
//!
//! The source is read, never its plan. `flow` walks it the way it would run, with values that
//! stand for all a variable may hold; this file turns what the walk met into a `Proof`. A call
//! that can't be followed is named with its line and never guessed.

pub(crate) mod flow;
pub(crate) mod keys;
mod resolve;

pub(crate) use resolve::is_file;

use std::collections::BTreeMap;

use linchpin_catalog::Catalog;

use self::flow::Parsed;
use crate::Proof;

pub use self::keys::Keys;
pub(crate) use self::keys::STORES;

/// Why a source could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The text is not TypeScript.
    #[error("{file}:{line}:{column} is not valid TypeScript: {message}. Correct it there and check again.")]
    Syntax {
        /// The file as given.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// What the parser says.
        message: String,
    },
}

impl ProveError {
    pub(crate) fn of(file: &str, error: flow::NotParsed) -> Self {
        Self::Syntax {
            file: file.to_owned(),
            line: error.line,
            column: error.column,
            message: error.message,
        }
    }
}

/// Where `source` reaches. `file` is only used in messages; `declared` are the scopes that the
/// app's connector files declare, by connector.
///
/// # Errors
/// When the source does not parse.
pub fn prove(
    source: &str,
    file: &str,
    catalog: &Catalog,
    declared: &BTreeMap<String, Vec<String>>,
) -> Result<Proof, ProveError> {
    flow::with_parsed(source, &Keys::of(catalog), |parsed| match parsed {
        Ok(parsed) => Ok(of_parsed(&parsed, catalog, declared)),
        Err(error) => Err(ProveError::of(file, error)),
    })
}

/// The proof of a source that is parsed already.
pub(crate) fn of_parsed(parsed: &Parsed<'_>, catalog: &Catalog, declared: &BTreeMap<String, Vec<String>>) -> Proof {
    resolve::proof(parsed, catalog, declared)
}
