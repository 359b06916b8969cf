//! Expressions and how they are laid out: on one line where that fits in 100 columns, else broken
//! the way prettier breaks them. Also the only place where text becomes a literal.
//!
//! Invariant: no invisible or control character of a plan reaches the source; they are escaped.

use std::fmt::Write as _;

use crate::template::is_name;

pub(crate) const WIDTH: usize = 100;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ts {
    /// Never broken.
    Raw(String),
    /// `{ key: value, … }`
    Object(Vec<(String, Ts)>),
    /// `[a, b]`
    Array(Vec<Ts>),
    /// `callee(arguments)`
    Call(String, Vec<Ts>),
    /// `(parameters) => body`
    Arrow(String, Box<Ts>),
    /// An expression and what follows it, such as `.join("\n")`.
    Then(Box<Ts>, String),
    /// `...list`
    Spread(Box<Ts>),
}

impl Ts {
    pub(crate) fn raw(code: impl Into<String>) -> Self {
        Self::Raw(code.into())
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Raw(string(text))
    }

    pub(crate) fn call(callee: impl Into<String>, arguments: Vec<Self>) -> Self {
        Self::Call(callee.into(), arguments)
    }

    /// On one line.
    pub(crate) fn flat(&self) -> String {
        match self {
            Self::Raw(code) => code.clone(),
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, value)| entry(key, value)).collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Self::Array(items) => format!("[{}]", flat_list(items)),
            Self::Call(callee, arguments) => format!("{callee}({})", flat_list(arguments)),
            Self::Arrow(parameters, body) => match **body {
                Self::Object(_) => format!("({parameters}) => ({})", body.flat()),
                _ => format!("({parameters}) => {}", body.flat()),
            },
            Self::Then(inner, tail) => format!("{}{tail}", inner.flat()),
            Self::Spread(inner) => format!("...{}", inner.flat()),
        }
    }

    /// Laid out from `column` on in a line indented by `indent`, with `after` columns to follow.
    pub(crate) fn print(&self, indent: usize, column: usize, after: usize) -> String {
        let flat = self.flat();
        if column + width(&flat) + after <= WIDTH && !flat.contains('\n') {
            return flat;
        }
        self.broken(indent, column, after)
    }

    fn broken(&self, indent: usize, column: usize, after: usize) -> String {
        match self {
            Self::Raw(code) => code.clone(),
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let lines = entries.iter().map(|(key, value)| {
                    let head = format!("{}: ", key_of(key));
                    let inner = indent + 2;
                    let flat = entry(key, value);
                    match inner + width(&flat) < WIDTH {
                        true => flat,
                        false => format!("{head}{}", value.print(inner, inner + width(&head), 1)),
                    }
                });
                block("{", lines, indent, "}")
            }
            Self::Array(items) => {
                let lines = items.iter().map(|item| item.print(indent + 2, indent + 2, 1));
                block("[", lines, indent, "]")
            }
            Self::Call(callee, arguments) => Self::broken_call(callee, arguments, indent, column, after),
            Self::Arrow(parameters, body) => match **body {
                Self::Object(_) => {
                    format!(
                        "({parameters}) => ({})",
                        body.broken(indent, column + width(parameters) + 7, after + 1)
                    )
                }
                Self::Array(_) => {
                    let head = format!("({parameters}) => ");
                    format!("{head}{}", body.broken(indent, column + width(&head), after))
                }
                _ => {
                    let inner = indent + 2;
                    format!(
                        "({parameters}) =>\n{}{}",
                        " ".repeat(inner),
                        body.print(inner, inner, 1)
                    )
                }
            },
            Self::Then(inner, tail) => match &**inner {
                Self::Call(callee, arguments) if callee.ends_with(".map") => {
                    let list = callee.strip_suffix(".map").unwrap_or(callee);
                    let pad = " ".repeat(indent + 2);
                    let map = Self::call(".map", arguments.clone()).print(indent + 2, indent + 2, 0);
                    format!("{list}\n{pad}{map}\n{pad}{tail}")
                }
                _ => format!("{}{tail}", inner.broken(indent, column, after + width(tail))),
            },
            Self::Spread(inner) => format!("...{}", inner.broken(indent, column + 3, after)),
        }
    }

    /// A call hugs its last argument where that is an object, a list or a function.
    fn broken_call(callee: &str, arguments: &[Self], indent: usize, column: usize, after: usize) -> String {
        if let Some((last, others)) = arguments.split_last() {
            let mut head = format!("{callee}(");
            for other in others {
                head.push_str(&other.flat());
                head.push_str(", ");
            }
            let hugs = match last {
                Self::Object(_) => !matches!(others.last(), Some(Self::Object(_))),
                Self::Array(_) => !matches!(others.last(), Some(Self::Array(_))),
                Self::Arrow(_, body) => matches!(**body, Self::Object(_) | Self::Array(_)),
                _ => false,
            };
            if hugs && column + width(&head) + 2 <= WIDTH {
                return format!("{head}{})", last.print(indent, column + width(&head), after + 1));
            }
            if let (Self::Call(..), [], true) = (last, others, column + width(&head) < 60) {
                let printed = last.print(indent, column + width(&head), after + 1);
                return format!("{head}{printed})");
            }
        }
        let lines = arguments
            .iter()
            .map(|argument| argument.print(indent + 2, indent + 2, 1));
        block(&format!("{callee}("), lines, indent, ")")
    }
}

fn block(open: &str, lines: impl Iterator<Item = String>, indent: usize, close: &str) -> String {
    let mut out = format!("{open}\n");
    for line in lines {
        let _ = writeln!(out, "{}{line},", " ".repeat(indent + 2));
    }
    out + &" ".repeat(indent) + close
}

fn flat_list(items: &[Ts]) -> String {
    items.iter().map(Ts::flat).collect::<Vec<_>>().join(", ")
}

fn entry(key: &str, value: &Ts) -> String {
    match value {
        Ts::Spread(_) => value.flat(),
        Ts::Raw(code) if code == key => code.clone(),
        _ => format!("{}: {}", key_of(key), value.flat()),
    }
}

fn key_of(key: &str) -> String {
    match is_name(key.trim_start_matches('$')) && key != "__proto__" {
        true => key.to_owned(),
        false => string(key),
    }
}

/// The columns a text takes; wide letters count once, as editors' rulers do.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A string literal: in double quotes, or in single ones where that saves escapes.
pub(crate) fn string(text: &str) -> String {
    let quote = match text.matches('"').count() > text.matches('\'').count() {
        true => '\'',
        false => '"',
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        if c == quote {
            out.push('\\');
            out.push(c);
        } else {
            character(&mut out, c);
        }
    }
    out.push(quote);
    out
}

/// The text of a template literal, without its backticks.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '`' => out.push_str("\\`"),
            '$' if chars.peek().is_none_or(|next| *next == '{') => out.push_str("\\$"),
            c => character(&mut out, c),
        }
    }
    out
}

fn character(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_hidden(c) => {
            let _ = match u32::from(c) {
                code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\u{{{code:x}}}"),
            };
        }
        c => out.push(c),
    }
}

/// Characters that a reviewer would not see.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
            | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
