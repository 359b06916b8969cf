//! What a rehearsal shows is what happens: compiled functions of all six connectors under real Deno, with the
//! unmodified SDK against our broker, say and send the same as in the sandbox, request by request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs
)]

#[path = "deno/plans.rs"]
mod plans;
#[path = "../../tools/function/tests/walk/mod.rs"]
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;

use linchpin_broker::{AppUser, KeySource, Options, Providers, Running, Store};
use linchpin_catalog::Catalog;
use linchpin_function::police::{Callers, Policy};
use linchpin_function::rehearse::{Fault, Scene, Stage, Start, rehearse};
use linchpin_function::{Caller, Draft, Mode, Plan, Rehearsal, check, compile};
use linchpin_tests::canary::Canary;
use linchpin_tests::deno::{self, Access, Capture, Entities, Function, Platform, Sent};
use linchpin_tests::peers;
use linchpin_tests::playground::repository;
use linchpin_vault::{Account, ConnectionKey, Expect, NewConnection, Secret};
use plans::{Example, examples, is_per_user, plans_of};
use serde_json::{Value, json};

const CONNECTORS: [&str; 6] = [
    "gmail",
    "googlecalendar",
    "googlesheets",
    "slackbot",
    "hubspot",
    "notion",
];

#[tokio::test]
async fn gmail() {
    as_rehearsed("gmail").await;
}

#[tokio::test]
async fn googlecalendar() {
    as_rehearsed("googlecalendar").await;
}

#[tokio::test]
async fn googlesheets() {
    as_rehearsed("googlesheets").await;
}

#[tokio::test]
async fn slackbot() {
    as_rehearsed("slackbot").await;
}

#[tokio::test]
async fn hubspot() {
    as_rehearsed("hubspot").await;
}

#[tokio::test]
async fn notion() {
    as_rehearsed("notion").await;
}

#[tokio::test]
async fn every_function_passes_deno_check() {
    let Some(deno) = peers::deno() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (of, example) in examples().iter().enumerate() {
        for connector in CONNECTORS {
            for (number, plan) in plans_of(connector, &example.app).iter().enumerate() {
                let file = folder.path().join(format!("{of}-{number}-{}.ts", plan.name));
                std::fs::write(&file, draft(plan, example).source).unwrap();
                files.push(file);
            }
        }
    }
    let scripts = ["formats.ts", "redirect.ts"].map(|script| repository().join("tests/peers").join(script));
    files.extend(scripts);
    let checked = deno::check(&deno, &files).await;
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{said}");

    // The check would notice: the SDK's own types are in use.
    let wrong = std::fs::read_to_string(&files[0])
        .unwrap()
        .replacen("connectors\n", "connections\n", 1);
    let file = folder.path().join("wrong.ts");
    std::fs::write(&file, wrong).unwrap();
    let checked = deno::check(&deno, &[file]).await;
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(!checked.status.success() && said.contains("connections"), "{said}");
}

#[tokio::test]
async fn functions_of_every_operation_pass_deno_check() {
    let Some(deno) = peers::deno() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for connector in Catalog::embedded().connectors() {
        let keyed = connector.auth.key.is_some();
        for (number, operation) in connector.operations.iter().enumerate() {
            let modes = if number == 0 && !keyed {
                &[Mode::Shared, Mode::AppUser][..]
            } else {
                &[Mode::Shared][..]
            };
            for mode in modes {
                let walk = walk::plan_of(connector, operation, *mode);
                let draft = compile(&walk.plan, &walk.app, Catalog::embedded()).unwrap();
                let file = format!("{}-{number}-{}.ts", connector.id, mode.as_str());
                let file = folder.path().join(file);
                std::fs::write(&file, draft.source).unwrap();
                files.push(file);
            }
        }
    }
    for batch in files.chunks(200) {
        let checked = deno::check(&deno, batch).await;
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{said}");
    }
}

#[tokio::test]
async fn the_sandbox_formats_and_encodes_as_deno_does() {
    let Some(deno) = peers::deno() else { return };
    let file = repository().join("tests/peers/formats.ts");
    let source = std::fs::read_to_string(&file).unwrap();
    let example = &examples()[0];
    let mut stage = Stage::new(
        "base44/functions/formats/entry.ts",
        &source,
        &example.app,
        Catalog::embedded(),
    );
    stage.start = Start::Call {
        body: json!({"text": "Zażółć 東京"}),
        required: Vec::new(),
    };
    let rehearsals = rehearse(&stage);
    let rehearsed = rehearsals.iter().find(|rehearsal| rehearsal.caller == "user").unwrap();
    assert!(rehearsed.ok, "{:?}", rehearsed.problem);

    let nowhere = "http://127.0.0.1:9";
    let function = Function::start(&deno, &file, nowhere, nowhere, stage.now.timestamp_millis()).await;
    let headers = [
        ("base44-app-id", "5f5f5f5f5f5f5f5f5f5f5f5f".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let real = function.call(&headers, &stage.scene().body.to_string()).await;
    assert_eq!(real.status, 200, "{}", function.stop().await);
    let mut differences = Vec::new();
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    differ_within("", &parse(&rehearsed.answer), &parse(&real.body), &mut differences);
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Notes where two JSON values differ.
fn differ_within(place: &str, rehearsed: &Value, real: &Value, differences: &mut Vec<String>) {
    let list = |value: &Value| match value {
        Value::Object(members) => members.iter().map(|(key, one)| (key.clone(), one.clone())).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, one)| (at.to_string(), one.clone()))
            .collect(),
        _ => BTreeMap::new(),
    };
    let (left, right): (BTreeMap<String, Value>, BTreeMap<String, Value>) = (list(rehearsed), list(real));
    if left.is_empty() || left.keys().ne(right.keys()) {
        if rehearsed != real {
            differences.push(format!("{place}: rehearsed {rehearsed}, real {real}"));
        }
        return;
    }
    for (key, one) in &left {
        differ_within(&format!("{place}/{key}"), one, &right[key], differences);
    }
}

fn draft(plan: &Plan, example: &Example) -> Draft {
    compile(plan, &example.app, Catalog::embedded()).unwrap_or_else(|error| panic!("{}: {error}", plan.name))
}

/// Compiles, proves, judges and rehearses every plan of a connector, then runs it.
async fn as_rehearsed(connector: &str) {
    let Some(deno) = peers::deno() else { return };
    let house = House::open(deno).await;
    let mut differences = Vec::new();
    let mut functions = 0;
    let mut all = Compared::default();
    for example in &examples() {
        for plan in &plans_of(connector, &example.app) {
            functions += 1;
            let app = format!("5f5f5f5f5f5f5f5f5f5f{functions:04x}");
            house.compare(&app, plan, example, &mut all, &mut differences).await;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    let Compared { runs, requests, writes } = all;
    assert!(
        functions > 0 && requests > functions,
        "{functions} functions sent {requests} requests"
    );
    // The calendar's event is kept in the record it was made for.
    assert!(connector != "googlecalendar" || writes > 0, "nothing was written");
    eprintln!(
        "{connector}: {functions} functions, {runs} runs, {requests} requests, {writes} writes, all as rehearsed"
    );
    house.running.stop().await.unwrap();
}

/// How much was compared.
#[derive(Debug, Default)]
struct Compared {
    runs: usize,
    requests: usize,
    writes: usize,
}

/// A broker with its vault, the app's origin in front of it, and the providers' stand-in.
struct House {
    deno: PathBuf,
    folder: tempfile::TempDir,
    running: Running,
    platform: Platform,
    capture: Capture,
}

/// A connection's token, and the connector's name in code.
struct Lent {
    token: String,
    connector: String,
}

impl House {
    async fn open(deno: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("vault");
        let options = Options {
            store: Store::Sqlite(vault.join("vault.db")),
            key: KeySource::File(vault.join("vault.key")),
            socket: None,
            listen: Some("127.0.0.1:0".parse().unwrap()),
            public_url: None,
            providers: Providers::default(),
            catalog: Catalog::embedded(),
            parent_pipe: false,
        };
        let running = Running::start(options).await.unwrap();
        let platform = Platform::start(&format!("http://{}", running.http().unwrap())).await;
        let capture = Capture::start(Catalog::embedded()).await;
        Self {
            deno,
            folder,
            running,
            platform,
            capture,
        }
    }

    /// Stores a connection and gives its access token.
    async fn connect(&self, key: ConnectionKey) -> Lent {
        let token = format!("ya29.k3pT-{}-{}-lent", key.connector, key.user);
        let lent = Lent {
            token: token.clone(),
            connector: key.connector.clone(),
        };
        let new = NewConnection {
            key,
            issuer: "https://accounts.example".to_owned(),
            client: None,
            token_type: "Bearer".to_owned(),
            account: Account::default(),
            scopes: Vec::new(),
            config: None,
            access: Secret::new(token),
            refresh: Some(Secret::from(REFRESH)),
            expires_at: None,
            journalled: None,
            revoke_replaced: false,
        };
        self.running
            .broker()
            .vault()
            .put(new, Expect::Absent, "test")
            .await
            .unwrap();
        lent
    }

    /// Runs a function for every rehearsal of it, but for the provider that stays silent (that one takes its
    /// timeout's time), and notes what differs.
    async fn compare(
        &self,
        app: &str,
        plan: &Plan,
        example: &Example,
        all: &mut Compared,
        differences: &mut Vec<String>,
    ) {
        let catalog = Catalog::embedded();
        let draft = draft(plan, example);
        let entry = draft.entry.to_string();
        let policy = Policy::of(catalog).for_callers(callers(&plan.caller));
        let checked = check(&draft.source, &plan.name, &entry, catalog, &BTreeMap::new(), &policy).unwrap();
        assert!(
            checked.verdict.ok && checked.proof.unresolved.is_empty(),
            "{}: {checked:#?}",
            plan.name
        );
        let mut stage = Stage::new(&entry, &draft.source, &example.app, catalog).of_plan(plan);
        stage.proof = Some(&checked.proof);
        let rehearsals = rehearse(&stage);
        let scenes: BTreeMap<String, Scene> = stage.scenes().into_iter().collect();
        let meant = stage.scene();

        let file = self.folder.path().join(format!("{}-{app}.ts", plan.name));
        std::fs::write(&file, &draft.source).unwrap();
        let now = stage.now.timestamp_millis();
        let function = Function::start(&self.deno, &file, &self.platform.origin, &self.capture.origin, now).await;
        let run = Run {
            app,
            house: self,
            function: &function,
            service: self
                .running
                .broker()
                .service_key(app, "test")
                .await
                .unwrap()
                .expose()
                .to_owned(),
            rules: deno::rules(&example.app, &example.folder),
        };
        let place = |caller: &str| format!("{} of {} as {caller}", plan.name, example.app.name);

        let mut secrets = vec![
            Canary::new("service key", &run.service),
            Canary::new("refresh token", REFRESH),
        ];
        let mut seen = Vec::new();
        let mut console = Vec::new();
        let as_whom: Vec<&str> = rehearsals.iter().map(|rehearsal| rehearsal.caller.as_str()).collect();
        let expected = [
            "anonymous",
            "user",
            "admin",
            "not connected",
            "provider 401",
            "provider 429",
            "provider 500",
        ];
        assert!(
            expected.iter().all(|caller| as_whom.contains(caller)),
            "{}: {as_whom:?}",
            plan.name
        );
        assert!(
            plan.caller != Caller::Automation || as_whom.contains(&"automation"),
            "{}: {as_whom:?}",
            plan.name
        );
        // Nobody has connected anything yet.
        if let Some(rehearsal) = rehearsals.iter().find(|r| r.caller == "not connected") {
            let real = run.perform(&meant, &BTreeMap::new(), None).await;
            differ(&place("not connected"), rehearsal, &real, differences);
            all.runs += 1;
            console.extend(rehearsal.console.clone());
            seen.push(real.reply);
        }
        let mut lent: BTreeMap<String, Vec<Lent>> = BTreeMap::new();
        for user in scenes.values().map(user_id) {
            if lent.contains_key(&user) {
                continue;
            }
            let mut own = Vec::new();
            for connection in &checked.proof.connectors {
                let key = if connection.app_user {
                    ConnectionKey::app_user(app, &connection.connector, user.clone())
                } else {
                    ConnectionKey::shared(app, &connection.connector)
                };
                assert_eq!(connection.app_user, is_per_user(plan), "{}", plan.name);
                match lent.values().flatten().find(|_| !connection.app_user) {
                    Some(one) => own.push(Lent {
                        token: one.token.clone(),
                        connector: one.connector.clone(),
                    }),
                    None if connection.app_user && user.is_empty() => {}
                    None => own.push(self.connect(key).await),
                }
            }
            lent.insert(user, own);
        }
        for one in lent.values().flatten() {
            secrets.push(Canary::new("access token", &one.token));
        }
        for rehearsal in &rehearsals {
            assert!(rehearsal.ok, "{}: {:?}", place(&rehearsal.caller), rehearsal.problem);
            let fault = match rehearsal.caller.as_str() {
                "not connected" | "provider timeout" => continue,
                "provider 401" => Some(Fault::Unauthorized),
                "provider 429" => Some(Fault::RateLimited),
                "provider 500" => Some(Fault::Broken),
                _ => None,
            };
            let scene = if fault.is_some() {
                &meant
            } else {
                &scenes[&rehearsal.caller]
            };
            let tokens = lent[&user_id(scene)]
                .iter()
                .map(|one| (one.token.clone(), one.connector.clone()))
                .collect();
            let real = run.perform(scene, &tokens, fault).await;
            differ(&place(&rehearsal.caller), rehearsal, &real, differences);
            secrets.extend(real.user_token.as_deref().map(|token| Canary::new("user token", token)));
            all.runs += 1;
            all.requests += real.sent.len();
            all.writes += real.after.writes.len();
            console.extend(rehearsal.console.clone());
            seen.push(real.reply);
        }
        let printed = function.stop().await;
        let mut lines = printed.lines();
        for line in console {
            if !lines.any(|printed| printed == line) {
                differences.push(format!(
                    "{}: the sandbox printed {line:?}, Deno did not:\n{printed}",
                    plan.name
                ));
            }
        }
        for secret in &secrets {
            let replies = seen.iter().map(|reply| format!("{:?}\n{}", reply.headers, reply.body));
            for text in replies.chain([printed.clone()]) {
                assert_eq!(secret.in_bytes(text.as_bytes()), None, "{}: {text}", plan.name);
            }
        }
    }
}

/// A refresh token that leaves the broker for nobody.
const REFRESH: &str = "1//0gQz7-refresh-W4xN9";

fn callers(caller: &Caller) -> Callers {
    match caller {
        Caller::Anyone => Callers::Anyone,
        Caller::SignedIn => Callers::SignedIn,
        Caller::Role { .. } => Callers::Role,
        Caller::Automation => Callers::Automation,
    }
}

fn user_id(scene: &Scene) -> String {
    scene
        .user
        .as_ref()
        .map_or_else(String::new, |user| user["id"].as_str().unwrap().to_owned())
}

/// A function that runs, and who it runs for.
struct Run<'a> {
    app: &'a str,
    house: &'a House,
    function: &'a Function,
    service: String,
    rules: deno::Rules,
}

/// What a real run came to, every token replaced as a rehearsal shows it.
struct Real {
    reply: deno::Reply,
    sent: Vec<Sent>,
    after: Entities,
    asked: Vec<deno::Asked>,
    user_token: Option<String>,
}

impl Run<'_> {
    async fn perform(&self, scene: &Scene, tokens: &BTreeMap<String, String>, fault: Option<Fault>) -> Real {
        let user_token = scene.user.as_ref().map(|user| {
            let text = |key: &str| user[key].as_str().unwrap().to_owned();
            let who = AppUser {
                id: text("id"),
                email: text("email"),
                name: text("full_name"),
                role: text("role"),
            };
            self.house
                .running
                .broker()
                .user_token(self.app, &who, 600)
                .unwrap()
                .expose()
                .to_owned()
        });
        let mut keys = BTreeMap::from([(self.service.clone(), Access::Service)]);
        keys.extend(
            user_token
                .clone()
                .map(|token| (token, Access::User(scene.user.clone().unwrap()))),
        );
        let entities = Entities {
            records: scene.records.clone(),
            rules: self.rules.clone(),
            ..Entities::default()
        };
        self.house.platform.set(keys, entities);
        self.house.capture.set(fault, tokens.clone());
        let mut headers = vec![
            ("base44-app-id", self.app.to_owned()),
            ("base44-api-url", self.house.platform.origin.clone()),
            ("base44-service-authorization", format!("Bearer {}", self.service)),
            ("content-type", "application/json".to_owned()),
            ("x-base44-app-url", "https://rehearsal.base44.app".to_owned()),
        ];
        headers.extend(
            user_token
                .iter()
                .map(|token| ("authorization", format!("Bearer {token}"))),
        );
        let reply = self.function.call(&headers, &scene.body.to_string()).await;
        let mut sent = self.house.capture.sent();
        for one in &mut sent {
            for (token, connector) in tokens {
                let shown = format!("‹token of {connector}›");
                for value in one.headers.values_mut() {
                    *value = value.replace(token, &shown);
                }
            }
        }
        Real {
            reply,
            sent,
            after: self.house.platform.entities(),
            asked: self.house.platform.asked(),
            user_token,
        }
    }
}

/// Notes every difference between what was rehearsed and what happened.
fn differ(place: &str, rehearsed: &Rehearsal, real: &Real, differences: &mut Vec<String>) {
    let mut note = |what: &str, rehearsed: String, real: String| {
        if rehearsed != real {
            differences.push(format!(
                "{place}: {what}\n  rehearsed: {rehearsed}\n  real:      {real}"
            ));
        }
    };
    note("status", rehearsed.status.to_string(), real.reply.status.to_string());
    note("answer", rehearsed.answer.clone(), real.reply.body.clone());
    note(
        "number of requests",
        rehearsed.requests.len().to_string(),
        real.sent.len().to_string(),
    );
    for (number, (rehearsed, real)) in rehearsed.requests.iter().zip(&real.sent).enumerate() {
        let at = |what: &str| format!("request {number}: {what}");
        note(&at("method"), rehearsed.method.clone(), real.method.clone());
        note(&at("address"), rehearsed.url.clone(), real.url.clone());
        note(
            &at("headers"),
            format!("{:?}", rehearsed.headers),
            format!("{:?}", real.headers),
        );
        let body = rehearsed.body.clone().unwrap_or_default();
        note(
            &at("body"),
            format!("{:?}", body.as_bytes().escape_ascii().to_string()),
            format!("{:?}", real.body.escape_ascii().to_string()),
        );
        note(&at("status"), rehearsed.status.to_string(), real.status.to_string());
    }
    note(
        "writes",
        format!("{:?}", rehearsed.writes),
        format!("{:?}", real.after.writes),
    );
    note("unknown calls", "[]".to_owned(), format!("{:?}", real.after.unknown));
    // Whoever reaches a provider got the token from the broker.
    let tokens = real
        .asked
        .iter()
        .filter(|asked| asked.call.contains("-auth/") && asked.status == 200)
        .count();
    if !rehearsed.requests.is_empty() {
        note("a token of the broker", "true".to_owned(), (tokens > 0).to_string());
    }
}
