//! What one looks at, in the real binary: pages of the chat, `linchpin map`, settings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;

use linchpin_tests::playground::Playground;
use linchpin_tests::terminal::Terminal;
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_linchpin");
const SIZE: (u16, u16) = (120, 44);

fn open(playground: &Playground) -> Terminal {
    let mut terminal = Terminal::start(playground, BINARY, &["--no-browser", "."], &[], SIZE);
    terminal.wait_for("Suggested for");
    terminal
}

fn printed(playground: &Playground, args: &[&str]) -> String {
    let output = playground.run(BINARY, args);
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_catalog_is_browsed_by_a_few_letters_and_gives_a_prompt_of_this_app() {
    let playground = Playground::of("bookings");
    let mut terminal = open(&playground);
    terminal.keys("/catalog\r");
    terminal.wait_for("What can be connected to Northlight Studio");
    terminal.wait_for("In this app");
    terminal.keys("/slack\r");
    terminal.wait_for("Post to Slack when a Booking is created");
    terminal.keys("1");
    terminal.wait_until("the prompt is in the field", |screen| {
        screen
            .lines()
            .any(|line| line.starts_with('│') && line.contains("Slack"))
    });
}

#[test]
fn functions_their_code_history_and_map_are_looked_at() {
    let playground = Playground::of("bookings");
    let before = playground.tree();
    let mut terminal = open(&playground);
    terminal.keys("/functions\r");
    terminal.wait_for("All checks are fine");
    terminal.keys("\r");
    terminal.wait_for("base44/functions/convertLead/entry.ts");
    terminal.answer("\x1b", "Suggested for");
    terminal.keys("/history\r");
    terminal.wait_for("Linchpin has changed nothing in this app yet.");
    terminal.answer("\x1b", "Suggested for");
    terminal.keys("/map\r");
    terminal.wait_for("Who can reach what");
    terminal.wait_for("sendBookingConfirmation");
    terminal.answer("\x1b", "Suggested for");
    assert_eq!(playground.tree(), before, "looking changes nothing");
}

#[test]
fn mentions_name_what_is_in_this_app() {
    let playground = Playground::of("bookings");
    let mut terminal = open(&playground);
    terminal.keys("mail @invo");
    terminal.wait_for("@Invoice");
    terminal.keys("\t");
    terminal.wait_until("it is completed", |screen| screen.contains("mail @Invoice"));
}

#[test]
fn the_map_is_printed_as_words_as_a_picture_as_mermaid_and_as_json() {
    let playground = Playground::of("bookings");
    assert!(printed(&playground, &["map"]).contains("sendBookingConfirmation"));
    let svg = printed(&playground, &["map", "--svg"]);
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count());
    assert!(!svg.contains("<script") && !svg.contains("href"));
    let mermaid = printed(&playground, &["map", "--mermaid"]);
    assert!(
        mermaid.starts_with("flowchart LR\n") && mermaid.contains("sendBookingConfirmation"),
        "{mermaid}"
    );
    let map: Value = serde_json::from_str(&printed(&playground, &["map", "--json"])).unwrap();
    assert_eq!(map["functions"].as_array().unwrap().len(), 3, "{map}");
}

#[test]
fn a_name_in_an_app_cannot_add_anything_to_its_picture() {
    let playground = Playground::of("bookings");
    let page = playground.app().join("src/pages/Evil.jsx");
    let source = "import { base44 } from '@/api/base44Client';\nexport default function Evil() { base44.functions.invoke('sendBookingConfirmation<script>alert(1)</script>', {}); return <p/>; }\n";
    fs::write(page, source).unwrap();
    for kind in ["--svg", "--mermaid"] {
        assert!(!printed(&playground, &["map", kind]).contains("<script"), "{kind}");
    }
}

#[test]
fn settings_move_keys_and_a_wrong_one_is_named() {
    let playground = Playground::of("bookings");
    let folder = playground.home().join(".config/linchpin");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.toml");
    fs::write(&file, "[screen]\ntheme = \"pink\"\n").unwrap();
    let output = playground.run(BINARY, &["."]);
    assert_eq!(
        output.status.code(),
        Some(78),
        "a wrong setting is a matter of configuration"
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("auto, light, dark"), "{said}");
    fs::write(&file, "[screen]\ntheme = \"light\"\n[keys]\npalette = \"Ctrl+T\"\n").unwrap();
    let mut terminal = open(&playground);
    terminal.wait_for("Ctrl+T commands");
    terminal.keys("\x14");
    terminal.wait_for("Command:");
}
