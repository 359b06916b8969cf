//! What goes wrong with a database.

/// Why a database's tables could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is of a database that is not known.
    #[error("{scheme} is no database Linchpin reads. Give a postgres:// URL, sqlite:FILE, or the file itself.")]
    Unknown {
        /// The URL's scheme.
        scheme: String,
    },
    /// The URL is not one.
    #[error("The database's URL is not a URL. Give postgres://USER:PASSWORD@HOST/NAME.")]
    Malformed,
    /// The database does not answer, or not as it should.
    #[error("{name} could not be read: {source}. Check that it runs, the name and who may look at it.")]
    Unreadable {
        /// Its host and name.
        name: String,
        /// What it said.
        source: sqlx::Error,
    },
    /// The database takes too long.
    #[error("{name} did not answer within {seconds} seconds. Check the host and try again.")]
    Slow {
        /// Its host and name.
        name: String,
        /// How long was waited.
        seconds: u64,
    },
}
