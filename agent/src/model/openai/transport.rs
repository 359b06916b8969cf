//! The one way to a model's server: a tower service that every request passes through.
//!
//! It opens a stream or says in one [`ModelError`] why there is none. It tries again only while
//! nothing was sent back: on 429 and 5xx, and when nobody answers; as long as the server asks to be
//! left alone, but never longer than [`Patience::longest_pause`]. The body it hands on is whole
//! lines, masked, bounded, and ended by a blank line, so that a last event isn't lost.
//! Not here: what the events mean.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures::{Stream, StreamExt as _, stream};
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use reqwest::Response;

use super::Patience;
use super::chunk;
use super::endpoint::Endpoint;
use super::error::{ModelError, quote};
use super::speech::names_a_feature;

/// The most bytes of a whole answer, of one event, and of a refusal.
const MOST: usize = 64 << 20;
const MOST_EVENT: usize = 1 << 20;
const MOST_REFUSAL: usize = 64 << 10;

/// The service.
#[derive(Clone)]
pub(super) struct Transport {
    pub(super) http: reqwest::Client,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) model: Arc<str>,
    pub(super) patience: Patience,
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            this.open(request)
                .await
                .map_err(|error| OpenAIError::Boxed(Box::new(error)))
        })
    }
}

/// Why an attempt failed, and whether another may do better.
struct Attempt {
    error: ModelError,
    again: bool,
    after: Option<Duration>,
}

impl Transport {
    async fn open(&self, request: HttpRequestFactory) -> Result<Response, ModelError> {
        let mut retries = self.patience.retries;
        let mut pause = self.patience.first_pause;
        loop {
            let failed = match self.attempt(&request).await {
                Ok(response) => return Ok(in_lines(response, self.endpoint.clone())),
                Err(failed) => failed,
            };
            let wait = failed.after.unwrap_or(pause);
            if !failed.again || retries == 0 || wait > self.patience.longest_pause {
                return Err(failed.error);
            }
            retries -= 1;
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(self.patience.longest_pause);
        }
    }

    async fn attempt(&self, request: &HttpRequestFactory) -> Result<Response, Attempt> {
        let request = request.build().await.map_err(|_| Attempt::last(ModelError::Key))?;
        let response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) => return Err(self.unanswered(&error)),
        };
        let status = response.status();
        if status.is_redirection() {
            let to = response
                .headers()
                .get(LOCATION)
                .and_then(|to| to.to_str().ok())
                .map_or_else(|| "nowhere".to_owned(), shown_address);
            return Err(Attempt::last(ModelError::Redirected { host: self.host(), to }));
        }
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if status.is_success() && (kind.is_empty() || kind == "text/event-stream") {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = self.refusal(response).await;
        if !status.is_success() {
            return Err(self.refused(status, &headers, &body));
        }
        let error = match serde_json::from_slice(&body).ok().as_ref().and_then(chunk::fault) {
            Some(said) => ModelError::Broken { said: quote(&said) },
            None => ModelError::NotAStream {
                host: self.host(),
                kind: quote(&kind).trim_end_matches('.').to_owned(),
            },
        };
        Err(Attempt::last(error))
    }

    fn host(&self) -> String {
        self.endpoint.host().to_owned()
    }

    fn unanswered(&self, error: &reqwest::Error) -> Attempt {
        if error.is_timeout() && !error.is_connect() {
            return Attempt::last(ModelError::Stalled {
                seconds: self.patience.stall.as_secs(),
            });
        }
        Attempt {
            error: ModelError::Unreachable { host: self.host() },
            again: true,
            after: None,
        }
    }

    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Attempt {
        let (said, code) = said(body);
        let (host, model, after) = (self.host(), self.model.to_string(), retry_after(headers));
        let spent = code == "insufficient_quota" || status == StatusCode::PAYMENT_REQUIRED;
        // A server that can't do something says so with any status, and says it again.
        let refuses = names_a_feature(status.as_u16(), &said).is_some();
        let again = !spent && !refuses && (status.is_server_error() || matches!(status.as_u16(), 408 | 429));
        let said = quote(&said);
        let error = match status.as_u16() {
            401 | 403 => ModelError::Unauthorised {
                host,
                status: status.as_u16(),
                model,
            },
            404 if !refuses => ModelError::NotFound { host, model, said },
            _ if spent => ModelError::NoCredit { host, said },
            429 => ModelError::Busy {
                host,
                seconds: after.map(|after| after.as_secs()),
            },
            status => ModelError::Refused { host, status, said },
        };
        Attempt { error, again, after }
    }

    /// The body of a refusal, as far as anyone needs it.
    async fn refusal(&self, mut response: Response) -> Vec<u8> {
        let mut body = Vec::new();
        while let Ok(Some(piece)) = response.chunk().await {
            body.extend_from_slice(&piece);
            if body.len() > MOST_REFUSAL {
                body.truncate(MOST_REFUSAL);
                break;
            }
        }
        self.endpoint.mask(&mut body);
        body
    }
}

impl Attempt {
    fn last(error: ModelError) -> Self {
        Self {
            error,
            again: false,
            after: None,
        }
    }
}

/// What a refusal says, and its code, whatever its shape.
fn said(body: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(body);
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else {
        // A page of HTML has nothing to say here.
        let is_page = text.trim_start().starts_with('<');
        return (if is_page { String::new() } else { text.into_owned() }, String::new());
    };
    let code = value["error"]["code"]
        .as_str()
        .or_else(|| value["code"].as_str())
        .unwrap_or_default()
        .to_owned();
    let words = chunk::fault(&value)
        .or_else(|| value["message"].as_str().map(str::to_owned))
        .unwrap_or_else(|| match &value["detail"] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            detail => detail.to_string(),
        });
    (words, code)
}

/// Scheme, host and path of an address, without what may be secret in it.
fn shown_address(to: &str) -> String {
    let address = to.split(['?', '#']).next().unwrap_or_default();
    quote(
        &address
            .rsplit_once('@')
            .map_or(address, |(_, rest)| rest)
            .chars()
            .take(100)
            .collect::<String>(),
    )
    .trim_end_matches('.')
    .to_owned()
}

/// How long a server asks to be left alone: in milliseconds, seconds, or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |text: &str, unit: f64| {
        text.parse::<f64>()
            .ok()
            .and_then(|n| Duration::try_from_secs_f64(n / unit).ok())
    };
    if let Some(pause) = text("retry-after-ms").and_then(|ms| seconds(ms, 1000.0)) {
        return Some(pause);
    }
    let text = text(RETRY_AFTER.as_str())?;
    seconds(text, 1.0).or_else(|| {
        let until = chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis();
        Some(Duration::from_millis(
            u64::try_from(until - crate::driver::now_ms()).unwrap_or(0),
        ))
    })
}

/// The same response with a body of whole lines: masked, bounded, and ended by a blank line.
fn in_lines(response: Response, endpoint: Arc<Endpoint>) -> Response {
    let status = response.status();
    let reader = Lines {
        body: response.bytes_stream().boxed(),
        endpoint,
        waiting: Vec::new(),
        event: 0,
        total: 0,
        ended: false,
    };
    let body = stream::unfold(reader, |mut reader| async move {
        reader.next().await.map(|lines| (lines, reader))
    });
    let mut out = http::Response::new(reqwest::Body::wrap_stream(body));
    *out.status_mut() = status;
    out.into()
}

/// Why a body was not read to its end. Nobody shows it: a stream without an end says enough.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off or was too large")]
struct Broke;

struct Lines<B> {
    body: B,
    endpoint: Arc<Endpoint>,
    /// What has no line end yet.
    waiting: Vec<u8>,
    /// Bytes since the last blank line.
    event: usize,
    total: usize,
    ended: bool,
}

impl<B: Stream<Item = reqwest::Result<T>> + Unpin, T: AsRef<[u8]>> Lines<B> {
    async fn next(&mut self) -> Option<Result<Vec<u8>, Broke>> {
        while !self.ended {
            let Some(piece) = self.body.next().await else {
                self.ended = true;
                let mut rest = std::mem::take(&mut self.waiting);
                self.endpoint.mask(&mut rest);
                rest.extend_from_slice(b"\n\n");
                return Some(Ok(rest));
            };
            let (Ok(piece), false) = (piece, self.total > MOST) else {
                return self.broke();
            };
            let piece = piece.as_ref();
            self.total += piece.len();
            let end = piece.iter().rposition(|b| matches!(b, b'\n' | b'\r'));
            let (lines, rest) = piece.split_at(end.map_or(0, |end| end + 1));
            self.waiting.extend_from_slice(lines);
            let mut whole = if lines.is_empty() {
                Vec::new()
            } else {
                std::mem::take(&mut self.waiting)
            };
            self.waiting.extend_from_slice(rest);
            for line in whole.split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
                self.event = if line.len() == 1 { 0 } else { self.event + line.len() };
                if self.event > MOST_EVENT {
                    return self.broke();
                }
            }
            if self.event + self.waiting.len() > MOST_EVENT {
                return self.broke();
            }
            if !whole.is_empty() {
                self.endpoint.mask(&mut whole);
                return Some(Ok(whole));
            }
        }
        None
    }

    fn broke(&mut self) -> Option<Result<Vec<u8>, Broke>> {
        self.ended = true;
        Some(Err(Broke))
    }
}
