//! No source file over 600 lines, tests apart.

use anyhow::{Context, Result, bail};

const LIMIT: usize = 600;

pub(crate) fn check() -> Result<()> {
    let listed = std::process::Command::new("git")
        .args(["ls-files", "*.rs"])
        .output()
        .context("git ls-files")?;
    let mut faults = Vec::new();
    for path in String::from_utf8_lossy(&listed.stdout).lines() {
        let is_test = path.contains("/tests/") || path.starts_with("tests/") || path.ends_with("tests.rs");
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let lines = text.lines().count();
        if !is_test && lines > LIMIT {
            faults.push(format!("{path} has {lines} lines"));
        }
    }
    match faults.as_slice() {
        [] => Ok(()),
        faults => bail!("files over {LIMIT} lines: {}. Split them.", faults.join("; ")),
    }
}
