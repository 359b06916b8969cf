//! Where Linchpin keeps things outside the app, by the XDG base directory rules.

use std::path::{Path, PathBuf};

use linchpin_patch::Digest;

/// The folders of one user.
#[derive(Debug, Clone)]
pub struct Paths {
    /// Vault and keys (`$XDG_DATA_HOME/linchpin`).
    pub data: PathBuf,
    /// Session logs, journals, history (`$XDG_STATE_HOME/linchpin`).
    pub state: PathBuf,
    /// The builder's settings (`$XDG_CONFIG_HOME/linchpin`).
    pub config: PathBuf,
    /// Sockets (`$XDG_RUNTIME_DIR/linchpin`, or inside `state`).
    pub runtime: PathBuf,
}

impl Paths {
    /// Reads them from the environment, through `var` so that tests need no process-wide change.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|v| v.starts_with('/')).map(PathBuf::from);
        let home = set("HOME").unwrap_or_else(|| PathBuf::from("/"));
        let place = |name: &str, fallback: &str| set(name).unwrap_or_else(|| home.join(fallback)).join("linchpin");
        let state = place("XDG_STATE_HOME", ".local/state");
        Self {
            data: place("XDG_DATA_HOME", ".local/share"),
            config: place("XDG_CONFIG_HOME", ".config"),
            runtime: set("XDG_RUNTIME_DIR").map_or_else(|| state.join("run"), |dir| dir.join("linchpin")),
            state,
        }
    }

    /// The folder that belongs to one app: its log, journal, history and dismissals.
    pub fn of_app(&self, root: &Path) -> PathBuf {
        self.state.join("apps").join(app_key(root))
    }
}

/// A name for an app's folder: its last component and a digest of its whole path.
pub fn app_key(root: &Path) -> String {
    let name: String = root
        .file_name()
        .map(|n| {
            n.to_string_lossy()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(24)
                .collect()
        })
        .unwrap_or_default();
    let digest = Digest::of(root.to_string_lossy().as_bytes());
    format!("{name}-{}", digest.short())
}

/// The app's id at the broker: Base44's where the app has one, else one made from its place.
pub fn app_id(declared: &str, root: &Path) -> String {
    match declared {
        "" => Digest::of(root.to_string_lossy().as_bytes()).as_str()[..24].to_owned(),
        id => id.to_owned(),
    }
}
