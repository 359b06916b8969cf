//! The rules: each looks at one entity and may have an idea about one connector.
//!
//! A rule scores in points that a builder could follow: what the schema has, what the pages do with it,
//! what is done by hand today. An idea below [`BELIEVED`] is not worth a person's attention.

use linchpin_app::{Entity, Page};
use linchpin_function::Plan;

use crate::lexicon::Lexicon;
use crate::plans::Cx;
use crate::signals::Signals;
use crate::{Evidence, anatomy, phrase, signals};

mod backing;
mod calendar;
mod crm;
mod digest;
mod mail;
pub(crate) mod named;
mod notes;
pub(crate) mod offer;
mod offers;
mod slack;
mod table;

/// The fewest points of an idea worth showing.
pub(crate) const BELIEVED: i32 = 45;

/// Where an idea's plan comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// It is there.
    Ready(Box<Plan>),
    /// It is made when the idea is chosen.
    Offer(&'static offer::Offer),
}

/// A suggestion in the making.
#[derive(Debug, Clone)]
pub(crate) struct Idea {
    pub(crate) connector: &'static str,
    /// What is done, in one word: part of the id.
    pub(crate) kind: &'static str,
    pub(crate) entity: String,
    pub(crate) points: i32,
    /// Points that count for its place only, such as for what speaks against it.
    pub(crate) beside: i32,
    pub(crate) title: String,
    pub(crate) prompt: String,
    pub(crate) plan: Source,
    /// With the points each is worth, for their order.
    pub(crate) evidence: Vec<(i32, Evidence)>,
    pub(crate) replaces: Option<String>,
}

impl Idea {
    /// Adds points for something, and the place that says so.
    pub(crate) fn because(&mut self, points: i32, evidence: Evidence) {
        self.points += points;
        self.evidence.push((points, evidence));
    }
}

/// One entity with what touches it.
pub(crate) struct Subject<'a, 's> {
    pub(crate) cx: &'s Cx<'a>,
    pub(crate) entity: &'a Entity,
    pub(crate) signals: &'s Signals<'a>,
    /// The words of its name.
    pub(crate) words: Vec<String>,
}

/// All ideas about an app, in the order of its entities.
pub(crate) fn all(cx: &Cx<'_>) -> Vec<Idea> {
    let signals = Signals::of(cx.app);
    let lexicon = Lexicon::of(cx.app);
    let mut ideas = Vec::new();
    for entity in &cx.app.entities {
        if anatomy::is_plumbing(entity) || !can_be_named(entity) {
            continue;
        }
        let subject = Subject {
            cx,
            entity,
            signals: &signals,
            words: phrase::words(entity),
        };
        let rules = [
            calendar::event,
            calendar::day,
            calendar::own_event,
            digest::open_work,
            mail::to_the_person,
            slack::post,
            table::row,
            crm::contact,
            notes::page,
        ];
        ideas.extend(
            rules
                .iter()
                .filter_map(|rule| rule(&subject))
                .map(|idea| subject.settled(idea)),
        );
    }
    backing::add(cx, &lexicon, &signals, &mut ideas);
    ideas.extend(offer::ideas(cx, &lexicon, &signals));
    ideas.retain(|idea| !signals.wired(&idea.entity, idea.connector));
    ideas
}

/// Whether a word begins as one of the words of a clue.
pub(crate) fn begins_with(word: &str, stems: &str) -> bool {
    stems.split_whitespace().any(|stem| match stem.strip_suffix('.') {
        Some(exact) => word == exact,
        None => word.starts_with(stem.rsplit('_').next().unwrap_or(stem)),
    })
}

/// What pages do with an entity.
fn use_of(signals: &Signals<'_>, entity: &Entity, idea: &mut Idea) {
    let touched = signals.entity(&entity.name);
    let pages = i32::try_from(touched.read_on.len()).unwrap_or(i32::MAX);
    idea.points += pages.saturating_mul(2).min(8);
    if let Some((page, made)) = touched.made_on.first() {
        let why = format!("the {} page creates {} records", page.name, entity.name);
        idea.because(4, Evidence::at(&made.at, why));
    } else if let Some((page, read)) = touched.read_on.first() {
        let why = format!("the {} page shows {}", page.name, phrase::plural(&entity.name));
        idea.because(1, Evidence::at(&read.at, why));
    }
    if entity.inferred {
        idea.points -= 5;
    }
}

/// Plans can only speak of names made of letters, digits and `_`.
fn can_be_named(entity: &Entity) -> bool {
    let plain = |name: &str| {
        !name.starts_with(|one: char| one.is_numeric()) && name.chars().all(|one| one.is_alphanumeric() || one == '_')
    };
    plain(&entity.name) && entity.fields.iter().all(|field| plain(&field.name))
}

impl Subject<'_, '_> {
    /// A new idea with its ground.
    pub(crate) fn idea(
        &self,
        connector: &'static str,
        kind: &'static str,
        plan: Plan,
        points: i32,
        ground: Evidence,
    ) -> Idea {
        Idea {
            connector,
            kind,
            entity: self.entity.name.clone(),
            points,
            beside: 0,
            title: String::new(),
            prompt: String::new(),
            plan: Source::Ready(Box::new(plan)),
            evidence: vec![(points, ground)],
            replaces: None,
        }
    }

    /// What holds for every rule: pages that use the entity, and what is done by hand today.
    fn settled(&self, mut idea: Idea) -> Idea {
        use_of(self.signals, self.entity, &mut idea);
        if let Some((function, used, others)) = self.signals.by_hand(&self.entity.name, idea.connector) {
            let why = format!(
                "{} uses {} where it handles {}",
                function.name,
                used.service,
                phrase::plural(&self.entity.name)
            );
            // A function that is about this entity is replaced; one that touches many only shows the need.
            // A mail service of the app's own does its work: less is gained by taking its place.
            if idea.connector == "gmail" && !used.service.starts_with("Core.") {
                idea.beside -= 20;
            }
            if others <= 3 {
                idea.replaces = Some(format!("{} in {}:{}", used.service, used.at.file, used.at.line));
                idea.because(26, Evidence::at(&used.at, why));
            } else {
                idea.because(8, Evidence::at(&used.at, why));
            }
        }
        idea
    }

    /// Evidence at a field of the entity.
    pub(crate) fn field(&self, name: &str, why: &str) -> Evidence {
        let at = self.entity.field(name).map_or(&self.entity.at, |field| &field.at);
        Evidence::at(at, format!("{}.{name} {why}", self.entity.name))
    }

    /// Whether any word of the entity's name begins with one of the stems.
    pub(crate) fn is_a(&self, stems: &[&str]) -> bool {
        self.words
            .iter()
            .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    }

    /// Whether its records are one person's own, and nobody else's business.
    pub(crate) fn is_private(&self) -> bool {
        self.entity.owner_only && anatomy::recipient(self.entity).is_none() && anatomy::worker(self.entity).is_none()
    }

    /// The page that is most about the entity: named after it, or making it, or showing it.
    pub(crate) fn home(&self) -> Option<&Page> {
        let touched = self.signals.entity(&self.entity.name);
        let plural = phrase::plural(&self.entity.name);
        let named = touched
            .read_on
            .iter()
            .find(|(page, _)| phrase::spoken(&page.name) == plural);
        named
            .or_else(|| touched.made_on.first())
            .or_else(|| touched.read_on.first())
            .map(|(page, _)| *page)
    }

    /// Evidence that a page named so reads the entity.
    pub(crate) fn on_page(&self, stems: &str) -> Option<Evidence> {
        let touched = self.signals.entity(&self.entity.name);
        let named = |page: &Page| {
            linchpin_app::name_words(&page.name)
                .iter()
                .any(|word| begins_with(word, stems))
        };
        let (page, read) = touched.read_on.iter().find(|(page, _)| named(page))?;
        let why = format!("the {} page shows {}", page.name, phrase::plural(&self.entity.name));
        Some(Evidence::at(&read.at, why))
    }

    /// Evidence that a page which reads the entity speaks of something.
    pub(crate) fn said(&self, on: signals::Subject) -> Option<Evidence> {
        let (page, read, said) = self.signals.said(&self.entity.name, on)?;
        let why = format!(
            "the {} page reads {} and says “{said}”",
            page.name,
            phrase::plural(&self.entity.name)
        );
        Some(Evidence::at(&read.at, why))
    }
}
