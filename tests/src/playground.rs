//! A copy of an example app and a home of its own, so that a test leaves nothing behind and sees
//! nothing of the machine it runs on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// An app and a home.
#[derive(Debug)]
pub struct Playground {
    folder: TempDir,
}

/// Where the repository is.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

impl Playground {
    /// A copy of `examples/<name>`.
    pub fn of(name: &str) -> Self {
        let playground = Self::empty();
        copy(&repository().join("examples").join(name), &playground.app());
        playground
    }

    /// An empty app folder.
    pub fn empty() -> Self {
        // A short path: sockets have room for 107 bytes only.
        let folder = tempfile::Builder::new().prefix("lp").tempdir().unwrap();
        for name in ["app", "home", "run"] {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new()
                .mode(0o700)
                .create(folder.path().join(name))
                .unwrap();
        }
        Self { folder }
    }

    /// The app's folder.
    pub fn app(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    /// The home folder: vault, sessions and settings end up in it.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The whole of it.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The environment of a fresh machine with this home.
    pub fn env(&self) -> BTreeMap<String, String> {
        let show = |path: PathBuf| path.to_string_lossy().into_owned();
        BTreeMap::from([
            ("HOME".to_owned(), show(self.home())),
            ("XDG_RUNTIME_DIR".to_owned(), show(self.folder.path().join("run"))),
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("TERM".to_owned(), "xterm-256color".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TZ".to_owned(), "Europe/Berlin".to_owned()),
        ])
    }

    /// A command of the binary in this environment and nothing else.
    pub fn command(&self, binary: &str, args: &[&str]) -> Command {
        let mut command = Command::new(binary);
        command
            .args(args)
            .env_clear()
            .envs(self.env())
            .current_dir(self.app())
            .stdin(std::process::Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, binary: &str, args: &[&str]) -> Output {
        self.command(binary, args).output().unwrap()
    }

    /// Every file and folder of the app with its mode and bytes, as one digest.
    pub fn tree(&self) -> String {
        let mut hash = Sha256::new();
        for (name, text) in listing(&self.app()) {
            hash.update(format!("{name}\n{}\n", text.len()));
            hash.update(text);
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Files that are in the app, relative, sorted.
    pub fn files(&self) -> Vec<String> {
        listing(&self.app()).into_keys().filter(|n| !n.ends_with('/')).collect()
    }

    /// The text of a file of the app.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.app().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }
}

fn listing(root: &Path) -> BTreeMap<String, Vec<u8>> {
    use std::os::unix::fs::PermissionsExt;
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let mode = std::fs::symlink_metadata(&path).unwrap().permissions().mode();
            if path.is_dir() {
                all.insert(format!("{name}/"), mode.to_string().into_bytes());
                open.push(path);
            } else {
                let mut bytes = mode.to_string().into_bytes();
                bytes.extend(std::fs::read(&path).unwrap());
                all.insert(name, bytes);
            }
        }
    }
    all
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())) {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
