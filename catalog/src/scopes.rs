//! The smallest sufficient scopes for a set of calls, and what a scope opens.
//!
//! "Smallest" is measured by the vendor: first by the class of the widest scope (a restricted one
//! is never asked for where a sensitive one suffices), then by how many methods of the vendor's
//! table the set unlocks. Before both counts whether a scope is one we can explain (declared in
//! the catalog) and not one of the vendor's traps (`avoid`). Ties end in the alphabet, so the same
//! calls always give the same scopes.

use std::collections::BTreeSet;

use crate::{Catalog, Connector, Sensitivity, facts::Table};

/// How much of a vendor's API a scope opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlocks {
    /// Methods the scope lets through.
    pub methods: usize,
    /// Methods the vendor has.
    pub total: usize,
}

/// The search gives up refining after so many steps; what it has found by then still suffices.
const STEPS: usize = 20_000;

/// How wide a choice of scopes is; smaller is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Width {
    undeclared: usize,
    traps: usize,
    class: Option<Sensitivity>,
    methods: usize,
    count: usize,
    names: Vec<String>,
}

/// One call's alternatives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    /// Those that may be asked for, the narrowest first.
    options: Vec<Vec<String>>,
    /// Those that are enough once they are there.
    enough: Vec<Vec<String>>,
}

impl Need {
    fn met(&self, open: &BTreeSet<&str>) -> bool {
        self.enough
            .iter()
            .any(|set| set.iter().all(|scope| open.contains(scope.as_str())))
    }
}

/// A connector with the tables that measure its scopes.
pub(crate) struct Measure<'a> {
    connector: Option<&'a Connector>,
    tables: Vec<&'a Table>,
}

impl Catalog {
    /// Puts a call's alternatives in the order of their width.
    pub(crate) fn narrowest_first(&self, connector: &str, sets: &mut [Vec<String>]) {
        self.measure(connector).by_width(sets);
    }

    /// The scopes that satisfy every call and are the narrowest. Each need is one call's
    /// alternatives, the best first, as `Resolved::scope_sets` gives them; a need without
    /// alternatives needs nothing. An alternative that measures narrower than the first was put
    /// behind it for a reason and is not asked for on its own. Sorted; the same for the same needs
    /// in any order.
    pub fn smallest_scopes(&self, connector: &str, needs: &[Vec<Vec<String>>]) -> Vec<String> {
        let measure = self.measure(connector);
        let wanted: BTreeSet<Need> = needs
            .iter()
            .filter(|need| !need.is_empty() && !need.iter().any(Vec::is_empty))
            .map(|need| measure.need(need))
            .collect();
        // What an operation itself puts first is no trap for that operation.
        let exempt = wanted
            .iter()
            .flat_map(|need| need.options.first().into_iter().flatten().cloned())
            .collect();
        let mut search = Search {
            measure: &measure,
            exempt: &exempt,
            needs: &wanted.into_iter().collect::<Vec<_>>(),
            best: None,
            steps: 0,
        };
        search.from(Vec::new());
        search.best.map(|(_, scopes)| scopes).unwrap_or_default()
    }

    /// Whether these granted scopes let every call through.
    pub fn covers(&self, connector: &str, granted: &[String], needs: &[Vec<Vec<String>>]) -> bool {
        let measure = self.measure(connector);
        let granted = measure.canonical(granted);
        let open = measure.closure(&granted);
        needs.iter().all(|need| {
            need.is_empty()
                || need
                    .iter()
                    .any(|set| set.iter().all(|scope| open.contains(measure.name(scope))))
        })
    }

    /// Methods the table gives to an implied scope and not to the one that is said to include it.
    pub(crate) fn not_included(&self, connector: &Connector, scope: &str, implied: &str) -> usize {
        let names = |name: &str| -> BTreeSet<String> {
            let scope = connector.scope(name);
            let aliases = scope.into_iter().flat_map(|scope| scope.aliases.iter().cloned());
            aliases.chain([connector.canonical_scope(name).to_owned()]).collect()
        };
        let (outer, inner) = (names(scope), names(implied));
        let refs = |names: &BTreeSet<String>| -> usize {
            let open: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let tables = connector.tables().filter_map(|table| self.table(table));
            tables.map(|table| table.unlocked(&open)).sum()
        };
        let both: BTreeSet<String> = outer.union(&inner).cloned().collect();
        refs(&both).saturating_sub(refs(&outer))
    }

    /// How many of the vendor's methods a scope unlocks; nothing where no table covers the API.
    pub fn unlocks(&self, connector: &str, scope: &str) -> Option<Unlocks> {
        let measure = self.measure(connector);
        if measure.tables.is_empty() {
            return None;
        }
        let scopes = measure.canonical(&[scope.to_owned()]);
        Some(Unlocks {
            methods: measure.methods(&scopes),
            total: measure.tables.iter().map(|table| table.total()).sum(),
        })
    }

    pub(crate) fn measure<'a>(&'a self, id: &str) -> Measure<'a> {
        let connector = self.get(id);
        let mut tables: Vec<&Table> = connector
            .into_iter()
            .flat_map(Connector::tables)
            .filter_map(|name| self.table(name))
            .collect();
        if connector.is_none() {
            tables.extend(self.tables_of_owner(id));
        }
        Measure { connector, tables }
    }
}

impl Measure<'_> {
    fn name<'b>(&'b self, scope: &'b str) -> &'b str {
        self.connector
            .map_or(scope, |connector| connector.canonical_scope(scope))
    }

    /// Declared names, sorted, each once.
    pub(crate) fn canonical(&self, scopes: &[String]) -> Vec<String> {
        let names: BTreeSet<&str> = scopes.iter().map(|scope| self.name(scope)).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The scopes with all they imply, under the declared names and the vendor's spellings.
    fn closure<'b>(&'b self, scopes: &'b [String]) -> BTreeSet<&'b str> {
        let mut open = BTreeSet::new();
        let mut queue: Vec<&str> = scopes.iter().map(String::as_str).collect();
        while let Some(name) = queue.pop() {
            if !open.insert(name) {
                continue;
            }
            queue.extend(
                self.tables
                    .iter()
                    .flat_map(|table| table.includes(name))
                    .map(String::as_str),
            );
            let Some(scope) = self.connector.and_then(|connector| connector.scope(name)) else {
                continue;
            };
            queue.push(&scope.name);
            queue.extend(scope.implies.iter().map(String::as_str));
            open.extend(scope.aliases.iter().map(String::as_str));
        }
        open
    }

    /// Alternatives in order of preference, without traps where there is another way.
    fn need(&self, sets: &[Vec<String>]) -> Need {
        let sets: Vec<Vec<String>> = sets.iter().map(|set| self.canonical(set)).collect();
        let first: BTreeSet<String> = sets.first().into_iter().flatten().cloned().collect();
        let mut sized: Vec<(Width, Vec<String>)> =
            sets.iter().map(|set| (self.width(set, &first), set.clone())).collect();
        let floor = sized.first().map(|(width, _)| width.clone());
        sized.sort();
        sized.dedup();
        if let Some(tier) = sized.first().map(|(width, _)| (width.undeclared, width.traps)) {
            sized.retain(|(width, _)| (width.undeclared, width.traps) == tier);
        }
        let preferred = |width: &Width| floor.as_ref().is_none_or(|floor| width >= floor);
        let mut options: Vec<Vec<String>> = sized
            .iter()
            .filter(|(width, _)| preferred(width))
            .map(|(_, set)| set.clone())
            .collect();
        let enough: Vec<Vec<String>> = sized.into_iter().map(|(_, set)| set).collect();
        if options.is_empty() {
            options.clone_from(&enough);
        }
        Need { options, enough }
    }

    /// Sets in the order of their width, for calls nobody has put in order.
    fn by_width(&self, sets: &mut [Vec<String>]) {
        sets.sort_by_cached_key(|set| self.width(set, &BTreeSet::new()));
    }

    /// How many methods the scopes open, where a table counts them.
    pub(crate) fn counts(&self, scopes: &[String]) -> Option<usize> {
        (!self.tables.is_empty()).then(|| self.methods(scopes))
    }

    /// How wide scopes are, to compare them.
    pub(crate) fn breadth(&self, scopes: &[String]) -> (Option<Sensitivity>, usize) {
        let width = self.width(scopes, &BTreeSet::new());
        (width.class, width.methods)
    }

    fn methods(&self, scopes: &[String]) -> usize {
        let open = self.closure(scopes);
        self.tables.iter().map(|table| table.unlocked(&open)).sum()
    }

    fn width(&self, scopes: &[String], exempt: &BTreeSet<String>) -> Width {
        let declared = |name: &str| self.connector.and_then(|connector| connector.scope(name));
        Width {
            undeclared: match self.connector {
                Some(_) => scopes.iter().filter(|s| declared(s).is_none()).count(),
                None => 0,
            },
            traps: scopes
                .iter()
                .filter(|name| !exempt.contains(*name))
                .filter(|name| declared(name).is_some_and(|scope| scope.avoid.is_some()))
                .count(),
            class: scopes
                .iter()
                .map(|name| declared(name).map_or(Sensitivity::Restricted, |s| s.sensitivity))
                .max(),
            methods: self.methods(scopes),
            count: scopes.len(),
            names: scopes.to_vec(),
        }
    }
}

/// Branch and bound over one alternative per need. Adding a scope never makes a choice narrower,
/// so a branch that is already wider than the best ends.
struct Search<'a> {
    measure: &'a Measure<'a>,
    exempt: &'a BTreeSet<String>,
    needs: &'a [Need],
    best: Option<(Width, Vec<String>)>,
    steps: usize,
}

impl Search<'_> {
    fn from(&mut self, chosen: Vec<String>) {
        self.steps = self.steps.saturating_add(1);
        let width = self.measure.width(&chosen, self.exempt);
        let next = {
            let open = self.measure.closure(&chosen);
            self.needs.iter().find(|need| !need.met(&open))
        };
        let Some(need) = next else {
            let tight = self.without_idle(chosen);
            let width = self.measure.width(&tight, self.exempt);
            if self.best.as_ref().is_none_or(|(best, _)| width < *best) {
                self.best = Some((width, tight));
            }
            return;
        };
        if self.best.as_ref().is_some_and(|(best, _)| width >= *best) {
            return;
        }
        for set in &need.options {
            if self.steps > STEPS && self.best.is_some() {
                return;
            }
            let mut more: BTreeSet<String> = chosen.iter().cloned().collect();
            more.extend(set.iter().cloned());
            self.from(more.into_iter().collect());
        }
    }

    /// Drops what another chosen scope makes superfluous, the widest that can go first.
    fn without_idle(&self, mut chosen: Vec<String>) -> Vec<String> {
        loop {
            let fewer = (0..chosen.len())
                .map(|at| {
                    let mut fewer = chosen.clone();
                    fewer.remove(at);
                    fewer
                })
                .filter(|fewer| {
                    let open = self.measure.closure(fewer);
                    self.needs.iter().all(|need| need.met(&open))
                })
                .min_by_key(|fewer| self.measure.width(fewer, self.exempt));
            match fewer {
                Some(fewer) => chosen = fewer,
                None => return chosen,
            }
        }
    }
}
