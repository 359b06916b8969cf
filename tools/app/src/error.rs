//! What can keep an app from being read at all. Anything smaller is a `Problem` of the model.

/// An app that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such folder.
    #[error("there is no folder {path}. Give the folder of an app: `linchpin APP`.")]
    Missing {
        /// The path that was given.
        path: String,
    },
    /// The path is a file.
    #[error("{path} is a file, not an app's folder. Give the folder it lies in.")]
    NotAFolder {
        /// The path that was given.
        path: String,
    },
    /// The folder could not be listed.
    #[error("{path} could not be read: {source}. Check who may read it and try again.")]
    Unreadable {
        /// The path that was given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder could not be watched.
    #[error("{path} could not be watched: {reason}. Read it again by hand after a change.")]
    Unwatchable {
        /// The path that was given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Nothing in the folder says that it is an app.
    #[error(
        "{path} does not look like an app: there is no base44/ folder, no functions/*.ts, no entities/*.json, \
         no src/entities, no src/api/entities.js, and no package.json that names @base44/sdk. {hint}"
    )]
    NotAnApp {
        /// The path that was given.
        path: String,
        /// What to do next.
        hint: String,
    },
}
