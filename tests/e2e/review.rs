//! The review in a terminal: some hunks without others, an edit in `$EDITOR`, a comment, a
//! rejection, and an edit that the policy forbids.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");
const ENTRY: &str = "base44/functions/postBookingCreatedToSlack/entry.ts";

/// An editor that does one replacement in the file it is given.
fn editor(playground: &Playground, replacement: &str) -> String {
    let path = playground.path().join("editor");
    std::fs::write(&path, format!("#!/bin/sh\nsed -i '{replacement}' \"$1\"\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_string_lossy().into_owned()
}

/// A chat with a review of a Slack function open.
fn reviewing(playground: &Playground, editor: &str) -> Terminal {
    let env = [("EDITOR", editor), ("VISUAL", editor)];
    let mut terminal = Terminal::start(playground, BINARY, &["--no-browser", "."], &env, (120, 44));
    terminal.wait_for("Suggested for");
    terminal.keys("post to Slack when a booking is created\r");
    terminal.wait_for("Linchpin asks");
    terminal.drain(Duration::from_millis(400));
    terminal.keys("#bookings");
    terminal.answer("\r", "Shared or per user");
    terminal.answer("\r", "Action required");
    terminal.answer("\x1b", "[ Apply");
    terminal.drain(Duration::from_millis(400));
    terminal
}

fn go_to_hunk(terminal: &mut Terminal, number: usize) {
    let here = format!("▸ [✓] hunk {number} of");
    for _ in 0..10 {
        if terminal.screen().contains(&here) {
            return;
        }
        terminal.keys("j");
        terminal.drain(Duration::from_millis(150));
    }
    panic!("hunk {number} is not reached:\n{}", terminal.screen());
}

fn to_the_end(terminal: &mut Terminal) {
    while terminal.screen().contains("Go on to the end") {
        terminal.keys("\x1b[6~");
        terminal.drain(Duration::from_millis(30));
    }
}

#[test]
fn only_the_chosen_hunks_are_applied() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let mut terminal = reviewing(&playground, "true");
    terminal.wait_for("[ Apply 4 of 4 hunks ]");
    to_the_end(&mut terminal);
    // The last hunk is the lock's: it stays out.
    go_to_hunk(&mut terminal, 4);
    terminal.keys(" ");
    terminal.wait_for("[ Apply 3 of 4 hunks ]");
    terminal.keys("\r");
    terminal.wait_for("Applied as change 1");
    assert!(playground.files().iter().any(|f| f == ENTRY));
    assert!(!playground.files().iter().any(|f| f == "linchpin.lock"));
    terminal.keys("/undo\r");
    terminal.wait_for("is taken back");
    assert_eq!(playground.tree(), before);
}

#[test]
fn an_edit_is_checked_anew_and_applied_bit_for_bit() {
    let playground = Playground::of("bookings");
    let editor = editor(&playground, "s/New booking/Fresh booking/");
    let mut terminal = reviewing(&playground, &editor);
    let first = name_of(&terminal);
    // The second file is the function.
    go_to_hunk(&mut terminal, 2);
    terminal.keys("e");
    terminal.wait_until("another changeset", |screen| {
        screen.contains("Review ") && !screen.contains(&first) && screen.contains("[ Apply")
    });
    terminal.drain(Duration::from_millis(400));
    to_the_end(&mut terminal);
    terminal.keys("\r");
    terminal.wait_for("Applied as change 1");
    assert!(playground.read(ENTRY).contains("Fresh booking"));
}

#[test]
fn an_edit_that_sends_the_token_elsewhere_is_blocked() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let editor = editor(&playground, "s#https://slack.com/#https://evil.example/#");
    let mut terminal = reviewing(&playground, &editor);
    go_to_hunk(&mut terminal, 2);
    terminal.keys("e");
    terminal.wait_for("The policy forbids");
    terminal.drain(Duration::from_millis(400));
    for _ in 0..40 {
        terminal.keys("\x1b[6~");
    }
    terminal.keys("\r");
    terminal.drain(Duration::from_millis(500));
    assert!(
        terminal.screen().contains("The policy forbids"),
        "{}",
        terminal.screen()
    );
    assert_eq!(playground.tree(), before);
}

#[test]
fn a_comment_changes_the_plan_and_a_rejection_writes_nothing() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let mut terminal = reviewing(&playground, "true");
    let first = name_of(&terminal);
    terminal.keys("c");
    terminal.drain(Duration::from_millis(200));
    terminal.keys("only bookings that are confirmed\r");
    terminal.wait_until("another changeset", |screen| {
        screen.contains("[ Apply") && !screen.contains(&first)
    });
    assert!(
        terminal.screen().contains("confirmed") || terminal.screen().contains("conditions"),
        "{}",
        terminal.screen()
    );
    terminal.drain(Duration::from_millis(400));
    terminal.keys("r");
    terminal.wait_for("rejected");
    assert_eq!(playground.tree(), before);
}

/// The short name of the changeset on screen.
fn name_of(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    let at = screen
        .find("═ Review ")
        .unwrap_or_else(|| panic!("no review:\n{screen}"));
    screen[at..].split_whitespace().nth(2).unwrap().to_owned()
}
