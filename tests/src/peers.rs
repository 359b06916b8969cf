//! Real software to test against: Node packages, Deno, tmux.
//!
//! `tests/peers/install.sh` puts the packages into one folder (`LINCHPIN_PEERS_DIR`, by default
//! `~/.cache/linchpin-peers`). Where they are missing a test says so and ends, unless
//! `LINCHPIN_PEERS=required`, as in CI: then it fails.

use std::path::PathBuf;

/// The folder the peers are in.
pub fn folder() -> PathBuf {
    match std::env::var("LINCHPIN_PEERS_DIR") {
        Ok(set) if !set.is_empty() => PathBuf::from(set),
        _ => PathBuf::from(std::env::var("HOME").unwrap_or_default()).join(".cache/linchpin-peers"),
    }
}

/// The path of something in the folder, or `None` after saying what is missing.
pub fn find(relative: &str) -> Option<PathBuf> {
    let path = folder().join(relative);
    if path.exists() {
        return Some(path);
    }
    missing(&path.display().to_string())
}

/// A program of the system, or `None` after saying what is missing.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let found = path
        .split(':')
        .map(|dir| PathBuf::from(dir).join(name))
        .find(|p| p.is_file());
    found.or_else(|| missing(name))
}

fn missing(what: &str) -> Option<PathBuf> {
    let required = std::env::var("LINCHPIN_PEERS").is_ok_and(|v| v == "required");
    assert!(!required, "{what} is missing; run tests/peers/install.sh");
    eprintln!("not tested here: {what} is missing; tests/peers/install.sh installs it");
    None
}

/// Deno, if it is there.
pub fn deno() -> Option<PathBuf> {
    find("deno")
}
