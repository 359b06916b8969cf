//! What is proved of functions as people write them: calls, scopes, and what can't be known.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use linchpin_catalog::Catalog;
use linchpin_function::Proof;
use linchpin_function::prove::{ProveError, prove};

fn catalog() -> &'static Catalog {
    Catalog::embedded()
}

fn corpus(folder: &str) -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/");
    let mut files: Vec<PathBuf> = fs::read_dir(format!("{root}{folder}"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn proof(source: &str) -> Proof {
    prove(source, "entry.ts", catalog(), &BTreeMap::new()).unwrap()
}

/// A proof as one would read it.
fn shown(proof: &Proof) -> String {
    let mut out = String::new();
    for call in &proof.calls {
        writeln!(
            out,
            "{:>3} {} {}{} = {} ({})",
            call.line, call.method, call.host, call.path, call.operation, call.connector
        )
        .unwrap();
    }
    for open in &proof.unresolved {
        writeln!(out, "{:>3} ? {}", open.line, open.why).unwrap();
    }
    for asked in &proof.connectors {
        let whose = if asked.app_user { "app user" } else { "shared" };
        writeln!(out, "{:>3} connects {} ({whose})", asked.line, asked.connector).unwrap();
    }
    for entity in &proof.entities {
        let role = if entity.service_role { "service" } else { "user" };
        writeln!(out, "{:>3} {}.{} as {role}", entity.line, entity.entity, entity.method).unwrap();
    }
    for used in &proof.integrations {
        writeln!(out, "{:>3} {}", used.line, used.name).unwrap();
    }
    for (connector, scopes) in &proof.scopes.needed {
        writeln!(out, "needs {connector}: {}", scopes.join(" ")).unwrap();
    }
    out
}

#[test]
fn functions_people_write_are_understood() {
    let mut out = String::new();
    for (name, source) in corpus("good") {
        let proof = proof(&source);
        assert!(proof.unresolved.is_empty(), "{name}: {:?}", proof.unresolved);
        assert!(!proof.calls.is_empty(), "{name} calls nobody");
        writeln!(out, "# {name}\n{}", shown(&proof)).unwrap();
    }
    insta::assert_snapshot!("good", out);
}

#[test]
fn a_syntax_error_names_its_place() {
    let error = prove(
        "const a = 1;\nconst b = {\n",
        "base44/functions/x/entry.ts",
        catalog(),
        &BTreeMap::new(),
    )
    .unwrap_err();
    let ProveError::Syntax { line, .. } = &error;
    assert!(*line >= 2, "{error}");
    assert!(error.to_string().starts_with("base44/functions/x/entry.ts:"), "{error}");
}

/// A signed-in handler around `body`.
fn handler(body: &str) -> String {
    format!(
        "import {{ createClientFromRequest }} from \"npm:@base44/sdk@0.8.31\";\n\
         Deno.serve(async (req) => {{\n\
         const base44 = createClientFromRequest(req);\n\
         const {{ accessToken }} = await base44.asServiceRole.connectors.getConnection(\"gmail\");\n\
         const headers = {{ authorization: `Bearer ${{accessToken}}` }};\n\
         {body}\n}});\n"
    )
}

fn unresolved(body: &str) -> String {
    let proof = proof(&handler(body));
    assert!(proof.calls.is_empty(), "{:?}", proof.calls);
    let [only] = proof.unresolved.as_slice() else {
        panic!("{:?}", proof.unresolved);
    };
    assert_eq!(only.line, 6, "{only:?}");
    only.why.clone()
}

#[test]
fn what_is_not_known_is_named() {
    insta::assert_snapshot!(
        "unresolved",
        [
            "const { url } = await req.json(); await fetch(url, { headers });",
            "const { host } = await req.json(); await fetch(`https://${host}/x`, { headers });",
            "const { host } = await req.json(); await fetch(`https://api.${host}/x`, { headers });",
            "await fetch(`https://gmail.googleapis.com${(await req.json()).path}`, { headers });",
            "await fetch('https://api.unknown.example/v1/send', { headers });",
            "await fetch('https://gmail.googleapis.com/gmail/v1/users/me/nonsense', { headers });",
            "await fetch('http://gmail.googleapis.com/gmail/v1/users/me/profile', { headers });",
            "const { method } = await req.json(); await fetch('https://gmail.googleapis.com/gmail/v1/users/me/profile', { method, headers });",
        ]
        .map(unresolved)
        .join("\n")
    );
}

#[test]
fn clients_of_packages_are_named() {
    let source = "import { google } from \"npm:googleapis@144.0.0\";\n".to_owned()
        + &handler("const gmail = google.gmail({ version: 'v1', auth: accessToken });");
    let lines: Vec<u32> = proof(&source).unresolved.iter().map(|u| u.line).collect();
    assert_eq!(lines, [1, 7]);
    let source = "import { send } from \"../shared/mail.ts\";\n".to_owned() + &handler("await send(accessToken);");
    let proof = proof(&source);
    assert_eq!(proof.unresolved.len(), 1);
    assert!(proof.unresolved[0].why.contains("../shared/mail.ts"));
}

/// The one call of a handler.
fn call(body: &str) -> (String, String) {
    let proof = proof(&handler(body));
    assert!(proof.unresolved.is_empty(), "{:?}", proof.unresolved);
    let [only] = proof.calls.as_slice() else {
        panic!("{:?}", proof.calls);
    };
    (only.operation.clone(), only.path.clone())
}

#[test]
fn addresses_are_folded() {
    let list = (
        "gmail.users.messages.list".to_owned(),
        "/gmail/v1/users/me/messages".to_owned(),
    );
    for body in [
        "await fetch('https://gmail.googleapis.com/gmail/v1/users/me/messages', { headers });",
        "const BASE = 'https://gmail.googleapis.com'; await fetch(BASE + '/gmail/v1/users/' + 'me' + '/messages', { headers });",
        "await fetch(`${'https://gmail.googleapis.com/gmail'}/v${1}/users/me/messages?q=${req.url}`, { headers });",
        "await fetch(new URL('/gmail/v1/users/me/messages', 'https://gmail.googleapis.com/other'), { headers });",
        "await fetch(new URL('messages', 'https://gmail.googleapis.com/gmail/v1/users/me/'), { headers });",
        "await fetch(['https://gmail.googleapis.com/gmail/v1/users', 'me', 'messages'].join('/'), { headers });",
        "const u = new URL('https://gmail.googleapis.com/gmail/v1/users/me/messages'); u.searchParams.set('q', 'x'); await fetch(u.toString(), { headers });",
        "const q = new URLSearchParams({ q: 'x' }); await fetch(`https://gmail.googleapis.com/gmail/v1/users/me/messages?${q}`, { headers });",
        "const api = { root: 'https://gmail.googleapis.com', paths: { list: '/gmail/v1/users/me/messages' } }; await fetch(api.root + api.paths.list, { headers });",
        "let url = 'https://gmail.googleapis.com/gmail/v1/users/me/messages'; if (req.url) url += '?maxResults=5'; await fetch(url, { headers });",
        "await fetch('https://gmail.googleapis.com/gmail/v1/users/{user}/messages'.replace('{user}', 'me'), { headers });",
        "await fetch(`https://gmail.googleapis.com/gmail/v1/users/${encodeURIComponent('me')}/messages`, { headers });",
        "for (const part of ['messages']) await fetch(`https://gmail.googleapis.com/gmail/v1/users/me/${part}`, { headers });",
        "const get = (path) => fetch('https://gmail.googleapis.com' + path, { headers }); await get('/gmail/v1/users/me/messages');",
        "class Api { constructor(root) { this.root = root; } get(path) { return fetch(this.root + path, { headers }); } } await new Api('https://gmail.googleapis.com').get('/gmail/v1/users/me/messages');",
    ] {
        assert_eq!(call(body), list, "{body}");
    }
}

#[test]
fn both_arms_are_calls() {
    let proof = proof(&handler(
        "const { id } = await req.json();\n\
         const tail = id ? `messages/${id}` : 'labels';\n\
         await fetch('https://gmail.googleapis.com/gmail/v1/users/me/' + tail, { headers });",
    ));
    let operations: Vec<&str> = proof.calls.iter().map(|c| c.operation.as_str()).collect();
    assert_eq!(operations, ["gmail.users.labels.list", "gmail.users.messages.get"]);
}

#[test]
fn scopes_are_compared_with_what_is_declared() {
    let send = handler(
        "await fetch('https://gmail.googleapis.com/gmail/v1/users/me/messages/send', { method: 'POST', headers });",
    );
    let scope = |short: &str| format!("https://www.googleapis.com/auth/{short}");
    let with = |scopes: &[&str]| {
        let declared = BTreeMap::from([("gmail".to_owned(), scopes.iter().map(|s| scope(s)).collect::<Vec<_>>())]);
        prove(&send, "entry.ts", catalog(), &declared).unwrap().scopes
    };
    let right = with(&["gmail.send"]);
    assert_eq!(right.needed["gmail"], [scope("gmail.send")]);
    assert!(right.missing.is_empty() && right.excess.is_empty(), "{right:?}");
    let wide = with(&["gmail.send", "gmail.readonly"]);
    assert_eq!(wide.excess, [format!("gmail {}", scope("gmail.readonly"))]);
    let other = with(&["gmail.modify"]);
    assert!(other.missing.is_empty(), "modify may send: {other:?}");
    let narrow = with(&["gmail.readonly"]);
    assert_eq!(narrow.missing, [format!("gmail {}", scope("gmail.send"))]);
    assert!(
        proof(&send).scopes.missing.is_empty(),
        "nothing declared, nothing to compare"
    );
}

#[test]
fn the_token_decides_between_connectors_of_one_host() {
    let files = "await fetch('https://www.googleapis.com/drive/v3/files', { headers });";
    let sheets = handler(files).replace("\"gmail\"", "\"googlesheets\"");
    assert_eq!(proof(&sheets).calls[0].connector, "googlesheets");
}

#[test]
fn a_check_says_all_in_one() {
    let source = &corpus("good")[0].1;
    let policy = linchpin_function::police::Policy::of(catalog());
    let checked =
        linchpin_function::check(source, "syncBooking", "entry.ts", catalog(), &BTreeMap::new(), &policy).unwrap();
    assert_eq!(checked.proof, proof(source));
    assert!(checked.verdict.ok && checked.is_clean());
    let json = serde_json::to_value(&checked).unwrap();
    for key in ["name", "file", "calls", "unresolved", "scopes", "verdict", "rehearsals"] {
        assert!(json.get(key).is_some(), "{key}");
    }
}

#[test]
fn what_grows_in_loops_and_closures_comes_to_an_end() {
    let proof = proof(&handler(
        "const parse = (line) => { let out = ''; let quoted = false;\n\
         for (let i = 0; i < line.length; i++) {\n\
           const c = line[i];\n\
           if (c === '\"') quoted = !quoted; else if (c === ',' && !quoted) out += ';'; else out += c;\n\
         }\n\
         return out; };\n\
         let text = '';\n\
         const walk = (part) => { if (part.text) text += part.text + '\\n'; for (const p of part.parts ?? []) walk(p); };\n\
         walk(await req.json());\n\
         const path = (node, so_far) => node.next ? path(node.next, so_far + '/' + node.name) : so_far;\n\
         await fetch('https://gmail.googleapis.com/gmail/v1/users/me/profile', { headers });\n\
         return Response.json({ lines: parse(text), path: path(await req.json(), '') });",
    ));
    assert!(proof.unresolved.is_empty(), "{:?}", proof.unresolved);
    assert_eq!(proof.calls.len(), 1);
}

#[test]
fn a_computed_entity_is_shown_as_computed() {
    let proof = proof(&handler(
        "for (const name of (await req.json()).names) await base44.asServiceRole.entities[name].list();",
    ));
    assert_eq!(proof.entities.len(), 1);
    assert_eq!(proof.entities[0].entity, "{}");
    assert!(proof.entities[0].service_role);
}
