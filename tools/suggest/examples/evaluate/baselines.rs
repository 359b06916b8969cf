//! Rankers to beat: how common a connector is, and words alone.

use std::collections::{BTreeMap, BTreeSet};

use linchpin_app::App;
use linchpin_catalog::Catalog;

use crate::Case;
use crate::labels::candidates;

/// Apps that call each type, of 61 public apps with connectors.
const COUNTS: &[(&str, i32)] = &[
    ("googlecalendar", 34),
    ("gmail", 27),
    ("googledrive", 21),
    ("googlesheets", 17),
    ("slack", 12),
    ("google_analytics", 7),
    ("linkedin", 7),
    ("hubspot", 6),
    ("instagram", 6),
    ("notion", 6),
    ("outlook", 6),
    ("github", 4),
    ("google_search_console", 3),
    ("googledocs", 3),
    ("googletasks", 3),
    ("tiktok", 3),
    ("dropbox", 2),
    ("facebook_pages", 2),
    ("airtable", 1),
    ("asana", 1),
    ("clickup", 1),
    ("contentful", 1),
    ("databricks", 1),
    ("fitbit", 1),
    ("freshbooks", 1),
    ("google_contacts", 1),
    ("googlebigquery", 1),
    ("meta_ads", 1),
    ("microsoft_excel", 1),
    ("microsoft_powerpoint", 1),
    ("microsoft_teams", 1),
    ("salesforce", 1),
    ("stripe", 1),
    ("typeform", 1),
    ("xero", 1),
];

/// All rankers with their orders.
pub(crate) fn all(cases: &[&Case], said: &BTreeMap<String, String>) -> Vec<(&'static str, Vec<Vec<String>>)> {
    let popularity: Vec<BTreeMap<&str, f64>> = cases.iter().map(|case| popular(&case.truth)).collect();
    let schema: Vec<BTreeMap<&str, f64>> = cases.iter().map(|case| bm25(&words(&case.app, false), said)).collect();
    let texts: Vec<BTreeMap<&str, f64>> = cases.iter().map(|case| bm25(&words(&case.app, true), said)).collect();
    let blend = |words: &[BTreeMap<&'static str, f64>]| {
        words
            .iter()
            .zip(&popularity)
            .map(|(words, common)| {
                let logs = common.iter().map(|(id, count)| (*id, (count + 0.5).ln())).collect();
                let (a, b) = (scaled(words), scaled(&logs));
                order(
                    &a.iter()
                        .map(|(id, value)| (*id, value + 1.5 * b.get(id).copied().unwrap_or_default()))
                        .collect(),
                )
            })
            .collect()
    };
    vec![
        ("popularity, leave-one-out", popularity.iter().map(order).collect()),
        ("BM25 schema+pages", schema.iter().map(order).collect()),
        ("BM25 schema+pages + popularity", blend(&schema)),
        ("BM25 schema+pages+functions+texts", texts.iter().map(order).collect()),
        ("BM25 …+texts + popularity", blend(&texts)),
    ]
}

fn popular(truth: &BTreeSet<String>) -> BTreeMap<&'static str, f64> {
    candidates()
        .map(|id| {
            let count = COUNTS
                .iter()
                .find(|(known, _)| *known == id)
                .map_or(0, |(_, count)| *count);
            (id, f64::from(count - i32::from(truth.contains(id))))
        })
        .collect()
}

/// Largest first, then by name.
fn order(scores: &BTreeMap<&'static str, f64>) -> Vec<String> {
    let mut ids: Vec<(&str, f64)> = scores.iter().map(|(id, score)| (*id, *score)).collect();
    ids.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    ids.into_iter().map(|(id, _)| id.to_owned()).collect()
}

fn scaled(scores: &BTreeMap<&'static str, f64>) -> BTreeMap<&'static str, f64> {
    let count = scores.len() as f64;
    let mean = scores.values().sum::<f64>() / count;
    let spread = (scores.values().map(|one| (one - mean).powi(2)).sum::<f64>() / count).sqrt();
    let spread = if spread == 0.0 { 1.0 } else { spread };
    scores.iter().map(|(id, one)| (*id, (one - mean) / spread)).collect()
}

/// Words that say nothing of a connector.
const STOP: &str = "the and for with from are this that you your our all new add edit delete save cancel yes not can will has have was were get set use list view show back next page app name type data value true false null string number object";

fn stems(text: &str) -> Vec<String> {
    linchpin_app::name_words(text)
        .into_iter()
        .filter(|word| word.len() > 2 && word.is_ascii() && !STOP.split(' ').any(|stop| stop == word))
        .map(|word| {
            for end in ["ations", "ation", "ings", "ing", "ies", "ers", "er", "es", "s", "ed"] {
                if let Some(stem) = word.strip_suffix(end)
                    && stem.len() > 3
                {
                    return stem.to_owned();
                }
            }
            word
        })
        .collect()
}

/// An app's words; entity names count twice, pages three times, functions twice.
fn words(app: &App, texts: bool) -> BTreeMap<String, f64> {
    let mut counted: BTreeMap<String, f64> = BTreeMap::new();
    let mut note = |text: &str, times: f64| {
        for stem in stems(text) {
            *counted.entry(stem).or_default() += times;
        }
    };
    for entity in &app.entities {
        note(&entity.name, 2.0);
        for field in &entity.fields {
            note(&field.name, 1.0);
            note(field.description.as_deref().unwrap_or(""), 1.0);
            field.options.iter().take(12).for_each(|option| note(option, 1.0));
        }
    }
    for page in &app.pages {
        note(&page.name, 3.0);
        if texts {
            page.words.iter().for_each(|word| note(word, 1.0));
        }
    }
    if texts {
        app.functions.iter().for_each(|function| note(&function.name, 2.0));
    }
    counted
}

/// What is said of each connector: in a file of names and descriptions, else in the catalog.
pub(crate) fn described(file: Option<&str>, catalog: &Catalog) -> Result<BTreeMap<String, String>, crate::Failed> {
    if let Some(file) = file {
        let told: BTreeMap<String, [String; 2]> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        return Ok(told.into_iter().map(|(id, parts)| (id, parts.join(" "))).collect());
    }
    let told = |id: &str| {
        let facts = catalog
            .get(id)
            .or_else(|| catalog.get("slackbot").filter(|_| id == "slack"))?;
        let words = [&facts.aliases.join(" "), &facts.categories.join(" "), &facts.purpose];
        Some((
            id.to_owned(),
            format!("{} {}", facts.name, words.map(String::as_str).join(" ")),
        ))
    };
    Ok(candidates().filter_map(told).collect())
}

fn bm25(query: &BTreeMap<String, f64>, said: &BTreeMap<String, String>) -> BTreeMap<&'static str, f64> {
    let documents: Vec<(&str, Vec<String>)> = candidates()
        .map(|id| (id, stems(said.get(id).map_or(id, String::as_str))))
        .collect();
    let count = documents.len() as f64;
    let length = documents.iter().map(|(_, words)| words.len()).sum::<usize>() as f64 / count;
    let having = |word: &String| documents.iter().filter(|(_, words)| words.contains(word)).count() as f64;
    documents
        .iter()
        .map(|(id, words)| {
            let distinct: BTreeSet<&String> = words.iter().collect();
            let score = distinct
                .into_iter()
                .filter_map(|word| {
                    let asked = (1.0 + query.get(word)?).ln();
                    let times = words.iter().filter(|one| *one == word).count() as f64;
                    let rare = (1.0 + (count - having(word) + 0.5) / (having(word) + 0.5)).ln();
                    let norm = 1.2 * (0.25 + 0.75 * words.len() as f64 / length);
                    Some(rare * asked * times * 2.2 / (times + norm))
                })
                .sum();
            (*id, score)
        })
        .collect()
}
