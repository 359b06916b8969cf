//! `plan_function`: from a plan to a reviewed proposal.

use linchpin_function::Plan;
use linchpin_question::Outcome;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::pipeline::{Bench, propose};
use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What the function shall do.
    plan: Plan,
    /// One or two sentences for the builder about what you planned; shown as yours.
    #[serde(default)]
    says: Option<String>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "plan_function",
    about: include_str!("plan_function.md"),
    title: |args| format!("write and prove {}", args.plan.name),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    match propose(&Bench::of(cx), &args.plan) {
        Ok(mut review) => {
            review.model_says = args.says.filter(|_| cx.by_model);
            Outcome::Propose(Box::new(review))
        }
        Err(failure) => Outcome::Failed(failure),
    }
}
