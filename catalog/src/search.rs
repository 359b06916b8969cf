//! Finding connectors by words, as people type them: with typing errors, half-typed, in another
//! language; by category; and by need ("send mail"). Reads only the head of each file and its
//! lines of intents; what is found is parsed when it is used.

use crate::load::{Entry, Head};
use crate::needs::{self, Asked, near, tokens};
use crate::{Catalog, Connector};

/// Among equals, what more apps use comes first.
const POPULAR: &[&str] = &[
    "gmail",
    "googlecalendar",
    "slackbot",
    "googlesheets",
    "hubspot",
    "outlook",
    "googledrive",
    "notion",
    "stripe",
    "github",
    "salesforce",
    "linear",
];

impl Catalog {
    /// Connectors that fit the words, best first: names and aliases count most, then a need that an
    /// operation serves, then categories, then the purpose. No words: all connectors.
    pub fn search(&self, words: &str) -> Vec<&Connector> {
        let asked = Asked::parse(words);
        if asked.words.is_empty() {
            return self.connectors().collect();
        }
        let phrase = squeeze(words);
        let mut found: Vec<(u32, usize, &Entry)> = self
            .entries()
            .iter()
            .map(|entry| (score(entry, &asked, &phrase), popularity(&entry.id), entry))
            .filter(|(score, ..)| *score > 0)
            .collect();
        found.sort_by(|(a, p, x), (b, q, y)| b.cmp(a).then_with(|| p.cmp(q)).then_with(|| x.id.cmp(&y.id)));
        found.into_iter().filter_map(|(.., entry)| entry.connector()).collect()
    }

    /// The connectors of a category, whatever it is called (`mail`, `email`, `correo`).
    pub fn in_category(&self, category: &str) -> Vec<&Connector> {
        let wanted = needs::category(category);
        self.entries()
            .iter()
            .filter(|entry| entry.head().categories.iter().any(|own| needs::category(own) == wanted))
            .filter_map(Entry::connector)
            .collect()
    }

    /// Every category with how many connectors it has, sorted by name.
    pub fn categories(&self) -> Vec<(String, usize)> {
        let mut all: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for entry in self.entries() {
            let own: std::collections::BTreeSet<String> = entry
                .head()
                .categories
                .iter()
                .map(|name| needs::category(name))
                .collect();
            for name in own {
                let count = all.entry(name).or_default();
                *count = count.saturating_add(1);
            }
        }
        all.into_iter().collect()
    }

    /// The connector somebody most likely meant ("Did you mean…?"): its id, name or an alias is a
    /// few typing errors away from the word.
    pub fn nearest(&self, word: &str) -> Option<&Connector> {
        let word = squeeze(word);
        if word.is_empty() {
            return None;
        }
        let allowed = (word.chars().count() / 3).clamp(1, 3);
        self.entries()
            .iter()
            .filter_map(|entry| {
                let head = entry.head();
                let distance = names(entry, head)
                    .map(|name| strsim::damerau_levenshtein(&squeeze(name), &word))
                    .min()?;
                (distance <= allowed).then_some((distance, popularity(&entry.id), entry))
            })
            .min_by(|(a, p, x), (b, q, y)| a.cmp(b).then_with(|| p.cmp(q)).then_with(|| x.id.cmp(&y.id)))
            .and_then(|(.., entry)| entry.connector())
    }
}

fn popularity(id: &str) -> usize {
    POPULAR
        .iter()
        .position(|popular| *popular == id)
        .unwrap_or(POPULAR.len())
}

fn names<'a>(entry: &'a Entry, head: &'a Head) -> impl Iterator<Item = &'a str> {
    [entry.id.as_ref(), head.name.as_str()]
        .into_iter()
        .chain(head.aliases.iter().map(String::as_str))
}

fn score(entry: &Entry, asked: &Asked, phrase: &str) -> u32 {
    let head = entry.head();
    let mut total = 0_u32;
    if names(entry, head).any(|name| squeeze(name) == *phrase) {
        total = total.saturating_add(40);
    }
    // A word that is a connector's own name says more than any need.
    let own = |word: &String| word.chars().count() > 2 && squeeze(&head.name) == **word || entry.id == word.as_str();
    if asked.words.iter().any(own) {
        total = total.saturating_add(30);
    }
    for word in &asked.words {
        let named = best(names(entry, head).flat_map(tokens), word).saturating_mul(4);
        let sorted = best(head.categories.iter().flat_map(|c| tokens(c)), word).saturating_mul(2);
        let told = best(tokens(&head.purpose), word);
        total = total.saturating_add(named.max(sorted).max(told));
    }
    for thing in &asked.things {
        if head.categories.iter().any(|own| needs::category(own) == *thing) {
            total = total.saturating_add(10);
        }
    }
    total.saturating_add(served(entry, asked))
}

/// What its operations do of what is asked: the thing with the verb, or the thing alone.
fn served(entry: &Entry, asked: &Asked) -> u32 {
    if asked.things.is_empty() {
        return 0;
    }
    let (mut whole, mut part) = (0_u32, 0_u32);
    for intent in entry.intents() {
        let Some((verb, thing)) = intent.split_once('_') else {
            continue;
        };
        let fits = thing
            .split('_')
            .any(|word| asked.things.contains(&needs::category(word).as_str()));
        if fits && asked.verbs.contains(&verb) {
            whole = 15;
        } else if fits {
            part = 4;
        }
    }
    whole.max(part)
}

impl Entry {
    /// What its operations serve, read from the lines alone.
    fn intents(&self) -> impl Iterator<Item = &str> {
        self.text
            .split("\nintent = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    }
}

/// How well any of the tokens fits a word: 5 exactly, 3 as a beginning, 2 with a typing error.
fn best(tokens: impl Iterator<Item = String>, word: &str) -> u32 {
    tokens.map(|token| fit(&token, word)).max().unwrap_or(0)
}

fn fit(token: &str, word: &str) -> u32 {
    if token == word || token.strip_suffix('s') == Some(word) || word.strip_suffix('s') == Some(token) {
        return 5;
    }
    let length = word.chars().count();
    if length >= 3 && token.starts_with(word) {
        return 3;
    }
    // Of a short name a typing error leaves little, so four letters are enough where they begin alike.
    let short = length == 4 && token.chars().next() == word.chars().next();
    if near(word, token) || (short && strsim::damerau_levenshtein(token, word) <= 1) {
        return 2;
    }
    0
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
