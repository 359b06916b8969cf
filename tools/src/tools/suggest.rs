//! `suggest`: what could be connected in this app, with reasons.

use linchpin_question::{Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// How many at most.
    #[serde(default)]
    n: Option<usize>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "suggest",
    about: include_str!("suggest.md"),
    title: |_| "look for what could be connected".to_owned(),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let shown: Vec<_> = cx.suggestions.iter().take(args.n.unwrap_or(5)).collect();
    Outcome::Done(Output {
        summary: match shown.len() {
            0 => "nothing in this app calls for a connector".to_owned(),
            n => format!("{n} suggestions"),
        },
        data: json!({"suggestions": shown}),
    })
}
