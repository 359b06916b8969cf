//! Hunks as rows: line numbers, a sign, and the line with nothing hidden. Long lines wrap.

use linchpin_protocol::patch::{FileChange, Hunk, LineKind};

use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};

/// Cells before a line: its number, a space, a sign, a space.
const GUTTER: usize = 8;

/// The line above the hunks of a file.
pub(crate) fn file_head(change: &FileChange, look: Look) -> Row {
    let what = match (&change.base, &change.next) {
        (None, _) => "new file",
        (_, None) => "will be deleted",
        _ => "changed",
    };
    let rule = Row::new()
        .add(Label::Dim, Clean::line(&look.glyphs().rule.repeat(2)))
        .gap(1);
    rule.tell(Label::Heading, change.path.as_str())
        .gap(2)
        .say(Label::Dim, what)
}

/// The head of a hunk, drawn anew in each frame: it says whether the hunk is chosen and current.
pub(crate) fn hunk_head(hunk: &Hunk, number: usize, of: usize, chosen: bool, current: bool, look: Look) -> Row {
    let glyphs = look.glyphs();
    let pointer = if current { glyphs.pointer } else { " " };
    let (label, mark) = if chosen {
        (Label::Good, glyphs.chosen)
    } else {
        (Label::Dim, glyphs.left_out)
    };
    let count = |kind| hunk.lines.iter().filter(|line| line.kind == kind).count();
    let words = format!(
        "hunk {number} of {of}, +{} -{}",
        count(LineKind::Added),
        count(LineKind::Removed)
    );
    let row = Row::new().say(Label::Accent, pointer).gap(1).say(label, mark).gap(1);
    let row = row.tell(if current { Label::Strong } else { Label::Dim }, &words);
    if chosen { row } else { row.say(Label::Dim, ", left out") }
}

/// The lines of a hunk, and how many characters in it are shown by their number.
pub(crate) fn hunk_rows(hunk: &Hunk, cells: usize) -> (Vec<Row>, usize) {
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let mut rows = Vec::new();
    let mut hidden = 0;
    for line in &hunk.lines {
        let (number, sign, label) = match line.kind {
            LineKind::Context => (new, " ", Label::Text),
            LineKind::Added => (new, "+", Label::Added),
            LineKind::Removed => (old, "-", Label::Removed),
        };
        old += usize::from(line.kind != LineKind::Added);
        new += usize::from(line.kind != LineKind::Removed);
        let ended = line.text.strip_suffix('\n');
        let (text, more) = Clean::shown(ended.unwrap_or(&line.text));
        hidden += more;
        let row = Row::new()
            .tell(Label::Dim, &format!("{number:>5} "))
            .say(label, sign)
            .gap(1);
        rows.extend(marked(row, label, text).chop(cells, GUTTER));
        if ended.is_none() {
            rows.push(
                Row::new()
                    .gap(GUTTER)
                    .say(Label::Dim, "(no line break at the end of the file)"),
            );
        }
    }
    (rows, hidden)
}

/// Adds the line, with what was hidden in it standing out.
fn marked(mut row: Row, label: Label, text: Clean) -> Row {
    let mut rest = text.as_str();
    let mut at = 0;
    while let Some((from, to)) = rest
        .find('‹')
        .and_then(|from| Some((from, from + rest[from..].find('›')? + '›'.len_utf8())))
    {
        row = row
            .add(label, text.part(at..at + from))
            .add(Label::Invisible, text.part(at + from..at + to));
        at += to;
        rest = &rest[to..];
    }
    row.add(label, text.part(at..text.as_str().len()))
}
