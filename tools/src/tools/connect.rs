//! `connect`: action required, permissions, an OAuth client if one is missing, and the sign-in.
//!
//! Where a vendor sends people back to https addresses only, a token from its page takes the place
//! of the sign-in; where it knows no OAuth at all, an API key does. Settings such as a subdomain are
//! asked for first. The tool is run again with each answer. It never sees a token: the broker does
//! the flow, or is handed what was pasted, and says who is connected. It only ever begins sign-ins
//! in a browser: codes for other devices are for a person's own command (`security.md` T-OA-17).

use std::collections::BTreeMap;

use linchpin_catalog::{ClientAuth, ConfigField, Connector, LOOPBACK_PORT, Mode, RedirectRule};
use linchpin_function::Plan;
use linchpin_question::{
    Answer, ChoiceQuestion, ClientQuestion, Failure, Outcome, Output, PermissionsQuestion, Question, SignInQuestion,
    TokenQuestion,
};
use linchpin_socket::{ConnectionView, Reply, Request, Way};
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
                Ok(now) => go_on(connector, mode, plan, other, now, cx).await,
            }
        }
    }
}

/// Settings first, then the key or the sign-in.
async fn go_on(
    connector: &Connector,
    mode: Mode,
    plan: Option<&Plan>,
    other_account: bool,
    now: Option<ConnectionView>,
    cx: &Cx<'_>,
) -> Outcome {
    let held = now.map(|now| now.config).unwrap_or_default();
    let fields: Vec<&ConfigField> = connector
        .config
        .iter()
        .filter(|field| field.required && !fills_itself(field) && !held.contains_key(&field.name))
        .collect();
    let said: Vec<&String> = cx.answers.iter().filter_map(text_of).collect();
    // A round that the broker refused is followed by another one.
    let at = said.len().checked_rem(fields.len()).unwrap_or_default();
    if at > 0 || (said.is_empty() && !fields.is_empty()) {
        return fields
            .get(at)
            .map_or_else(gone, |field| setting(connector, field, None));
    }
    let last = said.iter().skip(said.len().saturating_sub(fields.len()));
    let config: BTreeMap<String, String> = fields
        .iter()
        .zip(last)
        .map(|(field, said)| (field.name.clone(), said.trim().to_owned()))
        .collect();
    if let Some(key) = key(connector, mode, other_account, &config) {
        return Outcome::Ask(Box::new(Question::Token(key)));
    }
    match begin(connector, mode, plan, other_account, &config, cx).await {
        Outcome::Failed(failure) if failure.code == "bad_config" => match fields.first() {
            Some(field) => setting(connector, field, Some(&failure.message)),
            None => Outcome::Failed(failure),
        },
        outcome => outcome,
    }
}

fn gone() -> Outcome {
    Outcome::Failed(Failure::new(
        "bad_config",
        "A setting was answered that nobody asks for. Connect again.",
    ))
}

fn text_of(answer: &Answer) -> Option<&String> {
    match answer {
        Answer::Text(text) => Some(text),
        _ => None,
    }
}

fn fills_itself(field: &ConfigField) -> bool {
    field.from_token.is_some() || field.from_redirect.is_some() || field.from_identity.is_some()
}

/// A question for one setting; `wrong` is what the broker said of the last answer.
fn setting(connector: &Connector, field: &ConfigField, wrong: Option<&str>) -> Outcome {
    let asks = format!(
        "Which {} of {}? {}",
        field.display_name, connector.name, field.description
    );
    Outcome::Ask(Box::new(Question::Choice(ChoiceQuestion {
        key: field.name.clone(),
        text: wrong.map_or(asks.clone(), |wrong| format!("{wrong} {asks}")),
        options: Vec::new(),
        free: true,
        placeholder: field.placeholder.clone(),
    })))
}

/// The key that takes the place of a sign-in, where the vendor knows nothing else.
fn key(
    connector: &Connector,
    mode: Mode,
    other_account: bool,
    config: &BTreeMap<String, String>,
) -> Option<TokenQuestion> {
    let key = connector.auth.key.as_ref()?;
    Some(TokenQuestion {
        connector: connector.id.clone(),
        connector_name: connector.name.clone(),
        mode,
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        url: key.url.clone(),
        why: format!(
            "{} is connected with its {}. {} It is checked with {} and kept by the broker.",
            connector.name, key.name, key.reach, connector.name
        ),
        other_account,
        config: config.clone(),
    })
}

/// Where an app's functions find a key: the one step that is left to a person.
pub fn key_step(connector: &Connector) -> Option<String> {
    let key = connector.auth.key.as_ref()?;
    let beside = connector.config.iter().filter_map(|field| field.secret.as_ref());
    let names: Vec<&str> = beside.chain([&key.secret]).map(String::as_str).collect();
    Some(format!(
        "The app's functions read it from its secrets: set {} in the app's settings, or with \
         `base44 secrets set --env-file FILE`, from a file that is not committed.",
        names.join(" and ")
    ))
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
    if let (Some(key), Some(step)) = (&connector.auth.key, key_step(connector)) {
        return Outcome::Done(Output {
            summary: format!("{} is connected as {account}. {step}", connector.name),
            data: json!({"connected": true, "account": account, "secret": key.secret, "next": step}),
        });
    }
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
        after: connector
            .setup
            .after
            .iter()
            .cloned()
            .chain(key_step(connector))
            .collect(),
    })))
}

async fn begin(
    connector: &Connector,
    mode: Mode,
    plan: Option<&Plan>,
    other_account: bool,
    config: &BTreeMap<String, String>,
    cx: &Cx<'_>,
) -> Outcome {
    let scopes = cx.catalog.smallest_scopes(&connector.id, &needs(connector, plan));
    let request = Request::Begin {
        app: cx.app_id.to_owned(),
        connector: connector.id.clone(),
        mode: mode.as_str().to_owned(),
        scopes,
        other_account,
        config: config.clone(),
        way: Way::Browser,
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
                Some(token) => {
                    let config = config.clone();
                    Outcome::Ask(Box::new(Question::Token(TokenQuestion { config, ..token })))
                }
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
        config: BTreeMap::new(),
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
