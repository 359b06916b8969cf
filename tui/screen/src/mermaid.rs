//! The map as a Mermaid flowchart.
//!
//! Names are somebody else's: they stand in quotes with everything that could end a quote taken
//! out, and ids are numbers, so that no name can add an edge.

use std::fmt::Write;

use linchpin_protocol::AppMap;

use crate::clean::Clean;

/// The map as a Mermaid flowchart.
pub fn of(map: &AppMap) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut lines = Lines { out: &mut out };
    for (i, page) in map.pages.iter().enumerate().filter(|(_, page)| !page.calls.is_empty()) {
        lines.node(&format!("p{i}"), "([\"", &page.name, "\"])");
        for call in &page.calls {
            if let Some(at) = map.functions.iter().position(|function| function.name == *call) {
                lines.edge(&format!("p{i}"), &format!("f{at}"), "");
            }
        }
    }
    let used = |name: &str| {
        map.functions
            .iter()
            .any(|f| f.entities.iter().any(|its| touched(its) == name))
    };
    for (i, entity) in map.entities.iter().enumerate().filter(|(_, entity)| used(entity)) {
        lines.node(&format!("e{i}"), "[(\"", entity, "\")]");
    }
    let mut ends: Vec<String> = Vec::new();
    for (i, function) in map.functions.iter().enumerate() {
        let from = format!("f{i}");
        lines.node(&from, "[\"", &function.name, "\"]");
        for touches in &function.entities {
            if let Some(at) = map.entities.iter().position(|name| name == touched(touches)) {
                lines.edge(&format!("e{at}"), &from, touches.split(' ').next().unwrap_or_default());
            }
        }
        for reach in &function.reaches {
            let name = format!("{} ({})", reach.name, crate::card::mode_name(reach.mode));
            let to = lines.end(&mut ends, &name);
            let scopes: Vec<&str> = reach
                .scopes
                .iter()
                .map(|(scope, _)| scope.rsplit('/').next().unwrap_or(scope))
                .collect();
            lines.edge(&from, &to, &scopes.join(" "));
        }
        for place in &function.elsewhere {
            let to = lines.end(&mut ends, place);
            lines.edge(&from, &to, "not through a connector");
        }
    }
    out
}

/// The entity in "reads Booking".
fn touched(words: &str) -> &str {
    words.rsplit(' ').next().unwrap_or(words)
}

struct Lines<'a> {
    out: &'a mut String,
}

impl Lines<'_> {
    fn node(&mut self, id: &str, open: &str, name: &str, close: &str) {
        // Writing into a string does not fail.
        let _ = writeln!(self.out, "  {id}{open}{}{close}", quoted(name));
    }

    fn edge(&mut self, from: &str, to: &str, words: &str) {
        let _ = match words.is_empty() {
            true => writeln!(self.out, "  {from} --> {to}"),
            false => writeln!(self.out, "  {from} -->|\"{}\"| {to}", quoted(words)),
        };
    }

    /// The id of something outside the app.
    fn end(&mut self, ends: &mut Vec<String>, name: &str) -> String {
        let known = ends.iter().position(|its| its == name);
        let at = known.unwrap_or(ends.len());
        if known.is_none() {
            ends.push(name.to_owned());
            self.node(&format!("c{at}"), "{{\"", name, "\"}}");
        }
        format!("c{at}")
    }
}

fn quoted(name: &str) -> String {
    let clean = Clean::line(name);
    clean
        .as_str()
        .replace('&', "#amp;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
}
