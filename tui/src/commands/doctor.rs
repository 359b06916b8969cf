//! `linchpin doctor`: what is there, what is missing, and what to do about it.

use std::path::Path;
use std::process::ExitCode;

use linchpin_agent::driver::BrokerProcess;
use linchpin_agent::model::Mind;
use linchpin_catalog::Catalog;
use serde_json::json;

use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(app: &Path, json: bool) -> Result<ExitCode, Fail> {
    let mut rows: Vec<(bool, &str, String)> = Vec::new();
    let root = context::root(app);
    match root.and_then(|root| linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))) {
        Ok(app) => {
            let problems = app.problems.len();
            rows.push((
                problems == 0,
                "app",
                format!(
                    "{}: {} entities, {} pages, {problems} files could not be read (`linchpin read` lists them)",
                    app.name,
                    app.entities.len(),
                    app.pages.len()
                ),
            ));
        }
        Err(fail) => rows.push((false, "app", fail.message().to_owned())),
    }
    match context::mind() {
        Ok(Mind::Guide) => rows.push((
            true,
            "model",
            "none set: the embedded guide answers. Set OPENAI_API_KEY or OPENAI_BASE_URL for a model.".to_owned(),
        )),
        Ok(mind) => rows.push((true, "model", mind.name())),
        Err(fail) => rows.push((false, "model", fail.message().to_owned())),
    }
    let paths = context::paths();
    rows.push((
        true,
        "folders",
        format!("vault {}, sessions {}", paths.data.display(), paths.state.display()),
    ));
    let broker = BrokerProcess::new(context::broker_plan());
    match context::runtime()?.block_on(broker.notes()) {
        Ok(notes) => rows.push((
            true,
            "broker",
            if notes.is_empty() {
                "starts and answers".to_owned()
            } else {
                notes.join(" ")
            },
        )),
        Err(message) => rows.push((false, "broker", message)),
    }
    rows.push((
        true,
        "catalog",
        format!("{} connectors", Catalog::embedded().ids().count()),
    ));
    let fine = rows.iter().all(|(ok, _, _)| *ok);
    if json {
        let row = |(ok, what, text): &(bool, &str, String)| json!({"what": what, "ok": ok, "text": text});
        out::json(&json!({"ok": fine, "checks": rows.iter().map(row).collect::<Vec<_>>()}));
    } else {
        for (ok, what, text) in &rows {
            out::line(&format!("{} {what:<8} {text}", if *ok { "ok " } else { "NOT" }));
        }
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
