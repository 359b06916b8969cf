//! What builders of public apps say, in six languages, half of it following up: does it come to the right
//! plan? The apps are small schemas that mirror real ones; the sentences are in `utterances/`, each with
//! the parts that the plan's summary has to contain. They were written before the words that serve them.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use linchpin_function::{CallStep, Mail, Plan, Step};
use serde_json::{Map, Value, json};

use super::desk::{Heard, Talk};
use super::phrases::told;

const SHEET: &str = "https://docs.google.com/spreadsheets/d/1kPqE7vXn2T0bR9yZ4sHc8WmA3uLd6FgJ5oIeQxN1tVw/edit#gid=0";
const DATABASE: &str = "https://www.notion.so/studio/1f3b6a0e5c2d4e7f8a9b0c1d2e3f4a5b?v=2";
/// Of a hundred sentences, so many have to come to the right plan.
const RIGHT: usize = 95;

const LANGUAGES: &[(&str, &str)] = &[
    ("en", include_str!("utterances/en.txt")),
    ("es", include_str!("utterances/es.txt")),
    ("pt", include_str!("utterances/pt.txt")),
    ("de", include_str!("utterances/de.txt")),
    ("fr", include_str!("utterances/fr.txt")),
    ("he", include_str!("utterances/he.txt")),
];

/// The folders of the small apps, written out once.
fn apps(into: &Path) {
    let mut app = PathBuf::new();
    for line in include_str!("utterances/apps.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        if let Some(name) = line.strip_prefix("app ") {
            app = into.join(name);
            std::fs::create_dir_all(app.join("base44/entities")).unwrap();
            std::fs::write(app.join("base44/config.jsonc"), json!({ "name": name }).to_string()).unwrap();
            continue;
        }
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let fields: Map<String, Value> = words.map(field).collect();
        let schema = json!({ "name": name, "type": "object", "properties": fields });
        let file = app.join("base44/entities").join(format!("{name}.jsonc"));
        std::fs::write(file, schema.to_string()).unwrap();
    }
}

/// `status=open|done`, `date:date`, `amount:number`, `title`.
fn field(text: &str) -> (String, Value) {
    if let Some((name, states)) = text.split_once('=') {
        let states: Vec<&str> = states.split('|').collect();
        return (name.to_owned(), json!({ "type": "string", "enum": states }));
    }
    match text.split_once(':') {
        Some((name, "number")) => (name.to_owned(), json!({ "type": "number" })),
        Some((name, format)) => (name.to_owned(), json!({ "type": "string", "format": format })),
        None => (text.to_owned(), json!({ "type": "string" })),
    }
}

fn calls(steps: &[Step]) -> Vec<&CallStep> {
    let mut out = Vec::new();
    for step in steps {
        match step {
            Step::Call(call) => out.push(call.as_ref()),
            Step::Each { steps, .. } => out.extend(calls(steps)),
            _ => {}
        }
    }
    out
}

/// A plan in one line, with whom it goes to and what it says.
fn summary(plan: &Plan) -> String {
    let mut out = told(plan);
    for call in calls(&plan.steps) {
        if let Some(Mail { to, cc, subject, .. }) = &call.mail {
            write!(out, " | to {} cc {} about {subject}", to.join(" "), cc.join(" ")).unwrap();
        }
        if let Some(body) = &call.body {
            write!(out, " | {body}").unwrap();
        }
    }
    out
}

fn is_right(heard: &Heard, expected: &str) -> bool {
    let line = heard.plan.as_ref().map(summary);
    expected.split("; ").all(|part| {
        let part = part.trim();
        if let Some(words) = part.strip_prefix("say:") {
            return heard.text.contains(words);
        }
        if let Some(tool) = part.strip_prefix("tool:") {
            return heard.tools.iter().any(|one| one == tool);
        }
        line.as_ref().is_some_and(|line| line.contains(part))
    })
}

#[test]
fn builders_are_understood_in_six_languages() {
    let folder = tempfile::tempdir().unwrap();
    apps(folder.path());
    let mut misses = String::new();
    let (mut all, mut right) = (0, 0);
    for (language, text) in LANGUAGES {
        let (mut own, mut own_right) = (0, 0);
        let (mut app, mut root) = (None, PathBuf::new());
        let mut talk: Option<Talk> = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix("app ") {
                root = folder.path().join(name);
                app = Some(Talk::read(&root));
                continue;
            }
            let (said, expected) = line.split_once(" => ").unwrap();
            assert!(!expected.trim().ends_with("say:"), "{line}: any answer would do");
            if said.starts_with('>') {
                talk = Some(
                    Talk::in_world(app.clone().unwrap(), &root)
                        .answer("channel", "general")
                        .answer("spreadsheet", SHEET)
                        .answer("database", DATABASE)
                        .answer("recipient", "me@example.com"),
                );
            }
            let one = talk.as_mut().unwrap();
            let heard = catch_unwind(AssertUnwindSafe(|| one.say(said[1..].trim()))).unwrap_or_default();
            (all, own) = (all + 1, own + 1);
            if is_right(&heard, expected) {
                (right, own_right) = (right + 1, own_right + 1);
            } else {
                let got = heard.plan.as_ref().map_or_else(
                    || format!("{:?} {:?} {}", heard.tools, heard.asked, heard.text.replace('\n', " ")),
                    summary,
                );
                let got: String = got.chars().take(220).collect();
                writeln!(misses, "{language} {said}\n     want {expected}\n     got  {got}").unwrap();
            }
        }
        writeln!(misses, "{language}: {own_right} of {own}\n").unwrap();
    }
    println!("{misses}{right} of {all} right");
    assert!(all >= 300, "{all} sentences");
    assert!(right * 100 >= all * RIGHT, "{misses}{right} of {all} right");
}
