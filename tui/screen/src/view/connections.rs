//! Who is connected, and to what.

use linchpin_protocol::ConnectionRow;
use ratatui::layout::Rect;

use super::draw::{Canvas, cells, frame as box_frame, put_all, title};
use crate::card::{hints, mode_name};
use crate::model::Model;
use crate::text::{Row, wrap_all};
use crate::theme::{Label, Look};

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>, main: Rect) {
    let (look, list) = (model.look, &model.connections);
    let width = usize::from(main.width);
    let foot = foot(model, width.saturating_sub(4).max(1));
    let foot_height = (cells(foot.len()) + 2).min(main.height);
    let area = Rect {
        height: main.height - foot_height,
        ..main
    };
    let mut rows = vec![
        Row::fixed(Label::Heading, "Connections of ").add(Label::Heading, model.app.clone()),
        Row::new(),
    ];
    let mut keep = 0..0;
    if list.rows.is_empty() {
        let words = if list.told {
            "Nothing is connected yet. Ask for a connection in the chat."
        } else {
            "Asking the broker…"
        };
        rows.extend(Row::fixed(Label::Dim, words).wrap(width, 0));
    }
    for (i, row) in list.rows.iter().enumerate() {
        let from = rows.len();
        rows.extend(connection_rows(
            row,
            i == list.chosen,
            model.now.unix_millis,
            width,
            look,
        ));
        if i == list.chosen {
            keep = from..rows.len();
        }
        rows.push(Row::new());
    }
    let top = keep.end.saturating_sub(usize::from(area.height)).min(keep.start);
    put_all(canvas.buffer, area, rows.get(top..).unwrap_or_default(), look);
    let outer = Rect {
        y: area.bottom(),
        height: foot_height,
        ..main
    };
    let inner = box_frame(canvas.buffer, outer, &look.glyphs().double, Label::Frame, look);
    if list.confirm.is_some() {
        title(canvas.buffer, outer, &Row::fixed(Label::Frame, "Disconnect?"), look);
    }
    put_all(canvas.buffer, inner, &foot, look);
}

fn foot(model: &Model, width: usize) -> Vec<Row> {
    let (look, list) = (model.look, &model.connections);
    let up_down = look.glyphs().up_down;
    let Some(row) = list.confirm.and_then(|at| list.rows.get(at)) else {
        let keys = [
            (up_down, "choose"),
            ("c", "connect or reconnect"),
            ("o", "other account"),
            ("d", "disconnect"),
            ("Esc", "back"),
        ];
        return hints(look, &keys).wrap(width, 0);
    };
    let mut words = Row::fixed(Label::Text, "Disconnect ").tell(Label::Strong, &row.connector_name);
    words = words
        .say(Label::Text, " (")
        .say(Label::Text, mode_name(row.mode))
        .say(Label::Text, ")? Its access is revoked at the vendor.");
    if !row.functions.is_empty() {
        words = words
            .say(Label::Warning, " These functions stop working: ")
            .tell(Label::Text, &row.functions.join(", "));
    }
    wrap_all(
        &[words, hints(look, &[("Enter", "disconnect"), ("Esc", "keep it")])],
        width,
        0,
    )
}

/// One connection, also for the linear renderer.
pub(crate) fn connection_rows(row: &ConnectionRow, chosen: bool, now: i64, width: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let pointer = if chosen { glyphs.pointer } else { " " };
    let (label, mark, status) = match row.status.as_str() {
        "active" => (Label::Good, glyphs.tick, "connected".to_owned()),
        "needs_reconnect" => (Label::Warning, glyphs.warning, "needs to be connected again".to_owned()),
        other => (Label::Dim, glyphs.bullet, other.replace('_', " ")),
    };
    let name = if chosen { Label::Focus } else { Label::Strong };
    let head = Row::new()
        .say(Label::Accent, pointer)
        .gap(1)
        .tell(name, &row.connector_name)
        .gap(2)
        .say(Label::Dim, mode_name(row.mode));
    let mut head = head.gap(2).say(label, mark).gap(1).tell(label, &status);
    if let Some(account) = &row.account {
        head = head.say(Label::Text, " as ").tell(Label::Text, account);
    }
    let mut rows = head.wrap(width, 4);
    if let Some(reason) = &row.reason {
        rows.extend(Row::new().gap(4).tell(Label::Text, reason).wrap(width, 4));
    }
    for (name, facts) in [("May:", &row.access), ("Used by:", &row.functions)] {
        if !facts.is_empty() {
            rows.extend(
                Row::new()
                    .gap(4)
                    .say(Label::Dim, name)
                    .pad(16)
                    .tell(Label::Text, &facts.join(", "))
                    .wrap(width, 16),
            );
        }
    }
    if let Some(at) = row.last_used_at {
        rows.push(
            Row::new()
                .gap(4)
                .say(Label::Dim, "Last used:")
                .pad(16)
                .tell(Label::Text, &ago(now - at)),
        );
    }
    rows
}

pub(crate) fn ago(millis: i64) -> String {
    let minutes = millis / 60_000;
    let said = |count: i64, one: &str, many: &str| format!("{count} {} ago", if count == 1 { one } else { many });
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => said(minutes, "minute", "minutes"),
        60..1_440 => said(minutes / 60, "hour", "hours"),
        _ => said(minutes / 1_440, "day", "days"),
    }
}
