//! Clues: words at a kind of place, what they are worth, and what they say to a builder.

use crate::Evidence;
use crate::lexicon::{Lexicon, Spot};
use crate::signals::Signals;

/// Words parted by spaces, as [`Lexicon::find`] reads them.
pub(crate) type Words = &'static str;

/// The kind of place a clue is looked for at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    /// Names of entities.
    Entity,
    /// Names of fields.
    Field,
    /// Values that fields can have.
    Choice,
    /// Names of pages.
    Page,
    /// Names of backend functions.
    Function,
    /// Services that the app uses by its own means, by the beginning of their names.
    Service,
}

/// One clue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clue {
    /// Where.
    pub(crate) place: In,
    /// Which words.
    pub(crate) words: Words,
    /// Points for the first place found; negative where it speaks against.
    pub(crate) points: i32,
    /// Points for each further place with another of the words.
    pub(crate) more: i32,
    /// How many further places count.
    pub(crate) most: i32,
    /// What it says, after the name of the place.
    pub(crate) says: &'static str,
}

/// A clue that counts once.
pub(crate) const fn once(place: In, words: Words, points: i32, says: &'static str) -> Clue {
    Clue {
        place,
        words,
        points,
        more: 0,
        most: 0,
        says,
    }
}

/// A clue of which a few count.
pub(crate) const fn some(place: In, words: Words, points: i32, more: i32, most: i32, says: &'static str) -> Clue {
    Clue {
        place,
        words,
        points,
        more,
        most,
        says,
    }
}

impl Clue {
    /// Whether a spot is of the kind asked for.
    fn fits(&self, spot: Spot) -> bool {
        match self.place {
            In::Entity => matches!(spot, Spot::Entity(_)),
            In::Field => matches!(spot, Spot::Field(..)),
            In::Choice => matches!(spot, Spot::Choice(..)),
            In::Page => matches!(spot, Spot::Page(_)),
            In::Function => matches!(spot, Spot::Function(_)),
            In::Service => false,
        }
    }

    /// Its places in the app.
    pub(crate) fn spots(&self, lexicon: &Lexicon<'_>) -> Vec<(Spot, usize)> {
        let mut found = lexicon.find(self.words);
        found.retain(|(spot, _)| self.fits(*spot));
        found
    }

    /// What so many places, with so many different words, are worth.
    pub(crate) fn worth(&self, places: usize) -> i32 {
        match i32::try_from(places).unwrap_or(i32::MAX) {
            0 => 0,
            n => self.points + self.more * (n - 1).min(self.most),
        }
    }

    /// The evidence at a spot.
    pub(crate) fn evidence(&self, lexicon: &Lexicon<'_>, spot: Spot) -> Option<Evidence> {
        let (name, at) = lexicon.tell(spot)?;
        Some(Evidence::at(at, format!("{name} {}", self.says)))
    }

    /// What it is worth for an app as a whole, places of one entity left out, with its first place.
    pub(crate) fn around(
        &self,
        lexicon: &Lexicon<'_>,
        signals: &Signals<'_>,
        without: Option<usize>,
    ) -> Option<(i32, Evidence)> {
        if self.place == In::Service {
            let used = signals.service(self.words)?;
            return Some((
                self.points,
                Evidence::at(&used.at, format!("{} {}", used.service, self.says)),
            ));
        }
        let spots: Vec<(Spot, usize)> = self
            .spots(lexicon)
            .into_iter()
            .filter(|(spot, _)| spot.entity().is_none() || spot.entity() != without)
            .collect();
        let (first, _) = spots.first()?;
        Some((self.worth(spots.len()), self.evidence(lexicon, *first)?))
    }
}
