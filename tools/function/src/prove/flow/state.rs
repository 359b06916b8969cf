//! Where the walk stands: what variables hold now and what the caller has passed.

use std::rc::Rc;

use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::SymbolId;

use super::value::{Guards, UNCHECKED, Val, strengthen};

/// What variables of the function being walked hold at a point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// Whether this point can be reached.
    pub(crate) live: bool,
    pub(crate) guard: Guards,
    vars: Vec<(SymbolId, Rc<Val>)>,
}

impl State {
    pub(crate) fn new(guard: Guards) -> Self {
        Self {
            live: true,
            guard,
            vars: Vec::new(),
        }
    }

    pub(crate) fn dead() -> Self {
        Self {
            live: false,
            guard: 0,
            vars: Vec::new(),
        }
    }

    pub(crate) fn get(&self, symbol: SymbolId) -> Option<&Rc<Val>> {
        let at = self.vars.binary_search_by_key(&symbol, |(own, _)| *own);
        at.ok().and_then(|at| self.vars.get(at)).map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, symbol: SymbolId, value: Val) {
        match self.vars.binary_search_by_key(&symbol, |(own, _)| *own) {
            Ok(at) => {
                if let Some((_, own)) = self.vars.get_mut(at) {
                    *own = Rc::new(value);
                }
            }
            Err(at) => self.vars.insert(at, (symbol, Rc::new(value))),
        }
    }

    /// What is known after a check.
    pub(crate) fn pass(&mut self, guards: Guards) {
        self.guard = strengthen(self.guard, guards);
    }

    /// Adds the paths of `other`; whether that changed anything.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        if !other.live {
            return false;
        }
        if !self.live {
            *self = other.clone();
            return true;
        }
        let mut changed = self.guard | other.guard != self.guard;
        self.guard |= other.guard;
        for (symbol, value) in &other.vars {
            match self.vars.binary_search_by_key(symbol, |(own, _)| *own) {
                Ok(at) => {
                    if let Some((_, own)) = self.vars.get_mut(at)
                        && !Rc::ptr_eq(own, value)
                        && **own != **value
                    {
                        let mut joined = (**own).clone();
                        if joined.join(value) {
                            changed = true;
                            *own = Rc::new(joined);
                        }
                    }
                }
                Err(at) => {
                    self.vars.insert(at, (*symbol, Rc::clone(value)));
                    changed = true;
                }
            }
        }
        changed
    }

    /// Adds a value that a variable may hold here.
    pub(crate) fn add(&mut self, symbol: SymbolId, value: &Val) {
        let joined = match self.get(symbol) {
            Some(own) => (**own).clone().or(value),
            None => value.clone(),
        };
        self.set(symbol, joined);
    }

    /// Variables that differ from `before` are no longer told apart.
    pub(crate) fn widen(&mut self, before: &Self) {
        for (symbol, value) in &mut self.vars {
            if before.get(*symbol).is_none_or(|old| **old != **value) {
                let mut blurred = (**value).clone();
                blurred.blur();
                *value = Rc::new(blurred);
            }
        }
    }
}

/// Variables that functions within close over.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The function's scope.
    pub(crate) home: ScopeId,
    pub(crate) parent: Option<usize>,
    pub(crate) cells: Vec<(SymbolId, Cell)>,
    /// Whether it outlives a request.
    pub(crate) lasting: bool,
}

/// A variable that is closed over: it may hold all that was ever written to it.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) value: Val,
    pub(crate) read: bool,
}

/// Where `break`, `continue` and `return` of the function being walked lead.
#[derive(Debug)]
pub(crate) struct Exits {
    pub(crate) returned: Val,
    pub(crate) return_state: State,
    pub(crate) yielded: Val,
    pub(crate) jumps: Vec<Jump>,
    /// One for each `try` around: what variables may hold when something is thrown.
    pub(crate) handlers: Vec<State>,
}

impl Exits {
    pub(crate) fn new() -> Self {
        Self {
            returned: Val::default(),
            return_state: State::dead(),
            yielded: Val::default(),
            jumps: Vec::new(),
            handlers: Vec::new(),
        }
    }
}

/// A statement that can be left by `break` or `continue`.
#[derive(Debug)]
pub(crate) struct Jump {
    pub(crate) labels: Vec<String>,
    pub(crate) is_loop: bool,
    /// Whether a bare `break` leaves it.
    pub(crate) bare: bool,
    pub(crate) broken: State,
    pub(crate) continued: State,
}

/// A walk begins with no check passed.
pub(crate) fn start() -> State {
    State::new(UNCHECKED)
}
