//! An app that is read again: what is opened, what is parsed, and what is told of changes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod tree;

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::mpsc;

use linchpin_app::{Reader, Reading, read, watch};
use proptest::prelude::*;
use tree::{CONFIG, tree, write};

fn again(reader: &mut Reader) -> Reading {
    let reading = reader.read(&|_| {}).unwrap();
    assert_eq!(reading.app, read(reader.root(), &|_| {}).unwrap(), "as a fresh reading");
    reading
}

fn small() -> tempfile::TempDir {
    tree(&[
        CONFIG,
        ("base44/entities/A.jsonc", "{\"name\":\"A\",\"properties\":{}}"),
        ("src/pages/Home.jsx", "export default () => base44.entities.A.list();"),
        ("src/pages/Team.jsx", "export default () => <h1>Team</h1>;"),
    ])
}

/// When the system says that a file was changed last.
fn changed(root: &Path, file: &str) -> (i64, i64) {
    let meta = std::fs::metadata(root.join(file)).unwrap();
    (meta.ctime(), meta.ctime_nsec())
}

#[test]
fn only_what_changed_is_parsed() {
    let folder = small();
    let mut reader = Reader::new(folder.path());
    let first = again(&mut reader);
    assert_eq!((first.listed, first.opened, first.parsed), (4, 4, 4));
    let same = again(&mut reader);
    assert_eq!((same.listed, same.parsed), (4, 0));
    write(
        folder.path(),
        "src/pages/Team.jsx",
        b"export default () => <h1>People</h1>;",
    );
    let changed = again(&mut reader);
    assert_eq!(changed.parsed, 1);
    assert_eq!(changed.app.pages[1].title.as_deref(), Some("People"));
    // The same bytes again: opened, since the system says it was written, and not parsed.
    write(
        folder.path(),
        "src/pages/Team.jsx",
        b"export default () => <h1>People</h1>;",
    );
    assert_eq!(again(&mut reader).parsed, 0);
    std::fs::remove_file(folder.path().join("src/pages/Home.jsx")).unwrap();
    write(
        folder.path(),
        "src/pages/New.jsx",
        b"export default () => <h1>New</h1>;",
    );
    let moved = again(&mut reader);
    let pages: Vec<_> = moved.app.pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!((pages, moved.parsed), (vec!["New", "Team"], 1));
}

#[test]
fn what_did_not_change_is_not_opened() {
    let folder = small();
    let last = "src/pages/Last.jsx";
    let newest = changed(folder.path(), "src/pages/Team.jsx");
    // The newest files are opened in any case; a later tick of the system's clock leaves one of them.
    loop {
        write(folder.path(), last, b"export default () => <h1>Last</h1>;");
        if changed(folder.path(), last) > newest {
            break;
        }
    }
    let mut reader = Reader::new(folder.path());
    reader.read(&|_| {}).unwrap();
    let same = again(&mut reader);
    assert_eq!((same.listed, same.opened, same.parsed), (5, 1, 0));
    let told = reader
        .update(&["src/pages/Team.jsx".to_owned(), "README.md".to_owned()], &|_| {})
        .unwrap();
    assert_eq!((told.opened, told.parsed), (1, 0));
    write(
        folder.path(),
        "src/pages/Team.jsx",
        b"export default () => <h1>Crew</h1>;",
    );
    let told = reader.update(&["src/pages/Team.jsx".to_owned()], &|_| {}).unwrap();
    assert_eq!((told.opened, told.parsed), (1, 1));
    assert_eq!(told.app, read(folder.path(), &|_| {}).unwrap());
    // A file nobody knew, a file that went away, a configuration: looked for in the whole folder.
    write(
        folder.path(),
        "src/pages/Extra.jsx",
        b"export default () => <h1>Extra</h1>;",
    );
    let told = reader.update(&["src/pages/Extra.jsx".to_owned()], &|_| {}).unwrap();
    assert_eq!(told.app.pages.len(), 4);
    std::fs::remove_file(folder.path().join("src/pages/Extra.jsx")).unwrap();
    let told = reader.update(&["src/pages/Extra.jsx".to_owned()], &|_| {}).unwrap();
    assert_eq!(told.app.pages.len(), 3);
    write(
        folder.path(),
        "base44/config.jsonc",
        b"{\"name\":\"Renamed\",\"entitiesDir\":\"model\"}",
    );
    write(
        folder.path(),
        "base44/model/B.jsonc",
        b"{\"name\":\"B\",\"properties\":{}}",
    );
    let told = reader.update(&["base44/config.jsonc".to_owned()], &|_| {}).unwrap();
    assert_eq!(told.app, read(folder.path(), &|_| {}).unwrap());
    assert_eq!((told.app.name.as_str(), told.app.entities.len()), ("Renamed", 2));
}

#[test]
fn dependencies_beside_an_app_cost_nothing() {
    let folder = small();
    let mut reader = Reader::new(folder.path());
    let alone = reader.read(&|_| {}).unwrap();
    let watched = watch(folder.path(), |_| {}).unwrap().folders();
    for package in 0..200 {
        let inside = folder.path().join(format!("node_modules/p{package}"));
        std::fs::create_dir_all(&inside).unwrap();
        for file in 0..50 {
            std::fs::write(inside.join(format!("m{file}.js")), "base44.entities.Leaked.list()").unwrap();
        }
    }
    write(folder.path(), "dist/assets/app.js", b"base44.entities.Leaked.list()");
    let mut fresh = Reader::new(folder.path());
    let beside = fresh.read(&|_| {}).unwrap();
    assert_eq!(
        (beside.listed, beside.opened, beside.parsed),
        (alone.listed, alone.opened, alone.parsed)
    );
    assert_eq!(
        (beside.app.files_read, beside.app.bytes_read),
        (alone.app.files_read, alone.app.bytes_read)
    );
    assert_eq!(beside.app, alone.app);
    assert_eq!(
        watch(folder.path(), |_| {}).unwrap().folders(),
        watched,
        "and none of them is watched"
    );
}

#[test]
fn changes_are_told_as_they_happen() {
    let folder = small();
    let (send, told) = mpsc::channel();
    let watch = watch(folder.path(), move |files| drop(send.send(files))).unwrap();
    // Waits as long as it takes: the system says when, and a test that hangs is stopped by its runner.
    let until = |wanted: &str| {
        let mut seen = BTreeSet::new();
        while !seen.contains(wanted) {
            seen.extend(told.recv().unwrap());
        }
        seen
    };
    write(
        folder.path(),
        "src/pages/Team.jsx",
        b"export default () => <h1>Crew</h1>;",
    );
    until("src/pages/Team.jsx");
    write(
        folder.path(),
        "src/pages/deep/er/New.jsx",
        b"export default () => <h1>New</h1>;",
    );
    until("src/pages/deep/er/New.jsx");
    // What is not the app's is not told: the next thing told is the app's own again.
    write(folder.path(), "node_modules/x/index.js", b"1");
    write(folder.path(), "notes.txt", b"1");
    write(folder.path(), ".env", b"KEY=1");
    std::fs::remove_file(folder.path().join("src/pages/Home.jsx")).unwrap();
    let seen = until("src/pages/Home.jsx");
    assert!(seen.iter().all(|file| file.starts_with("src/pages/")), "{seen:?}");
    drop(watch);
    assert!(told.recv().is_err(), "nothing is told once nobody watches");
}

/// What may happen to a small app.
#[derive(Debug, Clone)]
enum Change {
    Write(usize, usize),
    Remove(usize),
    Move(usize, usize),
}

const FILES: [&str; 7] = [
    "src/pages/Home.jsx",
    "src/pages/Team.jsx",
    "src/lib/x.js",
    "base44/entities/A.jsonc",
    "base44/functions/f/entry.ts",
    "base44/functions/f/function.jsonc",
    "db/schema.sql",
];
const TEXTS: [&str; 6] = [
    "{\"name\":\"A\",\"properties\":{\"x\":{\"type\":\"string\"}}}",
    "import '../lib/x'; export default () => base44.entities.B.list();",
    "create table t (a int);",
    "{ broken",
    "",
    "{\"automations\":[{\"type\":\"entity\",\"entity_name\":\"A\",\"event_types\":[]}]}",
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..FILES.len(), 0..TEXTS.len()).prop_map(|(file, text)| Change::Write(file, text)),
        (0..FILES.len()).prop_map(Change::Remove),
        (0..FILES.len(), 0..FILES.len()).prop_map(|(from, to)| Change::Move(from, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_reading_is_what_a_fresh_one_would_be(changes in prop::collection::vec((change(), any::<bool>()), 1..12)) {
        let folder = small();
        let mut reader = Reader::new(folder.path());
        reader.read(&|_| {}).unwrap();
        for (change, told) in changes {
            let path = |at: usize| folder.path().join(FILES[at]);
            let files = match change {
                Change::Write(file, text) => {
                    write(folder.path(), FILES[file], TEXTS[text].as_bytes());
                    vec![FILES[file].to_owned()]
                }
                Change::Remove(file) => {
                    let _ = std::fs::remove_file(path(file));
                    vec![FILES[file].to_owned()]
                }
                Change::Move(from, to) => {
                    std::fs::create_dir_all(path(to).parent().unwrap()).unwrap();
                    let _ = std::fs::rename(path(from), path(to));
                    vec![FILES[from].to_owned(), FILES[to].to_owned()]
                }
            };
            let reading = if told { reader.update(&files, &|_| {}) } else { reader.read(&|_| {}) };
            let fresh = read(folder.path(), &|_| {});
            prop_assert_eq!(reading.unwrap().app, fresh.unwrap());
        }
    }
}
