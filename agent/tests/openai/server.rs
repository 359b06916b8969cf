//! A model's server on loopback that plays a script and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use futures::{StreamExt as _, stream};
use linchpin_agent::driver::World;
use linchpin_agent::model::openai::{ModelError, Patience, Server, Settings};
use linchpin_agent::model::{Known, Message, Reply};
use serde_json::{Value, json};
use tokio::sync::Notify;

pub(crate) const KEY: &str = "sk-canary-0123456789abcdefghij";

/// One answer of the script.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Each is sent as a chunk of its own.
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) then: Then,
}

/// What happens after the last piece.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Then {
    End,
    /// The connection is cut.
    Cut,
    /// The connection stays open and silent.
    Hang,
}

impl Answer {
    pub(crate) fn status(status: u16, kind: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.to_owned())],
            pieces: vec![body.as_bytes().to_vec()],
            then: Then::End,
        }
    }

    /// A stream, sent as it is.
    pub(crate) fn stream(body: &str) -> Self {
        Self::status(200, "text/event-stream", body)
    }

    /// A stream of these events with a proper end.
    pub(crate) fn events(events: &[Value]) -> Self {
        let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        Self::stream(&(body + "data: [DONE]\n\n"))
    }

    /// The shortest proper answer.
    pub(crate) fn text(text: &str) -> Self {
        Self::events(&[delta(json!({"content": text})), finish("stop")])
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same, one byte in each chunk.
    pub(crate) fn in_bytes(mut self) -> Self {
        self.pieces = self.pieces.concat().into_iter().map(|byte| vec![byte]).collect();
        self
    }

    pub(crate) fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }
}

/// One event that adds something.
pub(crate) fn delta(delta: Value) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

/// The event that ends an answer.
pub(crate) fn finish(reason: &str) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    script: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
    /// A body that hangs was dropped: its connection is closed.
    closed: Notify,
}

/// The server. Ends with the runtime.
pub(crate) struct Double {
    inner: Arc<Inner>,
    pub(crate) address: String,
}

struct OnDrop(Arc<Inner>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.closed.notify_one();
    }
}

impl Double {
    pub(crate) async fn start(script: Vec<Answer>) -> Self {
        let inner = Arc::new(Inner {
            script: Mutex::new(script.into()),
            ..Inner::default()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(play).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, address }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }

    pub(crate) async fn closed(&self) {
        self.inner.closed.notified().await;
    }

    pub(crate) fn server(&self) -> Server {
        self.server_with(quick())
    }

    pub(crate) fn server_with(&self, patience: Patience) -> Server {
        let settings = Settings {
            base_url: format!("http://{}/v1", self.address),
            api_key: Some(KEY.into()),
            model: "small".into(),
        };
        Server::with_patience(settings, patience).unwrap()
    }
}

async fn play(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    inner.asked.lock().unwrap().push(Asked {
        path: uri.to_string(),
        authorization: headers.get("authorization").map(|v| v.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let next = inner.script.lock().unwrap().pop_front();
    let answer = next.unwrap_or_else(|| Answer::status(599, "text/plain", "the script is over"));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let pieces = stream::iter(answer.pieces.into_iter().map(Ok::<_, std::io::Error>));
    let body = match answer.then {
        Then::End => Body::from_stream(pieces),
        Then::Cut => Body::from_stream(pieces.chain(stream::once(async {
            // What was written goes out first.
            tokio::task::yield_now().await;
            Err(std::io::Error::other("cut"))
        }))),
        Then::Hang => {
            let guard = OnDrop(inner);
            Body::from_stream(pieces.chain(stream::once(async move {
                let _held = guard;
                std::future::pending::<Result<Vec<u8>, std::io::Error>>().await
            })))
        }
    };
    response.body(body).unwrap()
}

/// Patience for tests: nothing is waited for that a test doesn't mean.
pub(crate) fn quick() -> Patience {
    Patience {
        connect: Duration::from_secs(20),
        stall: Duration::from_secs(20),
        tail: Duration::from_millis(20),
        retries: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(40),
    }
}

pub(crate) fn user(text: &str) -> Vec<Message> {
    vec![Message::User { text: text.into() }]
}

/// Asks for an answer. Gives it with the words that were handed out on the way.
pub(crate) async fn respond(server: &Server, messages: &[Message]) -> (Result<Reply, ModelError>, String) {
    listen();
    let world = World::default();
    let known = Known {
        world: &world,
        connections: &[],
        time_zone: "Europe/Berlin",
        now_ms: 1_764_000_000_000,
    };
    let mut said = String::new();
    let reply = server.respond(messages, &known, |words| said.push_str(&words)).await;
    let shown = match &reply {
        Ok(reply) => format!("{reply:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!shown.contains(KEY), "the key got out: {shown}");
    assert!(!logged().contains(KEY), "the key was logged");
    if let Ok(reply) = &reply {
        assert!(reply.text.starts_with(&said), "said {said:?}, replied {:?}", reply.text);
    }
    (reply, said)
}

/// Plays a script to one question.
pub(crate) async fn play_to(script: Vec<Answer>) -> (Result<Reply, ModelError>, Double) {
    let double = Double::start(script).await;
    let (reply, _) = respond(&double.server(), &user("hello")).await;
    (reply, double)
}

static LOG: Mutex<String> = Mutex::new(String::new());

/// All that this process has logged, at every level.
pub(crate) fn logged() -> String {
    LOG.lock().unwrap().clone()
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Everything).unwrap());
}

/// Writes every event of every library into [`LOG`].
struct Everything;

struct Words<'a>(&'a mut String);

impl tracing::field::Visit for Words<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Everything {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Words(&mut LOG.lock().unwrap()));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Words(&mut LOG.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Words(&mut LOG.lock().unwrap()));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
