//! Writing a reviewed changeset into the app: all files or none, journalled, and undoable.
//!
//! Order: lock → compare every base with the disk → journal (bases, nexts, new folders) and sync →
//! write temporary files beside the targets and sync → rename them → sync the folders → append to
//! the history → drop the journal. A journal that is found at start is rolled back. Every path is
//! walked one component at a time from the app's folder, never through a link.
//!
//! Invariants: nothing is written when a base differs from what was reviewed; after a crash the
//! tree is as before or as after, never between; undoing brings the exact bytes back and refuses
//! to overwrite what was edited since.

mod history;
mod journal;
mod tree;

use std::path::{Path, PathBuf};

use linchpin_patch::{AppPath, Changeset, FileChange};
use linchpin_protocol::ChangeId;

pub use history::Change;
use history::History;
use journal::{Commit, Journal};
use tree::Tree;

/// Why a change was not applied. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file is not as it was when the change was made.
    #[error(
        "`{path}` changed on disk after the review ({how}), so nothing was written. Ask for the change again, or take your edit back."
    )]
    Conflict {
        /// The file.
        path: AppPath,
        /// What is different.
        how: String,
    },
    /// A path runs through a link, or its file is not a plain file of its own.
    #[error("`{path}` can't be written safely: {why}. Nothing was written.")]
    Unsafe {
        /// The file.
        path: AppPath,
        /// What is in the way.
        why: String,
    },
    /// Another Linchpin is applying a change to this app.
    #[error("another Linchpin is applying a change to this app right now. Wait a moment and apply again.")]
    Busy,
    /// There is nothing to take back.
    #[error("there is no change of Linchpin's left to take back in this app. `linchpin history` lists them.")]
    NothingToUndo,
    /// The system refused.
    #[error("{what}: {source}. Nothing was written; mend it and apply again.")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A test's simulated kill.
    #[error("killed")]
    Killed,
}

/// An app's folder with the place outside it where Linchpin keeps journal and history.
#[derive(Debug, Clone)]
pub struct Applier {
    root: PathBuf,
    state: PathBuf,
}

/// Called before each step that touches the disk; an error stops right there, as a kill would.
pub type Step<'a> = &'a mut dyn FnMut(&str) -> Result<(), ApplyError>;

impl Applier {
    /// `root` is the app's folder, `state` a folder outside the app that belongs to it alone.
    pub fn new(root: impl AsRef<Path>, state: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().to_owned(),
            state: state.as_ref().to_owned(),
        }
    }

    /// Applies a changeset; what is already on disk is a success.
    pub fn apply(&self, changeset: &Changeset, title: &str, now_ms: i64) -> Result<Change, ApplyError> {
        self.apply_stepwise(changeset, title, now_ms, &mut |_| Ok(()))
    }

    /// [`Self::apply`] with a hook before each step, for tests that kill it.
    pub fn apply_stepwise(
        &self,
        changeset: &Changeset,
        title: &str,
        now_ms: i64,
        step: Step<'_>,
    ) -> Result<Change, ApplyError> {
        let _lock = journal::lock(&self.state)?;
        self.recover_locked()?;
        let history = History::at(&self.state);
        let tree = Tree::open(&self.root)?;
        if let Some(last) = history.last()?.filter(|last| last.changeset == *changeset)
            && tree.is_at(changeset, |file| &file.next)?
        {
            return Ok(last);
        }
        let change = Change {
            new_folders: tree.missing_folders(changeset)?,
            id: ChangeId(history.next_id()?),
            title: title.to_owned(),
            at_ms: now_ms,
            changeset: changeset.clone(),
            undone: false,
        };
        let journal = Journal {
            changeset: changeset.clone(),
            new_folders: change.new_folders.clone(),
            old_folders: Vec::new(),
            commit: Commit::Applied(change.id),
        };
        self.write(&tree, &journal, step, |step| {
            step("history")?;
            history.append(&change)
        })?;
        Ok(change)
    }

    /// Takes the last change back that wasn't taken back yet.
    pub fn undo(&self, now_ms: i64) -> Result<Change, ApplyError> {
        self.undo_stepwise(now_ms, &mut |_| Ok(()))
    }

    /// [`Self::undo`] with a hook before each step, for tests that kill it.
    pub fn undo_stepwise(&self, now_ms: i64, step: Step<'_>) -> Result<Change, ApplyError> {
        let _lock = journal::lock(&self.state)?;
        self.recover_locked()?;
        let history = History::at(&self.state);
        let last = history.last()?.ok_or(ApplyError::NothingToUndo)?;
        let tree = Tree::open(&self.root)?;
        let changeset = last.changeset.invert();
        let journal = Journal {
            new_folders: tree.missing_folders(&changeset)?,
            old_folders: last.new_folders.clone(),
            commit: Commit::Undone(last.id),
            changeset,
        };
        self.write(&tree, &journal, step, |step| {
            step("history")?;
            history.mark_undone(last.id, now_ms)
        })?;
        Ok(Change { undone: true, ..last })
    }

    /// All changes, oldest first.
    pub fn history(&self) -> Result<Vec<Change>, ApplyError> {
        History::at(&self.state).all()
    }

    /// Rolls back what a crash left half-way. Says which files, if any.
    pub fn recover(&self) -> Result<Vec<AppPath>, ApplyError> {
        if !Journal::exists(&self.state) {
            return Ok(Vec::new());
        }
        let _lock = journal::lock(&self.state)?;
        self.recover_locked()
    }

    fn recover_locked(&self) -> Result<Vec<AppPath>, ApplyError> {
        let Some(journal) = Journal::read(&self.state)? else {
            return Ok(Vec::new());
        };
        let tree = Tree::open(&self.root)?;
        if journal.commit.is_in(&History::at(&self.state).all()?) {
            tree.remove_empty(&journal.old_folders)?;
            Journal::drop(&self.state)?;
            return Ok(Vec::new());
        }
        let mut back = Vec::new();
        for file in journal.changeset.files() {
            tree.drop_temporary(&file.path)?;
            // Only what this change wrote is taken back; an edit made since stays.
            if tree.read(&file.path)? == file.next && file.next != file.base {
                tree.put(&file.path, file.base.as_deref())?;
                back.push(file.path.clone());
            }
        }
        tree.remove_empty(&journal.new_folders)?;
        Journal::drop(&self.state)?;
        Ok(back)
    }

    fn write(
        &self,
        tree: &Tree,
        journal: &Journal,
        step: Step<'_>,
        commit: impl FnOnce(Step<'_>) -> Result<(), ApplyError>,
    ) -> Result<(), ApplyError> {
        for file in journal.changeset.files() {
            check_base(tree, file)?;
        }
        step("journal")?;
        journal.write(&self.state)?;
        match self
            .write_files(tree, &journal.changeset, step)
            .and_then(|()| commit(step))
        {
            Ok(()) => {
                step("drop journal")?;
                tree.remove_empty(&journal.old_folders)?;
                Journal::drop(&self.state)
            }
            Err(ApplyError::Killed) => Err(ApplyError::Killed),
            Err(error) => {
                self.recover_locked()?;
                Err(error)
            }
        }
    }

    fn write_files(&self, tree: &Tree, changeset: &Changeset, step: Step<'_>) -> Result<(), ApplyError> {
        for file in changeset.files() {
            if let Some(next) = &file.next {
                step("write")?;
                tree.write_temporary(&file.path, next)?;
            }
        }
        for file in changeset.files() {
            step("rename")?;
            check_base(tree, file)?;
            match file.next {
                Some(_) => tree.rename_temporary(&file.path)?,
                None => tree.remove(&file.path)?,
            }
        }
        Ok(())
    }
}

fn check_base(tree: &Tree, file: &FileChange) -> Result<(), ApplyError> {
    let found = tree.read(&file.path)?;
    if found == file.base {
        return Ok(());
    }
    let how = match (&file.base, &found) {
        (None, Some(_)) => "it did not exist",
        (Some(_), None) => "it is gone",
        _ => "its text is different",
    };
    Err(ApplyError::Conflict {
        path: file.path.clone(),
        how: how.to_owned(),
    })
}
