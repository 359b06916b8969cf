//! `CREATE TABLE`, `ALTER TABLE` and what belongs to them, of any dialect, tolerantly.
//!
//! Not a parser of SQL: statements that say nothing of a table's shape are passed over, and so is
//! what a clause holds beyond its meaning for a reader. A file gives changes; applied in the order
//! of files' names, as migrations are, they give the tables. Sources: PostgreSQL's, SQLite's and
//! MySQL's pages of the two statements.

use super::token::{Of, Token, statements};
use crate::facts::Lines;
use crate::{At, Field, Kind};

/// What one statement changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Create {
        table: String,
        fields: Vec<Field>,
        at: At,
    },
    Add {
        table: String,
        field: Field,
    },
    DropTable(String),
    DropColumn {
        table: String,
        column: String,
    },
    RenameTable {
        table: String,
        to: String,
    },
    RenameColumn {
        table: String,
        column: String,
        to: String,
    },
    Enum {
        name: String,
        values: Vec<String>,
    },
    /// A row-level policy: what it is for, its condition, its place.
    Policy {
        table: String,
        action: String,
        condition: String,
        at: At,
    },
    Describe {
        table: String,
        column: Option<String>,
        text: String,
    },
}

/// The changes a file makes, in order.
pub(crate) fn changes(file: &str, text: &str) -> Vec<Change> {
    let lines = Lines::of(text);
    let place = |offset: usize| At {
        file: file.to_owned(),
        line: lines.line(offset),
    };
    statements(text)
        .iter()
        .flat_map(|tokens| Statement { tokens, place: &place }.changes())
        .collect()
}

struct Statement<'s, 't> {
    tokens: &'s [Token<'t>],
    place: &'s dyn Fn(usize) -> At,
}

/// Words that end a column's type.
const AFTER_TYPE: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "CHECK",
    "GENERATED",
    "COLLATE",
    "CONSTRAINT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "COMMENT",
    "IDENTITY",
    "ON",
    "KEY",
    "AS",
];
/// Words that begin a table's constraint and no column.
const CONSTRAINTS: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "FOREIGN",
    "UNIQUE",
    "CHECK",
    "EXCLUDE",
    "INDEX",
    "KEY",
    "FULLTEXT",
    "SPATIAL",
    "LIKE",
];

impl<'t> Statement<'_, 't> {
    fn changes(&self) -> Vec<Change> {
        let tokens = self.tokens;
        let begins =
            |words: &[&str]| words.iter().zip(tokens).all(|(word, token)| token.is(word)) && tokens.len() > words.len();
        if begins(&["CREATE"]) {
            let table = tokens.iter().take(5).position(|one| one.is("TABLE"));
            if let Some(at) = table {
                return self.create(at + 1).into_iter().collect();
            }
            if begins(&["CREATE", "TYPE"]) {
                return self.kind().into_iter().collect();
            }
            if begins(&["CREATE", "POLICY"]) {
                return self.policy().into_iter().collect();
            }
        } else if begins(&["ALTER", "TABLE"]) {
            return self.alter(2);
        } else if begins(&["DROP", "TABLE"]) {
            return self.drop_table();
        } else if begins(&["COMMENT", "ON"]) {
            return self.comment().into_iter().collect();
        }
        Vec::new()
    }

    /// A name, perhaps after `IF [NOT] EXISTS`, `ONLY` and a schema; and where what follows it begins.
    fn name(&self, mut at: usize) -> Option<(&'t str, usize)> {
        while self.tokens.get(at)?.is_any(&["IF", "NOT", "EXISTS", "ONLY"]) {
            at += 1;
        }
        let mut name = self.tokens.get(at).filter(|one| one.of == Of::Word)?;
        let mut foreign = false;
        while self.tokens.get(at + 1).is_some_and(|one| one.is("."))
            && let Some(next) = self.tokens.get(at + 2)
        {
            foreign |= name.is_any(&["auth", "storage"]);
            (name, at) = (next, at + 2);
        }
        (!foreign).then_some((name.text, at + 1))
    }

    fn create(&self, at: usize) -> Option<Change> {
        let (table, at) = self.name(at)?;
        let open = self.tokens.get(at).filter(|one| one.is("("))?;
        let items = items(self.tokens.get(at + 1..)?);
        let mut fields: Vec<Field> = Vec::new();
        for item in &items {
            if item.first().is_some_and(|one| one.is_any(CONSTRAINTS))
                && item.get(1).is_none_or(|two| two.of != Of::Word || !is_type(two))
            {
                constrain(item, &mut fields);
            } else if let Some(field) = self.column(item) {
                fields.push(field);
            }
        }
        Some(Change::Create {
            table: table.to_owned(),
            fields,
            at: (self.place)(self.tokens.first().map_or(open.offset, |one| one.offset)),
        })
    }

    fn column(&self, item: &[Token<'t>]) -> Option<Field> {
        let name = item.first().filter(|one| one.of == Of::Word)?;
        let end = (1..item.len())
            .find(|at| item[*at].is_any(AFTER_TYPE))
            .unwrap_or(item.len());
        let written: Vec<&Token<'_>> = item[1..end].iter().collect();
        let rest = &item[end..];
        let (kind, format, list) = kind(&written);
        let after = |word: &str| rest.iter().position(|one| one.is(word)).map(|at| &rest[at + 1..]);
        let mut field = Field {
            name: name.text.to_owned(),
            kind: if list { Kind::Array } else { kind },
            item: list.then_some(kind),
            format: format.map(str::to_owned),
            required: rest.windows(2).any(|two| two[0].is("NOT") && two[1].is("NULL")),
            default: after("DEFAULT").and_then(default),
            refers_to: after("REFERENCES").and_then(table_of),
            at: (self.place)(name.offset),
            ..Field::default()
        };
        if field.default.is_some() {
            field.required = false;
        }
        // MySQL writes choices and remarks into the column.
        if written.first().is_some_and(|one| one.is("ENUM")) {
            field.options = texts(&item[1..end]);
        } else if let Some(check) = after("CHECK") {
            field.options = choices(check, name.text).unwrap_or_default();
        }
        if let Some(said) = after("COMMENT")
            .and_then(<[Token<'_>]>::first)
            .filter(|one| one.of == Of::Text)
        {
            field.description = Some(said.said());
        }
        // A type of the user's own is looked up by name when all files are read.
        if field.options.is_empty() && kind == Kind::String && field.format.is_none() {
            let own = written.iter().rfind(|one| one.of == Of::Word);
            field.format = own.map(|one| format!("{USER_TYPE}{}", one.text.to_lowercase()));
        }
        Some(field)
    }

    fn alter(&self, at: usize) -> Vec<Change> {
        let Some((table, at)) = self.name(at) else {
            return Vec::new();
        };
        let table = table.to_owned();
        let mut found = Vec::new();
        for action in items(self.tokens.get(at..).unwrap_or(&[])) {
            let skip = |from: usize| {
                let words = ["COLUMN", "IF", "NOT", "EXISTS"];
                from + action.iter().skip(from).take_while(|one| one.is_any(&words)).count()
            };
            let column = |at: usize| {
                action
                    .get(at)
                    .filter(|one| one.of == Of::Word)
                    .map(|one| one.text.to_owned())
            };
            match action.first() {
                Some(one) if one.is("ADD") => {
                    let from = skip(1);
                    let plain = action.get(from).is_some_and(|one| !one.is_any(CONSTRAINTS));
                    if let Some(field) = action.get(from..).filter(|_| plain).and_then(|rest| self.column(rest)) {
                        found.push(Change::Add {
                            table: table.clone(),
                            field,
                        });
                    }
                }
                Some(one) if one.is("DROP") => {
                    if let Some(column) =
                        column(skip(1)).filter(|_| !action.get(1).is_some_and(|one| one.is("CONSTRAINT")))
                    {
                        found.push(Change::DropColumn {
                            table: table.clone(),
                            column,
                        });
                    }
                }
                Some(one) if one.is("RENAME") => {
                    let to = action.iter().position(|one| one.is("TO"));
                    let new = to.and_then(|at| column(at + 1));
                    match (to, new) {
                        (Some(1), Some(to)) => found.push(Change::RenameTable {
                            table: table.clone(),
                            to,
                        }),
                        (Some(_), Some(to)) => {
                            if let Some(column) = column(skip(1)) {
                                found.push(Change::RenameColumn {
                                    table: table.clone(),
                                    column,
                                    to,
                                });
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn drop_table(&self) -> Vec<Change> {
        let rest = self.tokens.get(2..).unwrap_or(&[]);
        rest.split(|one| one.is(","))
            .filter_map(|one| {
                let last = one
                    .iter()
                    .rfind(|one| one.of == Of::Word && !one.is_any(&["CASCADE", "RESTRICT"]))?;
                Some(Change::DropTable(last.text.to_owned()))
            })
            .collect()
    }

    /// `CREATE TYPE mood AS ENUM ('sad', 'ok')`.
    fn kind(&self) -> Option<Change> {
        let (name, at) = self.name(2)?;
        let rest = self.tokens.get(at..)?;
        (rest.first()?.is("AS") && rest.get(1)?.is("ENUM")).then(|| Change::Enum {
            name: name.to_lowercase(),
            values: texts(rest),
        })
    }

    fn policy(&self) -> Option<Change> {
        let on = self.tokens.iter().position(|one| one.is("ON"))?;
        let (table, at) = self.name(on + 1)?;
        let rest = self.tokens.get(at..)?;
        let action = rest
            .iter()
            .position(|one| one.is("FOR"))
            .and_then(|at| rest.get(at + 1));
        let using = rest.iter().position(|one| one.is("USING") || one.is("CHECK"))?;
        let condition: Vec<&str> = inside(rest.get(using + 1..)?).iter().map(|one| one.text).collect();
        Some(Change::Policy {
            table: table.to_owned(),
            action: action.map_or_else(|| "all".to_owned(), |one| one.text.to_lowercase()),
            condition: condition.join(" "),
            at: (self.place)(self.tokens.first()?.offset),
        })
    }

    fn comment(&self) -> Option<Change> {
        let text = self.tokens.last().filter(|one| one.of == Of::Text)?.said();
        let is = self.tokens.iter().position(|one| one.is("IS"))?;
        let names: Vec<&str> = self
            .tokens
            .get(3..is)?
            .iter()
            .filter(|one| one.of == Of::Word)
            .map(|one| one.text)
            .collect();
        let column = self.tokens.get(2)?.is("COLUMN");
        let (table, column) = match names.as_slice() {
            [.., table, column_name] if column => (*table, Some((*column_name).to_owned())),
            [.., table] if !column && self.tokens.get(2)?.is("TABLE") => (*table, None),
            _ => return None,
        };
        Some(Change::Describe {
            table: table.to_owned(),
            column,
            text,
        })
    }
}

/// Marks a type that is not one of SQL's own, until the types are known.
pub(crate) const USER_TYPE: &str = "type:";

/// What stands between commas, up to the bracket that closes it all.
fn items<'s, 't>(tokens: &'s [Token<'t>]) -> Vec<&'s [Token<'t>]> {
    let (mut depth, mut from) = (0_usize, 0);
    let mut found = Vec::new();
    let mut end = tokens.len();
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            if depth == 0 {
                end = at;
                break;
            }
            depth -= 1;
        } else if depth == 0 && token.is(",") {
            found.push(&tokens[from..at]);
            from = at + 1;
        }
    }
    found.push(&tokens[from..end]);
    found.retain(|one| !one.is_empty());
    found
}

/// What stands in the brackets that a text begins with.
fn inside<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    if !tokens.first().is_some_and(|one| one.is("(")) {
        return &[];
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return &tokens[1..at];
            }
        }
    }
    &tokens[1..]
}

fn texts(tokens: &[Token<'_>]) -> Vec<String> {
    tokens
        .iter()
        .filter(|one| one.of == Of::Text)
        .map(Token::said)
        .collect()
}

/// The values that `CHECK (column IN ('a', 'b'))` allows.
fn choices(check: &[Token<'_>], column: &str) -> Option<Vec<String>> {
    let inner = inside(check);
    let about = inner.iter().any(|one| one.text.eq_ignore_ascii_case(column));
    let listed = inner.iter().any(|one| one.is_any(&["IN", "ANY"]));
    (about && listed)
        .then(|| texts(inner))
        .filter(|values| !values.is_empty())
}

/// Applies a table's constraint to its columns.
fn constrain(item: &[Token<'_>], fields: &mut [Field]) {
    let at = |word: &str| item.iter().position(|one| one.is(word));
    if let (Some(foreign), Some(references)) = (at("FOREIGN"), at("REFERENCES")) {
        let table = item.get(references + 1..).and_then(table_of);
        for column in item.get(foreign + 2..).map(inside).unwrap_or_default() {
            if let Some(field) = fields.iter_mut().find(|field| field.name == column.text) {
                field.refers_to = table.clone();
            }
        }
    }
    if let Some(check) = at("CHECK").and_then(|at| item.get(at + 1..)) {
        for field in fields.iter_mut().filter(|field| field.options.is_empty()) {
            if let Some(values) = choices(check, &field.name) {
                field.options = values;
            }
        }
    }
}

/// The table of `schema.table (column)`; the platform's own users are nobody's table.
fn table_of(tokens: &[Token<'_>]) -> Option<String> {
    let mut name = tokens.first()?;
    let mut at = 0;
    while tokens.get(at + 1).is_some_and(|one| one.is("."))
        && let Some(next) = tokens.get(at + 2)
    {
        if name.text.eq_ignore_ascii_case("auth") {
            return None;
        }
        (name, at) = (next, at + 2);
    }
    Some(name.text.to_owned())
}

fn default(tokens: &[Token<'_>]) -> Option<serde_json::Value> {
    let first = tokens.first()?;
    match first.of {
        Of::Text => Some(first.said().into()),
        Of::Word if first.is("TRUE") => Some(true.into()),
        Of::Word if first.is("FALSE") => Some(false.into()),
        Of::Word => first
            .text
            .parse::<serde_json::Number>()
            .ok()
            .map(serde_json::Value::Number),
        Of::Sign => None,
    }
}

/// Whether a word can be a column's type, so that `key text` is a column named `key`.
fn is_type(token: &Token<'_>) -> bool {
    let (kind, format, _) = kind(&[token]);
    kind != Kind::String
        || format.is_some()
        || token.is_any(&["text", "varchar", "char", "uuid", "citext", "character"])
}

fn kind(written: &[&Token<'_>]) -> (Kind, Option<&'static str>, bool) {
    let list = written.iter().any(|one| one.is("[") || one.is("ARRAY"));
    let word = written
        .iter()
        .find(|one| one.of == Of::Word && !one.is("public"))
        .map(|one| one.text.to_lowercase());
    let (kind, format) = match word.as_deref().unwrap_or("") {
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "mediumint" | "int2" | "int4" | "int8" | "serial"
        | "bigserial" | "smallserial" => (Kind::Integer, None),
        "numeric" | "decimal" | "real" | "double" | "float" | "float4" | "float8" | "money" | "number" => {
            (Kind::Number, None)
        }
        "bool" | "boolean" | "bit" => (Kind::Boolean, None),
        "json" | "jsonb" => (Kind::Object, None),
        "date" => (Kind::String, Some("date")),
        "time" | "timetz" => (Kind::String, Some("time")),
        "timestamp" | "timestamptz" | "datetime" | "datetime2" => (Kind::String, Some("date-time")),
        "uuid" | "uniqueidentifier" => (Kind::String, Some("uuid")),
        "bytea" | "blob" => (Kind::String, Some("file")),
        _ => (Kind::String, None),
    };
    (kind, format, list)
}
