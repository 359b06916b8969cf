//! Suggestions on the two example apps and on small apps made for one question each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use linchpin_app::{App, At, Entity, EntityUse, Field, Function, Integration, Kind, Role, UsedConnector};
use linchpin_catalog::{Catalog, Mode};
use linchpin_suggest::{Options, Suggestion, suggest};
use proptest::prelude::*;

fn example(name: &str) -> (PathBuf, App) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let app = linchpin_app::read(&root, &|_| {}).unwrap();
    (root, app)
}

fn berlin() -> Options {
    Options {
        time_zone: "Europe/Berlin".to_owned(),
        ..Options::default()
    }
}

fn of(app: &App) -> Vec<Suggestion> {
    suggest(app, Catalog::embedded(), &berlin())
}

fn told(found: &[Suggestion]) -> String {
    let mut out = String::new();
    for one in found {
        writeln!(out, "{}. {} [{}]", one.rank, one.title, one.id).unwrap();
        writeln!(out, "   “{}”", one.prompt).unwrap();
        writeln!(out, "   {}: {}", one.mode.as_str(), one.mode_reason).unwrap();
        if let Some(replaces) = &one.replaces {
            writeln!(out, "   replaces {replaces}").unwrap();
        }
        for evidence in &one.evidence {
            writeln!(out, "   - {}:{} {}", evidence.file, evidence.line, evidence.why).unwrap();
        }
    }
    out
}

#[test]
fn the_bookings_example() {
    insta::assert_snapshot!(told(&of(&example("bookings").1)));
}

#[test]
fn the_tasks_example() {
    insta::assert_snapshot!(told(&of(&example("tasks").1)));
}

#[test]
fn every_piece_of_evidence_resolves() {
    for name in ["bookings", "tasks"] {
        let (root, app) = example(name);
        for one in of(&app) {
            assert!(!one.evidence.is_empty(), "{}", one.id);
            for evidence in &one.evidence {
                let text = std::fs::read_to_string(root.join(&evidence.file)).unwrap();
                let line = text.lines().nth(evidence.line as usize - 1);
                assert!(line.is_some_and(|line| !line.trim().is_empty()), "{evidence:?}");
            }
        }
    }
}

#[test]
fn the_contract_of_the_command_line() {
    let found = of(&example("bookings").1);
    let json = serde_json::to_value(&found).unwrap();
    let first = json[0].as_object().unwrap();
    for key in [
        "rank",
        "connector",
        "title",
        "prompt",
        "mode",
        "mode_reason",
        "evidence",
        "plan",
    ] {
        assert!(first.contains_key(key), "{key}");
    }
    assert_eq!((&first["rank"], &first["mode"]), (&1.into(), &"shared".into()));
    for key in ["file", "line", "why"] {
        assert!(json[0]["evidence"][0].get(key).is_some(), "{key}");
    }
    let again: Vec<Suggestion> = serde_json::from_value(json).unwrap();
    assert_eq!(again, found);
}

#[test]
fn every_connector_it_believes_in_gets_a_place_before_any_gets_a_second() {
    let (_, app) = example("bookings");
    let all = suggest(&app, Catalog::embedded(), &Options { limit: 100, ..berlin() });
    // Those it stands by come first, each once; what is left of places goes to the weightiest.
    let mut seen = BTreeSet::new();
    let once = all.iter().take_while(|one| seen.insert(one.connector.as_str())).count();
    assert!(once >= 5, "{:?}", all.iter().map(|one| &one.id).collect::<Vec<_>>());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &all {
        *counts.entry(&one.connector).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count <= 3), "{counts:?}");
}

#[test]
fn what_was_dismissed_stays_away() {
    let (_, app) = example("bookings");
    let first = of(&app).remove(0);
    let options = Options {
        dismissed: [first.id.clone()].into(),
        ..berlin()
    };
    let rest = suggest(&app, Catalog::embedded(), &options);
    assert!(rest.iter().all(|one| one.id != first.id));
    assert_eq!(rest[0].rank, 1);
}

/// An entity of fields with roles.
fn entity(name: &str, fields: &[(&str, Kind, Option<Role>)]) -> Entity {
    Entity {
        name: name.to_owned(),
        at: at(&format!("entities/{name}.json"), 2),
        fields: fields
            .iter()
            .enumerate()
            .map(|(line, (name, kind, role))| Field {
                name: (*name).to_owned(),
                kind: *kind,
                role: *role,
                at: at("entities/x.json", u32::try_from(line).unwrap() + 3),
                ..Field::default()
            })
            .collect(),
        ..Entity::default()
    }
}

fn at(file: &str, line: u32) -> At {
    At {
        file: file.to_owned(),
        line,
    }
}

fn appointment() -> Entity {
    entity(
        "Appointment",
        &[
            ("patient_email", Kind::String, Some(Role::Email)),
            ("start", Kind::String, Some(Role::Start)),
            ("end", Kind::String, Some(Role::End)),
        ],
    )
}

#[test]
fn nothing_where_nothing_fits() {
    assert_eq!(of(&App::default()), []);
    let app = App {
        entities: vec![
            entity(
                "ThemeSettings",
                &[
                    ("color", Kind::String, None),
                    ("contact_email", Kind::String, Some(Role::Email)),
                ],
            ),
            entity("Color", &[("hex", Kind::String, None), ("weight", Kind::Number, None)]),
            entity(
                "AuditLog",
                &[
                    ("start", Kind::String, Some(Role::Start)),
                    ("end", Kind::String, Some(Role::End)),
                ],
            ),
        ],
        ..App::default()
    };
    assert_eq!(of(&app), []);
}

#[test]
fn a_connector_in_place_is_suggested_only_for_what_it_does_not_do() {
    let mut app = App {
        entities: vec![appointment()],
        ..App::default()
    };
    assert!(of(&app).iter().any(|one| one.id == "googlecalendar/event/Appointment"));
    app.functions.push(Function {
        name: "sync".to_owned(),
        connectors: vec![UsedConnector {
            connector: "googlecalendar".to_owned(),
            ..UsedConnector::default()
        }],
        entities: vec![EntityUse {
            entity: "Appointment".to_owned(),
            method: "list".to_owned(),
            at: at("functions/sync.ts", 4),
        }],
        ..Function::default()
    });
    assert!(of(&app).iter().all(|one| one.connector != "googlecalendar"));
    app.entities.push(Entity {
        name: "Meeting".to_owned(),
        ..appointment()
    });
    assert!(of(&app).iter().any(|one| one.id == "googlecalendar/event/Meeting"));
}

#[test]
fn a_hand_rolled_mail_is_named_as_what_would_be_replaced() {
    let mut order = entity(
        "Order",
        &[
            ("email", Kind::String, Some(Role::Email)),
            ("status", Kind::String, Some(Role::Status)),
        ],
    );
    order.fields[1].options = ["new".to_owned(), "paid".to_owned()].into();
    let file = "functions/receipt.ts";
    let app = App {
        entities: vec![order],
        functions: vec![Function {
            name: "receipt".to_owned(),
            at: at(file, 1),
            entities: vec![EntityUse {
                entity: "Order".to_owned(),
                method: "get".to_owned(),
                at: at(file, 7),
            }],
            ..Function::default()
        }],
        integrations: vec![Integration {
            service: "resend".to_owned(),
            at: at(file, 12),
            ..Integration::default()
        }],
        ..App::default()
    };
    let found = of(&app);
    let mail = found.iter().find(|one| one.connector == "gmail").unwrap();
    assert_eq!(mail.replaces.as_deref(), Some("resend in functions/receipt.ts:12"));
    assert_eq!(
        mail.prompt,
        "When an Order becomes paid, send email an email from Gmail"
    );
    assert!(
        mail.evidence
            .iter()
            .any(|one| (one.file.as_str(), one.line) == (file, 12))
    );
}

#[test]
fn per_user_only_where_somebody_is_signed_in() {
    for name in ["bookings", "tasks"] {
        for one in of(&example(name).1) {
            let called = one.plan.trigger == linchpin_function::Trigger::Call;
            assert!(one.mode == Mode::Shared || called, "{}", one.id);
            assert_eq!(one.mode, one.plan.mode);
        }
    }
}

#[test]
fn names_that_no_plan_can_say_are_passed_over() {
    let app = App {
        entities: vec![
            Entity {
                name: "{{evil}}".to_owned(),
                ..appointment()
            },
            entity(
                "Booking",
                &[
                    ("a}} {{b", Kind::String, Some(Role::Email)),
                    ("start", Kind::String, Some(Role::Start)),
                    ("end", Kind::String, Some(Role::End)),
                ],
            ),
        ],
        ..App::default()
    };
    assert_eq!(of(&app), []);
}

fn any_role() -> impl Strategy<Value = Option<Role>> {
    prop::option::of(prop::sample::select(vec![
        Role::Email,
        Role::Phone,
        Role::PersonName,
        Role::Company,
        Role::Title,
        Role::Money,
        Role::Date,
        Role::DateTime,
        Role::Start,
        Role::End,
        Role::Due,
        Role::Status,
        Role::File,
        Role::Url,
        Role::Place,
        Role::Owner,
        Role::Assignee,
        Role::Quantity,
        Role::Text,
        Role::ExternalId,
    ]))
}

fn any_entity() -> impl Strategy<Value = Entity> {
    let kind = prop::sample::select(vec![Kind::String, Kind::Number, Kind::Boolean, Kind::Array]);
    let field = (
        "[a-z_]{1,12}|.{0,6}",
        kind,
        any_role(),
        prop::collection::vec("[a-z]{1,8}", 0..3),
    );
    let name = prop::sample::select(vec![
        "Booking", "Lead", "Task", "Invoice", "Note", "Client", "Log", "Ärger", "a b", "X1",
    ]);
    (name, prop::collection::vec(field, 0..8), any::<bool>()).prop_map(|(name, fields, owner_only)| {
        let mut entity = entity(name, &[]);
        entity.owner_only = owner_only;
        entity.fields = fields
            .into_iter()
            .map(|(name, kind, role, options)| Field {
                name,
                kind,
                role,
                options,
                ..Field::default()
            })
            .collect();
        entity
    })
}

proptest! {
    #[test]
    fn any_app_gives_the_same_bytes_twice_with_ranks_in_order(entities in prop::collection::vec(any_entity(), 0..8)) {
        let app = App { entities, ..App::default() };
        let found = of(&app);
        prop_assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&of(&app)).unwrap());
        let ranks: Vec<usize> = found.iter().map(|one| one.rank).collect();
        prop_assert_eq!(ranks, (1..=found.len()).collect::<Vec<_>>());
        prop_assert!(found.len() <= 10);
    }
}
