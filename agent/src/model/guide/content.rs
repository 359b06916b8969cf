//! What a message says and a row holds, where the builder says it: words in quotes, a subject,
//! columns. `{client name}` inside quotes stands for a field of the record.

use linchpin_app::Entity;
use linchpin_function::{Plan, Step};
use serde_json::{Value, json};

use super::names::{capital, record, spoken};
use super::resolve::field_at;
use super::shape::{each_call, each_mail};
use super::words::Said;

/// Puts what was said about contents into a plan; what it did, in sentences.
pub(super) fn apply(plan: &mut Plan, said: &Said, entity: &Entity) -> Vec<String> {
    let mut notes = Vec::new();
    let mut quotes = said.quotes.iter();
    let mut at = 0;
    while let Some(found) = (at..said.words.len()).find(|at| said.at(*at) == "\"") {
        let Some(quote) = quotes.next() else { break };
        let lead: Vec<&str> = (1..=4).map(|by| said.before(found, by)).collect();
        let text = filled(quote, entity, plan);
        if lead.contains(&"subject") {
            subject(plan, &text);
            notes.push(format!("The subject is “{quote}”."));
        } else if lead.iter().any(|word| {
            [
                "channel",
                "database",
                "spreadsheet",
                "sheet",
                "page",
                "calendar",
                "function",
                "it",
                "tab",
            ]
            .contains(word)
        }) && !lead.iter().any(|word| ["say", "saying", "says", "text"].contains(word))
        {
            // A name of something at the vendor, not what is said there.
        } else {
            message(plan, &text);
            notes.push(format!("It says “{quote}”."));
        }
        at = found + 1;
    }
    if let Some(fields) = columns(said, entity)
        && rows(plan, entity, &fields)
    {
        let names: Vec<String> = fields.iter().map(|field| spoken(field)).collect();
        notes.push(format!("The columns are {}.", super::names::listed(&names)));
    }
    notes
}

/// The fields named after "with", "columns", "including".
fn columns(said: &Said, entity: &Entity) -> Option<Vec<String>> {
    let lead = ["columns", "fields", "with", "including", "containing"]
        .iter()
        .find_map(|word| said.find(word))?;
    let mut fields: Vec<String> = Vec::new();
    let mut at = lead + 1;
    while at < said.words.len() {
        match said.at(at) {
            "," | "and" | "the" | "its" | "their" | "columns" | "fields" | ":" | "of" => at += 1,
            _ => match field_at(said, at, entity) {
                Some((field, n)) => {
                    if !fields.contains(&field.name) {
                        fields.push(field.name.clone());
                    }
                    at += n;
                }
                None => break,
            },
        }
    }
    (fields.len() > 1).then_some(fields)
}

/// Sets the columns of a row; whether there is one.
pub(super) fn rows(plan: &mut Plan, entity: &Entity, fields: &[String]) -> bool {
    let own = record(&entity.name);
    let row: Vec<Value> = fields
        .iter()
        .map(|name| {
            let required = entity.field(name).is_some_and(|field| field.required);
            let otherwise = if required { "" } else { " | default('')" };
            format!("{{{{{own}.{name}{otherwise}}}}}").into()
        })
        .collect();
    let mut set = false;
    each_call(&mut plan.steps, &mut |call| {
        if let Some(values) = call.body.as_mut().and_then(|body| body.get_mut("values")) {
            *values = json!([row]);
            set = true;
        }
    });
    set
}

/// Sets the subject of every mail.
pub(super) fn subject(plan: &mut Plan, text: &str) {
    each_mail(plan, |mail| text.clone_into(&mut mail.subject));
}

/// Sets what a mail, a post or an event says.
pub(super) fn message(plan: &mut Plan, text: &str) {
    each_call(&mut plan.steps, &mut |call| {
        if let Some(mail) = &mut call.mail {
            text.clone_into(&mut mail.text);
        }
        let member = if call.operation.contains("calendar") {
            "summary"
        } else {
            "text"
        };
        if let Some(slot) = call.body.as_mut().and_then(|body| body.get_mut(member)) {
            *slot = text.into();
        }
    });
}

/// A quoted text with its `{fields}` as templates; other braces stay what they are.
pub(super) fn filled(quote: &str, entity: &Entity, plan: &Plan) -> String {
    let one = plan.steps.iter().all(|step| !matches!(step, Step::Read { .. }))
        || plan.steps.iter().any(|step| matches!(step, Step::Each { .. }));
    let own = record(&entity.name);
    let mut out = String::new();
    let mut rest = quote;
    while let Some((before, after)) = rest.split_once(['{', '[']) {
        out.push_str(before);
        let Some((name, behind)) = after.split_once(['}', ']']) else {
            rest = after;
            continue;
        };
        let field = field_at(&Said::new(name), 0, entity).filter(|_| one);
        match field {
            Some((field, _)) => {
                let otherwise = if field.required { "" } else { " | default('–')" };
                out.push_str(&format!("{{{{{own}.{}{otherwise}}}}}", field.name));
            }
            None => out.push_str(name),
        }
        rest = behind.trim_start_matches(['}', ']']);
    }
    out.push_str(rest);
    out
}

/// Adds a line about a field to what a mail or a post says, or takes it out; whether it did.
pub(super) fn line(plan: &mut Plan, entity: &Entity, field: &str, wanted: bool) -> bool {
    let own = record(&entity.name);
    let path = format!("{{{{{own}.{field}");
    let mut changed = false;
    let mut edit = |text: &mut String| {
        let has = |line: &str| {
            line.match_indices(&path)
                .any(|(at, _)| !line[at + path.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        if wanted {
            if !has(text) {
                text.push_str(&format!("\n{}: {path} | default('–')}}}}", capital(&spoken(field))));
                changed = true;
            }
        } else if has(text) {
            let kept: Vec<&str> = text
                .lines()
                .enumerate()
                .filter(|(i, line)| *i == 0 || !has(line))
                .map(|(_, line)| line)
                .collect();
            let shorter = kept.join("\n");
            changed |= shorter != *text;
            *text = shorter;
        }
    };
    each_call(&mut plan.steps, &mut |call| {
        if let Some(mail) = &mut call.mail {
            edit(&mut mail.text);
        }
        if let Some(Value::String(text)) = call.body.as_mut().and_then(|body| body.get_mut("text")) {
            edit(text);
        }
    });
    changed
}
