//! Opening a link in the builder's browser. A link that isn't http(s) is never opened.

use url::Url;

/// How a link is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// By the system.
    System,
    /// Not at all: the link is only shown (SSH, `exec`, no browser).
    ShowOnly,
}

impl Browser {
    /// Opens `link`; whether it worked.
    pub fn open(self, link: &str) -> bool {
        let safe = Url::parse(link).is_ok_and(|url| {
            url.scheme() == "https"
                || (url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")))
        });
        self == Self::System && safe && webbrowser::open(link).is_ok()
    }
}
