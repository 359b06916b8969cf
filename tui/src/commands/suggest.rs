//! `linchpin suggest`: what could be connected, with reasons.

use std::path::Path;
use std::process::ExitCode;

use linchpin_catalog::Catalog;
use linchpin_suggest::{Options, suggest};
use serde_json::json;

use crate::fail::Fail;
use crate::{context, out};

pub(crate) fn run(app: &Path, limit: usize, json: bool) -> Result<ExitCode, Fail> {
    let root = context::root(app)?;
    let app = linchpin_app::read(&root, &|_| {}).map_err(|e| Fail::refused(e.to_string()))?;
    let options = Options {
        limit,
        time_zone: context::time_zone(),
        ..Options::default()
    };
    let suggestions = suggest(&app, Catalog::embedded(), &options);
    if json {
        out::json(&json!({"suggestions": suggestions}));
        return Ok(ExitCode::SUCCESS);
    }
    if suggestions.is_empty() {
        out::line(
            "Nothing in this app calls for a connector. Say what you want in the chat, or see `linchpin catalog list`.",
        );
    }
    for s in &suggestions {
        out::line(&format!("{}. {}  [{}]", s.rank, s.prompt, s.connector));
        if let Some(replaces) = &s.replaces {
            out::line(&format!("   replaces {replaces}"));
        }
        out::line(&format!("   {}: {}", s.mode.as_str(), s.mode_reason));
        for e in &s.evidence {
            out::line(&format!("   {}:{}  {}", e.file, e.line, e.why));
        }
    }
    Ok(ExitCode::SUCCESS)
}
