//! Lists an app's files without entering what is not its own.
//!
//! `.gitignore` is respected inside the app; folders of dependencies and of build results are
//! never entered. Invariants: a link is never followed; a file that may hold a secret is never
//! in the list, so nothing later can open it; the list is sorted, so that a reading is
//! the same on every machine.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, Walk, WalkBuilder};

use crate::{At, Problem};

/// A file worth reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Path relative to the app, with `/`.
    pub(crate) file: String,
    /// What it holds.
    pub(crate) holds: Holds,
}

/// What a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Holds {
    /// JavaScript or TypeScript.
    Code,
    /// JSON, with or without comments.
    Json,
    /// A Prisma schema.
    Prisma,
    /// SQL.
    Sql,
}

/// Folders that are never the app's own sources, wherever they are.
const FOREIGN: &[&str] = &["node_modules", "bower_components", "venv", "__pycache__"];
/// Folders of build results, unless they lie among sources: `src/components/build` is a component's.
const BUILT: &[&str] = &["dist", "build", "out", "coverage", "target", "vendor"];
/// Folders of sources.
const SOURCES: &[&str] = &["src", "app", "pages", "components", "functions", "base44"];

/// A walk over what may be the app's own.
fn walk(root: &Path) -> Walk {
    let top = root.to_owned();
    WalkBuilder::new(root)
        .hidden(false)
        .follow_links(false)
        .parents(false)
        .git_ignore(true)
        .git_global(false)
        .git_exclude(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let name = entry.file_name().to_string_lossy();
            match folder {
                true => is_own(&top, entry.path(), &name),
                false => !name.starts_with('.'),
            }
        })
        .build()
}

/// The folders that may hold the app's own sources, the app's own first.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    walk(root)
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_dir()))
        .map(DirEntry::into_path)
        .collect()
}

/// The app's sources and data files, sorted by path; links are reported and left alone.
pub(crate) fn list(root: &Path, problems: &mut Vec<Problem>) -> Vec<Found> {
    let mut found = Vec::new();
    for entry in walk(root) {
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
        let Some(holds) = worth_reading(&file) else {
            continue;
        };
        if kind.is_symlink() {
            problems.push(Problem {
                at: At { file, line: 1 },
                message: "is a link and was not followed. Put the file itself here if it belongs to the app."
                    .to_owned(),
            });
        } else if kind.is_file() {
            found.push(Found { file, holds });
        }
    }
    found.sort();
    found
}

/// Whether a folder may hold the app's own sources. A hidden one does when an app was put aside in it.
pub(crate) fn is_own(root: &Path, path: &Path, name: &str) -> bool {
    if name.starts_with('.') {
        return path.join("base44").is_dir();
    }
    if FOREIGN.contains(&name) {
        return false;
    }
    let among_sources = || {
        path.strip_prefix(root).unwrap_or(path).parent().is_some_and(|above| {
            above
                .iter()
                .any(|part| part.to_str().is_some_and(|part| SOURCES.contains(&part)))
        })
    };
    !BUILT.contains(&name) || among_sources()
}

/// The path under `root` with `/`, if it is UTF-8.
pub(crate) fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// What a file holds that says something of the app; `None` for what is not read.
pub(crate) fn worth_reading(file: &str) -> Option<Holds> {
    let name = file.rsplit('/').next().unwrap_or(file);
    if may_hold_secret(name) || name.ends_with(".d.ts") || name.contains(".min.") {
        return None;
    }
    // `GUIDE.md.jsx` is what becomes of a document in an export; its examples are nobody's code.
    let stem_is_test = [".test.", ".spec.", ".stories.", ".md."]
        .iter()
        .any(|mark| name.contains(mark));
    match name.rsplit_once('.')?.1 {
        "js" | "jsx" | "ts" | "tsx" | "mjs" if !stem_is_test => Some(Holds::Code),
        "json" | "jsonc" if is_fact_file(file) => Some(Holds::Json),
        "prisma" => Some(Holds::Prisma),
        "sql" if !name.contains("seed") && !name.contains("dump") => Some(Holds::Sql),
        _ => None,
    }
}

/// JSON is read where it can say something of the app, and nowhere else.
fn is_fact_file(file: &str) -> bool {
    if file.ends_with("package.json") {
        return file == "package.json" || (file.ends_with("/package.json") && file.matches('/').count() <= 2);
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
