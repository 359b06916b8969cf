//! The budgets that are in force from the first day, as figures: `cargo bench --package linchpin --bench budgets`.
//!
//! Start, first frame, key echo, idling, memory and size of the real binary in a real
//! pseudo-terminal. CPU time and counts say most; wall times are medians of many runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures with the clock and prints"
)]

use std::time::{Duration, Instant};

use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");

fn main() {
    println!("{:<44} {:>12}   budget", "what", "measured");
    let size = std::fs::metadata(BINARY).unwrap().len();
    row(
        "binary, as built by this bench",
        format!("{:.1} MB", size as f64 / 1e6),
        "-",
    );
    version();
    let playground = Playground::of("bookings");
    first_frame(&playground);
    chat(&playground);
}

fn row(what: &str, measured: String, budget: &str) {
    println!("{what:<44} {measured:>12}   {budget}");
}

/// User and system time of ended children, in clock ticks of 10 ms.
fn children_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap()
}

fn version() {
    const RUNS: u32 = 200;
    let before = children_ticks();
    let begun = Instant::now();
    for _ in 0..RUNS {
        let status = std::process::Command::new(BINARY)
            .arg("--version")
            .stdout(std::process::Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }
    let wall = begun.elapsed().as_secs_f64() * 1e3 / f64::from(RUNS);
    let cpu = (children_ticks() - before) as f64 * 10.0 / f64::from(RUNS);
    row("--version, CPU", format!("{cpu:.2} ms"), "≤ 3 ms");
    row("--version, wall", format!("{wall:.2} ms"), "-");
}

fn first_frame(playground: &Playground) {
    let mut times: Vec<f64> = (0..25)
        .map(|_| {
            let begun = Instant::now();
            let mut terminal = start(playground);
            terminal.wait_for("Say what you want");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    row(
        "spawn to first frame, median of 25",
        format!("{:.1} ms", times[12]),
        "≤ 20 ms",
    );
    row("spawn to first frame, best", format!("{:.1} ms", times[0]), "-");
}

fn start(playground: &Playground) -> Terminal {
    Terminal::start(playground, BINARY, &["--fresh", "--no-browser", "."], &[], (120, 40))
}

fn chat(playground: &Playground) {
    let mut terminal = start(playground);
    terminal.wait_for("Suggested for");
    terminal.drain(Duration::from_millis(500));
    row(
        "RSS of the chat, app read",
        format!("{:.1} MB", status(terminal.pid(), "VmRSS:") as f64 / 1e3),
        "≤ 25 MB",
    );

    let switches = wake_ups(terminal.pid());
    let bytes = terminal.drain(Duration::from_secs(5));
    row("idle for 5 s, bytes written", format!("{bytes}"), "0");
    row(
        "idle for 5 s, wake-ups",
        format!("{}", wake_ups(terminal.pid()) - switches),
        "0",
    );

    let mut echoes: Vec<f64> = (0..300)
        .map(|i| {
            let begun = Instant::now();
            terminal.keys(if i % 40 == 39 { "\x15" } else { "x" });
            terminal.next_bytes();
            let echo = begun.elapsed().as_secs_f64() * 1e3;
            // Longer than the screen's shortest time between frames, so that each key is one frame.
            terminal.drain(Duration::from_millis(12));
            echo
        })
        .collect();
    echoes.sort_by(f64::total_cmp);
    row("key to bytes, p50", format!("{:.2} ms", echoes[150]), "-");
    row("key to bytes, p99", format!("{:.2} ms", echoes[296]), "≤ 2 ms");
}

/// A figure of `/proc/PID/status`.
fn status(pid: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|l| l.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Voluntary context switches of all threads.
fn wake_ups(pid: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads
        .map(|t| {
            let text = std::fs::read_to_string(t.unwrap().path().join("status")).unwrap_or_default();
            let line = text
                .lines()
                .find(|l| l.starts_with("voluntary_ctxt_switches:"))
                .unwrap_or_default()
                .to_owned();
            line.split_whitespace()
                .nth(1)
                .and_then(|n| n.parse::<u64>().ok())
                .unwrap_or_default()
        })
        .sum()
}
