//! What is known of each app of the list.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

/// The connectors compared: those that public apps of this platform are known to declare or to call.
const CANDIDATES: &str = "airtable asana bamboohr box calendly clickup contentful databricks discord dropbox facebook_pages fitbit freshbooks github gitlab gmail google_analytics google_classroom google_contacts google_search_console googleads googlebigquery googlecalendar googledocs googledrive googlemeet googlesheets googleslides googletasks hubspot hugging_face instagram linear linkedin meta_ads microsoft_excel microsoft_powerpoint microsoft_teams notion one_drive outlook quickbooks salesforce share_point slack snowflake splitwise square stripe supabase tiktok typeform wix wrike x xero";

/// The connectors compared.
pub(crate) fn candidates() -> impl Iterator<Item = &'static str> {
    CANDIDATES.split(' ')
}

/// One app.
#[derive(Debug, Deserialize)]
pub(crate) struct Label {
    /// Where it is from.
    pub(crate) repo: String,
    /// Whether it is large and clean enough to be counted.
    pub(crate) eligible: bool,
    /// Connector types called in its code.
    pub(crate) gt_types: Vec<String>,
    /// The same with the functions that call them, and through whose account.
    pub(crate) connectors: Vec<Used>,
}

/// A connector an app uses.
#[derive(Debug, Deserialize)]
pub(crate) struct Used {
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) id: String,
    /// `shared`, `app_user`, or both with a `+`.
    pub(crate) mode: String,
}

impl Label {
    /// The types among the candidates.
    pub(crate) fn truth(&self) -> BTreeSet<String> {
        let known: BTreeSet<&str> = candidates().collect();
        self.gt_types
            .iter()
            .map(|id| canonical(id))
            .filter(|id| known.contains(id.as_str()))
            .collect()
    }

    /// The name without its owner.
    pub(crate) fn short(&self) -> &str {
        self.repo.rsplit('/').next().unwrap_or(&self.repo)
    }
}

/// Slack's two connectors count as one.
pub(crate) fn canonical(id: &str) -> String {
    if id == "slackbot" { "slack" } else { id }.to_owned()
}

/// Reads a list.
pub(crate) fn read(file: &Path) -> Result<Vec<Label>, Box<dyn std::error::Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}
