//! What the screen must never do: draw what a text tells it to, answer for a person, keep a secret.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::Play;
use common::bookings::*;
use linchpin_protocol::patch::{AppPath, Changeset, FileChange};
use linchpin_protocol::question::{Answer, Mode, Question, RuleFact};
use linchpin_protocol::{AskId, CallId, Event, Level, Op, TurnId};
use linchpin_screen::{Clean, Cmd, Linear, Look, Masked, Msg, Now, Stage, ToStore, TokenToStore};
use proptest::prelude::*;

fn asked_play(question: Question) -> Play {
    let mut play = Play::new(100, 30);
    play.tell_all([hello(), app_read(), suggested()]).wait(1_000);
    play.tell_all(turn("Email each client")).tell(asked(7, question));
    play.ops();
    play
}

#[test]
fn t_trm_10_keys_typed_ahead_do_not_answer() {
    let mut play = asked_play(mode_question());
    play.wait(299).keys("<CR>");
    assert_eq!(play.ops(), []);
    play.wait(1).keys("<CR>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::Mode(Mode::Shared)
        }]
    );
}

#[test]
fn a_question_behind_another_is_deaf_when_its_turn_comes() {
    let mut play = asked_play(mode_question());
    play.tell(asked(8, permissions_question())).wait(400).keys("<CR><CR>");
    assert_eq!(play.ops().len(), 1, "the second Enter was meant for the first card");
    play.wait(400).keys("<CR>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(8),
            answer: Answer::Connect
        }]
    );
}

#[test]
fn letters_and_digits_choose_but_only_enter_answers() {
    let mut play = asked_play(permissions_question());
    play.wait(400).keys("y2cs3");
    assert_eq!(play.ops(), []);
    play.keys("<CR>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::OtherAccount
        }]
    );
}

#[test]
fn t_trm_07_pasting_answers_nothing_and_applies_nothing() {
    let mut play = asked_play(permissions_question());
    play.wait(400).msg(Msg::Paste("1\r\n\r\ny\r\n".into()));
    assert_eq!(play.ops(), []);
    let mut play = Play::new(100, 60);
    play.tell(review_ready(review()))
        .wait(400)
        .keys("G")
        .msg(Msg::Paste("a\r\n".into()));
    assert_eq!(play.ops(), []);
}

#[test]
fn the_impossible_mode_cannot_be_chosen() {
    let mut play = asked_play(mode_question());
    play.wait(400).keys("2<Down><CR>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::Mode(Mode::Shared)
        }]
    );
}

#[test]
fn a_secret_leaves_only_with_the_client() {
    let mut play = asked_play(client_question());
    play.wait(400)
        .keys("my-client<Tab>")
        .msg(Msg::Paste("s3cr3t-v4lue\n".into()));
    assert!(!play.screen().contains("s3cr3t"), "{}", play.screen());
    play.keys("<CR>");
    let stored: Vec<_> = std::mem::take(&mut play.cmds)
        .into_iter()
        .filter_map(|c| {
            if let Cmd::Store(ToStore::Client(c)) = c {
                Some(c)
            } else {
                None
            }
        })
        .collect();
    let [client] = stored.as_slice() else {
        panic!("one client is stored")
    };
    assert_eq!(
        (client.family.as_str(), client.client_id.as_str()),
        ("google", "my-client")
    );
    assert_eq!(client.secret.as_ref().map(Masked::expose), Some("s3cr3t-v4lue"));
    assert_eq!(play.ops(), []);
    play.msg(Msg::Stored(Ok(())));
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::ClientStored
        }]
    );
}

#[test]
fn a_client_that_is_refused_can_be_typed_again() {
    let mut play = asked_play(client_question());
    play.wait(400)
        .keys("id<Tab>secret<CR>")
        .msg(Msg::Stored(Err("Google does not know this client.".into())));
    assert!(play.screen().contains("Google does not know this client."));
    assert_eq!(play.ops(), []);
    play.keys("<CR>");
    assert!(play.screen().contains("The client secret is empty"));
}

fn tokens(play: &mut Play) -> Vec<TokenToStore> {
    std::mem::take(&mut play.cmds)
        .into_iter()
        .filter_map(|c| {
            if let Cmd::Store(ToStore::Token(t)) = c {
                Some(t)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_token_leaves_only_by_enter_and_in_one_piece() {
    let mut play = asked_play(token_question());
    play.wait(299).msg(Msg::Paste("xoxb-early".into())).keys("x<CR>");
    assert!(tokens(&mut play).is_empty(), "the card is deaf at first");
    play.wait(101).keys("<C-u>");
    play.msg(Msg::Paste(" xoxb-t0ken-\r\nv4lue\n".into()));
    assert!(tokens(&mut play).is_empty(), "a paste answers nothing");
    assert!(!play.screen().contains("t0ken"), "{}", play.screen());
    play.keys("<CR>");
    let stored = tokens(&mut play);
    let [token] = stored.as_slice() else {
        panic!("one token is stored")
    };
    assert_eq!(
        (
            token.ask,
            token.connector.as_str(),
            token.mode,
            token.other_account,
            token.token.expose()
        ),
        (AskId(7), "slackbot", Mode::Shared, true, "xoxb-t0ken-v4lue")
    );
    play.keys("<CR>y");
    assert!(tokens(&mut play).is_empty() && play.ops().is_empty(), "once is enough");
    play.msg(Msg::Stored(Ok(())));
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::TokenStored
        }]
    );
}

#[test]
fn what_begins_otherwise_is_not_handed_over() {
    let mut play = asked_play(token_question());
    play.wait(400).keys("<CR>");
    assert!(play.screen().contains("The token is empty"), "{}", play.screen());
    play.keys("xox");
    assert!(!play.screen().contains("does not begin"), "it may still become one");
    play.keys("p-123");
    assert!(play.screen().contains("does not begin with xoxb-"), "{}", play.screen());
    play.keys("<CR>");
    assert!(tokens(&mut play).is_empty());
    assert!(play.screen().contains("Nothing was stored"), "{}", play.screen());
    play.keys("xoxb-1<CR>");
    assert_eq!(tokens(&mut play).len(), 1, "the wrong one is gone from the field");
    play.msg(Msg::Stored(Err("Slack does not know this token.".into())));
    assert!(play.screen().contains("Slack does not know this token."));
    assert_eq!(play.ops(), []);
    play.keys("<Esc>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(7),
            answer: Answer::Skip
        }]
    );
}

/// What a hostile model would write to look like us.
const FORGED: &str = "╔═ Action required ═══╗\n\n║ Apply 4 of 4 hunks. Press y or Enter to apply. ║\n\n```\n╚═════════════════════╝\n```\n";

#[test]
fn no_text_can_draw_our_frame_and_y_in_the_chat_does_nothing() {
    let mut play = Play::new(100, 30);
    play.tell_all([hello(), app_read(), suggested()])
        .tell_all(turn("hello"));
    play.tell(Event::TextDelta {
        turn: TurnId(1),
        text: FORGED.into(),
    });
    play.tell(Event::ToolStarted {
        call: CallId(9),
        tool: "x".into(),
        title: "║ sure ║".into(),
    });
    play.tell(Event::Notice {
        level: Level::Info,
        text: FORGED.into(),
    });
    play.tell(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    });
    let screen = play.screen();
    assert!(!screen.contains(|c| ('\u{2550}'..='\u{256c}').contains(&c)), "{screen}");
    play.ops();
    play.wait(1_000).keys("y<CR>");
    assert_eq!(play.ops(), [Op::Say { text: "y".into() }]);
}

#[test]
fn a_question_keeps_its_frame_whatever_its_texts_say() {
    let Question::Mode(mut question) = mode_question() else {
        unreachable!()
    };
    question.reason = "fine.\n╚══╝\n\u{1b}[2J\u{1b}[H Press y to apply \u{202e}".into();
    question.connector_name = "Gm\u{0}ail".into();
    let play = asked_play(Question::Mode(question));
    let screen = play.screen();
    assert_eq!(screen.matches('╚').count(), 1, "{screen}");
    assert!(
        screen.contains("‹U+001B›") && screen.contains("‹U+202E›") && screen.contains("‹U+0000›"),
        "{screen}"
    );
}

#[test]
fn t_app_10_applying_needs_the_end_of_the_last_hunk_on_screen() {
    let mut play = Play::new(80, 24);
    play.tell(review_ready(review())).wait(400);
    play.keys("<CR>a");
    assert_eq!(play.ops(), [], "nothing of the diff has been seen");
    play.keys("jjj<CR>");
    let [Op::Decide { changeset, hunks }] = &play.ops()[..] else {
        panic!("it applies now")
    };
    assert_eq!((changeset, hunks.len()), (&review().changeset.digest(), 4));
    play.keys("<CR>");
    assert_eq!(play.ops(), [], "once is enough");
}

#[test]
fn a_review_is_deaf_at_first() {
    let mut play = Play::new(120, 90);
    play.tell(review_ready(review())).wait(299).keys("<CR>r");
    assert_eq!(play.ops(), []);
    play.wait(1).keys("<CR>");
    assert!(matches!(play.ops()[..], [Op::Decide { .. }]));
}

#[test]
fn who_is_writing_is_not_torn_out_of_it() {
    let mut play = Play::new(100, 30);
    play.tell_all([hello(), app_read()])
        .keys("a change")
        .tell(review_ready(review()))
        .wait(400)
        .keys("<CR>");
    assert_eq!(
        play.ops(),
        [Op::Say {
            text: "a change".into()
        }]
    );
    play.keys("<CR>");
    assert!(
        play.screen().contains("Review"),
        "Enter on nothing opens the review that waits"
    );
}

#[test]
fn only_chosen_hunks_are_decided_on() {
    let mut play = Play::new(120, 90);
    play.tell(review_ready(review())).wait(400).keys("jj<Space>");
    play.keys("<CR>");
    let [Op::Decide { hunks, .. }] = &play.ops()[..] else {
        panic!("it applies")
    };
    let all = review().changeset.hunks();
    let left_out: Vec<_> = all
        .iter()
        .filter(|hunk| !hunks.contains(hunk.id))
        .map(|hunk| hunk.id)
        .collect();
    assert_eq!(left_out.len(), 1);
}

#[test]
fn a_blocked_review_is_never_applied_and_says_why() {
    let mut review = review();
    review.blocked = true;
    review.functions[0].violations = vec![RuleFact {
        rule: "P3".into(),
        line: 9,
        message: "The token goes into a log.".into(),
    }];
    let mut play = Play::new(120, 90);
    play.tell(review_ready(review)).wait(400).keys("G<CR>a");
    assert_eq!(play.ops(), []);
    assert!(play.screen().contains("The policy forbids applying this"));
    let screen = play.screen();
    assert!(screen.find("P3") < screen.find("Starts"), "broken rules stand on top");
}

#[test]
fn t_app_09_every_misleading_character_of_a_diff_is_shown_and_counted() {
    let hidden = [
        '\u{202e}',
        '\u{2066}',
        '\u{200b}',
        '\u{200d}',
        '\u{feff}',
        '\u{e0041}',
        '\u{fe0f}',
        '\u{ad}',
        '\u{a0}',
        '\u{7}',
    ];
    let text: String =
        hidden.iter().map(|c| format!("a{c}b\n")).collect::<String>() + "x\r\np\u{430}y\n" + &" ".repeat(200) + "\n";
    let path = AppPath::new("src/a.ts").unwrap();
    let mut review = review();
    review.functions.clear();
    review.changeset = Changeset::new(vec![FileChange {
        path,
        base: None,
        next: Some(text),
    }])
    .unwrap();
    let mut play = Play::new(100, 40);
    play.tell(review_ready(review));
    let screen = play.screen();
    for c in hidden.into_iter().chain(['\r', '\u{430}']) {
        assert!(
            screen.contains(&format!("‹U+{:04X}›", u32::from(c))),
            "{c:?} in\n{screen}"
        );
    }
    assert!(screen.contains("‹200 spaces›"));
    assert!(screen.contains("13 invisible or misleading characters"), "{screen}");
}

#[test]
fn t_app_11_what_the_model_says_stands_below_the_facts_and_the_diff() {
    let mut play = Play::new(120, 90);
    play.tell(review_ready(review()));
    let screen = play.screen();
    let at = |words: &str| screen.find(words).unwrap_or_else(|| panic!("{words} in\n{screen}"));
    assert!(at("May call") < at("hunk 1 of 4") && at("hunk 4 of 4") < at("The model says"));
}

/// Every event that carries text, with this text in it.
fn events_saying(text: &str) -> Vec<Event> {
    let said = text.to_owned();
    let Question::Permissions(mut permissions) = permissions_question() else {
        unreachable!()
    };
    permissions.permissions[0].sentence.clone_from(&said);
    permissions.connector_name.clone_from(&said);
    let Question::SignIn(mut sign_in) = sign_in_question() else {
        unreachable!()
    };
    sign_in.url = format!("https://x.example/{said}");
    let mut review = review();
    review.title.clone_from(&said);
    review.model_says = Some(said.clone());
    review.functions[0].trigger.clone_from(&said);
    review.functions[0].rehearsals[0].requests[0]
        .mail
        .as_mut()
        .unwrap()
        .text
        .clone_from(&said);
    let change = FileChange {
        path: AppPath::new("src/a.ts").unwrap(),
        base: None,
        next: Some(said.clone()),
    };
    review.changeset = Changeset::new(vec![change]).unwrap();
    vec![
        Event::Hello {
            session: "s".into(),
            app: said.clone(),
            model: said.clone(),
            notes: vec![said.clone()],
            resumed: true,
        },
        Event::Said {
            text: said.clone(),
            queued: false,
        },
        Event::TurnStarted { turn: TurnId(1) },
        Event::TextDelta {
            turn: TurnId(1),
            text: said.clone(),
        },
        Event::ToolStarted {
            call: CallId(1),
            tool: said.clone(),
            title: said.clone(),
        },
        Event::ToolFinished {
            call: CallId(1),
            ok: false,
            summary: said.clone(),
        },
        Event::Notice {
            level: Level::Error,
            text: said.clone(),
        },
        review_ready(review),
        asked(1, Question::Permissions(permissions)),
        Event::Settled {
            ask: AskId(1),
            words: said.clone(),
        },
        asked(2, Question::SignIn(sign_in)),
    ]
}

/// The escape sequences we write ourselves.
fn without_our_sequences(bytes: &str) -> String {
    let mut rest = bytes;
    let mut left = String::new();
    while let Some(at) = rest.find('\u{1b}') {
        left.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let end = if let Some(osc) = tail.strip_prefix("]8;") {
            osc.find("\u{1b}\\").map(|end| 3 + end + 2)
        } else if let Some(csi) = tail.strip_prefix('[') {
            csi.find(|c: char| c.is_ascii_alphabetic())
                .filter(|end| "HmhlJrS".contains(&csi[*end..=*end]))
                .map(|end| 1 + end + 1)
        } else {
            None
        };
        let Some(end) = end else {
            panic!("not a sequence of ours: {:?}", &tail[..tail.len().min(20)])
        };
        rest = &tail[end..];
    }
    left + rest
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        any::<char>().prop_map(String::from),
        Just("\u{1b}]52;c;aGk=\u{7}".to_owned()),
        Just("\u{1b}[2J\u{1b}[H".to_owned()),
        Just("\u{9b}31m\u{90}q\u{9c}".to_owned()),
        Just("\u{1b}]8;;https://evil.example\u{1b}\\x".to_owned()),
        Just("a\u{301}".repeat(30)),
        Just("e".to_owned() + &"\u{301}".repeat(5_000)),
        Just("👩\u{200d}👩\u{200d}👧 ═║ \u{202e}".to_owned()),
        Just("| a | b |\n|---|---|\n| c | d |\n\n```\ncode\n".to_owned()),
    ];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn t_trm_01_no_escape_byte_of_any_text_reaches_the_terminal(text in hostile(), width in 4u16..100, height in 2u16..40) {
        let now = Now::default();
        let model = linchpin_screen::Model::new(&text, Look::default());
        let mut stage = Stage::new(model, Vec::new(), (width, height), now);
        let mut millis = 0;
        for event in events_saying(&text) {
            millis += 20;
            let now = Now { since_start: std::time::Duration::from_millis(millis), unix_millis: 0 };
            stage.take(Msg::Agent(event), now);
            stage.turn(now).unwrap();
        }
        let bytes = String::from_utf8(stage.writer().clone()).unwrap();
        let left = without_our_sequences(&bytes);
        prop_assert!(!left.contains(|c: char| c.is_control()), "{left:?}");
        let hidden = left.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{e0041}']);
        prop_assert!(!hidden, "{left:?}");
    }

    #[test]
    fn t_trm_01_no_control_character_of_any_text_reaches_a_plain_line(text in hostile()) {
        let mut linear = Linear::new(Look::default());
        for event in events_saying(&text) {
            for line in linear.event(event, Now::default()) {
                prop_assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{200b}'), "{line:?}");
            }
        }
    }

    #[test]
    fn t_trm_08_clean_text_stays_in_its_cells(text in hostile()) {
        let clean = Clean::line(&text);
        for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(clean.as_str(), true) {
            prop_assert!(grapheme.chars().count() <= 17, "{grapheme:?}");
        }
        let (shown, _) = Clean::shown(&text);
        let hidden = shown.as_str().contains(|c: char| c.is_control() || c == '\u{202e}' || c == '═');
        prop_assert!(!hidden, "{shown}");
        let typed = Clean::typed(&text);
        prop_assert_eq!(&Clean::typed(typed.as_str()), &typed);
    }
}
