//! The page that stands between an app's Connect button and the provider: it shows who is connecting what,
//! and proves with the app's own sign-in that this browser is that user's.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

/// Reads the sign-in the app keeps in this browser (the SDK's own place for it) and shows it to the broker,
/// which compares it with who started. Nothing else in this browser can answer for that user.
const SCRIPT: &str = r#"(async () => {
  const say = (text) => { document.getElementById("say").textContent = text; };
  let token = null;
  try { token = localStorage.getItem("base44_access_token") || localStorage.getItem("token"); } catch {}
  if (!token) {
    say("You are not signed in to the app in this browser. Sign in there, and press its Connect button again.");
    return;
  }
  try {
    const answer = await fetch(location.pathname + "/confirm", { method: "POST", headers: { Authorization: "Bearer " + token } });
    const body = await answer.json();
    if (answer.ok) { location.replace(body.authorize_url); } else { say(body.detail); }
  } catch { say("The connection could not be started. Close this window and press Connect again."); }
})();"#;

/// The page for a started connection.
pub(super) fn connecting(name: &str) -> Response {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{hash}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // Names are the catalog's, not a caller's.
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Connect {name}</title>\n<h1>Connect {name}</h1>\n<p id=\"say\">One moment: checking that it is you who started this.</p>\n\
         <noscript><p>This page needs JavaScript to check that it is you.</p></noscript>\n<script>{SCRIPT}</script>\n</html>\n"
    );
    (headers, Html(body)).into_response()
}
