//! One thing that was said or done.

use linchpin_protocol::{AppSummary, CallId, Level};

use crate::clean::Clean;
use crate::markdown;
use crate::text::Row;
use crate::theme::{Label, Look};

/// How far a tool call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolState {
    /// It runs.
    Running,
    /// It did what was asked.
    Done,
    /// It did not.
    Failed,
}

/// One thing that was said or done. Texts are as they came; they become clean when they are drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Who we are.
    Welcome,
    /// What is in the app.
    Summary(Box<AppSummary>),
    /// What the person said.
    User {
        /// The words.
        text: String,
        /// Whether it waits for the running turn to end.
        queued: bool,
    },
    /// A block of what the model said.
    Agent {
        /// Markdown.
        source: String,
        /// Whether it goes on without a blank line.
        joined: bool,
        /// Rows of a table that is still coming and is shown when it is whole.
        held: usize,
    },
    /// A tool call.
    Tool {
        /// Its id.
        call: CallId,
        /// What it is doing.
        title: String,
        /// How far it is.
        state: ToolState,
        /// What came of it.
        summary: String,
    },
    /// An answer that was given, or a thing that was done, in our words.
    Done(Row),
    /// Something to know.
    Notice {
        /// How much it matters.
        level: Level,
        /// What happened, why, and what to do.
        text: String,
    },
}

impl Cell {
    /// Whether an empty row belongs between the cell before and this one.
    pub(crate) fn stands_off(&self, before: &Cell) -> bool {
        !matches!(
            (before, self),
            (_, Cell::Agent { joined: true, .. })
                | (Cell::Tool { .. } | Cell::Done(_), Cell::Tool { .. } | Cell::Done(_))
                | (Cell::Notice { .. }, Cell::Notice { .. })
        )
    }

    /// Its rows, `cells` wide.
    pub(crate) fn rows(&self, cells: usize, look: Look) -> Vec<Row> {
        let glyphs = look.glyphs();
        match self {
            Cell::Welcome => welcome(cells),
            Cell::Summary(summary) => summary_rows(summary, cells, look),
            Cell::User { text, queued } => {
                let mut rows = Vec::new();
                for (i, line) in Clean::lines(text).into_iter().enumerate() {
                    let mark = if i == 0 {
                        Row::fixed(Label::User, glyphs.said)
                    } else {
                        Row::new().gap(2)
                    };
                    rows.extend(mark.add(Label::User, line).wrap(cells, 2));
                }
                if *queued {
                    rows.push(
                        Row::new()
                            .gap(2)
                            .say(Label::Dim, "(waits until the running turn is done)"),
                    );
                }
                rows
            }
            Cell::Agent { source, held, .. } => {
                let mut rows = markdown::rows(source, cells, glyphs);
                if *held > 0 {
                    rows.extend((!rows.is_empty()).then(Row::new));
                    rows.push(Row::new().tell(Label::Dim, &format!("(a table is coming: {held} rows so far)")));
                }
                rows
            }
            Cell::Tool {
                title, state, summary, ..
            } => {
                let mark = match state {
                    ToolState::Running => Row::new().say(Label::Dim, glyphs.bullet),
                    ToolState::Done => Row::new().say(Label::Good, glyphs.tick),
                    ToolState::Failed => Row::new().say(Label::Bad, glyphs.cross),
                };
                let mut row = mark.gap(1).tell(Label::Dim, title);
                if !summary.is_empty() {
                    row = row.say(Label::Dim, glyphs.dot).tell(Label::Dim, summary);
                }
                row.wrap(cells, 2)
            }
            Cell::Done(row) => row.wrap(cells, 2),
            Cell::Notice { level, text } => notice(*level, text, cells, look),
        }
    }
}

fn welcome(cells: usize) -> Vec<Row> {
    let name = Row::fixed(Label::Accent, "Linchpin").say(
        Label::Text,
        "  wires your app to the tools its people already use. You review every change before it is made.",
    );
    name.wrap(cells, 0)
}

fn notice(level: Level, text: &str, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let (label, mark) = match level {
        Level::Info => (Label::Dim, glyphs.bullet),
        Level::Warning => (Label::Warning, glyphs.warning),
        Level::Error => (Label::Bad, glyphs.cross),
    };
    let body = if level == Level::Info { Label::Dim } else { Label::Text };
    let mut rows = Vec::new();
    for (i, line) in Clean::lines(text).into_iter().enumerate() {
        let start = if i == 0 {
            Row::fixed(label, mark).gap(1)
        } else {
            Row::new().gap(2)
        };
        rows.extend(start.add(body, line).wrap(cells, 2));
    }
    rows
}

/// What is in the app, in a few lines.
fn summary_rows(summary: &AppSummary, cells: usize, look: Look) -> Vec<Row> {
    let dot = look.glyphs().dot;
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let head = [
        count(summary.pages.len(), "page", "pages"),
        count(summary.entities.len(), "entity", "entities"),
        count(summary.functions.len(), "function", "functions"),
    ];
    let mut rows = Row::new()
        .tell(Label::Strong, &summary.name)
        .say(Label::Text, "  ")
        .tell(Label::Text, &head.join(dot))
        .tell(Label::Dim, &format!("{dot}read in {} ms", summary.millis))
        .wrap(cells, 2);
    let entities: Vec<String> = summary
        .entities
        .iter()
        .map(|(name, fields)| format!("{name} ({fields})"))
        .collect();
    rows.extend(listed("Pages", &summary.pages, cells));
    rows.extend(listed("Entities", &entities, cells));
    rows.extend(listed("Functions", &summary.functions, cells));
    rows.extend(listed("Connectors", &summary.connectors, cells));
    for problem in summary.problems.iter().take(5) {
        rows.extend(notice(
            Level::Warning,
            &format!("Could not be read: {problem}"),
            cells,
            look,
        ));
    }
    if let Some(more) = summary.problems.len().checked_sub(6) {
        rows.push(
            Row::new()
                .gap(2)
                .tell(Label::Dim, &format!("and {} more that could not be read", more + 1)),
        );
    }
    rows
}

/// A name and what belongs to it, at most two rows of it.
fn listed(name: &'static str, items: &[String], cells: usize) -> Vec<Row> {
    const NAME: usize = 12;
    if items.is_empty() {
        return vec![
            Row::new()
                .gap(2)
                .say(Label::Dim, name)
                .pad(NAME + 2)
                .say(Label::Dim, "none yet"),
        ];
    }
    let room = cells.saturating_sub(NAME + 2).max(12) * 2 - 16;
    let mut text = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 && text.len() + item.len() > room {
            text.push_str(&format!(", and {} more", items.len() - i));
            break;
        }
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(item);
    }
    Row::new()
        .gap(2)
        .say(Label::Dim, name)
        .pad(NAME + 2)
        .tell(Label::Text, &text)
        .wrap(cells, NAME + 2)
}
