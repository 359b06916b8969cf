//! What there is to look at in the bookings app.

use linchpin_protocol::question::{Mode, Sensitivity};
use linchpin_protocol::{AppMap, ChangeId, ChangeRow, Found, FunctionRow, MapFunction, MapPage, Offer, Reach};

use super::bookings::review;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn offer(id: &str, name: &str, category: &str, purpose: &str, prompts: &[&str]) -> Offer {
    Offer {
        id: id.into(),
        name: name.into(),
        aliases: vec![],
        categories: vec![category.into()],
        purpose: purpose.into(),
        advised: (
            Mode::Shared,
            "What it sends goes from the business to its clients.".into(),
        ),
        permissions: vec![
            ("See who you are".into(), Sensitivity::Basic),
            ("Send mail as you".into(), Sensitivity::Sensitive),
        ],
        setup: strings(&["Make an OAuth client of the kind Desktop.", "Turn the API on."]),
        console_url: "https://console.example.com/clients".into(),
        traps: strings(&["Tokens of a project in testing end after 7 days."]),
        prompts: strings(prompts),
        declared: id == "gmail",
    }
}

pub fn catalog() -> Found {
    Found::Catalog {
        offers: vec![
            offer(
                "slackbot",
                "Slack",
                "team_chat",
                "Posts messages to channels and people.",
                &["Post to Slack when a Booking is created"],
            ),
            offer(
                "gmail",
                "Gmail",
                "mail",
                "Sends mail and reads a mailbox.",
                &[
                    "Email each client when their Booking is confirmed",
                    "Send me a daily email with my to-do list",
                ],
            ),
            offer(
                "googlecalendar",
                "Google Calendar",
                "calendar",
                "Reads and writes events.",
                &["Put each Booking in my calendar"],
            ),
            offer(
                "googlesheets",
                "Google Sheets",
                "documents",
                "Reads and writes spreadsheets.",
                &["Keep a Google Sheet with every paid Invoice"],
            ),
            offer(
                "hubspot",
                "HubSpot",
                "crm",
                "Keeps contacts and deals.",
                &["Create a HubSpot contact for every new Client"],
            ),
        ],
    }
}

pub fn functions() -> Found {
    let facts = review().functions.remove(0);
    let mut broken = facts.clone();
    broken.name = "monthly-report".into();
    broken.file = "base44/functions/monthly-report/entry.ts".into();
    broken.violations = vec![linchpin_protocol::question::RuleFact {
        rule: "P3".into(),
        line: 9,
        message: "The token goes into a log. Take it out.".into(),
    }];
    let source = "import { createClientFromRequest } from 'npm:@base44/sdk';\n\nDeno.serve(async (req) => {\n  // Only the owner.\n  const base44 = createClientFromRequest(req);\n  return Response.json({ ok: true, count: 12 });\n});\n";
    let row = |facts, ok| FunctionRow {
        facts,
        ok,
        problem: None,
        source: source.into(),
    };
    Found::Functions {
        functions: vec![row(facts, true), row(broken, false)],
    }
}

pub fn history() -> Found {
    let change = |number, title: &str, at, undone| ChangeRow {
        change: ChangeId(number),
        title: title.into(),
        at,
        undone,
        files: vec![
            ("base44/functions/confirm/entry.ts".into(), 62, 0),
            ("base44/connectors/gmail.jsonc".into(), 4, 1),
        ],
    };
    Found::History {
        changes: vec![
            change(3, "Post to Slack when a booking is created", 1_799_999_000_000, true),
            change(2, "Email each client a confirmation", 1_799_990_000_000, false),
            change(1, "Put each booking in the calendar", 1_799_000_000_000, false),
        ],
    }
}

pub fn map() -> AppMap {
    let reach = |connector: &str, name: &str, mode, does: &str, scope: &str, sentence: &str| Reach {
        connector: connector.into(),
        name: name.into(),
        mode,
        does: strings(&[does]),
        scopes: vec![(scope.into(), sentence.into())],
    };
    let gmail = "https://www.googleapis.com/auth/gmail.send";
    AppMap {
        app: "Bookings".into(),
        pages: vec![
            MapPage {
                name: "Bookings".into(),
                entities: strings(&["Booking", "Client"]),
                calls: strings(&["sendBookingConfirmation"]),
            },
            MapPage {
                name: "Invoices".into(),
                entities: strings(&["Invoice"]),
                calls: vec![],
            },
        ],
        entities: strings(&["Booking", "Client", "Invoice"]),
        functions: vec![
            MapFunction {
                name: "sendBookingConfirmation".into(),
                trigger: "a call".into(),
                callers: "any signed-in user".into(),
                entities: strings(&["reads Booking", "reads Client"]),
                reaches: vec![reach(
                    "gmail",
                    "Gmail",
                    Mode::Shared,
                    "Send a message",
                    gmail,
                    "Send mail as you",
                )],
                elsewhere: vec![],
                ok: true,
            },
            MapFunction {
                name: "monthlyReport".into(),
                trigger: "every 1st of the month at 08:00, Europe/Berlin".into(),
                callers: "automations, and admins for testing".into(),
                entities: strings(&["reads Invoice"]),
                reaches: vec![
                    reach(
                        "gmail",
                        "Gmail",
                        Mode::Shared,
                        "Send a message",
                        gmail,
                        "Send mail as you",
                    ),
                    reach(
                        "googlesheets",
                        "Google Sheets",
                        Mode::AppUser,
                        "Append values",
                        "https://www.googleapis.com/auth/drive.file",
                        "Files made by this app",
                    ),
                ],
                elsewhere: strings(&["api.example.com"]),
                ok: false,
            },
        ],
    }
}
