//! The little language of texts in a plan: `Hello {{client.name}}`, filters, `{{#each}}`.
//!
//! Only syntax lives here: whether a path leads anywhere is decided by `plan::scope`, what it
//! becomes in TypeScript by `compile::text`. The language is described at the head of `plan`.
//!
//! Invariants, property-tested: parsing never panics; parsing what was printed gives the same
//! tree; a text without `{{` is itself.

use std::fmt;

mod parse;

pub use parse::TemplateError;
pub(crate) use parse::is_name;

/// A parsed text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// Its parts, in order. Texts are never empty and never beside each other.
    pub parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// `{{path | filter}}`.
    Value(Value),
    /// `{{#each list}}…{{/each}}`.
    Each(Each),
}

/// A value with the filters it passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Where it comes from.
    pub source: Source,
    /// What is done to it, in order.
    pub filters: Vec<Filter>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A path such as `booking.client_name`.
    Path(Path),
    /// The moment of the run, moved by so much.
    Now(Option<Shift>),
    /// The day of the run, moved by so much.
    Today(Option<Shift>),
}

/// A path, such as `booking.client_name`. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<String>);

/// A distance in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Whether into the past.
    pub back: bool,
    /// How many units.
    pub amount: u32,
    /// Of which length.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`
    Days,
}

/// Something done to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// A day in words.
    Date(Option<Argument>),
    /// A time of day.
    Time(Option<Argument>),
    /// A day and a time of day.
    DateTime(Option<Argument>),
    /// An amount with its currency.
    Money(Option<Argument>),
    /// What stands there when there is no value.
    Default(String),
}

/// What a filter is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A quoted text.
    Text(String),
    /// A path.
    Path(Path),
}

/// A repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// The list.
    pub list: Path,
    /// The name of each item, when it isn't the list's singular.
    pub name: Option<String>,
    /// What stands between items, when it isn't a line break.
    pub joiner: Option<String>,
    /// What is repeated.
    pub body: Vec<Part>,
}

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// The first thing that is not of the language, with what to write instead.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        parse::parse(text)
    }

    /// The text, when there is nothing to fill in.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The value, when the template is exactly one `{{…}}`.
    pub fn single(&self) -> Option<&Value> {
        match self.parts.as_slice() {
            [Part::Value(value)] => Some(value),
            _ => None,
        }
    }
}

impl Each {
    /// The name each item goes by.
    pub fn item(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => singular(self.list.0.last().map_or("", String::as_str)),
        }
    }
}

/// The singular of an English plural as far as names of lists go; `item` when it has none.
pub(crate) fn singular(plural: &str) -> String {
    let lower = plural.to_ascii_lowercase();
    if lower.ends_with("ies") && plural.len() > 4 {
        return format!("{}y", &plural[..plural.len() - 3]);
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if lower.ends_with(ending) {
            return plural[..plural.len() - 2].to_owned();
        }
    }
    if lower.ends_with('s') && !lower.ends_with("ss") && plural.len() > 2 {
        return plural[..plural.len() - 1].to_owned();
    }
    "item".to_owned()
}

impl Path {
    /// Parses names with dots between them.
    pub fn parse(text: &str) -> Option<Self> {
        parse::path(text)
    }

    /// The first name.
    pub fn root(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(&self.parts, f)
    }
}

fn print(parts: &[Part], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        match part {
            // Only the end of everything is not followed by `{{`.
            Part::Text(text) => escape(text, i + 1 < parts.len() || f.alternate(), f)?,
            Part::Value(value) => write!(f, "{{{{{value}}}}}")?,
            Part::Each(each) => {
                write!(f, "{{{{#each {}", each.list)?;
                if let Some(name) = &each.name {
                    write!(f, " as {name}")?;
                }
                if let Some(joiner) = &each.joiner {
                    write!(f, " with {}", quote(joiner))?;
                }
                write!(f, "}}}}{:#}{{{{/each}}}}", Body(&each.body))?;
            }
        }
    }
    Ok(())
}

struct Body<'a>(&'a [Part]);

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.0, f)
    }
}

/// Writes text so that no `{{` in it opens anything; backslashes count only before braces.
fn escape(text: &str, then_braces: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.find(['\\', '{']).unwrap_or(rest.len());
        f.write_str(&rest[..plain])?;
        rest = &rest[plain..];
        let slashes = rest.len() - rest.trim_start_matches('\\').len();
        let after = &rest[slashes..];
        let braces = after.len() - after.trim_start_matches('{').len();
        let follows = if after.len() == braces && then_braces { 2 } else { 0 };
        let doubled = if braces + follows >= 2 { slashes * 2 } else { slashes };
        f.write_str(&"\\".repeat(doubled))?;
        f.write_str(&"\\{{".repeat(braces / 2))?;
        f.write_str(&"{".repeat(braces % 2))?;
        rest = &after[braces..];
    }
    Ok(())
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Path(path) => write!(f, "{path}")?,
            Source::Now(shift) => write!(f, "now{}", Moved(*shift))?,
            Source::Today(shift) => write!(f, "today{}", Moved(*shift))?,
        }
        self.filters.iter().try_for_each(|filter| write!(f, " | {filter}"))
    }
}

struct Moved(Option<Shift>);

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(shift) = self.0 else { return Ok(()) };
        let sign = if shift.back { '-' } else { '+' };
        let unit = match shift.unit {
            Unit::Minutes => 'm',
            Unit::Hours => 'h',
            Unit::Days => 'd',
        };
        write!(f, " {sign} {}{unit}", shift.amount)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, argument) = match self {
            Self::Date(argument) => ("date", argument),
            Self::Time(argument) => ("time", argument),
            Self::DateTime(argument) => ("datetime", argument),
            Self::Money(argument) => ("money", argument),
            Self::Default(text) => return write!(f, "default({})", quote(text)),
        };
        match argument {
            None => f.write_str(name),
            Some(Argument::Text(text)) => write!(f, "{name}({})", quote(text)),
            Some(Argument::Path(path)) => write!(f, "{name}({path})"),
        }
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
