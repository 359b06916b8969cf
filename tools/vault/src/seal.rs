//! Sealing and opening one value: XChaCha20-Poly1305 under a key derived for that value alone.
//!
//! Why derived: the data key itself never meets the cipher, so what is sealed for one row can't be opened for
//! another even if the associated data were ignored. Not here: where keys come from (`root_key`, `keyring`).
//! Layout of a sealed value: `0x01 | suite | key id u32 | nonce 24 | ciphertext | tag 16`; the first six bytes are
//! authenticated as well. Source: `security.md` §4.1 to §4.4; RFC 5869; draft-irtf-cfrg-xchacha-03.

use crate::error::{Error, Result};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
/// HKDF-SHA256 and XChaCha20-Poly1305.
const SUITE: u8 = 1;
const HEADER: usize = 6;
const NONCE: usize = 24;
const TAG: usize = 16;

/// 32 secret bytes.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// A key that seals rows, with the id that goes into what it seals.
pub(crate) struct SealingKey {
    pub(crate) kid: u32,
    bytes: KeyBytes,
}

impl SealingKey {
    pub(crate) fn new(kid: u32, bytes: KeyBytes) -> Self {
        Self { kid, bytes }
    }

    /// The key itself, for the audit log's chain.
    pub(crate) fn bytes(&self) -> &KeyBytes {
        &self.bytes
    }

    /// Seals `plain` for the row described by `aad`.
    pub(crate) fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE];
        fill(&mut nonce)?;
        let mut blob = Vec::with_capacity(HEADER + NONCE + plain.len() + TAG);
        blob.push(VERSION);
        blob.push(SUITE);
        blob.extend_from_slice(&self.kid.to_be_bytes());
        let aad = whole(&blob, aad);
        let sealed = self
            .cipher(&aad)?
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| Error::TooLong)?;
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(&sealed);
        Ok(blob)
    }

    /// Opens a value sealed by [`Self::seal`] for the same row. `what` names it in the error.
    pub(crate) fn open(&self, what: &'static str, aad: &[u8], blob: &[u8]) -> Result<Vec<u8>> {
        if key_id(what, blob)? != self.kid {
            return Err(Error::Damaged { what });
        }
        let (head, rest) = blob.split_at_checked(HEADER).ok_or(Error::Damaged { what })?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(Error::Damaged { what })?;
        let aad = whole(head, aad);
        self.cipher(&aad)?
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad })
            .map_err(|_| Error::Damaged { what })
    }

    fn cipher(&self, aad: &[u8]) -> Result<XChaCha20Poly1305> {
        let mut key: KeyBytes = Zeroizing::new([0; 32]);
        expand(&self.bytes, aad, &mut key)?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// Which key sealed `blob`. Fails on a layout this build doesn't know.
pub(crate) fn key_id(what: &'static str, blob: &[u8]) -> Result<u32> {
    match blob {
        [VERSION, SUITE, a, b, c, d, rest @ ..] if rest.len() >= NONCE + TAG => {
            Ok(u32::from_be_bytes([*a, *b, *c, *d]))
        }
        [version, suite, ..] if (*version, *suite) != (VERSION, SUITE) => Err(Error::UnknownLayout {
            version: *version,
            suite: *suite,
        }),
        _ => Err(Error::Damaged { what }),
    }
}

/// HKDF-SHA256 expand: `key` is uniform already, so there is nothing to extract.
pub(crate) fn expand(key: &[u8; 32], info: &[u8], out: &mut [u8; 32]) -> Result<()> {
    let prk = Hkdf::<Sha256>::from_prk(key).map_err(|_| Error::TooLong)?;
    prk.expand(info, out).map_err(|_| Error::TooLong)
}

/// HMAC-SHA256, which is what the extract step of HKDF is (RFC 5869 §2.2).
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    Hkdf::<Sha256>::extract(Some(key), message).0.into()
}

/// Fresh random bytes from the operating system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|_| Error::NoRandomness)
}

/// A fresh random key.
pub(crate) fn fresh_key() -> Result<KeyBytes> {
    let mut key: KeyBytes = Zeroizing::new([0; 32]);
    fill(&mut *key)?;
    Ok(key)
}

/// A fresh random id: 128 bits in hex, after `prefix`.
pub(crate) fn fresh_id(prefix: &str) -> Result<String> {
    let mut bytes = [0u8; 16];
    fill(&mut bytes)?;
    Ok(format!("{prefix}{}", hex(&bytes)))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn whole(head: &[u8], aad: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(head.len() + aad.len());
    whole.extend_from_slice(head);
    whole.extend_from_slice(aad);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(kid: u32) -> SealingKey {
        SealingKey::new(kid, Zeroizing::new([7; 32]))
    }

    proptest! {
        #[test]
        fn opens_to_what_was_sealed(plain in prop::collection::vec(any::<u8>(), 0..300), aad in prop::collection::vec(any::<u8>(), 0..60)) {
            let blob = key(9).seal(&aad, &plain).unwrap();
            prop_assert_eq!(key(9).open("value", &aad, &blob).unwrap(), plain);
        }

        #[test]
        fn any_bytes_are_refused_without_panic(blob in prop::collection::vec(any::<u8>(), 0..120)) {
            prop_assert!(key(9).open("value", b"row", &blob).is_err());
        }
    }

    #[test]
    fn t_tok_12_every_single_bit_matters() {
        let key = key(0x0102_0304);
        let mut flips = 0u32;
        for round in 0..70 {
            let plain = vec![round; usize::from(round) * 3];
            let blob = key.seal(b"row", &plain).unwrap();
            for bit in 0..blob.len() * 8 {
                let mut bent = blob.clone();
                bent[bit / 8] ^= 1 << (bit % 8);
                assert!(key.open("value", b"row", &bent).is_err(), "bit {bit} of {}", blob.len());
                flips += 1;
            }
            for cut in 0..blob.len() {
                assert!(key.open("value", b"row", &blob[..cut]).is_err());
            }
        }
        assert!(flips > 80_000, "{flips}");
    }

    #[test]
    fn the_same_key_under_another_id_does_not_open() {
        let blob = key(1).seal(b"row", b"token").unwrap();
        let mut moved = blob;
        moved[2..6].copy_from_slice(&2u32.to_be_bytes());
        assert!(key(2).open("value", b"row", &moved).is_err());
    }

    #[test]
    fn an_unknown_layout_is_named() {
        let mut blob = key(1).seal(b"row", b"token").unwrap();
        blob[0] = 2;
        assert!(matches!(
            key(1).open("value", b"row", &blob),
            Err(Error::UnknownLayout { version: 2, suite: 1 })
        ));
    }

    #[test]
    fn mac_is_hmac_sha256() {
        // RFC 4231 needs another key length; this is Python's hmac.new(bytes(range(32)), b"linchpin", sha256).
        let key: [u8; 32] = std::array::from_fn(|i| i as u8);
        assert_eq!(
            hex(&mac(&key, b"linchpin")),
            "8d306a9ea8efe0f3edd5da1c9151c789dc44c792551ad5f900a887801a016a51"
        );
    }
}
