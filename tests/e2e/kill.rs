//! Either process is killed outright, at every step of the journey: the app is whole, the session
//! goes on where it was, and no broker outlives its chat.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    clippy::disallowed_methods
)]

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use linchpin_catalog::Catalog;
use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;
use serde_json::Value;

#[path = "../../tools/broker/tests/support/google.rs"]
mod google;
mod support;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");
const SIZE: (u16, u16) = (120, 44);
const LIMIT: Duration = Duration::from_secs(30);

fn open(playground: &Playground, args: &[&str], env: &[(&str, &str)]) -> Terminal {
    Terminal::start(
        playground,
        BINARY,
        &[&["--no-browser"], args, &["."]].concat(),
        env,
        SIZE,
    )
}

/// What is shown anew takes no key in its first moments.
fn let_it_wake(terminal: &mut Terminal) {
    terminal.drain(Duration::from_millis(400));
}

/// Accepts the first suggestion.
fn accept(terminal: &mut Terminal) {
    terminal.wait_for("Suggested for");
    let_it_wake(terminal);
    terminal.keys("1");
    terminal.wait_for("Shared or per user");
}

/// Looks at the review to its end and presses the key that applies it.
fn decide(terminal: &mut Terminal) {
    terminal.wait_for("[ Apply");
    let_it_wake(terminal);
    terminal.keys("G\r");
}

/// Goes on without connecting. One key: a second one would stop what the first began.
fn skip(terminal: &mut Terminal) {
    let_it_wake(terminal);
    terminal.keys("\x1b");
    terminal.wait_for("[ Apply");
}

fn fill_in_the_client(terminal: &mut Terminal) {
    let_it_wake(terminal);
    terminal.keys(&format!("{}\t{}", google::CLIENT, google::SECRET));
    terminal.wait_for("••••");
    terminal.answer("\r", "Waiting for you to sign in");
}

/// The processes whose parent is `pid`.
fn children(pid: u32) -> Vec<u32> {
    let parent_of = |pid: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything, also parentheses.
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let all = fs::read_dir("/proc").unwrap();
    all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|child| parent_of(*child) == Some(pid))
        .collect()
}

/// The brokers that serve this playground, whoever their parent is by now.
fn brokers(playground: &Playground) -> Vec<u32> {
    let mark = playground.path().join("run").to_string_lossy().into_owned();
    let is_ours = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("--with-parent") && line.contains(&mark)
    };
    let all = fs::read_dir("/proc").unwrap();
    all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(is_ours)
        .collect()
}

fn poll(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Kills the chat, and sees its broker end by itself.
fn kill_chat(playground: &Playground, terminal: &mut Terminal) {
    terminal.kill();
    poll("the broker of a killed chat goes on", || brokers(playground).is_empty());
}

/// Kills the broker of a chat that goes on.
fn kill_broker(terminal: &Terminal) {
    let broker = children(terminal.pid());
    assert_eq!(
        broker.len(),
        1,
        "a chat has one child, its broker:\n{}",
        terminal.screen()
    );
    let pid = rustix::process::Pid::from_raw(broker[0].try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    // Ended, though its parent may not have looked yet.
    poll("the broker does not die", || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", broker[0])).unwrap_or_default();
        stat.is_empty() || stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z'))
    });
}

#[test]
fn the_chat_is_killed_at_every_step() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    // At each step: the text that shows it; the next chat shows it again.
    let mut terminal = open(&playground, &[], &[]);
    terminal.next_bytes();
    kill_chat(&playground, &mut terminal);
    let again = |terminal: &mut Terminal, shown: &str, tree: &str| {
        kill_chat(&playground, terminal);
        assert_eq!(playground.tree(), *tree, "killed at {shown:?}");
        *terminal = open(&playground, &[], &[]);
        terminal.wait_for(shown);
    };
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Suggested for");
    again(&mut terminal, "Suggested for", &before);
    accept(&mut terminal);
    again(&mut terminal, "Shared or per user", &before);
    terminal.answer("\r", "Required permissions");
    again(&mut terminal, "Required permissions", &before);
    terminal.answer("\r", "OAuth client needed");
    again(&mut terminal, "OAuth client needed", &before);
    fill_in_the_client(&mut terminal);
    for times in 1..=2 {
        again(&mut terminal, "Waiting for you to sign in", &before);
        // The old link died with the old broker; a new one is shown below what says so.
        terminal.wait_until("a new sign-in", |screen| {
            screen.matches("signing in starts again").count() == times && screen.contains("Waiting for you to sign in")
        });
    }
    skip(&mut terminal);
    again(&mut terminal, "[ Apply", &before);
    decide(&mut terminal);
    terminal.wait_for("applied: ");
    let after = playground.tree();
    assert_ne!(after, before);
    again(&mut terminal, "applied: ", &after);
    terminal.drain(Duration::from_millis(300));
    terminal.keys("/undo\r");
    terminal.wait_for("taken back");
    assert_eq!(playground.tree(), before);
    again(&mut terminal, "taken back", &before);
    kill_chat(&playground, &mut terminal);
    let output = playground.run(BINARY, &["undo"]);
    assert!(!output.status.success(), "there is nothing left to take back");
    assert_eq!(playground.tree(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_is_killed_at_every_step_and_the_journey_is_finished() {
    support::install_tls();
    let Some(peers) = google::peers() else { return };
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let connector = Catalog::embedded().get("googlecalendar").unwrap();
    let google = google::Google::start(&peers, playground.path(), &[connector], 3600);
    let table = google.table.to_string_lossy().into_owned();
    let mut terminal = open(&playground, &[], &[("LINCHPIN_PROVIDERS", &table)]);
    accept(&mut terminal);
    terminal.answer("\r", "Required permissions");
    kill_broker(&terminal);
    terminal.answer("\r", "OAuth client needed");
    kill_broker(&terminal);
    fill_in_the_client(&mut terminal);
    kill_broker(&terminal);
    // The flow died with it; the chat says so and goes on.
    terminal.wait_for("try again");
    assert!(!terminal.screen().contains("broker.sock"), "{}", terminal.screen());
    terminal.keys("try again\r");
    terminal.wait_for("Required permissions");
    terminal.answer("\r", "Waiting for you to sign in");
    google::Person::new("mara").answer(&link(&terminal), true).await;
    terminal.wait_for("[ Apply");
    kill_broker(&terminal);
    assert_eq!(playground.tree(), before);
    decide(&mut terminal);
    terminal.wait_for("applied: ");
    let after = playground.tree();
    // What was connected is kept, and shown by the next broker.
    terminal.keys("/connections\r");
    terminal.wait_for("mara");
    kill_broker(&terminal);
    terminal.keys("\x1b");
    terminal.drain(Duration::from_millis(300));
    assert_eq!(playground.tree(), after);
    terminal.keys("/undo\r");
    terminal.wait_for("taken back");
    assert_eq!(playground.tree(), before);
    kill_chat(&playground, &mut terminal);
}

/// The last link that the screen was given as a hyperlink (OSC 8).
fn link(terminal: &Terminal) -> String {
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    let links = raw.rmatch_indices("\x1b]8;").filter_map(|(at, _)| {
        let link = raw[at + 4..].split_once(';')?.1;
        Some(link.split(['\x1b', '\x07']).next()?.to_owned())
    });
    let first = links.into_iter().find(|link| link.starts_with("http"));
    first.unwrap_or_else(|| panic!("no link on screen:\n{}", terminal.screen()))
}

/// A moment in the middle of a change: what is on disk then, and how long after it.
type Moment = (&'static str, fn(&Playground) -> bool, u64);

/// From the key to the last step. What the disk shows is waited for, so that kills fall in between
/// on a fast machine and on a slow one.
const MOMENTS: [Moment; 12] = [
    ("at once", |_| true, 0),
    ("a moment later", |_| true, 2),
    ("with a journal", |p| state(p, "journal.json"), 0),
    ("with a journal, later", |p| state(p, "journal.json"), 300),
    ("with a new file written", temporary, 0),
    ("with a new file written, later", temporary, 200),
    ("with new files written, later still", temporary, 800),
    ("with a file in its place", in_place, 0),
    ("with a file in its place, later", in_place, 200),
    ("with files in their places", in_place, 1000),
    ("about the end", |p| state(p, "journal.json"), 4000),
    ("when it is done", |_| false, 0),
];

/// Whether something lies in the place outside the app that belongs to it.
fn state(playground: &Playground, name: &str) -> bool {
    let apps = playground.home().join(".local/state/linchpin/apps");
    fs::read_dir(apps).is_ok_and(|apps| apps.flatten().any(|app| app.path().join(name).exists()))
}

/// The files in the folder of connector files, which a change makes.
fn connector_files(playground: &Playground) -> Vec<String> {
    let folder = fs::read_dir(playground.app().join("base44/connectors"));
    let names = folder.into_iter().flatten().flatten();
    names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn temporary(playground: &Playground) -> bool {
    connector_files(playground)
        .iter()
        .any(|name| name.ends_with(".linchpin-new"))
}

/// Whether the first file of a change is as after and the last as before.
fn in_place(playground: &Playground) -> bool {
    let first = connector_files(playground).iter().any(|name| name.ends_with(".jsonc"));
    first != is_applied(playground)
}

fn is_applied(playground: &Playground) -> bool {
    playground.app().join("linchpin.lock").exists()
}

/// Waits for the moment, or for the end of what was to be killed.
fn wait_for_the(moment: Moment, playground: &Playground, mut ended: impl FnMut() -> bool) {
    let (what, there, micros) = moment;
    let end = Instant::now() + LIMIT;
    while !there(playground) && !ended() {
        assert!(Instant::now() < end, "it never comes to: {what}");
    }
    std::thread::sleep(Duration::from_micros(micros));
}

#[test]
fn the_chat_is_killed_while_it_applies() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let mut after = None;
    let (mut fresh, mut cut) = (true, 0);
    for moment in [0, 2, 4, 6, 7, 8, 11].map(|n| MOMENTS[n]) {
        let mut terminal = open(&playground, if fresh { &["--fresh"] } else { &[] }, &[]);
        if fresh {
            accept(&mut terminal);
            terminal.answer("\r", "Required permissions");
            skip(&mut terminal);
        }
        decide(&mut terminal);
        wait_for_the(moment, &playground, || {
            is_applied(&playground) && !state(&playground, "journal.json")
        });
        kill_chat(&playground, &mut terminal);
        cut += usize::from(state(&playground, "journal.json"));
        // The next chat mends what was cut, and is at the review, or past it.
        let mut terminal = open(&playground, &[], &[]);
        terminal.wait_until("the review or its end", |s| {
            s.contains("[ Apply") || s.contains("applied: ")
        });
        fresh = terminal.screen().contains("applied: ");
        kill_chat(&playground, &mut terminal);
        let tree = playground.tree();
        if tree != before {
            assert_eq!(*after.get_or_insert(tree.clone()), tree, "between, {}", moment.0);
            assert!(playground.run(BINARY, &["undo"]).status.success(), "{}", moment.0);
        }
        assert_eq!(playground.tree(), before, "{}", moment.0);
        assert!(
            !playground.run(BINARY, &["undo"]).status.success(),
            "one change, one undo"
        );
    }
    eprintln!("{cut} kills fell into the middle of a change");
    assert!(after.is_some(), "no kill was late enough");
}

/// Appends to the one file of that ending in the place outside the app that belongs to it.
fn append(folder: &std::path::Path, ending: &str, bytes: &[u8]) {
    use std::io::Write;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            append(&path, ending, bytes);
        } else if path.to_string_lossy().ends_with(ending) {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(bytes).unwrap();
        }
    }
}

#[test]
fn a_line_cut_in_the_middle_of_a_character_costs_only_itself() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let output = playground.run(BINARY, &[&["exec"], &SLACK[..]].concat());
    let last = String::from_utf8(output.stdout).unwrap();
    let last: Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    let name = last["changeset"].as_str().unwrap();
    assert!(playground.run(BINARY, &["apply", name]).status.success());
    let mut terminal = open(&playground, &[], &[]);
    accept(&mut terminal);
    kill_chat(&playground, &mut terminal);
    let apps = playground.home().join(".local/state/linchpin/apps");
    append(
        &apps,
        ".jsonl",
        b"{\"entry\":\"applied\",\"input\":\"noticed\",\"text\":\"Gr\xc3",
    );
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Shared or per user");
    kill_chat(&playground, &mut terminal);
    assert!(playground.run(BINARY, &["undo"]).status.success());
    assert_eq!(playground.tree(), before);
}

const SLACK: [&str; 9] = [
    "post to Slack when a booking is created",
    ".",
    "--json",
    "--answer",
    "mode=shared",
    "--answer",
    "permissions=skip",
    "--answer",
    "channel=#bookings",
];

/// Starts the binary, kills it at that moment, and says whether it was in the middle of a change.
fn killed(playground: &Playground, args: &[&str], moment: Moment) -> bool {
    let old = state(playground, "journal.json");
    assert!(!old, "the last change was seen to its end");
    let mut child = playground
        .command(BINARY, args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_the(moment, playground, || child.try_wait().unwrap().is_some());
    let _ = child.kill();
    child.wait().unwrap();
    poll("the broker of a killed command goes on", || {
        brokers(playground).is_empty()
    });
    state(playground, "journal.json")
}

#[test]
fn exec_is_killed_while_it_applies() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let output = playground.run(BINARY, &[&["exec"], &SLACK[..]].concat());
    let last = String::from_utf8(output.stdout).unwrap();
    let last: Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    let name = last["changeset"].as_str().unwrap().to_owned();
    let with_apply = [&["exec"], &SLACK[..], &["--apply", &name]].concat();
    assert!(playground.run(BINARY, &with_apply).status.success());
    let after = playground.tree();
    assert!(playground.run(BINARY, &["undo"]).status.success());
    assert_eq!(playground.tree(), before);

    let mut cut = 0;
    for (n, moment) in MOMENTS.into_iter().enumerate() {
        // Mostly by its name alone, without planning it again.
        let short = ["apply", name.as_str()];
        let args = if n % 3 == 0 { &with_apply[..] } else { &short[..] };
        cut += usize::from(killed(&playground, args, moment));
        // Applied again it is applied once, whether the kill came before or after.
        let again = playground.run(BINARY, &short);
        assert!(
            again.status.success(),
            "{}: {}",
            moment.0,
            String::from_utf8_lossy(&again.stderr)
        );
        assert_eq!(playground.tree(), after, "{}", moment.0);
        cut += usize::from(killed(&playground, &["undo"], MOMENTS[n]));
        // Taken back again it is taken back once, and nothing that came before it.
        playground.run(BINARY, &["undo"]);
        assert_eq!(playground.tree(), before, "{}", moment.0);
        assert!(!playground.run(BINARY, &["undo"]).status.success(), "{}", moment.0);
        assert_eq!(playground.tree(), before, "{}", moment.0);
    }
    eprintln!("{cut} kills fell into the middle of a change");
}
