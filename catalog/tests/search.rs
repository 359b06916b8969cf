//! Finding connectors by what people type.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, parse};

fn first(words: &str, expected: &str) {
    among(words, expected, 1);
}

/// The connector is among the first so many.
fn among(words: &str, expected: &str, so_many: usize) {
    assert!(Catalog::embedded().get(expected).is_some(), "{expected}");
    let found: Vec<&str> = Catalog::embedded()
        .search(words)
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    let first = &found[..found.len().min(so_many)];
    assert!(
        first.contains(&expected),
        "{words}: {expected} is not among {:?}",
        &found[..found.len().min(8)]
    );
}

#[test]
fn words_names_and_needs() {
    first("gmail", "gmail");
    first("send mail", "gmail");
    first("Kalender", "googlecalendar");
    first("google calender", "googlecalendar");
    first("spreadsheet", "googlesheets");
    first("add rows to a sheet", "googlesheets");
    among("slack", "slackbot", 2);
    among("post to slack when a booking is created", "slackbot", 2);
    first("hubspt", "hubspot");
    first("crm", "hubspot");
    first("notion database", "notion");
    first("Send me a daily email with my to-do list using Gmail", "gmail");
}

#[test]
fn needs_in_other_languages() {
    first("enviar correo", "gmail");
    first("E-Mail senden", "gmail");
    first("envoyer un courriel", "gmail");
    first("לשלוח מייל", "gmail");
    first("לוח שנה", "googlecalendar");
    first("calendario", "googlecalendar");
    first("Termine in meinen Kalender eintragen", "googlecalendar");
    among("hoja de cálculo", "googlesheets", 2);
    among("kontakte", "hubspot", 4);
    among("enviar mensaje", "slackbot", 8);
}

#[test]
fn categories_have_one_name_each() {
    let catalog = Catalog::embedded();
    let ids = |category: &str| -> Vec<String> { catalog.in_category(category).iter().map(|c| c.id.clone()).collect() };
    assert!(ids("mail").contains(&"gmail".to_owned()));
    assert_eq!(ids("mail"), ids("email"));
    assert_eq!(ids("Correo"), ids("email"));
    assert_eq!(ids("spreadsheet"), ids("spreadsheets"));
    assert!(ids("nothing at all").is_empty());
    let all = catalog.categories();
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0));
    for (name, count) in &all {
        assert_eq!(catalog.in_category(name).len(), *count, "{name}");
    }
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
    assert_eq!(meant("washing machine"), None);
    assert_eq!(meant(""), None);
}

#[test]
fn lookups() {
    let catalog = Catalog::embedded();
    let ids: Vec<&str> = catalog.ids().collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    assert!(
        ids.iter()
            .all(|id| catalog.get(id).is_some_and(|connector| connector.id == *id))
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

#[test]
fn a_sheet_says_all_there_is() {
    let catalog = Catalog::embedded();
    insta::assert_snapshot!(catalog.sheet(catalog.get("slackbot").unwrap()));
    for connector in catalog.connectors() {
        let sheet = catalog.sheet(connector);
        let told = connector.scopes.iter().map(|scope| &scope.sentence);
        let told = told.chain(connector.operations.iter().map(|operation| &operation.title));
        let told = told.chain(connector.errors.iter().flat_map(|hint| [&hint.cause, &hint.next]));
        let told = told
            .chain(&connector.prompts)
            .chain(&connector.setup.steps)
            .chain(&connector.setup.traps);
        for text in told.chain([&connector.advice.reason, &connector.purpose]) {
            assert!(sheet.contains(text.as_str()), "{}: {text}", connector.id);
        }
    }
}
