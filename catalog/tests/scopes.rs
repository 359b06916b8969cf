//! The smallest sufficient scopes, and what covers what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, Unlocks};
use proptest::prelude::*;

/// The needs of calls written `METHOD url`.
fn needs(connector: &str, calls: &[&str]) -> Vec<Vec<Vec<String>>> {
    calls
        .iter()
        .map(|call| {
            let (method, url) = call.split_once(' ').unwrap();
            let found = Catalog::embedded().resolve(method, url, Some(connector)).unwrap();
            assert_eq!(found.connector, connector, "{call}");
            found.scope_sets
        })
        .collect()
}

/// The scopes chosen for some calls, in short form.
fn check(connector: &str, calls: &[&str], expected: &[&str]) {
    let catalog = Catalog::embedded();
    let needs = needs(connector, calls);
    let chosen = catalog.smallest_scopes(connector, &needs);
    assert!(catalog.covers(connector, &chosen, &needs), "{calls:?}");
    let short: Vec<&str> = chosen
        .iter()
        .map(|name| {
            let scope = catalog.get(connector).unwrap().scope(name).unwrap();
            scope.short.as_deref().unwrap_or(&scope.name)
        })
        .collect();
    assert_eq!(short, expected, "{calls:?}");
}

const G: &str = "https://gmail.googleapis.com/gmail/v1/users/me";
const C: &str = "https://www.googleapis.com/calendar/v3";
const S: &str = "https://sheets.googleapis.com/v4/spreadsheets";
const D: &str = "https://www.googleapis.com/drive/v3";
const H: &str = "https://api.hubapi.com/crm/v3/objects";

fn gmail(calls: &[(&str, &str)], expected: &[&str]) {
    let calls: Vec<String> = calls.iter().map(|(m, path)| format!("{m} {G}{path}")).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    check("gmail", &calls, expected);
}

#[test]
fn sending_needs_sending_only() {
    gmail(&[("POST", "/messages/send")], &["gmail.send"]);
    gmail(
        &[("POST", "/messages/send"), ("GET", "/labels")],
        &["gmail.labels", "gmail.send"],
    );
}

#[test]
fn reading_a_body_is_never_left_to_metadata() {
    gmail(&[("GET", "/messages/{}")], &["gmail.readonly"]);
    gmail(
        &[("GET", "/messages"), ("GET", "/messages/{}?format=full")],
        &["gmail.readonly"],
    );
    gmail(&[("GET", "/threads/{}")], &["gmail.readonly"]);
    let reading = needs("gmail", &[&format!("GET {G}/messages/{{}}")]);
    assert!(!Catalog::embedded().covers("gmail", &["gmail.metadata".into()], &reading));
    assert!(Catalog::embedded().covers("gmail", &["gmail.modify".into()], &reading));
}

#[test]
fn a_filter_takes_the_one_scope_that_works() {
    gmail(&[("POST", "/settings/filters")], &["gmail.settings.basic"]);
    gmail(
        &[("POST", "/settings/filters"), ("GET", "/messages")],
        &["gmail.readonly", "gmail.settings.basic"],
    );
    let filters = needs("gmail", &[&format!("POST {G}/settings/filters")]);
    assert!(!Catalog::embedded().covers("gmail", &["https://mail.google.com/".into()], &filters));
}

#[test]
fn one_wider_scope_replaces_two_only_where_it_is_no_wider() {
    gmail(
        &[("POST", "/messages/send"), ("GET", "/messages")],
        &["gmail.readonly", "gmail.send"],
    );
    gmail(
        &[
            ("POST", "/messages/{}/modify"),
            ("GET", "/messages"),
            ("POST", "/messages/send"),
        ],
        &["gmail.modify"],
    );
    gmail(&[("POST", "/drafts"), ("POST", "/messages/send")], &["gmail.compose"]);
    gmail(&[("DELETE", "/messages/{}")], &["mail.google.com"]);
}

#[test]
fn looking_at_the_profile_asks_for_no_right_to_send() {
    gmail(&[("GET", "/profile")], &["gmail.metadata"]);
    gmail(&[("GET", "/profile"), ("GET", "/messages")], &["gmail.readonly"]);
    gmail(&[("GET", "/profile"), ("POST", "/drafts")], &["gmail.compose"]);
    let profile = needs("gmail", &[&format!("GET {G}/profile")]);
    assert!(Catalog::embedded().covers("gmail", &["gmail.compose".into()], &profile));
}

#[test]
fn drive_lists_are_not_left_to_photos() {
    let list = format!("GET {D}/files");
    check("googlesheets", &[&list], &["drive.metadata.readonly"]);
    // The table's own owner has no file yet: the vendor's count decides among what it lists.
    let found = Catalog::embedded()
        .resolve("GET", &format!("{D}/files/{{}}/export"), None)
        .unwrap();
    assert_eq!(found.connector, "googledrive");
}

#[test]
fn an_existing_spreadsheet_is_not_left_to_drive_file() {
    check(
        "googlesheets",
        &[&format!("POST {S}/{{}}/values/A1:append")],
        &["spreadsheets"],
    );
    check("googlesheets", &[&format!("POST {S}")], &["drive.file"]);
    check(
        "googlesheets",
        &[&format!("POST {S}"), &format!("POST {S}/{{}}/values/A1:append")],
        &["spreadsheets"],
    );
    check(
        "googlesheets",
        &[&format!("GET {S}/{{}}/values/A:Z")],
        &["spreadsheets.readonly"],
    );
    // An app that already works with drive.file alone is not told to ask for more.
    let append = needs("googlesheets", &[&format!("POST {S}/{{}}/values/A1:append")]);
    assert!(Catalog::embedded().covers("googlesheets", &["drive.file".into()], &append));
}

#[test]
fn calendars() {
    check(
        "googlecalendar",
        &[&format!("POST {C}/calendars/primary/events")],
        &["calendar.events"],
    );
    check(
        "googlecalendar",
        &[&format!("GET {C}/calendars/primary/events")],
        &["calendar.events.readonly"],
    );
    check(
        "googlecalendar",
        &[&format!("POST {C}/freeBusy")],
        &["calendar.freebusy"],
    );
    check(
        "googlecalendar",
        &[
            &format!("POST {C}/calendars/primary/events"),
            &format!("GET {C}/calendars/primary/events"),
        ],
        &["calendar.events"],
    );
    check(
        "googlecalendar",
        &[&format!("GET {C}/users/me/calendarList"), &format!("POST {C}/freeBusy")],
        &["calendar.calendarlist.readonly", "calendar.freebusy"],
    );
}

#[test]
fn slack_hubspot_and_notion() {
    check(
        "slackbot",
        &["POST https://slack.com/api/chat.postMessage"],
        &["chat:write"],
    );
    check(
        "slackbot",
        &["GET https://slack.com/api/users.lookupByEmail"],
        &["users:read", "users:read.email"],
    );
    check("slackbot", &["GET https://slack.com/api/auth.test"], &[]);
    check(
        "hubspot",
        &[&format!("POST {H}/contacts/batch/upsert")],
        &["crm.objects.contacts.write"],
    );
    check(
        "hubspot",
        &[
            &format!("POST {H}/contacts/search"),
            &format!("POST {H}/deals"),
            &format!("POST {H}/notes"),
        ],
        &[
            "crm.objects.contacts.read",
            "crm.objects.contacts.write",
            "crm.objects.deals.write",
        ],
    );
    check("notion", &["POST https://api.notion.com/v1/pages"], &["insert_content"]);
}

#[test]
fn every_spelling_of_a_scope_counts() {
    let catalog = Catalog::embedded();
    let send = needs("gmail", &[&format!("POST {G}/messages/send")]);
    for spelling in ["gmail.send", "https://www.googleapis.com/auth/gmail.send"] {
        assert!(catalog.covers("gmail", &[spelling.into()], &send), "{spelling}");
    }
    let email = vec![vec![vec!["https://www.googleapis.com/auth/userinfo.email".to_owned()]]];
    assert!(catalog.covers("gmail", &["email".into()], &email));
    assert_eq!(catalog.smallest_scopes("gmail", &email), ["email"]);
    assert_eq!(
        catalog.get("gmail").unwrap().scope("userinfo.email").unwrap().name,
        "email"
    );
    assert!(catalog.covers("gmail", &[], &[]));
    assert!(!catalog.covers("gmail", &[], &send));
}

#[test]
fn unlocks_counts_the_vendors_methods() {
    let catalog = Catalog::embedded();
    assert_eq!(
        catalog.unlocks("gmail", "gmail.send"),
        Some(Unlocks { methods: 1, total: 79 })
    );
    assert_eq!(
        catalog.unlocks("gmail", "gmail.readonly"),
        Some(Unlocks { methods: 32, total: 79 })
    );
    assert_eq!(
        catalog.unlocks("googlecalendar", "calendar"),
        Some(Unlocks { methods: 38, total: 38 })
    );
    assert_eq!(catalog.unlocks("nothing", "x"), None);
}

/// One line an operation: what would be asked for it, and how much that opens.
#[test]
fn what_each_operation_asks_for() {
    use std::fmt::Write as _;
    let catalog = Catalog::embedded();
    let mut text = String::new();
    // The snapshot is for reading: these stand for the kinds of vendors there are.
    for id in [
        "gmail",
        "googlecalendar",
        "googlesheets",
        "hubspot",
        "notion",
        "slackbot",
    ] {
        let connector = catalog.get(id).unwrap();
        for operation in &connector.operations {
            let found = catalog
                .resolve(
                    &operation.method,
                    &operation.url.replace(['{', '}'], ""),
                    Some(&connector.id),
                )
                .unwrap();
            let chosen = catalog.smallest_scopes(&connector.id, std::slice::from_ref(&found.scope_sets));
            let scopes: Vec<String> = chosen
                .iter()
                .map(|name| {
                    let scope = connector.scope(name).unwrap();
                    let opens = catalog.unlocks(&connector.id, name).unwrap();
                    format!(
                        "{} {}/{} {:?}",
                        scope.short.as_ref().unwrap_or(&scope.name),
                        opens.methods,
                        opens.total,
                        scope.sensitivity
                    )
                })
                .collect();
            writeln!(
                text,
                "{:<14} {:<18} {}",
                connector.id,
                operation.intent,
                scopes.join(", ")
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// Every call of the Google tables, as `(connector, METHOD url)`.
fn table_calls() -> Vec<(&'static str, String)> {
    let tables = [
        (
            "gmail",
            "https://gmail.googleapis.com",
            include_str!("../facts/gmail.tsv"),
        ),
        (
            "googlecalendar",
            "https://www.googleapis.com",
            include_str!("../facts/googlecalendar.tsv"),
        ),
        (
            "googlesheets",
            "https://sheets.googleapis.com",
            include_str!("../facts/googlesheets.tsv"),
        ),
        (
            "googlesheets",
            "https://www.googleapis.com",
            include_str!("../facts/googledrive.tsv"),
        ),
        (
            "hubspot",
            "https://api.hubapi.com",
            include_str!("../facts/hubspot.tsv"),
        ),
        ("notion", "https://api.notion.com", include_str!("../facts/notion.tsv")),
        ("slackbot", "https://slack.com", include_str!("../facts/slack.tsv")),
    ];
    let mut calls = Vec::new();
    for (connector, host, text) in tables {
        let mut root = "";
        for line in text.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            match columns.as_slice() {
                ["root", path] => root = path,
                [method, path, _, _] => {
                    let method = if *method == "ANY" { "GET" } else { method };
                    let path = path
                        .strip_prefix('^')
                        .map_or_else(|| format!("{root}{path}"), str::to_owned);
                    calls.push((connector, format!("{method} {host}{path}")));
                }
                _ => {}
            }
        }
    }
    calls
}

#[test]
fn every_call_of_every_table_resolves_and_is_covered_by_what_is_chosen() {
    let calls = table_calls();
    assert!(calls.len() > 1000, "{}", calls.len());
    for (connector, call) in calls {
        let needs = needs(connector, &[&call]);
        let chosen = Catalog::embedded().smallest_scopes(connector, &needs);
        assert!(Catalog::embedded().covers(connector, &chosen, &needs), "{call}");
        assert_eq!(chosen.is_empty(), needs[0].is_empty(), "{call}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the calls: the choice suffices, no scope of it is idle, and order says nothing.
    #[test]
    fn the_choice_is_sufficient_tight_and_stable(picks in prop::collection::vec(0_usize..10_000, 1..6), google in 0_usize..2) {
        let calls: Vec<(&str, String)> = table_calls();
        let connector = ["gmail", "googlesheets"][google];
        let own: Vec<&String> = calls.iter().filter(|(id, _)| *id == connector).map(|(_, call)| call).collect();
        let picked: Vec<&str> = picks.iter().map(|at| own[at % own.len()].as_str()).collect();
        let needs = needs(connector, &picked);
        let catalog = Catalog::embedded();
        let chosen = catalog.smallest_scopes(connector, &needs);
        prop_assert!(catalog.covers(connector, &chosen, &needs));
        let trap = |name: &String| catalog.get(connector).unwrap().scope(name).unwrap().avoid.is_some();
        for at in 0..chosen.len() {
            if chosen.iter().any(trap) {
                break; // A trap covers on paper; it is not relied on.
            }
            let mut fewer = chosen.clone();
            fewer.remove(at);
            prop_assert!(!catalog.covers(connector, &fewer, &needs), "{chosen:?} for {picked:?}");
        }
        let mut turned = needs;
        turned.reverse();
        prop_assert_eq!(catalog.smallest_scopes(connector, &turned), chosen);
    }
}

fn names(short: &[&str]) -> Vec<String> {
    short.iter().map(|name| (*name).to_owned()).collect()
}

fn full(short: &[&str]) -> Vec<String> {
    let gmail = Catalog::embedded().get("gmail").unwrap();
    short
        .iter()
        .map(|name| gmail.canonical_scope(name).to_owned())
        .collect()
}

#[test]
fn a_wider_choice_says_what_it_would_add() {
    let sending = needs("gmail", &[&format!("POST {G}/messages/send")]);
    let wider = Catalog::embedded().wider("gmail", &names(&["gmail.send"]), &sending);
    let scopes: Vec<&str> = wider.iter().map(|one| one.scope.as_str()).collect();
    assert!(scopes.contains(&full(&["gmail.compose"])[0].as_str()), "{scopes:?}");
    assert!(scopes.contains(&"https://mail.google.com/"), "{scopes:?}");
    assert!(!scopes.contains(&full(&["gmail.readonly"])[0].as_str()), "{scopes:?}");
    for one in &wider {
        assert_eq!(one.replaces, full(&["gmail.send"]));
        assert!(one.adds.unwrap() > 0, "{one:?}");
    }
    assert_eq!(wider.last().unwrap().scope, "https://mail.google.com/");
    let both = needs(
        "gmail",
        &[&format!("POST {G}/messages/send"), &format!("GET {G}/messages")],
    );
    let wider = Catalog::embedded().wider("gmail", &names(&["gmail.send", "gmail.readonly"]), &both);
    let modify = wider.iter().find(|one| one.scope.ends_with("gmail.modify")).unwrap();
    assert_eq!(modify.replaces, full(&["gmail.readonly", "gmail.send"]));
}

#[test]
fn what_was_granted_is_compared_with_what_is_needed() {
    let sending = needs("gmail", &[&format!("POST {G}/messages/send")]);
    let compare = |granted: &[&str]| {
        let found = Catalog::embedded().compare("gmail", &names(granted), &sending);
        (found.is_enough(), found.missing, found.excess)
    };
    assert_eq!(compare(&["openid", "email", "gmail.send"]), (true, vec![], vec![]));
    assert_eq!(compare(&["gmail.modify"]), (true, vec![], vec![]));
    assert_eq!(
        compare(&["gmail.send", "gmail.modify"]),
        (true, vec![], full(&["gmail.modify"]))
    );
    assert_eq!(
        compare(&["gmail.readonly"]),
        (false, full(&["gmail.send"]), full(&["gmail.readonly"]))
    );
    assert_eq!(compare(&[]), (false, full(&["gmail.send"]), vec![]));
    let nothing = Catalog::embedded().compare("gmail", &names(&["openid", "gmail.send"]), &[]);
    assert_eq!(nothing.excess, full(&["gmail.send"]));
}
