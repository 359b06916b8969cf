//! Layouts and facts that real apps have: schemas in full, old folders, routers, hand-made integrations.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod tree;

use linchpin_app::{Framework, Kind, Layout, Origin, TriggerKind};
use tree::{CONFIG, read_tree};

#[test]
fn a_schema_with_everything_the_platform_knows() {
    let app = read_tree(&[
        CONFIG,
        (
            "base44/entities/Order.jsonc",
            r##"{
  "name": "Order",
  "type": "object",
  "properties": {
    "state": { "type": "string", "enum": ["n", "d"], "enumNames": ["New", "Done"], "default": "n" },
    "lines": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["sku"],
        "properties": {
          "sku": { "type": "string" },
          "amount": { "type": "integer", "minimum": 1 }
        }
      }
    },
    "buyer": { "$ref": "#/entities/Client", "type": "string" },
    "contact": { "type": "object", "properties": { "email": { "type": "string", "format": "email" } } },
    "tags": { "type": "array", "items": { "type": "string", "enum": ["a", "b"] } },
    "notes": {
      "type": ["null", "string"], "format": "richtext", "title": "What to know",
      "rls": { "read": { "user_condition": { "role": "admin" } } }
    },
    "vat": { "type": "number" }, "paid": { "type": "boolean" },
    "due": { "type": "string", "format": "date" }, "at": { "type": "string", "format": "time" },
    "site": { "type": "string", "format": "uri" }, "receipt": { "type": "string", "format": "file" },
    "ref": { "type": "string", "format": "uuid" }
  },
  "rls": {
    "read": { "created_by": "{{user.email}}" },
    "write": { "user_condition": { "role": "admin" } },
    "create": true
  }
}"##,
        ),
        (
            "base44/entities/Client.jsonc",
            "{\"name\":\"Client\",\"properties\":{\"name\":{\"type\":\"string\"}}}",
        ),
    ]);
    assert_eq!(app.problems, []);
    let order = app.entities.iter().find(|one| one.name == "Order").unwrap();
    assert_eq!((order.origin, order.owner_only), (Origin::Schema, true));
    let rules: Vec<_> = order
        .rules
        .iter()
        .map(|(name, rule)| (name.as_str(), rule.at.line))
        .collect();
    assert_eq!(rules, [("create", 32), ("read", 30), ("write", 31)]);
    let field = |name: &str| order.field(name).unwrap();
    assert_eq!(field("state").labels, ["New", "Done"]);
    let lines = field("lines");
    assert_eq!((lines.kind, lines.item), (Kind::Array, Some(Kind::Object)));
    let inner: Vec<_> = lines
        .nested
        .iter()
        .map(|one| (one.name.as_str(), one.kind, one.required, one.at.line))
        .collect();
    assert_eq!(
        inner,
        [("sku", Kind::String, true, 12), ("amount", Kind::Integer, false, 13)]
    );
    assert_eq!(field("buyer").refers_to.as_deref(), Some("Client"));
    assert_eq!(field("contact").nested[0].format.as_deref(), Some("email"));
    assert_eq!(field("tags").options, ["a", "b"]);
    let notes = field("notes");
    assert_eq!(
        (notes.kind, notes.description.as_deref(), notes.rules["read"].at.line),
        (Kind::String, Some("What to know"), 22)
    );
    let formats: Vec<_> = ["due", "at", "site", "receipt", "ref"]
        .map(|name| field(name).format.clone().unwrap())
        .into();
    assert_eq!(formats, ["date", "time", "uri", "file", "uuid"]);
    assert_eq!((field("vat").kind, field("paid").kind), (Kind::Number, Kind::Boolean));
}

#[test]
fn functions_by_every_entry_and_what_starts_and_feeds_them() {
    let app = read_tree(&[
        CONFIG,
        ("base44/functions/a/entry.js", "export default 1"),
        ("base44/functions/b/index.ts", "export default 1"),
        ("base44/functions/c/main.ts", "export default 1"),
        ("base44/functions/d/bundle.ts", "export default 1"),
        ("base44/functions/e.ts", "export default 1"),
        ("base44/functions/f/handler.ts", "export default 1"),
        ("base44/functions/f/helper.ts", "export default 1"),
        (
            "base44/functions/f/function.jsonc",
            "{ \"name\": \"f-named\", \"entry\": \"handler.ts\" }",
        ),
        (
            "base44/functions/g/h/entry.ts",
            "Deno.serve(async (req) => {\n  const base44 = createClientFromRequest(req);\n  const user = await base44.auth.me();\n  \
             await base44.functions.invoke('a', {});\n  const key = Deno.env.get('ACME_API_TOKEN');\n  \
             await fetch(`https://api.acme.io/v1/orders`);\n  await fetch('https://hooks.example.net/hooks/T0/B0', {});\n});",
        ),
        (
            "base44/functions/g/h/function.jsonc",
            "{\n  \"automations\": [\n    { \"type\": \"connector\", \"integration_type\": \"gmail\", \"events\": [\"mailbox\"] },\n    \
             { \"type\": \"entity\", \"entity_name\": \"Ticket\", \"event_types\": [\"create\"] },\n    \
             { \"type\": \"scheduled\", \"schedule_mode\": \"recurring\", \"schedule_type\": \"simple\", \"repeat_unit\": \"days\", \"is_active\": false }\n  ]\n}",
        ),
    ]);
    let names: Vec<_> = app.functions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f-named", "g/h"]);
    let function = app.functions.last().unwrap();
    let started: Vec<_> = function
        .triggers
        .iter()
        .map(|one| (one.kind, one.source.as_str(), one.events.len(), one.active, one.at.line))
        .collect();
    assert_eq!(
        started,
        [
            (TriggerKind::Connector, "gmail", 1, true, 3),
            (TriggerKind::Entity, "Ticket", 1, true, 4),
            (TriggerKind::Schedule, "", 0, false, 5)
        ]
    );
    assert_eq!(function.automations.len(), 3);
    assert_eq!(
        (function.calls[0].function.as_str(), function.calls[0].at.line),
        ("a", 4)
    );
    assert_eq!(function.asks_user.as_ref().unwrap().line, 3);
    assert_eq!(
        (function.variables[0].name.as_str(), function.variables[0].at.line),
        ("ACME_API_TOKEN", 5)
    );
    let hosts: Vec<_> = function
        .hosts
        .iter()
        .map(|one| (one.host.as_str(), one.hook, one.at.line))
        .collect();
    assert_eq!(hosts, [("api.acme.io", false, 6), ("hooks.example.net", true, 7)]);
    // The entity that only a trigger names is there too.
    let ticket = app.entities.iter().find(|one| one.name == "Ticket").unwrap();
    assert_eq!((ticket.inferred, ticket.at.line), (true, 4));
}

#[test]
fn entities_beside_the_code_and_no_schema_at_all() {
    let app = read_tree(&[
        ("package.json", "{\"dependencies\":{\"@base44/sdk\":\"^0.8.0\"}}"),
        (
            "src/entities/Tag.json",
            "{\"name\":\"Tag\",\"properties\":{\"label\":{\"type\":\"string\"}}}",
        ),
        ("src/entities/Owner.ts", "export class Owner {}"),
        (
            "src/agents/helper.json",
            "{\"name\":\"helper\",\"tool_configs\":[{\"entity_name\":\"Forecast\"}]}",
        ),
        (
            "src/components/build/Card.jsx",
            "export default () => base44.entities.Part.list();",
        ),
        (
            "src/pages/Visits.jsx",
            "import { base44 } from '@/api/base44Client';\nimport { Room } from '@/entities/Room';\nexport default function Visits({ visits }) {\n  \
             const load = () => base44.entities.Visit.list('-starts_at', 20);\n  return <ul>{visits.map((visit) => (\n    \
             <li key={visit.id}>{visit.guest_email} {visit.guest_email} {visit.total_price}</li>))}</ul>;\n}",
        ),
    ]);
    let names: Vec<_> = app.entities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Forecast", "Owner", "Part", "Room", "Tag", "Visit"]);
    let visit = app.entities.last().unwrap();
    let fields: Vec<_> = visit
        .fields
        .iter()
        .map(|one| (one.name.as_str(), one.at.line))
        .collect();
    assert_eq!(fields, [("starts_at", 4), ("guest_email", 6), ("total_price", 6)]);
    assert_eq!((visit.origin, app.frameworks[0]), (Origin::Code, Framework::Base44));
}

#[test]
fn what_a_page_shows_asks_and_reaches_has_its_place() {
    let app = read_tree(&[
        CONFIG,
        (
            "src/pages/Booking.jsx",
            "import Form from '../components/Form';\nexport default () => (\n  <main>\n    <h1>\n      Book a table\n    </h1>\n    <Form />\n  </main>\n);",
        ),
        (
            "src/components/Form.jsx",
            "import { Booking } from '@/entities/Booking';\nimport { SendEmail } from '@/integrations/Core';\nexport default function Form() {\n  \
             const save = () => { Booking.create(form); SendEmail({}); };\n  return <form>\n    \
             <input type=\"email\" value={form.guest_email} onChange={edit} placeholder=\"Your e-mail\" />\n    \
             <textarea value={form.wish} onChange={edit} />\n    <Input name=\"day\" type=\"date\" />\n    <button>Book now</button>\n  </form>;\n}",
        ),
        (
            "src/App.jsx",
            "import Booking from './pages/Booking';\n\nexport default () => <Route path=\"/book\" element={<Booking />} />;",
        ),
    ]);
    let page = &app.pages[0];
    assert_eq!(
        (page.route.as_str(), page.route_at.as_ref().unwrap().line),
        ("/book", 3)
    );
    assert_eq!(
        (page.title.as_deref(), page.title_at.as_ref().unwrap().line),
        (Some("Book a table"), 4)
    );
    let shown: Vec<_> = (0..page.words.len())
        .map(|at| {
            let place = page.word_at(at).unwrap();
            (page.words[at].as_str(), place.file, place.line)
        })
        .collect();
    let form = "src/components/Form.jsx".to_owned();
    assert_eq!(
        shown,
        [
            ("Book a table", "src/pages/Booking.jsx".to_owned(), 5),
            ("Your e-mail", form.clone(), 6),
            ("Book now", form.clone(), 9)
        ]
    );
    let asked = &page.forms[0];
    assert_eq!(
        (asked.entity.as_deref(), asked.at.file.as_str()),
        (Some("Booking"), form.as_str())
    );
    let fields: Vec<_> = asked
        .fields
        .iter()
        .map(|one| (one.name.as_str(), one.input.as_deref(), one.at.line))
        .collect();
    assert_eq!(
        fields,
        [
            ("guest_email", Some("email"), 6),
            ("wish", Some("textarea"), 7),
            ("day", Some("date"), 8)
        ]
    );
    assert_eq!(
        (page.services[0].service.as_str(), page.services[0].at.line),
        ("Core.SendEmail", 4)
    );
}

#[test]
fn next_apps_of_both_kinds() {
    let app = read_tree(&[
        ("package.json", "{\"name\":\"shop\",\"dependencies\":{\"next\":\"15\"}}"),
        ("src/app/page.tsx", "export default () => <h1>Shop</h1>;"),
        (
            "src/app/layout.tsx",
            "export default ({ children }) => <html>{children}</html>;",
        ),
        (
            "src/app/(shop)/orders/[id]/page.tsx",
            "export default async () => prisma.order.findMany();",
        ),
        (
            "src/app/@modal/docs/[...slug]/page.jsx",
            "export default () => <p>Docs</p>;",
        ),
        (
            "src/app/api/orders/route.ts",
            "export const POST = () => fetch('https://hooks.slack.com/services/x');",
        ),
        (
            "prisma/schema.prisma",
            "model Order {\n  id Int @id\n  total Decimal\n}",
        ),
        ("legacy/package.json", "{\"dependencies\":{\"next\":\"12\"}}"),
        ("legacy/pages/_app.js", "export default () => <div>App</div>;"),
        ("legacy/pages/index.js", "export default () => <h1>Old</h1>;"),
        ("legacy/pages/blog/[slug].js", "export default () => <h1>Post</h1>;"),
        ("legacy/pages/api/hello.js", "export default () => {};"),
    ]);
    let pages: Vec<_> = app
        .pages
        .iter()
        .map(|page| (page.name.as_str(), page.route.as_str()))
        .collect();
    assert_eq!(
        pages,
        [
            ("Home", "/"),
            ("id", "/orders/:id"),
            ("index", "/"),
            ("slug", "/blog/:slug"),
            ("slug", "/docs/*")
        ]
    );
    assert_eq!(
        app.frameworks,
        [Framework::NextPages, Framework::NextApp, Framework::Prisma]
    );
    assert_eq!(
        (app.layout, app.functions_dir.as_str()),
        (Layout::Current, "base44/functions")
    );
    let order = app.pages.iter().find(|page| page.name == "id").unwrap();
    assert_eq!(
        (order.reads[0].entity.as_str(), order.reads[0].method.as_str()),
        ("Order", "list")
    );
    assert_eq!(app.integrations[0].host.as_deref(), Some("hooks.slack.com"));
}

#[test]
fn routers_by_table_by_file_and_by_name() {
    let package = (
        "package.json",
        "{\"name\":\"desk\",\"dependencies\":{\"react-router-dom\":\"7\"}}",
    );
    let app = read_tree(&[
        package,
        (
            "src/router.jsx",
            "import Shell from './Shell';\nimport Team from './screens/Team';\nexport const router = createBrowserRouter([\n  { path: '/', element: <Shell />, children: [\n    \
             { path: 'team', element: <Team /> },\n    { path: 'team/:id', lazy: () => import('./screens/Member') },\n  ] },\n]);",
        ),
        ("src/Shell.jsx", "export default () => <Outlet />;"),
        ("src/screens/Team.jsx", "export default () => <h1>Team</h1>;"),
        ("src/screens/Member.jsx", "export default () => <h1>Member</h1>;"),
    ]);
    let pages: Vec<_> = app
        .pages
        .iter()
        .map(|page| {
            (
                page.name.as_str(),
                page.route.as_str(),
                page.route_at.as_ref().unwrap().line,
            )
        })
        .collect();
    assert_eq!(
        pages,
        [("Member", "/team/:id", 6), ("Shell", "/", 4), ("Team", "/team", 5)]
    );
    assert_eq!(app.frameworks, [Framework::ReactRouter]);
    let app = read_tree(&[
        package,
        (
            "app/routes.ts",
            "export default [index('routes/start.tsx'), route('people/:id', './routes/person.tsx')];",
        ),
        ("app/routes/start.tsx", "export default () => <h1>Start</h1>;"),
        ("app/routes/person.tsx", "export default () => <h1>Person</h1>;"),
        ("app/routes/orders.$id_.edit.tsx", "export default () => <h1>Edit</h1>;"),
        ("app/routes/_auth.login.tsx", "export default () => <h1>Sign in</h1>;"),
    ]);
    let mut routes: Vec<_> = app.pages.iter().map(|page| page.route.as_str()).collect();
    routes.sort_unstable();
    assert_eq!(routes, ["/", "/login", "/orders/:id/edit", "/people/:id"]);
}

#[test]
fn an_app_put_aside_inside_another_folder_is_read_there() {
    let app = read_tree(&[
        ("package.json", "{\"name\":\"workspace\"}"),
        (".hidden/secret.ts", "base44.entities.Hidden.list()"),
        (".migration-backup/base44/config.jsonc", "{\"name\":\"Foundry\"}"),
        (
            ".migration-backup/base44/entities/Pot.jsonc",
            "{\"name\":\"Pot\",\"properties\":{}}",
        ),
        (".migration-backup/base44/functions/fire/entry.ts", "export default 1"),
        (
            ".migration-backup/src/pages/Kiln.jsx",
            "export default () => <h1>Kiln</h1>;",
        ),
    ]);
    let names = (
        app.entities.len(),
        app.entities[0].name.as_str(),
        app.functions[0].name.as_str(),
    );
    assert_eq!((app.name.as_str(), names), ("Foundry", (1, "Pot", "fire")));
    assert_eq!(
        (app.pages[0].route.as_str(), app.functions_dir.as_str()),
        ("/Kiln", ".migration-backup/base44/functions")
    );
}
