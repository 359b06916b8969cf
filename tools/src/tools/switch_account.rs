//! `switch_account`: sign in with another account than the one connected.

use linchpin_catalog::Mode;
use linchpin_question::Outcome;
use schemars::JsonSchema;
use serde::Deserialize;

use super::connect::sign_in;
use crate::tool::Typed;
use crate::{Cx, Pending};

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
    name: "switch_account",
    about: include_str!("switch_account.md"),
    title: |args| format!("switch the account of {}", args.connector),
    run: |args, cx| Box::pin(run(args, cx)) as Pending<'_, Outcome>,
};

async fn run(args: Args, cx: &Cx<'_>) -> Outcome {
    sign_in(&args.connector, args.mode, None, true, cx).await
}
