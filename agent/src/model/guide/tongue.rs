//! Other languages: a builder's words are put into the English the guide reads, phrase by phrase.
//!
//! The phrases are data, one file a language in `tongue/`; what the app itself calls its records and states
//! wins over them. Quotations, addresses, channels and whatever isn't known stay as they were typed, so
//! nothing is lost, and English is left alone. Not a translator: only what wishes are made of. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use linchpin_app::{App, Role, name_words};

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    /// A thing, in up to four words.
    Thing,
    /// One word.
    One,
    /// A time of day.
    Hour,
}

/// A phrase and what it is in English.
#[derive(Debug)]
struct Phrase {
    parts: Vec<Part>,
    english: String,
}

#[derive(Debug, Default)]
struct Tongue {
    /// Phrases by their first word, the longest first.
    by_word: HashMap<String, Vec<Phrase>>,
    /// Words that tell the language.
    own: HashSet<String>,
    /// What is cut off the beginning of a word.
    prefixes: Vec<String>,
}

/// A word as it was typed, and as it is compared.
#[derive(Debug, Clone)]
struct Token {
    raw: String,
    text: String,
}

const FILES: &[&str] = &[
    include_str!("tongue/es.txt"),
    include_str!("tongue/pt.txt"),
    include_str!("tongue/de.txt"),
    include_str!("tongue/fr.txt"),
    include_str!("tongue/he.txt"),
];

fn tongues() -> &'static [Tongue] {
    static ALL: OnceLock<Vec<Tongue>> = OnceLock::new();
    ALL.get_or_init(|| FILES.iter().map(|text| Tongue::read(text)).collect())
}

/// Words that English has, so that it is not taken for something else.
const ENGLISH: &[&str] = &[
    "the",
    "a",
    "an",
    "is",
    "are",
    "when",
    "whenever",
    "each",
    "every",
    "to",
    "in",
    "for",
    "of",
    "and",
    "with",
    "my",
    "me",
    "us",
    "our",
    "only",
    "instead",
    "use",
    "send",
    "post",
    "add",
    "put",
    "create",
    "it",
    "its",
    "on",
    "at",
    "by",
    "from",
    "what",
    "who",
    "can",
    "do",
    "please",
    "also",
    "this",
    "that",
    "new",
    "weekly",
    "daily",
    "ones",
    "email",
    "no",
    "as",
    "so",
    "i",
    "not",
    "why",
    "undo",
    "connect",
    "disconnect",
    "over",
    "all",
    "be",
    "too",
];

/// What was said, in English; nothing when it is English, or in no language known here.
pub(super) fn english(text: &str, app: &App) -> Option<String> {
    let tokens = tokens(text);
    let said = |own: &dyn Fn(&str) -> bool| tokens.iter().filter(|one| own(&one.text)).count();
    let plain = said(&|word| ENGLISH.contains(&word));
    let (score, tongue) = tongues()
        .iter()
        .rev()
        .map(|tongue| (said(&|word| tongue.knows(word)), tongue))
        .max_by_key(|(score, _)| *score)?;
    let accented = text.chars().any(|one| one.is_alphabetic() && !one.is_ascii());
    if score == 0 || score < plain || (score == plain && !accented) {
        return None;
    }
    let names = names(tongue, app);
    let tokens = tongue.cut(tokens);
    Some(
        tongue
            .render(&tokens, &names)
            .join(" ")
            .replace(" ,", ",")
            .replace(" .", "."),
    )
}

impl Tongue {
    fn read(text: &str) -> Self {
        let mut tongue = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(words) = line.strip_prefix('!') {
                tongue.own.extend(words.split_whitespace().map(fold));
                continue;
            }
            let Some((foreign, english)) = line.split_once('=') else {
                continue;
            };
            if let Some(prefix) = foreign.trim().strip_prefix('^') {
                tongue.prefixes.push(prefix.to_owned());
            }
            let foreign = foreign.trim().trim_start_matches('^');
            let parts: Vec<Part> = foreign
                .split_whitespace()
                .map(|word| match word {
                    "{}" => Part::Thing,
                    "{.}" => Part::One,
                    "{h}" => Part::Hour,
                    word => Part::Word(fold(word)),
                })
                .collect();
            if let Some(Part::Word(first)) = parts.first() {
                let english = english.trim().to_owned();
                tongue
                    .by_word
                    .entry(first.clone())
                    .or_default()
                    .push(Phrase { parts, english });
            }
        }
        for phrases in tongue.by_word.values_mut() {
            phrases.sort_by_key(|one| std::cmp::Reverse((one.words(), one.parts.len())));
        }
        tongue
    }

    fn knows(&self, word: &str) -> bool {
        let begins = || self.prefixes.iter().any(|one| word.starts_with(one.as_str()));
        self.own.contains(word) || self.by_word.contains_key(word) || begins()
    }

    /// Cuts prefixes off words that aren't words of their own.
    fn cut(&self, tokens: Vec<Token>) -> Vec<Token> {
        let mut out = Vec::new();
        for token in tokens {
            let prefix = self
                .prefixes
                .iter()
                .find(|one| token.text.len() > one.len() && token.text.starts_with(one.as_str()));
            match prefix.filter(|_| !self.by_word.contains_key(&token.text)) {
                Some(prefix) => {
                    let rest = token.text.trim_start_matches(prefix.as_str()).to_owned();
                    out.push(Token {
                        raw: prefix.clone(),
                        text: prefix.clone(),
                    });
                    out.push(Token {
                        raw: rest.clone(),
                        text: rest,
                    });
                }
                None => out.push(token),
            }
        }
        out
    }

    fn render(&self, tokens: &[Token], names: &Names) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let found = self.by_word.get(&token.text).into_iter().flatten().find_map(|phrase| {
                let held = phrase.fits(tokens.get(at..).unwrap_or_default())?;
                Some((phrase, held))
            });
            let longer = found.as_ref().is_some_and(|(phrase, _)| phrase.parts.len() > 1);
            if let (Some(name), false) = (names.raw(&token.text, found.is_some()), longer) {
                out.push(name.to_owned());
                at += 1;
                continue;
            }
            let Some((phrase, (held, used))) = found else {
                out.push(token.raw.clone());
                at += 1;
                continue;
            };
            let mut held = held.into_iter();
            for word in phrase.english.split_whitespace() {
                match word {
                    "{}" | "{.}" => {
                        let part = held.next().unwrap_or_default();
                        out.extend(self.render(part, names));
                    }
                    "{h}" => out.extend(held.next().unwrap_or_default().first().map(|one| hour(&one.text))),
                    word => out.push(names.state(word).unwrap_or(word).to_owned()),
                }
            }
            at += used;
        }
        out
    }
}

impl Phrase {
    fn words(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Word(_))).count()
    }

    /// What its gaps hold, in their order, and how many words it is in all.
    fn fits<'t>(&self, tokens: &'t [Token]) -> Option<(Vec<&'t [Token]>, usize)> {
        fits(&self.parts, tokens)
    }
}

fn fits<'t>(parts: &[Part], tokens: &'t [Token]) -> Option<(Vec<&'t [Token]>, usize)> {
    let Some((part, rest)) = parts.split_first() else {
        return Some((Vec::new(), 0));
    };
    let open = |token: &Token| !matches!(token.text.as_str(), "," | "." | ";" | "\"");
    let lengths = match part {
        Part::Word(word) => {
            tokens.first().filter(|token| token.text == *word)?;
            let (held, used) = fits(rest, tokens.get(1..)?)?;
            return Some((held, used + 1));
        }
        Part::Thing => 1..=4,
        Part::One | Part::Hour => 1..=1,
    };
    let long = tokens
        .iter()
        .take(*lengths.end())
        .take_while(|token| open(token))
        .count();
    if matches!(part, Part::Hour) && !tokens.first()?.text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // At the end of a phrase a thing is its article and its noun.
    let tried: Vec<usize> = if rest.is_empty() && matches!(part, Part::Thing) {
        let article = tokens
            .first()
            .is_some_and(|token| ARTICLES.contains(&token.text.as_str()));
        vec![if article { 2 } else { 1 }]
    } else {
        lengths.collect()
    };
    tried.into_iter().filter(|n| *n <= long).find_map(|n| {
        let (mut held, used) = fits(rest, tokens.get(n..)?)?;
        held.insert(0, tokens.get(..n)?);
        Some((held, used + n))
    })
}

const ARTICLES: &[&str] = &[
    "el", "la", "los", "las", "un", "una", "o", "a", "os", "as", "um", "uma", "der", "die", "das", "den", "dem", "ein",
    "eine", "einen", "le", "les", "une", "l",
];

/// `7` → `7:00`, `7h` → `7:00`, `10h30` → `10:30`.
fn hour(text: &str) -> String {
    let plain = text.replace('h', ":");
    match plain.split_once(':') {
        Some((hour, "")) => format!("{hour}:00"),
        Some(_) => plain,
        None => format!("{plain}:00"),
    }
}

/// What the app calls things.
struct Names {
    /// Folded names of records, with the names.
    records: Vec<(String, String)>,
    /// Folded names of people and states, with the names.
    raw: Vec<(String, String)>,
    /// English words for states that the app has in its own language.
    states: HashMap<String, String>,
}

impl Names {
    /// The name in the app that a word is, whatever its ending; where the word has a meaning in its language,
    /// only records are called by it in other endings.
    fn raw(&self, word: &str, means: bool) -> Option<&str> {
        let long = word.chars().count();
        let near = |name: &str| {
            let own = name.chars().count();
            let same = word.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
            word == name || (long.min(own) >= 4 && long.abs_diff(own) <= 2 && same + 1 >= long.min(own))
        };
        let all = || self.records.iter().chain(&self.raw);
        all()
            .find(|(name, _)| name == word)
            .or_else(|| self.records.iter().find(|(name, _)| near(name)))
            .or_else(|| self.raw.iter().find(|(name, _)| !means && near(name)))
            .map(|(_, raw)| raw.as_str())
    }

    fn state(&self, english: &str) -> Option<&str> {
        self.states.get(english).map(String::as_str)
    }
}

fn names(tongue: &Tongue, app: &App) -> Names {
    let mut names = Names {
        records: Vec::new(),
        raw: Vec::new(),
        states: HashMap::new(),
    };
    for entity in &app.entities {
        let own = name_words(&entity.name);
        if let [one] = own.as_slice() {
            names.records.push((fold(one), entity.name.clone()));
        }
        for field in &entity.fields {
            let people = matches!(field.role, Some(Role::Email | Role::Phone));
            if let (true, [first, _, ..]) = (people, name_words(&field.name).as_slice()) {
                names.raw.push((fold(first), first.clone()));
            }
            for option in &field.options {
                let folded = fold(option);
                let english = tongue
                    .by_word
                    .get(&folded)
                    .into_iter()
                    .flatten()
                    .find(|phrase| phrase.parts.len() == 1)
                    .map(|phrase| phrase.english.clone());
                if let Some(english) = english {
                    names.raw.push((folded, option.clone()));
                    names.states.entry(english).or_insert_with(|| option.clone());
                }
            }
        }
    }
    names
}

fn fold(word: &str) -> String {
    name_words(&word.to_lowercase()).concat()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut push = |raw: &str, text: String| {
        out.push(Token {
            raw: raw.to_owned(),
            text,
        });
    };
    let mut rest = text;
    while let Some(one) = rest.chars().next() {
        let close = match one {
            '"' => Some('"'),
            '“' => Some('”'),
            '„' => Some('“'),
            '«' => Some('»'),
            _ => None,
        };
        let inside = rest.get(one.len_utf8()..).unwrap_or_default();
        if let Some(end) = close.and_then(|close| inside.find(close).map(|end| end + close.len_utf8())) {
            let whole = rest.get(..one.len_utf8() + end).unwrap_or(rest);
            push(whole, "\"".to_owned());
            rest = rest.get(whole.len()..).unwrap_or_default();
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end.max(one.len_utf8()));
        rest = after;
        let start = piece.trim().trim_start_matches(['¿', '¡', '(', '[']);
        let bare = start.trim_end_matches(|c: char| ",;:.!?)]…".contains(c));
        let whole = bare.contains('@') || bare.starts_with('#') || bare.contains("://");
        let number = bare.starts_with(|c: char| c.is_ascii_digit());
        if whole || number {
            push(bare, bare.to_lowercase());
        } else {
            for part in bare.split(['-', '–', '/', '\'', '’']).filter(|part| !part.is_empty()) {
                push(part, fold(part));
            }
        }
        match start.get(bare.len()..).unwrap_or_default().chars().next() {
            Some(',' | ';') => push(",", ",".to_owned()),
            Some('.' | '!' | '?') => push(".", ".".to_owned()),
            _ => {}
        }
    }
    out.retain(|token| !token.text.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_english(text: &str) -> Option<String> {
        english(text, &App::default())
    }

    #[test]
    fn english_is_left_alone() {
        for text in [
            "when a booking is confirmed, email the student",
            "only confirmed ones",
            "weekly instead",
            "Send me a daily email with my to-do list using Gmail",
            "asdf qwer",
            "use #ops",
            "",
        ] {
            assert_eq!(in_english(text), None, "{text}");
        }
    }

    #[test]
    fn phrases_become_english_and_the_rest_stays() {
        for (typed, read) in [
            (
                "Wenn eine Buchung bestätigt wird, schick dem Kunden eine E-Mail",
                "when a booking is confirmed, send the client an email",
            ),
            ("pon en copia a jefe@example.com", "cc jefe@example.com"),
            ("utilise le canal #annulations", "use the channel #annulations"),
            (
                "כשאירוע מבוטל, שלח הודעה בסלאק",
                "when a event is cancelled, post to slack",
            ),
            ("tous les lundis à 9h", "every monday at 9:00"),
            (
                "cambia el asunto a \"No llegues tarde\"",
                "cambia the asunto to \"No llegues tarde\"",
            ),
        ] {
            assert_eq!(in_english(typed).as_deref(), Some(read), "{typed}");
        }
    }
}
