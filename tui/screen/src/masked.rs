//! A secret on its way from the keyboard to the broker.
//!
//! No `Debug`, no `Clone`, no `Serialize`, no `Display`: it can be drawn only as so many dots, and
//! it leaves the screen only inside [`crate::Cmd::Store`]. Its memory is wiped, also where it
//! has to grow.

use zeroize::{Zeroize, Zeroizing};

/// A secret. Wiped from memory when it goes.
#[derive(Default)]
pub struct Masked(Zeroizing<String>);

impl Masked {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// The secret itself, for the one who stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How many characters it has.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing has been typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what is typed or pasted; white space and control characters are not part of a secret.
    pub fn push_str(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        if self.0.len() + c.len_utf8() > self.0.capacity() {
            // Growing in place would leave a copy behind.
            let mut roomier = String::with_capacity((self.0.capacity() * 2).max(256));
            roomier.push_str(&self.0);
            let mut old = std::mem::replace(&mut *self.0, roomier);
            old.zeroize();
        }
        self.0.push(c);
    }

    /// Takes the last character off.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// Wipes it.
    pub fn clear(&mut self) {
        self.0.zeroize();
    }
}
