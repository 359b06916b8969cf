//! Applying: all files or none, at whatever step it is killed; undo brings the bytes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use linchpin_agent::apply::{Applier, ApplyError};
use linchpin_patch::{AppPath, Changeset, FileChange};
use tempfile::TempDir;

struct App {
    root: TempDir,
    state: TempDir,
}

fn app() -> App {
    let app = App {
        root: TempDir::new().unwrap(),
        state: TempDir::new().unwrap(),
    };
    fs::create_dir_all(app.root.path().join("base44/functions/old")).unwrap();
    fs::write(app.root.path().join("base44/functions/old/entry.ts"), "old\r\nlines").unwrap();
    fs::write(app.root.path().join("linchpin.lock"), "lock 1\n").unwrap();
    fs::set_permissions(app.root.path().join("linchpin.lock"), fs::Permissions::from_mode(0o640)).unwrap();
    app
}

impl App {
    fn applier(&self) -> Applier {
        Applier::new(self.root.path(), self.state.path())
    }
}

fn file(path: &str, base: Option<&str>, next: Option<&str>) -> FileChange {
    FileChange {
        path: AppPath::new(path).unwrap(),
        base: base.map(Into::into),
        next: next.map(Into::into),
    }
}

fn changeset() -> Changeset {
    Changeset::new(vec![
        file("base44/functions/new/entry.ts", None, Some("new\n")),
        file("base44/functions/new/function.jsonc", None, Some("{}\n")),
        file("base44/functions/old/entry.ts", Some("old\r\nlines"), None),
        file("linchpin.lock", Some("lock 1\n"), Some("lock 2\n")),
    ])
    .unwrap()
}

/// Every file and folder with its bytes and mode.
fn tree(root: &Path) -> BTreeMap<String, (u32, Option<Vec<u8>>)> {
    fn walk(at: &Path, root: &Path, out: &mut BTreeMap<String, (u32, Option<Vec<u8>>)>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
            if path.is_dir() {
                out.insert(name, (mode, None));
                walk(&path, root, out);
            } else {
                out.insert(name, (mode, fs::read(&path).ok()));
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root, &mut out);
    out
}

#[test]
fn killed_at_any_step_the_tree_is_as_before_or_as_after() {
    let steps = {
        let app = app();
        let mut n = 0;
        app.applier()
            .apply_stepwise(&changeset(), "t", 0, &mut |_| {
                n += 1;
                Ok(())
            })
            .unwrap();
        n
    };
    assert!(steps >= 9, "{steps} steps");
    for kill_at in 0..steps {
        let app = app();
        let before = tree(app.root.path());
        let mut n = 0;
        let killed = app.applier().apply_stepwise(&changeset(), "t", 0, &mut |_| {
            n += 1;
            if n > kill_at { Err(ApplyError::Killed) } else { Ok(()) }
        });
        assert!(matches!(killed, Err(ApplyError::Killed)));
        app.applier().recover().unwrap();
        let after_kill = tree(app.root.path());
        let done = !app.applier().history().unwrap().is_empty();
        if !done {
            assert_eq!(after_kill, before, "killed at step {kill_at}");
        }
        // Whatever happened, applying again comes to the same end.
        app.applier().apply(&changeset(), "t", 1).unwrap();
        assert_eq!(
            fs::read_to_string(app.root.path().join("linchpin.lock")).unwrap(),
            "lock 2\n"
        );
        assert_eq!(app.applier().history().unwrap().len(), 1);
        app.applier().undo(2).unwrap();
        assert_eq!(tree(app.root.path()), before, "undone after a kill at step {kill_at}");
    }
}

#[test]
fn an_undo_killed_at_any_step_can_be_done_again() {
    for kill_at in 0..10 {
        let app = app();
        let before = tree(app.root.path());
        app.applier().apply(&changeset(), "t", 0).unwrap();
        let mut n = 0;
        let _ = app.applier().undo_stepwise(1, &mut |_| {
            n += 1;
            if n > kill_at { Err(ApplyError::Killed) } else { Ok(()) }
        });
        app.applier().recover().unwrap();
        let _ = app.applier().undo(2);
        assert_eq!(tree(app.root.path()), before, "killed at step {kill_at}");
    }
}

#[test]
fn a_file_that_changed_after_the_review_stops_everything() {
    let app = app();
    fs::write(app.root.path().join("linchpin.lock"), "edited\n").unwrap();
    let before = tree(app.root.path());
    let error = app.applier().apply(&changeset(), "t", 0).unwrap_err();
    assert!(matches!(error, ApplyError::Conflict { .. }), "{error}");
    assert_eq!(tree(app.root.path()), before);
}

#[test]
fn an_edit_made_after_applying_is_not_undone_over() {
    let app = app();
    app.applier().apply(&changeset(), "t", 0).unwrap();
    fs::write(app.root.path().join("base44/functions/new/entry.ts"), "mine\n").unwrap();
    let before = tree(app.root.path());
    assert!(matches!(app.applier().undo(1), Err(ApplyError::Conflict { .. })));
    assert_eq!(tree(app.root.path()), before);
}

#[test]
fn links_are_never_written_through() {
    let outside = TempDir::new().unwrap();
    for (name, target) in [
        ("base44", outside.path().to_path_buf()),
        ("linchpin.lock", outside.path().join("x")),
    ] {
        let app = app();
        let path = app.root.path().join(name);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            fs::remove_file(&path).unwrap()
        }
        symlink(target, path).unwrap();
        let one = Changeset::new(vec![
            file("base44/functions/new/entry.ts", None, Some("n")),
            file("linchpin.lock", None, Some("n")),
        ])
        .unwrap();
        let error = app.applier().apply(&one, "t", 0).unwrap_err();
        assert!(matches!(error, ApplyError::Unsafe { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_second_name_of_a_file_is_refused() {
    let app = app();
    let other = app.state.path().join("other-name");
    fs::hard_link(app.root.path().join("linchpin.lock"), other).unwrap();
    let error = app.applier().apply(&changeset(), "t", 0).unwrap_err();
    assert!(matches!(error, ApplyError::Unsafe { .. }), "{error}");
}

#[test]
fn a_refusal_half_way_is_rolled_back() {
    let app = app();
    let before = tree(app.root.path());
    let mut renames = 0;
    let error = app.applier().apply_stepwise(&changeset(), "t", 0, &mut |step| {
        renames += u32::from(step == "rename");
        match renames {
            3 => Err(ApplyError::Io {
                what: "renaming".to_owned(),
                source: std::io::ErrorKind::StorageFull.into(),
            }),
            _ => Ok(()),
        }
    });
    assert!(matches!(error, Err(ApplyError::Io { .. })));
    assert_eq!(tree(app.root.path()), before);
}
