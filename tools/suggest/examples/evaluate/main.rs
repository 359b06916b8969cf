//! Leave-connectors-out: what is suggested for apps whose connectors were taken out, compared with
//! what they really used. `docs/suggestions.md` has the method.
//!
//! `cargo run --release -p linchpin-suggest --example evaluate -- LABELS.json STRIPPED [WHOLE]`
//!
//! `STRIPPED` holds a tree `owner__repo` for each app without its connectors, `WHOLE` the same as they
//! are, for the comparison of modes. Nothing of an app is printed but its number of types.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for people"
)]

mod baselines;
mod labels;
mod measure;
mod modes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use linchpin_catalog::Catalog;
use linchpin_suggest::{Options, suggest};
use measure::{Figures, average, figures};

/// One app with what it used.
struct Case {
    label: labels::Label,
    truth: BTreeSet<String>,
    app: linchpin_app::App,
}

/// Why it could not be done.
type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, paths): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|one| one.starts_with("--"));
    let [labels, stripped, more @ ..] = paths.as_slice() else {
        eprintln!("evaluate LABELS.json STRIPPED [WHOLE] [--entries=DIR] [--descriptions=JSON] [--ranks]");
        std::process::exit(2);
    };
    let entries = flags.iter().find_map(|flag| flag.strip_prefix("--entries="));
    let texts = flags.iter().find_map(|flag| flag.strip_prefix("--descriptions="));
    let ranks = flags.iter().any(|flag| flag.as_str() == "--ranks");
    let files = entries.map(read_entries).transpose()?.unwrap_or_default();
    let borrowed: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let own;
    let catalog = if files.is_empty() {
        Catalog::embedded()
    } else {
        own = Catalog::from_files(&borrowed)?;
        &own
    };
    let labels = labels::read(Path::new(labels))?;
    let cases: Vec<Case> = labels
        .into_iter()
        .filter(|label| label.eligible)
        .filter_map(|label| {
            let truth = label.truth();
            let app = linchpin_app::read(&tree(stripped, &label), &|_| {}).ok()?;
            Some(Case { label, truth, app })
        })
        .collect();
    let using: Vec<&Case> = cases.iter().filter(|case| !case.truth.is_empty()).collect();
    println!(
        "{} apps with connectors, {} without",
        using.len(),
        cases.len() - using.len()
    );

    let ours: Vec<Vec<String>> = using.iter().map(|case| ranked(&case.app, catalog)).collect();
    if ranks {
        for (case, order) in using.iter().zip(&ours) {
            let shown: Vec<String> = order
                .iter()
                .take(10)
                .map(|id| {
                    if case.truth.contains(id) {
                        format!("*{id}")
                    } else {
                        id.clone()
                    }
                })
                .collect();
            let missed: Vec<&String> = case
                .truth
                .iter()
                .filter(|id| !order.iter().take(5).any(|one| one == *id))
                .collect();
            println!("{:<24} {}   missed {missed:?}", case.label.short(), shown.join(" "));
        }
    }
    // The platform's own types only, as the baselines rank them.
    let among: Vec<Vec<String>> = ours
        .iter()
        .map(|order| {
            let known = |id: &&String| labels::candidates().any(|one| one == id.as_str());
            order.iter().filter(known).cloned().collect()
        })
        .collect();
    let mut table: Vec<(&str, Vec<Vec<String>>)> = vec![("ours", ours), ("ours, the 56 types only", among)];
    table.extend(baselines::all(&using, &baselines::described(texts, catalog)?));
    println!("\n| ranker | R@1 | R@3 | R@5 | R@10 | Rcap@3 | Rcap@5 | hit@1 | hit@3 | MRR | MAP | tail R@5 |");
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let measured: Vec<(&str, Vec<Figures>)> = table
        .iter()
        .map(|(name, orders)| {
            let each = using
                .iter()
                .zip(orders)
                .map(|(case, order)| figures(order, &case.truth))
                .collect();
            (*name, each)
        })
        .collect();
    for (name, each) in &measured {
        println!("| {name} | {} |", average(each));
    }
    if let Some((_, ours)) = measured.first() {
        println!("\nOurs minus the baseline, with the 95 % interval of a paired bootstrap over apps:\n");
        for (name, theirs) in measured.iter().skip(2) {
            println!("- {name}: {}", measure::compared(ours, theirs));
        }
        println!("\nOurs alone, 95 % interval over apps: {}", measure::interval(ours));
        println!(
            "\nBy halves of the list (even, odd): {} / {}",
            measure::half(ours, 0),
            measure::half(ours, 1)
        );
    }
    println!("\n{}", slowest(&cases, catalog));
    for case in cases.iter().filter(|case| case.truth.is_empty()) {
        if ranks {
            println!(
                "without: {:<24} {}",
                case.label.short(),
                ranked(&case.app, catalog).join(" ")
            );
        }
    }
    if let Some(whole) = more.first() {
        let apps = cases.iter().filter_map(|case| {
            Some((
                &case.label,
                &case.app,
                linchpin_app::read(&tree(whole, &case.label), &|_| {}).ok()?,
            ))
        });
        println!("\n{}", modes::agreement(apps, catalog));
    }
    Ok(())
}

/// How long this thread has been on a processor; without `/proc`, how long it has been.
fn on_processor() -> Duration {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = spent.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| BEGUN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// The app that takes longest.
fn slowest(cases: &[Case], catalog: &Catalog) -> String {
    let timed = cases.iter().map(|case| {
        let best = (0..5)
            .map(|_| {
                let begun = on_processor();
                std::hint::black_box(suggest(&case.app, catalog, &Options::default()));
                on_processor().saturating_sub(begun)
            })
            .min()
            .unwrap_or_default();
        (best, case.app.entities.len(), case.app.pages.len())
    });
    let (took, entities, pages) = timed.max().unwrap_or_default();
    format!("Longest to suggest, processor time, best of five: {took:.1?} for {entities} entities and {pages} pages.")
}

fn tree(folder: &str, label: &labels::Label) -> PathBuf {
    Path::new(folder).join(label.repo.replace('/', "__"))
}

/// The catalog's own files and those of a folder.
fn read_entries(folder: &str) -> std::io::Result<Vec<(String, String)>> {
    let embedded = Catalog::embedded();
    let mut files: Vec<(String, String)> = embedded
        .ids()
        .filter_map(|id| Some((format!("{id}.toml"), embedded.text(id)?.to_owned())))
        .collect();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if !files.iter().any(|(known, _)| *known == name) {
                files.push((name, std::fs::read_to_string(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The connectors suggested, each at its first place; Slack's two are one, as in the labels.
fn ranked(app: &linchpin_app::App, catalog: &Catalog) -> Vec<String> {
    let options = Options {
        limit: 60,
        ..Options::default()
    };
    let mut order: Vec<String> = Vec::new();
    for one in suggest(app, catalog, &options) {
        let id = labels::canonical(&one.connector);
        if !order.contains(&id) {
            order.push(id);
        }
    }
    order
}
