//! How a command fails: what happened, why, what to do, and an exit code.

use std::process::ExitCode;

use crate::out;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Fail {
    message: String,
    code: u8,
}

impl Fail {
    /// Findings, or refused (1).
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// Wrongly asked (2).
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }

    /// Keys or settings (78).
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 78,
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn report(&self, json: bool) -> ExitCode {
        if json {
            out::json(&serde_json::json!({"error": {"message": self.message, "exit_code": self.code}}));
        } else {
            out::complain(&self.message);
        }
        ExitCode::from(self.code)
    }
}

impl From<String> for Fail {
    fn from(message: String) -> Self {
        Self::refused(message)
    }
}
