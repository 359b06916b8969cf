//! The terminal's cases of the threat model, on the screens one looks at and on a review's sides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::bookings::*;
use common::{Play, looks};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linchpin_protocol::patch::{AppPath, Changeset, FileChange};
use linchpin_protocol::{Event, Found, Op};
use linchpin_screen::{Linear, Look, Model, Msg, Now, Settings, Stage, mermaid};

/// Sequences that a terminal obeys: C0, C1, CSI, OSC, DCS, APC, PM, SOS.
const OBEYED: [&str; 10] = [
    "\u{1b}[2J",
    "\u{1b}]52;c;aGk=\u{7}",
    "\u{1b}]0;title\u{1b}\\",
    "\u{1b}P1$r\u{1b}\\",
    "\u{1b}_apc\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{1b}Xsos\u{1b}\\",
    "\u{9b}31m",
    "\u{9d}52;c;x\u{9c}",
    "\u{8}\u{7f}\r\u{0}",
];

fn hostile() -> String {
    OBEYED.iter().map(|sequence| format!("a{sequence}b")).collect()
}

/// Everything one can look at, with this text wherever a text can be.
fn looks_saying(text: &str) -> Vec<(&'static str, Found)> {
    let Found::Catalog { mut offers } = looks::catalog() else {
        unreachable!()
    };
    for offer in &mut offers {
        for field in [
            &mut offer.name,
            &mut offer.id,
            &mut offer.purpose,
            &mut offer.console_url,
            &mut offer.advised.1,
        ] {
            text.clone_into(field);
        }
        offer.prompts = vec![text.to_owned()];
        offer.setup = vec![text.to_owned()];
        offer.categories = vec![text.to_owned()];
    }
    let Found::Functions { mut functions } = looks::functions() else {
        unreachable!()
    };
    for function in &mut functions {
        function.facts.name = text.to_owned();
        function.facts.trigger = text.to_owned();
        function.source = text.to_owned();
        function.problem = Some(text.to_owned());
    }
    let Found::History { mut changes } = looks::history() else {
        unreachable!()
    };
    for change in &mut changes {
        change.title = text.to_owned();
        change.files = vec![(text.to_owned(), 1, 1)];
    }
    let mut map = looks::map();
    map.functions.iter_mut().for_each(|function| {
        function.name = text.to_owned();
        function.callers = text.to_owned();
        function.elsewhere = vec![text.to_owned()];
    });
    vec![
        ("/catalog", Found::Catalog { offers }),
        ("/functions", Found::Functions { functions }),
        ("/history", Found::History { changes }),
        ("/map", Found::Map { map }),
    ]
}

fn keys(stage: &mut Stage<Vec<u8>>, text: &str, now: Now) {
    for c in text.chars() {
        let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        stage.take(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)), now);
    }
}

#[test]
fn t_trm_01_no_sequence_of_anything_one_looks_at_reaches_the_terminal() {
    let text = hostile();
    for (command, found) in looks_saying(&text) {
        let mut now = Now::default();
        let mut stage = Stage::new(Model::new("app", Look::default()), Vec::new(), (120, 40), now);
        stage.turn(now).unwrap();
        stage.take(Msg::Agent(hello()), now);
        keys(&mut stage, &format!("{command}\n"), now);
        stage.take(Msg::Found(found), now);
        keys(&mut stage, "jj", now);
        now.since_start += Duration::from_millis(50);
        stage.turn(now).unwrap();
        let written = String::from_utf8(stage.writer().clone()).unwrap();
        for sequence in OBEYED.iter().filter(|sequence| **sequence != "\u{1b}[2J") {
            assert!(!written.contains(sequence), "{command} {sequence:?}");
        }
        assert!(
            !written.contains(['\u{7}', '\u{8}', '\u{7f}', '\u{9b}', '\u{9d}', '\u{0}', '\r']),
            "{command}"
        );
        assert_eq!(written.matches("\u{1b}[2J").count(), 0, "{command}");
        assert!(written.contains("‹U+001B›"), "{command}: shown instead");
    }
}

#[test]
fn t_trm_01_nor_a_plain_line_or_the_clipboards_map() {
    let (text, now) = (hostile(), Now::default());
    let mut linear = Linear::new(Look::default());
    for (command, found) in looks_saying(&text) {
        if let Found::Map { map } = &found {
            assert!(!mermaid(map).contains(|c: char| c.is_control() && c != '\n'));
        }
        linear.line(command, now);
        for line in linear.found(found, now) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}

#[test]
fn t_trm_02_who_looks_elsewhere_is_called_in_our_words_only() {
    let mut play = Play::new(80, 24);
    play.tell_all([hello(), app_read()]).msg(Msg::Focus(false));
    let linchpin_protocol::question::Question::Permissions(mut question) = permissions_question() else {
        unreachable!()
    };
    question.connector_name = hostile();
    play.tell(asked(1, linchpin_protocol::question::Question::Permissions(question)));
    let bells = play.cmds.iter().filter(|cmd| matches!(cmd, linchpin_screen::Cmd::Bell));
    assert_eq!(bells.count(), 1, "a call carries no text at all");
}

#[test]
fn t_trm_09_without_colour_no_colour_is_written() {
    let look = Look {
        color: false,
        ..Look::default()
    };
    let mut now = Now::default();
    let mut stage = Stage::new(Model::new("app", look), Vec::new(), (120, 40), now);
    for event in [hello(), app_read(), suggested(), review_ready(review())] {
        stage.take(Msg::Agent(event), now);
        now.since_start += Duration::from_millis(20);
        stage.turn(now).unwrap();
    }
    let written = String::from_utf8(stage.writer().clone()).unwrap();
    let colours = written
        .split("\u{1b}[")
        .skip(1)
        .filter_map(|rest| rest.split_once('m'))
        .filter(|(codes, _)| {
            codes.chars().all(|c| c.is_ascii_digit() || c == ';')
                && codes
                    .split(';')
                    .any(|code| matches!(code.parse::<u8>(), Ok(30..=37 | 40..=47 | 90..=107)))
        });
    assert_eq!(colours.count(), 0);
}

#[test]
fn t_trm_06_pages_and_menus_live_through_every_size() {
    for (command, found) in [
        ("/catalog<CR>", looks::catalog()),
        ("/functions<CR>", looks::functions()),
        ("/history<CR>", looks::history()),
        ("/map<CR>", Found::Map { map: looks::map() }),
    ] {
        let mut play = Play::new(80, 24);
        play.tell_all([hello(), app_read(), suggested()]);
        play.keys(command).msg(Msg::Found(found));
        for (width, height) in [
            (1, 1),
            (3, 2),
            (4, 2),
            (5, 3),
            (20, 5),
            (95, 7),
            (96, 3),
            (500, 300),
            (0, 0),
        ] {
            play.resize(width, height).keys("j<PgDn>");
            if width > 0 {
                play.screen();
            }
        }
        play.keys("<Esc><C-p>und");
        for (width, height) in [(1, 1), (4, 2), (12, 4), (40, 10), (300, 90)] {
            play.resize(width, height).screen();
        }
    }
}

fn many_hunks() -> Event {
    let line = |i: usize| format!("const value{i} = 'a rather long line that has to wrap in two columns {i}';\n");
    let base: String = (0..200).map(line).collect();
    let next: String = (0..200)
        .map(|i| {
            if i % 20 == 10 {
                format!("changed({i}); \u{202e}\n")
            } else {
                line(i)
            }
        })
        .collect();
    let mut review = review();
    review.changeset = Changeset::new(vec![FileChange {
        path: AppPath::new("src/a.ts").unwrap(),
        base: Some(base),
        next: Some(next),
    }])
    .unwrap();
    review_ready(review)
}

#[test]
fn t_app_09_misleading_characters_are_shown_on_both_sides() {
    let mut play = Play::new(120, 40);
    play.tell(many_hunks()).after("s");
    assert!(
        play.screen().contains("10 invisible or misleading characters"),
        "{}",
        play.screen()
    );
    play.keys("j");
    assert!(play.screen().contains("‹U+202E›"), "{}", play.screen());
}

#[test]
fn t_app_10_sides_count_as_seen_only_at_their_end_and_nothing_is_cut() {
    let mut play = Play::new(120, 40);
    play.tell(many_hunks()).after("s<CR>");
    assert_eq!(play.ops(), []);
    let mut seen = String::new();
    for _ in 0..400 {
        seen.push_str(&play.screen());
        play.keys("<Down>");
    }
    // Turning the sides back does not lose that it was seen.
    play.keys("ss");
    let joined: String = seen.split_whitespace().collect();
    assert!(joined.contains("changed(190);"), "the last hunk was in view");
    assert!(!seen.contains('…'), "long lines wrap");
    assert!(matches!(play.keys("<CR>").ops()[..], [Op::Decide { .. }]));
}

#[test]
fn t_app_11_with_sides_too_the_model_speaks_last() {
    let mut play = Play::new(120, 160);
    play.tell(review_ready(review())).after("s");
    let screen = play.screen();
    let at = |words: &str| screen.find(words).unwrap_or_else(|| panic!("{words} in\n{screen}"));
    assert!(at("May call") < at("hunk 1 of 4") && at("hunk 4 of 4") < at("The model says"));
}

#[test]
fn t_trm_10_moved_keys_answer_no_question_and_apply_no_sooner() {
    let mut play = Play::new(100, 40);
    play.model.set(&Settings {
        keys: vec![("send".into(), "Ctrl+S".into()), ("review.apply".into(), "x".into())],
        ..Settings::default()
    });
    play.tell_all([hello(), app_read()]);
    play.tell(asked(1, permissions_question()));
    play.keys("<C-s><CR>");
    assert_eq!(play.ops(), [], "keys typed ahead");
    play.wait(400).keys("<C-s>");
    assert_eq!(play.ops(), [], "a question knows no moved key");
    let mut play = Play::new(100, 40);
    play.model.set(&Settings {
        keys: vec![("review.apply".into(), "x".into())],
        ..Settings::default()
    });
    play.tell(review_ready(review())).keys("x").after("x");
    assert_eq!(play.ops(), [], "not before the last hunk was in view");
    play.keys("Gx");
    assert!(matches!(play.ops()[..], [Op::Decide { .. }]));
}
