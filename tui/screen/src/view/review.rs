//! The review: the text above, and below it, in our own frame, the line that applies.

use ratatui::layout::Rect;

use super::draw::{Canvas, cells, frame as box_frame, put, put_all, right, title};
use super::{chat, main_area};
use crate::card::{buttons, hints};
use crate::clean::Clean;
use crate::model::Model;
use crate::review::{ReviewScreen, hunk_head};
use crate::text::Row;
use crate::theme::Label;

/// From this width the files have a column of their own.
const WITH_FILES: u16 = 120;
const FILES: u16 = 34;
/// Below this height the keys have one row.
const LOW: u16 = 14;

struct Areas {
    files: Rect,
    text: Rect,
    foot: Rect,
}

/// Cells and rows of the text.
pub(crate) fn size(model: &Model) -> (usize, usize) {
    let area = areas(model, main_area(model)).text;
    (usize::from(area.width), usize::from(area.height))
}

fn is_commenting(model: &Model) -> bool {
    model.review.as_ref().is_some_and(|review| review.commenting)
}

/// The button that applies, or why there is none, and the keys.
fn foot_rows(model: &Model, review: &ReviewScreen, main: Rect) -> Vec<Row> {
    let width = usize::from(main.width.saturating_sub(4)).max(1);
    let of = review.hunks.len();
    let name = Clean::line(&format!(
        "Apply {} of {of} {}",
        review.chosen.len(),
        if of == 1 { "hunk" } else { "hunks" }
    ));
    let obstacle = review.obstacle();
    let focus = if obstacle.is_some() { usize::MAX } else { 0 };
    let button = buttons(&[name], focus, width).pop().unwrap_or_default();
    let row = match obstacle {
        Some(why) => button.all(Label::Dim).gap(2).say(Label::Warning, why),
        None => button
            .gap(2)
            .say(Label::Key, "Enter")
            .gap(1)
            .say(Label::Dim, "writes them into the app; /undo takes them back"),
    };
    let mut rows = row.wrap(width, 2);
    let hints = hint_rows(model, main.width);
    // In a low terminal the text needs the rows more than the hints do.
    let most = if main.height < LOW { 1 } else { hints.len() };
    rows.extend(hints.into_iter().take(most));
    rows
}

fn hint_rows(model: &Model, width: u16) -> Vec<Row> {
    let key = |name| model.keymap.of(name);
    let steps = format!("{}/{}", key("review.next"), key("review.previous"));
    let keys = [
        (steps.as_str(), "hunks"),
        (model.look.glyphs().up_down, "scroll"),
        (key("review.choose"), "choose"),
        (key("review.edit"), "edit"),
        (key("review.comment"), "comment"),
        (key("review.side"), "sides"),
        (key("review.reject"), "reject"),
        ("Esc", "back to the chat"),
    ];
    hints(model.look, &keys).wrap(usize::from(width.saturating_sub(4)).max(1), 0)
}

fn areas(model: &Model, main: Rect) -> Areas {
    let wanted = match is_commenting(model) {
        true => chat::composer_height(model, 5) + 1,
        false => {
            cells(
                model
                    .review
                    .as_ref()
                    .map_or(0, |review| foot_rows(model, review, main).len()),
            ) + 2
        }
    };
    let foot = wanted.min(main.height.saturating_sub(1));
    let above = main.height - foot;
    // Two columns of code need the room more than the list of files does.
    let sides = model.review.as_ref().is_some_and(|review| review.side);
    let from = if sides { WITH_FILES + FILES } else { WITH_FILES };
    let files = if main.width >= from { FILES } else { 0 };
    Areas {
        files: Rect {
            width: files,
            height: above,
            ..main
        },
        text: Rect {
            x: main.x + files,
            width: main.width - files,
            height: above,
            ..main
        },
        foot: Rect {
            y: main.y + above,
            height: foot,
            ..main
        },
    }
}

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, main: Rect) {
    let Some(review) = &model.review else { return };
    let areas = areas(model, main);
    text(model, review, canvas, areas.text);
    files(model, review, canvas, areas.files);
    if is_commenting(model) {
        let words = Row::fixed(Label::Accent, "Your comment on this hunk").gap(2);
        let hint = hints(model.look, &[("Enter", "send"), ("Esc", "back")]);
        let head = Row {
            spans: words.spans.into_iter().chain(hint.spans).collect(),
        };
        put(
            canvas.buffer,
            areas.foot.x,
            areas.foot.y,
            areas.foot.width,
            &head,
            model.look,
        );
        let field = Rect {
            y: areas.foot.y + 1,
            height: areas.foot.height.saturating_sub(1),
            ..areas.foot
        };
        chat::composer(model, canvas, field, "What should be different?");
    } else {
        foot(model, review, canvas, areas.foot);
    }
}

fn text(model: &Model, review: &ReviewScreen, canvas: &mut Canvas<'_>, area: Rect) {
    let look = model.look;
    let document = review.document(usize::from(area.width), look);
    let from = review.top.min(document.rows.len());
    let to = (from + usize::from(area.height)).min(document.rows.len());
    put_all(canvas.buffer, area, &document.rows[from..to], look);
    for (i, (rows, hunk)) in document.hunks.iter().zip(&review.hunks).enumerate() {
        if (from..to).contains(&rows.start) {
            let chosen = review.chosen.contains(hunk.id);
            let head = hunk_head(hunk, i + 1, review.hunks.len(), chosen, i == review.current, look);
            put(
                canvas.buffer,
                area.x,
                area.y + cells(rows.start - from),
                area.width,
                &head,
                look,
            );
        }
    }
}

fn files(model: &Model, review: &ReviewScreen, canvas: &mut Canvas<'_>, area: Rect) {
    if area.width == 0 {
        return;
    }
    let (look, glyphs) = (model.look, model.look.glyphs());
    let current = review.hunks.get(review.current).map(|hunk| hunk.id.file);
    let mut rows = vec![Row::fixed(Label::Heading, "Files")];
    for (i, file) in review.review.changeset.files().iter().enumerate() {
        let (chosen, of) = review.chosen_in(i);
        let pointer = if current == Some(i) { glyphs.pointer } else { " " };
        let room = usize::from(area.width).saturating_sub(4);
        let (folder, name) = file.path.as_str().rsplit_once('/').unwrap_or(("", file.path.as_str()));
        let label = if current == Some(i) { Label::Strong } else { Label::Text };
        let count = format!("  {chosen}/{of}");
        let name = Clean::line(name).cut(room.saturating_sub(count.len()));
        rows.push(
            Row::new()
                .say(Label::Accent, pointer)
                .gap(1)
                .add(label, name)
                .tell(Label::Dim, &count),
        );
        if !folder.is_empty() {
            rows.push(Row::new().gap(2).add(Label::Dim, tail(folder, room)));
        }
    }
    put_all(
        canvas.buffer,
        Rect {
            width: area.width - 2,
            ..area
        },
        &rows,
        look,
    );
    let bar = Row::fixed(Label::Dim, glyphs.light[5]);
    (area.y..area.bottom()).for_each(|y| {
        put(canvas.buffer, area.right() - 2, y, 1, &bar, look);
    });
}

/// The end of a path, which says more than its beginning.
fn tail(path: &str, room: usize) -> Clean {
    let clean = Clean::line(path);
    if clean.width() <= room {
        return clean;
    }
    let kept: Vec<char> = clean.as_str().chars().rev().take(room.saturating_sub(1)).collect();
    Clean::line(&format!("…{}", kept.into_iter().rev().collect::<String>()))
}

fn foot(model: &Model, review: &ReviewScreen, canvas: &mut Canvas<'_>, area: Rect) {
    let (look, glyphs) = (model.look, model.look.glyphs());
    let inner = box_frame(canvas.buffer, area, &glyphs.double, Label::Frame, look);
    title(
        canvas.buffer,
        area,
        &Row::fixed(Label::Frame, "Review")
            .gap(1)
            .tell(Label::Frame, review.changeset.short()),
        look,
    );
    let (width, height) = size(model);
    let total = review.document(width, look).rows.len();
    let to = (review.top + height).min(total);
    let position = Row::new().tell(Label::Frame, &format!(" rows {}-{to} of {total} ", review.top + 1));
    right(
        canvas.buffer,
        Rect {
            width: area.width.saturating_sub(2),
            ..area
        },
        area.y,
        &position,
        look,
    );
    put_all(canvas.buffer, inner, &foot_rows(model, review, main_area(model)), look);
}
