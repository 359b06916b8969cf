//! An app that is read again and again: files that did not change are not opened.
//!
//! A file counts as unchanged when the system says the same of it as before (length, times, inode).
//! The newest of them are opened all the same: a clock's tick is long enough for two writings. What
//! was opened and has the bytes of before is not parsed. Invariant: a reading is what a fresh one
//! would be. Nothing is kept on disk.

use std::hash::Hasher;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::assemble::{self, Parts};
use crate::layout::{self, Shape};
use crate::read::{self, Content, One};
use crate::walk::{self, Found, Holds};
use crate::{App, Progress, ReadError};

/// Reads one app, as often as asked.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    shape: Option<Shape>,
    known: FxHashMap<String, Known>,
    /// Whether there is another reading to come.
    kept: bool,
}

/// A reading and what it cost.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The app.
    pub app: App,
    /// Files that belong to it.
    pub listed: usize,
    /// Files that were opened.
    pub opened: usize,
    /// Files that were parsed.
    pub parsed: usize,
}

/// A file as it was read last.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    one: One,
}

/// What the system says of a file: length, inode, and when it was written and changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stamp {
    length: u64,
    inode: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl Reader {
    /// A reader of the app in `root`.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            shape: None,
            known: FxHashMap::default(),
            kept: true,
        }
    }

    /// A reader that reads once, and takes down nothing for a second time.
    pub(crate) fn once(root: &Path) -> Self {
        Self {
            kept: false,
            ..Self::new(root)
        }
    }

    /// The app's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the app: all of it at first, then what changed. See [`read`](crate::read()).
    pub fn read(&mut self, progress: &dyn Fn(Progress)) -> Result<Reading, ReadError> {
        let root = self.root.clone();
        is_folder(&root)?;
        let mut problems = Vec::new();
        let found = walk::list(&root, &mut problems);
        let Some(shape) = layout::detect(&root, &found, &mut problems) else {
            return Err(ReadError::NotAnApp {
                path: root.display().to_string(),
                hint: read::hint(&root, &found),
            });
        };
        if self.shape.as_ref() != Some(&shape) {
            // What a JSON file is about depends on where the app keeps what.
            self.known
                .retain(|file, _| walk::worth_reading(file) != Some(Holds::Json));
        }
        let kept = self.kept;
        let look = |one: &Found| {
            if kept {
                stamp(&root.join(&one.file))
            } else {
                Stamp::default()
            }
        };
        let stamps: Vec<Stamp> = found.iter().map(look).collect();
        let newest = self.known.values().map(|known| known.stamp.newest()).max();
        let open: Vec<usize> = (0..found.len())
            .filter(|at| {
                let known = self.known.get(&found[*at].file).map(|known| known.stamp);
                known != Some(stamps[*at]) || Some(stamps[*at].newest()) == newest
            })
            .collect();
        let before = |at: usize, digest: u64| {
            let known = self.known.get(&found[at].file)?;
            (kept && known.one.digest == digest && known.one.bytes.is_some()).then(|| known.one.clone())
        };
        let first = self.known.is_empty();
        let digest = |bytes: &[u8]| if kept { digest(bytes) } else { 0 };
        let answers = read::contents(&root, &shape, &found, &open, &before, &digest, progress);
        let opened = answers.len();
        let mut parsed = 0;
        for (at, one) in answers {
            let file = &found[at].file;
            let same = self.known.get(file).is_some_and(|known| known.one.digest == one.digest);
            parsed += usize::from(first || !same);
            self.known.insert(file.clone(), Known { stamp: stamps[at], one });
        }
        if self.known.len() > found.len() {
            let there: std::collections::HashSet<&str> = found.iter().map(|one| one.file.as_str()).collect();
            self.known.retain(|file, _| there.contains(file.as_str()));
        }
        self.shape = Some(shape.clone());
        let listed = found.len();
        let app = self.assemble(shape, found, problems);
        Ok(Reading {
            app,
            listed,
            opened,
            parsed,
        })
    }

    /// Puts together what is known of the files that were found.
    fn assemble(&self, shape: Shape, found: Vec<Found>, problems: Vec<crate::Problem>) -> App {
        let mut parts = Parts {
            shape,
            files: Vec::with_capacity(found.len()),
            facts: Vec::with_capacity(found.len()),
            data: Vec::new(),
            models: Vec::new(),
            changes: Vec::new(),
            problems,
        };
        let (mut files_read, mut bytes_read) = (0, 0);
        for found in found {
            let Some(Known { one, .. }) = self.known.get(&found.file) else {
                continue;
            };
            parts.problems.extend(one.problem.clone());
            if let Some(bytes) = one.bytes {
                files_read += 1;
                bytes_read += bytes;
            }
            match &one.content {
                Some(Content::Code(facts)) => {
                    parts.files.push(found.file);
                    parts.facts.push(facts.clone());
                }
                Some(Content::Data(data)) => parts.data.push(data.clone()),
                Some(Content::Models(models)) => parts.models.extend(models.iter().cloned()),
                Some(Content::Changes(changes)) => parts.changes.extend(changes.iter().cloned()),
                None => {}
            }
        }
        let base = parts.shape.base.clone();
        let mut app = assemble::app(parts);
        app.id = read::app_id(&self.root, &base);
        app.files_read = files_read;
        app.bytes_read = bytes_read;
        if app.name.is_empty() {
            app.name = read::folder_name(&self.root);
        }
        app
    }
}

impl Stamp {
    fn newest(self) -> (i64, i64) {
        self.written.max(self.changed)
    }
}

/// What tells a file's bytes from those of a moment ago. Not a signature: nobody gains by a collision.
fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(bytes);
    hasher.write_usize(bytes.len());
    hasher.finish()
}

fn stamp(path: &Path) -> Stamp {
    std::fs::symlink_metadata(path).map_or_else(
        |_| Stamp::default(),
        |meta| Stamp {
            length: meta.len(),
            inode: meta.ino(),
            written: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        },
    )
}

fn is_folder(root: &Path) -> Result<(), ReadError> {
    let path = || root.display().to_string();
    let meta = match std::fs::metadata(root) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ReadError::Missing { path: path() }),
        Err(source) => return Err(ReadError::Unreadable { path: path(), source }),
    };
    if !meta.is_dir() {
        return Err(ReadError::NotAFolder { path: path() });
    }
    match std::fs::read_dir(root) {
        Ok(_) => Ok(()),
        Err(source) => Err(ReadError::Unreadable { path: path(), source }),
    }
}
