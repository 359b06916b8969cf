//! Finds a secret however it is written: as it is, base64, base64url, percent-encoded, hex,
//! JSON-escaped, reversed, or cut in pieces of eight (`reference/security.md` T-SEC-01, T-SEC-02).

use std::path::Path;

/// A value that must turn up nowhere.
#[derive(Debug, Clone)]
pub struct Canary {
    name: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    /// A canary with a value of its own.
    pub fn new(name: &str, value: &str) -> Self {
        assert!(value.len() >= 12, "too short to be told from chance");
        let bytes = value.as_bytes();
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let percent: String = bytes.iter().map(|b| format!("%{b:02X}")).collect();
        let escaped = serde_json::to_string(value).unwrap();
        let mut forms = vec![
            ("as it is", bytes.to_vec()),
            ("hex", hex.clone().into_bytes()),
            ("upper-case hex", hex.to_uppercase().into_bytes()),
            ("percent", percent.into_bytes()),
            ("JSON", escaped.trim_matches('"').as_bytes().to_vec()),
            ("reversed", bytes.iter().rev().copied().collect()),
        ];
        // The middle of each of the three alignments of base64, without its ragged ends.
        for skip in 0..3 {
            let whole = base64(&[&b"xxx"[..skip], bytes].concat());
            let inner = whole[4..whole.len() - 4].to_vec();
            forms.push((
                "base64url",
                inner
                    .iter()
                    .map(|b| match b {
                        b'+' => b'-',
                        b'/' => b'_',
                        other => *other,
                    })
                    .collect(),
            ));
            forms.push(("base64", inner));
        }
        // Pieces of eight: the first two standing apart are enough to be seen.
        forms.push((
            "a piece of its middle",
            bytes[2..].chunks(8).next().unwrap_or(bytes).to_vec(),
        ));
        Self {
            name: name.to_owned(),
            forms,
        }
    }

    /// Where it turns up in some bytes, if it does.
    pub fn in_bytes(&self, bytes: &[u8]) -> Option<String> {
        self.forms.iter().find_map(|(form, needle)| {
            let at = find(bytes, needle)?;
            Some(format!("{} ({form}) at byte {at}", self.name))
        })
    }

    /// Fails if it turns up in a file below a folder; `except` names files that may hold it.
    pub fn assert_not_below(&self, folder: &Path, except: &[&str]) {
        let mut open = vec![folder.to_path_buf()];
        while let Some(here) = open.pop() {
            let Ok(entries) = std::fs::read_dir(&here) else {
                continue;
            };
            for path in entries.filter_map(|e| Some(e.ok()?.path())) {
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let found = self.in_bytes(&bytes).filter(|_| !except.contains(&name.as_str()));
                    assert!(found.is_none(), "{}: {}", path.display(), found.unwrap_or_default());
                }
            }
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for chunk in bytes.chunks(3) {
        let n = chunk
            .iter()
            .enumerate()
            .fold(0_u32, |n, (i, b)| n | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let filled = i <= chunk.len();
            out.push(if filled {
                ALPHABET[(n >> (18 - 6 * i) & 63) as usize]
            } else {
                b'='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found() {
        let secret = "ya29.A0-canary/T0ken+x";
        let canary = Canary::new("token", secret);
        for (form, bytes) in &canary.forms {
            let text = [&b"{\"a\":\""[..], bytes, &b"\"}"[..]].concat();
            assert!(canary.in_bytes(&text).is_some(), "{form}");
        }
        let nested = base64(format!("Authorization: Bearer {secret}\r\n").as_bytes());
        assert!(canary.in_bytes(&nested).is_some(), "inside a longer base64 text");
    }

    #[test]
    fn a_text_without_it_is_clean() {
        let canary = Canary::new("token", "ya29.A0-canary/T0ken+x");
        assert_eq!(canary.in_bytes(b"Bearer \xe2\x80\xb9token of gmail\xe2\x80\xba"), None);
    }
}
