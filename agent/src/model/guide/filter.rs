//! Which records are meant: states, days, amounts, values.
//!
//! "unpaid invoices", "only confirmed ones", "overdue", "due this week", "rated below 3" become
//! conditions of a plan. What is understood is told back in words, so that a wrong guess is seen.

use linchpin_app::{Entity, Field, Kind, Role, name_words};
use linchpin_function::{Condition, Op};
use serde_json::{Value, json};

use super::names::spoken;
use super::resolve::{field_at, state_at, status};
use super::vocab::OPEN;
use super::window::date_field;
use super::words::Said;

/// Conditions, and what was said of records being open.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Filter {
    /// What must hold.
    pub(super) conditions: Vec<Condition>,
    /// Whether a state was asked for, so that "what is open" isn't meant by itself.
    pub(super) states: bool,
    /// Whether all records were asked for.
    pub(super) all: bool,
    /// Whether only the builder's own were asked for.
    pub(super) mine: bool,
}

/// Reads conditions on an entity out of words.
pub(super) fn filter(said: &Said, entity: &Entity) -> Filter {
    let mut out = Filter::default();
    let mut at = 0;
    while at < said.words.len() {
        at += out.one(said, at, entity).max(1);
    }
    out.days(said, entity);
    out.all = said.any(&["all", "every single", "everything"]).is_some();
    out.mine = said
        .any(&["only mine", "just mine", "assigned to me", "only my", "my own"])
        .is_some();
    out
}

impl Filter {
    fn put(&mut self, condition: Condition) {
        let known = self
            .conditions
            .iter_mut()
            .find(|one| one.field == condition.field && one.op == condition.op);
        match known {
            Some(known) if matches!(condition.op, Op::Eq | Op::In | Op::Ne) => merge(known, condition.value),
            Some(_) => {}
            None => self.conditions.push(condition),
        }
    }

    /// What begins at a word; how many words it took.
    fn one(&mut self, said: &Said, at: usize, entity: &Entity) -> usize {
        if said.at(at) == "overdue"
            && !has_option(entity, "overdue")
            && let Some(field) = entity.with_role(Role::Due)
        {
            self.put(Condition {
                field: field.name.clone(),
                op: Op::Lt,
                value: json!("{{today}}"),
            });
            return 1;
        }
        if let Some(state) = state_at(said, at, entity) {
            let of_status = status(entity).is_some_and(|field| field.name == state.field);
            self.states |= of_status;
            let op = if state.not { Op::Ne } else { Op::Eq };
            self.put(Condition {
                field: state.field,
                op,
                value: state.value,
            });
            return state.len;
        }
        if OPEN.contains(&said.at(at))
            && has_option(entity, said.at(at))
            && said.at(at) != "todo"
            && let Some(field) = status(entity)
        {
            self.states = true;
            self.put(Condition {
                field: field.name.clone(),
                op: Op::Eq,
                value: said.at(at).into(),
            });
            return 1;
        }
        self.amount(said, at, entity)
    }

    /// "over 500", "rating below 3", "at least 4 stars", "5-star".
    fn amount(&mut self, said: &Said, at: usize, entity: &Entity) -> usize {
        let ways: [(&[&str], Op); 4] = [
            (
                &[
                    "over",
                    "above",
                    "more than",
                    "greater than",
                    "higher than",
                    "exceeds",
                    "exceeding",
                    "bigger than",
                ],
                Op::Gt,
            ),
            (
                &[
                    "under",
                    "below",
                    "less than",
                    "lower than",
                    "fewer than",
                    "smaller than",
                ],
                Op::Lt,
            ),
            (&["at least", "minimum", "no less than"], Op::Gte),
            (&["at most", "up to", "maximum", "no more than"], Op::Lte),
        ];
        let way = ways.iter().find_map(|(phrases, op)| {
            let phrase = phrases
                .iter()
                .find(|phrase| phrase.split(' ').enumerate().all(|(by, word)| said.at(at + by) == word))?;
            Some((phrase.split(' ').count(), *op))
        });
        let (number_at, op) = match way {
            Some((n, op)) => (at + n, op),
            None if ["star", "stars"].contains(&said.at(at + 1)) => (at, Op::Eq),
            None if ["of", "is", "equals"].contains(&said.before(at, 1))
                && numeric_near(said, at.saturating_sub(1), entity).is_some() =>
            {
                (at, Op::Eq)
            }
            None => return 0,
        };
        let digits: String = said
            .at(number_at)
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let (Ok(number), Some(field)) = (
            digits.parse::<f64>(),
            numeric_near(said, at, entity).or_else(|| the_number(said, number_at, entity)),
        ) else {
            return 0;
        };
        #[expect(clippy::cast_possible_truncation, reason = "whole and small, as checked")]
        let value = if number.fract() == 0.0 && number.abs() < 1e12 {
            json!(number as i64)
        } else {
            json!(number)
        };
        self.put(Condition {
            field: field.name.clone(),
            op,
            value,
        });
        number_at + 1 - at
    }

    /// "due today", "this week's bookings", "finished in the last 7 days".
    fn days(&mut self, said: &Said, entity: &Entity) {
        let windows: [(&[&str], &str, &str); 8] = [
            (
                &["yesterday", "yesterdays", "the day before today"],
                "{{today - 1d}}",
                "{{today}}",
            ),
            (&["tomorrow", "tomorrows"], "{{today + 1d}}", "{{today + 2d}}"),
            (
                &[
                    "next week",
                    "this week",
                    "coming week",
                    "next 7 days",
                    "the week ahead",
                    "the week",
                    "next seven days",
                ],
                "{{today}}",
                "{{today + 7d}}",
            ),
            (
                &["last week", "past week", "last 7 days", "past 7 days", "previous week"],
                "{{today - 7d}}",
                "{{today}}",
            ),
            (
                &["last month", "past month", "last 30 days"],
                "{{today - 30d}}",
                "{{today}}",
            ),
            (
                &["this month", "next month", "next 30 days"],
                "{{today}}",
                "{{today + 30d}}",
            ),
            (&["upcoming", "in the future", "coming up"], "{{today}}", ""),
            (
                &["today", "todays", "of the day", "for the day"],
                "{{today}}",
                "{{today + 1d}}",
            ),
        ];
        let hit = windows
            .iter()
            .find_map(|(phrases, from, to)| said.any(phrases).map(|_| (*from, *to)));
        let Some((from, to)) = hit else { return };
        let past = !from.contains('+') && from != "{{today}}";
        let Some((field, day)) = date_field(said, entity, past) else {
            return;
        };
        let whole = to == "{{today + 1d}}" || to == "{{today + 2d}}" || (to == "{{today}}" && from == "{{today - 1d}}");
        if day && whole {
            self.put(Condition {
                field,
                op: Op::Eq,
                value: from.into(),
            });
            return;
        }
        self.put(Condition {
            field: field.clone(),
            op: Op::Gte,
            value: from.into(),
        });
        let until_now = past && to == "{{today}}" && !whole;
        if !(to.is_empty() || until_now) {
            self.put(Condition {
                field,
                op: Op::Lt,
                value: to.into(),
            });
        }
    }
}

/// `a` and `b` of one field are one of them.
fn merge(known: &mut Condition, value: Value) {
    if known.value == value {
        return;
    }
    let mut values = match known.value.take() {
        Value::Array(values) => values,
        one => vec![one],
    };
    values.push(value);
    known.op = if known.op == Op::Ne || known.op == Op::NotIn {
        Op::NotIn
    } else {
        Op::In
    };
    known.value = Value::Array(values);
}

fn has_option(entity: &Entity, word: &str) -> bool {
    status(entity).is_some_and(|field| field.options.iter().any(|option| option == word))
}

/// The numeric field named close by.
fn numeric_near<'a>(said: &Said, at: usize, entity: &'a Entity) -> Option<&'a Field> {
    let number = |field: &&Field| matches!(field.kind, Kind::Number | Kind::Integer);
    let around = (1..=4).filter_map(|by| at.checked_sub(by)).chain(at..at + 5);
    around
        .filter_map(|at| field_at(said, at, entity))
        .map(|(field, _)| field)
        .find(number)
}

/// The field a bare number is compared with.
fn the_number<'a>(said: &Said, at: usize, entity: &'a Entity) -> Option<&'a Field> {
    let stars = ["star", "stars"].contains(&said.at(at + 1));
    let rated = |field: &&Field| {
        name_words(&field.name)
            .iter()
            .any(|word| ["rating", "stars", "score"].contains(&word.as_str()))
    };
    let numbers = || {
        entity
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::Number | Kind::Integer))
    };
    let rating = numbers().find(rated);
    if stars {
        rating
    } else {
        numbers().find(|field| field.role == Some(Role::Money)).or(rating)
    }
}

/// A condition in words: "status is confirmed".
pub(super) fn words(condition: &Condition) -> String {
    let value = |value: &Value| match value {
        Value::String(text) => match text.as_str() {
            "{{today}}" => "today".to_owned(),
            "{{today + 1d}}" => "tomorrow".to_owned(),
            other => other
                .trim_start_matches("{{")
                .trim_end_matches("}}")
                .replace("today + ", "today plus ")
                .replace("today - ", "today less ")
                .replace("now - ", "now less ")
                .replace('_', " "),
        },
        Value::Array(all) => all
            .iter()
            .map(|one| {
                one.as_str()
                    .map_or_else(|| one.to_string(), |text| text.replace('_', " "))
            })
            .collect::<Vec<_>>()
            .join(" or "),
        other => other.to_string(),
    };
    let op = match condition.op {
        Op::Eq | Op::In => "is",
        Op::Ne | Op::NotIn => "is not",
        Op::Gt => "is over",
        Op::Gte => "is at least",
        Op::Lt => "is below",
        Op::Lte => "is at most",
        Op::Contains => "contains",
        Op::Exists => return format!("{} is set", spoken(&condition.field)),
        Op::Missing => return format!("{} is empty", spoken(&condition.field)),
        Op::Changed => return format!("{} changed", spoken(&condition.field)),
        Op::Becomes => "becomes",
    };
    format!("{} {op} {}", spoken(&condition.field), value(&condition.value))
}
