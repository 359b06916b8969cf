//! Lists an app's files without entering what is not its own.
//!
//! `.gitignore` is respected inside the app; folders of dependencies and of build results are
//! never entered. Invariants: a link is never followed; a file that may hold a secret is never
//! in the list, so nothing later can open it; the list is sorted, so that a reading is
//! the same on every machine.

use std::path::Path;

use ignore::WalkBuilder;

use crate::{At, Problem};

/// A file worth reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Path relative to the app, with `/`.
    pub(crate) file: String,
    /// Whether it is JSON, with or without comments; else it is JavaScript or TypeScript.
    pub(crate) json: bool,
}

/// Folders that are never the app's own sources, wherever they are.
const FOREIGN: &[&str] = &[
    "node_modules",
    "bower_components",
    "dist",
    "build",
    "out",
    "coverage",
    "target",
    "vendor",
    "venv",
    "__pycache__",
];

/// The app's sources and data files, sorted by path; links are reported and left alone.
pub(crate) fn list(root: &Path, problems: &mut Vec<Problem>) -> Vec<Found> {
    let walk = WalkBuilder::new(root)
        .hidden(true)
        .follow_links(false)
        .parents(false)
        .git_ignore(true)
        .git_global(false)
        .git_exclude(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(|entry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !(folder && entry.depth() > 0 && is_foreign(&entry.file_name().to_string_lossy()))
        })
        .build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(unreadable(root, &error));
                continue;
            }
        };
        let Some(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            continue;
        }
        let Some(file) = relative(root, entry.path()) else {
            continue;
        };
        let Some(json) = worth_reading(&file) else {
            continue;
        };
        if kind.is_symlink() {
            problems.push(Problem {
                at: At { file, line: 1 },
                message: "is a link and was not followed. Put the file itself here if it belongs to the app."
                    .to_owned(),
            });
        } else if kind.is_file() {
            found.push(Found { file, json });
        }
    }
    found.sort();
    found
}

fn is_foreign(name: &str) -> bool {
    FOREIGN.contains(&name)
}

/// The path under `root` with `/`, if it is UTF-8.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// `Some(true)` for JSON, `Some(false)` for code, `None` for what is not read.
pub(crate) fn worth_reading(file: &str) -> Option<bool> {
    let name = file.rsplit('/').next().unwrap_or(file);
    if may_hold_secret(name) || name.ends_with(".d.ts") || name.contains(".min.") {
        return None;
    }
    let stem_is_test = [".test.", ".spec.", ".stories."].iter().any(|mark| name.contains(mark));
    match name.rsplit_once('.')?.1 {
        "js" | "jsx" | "ts" | "tsx" | "mjs" if !stem_is_test => Some(false),
        "json" | "jsonc" if is_fact_file(file) => Some(true),
        _ => None,
    }
}

/// JSON is read where it can say something of the app, and nowhere else.
fn is_fact_file(file: &str) -> bool {
    if file == "package.json" {
        return true;
    }
    let mut folders = file.rsplit('/').skip(1);
    let name = file.rsplit('/').next().unwrap_or(file);
    matches!(
        name,
        "config.json" | "config.jsonc" | "function.json" | "function.jsonc"
    ) || folders.any(|folder| {
        matches!(
            folder.to_ascii_lowercase().as_str(),
            "entities" | "connectors" | "agents" | "workflows" | "base44"
        )
    })
}

/// Whether a file's name says that secrets live in it. Such a file is never opened.
pub(crate) fn may_hold_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let held = name.starts_with(".env")
        || name.starts_with("id_rsa")
        || name.starts_with("id_ed25519")
        || name.starts_with("service-account")
        || name.starts_with("service_account")
        || name.starts_with("serviceaccount")
        || name.starts_with("client_secret");
    held || matches!(
        name.as_str(),
        ".npmrc" | ".netrc" | ".pypirc" | "credentials.json" | "secrets.json" | "secrets.jsonc" | "token.json"
    ) || ["pem", "key", "p12", "pfx", "jks", "keystore"]
        .iter()
        .any(|end| name.rsplit_once('.').is_some_and(|(_, last)| last == *end))
}

fn unreadable(root: &Path, error: &ignore::Error) -> Problem {
    let mut cause = error;
    let mut file = String::new();
    while let ignore::Error::WithPath { path, err } = cause {
        file = relative(root, path).unwrap_or_default();
        cause = err;
    }
    while let ignore::Error::WithDepth { err, .. } = cause {
        cause = err;
    }
    let reason = cause
        .io_error()
        .map_or_else(|| "it could not be listed".to_owned(), ToString::to_string);
    Problem {
        at: At { file, line: 1 },
        message: format!("was left out: {reason}. Check who may read it."),
    }
}
