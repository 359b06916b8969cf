//! Rehearsals of functions as real apps write them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use linchpin_app::{App, Entity, Field, Kind, Role};
use linchpin_catalog::Catalog;
use linchpin_function::rehearse::{Fault, Stage, Start, rehearse, samples};
use linchpin_function::{Caller, Condition, EntityEvent, Op, Rehearsal};
use serde_json::{Value, json};

mod fixture;

mod rehearse {
    mod compiled;
    mod faults;
    mod limits;
    mod mail;
    mod schema;
    mod sdk;
    mod web;
}

fn field(name: &str, kind: Kind, role: Option<Role>) -> Field {
    Field {
        name: name.into(),
        kind,
        role,
        ..Field::default()
    }
}

fn app() -> App {
    let mut status = field("status", Kind::String, Some(Role::Status));
    status.options = vec!["requested".into(), "confirmed".into(), "cancelled".into()];
    let mut client_id = field("client_id", Kind::String, None);
    client_id.refers_to = Some("Client".into());
    let mut email = field("email", Kind::String, Some(Role::Email));
    email.format = Some("email".into());
    email.required = true;
    let mut start = field("start_time", Kind::String, Some(Role::Start));
    start.format = Some("date-time".into());
    let mut end = field("end_time", Kind::String, Some(Role::End));
    end.format = Some("date-time".into());
    let mut due = field("due_date", Kind::String, Some(Role::Due));
    due.format = Some("date".into());
    App {
        name: "studio".into(),
        entities: vec![
            Entity {
                name: "Booking".into(),
                fields: vec![
                    field("title", Kind::String, Some(Role::Title)),
                    field("client_name", Kind::String, Some(Role::PersonName)),
                    {
                        let mut f = email.clone();
                        f.name = "client_email".into();
                        f.required = false;
                        f
                    },
                    client_id,
                    status,
                    start,
                    end,
                    field("price", Kind::Number, Some(Role::Money)),
                    field("notes", Kind::String, Some(Role::Text)),
                    field("calendar_event_id", Kind::String, Some(Role::ExternalId)),
                ],
                ..Entity::default()
            },
            Entity {
                name: "Client".into(),
                fields: vec![field("name", Kind::String, Some(Role::PersonName)), email],
                ..Entity::default()
            },
            Entity {
                name: "Task".into(),
                fields: vec![
                    field("title", Kind::String, Some(Role::Title)),
                    due,
                    field("done", Kind::Boolean, None),
                ],
                owner_only: true,
                ..Entity::default()
            },
        ],
        ..App::default()
    }
}

const FILE: &str = "base44/functions/test/entry.ts";

/// Runs a function whose body is given, as an admin would call it; gives that one rehearsal.
fn call(body: &str) -> Rehearsal {
    call_with(body, json!({}))
}

fn call_with(body: &str, input: Value) -> Rehearsal {
    let source = format!(
        "import {{ createClientFromRequest }} from 'npm:@base44/sdk@0.8.31';\nDeno.serve(async (req) => {{\n  const base44 = createClientFromRequest(req);\n{body}\n}});"
    );
    run_all(&source, |stage| {
        stage.start = Start::Call {
            body: input.clone(),
            required: vec![],
        }
    })
    .into_iter()
    .find(|r| r.caller == "admin")
    .unwrap()
}

fn run_all(source: &str, set: impl Fn(&mut Stage<'_>)) -> Vec<Rehearsal> {
    let app = app();
    let mut stage = Stage::new(FILE, source, &app, Catalog::embedded());
    stage.faults.clear();
    set(&mut stage);
    rehearse(&stage)
}

/// Evaluates an expression in a function and gives its JSON.
fn eval(expression: &str) -> Value {
    let done = call(&format!("return Response.json({{ value: await ({expression}) }});"));
    let answer: Value = serde_json::from_str(&done.answer).unwrap_or_else(|_| panic!("{expression}: {done:?}"));
    answer["value"].clone()
}

fn of<'r>(all: &'r [Rehearsal], caller: &str) -> &'r Rehearsal {
    all.iter()
        .find(|r| r.caller == caller)
        .unwrap_or_else(|| panic!("no {caller} in {:?}", all.iter().map(|r| &r.caller).collect::<Vec<_>>()))
}

/// A careful function: what the compiler writes, in short.
const CAREFUL: &str = r#"
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

type Booking = { id: string; title: string; client_email: string; status: string };

async function send(url: string, init: RequestInit, tries = 3): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (response.status !== 429 || attempt >= tries) return response;
    const wait = Number(response.headers.get("retry-after") ?? "1");
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

const word = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${base64(text)}?=`;
function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
const line = (text: unknown) => String(text ?? "").replace(/[\r\n]+/g, " ");

Deno.serve(async (req: Request): Promise<Response> => {
  try {
    const base44 = createClientFromRequest(req);
    const user = await base44.auth.me().catch(() => null);
    if (!user) return Response.json({ error: "Sign in first." }, { status: 401 });
    if (user.role !== "admin") return Response.json({ error: "Admins only." }, { status: 403 });
    const payload = await req.json().catch(() => null);
    const id = payload?.event?.entity_id;
    const booking = (await base44.asServiceRole.entities.Booking.get(id)) as Booking;
    if (booking.status !== "confirmed") return Response.json({ skipped: true });
    const { accessToken } = await base44.asServiceRole.connectors.getConnection("gmail");
    const mail = [
      `To: ${line(booking.client_email)}`,
      `Subject: ${word(line(booking.title))}`,
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      base64(`Confirmed: ${booking.title}`),
    ].join("\r\n");
    const raw = base64(mail).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const response = await send("https://gmail.googleapis.com/gmail/v1/users/me/messages/send", {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ raw }),
    });
    if (!response.ok) return Response.json({ error: `Gmail answered ${response.status}.` }, { status: 502 });
    return Response.json({ sent: (await response.json()).id });
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 500 });
  }
});
"#;

fn careful(stage: &mut Stage<'_>) {
    stage.faults = Fault::ALL.to_vec();
    stage.caller = Some(Caller::Automation);
    stage.start = Start::Entity {
        entity: "Booking".into(),
        events: vec![EntityEvent::Update],
        when: vec![Condition {
            field: "status".into(),
            op: Op::Becomes,
            value: json!("confirmed"),
        }],
    };
}

#[test]
fn a_careful_function_passes_every_run() {
    let all = run_all(CAREFUL, careful);
    let names: Vec<&str> = all.iter().map(|r| r.caller.as_str()).collect();
    assert_eq!(
        names,
        [
            "anonymous",
            "user",
            "admin",
            "automation",
            "automation, awkward text",
            "automation, status not met",
            "provider 401",
            "provider 429",
            "provider 500",
            "provider timeout",
            "not connected"
        ]
    );
    for r in &all {
        assert!(r.ok, "{r:#?}");
    }
    assert_eq!(of(&all, "anonymous").status, 401);
    assert_eq!(of(&all, "user").status, 403);
    let sent = &of(&all, "automation").requests[0];
    assert_eq!(sent.headers["authorization"], "Bearer ‹token of gmail›");
    let mail = sent.mail.as_ref().unwrap();
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("mara.vogel@example.org", "First booking")
    );
    assert_eq!(of(&all, "provider 429").requests.len(), 2);
    assert!(of(&all, "automation, status not met").requests.is_empty());
}

#[test]
fn two_rehearsals_are_the_same_byte_for_byte() {
    let text = || serde_json::to_string(&run_all(CAREFUL, careful)).unwrap();
    assert_eq!(text(), text());
    let random = || {
        serde_json::to_string(&run_all("export default async () => { console.log(Math.random(), crypto.randomUUID(), Date.now(), performance.now()); return Response.json([...crypto.getRandomValues(new Uint8Array(4))]); }", |_| {})).unwrap()
    };
    assert_eq!(random(), random());
}

#[test]
fn each_run_starts_with_fresh_modules() {
    let source = "let runs = 0; Deno.serve(() => Response.json({ runs: ++runs }));";
    for r in run_all(source, |_| {}) {
        assert_eq!(r.answer, r#"{"runs":1}"#, "{}", r.caller);
    }
}

#[test]
fn types_are_stripped_and_enums_stay() {
    let source = r#"
import type { Nothing } from "npm:some-types-only";
enum Color { Red, Green = "g" }
const enum Size { S = 1, L = S + 1 }
namespace Deep { export const x = 4; }
interface Box<T extends object = {}> { value: T; }
abstract class Base<T> { constructor(protected readonly name: string, private box?: Box<{ a: T }>) {} abstract hi(): string; }
class Kid extends Base<number> { declare ghost: string; count!: number; hi(): string { return this.name satisfies string; } }
function over(a: string): string; function over(a: number): number; function over(a: unknown): unknown { return a; }
function isText(v: unknown): v is string { return typeof v === "string"; }
const conf = { a: 1 } as const satisfies Record<string, number>;
const generic = <T,>(x: T): T => x!;
export default async function (req: Request): Promise<Response> {
  const kid = new Kid("kid") as Kid & { extra?: string };
  using_(req!);
  return Response.json([Color.Red, Color[0], Color.Green, Size.L, Deep.x, kid.hi(), over(3), isText("x"), conf.a, generic<number>(5)]);
}
function using_(_: Request): asserts _ is Request {}
"#;
    let all = run_all(source, |_| {});
    assert_eq!(
        of(&all, "admin").answer,
        r#"[0,"Red","g",2,4,"kid",3,true,1,5]"#,
        "{all:#?}"
    );
}

#[test]
fn helpers_of_the_app_are_imported() {
    let source = "import { greet } from '../../shared/greet.ts';\nimport { secrets, waitUntil } from 'base44:runtime';\nexport default { async fetch(req) { waitUntil(Promise.resolve(1)); return Response.json(greet(secrets.WHO)); } };";
    let all = run_all(source, |stage| {
        stage.modules = BTreeMap::from([
            (
                "base44/shared/greet.ts".into(),
                "import { word } from './word.ts'; export const greet = (who: string): string => `${word} ${who}`;"
                    .into(),
            ),
            (
                "base44/shared/word.ts".into(),
                "export const word: string = 'Hello';".into(),
            ),
        ]);
        stage.env = BTreeMap::from([("WHO".into(), "Ada".into())]);
    });
    assert_eq!(of(&all, "admin").answer, r#""Hello Ada""#);
}

#[test]
fn an_import_that_cannot_be_rehearsed_is_named_with_its_line() {
    let all = run_all(
        "\nimport { Resend } from 'npm:resend@4.0.0';\nDeno.serve(() => new Response(new Resend()));",
        |_| {},
    );
    assert_eq!(all.len(), 1);
    assert!(!all[0].ok);
    let problem = all[0].problem.as_deref().unwrap();
    assert!(
        problem.starts_with("base44/functions/test/entry.ts:2 imports `npm:resend@4.0.0`"),
        "{problem}"
    );
    let all = run_all("import a from './nowhere.ts'; Deno.serve(() => a);", |_| {});
    assert!(all[0].problem.as_deref().unwrap().contains("./nowhere.ts"));
    let all = run_all("Deno.serve((req) => {\n  return new Response(;\n});", |_| {});
    assert!(all[0].problem.as_deref().unwrap().contains("entry.ts:2"), "{all:?}");
}

#[test]
fn every_shape_of_handler_is_found() {
    for source in [
        "Deno.serve((req) => new Response('ok'));",
        "Deno.serve({ port: 8000 }, (req) => new Response('ok'));",
        "Deno.serve({ port: 8000, handler: () => new Response('ok') });",
        "export default async function (req) { return new Response('ok'); }",
        "export default { fetch: async () => new Response('ok') };",
        "Deno.serve(() => new Response('ok')); export default () => new Response('no');",
        "const late = await Promise.resolve(() => new Response('ok')); Deno.serve(late);",
    ] {
        let all = run_all(source, |_| {});
        assert_eq!(
            (of(&all, "user").answer.as_str(), of(&all, "user").status),
            ("ok", 200),
            "{source} {all:?}"
        );
    }
    let none = run_all("const x = 1;", |_| {});
    assert!(
        none[0].problem.as_deref().unwrap().contains("there is no handler"),
        "{none:?}"
    );
    let thrown = run_all("throw new TypeError('at import');", |_| {});
    assert!(
        thrown[0].problem.as_deref().unwrap().contains("TypeError: at import"),
        "{thrown:?}"
    );
    let no_response = run_all("Deno.serve(() => ({ ok: true }));", |_| {});
    assert!(
        no_response[0]
            .problem
            .as_deref()
            .unwrap()
            .contains("in place of a Response"),
        "{no_response:?}"
    );
}

#[test]
fn roles_are_rehearsed_as_the_plan_says() {
    let source = r#"
import { createClientFromRequest } from "npm:@base44/sdk";
Deno.serve(async (req) => {
  const user = await createClientFromRequest(req).auth.me().catch(() => null);
  if (!user) return Response.json({ error: "no" }, { status: 401 });
  if (user.role !== "manager" && user.role !== "admin") return Response.json({ error: "no" }, { status: 403 });
  return Response.json({ ok: true });
});"#;
    let all = run_all(source, |stage| {
        stage.caller = Some(Caller::Role { role: "manager".into() })
    });
    assert!(all.iter().all(|r| r.ok), "{all:#?}");
    assert_eq!(of(&all, "manager").status, 200);
    let open = run_all("Deno.serve(() => Response.json({ ok: true }));", |stage| {
        stage.caller = Some(Caller::SignedIn)
    });
    assert!(!of(&open, "anonymous").ok);
    assert!(of(&open, "user").ok);
}

#[test]
fn the_examples_samples_are_stable() {
    let app = app();
    let now = chrono::DateTime::from_timestamp(1_772_440_200, 0).unwrap();
    assert_eq!(samples(&app, now, "UTC"), samples(&app, now, "UTC"));
}
