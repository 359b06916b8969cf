//! The machine's laws, on random inputs and on the journey.

use std::collections::BTreeMap;

use linchpin_patch::{AppPath, Changeset, FileChange, Selection};
use linchpin_protocol::{AskId, CallId, ChangeId, Event, Op, TurnId};
use linchpin_question::{
    Answer, ChoiceQuestion, Failure, Mode, Outcome, Output, Question, Review, SignInQuestion, TokenQuestion,
};
use proptest::prelude::*;
use serde_json::json;

use super::{AppliedFiles, Effect, Input, Machine};
use crate::model::{Message, Reply, ToolCall};

fn review(text: &str) -> Review {
    let file = FileChange {
        path: AppPath::new("base44/functions/f/entry.ts").unwrap(),
        base: None,
        next: Some(text.to_owned()),
    };
    Review {
        changeset: Changeset::new(vec![file]).unwrap(),
        title: "a change".to_owned(),
        functions: Vec::new(),
        blocked: text.contains("blocked"),
        model_says: None,
    }
}

fn choice() -> Question {
    Question::Choice(ChoiceQuestion {
        key: "channel".to_owned(),
        text: "Which channel?".to_owned(),
        options: vec!["#ops".to_owned()],
        free: false,
        placeholder: String::new(),
    })
}

fn sign_in() -> Question {
    Question::SignIn(SignInQuestion {
        connector: "gmail".to_owned(),
        connector_name: "Gmail".to_owned(),
        mode: Mode::Shared,
        flow: "f1".to_owned(),
        url: "https://accounts.example/".to_owned(),
        expires_in: 600,
        notes: Vec::new(),
        browser_opened: false,
    })
}

fn resumed() -> Input {
    Input::Started {
        session: "s".to_owned(),
        app: ".".to_owned(),
        model: "guide".to_owned(),
        notes: Vec::new(),
        resumed: true,
    }
}

fn call(tool: &str, n: u32) -> ToolCall {
    ToolCall {
        id: format!("c{n}"),
        tool: tool.to_owned(),
        args: json!({"n": n}),
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Done(Output {
            summary: "ok".to_owned(),
            data: json!({})
        })),
        Just(Outcome::Failed(Failure::new("no", "It did not work."))),
        Just(Outcome::Ask(Box::new(choice()))),
        Just(Outcome::Ask(Box::new(sign_in()))),
        prop::sample::select(vec!["a\n", "b\n", "blocked\n"]).prop_map(|t| Outcome::Propose(Box::new(review(t)))),
    ]
}

/// Inputs that often fit what the machine waits for, and often don't.
fn input() -> impl Strategy<Value = Input> {
    let turn = (0_u32..6).prop_map(TurnId);
    let digest = prop::sample::select(vec!["a\n", "b\n", "blocked\n"]).prop_map(|t| review(t).changeset);
    let op = prop_oneof![
        4 => Just(Op::Say { text: "hello".to_owned() }),
        1 => Just(Op::Interrupt),
        1 => Just(Op::Undo),
        3 => (0_u32..5, prop_oneof![
            Just(Answer::Text("#ops".to_owned())), Just(Answer::Skip), Just(Answer::Mode(Mode::Shared)),
            Just(Answer::SignedIn { account: "x".to_owned(), scopes: Vec::new(), missing: Vec::new() }),
        ]).prop_map(|(n, answer)| Op::Answer { ask: AskId(n), answer }),
        3 => (digest.clone(), any::<bool>()).prop_map(|(c, all)| Op::Decide {
            changeset: c.digest(),
            hunks: if all { Selection::all(&c.hunks()) } else { Selection::default() },
        }),
        1 => digest.clone().prop_map(|c| Op::Reject { changeset: c.digest() }),
        1 => digest.clone().prop_map(|c| Op::Edit { changeset: c.digest(), path: "base44/functions/f/entry.ts".to_owned(), text: "b\n".to_owned() }),
        1 => Just(Op::Connect { connector: "gmail".to_owned(), mode: Mode::Shared, other_account: false }),
    ];
    prop_oneof![
        6 => op.prop_map(|op| Input::Op { op }),
        2 => (turn.clone(), "[a-z]{0,3}").prop_map(|(turn, text)| Input::Delta { turn, text }),
        4 => (turn.clone(), 0_u32..3).prop_map(|(turn, n)| Input::ModelReplied {
            turn,
            reply: Reply { text: "words".to_owned(), calls: (0..n).map(|i| call("read_app", i)).collect(), ..Reply::default() },
        }),
        1 => turn.prop_map(|turn| Input::ModelFailed { turn, message: "The model is away.".to_owned() }),
        6 => (0_u32..12, outcome()).prop_map(|(n, outcome)| Input::ToolEnded { call: CallId(n), outcome }),
        2 => (0_u32..5).prop_map(|n| Input::SignInEnded { ask: AskId(n), answer: Answer::SignInFailed { message: "no".to_owned(), code: "no".to_owned() } }),
        2 => (digest.clone(), any::<bool>()).prop_map(|(c, ok)| Input::Applied {
            changeset: c.digest(),
            result: if ok { Ok(AppliedFiles { change: ChangeId(1), files: Vec::new() }) } else { Err("The disk is full.".to_owned()) },
        }),
        1 => Just(resumed()),
        1 => digest.prop_map(|c| Input::Rechecked { changeset: c.digest(), outcome: Outcome::Propose(Box::new(review("b\n"))) }),
    ]
}

/// Pairs that are open after some effects: each start has had at most one end.
#[derive(Default)]
struct Open {
    tools: BTreeMap<CallId, u32>,
    asks: BTreeMap<AskId, u32>,
    shown: Option<linchpin_patch::Digest>,
}

impl Open {
    fn take(&mut self, effects: &[Effect]) {
        for effect in effects {
            let Effect::Emit(event) = effect else { continue };
            match event {
                Event::ToolStarted { call, .. } => {
                    assert!(self.tools.insert(*call, 0).is_none(), "{call:?} started twice")
                }
                Event::ToolFinished { call, .. } => {
                    let ends = self.tools.get_mut(call).expect("finished and never started");
                    *ends += 1;
                    assert_eq!(*ends, 1, "{call:?} finished twice");
                }
                Event::Asked { ask, .. } => assert!(self.asks.insert(*ask, 0).is_none()),
                Event::Settled { ask, .. } => {
                    let ends = self.asks.get_mut(ask).expect("settled and never asked");
                    *ends += 1;
                    assert_eq!(*ends, 1, "{ask:?} settled twice");
                }
                Event::ReviewReady { changeset, .. } => self.shown = Some(changeset.clone()),
                Event::ReviewClosed { .. } => self.shown = None,
                _ => {}
            }
        }
    }

    fn all_ended(&self) -> bool {
        self.tools.values().chain(self.asks.values()).all(|ends| *ends == 1)
    }
}

/// Every call of the model is answered, in order, before anything else is said to it.
fn well_formed(messages: &[Message]) -> bool {
    let mut waiting: Vec<&str> = Vec::new();
    for message in messages {
        match message {
            Message::User { .. } if !waiting.is_empty() => return false,
            Message::User { .. } => {}
            Message::Assistant { calls, .. } if waiting.is_empty() => {
                waiting = calls.iter().map(|c| c.id.as_str()).collect()
            }
            Message::Assistant { .. } => return false,
            Message::Tool { id, .. } => match waiting.iter().position(|w| w == id) {
                Some(0) => drop(waiting.remove(0)),
                _ => return false,
            },
        }
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn laws_hold_for_any_inputs(inputs in prop::collection::vec(input(), 0..60)) {
        let (mut machine, mut twin, mut open) = (Machine::new(), Machine::new(), Open::default());
        for input in inputs {
            let shown = open.shown.clone();
            let effects = machine.step(input.clone());
            // Deterministic, and the log's wire form loses nothing.
            let logged: Input = serde_json::from_str(&serde_json::to_string(&input).unwrap()).unwrap();
            prop_assert_eq!(&effects, &twin.step(logged));
            for effect in &effects {
                if let Effect::Apply { reviewed, changeset, .. } = effect {
                    prop_assert_eq!(Some(reviewed), shown.as_ref(), "applied what was not on screen");
                    prop_assert!(!changeset.is_empty());
                    let decided = matches!(&input, Input::Op { op: Op::Decide { changeset, .. } } if changeset == reviewed);
                    prop_assert!(decided, "applied without a decision");
                    let blocked = review("blocked\n").changeset.digest() == *reviewed;
                    prop_assert!(!blocked, "applied what the policy blocks");
                }
                if let Effect::RunTool { answers, .. } = effect {
                    let from_person = matches!(&input, Input::Op { .. });
                    let signed_in = matches!(answers.last(), Some(Answer::SignedIn { .. }));
                    prop_assert!(!(from_person && signed_in), "a person said that they are signed in");
                }
            }
            open.take(&effects);
            if machine.is_idle() {
                prop_assert!(open.all_ended());
            }
            prop_assert!(well_formed(machine.messages()), "{:?}", machine.messages());
        }
        prop_assert_eq!(&machine, &twin);
        // Whatever was under way, an interruption ends it, unless the disk is being written.
        let effects = machine.step(Input::Op { op: Op::Interrupt });
        open.take(&effects);
        let goes_on = effects.iter().any(|e| matches!(e, Effect::RunTool { .. } | Effect::CallModel { .. } | Effect::Apply { .. }));
        prop_assert!(!goes_on);
        if machine.is_idle() {
            prop_assert!(open.all_ended());
        }
    }
}

/// Steps through the journey and says which effects came.
fn journey(machine: &mut Machine, inputs: Vec<Input>) -> Vec<Effect> {
    inputs.into_iter().flat_map(|input| machine.step(input)).collect()
}

fn say(text: &str) -> Input {
    Input::Op {
        op: Op::Say { text: text.to_owned() },
    }
}

fn replied(turn: u32, calls: Vec<ToolCall>) -> Input {
    Input::ModelReplied {
        turn: TurnId(turn),
        reply: Reply {
            calls,
            ..Reply::default()
        },
    }
}

#[test]
fn a_comment_on_a_review_goes_back_to_the_model() {
    let mut machine = Machine::new();
    let effects = journey(
        &mut machine,
        vec![
            say("post to Slack"),
            replied(1, vec![call("plan_function", 1)]),
            Input::ToolEnded {
                call: CallId(1),
                outcome: Outcome::Propose(Box::new(review("a\n"))),
            },
            say("only confirmed ones"),
        ],
    );
    let how = effects.iter().find_map(|e| match e {
        Effect::Emit(Event::ReviewClosed { how, .. }) => Some(how.as_str()),
        _ => None,
    });
    assert_eq!(how, Some("superseded"));
    assert_eq!(effects.last(), Some(&Effect::CallModel { turn: TurnId(1) }));
    assert!(matches!(machine.messages().last(), Some(Message::User { text }) if text == "only confirmed ones"));
}

#[test]
fn a_failed_apply_keeps_the_review_open() {
    let mut machine = Machine::new();
    let changeset = review("a\n").changeset;
    journey(
        &mut machine,
        vec![
            say("post to Slack"),
            replied(1, vec![call("plan_function", 1)]),
            Input::ToolEnded {
                call: CallId(1),
                outcome: Outcome::Propose(Box::new(review("a\n"))),
            },
            Input::Op {
                op: Op::Decide {
                    changeset: changeset.digest(),
                    hunks: Selection::all(&changeset.hunks()),
                },
            },
            Input::Applied {
                changeset: changeset.digest(),
                result: Err("The disk is full.".to_owned()),
            },
        ],
    );
    assert_eq!(
        machine.review().map(|(digest, _)| digest.clone()),
        Some(changeset.digest())
    );
}

#[test]
fn what_is_said_during_a_turn_waits_for_its_end() {
    let mut machine = Machine::new();
    let effects = journey(&mut machine, vec![say("one"), say("two"), replied(1, Vec::new())]);
    assert!(effects.contains(&Effect::Emit(Event::Said {
        text: "two".to_owned(),
        queued: true
    })));
    assert_eq!(effects.last(), Some(&Effect::CallModel { turn: TurnId(2) }));
}

#[test]
fn a_model_that_repeats_itself_is_stopped() {
    let mut machine = Machine::new();
    let mut effects = machine.step(say("go"));
    for n in 1..10 {
        effects.extend(machine.step(replied(1, vec![call("read_app", 0)])));
        effects.extend(machine.step(Input::ToolEnded {
            call: CallId(n),
            outcome: Outcome::Done(Output::default()),
        }));
    }
    let runs = effects.iter().filter(|e| matches!(e, Effect::RunTool { .. })).count();
    assert_eq!(runs, 3);
    assert!(machine.is_idle());
}

#[test]
fn resuming_a_sign_in_begins_it_again() {
    let mut machine = Machine::new();
    journey(
        &mut machine,
        vec![
            say("connect"),
            replied(1, vec![call("connect", 1)]),
            Input::ToolEnded {
                call: CallId(1),
                outcome: Outcome::Ask(Box::new(sign_in())),
            },
        ],
    );
    let effects = machine.step(resumed());
    assert!(
        matches!(effects.last(), Some(Effect::RunTool { answers, .. }) if answers.is_empty()),
        "{effects:?}"
    );
}

/// What a resumption does to the machine is in the log, so a session can be killed twice.
#[test]
fn a_session_that_was_resumed_in_a_sign_in_is_replayed_to_where_it_got() {
    let inputs = vec![
        say("connect"),
        replied(1, vec![call("connect", 1)]),
        Input::ToolEnded {
            call: CallId(1),
            outcome: Outcome::Ask(Box::new(sign_in())),
        },
        resumed(),
        Input::ToolEnded {
            call: CallId(1),
            outcome: Outcome::Ask(Box::new(sign_in())),
        },
        Input::Op {
            op: Op::Answer {
                ask: AskId(2),
                answer: Answer::Skip,
            },
        },
        Input::ToolEnded {
            call: CallId(1),
            outcome: Outcome::Done(Output::default()),
        },
        replied(1, vec![call("plan_function", 2)]),
        Input::ToolEnded {
            call: CallId(2),
            outcome: Outcome::Propose(Box::new(review("a\n"))),
        },
    ];
    let mut machine = Machine::new();
    journey(&mut machine, inputs);
    assert_eq!(
        machine.review().map(|(digest, _)| digest.clone()),
        Some(review("a\n").changeset.digest())
    );
}

#[test]
fn a_stored_token_runs_the_tool_again_and_answers_nothing_else() {
    let token = Question::Token(TokenQuestion {
        connector: "slackbot".to_owned(),
        connector_name: "Slack".to_owned(),
        mode: Mode::Shared,
        name: "bot token".to_owned(),
        prefix: None,
        url: "https://slack.example/".to_owned(),
        why: String::new(),
        other_account: false,
        config: Default::default(),
    });
    for (question, fits) in [(token, true), (sign_in(), false), (choice(), false)] {
        let mut machine = Machine::new();
        journey(&mut machine, vec![say("connect"), replied(1, vec![call("connect", 1)])]);
        machine.step(Input::ToolEnded {
            call: CallId(1),
            outcome: Outcome::Ask(Box::new(question)),
        });
        let effects = machine.step(Input::Op {
            op: Op::Answer {
                ask: AskId(1),
                answer: Answer::TokenStored,
            },
        });
        let again = effects
            .iter()
            .any(|e| matches!(e, Effect::RunTool { answers, .. } if answers == &[Answer::TokenStored]));
        assert_eq!(again, fits, "{effects:?}");
    }
}
