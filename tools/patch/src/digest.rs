//! SHA-256 names of texts and changesets, as lower-case hex.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest as 64 lower-case hex characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            hex.push(nibble(byte >> 4));
            hex.push(nibble(byte & 15));
        }
        Self(hex)
    }

    /// All 64 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve characters: enough to name a changeset to a person.
    pub fn short(&self) -> &str {
        &self.0[..self.0.len().min(12)]
    }

    /// Whether `given` is this digest or at least twelve of its leading characters.
    pub fn is_named_by(&self, given: &str) -> bool {
        given.len() >= 12 && self.0.starts_with(given)
    }
}

fn nibble(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
