//! Where a sign-in can't come back to, a pasted token takes its place; elsewhere it doesn't.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_patch::AppPath;
use linchpin_question::{Answer, Outcome, Question};
use linchpin_socket::{ConnectionView, Reply, Request};
use linchpin_tools::{Broker, Cx, Host, Pending, find};
use serde_json::{Value, json};

/// A broker that can't begin a sign-in, for one reason.
struct NoSignIn {
    code: &'static str,
    connections: Vec<ConnectionView>,
}

impl Broker for NoSignIn {
    fn ask<'a>(&'a self, request: Request) -> Pending<'a, Result<Reply, String>> {
        let reply = match request {
            Request::Connections { .. } => Reply::Connections {
                connections: self.connections.clone(),
            },
            _ => Reply::Error {
                message: "It can't begin.".to_owned(),
                code: self.code.to_owned(),
            },
        };
        Box::pin(async { Ok(reply) })
    }
}

struct NoFiles;

impl Host for NoFiles {
    fn read(&self, _: &AppPath) -> Option<String> {
        None
    }
}

fn slack(status: &str, scopes: &[&str]) -> ConnectionView {
    ConnectionView {
        connector: "slackbot".to_owned(),
        mode: "shared".to_owned(),
        status: status.to_owned(),
        reason: None,
        account: Some("Northlight".to_owned()),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        config: Default::default(),
        connected_at: 0,
        last_used_at: None,
    }
}

fn connect(connector: &str, broker: &NoSignIn, plan: &Value, answers: &[Answer]) -> Outcome {
    let app = App::default();
    let cx = Cx {
        app: &app,
        app_id: "app",
        catalog: Catalog::embedded(),
        suggestions: &[],
        broker,
        host: &NoFiles,
        answers,
        by_model: false,
        opens_browser: false,
        now_ms: 0,
    };
    let args = json!({"connector": connector, "mode": "shared", "plan": plan});
    let mut run = pin!(find("connect").unwrap().run(args, &cx));
    match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("this broker answers at once"),
    }
}

fn asked(outcome: Outcome) -> Question {
    match outcome {
        Outcome::Ask(question) => *question,
        other => panic!("it asks: {other:?}"),
    }
}

/// A plan of the app that posts to Slack.
fn posting() -> Value {
    json!({
        "name": "post", "purpose": "Posts.", "connector": "slackbot", "mode": "shared",
        "trigger": {"kind": "entity", "entity": "Booking", "events": ["create"], "when": []},
        "caller": {"kind": "automation"},
        "steps": [{"do": "call", "operation": "chat.postMessage", "body": {"text": "New"}}],
    })
}

#[test]
fn slack_is_connected_with_its_token() {
    for code in ["no_client", "https_only"] {
        let broker = NoSignIn {
            code,
            connections: Vec::new(),
        };
        let Question::Token(token) = asked(connect("slackbot", &broker, &Value::Null, &[Answer::OtherAccount])) else {
            panic!("{code}")
        };
        assert_eq!(
            (token.prefix.as_deref(), token.url.as_str(), token.other_account),
            (Some("xoxb-"), "https://api.slack.com/apps", true)
        );
    }
}

#[test]
fn who_can_sign_in_is_asked_for_a_client_though_a_token_could_be_pasted() {
    let broker = NoSignIn {
        code: "no_client",
        connections: Vec::new(),
    };
    for connector in ["notion", "hubspot"] {
        let question = asked(connect(connector, &broker, &Value::Null, &[Answer::Connect]));
        assert!(matches!(question, Question::Client(_)), "{connector}: {question:?}");
    }
}

#[test]
fn other_refusals_are_said() {
    let broker = NoSignIn {
        code: "port_taken",
        connections: Vec::new(),
    };
    let Outcome::Failed(failure) = connect("slackbot", &broker, &Value::Null, &[Answer::Connect]) else {
        panic!("it fails")
    };
    assert_eq!(failure.code, "port_taken");
}

#[test]
fn after_a_token_it_is_the_broker_who_says_whether_it_is_connected() {
    let stored = [Answer::Connect, Answer::TokenStored];
    let with = |connections| NoSignIn {
        code: "https_only",
        connections,
    };
    let Outcome::Done(done) = connect("slackbot", &with(vec![slack("active", &[])]), &Value::Null, &stored) else {
        panic!("it is connected")
    };
    assert_eq!(done.summary, "Slack is connected as Northlight");
    assert_eq!(
        (&done.data["connected"], &done.data["missing_scopes"]),
        (&json!(true), &json!([]))
    );
    for gone in [vec![], vec![slack("needs_reconnect", &[])]] {
        let Outcome::Failed(failure) = connect("slackbot", &with(gone), &Value::Null, &stored) else {
            panic!("it is not connected")
        };
        assert_eq!(failure.code, "not_connected");
    }
}

#[test]
fn the_permissions_a_plan_needs_are_named_and_missed() {
    let question = asked(connect(
        "slackbot",
        &NoSignIn {
            code: "no_client",
            connections: Vec::new(),
        },
        &posting(),
        &[Answer::Connect],
    ));
    let Question::Token(token) = question else {
        panic!("{question:?}")
    };
    assert!(token.why.contains("chat:write"), "{}", token.why);
    let broker = NoSignIn {
        code: "no_client",
        connections: vec![slack("active", &["channels:read"])],
    };
    let Outcome::Done(done) = connect("slackbot", &broker, &posting(), &[Answer::TokenStored]) else {
        panic!("it is connected")
    };
    assert!(done.summary.contains("lacks chat:write"), "{}", done.summary);
    assert!(!done.data["missing_scopes"].as_array().unwrap().is_empty());
}
