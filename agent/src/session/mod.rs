//! A session on disk: its inputs, one JSON object a line. Replaying them is resuming.
//!
//! The log lies outside the app (`$XDG_STATE_HOME/linchpin/apps/<key>/sessions/`). An input is
//! appended before it takes effect, so a prompt is on disk before a model is called. It holds no
//! secret: no input type can carry one.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use linchpin_protocol::Op;

use crate::machine::{Input, Machine};

/// The log could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the session log {path} can't be used ({source}). Free some space or mend its permissions; Linchpin goes on without it."
)]
pub struct LogError {
    path: PathBuf,
    source: std::io::Error,
}

/// A session that is being written.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
}

/// A session as read back.
#[derive(Debug)]
pub struct Replay {
    /// Its id.
    pub session: String,
    /// Its inputs, in order.
    pub inputs: Vec<Input>,
}

impl Log {
    /// Opens a session for appending, making it if it isn't there.
    pub fn open(folder: &Path, session: &str) -> Result<Self, LogError> {
        let path = folder.join(format!("{session}.jsonl"));
        let failed = |source| LogError {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        // Closes a line that a kill may have cut.
        if file.metadata().map_err(failed)?.len() > 0 {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { path, file })
    }

    /// Appends an input. Words that stream in are left out: the whole answer follows.
    pub fn append(&mut self, input: &Input) -> Result<(), LogError> {
        if matches!(input, Input::Delta { .. }) {
            return Ok(());
        }
        let failed = |source| LogError {
            path: self.path.clone(),
            source,
        };
        let mut line = serde_json::to_vec(input).map_err(|e| failed(e.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(failed)
    }
}

impl Replay {
    /// Reads a session back. A line that can't be read (cut by a kill) is left out.
    pub fn read(folder: &Path, session: &str) -> Result<Self, LogError> {
        let path = folder.join(format!("{session}.jsonl"));
        let failed = |source| LogError {
            path: path.clone(),
            source,
        };
        let mut inputs = Vec::new();
        // In bytes: a kill may have cut a line in the middle of a character.
        for line in BufReader::new(File::open(&path).map_err(failed)?).split(b'\n') {
            inputs.extend(serde_json::from_slice(&line.map_err(failed)?).ok());
        }
        Ok(Self {
            session: session.to_owned(),
            inputs,
        })
    }

    /// The newest session of the folder, if there is one.
    pub fn newest(folder: &Path) -> Option<Self> {
        let names = fs::read_dir(folder).ok()?.filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".jsonl").map(str::to_owned)
        });
        Self::read(folder, &names.max()?).ok()
    }

    /// Whether the person left by themselves; a session that was cut is taken up again.
    pub fn was_left(&self) -> bool {
        matches!(self.inputs.last(), Some(Input::Op { op: Op::Quit }))
    }

    /// The machine after all inputs, and what it showed on the way.
    pub fn run(&self) -> (Machine, Vec<linchpin_protocol::Event>) {
        let mut machine = Machine::new();
        let mut events = Vec::new();
        for input in &self.inputs {
            for effect in machine.step(input.clone()) {
                if let crate::machine::Effect::Emit(event) = effect {
                    events.push(event);
                }
            }
        }
        (machine, events)
    }
}
