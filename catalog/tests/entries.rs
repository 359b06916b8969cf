//! A test a connector file: it keeps every rule, and its own calls are found by what the code that
//! makes them looks like. The list of tests is made by `build.rs`, so a new file has one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use linchpin_catalog::{Catalog, Outgoing, check_text};

include!(concat!(env!("OUT_DIR"), "/entries.rs"));

fn entry(id: &str) {
    let catalog = Catalog::embedded();
    let found: Vec<String> = check_text(&format!("{id}.toml"), catalog.text(id).unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let connector = catalog.get(id).unwrap();
    for operation in &connector.operations {
        let call = Outgoing {
            method: &operation.method,
            url: &operation.url,
            prefer: Some(id),
            document: operation.graphql.as_deref(),
        };
        let met = catalog
            .resolve_call(&call)
            .unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        assert_eq!(met.connector, id, "{}", operation.id);
        let own = met
            .operation
            .unwrap_or_else(|| panic!("{} is met as {}", operation.id, met.method_id));
        // Two operations may be the same call with another body.
        let shape = |url: &str| url.split(['{', '}']).step_by(2).collect::<Vec<_>>().join("{}");
        let call = (own.method.as_str(), shape(&own.url));
        assert_eq!(
            call,
            (operation.method.as_str(), shape(&operation.url)),
            "{}",
            operation.id
        );
        let needs = [met.scope_sets];
        let chosen = catalog.smallest_scopes(id, &needs);
        assert!(catalog.covers(id, &chosen, &needs), "{}: {chosen:?}", operation.id);
        assert_eq!(
            chosen.is_empty(),
            operation.scopes.is_empty(),
            "{}: {chosen:?}",
            operation.id
        );
    }
}

/// Base44's list, and what apps call beside it.
const ASKED: &[&str] = &[
    "airtable",
    "asana",
    "bamboohr",
    "box",
    "calendly",
    "clickup",
    "confluence",
    "contentful",
    "databricks",
    "discord",
    "dropbox",
    "facebook_pages",
    "fitbit",
    "freshbooks",
    "github",
    "gitlab",
    "gmail",
    "google_analytics",
    "google_classroom",
    "google_contacts",
    "google_forms",
    "google_search_console",
    "googleads",
    "googlebigquery",
    "googlecalendar",
    "googledocs",
    "googledrive",
    "googlemeet",
    "googlesheets",
    "googleslides",
    "googletasks",
    "hubspot",
    "hugging_face",
    "instagram",
    "intercom",
    "jira",
    "linear",
    "linkedin",
    "mailchimp",
    "meta_ads",
    "microsoft_teams",
    "monday",
    "notion",
    "one_drive",
    "openai",
    "outlook",
    "quickbooks",
    "resend",
    "salesforce",
    "sendgrid",
    "share_point",
    "shopify",
    "slack",
    "slackbot",
    "snowflake",
    "splitwise",
    "square",
    "stripe",
    "supabase",
    "telegram",
    "tiktok",
    "todoist",
    "trello",
    "twilio",
    "typeform",
    "whatsapp",
    "wix",
    "wrike",
    "x",
    "xero",
    "youtube",
    "zendesk",
    "zoom",
];

#[test]
fn every_connector_that_is_asked_for_is_there() {
    let missing: Vec<&&str> = ASKED
        .iter()
        .filter(|id| Catalog::embedded().get(id).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
