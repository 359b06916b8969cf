//! How one signs in to a connector: endpoints, client authentication, tokens, and how a vendor departs
//! from the standards. Sources: RFC 6749, 7009, 7636, 8252, 8414, 8628, 9207.

use serde::{Deserialize, Serialize};

/// How one signs in to a connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Connectors of one family share an OAuth client (`google` for all Google connectors).
    pub family: String,
    /// An API key takes the place of OAuth: then no other field of this table is set.
    #[serde(default)]
    pub key: Option<ApiKey>,
    /// Where the person consents. Always https; empty only where a key takes the place of OAuth.
    #[serde(default)]
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged. Always https; empty only beside a key.
    #[serde(default)]
    pub token_url: String,
    /// Where a grant is taken back, where the vendor has such a place.
    #[serde(default)]
    pub revoke_url: Option<String>,
    /// How the revocation request departs from RFC 7009.
    #[serde(default)]
    pub revocation: Revocation,
    /// RFC 9207 issuer, when the authorization response carries `iss`.
    #[serde(default)]
    pub issuer: Option<String>,
    /// RFC 8414 or OpenID Connect metadata document.
    #[serde(default)]
    pub metadata_url: Option<String>,
    /// RFC 8628 endpoint, where the vendor has one.
    #[serde(default)]
    pub device_url: Option<String>,
    /// Whether the vendor checks PKCE (we send it always).
    #[serde(default)]
    pub pkce: Pkce,
    /// How the client authenticates at the token endpoint.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// Whether RFC 6749 §4.4 client credentials give a token too (a service principal, no person).
    #[serde(default)]
    pub client_credentials: bool,
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
    #[serde(default)]
    pub redirect: RedirectRule,
    /// `localhost`, where the vendor refuses the literal `127.0.0.1` (RFC 8252 §8.3 prefers that).
    #[serde(default)]
    pub loopback_host: Option<String>,
    /// Lifetime in seconds when the answer says nothing; 0 means the token does not expire.
    #[serde(default)]
    pub default_expires_in: u64,
    /// How many seconds before its end a token is refreshed, when the usual minute is not enough
    /// or a vendor refuses an early refresh (0).
    #[serde(default)]
    pub early_refresh: Option<u64>,
    /// What happens to the old refresh token after use.
    #[serde(default)]
    pub rotation: Rotation,
    /// Where a short-lived token is exchanged for a long-lived one that takes the place of a
    /// refresh token (Instagram, Facebook, Threads).
    #[serde(default)]
    pub long_lived: Option<LongLived>,
    /// How calls carry the access token, when it is not `Authorization: Bearer` (Shopify).
    #[serde(default)]
    pub token_header: Option<TokenHeader>,
    /// Which call says whose account it is.
    #[serde(default)]
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

/// How calls carry an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenHeader {
    /// The header (`X-Shopify-Access-Token`).
    pub name: String,
    /// What is sent in it; `{token}` stands for the token.
    #[serde(default = "token_itself")]
    pub template: String,
}

fn token_itself() -> String {
    "{token}".into()
}

/// An API key in place of an OAuth grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// The secret's name, as functions read it from their environment (`RESEND_API_KEY`).
    pub secret: String,
    /// What the vendor calls it ("API key", "bot token").
    pub name: String,
    /// How it begins (`re_`), so that a wrong paste is noticed.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Regular expression the whole key matches, where its form is known.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Where to make one.
    pub url: String,
    /// Where a call carries it.
    pub place: KeyPlace,
    /// The header or query parameter that carries it; empty for a path.
    #[serde(default)]
    pub field: String,
    /// What is sent there: `{key}` stands for the key, `{name}` for a config field (`Bearer {key}`).
    /// For `basic` it is `user:password` before encoding (`{account_sid}:{key}`).
    #[serde(default = "key_itself")]
    pub template: String,
    /// What narrows it, or that nothing does: what somebody who has the key can do.
    pub reach: String,
}

fn key_itself() -> String {
    "{key}".into()
}

/// Where a call carries an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In a header.
    Header,
    /// In the query.
    Query,
    /// In the path, where operations write `{key}` (Telegram).
    Path,
    /// HTTP Basic, as user and password.
    Basic,
}

/// How a vendor's revocation request departs from RFC 7009.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Revocation {
    /// POST, or DELETE (GitHub, Facebook).
    pub method: String,
    /// Who asks: the client, by `client_auth`; the client by HTTP Basic whatever `client_auth`
    /// says; or the token itself as a bearer.
    pub by: RevokedBy,
    /// Where the token goes.
    pub place: TokenPlace,
    /// The parameter that carries it.
    pub param: String,
    /// Which token is sent.
    pub token: RevokedToken,
}

impl Default for Revocation {
    fn default() -> Self {
        Self {
            method: "POST".into(),
            by: RevokedBy::default(),
            place: TokenPlace::default(),
            param: "token".into(),
            token: RevokedToken::default(),
        }
    }
}

/// Who asks for a revocation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedBy {
    /// The client, authenticated as at the token endpoint.
    #[default]
    Client,
    /// The client, by HTTP Basic.
    Basic,
    /// The client, by its secret alone: `Authorization: Client <secret>` (Square).
    Secret,
    /// The token itself, as a bearer.
    Bearer,
    /// Nobody: the token is proof enough.
    Nobody,
}

/// Where a revocation request carries the token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// In a form body.
    #[default]
    Form,
    /// In a JSON body.
    Json,
    /// In the query.
    Query,
    /// Nowhere: the bearer is enough.
    None,
}

/// Which token a revocation request carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedToken {
    /// The refresh token where there is one, the access token otherwise.
    #[default]
    Refresh,
    /// The access token.
    Access,
}

/// The exchange of a short-lived token for a long-lived one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongLived {
    /// Where a code's token is exchanged, by GET.
    pub url: String,
    /// Its `grant_type` (`ig_exchange_token`).
    pub grant_type: String,
    /// The parameter that carries the short-lived token.
    pub param: String,
    /// Whether the client id goes along (Facebook); the secret always does.
    #[serde(default)]
    pub with_client_id: bool,
    /// Where the long-lived token is renewed, by GET; absent where a person must sign in again.
    #[serde(default)]
    pub refresh_url: Option<String>,
    /// The renewal's `grant_type` (`ig_refresh_token`).
    #[serde(default)]
    pub refresh_grant_type: Option<String>,
    /// The parameter that carries the token at renewal.
    #[serde(default)]
    pub refresh_param: Option<String>,
}

/// Whether a vendor checks the PKCE challenge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// S256 is verified.
    #[default]
    S256,
    /// The parameters are accepted and not verified.
    Ignored,
    /// The parameters make the vendor refuse the request, so they are left away.
    Refused,
}

/// How the client authenticates at the token endpoint (RFC 6749 §2.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// HTTP Basic.
    Basic,
    /// `client_id` and `client_secret` in the body.
    #[default]
    Body,
    /// A public client: no secret.
    None,
}

/// What a vendor accepts as redirect URI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedirectRule {
    /// `http://127.0.0.1` with any port (RFC 8252 §7.3).
    #[default]
    LoopbackAnyPort,
    /// `http://127.0.0.1` or `http://localhost`, but the port must be registered.
    LoopbackFixedPort,
    /// https only: a tunnel or the app's own domain is needed.
    HttpsOnly,
}

/// What happens to a refresh token when it is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It stays valid.
    #[default]
    None,
    /// It is replaced, and stays usable for so many seconds.
    Grace(u32),
    /// It is replaced and dead at once.
    Strict,
}

/// The probe that says whose account was connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The JSON body of a POST probe (a GraphQL query), as text.
    #[serde(default)]
    pub body: Option<String>,
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
    /// What the identity probe sends as `Authorization`, when it is not `Bearer {token}`
    /// (`Bot {token}`).
    #[serde(default)]
    pub template: Option<String>,
    /// Where to find it.
    pub url: String,
}
