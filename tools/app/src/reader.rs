//! An app that is read again and again: files that did not change are not opened.
//!
//! A file counts as unchanged when the system says the same of it as before (length, times, inode).
//! The newest of them are opened all the same: a clock's tick is long enough for two writings. What
//! was opened and has the bytes of before is not parsed. Invariant: a reading is what a fresh one
//! would be. Nothing is kept on disk.

use std::hash::Hasher;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::assemble::{self, Parts};
use crate::layout::{self, Shape};
use crate::read::{self, Content, One};
use crate::walk::{self, Found, Holds};
use crate::{App, Problem, Progress, ReadError};

/// Reads one app, as often as asked.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    shape: Option<Shape>,
    known: FxHashMap<String, Known>,
    /// The files of the last reading, sorted.
    found: Vec<Found>,
    /// What could not be listed then.
    problems: Vec<Problem>,
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
            found: Vec::new(),
            problems: Vec::new(),
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
        let look = |one: &Found| {
            if self.kept {
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
        self.found = found;
        self.problems = problems;
        let reading = self.take_in(&shape, &open, |at| stamps[at], progress);
        if self.known.len() > self.found.len() {
            let there: FxHashSet<&str> = self.found.iter().map(|one| one.file.as_str()).collect();
            self.known.retain(|file, _| there.contains(file.as_str()));
        }
        self.shape = Some(shape);
        Ok(reading)
    }

    /// Reads again when only these files changed (paths relative to the app). Nothing else is looked at,
    /// unless a file is new, gone, or says where things are.
    pub fn update(&mut self, changed: &[String], progress: &dyn Fn(Progress)) -> Result<Reading, ReadError> {
        let mut open = Vec::new();
        for file in changed {
            let known = self.found.binary_search_by(|one| one.file.as_str().cmp(file));
            match known {
                Ok(at) if !decides(file) && self.root.join(file).is_file() => open.push(at),
                Err(_) if walk::worth_reading(file).is_none() && !file.ends_with(".gitignore") => {}
                _ => return self.read(progress),
            }
        }
        let Some(shape) = self.shape.clone() else {
            return self.read(progress);
        };
        open.sort_unstable();
        open.dedup();
        let root = self.root.clone();
        let stamps: Vec<Stamp> = open.iter().map(|at| stamp(&root.join(&self.found[*at].file))).collect();
        let of = |at: usize| open.binary_search(&at).map(|nth| stamps[nth]).unwrap_or_default();
        Ok(self.take_in(&shape, &open, of, progress))
    }

    /// Opens files, keeps what they say, and puts the app together.
    fn take_in(
        &mut self,
        shape: &Shape,
        open: &[usize],
        stamps: impl Fn(usize) -> Stamp,
        progress: &dyn Fn(Progress),
    ) -> Reading {
        let kept = self.kept;
        let before = |at: usize, digest: u64| {
            let known = self.known.get(&self.found[at].file)?;
            (kept && known.one.digest == digest && known.one.bytes.is_some()).then(|| known.one.clone())
        };
        let digest = |bytes: &[u8]| if kept { digest(bytes) } else { 0 };
        let answers = read::contents(&self.root, shape, &self.found, open, &before, &digest, progress);
        let mut parsed = 0;
        for (at, one) in &answers {
            let known = self.known.get(&self.found[*at].file);
            parsed += usize::from(known.is_none_or(|known| known.one.digest != one.digest || one.bytes.is_none()));
        }
        let opened = answers.len();
        for (at, one) in answers {
            let stamp = stamps(at);
            self.known.insert(self.found[at].file.clone(), Known { stamp, one });
        }
        Reading {
            app: self.assemble(shape.clone()),
            listed: self.found.len(),
            opened,
            parsed,
        }
    }

    /// Puts together what is known of the files that were found.
    fn assemble(&self, shape: Shape) -> App {
        let mut parts = Parts {
            shape,
            files: Vec::with_capacity(self.found.len()),
            facts: Vec::with_capacity(self.found.len()),
            data: Vec::new(),
            models: Vec::new(),
            changes: Vec::new(),
            problems: self.problems.clone(),
        };
        let (mut files_read, mut bytes_read) = (0, 0);
        for found in &self.found {
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
                    parts.files.push(found.file.clone());
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

/// Whether a file says where an app keeps what.
fn decides(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.starts_with("config.json") || name == "package.json" || name == ".gitignore"
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
