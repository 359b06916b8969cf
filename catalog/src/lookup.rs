//! Finding things inside one connector.

use crate::{Connector, Operation, Scope};

impl Connector {
    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation that serves this intent (`send_email`).
    pub fn by_intent(&self, intent: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.intent == intent)
    }

    /// A scope by its name as sent, its short form, or another spelling.
    pub fn scope(&self, name: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| {
            scope.name == name
                || scope.short.as_deref() == Some(name)
                || scope.aliases.iter().any(|alias| alias == name)
        })
    }

    /// The name a scope is known by here: the declared name where it is declared, else as given.
    pub fn canonical_scope<'a>(&'a self, name: &'a str) -> &'a str {
        self.scope(name).map_or(name, |scope| scope.name.as_str())
    }

    /// The tables of `facts/` that cover this connector's API, the main one first.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().chain(&self.more_facts).map(String::as_str)
    }
}
