//! Writes a large app into a temporary folder and reads it: `cargo run --release -p linchpin-app
//! --example speed`. Prints the time of a reading beside that of parsing the same files alone.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program that takes times"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

const PAGES: usize = 240;
const ENTITIES: usize = 740;
const FUNCTIONS: usize = 350;
const LINES: usize = 240_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let sources = write_app(folder.path());
    let bytes: usize = sources.iter().map(|(_, text)| text.len()).sum();
    println!(
        "{PAGES} pages, {ENTITIES} entities, {FUNCTIONS} functions, {} files of code, {bytes} bytes",
        sources.len()
    );
    let parse = best(|| {
        let mut arena = Allocator::default();
        for (file, text) in &sources {
            let kind = SourceType::from_path(Path::new(file)).unwrap();
            assert!(!Parser::new(&arena, text, kind).parse().panicked, "{file}");
            arena.reset();
        }
    });
    let read = best(|| {
        let app = linchpin_app::read(folder.path(), &|_| {}).unwrap();
        assert_eq!(
            (app.pages.len(), app.entities.len(), app.functions.len()),
            (PAGES, ENTITIES, FUNCTIONS)
        );
        assert_eq!(app.problems, []);
    });
    let ratio = read.1.as_secs_f64() / parse.1.as_secs_f64().max(0.001);
    println!("parse alone, one thread: {:?} (CPU {:?})", parse.0, parse.1);
    println!(
        "read:                    {:?} (CPU {:?}), CPU {ratio:.2} x parsing",
        read.0, read.1
    );
}

/// The best wall time of five runs, with its CPU time.
fn best(run: impl Fn()) -> (Duration, Duration) {
    (0..5)
        .map(|_| {
            let (cpu, wall) = (cpu(), Instant::now());
            run();
            (wall.elapsed(), cpu_since(cpu))
        })
        .min()
        .unwrap()
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

fn cpu_since(before: u64) -> Duration {
    Duration::from_millis((cpu() - before) * 10)
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
