//! What starts a function, in words: `function.jsonc` automations and `workflows/*.jsonc`.

use jsonc_parser::ast::{Object, Value};

use crate::json;

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The automations a `function.jsonc` declares, in words.
pub(crate) fn declared(object: &Object<'_>) -> Vec<String> {
    json::get(object, "automations")
        .and_then(Value::as_array)
        .map(|list| list.elements.iter().filter_map(Value::as_object).map(words).collect())
        .unwrap_or_default()
}

/// One automation in words.
fn words(automation: &Object<'_>) -> String {
    let mut said = match json::text(automation, "type").as_deref() {
        Some("entity") => entity(automation, "event_types"),
        Some("connector") => {
            let tool = json::text(automation, "integration_type").unwrap_or_else(|| "a connector".to_owned());
            match json::texts(automation, "events").as_slice() {
                [] => format!("on any event of {tool}"),
                events => format!("on {} of {tool}", events.join(" or ")),
            }
        }
        _ => scheduled(automation),
    };
    if json::get(automation, "is_active")
        .and_then(Value::as_boolean_lit)
        .is_some_and(|flag| !flag.value)
    {
        said.push_str(" (switched off)");
    }
    said
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

/// The functions a workflow runs, and what starts it, in words.
pub(crate) fn workflow(object: &Object<'_>) -> (Vec<String>, String) {
    let config = json::get(object, "trigger")
        .and_then(Value::as_object)
        .and_then(|trigger| json::get(trigger, "config"))
        .and_then(Value::as_object);
    let said = config.map_or_else(
        || "by a workflow".to_owned(),
        |config| match json::text(config, "trigger_type").as_deref() {
            Some("entity") => entity(config, "events"),
            Some("scheduled") => scheduled(config),
            Some(other) => format!("by a workflow ({})", other.replace('_', " ")),
            None => "by a workflow".to_owned(),
        },
    );
    let mut functions = Vec::new();
    if let Some(definition) = json::get(object, "definition") {
        called(definition, &mut functions);
    }
    (functions, said)
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
