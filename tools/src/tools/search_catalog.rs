//! `search_catalog`: which connectors fit some words.

use linchpin_question::{Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What the builder wants to reach, in a few words.
    words: String,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "search_catalog",
    about: include_str!("search_catalog.md"),
    title: |args| format!("search connectors for \"{}\"", args.words),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let found = cx.catalog.search(&args.words);
    let row = |c: &&linchpin_catalog::Connector| json!({"id": c.id, "name": c.name, "purpose": c.purpose, "categories": c.categories});
    Outcome::Done(Output {
        summary: match found.len() {
            0 => "no connector fits".to_owned(),
            1 => format!("{} fits", found[0].name),
            n => format!("{n} connectors fit"),
        },
        data: json!({"connectors": found.iter().take(10).map(row).collect::<Vec<_>>()}),
    })
}
