//! The app's functions, each with what its checks say and, when asked for, its text.

use linchpin_protocol::FunctionRow;

use super::Item;
use crate::clean::Clean;
use crate::code::Lexer;
use crate::fuzzy;
use crate::review::function_facts;
use crate::text::Row;
use crate::theme::{Label, Look};

pub(super) fn items(functions: &[FunctionRow], filter: &str, look: Look) -> Vec<Item> {
    let glyphs = look.glyphs();
    let ranked = fuzzy::rank(filter, functions.iter().map(|function| function.facts.name.clone()));
    let item = |at: usize| {
        let function = functions.get(at)?;
        let (label, mark) = match function.ok {
            true => (Label::Good, glyphs.tick),
            false => (Label::Bad, glyphs.cross),
        };
        Some(Item {
            group: None,
            line: Row::new()
                .say(label, mark)
                .gap(1)
                .tell(Label::Text, &function.facts.name),
            at,
        })
    };
    ranked.into_iter().filter_map(item).collect()
}

pub(crate) fn function_rows(function: &FunctionRow, source: bool, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    if source {
        return source_rows(function, cells);
    }
    let mut rows = match (&function.problem, function.ok) {
        (Some(problem), _) => Row::new()
            .say(Label::Bad, glyphs.cross)
            .gap(1)
            .tell(Label::Bad, problem)
            .wrap(cells, 2),
        (None, true) => vec![
            Row::new()
                .say(Label::Good, glyphs.tick)
                .say(Label::Text, " All checks are fine"),
        ],
        (None, false) => vec![
            Row::new()
                .say(Label::Bad, glyphs.cross)
                .say(Label::Bad, " It needs attention"),
        ],
    };
    for rule in &function.facts.violations {
        let row = Row::new()
            .gap(2)
            .tell(Label::Strong, &rule.rule)
            .gap(2)
            .tell(Label::Text, &rule.message)
            .tell(Label::Dim, &format!("  line {}", rule.line));
        rows.extend(row.wrap(cells, 4));
    }
    rows.push(Row::new());
    rows.extend(function_facts(&function.facts, cells, look));
    rows
}

fn source_rows(function: &FunctionRow, cells: usize) -> Vec<Row> {
    let mut lexer = Lexer::of_path(&function.facts.file);
    let mut rows = vec![Row::new().tell(Label::Heading, &function.facts.file), Row::new()];
    for (i, line) in function.source.lines().enumerate() {
        let (line, _) = Clean::shown(line);
        let number = Row::new().tell(Label::Dim, &format!("{:>4}  ", i + 1));
        rows.extend(lexer.row(number, &line).chop(cells, 6));
    }
    rows
}
