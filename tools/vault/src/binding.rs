//! What a sealed value is bound to: the row it belongs to, as unambiguous bytes.
//!
//! Why: a database thief who cannot decrypt can still move a ciphertext to another row. Every column that
//! steers behaviour goes into the associated data, so a moved or edited row fails to open.
//! Invariant: `tag, length, bytes` for every part, never concatenation; absent differs from empty.
//! Source: `security.md` §4.4, T-TOK-11 and T-TOK-13.

use sha2::{Digest, Sha256};

const DOMAIN: &str = "linchpin/v1";

/// The parts of a row, in the order they are written. The numbers are on disk: never reuse one.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Part {
    Domain = 1,
    Install = 2,
    Kind = 3,
    App = 4,
    Connector = 5,
    Issuer = 6,
    Mode = 7,
    User = 8,
    Generation = 9,
    Expiry = 10,
    Scopes = 11,
    Field = 12,
    Client = 13,
    Account = 14,
    TokenType = 15,
    Config = 16,
    Id = 17,
    Name = 18,
    Redirect = 19,
    Epoch = 20,
    Created = 21,
    Note = 22,
    ReturnTo = 23,
    Browser = 24,
}

/// Associated data in the making.
#[derive(Clone)]
pub(crate) struct Binding(Vec<u8>);

impl Binding {
    /// Starts with what every value is bound to: this format, this install, this kind of row.
    pub(crate) fn new(install: &str, kind: &str) -> Self {
        Self(Vec::with_capacity(256))
            .text(Part::Domain, DOMAIN)
            .text(Part::Install, install)
            .text(Part::Kind, kind)
    }

    pub(crate) fn bytes(mut self, part: Part, bytes: &[u8]) -> Self {
        self.0.push(part as u8);
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn text(self, part: Part, text: &str) -> Self {
        self.bytes(part, text.as_bytes())
    }

    pub(crate) fn number(self, part: Part, number: i64) -> Self {
        self.bytes(part, &number.to_be_bytes())
    }

    /// An absent part is left out, so it differs from an empty one.
    pub(crate) fn maybe(self, part: Part, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(part, text),
            None => self,
        }
    }

    pub(crate) fn maybe_number(self, part: Part, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.number(part, number),
            None => self,
        }
    }

    /// A list as the hash of its length-prefixed items.
    pub(crate) fn list(self, part: Part, items: &[String]) -> Self {
        let mut hash = Sha256::new();
        for item in items {
            hash.update((item.len() as u64).to_be_bytes());
            hash.update(item.as_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        self.bytes(part, &digest)
    }

    /// The associated data of one field of the row.
    pub(crate) fn field(&self, field: &str) -> Vec<u8> {
        self.clone().text(Part::Field, field).0
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn join(parts: &[Option<String>], scopes: &[String]) -> Vec<u8> {
        let at = |i: usize| parts.get(i).cloned().flatten();
        Binding::new(&at(0).unwrap_or_default(), "connection")
            .maybe(Part::App, at(1).as_deref())
            .maybe(Part::Connector, at(2).as_deref())
            .maybe(Part::User, at(3).as_deref())
            .list(Part::Scopes, scopes)
            .field(&at(4).unwrap_or_default())
    }

    #[test]
    fn t_tok_13_moving_a_boundary_changes_the_bytes() {
        let row = |a: &str, b: &str| {
            Binding::new("i", "k")
                .text(Part::App, a)
                .text(Part::Connector, b)
                .field("access")
        };
        assert_ne!(row("ab", "c"), row("a", "bc"));
        assert_ne!(row("", "abc"), row("abc", ""));
        let scopes = |items: &[&str]| {
            let items: Vec<String> = items.iter().map(|s| (*s).to_owned()).collect();
            Binding::new("i", "k").list(Part::Scopes, &items).into_bytes()
        };
        assert_ne!(scopes(&["ab", "c"]), scopes(&["a", "bc"]));
        assert_ne!(scopes(&["a", ""]), scopes(&["a"]));
        assert_ne!(scopes(&[]), scopes(&[""]));
    }

    proptest! {
        /// Over a small alphabet, where collisions would be common: equal bytes mean equal rows.
        #[test]
        fn t_tok_13_equal_bytes_mean_equal_rows(
            rows in prop::collection::vec(
                (prop::collection::vec(prop::option::of("[ab]{0,2}"), 5), prop::collection::vec("[ab]{0,2}", 0..3)),
                2..40,
            )
        ) {
            let mut seen = HashMap::new();
            for (mut parts, scopes) in rows {
                // Install and field are always there: absent and empty are one for them.
                for i in [0, 4] {
                    parts[i].get_or_insert_default();
                }
                let row = (parts, scopes);
                let bytes = join(&row.0, &row.1);
                if let Some(before) = seen.insert(bytes, row.clone()) {
                    prop_assert_eq!(before, row);
                }
            }
        }
    }
}
