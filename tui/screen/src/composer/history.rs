//! Messages sent before, to be sent again.

/// What was sent, oldest first, and how far back one has gone.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct History {
    sent: Vec<String>,
    at: Option<usize>,
    draft: String,
}

/// How many are kept.
const MOST: usize = 500;

impl History {
    /// Remembers a message; the same one twice in a row counts once.
    pub fn push(&mut self, text: &str) {
        self.at = None;
        self.draft.clear();
        if text.trim().is_empty() || self.sent.last().is_some_and(|last| last == text) {
            return;
        }
        self.sent.push(text.to_owned());
        if self.sent.len() > MOST {
            self.sent.remove(0);
        }
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> &[String] {
        &self.sent
    }

    /// The message before; `draft` is what stands in the composer now and comes back at the end.
    pub fn older(&mut self, draft: &str) -> Option<&str> {
        let at = match self.at {
            None => {
                draft.clone_into(&mut self.draft);
                self.sent.len().checked_sub(1)?
            }
            Some(at) => at.checked_sub(1)?,
        };
        self.at = Some(at);
        self.sent.get(at).map(String::as_str)
    }

    /// The message after, or the draft at the end.
    pub fn newer(&mut self) -> Option<&str> {
        let at = self.at? + 1;
        if at >= self.sent.len() {
            self.at = None;
            return Some(&self.draft);
        }
        self.at = Some(at);
        self.sent.get(at).map(String::as_str)
    }
}
