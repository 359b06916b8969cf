//! Who is asking. Found out from a key or a signature alone: an app id is a name, not a credential, and
//! nothing in a body or a query says who somebody is.

use linchpin_vault::Vault;

use crate::BrokerError;
use crate::jwt::SigningKey;

/// The id of the builder as a user of their own app, for connections made from the chat in `app_user` mode.
pub const BUILDER: &str = "builder";

/// A signed-in user of an app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppUser {
    /// The id, compared byte for byte.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The full name.
    pub name: String,
    /// `user` or `admin`.
    pub role: String,
}

/// A verified caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// A function of the app.
    Service { app: String },
    /// The app's builder, through the command line.
    Builder { app: String },
    /// A user of the app.
    User(AppUser),
}

/// An id that can be told apart safely: not empty, not long, no control characters.
pub(crate) fn checked(id: &str) -> Option<&str> {
    (!id.is_empty() && id.len() <= 256 && !id.chars().any(char::is_control) && id.trim() == id).then_some(id)
}

/// Who shows this credential at `app`'s address.
pub(crate) async fn identify(
    vault: &Vault,
    signing: &SigningKey,
    app: &str,
    credential: &str,
) -> Result<Option<Principal>, BrokerError> {
    let key = credential.strip_prefix("b44k_").unwrap_or(credential);
    if key.starts_with("lp_live_") {
        let key = vault.verify_app_key(key).await?;
        return Ok(key.map(|key| match key.name.as_str() {
            "builder" => Principal::Builder { app: key.app },
            _ => Principal::Service { app: key.app },
        }));
    }
    Ok(signing
        .verify(app, credential, linchpin_oauth::now_ms() / 1000)
        .map(Principal::User))
}
