//! What a function must survive, and how one that doesn't is told.

use linchpin_function::Caller;
use linchpin_function::rehearse::{Fault, Start};
use serde_json::json;

use super::super::{CAREFUL, careful, of, run_all};

/// All runs of a signed-in call that posts to Slack with this code.
fn slack(code: &str) -> Vec<linchpin_function::Rehearsal> {
    let source = format!(
        "import {{ createClientFromRequest }} from 'npm:@base44/sdk@0.8.31';\nDeno.serve(async (req) => {{ const base44 = createClientFromRequest(req); const user = await base44.auth.me().catch(() => null); if (!user) return Response.json({{ error: 'no' }}, {{ status: 401 }});\n{code}\n}});"
    );
    run_all(&source, |stage| {
        stage.caller = Some(Caller::SignedIn);
        stage.faults = Fault::ALL.to_vec();
    })
}

const NAIVE: &str = "const { accessToken } = await base44.asServiceRole.connectors.getConnection('slackbot'); const r = await fetch('https://slack.com/api/chat.postMessage', { method: 'POST', headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ channel: 'C1', text: 'hi' }) }); const data = await r.json(); return Response.json(data);";

#[test]
fn a_naive_function_is_told_what_it_lacks() {
    let all = slack(NAIVE);
    assert!(of(&all, "user").ok, "{:?}", of(&all, "user"));
    let problem = |name: &str| of(&all, name).problem.clone().unwrap_or_default();
    assert!(
        problem("provider 401").contains("answered 200 although the provider refused the token"),
        "{}",
        problem("provider 401")
    );
    assert!(
        problem("provider 429").contains("gives up at the first 429"),
        "{}",
        problem("provider 429")
    );
    assert!(
        problem("provider 500").contains("answered 200"),
        "{}",
        problem("provider 500")
    );
    assert!(
        problem("provider timeout").contains("AbortSignal.timeout"),
        "{}",
        problem("provider timeout")
    );
    assert!(
        problem("not connected").contains("crashed: Base44Error: Connector connection not found"),
        "{}",
        problem("not connected")
    );
}

#[test]
fn slacks_refusal_comes_as_a_200() {
    let all = slack(NAIVE);
    let refused = of(&all, "provider 401");
    assert_eq!(refused.requests[0].status, 200);
    assert_eq!(refused.answer, "{\"error\":\"invalid_auth\",\"ok\":false}");
}

#[test]
fn impatience_and_stubbornness_are_told() {
    let hasty = CAREFUL.replace("wait * 1000", "wait * 10");
    let all = run_all(&hasty, careful);
    assert!(
        of(&all, "provider 429")
            .problem
            .as_deref()
            .unwrap()
            .contains("after 20 ms although Retry-After says 2 seconds")
    );
    let stubborn = CAREFUL.replace(
        "response.status !== 429 || attempt >= tries",
        "response.ok || attempt >= 20",
    );
    let all = run_all(&stubborn, careful);
    assert!(
        of(&all, "provider 500")
            .problem
            .as_deref()
            .unwrap()
            .contains("more than 4 times"),
        "{:?}",
        of(&all, "provider 500").problem
    );
}

#[test]
fn a_caller_check_after_the_call_is_too_late() {
    let late = "import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31';\nDeno.serve(async (req) => { const base44 = createClientFromRequest(req); const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); await fetch('https://gmail.googleapis.com/gmail/v1/users/me/messages', { headers: { Authorization: `Bearer ${accessToken}` } }); const user = await base44.auth.me().catch(() => null); if (!user) return new Response('', { status: 401 }); return Response.json({}); });";
    let all = run_all(late, |stage| stage.caller = Some(Caller::SignedIn));
    assert_eq!(
        of(&all, "anonymous").problem.as_deref(),
        Some("It sent a request for a caller it then refused. Check the caller first.")
    );
}

#[test]
fn missing_input_must_be_refused() {
    let source = "Deno.serve(async (req) => { const { email } = await req.json(); return Response.json({ email: email ?? null }); });";
    let all = run_all(source, |stage| {
        stage.caller = Some(Caller::Anyone);
        stage.start = Start::Call {
            body: json!({"email": "a@example.org"}),
            required: vec!["email".into()],
        };
    });
    assert!(of(&all, "anonymous").ok);
    assert!(
        of(&all, "no input")
            .problem
            .as_deref()
            .unwrap()
            .contains("400 was expected")
    );
}

#[test]
fn an_unmet_condition_must_stop_it() {
    let eager = CAREFUL.replace("booking.status !== \"confirmed\"", "false");
    let all = run_all(&eager, careful);
    assert_eq!(
        of(&all, "automation, status not met").problem.as_deref(),
        Some("It sent a request although its condition was not met.")
    );
}

#[test]
fn unknown_calls_get_a_404_and_a_name() {
    let all = slack(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('slackbot'); const r = await fetch('https://slack.com/api/chat.postMesage', { method: 'POST', headers: { Authorization: `Bearer ${accessToken}` }, body: '{}' }); return Response.json({ status: r.status });",
    );
    let user = of(&all, "user");
    assert_eq!(user.answer, "{\"status\":404}");
    assert!(
        user.problem
            .as_deref()
            .unwrap()
            .starts_with("POST https://slack.com/api/chat.postMesage is not a call Linchpin knows"),
        "{:?}",
        user.problem
    );
}
