//! What starts a function, as data and in words: `function.jsonc` automations and `workflows/*.jsonc`.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use crate::json::{self, Doc};
use crate::{Trigger, TriggerKind};

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The automations a `function.jsonc` declares.
pub(crate) fn declared(doc: &Doc<'_>, object: &Object<'_>) -> Vec<Trigger> {
    json::get(object, "automations")
        .and_then(Value::as_array)
        .map(|list| {
            list.elements
                .iter()
                .filter_map(Value::as_object)
                .map(|one| trigger(doc, one))
                .collect()
        })
        .unwrap_or_default()
}

/// One automation.
fn trigger(doc: &Doc<'_>, automation: &Object<'_>) -> Trigger {
    let mut trigger = match json::text(automation, "type").as_deref() {
        Some("entity") => Trigger {
            kind: TriggerKind::Entity,
            source: json::text(automation, "entity_name").unwrap_or_default(),
            events: json::texts(automation, "event_types"),
            words: entity(automation, "event_types"),
            ..Trigger::default()
        },
        Some("connector") => {
            let tool = json::text(automation, "integration_type").unwrap_or_else(|| "a connector".to_owned());
            let events = json::texts(automation, "events");
            let words = match events.as_slice() {
                [] => format!("on any event of {tool}"),
                events => format!("on {} of {tool}", events.join(" or ")),
            };
            Trigger {
                kind: TriggerKind::Connector,
                source: tool,
                events,
                words,
                ..Trigger::default()
            }
        }
        _ => Trigger {
            words: scheduled(automation),
            ..Trigger::default()
        },
    };
    trigger.at = doc.at(automation.range().start);
    trigger.active = json::get(automation, "is_active")
        .and_then(Value::as_boolean_lit)
        .is_none_or(|flag| flag.value);
    if !trigger.active {
        trigger.words.push_str(" (switched off)");
    }
    trigger
}

fn entity(object: &Object<'_>, events: &str) -> String {
    let name = json::text(object, "entity_name").unwrap_or_else(|| "record".to_owned());
    let done: Vec<&str> = json::texts(object, events)
        .iter()
        .map(|event| match event.as_str() {
            "create" => "created",
            "update" => "updated",
            "delete" => "deleted",
            _ => "changed",
        })
        .collect();
    let article = if name.starts_with(['A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    match done.as_slice() {
        [] => format!("when {article} {name} changes"),
        done => format!("when {article} {name} is {}", done.join(" or ")),
    }
}

fn scheduled(object: &Object<'_>) -> String {
    if let Some(day) = json::text(object, "one_time_date") {
        return format!("once, on {day}");
    }
    if let Some(expression) = json::text(object, "cron_expression") {
        return cron(&expression);
    }
    let number = |name: &str| {
        json::get(object, name)
            .and_then(Value::as_number_lit)
            .and_then(|number| number.value.parse::<usize>().ok())
    };
    let unit = json::text(object, "repeat_unit").unwrap_or_else(|| "days".to_owned());
    let mut said = match number("repeat_interval").unwrap_or(1) {
        0 | 1 => format!("every {}", unit.trim_end_matches('s')),
        many => format!("every {many} {unit}"),
    };
    let days: Vec<&str> = json::get(object, "repeat_on_days")
        .and_then(Value::as_array)
        .map(|list| {
            list.elements
                .iter()
                .filter_map(|day| day.as_number_lit()?.value.parse::<usize>().ok())
                .filter_map(|day| DAYS.get(day).copied())
                .collect()
        })
        .unwrap_or_default();
    if !days.is_empty() {
        said.push_str(&format!(" on {}", days.join(", ")));
    }
    if let Some(day) = number("repeat_on_day_of_month") {
        said.push_str(&format!(" on day {day}"));
    }
    if let Some(time) = json::text(object, "start_time") {
        said.push_str(&format!(" at {time} UTC"));
    }
    said
}

/// The usual cron expressions in words, others as they are.
pub(crate) fn cron(expression: &str) -> String {
    let parts: Vec<&str> = expression.split_whitespace().collect();
    let fallback = || format!("on the schedule {expression} (UTC)");
    let [minute, hour, day, month, weekday] = parts.as_slice() else {
        return fallback();
    };
    if *month != "*" {
        return fallback();
    }
    let step = |part: &str| part.strip_prefix("*/").and_then(|every| every.parse::<u32>().ok());
    let any = (*day, *weekday) == ("*", "*");
    match (step(minute), step(hour)) {
        (Some(every), None) if any && *hour == "*" => return format!("every {every} minutes"),
        (None, Some(every)) if any && minute.parse::<u32>().is_ok() => return format!("every {every} hours"),
        _ => {}
    }
    let (Ok(at_minute), Ok(at_hour)) = (minute.parse::<u32>(), hour.parse::<u32>()) else {
        return match (minute.parse::<u32>(), *hour) {
            (Ok(_), "*") if any => "every hour".to_owned(),
            _ => fallback(),
        };
    };
    let time = format!("{at_hour:02}:{at_minute:02} UTC");
    match (*day, *weekday) {
        ("*", "*") => format!("every day at {time}"),
        ("*", "1-5") => format!("on weekdays at {time}"),
        ("*", weekday) => match weekday.parse::<usize>().ok().and_then(|at| DAYS.get(at % 7)) {
            Some(name) => format!("every {name} at {time}"),
            None => fallback(),
        },
        (day, "*") if day.parse::<u32>().is_ok() => format!("on day {day} of every month at {time}"),
        _ => fallback(),
    }
}

/// The functions a workflow runs, and what starts it.
pub(crate) fn workflow(doc: &Doc<'_>, object: &Object<'_>) -> (Vec<String>, Trigger) {
    let started = json::prop(object, "trigger");
    let config = started
        .and_then(|started| started.value.as_object())
        .and_then(|trigger| json::get(trigger, "config"))
        .and_then(Value::as_object);
    let other = |words: String| Trigger {
        kind: TriggerKind::Other,
        words,
        ..Trigger::default()
    };
    let mut trigger = config.map_or_else(
        || other("by a workflow".to_owned()),
        |config| match json::text(config, "trigger_type").as_deref() {
            Some("entity") => Trigger {
                kind: TriggerKind::Entity,
                source: json::text(config, "entity_name").unwrap_or_default(),
                events: json::texts(config, "events"),
                words: entity(config, "events"),
                ..Trigger::default()
            },
            Some("scheduled") => Trigger {
                words: scheduled(config),
                ..Trigger::default()
            },
            Some("connector") => Trigger {
                kind: TriggerKind::Connector,
                source: json::text(config, "integration_type").unwrap_or_default(),
                events: json::texts(config, "events"),
                words: "by a workflow (connector)".to_owned(),
                ..Trigger::default()
            },
            Some(kind) => other(format!("by a workflow ({})", kind.replace('_', " "))),
            None => other("by a workflow".to_owned()),
        },
    );
    trigger.active = true;
    trigger.at = started.map_or_else(|| doc.at(0), |started| doc.at_prop(started));
    let mut functions = Vec::new();
    if let Some(definition) = json::get(object, "definition") {
        called(definition, &mut functions);
    }
    (functions, trigger)
}

fn called(value: &Value<'_>, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = json::text(object, "function_name") {
                into.push(name);
            }
            for prop in &object.properties {
                called(&prop.value, into);
            }
        }
        Value::Array(list) => list.elements.iter().for_each(|one| called(one, into)),
        _ => {}
    }
}
