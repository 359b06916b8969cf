//! `list_connections`: who is connected, with what access, and what uses it.

use linchpin_question::{Failure, Outcome, Output};
use linchpin_socket::{Reply, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::tool::Typed;
use crate::{Cx, Pending, function_uses};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "list_connections",
    about: include_str!("list_connections.md"),
    title: |_| "list connections".to_owned(),
    run: |_, cx| Box::pin(run(cx)) as Pending<'_, Outcome>,
};

async fn run(cx: &Cx<'_>) -> Outcome {
    match cx
        .broker
        .ask(Request::Connections {
            app: cx.app_id.to_owned(),
        })
        .await
    {
        Ok(Reply::Connections { connections }) => {
            let row = |c: &linchpin_socket::ConnectionView| {
                json!({"connector": c.connector, "mode": c.mode, "status": c.status, "reason": c.reason,
                       "account": c.account, "scopes": c.scopes, "functions": function_uses(cx.app, &c.connector)})
            };
            Outcome::Done(Output {
                summary: match connections.len() {
                    0 => "nothing is connected yet".to_owned(),
                    1 => "1 connection".to_owned(),
                    n => format!("{n} connections"),
                },
                data: json!({"connections": connections.iter().map(row).collect::<Vec<_>>()}),
            })
        }
        Ok(Reply::Error { message, code }) => Outcome::Failed(Failure::new(&code, message)),
        Ok(_) => Outcome::Failed(Failure::new(
            "broker",
            "The broker gave an unexpected answer. Start Linchpin again; connections are kept.",
        )),
        Err(message) => Outcome::Failed(Failure::new("broker", message)),
    }
}
