//! Rules about what people read: names, sentences, prompts, setup, errors, sources.

use super::Report;
use crate::Connector;

/// The slots an example prompt may have; suggestions and the guide fill these and no others.
pub(super) const SLOTS: &[&str] = &[
    "channel",
    "date_field",
    "email_field",
    "entity",
    "field",
    "page",
    "time",
    "value",
];

pub(super) fn check(connector: &Connector, report: &mut Report<'_>) {
    identity(connector, report);
    prompts(connector, report);
    setup(connector, report);
    errors(connector, report);
}

fn identity(connector: &Connector, report: &mut Report<'_>) {
    let id = &connector.id;
    if id.is_empty()
        || !id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c))
    {
        report.add(
            "id",
            format!("the id `{id}` has other characters than a-z, 0-9, _ and -"),
        );
    }
    report.filled("the name", &connector.name);
    report.sentence("the purpose", &connector.purpose);
    report.sentence("the advice", &connector.advice.reason);
    if connector.categories.is_empty() {
        report.add("words", "it is in no category, so browsing never shows it");
    }
    if connector.sources.is_empty() {
        report.add("sources", "it names no source, so nobody can compare the facts");
    }
    for source in &connector.sources {
        report.https("the source", source);
    }
    if !is_date(&connector.verified_on) {
        report.add(
            "sources",
            format!(
                "verified_on `{}` is not a date such as 2026-11-22",
                connector.verified_on
            ),
        );
    }
}

fn prompts(connector: &Connector, report: &mut Report<'_>) {
    if connector.prompts.is_empty() {
        report.add("prompts", "it has no example prompt");
    }
    for prompt in &connector.prompts {
        let mut rest = prompt.as_str();
        while let Some(open) = rest.find('{') {
            let after = rest.get(open.saturating_add(1)..).unwrap_or_default();
            let slot = after.split('}').next().unwrap_or_default();
            if !after.contains('}') || !SLOTS.contains(&slot) {
                report.add("prompts", format!("`{prompt}` has a slot nobody fills: `{slot}`"));
            }
            rest = after;
        }
    }
}

fn setup(connector: &Connector, report: &mut Report<'_>) {
    let setup = &connector.setup;
    report.https("the console", &setup.console_url);
    if setup.steps.is_empty() {
        report.add("setup", "it has no steps to an OAuth client of one's own");
    }
    if connector.auth.key.is_none() && !setup.steps.iter().any(|step| step.contains("redirect address")) {
        report.add(
            "setup",
            "no step says where the redirect address is registered, or that it need not be",
        );
    }
    for line in setup.steps.iter().chain(&setup.traps).chain(&setup.after) {
        report.sentence("a setup line", line);
    }
}

fn errors(connector: &Connector, report: &mut Report<'_>) {
    if connector.errors.len() < 4 {
        report.add("errors", "it explains fewer than four of the vendor's errors");
    }
    for (at, hint) in connector.errors.iter().enumerate() {
        report.filled("an error's code", &hint.code);
        report.sentence("an error's cause", &hint.cause);
        report.sentence("an error's next step", &hint.next);
        if hint.status.is_some_and(|status| !(200..=599).contains(&status)) {
            report.add("errors", format!("`{}` has a status no server answers", hint.code));
        }
        let again = connector
            .errors
            .iter()
            .take(at)
            .any(|other| (other.status, &other.code) == (hint.status, &hint.code));
        if again {
            report.add("errors", format!("`{}` is explained twice", hint.code));
        }
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |text: &str, length: usize| (text.len() == length).then(|| text.parse::<u32>().ok()).flatten();
    matches!(
        (number(year, 4), number(month, 2), number(day, 2)),
        (Some(2020..), Some(1..=12), Some(1..=31))
    )
}
