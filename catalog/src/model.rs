//! The shape of a connector file. Every field is read by `toml` and refused when unknown,
//! so a typing error in a catalog file is found by its test and not by a builder.

use serde::{Deserialize, Serialize};

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
    pub hosts: Vec<String>,
    /// The day the facts were last compared with the sources, ISO date.
    pub verified_on: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// How one signs in.
    pub auth: Auth,
    /// Extra values a connection needs (a workspace URL).
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

/// How one signs in to a connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Connectors of one family share an OAuth client (`google` for all Google connectors).
    pub family: String,
    /// Where the person consents. Always https.
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged. Always https.
    pub token_url: String,
    /// RFC 7009 endpoint, where the vendor has one.
    #[serde(default)]
    pub revoke_url: Option<String>,
    /// RFC 9207 issuer, when the authorization response carries `iss`.
    #[serde(default)]
    pub issuer: Option<String>,
    /// RFC 8628 endpoint, where the vendor has one.
    #[serde(default)]
    pub device_url: Option<String>,
    /// Whether the vendor checks PKCE (we send it always).
    pub pkce: Pkce,
    /// How the client authenticates at the token endpoint.
    pub client_auth: ClientAuth,
    /// What separates scopes in the authorize URL.
    #[serde(default = "space")]
    pub scope_separator: String,
    /// The query parameter that carries scopes (Slack has `user_scope` for user tokens).
    /// Empty when the vendor takes none and permissions are set at the vendor (Notion).
    #[serde(default = "scope_param")]
    pub scope_param: String,
    /// Extra authorize parameters, such as those that make a refresh token come.
    #[serde(default)]
    pub authorize_params: Vec<Param>,
    /// Scopes always asked for, such as the one that names the account.
    #[serde(default)]
    pub base_scopes: Vec<String>,
    /// What the vendor accepts as redirect URI.
    pub redirect: RedirectRule,
    /// `localhost`, where the vendor refuses the literal `127.0.0.1` (RFC 8252 §8.3 prefers that).
    #[serde(default)]
    pub loopback_host: Option<String>,
    /// Lifetime in seconds when the answer says nothing; 0 means the token does not expire.
    #[serde(default)]
    pub default_expires_in: u64,
    /// What happens to the old refresh token after use.
    pub rotation: Rotation,
    /// Which call says whose account it is.
    pub identity: Identity,
    /// How the vendor departs from RFC 6749.
    #[serde(default)]
    pub quirks: Quirks,
    /// A token that can be pasted in place of OAuth, and how it begins.
    #[serde(default)]
    pub paste: Option<Paste>,
}

fn space() -> String {
    " ".into()
}

fn scope_param() -> String {
    "scope".into()
}

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// The parameter's name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Whether a vendor checks the PKCE challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// S256 is verified.
    S256,
    /// The parameters are accepted and not verified.
    Ignored,
}

/// How the client authenticates at the token endpoint (RFC 6749 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// HTTP Basic.
    Basic,
    /// `client_id` and `client_secret` in the body.
    Body,
    /// A public client: no secret.
    None,
}

/// What a vendor accepts as redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedirectRule {
    /// `http://127.0.0.1` with any port (RFC 8252 §7.3).
    LoopbackAnyPort,
    /// `http://127.0.0.1` or `http://localhost`, but the port must be registered.
    LoopbackFixedPort,
    /// https only: a tunnel or the app's own domain is needed.
    HttpsOnly,
}

/// What happens to a refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It stays valid.
    None,
    /// It is replaced, and stays usable for so many seconds.
    Grace(u32),
    /// It is replaced and dead at once.
    Strict,
}

/// The probe that says whose account was connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// GET or POST.
    pub method: String,
    /// Absolute https URL; empty when the token response itself names the account.
    pub url: String,
    /// JSON pointer to a stable id.
    pub id: String,
    /// JSON pointer to what a person recognises (an e-mail, a workspace name).
    pub label: String,
    /// JSON pointer to an e-mail address, if there is one.
    #[serde(default)]
    pub email: Option<String>,
}

/// How a vendor's token endpoint departs from RFC 6749; all handled in one transport.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quirks {
    /// The request body is JSON, not a form (Notion).
    pub json_body: bool,
    /// The answer is `application/x-www-form-urlencoded` (GitHub without `Accept`).
    pub form_answer: bool,
    /// JSON pointer of an object whose members are lifted to the top (Slack `/authed_user`).
    pub lift: Option<String>,
    /// A boolean member that says whether a 200 is a success (Slack `ok`).
    pub ok_field: Option<String>,
    /// What separates scopes in the token answer, when it is not a space.
    pub answer_scope_separator: Option<String>,
    /// The name of the client id parameter, when it is not `client_id` (TikTok `client_key`).
    pub client_id_param: Option<String>,
    /// Extra headers on token, revoke and identity requests (`Notion-Version`).
    pub headers: Vec<Param>,
}

/// A token that can be pasted in place of an OAuth flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paste {
    /// What it is called at the vendor ("internal integration secret").
    pub name: String,
    /// How it begins (`xoxb-`), so that a wrong paste is noticed.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Where to find it.
    pub url: String,
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

/// What a call does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Looks.
    Read,
    /// Changes something that can be changed back.
    Write,
    /// Reaches another person.
    Send,
    /// Removes.
    Delete,
    /// Moves money.
    Money,
}

/// What the body of a call is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// No body.
    None,
    /// JSON.
    Json,
    /// JSON whose `raw` is a base64url MIME message (Gmail).
    MimeRaw,
}

/// One call of a connector's API that Linchpin can plan, prove and rehearse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Its id, the vendor's where it has one (`gmail.users.messages.send`).
    pub id: String,
    /// What it does, starting with a verb ("Send an e-mail").
    pub title: String,
    /// The intent it serves (`send_email`), used by guide and suggestions.
    pub intent: String,
    /// HTTP method.
    pub method: String,
    /// Absolute URL with `{name}` for path parameters.
    pub url: String,
    /// Sets of scopes; any one set suffices, the best first. An empty list means none is needed.
    #[serde(default)]
    pub scopes: Vec<Vec<String>>,
    /// What it does to the world.
    pub effect: Effect,
    /// What makes a repetition harmless, in words ("client-supplied event id"), if anything does.
    #[serde(default)]
    pub idempotency: Option<String>,
    /// The body's form.
    pub body: Body,
    /// Headers every call of it carries besides authorization and content type.
    #[serde(default)]
    pub headers: Vec<Param>,
    /// How further pages are asked for.
    #[serde(default)]
    pub pagination: Option<Pagination>,
    /// A boolean member of the answer that says whether a 200 is a success (Slack `ok`).
    #[serde(default)]
    pub ok_field: Option<String>,
    /// Its parameters.
    #[serde(default)]
    pub params: Vec<OperationParam>,
    /// A minimal request body, as JSON text. For `mime_raw` it shows where `raw` goes: at the top,
    /// or inside `message` for a draft; the body parameters then are the parts of the letter.
    #[serde(default)]
    pub sample_request: Option<String>,
    /// What the vendor answers, as JSON text: the rehearsal's answer. Empty when it answers
    /// without a body (204).
    pub sample_response: String,
    /// The vendor's page about it.
    #[serde(default)]
    pub docs: Option<String>,
}

/// How further pages are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    /// JSON pointer to the items in an answer.
    pub items: String,
    /// JSON pointer to the next cursor in an answer.
    pub next: String,
    /// Where the cursor goes: a query parameter, or a body member when `in_body`.
    pub param: String,
    /// Whether the cursor goes into the body.
    #[serde(default)]
    pub in_body: bool,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In the body.
    Body,
}

/// One parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationParam {
    /// Its name; for a body parameter a dotted path (a number is an index into a list).
    pub name: String,
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Whether the vendor insists.
    #[serde(default)]
    pub required: bool,
    /// What it is, in plain words.
    pub about: String,
    /// The value used when a plan says nothing (`primary`).
    #[serde(default)]
    pub default: Option<String>,
    /// Set when its value identifies something in the builder's own account that nobody can guess
    /// (a spreadsheet id, a channel): what to ask for, as a question.
    #[serde(default)]
    pub ask: Option<String>,
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
