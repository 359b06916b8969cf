//! How a turn ends: what was written or not, and what is left to do.

use linchpin_catalog::Catalog;
use linchpin_function::{Plan, Trigger};
use serde_json::Value;

use super::names::{capital, connector as connector_name};
use super::turn::Done;

/// A failure in a sentence.
pub(super) fn failed(done: &Done<'_>, what: &str) -> String {
    format!("{what} {}", done.message())
}

/// What came of a proposal, and what is left to do.
pub(super) fn closing(done: &Done<'_>, skipped: bool) -> String {
    let plan: Option<Plan> = serde_json::from_value(done.call.args["plan"].clone()).ok();
    let name = plan.as_ref().map_or("the function", |plan| plan.name.as_str());
    if !done.ok {
        return match done.text("code") {
            Some("no_change") => done.message(),
            Some("interrupted" | "superseded" | "stopped") => "It was stopped; nothing was written.".to_owned(),
            _ => format!(
                "I could not write {name}: {} Say what to change, or ask for something else.",
                done.message()
            ),
        };
    }
    if done.flag("blocked") {
        return format!(
            "The policy forbids {name} as it is, so nothing was written. Say what to change, or reject it."
        );
    }
    if !done.flag("applied") {
        return format!(
            "{} was not written; the app is as it was. Say what to change (“only confirmed ones”, “weekly instead”), or ask for something else.",
            capital(name)
        );
    }
    let files: Vec<String> = done.data["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|file| format!("`{file}`"))
        .collect();
    let mut out = match files.is_empty() {
        true => format!("**{name}** is in the app."),
        false => format!("**{name}** is in the app: {}.", files.join(", ")),
    };
    if let Some(plan) = &plan {
        match &plan.trigger {
            Trigger::Schedule { schedule } => out.push_str(&format!(" It runs {}.", schedule.in_words())),
            Trigger::Entity { .. } => out.push_str(" It starts by itself once the app is deployed."),
            Trigger::Call => out.push_str(&format!(
                " Call it from a page: `base44.functions.invoke(\"{name}\", …)`."
            )),
        }
        let connector = Catalog::embedded().get(&plan.connector);
        if skipped {
            out.push_str(&format!(
                "\n\n{} is not connected yet: `linchpin connect {}` does it.",
                connector_name(&plan.connector),
                plan.connector
            ));
        }
        let after = connector.map(|one| one.setup.after.as_slice()).unwrap_or_default();
        let asked = serde_json::to_string(&plan.steps).is_ok_and(|steps| steps.contains("spreadsheetId"));
        for line in after
            .iter()
            .filter(|line| !line.starts_with("Nothing is left") && !asked)
        {
            out.push_str(&format!(
                "\n\nLeft to do at {}: {line}",
                connector_name(&plan.connector)
            ));
        }
    }
    out.push_str("\n\n`linchpin undo` takes it back.");
    out
}
