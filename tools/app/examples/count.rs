//! Reads real apps and compares what is found with what was counted by hand: `cargo run -p linchpin-app
//! --example count -- APPS COUNTS.json` (or `LINCHPIN_APPS`, `LINCHPIN_COUNTS`). `APPS` holds one folder an app,
//! `owner__name` for the `repo` `owner/name` of the list. Exits with 1 when anything is found to less than 98 %.
//!
//! What counts, and where the list says something else, is in `docs/reading.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use linchpin_app::{App, ReadError};
use serde_json::Value;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut place = |variable: &str| {
        arguments
            .next()
            .or_else(|| std::env::var_os(variable).map(PathBuf::from))
    };
    let (Some(apps), Some(list)) = (place("LINCHPIN_APPS"), place("LINCHPIN_COUNTS")) else {
        eprintln!("Give the folder of apps and the list of counts: count APPS COUNTS.json");
        return ExitCode::from(2);
    };
    let listed: Option<Vec<Value>> = std::fs::read_to_string(&list)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    let Some(listed) = listed else {
        eprintln!(
            "{} is no list of apps. Give a JSON file that holds one.",
            list.display()
        );
        return ExitCode::from(2);
    };
    println!(
        "{:<40} {:>11} {:>11} {:>11}  missed",
        "app", "entities", "pages", "functions"
    );
    let mut sums = [(0, 0); 3];
    let mut short = Vec::new();
    let mut places = (0, 0);
    for one in &listed {
        let repo = one.get("repo").and_then(Value::as_str).unwrap_or_default();
        let root = apps.join(repo.replace('/', "__"));
        let app = linchpin_app::read(&root, &|_| {});
        if let Ok(app) = &app {
            let (named, missing) = resolve(&root, &serde_json::to_value(app).unwrap_or_default());
            places = (places.0 + named, places.1 + missing);
        }
        let (row, missed) = compare(&root, app, one);
        for (sum, (found, counted)) in sums.iter_mut().zip(row) {
            sum.0 += found;
            sum.1 += counted;
        }
        println!("{}  {}", line(repo, row), missed.join(" "));
        if row.iter().any(|(found, counted)| *found * 100 < *counted * 98) {
            short.push(repo);
        }
    }
    println!("{}", line("all", sums));
    println!("{} places named, {} of them not there", places.0, places.1);
    if short.is_empty() && places.1 == 0 {
        ExitCode::SUCCESS
    } else {
        if !short.is_empty() {
            println!("less than 98 %: {}", short.join(", "));
        }
        ExitCode::FAILURE
    }
}

/// How many facts of a model have a place, and how many of those places are not there.
fn resolve(root: &Path, model: &Value) -> (usize, usize) {
    let mut lines: BTreeMap<String, Option<u64>> = BTreeMap::new();
    let (mut named, mut missing) = (0, 0);
    let mut open = vec![model];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(object) => {
                if let (Some(Value::String(file)), Some(line)) = (object.get("file"), object.get("line")) {
                    let has = *lines.entry(file.clone()).or_insert_with(|| {
                        let bytes = std::fs::read(root.join(file)).ok()?;
                        let breaks = bytes.iter().filter(|one| **one == b'\n').count();
                        u64::try_from(breaks).ok().map(|breaks| breaks + 1)
                    });
                    let there = has.is_some_and(|has| line.as_u64().is_some_and(|line| (1..=has).contains(&line)));
                    named += 1;
                    missing += usize::from(!there);
                }
                open.extend(object.values());
            }
            _ => {}
        }
    }
    (named, missing)
}

fn line(name: &str, row: [(usize, usize); 3]) -> String {
    let [entities, pages, functions] = row.map(|(found, counted)| format!("{found}/{counted}"));
    format!("{name:<40} {entities:>11} {pages:>11} {functions:>11}")
}

/// Found of counted: entities, pages, functions; and the names that were not found.
fn compare(root: &Path, app: Result<App, ReadError>, counts: &Value) -> ([(usize, usize); 3], Vec<String>) {
    let names = |key: &str| -> BTreeSet<String> {
        let list = counts.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let functions = counts.pointer("/counts/functions").and_then(Value::as_u64).unwrap_or(0);
    let functions = usize::try_from(functions).unwrap_or(usize::MAX);
    let app = match app {
        Ok(app) => app,
        // A folder of plain web pages is no app to Linchpin, and nothing was counted in it either.
        Err(ReadError::NotAnApp { .. }) => App::default(),
        Err(error) => {
            let counted = (names("entity_names").len(), names("page_names").len());
            return (
                [(0, counted.0), (0, counted.1), (0, functions)],
                vec![error.to_string()],
            );
        }
    };
    let mut spoken = Spoken::default();
    let mut missed = Vec::new();
    let known: BTreeSet<&str> = app.entities.iter().map(|entity| entity.name.as_str()).collect();
    let mut entities = (0, 0);
    for name in names("entity_names") {
        if known.contains(name.as_str()) {
            entities = (entities.0 + 1, entities.1 + 1);
        } else if name == "Query" {
            // The SDK's query builder: legacy exports list it beside the entities.
        } else if spoken.of(root).contains(&name) {
            missed.push(format!("({name}: in comments and documents only)"));
        } else {
            entities.1 += 1;
            missed.push(name);
        }
    }
    let pages: BTreeSet<&str> = app.pages.iter().map(|page| page.name.as_str()).collect();
    let mut shown = (0, 0);
    for name in names("page_names") {
        let last = name.rsplit('/').next().unwrap_or(&name);
        // The list counts the frame around all pages where it lies in their folder.
        if last == "Layout" && !pages.contains(last) {
            missed.push("(Layout: a frame)".to_owned());
            continue;
        }
        shown.1 += 1;
        if pages.contains(last) {
            shown.0 += 1;
        } else {
            missed.push(name);
        }
    }
    let found = app.functions.len().min(functions);
    ([entities, shown, (found, functions)], missed)
}

/// Entities that an app's files name in comments and documents.
#[derive(Default)]
struct Spoken {
    names: Option<BTreeSet<String>>,
}

impl Spoken {
    fn of(&mut self, root: &Path) -> &BTreeSet<String> {
        self.names.get_or_insert_with(|| {
            let (mut spoken, mut coded) = (BTreeSet::new(), BTreeSet::new());
            collect(root, &mut spoken, &mut coded);
            spoken.retain(|name| !coded.contains(name));
            spoken
        })
    }
}

/// Names behind `entities.` in documents and comments, and in code.
fn collect(folder: &Path, spoken: &mut BTreeSet<String>, coded: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, file) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if file != "node_modules" && file != ".git" {
                collect(&path, spoken, coded);
            }
            continue;
        }
        let document = file.ends_with(".md") || file.contains(".md.");
        let code = [".js", ".jsx", ".ts", ".tsx"].iter().any(|end| file.ends_with(end));
        let Some(text) = (document || code)
            .then(|| std::fs::read_to_string(&path).ok())
            .flatten()
        else {
            continue;
        };
        for line in text.lines() {
            for (at, mark) in line.match_indices("entities.") {
                let name: String = line[at + mark.len()..]
                    .chars()
                    .take_while(|one| one.is_alphanumeric() || *one == '_')
                    .collect();
                let aside = document || commented(&line[..at]);
                let list = if aside { &mut *spoken } else { &mut *coded };
                list.insert(name);
            }
        }
    }
}

fn commented(before: &str) -> bool {
    let start = before.trim_start();
    before.contains("//") || start.starts_with('*') || start.starts_with("/*")
}
