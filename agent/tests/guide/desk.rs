//! A desk to talk at: the guide, the real tools, and a broker that answers without a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use linchpin_agent::driver::{Folder, World};
use linchpin_agent::model::{Known, Message, ToolCall, guide};
use linchpin_catalog::{Catalog, Mode};
use linchpin_function::Plan;
use linchpin_question::{Answer, Outcome, Question, Review};
use linchpin_socket::{ConnectionView, Flow, Reply, Request};
use linchpin_tools::{Broker, Cx, Pending};
use serde_json::{Value, json};

pub(super) const NOW: i64 = 1_795_424_400_000;
pub(super) const ZONE: &str = "Europe/Berlin";

/// What a person does at the permissions card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtTheCard {
    SignIn,
    Skip,
    Refuse,
}

/// Connections by connector and mode, as a broker keeps them.
#[derive(Default)]
struct Shelf(Mutex<Vec<ConnectionView>>);

impl Broker for Shelf {
    fn ask<'a>(&'a self, request: Request) -> Pending<'a, Result<Reply, String>> {
        let mut all = self.0.lock().unwrap();
        let reply = match request {
            Request::Connections { .. } => Reply::Connections {
                connections: all.clone(),
            },
            Request::Begin { connector, .. } => Reply::Begun {
                flow: Flow {
                    id: connector,
                    authorize_url: "https://example.com/consent".to_owned(),
                    user_code: None,
                    redirect_uri: "http://127.0.0.1/cb".to_owned(),
                    expires_in: 600,
                    notes: Vec::new(),
                },
            },
            Request::Disconnect { connector, mode, .. } => {
                all.retain(|one| one.connector != connector || one.mode != mode);
                Reply::Ok
            }
            _ => Reply::Ok,
        };
        Box::pin(std::future::ready(Ok(reply)))
    }
}

/// What came of an utterance.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Everything the guide said.
    pub(super) text: String,
    /// Tools it called, in order.
    pub(super) tools: Vec<String>,
    /// Questions it asked by `ask`: key and text.
    pub(super) asked: Vec<(String, String)>,
    /// The plan it proposed last.
    pub(super) plan: Option<Plan>,
    /// What the pipeline made of it.
    pub(super) review: Option<Review>,
}

/// A conversation.
pub(super) struct Talk {
    world: World,
    root: PathBuf,
    shelf: Shelf,
    pub(super) messages: Vec<Message>,
    answers: BTreeMap<String, Vec<String>>,
    /// What is answered to any other question.
    otherwise: Option<String>,
    pub(super) card: AtTheCard,
    open: Option<ToolCall>,
    /// Whether proposals are proved, policed and rehearsed too, not only compiled.
    thorough: bool,
    runtime: tokio::runtime::Runtime,
}

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

fn world(name: &str) -> World {
    static BOTH: OnceLock<[World; 2]> = OnceLock::new();
    let read = |name: &str| {
        let app = linchpin_app::read(&root(name), &|_| {}).unwrap();
        World::new(app, "app".to_owned(), Catalog::embedded(), &Default::default(), ZONE, 0)
    };
    let both = BOTH.get_or_init(|| [read("bookings"), read("tasks")]);
    both[usize::from(name == "tasks")].clone()
}

impl Talk {
    pub(super) fn on(app: &str) -> Self {
        Self::in_world(world(app), &root(app))
    }

    /// What is known of the app in a folder.
    pub(super) fn read(root: &Path) -> World {
        let app = linchpin_app::read(root, &|_| {}).unwrap();
        World::new(app, "app".to_owned(), Catalog::embedded(), &Default::default(), ZONE, 0)
    }

    /// A conversation about an app that was read.
    pub(super) fn in_world(world: World, root: &Path) -> Self {
        Self {
            world,
            root: root.to_owned(),
            shelf: Shelf::default(),
            messages: Vec::new(),
            answers: BTreeMap::new(),
            otherwise: None,
            card: AtTheCard::SignIn,
            open: None,
            thorough: false,
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
        }
    }

    /// An answer to a question by its key; several are given one after the other.
    pub(super) fn answer(mut self, key: &str, text: &str) -> Self {
        self.answers.entry(key.to_owned()).or_default().push(text.to_owned());
        self
    }

    /// An answer to every question that has none of its own.
    pub(super) fn otherwise(mut self, text: &str) -> Self {
        self.otherwise = Some(text.to_owned());
        self
    }

    /// Has every proposal go the whole road to a review.
    pub(super) fn thorough(mut self) -> Self {
        self.thorough = true;
        self
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// Says something, and goes on until the guide ends its turn or a proposal is on the table.
    pub(super) fn say(&mut self, text: &str) -> Heard {
        if let Some(call) = self.open.take() {
            let data = json!({"applied": false, "superseded": true, "message": "The builder wants it changed."});
            self.messages.push(Message::Tool {
                id: call.id,
                tool: call.tool,
                ok: true,
                data,
            });
        }
        self.messages.push(Message::User { text: text.to_owned() });
        self.go_on()
    }

    /// Decides the open proposal.
    pub(super) fn decide(&mut self, apply: bool) -> Heard {
        let call = self.open.take().expect("a proposal is open");
        let data = match apply {
            true => json!({"applied": true, "files": ["base44/functions/x/entry.ts"]}),
            false => json!({"applied": false, "rejected": true, "message": "The builder rejected the change."}),
        };
        self.messages.push(Message::Tool {
            id: call.id,
            tool: call.tool,
            ok: true,
            data,
        });
        self.go_on()
    }

    fn go_on(&mut self) -> Heard {
        let mut heard = Heard::default();
        for _ in 0..24 {
            let connections = self.shelf.0.lock().unwrap().clone();
            let known = Known {
                world: &self.world,
                connections: &connections,
                time_zone: ZONE,
                now_ms: NOW,
            };
            let reply = guide::respond(&self.messages, &known);
            assert_eq!(
                reply,
                guide::respond(&self.messages, &known),
                "the same messages, the same reply"
            );
            assert!(reply.calls.len() <= 1, "one call at a time: {reply:?}");
            if !reply.text.is_empty() {
                heard.text.push_str(&reply.text);
                heard.text.push('\n');
            }
            self.messages.push(Message::Assistant {
                text: reply.text,
                calls: reply.calls.clone(),
            });
            let Some(call) = reply.calls.into_iter().next() else {
                return heard;
            };
            heard.tools.push(call.tool.clone());
            if call.tool == "ask" {
                let text = |name: &str| call.args[name].as_str().unwrap().to_owned();
                heard.asked.push((text("key"), text("text")));
                let left = self
                    .answers
                    .get(call.args["key"].as_str().unwrap())
                    .map_or(self.otherwise.is_some(), |all| !all.is_empty());
                if !left {
                    // Nobody answers: that is where the conversation rests.
                    self.messages.pop();
                    return heard;
                }
            }
            match self.run(&call) {
                Ran::Done(ok, data) => self.messages.push(Message::Tool {
                    id: call.id,
                    tool: call.tool,
                    ok,
                    data,
                }),
                Ran::Proposed(review) => {
                    heard.plan = serde_json::from_value(call.args["plan"].clone()).ok();
                    heard.review = review.map(|review| *review);
                    self.open = Some(call);
                    return heard;
                }
            }
        }
        panic!("the guide goes on without end: {:?}", heard.tools);
    }

    fn run(&mut self, call: &ToolCall) -> Ran {
        let tool = linchpin_tools::find(&call.tool).unwrap_or_else(|| panic!("no tool {}", call.tool));
        if call.tool == "plan_function" && !self.thorough {
            let plan: Plan = serde_json::from_value(call.args["plan"].clone()).unwrap();
            return match linchpin_function::compile(&plan, &self.world.app, Catalog::embedded()) {
                Ok(_) => Ran::Proposed(None),
                Err(error) => panic!("{} can't be compiled: {error}", plan.name),
            };
        }
        let host = Folder::at(&self.root);
        let mut given: Vec<Answer> = Vec::new();
        loop {
            let outcome = {
                let cx = Cx {
                    app: &self.world.app,
                    app_id: "app",
                    catalog: Catalog::embedded(),
                    suggestions: &self.world.suggestions,
                    broker: &self.shelf,
                    host: &host,
                    answers: &given,
                    by_model: false,
                    opens_browser: true,
                    now_ms: NOW,
                };
                self.runtime.block_on(tool.run(call.args.clone(), &cx))
            };
            match outcome {
                Outcome::Done(output) => return Ran::Done(true, output.data),
                Outcome::Failed(failure) => {
                    return Ran::Done(false, json!({"code": failure.code, "message": failure.message}));
                }
                Outcome::Propose(review) => return Ran::Proposed(Some(review)),
                Outcome::Ask(question) => given.push(self.person(&question)),
            }
        }
    }

    fn person(&mut self, question: &Question) -> Answer {
        match question {
            Question::Mode(mode) => Answer::Mode(mode.advised),
            Question::Permissions(_) => match self.card {
                AtTheCard::Skip => Answer::Skip,
                _ => Answer::Connect,
            },
            Question::SignIn(sign_in) if self.card == AtTheCard::Refuse => Answer::SignInFailed {
                message: format!("{} said that consent was refused.", sign_in.connector_name),
                code: "access_denied".to_owned(),
            },
            Question::SignIn(sign_in) => {
                let account = if sign_in.connector == "slackbot" {
                    "Northlight"
                } else {
                    "owner@northlight.example"
                };
                let mut all = self.shelf.0.lock().unwrap();
                all.retain(|one| one.connector != sign_in.connector || one.mode != sign_in.mode.as_str());
                all.push(ConnectionView {
                    connector: sign_in.connector.clone(),
                    mode: sign_in.mode.as_str().to_owned(),
                    status: "active".to_owned(),
                    reason: None,
                    account: Some(account.to_owned()),
                    scopes: Vec::new(),
                    config: Default::default(),
                    connected_at: NOW,
                    last_used_at: None,
                });
                Answer::SignedIn {
                    account: account.to_owned(),
                    scopes: Vec::new(),
                    missing: Vec::new(),
                }
            }
            Question::Choice(choice) => {
                let given = self
                    .answers
                    .get_mut(&choice.key)
                    .filter(|all| !all.is_empty())
                    .map(|all| all.remove(0));
                let given = given.or_else(|| self.otherwise.clone());
                Answer::Text(given.unwrap_or_else(|| choice.options.first().cloned().unwrap_or_default()))
            }
            other => panic!("nobody answers {other:?}"),
        }
    }
}

enum Ran {
    Done(bool, Value),
    Proposed(Option<Box<Review>>),
}

impl Heard {
    /// The proposed plan; fails with what was said when there is none.
    pub(super) fn planned(&self) -> &Plan {
        self.plan
            .as_ref()
            .unwrap_or_else(|| panic!("nothing was proposed: {self:#?}"))
    }

    /// Whose account was asked for.
    pub(super) fn mode(&self) -> Mode {
        self.planned().mode
    }
}
