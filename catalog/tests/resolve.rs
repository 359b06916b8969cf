//! What a call in source code is taken for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, Unresolved};

/// `connector method_id`, or why not.
fn check(call: &str, prefer: Option<&str>, expected: &str) {
    let (method, url) = call.split_once(' ').unwrap();
    let said = match Catalog::embedded().resolve(method, url, prefer) {
        Ok(found) => {
            let known = if found.operation.is_some() { "" } else { " (table)" };
            format!("{} {}{known}", found.connector, found.method_id)
        }
        Err(Unresolved::NotAnAddress { why, .. }) => format!("no address: {why}"),
        Err(Unresolved::UnknownHost { host }) => format!("unknown host {host}"),
        Err(Unresolved::UnknownCall { connector, .. }) => format!("unknown call of {connector}"),
    };
    assert_eq!(said, expected, "{call}");
}

#[test]
fn literal_ids_holes_and_queries_are_the_same_call() {
    for url in [
        "POST https://gmail.googleapis.com/gmail/v1/users/me/messages/send",
        "post https://gmail.googleapis.com/gmail/v1/users/{}/messages/send",
        "POST https://gmail.googleapis.com/gmail/v1/users/anna%40example.com/messages/send?alt=json",
        "POST https://GMAIL.googleapis.com:443/gmail/v1/users/me/messages/send/",
        "POST https://www.googleapis.com/gmail/v1/users/me/messages/send",
        "POST https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/send?uploadType=media",
    ] {
        check(url, None, "gmail gmail.users.messages.send");
    }
}

#[test]
fn a_colon_verb_is_part_of_the_call() {
    let sheets = "https://sheets.googleapis.com/v4/spreadsheets/{}";
    check(
        &format!("POST {sheets}/values/{{}}:append?valueInputOption=RAW"),
        None,
        "googlesheets sheets.spreadsheets.values.append",
    );
    check(
        &format!("POST {sheets}/values/Bookings!A1%3AC:append"),
        None,
        "googlesheets sheets.spreadsheets.values.append",
    );
    check(
        &format!("GET {sheets}/values/Bookings!A1:C9"),
        None,
        "googlesheets sheets.spreadsheets.values.get",
    );
    check(
        &format!("POST {sheets}:batchUpdate"),
        None,
        "googlesheets sheets.spreadsheets.batchUpdate",
    );
    check(
        &format!("POST {sheets}/values:batchClear"),
        None,
        "googlesheets sheets.spreadsheets.values.batchClear (table)",
    );
    // A hole may be anything, but never stands for the verb.
    check(
        &format!("POST {sheets}/values/{{}}"),
        None,
        "unknown call of googlesheets",
    );
}

#[test]
fn the_more_literal_path_wins() {
    check(
        "DELETE https://www.googleapis.com/drive/v3/files/trash",
        None,
        "googledrive drive.files.emptyTrash (table)",
    );
    check(
        "DELETE https://www.googleapis.com/drive/v3/files/{}/comments/{}",
        None,
        "googledrive drive.comments.delete (table)",
    );
    check(
        "GET https://api.notion.com/v1/users/me",
        None,
        "notion notion.users.me (table)",
    );
}

#[test]
fn a_shared_host_is_told_apart_by_path_and_token() {
    let list = "GET https://www.googleapis.com/drive/v3/files?q=x";
    check(list, Some("googlesheets"), "googlesheets drive.files.list");
    check(
        "GET https://www.googleapis.com/drive/v3/apps",
        None,
        "googledrive drive.apps.list (table)",
    );
    check(
        "GET https://www.googleapis.com/drive/v3/apps",
        Some("googlesheets"),
        "googlesheets drive.apps.list (table)",
    );
    check(
        "POST https://www.googleapis.com/calendar/v3/calendars/primary/events?sendUpdates=all",
        Some("gmail"),
        "googlecalendar calendar.events.insert",
    );
}

#[test]
fn slack_takes_get_and_post_alike() {
    check(
        "POST https://slack.com/api/chat.postMessage",
        None,
        "slackbot chat.postMessage",
    );
    check(
        "POST https://slack.com/api/conversations.list",
        None,
        "slackbot conversations.list",
    );
    check(
        "GET https://slack.com/api/users.info?user={}",
        None,
        "slackbot users.info (table)",
    );
    check(
        "DELETE https://slack.com/api/users.info",
        None,
        "unknown call of slackbot",
    );
    check("POST https://slack.com/api/{}", None, "unknown call of slackbot");
}

#[test]
fn hubspot_knows_its_dated_paths_and_numbered_types() {
    check(
        "POST https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert",
        None,
        "hubspot hubspot.contacts.batchUpsert",
    );
    check(
        "PATCH https://api.hubapi.com/crm/v3/objects/deals/{}",
        None,
        "hubspot hubspot.deals.update",
    );
    check(
        "POST https://api.hubapi.com/crm/objects/2026-03/contacts/batch/upsert",
        None,
        "hubspot POST /crm/v3/objects/contacts/batch/upsert (table)",
    );
    check(
        "PATCH https://api.hubapi.com/crm/v3/objects/0-3/42",
        None,
        "hubspot PATCH /crm/v3/objects/deals/{} (table)",
    );
    check(
        "GET https://api.hubapi.com/crm/v3/owners",
        None,
        "hubspot hubspot.owners.list",
    );
}

#[test]
fn what_is_not_known_is_named() {
    check(
        "GET https://api.example.com/v1/things",
        None,
        "unknown host api.example.com",
    );
    check(
        "GET https://gmail.googleapis.com.evil.example/gmail/v1/users/me/profile",
        None,
        "unknown host gmail.googleapis.com.evil.example",
    );
    check(
        "GET https://www.googleapis.com/calendar/v3/unknown/{}",
        None,
        "unknown call of googlecalendar",
    );
    check(
        "GET https://www.googleapis.com/oauth2/v2/nothing",
        Some("gmail"),
        "unknown call of gmail",
    );
}

#[test]
fn an_address_with_two_readings_is_refused() {
    for (url, why) in [
        (
            "https://gmail.googleapis.com@evil.example/x",
            "it carries a user name before the host",
        ),
        (
            "https://gmail.googleapis.com\\@evil.example/x",
            "it carries a user name before the host",
        ),
        ("https://gmail.googleapis.com\\evil/x", "it contains a backslash"),
        (
            "https://gmail.googleapis.com/gmail/v1/users/me/../../../x",
            "its path has a dot segment",
        ),
        (
            "https://gmail.googleapis.com/gmail/v1/users/%2e%2E/x",
            "its path has a dot segment",
        ),
        ("https://gmail.googleapis.com:8443/x", "it names a port"),
        ("http://gmail.googleapis.com/x", "it does not begin with https://"),
        (
            "https://gmail.googleapis.com/\tx",
            "it contains a blank or a control character",
        ),
        ("https://{}/x", "its host is not known"),
        ("https://{}googleapis.com/x", "its host is not known"),
        ("https://{}.com/x", "its host is not known"),
        ("https://{}.{}.googleapis.com/x", "its host is not known"),
        ("https://gmail.{}/x", "its host is not known"),
        ("https://gmail}.googleapis.com/x", "its host is not known"),
        ("https:///x", "its host is not known"),
        ("/gmail/v1/users/me/profile", "it does not begin with https://"),
    ] {
        let said = Catalog::embedded().resolve("GET", url, None).unwrap_err();
        assert_eq!(
            said,
            Unresolved::NotAnAddress {
                url: url.to_owned(),
                why
            },
            "{url}"
        );
    }
}

#[test]
fn messages_say_what_to_do_next() {
    let said = Catalog::embedded()
        .resolve("GET", "https://slack.com/api/chat.shout", None)
        .unwrap_err();
    assert_eq!(
        said.to_string(),
        "slackbot has no call `GET /api/chat.shout` that Linchpin knows. Compare the path with the vendor's reference; `linchpin catalog show slackbot` lists the calls."
    );
}
