//! Checks connector files before they are part of the catalog: `catcheck FILE…`. Each file is
//! checked by every rule, and all of them, together with the embedded ones, by the rules of families.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use linchpin_catalog::{Catalog, check, check_text, parse};

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        eprintln!("usage: catcheck FILE.toml…");
        return ExitCode::from(2);
    }
    let mut texts = Vec::new();
    let mut findings = 0_usize;
    for path in &paths {
        match std::fs::read_to_string(path) {
            Ok(text) => texts.push((path.as_str(), text)),
            Err(error) => {
                println!("{path}: {error}");
                findings = findings.saturating_add(1);
            }
        }
    }
    let mut ids = Vec::new();
    for (path, text) in &texts {
        for finding in check_text(path, text) {
            println!("{finding}");
            findings = findings.saturating_add(1);
        }
        ids.extend(parse(path, text).map(|connector| connector.id).ok());
    }
    let known = Catalog::embedded();
    let mut all: Vec<(&str, &str)> = texts
        .iter()
        .filter(|(path, text)| parse(path, text).is_ok())
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let rest: Vec<&str> = known.ids().filter(|id| !ids.iter().any(|own| own == id)).collect();
    all.extend(rest.iter().filter_map(|id| Some((*id, known.text(id)?))));
    match Catalog::from_files(&all) {
        Ok(catalog) => {
            for finding in check(&catalog).iter().filter(|finding| finding.rule == "family") {
                println!("{finding}");
                findings = findings.saturating_add(1);
            }
        }
        Err(error) => {
            println!("{error}");
            findings = findings.saturating_add(1);
        }
    }
    println!("{} files, {findings} findings", paths.len());
    if findings == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
