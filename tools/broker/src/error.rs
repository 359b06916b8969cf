//! What keeps a broker from starting or a request from being answered.

use std::path::PathBuf;

/// The broker can't do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The store of connections.
    #[error(transparent)]
    Vault(#[from] linchpin_vault::Error),
    /// A provider, or the set-up for reaching one.
    #[error(transparent)]
    Oauth(#[from] linchpin_oauth::OauthError),
    /// Another broker has the socket.
    #[error("Another Linchpin broker is already running at {}. Use that one, or stop it first.", path.display())]
    Running {
        /// The socket.
        path: PathBuf,
    },
    /// The socket can't be made.
    #[error("The broker's socket {} can't be opened ({source}). Check the folder's owner and mode (0700).", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The HTTP address can't be had.
    #[error(
        "The broker can't listen on {address} ({source}). Give another address with --listen, or 127.0.0.1:0 for any free port."
    )]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// An address others can reach, without https in front.
    #[error(
        "The broker won't listen on {address}, where others can reach it in the clear. Put a TLS proxy in front and give its https address with LINCHPIN_PUBLIC_URL, or listen on 127.0.0.1."
    )]
    Exposed {
        /// The address.
        address: std::net::SocketAddr,
    },
    /// The public address is not one.
    #[error(
        "LINCHPIN_PUBLIC_URL is not an https address without a path. Give something like https://connect.example.com."
    )]
    PublicUrl,
    /// The process could not be hardened.
    #[error(
        "The broker could not keep its memory out of core dumps ({0}), so it doesn't start. Check the limits it runs under."
    )]
    Harden(std::io::Error),
    /// The process can't be told to stop.
    #[error("The broker can't listen for the order to stop ({0}), so it doesn't start. Try again.")]
    Signals(std::io::Error),
    /// A user that can't be told apart safely.
    #[error("The user id is empty, too long, or has control characters in it. Give the id the app's sign-in uses.")]
    BadUser,
    /// No randomness.
    #[error("The operating system gave no random bytes. Try again.")]
    NoRandomness,
}

impl BrokerError {
    /// True when a person has to change the set-up; the command line exits with 78.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Vault(error) => error.is_configuration(),
            Self::Oauth(error) => error.code() == "configuration",
            Self::Exposed { .. } | Self::PublicUrl | Self::Socket { .. } => true,
            _ => false,
        }
    }
}
