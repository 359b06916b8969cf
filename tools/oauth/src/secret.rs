//! A secret text: a code, a verifier, a token. It has no `Debug`, `Display`, `Serialize` or `Clone`, and is
//! wiped when dropped. Copies inside the HTTP client are out of reach.

use secrecy::{ExposeSecret, SecretBox};

/// A secret text.
pub struct Secret(SecretBox<String>);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    pub fn new(text: String) -> Self {
        Self(SecretBox::new(Box::new(text)))
    }

    /// The text, for the call that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}
