//! Pages one looks at: catalog, functions, history, map; in words and as pictures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::bookings::*;
use common::{Play, looks};
use linchpin_protocol::question::Mode;
use linchpin_protocol::{Found, Op, Wanted};
use linchpin_screen::{Cmd, Linear, Look, Msg, Now, map_lines, mermaid};

fn opened(width: u16, height: u16) -> Play {
    let mut play = Play::new(width, height);
    play.tell_all([hello(), app_read(), suggested()]);
    play
}

/// Plays the same at every size and compares the screens.
fn check(name: &str, play: impl Fn(&mut Play)) {
    for (width, height) in [(200, 60), (120, 40), (80, 24), (40, 10)] {
        let mut screen = opened(width, height);
        play(&mut screen);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), screen.screen());
    }
}

fn found(play: &mut Play, command: &str, found: Found) {
    play.keys(command).keys("<CR>");
    play.msg(Msg::Found(found));
}

#[test]
fn catalog() {
    check("catalog", |play| {
        found(play, "/catalog", looks::catalog());
        play.keys("jjj");
    });
}

#[test]
fn functions() {
    check("functions", |play| {
        found(play, "/functions", looks::functions());
        play.keys("j");
    });
}

#[test]
fn function_source() {
    check("function_source", |play| {
        found(play, "/functions", looks::functions());
        play.keys("<CR>");
    });
}

#[test]
fn history() {
    check("history", |play| found(play, "/history", looks::history()));
}

#[test]
fn map() {
    check("map", |play| found(play, "/map", Found::Map { map: looks::map() }));
}

#[test]
fn a_page_says_that_it_is_being_looked_up_and_why_it_could_not() {
    let mut play = opened(80, 24);
    play.keys("/functions<CR>");
    assert!(matches!(play.cmds.last(), Some(Cmd::Find(Wanted::Functions))));
    assert!(
        play.screen().contains("Checking the app's functions…"),
        "{}",
        play.screen()
    );
    play.msg(Msg::Found(Found::Nothing {
        wanted: Wanted::Functions,
        why: "base44/functions can't be read. Check its permissions.".into(),
    }));
    assert!(play.screen().contains("Check its permissions."), "{}", play.screen());
    // It is asked again, and Esc leaves whatever goes on.
    play.keys("<Esc>/functions<CR><Esc>");
    assert!(play.screen().contains("Suggested for"));
}

#[test]
fn the_catalog_is_searched_and_a_prompt_goes_into_the_composer() {
    let mut play = opened(120, 40);
    found(&mut play, "/catalog", looks::catalog());
    play.keys("/gcal<CR>");
    assert!(play.screen().contains("Reads and writes events."), "{}", play.screen());
    assert_eq!(play.keys("1").ops(), [], "written, not sent");
    assert_eq!(play.model.draft(), "Put each Booking in my calendar");
    let mut play = opened(120, 40);
    found(&mut play, "/catalog", looks::catalog());
    let connect = Op::Connect {
        connector: "googlecalendar".into(),
        mode: Mode::Shared,
        other_account: false,
    };
    assert_eq!(play.keys("c").ops(), [connect]);
}

#[test]
fn a_function_is_asked_about_and_changed_by_words() {
    let mut play = opened(120, 40);
    found(&mut play, "/functions", looks::functions());
    play.keys("je");
    assert_eq!(play.model.draft(), "Change @monthly-report: ");
    play.keys("<C-u>");
    found(&mut play, "/functions", looks::functions());
    play.keys("a");
    assert!(play.model.draft().starts_with("Explain @"), "{}", play.model.draft());
}

#[test]
fn taking_back_is_confirmed_and_keys_typed_ahead_confirm_nothing() {
    let mut play = opened(80, 24);
    found(&mut play, "/history", looks::history());
    play.keys("u<CR>");
    assert_eq!(play.ops(), []);
    assert!(
        play.screen().contains("Email each client a confirmation"),
        "the newest that isn't taken back"
    );
    play.keys("<Esc>u");
    assert_eq!(play.after("<CR>").ops(), [Op::Undo]);
}

#[test]
fn the_map_in_plain_words_and_as_mermaid() {
    let map = looks::map();
    insta::assert_snapshot!("map_lines", map_lines(&map, 90, Look::default()).join("\n"));
    insta::assert_snapshot!("map_mermaid", mermaid(&map));
    let mut play = opened(120, 40);
    found(&mut play, "/map", Found::Map { map });
    play.keys("m");
    assert!(
        play.cmds
            .iter()
            .any(|cmd| matches!(cmd, Cmd::Copy(text) if text.starts_with("flowchart LR")))
    );
}

#[test]
fn no_name_can_add_an_edge_to_the_map() {
    let mut map = looks::map();
    map.functions[0].name = "x\"] --> c9\n  evil[\"".into();
    map.pages[0].name = "<img src=x onerror=alert(1)>".into();
    let drawn = mermaid(&map);
    assert!(
        !drawn.contains("<img") && !drawn.lines().any(|line| line.trim().starts_with("evil")),
        "{drawn}"
    );
}

#[test]
fn pages_as_lines() {
    let now = Now {
        since_start: std::time::Duration::from_secs(9),
        unix_millis: 1_800_000_000_000,
    };
    let mut linear = Linear::new(Look::default());
    [hello(), app_read(), suggested()].into_iter().for_each(|event| {
        linear.event(event, now);
    });
    let mut lines = Vec::new();
    for (command, found) in [
        ("/catalog", looks::catalog()),
        ("/functions", looks::functions()),
        ("/history", looks::history()),
        ("/map", Found::Map { map: looks::map() }),
    ] {
        let (cmds, told) = linear.line(command, now);
        assert!(matches!(cmds[..], [Cmd::Find(_)]), "{command}");
        lines.push(format!("> {command}"));
        lines.extend(told);
        lines.extend(linear.found(found, now));
    }
    insta::assert_snapshot!("pages_as_lines", lines.join("\n"));
}
