//! Tells of changes in an app's files as they happen.
//!
//! Only the app's own folders are watched, each by itself: a tree of dependencies beside them costs
//! nothing. Changes that come together are told together. Between changes nothing wakes up. What is
//! told is a hint: [`Reader::update`](crate::Reader::update) reads what is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::{ReadError, walk};

/// Changes within this time of each other are told together.
const QUIET: Duration = Duration::from_millis(60);
/// Changes are told at the latest after so many of those times, however many keep coming.
const PATIENCE: usize = 20;

/// Folders under watch; they are watched until it is dropped.
#[derive(Debug)]
pub struct Watch {
    watched: Arc<Mutex<Watched>>,
}

#[derive(Debug)]
struct Watched {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
}

/// Watches the app in `root`. `tell` is called on a thread of its own with the files that were written,
/// made or removed, relative to the app, sorted.
pub fn watch(root: &Path, tell: impl FnMut(Vec<String>) + Send + 'static) -> Result<Watch, ReadError> {
    let root = root.canonicalize().map_err(|source| ReadError::Unreadable {
        path: root.display().to_string(),
        source,
    })?;
    let fail = |source: notify::Error| ReadError::Unwatchable {
        path: root.display().to_string(),
        reason: source.to_string(),
    };
    let (send, events) = mpsc::channel();
    let watcher = notify::recommended_watcher(move |event: Result<notify::Event, notify::Error>| {
        // A reading does not change anything.
        if let Ok(event) = event
            && !matches!(event.kind, EventKind::Access(_))
        {
            let _ = send.send(event.paths);
        }
    })
    .map_err(fail)?;
    let mut watched = Watched {
        watcher,
        folders: BTreeSet::new(),
    };
    watched.add_new(&root).map_err(fail)?;
    let watched = Arc::new(Mutex::new(watched));
    let weak = Arc::downgrade(&watched);
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn({
            let root = root.clone();
            move || listen(&root, &events, &weak, tell)
        })
        .map_err(|source| ReadError::Unreadable {
            path: root.display().to_string(),
            source,
        })?;
    Ok(Watch { watched })
}

impl Watch {
    /// How many folders are watched.
    pub fn folders(&self) -> usize {
        self.watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .folders
            .len()
    }
}

impl Watched {
    /// Watches what folders there are and were not; gives those.
    fn add_new(&mut self, root: &Path) -> Result<Vec<PathBuf>, notify::Error> {
        let now: BTreeSet<PathBuf> = walk::folders(root).into_iter().collect();
        let new: Vec<PathBuf> = now.difference(&self.folders).cloned().collect();
        for folder in &new {
            // One that went away again in the meantime is no failure.
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive)
                && folder.is_dir()
            {
                return Err(error);
            }
        }
        self.folders = now;
        Ok(new)
    }
}

/// Gathers changes and tells them, until nobody watches any more.
fn listen(
    root: &Path,
    events: &Receiver<Vec<PathBuf>>,
    watched: &Weak<Mutex<Watched>>,
    mut tell: impl FnMut(Vec<String>),
) {
    while let Ok(first) = events.recv() {
        let mut paths: BTreeSet<PathBuf> = first.into_iter().collect();
        for _ in 0..PATIENCE {
            match events.recv_timeout(QUIET) {
                Ok(more) => paths.extend(more),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let Some(watched) = watched.upgrade() else { return };
        let mut changed: BTreeSet<String> = paths.iter().filter_map(|path| own_file(root, path)).collect();
        let folder = |path: &PathBuf| path.is_dir() || path.extension().is_none();
        if paths.iter().any(folder) {
            let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            // What was put into a new folder before it was watched is told with it.
            for folder in watched.add_new(root).unwrap_or_default() {
                let inside = std::fs::read_dir(folder).into_iter().flatten().flatten();
                changed.extend(inside.filter_map(|entry| own_file(root, &entry.path())));
            }
        }
        drop(watched);
        if !changed.is_empty() {
            tell(changed.into_iter().collect());
        }
    }
}

/// The path relative to the app, if it is of a file that says something of it.
fn own_file(root: &Path, path: &Path) -> Option<String> {
    let file = walk::relative(root, path)?;
    (walk::worth_reading(&file).is_some() || file.ends_with(".gitignore")).then_some(file)
}
