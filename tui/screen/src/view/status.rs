//! The last line: what goes on, what to press, which app and which model.

use ratatui::layout::Rect;

use super::draw::{Canvas, put};
use crate::card::hints;
use crate::clean::Clean;
use crate::model::{Front, Model};
use crate::text::Row;
use crate::theme::Label;

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let look = model.look;
    let place = place(model);
    let state = state(model, usize::from(area.width).saturating_sub(place.width() + 2));
    let taken = put(canvas.buffer, area.x, area.y, area.width, &state, look);
    let width = u16::try_from(place.width()).unwrap_or(u16::MAX);
    if width.saturating_add(taken + 2) <= area.width {
        put(canvas.buffer, area.right() - width, area.y, width, &place, look);
    }
}

fn place(model: &Model) -> Row {
    let dot = model.look.glyphs().dot;
    let mut row = Row::new().add(Label::Dim, model.app.cut(24));
    if model.model.is_empty() {
        return row.say(Label::Dim, dot).say(Label::Dim, "starting");
    }
    row = row.say(Label::Dim, dot).add(Label::Dim, model.model.cut(28));
    match model.usage {
        Some((input, output)) if input + output > 0 => {
            let words = format!("{dot}{} in, {} out", short(input), short(output));
            let row = row.tell(Label::Dim, &words);
            match model.prices {
                Some(prices) => row.tell(Label::Dim, &format!("{dot}{}", cost(prices, (input, output)))),
                None => row,
            }
        }
        _ => row,
    }
}

/// What the tokens cost, in dollars: to the cent, or to a tenth of one while it is less.
fn cost((read, written): (f64, f64), (input, output): (u64, u64)) -> String {
    let dollars = (input as f64 * read + output as f64 * written) / 1e6;
    if dollars < 0.1 {
        format!("${dollars:.3}")
    } else {
        format!("${dollars:.2}")
    }
}

fn short(tokens: u64) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..1_000_000 => format!("{}.{}k", tokens / 1_000, tokens % 1_000 / 100),
        _ => format!("{}.{}M", tokens / 1_000_000, tokens % 1_000_000 / 100_000),
    }
}

fn state(model: &Model, room: usize) -> Row {
    let look = model.look;
    if let Some((words, _)) = &model.word {
        return Row::new().add(Label::Accent, words.clone());
    }
    if !model.cards.is_empty() {
        return Row::fixed(Label::Accent, "A question waits for you");
    }
    if model.busy && model.turn.is_some() {
        let row = Row::new()
            .say(Label::Accent, spinner(model))
            .say(Label::Text, " Working")
            .gap(2);
        return joined(row, hints(look, &[(model.keymap.of("stop"), "stop")]));
    }
    if let Some((done, total)) = model.reading {
        return Row::new().tell(Label::Text, &format!("Reading the app: {done} of {total} files"));
    }
    if model.front == Front::Chat && model.review_waits() {
        return joined(
            Row::fixed(Label::Accent, "A review waits.  "),
            hints(look, &[(model.keymap.of("stop"), "open it")]),
        );
    }
    if model.front == Front::Chat && !model.transcript.follows() {
        return joined(
            Row::fixed(Label::Accent, "More below.  "),
            hints(
                look,
                &[(model.keymap.of("page-down"), "further"), ("End", "to the end")],
            ),
        );
    }
    if model.front != Front::Chat {
        return Row::new();
    }
    let hidden = model.composer.is_empty() && !model.strip.open && !model.strip.suggestions.is_empty();
    let first = if hidden {
        (model.keymap.of("suggestions"), "suggestions")
    } else {
        (model.keymap.of("send"), "send")
    };
    let all = [
        first,
        (model.keymap.of("newline"), "new line"),
        (model.keymap.of("palette"), "commands"),
        ("?", "keys"),
    ];
    let fitting = (0..=all.len())
        .rev()
        .map(|count| hints(look, &all[all.len() - count..]))
        .find(|row| row.width() <= room);
    fitting.unwrap_or_default()
}

fn spinner(model: &Model) -> &'static str {
    let frames = model.look.glyphs().spinner;
    let at = model.now.since_start.as_millis() / 100;
    let at = usize::try_from(at).unwrap_or_default() % frames.len().max(1);
    if model.look.motion {
        frames.get(at).copied().unwrap_or_default()
    } else {
        model.look.glyphs().bullet
    }
}

fn joined(mut row: Row, more: Row) -> Row {
    row.spans.extend(more.spans);
    row.add(Label::Text, Clean::empty())
}
