//! The words of an app's names, each with every place it stands in.
//!
//! Rules ask for words in many languages; looked up here, a rule costs the same on a large app as on
//! a small one. Only names are kept (entities, fields, choices, pages, functions): a page's texts speak
//! of too much.

use std::collections::HashMap;

use linchpin_app::{App, At, name_words};

/// Where a name stands: indices into the app's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    /// An entity.
    Entity(usize),
    /// An entity's field.
    Field(usize, usize),
    /// One of the values a field can have.
    Choice(usize, usize),
    /// A page.
    Page(usize),
    /// A backend function.
    Function(usize),
}

impl Spot {
    /// The entity it belongs to.
    pub(crate) fn entity(self) -> Option<usize> {
        match self {
            Self::Entity(entity) | Self::Field(entity, _) | Self::Choice(entity, _) => Some(entity),
            Self::Page(_) | Self::Function(_) => None,
        }
    }
}

/// The index.
#[derive(Debug)]
pub(crate) struct Lexicon<'a> {
    app: &'a App,
    names: Vec<(&'a str, Vec<Spot>)>,
    /// Words, and pairs of words joined by `_`, with the name they are in; sorted.
    words: Vec<(String, usize)>,
}

/// Choices of a field that are looked at: a longer list is data.
const CHOICES: usize = 16;

impl<'a> Lexicon<'a> {
    pub(crate) fn of(app: &'a App) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<(&str, Vec<Spot>)> = Vec::new();
        let mut note = |text: &'a str, spot| {
            let at = *known.entry(text).or_insert_with(|| {
                names.push((text, Vec::new()));
                names.len() - 1
            });
            if let Some((_, spots)) = names.get_mut(at) {
                spots.push(spot);
            }
        };
        for (i, entity) in app.entities.iter().enumerate() {
            note(&entity.name, Spot::Entity(i));
            for (j, field) in entity.fields.iter().enumerate() {
                note(&field.name, Spot::Field(i, j));
                for option in field.options.iter().take(CHOICES) {
                    note(option, Spot::Choice(i, j));
                }
            }
        }
        for (i, page) in app.pages.iter().enumerate() {
            note(&page.name, Spot::Page(i));
        }
        for (i, function) in app.functions.iter().enumerate() {
            note(&function.name, Spot::Function(i));
        }
        let mut words = Vec::new();
        for (at, (name, _)) in names.iter().enumerate() {
            let mut before: Option<String> = None;
            for word in name_words(name) {
                if let Some(before) = before {
                    words.push((format!("{before}_{word}"), at));
                }
                words.push((word.clone(), at));
                before = Some(word);
            }
        }
        words.sort_unstable();
        Self { app, names, words }
    }

    /// Places of names with one of the words, which are parted by spaces. A word stands for all that
    /// begin with it, one that ends in `.` for itself only; `page_view` is two words. Each place comes
    /// once, with the number of the first word found there.
    pub(crate) fn find(&self, stems: &str) -> Vec<(Spot, usize)> {
        let mut found = Vec::new();
        for (number, stem) in stems.split_whitespace().enumerate() {
            let exact = stem.strip_suffix('.');
            let begin = exact.unwrap_or(stem);
            let from = self.words.partition_point(|(word, _)| word.as_str() < begin);
            let fits = |word: &str| exact.map_or_else(|| word.starts_with(begin), |exact| word == exact);
            for (_, at) in self.words.iter().skip(from).take_while(|(word, _)| fits(word)) {
                let spots = self.names.get(*at).map_or(&[][..], |(_, spots)| spots);
                found.extend(spots.iter().map(|spot| (*spot, number)));
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|(spot, _)| *spot);
        found
    }

    /// What stands there, by name, and the place in the app's files.
    pub(crate) fn tell(&self, spot: Spot) -> Option<(String, &'a At)> {
        let entity = |i: usize| self.app.entities.get(i);
        let field = |i: usize, j: usize| entity(i).and_then(|one| Some((one, one.fields.get(j)?)));
        Some(match spot {
            Spot::Entity(i) => entity(i).map(|one| (one.name.clone(), &one.at))?,
            Spot::Field(i, j) | Spot::Choice(i, j) => {
                field(i, j).map(|(one, field)| (format!("{}.{}", one.name, field.name), &field.at))?
            }
            Spot::Page(i) => {
                let page = self.app.pages.get(i)?;
                (format!("the {} page", page.name), &page.at)
            }
            Spot::Function(i) => {
                let function = self.app.functions.get(i)?;
                (format!("the function {}", function.name), &function.at)
            }
        })
    }
}
