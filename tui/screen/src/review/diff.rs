//! Hunks as rows: line numbers, a sign, and the line with nothing hidden. Long lines wrap.

use linchpin_protocol::patch::{FileChange, Hunk, LineKind};

use crate::clean::Clean;
use crate::code::Lexer;
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
pub(crate) fn hunk_rows(hunk: &Hunk, path: &str, cells: usize) -> (Vec<Row>, usize) {
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let mut lexer = Lexer::of_path(path);
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
        let shown = shown_line(&line.text, line.kind, &mut lexer);
        hidden += shown.hidden;
        let mut row = Row::new()
            .tell(Label::Dim, &format!("{number:>5} "))
            .say(label, sign)
            .gap(1);
        row.spans.extend(shown.row.spans);
        rows.extend(row.chop(cells, GUTTER));
        if !shown.ended {
            rows.push(Row::new().gap(GUTTER).say(Label::Dim, NO_END));
        }
    }
    (rows, hidden)
}

pub(super) const NO_END: &str = "(no line break at the end of the file)";

/// A line of a hunk without its number and sign.
pub(super) struct ShownLine {
    pub(super) row: Row,
    /// Characters in it that are shown by their number.
    pub(super) hidden: usize,
    /// Whether a line break ends it.
    pub(super) ended: bool,
}

/// A line with nothing hidden in it, in the colours of its language unless it goes away.
pub(super) fn shown_line(text: &str, kind: LineKind, lexer: &mut Lexer) -> ShownLine {
    let ended = text.strip_suffix('\n');
    let (clean, hidden) = Clean::shown(ended.unwrap_or(text));
    let parts = match kind {
        LineKind::Removed => vec![(clean.as_str().len(), Label::Removed)],
        LineKind::Added => relabelled(lexer.labels(clean.as_str()), Label::Added),
        LineKind::Context => relabelled(lexer.labels(clean.as_str()), Label::Text),
    };
    ShownLine {
        row: marked(&clean, &parts),
        hidden,
        ended: ended.is_some(),
    }
}

/// What is plain gets the line's own label.
fn relabelled(mut parts: Vec<(usize, Label)>, own: Label) -> Vec<(usize, Label)> {
    for (_, label) in &mut parts {
        if matches!(label, Label::Text | Label::Code) {
            *label = own;
        }
    }
    parts
}

/// The line in its labels, with what was hidden in it standing out.
fn marked(text: &Clean, parts: &[(usize, Label)]) -> Row {
    let mut row = Row::new();
    let mut at = 0;
    for &(end, label) in parts {
        while at < end {
            let rest = &text.as_str()[at..];
            let mark = rest
                .find('‹')
                .and_then(|from| Some((at + from, at + from + rest[from..].find('›')? + '›'.len_utf8())));
            match mark {
                Some((from, to)) if from < end => {
                    row = row
                        .add(label, text.part(at..from))
                        .add(Label::Invisible, text.part(from..to));
                    at = to;
                }
                _ => {
                    row = row.add(label, text.part(at..end));
                    at = end;
                }
            }
        }
    }
    row
}
