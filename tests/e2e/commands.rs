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
    let wrong: Vec<u8> = good.iter().map(|byte| !byte).collect();
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

/// A description of a shop's API, signed in to by OAuth.
const SHOP: &str = r"openapi: 3.1.0
info: { title: Corner Shop }
servers: [{ url: 'https://api.cornershop.example.com/v1' }]
security: [{ login: [orders.read] }]
paths:
  /orders:
    get: { operationId: listOrders, summary: List orders, responses: { '200': { description: Orders } } }
components:
  securitySchemes:
    login:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://login.cornershop.example.com/authorize
          tokenUrl: https://login.cornershop.example.com/token
          scopes: { orders.read: see orders }
";

#[test]
fn a_connector_of_ones_own_is_known_to_every_command() {
    let playground = Playground::of("bookings");
    fs::write(playground.app().join("shop.yaml"), SHOP).unwrap();
    let added = json(&playground, &["catalog", "add", "shop.yaml", "--json"]);
    assert_eq!(
        (added["id"].as_str(), added["operations"].as_u64()),
        (Some("corner_shop"), Some(1))
    );
    let sheet = text(&playground.run(BINARY, &["catalog", "show", "corner_shop"]));
    assert!(
        sheet.contains("List orders") && sheet.contains("added by you"),
        "{sheet}"
    );
    let found = json(&playground, &["catalog", "search", "corner", "--json"]);
    assert_eq!(found["connectors"][0]["id"], "corner_shop");
    // It is kept as it is, unless one says otherwise.
    let (code, said) = fails(&playground, &["catalog", "add", "shop.yaml", "--name", "Other"]);
    assert!(code == 1 && said.contains("--replace"), "{said}");
}

#[test]
fn an_apps_own_connector_waits_until_it_is_accepted() {
    let playground = Playground::of("bookings");
    fs::write(playground.app().join("shop.yaml"), SHOP).unwrap();
    json(&playground, &["catalog", "add", "shop.yaml", "--app", ".", "--json"]);
    let file = playground.app().join(".linchpin/connectors/corner_shop.toml");
    assert!(text(&playground.run(BINARY, &["catalog", "list"])).contains("corner_shop"));
    let changed = fs::read_to_string(&file)
        .unwrap()
        .replace("api.cornershop", "api.othershop");
    fs::write(&file, changed).unwrap();
    let (_, said) = fails(&playground, &["catalog", "show", "corner_shop"]);
    assert!(
        said.contains("is not used yet") && said.contains("There is no connector"),
        "{said}"
    );
    let args = ["catalog", "add", ".linchpin/connectors/corner_shop.toml", "--app", "."];
    assert!(playground.run(BINARY, &args).status.success());
    let sheet = text(&playground.run(BINARY, &["catalog", "show", "corner_shop"]));
    assert!(sheet.contains("https://api.othershop.example.com"), "{sheet}");
}

#[test]
fn what_may_not_be_added_is_refused() {
    let playground = Playground::of("bookings");
    let add = |args: &[&str]| {
        let all: Vec<&str> = ["catalog", "add"].iter().chain(args).copied().collect();
        fails(&playground, &all)
    };
    let key = [
        "--host",
        "https://api.cornershop.example.com",
        "--sign-in",
        "key",
        "--verify-url",
    ];
    let verify = "https://api.cornershop.example.com/me";
    let (code, said) = add(&[&["--id", "gmail"], &key[..], &[verify]].concat());
    assert!(
        code == 1 && said.contains("built-in connector Gmail") && said.contains("Nothing was written"),
        "{said}"
    );
    let (code, said) = add(&[&["--id", "mine"], &key[..], &["https://slack.com/api/auth.test"]].concat());
    assert!(code == 1 && said.contains("slack.com belongs to"), "{said}");
    let (code, said) = add(&["--id", "mine"]);
    assert!(code == 2 && said.contains("--host"), "{said}");
    let (code, said) = add(&["https://169.254.169.254/openapi.json"]);
    assert!(code == 1 && said.contains("private network"), "{said}");
    let (code, said) = add(&["http://api.cornershop.example.com/openapi.json"]);
    assert!(code == 1 && said.contains("not https"), "{said}");
    let (code, said) = add(&["nosuch.yaml"]);
    assert!(code == 2 && said.contains("nosuch.yaml"), "{said}");
}

#[test]
fn the_catalog_is_listed_by_category() {
    let playground = Playground::empty();
    let mail = json(&playground, &["catalog", "list", "--category", "mail", "--json"]);
    let ids: Vec<&str> = mail["connectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"gmail") && !ids.contains(&"slackbot"), "{ids:?}");
    let (code, said) = fails(&playground, &["catalog", "list", "--category", "washing"]);
    assert!(code == 2 && said.contains("calendar"), "{said}");
    let checked = text(&playground.run(BINARY, &["catalog", "check"]));
    assert!(checked.ends_with("0 findings\n"), "{checked}");
}
