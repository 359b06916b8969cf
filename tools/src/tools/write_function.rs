//! `write_function`: free source, when a plan can't say it. It takes the same road.

use linchpin_question::Outcome;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::pipeline::{Bench, Free, propose_source};
use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The function's name in camel case; an existing function is changed.
    name: String,
    /// What it is for, in one sentence.
    purpose: String,
    /// The whole TypeScript.
    source: String,
    /// One or two sentences for the builder; shown as yours.
    #[serde(default)]
    says: Option<String>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "write_function",
    about: include_str!("write_function.md"),
    title: |args| format!("check {}", args.name),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let free = Free {
        name: args.name,
        purpose: args.purpose,
        source: args.source,
    };
    match propose_source(&Bench::of(cx), &free) {
        Ok(mut review) => {
            review.model_says = args.says.filter(|_| cx.by_model);
            Outcome::Propose(Box::new(review))
        }
        Err(failure) => Outcome::Failed(failure),
    }
}
