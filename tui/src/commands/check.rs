//! `linchpin check`: prove, police and rehearse functions the app has.

use std::path::PathBuf;
use std::process::ExitCode;

use linchpin_agent::driver::Folder;
use linchpin_catalog::Catalog;
use linchpin_function::Checked;
use linchpin_tools::pipeline::{Bench, check_function, drift};
use serde_json::json;

use crate::cli::CheckArgs;
use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(args: &CheckArgs, json: bool) -> Result<ExitCode, Fail> {
    let (names, folder) = split(args);
    let root = context::root(&folder)?;
    let app = linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    let host = Folder::at(&root);
    let bench = Bench {
        app: &app,
        catalog: Catalog::embedded(),
        host: &host,
        now_ms: linchpin_agent::driver::now_ms(),
    };
    let names = if names.is_empty() {
        app.functions.iter().map(|f| f.name.clone()).collect()
    } else {
        names
    };
    let mut checked = Vec::new();
    let mut failed = Vec::new();
    for name in &names {
        match check_function(&bench, name) {
            Ok(one) => checked.push(one),
            Err(failure) => failed.push(format!("{name}: {}", failure.message)),
        }
    }
    let drift = if args.locked {
        drift(&bench, &checked)
    } else {
        Vec::new()
    };
    let fine = failed.is_empty() && drift.is_empty() && checked.iter().all(is_fine);
    if json {
        out::json(&json!({"functions": checked, "failed": failed, "drift": drift}));
    } else {
        checked.iter().for_each(print);
        failed.iter().chain(&drift).for_each(|line| out::line(line));
        out::line(&format!(
            "{} functions checked, {} need attention",
            names.len(),
            names.len() - checked.iter().filter(|c| is_fine(c)).count()
        ));
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A last argument that is a folder is the app; the others are names.
fn split(args: &CheckArgs) -> (Vec<String>, PathBuf) {
    match args.names.split_last() {
        Some((last, names)) if std::path::Path::new(last).is_dir() => (names.to_vec(), PathBuf::from(last)),
        _ => (args.names.clone(), PathBuf::from(".")),
    }
}

/// Whether nothing about a function needs attention.
pub(crate) fn is_fine(checked: &Checked) -> bool {
    checked.verdict.ok && checked.proof.unresolved.is_empty() && checked.proof.scopes.missing.is_empty()
}

/// The facts about one function, as lines.
pub(crate) fn print(checked: &Checked) {
    out::line(&format!("{}  {}", checked.name, checked.file));
    for call in &checked.proof.calls {
        out::line(&format!(
            "  line {:<4} {} {}{}  {}",
            call.line, call.method, call.host, call.path, call.operation
        ));
    }
    for unknown in &checked.proof.unresolved {
        out::line(&format!("  line {:<4} unresolved: {}", unknown.line, unknown.why));
    }
    for (connector, scopes) in &checked.proof.scopes.needed {
        out::line(&format!("  needs     {connector}: {}", scopes.join(" ")));
    }
    for missing in &checked.proof.scopes.missing {
        out::line(&format!("  missing   {missing}"));
    }
    for violation in &checked.verdict.violations {
        out::line(&format!(
            "  line {:<4} {}: {}",
            violation.line, violation.rule, violation.message
        ));
    }
    for run in &checked.rehearsals {
        let mark = if run.ok { "ok " } else { "NOT" };
        out::line(&format!(
            "  rehearsed {mark} as {:<14} {} {} request(s){}",
            run.caller,
            run.status,
            run.requests.len(),
            run.problem.as_ref().map_or_else(String::new, |p| format!("  {p}"))
        ));
    }
}
