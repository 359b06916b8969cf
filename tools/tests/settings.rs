//! `connect` where a vendor needs more than a sign-in: settings first, or an API key in its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_patch::AppPath;
use linchpin_question::{Answer, Outcome, Question};
use linchpin_socket::{ConnectionView, Flow, Reply, Request, Way};
use linchpin_tools::{Broker, Cx, Host, Pending, find};
use serde_json::{Value, json};

const DESK: &str = r#"
id = "desk"
name = "Desk"
categories = ["support"]
purpose = "Tickets."
hosts = ["https://{subdomain}.desk.test"]
verified_on = "2026-11-23"
sources = ["https://desk.test"]
scopes = []
operations = []

[auth]
family = "desk"
authorize_url = "https://{subdomain}.desk.test/authorize"
token_url = "https://{subdomain}.desk.test/token"

[auth.identity]
method = "GET"
url = "https://{subdomain}.desk.test/me"
id = "/id"
label = "/name"

[[config]]
name = "subdomain"
display_name = "Subdomain"
description = "The first part of the address."
placeholder = "acme"
required = true
validation_pattern = "^[a-z]+$"

[[config]]
name = "realm"
display_name = "Realm"
description = "Told by the vendor."
placeholder = "1"
required = true
from_redirect = "realm"

[advice]
default = "shared"
personal = false
reason = "Because."

[setup]
console_url = "https://desk.test"
steps = []
"#;

fn mail() -> String {
    let key = r#"
[auth.key]
secret = "MAIL_API_KEY"
name = "API key"
prefix = "mk_"
url = "https://mail.test/keys"
place = "header"
field = "Authorization"
template = "Bearer {key}"
reach = "Whoever has it sends mail."
"#;
    let start = DESK.find("authorize_url").unwrap();
    let end = DESK.find("[auth.identity]").unwrap();
    let text = format!("{}{key}\n{}", &DESK[..start], &DESK[end..]);
    text.replace("desk", "mail").replace("Desk", "Mail")
}

#[derive(Default)]
struct Recorder {
    asked: Mutex<Vec<Request>>,
    refuse: Option<&'static str>,
    connections: Vec<ConnectionView>,
}

impl Broker for Recorder {
    fn ask<'a>(&'a self, request: Request) -> Pending<'a, Result<Reply, String>> {
        let reply = match (&request, self.refuse) {
            (Request::Connections { .. }, _) => Reply::Connections {
                connections: self.connections.clone(),
            },
            (_, Some(code)) => Reply::Error {
                message: "The value for Subdomain can't be used.".into(),
                code: code.into(),
            },
            _ => Reply::Begun {
                flow: Flow {
                    id: "f".into(),
                    authorize_url: "https://acme.desk.test/authorize".into(),
                    user_code: None,
                    redirect_uri: String::new(),
                    expires_in: 600,
                    notes: Vec::new(),
                },
            },
        };
        self.asked.lock().unwrap().push(request);
        Box::pin(async { Ok(reply) })
    }
}

struct NoFiles;

impl Host for NoFiles {
    fn read(&self, _: &AppPath) -> Option<String> {
        None
    }
}

fn connect(broker: &Recorder, args: Value, answers: &[Answer]) -> Outcome {
    let mail = mail();
    let catalog = Catalog::from_files(&[("desk.toml", DESK), ("mail.toml", &mail)]).unwrap();
    let app = App::default();
    let cx = Cx {
        app: &app,
        app_id: "app",
        catalog: &catalog,
        suggestions: &[],
        broker,
        host: &NoFiles,
        answers,
        by_model: true,
        opens_browser: false,
        now_ms: 0,
    };
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

fn desk(broker: &Recorder, answers: &[Answer]) -> Question {
    asked(connect(
        broker,
        json!({ "connector": "desk", "mode": "shared" }),
        answers,
    ))
}

#[test]
fn settings_are_asked_for_before_the_sign_in() {
    let broker = Recorder::default();
    assert!(matches!(desk(&broker, &[]), Question::Permissions(_)));
    let Question::Choice(choice) = desk(&broker, &[Answer::Connect]) else {
        panic!("a setting is asked for")
    };
    assert_eq!(
        (choice.key.as_str(), choice.placeholder.as_str(), choice.free),
        ("subdomain", "acme", true)
    );
    assert!(choice.text.contains("Subdomain of Desk"), "{}", choice.text);
    // What the vendor says by itself is not asked for.
    let answers = [Answer::Connect, Answer::Text(" acme ".into())];
    assert!(matches!(desk(&broker, &answers), Question::SignIn(_)));
    let Some(Request::Begin { config, way, .. }) = broker.asked.lock().unwrap().pop() else {
        panic!("begun")
    };
    assert_eq!(config, BTreeMap::from([("subdomain".to_owned(), "acme".to_owned())]));
    assert_eq!(way, Way::Browser);
}

#[test]
fn a_setting_that_can_not_be_used_is_asked_for_again() {
    let broker = Recorder {
        refuse: Some("bad_config"),
        ..Recorder::default()
    };
    let mut answers = vec![Answer::Connect, Answer::Text("acme.evil".into())];
    for _ in 0..2 {
        let Question::Choice(choice) = desk(&broker, &answers) else {
            panic!("asked again")
        };
        assert!(
            choice.text.starts_with("The value for Subdomain can't be used."),
            "{}",
            choice.text
        );
        answers.push(Answer::Text("still.evil".into()));
    }
    // The last answer counts.
    let Some(Request::Begin { config, .. }) = broker.asked.lock().unwrap().pop() else {
        panic!("begun")
    };
    assert_eq!(config["subdomain"], "still.evil");
}

#[test]
fn what_is_stored_already_is_not_asked_for() {
    let held = ConnectionView {
        connector: "desk".into(),
        mode: "shared".into(),
        status: "active".into(),
        reason: None,
        account: Some("Acme".into()),
        scopes: Vec::new(),
        config: BTreeMap::from([("subdomain".to_owned(), "acme".to_owned())]),
        connected_at: 0,
        last_used_at: None,
    };
    let broker = Recorder {
        connections: vec![held],
        ..Recorder::default()
    };
    assert!(matches!(desk(&broker, &[Answer::OtherAccount]), Question::SignIn(_)));
}

#[test]
fn a_key_takes_the_place_of_a_sign_in_and_says_what_is_left_to_do() {
    let broker = Recorder::default();
    let mail = |answers: &[Answer]| connect(&broker, json!({ "connector": "mail", "mode": "shared" }), answers);
    let Question::Permissions(card) = asked(mail(&[])) else {
        panic!("the permissions first")
    };
    let left = card.after.last().unwrap();
    assert!(
        left.contains("MAIL_API_KEY") && left.contains("base44 secrets set --env-file"),
        "{left}"
    );
    let Question::Token(token) = asked(mail(&[Answer::Connect, Answer::Text("acme".into())])) else {
        panic!("the key is asked for")
    };
    assert_eq!((token.name.as_str(), token.prefix.as_deref()), ("API key", Some("mk_")));
    assert!(token.why.contains("Whoever has it sends mail."), "{}", token.why);
    assert_eq!(token.config["subdomain"], "acme");
    let asked = broker.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|request| matches!(request, Request::Connections { .. })),
        "nothing is begun"
    );
}

#[test]
fn t_oa_17_no_tool_starts_a_code_for_another_device() {
    let broker = Recorder::default();
    for more in [
        json!({ "device": true }),
        json!({ "way": "device" }),
        json!({ "client_credentials": true }),
    ] {
        let mut args = json!({ "connector": "desk", "mode": "shared" });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert!(
            matches!(connect(&broker, args, &[Answer::Connect]), Outcome::Failed(_)),
            "{more}"
        );
    }
    assert!(broker.asked.lock().unwrap().is_empty());
}
