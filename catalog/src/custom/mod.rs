//! Connectors of one's own: from a vendor's OAuth metadata, from an OpenAPI document, or from answers.
//!
//! All three fill the same [`Draft`]; what is still missing is asked as typed questions, on the
//! command line by flags and in the chat one by one. Nothing here fetches or writes: documents come
//! in as text, a connector file goes out as text. Invariant: a connector of one's own never takes
//! an id, a family, a host or a sign-in address of a built-in one.

mod form;
mod guard;
mod metadata;
mod openapi;
mod schema;

pub use form::{Answered, FormQuestion, Kind};
pub(crate) use guard::SAFETY;
pub use guard::refusals;

use serde_json::Value;

use crate::{Advice, ApiKey, Auth, CatalogError, ConfigField, Connector, Mode, Operation, RedirectRule, Scope, Setup};

/// What is known so far of a connector of one's own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its id.
    pub id: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
    /// What an app does with it.
    pub purpose: Option<String>,
    /// Origins its API is served from.
    pub hosts: Vec<String>,
    /// Where people consent.
    pub authorize_url: Option<String>,
    /// Where codes are exchanged.
    pub token_url: Option<String>,
    /// The rest of how one signs in, where something is known of it.
    pub auth: Option<Auth>,
    /// An API key in place of OAuth.
    pub key: Option<ApiKey>,
    /// A call that verifies a key.
    pub verify_url: Option<String>,
    /// A document that says how one signs in and that has not been read yet.
    pub metadata_url: Option<String>,
    /// Values a connection needs.
    pub config: Vec<ConfigField>,
    /// Permissions.
    pub scopes: Vec<Scope>,
    /// Calls.
    pub operations: Vec<Operation>,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// What a person should know of what was read: calls left out, and why.
    pub notes: Vec<String>,
}

/// What a fetched or given document turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// All it says is in the draft.
    Done(Draft),
    /// It names another document to read next, of which the first that exists is enough.
    Next(Draft, Vec<String>),
}

/// Reads a document of any known kind: OAuth or OpenID metadata, a protected resource's metadata, or
/// an OpenAPI 3 description, in JSON or YAML. `from` is where it was fetched, if it was.
///
/// # Errors
/// When it is none of these, or says something that can't be used.
pub fn read(draft: Draft, text: &str, from: Option<&str>) -> Result<Read, CatalogError> {
    let document = parse(text)?;
    let mut draft = draft;
    if let Some(from) = from {
        draft.sources.push(from.to_owned());
    }
    if document.get("openapi").is_some() || document.get("swagger").is_some() {
        return openapi::read(draft, &document, from);
    }
    if document.get("token_endpoint").is_some() || document.get("authorization_servers").is_some() {
        return metadata::read(draft, &document, from);
    }
    Err(unusable("it is neither OAuth metadata nor an OpenAPI 3 document"))
}

/// Where a vendor's metadata may be, best first, for an address somebody gave.
pub fn metadata_addresses(url: &str) -> Vec<String> {
    metadata::addresses(url)
}

/// JSON, or YAML with a limit on what it may grow to.
fn parse(text: &str) -> Result<Value, CatalogError> {
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).map_err(|error| unusable(&format!("it is not JSON ({error})")));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let first = error.to_string().lines().next().unwrap_or_default().to_owned();
        unusable(&format!("it is neither JSON nor YAML ({first})"))
    })
}

fn unusable(why: &str) -> CatalogError {
    CatalogError::Document { why: why.to_owned() }
}

impl Draft {
    /// The connector, when nothing is missing.
    ///
    /// # Errors
    /// When a question is open; the error is the question.
    pub fn finish(self) -> Result<Connector, CatalogError> {
        if let Some(open) = self.questions().into_iter().find(|question| question.required) {
            return Err(CatalogError::Missing {
                field: open.field.to_owned(),
                ask: open.ask.to_owned(),
            });
        }
        let page = self.page();
        let id = self.id.unwrap_or_default();
        let name = self.name.unwrap_or_else(|| id.clone());
        let purpose = self.purpose.unwrap_or_else(|| format!("Use {name} from the app."));
        let auth = match self.key {
            Some(key) => {
                let bare = bare(&id)?;
                Auth {
                    identity: crate::Identity {
                        url: self.verify_url.unwrap_or_default(),
                        id: "/id".to_owned(),
                        label: "/id".to_owned(),
                        ..bare.identity
                    },
                    key: Some(ApiKey {
                        url: if key.url.is_empty() { page.clone() } else { key.url },
                        ..key
                    }),
                    // What else is known of signing in belongs to OAuth.
                    redirect: RedirectRule::default(),
                    ..bare
                }
            }
            None => Auth {
                authorize_url: self.authorize_url.unwrap_or_default(),
                token_url: self.token_url.unwrap_or_default(),
                ..self.auth.map_or_else(|| bare(&id), Ok)?
            },
        };
        let mut steps = vec![format!("Look up at {name} how a client or a key for its API is made.")];
        if auth.key.is_none() {
            steps.push("Register the redirect address shown here, letter for letter.".to_owned());
        }
        Ok(Connector {
            advice: Advice {
                default: Mode::Shared,
                personal: false,
                reason: format!(
                    "Nothing is known of {name} but its own documents: share one account with narrow permissions, or let each user connect their own where the data is personal."
                ),
            },
            aliases: Vec::new(),
            categories: vec!["custom".to_owned()],
            verified_on: String::new(),
            setup: Setup {
                console_url: page,
                steps,
                traps: self.notes,
                after: Vec::new(),
            },
            auth: Auth {
                family: id.clone(),
                ..auth
            },
            config: self.config,
            errors: Vec::new(),
            facts: None,
            more_facts: Vec::new(),
            hosts: self.hosts,
            id,
            name,
            operations: self.operations,
            prompts: Vec::new(),
            purpose,
            scopes: self.scopes,
            sources: self.sources,
        })
    }
}

impl Draft {
    /// The vendor's page as far as it is known: a document's, else the API's own.
    fn page(&self) -> String {
        let known = self.sources.iter().chain(&self.authorize_url).chain(&self.hosts);
        let whole = known
            .filter(|url| url.starts_with("https://"))
            .find(|url| !url.contains('{'));
        let domain = || {
            let host = self.hosts.first().map(String::as_str).unwrap_or_default();
            host.split_once("}.")
                .map_or_else(|| host.to_owned(), |(_, domain)| format!("https://{domain}"))
        };
        whole.cloned().unwrap_or_else(domain)
    }
}

/// An `auth` table with nothing but its family; redirects as most vendors take them.
fn bare(id: &str) -> Result<Auth, CatalogError> {
    toml::from_str::<Auth>(&format!("family = {id:?}"))
        .map(|auth| Auth {
            redirect: RedirectRule::LoopbackFixedPort,
            identity: crate::Identity {
                method: "GET".to_owned(),
                id: "/sub".to_owned(),
                label: "/sub".to_owned(),
                ..crate::Identity::default()
            },
            ..auth
        })
        .map_err(|error| unusable(&error.to_string()))
}

impl Connector {
    /// The connector as a file.
    ///
    /// # Errors
    /// When a value can't be written as TOML.
    pub fn to_file(&self) -> Result<String, CatalogError> {
        toml::to_string(self).map_err(|error| unusable(&error.to_string()))
    }
}
