//! Everything that is known of a function: prove and police in one reading of its source.
//!
//! Rehearsals are runs of the function and are joined by whoever can run it: `Checked::rehearsed`
//! is the seam.

use std::collections::BTreeMap;

use linchpin_catalog::Catalog;

use crate::police::{self, Policy};
use crate::prove::{self, ProveError, flow};
use crate::{Checked, Rehearsal};

/// Proves and judges `source`, the function `name` in `file`. `declared` are the scopes that the
/// app's connector files declare.
///
/// # Errors
/// When the source does not parse.
pub fn check(
    source: &str,
    name: &str,
    file: &str,
    catalog: &Catalog,
    declared: &BTreeMap<String, Vec<String>>,
    policy: &Policy,
) -> Result<Checked, ProveError> {
    flow::with_parsed(source, &policy.keys, |parsed| match parsed {
        Ok(parsed) => {
            let proof = prove::of_parsed(&parsed, catalog, declared);
            let verdict = police::verdict_of(&parsed, &proof, policy);
            Ok(Checked {
                name: name.to_owned(),
                file: file.to_owned(),
                proof,
                verdict,
                rehearsals: Vec::new(),
            })
        }
        Err(error) => Err(ProveError::of(file, error)),
    })
}

impl Checked {
    /// The same with what runs of it would have sent.
    #[must_use]
    pub fn rehearsed(mut self, rehearsals: Vec<Rehearsal>) -> Self {
        self.rehearsals = rehearsals;
        self
    }

    /// Whether nothing was found: it may be applied, every call is known, every declared scope
    /// suffices, and every run did what it should.
    pub fn is_clean(&self) -> bool {
        self.verdict.ok
            && self.proof.unresolved.is_empty()
            && self.proof.scopes.missing.is_empty()
            && self.rehearsals.iter().all(|rehearsal| rehearsal.ok)
    }
}
