//! `linchpin plan`: a plan's changeset and checks; nothing is written.

use std::path::Path;
use std::process::ExitCode;

use linchpin_agent::driver::Folder;
use linchpin_catalog::Catalog;
use linchpin_function::Plan;
use linchpin_tools::pipeline::{Bench, propose_checked};
use serde_json::json;

use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(file: &Path, app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let text = std::fs::read_to_string(file).map_err(|e| Fail::usage(format!("{}: {e}", file.display())))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|e| {
        Fail::usage(format!(
            "{}: {e}. `linchpin suggest --json` prints plans that fit.",
            file.display()
        ))
    })?;
    let root = context::root(app)?;
    let app = linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    let host = Folder::at(&root);
    let bench = Bench {
        app: &app,
        catalog: Catalog::embedded(),
        host: &host,
        now_ms: linchpin_agent::driver::now_ms(),
    };
    let (review, checked) = propose_checked(&bench, &plan).map_err(|f| Fail::refused(f.message))?;
    linchpin_agent::shelf::put(&context::paths().of_app(&root), &review.changeset.digest(), &review)
        .map_err(|e| Fail::refused(e.to_string()))?;
    if json {
        let file = |f: &linchpin_patch::FileChange| json!({"path": f.path, "text": f.next, "diff": f.unified()});
        out::json(&json!({
            "changeset": review.changeset.digest(),
            "files": review.changeset.files().iter().map(file).collect::<Vec<_>>(),
            "proof": checked.proof, "verdict": checked.verdict, "rehearsals": checked.rehearsals,
        }));
    } else {
        out::lines(&review.changeset.unified());
        super::check::print(&checked);
        out::line(&format!(
            "changeset {}: `linchpin apply {}` applies it",
            review.changeset.digest(),
            review.changeset.digest().short()
        ));
    }
    Ok(if review.blocked {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}
