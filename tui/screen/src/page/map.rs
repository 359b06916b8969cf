//! The map: pages and entities → functions → connectors → scopes, and who can reach what.
//!
//! One layout for the screen, `linchpin map` and plain lines. Wide screens get columns, narrow
//! ones a list; the table of who reaches what is the same in both.

use std::collections::BTreeMap;

use linchpin_protocol::{AppMap, MapFunction};

use super::fact;
use crate::card::mode_name;
use crate::markdown::Table;
use crate::text::Row;
use crate::theme::{Label, Look};

/// From this width the map has columns.
const WIDE: usize = 96;

/// The map as plain lines.
pub fn map_lines(map: &AppMap, cells: usize, look: Look) -> Vec<String> {
    map_rows(map, cells, look).iter().map(Row::plain).collect()
}

pub(crate) fn map_rows(map: &AppMap, cells: usize, look: Look) -> Vec<Row> {
    let mut rows = Vec::new();
    if map.functions.is_empty() {
        rows.extend(Row::fixed(Label::Dim, "The app has no functions: nothing leaves it.").wrap(cells, 0));
    } else if cells >= WIDE {
        rows.extend(columns(map, cells, look));
    } else {
        map.functions
            .iter()
            .for_each(|function| rows.extend(listed(map, function, cells, look)));
    }
    rows.extend([Row::new(), Row::fixed(Label::Heading, "Who can reach what"), Row::new()]);
    rows.extend(matrix(map, cells, look));
    let data = data_rows(map, cells, look);
    if !data.is_empty() {
        rows.push(Row::new());
        rows.extend(data);
    }
    let lonely = idle_pages(map);
    if !lonely.is_empty() {
        rows.push(Row::new());
        let row =
            Row::fixed(Label::Dim, "Pages that reach nothing outside the app: ").tell(Label::Dim, &lonely.join(", "));
        rows.extend(row.wrap(cells, 0));
    }
    rows
}

/// What calls a function: pages, and what else starts it.
fn starts(map: &AppMap, function: &MapFunction) -> Vec<String> {
    let calls = |page: &&linchpin_protocol::MapPage| page.calls.contains(&function.name);
    let mut from: Vec<String> = map
        .pages
        .iter()
        .filter(calls)
        .map(|page| format!("page {}", page.name))
        .collect();
    if !function.trigger.is_empty() {
        from.push(function.trigger.clone());
    }
    from.extend(function.entities.iter().cloned());
    from
}

fn idle_pages(map: &AppMap) -> Vec<String> {
    let idle = map.pages.iter().filter(|page| page.calls.is_empty());
    idle.map(|page| page.name.clone()).collect()
}

/// Four columns, joined by arrows.
fn columns(map: &AppMap, cells: usize, look: Look) -> Vec<Row> {
    let arrow = if look.ascii { "-->" } else { "──▶" };
    let gap = 5;
    let room = cells - 3 * gap;
    let widths = [
        room * 27 / 100,
        room * 28 / 100,
        room * 18 / 100,
        room - room * 73 / 100,
    ];
    let mut rows = Vec::new();
    let heads = ["Starts and data", "Function", "Connector", "What it may do there"];
    rows.push(
        across(
            &heads.map(|head| vec![Row::fixed(Label::Strong, head)]),
            &widths,
            "",
            gap,
        )
        .remove(0),
    );
    rows.push(Row::new());
    for function in &map.functions {
        let (label, mark) = state(function, look);
        let name = Row::new().say(label, mark).gap(1).tell(Label::Strong, &function.name);
        let who = Row::new().tell(Label::Dim, &function.callers);
        let left: Vec<Row> = starts(map, function)
            .iter()
            .map(|from| Row::new().tell(Label::Text, from))
            .collect();
        let mut middle = vec![name, who];
        let reaches = reach_rows(function);
        if reaches.is_empty() {
            middle.push(Row::fixed(Label::Dim, "nothing outside the app"));
            rows.extend(across(&[left, middle, vec![], vec![]], &widths, arrow, gap));
            rows.push(Row::new());
            continue;
        }
        for (i, (connector, does)) in reaches.into_iter().enumerate() {
            let (left, middle) = match i {
                0 => (left.clone(), middle.clone()),
                _ => (Vec::new(), Vec::new()),
            };
            rows.extend(across(&[left, middle, connector, does], &widths, arrow, gap));
        }
        rows.push(Row::new());
    }
    rows.pop();
    rows
}

/// For each way out: the connector, and what may be done there.
fn reach_rows(function: &MapFunction) -> Vec<(Vec<Row>, Vec<Row>)> {
    let mut out = Vec::new();
    for reach in &function.reaches {
        let connector = vec![
            Row::new().tell(Label::Accent, &reach.name),
            Row::new().say(Label::Dim, mode_name(reach.mode)),
        ];
        let mut does: Vec<Row> = reach
            .does
            .iter()
            .map(|does| Row::new().tell(Label::Text, does))
            .collect();
        does.extend(
            reach
                .scopes
                .iter()
                .map(|(scope, _)| Row::new().tell(Label::Code, short(scope))),
        );
        out.push((connector, does));
    }
    for place in &function.elsewhere {
        let words = vec![Row::new().tell(Label::Warning, place)];
        out.push((words, vec![Row::fixed(Label::Warning, "not through a connector")]));
    }
    out
}

/// A scope without the address it begins with.
fn short(scope: &str) -> &str {
    scope
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(scope)
}

fn state(function: &MapFunction, look: Look) -> (Label, &'static str) {
    match function.ok {
        true => (Label::Good, look.glyphs().tick),
        false => (Label::Bad, look.glyphs().cross),
    }
}

/// Columns beside each other; an arrow before each that has something, in the first row.
fn across(columns: &[Vec<Row>], widths: &[usize], arrow: &'static str, gap: usize) -> Vec<Row> {
    let wrapped: Vec<Vec<Row>> = columns
        .iter()
        .zip(widths)
        .map(|(rows, width)| rows.iter().flat_map(|row| row.wrap(*width, 2)).collect())
        .collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
    let mut out = Vec::new();
    for y in 0..height {
        let mut row = Row::new();
        let mut edge = 0;
        for (i, (column, width)) in wrapped.iter().zip(widths).enumerate() {
            row = row.pad(edge);
            if i > 0 {
                let points = y == 0 && !column.is_empty() && !arrow.is_empty();
                row = if points {
                    row.gap(1).say(Label::Dim, arrow).gap(1)
                } else {
                    row.gap(gap)
                };
                edge += gap;
            }
            if let Some(its) = column.get(y) {
                row.spans.extend(its.spans.iter().cloned());
            }
            edge += width;
        }
        out.push(row);
    }
    out
}

/// A function and its facts below each other.
fn listed(map: &AppMap, function: &MapFunction, cells: usize, look: Look) -> Vec<Row> {
    let (label, mark) = state(function, look);
    let mut rows = Row::new()
        .say(label, mark)
        .gap(1)
        .tell(Label::Heading, &function.name)
        .wrap(cells, 2);
    let told = |words: &str| Row::new().tell(Label::Text, words);
    let from = starts(map, function).join(", ");
    rows.extend(fact("  from", told(&from), cells));
    rows.extend(fact("  may call", told(&function.callers), cells));
    for reach in &function.reaches {
        let row = Row::new()
            .tell(Label::Accent, &reach.name)
            .say(Label::Dim, " (")
            .say(Label::Dim, mode_name(reach.mode));
        rows.extend(fact(
            "  reaches",
            row.say(Label::Dim, ") ").tell(Label::Text, &reach.does.join(", ")),
            cells,
        ));
        for (scope, sentence) in &reach.scopes {
            let row = Row::new()
                .tell(Label::Code, short(scope))
                .gap(1)
                .tell(Label::Dim, sentence);
            rows.extend(fact("", row, cells));
        }
    }
    for place in &function.elsewhere {
        rows.extend(fact("  reaches", Row::new().tell(Label::Warning, place), cells));
    }
    if function.reaches.is_empty() && function.elsewhere.is_empty() {
        rows.extend(fact(
            "  reaches",
            Row::fixed(Label::Dim, "nothing outside the app"),
            cells,
        ));
    }
    rows.push(Row::new());
    rows
}

/// Callers down, the data they read and write through functions across.
fn data_rows(map: &AppMap, cells: usize, look: Look) -> Vec<Row> {
    let mut by_who: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
    for function in &map.functions {
        for touches in &function.entities {
            let (verb, entity) = touches.split_once(' ').unwrap_or(("", touches));
            let [reads, writes] = by_who.entry(&function.callers).or_default();
            let names = if verb == "reads" { reads } else { writes };
            if !names.contains(&entity) {
                names.push(entity);
            }
        }
    }
    if by_who.is_empty() {
        return Vec::new();
    }
    let heads = ["Who", "Reads, through functions", "Writes, through functions"];
    let mut rows = vec![heads.map(|head| Row::fixed(Label::Strong, head)).to_vec()];
    for (who, names) in by_who {
        let mut row = vec![Row::new().tell(Label::Text, who)];
        row.extend(names.map(|names| match names.is_empty() {
            true => Row::fixed(Label::Dim, "nothing"),
            false => Row::new().tell(Label::Text, &names.join(", ")),
        }));
        rows.push(row);
    }
    Table { rows }.draw(cells, look.glyphs())
}

/// Callers down, what they reach across; in a cell the functions that lead there.
fn matrix(map: &AppMap, cells: usize, look: Look) -> Vec<Row> {
    let mut columns: Vec<String> = Vec::new();
    let mut ways: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for function in &map.functions {
        let reached = function
            .reaches
            .iter()
            .map(|reach| format!("{} ({})", reach.name, mode_name(reach.mode)))
            .chain(function.elsewhere.iter().cloned());
        for what in reached {
            if !columns.contains(&what) {
                columns.push(what.clone());
            }
            let way = ways.entry(function.callers.clone()).or_default();
            way.push((what, function.name.clone()));
        }
    }
    if columns.is_empty() {
        return vec![Row::fixed(Label::Dim, "Nobody reaches anything outside the app.")];
    }
    columns.sort();
    let mut rows = vec![
        std::iter::once(Row::fixed(Label::Strong, "Who"))
            .chain(columns.iter().map(|what| Row::new().tell(Label::Strong, what)))
            .collect::<Vec<Row>>(),
    ];
    for (who, ways) in &ways {
        let mut row = vec![Row::new().tell(Label::Text, who)];
        for what in &columns {
            let through: Vec<&str> = ways
                .iter()
                .filter(|(its, _)| its == what)
                .map(|(_, name)| name.as_str())
                .collect();
            row.push(match through.is_empty() {
                true => Row::fixed(Label::Dim, "no"),
                false => Row::new().tell(Label::Accent, &through.join(", ")),
            });
        }
        rows.push(row);
    }
    Table { rows }.draw(cells, look.glyphs())
}
