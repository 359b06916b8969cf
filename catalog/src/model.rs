//! The shape of a connector file. Every field is read by `toml` and refused when unknown,
//! so a typing error in a catalog file is found by its test and not by a builder.

mod auth;
mod operation;

use serde::{Deserialize, Serialize};

pub use auth::*;
pub use operation::*;

/// Whose account a connector runs through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One account, connected by the builder, for everyone who uses the app.
    Shared,
    /// Each signed-in user of the app connects their own account.
    AppUser,
}

impl Mode {
    /// The word used in files, on the command line and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::AppUser => "app_user",
        }
    }
}

/// How much a scope lets its holder see or do, as the vendor classes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Identity and the like.
    Basic,
    /// Private data or actions of one kind (Google: "sensitive").
    Sensitive,
    /// Wide access (Google: "restricted"; admin scopes elsewhere).
    Restricted,
}

/// One tool an app can be connected to. Parsed from `connectors/<id>.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connector {
    /// Base44's identifier, exactly (`googlecalendar`, `slackbot`).
    pub id: String,
    /// The name people use ("Google Calendar").
    pub name: String,
    /// What it is called in prompts and searches besides its name.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Browsing categories (`mail`, `calendar`, `crm`, …).
    pub categories: Vec<String>,
    /// One sentence: what an app does with it.
    pub purpose: String,
    /// Origins its API is served from (`https://gmail.googleapis.com`); no other host is ever called.
    /// `{name}` stands for a config field (`https://{subdomain}.zendesk.com`).
    pub hosts: Vec<String>,
    /// The day the facts were last compared with the sources, ISO date.
    pub verified_on: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// How one signs in.
    pub auth: Auth,
    /// Extra values a connection needs (a workspace URL). Their `{name}` may stand in hosts, in the
    /// addresses of `auth`, and in operations.
    #[serde(default)]
    pub config: Vec<ConfigField>,
    /// Permissions, each in plain words.
    pub scopes: Vec<Scope>,
    /// The calls Linchpin can plan.
    pub operations: Vec<Operation>,
    /// How to get an OAuth client of one's own.
    pub setup: Setup,
    /// Example prompts with slots (`{entity}`).
    #[serde(default)]
    pub prompts: Vec<String>,
    /// Advice on shared or per user.
    pub advice: Advice,
    /// Provider errors with their cause and the next step.
    #[serde(default)]
    pub errors: Vec<ErrorHint>,
    /// The method-to-scope table of `facts/` that covers this connector's API, if there is one.
    #[serde(default)]
    pub facts: Option<String>,
    /// Further tables whose calls this connector's token may make (Drive, for Sheets).
    #[serde(default)]
    pub more_facts: Vec<String>,
}

/// An extra value a connection needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigField {
    /// Its name on the wire.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// What it is.
    pub description: String,
    /// An example.
    pub placeholder: String,
    /// Whether a connection works without it.
    pub required: bool,
    /// Regular expression it must match.
    #[serde(default)]
    pub validation_pattern: Option<String>,
    /// What to say when it doesn't.
    #[serde(default)]
    pub validation_error: Option<String>,
    /// JSON pointer into the token answer that fills it by itself (Salesforce `/instance_url`).
    #[serde(default)]
    pub from_token: Option<String>,
    /// The parameter of the redirect that fills it by itself (QuickBooks `realmId`).
    #[serde(default)]
    pub from_redirect: Option<String>,
    /// JSON pointer into the identity probe's answer that fills it by itself (Jira's cloud id).
    #[serde(default)]
    pub from_identity: Option<String>,
    /// The secret that carries it to functions, beside an API key (`TWILIO_ACCOUNT_SID`).
    #[serde(default)]
    pub secret: Option<String>,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The vendor's string, exactly as sent.
    pub name: String,
    /// The short form of the same scope (`gmail.send`).
    #[serde(default)]
    pub short: Option<String>,
    /// Other spellings, such as the one a token answer uses.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it allows, in plain words, starting with a verb.
    pub sentence: String,
    /// How the vendor classes it.
    pub sensitivity: Sensitivity,
    /// Scopes it includes.
    #[serde(default)]
    pub implies: Vec<String>,
    /// Why this scope looks sufficient and isn't what one wants ("headers only, no message body").
    /// Never chosen by itself, only honoured where it is already granted or nothing else will do.
    #[serde(default)]
    pub avoid: Option<String>,
}

/// How to get an OAuth client of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Where the client is made.
    pub console_url: String,
    /// What to do there, one step a line. The redirect address itself is shown beside the steps.
    pub steps: Vec<String>,
    /// Known traps ("Google: tokens of a project in testing end after 7 days").
    #[serde(default)]
    pub traps: Vec<String>,
    /// What is left to do at the vendor after connecting ("invite the bot to the channel").
    #[serde(default)]
    pub after: Vec<String>,
}

/// Advice on shared or per user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// The mode when the app says nothing.
    pub default: Mode,
    /// Whether the account holds one person's private data (a mailbox, a calendar).
    pub personal: bool,
    /// What is at stake, in a sentence.
    pub reason: String,
}

/// A provider error with its cause and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorHint {
    /// HTTP status, when it decides.
    #[serde(default)]
    pub status: Option<u16>,
    /// The vendor's code or a part of its message.
    pub code: String,
    /// Why it happens.
    pub cause: String,
    /// What to do.
    pub next: String,
}

/// The loopback port of redirect URIs that must be registered with their port. Below the ports that
/// systems hand to outgoing connections (32768 up on Linux), any of which may hold it for a minute.
pub const LOOPBACK_PORT: u16 = 21867;
