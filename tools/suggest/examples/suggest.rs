//! Prints an app's suggestions, with what keeps each plan from compiling, if anything does:
//! `cargo run -p linchpin-suggest --example suggest -- APP [--json|--all|--code]`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for people"
)]

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| ".".to_owned());
    let flag = arguments.next();
    let json = flag.as_deref() == Some("--json");
    let app = match linchpin_app::read(std::path::Path::new(&root), &|_| {}) {
        Ok(app) => app,
        Err(error) => return eprintln!("{error}"),
    };
    let started = std::time::Instant::now();
    let catalog = linchpin_catalog::Catalog::embedded();
    let mut options = linchpin_suggest::Options::default();
    if flag.as_deref() == Some("--all") {
        options.limit = usize::MAX;
    }
    let found = linchpin_suggest::suggest(&app, catalog, &options);
    let took = started.elapsed();
    for one in &found {
        println!(
            "{}. [{}] {}\n   {}\n   {}: {}",
            one.rank,
            one.connector,
            one.title,
            one.prompt,
            one.mode.as_str(),
            one.mode_reason
        );
        if let Some(replaced) = &one.replaces {
            println!("   replaces {replaced}");
        }
        for evidence in &one.evidence {
            println!("   - {}:{} {}", evidence.file, evidence.line, evidence.why);
        }
        for error in one.plan.validate(&app, catalog).err().unwrap_or_default() {
            println!("   ! {error}");
        }
        if flag.as_deref() == Some("--code")
            && let Ok(draft) = linchpin_function::compile(&one.plan, &app, catalog)
        {
            println!("{}", draft.source);
        }
        if json {
            println!("{}", serde_json::to_string_pretty(&one.plan).unwrap_or_default());
        }
    }
    eprintln!("{took:?}");
}
