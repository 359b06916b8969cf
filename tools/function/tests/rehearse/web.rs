//! The web's own interfaces, one by one.

use serde_json::json;

use super::super::{call, eval};

#[test]
fn urls_are_the_standards() {
    assert_eq!(
        eval("new URL('../b?x=1#h', 'https://EXAMPLE.org:443/a/c/d').href"),
        json!("https://example.org/a/b?x=1#h")
    );
    assert_eq!(
        eval(
            "(() => { const u = new URL('https://x.org/a b?q=ü'); u.searchParams.append('k', 'ä &+'); u.pathname = '/ç'; u.hash = 'z'; return [u.href, u.host, u.search, u.searchParams.get('q')]; })()"
        ),
        json!([
            "https://x.org/%C3%A7?q=%C3%BC&k=%C3%A4+%26%2B#z",
            "x.org",
            "?q=%C3%BC&k=%C3%A4+%26%2B",
            "ü"
        ])
    );
    assert_eq!(
        eval("(() => { try { new URL('/x'); } catch (e) { return e.name + ': ' + e.message; } })()"),
        json!("TypeError: Invalid URL: '/x'")
    );
    assert_eq!(
        eval(
            "[URL.canParse('nope'), new URL('https://a.b').toString(), JSON.stringify({ u: new URL('https://a.b/c') })]"
        ),
        json!([false, "https://a.b/", "{\"u\":\"https://a.b/c\"}"])
    );
    assert_eq!(
        eval(
            "new URLSearchParams({ a: '1', b: 'x y' }).toString() + '|' + new URLSearchParams([['a', 1], ['a', 2]]).getAll('a') + '|' + [...new URLSearchParams('?z=%20+&y')].join(';')"
        ),
        json!("a=1&b=x+y|1,2|z,  ;y,")
    );
}

#[test]
fn headers_requests_and_responses() {
    assert_eq!(
        eval(
            "(() => { const h = new Headers([['B', '2'], ['a', ' 1 ']]); h.append('b', '3'); return [...h].join('|') + h.get('A') + h.has('c'); })()"
        ),
        json!("a,1|b,2, 31false")
    );
    for bad in [
        "new Headers({ 'x': 'a\\nb' })",
        "new Headers({ 'x': '‹' })",
        "new Headers({ 'a b': 'x' })",
        "new Request('https://a.b', { body: 'x' })",
        "new Response('x', { status: 99 })",
    ] {
        let said = eval(&format!(
            "(() => {{ try {{ {bad}; return 'passed'; }} catch (e) {{ return e.name; }} }})()"
        ));
        assert!(said.as_str().unwrap().contains("Error"), "{bad}");
    }
    assert_eq!(
        eval(
            "(async () => { const r = Response.json({ a: 1 }, { status: 201, headers: { 'x-a': 'b' } }); const c = r.clone(); return [r.status, r.ok, r.headers.get('content-type'), (await r.json()).a, await c.text(), r.bodyUsed]; })()"
        ),
        json!([201, true, "application/json", 1, "{\"a\":1}", true])
    );
    assert_eq!(
        eval(
            "(async () => { const r = new Response('x'); await r.text(); try { await r.text(); } catch (e) { return e.name; } })()"
        ),
        json!("TypeError")
    );
    assert_eq!(
        eval(
            "(async () => { const r = new Request('https://a.b/c', { method: 'post', body: new URLSearchParams({ a: 'b c' }) }); return [r.method, r.url, r.headers.get('content-type'), await r.text()]; })()"
        ),
        json!([
            "POST",
            "https://a.b/c",
            "application/x-www-form-urlencoded;charset=UTF-8",
            "a=b+c"
        ])
    );
    assert_eq!(
        eval(
            "(async () => { const f = new FormData(); f.append('a', 'b'); f.append('file', new File(['hé'], 'x.txt', { type: 'text/plain' })); const r = new Response(f); const back = await r.formData(); return [back.get('a'), back.get('file').name, await back.get('file').text()]; })()"
        ),
        json!(["b", "x.txt", "hé"])
    );
    assert_eq!(
        eval("(async () => { let n = 0; for await (const c of new Response('abc').body) n += c.length; return n; })()"),
        json!(3)
    );
}

#[test]
fn text_bytes_and_base64() {
    assert_eq!(
        eval(
            "[...new TextEncoder().encode('é東')].join() + new TextDecoder().decode(new Uint8Array([0xe6, 0x9d, 0xb1]).buffer)"
        ),
        json!("195,169,230,157,177東")
    );
    assert_eq!(
        eval("[btoa('\\xff\\x00'), atob(' /w A= '), atob('YQ')]"),
        json!(["/wA=", "\u{ff}\u{0}", "a"])
    );
    assert_eq!(
        eval("(() => { try { btoa('東'); } catch (e) { return e.name; } })()"),
        json!("InvalidCharacterError")
    );
    assert_eq!(
        eval("(() => { try { atob('a'); } catch (e) { return e.name; } })()"),
        json!("InvalidCharacterError")
    );
    assert_eq!(
        eval(
            "(() => { const all = Uint8Array.from({ length: 256 }, (_, i) => i); return atob(btoa(String.fromCharCode(...all))).length; })()"
        ),
        json!(256)
    );
    assert_eq!(
        eval("new TextDecoder('utf-8', { fatal: false }).decode(new Uint8Array([0x61, 0xff]))"),
        json!("a\u{fffd}")
    );
    assert_eq!(
        eval(
            "(() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])); } catch (e) { return e.name; } })()"
        ),
        json!("TypeError")
    );
}

#[test]
fn digests_and_signatures() {
    let hex = "(b) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, '0')).join('')";
    assert_eq!(
        eval(&format!(
            "(async () => ({hex})(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'))))()"
        )),
        json!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
    // RFC 4231, test case 2.
    assert_eq!(
        eval(&format!(
            "(async () => {{ const k = await crypto.subtle.importKey('raw', new TextEncoder().encode('Jefe'), {{ name: 'HMAC', hash: 'SHA-256' }}, false, ['sign', 'verify']); const d = new TextEncoder().encode('what do ya want for nothing?'); const s = await crypto.subtle.sign('HMAC', k, d); return [({hex})(s), await crypto.subtle.verify('HMAC', k, s, d)]; }})()"
        )),
        json!(["5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", true])
    );
    assert_eq!(
        eval("/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())"),
        json!(true)
    );
}

#[test]
fn waiting_moves_the_clock_and_nothing_else_does() {
    assert_eq!(
        eval(
            "(async () => { const a = Date.now(); await new Promise((r) => setTimeout(r, 90_000)); return Date.now() - a; })()"
        ),
        json!(90_000)
    );
    assert_eq!(
        eval(
            "(async () => { const order = []; setTimeout(() => order.push('b'), 20); setTimeout(() => order.push('a'), 10); const off = setTimeout(() => order.push('x'), 5); clearTimeout(off); await new Promise((r) => setTimeout(r, 30)); return order; })()"
        ),
        json!(["a", "b"])
    );
    assert_eq!(
        eval(
            "(async () => { let n = 0; await new Promise((r) => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); r(); } }, 100); }); return [n, performance.now()]; })()"
        ),
        json!([3, 300])
    );
    assert_eq!(
        eval(
            "(async () => { const c = new AbortController(); setTimeout(() => c.abort(), 10); try { await new Promise((_, no) => c.signal.addEventListener('abort', () => no(c.signal.reason))); } catch (e) { return e.name; } })()"
        ),
        json!("AbortError")
    );
    assert_eq!(
        eval(
            "(async () => { const order = []; queueMicrotask(() => order.push(1)); await null; order.push(2); return order; })()"
        ),
        json!([1, 2])
    );
    assert_eq!(
        eval(
            "(() => { const d = new Date('2026-03-02T09:00'); return [new Date().toISOString(), d.toISOString(), d.getHours(), d.toString(), new Date(2026, 0, 31).toISOString(), new Date('March 7, 2026 10:00').toISOString(), new Date(NaN).toString(), typeof Date()]; })()"
        ),
        json!([
            "2026-03-02T08:30:00.000Z",
            "2026-03-02T09:00:00.000Z",
            9,
            "Mon Mar 02 2026 09:00:00 GMT+0000 (Coordinated Universal Time)",
            "2026-01-31T00:00:00.000Z",
            "2026-03-07T10:00:00.000Z",
            "Invalid Date",
            "string"
        ])
    );
}

#[test]
fn copies_and_logs() {
    assert_eq!(
        eval(
            "(() => { const a = { m: new Map([[1, { x: 1 }]]), d: new Date(0), s: new Set([1]) }; a.me = a; const b = structuredClone(a); return [b.me === b, b.m.get(1) !== a.m.get(1), b.d.getTime(), b.s.has(1)]; })()"
        ),
        json!([true, true, 0, true])
    );
    let done = call(
        "console.log('a', 1, { b: [true, null], c: 'x' }, new Error('no')); console.error('%s is %d', 'x', 5); return new Response('');",
    );
    assert_eq!(
        done.console,
        ["a 1 { b: [ true, null ], c: \"x\" } Error: no", "x is 5"]
    );
}

/// What a current engine printed for some three thousand formats: the table `intl.json`.
#[test]
fn dates_read_as_in_a_real_engine() {
    let table = include_str!("intl.json");
    let done = call(&format!(
        "const rows = {table}; const bad = []; for (const [l, z, o, t, want] of rows) {{ const have = new Intl.DateTimeFormat(l, {{ ...o, timeZone: z }}).formatToParts(new Date(t)).map((p) => [p.type, p.value]); if (JSON.stringify(have) !== JSON.stringify(want)) bad.push([l, z, JSON.stringify(o), t, want.map((p) => p[1]).join(''), have.map((p) => p[1]).join('')]); }} return Response.json({{ rows: rows.length, bad: bad.length, some: bad.slice(0, 40) }});"
    ));
    let answer: serde_json::Value = serde_json::from_str(&done.answer).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!(answer["bad"], json!(0), "{answer:#}");
}

#[test]
fn dates_and_numbers_in_their_short_forms() {
    assert_eq!(
        eval(
            "(() => { const d = new Date('2026-03-02T20:05:09Z'); return [d.toLocaleString('en-US', { timeZone: 'America/New_York' }), d.toLocaleDateString('en-GB', { timeZone: 'Europe/Berlin' }), d.toLocaleTimeString('sv-SE', { timeZone: 'Asia/Tokyo' }), d.toLocaleDateString('en-CA'), d.toLocaleDateString('en-US', { weekday: 'long' }), d.toLocaleString('sv', { timeZone: 'europe/berlin' })]; })()"
        ),
        json!([
            "3/2/2026, 3:05:09 PM",
            "02/03/2026",
            "05:05:09",
            "2026-03-02",
            "Monday",
            "2026-03-02 21:05:09"
        ])
    );
    assert_eq!(
        eval(
            "(() => { try { new Intl.DateTimeFormat('en', { timeZone: 'Mars/Olympus' }); } catch (e) { return e.name; } })()"
        ),
        json!("RangeError")
    );
    assert_eq!(
        eval(
            "[new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(-1234.5), (1234567.891).toLocaleString(), new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5), (0.256).toLocaleString('en-US', { style: 'percent' }), (2.5).toLocaleString('en-US', { maximumFractionDigits: 0 }), (5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (1.005).toFixed(2)]"
        ),
        json!([
            "-$1,234.50",
            "1,234,567.891",
            "1.234,50\u{a0}€",
            "26%",
            "3",
            "5.00",
            "1.00"
        ])
    );
    assert_eq!(eval("Intl.DateTimeFormat().resolvedOptions().timeZone"), json!("UTC"));
}
