//! Other services: what an app reaches by its own means.

use serde::{Deserialize, Serialize};

use super::At;

/// A use of a service that a connector could replace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// What (`Core.SendEmail`, `resend`, `slack webhook`).
    pub service: String,
    /// The environment variable that told it, if one did (`RESEND_API_KEY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The host that told it, if one did (`api.resend.com`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where.
    pub at: At,
}

/// An environment variable that code reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name. Its value is never read.
    pub name: String,
    /// The service it belongs to, if its name tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Where.
    pub at: At,
}

/// A host of another service, named in code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostUse {
    /// The host (`api.hubapi.com`). Nothing of the address after it is kept.
    pub host: String,
    /// Whether the address is a web hook written into the code.
    pub hook: bool,
    /// Where.
    pub at: At,
}
