//! Work that takes time, each piece in a task of its own that reports back as an input.

use std::sync::Arc;

use linchpin_catalog::{Catalog, Mode};
use linchpin_patch::{Changeset, Digest};
use linchpin_protocol::{AskId, CallId, ConnectionRow, Level, TurnId};
use linchpin_question::{Answer, Failure, Outcome};
use linchpin_socket::{ConnectionView, Finish, Reply, Request};
use linchpin_tools::{Broker, Cx, function_uses, pipeline};
use tokio::task::AbortHandle;

use super::{Driver, Folder, Incoming, now_ms};
use crate::machine::{AppliedFiles, Input};
use crate::model::{Known, Message, Mind};

impl Driver {
    pub(super) fn think(&self, turn: TurnId, messages: Vec<Message>) -> AbortHandle {
        let (setup, world, inbox, broker) = (
            self.setup.clone(),
            self.world.clone(),
            self.inbox.clone(),
            self.broker.clone(),
        );
        let task = tokio::spawn(async move {
            let connections = match &setup.mind {
                // The guide looks at connections before it asks for an address.
                Mind::Guide if wants_connections(&messages) => {
                    connections(&broker, &world.app_id).await.unwrap_or_default()
                }
                _ => Vec::new(),
            };
            let known = Known {
                world: &world,
                connections: &connections,
                time_zone: &setup.time_zone,
                now_ms: now_ms(),
            };
            let deltas = inbox.clone();
            let answer = setup.mind.respond(&messages, &known, |text| {
                // A full channel only delays what the whole answer brings anyway.
                let _ = deltas.try_send(Incoming::Input(Input::Delta { turn, text }));
            });
            let input = match answer.await {
                Ok(reply) => Input::ModelReplied { turn, reply },
                Err(message) => Input::ModelFailed { turn, message },
            };
            let _ = inbox.send(Incoming::Input(input)).await;
        });
        task.abort_handle()
    }

    pub(super) fn run_tool(&self, call: CallId, tool: String, args: serde_json::Value, answers: Vec<Answer>) {
        let (setup, world, inbox, broker) = (
            self.setup.clone(),
            self.world.clone(),
            self.inbox.clone(),
            self.broker.clone(),
        );
        tokio::spawn(async move {
            let host = Folder::at(&setup.root);
            let cx = Cx {
                app: &world.app,
                app_id: &world.app_id,
                catalog: Catalog::embedded(),
                suggestions: &world.suggestions,
                broker: broker.as_ref(),
                host: &host,
                answers: &answers,
                by_model: !matches!(setup.mind, Mind::Guide),
                opens_browser: setup.browser == super::Browser::System,
                now_ms: now_ms(),
            };
            let outcome = match linchpin_tools::find(&tool) {
                Some(tool) => tool.run(args, &cx).await,
                None => Outcome::Failed(Failure::new(
                    "unknown_tool",
                    format!("There is no tool `{tool}`. Use one of those listed."),
                )),
            };
            let _ = inbox.send(Incoming::Input(Input::ToolEnded { call, outcome })).await;
        });
    }

    pub(super) fn open_sign_in(&self, ask: AskId, flow: String, url: String) {
        let (setup, inbox, broker) = (self.setup.clone(), self.inbox.clone(), self.broker.clone());
        tokio::spawn(async move {
            let browser = setup.browser;
            let opened = tokio::task::spawn_blocking(move || browser.open(&url))
                .await
                .unwrap_or(false);
            if !opened && browser == super::Browser::System {
                let text = "No browser could be opened. Open the link shown above, on this machine.".to_owned();
                let _ = inbox
                    .send(Incoming::Input(Input::Noticed {
                        level: Level::Info,
                        text,
                    }))
                    .await;
            }
            let answer = match broker.ask(Request::Wait { flow }).await {
                Ok(Reply::Finished {
                    finish:
                        Finish::Connected {
                            connection,
                            missing_scopes,
                        },
                }) => Answer::SignedIn {
                    account: connection.account.unwrap_or_default(),
                    scopes: connection.scopes,
                    missing: missing_scopes,
                },
                Ok(
                    Reply::Finished {
                        finish: Finish::Failed { message, code },
                    }
                    | Reply::Error { message, code },
                ) => Answer::SignInFailed { message, code },
                Ok(_) => failed("The broker gave an unexpected answer. Connect again."),
                Err(message) => failed(&message),
            };
            let _ = inbox.send(Incoming::Input(Input::SignInEnded { ask, answer })).await;
        });
    }

    pub(super) fn end_sign_in(&self, flow: String) {
        let broker = self.broker.clone();
        tokio::spawn(async move { broker.ask(Request::Cancel { flow }).await });
    }

    pub(super) fn recheck(&self, was: Digest, changeset: Changeset, title: String) {
        let (setup, world, inbox) = (self.setup.clone(), self.world.clone(), self.inbox.clone());
        tokio::task::spawn_blocking(move || {
            let host = Folder::at(&setup.root);
            let bench = pipeline::Bench {
                app: &world.app,
                catalog: Catalog::embedded(),
                host: &host,
                now_ms: now_ms(),
            };
            let outcome = match pipeline::recheck(&bench, &changeset, &title) {
                Ok(review) => Outcome::Propose(Box::new(review)),
                Err(failure) => Outcome::Failed(failure),
            };
            let _ = inbox.blocking_send(Incoming::Input(Input::Rechecked {
                changeset: was,
                outcome,
            }));
        });
    }

    pub(super) fn apply(&self, reviewed: Digest, changeset: Changeset, whole: bool, title: String) {
        let (setup, world, inbox, applier) = (
            self.setup.clone(),
            self.world.clone(),
            self.inbox.clone(),
            self.applier.clone(),
        );
        tokio::task::spawn_blocking(move || {
            let host = Folder::at(&setup.root);
            let bench = pipeline::Bench {
                app: &world.app,
                catalog: Catalog::embedded(),
                host: &host,
                now_ms: now_ms(),
            };
            // Some hunks without the others are other code than what was checked.
            let checked = match whole {
                true => Ok(()),
                false => pipeline::may_apply(&bench, &changeset),
            };
            let result = checked.and_then(|()| {
                let change = applier.apply(&changeset, &title, now_ms()).map_err(|e| e.to_string())?;
                Ok(files_of(&change))
            });
            let _ = inbox.blocking_send(Incoming::Input(Input::Applied {
                changeset: reviewed,
                result,
            }));
        });
    }

    pub(super) fn undo(&self) {
        let (inbox, applier) = (self.inbox.clone(), self.applier.clone());
        tokio::task::spawn_blocking(move || {
            let result = applier
                .undo(now_ms())
                .map(|change| files_of(&change))
                .map_err(|e| e.to_string());
            let _ = inbox.blocking_send(Incoming::Input(Input::Undone { result }));
        });
    }

    pub(super) fn fetch_connections(&self) {
        let (world, inbox, broker) = (self.world.clone(), self.inbox.clone(), self.broker.clone());
        tokio::spawn(async move {
            let input = match connections(&broker, &world.app_id).await {
                Ok(views) => Input::Connections {
                    rows: rows(&world, &views),
                },
                Err(text) => Input::Noticed {
                    level: Level::Error,
                    text,
                },
            };
            let _ = inbox.send(Incoming::Input(input)).await;
        });
    }

    pub(super) fn disconnect(&self, connector: String, mode: Mode) {
        let (world, inbox, broker) = (self.world.clone(), self.inbox.clone(), self.broker.clone());
        tokio::spawn(async move {
            let request = Request::Disconnect {
                app: world.app_id.clone(),
                connector: connector.clone(),
                mode: mode.as_str().to_owned(),
            };
            let (level, text) = match broker.ask(request).await {
                Ok(Reply::Ok) => (
                    Level::Info,
                    format!("{connector} is disconnected; its access is revoked at the provider."),
                ),
                Ok(Reply::Error { message, .. }) | Err(message) => (Level::Error, message),
                Ok(_) => (
                    Level::Error,
                    "The broker gave an unexpected answer. Look at the connections before you try again.".to_owned(),
                ),
            };
            let _ = inbox.send(Incoming::Input(Input::Noticed { level, text })).await;
            if let Ok(views) = connections(&broker, &world.app_id).await {
                let _ = inbox
                    .send(Incoming::Input(Input::Connections {
                        rows: rows(&world, &views),
                    }))
                    .await;
            }
        });
    }
}

fn failed(message: &str) -> Answer {
    Answer::SignInFailed {
        message: message.to_owned(),
        code: "broker".to_owned(),
    }
}

fn files_of(change: &crate::apply::Change) -> AppliedFiles {
    AppliedFiles {
        change: change.id,
        files: change.changeset.files().iter().map(|f| f.path.to_string()).collect(),
    }
}

/// The guide needs them once something was connected in this conversation.
fn wants_connections(messages: &[Message]) -> bool {
    messages
        .iter()
        .any(|m| matches!(m, Message::Tool { tool, .. } if tool == "connect" || tool == "switch_account"))
}

async fn connections(broker: &Arc<super::BrokerProcess>, app: &str) -> Result<Vec<ConnectionView>, String> {
    match broker.ask(Request::Connections { app: app.to_owned() }).await? {
        Reply::Connections { connections } => Ok(connections),
        Reply::Error { message, .. } => Err(message),
        _ => Err("The broker gave an unexpected answer. Start Linchpin again; connections are kept.".to_owned()),
    }
}

/// Connections with what the app knows of them, and the connectors its functions use that
/// nobody has connected yet.
pub fn rows(world: &super::World, views: &[ConnectionView]) -> Vec<ConnectionRow> {
    let catalog = Catalog::embedded();
    let name = |id: &str| catalog.get(id).map_or_else(|| id.to_owned(), |c| c.name.clone());
    let sentence = |id: &str, scope: &String| {
        let known = catalog.get(id).and_then(|c| c.scope(scope));
        // Sentences become the items of a list here.
        known.map_or_else(|| scope.clone(), |s| s.sentence.trim_end_matches('.').to_owned())
    };
    let mut rows: Vec<ConnectionRow> = views
        .iter()
        .map(|view| ConnectionRow {
            connector: view.connector.clone(),
            connector_name: name(&view.connector),
            mode: if view.mode == "app_user" {
                Mode::AppUser
            } else {
                Mode::Shared
            },
            status: view.status.clone(),
            reason: view.reason.clone(),
            account: view.account.clone(),
            access: view.scopes.iter().map(|s| sentence(&view.connector, s)).collect(),
            functions: function_uses(&world.app, &view.connector),
            last_used_at: view.last_used_at,
        })
        .collect();
    for function in &world.app.functions {
        for used in &function.connectors {
            let mode = if used.app_user { Mode::AppUser } else { Mode::Shared };
            if catalog.get(&used.connector).is_some()
                && !rows.iter().any(|r| r.connector == used.connector && r.mode == mode)
            {
                rows.push(ConnectionRow {
                    connector: used.connector.clone(),
                    connector_name: name(&used.connector),
                    mode,
                    status: "not_connected".to_owned(),
                    reason: None,
                    account: None,
                    access: Vec::new(),
                    functions: function_uses(&world.app, &used.connector),
                    last_used_at: None,
                });
            }
        }
    }
    rows
}
