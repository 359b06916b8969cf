//! Whatever is said, the guide answers: without a panic, with at most one call, and the same each time.

use std::fmt::Write as _;

use linchpin_agent::model::{Known, Message, guide};
use proptest::prelude::*;

use super::desk::{NOW, Talk, ZONE};

const WORDS: &[&str] = &[
    "when",
    "whenever",
    "every",
    "each",
    "a",
    "the",
    "booking",
    "bookings",
    "client",
    "task",
    "lead",
    "invoice",
    "is",
    "created",
    "confirmed",
    "paid",
    "email",
    "slack",
    "#ops",
    "calendar",
    "sheet",
    "hubspot",
    "notion",
    "me",
    "cc",
    "to",
    "and",
    "then",
    "only",
    "ones",
    "instead",
    "weekly",
    "daily",
    "at",
    "9",
    "17:30",
    "Europe/Berlin",
    "monday",
    "not",
    "over",
    "500",
    "“hi”",
    "\"",
    "'",
    "{",
    "{{",
    "}}",
    "[price]",
    "undo",
    "why",
    "disconnect",
    "use",
    "my",
    "list",
    "before",
    "day",
    "days",
    "month",
    "x@y.zz",
    "https://docs.google.com/spreadsheets/d/1",
    ",",
    ".",
    "ß",
    "שלום",
    "🙂",
    "the day before",
    "subject",
    "with",
    "name",
    "price",
    "invite",
    "dont",
    "also",
    "too",
    "button",
    "shared",
    "their",
    "own",
    "due",
    "overdue",
    "today",
    "hour",
    "hours",
];

fn words() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(WORDS).prop_map(str::to_owned);
    let any = "\\PC{0,8}";
    proptest::collection::vec(prop_oneof![9 => known, 1 => any], 0..14).prop_map(|all| all.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_words_get_an_answer(first in words(), second in words()) {
        let talk = Talk::on("bookings");
        let known = Known { world: talk.world(), connections: &[], time_zone: ZONE, now_ms: NOW };
        let mut messages = vec![Message::User { text: first }];
        for text in [second, String::new()] {
            let reply = guide::respond(&messages, &known);
            prop_assert_eq!(&reply, &guide::respond(&messages, &known));
            prop_assert!(reply.calls.len() <= 1);
            prop_assert!(!(reply.text.is_empty() && reply.calls.is_empty()), "it says nothing");
            for call in &reply.calls {
                prop_assert!(linchpin_tools::find(&call.tool).is_some(), "there is no tool {}", call.tool);
            }
            let calls = reply.calls.clone();
            messages.push(Message::Assistant { text: reply.text, calls: reply.calls });
            for call in calls {
                messages.push(Message::Tool { id: call.id, tool: call.tool, ok: true, data: serde_json::json!({"answer": text, "mode": "shared", "connected": true}) });
            }
            messages.push(Message::User { text });
        }
    }
}

/// A conversation as the builder reads it.
#[test]
fn how_it_speaks() {
    let mut talk = Talk::on("bookings").answer("channel", "#bookings");
    let mut out = String::new();
    let mut hear = |who: &str, text: &str| writeln!(out, "{who}> {text}\n").unwrap();
    for words in [
        "hello",
        "Send me a daily email with my to-do list using Gmail",
        "use Monday 9:00 Europe/London",
        "what can it access?",
    ] {
        hear("builder", words);
        hear("guide", talk.say(words).text.trim());
    }
    hear("builder", "applies it");
    talk.say("show it again");
    hear("guide", talk.decide(true).text.trim());
    for words in [
        "add a Slack message when a booking is created",
        "only those over 300",
        "why?",
        "post it to Mattermost too",
        "what's my horoscope?",
    ] {
        hear("builder", words);
        hear("guide", talk.say(words).text.trim());
    }
    insta::assert_snapshot!(out);
}
