//! The journey in a terminal, key by key, as a builder would go it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use linchpin_catalog::Catalog;
use linchpin_tests::canary::Canary;
use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;

#[path = "../../tools/broker/tests/support/google.rs"]
mod google;
mod support;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");
const SIZE: (u16, u16) = (120, 44);

fn open(playground: &Playground, args: &[&str], env: &[(&str, &str)]) -> Terminal {
    let args = [&["--no-browser"], args, &["."]].concat();
    Terminal::start(playground, BINARY, &args, env, SIZE)
}

/// The last link that the screen was given as a hyperlink (OSC 8).
fn link(terminal: &Terminal) -> String {
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    let at = raw
        .rfind("]8;")
        .map(|i| &raw[i..])
        .and_then(|s| s.find("http").map(|j| &s[j..]));
    let before = raw.rmatch_indices("]8;").find_map(|(i, _)| {
        let rest = &raw[i + 3..];
        let link = rest.split_once(';')?.1;
        link.starts_with("http")
            .then(|| link.split(['\x1b', '\x07']).next().unwrap_or_default().to_owned())
    });
    before.unwrap_or_else(|| panic!("no link on screen: {at:?}\n{}", terminal.screen()))
}

#[test]
fn the_first_frame_needs_no_app_and_reading_ends_in_a_summary() {
    let playground = Playground::of("bookings");
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Say what you want to connect");
    terminal.wait_for("9 entities");
    terminal.wait_for("Suggested for Northlight Studio");
    terminal.wait_for("guide (no model)");
}

#[test]
fn an_idle_chat_writes_nothing_and_wakes_nobody() {
    let playground = Playground::of("bookings");
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Suggested for");
    terminal.drain(Duration::from_millis(800));
    let before = wake_ups(terminal.pid());
    let bytes = terminal.drain(Duration::from_secs(2));
    assert_eq!(bytes, 0, "{}", terminal.screen());
    assert_eq!(wake_ups(terminal.pid()), before);
}

fn wake_ups(pid: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let count = |text: String| {
        text.lines()
            .find_map(|l| l.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok())
    };
    threads
        .filter_map(|t| count(std::fs::read_to_string(t.unwrap().path().join("status")).ok()?))
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_suggestion_to_an_applied_function_and_back() {
    support::install_tls();
    let Some(peers) = google::peers() else { return };
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let google = google::Google::start(
        &peers,
        playground.path(),
        &[Catalog::embedded().get("googlecalendar").unwrap()],
        3600,
    );
    let table = google.table.to_string_lossy().into_owned();
    let mut terminal = open(&playground, &[], &[("LINCHPIN_PROVIDERS", &table)]);
    terminal.wait_for("Suggested for");
    // Suggestions take no key in their first moments: what was typed ahead was not meant for them.
    terminal.drain(Duration::from_millis(500));
    terminal.keys("1");
    terminal.wait_for("Shared or per user");
    terminal.answer("\r", "Action required");
    assert!(
        terminal.screen().contains("Required permissions"),
        "{}",
        terminal.screen()
    );
    terminal.answer("\r", "OAuth client needed");
    // A card takes no key in its first moments.
    terminal.drain(Duration::from_millis(400));
    terminal.keys(google::CLIENT);
    terminal.keys("\t");
    terminal.keys(google::SECRET);
    terminal.wait_for("••••");
    terminal.answer("\r", "Waiting for you to sign in");
    let address = link(&terminal);
    google::Person::new("mara").answer(&address, true).await;
    terminal.wait_for("[ Apply");
    assert_eq!(playground.tree(), before, "nothing is written before the decision");
    // Applying wakes up once the end of the last hunk has been on screen.
    terminal.drain(Duration::from_millis(400));
    terminal.keys("\r");
    terminal.wait_for("Go on to the end");
    assert_eq!(playground.tree(), before, "nothing is applied that wasn't on screen");
    while terminal.screen().contains("Go on to the end") {
        terminal.keys("\x1b[6~");
        terminal.drain(Duration::from_millis(30));
    }
    terminal.keys("\r");
    terminal.wait_for("applied: ");
    let files = playground.files();
    for file in ["base44/connectors/googlecalendar.jsonc", "linchpin.lock"] {
        assert!(files.iter().any(|f| f == file), "{file} in {files:?}");
    }
    let secret = Canary::new("client secret", google::SECRET);
    assert_eq!(secret.in_bytes(terminal.raw()), None);
    secret.assert_not_below(&playground.home(), &[]);
    terminal.keys("/connections\r");
    terminal.wait_for("Used by:");
    assert!(terminal.screen().contains("connected as mara"), "{}", terminal.screen());
    terminal.answer("\x1b", "Say what you want");
    terminal.keys("/undo\r");
    terminal.wait_for("is taken back");
    assert_eq!(playground.tree(), before);
    terminal.keys("/quit\r");
    assert_eq!(terminal.wait_end(), 0);
}

#[test]
fn a_killed_chat_comes_back_to_the_same_review() {
    let playground = Playground::of("bookings");
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Suggested for");
    terminal.keys("post to Slack when a booking is created\r");
    terminal.wait_for("Linchpin asks");
    terminal.drain(Duration::from_millis(400));
    terminal.keys("#bookings");
    terminal.answer("\r", "Shared or per user");
    terminal.kill();

    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Shared or per user");
    terminal.answer("\r", "Action required");
    terminal.answer("\x1b", "[ Apply");
    let tree = playground.tree();
    terminal.kill();

    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("[ Apply");
    assert_eq!(playground.tree(), tree);
    // Who leaves by themselves begins anew.
    terminal.answer("\x1b", "A review waits");
    terminal.keys("/quit\r");
    terminal.wait_end();
    let mut terminal = open(&playground, &[], &[]);
    terminal.wait_for("Suggested for");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_link_is_there_and_it_is_said() {
    support::install_tls();
    let Some(peers) = google::peers() else { return };
    let playground = Playground::of("bookings");
    let google = google::Google::start(
        &peers,
        playground.path(),
        &[Catalog::embedded().get("googlecalendar").unwrap()],
        3600,
    );
    let table = google.table.to_string_lossy().into_owned();
    support::store_client(&playground, BINARY, &table, "google", google::CLIENT, google::SECRET).await;
    // No program of this machine is in reach, so no browser is either.
    let env = [
        ("LINCHPIN_PROVIDERS", table.as_str()),
        ("PATH", "/nonexistent"),
        ("BROWSER", ""),
    ];
    let mut terminal = Terminal::start(&playground, BINARY, &["."], &env, SIZE);
    terminal.wait_for("Suggested for");
    terminal.drain(Duration::from_millis(500));
    terminal.keys("1");
    terminal.wait_for("Shared or per user");
    terminal.answer("\r", "Action required");
    terminal.answer("\r", "Waiting for you to sign in");
    terminal.wait_for("No browser could be opened");
    // The link on the card is all that is needed.
    google::Person::new("mara").answer(&link(&terminal), true).await;
    terminal.wait_for("[ Apply");
}
