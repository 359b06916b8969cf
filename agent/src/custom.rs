//! Connectors of one's own on disk: a person's, for all apps, and an app's, which travel with it.
//!
//! A file in an app's folder was perhaps written by somebody else, and a connector widens what a
//! function may call. So it counts only when its very text was accepted on this machine; changed by
//! one letter it waits again. What the files say is judged by `linchpin_catalog::custom`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use linchpin_patch::Digest;

use crate::paths::Paths;

/// The largest connector file that is read.
const MOST: u64 = 8 * 1024 * 1024;

/// Whose a connector is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// This person's, in every app.
    Person,
    /// The app's in this folder.
    App(PathBuf),
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// File names and texts that count.
    pub files: Vec<(String, String)>,
    /// Files of an app that nobody accepted on this machine.
    pub waiting: Vec<PathBuf>,
}

/// Connectors of this person and of one app, or of every app that has accepted ones.
pub fn found(paths: &Paths, app: Option<&Path>) -> Found {
    let mut found = Found::default();
    for path in toml_files(&of_person(paths)) {
        found.files.extend(read(&path));
    }
    let accepted = accepted(paths);
    let of_apps: Vec<PathBuf> = match app {
        Some(root) => toml_files(&of_app(root)),
        None => accepted.iter().map(|(_, path)| path.clone()).collect(),
    };
    for path in of_apps {
        let Some((name, text)) = read(&path) else {
            continue;
        };
        let digest = Digest::of(text.as_bytes());
        if accepted.iter().any(|(known, _)| known == digest.as_str()) {
            found.files.push((name, text));
        } else if app.is_some() {
            found.waiting.push(path);
        }
    }
    found
}

/// Writes a connector file and accepts it; where it is now.
///
/// # Errors
/// When another connector of this name is there, or the disk refuses.
pub fn keep(paths: &Paths, place: &Place, id: &str, text: &str, replace: bool) -> io::Result<PathBuf> {
    let folder = match place {
        Place::Person => of_person(paths),
        Place::App(root) => of_app(root),
    };
    let path = folder.join(format!("{id}.toml"));
    if !replace && fs::read_to_string(&path).is_ok_and(|there| there != text) {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "{} is there already and says something else; give --replace to write it anew",
                path.display()
            ),
        ));
    }
    fs::create_dir_all(&folder)?;
    let half = folder.join(format!(".{id}.toml.half"));
    fs::write(&half, text)?;
    fs::rename(&half, &path)?;
    if matches!(place, Place::App(_)) {
        accept(paths, &path, text)?;
    }
    Ok(path)
}

/// Notes that this text of an app's file counts on this machine.
fn accept(paths: &Paths, path: &Path, text: &str) -> io::Result<()> {
    let mut lines: Vec<String> = accepted(paths)
        .into_iter()
        .filter(|(_, known)| known != path)
        .map(|(digest, known)| format!("{digest}\t{}", known.display()))
        .collect();
    lines.push(format!("{}\t{}", Digest::of(text.as_bytes()).as_str(), path.display()));
    let folder = of_person(paths);
    fs::create_dir_all(&folder)?;
    let half = folder.join(".accepted.half");
    fs::write(&half, format!("{}\n", lines.join("\n")))?;
    fs::rename(half, folder.join("accepted"))
}

/// Digests of accepted texts with where they were accepted.
fn accepted(paths: &Paths) -> Vec<(String, PathBuf)> {
    let text = fs::read_to_string(of_person(paths).join("accepted")).unwrap_or_default();
    let line = |line: &str| {
        let (digest, path) = line.split_once('\t')?;
        Some((digest.to_owned(), PathBuf::from(path)))
    };
    text.lines().filter_map(line).collect()
}

fn of_person(paths: &Paths) -> PathBuf {
    paths.config.join("connectors")
}

fn of_app(root: &Path) -> PathBuf {
    root.join(".linchpin").join("connectors")
}

/// The connector files of a folder, sorted; none when there is no folder.
fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Option<(String, String)> {
    fs::metadata(path)
        .ok()
        .filter(|about| about.is_file() && about.len() <= MOST)?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some((name, fs::read_to_string(path).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(root: &Path) -> Paths {
        let root = root.display().to_string();
        Paths::from_env(|name| (name == "XDG_CONFIG_HOME").then(|| root.clone()))
    }

    fn names(found: &Found) -> Vec<&str> {
        found.files.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_persons_connectors_count_in_every_app() {
        let (home, app) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let paths = paths(home.path());
        assert_eq!(found(&paths, None), Found::default());
        let path = keep(&paths, &Place::Person, "acme", "id = 'acme'", false).unwrap();
        assert!(path.ends_with("linchpin/connectors/acme.toml"));
        assert_eq!(names(&found(&paths, Some(app.path()))), ["acme.toml"]);
        assert!(keep(&paths, &Place::Person, "acme", "other", false).is_err());
        assert!(keep(&paths, &Place::Person, "acme", "id = 'acme'", false).is_ok());
        keep(&paths, &Place::Person, "acme", "other", true).unwrap();
        assert_eq!(
            found(&paths, None).files,
            [("acme.toml".to_owned(), "other".to_owned())]
        );
    }

    #[test]
    fn an_apps_connector_counts_once_its_text_was_accepted_here() {
        let (home, app) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let paths = paths(home.path());
        let folder = app.path().join(".linchpin/connectors");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("acme.toml"), "id = 'acme'").unwrap();
        let waiting = found(&paths, Some(app.path()));
        assert!(waiting.files.is_empty());
        assert_eq!(waiting.waiting, [folder.join("acme.toml")]);
        let place = Place::App(app.path().to_owned());
        keep(&paths, &place, "acme", "id = 'acme'", false).unwrap();
        assert_eq!(names(&found(&paths, Some(app.path()))), ["acme.toml"]);
        // The broker has no app of its own: it takes every accepted one.
        assert_eq!(names(&found(&paths, None)), ["acme.toml"]);
        fs::write(folder.join("acme.toml"), "id = 'acme' # changed").unwrap();
        let changed = found(&paths, Some(app.path()));
        assert!(changed.files.is_empty() && changed.waiting.len() == 1);
        assert!(found(&paths, None).files.is_empty());
    }
}
