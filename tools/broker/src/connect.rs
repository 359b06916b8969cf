//! Flows the chat starts: a listener on loopback and a person in a browser, a code on another device, or the
//! client alone; and whoever waits for the end.
//!
//! A flow lives in this process only: a kill ends it, and the person starts again. A newer flow for the same
//! connection ends the older one. Source: RFC 8252.

use std::collections::HashMap;
use std::time::Duration;

use linchpin_catalog::Connector;
use linchpin_oauth::{Ask, Attempt, Came, Config, LIFETIME, Loopback, OauthClient, OauthError, Page, filled, together};
use linchpin_socket::{Finish, Flow, Way};
use linchpin_vault::{ConnectionKey, Mode, Status, UserConnector};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::broker::{lock, random_id};
use crate::grants::{Consent, NotStored, no_client};
use crate::settings::to_store;
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
    pub(crate) config: Config,
    pub(crate) way: Way,
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
        if let Some(api) = &connector.auth.key {
            return Err(NotStored {
                code: "needs_key".into(),
                message: format!(
                    "{} is connected with its {} from {}. Enter it with: linchpin connect {}",
                    connector.name, api.name, api.url, connector.id
                ),
            });
        }
        if wanted.way == Way::Client && wanted.key.mode != Mode::Shared {
            return Err(NotStored {
                code: "shared_only".into(),
                message: "A connection without a person is the whole app's. Connect it as shared.".into(),
            });
        }
        let config = self.settings(&wanted.key, connector, &wanted.config).await?;
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
        self.remember_for_users(&wanted, connector, &config).await?;
        let connector = filled(connector, &config)?.into_owned();
        let mut flow = Flow {
            id: random_id()?,
            authorize_url: String::new(),
            user_code: None,
            redirect_uri: String::new(),
            expires_in: LIFETIME.as_secs(),
            notes: self.notes(&connector, client.secret.is_some()),
        };
        let sign_in = SignIn {
            key: wanted.key,
            connector,
            config,
            asked: scopes,
            other_account: wanted.other_account,
            who: wanted.who,
        };
        match wanted.way {
            Way::Browser => self.by_browser(&mut flow, sign_in, &client).await?,
            Way::Device => self.by_device(&mut flow, sign_in, client).await?,
            Way::Client => self.by_client(&flow, sign_in, client),
        }
        Ok(flow)
    }

    async fn by_browser(&self, flow: &mut Flow, sign_in: SignIn, client: &OauthClient) -> Result<(), NotStored> {
        let loopback = Loopback::bind(&sign_in.connector, self.wire.providers()).await?;
        flow.redirect_uri = loopback.redirect_uri();
        let ask = Ask {
            connector: &sign_in.connector,
            client_id: &client.id,
            scopes: &sign_in.asked,
            redirect_uri: &flow.redirect_uri,
            other_account: sign_in.other_account,
        };
        let attempt = Attempt::new(&ask, self.wire.providers())?;
        flow.authorize_url = attempt.authorize_url.to_string();
        let (broker, key) = (self.clone(), sign_in.key.clone());
        self.run(&flow.id, key, async move {
            broker.wait_for_browser(&sign_in, loopback, attempt).await
        });
        Ok(())
    }

    /// A person goes on elsewhere, with a code (RFC 8628).
    async fn by_device(&self, flow: &mut Flow, sign_in: SignIn, client: OauthClient) -> Result<(), NotStored> {
        let device = self.wire.device(&sign_in.connector, &client, &sign_in.asked).await?;
        flow.authorize_url = device.address.to_string();
        flow.user_code = Some(device.user_code.clone());
        flow.expires_in = device.expires_in.as_secs();
        let (broker, key) = (self.clone(), sign_in.key.clone());
        self.run(&flow.id, key, async move {
            let came = broker.wire.wait_for_device(&sign_in.connector, &client, device).await;
            let outcome = match came {
                Ok(raw) => broker.receive(&sign_in.consent(""), &client, raw, Config::new()).await,
                Err(error) => Err(error.into()),
            };
            broker.finish(&sign_in.key, outcome).await
        });
        Ok(())
    }

    /// Nobody has to do anything: the client asks for itself (RFC 6749 §4.4).
    fn by_client(&self, flow: &Flow, sign_in: SignIn, client: OauthClient) {
        let (broker, key) = (self.clone(), sign_in.key.clone());
        self.run(&flow.id, key, async move {
            let came = broker
                .wire
                .client_credentials(&sign_in.connector, &client, &sign_in.asked)
                .await;
            let consent = Consent {
                by_client: true,
                ..sign_in.consent("")
            };
            let outcome = match came {
                Ok(raw) => broker.receive(&consent, &client, raw, Config::new()).await,
                Err(error) => Err(error.into()),
            };
            broker.finish(&sign_in.key, outcome).await
        });
    }

    /// A builder who connects as a user settles what the app's other users will be asked for.
    async fn remember_for_users(
        &self,
        wanted: &Wanted,
        connector: &Connector,
        config: &Config,
    ) -> Result<(), NotStored> {
        let (app, id) = (&wanted.key.app, &wanted.key.connector);
        if wanted.key.mode != Mode::AppUser {
            return Ok(());
        }
        let before = self.vault.user_connector(app, id).await?;
        let held = before.as_ref().map(|own| own.scopes.clone()).unwrap_or_default();
        let scopes = together(connector, &held, &wanted.scopes);
        let config = to_store(config);
        if before
            .as_ref()
            .is_some_and(|own| own.scopes == scopes && own.config == config)
        {
            return Ok(());
        }
        let own = match before {
            Some(own) => UserConnector { scopes, config, ..own },
            None => UserConnector {
                app: app.clone(),
                id: id.clone(),
                connector: connector.id.clone(),
                name: connector.name.clone(),
                scopes,
                config,
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

    fn run(&self, id: &str, key: ConnectionKey, flow: impl Future<Output = Finish> + Send + 'static) {
        let (end, _) = watch::channel(None);
        let done = end.clone();
        let task = tokio::spawn(async move {
            let finish = flow.await;
            done.send_replace(Some(finish));
        });
        let mut flows = lock(&self.flows);
        while flows.order.len() >= REMEMBERED {
            let oldest = flows.order.remove(0);
            if let Some(slot) = flows.by_id.remove(&oldest) {
                slot.stop("expired", "The sign-in was given up for newer ones. Start it again.");
            }
        }
        flows.order.push(id.to_owned());
        flows.by_id.insert(
            id.to_owned(),
            Slot {
                key,
                end,
                task: task.abort_handle(),
            },
        );
    }

    async fn wait_for_browser(&self, sign_in: &SignIn, loopback: Loopback, attempt: Attempt) -> Finish {
        let redirect_uri = attempt.redirect_uri.clone();
        let connector = &sign_in.connector;
        let finish = async |came: Result<Came, OauthError>| {
            let outcome = match came {
                Ok(came) => self.redeem(&sign_in.consent(&redirect_uri), came).await,
                Err(error) => Err(error.into()),
            };
            let finish = self.finish(&sign_in.key, outcome).await;
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

    /// Connects with a token a person pasted, where the catalog allows that, or with an API key.
    pub(crate) async fn paste(
        &self,
        key: &ConnectionKey,
        token: linchpin_oauth::Secret,
        other_account: bool,
        config: &Config,
    ) -> Finish {
        let outcome = async {
            let connector = self
                .connector_of(key)
                .await?
                .ok_or_else(|| unknown_connector(&key.connector))?;
            match &connector.auth.key {
                Some(api) => self.keep_key(key, connector, api, token, config, other_account).await?,
                None => self.adopt(key, connector, token, other_account, config).await?,
            }
            Ok(Vec::new())
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

/// A sign-in under way: everything it needs to become a connection.
struct SignIn {
    key: ConnectionKey,
    connector: Connector,
    config: Config,
    asked: Vec<String>,
    other_account: bool,
    who: &'static str,
}

impl SignIn {
    fn consent<'a>(&'a self, redirect_uri: &'a str) -> Consent<'a> {
        Consent {
            key: &self.key,
            connector: &self.connector,
            config: &self.config,
            redirect_uri,
            asked: &self.asked,
            other_account: self.other_account,
            by_client: false,
            who: self.who,
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
