//! Where an app's pages and functions touch which entity, looked up once for all rules.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use linchpin_app::{App, EntityUse, Function, Integration, Page, name_words};

/// What touches one entity.
#[derive(Debug, Default)]
pub(crate) struct Touched<'a> {
    /// Pages that read it, one entry each.
    pub(crate) read_on: Vec<(&'a Page, &'a EntityUse)>,
    /// Pages that make records of it, one entry each.
    pub(crate) made_on: Vec<(&'a Page, &'a EntityUse)>,
    /// Functions that touch it, one entry each.
    pub(crate) functions: Vec<(&'a Function, &'a EntityUse)>,
}

/// The app's entities with what touches them, and the services its files use.
#[derive(Debug)]
pub(crate) struct Signals<'a> {
    touched: HashMap<&'a str, Touched<'a>>,
    services: HashMap<&'a str, Vec<&'a Integration>>,
    uses: &'a [Integration],
    connectors: BTreeSet<&'a str>,
    /// What pages say, found when first asked for.
    sayings: RefCell<HashMap<(*const Page, Subject), Option<&'a str>>>,
}

/// Something a page may speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Days and times.
    Calendar,
    /// What is to be done now.
    Today,
    /// Tables to take away.
    Export,
}

impl Subject {
    /// How its words begin.
    fn stems(self) -> &'static [&'static str] {
        match self {
            Self::Calendar => &["calendar", "schedule", "agenda", "kalender", "calendrier", "יומן"],
            Self::Today => &["todo", "today", "due", "overdue", "hoy", "hoje", "heute", "היום"],
            Self::Export => &["export", "spreadsheet", "csv", "excel", "planilha", "tabelle", "ייצוא"],
        }
    }
}

/// The page's name or the first of its texts with a word on the subject.
fn saying(page: &Page, subject: Subject) -> Option<&str> {
    let stems = subject.stems();
    let begins = |word: &str| {
        stems.iter().any(|stem| {
            let mut letters = word.chars().flat_map(char::to_lowercase);
            stem.chars().all(|wanted| letters.next() == Some(wanted))
        })
    };
    let speaks = |text: &str| text.split(|one: char| !one.is_alphanumeric()).any(begins);
    if name_words(&page.name).iter().any(|word| begins(word)) {
        return Some(&page.name);
    }
    page.words.iter().map(String::as_str).find(|text| speaks(text))
}

impl<'a> Signals<'a> {
    pub(crate) fn of(app: &'a App) -> Self {
        let mut touched: HashMap<&str, Touched<'_>> = HashMap::new();
        for page in &app.pages {
            for one in &page.reads {
                let list = &mut touched.entry(one.entity.as_str()).or_default().read_on;
                if list.last().is_none_or(|(last, _)| !std::ptr::eq(*last, page)) {
                    list.push((page, one));
                }
            }
            for one in page.writes.iter().filter(|one| one.method == "create") {
                let list = &mut touched.entry(one.entity.as_str()).or_default().made_on;
                if list.last().is_none_or(|(last, _)| !std::ptr::eq(*last, page)) {
                    list.push((page, one));
                }
            }
        }
        for function in &app.functions {
            for one in &function.entities {
                let list = &mut touched.entry(one.entity.as_str()).or_default().functions;
                if list.last().is_none_or(|(last, _)| !std::ptr::eq(*last, function)) {
                    list.push((function, one));
                }
            }
        }
        let mut services: HashMap<&str, Vec<&Integration>> = HashMap::new();
        for one in &app.integrations {
            services.entry(one.at.file.as_str()).or_default().push(one);
        }
        Self {
            touched,
            services,
            uses: &app.integrations,
            connectors: app
                .functions
                .iter()
                .flat_map(|function| &function.connectors)
                .map(|used| used.connector.as_str())
                .collect(),
            sayings: RefCell::default(),
        }
    }

    /// What touches an entity.
    pub(crate) fn entity(&self, name: &str) -> &Touched<'a> {
        static NOTHING: Touched<'static> = Touched {
            read_on: Vec::new(),
            made_on: Vec::new(),
            functions: Vec::new(),
        };
        self.touched.get(name).unwrap_or(&NOTHING)
    }

    /// Services that a file uses by its own means.
    pub(crate) fn services(&self, file: &str) -> &[&'a Integration] {
        self.services.get(file).map_or(&[], Vec::as_slice)
    }

    /// The use of `connector`'s service by own means in a function that touches an entity, the
    /// function that touches the fewest others first, with the number it touches.
    pub(crate) fn by_hand(&self, entity: &str, connector: &str) -> Option<(&'a Function, &'a Integration, usize)> {
        self.entity(entity)
            .functions
            .iter()
            .filter_map(|(function, _)| {
                let used = self
                    .services(&function.at.file)
                    .iter()
                    .find(|one| replaced_by(&one.service) == Some(connector))?;
                let entities: BTreeSet<&str> = function.entities.iter().map(|one| one.entity.as_str()).collect();
                Some((*function, *used, entities.len()))
            })
            .min_by_key(|(function, _, count)| (*count, function.name.as_str()))
    }

    /// The first use of one of the services, named by how their names begin, parted by `|`.
    pub(crate) fn service(&self, names: &str) -> Option<&'a Integration> {
        self.uses
            .iter()
            .find(|one| names.split('|').any(|name| one.service.starts_with(name)))
    }

    /// A use of a connector's service by own means: a key, a host or a package that bears its name.
    pub(crate) fn by_own_means(&self, id: &str, name: &str) -> Option<&'a Integration> {
        let first = |text: &str| text.split(' ').next().unwrap_or_default().to_lowercase();
        let name = name.to_lowercase();
        self.uses
            .iter()
            .filter(|one| !one.service.starts_with("Core."))
            .find(|one| one.service.contains(&name) || first(&one.service) == id)
    }

    /// What a page that reads an entity says on a subject, with the place of the reading.
    pub(crate) fn said(&self, entity: &str, subject: Subject) -> Option<(&'a Page, &'a EntityUse, &'a str)> {
        self.entity(entity).read_on.iter().find_map(|(page, read)| {
            let mut known = self.sayings.borrow_mut();
            let said = *known
                .entry((std::ptr::from_ref::<Page>(page), subject))
                .or_insert_with(|| saying(page, subject));
            said.map(|said| (*page, *read, said))
        })
    }

    /// Whether any function uses `connector`.
    pub(crate) fn in_place(&self, connector: &str) -> bool {
        self.connectors.iter().any(|used| same_tool(used, connector))
    }

    /// The function that already uses `connector` for an entity.
    pub(crate) fn wired(&self, entity: &str, connector: &str) -> bool {
        self.entity(entity).functions.iter().any(|(function, _)| {
            function
                .connectors
                .iter()
                .any(|used| same_tool(&used.connector, connector))
        })
    }
}

/// Slack's two connectors reach the same workspace.
fn same_tool(used: &str, connector: &str) -> bool {
    used == connector || (used == "slack" && connector == "slackbot")
}

/// The connector that could take over a service.
pub(crate) fn replaced_by(service: &str) -> Option<&'static str> {
    match service {
        "Core.SendEmail" | "resend" | "sendgrid" | "mailgun" | "postmark" | "brevo" | "smtp" | "own gmail access" => {
            Some("gmail")
        }
        "slack webhook" | "slack key" => Some("slackbot"),
        "hubspot key" => Some("hubspot"),
        "notion key" => Some("notion"),
        "own google sheets access" => Some("googlesheets"),
        "own google calendar access" => Some("googlecalendar"),
        _ => None,
    }
}
