//! The map as an SVG picture that stands alone: no script, no font, no link.
//!
//! Four columns of boxes from the left: what starts it, functions, connectors, scopes. Light and
//! dark follow the reader's setting. Names are somebody else's and are spelled out as text.

use std::fmt::Write;

use linchpin_protocol::AppMap;

const WIDTH: usize = 1180;
const BOX: usize = 230;
const HEIGHT: usize = 30;
const STEP: usize = 42;
const TOP: usize = 90;
const COLUMNS: [usize; 4] = [20, 320, 620, 920];
const LETTERS: usize = 30;

/// A column of boxes, each name once.
#[derive(Default)]
struct Column(Vec<(String, &'static str)>);

impl Column {
    fn place(&mut self, name: &str, kind: &'static str) -> usize {
        match self.0.iter().position(|(its, of)| its == name && *of == kind) {
            Some(at) => at,
            None => {
                self.0.push((name.to_owned(), kind));
                self.0.len() - 1
            }
        }
    }
}

/// A line from a box of one column to a box of another.
type Edge = ((usize, usize), (usize, usize));

/// The map as SVG.
pub(crate) fn of(map: &AppMap) -> String {
    let mut columns: [Column; 4] = Default::default();
    let mut edges: Vec<Edge> = Vec::new();
    for function in &map.functions {
        let at = columns[1].place(&function.name, if function.ok { "function" } else { "broken" });
        let calls = map.pages.iter().filter(|page| page.calls.contains(&function.name));
        for page in calls {
            edges.push(((0, columns[0].place(&page.name, "page")), (1, at)));
        }
        for touches in &function.entities {
            let entity = touches.rsplit(' ').next().unwrap_or(touches);
            edges.push(((0, columns[0].place(entity, "entity")), (1, at)));
        }
        for reach in &function.reaches {
            let to = columns[2].place(&format!("{} ({})", reach.name, reach.mode.as_str()), "connector");
            edges.push(((1, at), (2, to)));
            for (scope, _) in &reach.scopes {
                let name = scope
                    .rsplit('/')
                    .next()
                    .filter(|name| !name.is_empty())
                    .unwrap_or(scope);
                edges.push(((2, to), (3, columns[3].place(name, "scope"))));
            }
        }
        for place in &function.elsewhere {
            edges.push(((1, at), (2, columns[2].place(place, "broken"))));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    drawn(map, &columns, &edges)
}

fn drawn(map: &AppMap, columns: &[Column; 4], edges: &[Edge]) -> String {
    let rows = columns
        .iter()
        .map(|column| column.0.len())
        .max()
        .unwrap_or_default()
        .max(1);
    let height = TOP + rows * STEP + 10;
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Who can reach what in {}\">",
        spelled(&map.app)
    );
    out.push_str(
        "<style>\n:root{color-scheme:light dark}\ntext{font:14px system-ui,sans-serif;fill:light-dark(#1b1b1f,#e6e6ea)}\n\
         .head{font-weight:600}.title{font-size:20px;font-weight:600}\nrect{fill:light-dark(#f4f4f7,#26262b);stroke:light-dark(#8a8a96,#77778a)}\n\
         .function{stroke:light-dark(#2a5db0,#8ab4f8);stroke-width:2}.connector{stroke:light-dark(#0b7a4b,#5fd39b);stroke-width:2}\n\
         .broken{stroke:light-dark(#b3261e,#ff8a80);stroke-width:2;stroke-dasharray:5 3}\n\
         path{fill:none;stroke:light-dark(#8a8a96,#77778a);stroke-width:1.4}\n</style>\n",
    );
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"20\" y=\"34\">Who can reach what in {}</text>",
        spelled(&map.app)
    );
    for (x, head) in COLUMNS
        .iter()
        .zip(["Pages and data", "Functions", "Connectors", "Scopes"])
    {
        let _ = writeln!(out, "<text class=\"head\" x=\"{x}\" y=\"70\">{head}</text>");
    }
    for ((from, at), (to, end)) in edges {
        let (x1, y1) = (COLUMNS[*from] + BOX, TOP + at * STEP + HEIGHT / 2);
        let (x2, y2) = (COLUMNS[*to], TOP + end * STEP + HEIGHT / 2);
        let middle = x1.midpoint(x2);
        let _ = writeln!(out, "<path d=\"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}\"/>");
    }
    for (x, column) in COLUMNS.iter().zip(columns) {
        for (i, (name, kind)) in column.0.iter().enumerate() {
            let y = TOP + i * STEP;
            let _ = writeln!(
                out,
                "<g><title>{0}: {1}</title><rect class=\"{5}\" x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"{HEIGHT}\" rx=\"6\"/>\
                 <text x=\"{2}\" y=\"{3}\">{4}</text></g>",
                if *kind == "broken" { "needs attention" } else { kind },
                spelled(name),
                x + 10,
                y + 20,
                spelled(&shortened(name)),
                kind
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn shortened(name: &str) -> String {
    match name.chars().count() {
        ..=LETTERS => name.to_owned(),
        _ => name.chars().take(LETTERS - 1).chain(['…']).collect(),
    }
}

fn spelled(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
