//! Everything a frame needs.
//!
//! Changed only by [`crate::update`]; [`crate::view`] reads it and decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use linchpin_protocol::{AppSummary, ConnectionRow, Suggested, TurnId};

use crate::card::Card;
use crate::clean::Clean;
use crate::keymap::Keymap;
use crate::menu::Menu;
use crate::page::{Pages, Which};
use crate::review::ReviewScreen;
use crate::theme::Look;
use crate::transcript::{Cell, Transcript};
use crate::{Composer, History, Now, Settings};

/// Everything a frame needs.
pub struct Model {
    pub(crate) look: Look,
    pub(crate) size: (u16, u16),
    pub(crate) now: Now,
    pub(crate) focused: bool,
    /// The app's folder as given, until its name is known.
    pub(crate) app: Clean,
    pub(crate) model: Clean,
    pub(crate) transcript: Transcript,
    pub(crate) composer: Composer,
    pub(crate) history: History,
    pub(crate) reading: Option<(usize, usize)>,
    pub(crate) summary: Option<AppSummary>,
    pub(crate) strip: Strip,
    pub(crate) cards: VecDeque<Card>,
    pub(crate) review: Option<ReviewScreen>,
    pub(crate) front: Front,
    pub(crate) connections: Connections,
    pub(crate) turn: Option<TurnId>,
    /// Whether the agent works on something; then a spinner turns.
    pub(crate) busy: bool,
    pub(crate) usage: Option<(u64, u64)>,
    /// What a million tokens cost, read and written, in dollars.
    pub(crate) prices: Option<(f64, f64)>,
    /// A passing word in the status line, and when it goes.
    pub(crate) word: Option<(Clean, Duration)>,
    /// Until when a second Ctrl+C leaves.
    pub(crate) leaving: Option<Duration>,
    /// The keys as the settings have them.
    pub(crate) keymap: Keymap,
    /// The palette, or the search in what was sent.
    pub(crate) menu: Option<Menu>,
    /// The mention whose menu was closed.
    pub(crate) menu_closed: Option<String>,
    /// Where the choice among slash commands or mentions is.
    pub(crate) command: usize,
    /// The pages one can look at.
    pub(crate) pages: Pages,
    /// When the spinner turns next.
    pub(crate) spin_at: Option<Duration>,
}

/// What fills the screen behind a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Front {
    /// The conversation.
    #[default]
    Chat,
    /// The open review.
    Review,
    /// The connections.
    Connections,
    /// A page one looks at.
    Page(Which),
    /// The keys.
    Help {
        /// Rows scrolled away.
        top: usize,
    },
}

/// Suggested prompts.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    pub(crate) suggestions: Vec<Suggested>,
    /// Whether they are shown.
    pub(crate) open: bool,
    /// The chosen one, once somebody has gone up into the strip.
    pub(crate) chosen: Option<usize>,
    /// Whether the chosen one shows all its evidence.
    pub(crate) evidence: bool,
    /// The source around evidence, by file and line: the number of the first line, and the lines.
    pub(crate) sources: Sources,
    /// When it appeared.
    pub(crate) shown_at: Duration,
}

/// The source around places: the number of the first line, and the lines.
pub(crate) type Sources = BTreeMap<(String, u32), (u32, Vec<String>)>;

/// The list of connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    pub(crate) rows: Vec<ConnectionRow>,
    /// Whether the agent has told them.
    pub(crate) told: bool,
    pub(crate) chosen: usize,
    /// The one that is about to be disconnected.
    pub(crate) confirm: Option<usize>,
    /// When that was asked.
    pub(crate) asked_at: Duration,
}

impl Model {
    /// A screen for the app at `app` (a folder, as given), before anything is known about it.
    pub fn new(app: &str, look: Look) -> Self {
        let mut transcript = Transcript::default();
        transcript.push(Cell::Welcome);
        Self {
            look,
            size: (80, 24),
            now: Now::default(),
            focused: true,
            app: Clean::line(app),
            model: Clean::empty(),
            transcript,
            composer: Composer::default(),
            history: History::default(),
            reading: None,
            summary: None,
            strip: Strip::default(),
            cards: VecDeque::new(),
            review: None,
            front: Front::Chat,
            connections: Connections::default(),
            turn: None,
            busy: false,
            usage: None,
            prices: None,
            word: None,
            leaving: None,
            keymap: Keymap::default(),
            menu: None,
            menu_closed: None,
            command: 0,
            pages: Pages::default(),
            spin_at: None,
        }
    }

    /// Does as the settings say; a key that can't be moved is said in the transcript.
    pub fn set(&mut self, settings: &Settings) {
        let (keymap, problems) = Keymap::new(&settings.keys);
        self.keymap = keymap;
        self.prices = settings.prices;
        if settings.vim {
            self.composer.toggle_vim();
        }
        for text in problems {
            let level = linchpin_protocol::Level::Warning;
            self.transcript.push(Cell::Notice { level, text });
        }
    }

    /// The transcript.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The text in the composer.
    pub fn draft(&self) -> &str {
        self.composer.text()
    }

    /// Whether a question is on screen.
    pub fn is_asked(&self) -> bool {
        !self.cards.is_empty()
    }

    /// Whether the strip of suggestions takes keys and room.
    pub(crate) fn strip_is_shown(&self) -> bool {
        self.strip.open && !self.strip.suggestions.is_empty() && self.composer.is_empty() && self.turn.is_none()
    }

    /// Whether the review waits behind the conversation.
    pub(crate) fn review_waits(&self) -> bool {
        self.review.is_some() && self.front != Front::Review
    }
}
