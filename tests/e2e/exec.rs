//! The journey without a screen: events out, answers in, a changeset at the end, and nothing
//! applied unless it is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use linchpin_catalog::Catalog;
use linchpin_tests::canary::Canary;
use linchpin_tests::playground::Playground;
use serde_json::Value;

#[path = "../../tools/broker/tests/support/google.rs"]
mod google;
mod support;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");

/// Runs `exec` to its end: exit code and events.
fn exec(playground: &Playground, args: &[&str]) -> (i32, Vec<Value>) {
    let output = playground.run(BINARY, &[&["exec"], args, &["--json"]].concat());
    let lines = String::from_utf8(output.stdout).unwrap();
    let events = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
        .collect();
    (output.status.code().unwrap(), events)
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|e| e["event"] == kind).collect()
}

const SLACK: [&str; 8] = [
    "post to Slack when a booking is created",
    ".",
    "--answer",
    "mode=shared",
    "--answer",
    "permissions=skip",
    "--answer",
    "channel=#bookings",
];

#[test]
fn a_changeset_is_shown_then_applied_by_its_name_then_undone() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let (code, events) = exec(&playground, &SLACK);
    assert_eq!(code, 0, "{events:#?}");
    assert_eq!(playground.tree(), before, "nothing is written without --apply");
    let review = of(&events, "review_ready")[0];
    let name = review["changeset"].as_str().unwrap();
    assert_eq!(events.last().unwrap()["changeset"], *name);
    let facts = &review["review"]["functions"][0];
    assert_eq!(facts["calls"][0]["host"], "slack.com");
    assert_eq!(facts["scopes"][0]["scope"], "chat:write");
    assert!(
        facts["rehearsals"].as_array().unwrap().iter().all(|r| r["ok"] == true),
        "{facts:#}"
    );
    let question = of(&events, "asked")
        .iter()
        .map(|e| e["question"]["kind"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    assert!(
        question.contains(&"mode".to_owned()) && question.contains(&"permissions".to_owned()),
        "{question:?}"
    );

    let (code, events) = exec(&playground, &[&SLACK[..], &["--apply", "000000000000"]].concat());
    assert_eq!(code, 1, "{events:#?}");
    assert_eq!(playground.tree(), before, "another name applies nothing");

    let (code, events) = exec(&playground, &[&SLACK[..], &["--apply", &name[..12]]].concat());
    assert_eq!(code, 0, "{events:#?}");
    assert_eq!(of(&events, "applied").len(), 1);
    let files = playground.files();
    for file in ["linchpin.lock", "base44/connectors/slackbot.jsonc"] {
        assert!(files.iter().any(|f| f == file), "{file} in {files:?}");
    }
    assert!(files.iter().any(|f| f.starts_with("base44/functions/")
        && f.ends_with("/entry.ts")
        && playground.read(f).contains("slack.com")));
    assert!(playground.run(BINARY, &["undo"]).status.success());
    assert_eq!(playground.tree(), before);
}

#[test]
fn an_unanswered_question_says_how_to_answer_it() {
    let playground = Playground::of("bookings");
    let output = playground.run(BINARY, &["exec", SLACK[0], ".", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("--answer mode=shared") || said.contains("--answer channel="),
        "{said}"
    );
}

#[test]
fn the_older_layout_gets_its_function_at_the_root() {
    let playground = Playground::of("tasks");
    let before = playground.tree();
    let prompt = "Send me a daily email with my to-do list using Gmail";
    let answers = [
        "--answer",
        "mode=shared",
        "--answer",
        "permissions=skip",
        "--answer",
        "recipient=me@example.org",
        "--answer",
        "time=08:00",
    ];
    let (code, events) = exec(&playground, &[&[prompt, "."], &answers[..]].concat());
    assert_eq!(code, 0, "{events:#?}");
    let review = of(&events, "review_ready")[0];
    let name = review["changeset"].as_str().unwrap();
    let file = review["review"]["functions"][0]["file"].as_str().unwrap();
    assert!(file.starts_with("functions/") && file.ends_with(".ts"), "{file}");
    let trigger = review["review"]["functions"][0]["trigger"].as_str().unwrap();
    assert!(
        trigger.contains("08:00") && trigger.contains("Europe/Berlin"),
        "{trigger}"
    );
    let mail = &review["review"]["functions"][0]["rehearsals"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|r| r["requests"][0]["mail"].as_object());
    assert_eq!(mail.unwrap()["to"], "me@example.org");
    let (code, _) = exec(
        &playground,
        &[&[prompt, "."], &answers[..], &["--apply", name]].concat(),
    );
    assert_eq!(code, 0);
    assert!(playground.files().iter().any(|f| f == file));
    assert!(playground.run(BINARY, &["undo"]).status.success());
    assert_eq!(playground.tree(), before);
}

/// Plans a calendar function and connects; a person answers the consent page. Gives the events.
async fn connect_calendar(playground: &Playground, table: &str, allow: bool) -> (bool, Vec<Value>) {
    let prompt = "put each booking in my calendar and invite the client";
    let args = [
        "exec",
        prompt,
        ".",
        "--json",
        "--answer",
        "mode=shared",
        "--answer",
        "permissions=connect",
    ];
    let mut child = playground
        .command(BINARY, &args)
        .env("LINCHPIN_PROVIDERS", table)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut person = google::Person::new("mara");
    let mut events: Vec<Value> = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event["question"]["kind"] == "sign_in" {
            let address = event["question"]["url"].as_str().unwrap();
            assert!(address.contains("code_challenge_method=S256"), "{address}");
            person.answer(address, allow).await;
        }
        events.push(event);
    }
    (child.wait().unwrap().success(), events)
}

/// A certified authorization server in Google's place, with the builder's client stored.
async fn google_for(playground: &Playground) -> Option<(google::Google, String)> {
    support::install_tls();
    let peers = google::peers()?;
    let connector = Catalog::embedded().get("googlecalendar").unwrap();
    let google = google::Google::start(&peers, playground.path(), &[connector], 3600);
    let table = google.table.to_string_lossy().into_owned();
    support::store_client(playground, BINARY, &table, "google", google::CLIENT, google::SECRET).await;
    Some((google, table))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_sign_in_against_a_certified_server() {
    let playground = Playground::of("bookings");
    let Some((_google, table)) = google_for(&playground).await else {
        return;
    };
    let (success, events) = connect_calendar(&playground, &table, true).await;
    assert!(success, "{events:#?}");
    let settled: Vec<&str> = of(&events, "settled")
        .iter()
        .filter_map(|e| e["words"].as_str())
        .collect();
    assert!(
        settled.iter().any(|w| w.starts_with("Connected as mara")),
        "{settled:?}"
    );
    assert_eq!(of(&events, "review_ready").len(), 1);

    // What the chat's process said, and what it left on disk, holds no secret.
    let secret = Canary::new("client secret", google::SECRET);
    assert_eq!(
        secret.in_bytes(serde_json::to_string(&events).unwrap().as_bytes()),
        None
    );
    secret.assert_not_below(&playground.home(), &[]);
    secret.assert_not_below(&playground.app(), &[]);

    let connections = |args: &[&str]| {
        let args = [&["connections"], args, &["--json"]].concat();
        let output = playground
            .command(BINARY, &args)
            .env("LINCHPIN_PROVIDERS", &table)
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(connections(&["list"])["connections"][0]["status"], "active");
    assert_eq!(
        connections(&["disconnect", "googlecalendar"])["disconnected"][0]["connector"],
        "googlecalendar"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_consent_is_said_and_nothing_is_written() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let Some((_google, table)) = google_for(&playground).await else {
        return;
    };
    let (_, events) = connect_calendar(&playground, &table, false).await;
    let failed = of(&events, "tool_finished")
        .into_iter()
        .find(|e| e["ok"] == false)
        .unwrap();
    assert!(
        failed["summary"].as_str().unwrap().to_lowercase().contains("declined"),
        "{failed}"
    );
    assert_eq!(playground.tree(), before);
}
