//! What is compiled is proved completely, keeps the policy, and becomes the files it should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod fixture;

use std::collections::BTreeMap;

use fixture::{bookings, plans};
use linchpin_app::{App, Layout};
use linchpin_catalog::Catalog;
use linchpin_function::{Caller, Lock, Plan, assemble, compile, police, prove};
use linchpin_patch::Changeset;

#[test]
fn every_call_is_proved_and_nothing_is_refused() {
    let catalog = Catalog::embedded();
    for plan in plans() {
        let draft = compile(&plan, &bookings(), catalog).unwrap();
        let proof = prove::prove(&draft.source, draft.entry.as_str(), catalog, &BTreeMap::new()).unwrap();
        assert_eq!(proof.unresolved, [], "{}", plan.name);
        assert!(
            proof.calls.iter().all(|call| catalog
                .get(&call.connector)
                .is_some_and(|c| c.operation(&call.operation).is_some())),
            "{}: {:?}",
            plan.name,
            proof.calls
        );
        assert!(!proof.calls.is_empty(), "{}", plan.name);
        let callers = match plan.caller {
            Caller::Anyone => police::Callers::Anyone,
            Caller::SignedIn => police::Callers::SignedIn,
            Caller::Role { .. } => police::Callers::Role,
            Caller::Automation => police::Callers::Automation,
        };
        let policy = police::Policy {
            callers,
            ..police::Policy::of(catalog)
        };
        let verdict = police::police(&draft.source, &proof, &policy);
        assert!(verdict.ok, "{}: {:#?}", plan.name, verdict.violations);
    }
}

fn assembled(plan: &Plan, app: &App, files: &BTreeMap<String, String>) -> Changeset {
    let catalog = Catalog::embedded();
    let draft = compile(plan, app, catalog).unwrap();
    let proof = prove::prove(&draft.source, draft.entry.as_str(), catalog, &BTreeMap::new()).unwrap();
    assemble(&draft, &proof, app, catalog, &|path| files.get(path.as_str()).cloned()).unwrap()
}

/// The files after a changeset, checking that it was made for the files before.
fn applied(changeset: &Changeset, mut files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for file in changeset.files() {
        assert_eq!(files.get(file.path.as_str()), file.base.as_ref());
        match &file.next {
            Some(next) => files.insert(file.path.to_string(), next.clone()),
            None => files.remove(file.path.as_str()),
        };
    }
    files
}

/// The lock without the hash, which changes with every fact of the catalog.
fn lock(files: &BTreeMap<String, String>) -> String {
    let lines = files["linchpin.lock"].lines();
    lines
        .map(|line| {
            if line.starts_with("catalog = ") {
                "catalog = …\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}

#[test]
fn a_function_comes_with_its_automation_its_connector_and_the_lock() {
    let files = applied(
        &assembled(&fixture::task_digest(), &bookings(), &BTreeMap::new()),
        BTreeMap::new(),
    );
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "base44/connectors/gmail.jsonc",
            "base44/functions/mailTaskDigest/entry.ts",
            "base44/functions/mailTaskDigest/function.jsonc",
            "linchpin.lock",
        ]
    );
    insta::assert_snapshot!("connector", files["base44/connectors/gmail.jsonc"]);

    // Two functions of one connector and one of another; the order they came in leaves no trace.
    let (mut one, mut other) = (BTreeMap::new(), BTreeMap::new());
    let mut plans = vec![
        fixture::task_digest(),
        fixture::booking_mail(),
        fixture::own_booking_event(),
        fixture::notion_page(),
    ];
    for plan in &plans {
        one = applied(&assembled(plan, &bookings(), &one), one);
    }
    plans.reverse();
    for plan in &plans {
        other = applied(&assembled(plan, &bookings(), &other), other);
    }
    assert_eq!(one["linchpin.lock"], other["linchpin.lock"]);
    insta::assert_snapshot!("lock", lock(&one));
    assert!(
        !one.contains_key("base44/connectors/googlecalendar.jsonc"),
        "an app user's connector has no file"
    );

    // What is applied already changes nothing.
    for plan in &plans {
        assert!(assembled(plan, &bookings(), &one).is_empty(), "{}", plan.name);
    }
}

#[test]
fn what_people_wrote_in_files_stays() {
    let connector = "// Ask Dana before adding scopes\n{\n  \"type\": \"gmail\",\n  \"scopes\": [\n    \"https://www.googleapis.com/auth/gmail.readonly\", // the inbox page\n    \"email\",\n  ],\n}\n";
    let automation = "{\n  // made in the dashboard\n  \"name\": \"mailTaskDigest\",\n  \"entry\": \"entry.ts\",\n  \"automations\": [\n    { \"name\": \"by hand\", \"type\": \"entity\", \"entity_name\": \"Task\", \"event_types\": [\"create\"], \"is_active\": true },\n    {\n      \"name\": \"mailTaskDigest\",\n      \"type\": \"entity\",\n      \"entity_name\": \"Task\", // was: on each task\n      \"event_types\": [\"create\"],\n      \"is_active\": false, // off for the holidays\n      \"function_args\": { \"tone\": \"short\" },\n    },\n  ],\n}\n";
    let mut files = BTreeMap::new();
    files.insert("base44/connectors/gmail.jsonc".to_owned(), connector.to_owned());
    files.insert(
        "base44/functions/mailTaskDigest/function.jsonc".to_owned(),
        automation.to_owned(),
    );
    files.insert(
        "base44/functions/mailTaskDigest/entry.ts".to_owned(),
        "// old\n".to_owned(),
    );
    let app = App {
        connectors: vec![linchpin_app::DeclaredConnector {
            id: "gmail".into(),
            scopes: vec!["https://www.googleapis.com/auth/gmail.readonly".into(), "email".into()],
            at: linchpin_app::At {
                file: "base44/connectors/gmail.jsonc".into(),
                line: 1,
            },
        }],
        ..bookings()
    };
    assert_eq!(linchpin_function::declared_scopes(&app, "gmail").len(), 2);
    let changeset = assembled(&fixture::task_digest(), &app, &files);
    let entry = changeset
        .files()
        .iter()
        .find(|file| file.path.as_str().ends_with("entry.ts"))
        .unwrap();
    assert_eq!(entry.base.as_deref(), Some("// old\n"));
    let files = applied(&changeset, files);
    insta::assert_snapshot!("merged_connector", files["base44/connectors/gmail.jsonc"]);
    insta::assert_snapshot!(
        "merged_automation",
        files["base44/functions/mailTaskDigest/function.jsonc"]
    );

    // A wider scope that is declared already covers what is needed.
    let wide = "{ \"type\": \"gmail\", \"scopes\": [\"https://mail.google.com/\", \"email\"] }\n";
    let files: BTreeMap<_, _> = [("base44/connectors/gmail.jsonc".to_owned(), wide.to_owned())].into();
    let changeset = assembled(&fixture::task_digest(), &bookings(), &files);
    assert!(
        !changeset
            .files()
            .iter()
            .any(|file| file.path.as_str().ends_with("gmail.jsonc"))
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let catalog = Catalog::embedded();
    let draft = compile(&fixture::task_digest(), &bookings(), catalog).unwrap();
    let proof = prove::prove(&draft.source, draft.entry.as_str(), catalog, &BTreeMap::new()).unwrap();
    let error = |file: &str, text: &str| {
        let read = |path: &linchpin_patch::AppPath| (path.as_str() == file).then(|| text.to_owned());
        assemble(&draft, &proof, &bookings(), catalog, &read)
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(
        "assemble_errors",
        [
            error(
                "base44/connectors/gmail.jsonc",
                "{ \"type\": \"gmail\", \"scopes\": [ }"
            ),
            error("base44/connectors/gmail.jsonc", "[]"),
            error("base44/connectors/gmail.jsonc", "{ \"scopes\": \"all\" }"),
            error("linchpin.lock", "version = 1\nconnectors = 3"),
            error("linchpin.lock", "version = 2"),
        ]
        .join("\n")
    );
}

#[test]
fn the_lock_says_what_has_changed() {
    let catalog = Catalog::embedded();
    let mut before = Lock::default();
    let mut now = Lock::default();
    for plan in [fixture::task_digest(), fixture::slack_post()] {
        let draft = compile(&plan, &bookings(), catalog).unwrap();
        let proof = prove::prove(&draft.source, draft.entry.as_str(), catalog, &BTreeMap::new()).unwrap();
        before.set(&plan.name, &proof, catalog);
        if plan.connector == "gmail" {
            now.set("otherMail", &proof, catalog);
            now.set(&plan.name, &proof, catalog);
        }
    }
    assert_eq!(Lock::parse(&before.render()).unwrap(), before);
    assert!(before.drift(&before).is_empty());
    insta::assert_snapshot!("drift", before.drift(&now).join("\n"));
    now.remove("otherMail");
    now.remove("mailTaskDigest");
    assert_eq!(now, Lock::default());
}

#[test]
fn older_layouts_and_workflows_get_a_note_instead_of_an_automation() {
    let catalog = Catalog::embedded();
    let root = App {
        layout: Layout::Root,
        functions_dir: "functions".into(),
        connectors_dir: String::new(),
        sdk_version: Some("0.8.6".into()),
        ..bookings()
    };
    let draft = compile(&fixture::task_digest(), &root, catalog).unwrap();
    assert_eq!(draft.entry.as_str(), "functions/mailTaskDigest.ts");
    assert_eq!(draft.automation, None);
    assert!(
        draft
            .source
            .starts_with("import { createClientFromRequest } from \"npm:@base44/sdk@0.8.31\";")
    );
    let workflows = compile(
        &fixture::booking_event(),
        &App {
            workflows: true,
            ..bookings()
        },
        catalog,
    )
    .unwrap();
    assert_eq!(workflows.automation, None);
    insta::assert_snapshot!("notes", [draft.notes, workflows.notes].concat().join("\n"));

    let newer = App {
        sdk_version: Some("^0.8.43".into()),
        ..bookings()
    };
    let draft = compile(&fixture::task_digest(), &newer, catalog).unwrap();
    assert!(draft.source.contains("npm:@base44/sdk@0.8.43\""));
    assert!(draft.notes.is_empty());
}

#[test]
fn a_function_that_is_there_stays_where_it_is() {
    let app = App {
        functions: vec![linchpin_app::Function {
            name: "mailTaskDigest".into(),
            at: linchpin_app::At {
                file: "base44/functions/mailTaskDigest/index.ts".into(),
                line: 1,
            },
            ..Default::default()
        }],
        ..bookings()
    };
    let draft = compile(&fixture::task_digest(), &app, Catalog::embedded()).unwrap();
    assert_eq!(draft.entry.as_str(), "base44/functions/mailTaskDigest/index.ts");
    assert!(draft.automation.unwrap().1.contains("\"entry\": \"index.ts\""));
}
