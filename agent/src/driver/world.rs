//! What the driver knows of the app at a moment: the model as read, and the suggestions.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_patch::AppPath;
use linchpin_protocol::{AppSummary, Suggested};
use linchpin_question::Evidence;
use linchpin_suggest::{Options, Suggestion, suggest};
use linchpin_tools::Host;

/// The app as last read. Cheap to clone; a turn keeps the one it began with.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The app.
    pub app: Arc<App>,
    /// Its id at the broker.
    pub app_id: String,
    /// Suggestions, best first.
    pub suggestions: Arc<Vec<Suggestion>>,
    /// Milliseconds reading took.
    pub millis: u64,
}

impl World {
    /// The suggestions as people see them.
    pub fn suggested(&self, catalog: &Catalog) -> Vec<Suggested> {
        self.suggestions.iter().map(|s| suggested(s, catalog)).collect()
    }

    /// What is in the app, for the first screen.
    pub fn summary(&self) -> AppSummary {
        let app = &self.app;
        AppSummary {
            name: app.name.clone(),
            pages: app.pages.iter().map(|p| p.name.clone()).collect(),
            entities: app.entities.iter().map(|e| (e.name.clone(), e.fields.len())).collect(),
            functions: app.functions.iter().map(|f| f.name.clone()).collect(),
            connectors: app.connectors.iter().map(|c| c.id.clone()).collect(),
            problems: app
                .problems
                .iter()
                .map(|p| format!("{}:{}: {}", p.at.file, p.at.line, p.message))
                .collect(),
            millis: self.millis,
        }
    }

    /// Computes the suggestions for an app.
    pub fn new(
        app: App,
        app_id: String,
        catalog: &Catalog,
        dismissed: &BTreeSet<String>,
        time_zone: &str,
        millis: u64,
    ) -> Self {
        let options = Options {
            dismissed: dismissed.clone(),
            time_zone: time_zone.to_owned(),
            ..Options::default()
        };
        let suggestions = suggest(&app, catalog, &options);
        Self {
            app: Arc::new(app),
            app_id,
            suggestions: Arc::new(suggestions),
            millis,
        }
    }
}

fn suggested(s: &Suggestion, catalog: &Catalog) -> Suggested {
    Suggested {
        id: s.id.clone(),
        connector: s.connector.clone(),
        connector_name: catalog
            .get(&s.connector)
            .map_or_else(|| s.connector.clone(), |c| c.name.clone()),
        title: s.title.clone(),
        prompt: s.prompt.clone(),
        mode: s.mode,
        evidence: s
            .evidence
            .iter()
            .map(|e| Evidence {
                file: e.file.clone(),
                line: e.line,
                why: e.why.clone(),
            })
            .collect(),
        replaces: s.replaces.clone(),
    }
}

/// The app's folder as tools may look at it: files of the app, never through a link.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// No file that a tool needs is larger; what is larger is not looked at.
const MAX_FILE: u64 = 2 << 20;

impl Folder {
    /// The folder at `root`.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }
}

impl Host for Folder {
    fn read(&self, path: &AppPath) -> Option<String> {
        let mut here = self.root.clone();
        for part in path.as_str().split('/') {
            here.push(part);
            if fs::symlink_metadata(&here).ok()?.is_symlink() {
                return None;
            }
        }
        let meta = fs::metadata(&here).ok()?;
        (meta.is_file() && meta.len() <= MAX_FILE).then(|| fs::read_to_string(&here).ok())?
    }
}

/// Suggestions that aren't wanted in this app, one id a line.
pub fn dismissed(state: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(state.join("dismissed")).unwrap_or_default();
    text.lines().map(str::to_owned).filter(|l| !l.is_empty()).collect()
}

/// Remembers one more.
pub(crate) fn dismiss(state: &Path, id: &str) -> std::io::Result<()> {
    use std::io::Write;
    fs::create_dir_all(state)?;
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(state.join("dismissed"))?;
    writeln!(file, "{id}")
}
