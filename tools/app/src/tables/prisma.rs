//! Prisma schemas: `model` and `enum` blocks, line by line.
//!
//! The language is small and has no expressions worth a grammar: a block begins with its keyword, a
//! field is a name, a type and attributes. What does not fit is passed over. Source: Prisma's
//! schema reference.

use std::collections::HashMap;

use crate::{At, Entity, Field, Kind, Origin};

/// The models of a schema.
pub(crate) fn models(file: &str, text: &str) -> Vec<Entity> {
    let blocks = blocks(text);
    let enums: HashMap<&str, Vec<String>> = blocks
        .iter()
        .filter(|block| block.keyword == "enum")
        .map(|block| {
            (
                block.name,
                block.lines.iter().filter_map(|line| choice(line.text)).collect(),
            )
        })
        .collect();
    let models: Vec<&str> = blocks
        .iter()
        .filter(|block| matches!(block.keyword, "model" | "view"))
        .map(|block| block.name)
        .collect();
    let at = |line: usize| At {
        file: file.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
    };
    blocks
        .iter()
        .filter(|block| models.contains(&block.name))
        .map(|block| {
            let mut entity = Entity {
                name: block.name.to_owned(),
                description: block.comment.clone(),
                at: at(block.line),
                origin: Origin::Prisma,
                ..Entity::default()
            };
            let mut refers: Vec<(String, String)> = Vec::new();
            for line in &block.lines {
                let Some((name, written, attributes)) = parts(line.text) else {
                    continue;
                };
                let base = written.trim_end_matches(['?', '[', ']']);
                if models.contains(&base) {
                    let keys = between(attributes, "fields:").unwrap_or_default();
                    refers.extend(keys.into_iter().map(|key| (key, base.to_owned())));
                    continue;
                }
                let (kind, format) = kind(base, attributes);
                let list = written.contains('[');
                entity.fields.push(Field {
                    name: name.to_owned(),
                    kind: if list { Kind::Array } else { kind },
                    item: list.then_some(kind),
                    format: format.map(str::to_owned),
                    options: enums.get(base).cloned().unwrap_or_default(),
                    required: !written.contains('?') && !list && !attributes.contains("@default"),
                    default: default(attributes),
                    description: line.comment.clone(),
                    at: at(line.number),
                    ..Field::default()
                });
            }
            for (key, model) in refers {
                if let Some(field) = entity.fields.iter_mut().find(|field| field.name == key) {
                    field.refers_to = Some(model);
                }
            }
            super::without_built_in(&mut entity);
            entity
        })
        .collect()
}

struct Block<'t> {
    keyword: &'t str,
    name: &'t str,
    line: usize,
    comment: Option<String>,
    lines: Vec<Line<'t>>,
}

struct Line<'t> {
    text: &'t str,
    number: usize,
    comment: Option<String>,
}

/// The blocks of a schema, their lines without comments; `///` above a line is its description.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    let mut said: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if let Some(comment) = line.strip_prefix("///") {
            said.push(comment.trim());
            continue;
        }
        let code = line.split("//").next().unwrap_or("").trim();
        let comment = (!said.is_empty()).then(|| said.join(" "));
        if code.is_empty() {
            continue;
        }
        said.clear();
        if !open {
            let mut words = code.split_whitespace();
            let (keyword, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            if code.contains('{') {
                open = !code.contains('}');
                blocks.push(Block {
                    keyword,
                    name: name.trim_end_matches('{'),
                    line: number,
                    comment,
                    lines: Vec::new(),
                });
            }
        } else if code == "}" {
            open = false;
        } else if let Some(block) = blocks.last_mut() {
            block.lines.push(Line {
                text: code,
                number,
                comment,
            });
        }
    }
    blocks
}

/// A field's name, type and attributes; `None` for a block's own attributes.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (written, attributes) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let plain = name.chars().all(|one| one.is_alphanumeric() || one == '_');
    (plain && written.starts_with(char::is_alphabetic)).then_some((name, written, attributes))
}

/// A value of an enum.
fn choice(line: &str) -> Option<String> {
    let word = line.split_whitespace().next()?;
    (!word.starts_with('@')).then(|| word.to_owned())
}

fn kind(base: &str, attributes: &str) -> (Kind, Option<&'static str>) {
    match base {
        "Int" | "BigInt" => (Kind::Integer, None),
        "Float" | "Decimal" => (Kind::Number, None),
        "Boolean" => (Kind::Boolean, None),
        "Json" => (Kind::Object, None),
        "DateTime" if attributes.contains("@db.Date") => (Kind::String, Some("date")),
        "DateTime" if attributes.contains("@db.Time") && !attributes.contains("@db.Timestamp") => {
            (Kind::String, Some("time"))
        }
        "DateTime" => (Kind::String, Some("date-time")),
        _ => (Kind::String, None),
    }
}

/// The names in the brackets after a word: `fields: [clientId]`.
fn between(attributes: &str, word: &str) -> Option<Vec<String>> {
    let rest = attributes.split_once(word)?.1;
    let inside = rest.split_once('[')?.1.split_once(']')?.0;
    Some(inside.split(',').map(|one| one.trim().to_owned()).collect())
}

/// The plain value of `@default(…)`.
fn default(attributes: &str) -> Option<serde_json::Value> {
    let rest = attributes.split_once("@default(")?.1;
    let value = rest.split_once(')')?.0.trim();
    if value.contains('(') {
        return None;
    }
    match value {
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        text if text.starts_with('"') => Some(text.trim_matches('"').into()),
        text => text
            .parse::<serde_json::Number>()
            .ok()
            .map_or_else(|| Some(text.into()), |number| Some(serde_json::Value::Number(number))),
    }
}
