//! `linchpin catalog`: what can be connected.

use std::process::ExitCode;

use linchpin_catalog::{Catalog, Connector, Finding, check, check_text};
use serde_json::json;

use crate::cli::CatalogCommand;
use crate::fail::Fail;
use crate::out;

pub(crate) fn run(command: &CatalogCommand, json: bool) -> Result<ExitCode, Fail> {
    let catalog = Catalog::embedded();
    match command {
        CatalogCommand::List { category: None } => list(&catalog.connectors().collect::<Vec<_>>(), json),
        CatalogCommand::List {
            category: Some(category),
        } => {
            let found = catalog.in_category(category);
            if found.is_empty() {
                let all: Vec<String> = catalog.categories().into_iter().map(|(name, _)| name).collect();
                return Err(Fail::usage(format!(
                    "There is no category `{category}`. There are {}.",
                    all.join(", ")
                )));
            }
            list(&found, json);
        }
        CatalogCommand::Search { words } => list(&catalog.search(&words.join(" ")), json),
        CatalogCommand::Show { id } => {
            let connector = catalog.get(id).ok_or_else(|| {
                let hint = catalog
                    .nearest(id)
                    .map_or_else(String::new, |near| format!(" Did you mean `{}`?", near.id));
                Fail::usage(format!(
                    "There is no connector `{id}`.{hint} `linchpin catalog list` shows all."
                ))
            })?;
            if json {
                out::json(connector);
            } else {
                out::lines(&catalog.sheet(connector));
            }
        }
        CatalogCommand::Check { files } if files.is_empty() => {
            return Ok(report(&check(catalog), catalog.ids().count(), json));
        }
        CatalogCommand::Check { files } => {
            let mut found = Vec::new();
            for file in files {
                let text = std::fs::read_to_string(file)
                    .map_err(|e| Fail::usage(format!("{}: {e}. Name a connector file.", file.display())))?;
                found.extend(check_text(&file.to_string_lossy(), &text));
            }
            return Ok(report(&found, files.len(), json));
        }
        CatalogCommand::Add(args) => super::add::run(args, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(connectors: &[&Connector], json: bool) {
    if json {
        let row =
            |c: &&Connector| json!({"id": c.id, "name": c.name, "categories": c.categories, "purpose": c.purpose});
        return out::json(&json!({"connectors": connectors.iter().map(row).collect::<Vec<_>>()}));
    }
    if connectors.is_empty() {
        out::line("No connector fits. `linchpin catalog list` shows all.");
    }
    for c in connectors {
        out::line(&format!("{:<16} {:<18} {}", c.id, c.name, c.purpose));
    }
}

fn report(findings: &[Finding], files: usize, json: bool) -> ExitCode {
    if json {
        let row = |f: &Finding| json!({"file": f.file, "rule": f.rule, "message": f.reason});
        out::json(&json!({"findings": findings.iter().map(row).collect::<Vec<_>>()}));
    } else {
        for finding in findings {
            out::line(&finding.to_string());
        }
        out::line(&format!("{files} connectors, {} findings", findings.len()));
    }
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
