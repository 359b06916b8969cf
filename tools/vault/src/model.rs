//! The nouns: which connection ([`ConnectionKey`]), what is stored ([`NewConnection`]), what a function
//! gets ([`Live`]) and what a person is shown ([`ConnectionView`], which has no secret to show).

use crate::error::{Error, Result};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Longest id or name that is stored, in bytes.
const LONGEST: usize = 512;

/// Whose account a connection uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One account for the whole app, connected by its builder.
    Shared,
    /// Each signed-in user of the app connects their own.
    AppUser,
}

impl Mode {
    /// The word used on disk and on the wire: `shared` or `app_user`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::AppUser => "app_user",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<Self> {
        match word {
            "shared" => Ok(Self::Shared),
            "app_user" => Ok(Self::AppUser),
            _ => Err(Error::Damaged {
                what: "connection's mode",
            }),
        }
    }
}

/// Which connection: an app, a connector of it, and for an app-user connection whose.
///
/// Ids are compared byte for byte: case, trailing spaces and Unicode forms are never merged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnectionKey {
    /// The app's id.
    pub app: String,
    /// The connector: a catalog type for a shared connection, a connector id for an app user's.
    pub connector: String,
    /// Shared or per user.
    pub mode: Mode,
    /// The user's id as the verified principal gives it; empty for a shared connection.
    pub user: String,
}

impl ConnectionKey {
    /// The app's one account for `connector`.
    pub fn shared(app: impl Into<String>, connector: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            connector: connector.into(),
            mode: Mode::Shared,
            user: String::new(),
        }
    }

    /// The account that `user` connected to `connector`. `user` must come from a verified principal.
    pub fn app_user(app: impl Into<String>, connector: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            connector: connector.into(),
            mode: Mode::AppUser,
            user: user.into(),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        name("app id", &self.app)?;
        name("connector id", &self.connector)?;
        match self.mode {
            Mode::Shared if self.user.is_empty() => Ok(()),
            Mode::Shared => Err(Error::BadName {
                what: "user id",
                problem: "must be empty for a shared connection",
            }),
            Mode::AppUser => name("user id", &self.user),
        }
    }
}

/// Refuses what can't be told apart safely: empty, over-long, or with control characters.
pub(crate) fn name(what: &'static str, text: &str) -> Result<()> {
    let problem = if text.is_empty() {
        "is empty"
    } else if text.len() > LONGEST {
        "is longer than 512 bytes"
    } else if text.chars().any(char::is_control) {
        "contains a control character"
    } else {
        return Ok(());
    };
    Err(Error::BadName { what, problem })
}

/// Who consented, as the provider says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's own id of the account.
    pub id: Option<String>,
    /// A name to show.
    pub label: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// Why a connection needs its owner again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The provider answered `invalid_grant` to an ordinary refresh.
    Revoked,
    /// A refresh was cut off after it was sent, and the provider no longer takes the old token.
    InterruptedRefresh,
    /// The store was restored from a backup whose token the provider has since replaced.
    StaleBackup,
    /// The access token ran out and the provider gave no refresh token.
    NoRefreshToken,
    /// The OAuth client was refused or is gone.
    ClientRefused,
    /// The functions need scopes that were not granted.
    MissingScopes,
    /// Another reason, in a word or two.
    Other(String),
}

impl Reason {
    pub(crate) fn write(&self) -> String {
        match self {
            Self::Revoked => "revoked".into(),
            Self::InterruptedRefresh => "interrupted_refresh".into(),
            Self::StaleBackup => "stale_backup".into(),
            Self::NoRefreshToken => "no_refresh_token".into(),
            Self::ClientRefused => "client_refused".into(),
            Self::MissingScopes => "missing_scopes".into(),
            Self::Other(why) => format!("other:{why}"),
        }
    }

    pub(crate) fn read(text: &str) -> Self {
        match text {
            "revoked" => Self::Revoked,
            "interrupted_refresh" => Self::InterruptedRefresh,
            "stale_backup" => Self::StaleBackup,
            "no_refresh_token" => Self::NoRefreshToken,
            "client_refused" => Self::ClientRefused,
            "missing_scopes" => Self::MissingScopes,
            other => Self::Other(other.strip_prefix("other:").unwrap_or(other).to_owned()),
        }
    }
}

/// How a connection is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", content = "reason", rename_all = "snake_case")]
pub enum Status {
    /// Usable.
    Active,
    /// Usable, and somebody is fetching a newer token.
    Refreshing,
    /// Its owner has to connect again. The stored tokens are still there.
    NeedsReconnect(Reason),
    /// Disconnected here; the provider has yet to confirm the revocation.
    RevocationPending,
    /// Disconnected. Scopes and account are kept, so that it can be connected again the same way.
    Disconnected,
    /// Not used for longer than the policy allows.
    Idle,
}

impl Status {
    /// The stored word. `Refreshing` is never stored: it is `Active` with a live lease.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Active | Self::Refreshing => "active",
            Self::NeedsReconnect(_) => "needs_reconnect",
            Self::RevocationPending => "revocation_pending",
            Self::Disconnected => "disconnected",
            Self::Idle => "idle",
        }
    }

    pub(crate) fn read(word: &str, reason: Option<&str>, leased: bool) -> Result<Self> {
        Ok(match word {
            "active" if leased => Self::Refreshing,
            "active" => Self::Active,
            "needs_reconnect" => Self::NeedsReconnect(Reason::read(reason.unwrap_or_default())),
            "revocation_pending" => Self::RevocationPending,
            "disconnected" => Self::Disconnected,
            "idle" => Self::Idle,
            _ => {
                return Err(Error::Damaged {
                    what: "connection's status",
                });
            }
        })
    }

    /// True when the stored access token may be handed out.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Active | Self::Refreshing | Self::Idle)
    }
}

/// A grant to store: a new connection, or a replacement of the one under the same key.
pub struct NewConnection {
    /// Which connection.
    pub key: ConnectionKey,
    /// The authorization server that gave the grant.
    pub issuer: String,
    /// The OAuth client the grant was made to (a family or a connector id), if any.
    pub client: Option<String>,
    /// Usually `Bearer`.
    pub token_type: String,
    /// Who consented.
    pub account: Account,
    /// Scopes as granted, not as asked for.
    pub scopes: Vec<String>,
    /// The connector's settings, such as an instance host: they steer where the token is sent.
    pub config: Option<serde_json::Value>,
    /// The access token.
    pub access: Secret,
    /// The refresh token, when one was given.
    pub refresh: Option<Secret>,
    /// When the access token runs out, in milliseconds since the epoch.
    pub expires_at: Option<i64>,
    /// The journal entry of the response these tokens came from ([`crate::Vault::journal_grant`]); it is
    /// settled in the same transaction.
    pub journalled: Option<String>,
    /// Leave the tokens of a replaced connection to be revoked upstream. Right for another account or
    /// client; wrong for the same account, where many providers would revoke the new grant as well.
    pub revoke_replaced: bool,
}

/// What must be there for a [`crate::Vault::put`] to go ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// No connection yet, or one that was disconnected.
    Absent,
    /// Exactly this generation.
    Generation(i64),
    /// Whatever is there is replaced.
    Anything,
}

/// A connection with its access token, for the one call that needs it.
pub struct Live {
    /// The connection's id.
    pub id: String,
    /// The access token.
    pub token: Secret,
    /// Usually `Bearer`.
    pub token_type: String,
    /// When the token runs out, in milliseconds since the epoch; `None` when it doesn't.
    pub expires_at: Option<i64>,
    /// Grows by one with every change of the tokens.
    pub generation: i64,
    /// How the connection is doing; hand the token out only when [`Status::is_usable`].
    pub status: Status,
    /// Scopes as granted.
    pub scopes: Vec<String>,
    /// The connector's settings.
    pub config: Option<serde_json::Value>,
    /// The authorization server.
    pub issuer: String,
    /// The OAuth client the grant was made to.
    pub client: Option<String>,
    /// Whether there is a refresh token.
    pub refreshable: bool,
    /// When its tokens or status last changed, in milliseconds since the epoch.
    pub updated: i64,
}

/// A connection as a person may see it: no token in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectionView {
    /// The connection's id.
    pub id: String,
    /// Which connection.
    #[serde(flatten)]
    pub key: ConnectionKey,
    /// The authorization server.
    pub issuer: String,
    /// The OAuth client the grant was made to.
    pub client: Option<String>,
    /// Who consented.
    pub account: Account,
    /// Scopes as granted.
    pub scopes: Vec<String>,
    /// The connector's settings.
    pub config: Option<serde_json::Value>,
    /// How it is doing.
    #[serde(flatten)]
    pub status: Status,
    /// When the access token runs out.
    pub expires_at: Option<i64>,
    /// Grows by one with every change of the tokens.
    pub generation: i64,
    /// Whether there is a refresh token.
    pub refreshable: bool,
    /// When it was first connected.
    pub created: i64,
    /// When its tokens or status last changed.
    pub updated: i64,
    /// When a token of it was last handed out.
    pub last_used: Option<i64>,
}
