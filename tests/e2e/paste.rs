//! Slack takes no sign-in back to a laptop: its token is pasted, and seen by nobody but the broker.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use linchpin_catalog::Catalog;
use linchpin_double::Provider;
use linchpin_tests::canary::Canary;
use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");
const TOKEN: &str = "xoxb-4417-CANARY-9920-kTqZ7w";
const PROMPT: &str = "post to Slack when a booking is created in #bookings";

/// A Slack that knows whose token it is, and the table that leads to it.
async fn slack(playground: &Playground) -> (Provider, String) {
    let provider = Provider::of(Catalog::embedded().get("slackbot").unwrap()).await;
    provider.edit(|book| {
        book.live_access.insert(TOKEN.into());
        book.label = "Northlight".into();
    });
    let table = playground.path().join("providers.toml");
    std::fs::write(&table, provider.table()).unwrap();
    (provider, table.to_string_lossy().into_owned())
}

fn bearer(provider: &Provider) -> Vec<String> {
    let book = provider.book.lock().unwrap();
    let shown = |seen: &linchpin_double::Seen| seen.headers["authorization"].to_str().unwrap().to_owned();
    book.probes.iter().map(shown).collect()
}

/// What the chat's process said and left on disk holds no token.
fn assert_kept(playground: &Playground, bytes: &[u8]) {
    let canary = Canary::new("token", TOKEN);
    assert_eq!(canary.in_bytes(bytes), None);
    canary.assert_not_below(&playground.home(), &[]);
    canary.assert_not_below(&playground.app(), &[]);
}

fn asked_for_slack(playground: &Playground, table: &str, args: &[&str], ready: &str) -> Terminal {
    let args = [&["--no-browser"], args, &["."]].concat();
    let mut terminal = Terminal::start(playground, BINARY, &args, &[("LINCHPIN_PROVIDERS", table)], (120, 44));
    terminal.wait_for(ready);
    terminal.keys(&format!("{PROMPT}\r"));
    terminal.wait_for("Shared or per user");
    terminal
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_token_connects_slack_and_the_review_opens() {
    let playground = Playground::of("bookings");
    let (provider, table) = slack(&playground).await;
    let before = playground.tree();
    let mut terminal = asked_for_slack(&playground, &table, &[], "Suggested for");
    terminal.answer("\r", "Action required");
    terminal.answer("\r", "Token needed");
    terminal.wait_for("chat:write");
    terminal.wait_for("https://api.slack.com/apps");
    // A card takes no key in its first moments.
    terminal.drain(Duration::from_millis(400));
    terminal.keys("\x1b[200~xoxp-of-another-kind\x1b[201~");
    terminal.wait_for("does not begin with xoxb-");
    terminal.keys("\r");
    terminal.wait_for("Nothing was stored");
    assert_eq!(bearer(&provider), [""; 0], "the wrong one goes nowhere");
    terminal.keys(&format!("\x1b[200~{TOKEN}\n\x1b[201~"));
    terminal.wait_for("••••");
    terminal.keys("\r");
    terminal.wait_for("May call");
    assert_eq!(bearer(&provider), [format!("Bearer {TOKEN}")]);
    assert_eq!(playground.tree(), before, "nothing is written before the decision");
    terminal.drain(Duration::from_millis(500));
    terminal.keys("\x1b");
    terminal.drain(Duration::from_millis(300));
    terminal.keys("/connections\r");
    terminal.wait_for("Northlight");
    terminal.keys("\x1b");
    terminal.drain(Duration::from_millis(300));
    terminal.keys("/quit\r");
    assert_eq!(terminal.wait_end(), 0);
    // The transcript is on the terminal by now.
    terminal.wait_for("Slack is connected as Northlight");
    assert_kept(&playground, terminal.raw());
}

#[tokio::test(flavor = "multi_thread")]
async fn as_plain_lines_the_token_is_not_echoed() {
    let playground = Playground::of("bookings");
    let (provider, table) = slack(&playground).await;
    let mut terminal = asked_for_slack(&playground, &table, &["--plain"], "or your own words.");
    terminal.drain(Duration::from_millis(400));
    terminal.keys("shared\r");
    terminal.wait_for("Question: Action required");
    terminal.drain(Duration::from_millis(400));
    terminal.keys("connect\r");
    terminal.wait_for("type 1 to skip");
    terminal.drain(Duration::from_millis(400));
    terminal.keys(&format!("{TOKEN}\r"));
    terminal.wait_for("Slack is connected as Northlight");
    terminal.wait_for("apply");
    terminal.keys("/quit\r");
    assert_eq!(terminal.wait_end(), 0);
    assert_eq!(bearer(&provider), [format!("Bearer {TOKEN}")]);
    assert_kept(&playground, terminal.raw());
}

fn piped(mut command: Command, text: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_takes_it_from_a_pipe_and_from_a_terminal() {
    let playground = Playground::of("bookings");
    let (provider, table) = slack(&playground).await;
    let command = |args: &[&str]| {
        let mut command = playground.command(BINARY, args);
        command.env("LINCHPIN_PROVIDERS", &table);
        command
    };
    let said = |output: &Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();

    let unasked = piped(command(&["connect", "slackbot"]), TOKEN);
    assert_eq!(unasked.status.code(), Some(2));
    assert!(said(&unasked).contains("--paste"), "{}", said(&unasked));
    let unfit = piped(command(&["connect", "gmail", "--paste"]), TOKEN);
    assert_eq!(unfit.status.code(), Some(2));
    let wrong = piped(command(&["connect", "slackbot", "--paste"]), "xoxp-of-another-kind\n");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("xoxb-"), "{}", said(&wrong));
    assert_eq!(bearer(&provider).len(), 0);

    let right = piped(command(&["connect", "slackbot", "--paste"]), &format!("{TOKEN}\n"));
    assert!(right.status.success(), "{}", said(&right));
    assert!(
        said(&right).contains("Slack is connected as Northlight"),
        "{}",
        said(&right)
    );
    assert_kept(&playground, said(&right).as_bytes());

    let env = [("LINCHPIN_PROVIDERS", table.as_str())];
    let mut terminal = Terminal::start(&playground, BINARY, &["connect", "slackbot"], &env, (120, 30));
    terminal.wait_for("it is not shown");
    terminal.drain(Duration::from_millis(200));
    terminal.keys(&format!("{TOKEN}\r"));
    assert_eq!(terminal.wait_end(), 0);
    terminal.wait_for("Slack is connected as Northlight");
    assert_kept(&playground, terminal.raw());
}

#[test]
fn a_token_on_the_command_line_is_refused_and_not_said_again() {
    let playground = Playground::of("bookings");
    let exec = |answer: &str| {
        let answers = [
            "--answer",
            "mode=shared",
            "--answer",
            "permissions=connect",
            "--answer",
            answer,
        ];
        playground.run(BINARY, &[&["exec", PROMPT, ".", "--json"], &answers[..]].concat())
    };
    let refused = exec(&format!("token={TOKEN}"));
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stdout).into_owned() + &String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("linchpin connect slackbot"), "{said}");
    assert_kept(&playground, said.as_bytes());
    let skipped = exec("token=skip");
    assert!(skipped.status.success(), "{}", String::from_utf8_lossy(&skipped.stdout));
}
