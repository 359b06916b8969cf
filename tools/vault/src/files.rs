//! Files only their owner can reach: made 0600 in a folder of 0700, and refused when they are wider.
//!
//! Why refuse rather than repair: a file that was open may have been read, and the person should know.
//! Every refusal names the command to run. Source: `security.md` T-TOK-16.

use crate::error::{Error, Result};
use rustix::fs::{FileType, Mode, OFlags};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;

/// Makes `path` a folder of mode 0700 if it isn't there, and refuses one that others can reach.
pub(crate) fn private_folder(path: &Path) -> Result<()> {
    let wrong = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(wrong)?;
    }
    match std::fs::DirBuilder::new().mode(FOLDER).create(path) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
        Err(e) => return Err(wrong(e)),
    }
    check(path, FileType::Directory, FOLDER)?;
    local(path)
}

/// Makes `path` an empty file of mode 0600 if it isn't there, and refuses one that others can reach.
pub(crate) fn private_file(path: &Path) -> Result<()> {
    match create(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => check(path, FileType::RegularFile, FILE),
        Err(source) => Err(Error::File {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Refuses a file that is there and isn't private; true when it is there.
pub(crate) fn is_private_file(path: &Path) -> Result<bool> {
    match rustix::fs::lstat(path) {
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => Ok(false),
        _ => check(path, FileType::RegularFile, FILE).map(|()| true),
    }
}

/// Reads a private file without following a link, at most `limit` bytes and one more.
pub(crate) fn read_private(path: &Path, limit: u64) -> std::io::Result<zeroize::Zeroizing<Vec<u8>>> {
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(usize::try_from(limit).unwrap_or(0) + 1));
    File::from(file).take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a private file without following a link, to take its lock.
pub(crate) fn open_private(path: &Path) -> std::io::Result<File> {
    Ok(rustix::fs::open(path, OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?.into())
}

/// Writes a new private file, whole or not at all. False when somebody else was first.
pub(crate) fn write_new(path: &Path, bytes: &[u8], unique: &str) -> Result<bool> {
    let wrong = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let draft = PathBuf::from(format!("{}.{unique}.new", path.display()));
    let written = (|| {
        let mut file = create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // A link fails when the name is taken, so two starters agree on one key.
        match std::fs::hard_link(&draft, path) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Ok(false),
            Err(e) => return Err(e),
        }
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(true)
    })();
    let _ = std::fs::remove_file(&draft);
    written.map_err(wrong)
}

fn create(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?.into())
}

fn check(path: &Path, kind: FileType, wanted: u32) -> Result<()> {
    let stat = rustix::fs::lstat(path).map_err(|e| Error::File {
        path: path.to_owned(),
        source: e.into(),
    })?;
    if FileType::from_raw_mode(stat.st_mode) != kind {
        let wanted = if kind == FileType::Directory {
            "a folder"
        } else {
            "a plain file"
        };
        return Err(Error::NotPlain {
            path: path.to_owned(),
            wanted,
        });
    }
    let euid = rustix::process::geteuid().as_raw();
    if stat.st_uid != euid {
        return Err(Error::ForeignOwner {
            path: path.to_owned(),
            owner: stat.st_uid,
            euid,
        });
    }
    let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Error::TooOpen {
            path: path.to_owned(),
            mode,
            wanted,
        });
    }
    Ok(())
}

/// Refuses folders of network file systems, whose locks SQLite can't rely on.
#[cfg(target_os = "linux")]
fn local(path: &Path) -> Result<()> {
    // From linux/magic.h: NFS, SMB, CIFS, SMB2, AFS, Ceph.
    const NETWORK: [u32; 6] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x5346_414f, 0x00c3_6400];
    let stat = rustix::fs::statfs(path).map_err(|e| Error::File {
        path: path.to_owned(),
        source: e.into(),
    })?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "magic numbers are 32 bits"
    )]
    if NETWORK.contains(&(stat.f_type as u32)) {
        return Err(Error::NetworkFolder { path: path.to_owned() });
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn local(_: &Path) -> Result<()> {
    Ok(())
}
