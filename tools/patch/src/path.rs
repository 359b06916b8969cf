//! A path inside an app. Whatever cannot be one is refused here, for one reason at a time
//! (`reference/security.md` T-MOD-05): no absolute paths, no `..`, no `.git`, no reserved names.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PatchError;

/// A relative path with `/`, proved to stay inside the app's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppPath(String);

const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

impl AppPath {
    /// Checks `path`; the error says which rule it breaks.
    pub fn new(path: impl Into<String>) -> Result<Self, PatchError> {
        let path = path.into();
        match fault(&path) {
            None => Ok(Self(path)),
            Some(why) => Err(PatchError::Path {
                path: path.chars().take(200).collect(),
                why,
            }),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() || path.len() > 1024 {
        return Some("it is empty or longer than 1,024 bytes");
    }
    if path.starts_with('/') || path.starts_with('~') {
        return Some("it is absolute");
    }
    if path.contains('\\') || path.contains(':') || path.contains('%') {
        return Some("it contains `\\`, `:` or `%`");
    }
    if path.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Some("it contains a control or invisible character");
    }
    path.split('/').find_map(segment_fault)
}

fn segment_fault(segment: &str) -> Option<&'static str> {
    let lower = segment.to_lowercase();
    if segment.is_empty() || segment == "." || segment == ".." {
        return Some("it has an empty, `.` or `..` segment");
    }
    if segment.ends_with('.') || segment.ends_with(' ') || segment.starts_with(' ') {
        return Some("a segment begins or ends with a space or ends with a dot");
    }
    if lower.starts_with(".git") || lower == "node_modules" || lower.starts_with(".env") {
        return Some("it reaches into git, the environment or installed packages");
    }
    let stem = lower.split('.').next().unwrap_or_default();
    RESERVED.contains(&stem).then_some("a segment is a reserved name")
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

impl TryFrom<String> for AppPath {
    type Error = PatchError;

    fn try_from(path: String) -> Result<Self, PatchError> {
        Self::new(path)
    }
}

impl From<AppPath> for String {
    fn from(path: AppPath) -> Self {
        path.0
    }
}

impl fmt::Display for AppPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
