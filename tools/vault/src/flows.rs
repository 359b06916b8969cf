//! Authorization flows that have been started and not finished: single use, ten minutes, bound to who started them.
//!
//! Only the SHA-256 of `state` is stored, so a stolen store can't complete a flow; the PKCE verifier is sealed,
//! and bound to the context it was made for (app, connector, user, redirect, issuer, browser).
//! Source: `security.md` O1 to O5 (RFC 7636, RFC 9207, RFC 9700 §4.7).

use crate::binding::{Binding, Part};
use crate::connection_row::{read_json, write_json};
use crate::db::{change, on, row};
use crate::error::{Error, Result};
use crate::keyring::Purpose;
use crate::model::{ConnectionKey, Mode};
use crate::seal::hex;
use crate::secret::Secret;
use crate::vault::Vault;
use sha2::{Digest, Sha256};

const WHAT: &str = "PKCE verifier";

row! {
    struct FlowRow {
        state: String, app: String, connector: String, mode: String, user: String, issuer: String,
        client: Option<String>, redirect: String, return_to: Option<String>, browser: Option<String>, scopes: String,
        note: Option<String>, verifier: Vec<u8>, expires_at: i64, created: i64,
    }
}

const INSERT: &str = "INSERT INTO lp_flows
     (state, app, connector, mode, user_id, issuer, client, redirect, return_to, browser, scopes, note, verifier,
      expires_at, created)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const TAKE: &str = "DELETE FROM lp_flows WHERE state = $1 RETURNING state, app, connector, mode, user_id, issuer,
     client, redirect, return_to, browser, scopes, note, verifier, expires_at, created";
const EXPIRED: &str = "DELETE FROM lp_flows WHERE expires_at <= $1";

/// A flow to remember while its person is at the provider.
pub struct NewFlow {
    /// The `state` parameter: at least 256 random bits. Only its hash is stored.
    pub state: Secret,
    /// The PKCE code verifier.
    pub verifier: Secret,
    /// Which connection it will become; for an app-user flow, who started it.
    pub key: ConnectionKey,
    /// The authorization server the person was sent to.
    pub issuer: String,
    /// The OAuth client in use.
    pub client: Option<String>,
    /// The redirect address that was sent.
    pub redirect: String,
    /// Where to send the browser at the end.
    pub return_to: Option<String>,
    /// A hash of what binds the flow to one browser.
    pub browser: Option<String>,
    /// Scopes asked for.
    pub scopes: Vec<String>,
    /// The caller's own words.
    pub note: Option<String>,
    /// After this it can't be finished, in milliseconds since the epoch.
    pub expires_at: i64,
}

/// A flow that was taken up again. It is gone from the store.
pub struct Flow {
    /// The PKCE code verifier.
    pub verifier: Secret,
    /// Which connection it becomes. The caller compares [`ConnectionKey::user`] with the verified principal
    /// before anything is sent to the provider.
    pub key: ConnectionKey,
    /// The authorization server the person was sent to; compare with `iss`.
    pub issuer: String,
    /// The OAuth client in use.
    pub client: Option<String>,
    /// The redirect address that was sent.
    pub redirect: String,
    /// Where to send the browser at the end.
    pub return_to: Option<String>,
    /// A hash of what binds the flow to one browser.
    pub browser: Option<String>,
    /// Scopes asked for.
    pub scopes: Vec<String>,
    /// The caller's own words.
    pub note: Option<String>,
}

impl Vault {
    /// Remembers a flow.
    pub async fn put_flow(&self, new: NewFlow) -> Result<()> {
        new.key.check()?;
        let now = self.now();
        let mut tx = self.begin().await?;
        let sealing = self.keys().newest(&mut tx, &new.key.app, Purpose::Rows, now).await?;
        let mut row = FlowRow {
            state: new.state.with(hashed),
            app: new.key.app,
            connector: new.key.connector,
            mode: new.key.mode.as_str().to_owned(),
            user: new.key.user,
            issuer: new.issuer,
            client: new.client,
            redirect: new.redirect,
            return_to: new.return_to,
            browser: new.browser,
            scopes: write_json(&new.scopes),
            note: new.note,
            verifier: Vec::new(),
            expires_at: new.expires_at,
            created: now,
        };
        row.verifier = new
            .verifier
            .with(|verifier| sealing.seal(&row.binding(self.install()), verifier.as_bytes()))?;
        change!(
            tx,
            INSERT,
            &row.state,
            &row.app,
            &row.connector,
            &row.mode,
            &row.user,
            &row.issuer,
            &row.client,
            &row.redirect,
            &row.return_to,
            &row.browser,
            &row.scopes,
            &row.note,
            row.verifier.as_slice(),
            row.expires_at,
            row.created
        )?;
        tx.commit().await
    }

    /// Takes a flow up by its `state`: once, and only before it runs out. Whoever comes second gets `None`.
    pub async fn take_flow(&self, state: &str) -> Result<Option<Flow>> {
        let mut tx = self.begin().await?;
        let row = on!(tx, c => sqlx::query_as::<_, FlowRow>(TAKE).bind(hashed(state)).fetch_optional(c).await)?;
        let Some(row) = row else { return Ok(None) };
        let opened = self
            .keys()
            .open_in(&mut tx, WHAT, &row.binding(self.install()), &row.verifier)
            .await;
        // Used up even when it is late or damaged.
        tx.commit().await?;
        if row.expires_at <= self.now() {
            return Ok(None);
        }
        let verifier = Secret::from_utf8(opened?.expose().to_vec()).ok_or(Error::Damaged { what: WHAT })?;
        Ok(Some(Flow {
            verifier,
            scopes: read_json(&row.scopes)?,
            key: ConnectionKey {
                app: row.app,
                connector: row.connector,
                mode: Mode::parse(&row.mode)?,
                user: row.user,
            },
            issuer: row.issuer,
            client: row.client,
            redirect: row.redirect,
            return_to: row.return_to,
            browser: row.browser,
            note: row.note,
        }))
    }

    /// Forgets flows that ran out, and gives their number.
    pub async fn sweep_flows(&self) -> Result<u64> {
        let mut tx = self.begin().await?;
        let gone = change!(tx, EXPIRED, self.now())?;
        tx.commit().await?;
        Ok(gone)
    }
}

impl FlowRow {
    fn binding(&self, install: &str) -> Vec<u8> {
        Binding::new(install, "flow")
            .text(Part::Id, &self.state)
            .text(Part::App, &self.app)
            .text(Part::Connector, &self.connector)
            .text(Part::Mode, &self.mode)
            .text(Part::User, &self.user)
            .text(Part::Issuer, &self.issuer)
            .maybe(Part::Client, self.client.as_deref())
            .text(Part::Redirect, &self.redirect)
            .maybe(Part::ReturnTo, self.return_to.as_deref())
            .maybe(Part::Browser, self.browser.as_deref())
            .text(Part::Scopes, &self.scopes)
            .maybe(Part::Note, self.note.as_deref())
            .number(Part::Expiry, self.expires_at)
            .field(WHAT)
    }
}

fn hashed(state: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(state.as_bytes()).into();
    hex(&digest)
}
