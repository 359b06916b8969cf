//! Reads an app and parses the same files with oxc alone, in one run: `cargo run --release -p
//! linchpin-app --example speed [-- APP…]`. Without an app a large one is written into a temporary
//! folder. CPU is that of all threads; the parse alone has the texts in memory, the line below it
//! opens them as a reading does.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program that takes times"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use linchpin_app::Reader;
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

const PAGES: usize = 240;
const ENTITIES: usize = 740;
const FUNCTIONS: usize = 350;
const LINES: usize = 240_000;
/// Each thing is done at least so often, in turn with the others.
const ROUNDS: usize = 24;

fn main() {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if given.is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let _ = write_app(folder.path());
        let app = measure(folder.path());
        let counts = (app.pages.len(), app.entities.len(), app.functions.len());
        assert_eq!(counts, (PAGES, ENTITIES, FUNCTIONS));
        assert_eq!(app.problems, []);
    }
    for root in given {
        let _ = measure(&root);
    }
}

fn measure(root: &Path) -> linchpin_app::App {
    let app = linchpin_app::read(root, &|_| {}).unwrap();
    let files = linchpin_app::sources(root);
    let sources: Vec<(&str, String)> = files
        .iter()
        .filter_map(|file| Some((file.as_str(), std::fs::read_to_string(root.join(file)).ok()?)))
        .collect();
    let bytes: usize = sources.iter().map(|(_, text)| text.len()).sum();
    println!(
        "{}: {} pages, {} entities, {} functions, {} files of code, {bytes} bytes",
        app.name,
        app.pages.len(),
        app.entities.len(),
        app.functions.len(),
        sources.len()
    );
    let mut kept = Reader::new(root);
    kept.read(&|_| {}).unwrap();
    let mut spent = [Spent::default(); 4];
    for _ in 0..ROUNDS {
        spent[0].add(|| {
            let mut arena = Allocator::default();
            for (file, text) in &sources {
                parse(&arena, file, text);
                arena.reset();
            }
        });
        spent[1].add(|| {
            let mut arena = Allocator::default();
            for file in &files {
                if let Ok(text) = std::fs::read_to_string(root.join(file)) {
                    parse(&arena, file, &text);
                    arena.reset();
                }
            }
        });
        spent[2].add(|| drop(linchpin_app::read(root, &|_| {}).unwrap()));
        spent[3].add(|| drop(kept.read(&|_| {}).unwrap()));
    }
    let alone = spent[0].cpu;
    for (what, spent) in [
        "parse alone, in memory",
        "open and parse alone",
        "read",
        "read again, unchanged",
    ]
    .into_iter()
    .zip(spent)
    {
        println!(
            "  {what:<24} wall {:>6.1} ms, CPU {:>6.1} ms, {:.2} x parsing",
            spent.best.as_secs_f64() * 1e3,
            f64::from(u32::try_from(spent.cpu).unwrap()) * 10.0 / f64::from(u32::try_from(ROUNDS).unwrap()),
            f64::from(u32::try_from(spent.cpu).unwrap()) / f64::from(u32::try_from(alone.max(1)).unwrap()),
        );
    }
    app
}

fn parse(arena: &Allocator, file: &str, text: &str) {
    let kind = match file.rsplit_once('.').map_or("", |(_, end)| end) {
        "ts" => SourceType::ts(),
        "tsx" => SourceType::tsx(),
        _ => SourceType::jsx(),
    };
    std::hint::black_box(Parser::new(arena, text, kind).parse().panicked);
}

/// The best wall time of several runs, and the CPU ticks of all.
#[derive(Debug, Clone, Copy)]
struct Spent {
    best: Duration,
    cpu: u64,
}

impl Default for Spent {
    fn default() -> Self {
        Self {
            best: Duration::MAX,
            cpu: 0,
        }
    }
}

impl Spent {
    fn add(&mut self, run: impl FnOnce()) {
        let (before, wall) = (cpu(), Instant::now());
        run();
        self.best = self.best.min(wall.elapsed());
        self.cpu += cpu() - before;
    }
}

/// CPU ticks of this process: user and system, in hundredths of a second.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).to_owned();
    rest.split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum()
}

/// Writes the app; gives its sources.
fn write_app(root: &Path) -> Vec<(String, String)> {
    let mut sources = Vec::new();
    let mut write = |file: String, text: String| {
        let path = root.join(&file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &text).unwrap();
        if !file.ends_with(".jsonc") {
            sources.push((file, text));
        }
    };
    write("base44/config.jsonc".to_owned(), "{\"name\": \"Large\"}".to_owned());
    for n in 0..ENTITIES {
        let mut fields = String::new();
        for field in ["client_email", "title", "notes", "phone", "owner_id", "location"] {
            let _ = writeln!(fields, "    \"{field}\": {{ \"type\": \"string\" }},");
        }
        write(
            format!("base44/entities/Entity{n}.jsonc"),
            format!(
                "{{\n  \"name\": \"Entity{n}\",\n  \"type\": \"object\",\n  \"properties\": {{\n{fields}    \"start\": {{ \"type\": \"string\", \"format\": \"date-time\" }},\n    \
                 \"end\": {{ \"type\": \"string\", \"format\": \"date-time\" }},\n    \"status\": {{ \"type\": \"string\", \"enum\": [\"new\", \"done\"] }}\n  }}\n}}\n"
            ),
        );
    }
    let function_lines = 150;
    for n in 0..FUNCTIONS {
        let mut text = format!(
            "import {{ createClientFromRequest }} from 'npm:@base44/sdk@0.8.31';\nDeno.serve(async (req) => {{\n  const base44 = createClientFromRequest(req);\n  \
             const list = await base44.asServiceRole.entities.Entity{n}.filter({{ status: 'new' }});\n"
        );
        for line in 0..function_lines {
            let _ = writeln!(text, "  if (list.length > {line}) console.log(list[{line}].title);");
        }
        text.push_str("  return Response.json({ ok: true });\n});\n");
        write(format!("base44/functions/run{n}/entry.ts"), text);
    }
    let parts = PAGES * 3;
    let left = LINES - FUNCTIONS * (function_lines + 6);
    let page_lines = left / (PAGES + parts);
    for n in 0..PAGES + parts {
        let page = n < PAGES;
        let name = if page { format!("Page{n}") } else { format!("Part{n}") };
        let mut text =
            "import React, { useState } from 'react';\nimport { base44 } from '@/api/base44Client';\n".to_owned();
        if page {
            for part in 0..3 {
                let part = PAGES + n * 3 + part;
                let _ = writeln!(text, "import Part{part} from '@/components/Part{part}';");
            }
        }
        let entity = n % ENTITIES;
        let _ = write!(
            text,
            "export default function {name}() {{\n  const [form, setForm] = useState({{ title: '' }});\n  const load = () => base44.entities.Entity{entity}.list('-created_date', 50);\n  \
             const save = () => base44.entities.Entity{entity}.create({{ title: form.title, status: 'new' }});\n  return (\n    <div className=\"p-4\">\n      <h1>{name}</h1>\n"
        );
        for line in 0..page_lines / 3 {
            let _ = write!(
                text,
                "      <label htmlFor=\"f{line}\">Field number {line}</label>\n      \
                 <input id=\"f{line}\" value={{form.title}} onChange={{edit}} />\n      \
                 <button onClick={{save}}>{{form.title ? 'Save' : 'Add'}}</button>\n"
            );
        }
        text.push_str("    </div>\n  );\n}\n");
        let folder = if page { "pages" } else { "components" };
        write(format!("src/{folder}/{name}.jsx"), text);
    }
    sources
}
