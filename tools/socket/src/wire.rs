//! Requests and replies. Both sides are this same binary, so the version is only checked in
//! [`Request::Hello`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Bumped when a message changes its meaning.
pub const VERSION: u32 = 1;

/// The longest line either side accepts, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// What the chat asks of the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// First on every connection.
    Hello {
        /// [`VERSION`] of the asking side.
        version: u32,
    },
    /// All connections of an app.
    Connections {
        /// The app's id.
        app: String,
    },
    /// Whether an OAuth client is known for a family of connectors.
    Client {
        /// The catalog's `auth.family`.
        family: String,
    },
    /// Stores an OAuth client. `secret_bytes` raw bytes follow the line.
    PutClient {
        /// The catalog's `auth.family`.
        family: String,
        /// The client id.
        client_id: String,
        /// How many bytes of client secret follow; 0 for a public client.
        secret_bytes: usize,
    },
    /// Starts an authorization-code flow. The reply is `Begun`; then `Wait`.
    Begin {
        /// The app's id.
        app: String,
        /// The connector's id.
        connector: String,
        /// `shared` or `app_user`.
        mode: String,
        /// Scopes to ask for, besides those already granted and the connector's base scopes.
        scopes: Vec<String>,
        /// Whether another account shall be chosen than the one connected.
        other_account: bool,
        /// Values of the connector's config fields, by name; those stored already stay.
        #[serde(default)]
        config: BTreeMap<String, String>,
        /// Which way the grant comes.
        #[serde(default)]
        way: Way,
    },
    /// Waits until a flow ends. The reply is `Finished`.
    Wait {
        /// The flow's id.
        flow: String,
    },
    /// Ends a flow at the person's wish.
    Cancel {
        /// The flow's id.
        flow: String,
    },
    /// Connects with a token a person pasted, where the catalog allows it, or with an API key. `token_bytes` raw bytes
    /// follow the line. The reply is `Finished`.
    Paste {
        /// The app's id.
        app: String,
        /// The connector's id.
        connector: String,
        /// `shared` or `app_user`.
        mode: String,
        /// Whether it may be of another account than the one connected.
        other_account: bool,
        /// Values of the connector's config fields, by name; those stored already stay.
        #[serde(default)]
        config: BTreeMap<String, String>,
        /// How many bytes of token follow.
        token_bytes: usize,
    },
    /// Revokes upstream and forgets.
    Disconnect {
        /// The app's id.
        app: String,
        /// The connector's id.
        connector: String,
        /// `shared` or `app_user`.
        mode: String,
    },
}

/// Which way a grant comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A person consents in a browser on this machine.
    #[default]
    Browser,
    /// A person types a code on another device (RFC 8628). Only ever started by a person's own command.
    Device,
    /// The client asks for itself (RFC 6749 §4.4), with no person's account. Only ever started by a person's
    /// own command.
    Client,
}

/// What the broker answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// To `Hello`.
    Hello {
        /// [`VERSION`] of the broker.
        version: u32,
        /// Things the builder should know (provider calls are sent to a loopback emulator).
        notes: Vec<String>,
    },
    /// To `Connections`.
    Connections {
        /// One per connector and mode.
        connections: Vec<ConnectionView>,
    },
    /// To `Client`.
    Client {
        /// The client id, if one is known.
        client_id: Option<String>,
    },
    /// To `Begin`.
    Begun {
        /// The flow that has begun.
        flow: Flow,
    },
    /// To `Wait`.
    Finished {
        /// How it ended.
        finish: Finish,
    },
    /// Done, nothing to say.
    Ok,
    /// It could not be done.
    Error {
        /// What happened and why, and what to do next.
        message: String,
        /// A stable word for programs (`no_client`, `unknown_connector`, `port_taken`, …).
        code: String,
    },
}

/// An authorization flow that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its id; not a secret, and of no use without the socket.
    pub id: String,
    /// Where the person consents; empty where nobody has to.
    pub authorize_url: String,
    /// What the person types there, in the device flow.
    #[serde(default)]
    pub user_code: Option<String>,
    /// Where the provider sends the browser back to; empty in the device flow.
    pub redirect_uri: String,
    /// Seconds until the flow is over.
    pub expires_in: u64,
    /// What the doctor found before the browser opens.
    pub notes: Vec<String>,
}

/// How a flow ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finish", rename_all = "snake_case")]
pub enum Finish {
    /// Connected.
    Connected {
        /// The connection as it is now.
        connection: ConnectionView,
        /// Scopes asked for and not granted.
        missing_scopes: Vec<String>,
    },
    /// The person or the provider said no, or something went wrong.
    Failed {
        /// What happened, why, and what to do next.
        message: String,
        /// A stable word (`access_denied`, `expired`, `cancelled`, `state_mismatch`, `provider_error`, …).
        code: String,
    },
}

/// A connection as people may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// The connector's id.
    pub connector: String,
    /// `shared` or `app_user`.
    pub mode: String,
    /// `active`, `refreshing`, `needs_reconnect`, `revocation_pending`, `disconnected`, `idle`.
    pub status: String,
    /// Why, when it is not active.
    pub reason: Option<String>,
    /// Who consented: an e-mail address or a workspace's name.
    pub account: Option<String>,
    /// Scopes as granted.
    pub scopes: Vec<String>,
    /// The connector's settings, such as a subdomain.
    #[serde(default)]
    pub config: BTreeMap<String, String>,
    /// Unix milliseconds.
    pub connected_at: i64,
    /// Unix milliseconds.
    pub last_used_at: Option<i64>,
}
