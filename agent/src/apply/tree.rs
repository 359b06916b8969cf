//! The app's folder, walked one component at a time from an open handle, never through a link.
//!
//! A target must be a plain file with one name on the same device (`reference/security.md`
//! T-MOD-06): a hard link would write somewhere else too.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use linchpin_patch::{AppPath, Changeset, FileChange};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::ApplyError;

pub(super) struct Tree {
    root: File,
}

impl Tree {
    pub(super) fn open(root: &Path) -> Result<Self, ApplyError> {
        match File::open(root) {
            Ok(root) => Ok(Self { root }),
            Err(source) => Err(ApplyError::Io {
                what: format!("opening {}", root.display()),
                source,
            }),
        }
    }

    /// The file's text, or `None` when there is no such file.
    pub(super) fn read(&self, path: &AppPath) -> Result<Option<String>, ApplyError> {
        let (folders, name) = split(path);
        let Some(folder) = self.folder(path, &folders, false)? else {
            return Ok(None);
        };
        let Some(mut file) = open_plain(&folder, name, path)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| io("reading", path, e))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(ApplyError::Unsafe {
                path: path.clone(),
                why: "it is not UTF-8 text".to_owned(),
            }),
        }
    }

    /// Whether every file has the text that `side` names.
    pub(super) fn is_at(
        &self,
        changeset: &Changeset,
        side: impl Fn(&FileChange) -> &Option<String>,
    ) -> Result<bool, ApplyError> {
        for file in changeset.files() {
            if self.read(&file.path)? != *side(file) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Folders that a changeset needs and that aren't there, parents first.
    pub(super) fn missing_folders(&self, changeset: &Changeset) -> Result<Vec<String>, ApplyError> {
        let mut missing: Vec<String> = Vec::new();
        for file in changeset.files().iter().filter(|f| f.next.is_some()) {
            let (folders, _) = split(&file.path);
            for depth in 1..=folders.len() {
                let name = folders[..depth].join("/");
                if !missing.contains(&name) && self.folder(&file.path, &folders[..depth], false)?.is_none() {
                    missing.push(name);
                }
            }
        }
        Ok(missing)
    }

    /// Writes the text beside the target, with the target's mode if it has one, and syncs it.
    pub(super) fn write_temporary(&self, path: &AppPath, text: &str) -> Result<(), ApplyError> {
        let (folders, name) = split(path);
        let folder = self.folder(path, &folders, true)?.ok_or_else(|| gone(path))?;
        let mode = match open_plain(&folder, name, path)? {
            Some(file) => {
                Mode::from_raw_mode(fstat(&file).map_err(|e| io("looking at", path, e.into()))?.st_mode & 0o777)
            }
            None => Mode::from_raw_mode(0o644),
        };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(&folder, temporary(name), flags, mode).map_err(|e| io("writing", path, e.into()))?;
        let mut file = File::from(fd);
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| io("writing", path, e))
    }

    /// Puts the temporary file in the target's place.
    pub(super) fn rename_temporary(&self, path: &AppPath) -> Result<(), ApplyError> {
        let (folders, name) = split(path);
        let folder = self.folder(path, &folders, false)?.ok_or_else(|| gone(path))?;
        renameat(&folder, temporary(name), &folder, name).map_err(|e| io("renaming", path, e.into()))?;
        folder.sync_all().map_err(|e| io("syncing the folder of", path, e))
    }

    /// Removes a temporary file that a crash left.
    pub(super) fn drop_temporary(&self, path: &AppPath) -> Result<(), ApplyError> {
        let (folders, name) = split(path);
        match self.folder(path, &folders, false)? {
            Some(folder) => ignore_missing(unlinkat(&folder, temporary(name), AtFlags::empty()))
                .map_err(|e| io("removing", path, e.into())),
            None => Ok(()),
        }
    }

    /// Removes a file.
    pub(super) fn remove(&self, path: &AppPath) -> Result<(), ApplyError> {
        let (folders, name) = split(path);
        match self.folder(path, &folders, false)? {
            Some(folder) => {
                ignore_missing(unlinkat(&folder, name, AtFlags::empty()))
                    .map_err(|e| io("removing", path, e.into()))?;
                folder.sync_all().map_err(|e| io("syncing the folder of", path, e))
            }
            None => Ok(()),
        }
    }

    /// Sets a file to a text, or removes it.
    pub(super) fn put(&self, path: &AppPath, text: Option<&str>) -> Result<(), ApplyError> {
        match text {
            Some(text) => {
                self.write_temporary(path, text)?;
                self.rename_temporary(path)
            }
            None => self.remove(path),
        }
    }

    /// Removes those of the folders that are empty, deepest first.
    pub(super) fn remove_empty(&self, folders: &[String]) -> Result<(), ApplyError> {
        for name in folders.iter().rev() {
            let Ok(path) = AppPath::new(name.clone()) else { continue };
            let (parents, last) = split(&path);
            if let Some(parent) = self.folder(&path, &parents, false)? {
                match unlinkat(&parent, last, AtFlags::REMOVEDIR) {
                    Ok(()) | Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {}
                    Err(errno) => return Err(io("removing", &path, errno.into())),
                }
            }
        }
        Ok(())
    }

    /// Opens the folder behind `folders`, making what is missing if asked to.
    fn folder(&self, path: &AppPath, folders: &[&str], make: bool) -> Result<Option<File>, ApplyError> {
        let mut here = self
            .root
            .try_clone()
            .map_err(|e| io("opening the folder of", path, e))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for name in folders {
            let next = match openat(&here, *name, flags, Mode::empty()) {
                Err(Errno::NOENT) if make => match mkdirat(&here, *name, Mode::from_raw_mode(0o755)) {
                    Ok(()) | Err(Errno::EXIST) => openat(&here, *name, flags, Mode::empty()),
                    Err(errno) => Err(errno),
                },
                other => other,
            };
            here = match next {
                Ok(fd) => File::from(fd),
                Err(Errno::NOENT) => return Ok(None),
                Err(Errno::LOOP | Errno::NOTDIR) => {
                    let why = format!("`{name}` on the way to it is a link or not a folder");
                    return Err(ApplyError::Unsafe {
                        path: path.clone(),
                        why,
                    });
                }
                Err(errno) => return Err(io("opening the folder of", path, errno.into())),
            };
        }
        Ok(Some(here))
    }
}

fn split(path: &AppPath) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = path.as_str().split('/').collect();
    let name = parts.pop().unwrap_or_default();
    (parts, name)
}

fn temporary(name: &str) -> String {
    format!(".{name}.linchpin-new")
}

/// Opens a plain file with one name, or says why it isn't one.
fn open_plain(folder: &File, name: &str, path: &AppPath) -> Result<Option<File>, ApplyError> {
    let refuse = |why: &str| {
        Err(ApplyError::Unsafe {
            path: path.clone(),
            why: why.to_owned(),
        })
    };
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(io("looking at", path, errno.into())),
    };
    let device = fstat(folder).map_err(|e| io("looking at", path, e.into()))?.st_dev;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile if stat.st_nlink > 1 => refuse("it has a second name (a hard link)"),
        FileType::RegularFile if stat.st_dev != device => refuse("it is on another device"),
        FileType::RegularFile => {
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
            let fd = openat(folder, name, flags, Mode::empty()).map_err(|e| io("opening", path, e.into()))?;
            Ok(Some(File::from(fd)))
        }
        FileType::Symlink => refuse("it is a link"),
        _ => refuse("it is not a plain file"),
    }
}

fn ignore_missing(result: Result<(), Errno>) -> Result<(), Errno> {
    match result {
        Err(Errno::NOENT) => Ok(()),
        other => other,
    }
}

fn gone(path: &AppPath) -> ApplyError {
    io("opening the folder of", path, std::io::ErrorKind::NotFound.into())
}

fn io(what: &str, path: &AppPath, source: std::io::Error) -> ApplyError {
    ApplyError::Io {
        what: format!("{what} `{path}`"),
        source,
    }
}
