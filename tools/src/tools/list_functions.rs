//! `list_functions`: the app's functions and the connectors they use.

use linchpin_question::{Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "list_functions",
    about: include_str!("list_functions.md"),
    title: |_| "list functions".to_owned(),
    run: |_, cx| Box::pin(async move { run(cx) }) as Pending<'_, Outcome>,
};

fn run(cx: &Cx<'_>) -> Outcome {
    let row = |f: &linchpin_app::Function| {
        let connectors: Vec<&str> = f.connectors.iter().map(|c| c.connector.as_str()).collect();
        json!({"name": f.name, "file": f.at.file, "connectors": connectors, "automations": f.automations})
    };
    Outcome::Done(Output {
        summary: format!("{} functions", cx.app.functions.len()),
        data: json!({"functions": cx.app.functions.iter().map(row).collect::<Vec<_>>()}),
    })
}
