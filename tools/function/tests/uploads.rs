//! Files of an app, and keys against repetitions: what is sent, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use linchpin_app::{App, Entity, Field, Kind};
use linchpin_catalog::{Catalog, Mode};
use linchpin_function::police::{Callers, Policy};
use linchpin_function::rehearse::{Stage, rehearse};
use linchpin_function::{CallStep, Caller, EntityEvent, FileSource, Plan, Rehearsal, Step, Trigger, check, compile};
use serde_json::json;

fn app(address: &str) -> App {
    let text = |name: &str, value: &str| Field {
        name: name.to_owned(),
        kind: Kind::String,
        options: vec![value.to_owned()],
        required: true,
        ..Field::default()
    };
    App {
        entities: vec![Entity {
            name: "Invoice".to_owned(),
            fields: vec![text("file_url", address), text("number", "2026-041")],
            ..Entity::default()
        }],
        ..App::default()
    }
}

fn plan(connector: &str, events: &[EntityEvent], call: CallStep) -> Plan {
    Plan {
        name: "sendInvoice".to_owned(),
        purpose: "Sends an invoice on.".to_owned(),
        connector: connector.to_owned(),
        mode: Mode::Shared,
        trigger: Trigger::Entity {
            entity: "Invoice".to_owned(),
            events: events.to_vec(),
            when: Vec::new(),
        },
        caller: Caller::Automation,
        input: Vec::new(),
        steps: vec![Step::Call(Box::new(call))],
    }
}

fn upload() -> Plan {
    let call = CallStep {
        operation: "drive.files.create".to_owned(),
        query: BTreeMap::from([("uploadType".to_owned(), "multipart".to_owned())]),
        body: Some(json!({ "name": "{{invoice.number}}.pdf" })),
        file: Some(FileSource {
            url: Some("invoice.file_url".to_owned()),
            media_type: Some("application/pdf".to_owned()),
            ..FileSource::default()
        }),
        ..CallStep::default()
    };
    plan("googledrive", &[EntityEvent::Create], call)
}

fn run(plan: &Plan, app: &App) -> (String, Rehearsal) {
    let catalog = Catalog::embedded();
    let draft = compile(plan, app, catalog).unwrap_or_else(|error| panic!("{error}"));
    let entry = draft.entry.to_string();
    let policy = Policy::of(catalog).for_callers(Callers::Automation);
    let checked = check(&draft.source, "f", &entry, catalog, &BTreeMap::new(), &policy).unwrap();
    assert!(checked.verdict.ok, "{:?}\n{}", checked.verdict.violations, draft.source);
    assert_eq!(checked.proof.unresolved, vec![], "{}", draft.source);
    assert_eq!(
        checked.proof.files.len(),
        usize::from(draft.source.contains("download("))
    );
    let mut stage = Stage::new(&entry, &draft.source, app, catalog).of_plan(plan);
    stage.proof = Some(&checked.proof);
    let run = rehearse(&stage).into_iter().find(|run| run.caller == "automation");
    (draft.source.clone(), run.unwrap())
}

#[test]
fn a_file_of_the_app_is_fetched_without_the_token_and_uploaded() {
    let (source, run) = run(&upload(), &app("https://base44.app/api/apps/1/files/a.pdf"));
    assert!(run.ok, "{:?}\n{source}", run.problem);
    let [fetched, sent] = run.requests.as_slice() else {
        panic!("{:?}", run.requests)
    };
    assert_eq!(fetched.url, "https://base44.app/api/apps/1/files/a.pdf");
    assert!(!fetched.headers.contains_key("authorization"));
    let shown = sent.readable().unwrap();
    assert_eq!(shown, "{\"name\":\"2026-041.pdf\"}\n19 bytes (application/pdf)");
}

#[test]
fn a_file_from_elsewhere_is_not_fetched() {
    for address in [
        "https://attacker.example/a.pdf",
        "https://base44.app.attacker.example/api/apps/1",
        "http://base44.app/api/apps/1/files/a.pdf",
        "https://base44.app@attacker.example/api/apps/",
        "https://169.254.169.254/latest/meta-data",
    ] {
        let (source, run) = run(&upload(), &app(address));
        assert!(
            !run.ok && run.requests.is_empty(),
            "{address}: {:?}\n{source}",
            run.requests
        );
        assert!(run.answer.contains("not one of this app's"), "{}", run.answer);
    }
}

fn mail(events: &[EntityEvent]) -> Plan {
    let call = CallStep {
        operation: "resend.emails.send".to_owned(),
        body: Some(json!({
            "from": "studio@example.org", "to": ["anna@example.com"], "subject": "Invoice", "text": "{{invoice.number}}",
        })),
        ..CallStep::default()
    };
    plan("resend", events, call)
}

#[test]
fn the_same_event_carries_the_same_key() {
    let app = app("https://base44.app/api/apps/1/files/a.pdf");
    let key = |events: &[EntityEvent]| {
        let (source, rehearsed) = run(&mail(events), &app);
        assert!(rehearsed.ok, "{:?}\n{source}", rehearsed.problem);
        rehearsed.requests[0].headers["idempotency-key"].clone()
    };
    let created = key(&[EntityEvent::Create]);
    assert_eq!(created, key(&[EntityEvent::Create]));
    assert!(
        created.starts_with("sendInvoice:") && created.matches(':').count() == 1,
        "{created}"
    );
    // A later change is another event.
    let updated = key(&[EntityEvent::Update]);
    assert!(updated.starts_with(&created) && updated.contains("T"), "{updated}");
}

#[test]
fn a_key_is_read_from_its_secret_and_never_connected() {
    let (source, run) = run(&mail(&[EntityEvent::Create]), &app("https://base44.app/api/apps/1/x"));
    assert!(
        source.contains("Deno.env.get(\"RESEND_API_KEY\")") && !source.contains("getConnection"),
        "{source}"
    );
    assert_eq!(run.requests[0].headers["authorization"], "Bearer ‹key of resend›");
}
