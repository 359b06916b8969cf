//! What one looks at without a turn: the catalog, functions with their checks, history, the map,
//! the lines around a place. Reads the app's folder and writes nothing.
//!
//! The chat asks in a thread of its own, so that no key waits for it; `linchpin map` asks directly.

pub(crate) mod map;
mod offers;

use std::path::{Path, PathBuf};

use linchpin_agent::apply::Applier;
use linchpin_agent::driver::{Folder, now_ms};
use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_protocol::patch::{Changeset, LineKind};
use linchpin_protocol::question::FunctionFacts;
use linchpin_protocol::{ChangeRow, Found, FunctionRow, Wanted};
use linchpin_screen::Mailbox;
use linchpin_tools::Host;
use linchpin_tools::pipeline::{Bench, function_facts};

use crate::context;

/// Lines shown around a place, on both sides.
const AROUND: u32 = 2;

/// Starts a thread that looks things up for a screen. It ends when the sender goes.
pub(crate) fn start(root: PathBuf, mailbox: Mailbox) -> std::sync::mpsc::Sender<Wanted> {
    let (sender, wanted) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for wanted in wanted {
            mailbox.found(find(&root, wanted));
        }
    });
    sender
}

/// Looks one thing up.
pub(crate) fn find(root: &Path, wanted: Wanted) -> Found {
    let found = match &wanted {
        Wanted::Catalog => read(root).map(|app| Found::Catalog {
            offers: offers::of(&app),
        }),
        Wanted::Functions => read(root).map(|app| Found::Functions {
            functions: functions(root, &app),
        }),
        Wanted::Map => read(root).map(|app| Found::Map {
            map: map::of(&app, &functions(root, &app)),
        }),
        Wanted::History => history(root),
        Wanted::Source { file, line } => source(root, file, *line),
    };
    found.unwrap_or_else(|why| Found::Nothing { wanted, why })
}

fn read(root: &Path) -> Result<App, String> {
    linchpin_app::read(root, &|_| {}).map_err(|e| e.to_string())
}

/// The app's functions, each checked.
pub(crate) fn functions(root: &Path, app: &App) -> Vec<FunctionRow> {
    let host = Folder::at(root);
    let bench = Bench {
        app,
        catalog: Catalog::embedded(),
        host: &host,
        now_ms: now_ms(),
    };
    let row = |function: &linchpin_app::Function| {
        let source = linchpin_protocol::patch::AppPath::new(function.at.file.clone())
            .ok()
            .and_then(|path| host.read(&path))
            .unwrap_or_default();
        match function_facts(&bench, &function.name) {
            Ok((checked, facts)) => FunctionRow {
                ok: crate::commands::check::is_fine(&checked),
                facts,
                problem: None,
                source,
            },
            Err(failure) => FunctionRow {
                facts: FunctionFacts {
                    name: function.name.clone(),
                    file: function.at.file.clone(),
                    ..FunctionFacts::default()
                },
                ok: false,
                problem: Some(failure.message),
                source,
            },
        }
    };
    app.functions.iter().map(row).collect()
}

fn history(root: &Path) -> Result<Found, String> {
    let applier = Applier::new(root, context::paths().of_app(root));
    let changes = applier.history().map_err(|e| e.to_string())?;
    let row = |change: &linchpin_agent::apply::Change| ChangeRow {
        change: change.id,
        title: change.title.clone(),
        at: change.at_ms,
        undone: change.undone,
        files: lines(&change.changeset),
    };
    Ok(Found::History {
        changes: changes.iter().rev().map(row).collect(),
    })
}

/// Each file with the lines it got and lost.
fn lines(changeset: &Changeset) -> Vec<(String, usize, usize)> {
    let hunks = changeset.hunks();
    let of = |file: usize, kind: LineKind| {
        let its = hunks.iter().filter(|hunk| hunk.id.file == file);
        its.flat_map(|hunk| &hunk.lines)
            .filter(|line| line.kind == kind)
            .count()
    };
    let files = changeset.files().iter().enumerate();
    files
        .map(|(at, file)| {
            (
                file.path.to_string(),
                of(at, LineKind::Added),
                of(at, LineKind::Removed),
            )
        })
        .collect()
}

/// The lines around a line of a file of the app; nothing outside its folder.
fn source(root: &Path, file: &str, line: u32) -> Result<Found, String> {
    let unreadable = || format!("{file} can't be read any more.");
    let path = linchpin_protocol::patch::AppPath::new(file.to_owned()).map_err(|_| unreadable())?;
    let text = Folder::at(root).read(&path).ok_or_else(unreadable)?;
    let first = line.saturating_sub(AROUND).max(1);
    let skip = usize::try_from(first - 1).unwrap_or(usize::MAX);
    let take = usize::try_from(line + AROUND - first + 1).unwrap_or_default();
    Ok(Found::Source {
        file: file.to_owned(),
        line,
        first,
        text: text.lines().skip(skip).take(take).map(str::to_owned).collect(),
    })
}
