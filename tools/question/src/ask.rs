//! Questions and their answers.

use std::collections::BTreeMap;

use linchpin_catalog::{Mode, Sensitivity};
use serde::{Deserialize, Serialize};

/// A question that a tool needs answered before it can go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// Shared, or each user their own?
    Mode(ModeQuestion),
    /// Action required: these permissions, for this function. Connect, skip, or another account?
    Permissions(PermissionsQuestion),
    /// An OAuth client of one's own is needed first.
    Client(ClientQuestion),
    /// A token from the vendor's page takes the place of a sign-in.
    Token(TokenQuestion),
    /// The browser is open (or a link is shown): waiting for the provider.
    SignIn(SignInQuestion),
    /// One of several, or words of one's own.
    Choice(ChoiceQuestion),
}

impl Question {
    /// The word under which `exec --answer WORD=…` answers it.
    pub fn key(&self) -> &str {
        match self {
            Self::Mode(_) => "mode",
            Self::Permissions(_) => "permissions",
            Self::Client(_) => "client",
            Self::Token(_) => "token",
            Self::SignIn(_) => "sign_in",
            Self::Choice(choice) => &choice.key,
        }
    }
}

/// A line of a file that speaks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Path relative to the app.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What it says.
    pub why: String,
}

/// Shared, or each user their own?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeQuestion {
    /// The connector's id.
    pub connector: String,
    /// Its name for people.
    pub connector_name: String,
    /// What Linchpin advises.
    pub advised: Mode,
    /// Why.
    pub reason: String,
    /// What in the app speaks for it.
    pub evidence: Vec<Evidence>,
    /// Set when one of the two can't work here, with the reason (a schedule has no signed-in user).
    pub impossible: Option<(Mode, String)>,
}

/// What will be asked of the provider, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsQuestion {
    /// The connector's id.
    pub connector: String,
    /// Its name for people.
    pub connector_name: String,
    /// Whose account.
    pub mode: Mode,
    /// Each permission.
    pub permissions: Vec<Permission>,
    /// Who is connected already, if somebody is.
    pub connected_as: Option<String>,
    /// Whether what is connected already suffices.
    pub covered: bool,
    /// What is left to do at the vendor after connecting.
    pub after: Vec<String>,
}

/// One permission in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// The vendor's string.
    pub scope: String,
    /// What it allows.
    pub sentence: String,
    /// How the vendor classes it.
    pub sensitivity: Sensitivity,
    /// How many of the vendor's methods it unlocks, and of how many.
    pub unlocks: Option<(usize, usize)>,
    /// Which functions need it.
    pub needed_by: Vec<String>,
    /// Whether it is granted already.
    pub granted: bool,
}

/// How to get an OAuth client, and where to type it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientQuestion {
    /// The connector's id.
    pub connector: String,
    /// Its name for people.
    pub connector_name: String,
    /// The family that shares the client.
    pub family: String,
    /// Where the client is made.
    pub console_url: String,
    /// What to do there.
    pub steps: Vec<String>,
    /// Known traps.
    pub traps: Vec<String>,
    /// The redirect URI to register.
    pub redirect_uri: String,
    /// Whether a secret belongs to it.
    pub needs_secret: bool,
}

/// Where to find a token, and where to paste it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenQuestion {
    /// The connector's id.
    pub connector: String,
    /// Its name for people.
    pub connector_name: String,
    /// Whose account.
    pub mode: Mode,
    /// What the vendor calls it.
    pub name: String,
    /// How it begins, so that a wrong paste is noticed.
    pub prefix: Option<String>,
    /// Where to find it.
    pub url: String,
    /// Why a token, and what it has to allow.
    pub why: String,
    /// Whether it may be of another account than the one connected.
    pub other_account: bool,
    /// What was answered of the connector's settings (a subdomain), by field.
    #[serde(default)]
    pub config: BTreeMap<String, String>,
}

/// A sign-in that is going on in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInQuestion {
    /// The connector's id.
    pub connector: String,
    /// Its name for people.
    pub connector_name: String,
    /// Whose account.
    pub mode: Mode,
    /// The flow at the broker.
    pub flow: String,
    /// The link to open.
    pub url: String,
    /// Seconds until it is over.
    pub expires_in: u64,
    /// What the doctor found.
    pub notes: Vec<String>,
    /// Whether a browser could be opened.
    pub browser_opened: bool,
}

/// One of several, or words of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceQuestion {
    /// The word under which `exec --answer` answers it.
    pub key: String,
    /// The question.
    pub text: String,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether words of one's own are fine.
    pub free: bool,
    /// What is asked for, as a hint in the empty field.
    pub placeholder: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// To `Mode`.
    Mode(Mode),
    /// To `Permissions`: go on and sign in (or go on, when all is granted).
    Connect,
    /// To `Permissions`: sign in with another account.
    OtherAccount,
    /// To `Permissions`, `Client`, `Token`, `SignIn`: go on without; it can be taken up later.
    Skip,
    /// To `Client`: id and secret are with the broker.
    ClientStored,
    /// To `Token`: the broker has it and knows whose it is.
    TokenStored,
    /// To `SignIn`: the broker says who is connected.
    SignedIn {
        /// Who.
        account: String,
        /// Scopes as granted.
        scopes: Vec<String>,
        /// Scopes asked for and not granted.
        missing: Vec<String>,
    },
    /// To `SignIn`: it did not work.
    SignInFailed {
        /// What happened, why, and what to do.
        message: String,
        /// A stable word.
        code: String,
    },
    /// To `Choice`: an option's text, or words of one's own.
    Text(String),
}
