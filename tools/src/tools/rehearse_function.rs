//! `rehearse_function`: prove, police and rehearse a function that is already there.

use linchpin_question::{Failure, Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::to_value;

use crate::pipeline::{Bench, check_function};
use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The function's name.
    name: String,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "rehearse_function",
    about: include_str!("rehearse_function.md"),
    title: |args| format!("rehearse {}", args.name),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let checked = match check_function(&Bench::of(cx), &args.name) {
        Ok(checked) => checked,
        Err(failure) => return Outcome::Failed(failure),
    };
    let broken = checked.verdict.violations.len();
    let failed = checked.rehearsals.iter().filter(|r| !r.ok).count();
    match to_value(&checked) {
        Ok(data) => Outcome::Done(Output {
            summary: format!(
                "{}: {} calls, {broken} rules broken, {failed} of {} rehearsals not as they should be",
                args.name,
                checked.proof.calls.len(),
                checked.rehearsals.len()
            ),
            data,
        }),
        Err(error) => Outcome::Failed(Failure::new("internal", error.to_string())),
    }
}
