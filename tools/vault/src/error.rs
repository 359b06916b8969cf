//! What can go wrong, one sentence each: what happened, and what to do next.

use std::path::PathBuf;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the vault. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store has rows, and its key isn't where it should be.
    #[error(
        "The vault's key {expected} was not found in {place}. Put that key back (from your backup or recovery key); \
         no new key is made while the vault has rows, and nothing was changed."
    )]
    KeyMissing {
        /// Id of the key the store was made with.
        expected: String,
        /// Where it was looked for.
        place: String,
    },
    /// A key was given, but it isn't this store's.
    #[error(
        "The vault was made with key {expected}, but {place} holds key {found}. \
         Point Linchpin at the right key; nothing was changed."
    )]
    KeyWrong {
        /// Id of the key the store was made with.
        expected: String,
        /// Id of the key that was found.
        found: String,
        /// Where it was found.
        place: String,
    },
    /// The key's text isn't 32 bytes.
    #[error(
        "The key in {place} is not 32 bytes ({found}); the vault needs key {expected}. \
         Put the complete key back; nothing was changed."
    )]
    KeyMalformed {
        /// Id of the key the store was made with, or `none yet`.
        expected: String,
        /// What was found, such as `31 bytes`.
        found: String,
        /// Where it was found.
        place: String,
    },
    /// No key is there yet, and this source can't make one.
    #[error(
        "There is no key in {place}. Set it to 32 random bytes in base64 (`head -c 32 /dev/urandom | base64`) and start again."
    )]
    KeyUnset {
        /// Where the key was looked for.
        place: String,
    },
    /// The key provider is chosen once.
    #[error(
        "The vault takes its key {expected} from {recorded}, but this start offers {offered}. \
         Start with the recorded kind of key; nothing was changed."
    )]
    KeyProvider {
        /// Id of the key the store was made with.
        expected: String,
        /// The kind recorded in the store.
        recorded: String,
        /// The kind this start offers.
        offered: String,
    },
    /// The key file is there, but can't be read.
    #[error("The key file {} could not be read ({source}). The vault needs key {expected}; nothing was changed.", path.display())]
    KeyUnreadable {
        /// Id of the key the store was made with, or `none yet`.
        expected: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or folder others may read or write.
    #[error("{} has mode {mode:04o}, so other users can reach it. Run: chmod {wanted:o} {}", path.display(), path.display())]
    TooOpen {
        /// The file or folder.
        path: PathBuf,
        /// Its mode now.
        mode: u32,
        /// The mode it should have.
        wanted: u32,
    },
    /// A symbolic link, a device or the like where a plain file or folder belongs.
    #[error("{} is not {wanted}. Move it away, or give the real path.", path.display())]
    NotPlain {
        /// The path.
        path: PathBuf,
        /// `a plain file` or `a folder`.
        wanted: &'static str,
    },
    /// The file belongs to somebody else.
    #[error("{} belongs to user {owner}, not to you (user {euid}). Run: chown {euid} {}", path.display(), path.display())]
    ForeignOwner {
        /// The path.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who runs Linchpin.
        euid: u32,
    },
    /// SQLite over a network file system loses writes.
    #[error("{} is on a network file system, where SQLite can lose writes. Use a local folder, or PostgreSQL with --database postgres://…", path.display())]
    NetworkFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Another process has been opening the store for half a minute.
    #[error("Another Linchpin has been opening {} for 30 seconds. End it if it hangs, then start again.", path.display())]
    Opening {
        /// The store.
        path: PathBuf,
    },
    /// A PostgreSQL server elsewhere must be reached over verified TLS.
    #[error("The database is on another machine and its URL asks for sslmode={given}. Use sslmode=verify-full.")]
    WeakTls {
        /// The mode in the URL.
        given: String,
    },
    /// The database URL isn't one.
    #[error("The database address is not understood. Use a file path, or postgres://user@host/name.")]
    BadAddress,
    /// The store was written by a newer Linchpin.
    #[error(
        "The vault has schema {found}, newer than this Linchpin knows ({known}). Update Linchpin; nothing was changed."
    )]
    NewerStore {
        /// The store's schema version.
        found: i64,
        /// The newest this build knows.
        known: i64,
    },
    /// A sealed value doesn't belong to the row it is in, or was altered.
    #[error(
        "A stored {what} was altered, or moved from another row, and was refused. \
         The row is untouched: restore it from a backup, or connect again."
    )]
    Damaged {
        /// Which value, such as `access token`.
        what: &'static str,
    },
    /// A sealed value of an unknown layout.
    #[error(
        "A stored value has layout {version}/{suite}, which this Linchpin does not know. Update Linchpin; the row is untouched."
    )]
    UnknownLayout {
        /// Version byte.
        version: u8,
        /// Suite byte.
        suite: u8,
    },
    /// A sealed value names a data key the store doesn't have.
    #[error(
        "A stored value was sealed with data key {kid}, which this vault does not have. Restore the key table from a backup; the row is untouched."
    )]
    UnknownKey {
        /// The data key's id.
        kid: u32,
    },
    /// The writer lost its lease, or the row has moved on.
    #[error(
        "Somebody else has changed this connection meanwhile, so this write was refused. Read the connection again and use what it holds now."
    )]
    Fenced,
    /// The row isn't at the generation the caller expected.
    #[error(
        "The connection has changed since it was read (expected {expected}, found {found}). Read it again and repeat."
    )]
    Conflict {
        /// What the caller expected, such as `generation 3`.
        expected: String,
        /// What is there, such as `generation 4`.
        found: String,
    },
    /// No such row.
    #[error("There is no such {what}.")]
    Absent {
        /// What was asked for.
        what: &'static str,
    },
    /// A name or id that can't be stored.
    #[error("The {what} {problem}. Give another one.")]
    BadName {
        /// Which name.
        what: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Two app keys live already.
    #[error("The app already has two live keys. Revoke one first, then make the new one.")]
    TooManyAppKeys,
    /// The audit log was altered.
    #[error(
        "The audit log is broken at entry {seq}: {problem}. Keep a copy of the store and find out who could write to it."
    )]
    AuditBroken {
        /// The first entry that doesn't fit.
        seq: i64,
        /// What doesn't fit.
        problem: &'static str,
    },
    /// The operating system gave no randomness.
    #[error("The operating system gave no random bytes; nothing was written. Try again.")]
    NoRandomness,
    /// The cipher refused, which means a value beyond its limits.
    #[error("The value is too long to be sealed; nothing was written.")]
    TooLong,
    /// Reading or writing a file failed.
    #[error("{} could not be used: {source}", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("The vault's database failed: {0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// True when a person has to change the set-up (keys, files, addresses) before a retry can help.
    /// The command line maps it to exit code 78.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::KeyMissing { .. }
                | Self::KeyWrong { .. }
                | Self::KeyMalformed { .. }
                | Self::KeyUnset { .. }
                | Self::KeyProvider { .. }
                | Self::KeyUnreadable { .. }
                | Self::TooOpen { .. }
                | Self::NotPlain { .. }
                | Self::ForeignOwner { .. }
                | Self::NetworkFolder { .. }
                | Self::WeakTls { .. }
                | Self::BadAddress
                | Self::NewerStore { .. }
        )
    }

    /// True when the row moved on under the caller: read again and use what is there.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        matches!(self, Self::Fenced | Self::Conflict { .. })
    }
}
