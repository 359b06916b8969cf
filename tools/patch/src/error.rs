//! What can be wrong with a changeset.

/// A changeset or selection that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// A path that may leave the app's folder, or that some file systems read differently.
    #[error(
        "`{path}` is not a path inside the app: {why}. Use a relative path such as `base44/functions/name/entry.ts`."
    )]
    Path {
        /// The path as given.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Two files of one changeset are the same file on some machine.
    #[error("`{first}` and `{second}` are the same file where case doesn't count. Rename one of them.")]
    Twin {
        /// The first path.
        first: String,
        /// The second path.
        second: String,
    },
    /// A selection names a hunk that isn't there.
    #[error("there is no hunk {hunk} in file {file} of this changeset. Look at it again and choose anew.")]
    NoHunk {
        /// Index of the file.
        file: usize,
        /// Index of the hunk in the file.
        hunk: usize,
    },
}
