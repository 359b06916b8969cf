//! What was granted beside what is needed, and what a wider choice would add.

use std::collections::BTreeSet;

use crate::{Catalog, Sensitivity};

/// A permission that would do in the place of chosen ones, and opens more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wider {
    /// Its name as sent.
    pub scope: String,
    /// The chosen ones it makes superfluous.
    pub replaces: Vec<String>,
    /// How the vendor classes it.
    pub sensitivity: Sensitivity,
    /// How many more of the vendor's methods are open with it; nothing where no table counts them.
    pub adds: Option<usize>,
}

/// What was granted, beside what is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What has to be asked for besides, the smallest choice.
    pub missing: Vec<String>,
    /// What was granted and no call needs; never what is always asked for to sign in.
    pub excess: Vec<String>,
}

impl Comparison {
    /// Whether every call is let through.
    pub fn is_enough(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Catalog {
    /// Permissions that would do in the place of chosen ones, the least additional first. Traps are
    /// not among them.
    pub fn wider(&self, connector: &str, chosen: &[String], needs: &[Vec<Vec<String>>]) -> Vec<Wider> {
        let Some(known) = self.get(connector) else {
            return Vec::new();
        };
        let measure = self.measure(connector);
        let chosen = measure.canonical(chosen);
        let open = measure.counts(&chosen);
        let mut found: Vec<Wider> = known
            .scopes
            .iter()
            .filter(|scope| scope.avoid.is_none() && !chosen.contains(&scope.name))
            .filter_map(|scope| {
                let with = |names: &BTreeSet<String>| {
                    let mut all: Vec<String> = names.iter().cloned().collect();
                    all.push(scope.name.clone());
                    all
                };
                let mut kept: BTreeSet<String> = chosen.iter().cloned().collect();
                for name in &chosen {
                    let fewer: BTreeSet<String> = kept.iter().filter(|own| *own != name).cloned().collect();
                    if self.covers(connector, &with(&fewer), needs) {
                        kept = fewer;
                    }
                }
                let replaces: Vec<String> = chosen.iter().filter(|name| !kept.contains(*name)).cloned().collect();
                let adds = measure
                    .counts(&with(&kept))
                    .zip(open)
                    .map(|(wide, open)| wide.saturating_sub(open));
                (!replaces.is_empty()).then(|| Wider {
                    scope: scope.name.clone(),
                    replaces,
                    sensitivity: scope.sensitivity,
                    adds,
                })
            })
            .collect();
        found.sort_by(|a, b| (a.sensitivity, a.adds, &a.scope).cmp(&(b.sensitivity, b.adds, &b.scope)));
        found
    }

    /// Compares what was granted with what calls need.
    pub fn compare(&self, connector: &str, granted: &[String], needs: &[Vec<Vec<String>>]) -> Comparison {
        let measure = self.measure(connector);
        let granted = measure.canonical(granted);
        let alone = |need: &&Vec<Vec<String>>| !self.covers(connector, &granted, std::slice::from_ref(*need));
        let unmet: Vec<Vec<Vec<String>>> = needs.iter().filter(alone).cloned().collect();
        let met: Vec<Vec<Vec<String>>> = needs.iter().filter(|need| !unmet.contains(need)).cloned().collect();
        let base: Vec<String> = self
            .get(connector)
            .map(|known| known.auth.base_scopes.clone())
            .unwrap_or_default();
        // The widest go first, so that of two that do the narrower stays.
        let mut kept = granted.clone();
        let mut order = granted.clone();
        order.sort_by_key(|name| std::cmp::Reverse(measure.breadth(std::slice::from_ref(name))));
        for name in order.iter().filter(|name| !base.contains(name)) {
            let fewer: Vec<String> = kept.iter().filter(|own| *own != name).cloned().collect();
            if self.covers(connector, &fewer, &met) {
                kept = fewer;
            }
        }
        Comparison {
            missing: self.smallest_scopes(connector, &unmet),
            excess: granted.into_iter().filter(|name| !kept.contains(name)).collect(),
        }
    }
}
