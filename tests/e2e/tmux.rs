//! The journey inside tmux, as most people on servers see it, without a provider: skip, review,
//! apply, undo.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::process::Command;
use std::time::{Duration, Instant};

use linchpin_tests::peers;
use linchpin_tests::playground::Playground;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");

struct Tmux {
    server: String,
    playground: Playground,
}

impl Tmux {
    fn start(playground: Playground) -> Self {
        let server = playground.path().file_name().unwrap().to_string_lossy().into_owned();
        let tmux = Self { server, playground };
        let mut words: Vec<String> = vec!["env".to_owned(), "-i".to_owned()];
        words.extend(tmux.playground.env().iter().map(|(k, v)| {
            if k == "TERM" {
                "TERM=tmux-256color".to_owned()
            } else {
                format!("{k}={v}")
            }
        }));
        words.extend([BINARY.to_owned(), "--no-browser".to_owned(), ".".to_owned()]);
        let folder = tmux.playground.app();
        let mut args: Vec<&str> = vec![
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "44",
            "-s",
            "s",
            "-c",
            folder.to_str().unwrap(),
            "--",
        ];
        args.extend(words.iter().map(String::as_str));
        tmux.tmux(&args);
        tmux
    }

    fn tmux(&self, args: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-L", &self.server])
            .args(args)
            .env_remove("TMUX")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "tmux {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-t", "s"])
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys", "-t", "s"], keys].concat());
    }

    /// Waits for a text on screen; `again` is typed until it is there (a card is deaf at first).
    #[track_caller]
    fn until(&self, text: &str, again: &[&str]) {
        let end = Instant::now() + Duration::from_secs(60);
        while !self.screen().contains(text) {
            assert!(Instant::now() < end, "waited for {text:?}:\n{}", self.screen());
            if !again.is_empty() {
                self.keys(again);
            }
            std::thread::sleep(Duration::from_millis(if again.is_empty() { 30 } else { 400 }));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.server, "kill-server"]).output();
    }
}

#[test]
fn the_journey_in_tmux() {
    if peers::program("tmux").is_none() {
        return;
    }
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let tmux = Tmux::start(playground);
    tmux.until("Suggested for", &[]);
    tmux.keys(&[
        "-l",
        "When a Lead is created, create or update a HubSpot contact with its email",
    ]);
    tmux.keys(&["Enter"]);
    tmux.until("Shared or per user", &[]);
    tmux.until("Action required", &["Enter"]);
    tmux.until("[ Apply", &["Escape"]);
    // A window of another size is drawn anew, without leftovers of the old one.
    tmux.tmux(&["resize-window", "-t", "s", "-x", "90", "-y", "30"]);
    tmux.until("[ Apply", &[]);
    assert!(tmux.screen().lines().count() <= 30);
    assert_eq!(tmux.playground.tree(), before);
    while tmux.screen().contains("Go on to the end") {
        tmux.keys(&["PageDown"]);
        std::thread::sleep(Duration::from_millis(50));
    }
    tmux.until("Applied as change 1", &["Enter"]);
    assert!(
        tmux.playground
            .files()
            .iter()
            .any(|f| f == "base44/connectors/hubspot.jsonc")
    );
    tmux.keys(&["-l", "/undo"]);
    tmux.keys(&["Enter"]);
    tmux.until("is taken back", &[]);
    assert_eq!(tmux.playground.tree(), before);
    // The transcript is printed into the scrollback on leaving.
    tmux.tmux(&["set-option", "-t", "s", "remain-on-exit", "on"]);
    tmux.keys(&["-l", "/quit"]);
    tmux.keys(&["Enter"]);
    let end = Instant::now() + Duration::from_secs(60);
    while tmux.tmux(&["display-message", "-p", "-t", "s", "#{pane_dead}"]).trim() != "1" {
        assert!(Instant::now() < end, "it does not end:\n{}", tmux.screen());
        std::thread::sleep(Duration::from_millis(30));
    }
    assert!(
        tmux.tmux(&["capture-pane", "-p", "-S", "-200", "-t", "s"])
            .contains("Applied as change 1")
    );
}
