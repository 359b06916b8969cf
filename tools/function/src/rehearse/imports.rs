//! What a function may import in the sandbox: the SDK, the platform's own module, and files of
//! the app. Everything else is named with its line and the function is not run.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Program;
use super::strip::{Stripped, strip};

/// One of the modules the sandbox brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedded {
    /// `@base44/sdk`, any version.
    Sdk,
    /// `base44:runtime`.
    Runtime,
}

/// Which module of ours a specifier means.
pub(super) fn embedded(specifier: &str) -> Option<Embedded> {
    if specifier == "base44:runtime" {
        return Some(Embedded::Runtime);
    }
    let name = specifier.strip_prefix("npm:").unwrap_or(specifier);
    let rest = name.strip_prefix("@base44/sdk")?;
    (rest.is_empty() || rest.starts_with('@')).then_some(Embedded::Sdk)
}

/// Reads a function and the files it imports, imported ones first.
///
/// # Errors
/// What can't be read or rehearsed, as a sentence with file and line.
pub(super) fn gather(entry: &str, source: &str, modules: &BTreeMap<String, String>) -> Result<Program, String> {
    let mut files = Vec::new();
    let mut open = BTreeSet::new();
    visit(entry, source, modules, &mut open, &mut files)?;
    Ok(Program {
        entry: entry.to_owned(),
        files,
    })
}

fn visit(
    path: &str,
    source: &str,
    modules: &BTreeMap<String, String>,
    open: &mut BTreeSet<String>,
    files: &mut Vec<(String, Stripped)>,
) -> Result<(), String> {
    open.insert(path.to_owned());
    let stripped = strip(path, source)?;
    for import in &stripped.imports {
        let (specifier, line) = (&import.specifier, import.line);
        if embedded(specifier).is_some() {
            continue;
        }
        let target = resolve(path, specifier).filter(|target| modules.contains_key(target));
        let Some(target) = target else {
            return Err(format!(
                "{path}:{line} imports `{specifier}`, which can't be rehearsed: only @base44/sdk, base44:runtime and files of the app can."
            ));
        };
        if files.iter().any(|(done, _)| *done == target) {
            continue;
        }
        if open.contains(&target) {
            return Err(format!(
                "{path}:{line} imports `{specifier}`, which imports it back; a circle can't be rehearsed. Move what both need into a third file."
            ));
        }
        let text = modules.get(&target).map(String::as_str).unwrap_or_default();
        visit(&target, text, modules, open, files)?;
    }
    open.remove(path);
    files.push((path.to_owned(), stripped));
    Ok(())
}

/// The path a relative specifier means, relative to the app.
fn resolve(from: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_known_by_any_version_and_nothing_that_only_looks_like_it() {
        for name in [
            "npm:@base44/sdk@0.8.31",
            "npm:@base44/sdk",
            "@base44/sdk",
            "npm:@base44/sdk@latest",
        ] {
            assert_eq!(embedded(name), Some(Embedded::Sdk), "{name}");
        }
        for name in [
            "npm:@base44/sdk-evil",
            "npm:base44",
            "https://evil.example/@base44/sdk",
            "npm:resend@4",
        ] {
            assert_eq!(embedded(name), None, "{name}");
        }
    }

    #[test]
    fn relative_imports_stay_inside_the_app() {
        let from = "base44/functions/a/entry.ts";
        assert_eq!(
            resolve(from, "../../shared/x.ts").as_deref(),
            Some("base44/shared/x.ts")
        );
        assert_eq!(resolve(from, "./b.ts").as_deref(), Some("base44/functions/a/b.ts"));
        assert_eq!(resolve(from, "../../../../etc/passwd"), None);
    }
}
