//! `show_connector`: a connector's operations and permissions.

use linchpin_question::{Outcome, Output};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::words::unknown_connector;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The connector's id.
    connector: String,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "show_connector",
    about: include_str!("show_connector.md"),
    title: |args| format!("look up {}", args.connector),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let Some(connector) = cx.catalog.get(&args.connector) else {
        return Outcome::Failed(unknown_connector(cx.catalog, &args.connector));
    };
    let operation = |o: &linchpin_catalog::Operation| {
        json!({"id": o.id, "title": o.title, "effect": o.effect, "url": o.url, "method": o.method,
               "params": o.params, "body": o.body, "sample_request": o.sample_request})
    };
    Outcome::Done(Output {
        summary: format!("{}: {} operations", connector.name, connector.operations.len()),
        data: json!({
            "id": connector.id, "name": connector.name, "purpose": connector.purpose,
            "operations": connector.operations.iter().map(operation).collect::<Vec<_>>(),
            "scopes": connector.scopes.iter().map(|s| json!({"scope": s.name, "allows": s.sentence})).collect::<Vec<_>>(),
            "advice": connector.advice, "example_prompts": connector.prompts, "setup": connector.setup,
        }),
    })
}
