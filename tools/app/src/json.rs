//! JSON with comments and trailing commas, with the line of every value.
//!
//! A thin face on `jsonc-parser`: what is read keeps its place, because every fact carries one.

use jsonc_parser::ast::{Object, ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::facts::Lines;
use crate::{At, Problem};

/// A parsed file.
pub(crate) struct Doc<'a> {
    file: &'a str,
    lines: Lines,
    /// Its value; `None` for an empty file.
    pub(crate) value: Option<Value<'a>>,
}

impl<'a> Doc<'a> {
    /// Parses `text`; an error names line and column.
    pub(crate) fn parse(file: &'a str, text: &'a str) -> Result<Self, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let options = ParseOptions {
            allow_missing_commas: false,
            ..ParseOptions::default()
        };
        match parse_to_ast(text, &CollectOptions::default(), &options) {
            Ok(parsed) => Ok(Self {
                file,
                lines: Lines::of(text),
                value: parsed.value,
            }),
            Err(error) => Err(Problem {
                at: At {
                    file: file.to_owned(),
                    line: u32::try_from(error.line_display()).unwrap_or(1),
                },
                message: format!(
                    "{}:{}: {}. Mend the file; the rest of the app was read without it.",
                    error.line_display(),
                    error.column_display(),
                    error.kind()
                ),
            }),
        }
    }

    /// The object the file holds.
    pub(crate) fn object(&self) -> Option<&Object<'a>> {
        self.value.as_ref().and_then(Value::as_object)
    }

    /// Where a byte offset is.
    pub(crate) fn at(&self, offset: usize) -> At {
        At {
            file: self.file.to_owned(),
            line: self.lines.line(offset),
        }
    }

    /// Where a property begins.
    pub(crate) fn at_prop(&self, prop: &ObjectProp<'a>) -> At {
        self.at(prop.range().start)
    }
}

/// The property of that name.
pub(crate) fn prop<'a, 'b>(object: &'b Object<'a>, name: &str) -> Option<&'b ObjectProp<'a>> {
    object.properties.iter().find(|prop| key(prop) == name)
}

/// The value of that name.
pub(crate) fn get<'a, 'b>(object: &'b Object<'a>, name: &str) -> Option<&'b Value<'a>> {
    prop(object, name).map(|prop| &prop.value)
}

/// The text of that name.
pub(crate) fn text(object: &Object<'_>, name: &str) -> Option<String> {
    get(object, name)
        .and_then(Value::as_string_lit)
        .map(|text| text.value.clone().into_owned())
}

/// The texts of the array of that name.
pub(crate) fn texts(object: &Object<'_>, name: &str) -> Vec<String> {
    get(object, name)
        .and_then(Value::as_array)
        .map(|array| {
            array
                .elements
                .iter()
                .filter_map(Value::as_string_lit)
                .map(|text| text.value.clone().into_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// A property's name.
pub(crate) fn key<'b>(prop: &'b ObjectProp<'_>) -> &'b str {
    match &prop.name {
        ObjectPropName::String(text) => &text.value,
        ObjectPropName::Word(word) => word.value,
    }
}

/// The value as plain JSON.
pub(crate) fn plain(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::StringLit(text) => text.value.clone().into_owned().into(),
        Value::NumberLit(number) => number
            .value
            .parse::<serde_json::Number>()
            .map_or_else(|_| number.value.into(), serde_json::Value::Number),
        Value::BooleanLit(flag) => flag.value.into(),
        Value::NullKeyword(_) => serde_json::Value::Null,
        Value::Array(array) => array.elements.iter().map(plain).collect(),
        Value::Object(object) => object
            .properties
            .iter()
            .map(|prop| (key(prop).to_owned(), plain(&prop.value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
