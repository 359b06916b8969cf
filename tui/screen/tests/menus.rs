//! Menus over the composer: palette, mentions, messages sent before; moved keys; long pastes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::bookings::*;
use common::{Play, looks};
use linchpin_protocol::{Event, Op, TurnId, Wanted};
use linchpin_screen::{Cmd, Msg, Settings};

fn opened() -> Play {
    let mut play = Play::new(80, 24);
    play.tell_all([hello(), app_read(), suggested()]);
    play
}

fn say(text: &str) -> Op {
    Op::Say { text: text.into() }
}

fn copied(play: &mut Play) -> Vec<String> {
    let cmds = std::mem::take(&mut play.cmds).into_iter();
    cmds.filter_map(|cmd| if let Cmd::Copy(text) = cmd { Some(text) } else { None })
        .collect()
}

#[test]
fn the_palette_finds_a_command_by_a_few_letters_and_keeps_the_draft() {
    let mut play = opened();
    play.keys("half a thought<C-p>und");
    assert!(
        play.screen().contains("take the last applied change back"),
        "{}",
        play.screen()
    );
    assert_eq!(play.keys("<CR>").ops(), [Op::Undo]);
    assert_eq!(play.model.draft(), "half a thought");
    play.keys("<C-p>zzzz");
    assert!(play.screen().contains("nothing fits"));
    play.keys("<Esc>");
    assert_eq!(play.model.draft(), "half a thought");
}

#[test]
fn a_sent_message_is_found_again() {
    let mut play = opened();
    for words in ["mail the clients", "post to slack", "mail me every day"] {
        play.keys(words).keys("<CR>");
    }
    play.ops();
    play.keys("<C-r>mail");
    let screen = play.screen();
    assert!(
        screen.contains("mail me every day") && screen.contains("mail the clients"),
        "{screen}"
    );
    play.keys("<C-r><CR>");
    assert_eq!(play.model.draft(), "mail the clients", "chosen, and not sent");
    assert_eq!(play.ops(), []);
}

#[test]
fn mentions_complete_what_the_app_and_the_catalog_have() {
    let mut play = opened();
    play.keys("Tell @cl");
    let wanted = play.cmds.iter().any(|cmd| matches!(cmd, Cmd::Find(Wanted::Catalog)));
    assert!(wanted, "the catalog is asked for when somebody names something");
    let screen = play.screen();
    assert!(screen.contains("@Client") && screen.contains("entity"), "{screen}");
    play.keys("<Tab>");
    assert_eq!(play.model.draft(), "Tell @Client ");
    play.msg(Msg::Found(looks::catalog()));
    play.keys("by @slk<CR>");
    assert_eq!(play.model.draft(), "Tell @Client by @slackbot ");
    assert_eq!(play.keys("<CR>").ops(), [say("Tell Client by Slack")]);
}

#[test]
fn a_mention_says_its_kind_where_a_name_is_two_things() {
    let mut play = opened();
    let Event::AppRead { mut summary } = app_read() else {
        unreachable!()
    };
    summary.pages.push("Client".into());
    play.tell(Event::AppRead { summary });
    play.keys("@Client page<Esc>");
    let mut play2 = opened();
    let Event::AppRead { mut summary } = app_read() else {
        unreachable!()
    };
    summary.pages.push("Client".into());
    play2.tell(Event::AppRead { summary });
    play2.keys("@Client<Tab>");
    assert_eq!(play2.model.draft(), "@entity:Client ");
}

#[test]
fn escape_closes_the_menu_of_a_mention_and_enter_sends_then() {
    let mut play = opened();
    play.keys("mail @Bo<Esc><CR>");
    assert_eq!(play.ops(), [say("mail @Bo")]);
}

#[test]
fn a_moved_key_works_and_is_shown() {
    let mut play = opened();
    let keys = [
        ("palette".to_owned(), "Ctrl+T".to_owned()),
        ("send".to_owned(), "q".to_owned()),
    ];
    play.model.set(&Settings {
        keys: keys.to_vec(),
        ..Settings::default()
    });
    assert!(
        play.screen().contains("it is what one writes with"),
        "{}",
        play.screen()
    );
    play.keys("<C-p>");
    assert!(!play.screen().contains("Command:"));
    play.keys("<C-t>help");
    assert!(play.screen().contains("Command: help"));
    play.keys("<CR>");
    assert!(play.screen().contains("Ctrl+T"), "{}", play.screen());
}

#[test]
fn a_long_paste_is_a_chip_that_can_be_opened_and_is_sent_whole() {
    let long = "line of a log\n".repeat(42);
    let mut play = opened();
    play.keys("what is ").msg(Msg::Paste(long.clone())).keys("?");
    assert!(
        play.screen().contains("what is [paste 1: 42 lines]?"),
        "{}",
        play.screen()
    );
    play.keys("<Left><BS>");
    assert_eq!(play.model.draft(), "what is ?", "one key takes all of it away");
    play.keys("<Left>").msg(Msg::Paste(long.clone()));
    let message = format!("what is{long} ?");
    play.keys("<CR>");
    assert_eq!(play.ops(), [say(&message)]);
    play.msg(Msg::Paste(long)).keys("<C-o>");
    assert!(play.screen().contains("line of a log"));
}

#[test]
fn what_the_model_wrote_is_copied_as_it_was_written() {
    let mut play = opened();
    play.tell_all(turn("how")).tell(Event::TextDelta {
        turn: TurnId(1),
        text: "Like **this**:\n\n```ts\nconst a = 1;\n```\n\nDone.".into(),
    });
    play.tell(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    });
    play.keys("/copy<CR>/code<CR>");
    assert_eq!(
        copied(&mut play),
        ["Like **this**:\n\n```ts\nconst a = 1;\n```\n\nDone.", "const a = 1;\n"]
    );
}

#[test]
fn evidence_is_shown_in_the_source() {
    let mut play = Play::new(120, 40);
    play.tell_all([hello(), app_read(), suggested()]).after("<Down>v");
    let wanted: Vec<Wanted> = std::mem::take(&mut play.cmds)
        .into_iter()
        .filter_map(|cmd| {
            if let Cmd::Find(wanted) = cmd {
                Some(wanted)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(wanted.len(), 2);
    play.msg(Msg::Found(linchpin_protocol::Found::Source {
        file: "base44/entities/Booking.jsonc".into(),
        line: 14,
        first: 12,
        text: [
            "  \"properties\": {",
            "    // who",
            "    \"client_email\": { \"type\": \"string\", \"format\": \"email\" },",
        ]
        .map(str::to_owned)
        .to_vec(),
    }));
    assert!(
        play.screen().contains("14     \"client_email\": { \"type\""),
        "{}",
        play.screen()
    );
}

#[test]
fn vims_keys_write_a_message() {
    let mut play = opened();
    play.keys("/vim<CR>helo world<Esc>bhi").keys("l<Esc>");
    assert!(play.screen().contains("commands"));
    assert_eq!(play.keys("A!<CR>").ops(), [say("helol world!")]);
    play.tell(Event::TurnStarted { turn: TurnId(1) }).keys("x<Esc>");
    assert_eq!(play.ops(), [], "the first Esc leads to the commands");
    assert_eq!(play.keys("<Esc>").ops(), [Op::Interrupt]);
}

#[test]
fn t_trm_07_pasting_ten_megabytes_sends_nothing_and_stays_small() {
    let mut play = opened();
    let paste = "rm -rf / \u{1b}[201~\r\ny\r\n".repeat(500_000);
    play.msg(Msg::Paste(paste));
    assert_eq!(play.ops(), []);
    assert!(play.model.draft().len() < 100, "a chip: {}", play.model.draft());
    play.keys("<CR>");
    let [Op::Say { text }] = &play.ops()[..] else {
        panic!("one message")
    };
    assert!(
        text.len() <= 256 * 1024 && !text.contains('\u{1b}'),
        "{} bytes",
        text.len()
    );
}

#[test]
fn a_mention_is_sent_as_the_name_it_stands_for_and_nothing_else_is_touched() {
    for (typed, sent) in [
        ("Mail @Client, then (@Booking).", "Mail Client, then (Booking)."),
        ("on @page:Clients", "on the page Clients"),
        (
            "Change @monthly-report: no Sundays",
            "Change monthly-report: no Sundays",
        ),
        (
            "write to mara@Client.com or @nobody",
            "write to mara@Client.com or @nobody",
        ),
        ("@", "@"),
    ] {
        let mut play = opened();
        play.msg(Msg::Found(looks::catalog())).msg(Msg::Paste(typed.into()));
        play.keys(" <Left><End><CR>");
        assert_eq!(play.ops(), [say(sent)], "{typed}");
    }
}
