//! Every suggested plan compiles for its app, but for what only the builder can know.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use linchpin_app::App;
use linchpin_catalog::Catalog;
use linchpin_function::{Plan, PlanError, Step};
use linchpin_suggest::plans::{self, Cx, Moment, Recipients};
use linchpin_suggest::{Options, suggest};

fn example(name: &str) -> App {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    linchpin_app::read(&root, &|_| {}).unwrap()
}

/// Fails unless all that is missing are parameters that the catalog has a question for.
fn check(app: &App, plan: &Plan) {
    let catalog = Catalog::embedded();
    for error in plan.validate(app, catalog).err().unwrap_or_default() {
        let asked = match &error {
            PlanError::Missing { operation, param, .. } => catalog
                .get(&plan.connector)
                .and_then(|connector| connector.operation(operation))
                .is_some_and(|operation| {
                    operation
                        .params
                        .iter()
                        .any(|one| one.name == *param && one.ask.is_some())
                }),
            _ => false,
        };
        assert!(
            asked,
            "{}: {error}\n{}",
            plan.name,
            serde_json::to_string_pretty(plan).unwrap()
        );
    }
}

#[test]
fn every_suggested_plan_is_sound() {
    for name in ["bookings", "tasks"] {
        let app = example(name);
        let all = Options {
            limit: 100,
            ..Options::default()
        };
        for one in suggest(&app, Catalog::embedded(), &all) {
            check(&app, &one.plan);
        }
    }
}

/// Fails unless the plan compiles as it is.
fn sound(cx: &Cx<'_>, plan: &Plan) {
    assert_eq!(plan.validate(cx.app, cx.catalog), Ok(()), "{}", plan.name);
    let draft = linchpin_function::compile(plan, cx.app, cx.catalog);
    assert!(draft.is_ok(), "{}: {:?}", plan.name, draft.err());
}

#[test]
fn with_all_choices_made_nothing_is_missing() {
    let app = example("bookings");
    let cx = Cx {
        app: &app,
        catalog: Catalog::embedded(),
        time_zone: "Europe/Berlin",
    };
    let booking = cx.entity("bookings").unwrap();
    let lead = cx.entity("lead").unwrap();
    let task = cx.to_do().unwrap();
    let moments = [
        Moment::Created,
        Moment::that_matters(booking),
        Moment::Changes {
            field: "start".to_owned(),
        },
    ];
    for moment in &moments {
        let built = [
            plans::calendar_event(&cx, booking, moment, Some("client_email")),
            plans::calendar_event(&cx, booking, moment, None),
            plans::mail_on_event(&cx, booking, moment, "client_email"),
            plans::slack_post(&cx, booking, moment, Some("#bookings")),
            plans::sheet_row(&cx, booking, moment, Some("1AbCdEf")),
            plans::hubspot_contact(&cx, lead, &Moment::Created),
            plans::notion_page(&cx, booking, moment, Some("1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b")),
        ];
        for plan in built {
            let plan = plan.unwrap();
            sound(&cx, &plan);
        }
    }
    let daily = || plans::daily("08:00", "Europe/Berlin");
    let digests = [
        plans::mail_digest(&cx, task, daily(), &plans::recipients(&app, task)),
        plans::mail_digest(&cx, task, daily(), &Recipients::Address("me@example.com".to_owned())),
        plans::own_mail_digest(&cx, task, "assignee_email"),
        plans::own_calendar_event(&cx, booking),
    ];
    for plan in digests {
        sound(&cx, &plan.unwrap());
    }
}

#[test]
fn a_users_own_address_is_known_even_where_the_schema_only_adds_to_users() {
    let folder = tempfile::tempdir().unwrap();
    let entities = folder.path().join("base44/entities");
    std::fs::create_dir_all(&entities).unwrap();
    let user = r#"{"name":"User","type":"object","properties":{"points":{"type":"number"}}}"#;
    let task = r#"{"name":"Task","type":"object","properties":{"title":{"type":"string"},
        "due_date":{"type":"string","format":"date"},"status":{"type":"string","enum":["open","done"]}}}"#;
    std::fs::write(entities.join("User.jsonc"), user).unwrap();
    std::fs::write(entities.join("Task.jsonc"), task).unwrap();
    let app = linchpin_app::read(folder.path(), &|_| {}).unwrap();
    let found = suggest(&app, Catalog::embedded(), &Options::default());
    assert_eq!(found[0].id, "gmail/digest/Task");
    check(&app, &found[0].plan);
}

#[test]
fn the_calendar_keeps_the_event_in_the_field_made_for_it() {
    let app = example("bookings");
    let cx = Cx {
        app: &app,
        catalog: Catalog::embedded(),
        time_zone: "UTC",
    };
    let booking = cx.entity("Booking").unwrap();
    let plan = plans::calendar_event(&cx, booking, &Moment::that_matters(booking), Some("client_email")).unwrap();
    let [Step::Call(call), Step::Write { set, .. }] = plan.steps.as_slice() else {
        panic!("{:?}", plan.steps);
    };
    assert_eq!(call.unless.as_deref(), Some("booking.calendar_event_id"));
    assert_eq!(set["calendar_event_id"], "{{calendarEvent.id}}");
    let body = call.body.as_ref().unwrap();
    assert_eq!(body["attendees"][0]["email"], "{{booking.client_email}}");
    assert_eq!(
        body["start"]["timeZone"],
        "{{booking.time_zone | default('Europe/Berlin')}}"
    );
    assert!(
        !serde_json::to_string(body).unwrap().contains("notes"),
        "a guest sees the event: notes stay inside"
    );
}
