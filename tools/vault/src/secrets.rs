//! Named secrets of an app: API keys its person typed in. Read back only by the broker, never by a view.

use crate::audit::AuditEntry;
use crate::binding::{Binding, Part};
use crate::db::{change, on, read, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::name;
use crate::secret::Secret;
use crate::vault::Vault;
use serde::Serialize;

pub(crate) const WHAT: &str = "secret";

row! {
    struct SecretRow { app: String, name: String, value: Vec<u8>, generation: i64, created: i64, updated: i64 }
}

const GET: &str = "SELECT app, name, value, generation, created, updated FROM lp_secrets WHERE app = $1 AND name = $2";
const ALL: &str = "SELECT app, name, value, generation, created, updated FROM lp_secrets WHERE app = $1 ORDER BY name";
const INSERT: &str = "INSERT INTO lp_secrets (app, name, value, generation, created, updated)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING";
const REPLACE: &str = "UPDATE lp_secrets SET value = $3, generation = $4, updated = $5
     WHERE app = $1 AND name = $2 AND generation = $6";
const DELETE: &str = "DELETE FROM lp_secrets WHERE app = $1 AND name = $2";

/// A secret as a person may see it: that it is there, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretView {
    /// Its name.
    pub name: String,
    /// When it was first stored.
    pub created: i64,
    /// When it last changed.
    pub updated: i64,
}

impl Vault {
    /// Stores or replaces a secret of `app`.
    ///
    /// # Errors
    /// [`Error::Fenced`] when somebody else wrote it at the same moment.
    pub async fn put_secret(&self, app: &str, called: &str, value: &Secret, who: &str) -> Result<()> {
        name("app id", app)?;
        name("secret's name", called)?;
        let now = self.now();
        let mut tx = self.begin().await?;
        let old = on!(tx, c => sqlx::query_as::<_, SecretRow>(GET).bind(app).bind(called).fetch_optional(c).await)?;
        let before = old.as_ref().map_or(0, |old| old.generation);
        let mut row = SecretRow {
            app: app.to_owned(),
            name: called.to_owned(),
            value: Vec::new(),
            generation: before + 1,
            created: now,
            updated: now,
        };
        let sealing = self.keys().newest(&mut tx, app, Purpose::Rows, now).await?;
        row.value = value.with(|value| sealing.seal(&row.binding(self.install()), value.as_bytes()))?;
        let written = match old {
            None => change!(tx, INSERT, app, called, row.value.as_slice(), row.generation, now)?,
            Some(_) => change!(
                tx,
                REPLACE,
                app,
                called,
                row.value.as_slice(),
                row.generation,
                now,
                before
            )?,
        };
        if written == 0 {
            return Err(Error::Fenced);
        }
        self.append(
            &mut tx,
            AuditEntry {
                who,
                what: "secret.put",
                app,
                subject: called,
                outcome: "ok",
            },
        )
        .await?;
        tx.commit().await
    }

    /// A secret's value.
    pub async fn secret(&self, app: &str, called: &str) -> Result<Option<Secret>> {
        let row = read!(self.db(), c => sqlx::query_as::<_, SecretRow>(GET)
            .bind(app)
            .bind(called)
            .fetch_optional(c)
            .await)?;
        let Some(row) = row else { return Ok(None) };
        let plain = self
            .keys()
            .open(self.db(), WHAT, &row.binding(self.install()), &row.value)
            .await?;
        Secret::from_utf8(plain).map(Some).ok_or(Error::Damaged { what: WHAT })
    }

    /// The names of an app's secrets.
    pub async fn secrets(&self, app: &str) -> Result<Vec<SecretView>> {
        let rows = read!(self.db(), c => sqlx::query_as::<_, SecretRow>(ALL).bind(app).fetch_all(c).await)?;
        Ok(rows
            .into_iter()
            .map(|row| SecretView {
                name: row.name,
                created: row.created,
                updated: row.updated,
            })
            .collect())
    }

    /// Deletes a secret. True when there was one.
    pub async fn delete_secret(&self, app: &str, called: &str, who: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let there = change!(tx, DELETE, app, called)? > 0;
        if there {
            self.append(
                &mut tx,
                AuditEntry {
                    who,
                    what: "secret.delete",
                    app,
                    subject: called,
                    outcome: "ok",
                },
            )
            .await?;
        }
        tx.commit().await?;
        Ok(there)
    }
}

impl SecretRow {
    pub(crate) fn binding(&self, install: &str) -> Vec<u8> {
        Binding::new(install, "secret")
            .text(Part::App, &self.app)
            .text(Part::Name, &self.name)
            .number(Part::Generation, self.generation)
            .field(WHAT)
    }
}
