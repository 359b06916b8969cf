//! Hostile functions are refused by the right rule; functions as people write them pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use linchpin_catalog::Catalog;
use linchpin_function::Verdict;
use linchpin_function::police::{Callers, Policy, police};
use linchpin_function::prove::prove;
use proptest::prelude::*;

fn corpus(folder: &str) -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/");
    let mut files: Vec<PathBuf> = fs::read_dir(format!("{root}{folder}"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The values of `// key: value` lines.
fn header<'a>(source: &'a str, key: &str) -> Vec<&'a str> {
    let prefix = format!("// {key}: ");
    source
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix))
        .map(str::trim)
        .collect()
}

fn policy(source: &str, catalog: &Catalog) -> Policy {
    let mut policy = Policy::of(catalog);
    for name in header(source, "env") {
        policy = policy.with_env(name);
    }
    let callers = match header(source, "callers").first() {
        Some(&"anyone") => Callers::Anyone,
        Some(&"signed_in") => Callers::SignedIn,
        Some(&"role") => Callers::Role,
        Some(&"automation") => Callers::Automation,
        _ => Callers::Checked,
    };
    policy.for_callers(callers)
}

fn judge(source: &str) -> Verdict {
    let catalog = Catalog::embedded();
    let policy = policy(source, catalog);
    let proof = prove(source, "entry.ts", catalog, &BTreeMap::new()).unwrap_or_default();
    police(source, &proof, &policy)
}

#[test]
fn functions_people_write_pass() {
    let files = corpus("good");
    assert!(files.len() >= 10);
    let refused: Vec<String> = files
        .iter()
        .filter_map(|(name, source)| {
            let verdict = judge(source);
            (!verdict.ok).then(|| format!("{name}: {:#?}", verdict.violations))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn what_the_compiler_writes_passes() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    let mut seen = 0;
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let Some(start) = text
            .find("import { createClientFromRequest")
            .filter(|_| name.starts_with("compile__"))
        else {
            continue;
        };
        seen += 1;
        let code = &text[start..];
        let code = &code[..code.find("\n// base44/").unwrap_or(code.len())];
        let callers = match code {
            code if code.contains("!user.is_service") => Callers::Automation,
            code if code.contains("user.role !==") => Callers::Role,
            code if code.contains("if (!user)") => Callers::SignedIn,
            _ => Callers::Anyone,
        };
        let catalog = Catalog::embedded();
        let proof = prove(code, &name, catalog, &BTreeMap::new()).unwrap();
        assert!(proof.unresolved.is_empty(), "{name}: {:?}", proof.unresolved);
        assert!(!proof.calls.is_empty(), "{name}");
        let verdict = police(code, &proof, &Policy::of(catalog).for_callers(callers));
        assert!(verdict.ok, "{name}: {:#?}", verdict.violations);
    }
    assert!(seen > 0, "no compiled functions under {root}");
}

#[test]
fn hostile_functions_are_refused_by_the_right_rule() {
    let files = corpus("hostile");
    assert!(files.len() >= 40, "{} hostile functions", files.len());
    let mut wrong = Vec::new();
    for (name, source) in &files {
        let expected = header(source, "refuse");
        assert!(!expected.is_empty(), "{name} does not say which rule");
        let verdict = judge(source);
        for rule in expected {
            if !verdict.violations.iter().any(|violation| violation.rule == rule) {
                wrong.push(format!("{name}: {rule} missing in {:?}", verdict.violations));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bytes of the corpus with some of them changed, cut out or doubled.
fn mutated() -> impl Strategy<Value = String> {
    let sources: Vec<String> = ["good", "hostile"]
        .into_iter()
        .flat_map(corpus)
        .map(|(_, source)| source)
        .filter(|source| source.len() < 8000)
        .collect();
    let edits = prop::collection::vec((any::<u32>(), any::<u32>(), 0..5_u8), 1..12);
    (0..sources.len(), 0..sources.len(), edits).prop_map(move |(at, other, edits)| {
        let mut bytes = sources[at].clone().into_bytes();
        let other = sources[other].as_bytes();
        for (a, b, kind) in edits {
            let a = a as usize % bytes.len().max(1);
            let b = b as usize % bytes.len().max(1);
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 120));
            match kind {
                0 => bytes.drain(from..to).for_each(drop),
                1 if !bytes.is_empty() => bytes[from] = (b % 256) as u8,
                2 => {
                    let piece = bytes[from..to].to_vec();
                    bytes.splice(from..from, piece);
                }
                3 => {
                    let from_other = b % other.len();
                    let piece = &other[from_other..(from_other + 60).min(other.len())];
                    bytes.splice(from..from, piece.iter().copied());
                }
                _ => bytes.truncate(to),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(source in any::<String>()) {
        judge(&source);
    }

    #[test]
    fn no_mutation_makes_it_panic_or_change_its_mind(source in mutated()) {
        prop_assert_eq!(judge(&source), judge(&source));
    }
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("!", ""),
        ("a=>", "1"),
        ("1+", "1"),
        ("a?b:", "1"),
        ("f(", ")"),
        ("a.b", ""),
        ("if(a)", ";"),
        ("`${", "}`"),
    ] {
        let times = 60_000 / (open.len() + close.len());
        judge(&format!("const a = {}0{};", open.repeat(times), close.repeat(times)));
        judge(&format!("{}{}", open.repeat(times), close.repeat(times)));
    }
}

#[test]
fn a_message_says_what_to_write_instead() {
    for (name, source) in corpus("hostile") {
        for violation in judge(&source).violations {
            let sentences = violation.message.matches(['.', ';', ':']).count();
            assert!(sentences >= 2, "{name}: {}", violation.message);
        }
    }
}
