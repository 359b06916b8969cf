//! Finding connectors by words, as people type them: with typing errors, half-typed, in another
//! language where an alias says so. Reads only the head of each file.

use crate::load::{Entry, Head};
use crate::{Catalog, Connector};

/// Words that say nothing about which tool is meant.
const EMPTY: &[&str] = &[
    "a", "an", "and", "app", "by", "every", "for", "from", "in", "is", "it", "me", "my", "new", "of", "on", "or",
    "our", "the", "their", "to", "use", "using", "via", "when", "with", "you", "your",
];

impl Catalog {
    /// Connectors that fit the words, best first; names and aliases count most, then categories,
    /// then the purpose. No words: all connectors.
    pub fn search(&self, words: &str) -> Vec<&Connector> {
        let query: Vec<String> = tokens(words).filter(|word| !EMPTY.contains(&word.as_str())).collect();
        if query.is_empty() {
            return self.connectors().collect();
        }
        let phrase = squeeze(words);
        let mut found: Vec<(u32, &Entry)> = self
            .entries()
            .iter()
            .map(|entry| (score(entry, &query, &phrase), entry))
            .filter(|(score, _)| *score > 0)
            .collect();
        found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
        found.into_iter().filter_map(|(_, entry)| entry.connector()).collect()
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
                (distance <= allowed).then_some((distance, entry))
            })
            .min_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.id.cmp(&y.id)))
            .and_then(|(_, entry)| entry.connector())
    }
}

fn names<'a>(entry: &'a Entry, head: &'a Head) -> impl Iterator<Item = &'a str> {
    [entry.id.as_ref(), head.name.as_str()]
        .into_iter()
        .chain(head.aliases.iter().map(String::as_str))
}

fn score(entry: &Entry, query: &[String], phrase: &str) -> u32 {
    let head = entry.head();
    let mut total = 0_u32;
    if names(entry, head).any(|name| squeeze(name) == phrase) {
        total = total.saturating_add(40);
    }
    for word in query {
        let named = best(names(entry, head).flat_map(tokens), word).saturating_mul(4);
        let sorted = best(head.categories.iter().flat_map(|c| tokens(c)), word).saturating_mul(2);
        let told = best(tokens(&head.purpose), word);
        total = total.saturating_add(named.max(sorted).max(told));
    }
    total
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
    let allowed = match length {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    if allowed > 0 && strsim::damerau_levenshtein(token, word) <= allowed {
        return 2;
    }
    0
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
