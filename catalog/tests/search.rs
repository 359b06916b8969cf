//! Finding connectors by what people type.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, parse};

fn first(words: &str, expected: &str) {
    let found = Catalog::embedded().search(words);
    assert_eq!(found.first().map(|c| c.id.as_str()), Some(expected), "{words}");
}

#[test]
fn words_names_and_needs() {
    first("gmail", "gmail");
    first("send mail", "gmail");
    first("Kalender", "googlecalendar");
    first("google calender", "googlecalendar");
    first("spreadsheet", "googlesheets");
    first("add rows to a sheet", "googlesheets");
    first("slack", "slackbot");
    first("post to slack when a booking is created", "slackbot");
    first("hubspt", "hubspot");
    first("crm", "hubspot");
    first("notion database", "notion");
    first("Send me a daily email with my to-do list using Gmail", "gmail");
}

#[test]
fn nothing_fits_nothing() {
    assert!(Catalog::embedded().search("qqqqqqqq").is_empty());
    assert_eq!(Catalog::embedded().search("").len(), Catalog::embedded().ids().count());
}

#[test]
fn did_you_mean() {
    let meant = |word: &str| Catalog::embedded().nearest(word).map(|c| c.id.clone());
    assert_eq!(meant("gmial").as_deref(), Some("gmail"));
    assert_eq!(meant("google-calender").as_deref(), Some("googlecalendar"));
    assert_eq!(meant("slakbot").as_deref(), Some("slackbot"));
    assert_eq!(meant("Hub Spot").as_deref(), Some("hubspot"));
    assert_eq!(meant("gcal").as_deref(), Some("googlecalendar"));
    assert_eq!(meant("salesforce"), None);
    assert_eq!(meant(""), None);
}

#[test]
fn lookups() {
    let catalog = Catalog::embedded();
    let ids: Vec<&str> = catalog.ids().collect();
    assert_eq!(
        ids,
        [
            "gmail",
            "googlecalendar",
            "googlesheets",
            "hubspot",
            "notion",
            "slackbot"
        ]
    );
    let gmail = catalog.get("gmail").unwrap();
    assert_eq!(gmail.by_intent("send_email").unwrap().id, "gmail.users.messages.send");
    assert_eq!(gmail.operation("gmail.users.watch").unwrap().intent, "watch_mailbox");
    assert!(catalog.get("Gmail").is_none());
    assert_eq!(
        gmail.operations[0].scopes[0],
        ["https://www.googleapis.com/auth/gmail.send"]
    );
}

#[test]
fn a_hash_pins_the_files_text() {
    let text = Catalog::embedded().text("notion").unwrap().to_owned();
    let same = Catalog::from_files(&[("notion.toml", &text)]).unwrap();
    let hash = Catalog::embedded().hash("notion").unwrap();
    assert_eq!(hash.len(), 64);
    assert_eq!(same.hash("notion"), Some(hash));
    let other = Catalog::from_files(&[("notion.toml", &format!("{text}\n"))]).unwrap();
    assert_ne!(other.hash("notion"), Some(hash));
}

#[test]
fn a_file_with_an_unknown_field_is_refused_with_its_line() {
    let error = parse("x.toml", "id = \"x\"\ncolour = \"red\"\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("x.toml") && error.contains("line 2") && error.contains("colour"),
        "{error}"
    );
    let text = Catalog::embedded().text("gmail").unwrap();
    let error = Catalog::from_files(&[("a.toml", text), ("b.toml", text)]).unwrap_err();
    assert!(error.to_string().contains("already used"), "{error}");
}
