//! What each screen looks like, at the two sizes most people have, and in the smallest one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::Play;
use common::bookings::*;
use linchpin_protocol::{Event, TurnId};
use linchpin_screen::{Background, Look};

/// Plays the same at every size and compares the screens.
fn check(name: &str, play: impl Fn(&mut Play)) {
    for (width, height) in [(200, 60), (120, 40), (80, 24), (40, 10)] {
        let mut screen = Play::new(width, height);
        play(&mut screen);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), screen.screen());
    }
}

fn opened(play: &mut Play) {
    play.tell_all([hello(), app_read(), suggested()]);
}

#[test]
fn first_frame() {
    check("first_frame", |_| {});
}

#[test]
fn suggestions() {
    check("suggestions", opened);
}

#[test]
fn suggestion_chosen_with_evidence() {
    check("suggestion_evidence", |play| {
        opened(play);
        play.after("<Down>v");
    });
}

#[test]
fn chat() {
    check("chat", |play| {
        opened(play);
        play.tell_all(turn("Email each client a confirmation when their booking is confirmed"));
        play.tell_all(answer());
        play.tell(Event::TurnEnded {
            turn: TurnId(1),
            how: "done".into(),
        });
        play.keys("only bookings that are confirmed<C-j>and not on Sundays");
    });
}

#[test]
fn working() {
    check("working", |play| {
        opened(play);
        play.tell_all(turn("Post to Slack when a booking is created"));
        play.tell(Event::Said {
            text: "and only for new clients".into(),
            queued: true,
        });
    });
}

#[test]
fn commands() {
    check("commands", |play| {
        opened(play);
        play.keys("/");
    });
}

#[test]
fn mode() {
    check("mode", |play| {
        opened(play);
        play.tell_all(turn("Email each client")).tell(asked(1, mode_question()));
    });
}

#[test]
fn permissions() {
    check("permissions", |play| {
        opened(play);
        play.tell_all(turn("Email each client"))
            .tell(asked(1, permissions_question()));
    });
}

#[test]
fn client() {
    check("client", |play| {
        opened(play);
        play.tell_all(turn("Email each client"))
            .tell(asked(1, client_question()));
        play.after("123.apps.googleusercontent.com<Tab>hunter2");
    });
}

#[test]
fn token() {
    check("token", |play| {
        opened(play);
        play.tell_all(turn("Post to Slack")).tell(asked(1, token_question()));
        play.after("xoxb-12345");
    });
}

#[test]
fn token_that_begins_otherwise() {
    check("token_wrong", |play| {
        opened(play);
        play.tell_all(turn("Post to Slack")).tell(asked(1, token_question()));
        play.after("xoxp-12345");
    });
}

#[test]
fn sign_in() {
    check("sign_in", |play| {
        opened(play);
        play.tell_all(turn("Email each client"))
            .tell(asked(1, sign_in_question()));
    });
}

#[test]
fn choice() {
    check("choice", |play| {
        opened(play);
        play.tell_all(turn("Send me a daily email"))
            .tell(asked(1, choice_question()));
        play.after("<Down>");
    });
}

#[test]
fn review_facts() {
    check("review_facts", |play| {
        opened(play);
        play.tell_all(turn("Email each client")).tell(review_ready(review()));
    });
}

#[test]
fn review_last_hunk() {
    check("review_last_hunk", |play| {
        opened(play);
        play.tell_all(turn("Email each client")).tell(review_ready(review()));
        play.after("jj<Space>jj");
    });
}

#[test]
fn review_blocked_with_hidden_characters() {
    check("review_blocked", |play| {
        opened(play);
        let mut review = review();
        review.blocked = true;
        review.functions[0].violations = vec![linchpin_protocol::question::RuleFact {
            rule: "P3".into(),
            line: 9,
            message: "The token goes into a log. Take it out.".into(),
        }];
        let path = linchpin_protocol::patch::AppPath::new("base44/functions/x/entry.ts").unwrap();
        let text = "const \u{202e}admin = true;\nconst p\u{430}ypal = 1;\r\n".to_owned();
        let change = linchpin_protocol::patch::FileChange {
            path,
            base: None,
            next: Some(text),
        };
        review.changeset = linchpin_protocol::patch::Changeset::new(vec![change]).unwrap();
        play.tell(review_ready(review)).after("G");
    });
}

#[test]
fn review_comment() {
    check("review_comment", |play| {
        opened(play);
        play.tell(review_ready(review()))
            .after("jcuse the words of the Bookings page");
    });
}

#[test]
fn connections_list() {
    check("connections", |play| {
        opened(play);
        play.keys("/con<CR>").tell(connections()).keys("<Down>");
    });
}

#[test]
fn disconnect_is_confirmed() {
    check("disconnect", |play| {
        opened(play);
        play.keys("/con<CR>").tell(connections()).keys("d");
    });
}

#[test]
fn help() {
    check("help", |play| {
        opened(play);
        play.keys("?");
    });
}

#[test]
fn ascii() {
    let look = Look {
        ascii: true,
        color: false,
        motion: false,
        ..Look::default()
    };
    let mut play = Play::looking(80, 24, look);
    opened(&mut play);
    insta::assert_snapshot!("ascii_suggestions", play.screen());
    play.tell_all(turn("Email each client"))
        .tell(asked(1, permissions_question()));
    insta::assert_snapshot!("ascii_permissions", play.screen());
    let drawn: String = play.screen();
    assert!(
        drawn.is_ascii() || drawn.chars().all(|c| c.is_ascii() || c == '…'),
        "{drawn}"
    );
}

#[test]
fn review_side_by_side() {
    for (width, height) in [(200, 60), (120, 40), (80, 24)] {
        let mut play = Play::new(width, height);
        opened(&mut play);
        play.tell(review_ready(review())).after("sjj");
        insta::assert_snapshot!(format!("review_sides_{width}x{height}"), play.screen());
    }
}

#[test]
fn code_and_a_table_that_is_coming() {
    check("code", |play| {
        opened(play);
        play.tell_all(turn("How would it look?")).tell(Event::TextDelta {
            turn: TurnId(1),
            text: "Like this:\n\n```ts\n// Only the owner.\nconst n = await send(`Hi ${name}`, 12);\n```\n\nand\n\n```diff\n-old line\n+new line\n```\n\n| who | what |\n|---|---|\n| a".into(),
        });
    });
}

/// Runs of labels under each line: what colours say, as letters.
#[test]
fn colours_on_dark_light_and_without() {
    for (name, look) in [
        ("unknown", Look::default()),
        (
            "dark",
            Look {
                background: Background::Dark,
                ..Look::default()
            },
        ),
        (
            "light",
            Look {
                background: Background::Light,
                ..Look::default()
            },
        ),
        (
            "no_color",
            Look {
                color: false,
                ..Look::default()
            },
        ),
    ] {
        let mut play = Play::looking(80, 24, look);
        opened(&mut play);
        play.tell(review_ready(review())).after("jj");
        insta::assert_snapshot!(format!("colours_{name}"), play.colours());
    }
}

#[test]
fn the_terminals_background_is_taken_over() {
    let mut play = Play::new(80, 24);
    opened(&mut play);
    let before = play.colours();
    play.msg(linchpin_screen::Msg::Background(Background::Light));
    assert_ne!(play.colours(), before);
}

#[test]
fn a_sign_in_as_a_qr_code() {
    for (width, height) in [(120, 60), (80, 24)] {
        let mut play = Play::new(width, height);
        opened(&mut play);
        play.tell_all(turn("Email each client"))
            .tell(asked(1, sign_in_question()));
        play.after("r");
        insta::assert_snapshot!(format!("qr_{width}x{height}"), play.screen());
    }
}

#[test]
fn what_a_model_costs_is_in_view() {
    let mut play = Play::new(120, 40);
    play.model.set(&linchpin_screen::Settings {
        prices: Some((0.25, 2.0)),
        ..Default::default()
    });
    opened(&mut play);
    play.tell(Event::Usage {
        input: 12_400,
        output: 3_100,
    });
    assert!(
        play.screen().contains("12.4k in, 3.1k out · $0.009"),
        "{}",
        play.screen()
    );
}

#[test]
fn right_to_left_text_is_shown_right_and_code_as_it_is() {
    let mut play = Play::new(80, 24);
    opened(&mut play);
    play.tell_all(turn("שלח מייל ל client@example.com"))
        .tell(Event::TextDelta {
            turn: TurnId(1),
            text: "המייל (Gmail) נשלח.\n\n```ts\nconst name = 'שלום';\n```\n".into(),
        });
    play.keys("עוד mail");
    insta::assert_snapshot!("right_to_left", play.screen());
}
