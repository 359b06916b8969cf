//! What can go wrong with a model's server: what happened, and what to do next.
//!
//! Invariants: no sentence holds the key, a whole body, or a character that could move a cursor.

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The address is of no use.
    #[error(
        "The address of the model's server is of no use: {why}. Set OPENAI_BASE_URL to one such as http://127.0.0.1:8080/v1, or unset it."
    )]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The key can't be sent.
    #[error("OPENAI_API_KEY holds characters that can't be sent. Copy the key again, without line breaks.")]
    Key,
    /// The model has no name.
    #[error("No model is named. Set LINCHPIN_MODEL to one that the server has.")]
    NoName,
    /// TLS or the HTTP client could not be set up.
    #[error(
        "No connection to a model's server can be set up: {why}. Mend it, or unset OPENAI_BASE_URL and OPENAI_API_KEY to go on with the guide."
    )]
    Client {
        /// Why.
        why: String,
    },
    /// Nothing answers there.
    #[error(
        "No model's server answers at {host}. Start it or mend OPENAI_BASE_URL, then say it again; with neither that nor OPENAI_API_KEY set, the guide answers."
    )]
    Unreachable {
        /// Host and port.
        host: String,
    },
    /// The key is refused.
    #[error(
        "{host} refuses the key (HTTP {status}). Set OPENAI_API_KEY to one that may use `{model}`, and start Linchpin again."
    )]
    Unauthorised {
        /// Host and port.
        host: String,
        /// 401 or 403.
        status: u16,
        /// The model.
        model: String,
    },
    /// No such address or model.
    #[error(
        "{host} knows no `{model}`, or none at this address (HTTP 404): {said} Set LINCHPIN_MODEL to a model it has; OPENAI_BASE_URL usually ends in /v1."
    )]
    NotFound {
        /// Host and port.
        host: String,
        /// The model.
        model: String,
        /// The server's own words.
        said: String,
    },
    /// The account has no credit left.
    #[error("The account at {host} has no credit left: {said} Top it up, or name another server with OPENAI_BASE_URL.")]
    NoCredit {
        /// Host and port.
        host: String,
        /// The server's own words.
        said: String,
    },
    /// Too many requests.
    #[error("{host} takes no more requests for now{}. Wait, then say it again.", wait(*.seconds))]
    Busy {
        /// Host and port.
        host: String,
        /// How long it asks to wait.
        seconds: Option<u64>,
    },
    /// It wants to be asked elsewhere.
    #[error(
        "{host} sends requests on to {to}, and Linchpin doesn't take a key elsewhere. Set OPENAI_BASE_URL to the address you trust."
    )]
    Redirected {
        /// Host and port.
        host: String,
        /// Where to.
        to: String,
    },
    /// Any other refusal.
    #[error("{host} answered with HTTP {status}: {said} Say it again, or look at the server's log.")]
    Refused {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
        /// The server's own words.
        said: String,
    },
    /// It didn't stream.
    #[error(
        "{host} answered with {kind} where a stream of events was asked for. Look at OPENAI_BASE_URL: it has to be the address of an OpenAI-compatible API."
    )]
    NotAStream {
        /// Host and port.
        host: String,
        /// The content type.
        kind: String,
    },
    /// It stopped sending.
    #[error(
        "The model's server has sent nothing for {seconds} s, so the answer was given up; nothing of it was carried out. Say it again."
    )]
    Stalled {
        /// How long was waited.
        seconds: u64,
    },
    /// The stream ended before the answer did.
    #[error("The model's answer broke off before it was complete; nothing of it was carried out. Say it again.")]
    Cut,
    /// A piece of the answer was unreadable.
    #[error("The model's answer was damaged on its way; nothing of it was carried out. Say it again.")]
    Damaged,
    /// The server reported an error after it had begun.
    #[error(
        "The model's server failed in the middle of its answer: {said} Nothing of it was carried out. Say it again."
    )]
    Broken {
        /// Its own words.
        said: String,
    },
    /// The model's length limit was reached.
    #[error(
        "The model reached its length limit before it had finished; nothing of its answer was carried out. Ask for less at once, or raise the limit at the server."
    )]
    Overlong,
    /// The server's filter held the answer back.
    #[error("The model's server held the answer back (content filter). Say it in other words.")]
    Filtered,
    /// More came than an answer may have.
    #[error(
        "The model's answer was larger than any answer may be, so it was given up; nothing of it was carried out. Say it in other words."
    )]
    TooLarge,
    /// Nothing was said.
    #[error("The model ended its answer without a word. Say it again, or try another model.")]
    Silent,
}

fn wait(seconds: Option<u64>) -> String {
    match seconds {
        None => String::new(),
        Some(s @ 0..=120) => format!(" and asks to wait {s} s"),
        Some(s) => format!(" and asks to wait {} min", s.div_ceil(60)),
    }
}

/// A server's own words, short and on one line, ending like a sentence.
pub(super) fn quote(said: &str) -> String {
    const MOST: usize = 200;
    let plain: String = said
        .chars()
        .take(4 * MOST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_directional(*c))
        .collect();
    let mut words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > MOST {
        words = words.chars().take(MOST).chain(['…']).collect();
    }
    match words.chars().last() {
        None => "it gave no reason.".to_owned(),
        Some('.' | '!' | '?' | '…') => words,
        Some(_) => words + ".",
    }
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
