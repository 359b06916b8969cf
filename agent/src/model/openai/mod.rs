//! Any OpenAI-compatible server: streamed chat completions with tool calls.
//!
//! `request` says what is sent, `transport` how, `chunk` and `gather` what comes back, `form` what
//! stands in for tool calls. A server's answer is data: it becomes a [`Reply`] only when it is whole,
//! and a reply can do nothing but call tools.
//!
//! Invariants: nothing of half an answer is carried out; an answer that has begun is never asked for
//! again; dropping [`Server::respond`] closes the connection; the key is in no error and no log.

mod arguments;
mod chunk;
mod context;
mod endpoint;
mod error;
pub(crate) mod escape;
mod form;
mod gather;
mod request;
mod schema;
mod speech;
#[cfg(test)]
mod tests;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::types::chat::CreateChatCompletionRequest;
use async_openai::types::stream::StreamResponse;
use futures::StreamExt as _;
use secrecy::SecretString;

use super::{Known, Message, Reply};
use chunk::Chunk;
use endpoint::Endpoint;
pub use error::ModelError;
use error::quote;
use gather::Gathered;
use speech::{Feature, Speech};
use transport::Transport;

/// Which server and which model. Has no `Debug`: it holds the key.
pub struct Settings {
    /// The API's address, usually ending in `/v1`.
    pub base_url: String,
    /// The key, where the server wants one.
    pub api_key: Option<SecretString>,
    /// The model's name at the server.
    pub model: String,
}

/// How long a server may take, and how often it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To connect.
    pub connect: Duration,
    /// Without anything new in the answer. Models that think say nothing for a while.
    pub stall: Duration,
    /// For the token count that some servers send after the answer's end.
    pub tail: Duration,
    /// How often a request that failed before it was answered is sent again.
    pub retries: u32,
    /// Before it is sent again for the first time; doubles.
    pub first_pause: Duration,
    /// The longest pause. A server that asks for a longer one is not asked again.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(180),
            tail: Duration::from_secs(1),
            retries: 3,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(20),
        }
    }
}

/// An OpenAI-compatible server.
pub struct Server {
    transport: Transport,
    /// What the server turned out not to understand ([`Speech`]).
    left_out: AtomicU8,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.transport.endpoint.host())
            .field("model", &self.model())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// A server with the usual patience. Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings are of no use, or TLS can't be set up.
    pub fn new(settings: Settings) -> Result<Self, ModelError> {
        Self::with_patience(settings, Patience::default())
    }

    /// A server with other patience.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn with_patience(settings: Settings, patience: Patience) -> Result<Self, ModelError> {
        let model = settings.model.trim();
        if model.is_empty() {
            return Err(ModelError::NoName);
        }
        let endpoint = Endpoint::new(&settings.base_url, settings.api_key)?;
        let http = endpoint.client(patience.connect, patience.stall)?;
        let transport = Transport {
            http,
            endpoint: Arc::new(endpoint),
            model: model.into(),
            patience,
        };
        Ok(Self {
            transport,
            left_out: AtomicU8::new(0),
        })
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.transport.model
    }

    /// What the builder should know before a key is sent, if anything.
    pub fn warning(&self) -> Option<String> {
        let host = self.transport.endpoint.host();
        self.transport.endpoint.exposes_key().then(|| {
            format!("The key for the model goes to {host} unencrypted, readable by everyone on the way. Use an https:// address in OPENAI_BASE_URL.")
        })
    }

    /// Answers the messages so far; words are handed to `say` as they come. Dropping the future
    /// closes the connection.
    ///
    /// # Errors
    /// When there is no whole answer; nothing of it counts then.
    pub async fn respond(
        &self,
        messages: &[Message],
        known: &Known<'_>,
        mut say: impl FnMut(String) + Send,
    ) -> Result<Reply, ModelError> {
        let make_id = |n: usize| format!("call_{}_{n}", messages.len());
        let mut speech = Speech(self.left_out.load(Ordering::Relaxed));
        let mut reopened = false;
        loop {
            let request = request::build(self.model(), messages, known, speech);
            let mut gathered = Gathered::default();
            let heard = self.hear(&request, speech, &mut gathered, &mut say).await;
            let untouched = gathered.is_empty();
            let in_form = !speech.uses(Feature::Tools);
            let error = match heard.and_then(|()| gathered.finish(in_form, make_id)) {
                Ok(reply) => {
                    // Only what led to an answer was the reason for the refusal.
                    self.left_out.store(speech.0, Ordering::Relaxed);
                    let reply = if in_form { form::read(reply, make_id) } else { reply };
                    return spoken(reply, messages);
                }
                Err(error) => error,
            };
            if let (true, Some(feature)) = (untouched, speech.refused(&error)) {
                speech = speech.without(feature);
                continue;
            }
            // A stream that ended before its first word is opened once more.
            if untouched && error == ModelError::Cut && !reopened {
                reopened = true;
                continue;
            }
            return Err(error);
        }
    }

    /// Opens a stream and takes in what comes until the answer is whole.
    async fn hear(
        &self,
        request: &CreateChatCompletionRequest,
        speech: Speech,
        gathered: &mut Gathered,
        say: &mut (impl FnMut(String) + Send),
    ) -> Result<(), ModelError> {
        let Transport {
            http,
            endpoint,
            patience,
            ..
        } = &self.transport;
        let config: Arc<dyn Config> = endpoint.clone();
        let client = Client::build(http.clone(), config).with_http_service(self.transport.clone());
        let opened = client.chat().create_stream_byot(request).await;
        let mut events: StreamResponse<Chunk> = opened.map_err(|error| own(error, endpoint.host()))?;
        loop {
            let wait = if gathered.is_finished() {
                patience.tail
            } else {
                patience.stall
            };
            let event = match tokio::time::timeout(wait, events.next()).await {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(()),
                Err(_) if gathered.is_finished() => return Ok(()),
                Err(_) => {
                    return Err(ModelError::Stalled {
                        seconds: patience.stall.as_secs(),
                    });
                }
            };
            match event {
                Ok(chunk) => {
                    let words = gathered.take(chunk).map_err(tidy)?;
                    if speech.uses(Feature::Tools) && !words.is_empty() {
                        say(words);
                    }
                }
                Err(OpenAIError::JSONDeserialize(_, payload)) => gathered.garbage(&payload),
                // The connection broke; what came before may still be whole.
                Err(_) => return Ok(()),
            }
        }
    }
}

/// A reply that says or does something. After a result, saying nothing more is fine.
fn spoken(reply: Reply, messages: &[Message]) -> Result<Reply, ModelError> {
    let asked = matches!(messages.last(), Some(Message::User { .. }));
    match asked && reply.text.trim().is_empty() && reply.calls.is_empty() {
        true => Err(ModelError::Silent),
        false => Ok(reply),
    }
}

/// A server's own words in an error, made fit to be shown.
fn tidy(error: ModelError) -> ModelError {
    match error {
        ModelError::Broken { said } => ModelError::Broken { said: quote(&said) },
        other => other,
    }
}

/// Our own error back from the library it passed through.
fn own(error: OpenAIError, host: &str) -> ModelError {
    match error {
        OpenAIError::Boxed(inner) => match inner.downcast::<ModelError>() {
            Ok(own) => *own,
            Err(_) => ModelError::Unreachable { host: host.to_owned() },
        },
        _ => ModelError::Client {
            why: "the request could not be written".to_owned(),
        },
    }
}
