//! `explain`: what a function can reach, in words, from its code.

use linchpin_question::{Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::pipeline::{Bench, check_function};
use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The function's name.
    function: String,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "explain",
    about: include_str!("explain.md"),
    title: |args| format!("explain {}", args.function),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let checked = match check_function(&Bench::of(cx), &args.function) {
        Ok(checked) => checked,
        Err(failure) => return Outcome::Failed(failure),
    };
    let mut lines: Vec<String> = Vec::new();
    for call in &checked.proof.calls {
        let title = cx
            .catalog
            .get(&call.connector)
            .and_then(|c| c.operation(&call.operation))
            .map(|o| o.title.as_str());
        lines.push(format!(
            "line {}: {} {}{} ({})",
            call.line,
            call.method,
            call.host,
            call.path,
            title.unwrap_or(&call.operation)
        ));
    }
    for unknown in &checked.proof.unresolved {
        lines.push(format!("line {}: {}", unknown.line, unknown.why));
    }
    for (connector, scopes) in &checked.proof.scopes.needed {
        for scope in scopes {
            let known = cx.catalog.get(connector).and_then(|c| c.scope(scope));
            lines.push(format!(
                "{connector}: {}",
                known.map_or(scope.as_str(), |s| s.sentence.as_str())
            ));
        }
    }
    for entity in &checked.proof.entities {
        lines.push(format!(
            "line {}: {}.{}{}",
            entity.line,
            entity.entity,
            entity.method,
            if entity.service_role {
                " with the service role"
            } else {
                ""
            }
        ));
    }
    for violation in &checked.verdict.violations {
        lines.push(format!(
            "line {}: breaks {}: {}",
            violation.line, violation.rule, violation.message
        ));
    }
    Outcome::Done(Output {
        summary: format!("{} reaches {} provider calls", args.function, checked.proof.calls.len()),
        data: json!({"file": checked.file, "facts": lines}),
    })
}
