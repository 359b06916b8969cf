//! Prints an app's model: `cargo run -p linchpin-app --example read -- APP [--json]`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| ".".to_owned());
    let json = arguments.next().is_some_and(|flag| flag == "--json");
    match linchpin_app::read(std::path::Path::new(&root), &|_| {}) {
        Ok(app) if json => match serde_json::to_string_pretty(&app) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("{error}"),
        },
        Ok(app) => print!("{}", summary(&app)),
        Err(error) => eprintln!("{error}"),
    }
}

fn summary(app: &linchpin_app::App) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}: {} pages, {} entities, {} functions, {} connectors, {} agents, {} integrations, {} problems, {} files, {} bytes",
        app.name,
        app.pages.len(),
        app.entities.len(),
        app.functions.len(),
        app.connectors.len(),
        app.agents.len(),
        app.integrations.len(),
        app.problems.len(),
        app.files_read,
        app.bytes_read
    );
    for entity in &app.entities {
        let _ = writeln!(
            out,
            "\n{} {}:{}{}",
            entity.name,
            entity.at.file,
            entity.at.line,
            if entity.owner_only { " owner-only" } else { "" }
        );
        for field in &entity.fields {
            let _ = writeln!(
                out,
                "  {} {:?} {:?} {:?} :{}",
                field.name, field.kind, field.role, field.refers_to, field.at.line
            );
        }
    }
    for page in &app.pages {
        let _ = writeln!(
            out,
            "\n{} {} {:?}{} per_user={:?}\n  reads {:?}\n  writes {:?}\n  calls {:?}\n  form {:?}\n  words {:?}",
            page.name,
            page.route,
            page.title,
            if page.main { " (main)" } else { "" },
            page.per_user.as_ref().map(|at| format!("{}:{}", at.file, at.line)),
            page.reads
                .iter()
                .map(|one| format!("{}.{}", one.entity, one.method))
                .collect::<Vec<_>>(),
            page.writes
                .iter()
                .map(|one| format!("{}.{}", one.entity, one.method))
                .collect::<Vec<_>>(),
            page.calls.iter().map(|one| one.function.as_str()).collect::<Vec<_>>(),
            page.form_fields,
            page.words,
        );
    }
    for function in &app.functions {
        let _ = writeln!(
            out,
            "\nfn {} {} {:?} {:?}",
            function.name, function.at.file, function.automations, function.connectors
        );
    }
    for one in &app.integrations {
        let _ = writeln!(out, "{} {}:{}", one.service, one.at.file, one.at.line);
    }
    for one in &app.problems {
        let _ = writeln!(out, "{}:{} {}", one.at.file, one.at.line, one.message);
    }
    out
}
