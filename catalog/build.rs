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
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), code)?;
    let mut out = io::stdout();
    for folder in ["connectors", "facts"] {
        writeln!(out, "cargo::rerun-if-changed={folder}")?;
    }
    Ok(())
}

/// Writes `static NAME: &[(stem, text)]`, sorted by stem.
fn list(root: &Path, folder: &str, extension: &str, name: &str, code: &mut String) -> Result<(), Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(root.join(folder))?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    writeln!(code, "static {name}: &[(&str, &str)] = &[")?;
    for path in files {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(code, "    ({stem:?}, include_str!({path:?})),")?;
    }
    writeln!(code, "];")?;
    Ok(())
}
