//! `linchpin apply`, `undo`, `history`.

use std::path::Path;
use std::process::ExitCode;

use linchpin_agent::apply::{Applier, Change};
use linchpin_agent::driver::{Folder, now_ms};
use linchpin_agent::shelf;
use linchpin_catalog::Catalog;
use linchpin_tools::pipeline::{Bench, may_apply};
use serde_json::{Value, json};

use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn apply(name: &str, app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let state = context::paths().of_app(&root);
    let review = shelf::get(&state, name)?;
    let app = linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    let host = Folder::at(&root);
    let bench = Bench {
        app: &app,
        catalog: Catalog::embedded(),
        host: &host,
        now_ms: now_ms(),
    };
    // The policy may have changed since the review; what is blocked now is not applied.
    may_apply(&bench, &review.changeset)?;
    let change = Applier::new(&root, &state)
        .apply(&review.changeset, &review.title, now_ms())
        .map_err(|e| Fail::refused(e.to_string()))?;
    say(&change, "applied", json);
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn undo(app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let state = context::paths().of_app(&root);
    let change = Applier::new(&root, &state)
        .undo(now_ms())
        .map_err(|e| Fail::refused(e.to_string()))?;
    say(&change, "undone", json);
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn history(app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let applier = Applier::new(&root, context::paths().of_app(&root));
    let changes = applier.history().map_err(|e| Fail::refused(e.to_string()))?;
    if json {
        out::json(&json!({"changes": changes.iter().map(row).collect::<Vec<_>>()}));
    } else if changes.is_empty() {
        out::line("Linchpin has changed nothing in this app.");
    } else {
        for change in &changes {
            let when = chrono::DateTime::from_timestamp_millis(change.at_ms)
                .unwrap_or_default()
                .format("%Y-%m-%d %H:%M UTC");
            out::line(&format!(
                "{:>3}  {when}  {}{}",
                change.id.0,
                change.title,
                if change.undone { "  (undone)" } else { "" }
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(change: &Change) -> Value {
    let files: Vec<&str> = change.changeset.files().iter().map(|f| f.path.as_str()).collect();
    json!({"change": change.id, "title": change.title, "at_ms": change.at_ms, "undone": change.undone,
           "changeset": change.changeset.digest(), "files": files})
}

fn say(change: &Change, verb: &str, json: bool) {
    if json {
        return out::json(&row(change));
    }
    out::line(&format!("{verb}: {}", change.title));
    for file in change.changeset.files() {
        out::line(&format!("  {}", file.path));
    }
}
