//! The two example apps, as the reader tells them. A change of an example shows here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use linchpin_app::{App, At, read};

fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let app = read(&root, &|_| {}).unwrap();
    every_line_is_there(&root, &app);
    told(&app)
}

/// Every fact's line exists.
fn every_line_is_there(root: &Path, app: &App) {
    let fields = app
        .entities
        .iter()
        .flat_map(|entity| entity.fields.iter().map(|field| &field.at));
    let uses = app
        .pages
        .iter()
        .flat_map(|page| page.reads.iter().chain(&page.writes).map(|one| &one.at));
    let calls = app.pages.iter().flat_map(|page| page.calls.iter().map(|one| &one.at));
    let rest = app.integrations.iter().map(|one| &one.at);
    for At { file, line } in fields.chain(uses).chain(calls).chain(rest) {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let there = text
            .lines()
            .nth(*line as usize - 1)
            .is_some_and(|line| !line.trim().is_empty());
        assert!(there, "{file}:{line}");
    }
}

fn told(app: &App) -> String {
    let mut out = format!(
        "{} ({:?}, sdk {:?}), {} problems\n",
        app.name,
        app.layout,
        app.sdk_version,
        app.problems.len()
    );
    for entity in &app.entities {
        let own = if entity.owner_only { ", owner only" } else { "" };
        writeln!(out, "\n{} {}:{}{own}", entity.name, entity.at.file, entity.at.line).unwrap();
        for field in &entity.fields {
            let role = field.role.map_or(String::new(), |role| format!(" {role:?}"));
            let to = field.refers_to.as_ref().map_or(String::new(), |to| format!(" → {to}"));
            writeln!(out, "  {}:{}{role}{to}", field.name, field.at.line).unwrap();
        }
    }
    for page in &app.pages {
        let main = if page.main { ", opens first" } else { "" };
        writeln!(
            out,
            "\n{} {} {:?}{main}",
            page.name,
            page.route,
            page.title.as_deref().unwrap_or("")
        )
        .unwrap();
        let names = |list: &[linchpin_app::EntityUse]| {
            let names: Vec<String> = list
                .iter()
                .map(|one| format!("{}.{}", one.entity, one.method))
                .collect();
            names.join(" ")
        };
        writeln!(out, "  reads {}\n  writes {}", names(&page.reads), names(&page.writes)).unwrap();
        if let Some(at) = &page.per_user {
            writeln!(out, "  own records at {}:{}", at.file, at.line).unwrap();
        }
        for call in &page.calls {
            writeln!(out, "  calls {} at {}:{}", call.function, call.at.file, call.at.line).unwrap();
        }
        writeln!(
            out,
            "  form {}\n  says {}",
            page.form_fields.join(" "),
            page.words.join(" | ")
        )
        .unwrap();
    }
    for function in &app.functions {
        writeln!(
            out,
            "\n{} {} {:?}",
            function.name, function.at.file, function.automations
        )
        .unwrap();
    }
    for one in &app.integrations {
        writeln!(out, "{} {}:{}", one.service, one.at.file, one.at.line).unwrap();
    }
    out
}

#[test]
fn bookings() {
    insta::assert_snapshot!(example("bookings"));
}

#[test]
fn tasks() {
    insta::assert_snapshot!(example("tasks"));
}
