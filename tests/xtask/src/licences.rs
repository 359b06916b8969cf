//! Licences of everything that is linked, and crates that must not be there twice or at all.

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

/// What a dependency may be licensed under (any one of an `OR` suffices).
const ALLOWED: [&str; 17] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unlicense",
    "CC0-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "BSL-1.0",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
    "WTFPL",
];

/// Crates that must not come back: a second TLS provider or HTTP stack, C regex engines.
const BANNED: [&str; 5] = ["openssl-sys", "aws-lc-sys", "native-tls", "onig_sys", "git2"];

/// Checks the whole dependency graph, offline.
pub(crate) fn check() -> Result<()> {
    let metadata = MetadataCommand::new()
        .other_options(vec!["--locked".to_owned()])
        .exec()?;
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        if BANNED.contains(&name) {
            faults.push(format!("{name} is banned"));
        }
        match &package.license {
            Some(licence) if allowed(licence) => {}
            Some(licence) => faults.push(format!("{name}: licence {licence} is not on the list")),
            None if package.license_file.is_some() && name == "ring" => {}
            None => faults.push(format!("{name}: no licence named")),
        }
    }
    match faults.as_slice() {
        [] => Ok(()),
        faults => bail!("licences and bans: {}", faults.join("; ")),
    }
}

/// Every part of an `AND` must be allowed, one part of an `OR`.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}
