//! Texts as lines: a list of lines where there are several, a template literal where there is one.

use super::text::Lower;
use super::ts::{Ts, literal, string};
use crate::plan::PlanError;
use crate::plan::scope::{Shape, ValueKind};
use crate::template::{Each, Part, Path, Source, Value};

impl Lower<'_> {
    /// Text of several lines as a list of lines, of one line as a template literal.
    pub(crate) fn lines(&mut self, place: &str, parts: &[Part]) -> Result<Ts, PlanError> {
        let mut lines: Vec<Ts> = Vec::new();
        let mut line: Vec<Part> = Vec::new();
        // Whether a line has been begun that must be there even when it is empty.
        let mut open = true;
        for (i, part) in parts.iter().enumerate() {
            match part {
                Part::Text(text) => {
                    let mut pieces = text.split('\n');
                    let first = pieces.next().unwrap_or_default();
                    if !first.is_empty() {
                        line.push(Part::Text(first.to_owned()));
                        open = true;
                    }
                    for piece in pieces {
                        if open || !line.is_empty() {
                            lines.push(self.line(place, &line)?);
                        }
                        line.clear();
                        open = true;
                        if !piece.is_empty() {
                            line.push(Part::Text(piece.to_owned()));
                        }
                    }
                }
                Part::Each(each) if each.joiner.is_none() => {
                    let (before, body, after) = trimmed(&each.body);
                    if before && (open || !line.is_empty()) {
                        lines.push(self.line(place, &line)?);
                        line.clear();
                    }
                    let ends = after
                        || match parts.get(i + 1) {
                            None => true,
                            Some(Part::Text(text)) => text.starts_with('\n'),
                            Some(_) => false,
                        };
                    if line.is_empty() && ends {
                        let map = self.map(place, each, &body)?;
                        lines.push(Ts::Spread(Box::new(map)));
                        open = after;
                    } else {
                        line.push(part.clone());
                        open = true;
                    }
                }
                other => {
                    line.push(other.clone());
                    open = true;
                }
            }
        }
        if !line.is_empty() || (open && !lines.is_empty()) {
            lines.push(self.line(place, &line)?);
        }
        while lines.len() > 1 && lines.last() == Some(&Ts::text("")) {
            lines.pop();
        }
        match (lines.pop(), lines.is_empty()) {
            (None, _) => Ok(Ts::text("")),
            (Some(Ts::Spread(map)), true) => Ok(Ts::Then(map, ".join(\"\\n\")".to_owned())),
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                lines.push(last);
                Ok(Ts::Then(Box::new(Ts::Array(lines)), ".join(\"\\n\")".to_owned()))
            }
        }
    }

    /// One line (or what there is of it) as a string.
    fn line(&mut self, place: &str, parts: &[Part]) -> Result<Ts, PlanError> {
        match parts {
            [] => return Ok(Ts::text("")),
            [Part::Text(text)] => return Ok(Ts::text(text)),
            [Part::Value(value)] => {
                let code = self.code(place, value)?;
                let escaped = self.markup && code.kind == ValueKind::Unknown;
                if escaped
                    || matches!(
                        code.kind,
                        ValueKind::Text | ValueKind::Day | ValueKind::Moment | ValueKind::Shown
                    )
                {
                    return Ok(Ts::raw(self.shown(code)));
                }
            }
            _ => {}
        }
        let mut code = String::from("`");
        for part in parts {
            match part {
                Part::Text(text) => code.push_str(&literal(text)),
                Part::Value(value) => {
                    let value = self.code_in_text(place, value)?;
                    code.push_str(&format!("${{{value}}}"));
                }
                Part::Each(each) => {
                    let joiner = each.joiner.clone().unwrap_or_else(|| "\n".to_owned());
                    let (_, trimmed, _) = trimmed(&each.body);
                    let body = if each.joiner.is_some() { &each.body } else { &trimmed };
                    let list = match self.bare(each, body) {
                        true => self.items_of(place, each)?,
                        false => self.map(place, each, body)?.flat(),
                    };
                    code.push_str(&format!("${{{list}.join({})}}", string(&joiner)));
                }
            }
        }
        code.push('`');
        Ok(Ts::raw(code))
    }

    /// Whether nothing is done to the items but joining them.
    fn bare(&self, each: &Each, body: &[Part]) -> bool {
        let item = Value {
            source: Source::Path(Path(vec![each.item()])),
            filters: Vec::new(),
        };
        !self.markup && body == [Part::Value(item)]
    }

    fn items_of(&self, place: &str, each: &Each) -> Result<String, PlanError> {
        let (found, shape) = self.scope.list(place, &each.list)?;
        if let Shape::Record(_) = shape {
            return Err(PlanError::Kind {
                place: place.to_owned(),
                path: each.item(),
                is: "a whole record",
                needed: "one value",
                next: "Name one of its fields.",
            });
        }
        Ok(match found.optional {
            true => format!("({} ?? [])", found.code),
            false => found.code,
        })
    }

    /// `list.map((item) => …)`
    fn map(&mut self, place: &str, each: &Each, body: &[Part]) -> Result<Ts, PlanError> {
        let (found, shape) = self.scope.list(place, &each.list)?;
        let outer = self.scope.clone();
        let name = each.item();
        // An item may go by a name that means something else outside: it hides it.
        let item = match ["user", "input", "now", "today"].contains(&name.as_str()) {
            true => self.scope.declare(place, &name, shape),
            false => Ok(self.scope.bind(&name, shape)),
        };
        let items = self.items.clone();
        self.items.extend(item.iter().cloned());
        let inner = item.and_then(|item| Ok((item, self.lines(place, body)?)));
        self.scope = outer.keeping(&self.scope);
        self.items = items;
        let (item, inner) = inner?;
        let typed = match (found.list, shape) {
            (Some(_), _) => item,
            (None, _) if reads_members(body, &name) => format!("{item}: Record<string, string>"),
            (None, _) => format!("{item}: string"),
        };
        let list = match found.optional {
            true => format!("({} ?? [])", found.code),
            false => found.code,
        };
        Ok(Ts::call(format!("{list}.map"), vec![Ts::Arrow(typed, Box::new(inner))]))
    }
}

/// The body without one line break at its beginning or end, and whether each was there.
fn trimmed(body: &[Part]) -> (bool, Vec<Part>, bool) {
    let mut body = body.to_vec();
    let (mut before, mut after) = (false, false);
    if let Some(Part::Text(text)) = body.last_mut()
        && let Some(rest) = text.strip_suffix('\n')
    {
        *text = rest.to_owned();
        after = true;
    }
    if let (false, Some(Part::Text(text))) = (after, body.first_mut())
        && let Some(rest) = text.strip_prefix('\n')
    {
        *text = rest.to_owned();
        before = true;
    }
    body.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    (before, body, after)
}

fn reads_members(parts: &[Part], name: &str) -> bool {
    parts.iter().any(|part| match part {
        Part::Text(_) => false,
        Part::Value(Value {
            source: Source::Path(path),
            ..
        }) => path.root() == name && path.0.len() > 1,
        Part::Value(_) => false,
        Part::Each(each) => each.list.root() == name || reads_members(&each.body, name),
    })
}
