//! Connectors for app users: what an app's users can connect, by id, several of one type allowed.
//!
//! Nothing secret is here; a connector's own OAuth client is a [`crate::Client`] under the connector's id.
//! Source: `base44.md` A7 (names are unique, the code uses the id).

use crate::audit::AuditEntry;
use crate::connection_row::{read_json, write_json};
use crate::db::{change, on, read, row};
use crate::error::{Error, Result};
use crate::model::name;
use crate::vault::Vault;
use serde::{Deserialize, Serialize};

row! {
    struct ConnectorRow {
        app: String, id: String, connector: String, name: String, scopes: String, config: Option<String>,
    }
}

const GET: &str = "SELECT app, id, connector, name, scopes, config FROM lp_user_connectors
     WHERE app = $1 AND id = $2";
const ALL: &str = "SELECT app, id, connector, name, scopes, config FROM lp_user_connectors
     WHERE app = $1 ORDER BY name";
const TAKEN: &str = "SELECT COUNT(*) FROM lp_user_connectors WHERE app = $1 AND name = $2 AND id <> $3";
const PUT: &str = "INSERT INTO lp_user_connectors (app, id, connector, name, scopes, config, created, updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
     ON CONFLICT (app, id) DO UPDATE SET connector = excluded.connector, name = excluded.name,
     scopes = excluded.scopes, config = excluded.config, updated = excluded.updated";
const DELETE: &str = "DELETE FROM lp_user_connectors WHERE app = $1 AND id = $2";

/// A connector that an app's users can connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserConnector {
    /// The app.
    pub app: String,
    /// The id that the app's code uses.
    pub id: String,
    /// The catalog's type, such as `googlecalendar`.
    pub connector: String,
    /// What people see.
    pub name: String,
    /// Scopes to ask for.
    pub scopes: Vec<String>,
    /// The connector's settings.
    pub config: Option<serde_json::Value>,
}

impl Vault {
    /// Stores or replaces a connector for app users.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another connector of the app has that name.
    pub async fn put_user_connector(&self, new: &UserConnector, who: &str) -> Result<()> {
        name("app id", &new.app)?;
        name("connector id", &new.id)?;
        name("connector type", &new.connector)?;
        name("connector's name", &new.name)?;
        let config = new.config.as_ref().map(ToString::to_string);
        let mut tx = self.begin().await?;
        let taken: i64 = on!(tx, c => sqlx::query_scalar(TAKEN)
            .bind(&*new.app)
            .bind(&*new.name)
            .bind(&*new.id)
            .fetch_one(c)
            .await)?;
        if taken > 0 {
            let expected = "a new connector name".to_owned();
            return Err(Error::Conflict {
                expected,
                found: "another connector of that name".to_owned(),
            });
        }
        change!(
            tx,
            PUT,
            &*new.app,
            &*new.id,
            &*new.connector,
            &*new.name,
            write_json(&new.scopes),
            &config,
            self.now()
        )?;
        let entry = AuditEntry {
            who,
            what: "connector.put",
            app: &new.app,
            subject: &new.id,
            outcome: "ok",
        };
        self.append(&mut tx, entry).await?;
        tx.commit().await
    }

    /// A connector by its id.
    pub async fn user_connector(&self, app: &str, id: &str) -> Result<Option<UserConnector>> {
        let row =
            read!(self.db(), c => sqlx::query_as::<_, ConnectorRow>(GET).bind(app).bind(id).fetch_optional(c).await)?;
        row.map(ConnectorRow::read).transpose()
    }

    /// All connectors of `app` for its users, by name.
    pub async fn user_connectors(&self, app: &str) -> Result<Vec<UserConnector>> {
        let rows = read!(self.db(), c => sqlx::query_as::<_, ConnectorRow>(ALL).bind(app).fetch_all(c).await)?;
        rows.into_iter().map(ConnectorRow::read).collect()
    }

    /// Deletes a connector for app users. Its connections stay, to be disconnected one by one.
    pub async fn delete_user_connector(&self, app: &str, id: &str, who: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let there = change!(tx, DELETE, app, id)? > 0;
        if there {
            self.append(
                &mut tx,
                AuditEntry {
                    who,
                    what: "connector.delete",
                    app,
                    subject: id,
                    outcome: "ok",
                },
            )
            .await?;
        }
        tx.commit().await?;
        Ok(there)
    }
}

impl ConnectorRow {
    fn read(self) -> Result<UserConnector> {
        Ok(UserConnector {
            scopes: read_json(&self.scopes)?,
            config: self.config.as_deref().map(read_json).transpose()?,
            app: self.app,
            id: self.id,
            connector: self.connector,
            name: self.name,
        })
    }
}
