//! The history: one JSON line a change, one a change taken back. Append-only.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use linchpin_patch::Changeset;
use linchpin_protocol::ChangeId;
use serde::{Deserialize, Serialize};

use super::ApplyError;

/// A change that was applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its number, from 1.
    pub id: ChangeId,
    /// What it was for.
    pub title: String,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// What was written, with what was there before.
    pub changeset: Changeset,
    /// Folders it made, parents first.
    pub new_folders: Vec<String>,
    /// Whether it was taken back.
    pub undone: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Entry {
    Applied(Change),
    Undone { id: ChangeId, at_ms: i64 },
}

pub(super) struct History {
    file: PathBuf,
}

impl History {
    pub(super) fn at(state: &Path) -> Self {
        Self {
            file: state.join("history.jsonl"),
        }
    }

    /// All changes, oldest first. A line cut by a crash was never acknowledged and is left out.
    pub(super) fn all(&self) -> Result<Vec<Change>, ApplyError> {
        let mut changes: Vec<Change> = Vec::new();
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(changes),
            Err(source) => return Err(self.io("reading the history", source)),
        };
        // In bytes: the cut may be in the middle of a character.
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(|e| self.io("reading the history", e))?;
            match serde_json::from_slice(&line) {
                Ok(Entry::Applied(change)) => changes.push(change),
                Ok(Entry::Undone { id, .. }) => {
                    changes.iter_mut().filter(|c| c.id == id).for_each(|c| c.undone = true);
                }
                Err(_) => {}
            }
        }
        Ok(changes)
    }

    /// The last change that wasn't taken back.
    pub(super) fn last(&self) -> Result<Option<Change>, ApplyError> {
        Ok(self.all()?.into_iter().rev().find(|change| !change.undone))
    }

    pub(super) fn next_id(&self) -> Result<u32, ApplyError> {
        Ok(self.all()?.last().map_or(0, |change| change.id.0) + 1)
    }

    pub(super) fn append(&self, change: &Change) -> Result<(), ApplyError> {
        self.write(&Entry::Applied(change.clone()))
    }

    pub(super) fn mark_undone(&self, id: ChangeId, at_ms: i64) -> Result<(), ApplyError> {
        self.write(&Entry::Undone { id, at_ms })
    }

    fn write(&self, entry: &Entry) -> Result<(), ApplyError> {
        // The leading line end closes a line that a crash may have cut.
        let text = serde_json::to_string(entry).map_err(|e| self.io("writing the history", e.into()))?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)
            .map_err(|e| self.io("writing the history", e))?;
        file.write_all(format!("\n{text}\n").as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| self.io("writing the history", e))
    }

    fn io(&self, what: &str, source: std::io::Error) -> ApplyError {
        ApplyError::Io {
            what: format!("{what} {}", self.file.display()),
            source,
        }
    }
}
