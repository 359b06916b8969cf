//! The closed-world policy for functions: what is not allowed is refused.
//!
//! P1 imports · P2 nothing dynamic · P3 globals from a list · P4 requests only to hosts of the
//! catalog · P5 no computed member names · P6 tokens and keys only where their connector takes them · P7 the
//! caller is checked before a token is asked for · P8 an app user acts only for themselves ·
//! P9 no invisible text, no silenced checks · P10 one file of a size that can be read.
//!
//! `tree` and `text` judge what is written, `reach` what the walk of `prove::flow` met, along the
//! real control flow. It does not judge style, and it never repairs.

mod reach;
mod text;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use linchpin_catalog::Catalog;

use crate::prove::Keys;
use crate::prove::flow::{self, Parsed};
use crate::{Proof, Verdict, Violation};

/// Files beyond this many bytes are refused.
const LARGEST: usize = 64 * 1024;

/// Who may start the function that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Callers {
    /// Anyone, on purpose: no check of the caller is asked for.
    Anyone,
    /// Not known: any check of the caller will do.
    #[default]
    Checked,
    /// Signed-in users; a role or a secret will do as well.
    SignedIn,
    /// Users with a role; a secret will do as well.
    Role,
    /// Automations, which show a secret; admins may start them for testing.
    Automation,
}

/// What a function is allowed. What is not listed is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Who may start it.
    pub callers: Callers,
    /// Names of secrets it may read.
    pub env: BTreeSet<String>,
    /// Hosts it may call, with the connectors that are served from each.
    pub hosts: BTreeMap<String, BTreeSet<String>>,
    /// Ids of the catalog's connectors; any other id is an app-user connector of the workspace.
    pub connectors: BTreeSet<String>,
    /// Keys that code reads from secrets, where each may go, and values that may be in addresses.
    pub keys: Keys,
}

impl Policy {
    /// Every host of the catalog, the secrets that hold its keys, and any check of the caller.
    pub fn of(catalog: &Catalog) -> Self {
        let mut policy = Self {
            keys: Keys::of(catalog),
            ..Self::default()
        };
        for connector in catalog.connectors() {
            policy.connectors.insert(connector.id.clone());
            for origin in &connector.hosts {
                let host = origin.strip_prefix("https://").unwrap_or(origin);
                let host = host.split('/').next().unwrap_or(host);
                policy
                    .hosts
                    .entry(host.to_ascii_lowercase())
                    .or_default()
                    .insert(connector.id.clone());
            }
        }
        policy
    }

    /// The same for these callers.
    #[must_use]
    pub fn for_callers(mut self, callers: Callers) -> Self {
        self.callers = callers;
        self
    }

    /// The same with one more secret that may be read.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<String>) -> Self {
        self.env.insert(name.into());
        self
    }
}

/// Judges `source`, of which `proof` is the proof. A source that does not parse is refused.
pub fn police(source: &str, proof: &Proof, policy: &Policy) -> Verdict {
    let mut violations = text::judge(source);
    if source.len() > LARGEST {
        violations.push(violation("P10", 1, format!("The function is {} kB; more than {} kB can't be reviewed. Split it into functions that each do one thing.", source.len() / 1024, LARGEST / 1024)));
        return verdict(violations);
    }
    violations.extend(flow::with_parsed(source, &policy.keys, |parsed| match parsed {
        Ok(parsed) => of_parsed(&parsed, proof, policy),
        Err(error) => vec![violation(
            "P10",
            error.line,
            format!(
                "This is not valid TypeScript: {}. Correct it at column {}.",
                error.message, error.column
            ),
        )],
    }));
    verdict(violations)
}

/// Judges a source that is parsed already; its text apart.
pub(crate) fn of_parsed(parsed: &Parsed<'_>, proof: &Proof, policy: &Policy) -> Vec<Violation> {
    let mut violations = tree::judge(parsed);
    violations.extend(reach::judge(parsed, proof, policy));
    violations
}

/// The verdict on a source that is parsed already.
pub(crate) fn verdict_of(parsed: &Parsed<'_>, proof: &Proof, policy: &Policy) -> Verdict {
    let mut violations = text::judge(parsed.source);
    if parsed.source.len() > LARGEST {
        violations.push(violation("P10", 1, format!("The function is {} kB; more than {} kB can't be reviewed. Split it into functions that each do one thing.", parsed.source.len() / 1024, LARGEST / 1024)));
    }
    violations.extend(of_parsed(parsed, proof, policy));
    verdict(violations)
}

fn verdict(mut violations: Vec<Violation>) -> Verdict {
    let number = |v: &Violation| v.rule.trim_start_matches('P').parse::<u32>().unwrap_or(0);
    violations.sort_by(|a, b| (number(a), a.line, &a.message).cmp(&(number(b), b.line, &b.message)));
    violations.dedup();
    Verdict {
        ok: violations.is_empty(),
        violations,
    }
}

fn violation(rule: &str, line: u32, message: impl Into<String>) -> Violation {
    Violation {
        rule: rule.to_owned(),
        line,
        message: message.into(),
    }
}
