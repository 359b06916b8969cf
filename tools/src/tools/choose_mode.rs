//! `choose_mode`: shared, or each user their own? The advice is ours, computed from the app.

use linchpin_function::Plan;
use linchpin_question::{Answer, Failure, ModeQuestion, Outcome, Output, Question};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advice::advise;
use crate::tool::Typed;
use crate::words::unknown_connector;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The connector's id.
    connector: String,
    /// What is going to be planned, as far as it is known.
    /// The same plan as for `plan_function`.
    #[serde(default)]
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    plan: Option<Plan>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "choose_mode",
    about: include_str!("choose_mode.md"),
    title: |args| format!("ask whose account {} uses", args.connector),
    run: |args, cx| Box::pin(async move { run(args, cx) }) as Pending<'_, Outcome>,
};

fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let Some(connector) = cx.catalog.get(&args.connector) else {
        return Outcome::Failed(unknown_connector(cx.catalog, &args.connector));
    };
    // A key is the app's own: there is nobody whose account could be chosen.
    if connector.auth.key.is_some() {
        return Outcome::Done(Output {
            summary: format!("{}: shared, by a key of the app", connector.name),
            data: json!({"mode": linchpin_question::Mode::Shared}),
        });
    }
    match cx.answers.last() {
        Some(Answer::Mode(mode)) => Outcome::Done(Output {
            summary: format!(
                "{}: {}",
                connector.name,
                if *mode == linchpin_question::Mode::Shared {
                    "shared"
                } else {
                    "per user"
                }
            ),
            data: json!({"mode": mode}),
        }),
        Some(_) => Outcome::Failed(Failure::new("no_answer", "The question was not answered.")),
        None => {
            let advice = advise(cx.app, connector, args.plan.as_ref());
            Outcome::Ask(Box::new(Question::Mode(ModeQuestion {
                connector: connector.id.clone(),
                connector_name: connector.name.clone(),
                advised: advice.mode,
                reason: advice.reason,
                evidence: advice.evidence,
                impossible: advice.impossible,
            })))
        }
    }
}
