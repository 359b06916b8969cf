//! Tables: columns where they fit, one fact a line where they don't.

use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Glyphs, Label};

/// A table; the first row is its head.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Row>>,
}

const GAP: usize = 2;

impl Table {
    /// The table in at most `cells`.
    pub(crate) fn draw(self, cells: usize, glyphs: &Glyphs) -> Vec<Row> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|c| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(c))
                    .map(Row::width)
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let total = widths.iter().sum::<usize>() + GAP * columns.saturating_sub(1);
        if total > cells {
            return self.stacked(cells);
        }
        let mut out = Vec::new();
        for (i, row) in self.rows.into_iter().enumerate() {
            let mut line = Row::new();
            let mut edge = 0;
            for (cell, width) in row.into_iter().zip(&widths) {
                let cell = if i == 0 { cell.all(Label::Strong) } else { cell };
                line.spans.extend(cell.spans);
                edge += width + GAP;
                line = line.pad(edge);
            }
            out.push(line);
            if i == 0 {
                out.push(Row::new().add(Label::Dim, Clean::line(&glyphs.rule.repeat(total))));
            }
        }
        out
    }

    fn stacked(self, cells: usize) -> Vec<Row> {
        let mut rows = self.rows.into_iter();
        let head = rows.next().unwrap_or_default();
        let mut out: Vec<Row> = Vec::new();
        for row in rows {
            if !out.is_empty() {
                out.push(Row::new());
            }
            for (i, cell) in row.into_iter().enumerate() {
                let name = head.get(i).map(Row::plain).unwrap_or_default();
                let mut line = Row::new().tell(Label::Strong, &name).say(Label::Strong, ": ");
                line.spans.extend(cell.spans);
                out.extend(line.wrap(cells, 2));
            }
        }
        out
    }
}
