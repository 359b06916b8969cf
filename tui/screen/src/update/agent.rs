//! What the agent says.

use linchpin_protocol::{AskId, Event, Level};

use crate::card::Card;
use crate::clean::Clean;
use crate::model::{Front, Model, Strip};
use crate::review::ReviewScreen;
use crate::text::Row;
use crate::theme::Label;
use crate::transcript::{Cell, ToolState};
use crate::{Cmd, Now};

pub(super) fn event(model: &mut Model, event: Event, now: Now, cmds: &mut Vec<Cmd>) {
    match event {
        Event::Hello {
            app,
            model: name,
            notes,
            resumed,
            ..
        } => {
            model.app = Clean::line(folder_name(&app));
            model.model = if name == "guide" {
                Clean::fixed("guide (no model)")
            } else {
                Clean::line(&name)
            };
            if resumed {
                model
                    .transcript
                    .push(Cell::Done(Row::fixed(Label::Dim, "The earlier session goes on.")));
            }
            notes.into_iter().for_each(|text| {
                model.transcript.push(Cell::Notice {
                    level: Level::Info,
                    text,
                })
            });
        }
        Event::Reading { done, total } => model.reading = Some((done, total)),
        Event::AppRead { summary } => app_read(model, summary),
        Event::Suggested { suggestions } => {
            let open = model.strip.open || model.strip.suggestions.is_empty();
            // The same ones again (a session that is resumed says them twice) have been on screen
            // all the time: who is about to choose one is not made to wait anew.
            let same = model.strip.open && model.strip.suggestions == suggestions;
            let shown_at = if same { model.strip.shown_at } else { now.since_start };
            model.strip = Strip {
                suggestions,
                open,
                shown_at,
                ..Strip::default()
            };
        }
        Event::Said { text, queued } => {
            model.strip.open = false;
            said(model, text, queued);
        }
        Event::TurnStarted { turn } => {
            model.turn = Some(turn);
            model.busy = true;
            start_queued(model);
        }
        Event::TextDelta { text, .. } => {
            model.busy = model.turn.is_some();
            model.transcript.stream(&text);
        }
        Event::ToolStarted { call, tool, title } => {
            let title = if title.is_empty() { tool } else { title };
            model.busy = true;
            model.transcript.push(Cell::Tool {
                call,
                title,
                state: ToolState::Running,
                summary: String::new(),
            });
        }
        Event::ToolFinished { call, ok, summary } => {
            model.transcript.finish();
            model.transcript.tool_finished(call, ok, &summary);
        }
        Event::Asked { ask, question } => asked(model, Card::new(ask, *question, now), cmds),
        Event::Settled { ask, words } => settled(model, ask, &words),
        Event::ReviewReady { changeset, review } => {
            let title = Row::fixed(Label::Accent, "Ready for review: ").tell(Label::Text, &review.title);
            model.transcript.push(Cell::Done(title));
            model.review = Some(ReviewScreen::new(changeset, *review));
            model.busy = false;
            // Who is writing is not torn out of it: the status line says that a review waits.
            if model.composer.is_empty() || model.front == Front::Review {
                model.front = Front::Review;
            }
            ring(model, cmds);
        }
        Event::ReviewClosed { changeset, how } => {
            model.transcript.push(Cell::Done(review_closed(&how)));
            if model
                .review
                .as_ref()
                .is_some_and(|review| review.changeset == changeset)
            {
                model.review = None;
            }
        }
        Event::Applied { change, files } => {
            let words = format!("Applied as change {}: {}. ", change.0, files.join(", "));
            let row = tick(model)
                .tell(Label::Text, &words)
                .say(Label::Dim, "/undo takes it back.");
            model.transcript.push(Cell::Done(row));
        }
        Event::Undone { change, files } => {
            let words = format!("Change {} is taken back: {} as before.", change.0, files.join(", "));
            let row = tick(model).tell(Label::Text, &words);
            model.transcript.push(Cell::Done(row));
        }
        Event::Connections { connections } => {
            model.connections.rows = connections;
            model.connections.told = true;
            let last = model.connections.rows.len().saturating_sub(1);
            model.connections.chosen = model.connections.chosen.min(last);
            model.connections.confirm = None;
        }
        Event::Usage { input, output } => model.usage = Some((input, output)),
        Event::Notice { level, text } => {
            // A decision that could not be carried out can be made again.
            if let Some(review) = model.review.as_mut().filter(|_| level != Level::Info) {
                review.sent = false;
            }
            if level == Level::Error {
                model.reading = None;
            }
            model.transcript.push(Cell::Notice { level, text });
        }
        Event::TurnEnded { turn, how } => {
            model.transcript.finish();
            if model.turn == Some(turn) {
                model.turn = None;
            }
            model.busy = false;
            if how == "interrupted" {
                model
                    .transcript
                    .push(Cell::Done(Row::fixed(Label::Dim, "Interrupted.")));
            }
        }
    }
}

fn tick(model: &Model) -> Row {
    Row::new().say(Label::Good, model.look.glyphs().tick).gap(1)
}

fn app_read(model: &mut Model, summary: linchpin_protocol::AppSummary) {
    model.reading = None;
    if !summary.name.is_empty() {
        model.app = Clean::line(&summary.name);
    }
    // Read again after a change: the summary is not told twice.
    if model.summary.is_none() {
        model.transcript.push(Cell::Summary(Box::new(summary.clone())));
    }
    model.summary = Some(summary);
}

/// A message that waited is said when its turn begins; the agent may repeat it.
fn said(model: &mut Model, text: String, queued: bool) {
    model.transcript.finish();
    if !queued {
        let waited = model.transcript.change(|cell| match cell {
            Cell::User { text: its, queued } if *queued && *its == text => {
                *queued = false;
                true
            }
            _ => false,
        });
        if waited {
            return;
        }
    }
    // Also what was said before this screen was opened can be said again.
    model.history.push(&text);
    model.transcript.push(Cell::User { text, queued });
    model.transcript.follow();
}

fn start_queued(model: &mut Model) {
    let _ = model.transcript.change(|cell| match cell {
        Cell::User { queued, .. } if *queued => {
            *queued = false;
            true
        }
        _ => false,
    });
}

fn asked(model: &mut Model, card: Card, cmds: &mut Vec<Cmd>) {
    model.cards.push_back(card);
    model.busy = false;
    ring(model, cmds);
}

fn settled(model: &mut Model, ask: AskId, words: &str) {
    model.cards.retain(|card| card.ask != ask);
    model.busy = model.turn.is_some() && model.cards.is_empty();
    let row = tick(model).tell(Label::Text, words);
    model.transcript.push(Cell::Done(row));
}

fn review_closed(how: &str) -> Row {
    match how {
        "applied" => Row::fixed(Label::Dim, "The review is closed: applied."),
        "rejected" => Row::fixed(Label::Dim, "The review is closed: rejected, nothing was changed."),
        "superseded" => Row::fixed(Label::Dim, "The review is replaced by a newer one."),
        "edited" => Row::fixed(Label::Dim, "The review is replaced by your edit."),
        other => Row::fixed(Label::Dim, "The review is closed: ").tell(Label::Dim, other),
    }
}

/// Rings when somebody is waited for who looks elsewhere.
fn ring(model: &Model, cmds: &mut Vec<Cmd>) {
    if !model.focused {
        cmds.push(Cmd::Bell);
    }
}

fn folder_name(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty() && *name != ".")
        .unwrap_or(path)
}
