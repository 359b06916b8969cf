//! `connect`: action required, permissions, an OAuth client if one is missing, and the sign-in.
//!
//! Where a vendor sends people back to https addresses only, a token from its page takes the place
//! of the sign-in. The tool is run again with each answer. It never sees a token: the broker does
//! the flow, or is handed what was pasted, and says who is connected.

use linchpin_catalog::{ClientAuth, Connector, LOOPBACK_PORT, Mode, RedirectRule};
use linchpin_function::Plan;
use linchpin_question::{
    Answer, ClientQuestion, Failure, Outcome, Output, PermissionsQuestion, Question, SignInQuestion, TokenQuestion,
};
use linchpin_socket::{ConnectionView, Reply, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::scopes::{needs, permissions};
use crate::tool::Typed;
use crate::words::unknown_connector;
use crate::{Cx, Pending};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The connector's id.
    connector: String,
    /// `shared` or `app_user`, as chosen by the builder.
    #[schemars(with = "String")]
    mode: Mode,
    /// What is going to be planned: its calls say which permissions are needed.
    /// The same plan as for `plan_function`.
    #[serde(default)]
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    plan: Option<Plan>,
}

pub(crate) const TOOL: Typed<Args> = Typed {
    name: "connect",
    about: include_str!("connect.md"),
    title: |args| format!("connect {}", args.connector),
    run: |args, cx| Box::pin(run(args, cx, false)) as Pending<'_, Outcome>,
};

async fn run(args: Args, cx: &Cx<'_>, other_account: bool) -> Outcome {
    sign_in(&args.connector, args.mode, args.plan.as_ref(), other_account, cx).await
}

/// The road from a wish to a connection; shared with `switch_account`.
pub(crate) async fn sign_in(id: &str, mode: Mode, plan: Option<&Plan>, other_account: bool, cx: &Cx<'_>) -> Outcome {
    let Some(connector) = cx.catalog.get(id) else {
        return Outcome::Failed(unknown_connector(cx.catalog, id));
    };
    match cx.answers {
        [] => match current(connector, mode, cx).await {
            Ok(now) => ask_permissions(connector, mode, plan, now, cx),
            Err(failure) => Outcome::Failed(failure),
        },
        [.., Answer::Skip] => Outcome::Done(Output {
            summary: format!("{} is not connected yet; it can be connected later", connector.name),
            data: json!({"connected": false, "skipped": true}),
        }),
        [
            ..,
            Answer::SignedIn {
                account,
                scopes,
                missing,
            },
        ] => Outcome::Done(Output {
            summary: format!("{} is connected as {account}", connector.name),
            data: json!({"connected": true, "account": account, "scopes": scopes, "missing_scopes": missing}),
        }),
        [.., Answer::TokenStored] => match current(connector, mode, cx).await {
            Ok(now) => pasted(connector, plan, now, cx),
            Err(failure) => Outcome::Failed(failure),
        },
        [.., Answer::SignInFailed { message, code }] => Outcome::Failed(Failure::new(code, message.clone())),
        answers => {
            let other = other_account || answers.contains(&Answer::OtherAccount);
            match current(connector, mode, cx).await {
                Err(failure) => Outcome::Failed(failure),
                Ok(Some(now)) if !other && covers(connector, plan, &now, cx) => done_already(connector, &now),
                Ok(_) => begin(connector, mode, plan, other, cx).await,
            }
        }
    }
}

/// The active connection in that mode, if there is one.
async fn current(connector: &Connector, mode: Mode, cx: &Cx<'_>) -> Result<Option<ConnectionView>, Failure> {
    match cx
        .broker
        .ask(Request::Connections {
            app: cx.app_id.to_owned(),
        })
        .await
    {
        Ok(Reply::Connections { connections }) => Ok(connections
            .into_iter()
            .find(|c| c.connector == connector.id && c.mode == mode.as_str() && c.status == "active")),
        Ok(Reply::Error { message, code }) => Err(Failure::new(&code, message)),
        Ok(_) => Err(Failure::new(
            "broker",
            "The broker gave an unexpected answer. Start Linchpin again; connections are kept.",
        )),
        Err(message) => Err(Failure::new("broker", message)),
    }
}

fn covers(connector: &Connector, plan: Option<&Plan>, now: &ConnectionView, cx: &Cx<'_>) -> bool {
    cx.catalog.covers(&connector.id, &now.scopes, &needs(connector, plan))
}

fn done_already(connector: &Connector, now: &ConnectionView) -> Outcome {
    let account = now.account.clone().unwrap_or_default();
    Outcome::Done(Output {
        summary: format!("{} is connected as {account}", connector.name),
        data: json!({"connected": true, "account": account, "scopes": now.scopes}),
    })
}

/// What came of a pasted token, as the broker sees it.
fn pasted(connector: &Connector, plan: Option<&Plan>, now: Option<ConnectionView>, cx: &Cx<'_>) -> Outcome {
    let Some(now) = now else {
        return Outcome::Failed(Failure::new(
            "not_connected",
            format!(
                "The token was taken, but {} is not connected any more. Connect it again.",
                connector.name
            ),
        ));
    };
    // A vendor that names no scopes lets the token do what is set at the vendor.
    let missing = match now.scopes.is_empty() || covers(connector, plan, &now, cx) {
        true => Vec::new(),
        false => {
            let needed = cx.catalog.smallest_scopes(&connector.id, &needs(connector, plan));
            needed.into_iter().filter(|scope| !now.scopes.contains(scope)).collect()
        }
    };
    let account = now.account.unwrap_or_default();
    let lacks = match missing.as_slice() {
        [] => String::new(),
        _ => format!(
            "; its token lacks {}, which is added where the token comes from",
            missing.join(", ")
        ),
    };
    Outcome::Done(Output {
        summary: format!("{} is connected as {account}{lacks}", connector.name),
        data: json!({"connected": true, "account": account, "scopes": now.scopes, "missing_scopes": missing}),
    })
}

fn ask_permissions(
    connector: &Connector,
    mode: Mode,
    plan: Option<&Plan>,
    now: Option<ConnectionView>,
    cx: &Cx<'_>,
) -> Outcome {
    let granted = now.as_ref().map(|c| c.scopes.as_slice()).unwrap_or_default();
    Outcome::Ask(Box::new(Question::Permissions(PermissionsQuestion {
        connector: connector.id.clone(),
        connector_name: connector.name.clone(),
        mode,
        permissions: permissions(cx, connector, plan, granted),
        covered: now.as_ref().is_some_and(|now| covers(connector, plan, now, cx)),
        connected_as: now.and_then(|c| c.account),
        after: connector.setup.after.clone(),
    })))
}

async fn begin(connector: &Connector, mode: Mode, plan: Option<&Plan>, other_account: bool, cx: &Cx<'_>) -> Outcome {
    let scopes = cx.catalog.smallest_scopes(&connector.id, &needs(connector, plan));
    let request = Request::Begin {
        app: cx.app_id.to_owned(),
        connector: connector.id.clone(),
        mode: mode.as_str().to_owned(),
        scopes,
        other_account,
    };
    match cx.broker.ask(request).await {
        Ok(Reply::Begun { flow }) => Outcome::Ask(Box::new(Question::SignIn(SignInQuestion {
            connector: connector.id.clone(),
            connector_name: connector.name.clone(),
            mode,
            flow: flow.id,
            url: flow.authorize_url,
            expires_in: flow.expires_in,
            notes: flow.notes,
            browser_opened: cx.opens_browser,
        }))),
        Ok(Reply::Error { message, code }) if code == "https_only" || code == "no_client" => {
            match token(connector, mode, plan, other_account, cx) {
                Some(token) => Outcome::Ask(Box::new(Question::Token(token))),
                None if code == "no_client" => Outcome::Ask(Box::new(Question::Client(client(connector)))),
                None => Outcome::Failed(Failure::new(&code, message)),
            }
        }
        Ok(Reply::Error { message, code }) => Outcome::Failed(Failure::new(&code, message)),
        Ok(_) => Outcome::Failed(Failure::new(
            "broker",
            "The broker gave an unexpected answer. Start Linchpin again; connections are kept.",
        )),
        Err(message) => Outcome::Failed(Failure::new("broker", message)),
    }
}

/// The token that takes the place of a sign-in, where no sign-in can come back to this machine.
fn token(
    connector: &Connector,
    mode: Mode,
    plan: Option<&Plan>,
    other_account: bool,
    cx: &Cx<'_>,
) -> Option<TokenQuestion> {
    let paste = connector.auth.paste.as_ref()?;
    if connector.auth.redirect != RedirectRule::HttpsOnly {
        return None;
    }
    let scopes: Vec<String> = permissions(cx, connector, plan, &[])
        .into_iter()
        .map(|permission| permission.scope)
        .collect();
    let with = match scopes.as_slice() {
        [] => String::new(),
        [one] => format!(" with the permission {one}"),
        more => format!(" with the permissions {}", more.join(", ")),
    };
    Some(TokenQuestion {
        connector: connector.id.clone(),
        connector_name: connector.name.clone(),
        mode,
        name: paste.name.clone(),
        prefix: paste.prefix.clone(),
        url: paste.url.clone(),
        why: format!(
            "{} sends people back to https addresses only, which this machine has none of. \
             Make an app there{with}, install it, and paste its token here.",
            connector.name
        ),
        other_account,
    })
}

fn client(connector: &Connector) -> ClientQuestion {
    ClientQuestion {
        connector: connector.id.clone(),
        connector_name: connector.name.clone(),
        family: connector.auth.family.clone(),
        console_url: connector.setup.console_url.clone(),
        steps: connector.setup.steps.clone(),
        traps: connector.setup.traps.clone(),
        redirect_uri: redirect_words(connector),
        needs_secret: connector.auth.client_auth != ClientAuth::None,
    }
}

/// What to register as redirect URI at the vendor, in words where one address won't do.
fn redirect_words(connector: &Connector) -> String {
    let host = connector.auth.loopback_host.as_deref().unwrap_or("127.0.0.1");
    match connector.auth.redirect {
        RedirectRule::LoopbackAnyPort => {
            format!("http://{host} (any port; choose the client type for desktop apps where asked)")
        }
        RedirectRule::LoopbackFixedPort => format!("http://{host}:{LOOPBACK_PORT}/cb/{}", connector.id),
        RedirectRule::HttpsOnly => format!(
            "{} takes https addresses only: the broker must be served under one (LINCHPIN_PUBLIC_URL)",
            connector.name
        ),
    }
}
