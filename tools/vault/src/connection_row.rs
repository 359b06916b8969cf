//! A connection's row: its columns, what its tokens are bound to, and how they are sealed and opened.
//!
//! Invariant: both tokens of a row are sealed under one binding over every column that steers behaviour, so whatever
//! changes one of those columns seals both anew at the next generation. Source: `security.md` §4.4.

use crate::binding::{Binding, Part};
use crate::db::{Tx, on, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::{Account, ConnectionKey, Mode, Status};
use crate::secret::SecretBytes;
use crate::vault::Vault;

pub(crate) const ACCESS: &str = "access token";
pub(crate) const REFRESH: &str = "refresh token";

row! {
    struct ConnectionRow {
        id: String, app: String, connector: String, mode: String, user: String,
        issuer: String, client: Option<String>, token_type: String,
        account_id: Option<String>, account_label: Option<String>, account_email: Option<String>,
        scopes: String, config: Option<String>, status: String, reason: Option<String>,
        access: Option<Vec<u8>>, refresh: Option<Vec<u8>>, expires_at: Option<i64>, generation: i64,
        lease: Option<String>, lease_until: Option<i64>, retry_at: Option<i64>,
        created: i64, updated: i64, last_used: Option<i64>,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, app, connector, mode, user_id, issuer, client, token_type, account_id, account_label, ",
            "account_email, scopes, config, status, reason, access, refresh, expires_at, generation, lease, ",
            "lease_until, retry_at, created, updated, last_used FROM lp_connections ",
            $rest
        )
    };
}
pub(crate) use select;

pub(crate) const BY_KEY: &str = select!("WHERE app = $1 AND connector = $2 AND mode = $3 AND user_id = $4");

impl Vault {
    /// Seals both tokens for the row as it now stands.
    pub(crate) async fn seal_tokens(
        &self,
        tx: &mut Tx,
        row: &mut ConnectionRow,
        access: Option<&str>,
        refresh: Option<&str>,
    ) -> Result<()> {
        let sealing = self.keys().newest(tx, &row.app, Purpose::Rows, self.now()).await?;
        let binding = row.binding(self.install(), &read_json::<Vec<String>>(&row.scopes)?);
        let seal = |field, token: Option<&str>| {
            token
                .map(|token| sealing.seal(&binding.field(field), token.as_bytes()))
                .transpose()
        };
        row.access = seal(ACCESS, access)?;
        row.refresh = seal(REFRESH, refresh)?;
        Ok(())
    }

    /// Opens both tokens of a row, access first.
    pub(crate) async fn open_tokens(
        &self,
        tx: &mut Tx,
        row: &ConnectionRow,
    ) -> Result<(Option<SecretBytes>, Option<SecretBytes>)> {
        let binding = row.binding(self.install(), &read_json::<Vec<String>>(&row.scopes)?);
        let access = match &row.access {
            Some(sealed) => Some(self.keys().open_in(tx, ACCESS, &binding.field(ACCESS), sealed).await?),
            None => None,
        };
        let refresh = match &row.refresh {
            Some(sealed) => Some(
                self.keys()
                    .open_in(tx, REFRESH, &binding.field(REFRESH), sealed)
                    .await?,
            ),
            None => None,
        };
        Ok((access, refresh))
    }
}

impl ConnectionRow {
    /// What this row's tokens are bound to.
    pub(crate) fn binding(&self, install: &str, scopes: &[String]) -> Binding {
        Binding::new(install, "connection")
            .text(Part::Id, &self.id)
            .text(Part::App, &self.app)
            .text(Part::Connector, &self.connector)
            .text(Part::Issuer, &self.issuer)
            .text(Part::Mode, &self.mode)
            .text(Part::User, &self.user)
            .number(Part::Generation, self.generation)
            .maybe_number(Part::Expiry, self.expires_at)
            .list(Part::Scopes, scopes)
            .maybe(Part::Client, self.client.as_deref())
            .maybe(Part::Account, self.account_id.as_deref())
            .text(Part::TokenType, &self.token_type)
            .maybe(Part::Config, self.config.as_deref())
    }

    pub(crate) fn key(&self) -> Result<ConnectionKey> {
        Ok(ConnectionKey {
            app: self.app.clone(),
            connector: self.connector.clone(),
            mode: Mode::parse(&self.mode)?,
            user: self.user.clone(),
        })
    }

    pub(crate) fn status(&self, now: i64) -> Result<Status> {
        Status::read(
            &self.status,
            self.reason.as_deref(),
            self.lease_until.is_some_and(|until| until > now),
        )
    }

    pub(crate) fn account(&self) -> Account {
        Account {
            id: self.account_id.clone(),
            label: self.account_label.clone(),
            email: self.account_email.clone(),
        }
    }
}

pub(crate) async fn by_key(tx: &mut Tx, key: &ConnectionKey) -> Result<Option<ConnectionRow>> {
    Ok(on!(*tx, c => sqlx::query_as(BY_KEY)
        .bind(&*key.app)
        .bind(&*key.connector)
        .bind(key.mode.as_str())
        .bind(&*key.user)
        .fetch_optional(c)
        .await)?)
}

/// A token as text; what was sealed as text is text.
pub(crate) fn text(token: Option<&SecretBytes>) -> Result<Option<&str>> {
    token
        .map(|bytes| std::str::from_utf8(bytes.expose()).map_err(|_| Error::Damaged { what: ACCESS }))
        .transpose()
}

pub(crate) fn write_json(list: &[String]) -> String {
    serde_json::Value::from(list).to_string()
}

pub(crate) fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| Error::Damaged {
        what: "column of a connection",
    })
}
