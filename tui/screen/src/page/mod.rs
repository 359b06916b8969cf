//! Pages one looks at: the catalog, the app's functions, what was changed, the map.
//!
//! Each is a list and the details of the chosen row, or details alone. What is on them came as a
//! [`Found`]; until it has come the page says that it is being looked up, and what was there
//! before stays in view.
//! Not here: keys (see `update`), drawing (see `view`).

mod catalog;
mod functions;
mod history;
mod map;

use std::time::Duration;

use linchpin_protocol::{AppMap, ChangeRow, Found, FunctionRow, Offer, Wanted};

use crate::Composer;
use crate::text::Row;
use crate::theme::{Label, Look};

pub(crate) use catalog::offer_rows;
pub(crate) use functions::function_rows;
pub(crate) use history::change_rows;
pub use map::map_lines;
pub(crate) use map::map_rows;

/// Which page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Which {
    #[default]
    Catalog,
    Functions,
    History,
    Map,
}

impl Which {
    pub(crate) fn wanted(self) -> Wanted {
        match self {
            Self::Catalog => Wanted::Catalog,
            Self::Functions => Wanted::Functions,
            Self::History => Wanted::History,
            Self::Map => Wanted::Map,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Catalog => "What can be connected to ",
            Self::Functions => "Functions of ",
            Self::History => "What was changed in ",
            Self::Map => "Who can reach what in ",
        }
    }
}

/// What is on the pages, and where one is on the open one.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub(crate) offers: Option<Vec<Offer>>,
    pub(crate) functions: Option<Vec<FunctionRow>>,
    pub(crate) changes: Option<Vec<ChangeRow>>,
    pub(crate) map: Option<AppMap>,
    /// What is being looked up, and since when.
    pub(crate) waiting: Vec<(Wanted, Duration)>,
    /// Why the open page could not be looked up.
    pub(crate) failed: Option<String>,
    /// The chosen row, counted among those that fit the filter.
    pub(crate) chosen: usize,
    pub(crate) filter: Composer,
    /// Whether keys go into the filter.
    pub(crate) filtering: bool,
    /// Rows of the details that are scrolled away.
    pub(crate) top: usize,
    /// Whether the source of the chosen function is shown.
    pub(crate) source: bool,
    /// When it was asked whether to take the last change back.
    pub(crate) confirm: Option<Duration>,
}

/// A row of a list.
pub(crate) struct Item {
    /// Stands above the first row of its group.
    pub(crate) group: Option<String>,
    pub(crate) line: Row,
    /// Where it is in what was found.
    pub(crate) at: usize,
}

impl Pages {
    /// Opens a page: at its top, with nothing filtered.
    pub(crate) fn open(&mut self) {
        self.chosen = 0;
        self.filter = Composer::default();
        self.filtering = false;
        self.top = 0;
        self.source = false;
        self.confirm = None;
        self.failed = None;
    }

    /// Takes what was found; gives the evidence's source back, which belongs to no page.
    pub(crate) fn take(&mut self, found: Found) -> Option<Found> {
        let arrived = match &found {
            Found::Catalog { .. } => Wanted::Catalog,
            Found::Functions { .. } => Wanted::Functions,
            Found::History { .. } => Wanted::History,
            Found::Map { .. } => Wanted::Map,
            Found::Source { .. } => return Some(found),
            Found::Nothing { wanted, .. } => wanted.clone(),
        };
        self.waiting.retain(|(wanted, _)| *wanted != arrived);
        match found {
            Found::Catalog { mut offers } => {
                catalog::sort(&mut offers);
                self.offers = Some(offers);
            }
            Found::Functions { functions } => self.functions = Some(functions),
            Found::History { changes } => self.changes = Some(changes),
            Found::Map { map } => self.map = Some(map),
            Found::Nothing { why, .. } => self.failed = Some(why),
            Found::Source { .. } => {}
        }
        None
    }

    pub(crate) fn is_waiting(&self, which: Which) -> bool {
        self.waiting.iter().any(|(wanted, _)| *wanted == which.wanted())
    }

    /// The rows of the list, those that fit the filter.
    pub(crate) fn items(&self, which: Which, look: Look) -> Vec<Item> {
        let filter = self.filter.text();
        match which {
            Which::Catalog => catalog::items(self.offers.as_deref().unwrap_or_default(), filter, look),
            Which::Functions => functions::items(self.functions.as_deref().unwrap_or_default(), filter, look),
            Which::History => history::items(self.changes.as_deref().unwrap_or_default(), filter, look),
            Which::Map => Vec::new(),
        }
    }

    /// Where the chosen row is in what was found.
    pub(crate) fn chosen_at(&self, which: Which, look: Look) -> Option<usize> {
        let items = self.items(which, look);
        items
            .get(self.chosen.min(items.len().saturating_sub(1)))
            .map(|item| item.at)
    }

    pub(crate) fn chosen_offer(&self, look: Look) -> Option<&Offer> {
        self.offers.as_ref()?.get(self.chosen_at(Which::Catalog, look)?)
    }

    pub(crate) fn chosen_function(&self, look: Look) -> Option<&FunctionRow> {
        self.functions.as_ref()?.get(self.chosen_at(Which::Functions, look)?)
    }

    /// The change that undo would take back.
    pub(crate) fn newest_change(&self) -> Option<&ChangeRow> {
        self.changes.as_ref()?.iter().find(|change| !change.undone)
    }

    /// The details of the chosen row.
    pub(crate) fn details(&self, which: Which, now: i64, cells: usize, look: Look) -> Vec<Row> {
        let rows = match which {
            Which::Catalog => self.chosen_offer(look).map(|offer| offer_rows(offer, cells, look)),
            Which::Functions => self
                .chosen_function(look)
                .map(|function| function_rows(function, self.source, cells, look)),
            Which::History => self
                .chosen_at(which, look)
                .and_then(|at| self.changes.as_ref()?.get(at))
                .map(|change| change_rows(change, now, cells, look)),
            Which::Map => self.map.as_ref().map(|map| map_rows(map, cells, look)),
        };
        rows.unwrap_or_else(|| self.nothing(which, cells))
    }

    /// What is said where there is nothing.
    fn nothing(&self, which: Which, cells: usize) -> Vec<Row> {
        if let Some(why) = &self.failed {
            return Row::new().tell(Label::Bad, why).wrap(cells, 0);
        }
        if self.is_waiting(which) {
            let words = match which {
                Which::Functions | Which::Map => "Checking the app's functions…",
                Which::Catalog | Which::History => "Looking it up…",
            };
            return Row::fixed(Label::Dim, words).wrap(cells, 0);
        }
        let words = match which {
            _ if !self.filter.is_empty() => "Nothing fits. Esc shows all again.",
            Which::Catalog => "The catalog is empty.",
            Which::Functions => "The app has no functions yet. Pick a suggestion in the chat to make the first one.",
            Which::History => "Linchpin has changed nothing in this app yet.",
            Which::Map => "There is nothing to map yet.",
        };
        Row::fixed(Label::Dim, words).wrap(cells, 0)
    }
}

/// A name and what belongs to it, hanging.
fn fact(name: &'static str, row: Row, cells: usize) -> Vec<Row> {
    const NAME: usize = 12;
    let mut start = Row::new().say(Label::Dim, name).pad(NAME);
    start.spans.extend(row.spans);
    start.wrap(cells, NAME)
}
