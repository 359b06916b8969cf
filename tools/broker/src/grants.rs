//! From a code to a stored connection: exchange, write down, read, ask whose account it is, store.
//!
//! Invariants: the answer is journalled before it is read, so a kill leaves a usable connection or a token
//! that is revoked at the next start; whatever goes wrong after the exchange, the new token is revoked;
//! another account takes a connection over only when that was asked for.
//! Source: `security.md` T-OA-15, T-OA-16, T-TOK-02.

use linchpin_catalog::Connector;
use linchpin_oauth::{Account, Came, Config, Grant, OauthClient, OauthError, Raw, filled, granted, missing, read};
use linchpin_vault::{ConnectionKey, Expect, NewConnection, Status, Stray};

use crate::settings::to_store;
use crate::{Broker, BrokerError};

/// A grant with the journal's entry of it; or why there is no longer one, with the short one back.
type Lengthened = Result<(Grant, Option<String>), (NotStored, Grant, Option<String>)>;

/// What a finished consent is stored as.
pub(crate) struct Consent<'a> {
    pub(crate) key: &'a ConnectionKey,
    pub(crate) connector: &'a Connector,
    pub(crate) config: &'a Config,
    pub(crate) redirect_uri: &'a str,
    pub(crate) asked: &'a [String],
    pub(crate) other_account: bool,
    /// Nobody consented: the client asked for itself.
    pub(crate) by_client: bool,
    pub(crate) who: &'a str,
}

/// A consent that did not become a connection: a stable word, and a sentence for a person.
#[derive(Debug, Clone)]
pub(crate) struct NotStored {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl From<OauthError> for NotStored {
    fn from(error: OauthError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
        }
    }
}

impl From<BrokerError> for NotStored {
    fn from(error: BrokerError) -> Self {
        tracing::error!(%error, "a consent could not be stored");
        Self {
            code: "store".into(),
            message: error.to_string(),
        }
    }
}

impl From<linchpin_vault::Error> for NotStored {
    fn from(error: linchpin_vault::Error) -> Self {
        BrokerError::from(error).into()
    }
}

impl Broker {
    /// Makes a connection of a code. Gives the scopes that were asked for and not granted.
    pub(crate) async fn redeem(&self, consent: &Consent<'_>, came: Came) -> Result<Vec<String>, NotStored> {
        let mut config = consent.config.clone();
        config.extend(came.config);
        let connector = filled(consent.connector, &config)?;
        let client = self
            .client(&consent.key.app, &connector.auth.family)
            .await?
            .ok_or_else(|| no_client(&connector))?;
        let raw = self
            .wire
            .exchange(&connector, &client, consent.redirect_uri, came.code, came.verifier)
            .await?;
        self.receive(consent, &client, raw, config).await
    }

    /// Makes a connection of a token endpoint's answer. `config` has what was learnt on the way, besides the
    /// consent's own.
    pub(crate) async fn receive(
        &self,
        consent: &Consent<'_>,
        client: &OauthClient,
        raw: Raw,
        config: Config,
    ) -> Result<Vec<String>, NotStored> {
        let mut settings = consent.config.clone();
        settings.extend(config);
        let connector = filled(consent.connector, &settings)?;
        let (grant, entry) = self.take_down(consent.key, &connector, &settings, &raw).await?;
        let (grant, entry) = match self
            .lengthen(consent, &connector, client, &settings, grant, entry)
            .await?
        {
            Ok(longer) => longer,
            Err((not_stored, grant, entry)) => {
                self.throw_away(consent.key, &connector, &settings, grant, entry)
                    .await?;
                return Err(not_stored);
            }
        };
        match self.judge(consent, client, &connector, &settings, &grant).await {
            Ok((account, config)) => {
                let grant = if consent.by_client {
                    grant.of_the_client()
                } else {
                    grant
                };
                self.keep(consent, grant, account, &config, entry).await
            }
            Err(not_stored) => {
                self.throw_away(consent.key, &connector, &settings, grant, entry)
                    .await?;
                Err(not_stored)
            }
        }
    }

    /// Writes an answer down and reads it.
    async fn take_down(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        config: &Config,
        raw: &Raw,
    ) -> Result<(Grant, Option<String>), NotStored> {
        let entry = if raw.may_hold_tokens() {
            let note = to_store(config).unwrap_or_default().to_string();
            Some(self.vault.journal_grant(key, &note, &raw.to_bytes()).await?)
        } else {
            None
        };
        match read(connector, raw) {
            Ok(grant) => Ok((grant, entry)),
            Err(error) => {
                if let Some(entry) = &entry {
                    self.vault.drop_response(entry).await?;
                }
                Err(error.into())
            }
        }
    }

    /// Exchanges a short-lived grant where the vendor has long-lived ones; the inner error gives it back.
    async fn lengthen(
        &self,
        consent: &Consent<'_>,
        connector: &Connector,
        client: &OauthClient,
        config: &Config,
        grant: Grant,
        entry: Option<String>,
    ) -> Result<Lengthened, NotStored> {
        let raw = match self.wire.lengthen(connector, client, &grant.access).await {
            Ok(None) => return Ok(Ok((grant, entry))),
            Ok(Some(raw)) => raw,
            Err(error) => return Ok(Err((error.into(), grant, entry))),
        };
        match self.take_down(consent.key, connector, config, &raw).await {
            Ok((long, longer)) => {
                // The short-lived one ends by itself, within hours.
                if let Some(entry) = &entry {
                    self.vault.drop_response(entry).await?;
                }
                Ok(Ok((grant.lengthened(long), longer)))
            }
            Err(not_stored) => Ok(Err((not_stored, grant, entry))),
        }
    }

    /// Leaves a grant that did not become a connection to be revoked.
    async fn throw_away(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        config: &Config,
        grant: Grant,
        entry: Option<String>,
    ) -> Result<(), NotStored> {
        self.bury(key, connector, config, grant).await?;
        if let Some(entry) = &entry {
            self.vault.drop_response(entry).await?;
        }
        Ok(())
    }

    /// Stores a token that a person pasted. It can't be renewed and is revoked like any other.
    pub(crate) async fn adopt(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        token: linchpin_oauth::Secret,
        other_account: bool,
        given: &Config,
    ) -> Result<(), NotStored> {
        let paste = connector.auth.paste.as_ref().ok_or_else(|| NotStored {
            code: "no_paste".into(),
            message: format!(
                "{} gives out no token to paste. Connect it in the browser.",
                connector.name
            ),
        })?;
        let text = token.expose();
        let begins = paste.prefix.as_deref().is_none_or(|prefix| text.starts_with(prefix));
        if !begins || text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            let begin = paste
                .prefix
                .as_ref()
                .map(|prefix| format!(", which begins with {prefix}"))
                .unwrap_or_default();
            return Err(NotStored {
                code: "bad_token".into(),
                message: format!("That is not a {}{begin}. Copy it again from {}.", paste.name, paste.url),
            });
        }
        let mut config = self.settings(key, connector, given).await?;
        let who = self.wire.whose_paste(&*filled(connector, &config)?, &token).await?;
        config.extend(who.config);
        let account = who.account;
        let another = self.may_take(key, connector, &account, other_account).await?;
        let new = NewConnection {
            key: key.clone(),
            issuer: issuer(connector),
            client: None,
            token_type: "bearer".into(),
            account: linchpin_vault::Account {
                id: Some(account.id),
                label: Some(account.label),
                email: account.email,
            },
            scopes: granted(connector, &who.scopes),
            config: to_store(&config),
            access: to_vault(token),
            refresh: None,
            expires_at: None,
            journalled: None,
            revoke_replaced: another,
        };
        self.vault.put(new, Expect::Anything, crate::BUILDER).await?;
        self.revoke.notify_one();
        Ok(())
    }

    /// Whose account it is, whether it may take this place, and every config value known by now.
    async fn judge(
        &self,
        consent: &Consent<'_>,
        client: &OauthClient,
        connector: &Connector,
        config: &Config,
        grant: &Grant,
    ) -> Result<(Account, Config), NotStored> {
        let mut config = config.clone();
        config.extend(grant.config(connector)?);
        let connector = filled(connector, &config)?;
        let account = match self.wire.identify(&connector, grant).await {
            Ok(who) => {
                config.extend(who.config);
                who.account
            }
            // A token of the client's own stands for nobody.
            Err(OauthError::NoAccount { .. }) if consent.by_client => Account {
                id: format!("client:{}", client.id),
                label: "the app itself".into(),
                email: None,
            },
            Err(error) => return Err(error.into()),
        };
        self.may_take(consent.key, &connector, &account, consent.other_account)
            .await?;
        let unknown = consent
            .connector
            .config
            .iter()
            .find(|field| field.required && !config.contains_key(&field.name));
        match unknown {
            None => Ok((account, config)),
            Some(field) => Err(NotStored {
                code: "needs_config".into(),
                message: format!(
                    "{} didn't say its {}, so nothing was stored. Connect again, with --config {}={}",
                    connector.name, field.display_name, field.name, field.placeholder
                ),
            }),
        }
    }

    /// Whether an account may have the place of a connection; true when it takes another one's.
    pub(crate) async fn may_take(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        account: &Account,
        other_account: bool,
    ) -> Result<bool, NotStored> {
        let before = self.vault.connection(key).await?;
        let held = before.filter(|view| !matches!(view.status, Status::Disconnected | Status::RevocationPending));
        let other = held.filter(|held| held.account.id.as_ref().is_some_and(|id| *id != account.id));
        if let Some(held) = &other
            && !other_account
        {
            let name = &connector.name;
            let old = crate::view::who(&held.account).unwrap_or_default();
            let new = &account.label;
            return Err(NotStored {
                code: "different_account".into(),
                message: format!(
                    "You signed in to {name} as {new}, but the connection belongs to {old}, so nothing was changed. \
                     Connect again and sign in as {old}, or choose to use another account."
                ),
            });
        }
        Ok(other.is_some())
    }

    async fn keep(
        &self,
        consent: &Consent<'_>,
        grant: Grant,
        account: Account,
        config: &Config,
        entry: Option<String>,
    ) -> Result<Vec<String>, NotStored> {
        let (key, connector) = (consent.key, consent.connector);
        let scopes = match &grant.scopes {
            Some(named) => granted(connector, named),
            None => granted(connector, consent.asked),
        };
        let lacking = missing(connector, consent.asked, &scopes);
        let before = self.vault.connection(key).await?;
        let another = before.is_some_and(|view| view.account.id.is_some_and(|id| id != account.id));
        let new = NewConnection {
            key: key.clone(),
            issuer: issuer(&*filled(connector, config)?),
            client: Some(connector.auth.family.clone()),
            token_type: grant.token_type,
            account: linchpin_vault::Account {
                id: Some(account.id),
                label: Some(account.label),
                email: account.email,
            },
            scopes,
            config: to_store(config),
            access: to_vault(grant.access),
            refresh: grant.refresh.map(to_vault),
            expires_at: grant.expires_at,
            journalled: entry,
            revoke_replaced: another,
        };
        self.vault.put(new, Expect::Anything, consent.who).await?;
        self.revoke.notify_one();
        Ok(lacking)
    }

    /// Leaves a grant that nobody will use to be revoked.
    pub(crate) async fn bury(
        &self,
        key: &ConnectionKey,
        connector: &Connector,
        config: &Config,
        grant: Grant,
    ) -> Result<(), BrokerError> {
        let (access, refresh) = (to_vault(grant.access), grant.refresh.map(to_vault));
        let config = to_store(config);
        let stray = Stray {
            key,
            issuer: &issuer(connector),
            client: Some(&connector.auth.family),
            config: config.as_ref(),
            access: Some(&access),
            refresh: refresh.as_ref(),
        };
        self.vault.bury(stray, &self.id).await?;
        self.revoke.notify_one();
        Ok(())
    }
}

/// The authorization server's name: its issuer, or where its tokens come from.
pub(crate) fn issuer(connector: &Connector) -> String {
    connector.auth.issuer.clone().unwrap_or_else(|| {
        let url = url::Url::parse(&connector.auth.token_url).ok();
        url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    })
}

/// Nobody has entered a client for this family.
pub(crate) fn no_client(connector: &Connector) -> NotStored {
    NotStored {
        code: "no_client".into(),
        message: format!(
            "{} needs an OAuth client of your own first. Make one at {} and enter its client id and secret.",
            connector.name, connector.setup.console_url
        ),
    }
}

pub(crate) fn to_vault(secret: linchpin_oauth::Secret) -> linchpin_vault::Secret {
    linchpin_vault::Secret::new(secret.expose().to_owned())
}

pub(crate) fn to_oauth(secret: &linchpin_vault::Secret) -> linchpin_oauth::Secret {
    linchpin_oauth::Secret::new(secret.expose().to_owned())
}
