//! A page one looks at: a list and the details of the chosen row, or details alone.

use ratatui::layout::Rect;

use super::draw::{Canvas, cells, frame as box_frame, more, put, put_all, right, title};
use super::main_area;
use crate::card::hints;
use crate::model::Model;
use crate::page::{Item, Which};
use crate::text::{Row, wrap_all};
use crate::theme::Label;

/// From this width list and details stand side by side.
const WIDE: u16 = 96;
const LIST: u16 = 34;
/// Below this height the keys have one row.
const LOW: u16 = 14;
/// Longer lines are hard to read; the map may be as wide as it is.
const WIDEST: u16 = 110;

struct Areas {
    list: Rect,
    details: Rect,
    foot: Rect,
}

fn areas(model: &Model, which: Which, main: Rect) -> Areas {
    let foot = (cells(foot(model, which, main).len()) + 2).min(main.height);
    let head = 2.min(main.height - foot);
    let body = Rect {
        y: main.y + head,
        height: main.height - foot - head,
        ..main
    };
    let foot = Rect {
        y: body.bottom(),
        height: foot,
        ..main
    };
    let (list, details) = if which == Which::Map {
        (Rect { height: 0, ..body }, body)
    } else if main.width >= WIDE {
        let list = Rect { width: LIST, ..body };
        let details = Rect {
            x: body.x + LIST + 2,
            width: (body.width - LIST - 2).min(WIDEST),
            ..body
        };
        (list, details)
    } else {
        let rows = (body.height / 3).max(3).min(body.height);
        let list = Rect { height: rows, ..body };
        let details = Rect {
            y: body.y + rows + 1,
            height: body.height.saturating_sub(rows + 1),
            ..body
        };
        (list, details)
    };
    Areas { list, details, foot }
}

/// Rows of the details that can be scrolled away.
pub(crate) fn overflow(model: &Model, which: Which) -> usize {
    let area = areas(model, which, main_area(model)).details;
    details(model, which, area)
        .len()
        .saturating_sub(usize::from(area.height))
}

fn details(model: &Model, which: Which, area: Rect) -> Vec<Row> {
    let width = usize::from(area.width).max(1);
    model.pages.details(which, model.now.unix_millis, width, model.look)
}

pub(super) fn draw(model: &Model, which: Which, canvas: &mut Canvas<'_>, main: Rect) {
    let (look, pages) = (model.look, &model.pages);
    let Areas {
        list,
        details: area,
        foot: foot_area,
    } = areas(model, which, main);
    head(model, which, canvas, main);
    let items = pages.items(which, look);
    let chosen = pages.chosen.min(items.len().saturating_sub(1));
    if list.height > 0 {
        draw_list(model, &items, chosen, canvas, list);
    }
    let rows = details(model, which, area);
    let most = rows.len().saturating_sub(usize::from(area.height));
    let top = pages.top.min(most);
    put_all(canvas.buffer, area, rows.get(top..).unwrap_or_default(), look);
    let inner = box_frame(canvas.buffer, foot_area, &look.glyphs().double, Label::Frame, look);
    if pages.confirm.is_some() {
        title(
            canvas.buffer,
            foot_area,
            &Row::fixed(Label::Frame, "Take it back?"),
            look,
        );
    }
    let edge = Rect {
        width: foot_area.width.saturating_sub(2),
        ..foot_area
    };
    if most > top && foot_area.height > 1 {
        let below = more(look.glyphs().more[1], most - top, "PgDn", Label::Frame);
        right(canvas.buffer, edge, foot_area.y, &below, look);
    }
    put_all(canvas.buffer, inner, &foot(model, which, main), look);
}

fn head(model: &Model, which: Which, canvas: &mut Canvas<'_>, main: Rect) {
    let pages = &model.pages;
    let mut row = Row::fixed(Label::Heading, which.title()).add(Label::Heading, model.app.clone());
    if pages.is_waiting(which) {
        row = row.say(Label::Dim, "  looking it up…");
    }
    if pages.filtering || !pages.filter.is_empty() {
        row = row.say(Label::Key, "  / ").tell(Label::Strong, pages.filter.text());
    }
    let width = put(canvas.buffer, main.x, main.y, main.width, &row, model.look);
    if pages.filtering {
        canvas.place_cursor((main.x + width.min(main.width.saturating_sub(1)), main.y));
    }
}

fn draw_list(model: &Model, items: &[Item], chosen: usize, canvas: &mut Canvas<'_>, area: Rect) {
    let glyphs = model.look.glyphs();
    let mut rows: Vec<Row> = Vec::new();
    let mut keep = 0;
    let mut group: Option<&str> = None;
    let width = usize::from(area.width);
    for (i, item) in items.iter().enumerate() {
        if item.group.as_deref() != group {
            group = item.group.as_deref();
            rows.extend((!rows.is_empty()).then(Row::new));
            rows.extend(group.map(|name| Row::new().tell(Label::Dim, name)));
        }
        let start = match i == chosen {
            true => Row::new().say(Label::Accent, glyphs.pointer).gap(1),
            false => Row::new().gap(2),
        };
        if i == chosen {
            keep = rows.len();
        }
        let line = if i == chosen {
            item.line.clone().all(Label::Focus)
        } else {
            item.line.clone()
        };
        let mut row = start;
        row.spans.extend(line.cut(width.saturating_sub(3)).spans);
        rows.push(row);
    }
    // The chosen row stays in view with what is around it.
    let height = usize::from(area.height);
    let top = (keep + 1 + height / 3)
        .saturating_sub(height)
        .min(rows.len().saturating_sub(height));
    put_all(canvas.buffer, area, rows.get(top..).unwrap_or_default(), model.look);
}

fn foot(model: &Model, which: Which, main: Rect) -> Vec<Row> {
    let width = usize::from(main.width.saturating_sub(4)).max(1);
    let look = model.look;
    if model.pages.confirm.is_some() {
        let newest = model.pages.newest_change();
        let title = newest.map_or("", |change| change.title.as_str());
        let words = Row::fixed(Label::Text, "The last change is taken back: ").tell(Label::Strong, title);
        let words = words.say(Label::Text, ". Its files become what they were before it.");
        return wrap_all(
            &[words, hints(look, &[("Enter", "take it back"), ("Esc", "keep it")])],
            width,
            0,
        );
    }
    if model.pages.filtering {
        return hints(look, &[("Enter", "done"), ("Esc", "all again")]).wrap(width, 0);
    }
    let up_down = look.glyphs().up_down;
    let keys: &[(&'static str, &'static str)] = match which {
        Which::Catalog => &[
            ("1-9", "write that prompt"),
            ("c", "connect"),
            ("/", "search"),
            ("PgDn", "more of it"),
            ("Esc", "back"),
        ],
        Which::Functions => &[
            ("Enter", "open its code"),
            ("e", "have it changed"),
            ("a", "ask about it"),
            ("/", "search"),
            ("Esc", "back"),
        ],
        Which::History => &[("u", "take the last change back"), ("/", "search"), ("Esc", "back")],
        Which::Map => &[("m", "copy as Mermaid"), ("Esc", "back")],
    };
    let first = [(up_down, if which == Which::Map { "scroll" } else { "choose" })];
    let mut rows = hints(look, &[&first[..], keys].concat()).wrap(width, 0);
    // In a low terminal the text needs the rows more than the hints do.
    if main.height < LOW {
        rows.truncate(1);
    }
    rows
}
