//! What has to be known of a connector, as questions with a kind: the same for the command line's
//! flags and for a chat that asks one after the other.

use super::{Draft, bare, unusable};
use crate::address::Address;
use crate::{ApiKey, CatalogError, KeyPlace, Scope, Sensitivity};

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A short name in small letters.
    Id,
    /// A line of text.
    Text,
    /// An https address.
    Address,
    /// Several https origins, separated by blanks.
    Origins,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several lines `name: sentence`.
    Scopes,
}

/// One question about a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormQuestion {
    /// The field it fills, as in a flag (`token-url`).
    pub field: &'static str,
    /// The question.
    pub ask: &'static str,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Whether a connector works without an answer.
    pub required: bool,
}

/// Whether an answer settled its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It did.
    Yes,
    /// It can't be; the sentence says why.
    No(String),
}

const fn question(field: &'static str, ask: &'static str, kind: Kind, required: bool) -> FormQuestion {
    FormQuestion {
        field,
        ask,
        kind,
        required,
    }
}

const KINDS: &[&str] = &["oauth", "key"];

impl Draft {
    /// What is still open, in the order it is best asked.
    pub fn questions(&self) -> Vec<FormQuestion> {
        let mut open = Vec::new();
        if self.id.is_none() {
            open.push(question(
                "id",
                "By which short name shall the connector go, such as acme?",
                Kind::Id,
                true,
            ));
        }
        if self.name.is_none() {
            open.push(question("name", "What is the tool called?", Kind::Text, false));
        }
        if self.purpose.is_none() {
            open.push(question(
                "purpose",
                "What shall apps do with it, in one sentence?",
                Kind::Text,
                false,
            ));
        }
        if self.hosts.is_empty() {
            open.push(question(
                "host",
                "From which address is its API served, such as https://api.acme.com?",
                Kind::Origins,
                true,
            ));
        }
        if self.key.is_none() && self.authorize_url.is_none() && self.token_url.is_none() {
            open.push(question(
                "sign-in",
                "Does one sign in by OAuth, or with an API key?",
                Kind::Choice(KINDS),
                true,
            ));
        }
        if self.key.is_some() && self.verify_url.is_none() {
            open.push(question(
                "verify-url",
                "Which address can be called with GET to see whether a key is good?",
                Kind::Address,
                true,
            ));
        }
        if self.key.is_none() {
            if self.authorize_url.is_none() {
                open.push(question(
                    "authorize-url",
                    "At which address do people consent?",
                    Kind::Address,
                    true,
                ));
            }
            if self.token_url.is_none() {
                open.push(question(
                    "token-url",
                    "At which address are codes exchanged for tokens?",
                    Kind::Address,
                    true,
                ));
            }
            if self.scopes.is_empty() {
                open.push(question(
                    "scopes",
                    "Which permissions does it have? One a line, as name: what it allows.",
                    Kind::Scopes,
                    false,
                ));
            }
        }
        open
    }

    /// Takes the answer to a question.
    ///
    /// # Errors
    /// When there is no such question.
    pub fn answer(&mut self, field: &str, said: &str) -> Result<Answered, CatalogError> {
        let said = said.trim();
        let address = |said: &str| {
            Address::parse(said)
                .map(|_| said.to_owned())
                .map_err(|why| format!("`{said}` can't be used: {why}."))
        };
        let settled = match field {
            "id" => id(said).map(|id| self.id = Some(id)),
            "name" => filled(said).map(|name| self.name = Some(name)),
            "purpose" => filled(said).map(|purpose| self.purpose = Some(purpose)),
            "host" => origins(said).map(|hosts| self.hosts = hosts),
            "sign-in" if said == "oauth" => {
                self.key = None;
                Ok(())
            }
            "sign-in" if said == "key" => {
                self.key = Some(key(self.id.as_deref().unwrap_or("custom")));
                Ok(())
            }
            "sign-in" => Err("Answer oauth or key.".to_owned()),
            "verify-url" => address(said).map(|url| self.verify_url = Some(url)),
            "authorize-url" => address(said).map(|url| self.authorize_url = Some(url)),
            "token-url" => address(said).map(|url| self.token_url = Some(url)),
            "revoke-url" => match address(said) {
                Ok(url) => {
                    self.set_auth(|auth| auth.revoke_url = Some(url))?;
                    Ok(())
                }
                Err(why) => Err(why),
            },
            "identity-url" => match address(said) {
                Ok(url) => {
                    self.set_auth(|auth| auth.identity.url = url)?;
                    Ok(())
                }
                Err(why) => Err(why),
            },
            "scopes" => scopes(said).map(|scopes| self.scopes.extend(scopes)),
            _ => return Err(unusable(&format!("there is no question `{field}`"))),
        };
        Ok(settled.map_or_else(Answered::No, |()| Answered::Yes))
    }

    /// Changes what is known of signing in.
    pub(super) fn set_auth(&mut self, change: impl FnOnce(&mut crate::Auth)) -> Result<(), CatalogError> {
        let mut auth = match self.auth.take() {
            Some(auth) => auth,
            None => bare(self.id.as_deref().unwrap_or("custom"))?,
        };
        change(&mut auth);
        self.auth = Some(auth);
        Ok(())
    }
}

fn id(said: &str) -> Result<String, String> {
    let fits = said.starts_with(|c: char| c.is_ascii_lowercase())
        && said.len() <= 40
        && said
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c));
    if fits {
        Ok(said.to_owned())
    } else {
        Err(format!(
            "`{said}` can't be an id. Use small letters, digits, _ and -, beginning with a letter."
        ))
    }
}

fn filled(said: &str) -> Result<String, String> {
    if said.is_empty() {
        Err("An answer is needed.".to_owned())
    } else {
        Ok(said.to_owned())
    }
}

fn origins(said: &str) -> Result<Vec<String>, String> {
    let all: Vec<&str> = said.split_whitespace().collect();
    if all.is_empty() {
        return Err("Name at least one address.".to_owned());
    }
    all.into_iter().map(origin).collect()
}

/// The origin of an address.
pub(super) fn origin(url: &str) -> Result<String, String> {
    match Address::parse(url) {
        Ok(address) => Ok(format!("https://{}", address.host)),
        Err(why) => Err(format!("`{url}` can't be used: {why}.")),
    }
}

fn scopes(said: &str) -> Result<Vec<Scope>, String> {
    said.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, sentence) = line.split_once(": ").unwrap_or((line, ""));
            if name.is_empty() || name.contains(char::is_whitespace) {
                return Err(format!("`{line}` is not written as name: what it allows."));
            }
            Ok(scope(name, sentence))
        })
        .collect()
}

/// A permission as a vendor's document tells it.
pub(super) fn scope(name: &str, told: &str) -> Scope {
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut sentence = if told.is_empty() {
        format!("Whatever {name} allows")
    } else {
        told
    };
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    let mut letters = sentence.chars();
    let sentence = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => sentence,
    };
    Scope {
        name: name.to_owned(),
        short: None,
        aliases: Vec::new(),
        sentence,
        // Nobody vouches for a document of unknown origin, so nothing in it counts as harmless.
        sensitivity: Sensitivity::Sensitive,
        implies: Vec::new(),
        avoid: None,
    }
}

/// A key in the usual header.
pub(super) fn key(id: &str) -> ApiKey {
    let upper: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    ApiKey {
        secret: format!("{upper}_API_KEY"),
        name: "API key".to_owned(),
        prefix: None,
        pattern: None,
        url: String::new(),
        place: KeyPlace::Header,
        field: "Authorization".to_owned(),
        template: "Bearer {key}".to_owned(),
        reach: "Whoever has the key can do whatever the vendor lets it do.".to_owned(),
    }
}
