//! The journal of the one change that is being written, and the lock that keeps it one.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use linchpin_patch::Changeset;
use linchpin_protocol::ChangeId;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::{ApplyError, Change};

/// What is needed to take a half-written change back, or to see a committed one to its end.
#[derive(Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) changeset: Changeset,
    /// Folders that did not exist before, deepest last: removed when it is taken back.
    pub(super) new_folders: Vec<String>,
    /// Folders that nothing is left in, deepest last: removed once it is committed.
    pub(super) old_folders: Vec<String>,
    /// What the history says once it is committed.
    pub(super) commit: Commit,
}

/// The entry of the history that commits a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Commit {
    Applied(ChangeId),
    Undone(ChangeId),
}

impl Commit {
    pub(super) fn is_in(self, history: &[Change]) -> bool {
        history.iter().any(|change| match self {
            Self::Applied(id) => change.id == id,
            Self::Undone(id) => change.id == id && change.undone,
        })
    }
}

const NAME: &str = "journal.json";

impl Journal {
    pub(super) fn exists(state: &Path) -> bool {
        state.join(NAME).exists()
    }

    /// The journal, if a change was left half-way. One that was cut while it was being written
    /// belongs to a change that had not begun.
    pub(super) fn read(state: &Path) -> Result<Option<Self>, ApplyError> {
        let path = state.join(NAME);
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(io("reading the journal", &path, source)),
        }
    }

    pub(super) fn write(&self, state: &Path) -> Result<(), ApplyError> {
        let path = state.join(NAME);
        let new = state.join("journal.new");
        let failed = |e| io("writing the journal", &path, e);
        let bytes = serde_json::to_vec(self).map_err(|e| failed(e.into()))?;
        let mut file = File::create(&new).map_err(failed)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&new, &path)
            .and_then(|()| File::open(state)?.sync_all())
            .map_err(failed)
    }

    pub(super) fn drop(state: &Path) -> Result<(), ApplyError> {
        let path = state.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("dropping the journal", &path, error)),
            _ => Ok(()),
        }
    }
}

/// Takes the app's lock; it is given up when the file is dropped, also by a kill.
pub(super) fn lock(state: &Path) -> Result<File, ApplyError> {
    fs::create_dir_all(state).map_err(|e| io("making the folder", state, e))?;
    let path = state.join("apply.lock");
    let file = File::create(&path).map_err(|e| io("opening the lock", &path, e))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(ApplyError::Busy),
        Err(errno) => Err(io("taking the lock", &path, errno.into())),
    }
}

fn io(what: &str, path: &Path, source: std::io::Error) -> ApplyError {
    ApplyError::Io {
        what: format!("{what} {}", path.display()),
        source,
    }
}
