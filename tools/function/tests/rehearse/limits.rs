//! What must not hang, blow up or fill the memory.

use super::super::{call, run_all};

/// The problem of a run whose handler does this.
fn problem(body: &str) -> String {
    let done = call(body);
    assert!(!done.ok, "{done:?}");
    done.problem.unwrap_or_default()
}

#[test]
fn endless_loops_end() {
    assert!(problem("for (;;) {}").contains("worked longer"));
    assert!(problem("const spin = () => Promise.resolve().then(spin); await spin();").contains("worked longer"));
    assert!(problem("while (true) { try { for (;;) {} } catch {} finally { continue; } }").contains("worked longer"));
    assert!(problem("/^(a+)+$/.test('a'.repeat(60) + 'b'); return new Response('');").contains("worked longer"));
    assert!(problem("await new Promise(() => {});").contains("never comes"));
    assert!(problem("await new Promise((r) => setInterval(() => {}, 1000));").contains("15 minutes"));
    assert!(problem("for (;;) await base44.entities.Booking.list();").contains("calls in one run"));
    assert!(problem("const f = () => setTimeout(f, 0); f(); await new Promise(() => {});").contains("worked longer"));
}

#[test]
fn memory_depth_and_output_are_bounded() {
    assert!(problem("const all = []; for (;;) all.push('x'.repeat(1e6) + all.length);").contains("filled the 64 MB"));
    assert!(
        problem("const all = []; for (;;) all.push(new TextEncoder().encode('x'.repeat(1e6)));")
            .contains("filled the 64 MB")
    );
    assert!(problem("const f = () => f() + 1; return f();").contains("call stack"));
    assert!(problem("return new Response('x'.repeat(10_000_000));").contains("10000000 characters"));
    let loud = call("for (let i = 0; i < 5000; i++) console.log('line', i); return new Response('');");
    assert!(
        loud.console.len() <= 201 && loud.console.last().unwrap().contains("left out"),
        "{:?}",
        loud.console.last()
    );
    let fat = call("for (let i = 0; i < 20; i++) console.log('x'.repeat(1e6)); return new Response('');");
    assert!(fat.console.iter().map(String::len).sum::<usize>() < 80_000);
}

#[test]
fn a_run_after_a_limit_is_as_good_as_new() {
    let source = "let n = 0; Deno.serve(async (req) => { if (!req.headers.has('authorization')) for (;;) {} n++; return Response.json({ n }); });";
    let all = run_all(source, |_| {});
    assert!(!all[0].ok);
    assert_eq!(all[1].answer, "{\"n\":1}");
    assert_eq!(all[2].answer, "{\"n\":1}");
}

#[test]
fn nothing_of_the_machine_is_there() {
    for name in [
        "require",
        "WebSocket",
        "XMLHttpRequest",
        "EventSource",
        "Worker",
        "navigator",
        "localStorage",
        "__host",
        "lent",
        "std",
        "os",
    ] {
        let done = call(&format!("return new Response(typeof globalThis[{name:?}]);"));
        assert_eq!(done.answer, "undefined", "{name}");
    }
    for code in [
        "Deno.readTextFileSync('/etc/passwd')",
        "Deno.env.get('PATH').length",
        "new Deno.Command('ls')",
        "const n = 'fs'; await import(n)",
        "const n = '/etc/passwd'; await import(n)",
    ] {
        let done = call(&format!("{code}; return new Response('passed');"));
        assert_ne!(done.answer, "passed", "{code}");
    }
    let named = run_all(
        "Deno.serve(async () => Response.json(await import('node:fs')));",
        |_| {},
    );
    assert!(
        named[0].problem.as_deref().unwrap().contains("imports `node:fs`"),
        "{named:?}"
    );
    assert_eq!(
        call("return Response.json([process.env.HOME ?? null, Deno.env.get('HOME') ?? null]);").answer,
        "[null,null]"
    );
}

#[test]
fn costly_natives_are_charged_for() {
    assert!(
        problem("const s = 'x'.repeat(1e7); for (;;) { try { s.indexOf('yy'); } catch {} }").contains("worked longer")
    );
    assert!(
        problem("const a = Array.from({ length: 1e5 }, (_, i) => -i); for (;;) { try { a.toSorted(); } catch {} }")
            .contains("worked longer")
    );
    assert!(
        problem("const a = new Array(1e5).fill({}); for (;;) { try { JSON.stringify(a); } catch {} }")
            .contains("worked longer")
    );
    let big = run_all(
        "Deno.serve(() => {\n  let a = 3n ** 99999n; for (;;) a * a; });",
        |_| {},
    );
    assert!(
        big[0]
            .problem
            .as_deref()
            .unwrap()
            .starts_with("base44/functions/test/entry.ts:2 uses BigInt"),
        "{big:?}"
    );
    assert_eq!(
        call("return new Response(typeof globalThis['Big' + 'Int']);").answer,
        "undefined"
    );
    let plain = call(
        "return new Response(['b', 'a'].sort().join() + 'a-b'.split('-') + 'x'.padStart(3) + JSON.stringify({ a: [1] }));",
    );
    assert_eq!(plain.answer, "a,ba,b  x{\"a\":[1]}");
}
