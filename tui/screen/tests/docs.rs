//! `docs/terminal.md` is made of the same fixtures as the other tests; `cargo xtask docs` writes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::bookings::*;
use common::{Play, looks};
use linchpin_protocol::{Event, Found, TurnId};
use linchpin_screen::{Look, Msg};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/terminal.md");

fn opened(width: u16, height: u16) -> Play {
    let mut play = Play::new(width, height);
    play.tell_all([hello(), app_read(), suggested()]);
    play
}

/// A heading, words, and what is then on screen.
fn part(title: &str, words: &str, play: &Play) -> String {
    format!("## {title}\n\n{words}\n\n```text\n{}\n```\n", play.screen().trim_end())
}

fn page() -> String {
    let mut parts = vec![
        "# The terminal\n\nWhat the screens look like. This page is made by `cargo xtask docs` from the fixtures of the screen's tests, and a\n\
         test compares it. Keys can be moved: `[keys]` in `config.toml` takes the names below, `palette = \"Ctrl+T\"`. `--plain`\n\
         says the same in lines that are only ever added, for screen readers, pipes and terminals that can do no more.\n"
            .to_owned(),
    ];
    let mut play = opened(100, 32);
    parts.push(part(
        "Suggestions",
        "Digits send one. `Down` chooses one; then `e` edits it first, `v` shows its evidence in the source, `x` says \"not for this app\".",
        &play,
    ));
    play.after("<Down>v").msg(Msg::Found(Found::Source {
        file: "base44/entities/Booking.jsonc".into(),
        line: 14,
        first: 12,
        text: [
            "  \"properties\": {",
            "    // Who booked.",
            "    \"client_email\": { \"type\": \"string\", \"format\": \"email\" },",
            "    \"starts_at\": { \"type\": \"string\", \"format\": \"date-time\" },",
        ]
        .map(str::to_owned)
        .to_vec(),
    }));
    parts.push(part("Evidence", "The lines of the app that speak for it.", &play));
    let mut play = opened(100, 32);
    play.tell_all(turn("Email each client a confirmation when their booking is confirmed"))
        .tell_all(answer());
    play.tell(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    });
    play.msg(Msg::Found(looks::catalog())).keys("only for @cl");
    parts.push(part(
        "Writing",
        "`@` names an entity, page, function or connector. A long paste is one chip; `Ctrl+O` opens it.",
        &play,
    ));
    let mut play = opened(100, 26);
    play.keys("<C-p>un");
    parts.push(part(
        "Commands",
        "`Ctrl+P` finds any command by a few letters and shows its key.",
        &play,
    ));
    let mut play = opened(100, 30);
    play.tell_all(turn("Email each client"))
        .tell(asked(1, permissions_question()));
    parts.push(part(
        "A question",
        "Questions stand in a double frame that no other text can draw. Keys typed ahead and pastes don't answer them.",
        &play,
    ));
    let mut play = opened(120, 36);
    play.tell_all(turn("Email each client")).tell(review_ready(review()));
    parts.push(part(
        "A review: facts first",
        "What starts it, who may call it, what it reaches, what a run would send.",
        &play,
    ));
    play.after("jjjj<Space>");
    parts.push(part(
        "A review: hunks",
        "`j` and `k` go from hunk to hunk, `Space` leaves one out, `e` edits, `c` comments. Applying waits for the end of the last hunk.",
        &play,
    ));
    play.keys("s");
    parts.push(part(
        "A review: side by side",
        "`s` puts before and after beside each other.",
        &play,
    ));
    for (title, words, command, found) in [
        (
            "The catalog",
            "By category, found with `/`; a digit writes a prompt made from this app.",
            "/catalog<CR>",
            looks::catalog(),
        ),
        (
            "Functions",
            "What the checks say; `Enter` opens the code, `e` has it changed, `a` asks about it.",
            "/functions<CR>",
            looks::functions(),
        ),
        (
            "History",
            "What was changed; `u` takes the last change back, after a question.",
            "/history<CR>",
            looks::history(),
        ),
        (
            "The map",
            "Who can reach what. `linchpin map` prints it; `--svg` and `--mermaid` make pictures of it.",
            "/map<CR>",
            Found::Map { map: looks::map() },
        ),
    ] {
        let mut play = opened(120, 32);
        play.keys(command).msg(Msg::Found(found));
        parts.push(part(title, words, &play));
    }
    let ascii = Look {
        ascii: true,
        color: false,
        motion: false,
        ..Look::default()
    };
    let mut play = Play::looking(80, 24, ascii);
    play.tell_all([hello(), app_read(), suggested()]);
    parts.push(part(
        "Plain ASCII",
        "`--ascii`, or a locale that is not UTF-8. `NO_COLOR` and `REDUCE_MOTION` are honoured.",
        &play,
    ));
    let mut play = Play::new(80, 44);
    play.tell(hello()).keys("?");
    parts.push(part(
        "All keys",
        "`?` while nothing is written. Moved keys are shown as they are.",
        &play,
    ));
    parts.push(
        "## Settings\n\n```toml\n[screen]\ntheme = \"auto\"     # light, dark; auto asks the terminal\nnotify = \"bell\"    # osc9, osc777, never\nwidth = \"narrow\"   # cjk where ambiguous characters are two cells wide\nascii = false\nvim = false\nstill = false      # nothing moves\n\n[keys]\npalette = \"Ctrl+T\"\n\n[model]\nprice_in = 0.25     # dollars for a million tokens, for the meter\nprice_out = 2.0\n```\n"
            .to_owned(),
    );
    parts.join("\n")
}

#[test]
fn the_page_about_the_terminal_shows_it_as_it_is() {
    let page = page();
    if std::env::var_os("LINCHPIN_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(FILE).parent().unwrap()).unwrap();
        std::fs::write(FILE, &page).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == page,
        "docs/terminal.md is out of date: run `cargo xtask docs`"
    );
}
