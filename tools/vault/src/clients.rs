//! OAuth clients: the id in the clear, the secret sealed and write-only for every view.
//!
//! A client belongs to a family of connectors (`google`) or to one connector id, for one app or for the
//! whole install. Source: `base44.md` A7 (the builder's own OAuth app).

use crate::audit::AuditEntry;
use crate::binding::{Binding, Part};
use crate::db::{change, read, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::name;
use crate::secret::Secret;
use crate::vault::Vault;
use serde::Serialize;

pub(crate) const WHAT: &str = "client secret";

row! {
    struct ClientRow {
        app: String, family: String, client_id: String, secret: Option<Vec<u8>>, created: i64, updated: i64,
    }
}

const PUT: &str = "INSERT INTO lp_clients (app, family, client_id, secret, created, updated)
     VALUES ($1, $2, $3, $4, $5, $5)
     ON CONFLICT (app, family) DO UPDATE SET client_id = excluded.client_id, secret = excluded.secret,
     updated = excluded.updated";
/// The app's own client comes before the install's.
const GET: &str = "SELECT app, family, client_id, secret, created, updated FROM lp_clients
     WHERE family = $2 AND (app = $1 OR app = '') ORDER BY app DESC LIMIT 1";
const ALL: &str = "SELECT app, family, client_id, secret, created, updated FROM lp_clients ORDER BY app, family";
const DELETE: &str = "DELETE FROM lp_clients WHERE app = $1 AND family = $2";

/// An OAuth client, ready to be used.
pub struct Client {
    /// The public id.
    pub client_id: String,
    /// The secret; a public client has none.
    pub secret: Option<Secret>,
}

/// An OAuth client as a person may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientView {
    /// The app; `None` for the whole install.
    pub app: Option<String>,
    /// The family or connector id.
    pub family: String,
    /// The public id.
    pub client_id: String,
    /// Whether there is a secret.
    pub has_secret: bool,
    /// When it was first stored.
    pub created: i64,
    /// When it last changed.
    pub updated: i64,
}

impl Vault {
    /// Stores an OAuth client; `app` is `None` for the whole install.
    pub async fn put_client(
        &self,
        app: Option<&str>,
        family: &str,
        client_id: &str,
        secret: Option<&Secret>,
        who: &str,
    ) -> Result<()> {
        if let Some(app) = app {
            name("app id", app)?;
        }
        name("client family", family)?;
        name("client id", client_id)?;
        let now = self.now();
        let mut row = ClientRow {
            app: app.unwrap_or_default().to_owned(),
            family: family.to_owned(),
            client_id: client_id.to_owned(),
            secret: None,
            created: now,
            updated: now,
        };
        let mut tx = self.begin().await?;
        if let Some(secret) = secret {
            let sealing = self.keys().newest(&mut tx, &row.app, Purpose::Rows, now).await?;
            row.secret = Some(secret.with(|secret| sealing.seal(&row.binding(self.install()), secret.as_bytes()))?);
        }
        change!(
            tx,
            PUT,
            &row.app,
            &row.family,
            &row.client_id,
            row.secret.as_deref(),
            now
        )?;
        let entry = AuditEntry {
            who,
            what: "client.put",
            app: &row.app,
            subject: family,
            outcome: "ok",
        };
        self.append(&mut tx, entry).await?;
        tx.commit().await
    }

    /// The client to use for `family` in `app`: the app's own, or the install's.
    pub async fn client(&self, app: &str, family: &str) -> Result<Option<Client>> {
        let row = read!(self.db(), c => sqlx::query_as::<_, ClientRow>(GET)
            .bind(app)
            .bind(family)
            .fetch_optional(c)
            .await)?;
        let Some(row) = row else { return Ok(None) };
        let secret = match &row.secret {
            Some(sealed) => {
                let plain = self
                    .keys()
                    .open(self.db(), WHAT, &row.binding(self.install()), sealed)
                    .await?;
                Some(Secret::from_utf8(plain).ok_or(Error::Damaged { what: WHAT })?)
            }
            None => None,
        };
        Ok(Some(Client {
            client_id: row.client_id,
            secret,
        }))
    }

    /// All clients, without their secrets.
    pub async fn clients(&self) -> Result<Vec<ClientView>> {
        let rows = read!(self.db(), c => sqlx::query_as::<_, ClientRow>(ALL).fetch_all(c).await)?;
        Ok(rows
            .into_iter()
            .map(|row| ClientView {
                app: Some(row.app).filter(|app| !app.is_empty()),
                family: row.family,
                client_id: row.client_id,
                has_secret: row.secret.is_some(),
                created: row.created,
                updated: row.updated,
            })
            .collect())
    }

    /// Deletes a client. True when there was one.
    pub async fn delete_client(&self, app: Option<&str>, family: &str, who: &str) -> Result<bool> {
        let app = app.unwrap_or_default();
        let mut tx = self.begin().await?;
        let there = change!(tx, DELETE, app, family)? > 0;
        if there {
            let entry = AuditEntry {
                who,
                what: "client.delete",
                app,
                subject: family,
                outcome: "ok",
            };
            self.append(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(there)
    }
}

impl ClientRow {
    pub(crate) fn binding(&self, install: &str) -> Vec<u8> {
        Binding::new(install, "client")
            .text(Part::App, &self.app)
            .text(Part::Name, &self.family)
            .text(Part::Client, &self.client_id)
            .number(Part::Created, self.updated)
            .field(WHAT)
    }
}
