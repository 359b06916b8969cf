//! What the walk met, in terms of the source and without judgement.

use std::collections::BTreeSet;

use super::value::{Guards, Labels};

/// A token's origin; its place in the list is its label's bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenSource {
    /// The connector, or the app-user connector's id; nothing when it is computed.
    pub(crate) connector: Option<String>,
    pub(crate) app_user: bool,
    /// Whether it is a key that was read from a secret.
    pub(crate) key: bool,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Literal(String),
    Computed,
    /// A connection's value, tested with this regular expression.
    Tested {
        connector: String,
        field: String,
        shape: String,
    },
    /// The address of one of the app's own files.
    File,
}

/// An outgoing request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// Where `fetch` or `callApi` is.
    pub(crate) at: u32,
    /// Where its address was given: there, or a call of the helper around it.
    pub(crate) given_at: u32,
    /// The address; empty when nothing of it is known.
    pub(crate) url: Vec<Part>,
    /// The method, where it is known.
    pub(crate) method: Option<String>,
    /// The tokens its authorization header may carry.
    pub(crate) bearer: Labels,
    /// Whether `redirect` is `"error"`.
    pub(crate) pinned: bool,
    /// The connector that `callApi` names.
    pub(crate) through: Option<String>,
    /// The GraphQL document it sends, where that is known.
    pub(crate) document: Option<String>,
    /// Whether it carries nothing but its address.
    pub(crate) bare: bool,
}

/// Where something left to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sink {
    Url,
    Header,
    Body,
    Init,
    Answer,
    Log,
    Record,
    Integration,
    Function,
    Error,
    Condition,
    Unknown,
}

/// Something that must not leave, and where it did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leak {
    pub(crate) at: u32,
    pub(crate) sink: Sink,
    pub(crate) labels: Labels,
}

/// A place where a token is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenUse {
    pub(crate) at: u32,
    pub(crate) guards: Guards,
}

/// A connection asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) at: u32,
    pub(crate) connector: Option<String>,
    pub(crate) app_user: bool,
    /// The secret that holds the key, where it is one.
    pub(crate) secret: Option<String>,
}

/// A record read or written, or an integration called (no entity).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SdkUse {
    pub(crate) at: u32,
    pub(crate) entity: Option<String>,
    pub(crate) method: String,
    pub(crate) service_role: bool,
}

/// Something the closed world does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Odd {
    pub(crate) at: u32,
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

/// All that the walk met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    pub(crate) sources: Vec<TokenSource>,
    pub(crate) sends: BTreeSet<Request>,
    pub(crate) leaks: BTreeSet<Leak>,
    pub(crate) uses: BTreeSet<TokenUse>,
    pub(crate) asked: BTreeSet<Asked>,
    pub(crate) sdk: BTreeSet<SdkUse>,
    pub(crate) odd: BTreeSet<Odd>,
    /// Names of secrets read, and where; nothing when the name is computed.
    pub(crate) env: BTreeSet<(u32, Option<String>)>,
    /// Tokens handed to imported code, with the module.
    pub(crate) handed: BTreeSet<(u32, String)>,
    /// Where the walk gave up, if it did.
    pub(crate) lost: Option<u32>,
}

impl Trace {
    /// The label of a token source.
    pub(crate) fn label(&mut self, source: TokenSource) -> Labels {
        let at = match self.sources.iter().position(|own| *own == source) {
            Some(at) => at,
            None => {
                self.sources.push(source);
                self.sources.len() - 1
            }
        };
        1 << at.min(47)
    }

    /// The sources behind labels.
    pub(crate) fn tokens(&self, labels: Labels) -> impl Iterator<Item = &TokenSource> {
        self.sources
            .iter()
            .enumerate()
            .filter(move |(at, _)| labels & (1 << (*at).min(47)) != 0)
            .map(|(_, source)| source)
    }

    /// Forgets what a round met, and keeps what labels mean.
    pub(crate) fn clear(&mut self) {
        let sources = std::mem::take(&mut self.sources);
        let lost = self.lost;
        *self = Self {
            sources,
            lost,
            ..Self::default()
        };
    }
}
