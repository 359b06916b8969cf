//! `linchpin catalog`: what can be connected.

use std::process::ExitCode;

use linchpin_catalog::{Catalog, Connector, check};
use serde_json::json;

use crate::cli::CatalogCommand;
use crate::fail::Fail;
use crate::out;

pub(crate) fn run(command: &CatalogCommand, json: bool) -> Result<ExitCode, Fail> {
    let catalog = Catalog::embedded();
    match command {
        CatalogCommand::List => list(&catalog.connectors().collect::<Vec<_>>(), json),
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
            show(connector, json);
        }
        CatalogCommand::Check => return Ok(report(catalog, json)),
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

fn show(c: &Connector, json: bool) {
    if json {
        return out::json(c);
    }
    out::line(&format!("{} ({})", c.name, c.id));
    out::line(&c.purpose);
    out::line(&format!("Advised: {}. {}", c.advice.default.as_str(), c.advice.reason));
    out::line("Permissions:");
    for scope in &c.scopes {
        out::line(&format!(
            "  {:<60} {}",
            scope.short.as_ref().unwrap_or(&scope.name),
            scope.sentence
        ));
    }
    out::line("Operations:");
    for o in &c.operations {
        out::line(&format!("  {:<44} {}", o.id, o.title));
    }
    out::line("Set up:");
    out::line(&format!("  {}", c.setup.console_url));
    for step in &c.setup.steps {
        out::line(&format!("  - {step}"));
    }
    for trap in &c.setup.traps {
        out::line(&format!("  ! {trap}"));
    }
    out::line("Try:");
    for prompt in &c.prompts {
        out::line(&format!("  {prompt}"));
    }
}

fn report(catalog: &Catalog, json: bool) -> ExitCode {
    let findings = check(catalog);
    if json {
        let row = |f: &linchpin_catalog::Finding| json!({"file": f.file, "rule": f.rule, "message": f.reason});
        out::json(&json!({"findings": findings.iter().map(row).collect::<Vec<_>>()}));
    } else {
        for finding in &findings {
            out::line(&finding.to_string());
        }
        out::line(&format!(
            "{} connectors, {} findings",
            catalog.ids().count(),
            findings.len()
        ));
    }
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
