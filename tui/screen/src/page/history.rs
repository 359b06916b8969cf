//! What was changed, newest first.

use linchpin_protocol::ChangeRow;

use super::{Item, fact};
use crate::fuzzy;
use crate::text::Row;
use crate::theme::{Label, Look};
use crate::view::ago;

pub(super) fn items(changes: &[ChangeRow], filter: &str, look: Look) -> Vec<Item> {
    let ranked = fuzzy::rank(filter, changes.iter().map(|change| change.title.clone()));
    let item = |at: usize| {
        let change = changes.get(at)?;
        let label = if change.undone { Label::Dim } else { Label::Text };
        let number = Row::new().tell(Label::Dim, &format!("{:>3}  ", change.change.0));
        let line = number.tell(label, &change.title);
        Some(Item {
            group: None,
            line: match change.undone {
                true => line.say(Label::Dim, look.glyphs().dot).say(Label::Dim, "taken back"),
                false => line,
            },
            at,
        })
    };
    ranked.into_iter().filter_map(item).collect()
}

pub(crate) fn change_rows(change: &ChangeRow, now: i64, cells: usize, look: Look) -> Vec<Row> {
    let mut rows = Row::new().tell(Label::Heading, &change.title).wrap(cells, 0);
    rows.extend(fact(
        "Change",
        Row::new().tell(Label::Text, &change.change.0.to_string()),
        cells,
    ));
    rows.extend(fact(
        "Applied",
        Row::new().tell(Label::Text, &ago(now - change.at)),
        cells,
    ));
    if change.undone {
        rows.extend(fact("State", Row::fixed(Label::Warning, "taken back"), cells));
    }
    rows.push(Row::new());
    for (file, added, removed) in &change.files {
        let row = Row::new()
            .say(Label::Dim, look.glyphs().bullet)
            .gap(1)
            .tell(Label::Text, file)
            .gap(2)
            .tell(Label::Added, &format!("+{added}"))
            .gap(1)
            .tell(Label::Removed, &format!("-{removed}"));
        rows.extend(row.wrap(cells, 2));
    }
    rows
}
