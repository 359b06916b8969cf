//! `linchpin apply` and `linchpin undo` are killed at each system call that touches the disk: the
//! tree is as before or as after, never between, and nothing has to be mended by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use linchpin_tests::playground::Playground;
use linchpin_tests::sweep::{every_point, kill_at, points, spread, strace};
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");

/// The first is enough for CI; a longer sweep goes through all of them.
const PROMPTS: [&str; 3] = [
    "post to Slack when a booking is created",
    "put each booking in my calendar and invite the client",
    "create a HubSpot contact when a booking is created",
];

/// The name of a changeset that was shown and waits to be applied.
fn reviewed(playground: &Playground, prompt: &str) -> String {
    let answers = ["mode=shared", "permissions=skip", "channel=#bookings"];
    let mut args = vec!["exec", prompt, ".", "--json"];
    args.extend(answers.iter().flat_map(|answer| ["--answer", answer]));
    let output = playground.run(BINARY, &args);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let review = events.find(|event| event["event"] == "review_ready");
    let review = review.unwrap_or_else(|| panic!("{prompt}: no review:\n{text}"));
    review["changeset"].as_str().unwrap().to_owned()
}

#[test]
fn t_app_kills_at_system_calls_leave_before_or_after() {
    if !strace() {
        return;
    }
    let wanted = points(300);
    let mut cut = 0;
    for prompt in PROMPTS {
        cut += sweep(prompt, wanted.saturating_sub(cut));
        // A point near the end may come after a run that took another way: not each one kills.
        if cut * 20 >= wanted * 19 {
            return;
        }
    }
    println!("{cut} kills: these changes have no more points");
    assert!(cut >= 280, "too few kills to mean anything: {cut}");
}

/// Sweeps over one change and its undo; how many times something was killed.
fn sweep(prompt: &str, wanted: usize) -> usize {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let name = reviewed(&playground, prompt);
    let apply = ["apply", name.as_str(), "."];
    let undo = ["undo", "."];
    let at_apply = every_point(&playground, BINARY, &apply);
    let after = playground.tree();
    assert_ne!(before, after);
    let at_undo = every_point(&playground, BINARY, &undo);
    assert_eq!(playground.tree(), before);

    let each = wanted.div_ceil(2);
    let (mut applied, mut taken_back, mut cut) = (0, 0, 0);
    for point in spread(at_apply, each) {
        cut += usize::from(kill_at(&playground, BINARY, &apply, &point));
        // Any next command that works on the app sees to what was cut; undo takes back what was done.
        let done = playground.run(BINARY, &undo).status.success();
        applied += usize::from(done);
        assert_eq!(playground.tree(), before, "killed at {point:?}, applied: {done}");
    }
    for point in spread(at_undo, each) {
        assert!(playground.run(BINARY, &apply).status.success(), "{point:?}");
        assert_eq!(playground.tree(), after, "{point:?}");
        cut += usize::from(kill_at(&playground, BINARY, &undo, &point));
        let done = playground.run(BINARY, &undo).status.success();
        taken_back += usize::from(!done);
        assert_eq!(playground.tree(), before, "undo killed at {point:?}");
    }
    println!("{prompt}: {cut} kills, {applied} after it was applied, {taken_back} after it was taken back");
    assert!(applied > 0 && taken_back > 0, "no kill came after the change was done");
    cut
}
