//! What can go wrong with a provider, one sentence each. No variant carries a body, a description written
//! by the provider, or a secret: a provider may echo what we sent it (`security.md` T-SEC-05).

use std::path::PathBuf;

/// A flow or a call to a provider that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OauthError {
    /// The provider could not be reached.
    #[error("{host} can't be reached ({why}). Check the network and try again.")]
    Unreachable {
        /// The host asked.
        host: String,
        /// What failed: `connect`, `TLS`, `request`, `body`.
        why: &'static str,
    },
    /// The provider did not answer in time.
    #[error("{host} didn't answer in time. Nothing was changed; try again in a minute.")]
    Deadline {
        /// The host asked.
        host: String,
    },
    /// The answer is larger than any token answer.
    #[error(
        "{host} sent more than 1 MiB, which was cut off. Nothing was changed; try again, and tell the provider if it stays so."
    )]
    TooLarge {
        /// The host asked.
        host: String,
    },
    /// The answer is a redirect, and a secret is never sent on.
    #[error(
        "{host} answered with a redirect, which is not followed because the request carries a secret. Check the catalog's endpoint for it."
    )]
    Redirected {
        /// The host asked.
        host: String,
    },
    /// Too many requests, or the provider is out of order.
    #[error("{host} is busy or out of order (status {status}). The connection is kept; try again later.")]
    Busy {
        /// The host asked.
        host: String,
        /// HTTP status.
        status: u16,
        /// Seconds to wait, between 1 and 3600.
        retry_after: Option<u64>,
    },
    /// The answer is not what a token endpoint says.
    #[error(
        "{host} answered with something that is not an OAuth answer ({what}). The connection is kept; try again later."
    )]
    NotOauth {
        /// The host asked.
        host: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The provider refused, with an error code.
    #[error("{host} refused: {code}. {next}")]
    Refused {
        /// The host asked.
        host: String,
        /// The provider's code, letters and underscores only.
        code: String,
        /// What to do.
        next: String,
    },
    /// The person or their administrator declined.
    #[error(
        "Access to {name} was declined on its consent page. Connect again when you want to, or skip it; nothing was stored."
    )]
    Declined {
        /// The connector's name.
        name: String,
    },
    /// The answer came with another `state`, or none.
    #[error(
        "The sign-in answer doesn't belong to this attempt and was refused. Start the connection again from Linchpin."
    )]
    StateMismatch,
    /// The answer came a second time.
    #[error("This sign-in answer was used already. Start the connection again from Linchpin.")]
    StateUsed,
    /// The answer names another authorization server, or none where one must be named.
    #[error(
        "The sign-in answer was not issued by {expected} and was refused. Start again; if it stays so, don't sign in there."
    )]
    IssuerMismatch {
        /// The issuer the catalog names.
        expected: String,
    },
    /// The answer has neither a code nor an error.
    #[error("The sign-in answer of {name} has no code in it. Start the connection again.")]
    NoCode {
        /// The connector's name.
        name: String,
    },
    /// The ten minutes are over.
    #[error("Nobody finished the sign-in within ten minutes. Start the connection again.")]
    Expired,
    /// The port that must be used is taken.
    #[error(
        "Port {port} on 127.0.0.1 is taken, and {name} needs exactly this one. Close the program that uses it (`ss -ltnp 'sport = :{port}'` names it) and connect again."
    )]
    PortTaken {
        /// The port.
        port: u16,
        /// The connector's name.
        name: String,
    },
    /// No port could be had at all.
    #[error("No port on 127.0.0.1 could be opened ({why}). Check the machine's limits and connect again.")]
    NoPort {
        /// What the system said.
        why: String,
    },
    /// The vendor takes https redirects only.
    #[error(
        "{name} only sends people back to an https address, which a program on this machine doesn't have. Paste a token instead: {paste}."
    )]
    HttpsOnly {
        /// The connector's name.
        name: String,
        /// Where a token can be had, or why not.
        paste: String,
    },
    /// A URL of the catalog is not usable.
    #[error(
        "The catalog's {which} address of {connector} is not a usable https address. Run `linchpin catalog check`."
    )]
    BadEndpoint {
        /// The connector's id.
        connector: String,
        /// Which address.
        which: &'static str,
    },
    /// The probe answered without an account in it.
    #[error(
        "{name} didn't say whose account this is, so it was not stored. Connect again and leave the profile permission on."
    )]
    NoAccount {
        /// The connector's name.
        name: String,
    },
    /// What was pasted is no key of this vendor.
    #[error("That is not the {key} of {name}{begin}. Copy it again from {url}; nothing was sent.")]
    BadKey {
        /// The connector's name.
        name: String,
        /// What the vendor calls it.
        key: String,
        /// How one begins, with its comma, or nothing.
        begin: String,
        /// Where it is found.
        url: String,
    },
    /// The vendor doesn't take the key.
    #[error("{name} didn't take the {key}. Make a new one at {url} and enter it; nothing was stored.")]
    KeyRefused {
        /// The connector's name.
        name: String,
        /// What the vendor calls it.
        key: String,
        /// Where one is made.
        url: String,
    },
    /// A config value is of another form than the connector wants.
    #[error("The value for {field} can't be used. {expected}")]
    BadConfig {
        /// The field's name for people.
        field: String,
        /// What it looks like.
        expected: String,
    },
    /// A config value of a field that the connector doesn't have.
    #[error("{connector} has no setting called `{field}`. `linchpin catalog show {connector}` lists them.")]
    UnknownConfig {
        /// The connector's id.
        connector: String,
        /// What was given.
        field: String,
    },
    /// A config value would lead a token to another place than the entry names.
    #[error(
        "The setting `{field}` of {connector} would lead to another address, so nothing was sent. Give another value."
    )]
    ConfigAstray {
        /// The connector's id.
        connector: String,
        /// The field.
        field: String,
    },
    /// The vendor doesn't do what was asked for.
    #[error("{name} can't be connected {how}. {next}")]
    NoSuchWay {
        /// The connector's name.
        name: String,
        /// Which way: `with a code on another device`, `as a program`.
        how: &'static str,
        /// What to do.
        next: String,
    },
    /// The remap file is not usable.
    #[error("The provider table {path} can't be used: {problem}. Mend it, or unset LINCHPIN_PROVIDERS.")]
    Providers {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
    /// The TLS set-up failed.
    #[error("TLS could not be set up ({why}). Check SSL_CERT_FILE, or unset it.")]
    Tls {
        /// What failed.
        why: String,
    },
    /// The operating system gave no randomness.
    #[error("The operating system gave no random bytes; nothing was sent. Try again.")]
    NoRandomness,
}

impl OauthError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Deadline { .. } => "deadline",
            Self::TooLarge { .. } | Self::Redirected { .. } | Self::NotOauth { .. } => "bad_answer",
            Self::Busy { .. } => "busy",
            Self::Refused { code, .. } if code == "invalid_client" => "client_refused",
            Self::Refused { .. } => "provider_error",
            Self::Declined { .. } => "access_denied",
            Self::StateMismatch | Self::StateUsed => "state_mismatch",
            Self::IssuerMismatch { .. } => "issuer_mismatch",
            Self::NoCode { .. } => "provider_error",
            Self::Expired => "expired",
            Self::PortTaken { .. } | Self::NoPort { .. } => "port_taken",
            Self::HttpsOnly { .. } => "https_only",
            Self::BadEndpoint { .. } => "bad_endpoint",
            Self::NoAccount { .. } => "no_account",
            Self::BadConfig { .. } | Self::UnknownConfig { .. } | Self::ConfigAstray { .. } => "bad_config",
            Self::NoSuchWay { .. } => "no_such_way",
            Self::BadKey { .. } => "bad_token",
            Self::KeyRefused { .. } => "key_refused",
            Self::Providers { .. } | Self::Tls { .. } => "configuration",
            Self::NoRandomness => "no_randomness",
        }
    }

    /// True when the provider says that the grant is over (`invalid_grant`). Nothing else is revocation.
    pub fn is_invalid_grant(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_grant")
    }

    /// True when the provider refused our client, so that every connection of it is affected.
    pub fn is_client_refused(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "invalid_client" || code == "unauthorized_client")
    }

    /// Seconds the provider asked us to wait.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
