//! The plans that are run: every suggestion on both example apps, and what else the guide can build, with the
//! questions of the catalog answered.

use std::path::PathBuf;

use linchpin_app::App;
use linchpin_catalog::{Catalog, Place};
use linchpin_function::{CallStep, Mode, Plan, PlanError, Step};
use linchpin_suggest::plans::{self, Cx, Moment, Recipients};
use linchpin_suggest::{Options, suggest};
use linchpin_tests::playground::repository;
use serde_json::{Value, json};

/// An example app, read.
pub(crate) struct Example {
    pub(crate) folder: PathBuf,
    pub(crate) app: App,
}

/// Both example apps.
pub(crate) fn examples() -> Vec<Example> {
    let read = |name: &str| {
        let folder = repository().join("examples").join(name);
        let app = linchpin_app::read(&folder, &|_| {}).unwrap();
        Example { folder, app }
    };
    vec![read("bookings"), read("tasks")]
}

/// Every plan of a connector for an app.
pub(crate) fn plans_of(connector: &str, app: &App) -> Vec<Plan> {
    let catalog = Catalog::embedded();
    let zone = "Europe/Berlin";
    let options = Options {
        limit: 100,
        time_zone: zone.to_owned(),
        ..Options::default()
    };
    let mut all: Vec<Plan> = suggest(app, catalog, &options)
        .into_iter()
        .map(|one| one.plan)
        .collect();
    let cx = Cx {
        app,
        catalog,
        time_zone: zone,
    };
    let daily = || plans::daily("08:00", zone);
    if let Some(task) = cx.to_do() {
        all.extend(plans::mail_digest(
            &cx,
            task,
            daily(),
            &Recipients::Address("ada@example.org".to_owned()),
        ));
        let own = if task.field("assignee_email").is_some() {
            "assignee_email"
        } else {
            "created_by"
        };
        all.extend(plans::own_mail_digest(&cx, task, own));
    }
    if let Some(booking) = cx.entity("Booking") {
        let moves = Moment::Changes {
            field: "start".to_owned(),
        };
        let own = plans::own_calendar_event(&cx, booking);
        let built = [
            plans::calendar_event(&cx, booking, &moves, None),
            plans::mail_on_event(&cx, booking, &moves, "client_email"),
            plans::slack_post(&cx, booking, &Moment::Deleted, None),
            plans::notion_page(&cx, booking, &Moment::Created, None),
            own,
        ];
        all.extend(built.into_iter().flatten());
    }
    let mut known = std::collections::BTreeSet::new();
    all.retain(|plan| plan.connector == connector && known.insert(serde_json::to_string(plan).unwrap()));
    for plan in &mut all {
        answer_questions(plan, app, catalog);
    }
    all
}

/// Whether a plan runs through the account of whoever is signed in.
pub(crate) fn is_per_user(plan: &Plan) -> bool {
    plan.mode == Mode::AppUser
}

fn answer_questions(plan: &mut Plan, app: &App, catalog: &Catalog) {
    for error in plan.validate(app, catalog).err().unwrap_or_default() {
        let PlanError::Missing { operation, param, .. } = &error else {
            panic!("{}: {error}", plan.name)
        };
        let known = catalog.get(&plan.connector).unwrap().operation(operation).unwrap();
        let place = known.params.iter().find(|one| one.name == *param && one.ask.is_some());
        let place = place.unwrap_or_else(|| panic!("{}: {error}", plan.name)).place;
        let value = match param.as_str() {
            "spreadsheetId" => "1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw",
            "channel" => "#bookings",
            "parent.database_id" => "1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b",
            other => panic!("{}: nobody answers {other}", plan.name),
        };
        answer(&mut plan.steps, operation, place, param, value);
    }
    plan.validate(app, catalog)
        .unwrap_or_else(|errors| panic!("{}: {errors:?}", plan.name));
}

fn answer(steps: &mut [Step], operation: &str, place: Place, param: &str, value: &str) {
    for step in steps {
        match step {
            Step::Each { steps, .. } => answer(steps, operation, place, param, value),
            Step::Call(call) if call.operation == operation => put(call, place, param, value),
            _ => {}
        }
    }
}

fn put(call: &mut CallStep, place: Place, param: &str, value: &str) {
    match place {
        Place::Path => drop(call.path.insert(param.to_owned(), value.to_owned())),
        Place::Query => drop(call.query.insert(param.to_owned(), value.to_owned())),
        Place::Header => {}
        Place::Body => {
            let mut at = call.body.get_or_insert_with(|| json!({}));
            for name in param.split('.') {
                at = &mut at[name];
            }
            *at = Value::from(value);
        }
    }
}
