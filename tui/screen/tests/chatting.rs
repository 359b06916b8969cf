//! Talking to it: suggestions, the composer, commands, interrupting and leaving.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::Play;
use common::bookings::*;
use linchpin_protocol::question::{Answer, Mode};
use linchpin_protocol::{AskId, ChangeId, Event, Op, TurnId};
use linchpin_screen::{Cmd, Composer, EditPurpose, EditorResult, Msg};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

fn opened() -> Play {
    let mut play = Play::new(100, 36);
    play.tell_all([hello(), app_read(), suggested()]).wait(1_000);
    play
}

fn say(text: &str) -> Op {
    Op::Say { text: text.into() }
}

fn accept(id: &str) -> Op {
    Op::Accept { suggestion: id.into() }
}

#[test]
fn a_digit_takes_a_suggestion() {
    let mut play = opened();
    assert_eq!(play.keys("3").ops(), [accept("slack-1")]);
    assert!(!play.screen().contains("Suggested for"), "the strip makes room");
}

#[test]
fn arrows_choose_and_enter_takes() {
    assert_eq!(opened().keys("<Down><Down><Down><Up><CR>").ops(), [accept("cal-1")]);
}

#[test]
fn digits_count_what_is_shown_when_the_strip_has_moved() {
    let mut play = opened();
    play.keys("<Down><Down><Down><Down><Down><Down>");
    assert!(play.screen().contains("2-6 of 6"), "{}", play.screen());
    assert_eq!(play.keys("5").ops(), [accept("hubspot-1")]);
}

#[test]
fn own_words_may_begin_with_any_letter() {
    assert_eq!(
        opened().keys("every Monday, email vendors x<CR>").ops(),
        [say("every Monday, email vendors x")]
    );
}

#[test]
fn a_suggestion_can_be_edited_first() {
    let mut play = opened();
    play.keys("<Down>e<C-e>, but not on Sundays<CR>");
    assert_eq!(
        play.ops(),
        [say(
            "Email each client a confirmation when their booking is confirmed, but not on Sundays"
        )]
    );
}

#[test]
fn a_suggestion_can_be_dismissed() {
    let mut play = opened();
    assert_eq!(
        play.keys("<Down>x").ops(),
        [Op::Dismiss {
            suggestion: "gmail-1".into()
        }]
    );
    assert!(!play.screen().contains("Email each client"));
}

#[test]
fn a_digit_typed_as_the_strip_appears_takes_nothing() {
    let mut play = Play::new(100, 36);
    play.tell_all([hello(), app_read(), suggested()]).wait(100).keys("3");
    assert_eq!((play.ops().len(), play.model.draft()), (0, "3"));
}

#[test]
fn enter_sends_and_new_lines_do_not() {
    assert_eq!(
        opened().keys("one<C-j>two<A-CR>three<CR>").ops(),
        [say("one\ntwo\nthree")]
    );
}

#[test]
fn a_paste_of_many_lines_is_one_message() {
    let mut play = opened();
    play.msg(Msg::Paste("one\r\ntwo\u{1b}[31m\r\nthree".into()));
    assert_eq!(play.ops(), []);
    assert_eq!(play.keys("<CR>").ops(), [say("one\ntwo[31m\nthree")]);
}

#[test]
fn what_was_sent_comes_back() {
    let mut play = opened();
    play.keys("first<CR>second<CR>draft<Up><Up>");
    assert_eq!(play.model.draft(), "first");
    play.keys("<Down><Down>");
    assert_eq!(play.model.draft(), "draft");
}

#[test]
fn words_are_cut_and_put_back() {
    let mut play = opened();
    play.keys("send a mail<C-w><C-a><C-y> <C-e>!");
    assert_eq!(play.model.draft(), "mail send a !");
}

#[test]
fn the_editor_writes_the_message() {
    let mut play = opened();
    play.keys("draft<C-g>");
    let Some(Cmd::OpenEditor { purpose, text, .. }) = play.cmds.pop() else {
        panic!("the editor opens")
    };
    assert_eq!((&purpose, text.as_str()), (&EditPurpose::Message, "draft"));
    play.msg(Msg::Editor(EditorResult {
        purpose,
        text: Ok("a longer\ndraft\n".into()),
    }));
    assert_eq!(play.keys("<CR>").ops(), [say("a longer\ndraft")]);
}

#[test]
fn escape_stops_the_turn_and_only_a_turn() {
    let mut play = opened();
    assert_eq!(play.keys("<Esc>").ops(), []);
    play.tell(Event::TurnStarted { turn: TurnId(1) });
    assert_eq!(play.keys("<Esc>").ops(), [Op::Interrupt]);
}

#[test]
fn leaving_takes_control_c_twice_in_time() {
    let mut play = opened();
    play.keys("draft<C-c>").wait(2_500).keys("<C-c>");
    assert_eq!(play.ops(), []);
    assert!(play.screen().contains("Press Ctrl+C once more to leave"));
    assert_eq!(play.keys("<C-c>").ops(), [Op::Quit]);
    assert!(matches!(play.cmds[..], [Cmd::Quit]));
}

#[test]
fn commands_are_completed_and_wrong_ones_get_a_hint() {
    assert_eq!(opened().keys("/un<CR>").ops(), [Op::Undo]);
    assert_eq!(opened().keys("/<Down><CR>").ops(), [Op::ShowConnections]);
    let mut play = opened();
    play.keys("/undu<CR>");
    assert_eq!(play.ops(), []);
    assert!(play.screen().contains("There is no command /undu. Did you mean /undo?"));
}

#[test]
fn a_connection_is_made_again_switched_and_taken_away() {
    let mut play = opened();
    play.keys("/con<CR>").tell(connections());
    assert_eq!(play.ops(), [Op::ShowConnections]);
    let slack = |other_account| Op::Connect {
        connector: "slackbot".into(),
        mode: Mode::Shared,
        other_account,
    };
    assert_eq!(play.keys("<Down>c").ops(), [slack(false)]);
    play.keys("/con<CR>").ops();
    assert_eq!(play.keys("o").ops(), [slack(true)]);
    play.keys("/con<CR>").ops();
    assert_eq!(play.keys("d<CR>").ops(), [], "Enter has to come after the question");
    assert_eq!(play.wait(400).keys("<Esc>").ops(), []);
    assert_eq!(
        play.keys("d").wait(400).keys("<CR>").ops(),
        [Op::Disconnect {
            connector: "slackbot".into(),
            mode: Mode::Shared
        }]
    );
}

#[test]
fn a_choice_takes_an_option_or_own_words() {
    let answer = |text: &str| Op::Answer {
        ask: AskId(1),
        answer: Answer::Text(text.into()),
    };
    let mut play = opened();
    assert_eq!(
        play.tell(asked(1, choice_question())).after("2<CR>").ops(),
        [answer("Every Monday at 09:00, Europe/Berlin")]
    );
    let mut play = opened();
    assert_eq!(
        play.tell(asked(1, choice_question()))
            .after("weekdays at 7:30<CR>")
            .ops(),
        [answer("weekdays at 7:30")]
    );
}

#[test]
fn a_question_can_be_read_to_its_end_in_a_small_terminal() {
    let mut play = Play::new(40, 10);
    play.tell(asked(1, mode_question()))
        .after("<PgDn><PgDn><PgDn><PgDn><PgDn>");
    assert!(play.screen().contains("signed in"), "{}", play.screen());
    play.keys("1");
    assert!(
        play.screen().contains("▸ 1 One account"),
        "the choice comes back into view"
    );
}

#[test]
fn a_skipped_question_goes_on_without() {
    let mut play = opened();
    play.tell(asked(1, permissions_question())).after("<Esc>");
    assert_eq!(
        play.ops(),
        [Op::Answer {
            ask: AskId(1),
            answer: Answer::Skip
        }]
    );
    assert!(!play.model.is_asked());
}

#[test]
fn a_settled_question_goes_away_and_stays_in_the_transcript() {
    let mut play = opened();
    play.tell(asked(1, sign_in_question())).tell(Event::Settled {
        ask: AskId(1),
        words: "Connected as ann@studio.example".into(),
    });
    let screen = play.screen();
    assert!(
        screen.contains("✓ Connected as ann@studio.example") && !screen.contains('╔'),
        "{screen}"
    );
}

#[test]
fn the_link_is_copied_and_opened_and_the_time_left_is_told() {
    let mut play = opened();
    play.tell(asked(1, sign_in_question())).after("co");
    let [Cmd::Copy(copied), Cmd::OpenUrl(opened)] = &play.cmds[..] else {
        panic!("copied, then opened")
    };
    assert!(copied == opened && copied.starts_with("https://accounts.google.com/"));
    play.wait(250_000).msg(Msg::Wake);
    assert!(play.screen().contains("About 1 minute left"), "{}", play.screen());
    play.wait(60_000).msg(Msg::Wake);
    assert!(play.screen().contains("The time for it is over"));
}

#[test]
fn a_file_of_a_review_is_edited_in_the_editor() {
    let mut play = opened();
    play.tell(review_ready(review())).after("je");
    let Some(Cmd::OpenEditor { purpose, text, suffix }) = play.cmds.pop() else {
        panic!("the editor opens")
    };
    assert!(text.contains("Deno.serve"));
    assert_eq!(suffix, ".ts");
    play.msg(Msg::Editor(EditorResult {
        purpose: purpose.clone(),
        text: Ok(text.clone()),
    }));
    assert_eq!(play.ops(), [], "nothing was changed");
    play.msg(Msg::Editor(EditorResult {
        purpose,
        text: Ok(format!("{text}// mine\n")),
    }));
    let [Op::Edit { changeset, path, .. }] = &play.ops()[..] else {
        panic!("the edit is sent")
    };
    assert_eq!(
        (changeset, path.as_str()),
        (
            &review().changeset.digest(),
            "base44/functions/send-booking-confirmation/entry.ts"
        )
    );
}

#[test]
fn a_comment_names_its_place() {
    let mut play = opened();
    play.tell(review_ready(review())).after("jjjcuse another icon<CR>");
    let [Op::Say { text }] = &play.ops()[..] else {
        panic!("it is said")
    };
    assert!(
        text.starts_with("About src/pages/Bookings.jsx, line ") && text.ends_with(": use another icon"),
        "{text}"
    );
}

#[test]
fn a_review_is_rejected_closed_and_undone() {
    let mut play = opened();
    play.tell(review_ready(review())).after("r");
    let changeset = review().changeset.digest();
    assert_eq!(
        play.ops(),
        [Op::Reject {
            changeset: changeset.clone()
        }]
    );
    play.tell(Event::ReviewClosed {
        changeset,
        how: "rejected".into(),
    });
    assert!(play.screen().contains("nothing was changed"));
    play.tell(Event::Applied {
        change: ChangeId(2),
        files: vec!["a.ts".into()],
    });
    assert!(
        play.screen()
            .contains("Applied as change 2: a.ts. /undo takes it back.")
    );
}

#[test]
fn scrolling_keeps_its_place_while_more_comes_and_over_a_resize() {
    let mut play = opened();
    let text: String = (0..200).map(|i| format!("Paragraph {i}.\n\n")).collect();
    play.tell(Event::TextDelta { turn: TurnId(1), text })
        .keys("<PgUp><PgUp><PgUp>");
    let top = play
        .screen()
        .lines()
        .find(|line| line.contains("Paragraph"))
        .unwrap()
        .to_owned();
    play.tell(Event::TextDelta {
        turn: TurnId(1),
        text: "More.\n\nAnd more.\n\n".into(),
    })
    .resize(90, 36)
    .resize(100, 36);
    assert!(play.screen().contains(&top), "{}", play.screen());
    assert!(play.screen().contains("More below"));
    play.keys("<End>");
    assert!(play.screen().contains("And more."));
}

#[test]
fn a_message_that_waited_is_said_once() {
    let mut play = opened();
    play.tell_all(turn("first"));
    play.tell(Event::Said {
        text: "second".into(),
        queued: true,
    });
    play.tell(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    });
    play.tell(Event::Said {
        text: "second".into(),
        queued: false,
    })
    .tell(Event::TurnStarted { turn: TurnId(2) });
    assert_eq!(play.screen().matches("› second").count(), 1, "{}", play.screen());
    assert!(!play.screen().contains("waits until"));
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(String),
    Paste(usize),
    Expand,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Up,
    Down,
    KillWord,
    KillEnd,
    KillStart,
    Yank,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    use Edit::*;
    let text = prop_oneof![
        "[a-z \n]{1,6}",
        "\\PC{1,4}",
        Just("👩‍👩‍👧".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("日本".to_owned())
    ];
    let edit = prop_oneof![
        4 => text.prop_map(Insert),
        1 => (9usize..12).prop_map(Paste),
        1 => Just(Expand),
        1 => prop::sample::select(vec![
            Backspace, Delete, Left, Right, WordLeft, WordRight, Home, End, Up, Down, KillWord, KillEnd, KillStart, Yank,
        ]),
    ];
    prop::collection::vec(edit, 0..40)
}

fn apply(composer: &mut Composer, edit: &Edit) {
    match edit {
        Edit::Insert(text) => composer.insert(text),
        Edit::Paste(lines) => composer.paste(&"ab c\n".repeat(*lines)),
        Edit::Expand => composer.expand(),
        Edit::Backspace => composer.backspace(),
        Edit::Delete => composer.delete_forward(),
        Edit::Left => composer.left(),
        Edit::Right => composer.right(),
        Edit::WordLeft => composer.word_left(),
        Edit::WordRight => composer.word_right(),
        Edit::Home => composer.home(),
        Edit::End => composer.end(),
        Edit::Up => drop(composer.up(10)),
        Edit::Down => drop(composer.down(10)),
        Edit::KillWord => composer.kill_word_back(),
        Edit::KillEnd => composer.kill_to_end(),
        Edit::KillStart => composer.kill_to_start(),
        Edit::Yank => composer.yank(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_cursor_is_never_inside_a_grapheme(edits in edits()) {
        let mut composer = Composer::default();
        for edit in &edits {
            apply(&mut composer, edit);
            let text = composer.text();
            let border = composer.cursor() == text.len() || text.grapheme_indices(true).any(|(at, _)| at == composer.cursor());
            prop_assert!(border, "{text:?} at {} after {edit:?}", composer.cursor());
            let control = text.contains(|c: char| c.is_control() && c != '\n');
            prop_assert!(!control, "{text:?}");
            prop_assert!(!composer.message().contains("[paste"), "{text:?} after {edit:?}");
        }
    }

    #[test]
    fn typing_and_deleting_gives_the_text_back(before in "[a-z \n]{0,20}", typed in "[a-zé日 ]{1,8}") {
        let mut composer = Composer::default();
        composer.insert(&before);
        let count = typed.graphemes(true).count();
        composer.insert(&typed);
        (0..count).for_each(|_| composer.backspace());
        prop_assert_eq!(composer.text(), before);
    }

    #[test]
    fn left_undoes_right(text in "\\PC{0,20}", steps in 0usize..10) {
        let mut composer = Composer::default();
        composer.insert(&text);
        composer.home();
        (0..steps).for_each(|_| composer.right());
        let at = composer.cursor();
        composer.right();
        if composer.cursor() != at {
            composer.left();
        }
        prop_assert_eq!(composer.cursor(), at);
    }
}
