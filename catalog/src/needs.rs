//! Words for needs, as people say them in several languages, each under the word the catalog uses.
//!
//! "Kalender", "agenda" and "לוח שנה" all mean what files call `calendar`. The words are of two kinds:
//! things, which are found in names, aliases, categories, intents and purposes, and verbs, which
//! count only together with a thing. This is no dictionary: only words somebody would type to find
//! a tool.

use std::sync::OnceLock;

/// The words of `needs.tsv`.
#[derive(Debug, Default)]
struct Words {
    things: Vec<Meaning>,
    verbs: Vec<Meaning>,
    empty: Vec<&'static str>,
}

/// The catalog's word with what people say.
#[derive(Debug)]
struct Meaning {
    name: &'static str,
    others: Vec<&'static str>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut all = Words::default();
        for line in include_str!("../needs.tsv").lines() {
            let mut columns = line.split('\t');
            let (kind, name) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
            let others = columns.collect();
            match kind {
                "thing" => all.things.push(Meaning { name, others }),
                "verb" => all.verbs.push(Meaning { name, others }),
                "empty" => all.empty = others,
                _ => {}
            }
        }
        all
    })
}

/// What somebody asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The words as typed, in lower case, without those that say nothing.
    pub(crate) words: Vec<String>,
    /// The things among them, in the catalog's words.
    pub(crate) things: Vec<&'static str>,
    /// The verbs among them; one word may stand for several.
    pub(crate) verbs: Vec<&'static str>,
}

impl Asked {
    pub(crate) fn parse(text: &str) -> Self {
        let known = words();
        let lower = text.to_lowercase();
        let words: Vec<String> = tokens(&lower)
            .filter(|word| !known.empty.contains(&word.as_str()))
            .collect();
        let spaced = format!(" {} ", tokens(&lower).collect::<Vec<_>>().join(" "));
        let says = |word: &str, exact: bool| {
            let plain: Vec<String> = tokens(word).collect();
            if plain.len() > 1 {
                return spaced.contains(&format!(" {} ", plain.join(" ")));
            }
            words.iter().any(|own| own == word || (!exact && near(own, word)))
        };
        let meant = |table: &'static [Meaning]| -> Vec<&'static str> {
            let pick = |exact: bool| -> Vec<&'static str> {
                let hit = |one: &&Meaning| says(one.name, exact) || one.others.iter().any(|word| says(word, exact));
                table.iter().filter(hit).map(|one| one.name).collect()
            };
            let exact = pick(true);
            if exact.is_empty() { pick(false) } else { exact }
        };
        let (things, verbs) = (meant(&known.things), meant(&known.verbs));
        Self { words, things, verbs }
    }
}

/// The catalog's word for a category somebody names (`mail`, `Tabellen`).
pub(crate) fn category(word: &str) -> String {
    let lower = word.trim().to_lowercase();
    let named = words()
        .things
        .iter()
        .find(|one| one.name == lower || one.others.contains(&lower.as_str()) || singular(&lower) == one.name);
    named.map_or_else(|| singular(&lower).to_owned(), |one| one.name.to_owned())
}

fn singular(word: &str) -> &str {
    if word.len() > 3 {
        word.strip_suffix('s').unwrap_or(word)
    } else {
        word
    }
}

/// One typing error in a word of five letters or more, two in one of eight.
pub(crate) fn near(own: &str, word: &str) -> bool {
    let length = own.chars().count();
    let allowed = match length {
        0..=4 => return false,
        5..=7 => 1,
        _ => 2,
    };
    let close = word.chars().count().abs_diff(length) <= allowed;
    close && strsim::damerau_levenshtein(own, word) <= allowed
}

/// The words of a text, in lower case.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{Asked, category};

    #[test]
    fn a_need_is_understood_in_several_languages() {
        for text in [
            "send mail",
            "E-Mail senden",
            "enviar correo",
            "envoyer un courriel",
            "לשלוח מייל",
            "enviar um e-mail",
        ] {
            let asked = Asked::parse(text);
            assert_eq!(asked.things, ["email"], "{text}");
            assert!(asked.verbs.contains(&"send"), "{text}: {asked:?}");
        }
        for text in [
            "kalender",
            "calendario",
            "calendrier",
            "לוח שנה",
            "my agenda",
            "kalendar",
        ] {
            assert_eq!(Asked::parse(text).things, ["calendar"], "{text}");
        }
        assert_eq!(Asked::parse("base de datos").things, ["database"]);
        assert!(Asked::parse("the of and").words.is_empty());
    }

    #[test]
    fn a_category_has_one_name() {
        for (said, meant) in [
            ("mail", "email"),
            ("Email", "email"),
            ("spreadsheets", "spreadsheet"),
            ("Tasks", "task"),
            ("crm", "crm"),
            ("developer", "developer"),
        ] {
            assert_eq!(category(said), meant, "{said}");
        }
    }
}
