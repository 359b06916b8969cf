//! Commands without a screen: what they print, and how they fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::process::Output;

use linchpin_tests::playground::Playground;
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs a command that fails, and gives its exit code and what it says.
fn fails(playground: &Playground, args: &[&str]) -> (i32, String) {
    let output = playground.run(BINARY, args);
    assert!(!output.status.success(), "{args:?} should fail: {}", text(&output));
    (output.status.code().unwrap(), text(&output))
}

fn json(playground: &Playground, args: &[&str]) -> Value {
    let output = playground.run(BINARY, args);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", text(&output)))
}

#[test]
fn the_version_is_said() {
    let output = Playground::empty().run(BINARY, &["--version"]);
    assert_eq!(text(&output), format!("linchpin {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn both_examples_are_read_and_get_suggestions() {
    for (example, entities, pages) in [("bookings", 6, 8), ("tasks", 3, 4)] {
        let playground = Playground::of(example);
        let app = json(&playground, &["read", "--json"]);
        assert!(app["entities"].as_array().unwrap().len() >= entities, "{example}");
        assert!(app["pages"].as_array().unwrap().len() >= pages, "{example}");
        assert_eq!(app["problems"], serde_json::json!([]), "{example}");
        let suggestions = json(&playground, &["suggest", "--json"]);
        let first = &suggestions["suggestions"][0];
        for member in [
            "rank",
            "connector",
            "title",
            "prompt",
            "mode",
            "mode_reason",
            "evidence",
            "plan",
        ] {
            assert!(first.get(member).is_some(), "{example}: no {member}");
        }
        let evidence = &first["evidence"][0];
        let line = evidence["line"].as_u64().unwrap() as usize;
        let file = playground.read(evidence["file"].as_str().unwrap());
        assert!((1..=file.lines().count()).contains(&line), "{example}: {evidence}");
    }
}

#[test]
fn at_most_n_suggestions_and_always_the_same() {
    let playground = Playground::of("bookings");
    let three = json(&playground, &["suggest", "-n", "3", "--json"]);
    assert_eq!(three["suggestions"].as_array().unwrap().len(), 3);
    assert_eq!(three, json(&playground, &["suggest", "-n", "3", "--json"]));
}

#[test]
fn a_folder_that_is_no_app_is_said_to_be_none() {
    let playground = Playground::empty();
    let (code, said) = fails(&playground, &["read"]);
    assert_eq!(code, 1);
    assert!(said.contains("base44"), "{said}");
    let (code, said) = fails(&playground, &["read", "no/such/folder"]);
    assert_eq!(code, 2);
    assert!(said.contains("no/such/folder"), "{said}");
}

#[test]
fn a_broken_file_is_named_with_its_line_and_the_rest_is_read() {
    let playground = Playground::of("bookings");
    let path = playground.app().join("base44/entities/Booking.jsonc");
    fs::write(&path, "{\n  \"name\": \"Booking\",\n  \"type\" \"object\"\n}\n").unwrap();
    fs::write(
        playground.app().join("base44/entities/Odd.jsonc"),
        b"{\"name\": \"\xff\xfe\"}",
    )
    .unwrap();
    let output = playground.run(BINARY, &["read"]);
    let said = text(&output);
    assert!(output.status.success());
    assert!(said.contains("base44/entities/Booking.jsonc:3"), "{said}");
    assert!(said.contains("base44/entities/Odd.jsonc"), "{said}");
    assert!(said.contains("entity    Client"), "{said}");
}

#[test]
fn what_is_misspelt_gets_a_hint() {
    let playground = Playground::of("bookings");
    let (code, said) = fails(&playground, &["catalog", "show", "gmial"]);
    assert_eq!(code, 2);
    assert!(said.contains("Did you mean `gmail`?"), "{said}");
    let (code, said) = fails(&playground, &["connect", "slack-bot"]);
    assert_eq!(code, 2);
    assert!(said.contains("Did you mean `slackbot`?"), "{said}");
}

#[test]
fn a_plan_is_compiled_and_applied_by_its_name() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let suggestions = json(&playground, &["suggest", "--json"]);
    let plan = suggestions["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["connector"] == "googlecalendar")
        .map(|s| s["plan"].clone())
        .unwrap();
    let file = playground.path().join("plan.json");
    fs::write(&file, plan.to_string()).unwrap();
    let planned = json(&playground, &["plan", file.to_str().unwrap(), "--json"]);
    for member in ["files", "proof", "verdict", "rehearsals"] {
        assert!(planned.get(member).is_some(), "no {member}");
    }
    assert_eq!(planned["verdict"]["ok"], true);
    assert!(
        planned["rehearsals"]
            .as_array()
            .unwrap()
            .iter()
            .all(|r| r["ok"] == true),
        "{}",
        planned["rehearsals"]
    );
    assert_eq!(playground.tree(), before, "planning writes nothing");

    let name = planned["changeset"].as_str().unwrap();
    let (_, said) = fails(&playground, &["apply", "0123456789abcdef"]);
    assert!(said.contains("No reviewed changeset"), "{said}");
    assert!(playground.run(BINARY, &["apply", &name[..16]]).status.success());
    for planned in planned["files"].as_array().unwrap() {
        assert_eq!(
            playground.read(planned["path"].as_str().unwrap()),
            planned["text"].as_str().unwrap()
        );
    }
    let checked = playground.run(BINARY, &["check", plan["name"].as_str().unwrap(), ".", "--json"]);
    assert!(checked.status.success(), "{}", text(&checked));
    let history = json(&playground, &["history", "--json"]);
    assert_eq!(history["changes"][0]["changeset"], *name);
    assert!(playground.run(BINARY, &["undo"]).status.success());
    assert_eq!(playground.tree(), before, "undo brings every byte back");
    let (code, _) = fails(&playground, &["undo"]);
    assert_eq!(code, 1);
}

#[test]
fn a_changeset_edited_on_disk_is_refused() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let suggestions = json(&playground, &["suggest", "--json"]);
    let plan = &suggestions["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["connector"] == "googlecalendar")
        .unwrap()["plan"];
    let file = playground.path().join("plan.json");
    fs::write(&file, plan.to_string()).unwrap();
    let planned = json(&playground, &["plan", file.to_str().unwrap(), "--json"]);
    let name = planned["changeset"].as_str().unwrap();
    let shelf = find(&playground, &format!("{name}.json"));
    let edited = fs::read_to_string(&shelf).unwrap().replace("redirect", "redirecT");
    fs::write(&shelf, edited).unwrap();
    let (_, said) = fails(&playground, &["apply", name]);
    assert!(said.contains("edited on disk"), "{said}");
    assert_eq!(playground.tree(), before);
}

fn find(playground: &Playground, name: &str) -> std::path::PathBuf {
    let mut open = vec![playground.home()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().unwrap() == name {
                return path;
            }
        }
    }
    panic!("{name} is not below the home folder");
}

#[test]
fn the_catalog_is_fine_and_can_be_searched() {
    let playground = Playground::empty();
    let report = json(&playground, &["catalog", "check", "--json"]);
    assert_eq!(report["findings"], serde_json::json!([]));
    let found = json(&playground, &["catalog", "search", "spreadsheet", "--json"]);
    assert_eq!(found["connectors"][0]["id"], "googlesheets");
}

#[test]
fn a_wrong_key_stops_the_broker_with_78_and_changes_nothing() {
    let playground = Playground::of("bookings");
    assert!(playground.run(BINARY, &["connections", "list"]).status.success());
    let key = find(&playground, "vault.key");
    let good = fs::read(&key).unwrap();
    let wrong: Vec<u8> = good
        .iter()
        .map(|b| if b.is_ascii_hexdigit() { b'a' } else { *b })
        .collect();
    fs::write(&key, &wrong).unwrap();
    let output = playground.run(BINARY, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(78), "{}", text(&output));
    assert_eq!(fs::read(&key).unwrap(), wrong, "no new key is made");
}

#[test]
fn a_chat_whose_input_ends_ends_too() {
    let playground = Playground::of("bookings");
    let output = playground.run(BINARY, &["--plain", "."]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("Linchpin"), "{}", text(&output));
}

#[test]
fn completions_name_every_command() {
    let output = Playground::empty().run(BINARY, &["completions", "bash"]);
    let said = text(&output);
    for command in ["suggest", "exec", "serve", "history"] {
        assert!(said.contains(command), "{command}");
    }
}
