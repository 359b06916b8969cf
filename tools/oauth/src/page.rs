//! The page a browser shows when the consent is over: plain, nothing loaded from anywhere, closes itself.
//!
//! Generated apps open the consent in a window and wait until it is closed, so the page must close its own
//! window; where a browser doesn't let it, the text says what to do.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::label;

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    status: StatusCode,
    title: String,
    text: String,
    close: bool,
}

/// The one script there is, and its hash for the policy that allows nothing else.
const CLOSE: &str = "window.close()";
const CLOSE_HASH: &str = "sha256-jqxtvDkBbRAl9Hpqv68WdNOieepg8tJSYu1xIy7zT34=";

impl Page {
    /// The connection stands. `account` is shown as text.
    pub fn connected(connector: &str, account: Option<&str>) -> Self {
        let text = match account.and_then(label) {
            Some(account) => format!("{connector} is connected as {account}."),
            None => format!("{connector} is connected."),
        };
        Self {
            status: StatusCode::OK,
            title: "Connected".into(),
            text,
            close: true,
        }
    }

    /// It did not work out; `text` says why and what to do.
    pub fn failed(text: &str) -> Self {
        Self {
            status: StatusCode::OK,
            title: "Not connected".into(),
            text: text.to_owned(),
            close: false,
        }
    }

    /// The request was not acceptable.
    pub fn refused(text: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            ..Self::failed(text)
        }
    }

    /// Nothing is here.
    pub fn absent() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::failed("There is nothing at this address.")
        }
    }
}

/// The headers of every page: not kept, not framed, no referrer, nothing loaded.
pub(crate) fn quiet() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let policy = format!(
        "default-src 'none'; script-src '{CLOSE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers
}

/// Away to an address without code and state in it.
pub fn see_other(path: &str) -> Response {
    let mut headers = quiet();
    if let Ok(path) = HeaderValue::from_str(path) {
        headers.insert(header::LOCATION, path);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let title = escape(&self.title);
        let text = escape(&self.text);
        let (end, script) = if self.close {
            (
                "You can close this window and go back.",
                format!("<script>{CLOSE}</script>"),
            )
        } else {
            ("You can close this window.", String::new())
        };
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n<p>{end}</p>\n{script}\n</html>\n"
        );
        (self.status, quiet(), Html(body)).into_response()
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use sha2::Digest as _;

    #[test]
    fn the_policy_allows_exactly_the_one_script() {
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(CLOSE));
        assert_eq!(CLOSE_HASH, format!("sha256-{hash}"));
    }

    #[tokio::test]
    async fn a_hostile_name_stays_text() {
        let page = Page::connected("Gmail", Some("<script>alert(1)</script>\"'&")).into_response();
        let body = axum::body::to_bytes(page.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            body.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"),
            "{body}"
        );
        assert_eq!(body.matches("<script>").count(), 1);
    }
}
