//! Suggested prompts, each with its reason.

use linchpin_protocol::Suggested;
use linchpin_protocol::question::Evidence;
use ratatui::layout::Rect;

use super::draw::{Canvas, cells, put_all};
use super::main_area;
use crate::card::{hints, mode_name};
use crate::clean::Clean;
use crate::code::Lexer;
use crate::model::{Model, Sources};
use crate::text::Row;
use crate::theme::Label;

/// How many are shown at most: as many as one looks through.
const MOST: usize = 5;
/// Rows that the transcript keeps.
const KEPT: u16 = 9;
/// From this height and width a suggestion has a second row with its reason.
const ROOMY: (u16, u16) = (50, 18);

fn is_roomy(model: &Model) -> bool {
    model.size.0 >= ROOMY.0 && model.size.1 >= ROOMY.1
}

/// How many suggestions are shown.
pub(crate) fn shown(model: &Model) -> usize {
    let each = if is_roomy(model) { 2 } else { 1 };
    let main = usize::from(main_area(model).height);
    let kept = usize::from(KEPT).min(main / 3);
    let room = main.saturating_sub(kept + 3 + 2) / each;
    model.strip.suggestions.len().min(room.clamp(1, MOST))
}

/// The first suggestion that is shown, so that the chosen one is in view.
pub(crate) fn first(model: &Model) -> usize {
    model
        .strip
        .chosen
        .map_or(0, |chosen| (chosen + 1).saturating_sub(shown(model)))
}

pub(super) fn height(model: &Model, room: u16) -> u16 {
    if !model.strip_is_shown() {
        return 0;
    }
    cells(rows(model).len()).min(room)
}

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height > 0 {
        put_all(canvas.buffer, area, &rows(model), model.look);
    }
}

fn rows(model: &Model) -> Vec<Row> {
    let (look, glyphs, strip) = (model.look, model.look.glyphs(), &model.strip);
    let width = usize::from(model.size.0);
    let (first, shown) = (first(model), shown(model));
    let head = Row::fixed(Label::Heading, "Suggested for ").add(Label::Heading, model.app.clone());
    let head = if strip.suggestions.len() > shown {
        head.tell(
            Label::Dim,
            &format!("  {}-{} of {}", first + 1, first + shown, strip.suggestions.len()),
        )
    } else {
        head
    };
    let mut rows = vec![Row::new(), head];
    for (i, suggestion) in strip.suggestions.iter().enumerate().skip(first).take(shown) {
        let chosen = strip.chosen == Some(i);
        let pointer = if chosen { glyphs.pointer } else { " " };
        let label = if chosen { Label::Focus } else { Label::Text };
        let start = Row::new()
            .say(Label::Accent, pointer)
            .gap(1)
            .tell(Label::Key, &(i + 1 - first).to_string())
            .gap(2);
        let room = width.saturating_sub(start.width() + 1);
        rows.push(start.add(label, Clean::line(&suggestion.prompt).cut(room)));
        if is_roomy(model) {
            rows.push(reason(suggestion, width, glyphs.dot));
        }
        if chosen && strip.evidence {
            rows.extend(evidence(suggestion, &strip.sources, width));
        }
    }
    let digits = ["", "1", "1-2", "1-3", "1-4", "1-5"]
        .get(shown)
        .copied()
        .unwrap_or_default();
    let key = |name| model.keymap.of(name);
    let keys = [
        (digits, "send"),
        (glyphs.up_down, "choose"),
        (key("suggestions"), "hide"),
        ("", "or write your own words"),
    ];
    rows.push(match strip.chosen {
        None => hints(look, if width < 60 { &keys[..3] } else { &keys }),
        Some(_) => hints(
            look,
            &[
                ("Enter", "send"),
                (key("suggestion.edit"), "edit first"),
                (key("suggestion.evidence"), "evidence"),
                (key("suggestion.dismiss"), "not for this app"),
                ("Esc", "back"),
            ],
        ),
    });
    rows
}

fn reason(suggestion: &Suggested, width: usize, dot: &'static str) -> Row {
    let row = Row::new().gap(5).tell(Label::Accent, &suggestion.connector_name);
    let Some(evidence) = suggestion.evidence.first() else {
        return row;
    };
    let row = row.say(Label::Dim, dot);
    let why = Clean::line(&evidence.why);
    let name = evidence.file.rsplit('/').next().unwrap_or_default();
    // The whole path where there is room, else the file's name; the reason gives way last.
    let place = |file: &str| Clean::line(&format!("{dot}{file}:{}", evidence.line));
    let room = width.saturating_sub(row.width());
    let place = Some(place(&evidence.file))
        .filter(|place| place.width() + why.width() <= room)
        .unwrap_or_else(|| place(name));
    row.add(Label::Dim, why.cut(room.saturating_sub(place.width())))
        .add(Label::Dim, place)
}

fn evidence(suggestion: &Suggested, sources: &Sources, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let advised = Row::new()
        .gap(7)
        .say(Label::Dim, "would be ")
        .say(Label::Text, mode_name(suggestion.mode));
    rows.push(advised);
    if let Some(replaced) = &suggestion.replaces {
        rows.extend(
            Row::new()
                .gap(7)
                .say(Label::Dim, "would replace ")
                .tell(Label::Text, replaced)
                .wrap(width, 9),
        );
    }
    for evidence in &suggestion.evidence {
        let place = format!("{}:{}", evidence.file, evidence.line);
        rows.extend(
            Row::new()
                .gap(7)
                .tell(Label::Code, &place)
                .gap(2)
                .tell(Label::Text, &evidence.why)
                .wrap(width, 9),
        );
        if let Some((first, lines)) = sources.get(&(evidence.file.clone(), evidence.line)) {
            rows.extend(source_rows(evidence, *first, lines, width));
        }
    }
    rows
}

/// The lines around a place, the place itself standing out.
fn source_rows(evidence: &Evidence, first: u32, lines: &[String], width: usize) -> Vec<Row> {
    let mut lexer = Lexer::of_path(&evidence.file);
    let numbered = lines.iter().zip(first..);
    numbered
        .map(|(line, number)| {
            let label = if number == evidence.line {
                Label::Accent
            } else {
                Label::Dim
            };
            let start = Row::new().gap(7).tell(label, &format!("{number:>5} "));
            lexer.row(start, &Clean::shown(line).0).cut(width)
        })
        .collect()
}
