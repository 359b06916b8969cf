//! The reader on small trees of both layouts, whole and broken.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod tree;

use std::cell::RefCell;

use linchpin_app::{Kind, Layout, ReadError, Role, read};
use proptest::prelude::*;
use tree::{CONFIG, read_tree, tree, write};

#[test]
fn current_layout_with_comments_and_trailing_commas() {
    let app = read_tree(&[
        CONFIG,
        ("base44/.app.jsonc", "{\"id\": \"65f0c0ffee0000000000abcd\"}"),
        (
            "base44/entities/booking.jsonc",
            "{\n  // comment\n  \"name\": \"Booking\",\n  \"type\": \"object\",\n  \"properties\": {\n    \"client_id\": {\"type\": \"string\"},\n    \
             \"starts_at\": {\"type\": [\"string\", \"null\"], \"format\": \"date-time\"},\n    \"ends_at\": {\"type\": \"string\", \"format\": \"date-time\"},\n    \
             \"status\": {\"type\": \"string\", \"enum\": [\"new\", \"confirmed\"], \"default\": \"new\"},\n  },\n  \"required\": [\"client_id\"],\n  \
             \"rls\": {\"read\": {\"created_by\": \"{{ user.email }}\"}},\n}",
        ),
        (
            "base44/entities/Client.jsonc",
            "{\"name\":\"Client\",\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}}}",
        ),
        (
            "base44/connectors/gmail.jsonc",
            "{\"type\":\"gmail\",\"scopes\":[\"https://www.googleapis.com/auth/gmail.send\",\"email\"]}",
        ),
        (
            "base44/agents/helper.jsonc",
            "{\"name\":\"helper\",\"tool_configs\":[{\"entity_name\":\"Booking\",\"allowed_operations\":[\"read\"]}]}",
        ),
    ]);
    assert_eq!(
        (app.name.as_str(), app.layout, app.id.as_str()),
        ("Studio", Layout::Current, "65f0c0ffee0000000000abcd")
    );
    assert_eq!(app.problems, []);
    let booking = app.entities.iter().find(|entity| entity.name == "Booking").unwrap();
    assert_eq!((booking.at.line, booking.rls_at.as_ref().unwrap().line), (3, 12));
    assert!(booking.owner_only);
    let client = booking.field("client_id").unwrap();
    assert_eq!(
        (client.refers_to.as_deref(), client.required, client.at.line),
        (Some("Client"), true, 6)
    );
    assert_eq!(booking.with_role(Role::Start).unwrap().name, "starts_at");
    assert_eq!(booking.with_role(Role::End).unwrap().name, "ends_at");
    let status = booking.with_role(Role::Status).unwrap();
    assert_eq!((status.options.len(), status.default.clone()), (2, Some("new".into())));
    let person = &app.entities.iter().find(|entity| entity.name == "Client").unwrap();
    assert_eq!(person.with_role(Role::PersonName).unwrap().name, "name");
    assert_eq!(app.connectors[0].scopes.len(), 2);
    assert_eq!(app.agents[0].entities, ["Booking"]);
}

#[test]
fn folders_named_by_the_configuration() {
    let app = read_tree(&[
        (
            "base44/config.jsonc",
            "{\"name\":\"x\",\"entitiesDir\":\"./data/model\",\"functionsDir\":\"../backend\",\"connectorsDir\":\"../../outside\"}",
        ),
        ("base44/data/model/A.json", "{\"name\":\"A\",\"properties\":{}}"),
        ("backend/deep/er/entry.ts", "export default 1"),
    ]);
    assert_eq!(app.entities[0].name, "A");
    assert_eq!(app.functions[0].name, "deep/er");
    assert_eq!(
        (app.functions_dir.as_str(), app.connectors_dir.as_str()),
        ("backend", "base44/connectors")
    );
    assert!(
        app.problems[0].message.contains("leads out of the app"),
        "{:?}",
        app.problems
    );
}

#[test]
fn functions_with_nested_names_automations_helpers_and_connectors() {
    let entry = "import { createClientFromRequest } from 'npm:@base44/sdk@0.8.31';\nimport { token } from '../../../shared/google.ts';\n\
        Deno.serve(async (req) => {\n  const base44 = createClientFromRequest(req);\n  const { Order } = base44.asServiceRole.entities;\n  \
        const late = await Order.filter({ status: 'late' });\n  const slack = await base44.asServiceRole.connectors.getConnection(\"slackbot\");\n});";
    let app = read_tree(&[
        CONFIG,
        ("base44/functions/orders/process/entry.ts", entry),
        (
            "base44/functions/orders/process/function.jsonc",
            "{\"automations\":[{\"type\":\"scheduled\",\"schedule_mode\":\"recurring\",\"schedule_type\":\"cron\",\"cron_expression\":\"30 6 * * 1\"},\
             {\"type\":\"entity\",\"entity_name\":\"Order\",\"event_types\":[\"create\",\"update\"],\"is_active\":false}]}",
        ),
        (
            "base44/shared/google.ts",
            "const CAL = 'googlecalendar';\nexport const token = (b) => b.connectors.getCurrentAppUserConnection(CAL);",
        ),
        ("base44/functions/orders/process/helper.ts", "export const x = 1;"),
        (
            "base44/workflows/W.jsonc",
            "{\"trigger\":{\"config\":{\"trigger_type\":\"entity\",\"entity_name\":\"Order\",\"events\":[\"delete\"]}},\
          \"definition\":{\"do\":[{\"run\":{\"with\":{\"function_name\":\"orders/process\"}}}]}}",
        ),
    ]);
    assert_eq!(app.functions.len(), 1);
    let function = &app.functions[0];
    assert_eq!(function.name, "orders/process");
    assert_eq!(
        function.automations,
        [
            "every Monday at 06:30 UTC",
            "when an Order is created or updated (switched off)",
            "when an Order is deleted"
        ]
    );
    let used: Vec<_> = function
        .connectors
        .iter()
        .map(|one| (one.connector.as_str(), one.app_user, one.at.file.as_str(), one.at.line))
        .collect();
    assert_eq!(
        used,
        [
            ("slackbot", false, "base44/functions/orders/process/entry.ts", 7),
            ("googlecalendar", true, "base44/shared/google.ts", 2)
        ]
    );
    assert_eq!(
        (
            function.entities[0].entity.as_str(),
            function.entities[0].method.as_str(),
            function.entities[0].at.line
        ),
        ("Order", "filter", 6)
    );
    assert_eq!((app.sdk_version.as_deref(), app.workflows), (Some("0.8.31"), true));
}

#[test]
fn older_layout_without_schemas() {
    let app = read_tree(&[
        (
            "package.json",
            "{\"name\":\"base44-app\",\"dependencies\":{\"@base44/sdk\":\"^0.7.1\"}}",
        ),
        (
            "src/api/entities.js",
            "import { base44 } from './base44Client';\nexport const Tarea = base44.entities.Tarea;\nexport const Query = base44.entities.Query;",
        ),
        ("functions/_shared.ts", "export {}"),
        (
            "functions/remind.ts",
            "Deno.serve(() => fetch('https://api.resend.com/emails', { headers: { a: Deno.env.get('RESEND_API_KEY') } }));",
        ),
        (
            "src/pages/Tareas.jsx",
            "import { Tarea } from '@/api/entities';\nimport { SendEmail } from '@/integrations/Core';\nimport { remind } from '@/functions/remind';\n\
             export default function Tareas() {\n  const save = () => Tarea.create({ titulo: t, vencimiento: v, hecho: false, precio: Number(p) });\n  \
             SendEmail({}); remind({});\n  return <div><h1>Mis tareas</h1><input name=\"titulo\" placeholder=\"Título\" /></div>;\n}",
        ),
        (
            "src/pages/index.jsx",
            "import Tareas from './Tareas';\nexport default () => <Routes><Route path=\"/mis-tareas\" element={<Layout><Tareas/></Layout>} /></Routes>;",
        ),
    ]);
    assert_eq!((app.layout, app.sdk_version.as_deref()), (Layout::Root, Some("0.7.1")));
    let names: Vec<_> = app.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!(names, ["Tarea"]);
    let tarea = &app.entities[0];
    assert!(tarea.inferred);
    let role = |name: &str| tarea.field(name).unwrap().role;
    assert_eq!(
        [role("titulo"), role("vencimiento"), role("hecho"), role("precio")],
        [
            Some(Role::Title),
            Some(Role::Due),
            Some(Role::Status),
            Some(Role::Money)
        ]
    );
    assert_eq!(tarea.field("precio").unwrap().kind, Kind::Number);
    let page = &app.pages[0];
    assert_eq!(
        (app.pages.len(), page.route.as_str(), page.title.as_deref()),
        (1, "/mis-tareas", Some("Mis tareas"))
    );
    assert_eq!(
        (page.words.as_slice(), page.form_fields.as_slice()),
        (
            &["Mis tareas".to_owned(), "Título".to_owned()][..],
            &["titulo".to_owned()][..]
        )
    );
    assert_eq!((page.calls[0].function.as_str(), page.calls[0].at.line), ("remind", 6));
    let functions: Vec<_> = app.functions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(functions, ["remind"]);
    let services: Vec<_> = app
        .integrations
        .iter()
        .map(|one| (one.service.as_str(), one.at.file.as_str()))
        .collect();
    assert_eq!(
        services,
        [
            ("resend", "functions/remind.ts"),
            ("Core.SendEmail", "src/pages/Tareas.jsx")
        ]
    );
}

#[test]
fn pages_nested_routed_and_filtered_by_user() {
    let app = read_tree(&[
        CONFIG,
        (
            "src/pages.config.js",
            "import Home from './pages/Home';\nexport const pagesConfig = { mainPage: \"Home\", Pages: { Home } };",
        ),
        (
            "src/pages/Home.jsx",
            "import Mine from '@/components/Mine';\nexport default () => <main><h2>Welcome</h2><Mine/></main>;",
        ),
        (
            "src/components/Mine.jsx",
            "import { useMine } from '../hooks/useMine';\nexport default function Mine() { useMine(); return <p>Yours</p>; }",
        ),
        (
            "src/hooks/useMine.js",
            "import { base44 } from '@/api/base44Client';\nexport const useMine = () => useQuery({\n  queryFn: () => base44.entities.Task.filter({ assignee_email: user?.email }),\n});",
        ),
        (
            "src/pages/admin/Users.tsx",
            "export default function Users(): JSX.Element { return <h1>People</h1>; }",
        ),
        ("src/pages/admin/components/Row.jsx", "export default () => <tr/>;"),
        ("src/screens/Board.jsx", "export default () => <h1>Board</h1>;"),
        (
            "src/App.jsx",
            "import { lazy } from 'react';\nconst Board = lazy(() => import('./screens/Board'));\nimport NotFound from './NotFound';\n\
             export default () => <Routes><Route path=\"/work\" element={<Shell/>}><Route path=\"board/:id\" element={<Board/>}/></Route><Route path=\"*\" element={<NotFound/>}/></Routes>;",
        ),
        ("src/NotFound.jsx", "export default () => <h1>404</h1>;"),
    ]);
    let pages: Vec<_> = app
        .pages
        .iter()
        .map(|page| (page.name.as_str(), page.route.as_str(), page.main))
        .collect();
    assert_eq!(
        pages,
        [
            ("Board", "/work/board/:id", false),
            ("Home", "/Home", true),
            ("Users", "/admin/Users", false)
        ]
    );
    let home = &app.pages[1];
    assert_eq!(home.words, ["Welcome", "Yours"]);
    assert_eq!((home.reads[0].entity.as_str(), home.reads[0].at.line), ("Task", 3));
    let own = home.per_user.as_ref().unwrap();
    assert_eq!((own.file.as_str(), own.line), ("src/hooks/useMine.js", 3));
}

#[test]
fn what_is_broken_is_reported_and_the_rest_is_read() {
    let folder = tree(&[
        CONFIG,
        ("base44/entities/Good.jsonc", "{\"name\":\"Good\",\"properties\":{}}"),
        (
            "base44/entities/Bad.jsonc",
            "{\n  \"name\": \"Bad\",\n  \"properties\": {\n    \"a\" {\"type\":\"string\"}\n  }\n}",
        ),
        (
            "src/pages/Broken.jsx",
            "export default function Broken() {\n  base44.entities.Ghost.list();\n  return <div><b></div>;\n}",
        ),
    ]);
    write(
        folder.path(),
        "src/pages/Latin.jsx",
        b"export default () => <p>caf\xe9</p>;",
    );
    write(
        folder.path(),
        "src/pages/Deep.jsx",
        format!("const x = {}1{};", "(".repeat(50_000), ")".repeat(50_000)).as_bytes(),
    );
    write(
        folder.path(),
        "src/pages/Chain.jsx",
        format!("const x = {}1;", "!".repeat(900_000)).as_bytes(),
    );
    let app = read(folder.path(), &|_| {}).unwrap();
    let names: Vec<_> = app.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!(names, ["Ghost", "Good"]);
    let said = |file: &str| app.problems.iter().find(|one| one.at.file.ends_with(file)).unwrap();
    assert_eq!(said("Bad.jsonc").at.line, 4);
    assert!(
        said("Bad.jsonc").message.starts_with("4:9: Expected colon"),
        "{}",
        said("Bad.jsonc").message
    );
    assert_eq!(said("Broken.jsx").at.line, 3);
    assert!(said("Latin.jsx").message.contains("UTF-8"));
    assert!(said("Deep.jsx").message.contains("nested too deeply"));
    assert!(said("Chain.jsx").message.contains("nested too deeply"));
    assert_eq!(app.problems.len(), 5, "{:?}", app.problems);
}

#[test]
fn no_text_exhausts_the_stack() {
    let small = 24 << 10;
    let nested = |open: &str, close: &str, size: usize| {
        let depth = size / (open.len() + close.len());
        format!("x = {}1{}", open.repeat(depth), close.repeat(depth))
    };
    let folder = tree(&[
        CONFIG,
        ("src/pages/Home.jsx", "export default () => <h1>Still here</h1>;"),
    ]);
    let shapes = [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("- ", ""),
        ("a=", ""),
        ("a=>", ""),
        ("a?b:", ""),
        ("a+", ""),
        ("new ", ""),
        ("await ", ""),
        ("{a:", "}"),
        ("f(", ")"),
        ("<a>", "</a>"),
        ("`${", "}`"),
        ("typeof ", ""),
        ("a.b.", ""),
        ("a??", ""),
        ("a**", ""),
        ("()=>{", "}"),
    ];
    for (n, (open, close)) in shapes.into_iter().enumerate() {
        for (size, name) in [(small - 16, "small"), ((1 << 20) - 64, "large")] {
            write(
                folder.path(),
                &format!("src/{name}{n}.jsx"),
                nested(open, close, size).as_bytes(),
            );
        }
    }
    let app = read(folder.path(), &|_| {}).unwrap();
    assert_eq!(app.pages[0].title.as_deref(), Some("Still here"));
}

#[test]
fn secrets_links_and_foreign_folders_are_left_alone() {
    let outside = tree(&[("secret.ts", "base44.entities.Leaked.list()")]);
    let folder = tree(&[
        CONFIG,
        (".gitignore", "ignored/\n"),
        (".env", "KEY=1"),
        (".env.local.js", "base44.entities.FromEnv.list()"),
        ("src/credentials.json", "{}"),
        (
            "src/pages/Home.jsx",
            "export default () => base44.entities.Seen.list();",
        ),
        ("ignored/a.js", "base44.entities.Ignored.list()"),
        ("node_modules/x/index.js", "base44.entities.Dependency.list()"),
        ("dist/bundle.js", "base44.entities.Built.list()"),
    ]);
    std::os::unix::fs::symlink(outside.path().join("secret.ts"), folder.path().join("src/link.ts")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("src/linked")).unwrap();
    let app = read(folder.path(), &|_| {}).unwrap();
    let names: Vec<_> = app.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!(names, ["Seen"]);
    assert_eq!(app.files_read, 2);
    assert_eq!(
        (app.problems.len(), app.problems[0].at.file.as_str()),
        (1, "src/link.ts")
    );
}

#[test]
fn what_is_no_app_says_what_was_looked_for_and_where_one_is() {
    let folder = tree(&[("readme.js", "1"), ("apps/shop/base44/config.jsonc", "{}")]);
    let error = read(folder.path(), &|_| {}).unwrap_err().to_string();
    assert!(
        error.contains("no base44/ folder") && error.contains("There is one in apps/shop"),
        "{error}"
    );
    let missing = read(&folder.path().join("nope"), &|_| {}).unwrap_err();
    assert!(matches!(missing, ReadError::Missing { .. }));
    let file = read(&folder.path().join("readme.js"), &|_| {}).unwrap_err();
    assert!(matches!(file, ReadError::NotAFolder { .. }));
    let inside = read(&folder.path().join("apps/shop/base44"), &|_| {});
    assert!(inside.is_err_and(|error| error.to_string().contains("apps/shop")));
}

#[test]
fn progress_starts_at_nothing_and_ends_at_everything() {
    let files: Vec<(String, String)> = (0..200)
        .map(|n| {
            (
                format!("src/pages/P{n}.jsx"),
                format!("export default () => <h1>Page {n}</h1>;"),
            )
        })
        .collect();
    let mut all: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    all.push(CONFIG);
    let folder = tree(&all);
    let told = RefCell::new(Vec::new());
    let app = read(folder.path(), &|progress| told.borrow_mut().push(progress)).unwrap();
    let told = told.into_inner();
    assert_eq!((app.pages.len(), app.files_read), (200, 201));
    assert_eq!((told[0].done, told[0].total), (0, 201));
    assert_eq!(told.last().unwrap().done, 201);
    assert_eq!(
        read(folder.path(), &|_| {}).unwrap(),
        app,
        "the same folder reads the same"
    );
}

/// Pieces of real sources, broken at will.
fn any_source() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "base44.entities.Booking.list()",
        "const { Task } = base44.entities;",
        "<h1>Title</h1>",
        "{",
        "}",
        "(",
        ")",
        "\"",
        "'",
        "`${",
        "/*",
        "*/",
        "//",
        "\n",
        "<Route path=\"/a\" element={<A/>}>",
        "import A from './A'",
        "export default",
        "\"properties\":",
        "{\"name\":\"X\",\"properties\":{\"a\":{\"type\":\"string\"}}}",
        ",",
        "שלום",
        "\u{202e}",
        "\u{0}",
        "=>",
        "await ",
        "é",
        "user.email",
        ".filter({ created_by: user.email })",
        "https://hooks.slack.com/x",
        "Deno.env.get('RESEND_API_KEY')",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_read_or_reported_at_a_line_it_has(page in any_source(), entity in any_source(), function in any_source()) {
        let files = [("src/pages/A.jsx", &page), ("base44/entities/X.jsonc", &entity), ("base44/functions/f/entry.ts", &function)];
        let folder = tree(&[CONFIG]);
        for (file, text) in files {
            write(folder.path(), file, text.as_bytes());
        }
        let app = read(folder.path(), &|_| {}).unwrap();
        prop_assert_eq!((app.pages.len(), app.functions.len()), (1, 1));
        for problem in &app.problems {
            let text = std::fs::read_to_string(folder.path().join(&problem.at.file)).unwrap();
            prop_assert!((1..=text.matches('\n').count() + 1).contains(&(problem.at.line as usize)), "{problem:?}");
        }
        for entity in &app.entities {
            let text = std::fs::read_to_string(folder.path().join(&entity.at.file)).unwrap();
            prop_assert!((1..=text.matches('\n').count() + 1).contains(&(entity.at.line as usize)), "{entity:?}");
        }
    }
}
