//! Flows the chat starts: a listener on loopback, a person in a browser, and whoever waits for the end.
//!
//! A flow lives in this process only: a kill ends it, and the person starts again. A newer flow for the same
//! connection ends the older one. Source: RFC 8252.

use std::collections::HashMap;
use std::time::Duration;

use linchpin_catalog::Connector;
use linchpin_oauth::{Ask, Attempt, LIFETIME, Loopback, OauthError, Page, together};
use linchpin_socket::{Finish, Flow};
use linchpin_vault::{ConnectionKey, Mode, Status, UserConnector};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::broker::{lock, random_id};
use crate::grants::{Consent, NotStored, no_client};
use crate::view::view;
use crate::{BUILDER, Broker};

/// Flows that are remembered after their end, for whoever still asks.
const REMEMBERED: usize = 64;
/// How long a new sign-in waits for old grants to be revoked.
const PATIENCE: Duration = Duration::from_secs(3);

/// The flows of this process.
#[derive(Default)]
pub(crate) struct Flows {
    by_id: HashMap<String, Slot>,
    order: Vec<String>,
}

struct Slot {
    key: ConnectionKey,
    end: watch::Sender<Option<Finish>>,
    task: AbortHandle,
}

/// What a flow is started with.
pub(crate) struct Wanted {
    pub(crate) key: ConnectionKey,
    pub(crate) scopes: Vec<String>,
    pub(crate) other_account: bool,
    pub(crate) who: &'static str,
}

/// The key of a connection the chat speaks of; `None` when the mode is not a word we know.
pub(crate) fn chat_key(app: &str, connector: &str, mode: &str) -> Option<ConnectionKey> {
    match mode {
        "shared" => Some(ConnectionKey::shared(app, connector)),
        // The builder is the first user of their own app.
        "app_user" => Some(ConnectionKey::app_user(app, connector, BUILDER)),
        _ => None,
    }
}

impl Broker {
    /// Starts a flow.
    pub(crate) async fn begin(&self, wanted: Wanted) -> Result<Flow, NotStored> {
        let connector = self
            .connector_of(&wanted.key)
            .await?
            .ok_or_else(|| unknown_connector(&wanted.key.connector))?;
        if let Some(scope) = wanted.scopes.iter().find(|scope| !is_known(connector, scope)) {
            return Err(NotStored {
                code: "unknown_scope".into(),
                message: format!(
                    "{} has no permission `{scope}` in the catalog. Ask for one that `linchpin catalog show {}` lists.",
                    connector.name, connector.id
                ),
            });
        }
        let client = self
            .client(&wanted.key.app, &connector.auth.family)
            .await?
            .ok_or_else(|| no_client(connector))?;
        self.supersede(&wanted.key);
        // An old grant that is revoked after the new one is made could take it along.
        // A provider out of order is asked again later; nobody waits for it here.
        if let Ok(done) = tokio::time::timeout(PATIENCE, self.revoke_pending_of(&wanted.key)).await {
            done?;
        }
        let before = self.vault.connection(&wanted.key).await?;
        let held = before
            .filter(|view| view.status != Status::Disconnected)
            .map(|view| view.scopes)
            .unwrap_or_default();
        let scopes = together(connector, &held, &wanted.scopes);
        self.remember_for_users(&wanted, connector).await?;
        let loopback = Loopback::bind(connector, self.wire.providers()).await?;
        let redirect_uri = loopback.redirect_uri();
        let ask = Ask {
            connector,
            client_id: &client.id,
            scopes: &scopes,
            redirect_uri: &redirect_uri,
            other_account: wanted.other_account,
        };
        let attempt = Attempt::new(&ask, self.wire.providers())?;
        let flow = Flow {
            id: random_id()?,
            authorize_url: attempt.authorize_url.to_string(),
            redirect_uri,
            expires_in: LIFETIME.as_secs(),
            notes: self.notes(connector, client.secret.is_some()),
        };
        self.run(flow.id.clone(), wanted, connector, loopback, attempt);
        Ok(flow)
    }

    /// A builder who connects as a user settles what the app's other users will be asked for.
    async fn remember_for_users(&self, wanted: &Wanted, connector: &Connector) -> Result<(), NotStored> {
        let (app, id) = (&wanted.key.app, &wanted.key.connector);
        if wanted.key.mode != Mode::AppUser {
            return Ok(());
        }
        let before = self.vault.user_connector(app, id).await?;
        let held = before.as_ref().map(|own| own.scopes.clone()).unwrap_or_default();
        let scopes = together(connector, &held, &wanted.scopes);
        if before.as_ref().is_some_and(|own| own.scopes == scopes) {
            return Ok(());
        }
        let own = match before {
            Some(own) => UserConnector { scopes, ..own },
            None => UserConnector {
                app: app.clone(),
                id: id.clone(),
                connector: connector.id.clone(),
                name: connector.name.clone(),
                scopes,
                config: None,
            },
        };
        Ok(self.vault.put_user_connector(&own, wanted.who).await?)
    }

    /// What a person should know before the browser opens.
    fn notes(&self, connector: &Connector, has_secret: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if self.wire.providers().covers(&connector.auth.authorize_url) {
            notes.push(format!(
                "{} is played by a server on this machine (LINCHPIN_PROVIDERS).",
                connector.name
            ));
        }
        if !has_secret && connector.auth.client_auth != linchpin_catalog::ClientAuth::None {
            notes.push(format!(
                "The OAuth client of {} has no secret; most clients need one.",
                connector.name
            ));
        }
        notes.extend(connector.setup.traps.iter().cloned());
        notes
    }

    fn run(&self, id: String, wanted: Wanted, connector: &'static Connector, loopback: Loopback, attempt: Attempt) {
        let (end, _) = watch::channel(None);
        let (broker, done, key) = (self.clone(), end.clone(), wanted.key.clone());
        let task = tokio::spawn(async move {
            let finish = broker.wait_for_browser(&wanted, connector, loopback, attempt).await;
            done.send_replace(Some(finish));
        });
        let mut flows = lock(&self.flows);
        while flows.order.len() >= REMEMBERED {
            let oldest = flows.order.remove(0);
            if let Some(slot) = flows.by_id.remove(&oldest) {
                slot.stop("expired", "The sign-in was given up for newer ones. Start it again.");
            }
        }
        flows.order.push(id.clone());
        flows.by_id.insert(
            id,
            Slot {
                key,
                end,
                task: task.abort_handle(),
            },
        );
    }

    async fn wait_for_browser(
        &self,
        wanted: &Wanted,
        connector: &'static Connector,
        loopback: Loopback,
        attempt: Attempt,
    ) -> Finish {
        let (redirect_uri, asked) = (attempt.redirect_uri.clone(), attempt.asked.clone());
        let finish = async |came: Result<_, OauthError>| {
            let consent = Consent {
                key: &wanted.key,
                connector,
                redirect_uri: &redirect_uri,
                asked: &asked,
                other_account: wanted.other_account,
                who: wanted.who,
            };
            let outcome = match came {
                Ok((code, verifier)) => self.redeem(&consent, code, verifier).await,
                Err(error) => Err(error.into()),
            };
            let finish = self.finish(&wanted.key, outcome).await;
            let page = match &finish {
                Finish::Connected { connection, .. } => Page::connected(&connector.name, connection.account.as_deref()),
                Finish::Failed { message, .. } => Page::failed(message),
            };
            (page, finish)
        };
        match loopback.complete(connector, attempt, finish).await {
            Ok(finish) => finish,
            Err(error) => failed(error.into()),
        }
    }

    async fn finish(&self, key: &ConnectionKey, outcome: Result<Vec<String>, NotStored>) -> Finish {
        let missing_scopes = match outcome {
            Ok(missing) => missing,
            Err(not_stored) => return failed(not_stored),
        };
        match self.vault.connection(key).await {
            Ok(Some(connection)) => Finish::Connected {
                connection: view(connection, false),
                missing_scopes,
            },
            Ok(None) => failed(NotStored {
                code: "store".into(),
                message: "The connection was removed while it was made. Connect again.".into(),
            }),
            Err(error) => failed(error.into()),
        }
    }

    /// Connects with a token a person pasted, where the catalog allows that.
    pub(crate) async fn paste(
        &self,
        key: &ConnectionKey,
        token: linchpin_oauth::Secret,
        other_account: bool,
    ) -> Finish {
        let outcome = async {
            let connector = self
                .connector_of(key)
                .await?
                .ok_or_else(|| unknown_connector(&key.connector))?;
            self.adopt(key, connector, token, other_account)
                .await
                .map(|()| Vec::new())
        }
        .await;
        self.finish(key, outcome).await
    }

    /// How a flow ended; waits for it. `None` when there is no such flow.
    pub(crate) async fn wait(&self, id: &str) -> Option<Finish> {
        let mut end = lock(&self.flows).by_id.get(id)?.end.subscribe();
        let finish = end.wait_for(Option::is_some).await.ok()?;
        finish.clone()
    }

    /// How a flow stands: `Some(None)` while it waits.
    pub(crate) fn stands(&self, id: &str) -> Option<Option<Finish>> {
        Some(lock(&self.flows).by_id.get(id)?.end.borrow().clone())
    }

    /// Ends a flow at a person's wish. False when there is no such flow.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        let flows = lock(&self.flows);
        let slot = flows.by_id.get(id);
        if let Some(slot) = slot {
            slot.stop("cancelled", "The sign-in was cancelled. Nothing was stored.");
        }
        slot.is_some()
    }

    /// Ends every flow, because the broker stops.
    pub(crate) fn end_flows(&self) {
        for slot in lock(&self.flows).by_id.values() {
            slot.stop(
                "stopped",
                "Linchpin was closed before the sign-in was finished. Start it again.",
            );
        }
    }

    /// Ends older flows for the same connection.
    fn supersede(&self, key: &ConnectionKey) {
        for slot in lock(&self.flows).by_id.values().filter(|slot| slot.key == *key) {
            slot.stop(
                "superseded",
                "A newer sign-in for the same connection has taken this one's place.",
            );
        }
    }
}

impl Slot {
    /// Closes the listener. What has ended stays as it ended.
    fn stop(&self, code: &str, message: &str) {
        self.task.abort();
        self.end.send_if_modified(|end| {
            let running = end.is_none();
            if running {
                *end = Some(failed(NotStored {
                    code: code.to_owned(),
                    message: message.to_owned(),
                }));
            }
            running
        });
    }
}

fn failed(not_stored: NotStored) -> Finish {
    Finish::Failed {
        message: not_stored.message,
        code: not_stored.code,
    }
}

pub(crate) fn unknown_connector(id: &str) -> NotStored {
    NotStored {
        code: "unknown_connector".into(),
        message: format!(
            "There is no connector `{id}` in the catalog. `linchpin catalog search {id}` finds near ones."
        ),
    }
}

/// A scope the catalog has: nothing else is ever asked for.
pub(crate) fn is_known(connector: &Connector, scope: &str) -> bool {
    connector.scope(scope).is_some() || connector.auth.base_scopes.iter().any(|base| base == scope)
}
