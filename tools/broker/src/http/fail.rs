//! Errors as the SDK and the command line read them: `detail` in words, `code` and the connector header where
//! a program looks. Generated apps look for "No active connection" and 404, so these stay.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::BrokerError;
use crate::grants::NotStored;
use crate::tokens::NoToken;
use crate::view::why;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Fail {
    status: StatusCode,
    detail: String,
    code: Option<&'static str>,
    retry_after: Option<u64>,
}

impl Fail {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            code: None,
            retry_after: None,
        }
    }

    fn coded(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            ..Self::new(status, detail)
        }
    }

    /// No credential, or not a good one. Always the same words.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// A user's or builder's credential where a function's is needed.
    pub(crate) fn service_only() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This endpoint is only accessible to service tokens",
        )
    }

    /// A function's credential where a signed-in user's is needed.
    pub(crate) fn user_only() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This endpoint needs a signed-in user of the app")
    }

    pub(crate) fn builder_only() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This endpoint is only accessible to the app's builder",
        )
    }

    /// More than anybody may ask.
    pub(crate) fn too_many(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait.as_secs().max(1)),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests. Wait as long as Retry-After says, then go on more slowly.",
            )
        }
    }

    /// Nobody has connected this here. The same for another app's connection.
    pub(crate) fn not_connected(connector: &str) -> Self {
        let detail =
            format!("No active connection found for {connector}. Connect it with: linchpin connect {connector}");
        Self::coded(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    pub(crate) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// There is no token for a call.
    pub(crate) fn no_token(connector: &str, no: &NoToken) -> Self {
        match no {
            NoToken::NotConnected => Self::not_connected(connector),
            NoToken::NeedsReconnect(reason) => {
                let detail = format!(
                    "No active connection found for {connector}: {} Run: linchpin connect {connector}",
                    why(reason)
                );
                Self::coded(StatusCode::NOT_FOUND, "NEEDS_RECONNECT", detail)
            }
            NoToken::ClientRefused => {
                let detail = format!("{connector} can't be renewed: {}", crate::view::CLIENT_REFUSED);
                Self {
                    retry_after: Some(30),
                    ..Self::coded(StatusCode::SERVICE_UNAVAILABLE, "CLIENT_REFUSED", detail)
                }
            }
            NoToken::Later(wait) => {
                let detail = format!(
                    "The access to {connector} has run out and the provider can't renew it right now. Try again in a moment."
                );
                let seconds = wait.max(&Duration::from_secs(1)).as_secs();
                Self {
                    retry_after: Some(seconds),
                    ..Self::coded(StatusCode::SERVICE_UNAVAILABLE, "REFRESH_PENDING", detail)
                }
            }
            NoToken::Broken => Self::broken(),
        }
    }

    /// Ours; the log says what.
    pub(crate) fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The broker failed; its log says why.",
        )
    }
}

impl From<BrokerError> for Fail {
    fn from(error: BrokerError) -> Self {
        tracing::error!(%error, "a request could not be answered");
        Self::broken()
    }
}

impl From<linchpin_vault::Error> for Fail {
    fn from(error: linchpin_vault::Error) -> Self {
        match error {
            // What a caller put into an address, such as a NUL, is theirs to mend.
            linchpin_vault::Error::BadName { .. } => Self::bad(error.to_string()),
            error => BrokerError::from(error).into(),
        }
    }
}

impl From<NotStored> for Fail {
    fn from(not: NotStored) -> Self {
        if not.code == "store" {
            return Self::broken();
        }
        Self::bad(not.message)
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let body = match self.code {
            Some(code) => json!({ "detail": self.detail, "code": code }),
            None => json!({ "detail": self.detail }),
        };
        let mut answer = (self.status, Json(body)).into_response();
        if let Some(code) = self.code {
            answer.headers_mut().insert(
                HeaderName::from_static("x-base44-connector-error"),
                HeaderValue::from_static(code),
            );
        }
        if let Some(seconds) = self.retry_after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}
