//! The menus over the composer: commands, mentions, and messages sent before.
//!
//! The palette and the search are opened by a key and have a field of their own, so that a draft
//! stays as it is; a mention's menu follows what stands before the caret.

use crate::Composer;
use crate::fuzzy;
use crate::model::Model;
use crate::slash::{self, COMMANDS, Command};

/// Rows of a menu at most.
pub(crate) const TALLEST: usize = 8;

/// A menu with a field of its own.
#[derive(Debug)]
pub(crate) struct Menu {
    pub(crate) kind: MenuKind,
    pub(crate) field: Composer,
    pub(crate) chosen: usize,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MenuKind {
    Palette,
    Search,
}

/// Something that can be named with an `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

/// What a menu offers.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    Run(&'static Command),
    Said(String),
    Name(Mention),
}

impl Model {
    /// What the menu that is in view offers, and which of it is chosen.
    pub(crate) fn offered(&self) -> Option<(Vec<Choice>, usize)> {
        let (choices, chosen) = if let Some(menu) = &self.menu {
            (self.looked_for(menu), menu.chosen)
        } else if let Some(mentioned) = self.mentioned() {
            let choices = self.mentions(&mentioned).into_iter().map(Choice::Name);
            (choices.collect(), self.command)
        } else {
            let commands = slash::matching(self.composer.text()).into_iter().map(Choice::Run);
            (commands.collect(), self.command)
        };
        let chosen = chosen.min(choices.len().saturating_sub(1));
        (self.menu.is_some() || !choices.is_empty()).then_some((choices, chosen))
    }

    fn looked_for(&self, menu: &Menu) -> Vec<Choice> {
        let wanted = menu.field.text();
        match menu.kind {
            MenuKind::Palette => {
                let words = COMMANDS
                    .iter()
                    .map(|command| format!("{} {}", &command.name[1..], command.does));
                let found = fuzzy::rank(wanted, words);
                found
                    .into_iter()
                    .filter_map(|at| COMMANDS.get(at))
                    .map(Choice::Run)
                    .collect()
            }
            MenuKind::Search => {
                let wanted = wanted.to_lowercase();
                let mut seen = std::collections::HashSet::new();
                let newest_first = self.history.all().iter().rev();
                let fitting =
                    newest_first.filter(|said| said.to_lowercase().contains(&wanted) && seen.insert(said.as_str()));
                fitting.map(|said| Choice::Said(said.clone())).collect()
            }
        }
    }

    /// What is typed of a mention before the caret, without the `@`.
    pub(crate) fn mentioned(&self) -> Option<String> {
        let before = &self.composer.text()[..self.composer.cursor()];
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let typed = word.strip_prefix('@')?;
        let closed = self.menu_closed.as_deref() == Some(word);
        (!closed && typed.chars().count() <= 40).then(|| typed.to_owned())
    }

    fn mentions(&self, typed: &str) -> Vec<Mention> {
        let all = self.can_be_named();
        let found = fuzzy::rank(typed, all.iter().map(|its| format!("{} {}", its.name, its.kind)));
        let exact = |its: &Mention| its.name == typed;
        let mut found: Vec<Mention> = found.into_iter().filter_map(|at| all.get(at).cloned()).collect();
        // Whole names need no menu.
        if found.len() == 1 && found.iter().all(exact) {
            found.clear();
        }
        found
    }

    /// Everything in the app, and what can be connected.
    fn can_be_named(&self) -> Vec<Mention> {
        let mut all = Vec::new();
        let mut add = |kind, name: &str| {
            let mention = Mention {
                kind,
                name: name.to_owned(),
            };
            if !all.contains(&mention) {
                all.push(mention);
            }
        };
        if let Some(summary) = &self.summary {
            summary.entities.iter().for_each(|(name, _)| add("entity", name));
            summary.pages.iter().for_each(|name| add("page", name));
            summary.functions.iter().for_each(|name| add("function", name));
            summary.connectors.iter().for_each(|name| add("connector", name));
        }
        for offer in self.pages.offers.iter().flatten() {
            add("connector", &offer.id);
        }
        all
    }

    /// The message as it is sent: every mention by the name that people and models know it by.
    pub(crate) fn spelled(&self, text: &str) -> String {
        if !text.contains('@') {
            return text.to_owned();
        }
        let all = self.can_be_named();
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('@') {
            out.push_str(&rest[..at]);
            let free = !out.ends_with(char::is_alphanumeric);
            let behind = &rest[at + 1..];
            let end = behind.find(|c: char| !is_of_a_name(c)).unwrap_or(behind.len());
            let word = behind[..end].trim_end_matches(['.', ':', '/', '-']);
            let (kind, name) = word.split_once(':').unwrap_or(("", word));
            let named = all
                .iter()
                .find(|its| its.name == name && (kind.is_empty() || its.kind == kind));
            match named.filter(|_| free) {
                Some(its) => {
                    if !kind.is_empty() {
                        out.push_str(&format!("the {kind} "));
                    }
                    out.push_str(self.known_as(its));
                    rest = &behind[word.len()..];
                }
                None => {
                    out.push('@');
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// A connector's name where the catalog has told it.
    fn known_as<'a>(&'a self, mention: &'a Mention) -> &'a str {
        let mut offers = self.pages.offers.iter().flatten();
        match offers.find(|offer| mention.kind == "connector" && offer.id == mention.name) {
            Some(offer) => &offer.name,
            None => &mention.name,
        }
    }

    /// A mention as it is written: with its kind where the name alone could be two things.
    pub(crate) fn written(&self, mention: &Mention) -> String {
        let same = self
            .can_be_named()
            .into_iter()
            .filter(|its| its.name == mention.name)
            .count();
        match same {
            0 | 1 => format!("@{} ", mention.name),
            _ => format!("@{}:{} ", mention.kind, mention.name),
        }
    }
}

/// What names of entities, pages, functions and connectors are made of.
fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | '.')
}

/// How often Backspace has to be pressed to take `text` away.
pub(crate) fn graphemes(text: &str) -> usize {
    use unicode_segmentation::UnicodeSegmentation;
    text.graphemes(true).count()
}
