//! Text to tree, by hand: the language is small and its errors are read by people and models.

use super::{Argument, Each, Filter, Part, Path, Shift, Source, Template, Unit, Value};

const DEPTH: usize = 4;
const FILTERS: [&str; 5] = ["date", "time", "datetime", "money", "default"];

/// A text that is not of the template language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{{near}` is never closed. Close it with `}}}}`, or write `\\{{{{` for two braces.")]
    Open {
        /// What follows the braces.
        near: String,
    },
    /// Something that is neither a path nor a value.
    #[error(
        "`{{{{{found}}}}}` is not a value. Write a path such as `{{{{booking.client_name}}}}`, \
         `{{{{now}}}}` or `{{{{today + 7d}}}}`; there are no expressions."
    )]
    Value {
        /// What stands between the braces.
        found: String,
    },
    /// A filter that does not exist.
    #[error("there is no filter `{name}`. Use one of date, time, datetime, money, default.{hint}")]
    Filter {
        /// The filter as written.
        name: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A filter with an argument it can't use.
    #[error("`{filter}` can't take `{found}`. Write {usage}.")]
    Argument {
        /// The filter's name.
        filter: String,
        /// What it was given.
        found: String,
        /// How it is written.
        usage: &'static str,
    },
    /// `{{#each}}` without its end.
    #[error("`{{{{#each {list}}}}}` has no `{{{{/each}}}}`. Add it after what shall be repeated.")]
    Unended {
        /// The list.
        list: String,
    },
    /// An end without a beginning.
    #[error("`{{{{/each}}}}` ends nothing. Remove it, or put `{{{{#each list}}}}` before it.")]
    Stray,
    /// A block that does not exist, or an `each` that can't be read.
    #[error(
        "`{{{{{found}}}}}` is not a block. Write `{{{{#each list}}}}…{{{{/each}}}}`, \
         `{{{{#each list as name}}}}` or `{{{{#each list with ', '}}}}`."
    )]
    Block {
        /// What stands between the braces.
        found: String,
    },
    /// Too many repetitions inside each other.
    #[error("more than {DEPTH} `{{{{#each}}}}` inside each other. Read the inner list in a step of its own.")]
    Deep,
}

pub(super) fn parse(text: &str) -> Result<Template, TemplateError> {
    let mut rest = text;
    let parts = parts(&mut rest, None, 0)?;
    Ok(Template { parts })
}

/// Parses up to the end of the text, or to `{{/each}}` inside a block.
fn parts(rest: &mut &str, list: Option<&str>, depth: usize) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    loop {
        let (text, opened) = plain(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        if !opened {
            return match list {
                None => Ok(parts),
                Some(list) => Err(TemplateError::Unended { list: list.to_owned() }),
            };
        }
        let inner = inside(rest)?;
        match inner.strip_prefix(['#', '/']) {
            None => parts.push(Part::Value(value(inner)?)),
            Some("each") if inner.starts_with('/') => {
                return match list {
                    Some(_) => Ok(parts),
                    None => Err(TemplateError::Stray),
                };
            }
            Some(_) => {
                if depth == DEPTH {
                    return Err(TemplateError::Deep);
                }
                let mut each = head(inner)?;
                each.body = self::parts(rest, Some(&each.list.to_string()), depth + 1)?;
                parts.push(Part::Each(each));
            }
        }
    }
}

/// Takes text up to an opening `{{`, which is taken too; says whether there was one.
fn plain(rest: &mut &str) -> (String, bool) {
    let mut text = String::new();
    loop {
        let Some(at) = rest.find("{{") else {
            text.push_str(rest);
            *rest = "";
            return (text, false);
        };
        let before = &rest[..at];
        let slashes = before.len() - before.trim_end_matches('\\').len();
        text.push_str(&before[..at - slashes]);
        text.push_str(&"\\".repeat(slashes / 2));
        let after = &rest[at..];
        if slashes % 2 == 1 {
            text.push_str("{{");
            *rest = &after[2..];
            continue;
        }
        // Of more than two braces the last two open.
        let braces = after.len() - after.trim_start_matches('{').len();
        text.push_str(&after[..braces - 2]);
        *rest = &after[braces..];
        return (text, true);
    }
}

/// Takes what stands between braces; a `}}` inside quotes does not close.
fn inside<'a>(rest: &mut &'a str) -> Result<&'a str, TemplateError> {
    let (mut quoted, mut escaped) = (None, false);
    for (i, c) in rest.char_indices() {
        match quoted {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(mark) if c == mark => quoted = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quoted = Some(c),
            None if rest[i..].starts_with("}}") => {
                let inner = rest[..i].trim();
                *rest = &rest[i + 2..];
                return Ok(inner);
            }
            None => {}
        }
    }
    Err(TemplateError::Open {
        near: rest.chars().take(30).collect(),
    })
}

/// `#each list [as name] [with 'joiner']`
fn head(inner: &str) -> Result<Each, TemplateError> {
    let fault = || TemplateError::Block {
        found: inner.to_owned(),
    };
    let rest = inner.strip_prefix("#each").ok_or_else(fault)?;
    if !rest.starts_with(char::is_whitespace) {
        return Err(fault());
    }
    let (list, rest) = word(rest.trim_start());
    let mut each = Each {
        list: path(list).ok_or_else(fault)?,
        name: None,
        joiner: None,
        body: Vec::new(),
    };
    let mut rest = rest.trim_start();
    if let Some(after) = rest.strip_prefix("as ") {
        let (name, after) = word(after.trim_start());
        if !is_name(name) {
            return Err(fault());
        }
        each.name = Some(name.to_owned());
        rest = after.trim_start();
    }
    if let Some(after) = rest.strip_prefix("with ") {
        each.joiner = Some(quoted(after.trim()).ok_or_else(fault)?);
        rest = "";
    }
    if rest.is_empty() { Ok(each) } else { Err(fault()) }
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

fn value(inner: &str) -> Result<Value, TemplateError> {
    let fault = || TemplateError::Value {
        found: inner.chars().take(80).collect(),
    };
    let mut pieces = split(inner).into_iter();
    let source = source(pieces.next().unwrap_or_default()).ok_or_else(fault)?;
    let filters = pieces.map(filter).collect::<Result<_, _>>()?;
    Ok(Value { source, filters })
}

/// Splits at `|` outside of quotes.
fn split(inner: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut quoted, mut escaped) = (Vec::new(), 0, None, false);
    for (i, c) in inner.char_indices() {
        match quoted {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(mark) if c == mark => quoted = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quoted = Some(c),
            None if c == '|' => {
                pieces.push(inner[from..i].trim());
                from = i + 1;
            }
            None => {}
        }
    }
    pieces.push(inner[from..].trim());
    pieces
}

fn source(text: &str) -> Option<Source> {
    for (name, wrap) in [("now", Source::Now as fn(_) -> _), ("today", Source::Today)] {
        if let Some(rest) = text.strip_prefix(name) {
            match rest.trim_start() {
                "" => return Some(wrap(None)),
                moved if moved.starts_with(['+', '-']) => return Some(wrap(Some(shift(moved)?))),
                _ => {}
            }
        }
    }
    path(text).map(Source::Path)
}

fn shift(text: &str) -> Option<Shift> {
    let back = text.starts_with('-');
    let rest = text[1..].trim_start();
    let unit = match rest.chars().last()? {
        'm' => Unit::Minutes,
        'h' => Unit::Hours,
        'd' => Unit::Days,
        _ => return None,
    };
    let digits = rest[..rest.len() - 1].trim_end();
    let amount = digits.parse().ok().filter(|n| *n <= 100_000)?;
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some(Shift { back, amount, unit })
}

pub(super) fn path(text: &str) -> Option<Path> {
    let segments: Vec<String> = text.split('.').map(str::to_owned).collect();
    let (first, others) = segments.split_first()?;
    let index = |s: &String| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
    // These reach into the language itself, never into a record.
    if segments
        .iter()
        .any(|s| ["constructor", "prototype", "__proto__"].contains(&s.as_str()))
    {
        return None;
    }
    let sound = is_name(first) && others.iter().all(|s| is_name(s) || index(s));
    sound.then_some(Path(segments))
}

/// Whether a text can be a name in JavaScript (reserved words aside).
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

fn filter(text: &str) -> Result<Filter, TemplateError> {
    let (name, argument) = match text.find('(') {
        Some(at) if text.ends_with(')') => (text[..at].trim(), Some(text[at + 1..text.len() - 1].trim())),
        _ => (text, None),
    };
    let argument = argument.filter(|argument| !argument.is_empty());
    let fault = |usage| TemplateError::Argument {
        filter: name.to_owned(),
        found: argument.unwrap_or("nothing").to_owned(),
        usage,
    };
    let optional = |usage| match argument {
        None => Ok(None),
        Some(given) => match (quoted(given), path(given)) {
            (Some(text), _) => Ok(Some(Argument::Text(text))),
            (None, Some(path)) => Ok(Some(Argument::Path(path))),
            (None, None) => Err(fault(usage)),
        },
    };
    const ZONE: &str = "a time zone, such as `date('Europe/Berlin')`, or nothing";
    match name {
        "date" => Ok(Filter::Date(optional(ZONE)?)),
        "time" => Ok(Filter::Time(optional(ZONE)?)),
        "datetime" => Ok(Filter::DateTime(optional(ZONE)?)),
        "money" => Ok(Filter::Money(optional(
            "a currency, such as `money('EUR')`, or nothing",
        )?)),
        "default" => argument
            .and_then(quoted)
            .map(Filter::Default)
            .ok_or_else(|| fault("the words in quotes, such as `default('none')`")),
        _ => {
            let near = FILTERS
                .into_iter()
                .filter(|known| strsim::osa_distance(known, name) <= 2);
            let hint = near.min_by_key(|known| strsim::osa_distance(known, name));
            Err(TemplateError::Filter {
                name: name.chars().take(40).collect(),
                hint: hint.map_or_else(String::new, |known| format!(" Did you mean `{known}`?")),
            })
        }
    }
}

/// A text in single or double quotes, without them.
fn quoted(text: &str) -> Option<String> {
    let mark = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
    let (mut out, mut escaped) = (String::with_capacity(inner.len()), false);
    for c in inner.chars() {
        match c {
            _ if escaped => {
                out.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            c if c == mark => return None,
            c => out.push(c),
        }
    }
    (!escaped).then_some(out)
}
