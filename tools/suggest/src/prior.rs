//! How common a connector is among apps, as points beside what an app says.
//!
//! In bands and not in counts: of 61 public apps that use connectors, about half have a calendar,
//! two fifths mail, a third files, a quarter a spreadsheet; a few connectors come in one app of eight
//! or ten, the rest in fewer than one of twenty, alike for all. Points are twenty times the logarithm
//! of the odds, so that a reason which is three times as common where a connector is used outweighs
//! twenty-two of them. A connector for which nothing speaks gets no place, however common.

/// The points.
pub(crate) fn points(connector: &str) -> i32 {
    match connector {
        "googlecalendar" => 4,
        "gmail" => -5,
        "googledrive" => -14,
        "googlesheets" => -18,
        "slackbot" | "slack" => -20,
        "google_analytics" | "linkedin" => -42,
        "hubspot" | "instagram" | "outlook" => -44,
        "notion" => -36,
        "github" => -54,
        "dropbox" | "facebook_pages" => -64,
        "google_search_console" | "googledocs" | "googletasks" | "tiktok" => -60,
        _ => -72,
    }
}

/// Connectors that do the same for an app: one of them is enough for a start.
pub(crate) fn family(connector: &str) -> &str {
    match connector {
        "googledrive" | "dropbox" | "one_drive" | "box" | "share_point" => "files",
        "googlecalendar" | "outlook" | "calendly" => "calendar",
        "googlesheets" | "microsoft_excel" | "airtable" => "tables",
        "googletasks" | "todoist" | "asana" | "clickup" | "monday" | "trello" | "wrike" => "tasks",
        "github" | "gitlab" | "linear" | "jira" => "code",
        "slackbot" | "slack" | "microsoft_teams" | "discord" => "chat",
        "hubspot" | "salesforce" => "crm",
        "quickbooks" | "xero" | "freshbooks" => "books",
        "googledocs" | "notion" | "confluence" => "papers",
        "googleslides" | "microsoft_powerpoint" => "slides",
        "googlebigquery" | "snowflake" | "databricks" => "warehouse",
        "googlemeet" | "zoom" => "calls",
        "typeform" | "google_forms" => "forms",
        "zendesk" | "intercom" => "help",
        "stripe" | "square" => "payments",
        "linkedin" | "instagram" | "facebook_pages" | "tiktok" | "x" | "youtube" => "posts",
        "twilio" | "whatsapp" | "telegram" => "texts",
        other => other,
    }
}
