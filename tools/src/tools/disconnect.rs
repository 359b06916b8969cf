//! `disconnect`: asks the builder, then has the broker revoke the connection upstream.

use linchpin_catalog::Mode;
use linchpin_question::{Answer, ChoiceQuestion, Failure, Outcome, Output, Question};
use linchpin_socket::{Reply, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::words::unknown_connector;
use crate::{Cx, Pending, function_uses};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The connector's id.
    connector: String,
    /// `shared` or `app_user`.
    #[schemars(with = "String")]
    mode: Mode,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "disconnect",
    about: include_str!("disconnect.md"),
    title: |args| format!("disconnect {}", args.connector),
    run: |args, cx| Box::pin(run(args, cx)) as Pending<'_, Outcome>,
};

const YES: &str = "Disconnect";
const NO: &str = "Keep it";

async fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    let Some(connector) = cx.catalog.get(&args.connector) else {
        return Outcome::Failed(unknown_connector(cx.catalog, &args.connector));
    };
    match cx.answers.last() {
        None => {
            let uses = function_uses(cx.app, &connector.id);
            let stops = match uses.as_slice() {
                [] => "No function of the app uses it.".to_owned(),
                names => format!("These functions stop working: {}.", names.join(", ")),
            };
            Outcome::Ask(Box::new(Question::Choice(ChoiceQuestion {
                key: "disconnect".to_owned(),
                text: format!(
                    "Disconnect {}? Its access is revoked at the provider. {stops}",
                    connector.name
                ),
                options: vec![YES.to_owned(), NO.to_owned()],
                free: false,
                placeholder: String::new(),
            })))
        }
        Some(Answer::Text(text)) if text == YES => {
            let request = Request::Disconnect {
                app: cx.app_id.to_owned(),
                connector: connector.id.clone(),
                mode: args.mode.as_str().to_owned(),
            };
            match cx.broker.ask(request).await {
                Ok(Reply::Ok) => Outcome::Done(Output {
                    summary: format!("{} is disconnected", connector.name),
                    data: json!({"disconnected": true}),
                }),
                Ok(Reply::Error { message, code }) => Outcome::Failed(Failure::new(&code, message)),
                Ok(_) => Outcome::Failed(Failure::new(
                    "broker",
                    "The broker gave an unexpected answer. Look at the connections before you try again.",
                )),
                Err(message) => Outcome::Failed(Failure::new("broker", message)),
            }
        }
        Some(_) => Outcome::Done(Output {
            summary: format!("{} stays connected", connector.name),
            data: json!({"disconnected": false}),
        }),
    }
}
