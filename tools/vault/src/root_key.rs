//! The root key: 32 bytes that wrap every data key, from one provider chosen once.
//!
//! Why so strict: a second key made "to be helpful" turns every stored token into noise, and a fall-back to
//! another provider hides that the first is gone. Invariants: a key is made only for a store without rows; a wrong,
//! missing or truncated key changes nothing and is an error that names the id expected and found.
//! Source: `security.md` §4.5 and §4.6, T-TOK-14.

use crate::error::{Error, Result};
use crate::files;
use crate::seal::{KeyBytes, expand, fresh_id, fresh_key, hex};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const NONE_YET: &str = "none yet";

/// Where the root key comes from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum KeySource {
    /// A file of 32 bytes, mode 0600. Made at the first start.
    File(PathBuf),
    /// An environment variable with 32 bytes in base64 or hex. Only when the operator asks for it: children
    /// inherit it. Never made.
    Env(String),
}

impl KeySource {
    /// The kind, as recorded in the store.
    pub(crate) fn provider(&self) -> &'static str {
        match self {
            Self::File(_) => "a key file",
            Self::Env(_) => "an environment variable",
        }
    }

    fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Env(name) => format!("the variable {name}"),
        }
    }

    /// The key of a store that recorded `expected`, or the first key of a store without rows.
    pub(crate) fn load(&self, expected: Option<&str>) -> Result<RootKey> {
        let bytes = match self {
            Self::File(path) => self.read_file(path, expected)?,
            Self::Env(name) => self.read_env(name, expected)?,
        };
        let key = RootKey {
            id: key_id(&bytes)?,
            bytes,
        };
        match expected {
            Some(expected) if expected != key.id => Err(Error::KeyWrong {
                expected: expected.to_owned(),
                found: key.id,
                place: self.place(),
            }),
            _ => Ok(key),
        }
    }

    fn read_file(&self, path: &Path, expected: Option<&str>) -> Result<KeyBytes> {
        if !files::is_private_file(path)? {
            match expected {
                Some(expected) => {
                    return Err(Error::KeyMissing {
                        expected: expected.to_owned(),
                        place: self.place(),
                    });
                }
                None => {
                    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                        files::private_folder(folder)?;
                    }
                    // When another starter was first, its key is read below.
                    files::write_new(path, &*fresh_key()?, &fresh_id("")?)?;
                }
            }
        }
        let bytes = files::read_private(path, 32).map_err(|source| Error::KeyUnreadable {
            expected: expected.unwrap_or(NONE_YET).to_owned(),
            path: path.to_owned(),
            source,
        })?;
        let found = if bytes.len() > 32 {
            "more than 32 bytes".to_owned()
        } else {
            format!("{} bytes", bytes.len())
        };
        self.exact(&bytes, found, expected)
    }

    fn read_env(&self, name: &str, expected: Option<&str>) -> Result<KeyBytes> {
        let text = Zeroizing::new(std::env::var(name).unwrap_or_default());
        let text = text.trim();
        if text.is_empty() {
            return Err(match expected {
                Some(expected) => Error::KeyMissing {
                    expected: expected.to_owned(),
                    place: self.place(),
                },
                None => Error::KeyUnset { place: self.place() },
            });
        }
        let bytes = Zeroizing::new(decode(text).unwrap_or_default());
        let found = match bytes.len() {
            0 => "neither base64 nor hex".to_owned(),
            n => format!("{n} bytes"),
        };
        self.exact(&bytes, found, expected)
    }

    fn exact(&self, bytes: &[u8], found: String, expected: Option<&str>) -> Result<KeyBytes> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Error::KeyMalformed {
            expected: expected.unwrap_or(NONE_YET).to_owned(),
            found,
            place: self.place(),
        })?;
        Ok(Zeroizing::new(bytes))
    }
}

/// The root key and its public id.
pub(crate) struct RootKey {
    /// 16 hex digits that name the key and tell nothing about it.
    pub(crate) id: String,
    pub(crate) bytes: KeyBytes,
}

fn key_id(key: &[u8; 32]) -> Result<String> {
    let mut id = Zeroizing::new([0; 32]);
    expand(key, b"linchpin/v1 root key id", &mut id)?;
    Ok(hex(&id[..8]))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return (0..32)
            .map(|i| u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok())
            .collect();
    }
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_and_hex_give_the_same_key() {
        let key: Vec<u8> = (0..32).collect();
        assert_eq!(decode(&hex(&key)).unwrap(), key);
        assert_eq!(decode(&STANDARD.encode(&key)).unwrap(), key);
        assert!(decode("not a key").is_none());
    }
}
