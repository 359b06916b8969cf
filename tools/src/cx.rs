//! What a running tool can reach: the app as read, the catalog, and two narrow ports.

use std::future::Future;
use std::pin::Pin;

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_patch::AppPath;
use linchpin_question::Answer;
use linchpin_socket::{Reply, Request};
use linchpin_suggest::Suggestion;

/// A future that a port gives back; no runtime is named here.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The broker, seen from the chat process.
pub trait Broker: Send + Sync {
    /// Asks, and gives the reply or one sentence on why there is none.
    fn ask<'a>(&'a self, request: Request) -> Pending<'a, Result<Reply, String>>;
}

/// The app's folder, seen from a tool: it can be looked at.
pub trait Host: Send + Sync {
    /// The text of a file, if there is one.
    fn read(&self, path: &AppPath) -> Option<String>;
}

/// Everything a running tool can reach.
pub struct Cx<'a> {
    /// The app as last read.
    pub app: &'a App,
    /// The app's id at the broker.
    pub app_id: &'a str,
    /// The catalog.
    pub catalog: &'a Catalog,
    /// Suggestions as last computed.
    pub suggestions: &'a [Suggestion],
    /// The broker.
    pub broker: &'a dyn Broker,
    /// The app's files.
    pub host: &'a dyn Host,
    /// Answers so far to this call's questions, in the order they were asked.
    pub answers: &'a [Answer],
    /// Whether a model, not a person, wrote the arguments.
    pub by_model: bool,
    /// Whether a link is opened in a browser, or only shown.
    pub opens_browser: bool,
    /// Unix milliseconds: the clock that rehearsals begin at.
    pub now_ms: i64,
}
