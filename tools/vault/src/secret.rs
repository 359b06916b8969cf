//! Secret values: a token, a client secret, a provider's raw answer.
//!
//! Why a type: a value that can be printed will be. These have no `Debug`, `Display`, `Serialize` and `Clone`
//! (asserted at compile time below), are wiped when dropped, and are seen only inside `with` or through `expose`.
//! Not a promise about copies: what an HTTP client does with the text is out of reach (`security.md` §4.9).

use secrecy::{ExposeSecret, SecretBox};

/// A secret text. Wiped from memory when dropped.
pub struct Secret(SecretBox<String>);

impl Secret {
    /// Takes ownership of `text`; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(SecretBox::new(Box::new(text)))
    }

    /// Lends the text to `look` and gives back what it returns.
    pub fn with<T>(&self, look: impl FnOnce(&str) -> T) -> T {
        look(self.0.expose_secret())
    }

    /// The text itself, for a call that needs to hold it across an await.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn from_utf8(bytes: Vec<u8>) -> Option<Self> {
        match String::from_utf8(bytes) {
            Ok(text) => Some(Self::new(text)),
            Err(wrong) => {
                drop(SecretBytes::new(wrong.into_bytes()));
                None
            }
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

/// Secret bytes, such as the body of a token response before anything has read it.
pub struct SecretBytes(SecretBox<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of `bytes`; the caller keeps no copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Lends the bytes to `look` and gives back what it returns.
    pub fn with<T>(&self, look: impl FnOnce(&[u8]) -> T) -> T {
        look(self.0.expose_secret())
    }

    /// The bytes themselves, for a call that needs to hold them across an await.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

/// Fails to compile when the type has the trait: two blanket rows would then both apply.
macro_rules! assert_lacks {
    ($type:ty: $($bound:path),+) => {$(
        const _: fn() = || {
            struct Has;
            trait Ambiguous<Which> {
                fn pick() {}
            }
            impl<T> Ambiguous<()> for T {}
            impl<T: $bound> Ambiguous<Has> for T {}
            let _ = <$type as Ambiguous<_>>::pick;
        };
    )+};
}

assert_lacks!(Secret: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone);
assert_lacks!(SecretBytes: std::fmt::Debug, serde::Serialize, Clone);
