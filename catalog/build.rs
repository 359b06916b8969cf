//! Lists `connectors/*.toml` and `facts/*.tsv` so that adding a connector is adding a file.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::new();
    list(&root, "connectors", "toml", "CONNECTORS", &mut code)?;
    list(&root, "facts", "tsv", "TABLES", &mut code)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("embedded.rs"), code)?;
    fs::write(out.join("entries.rs"), tests(&root)?)?;
    let mut out = io::stdout();
    for folder in ["connectors", "facts"] {
        writeln!(out, "cargo::rerun-if-changed={folder}")?;
    }
    Ok(())
}

/// A test a connector file, named after it, so that a failing one is named by the test itself.
fn tests(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for path in files(root, "connectors", "toml")? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(code, "#[test]\nfn r#{stem}() {{\n    entry({stem:?});\n}}")?;
    }
    Ok(code)
}

/// Writes `static NAME: &[(stem, text)]`, sorted by stem.
fn list(root: &Path, folder: &str, extension: &str, name: &str, code: &mut String) -> Result<(), Box<dyn Error>> {
    writeln!(code, "static {name}: &[(&str, &str)] = &[")?;
    for path in files(root, folder, extension)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(code, "    ({stem:?}, include_str!({path:?})),")?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// The files of a folder with this extension, sorted.
fn files(root: &Path, folder: &str, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(root.join(folder))?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    Ok(files)
}
