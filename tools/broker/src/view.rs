//! A connection as the chat may see it.

use linchpin_socket::ConnectionView;
use linchpin_vault::{Account, Reason, Status};

use crate::settings::stored;

/// The wire form of a stored connection.
pub(crate) fn view(connection: linchpin_vault::ConnectionView, client_refused: bool) -> ConnectionView {
    let (status, reason) = match &connection.status {
        Status::Active | Status::Refreshing if client_refused => ("needs_reconnect", Some(CLIENT_REFUSED.to_owned())),
        Status::Active => ("active", None),
        Status::Refreshing => ("refreshing", None),
        Status::NeedsReconnect(reason) => ("needs_reconnect", Some(why(reason))),
        Status::RevocationPending => (
            "revocation_pending",
            Some("The provider has yet to confirm that the access is revoked; it is asked again.".into()),
        ),
        Status::Disconnected => ("disconnected", None),
        Status::Idle => ("idle", Some("It has not been used for a long time.".into())),
    };
    ConnectionView {
        connector: connection.key.connector,
        mode: connection.key.mode.as_str().to_owned(),
        status: status.to_owned(),
        reason,
        account: who(&connection.account),
        scopes: connection.scopes,
        config: stored(connection.config.as_ref()),
        connected_at: connection.created,
        last_used_at: connection.last_used,
    }
}

/// What is said of every connection of a client the provider refuses.
pub(crate) const CLIENT_REFUSED: &str =
    "The provider refuses the OAuth client: enter its client id and secret again. The connection itself is kept.";

/// The name a person recognises an account by.
pub(crate) fn who(account: &Account) -> Option<String> {
    account
        .label
        .clone()
        .or_else(|| account.email.clone())
        .or_else(|| account.id.clone())
}

/// Why a connection needs its owner, and what that takes.
pub(crate) fn why(reason: &Reason) -> String {
    match reason {
        Reason::Revoked => "The provider says that the access was withdrawn or has ended; connect again.".into(),
        Reason::InterruptedRefresh => {
            "A renewal was cut off after it was sent, and the provider no longer takes the old token; connect again."
                .into()
        }
        Reason::StaleBackup => {
            "The store was restored from a backup that is older than the token in use; connect again.".into()
        }
        Reason::NoRefreshToken => {
            "The access ran out and the provider gave nothing to renew it with; connect again.".into()
        }
        Reason::ClientRefused => CLIENT_REFUSED.into(),
        Reason::MissingScopes => {
            "Permissions that the functions need were not granted; connect again and leave them ticked.".into()
        }
        Reason::Other(why) => why.clone(),
    }
}
