//! The same journey as lines: labelled, numbered, only ever added.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::bookings::*;
use linchpin_protocol::patch::HunkId;
use linchpin_protocol::question::{Answer, Mode};
use linchpin_protocol::{AskId, ChangeId, Event, Op, TurnId};
use linchpin_screen::{Cmd, Linear, Look, Masked, Now, ToStore};

struct Lines {
    linear: Linear,
    now: Now,
    out: Vec<String>,
}

impl Lines {
    fn new() -> Self {
        let now = Now {
            since_start: Duration::ZERO,
            unix_millis: 1_800_000_000_000,
        };
        Self {
            linear: Linear::new(Look::default()),
            now,
            out: vec![],
        }
    }

    fn tell(&mut self, event: Event) -> &mut Self {
        let lines = self.linear.event(event, self.now);
        self.out.extend(lines);
        self
    }

    /// Types a line well after what is on screen has appeared.
    fn type_line(&mut self, line: &str) -> Vec<Cmd> {
        self.now.since_start += Duration::from_secs(1);
        let (cmds, lines) = self.linear.line(line, self.now);
        self.out.push(format!("> {line}"));
        self.out.extend(lines);
        cmds
    }

    fn ops(&mut self, line: &str) -> Vec<Op> {
        self.type_line(line)
            .into_iter()
            .filter_map(|cmd| if let Cmd::Send(op) = cmd { Some(op) } else { None })
            .collect()
    }
}

fn answer(answer: Answer) -> Vec<Op> {
    vec![Op::Answer { ask: AskId(1), answer }]
}

#[test]
fn the_whole_journey() {
    let mut lines = Lines::new();
    [hello(), Event::Reading { done: 1, total: 9 }, app_read(), suggested()]
        .into_iter()
        .for_each(|event| {
            lines.tell(event);
        });
    assert_eq!(
        lines.ops("1"),
        [Op::Accept {
            suggestion: "gmail-1".into()
        }]
    );
    turn("Email each client a confirmation when their booking is confirmed")
        .into_iter()
        .for_each(|event| {
            lines.tell(event);
        });
    lines.tell(asked(1, mode_question()));
    assert_eq!(lines.ops("shared"), answer(Answer::Mode(Mode::Shared)));
    lines.tell(Event::Settled {
        ask: AskId(1),
        words: "One account for everyone".into(),
    });
    lines.tell(asked(1, permissions_question()));
    assert_eq!(lines.ops("1"), answer(Answer::Connect));
    lines
        .tell(Event::Settled {
            ask: AskId(1),
            words: "Connect".into(),
        })
        .tell(asked(1, sign_in_question()));
    lines.tell(Event::Settled {
        ask: AskId(1),
        words: "Connected as ann@studio.example".into(),
    });
    common::bookings::answer().into_iter().for_each(|event| {
        lines.tell(event);
    });
    lines.tell(review_ready(review()));
    let [Op::Decide { hunks, .. }] = &lines.ops("apply 1 3")[..] else {
        panic!("it applies")
    };
    assert!(
        hunks.contains(HunkId { file: 0, hunk: 0 }) && hunks.contains(HunkId { file: 2, hunk: 0 }) && hunks.len() == 2
    );
    lines.tell(Event::Applied {
        change: ChangeId(1),
        files: vec!["base44/connectors/gmail.jsonc".into()],
    });
    lines.tell(Event::ReviewClosed {
        changeset: review().changeset.digest(),
        how: "applied".into(),
    });
    lines
        .tell(Event::TurnEnded {
            turn: TurnId(1),
            how: "done".into(),
        })
        .tell(connections());
    insta::assert_snapshot!("linear_journey", lines.out.join("\n"));
}

#[test]
fn a_line_that_came_before_the_question_does_not_answer_it() {
    let mut lines = Lines::new();
    lines
        .tell(hello())
        .tell(app_read())
        .tell(asked(1, permissions_question()));
    let (cmds, said) = lines.linear.line("1", lines.now);
    assert!(cmds.is_empty() && said[0].contains("before the question"), "{said:?}");
    assert_eq!(lines.ops("connect"), answer(Answer::Connect));
}

#[test]
fn a_prepared_line_waits_until_it_is_wanted() {
    let mut lines = Lines::new();
    assert!(!lines.linear.wants_line(), "the app is not read");
    lines.tell(hello()).tell(app_read());
    assert!(lines.linear.wants_line());
    lines.ops("Send me a daily email");
    assert!(!lines.linear.wants_line(), "the agent has not answered");
    turn("Send me a daily email").into_iter().for_each(|event| {
        lines.tell(event);
    });
    assert!(!lines.linear.wants_line());
    lines.tell(asked(1, choice_question()));
    assert!(lines.linear.wants_line());
    assert_eq!(
        lines.ops("2"),
        answer(Answer::Text("Every Monday at 09:00, Europe/Berlin".into()))
    );
    lines.tell(Event::TurnEnded {
        turn: TurnId(1),
        how: "done".into(),
    });
    assert!(lines.linear.wants_line());
}

#[test]
fn a_secret_is_hidden_and_handed_on() {
    let mut lines = Lines::new();
    lines.tell(hello()).tell(app_read()).tell(asked(1, client_question()));
    assert!(lines.type_line("my-client").is_empty());
    assert!(lines.linear.wants_secret());
    let cmds = lines.type_line("1");
    let [Cmd::Store(ToStore::Client(client))] = &cmds[..] else {
        panic!("a secret that looks like an answer is a secret")
    };
    assert_eq!(
        (client.client_id.as_str(), client.secret.as_ref().map(Masked::expose)),
        ("my-client", Some("1"))
    );
    assert!(!lines.linear.wants_secret());
    let (cmds, _) = lines.linear.stored(Ok(()), lines.now);
    assert!(matches!(
        &cmds[..],
        [Cmd::Send(Op::Answer {
            answer: Answer::ClientStored,
            ..
        })]
    ));
}

#[test]
fn a_token_is_hidden_checked_and_handed_on() {
    let mut lines = Lines::new();
    lines.tell(hello()).tell(app_read());
    assert!(!lines.linear.wants_secret());
    lines.tell(asked(1, token_question()));
    assert!(lines.linear.wants_secret(), "hidden before the first key");
    assert!(lines.type_line("xoxp-wrong").is_empty());
    assert!(
        lines.out.last().unwrap().contains("begins with xoxb-"),
        "{:?}",
        lines.out
    );
    let cmds = lines.type_line("xoxb-right");
    let [Cmd::Store(ToStore::Token(token))] = &cmds[..] else {
        panic!("the token is handed on")
    };
    assert_eq!((token.ask, token.token.expose()), (AskId(1), "xoxb-right"));
    assert!(lines.type_line("xoxb-again").is_empty(), "one at a time");
    let (cmds, said) = lines.linear.stored(Err("Slack does not know it.".into()), lines.now);
    assert!(
        cmds.is_empty() && said[0].contains("Slack does not know it."),
        "{said:?}"
    );
    assert_eq!(lines.type_line("xoxb-right").len(), 1);
    let (cmds, _) = lines.linear.stored(Ok(()), lines.now);
    assert!(matches!(
        &cmds[..],
        [Cmd::Send(Op::Answer {
            answer: Answer::TokenStored,
            ..
        })]
    ));
    assert!(!lines.linear.wants_secret());
    lines.tell(asked(1, token_question()));
    assert_eq!(lines.ops("1"), answer(Answer::Skip));
}

#[test]
fn a_review_is_edited_commented_rejected_and_never_applied_when_blocked() {
    let mut lines = Lines::new();
    lines.tell(hello()).tell(app_read()).tell(review_ready(review()));
    let cmds = lines.type_line("edit 2");
    assert!(matches!(&cmds[..], [Cmd::OpenEditor { text, .. }] if text.contains("Deno.serve")));
    assert_eq!(
        lines.ops("apply on Mondays only"),
        [Op::Say {
            text: "apply on Mondays only".into()
        }]
    );
    assert_eq!(lines.ops("apply 9"), []);
    assert_eq!(
        lines.ops("reject"),
        [Op::Reject {
            changeset: review().changeset.digest()
        }]
    );
    let mut blocked = review();
    blocked.blocked = true;
    lines.tell(review_ready(blocked));
    assert_eq!(lines.ops("apply"), []);
    assert!(lines.out.last().unwrap().contains("policy forbids"));
}

#[test]
fn disconnecting_takes_a_yes() {
    let mut lines = Lines::new();
    lines.tell(hello()).tell(app_read()).tell(connections());
    assert_eq!(lines.ops("disconnect 1"), []);
    assert_eq!(lines.ops("1"), []);
    assert_eq!(lines.ops("disconnect 1"), []);
    assert_eq!(
        lines.ops("yes"),
        [Op::Disconnect {
            connector: "gmail".into(),
            mode: Mode::Shared
        }]
    );
}
