//! The walk itself: names, frames, objects, rounds.

use std::collections::HashMap;

use oxc_ast::ast::{
    ArrowFunctionExpression, BindingIdentifier, Class, Expression, Function, IdentifierReference, ModuleExportName,
    Program, Statement,
};
use oxc_semantic::{Scoping, Semantic};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::SymbolId;

use super::super::Keys;
use super::heap::Heap;
use super::state::{Cell, Exits, Frame, State, start};
use super::trace::Trace;
use super::value::{FunId, Labels, ObjId, REQ, Val};

/// So many expressions are walked at most.
const FUEL: u32 = 300_000;
/// So many rounds.
const ROUNDS: usize = 16;
/// After so many, values that still grow are no longer told apart.
const LATE: usize = 3;
/// Calls and expressions within each other.
pub(crate) const DEPTH: usize = 220;

/// The code of a function.
#[derive(Clone, Copy)]
pub(crate) enum Code<'a> {
    Function(&'a Function<'a>),
    Arrow(&'a ArrowFunctionExpression<'a>),
    Class(&'a Class<'a>),
}

impl Code<'_> {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Function(f) => f.span,
            Self::Arrow(f) => f.span,
            Self::Class(c) => c.span,
        }
    }

    pub(crate) fn scope(&self) -> Option<ScopeId> {
        match self {
            Self::Function(f) => f.scope_id.get(),
            Self::Arrow(f) => f.scope_id.get(),
            Self::Class(c) => c.scope_id.get(),
        }
    }

    pub(crate) fn is_async(&self) -> bool {
        match self {
            Self::Function(f) => f.r#async,
            Self::Arrow(f) => f.r#async,
            Self::Class(_) => false,
        }
    }

    pub(crate) fn is_generator(&self) -> bool {
        matches!(self, Self::Function(f) if f.generator)
    }
}

/// A function with what it closes over.
pub(crate) struct Fun<'a> {
    pub(crate) code: Code<'a>,
    pub(crate) frame: usize,
    pub(crate) this: Option<Val>,
    pub(crate) called: bool,
}

/// What is known of a name of the file.
#[derive(Clone, Copy)]
struct Name {
    /// The function it belongs to.
    home: ScopeId,
    /// Whether a function within uses it.
    shared: bool,
    /// Whether it is written after it was made.
    written: bool,
}

/// A call being walked.
pub(crate) struct Active<'a> {
    pub(crate) code: Option<Code<'a>>,
    /// The chain of calls that led here; turns of a loop add to it.
    pub(crate) context: u32,
    /// The same without the turns.
    pub(crate) base: u32,
    pub(crate) frame: usize,
    pub(crate) home: ScopeId,
    pub(crate) this: Val,
    /// The call, and what it hands over.
    pub(crate) call: Option<&'a [oxc_ast::ast::Argument<'a>]>,
    pub(crate) call_at: u32,
}

/// What is remembered of a call between rounds.
#[derive(Default)]
pub(crate) struct Memory {
    /// What calls of it from within handed over.
    pub(crate) args: Vec<Val>,
    pub(crate) returned: Val,
    pub(crate) read: bool,
}

/// The walk.
pub(crate) struct Walk<'a, 's> {
    pub(crate) scoping: &'s Scoping,
    pub(crate) keys: &'s Keys,
    names: Vec<Name>,
    pub(crate) heap: Heap,
    pub(crate) places: HashMap<(u32, u32, u8), ObjId>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) frame_of: HashMap<u32, usize>,
    pub(crate) funs: Vec<Fun<'a>>,
    pub(crate) fun_of: HashMap<(u32, usize, Option<ObjId>), FunId>,
    pub(crate) contexts: HashMap<(u32, u32, u32), u32>,
    pub(crate) memory: HashMap<u32, Memory>,
    pub(crate) stack: Vec<Active<'a>>,
    pub(crate) state: State,
    pub(crate) exits: Exits,
    pub(crate) trace: Trace,
    pub(crate) depth: usize,
    pub(crate) in_chain: bool,
    pub(crate) pending_labels: Vec<String>,
    fuel: u32,
    /// Something that was read has changed since: another round is needed.
    pub(crate) dirty: bool,
    /// Functions that were handed over: with what, and what they then give back.
    pub(crate) escaped: HashMap<FunId, (Labels, Labels)>,
    /// What errors that are thrown lead to.
    pub(crate) thrown: Labels,
    rounds: usize,
    /// What is walked now.
    pub(crate) here: u32,
    /// Whether a request is being handled: what is made then does not outlive it.
    pub(crate) serving: bool,
    pub(crate) imports: HashMap<SymbolId, Val>,
    /// What constants are made of.
    pub(crate) inits: HashMap<SymbolId, &'a Expression<'a>>,
}

/// Walks a program until nothing changes.
pub(crate) fn walk<'a>(program: &'a Program<'a>, semantic: &Semantic<'a>, keys: &Keys) -> Trace {
    let scoping = semantic.scoping();
    let mut walk = Walk {
        scoping,
        keys,
        names: names(scoping),
        heap: Heap::default(),
        places: HashMap::new(),
        frames: vec![Frame {
            home: scoping.root_scope_id(),
            parent: None,
            cells: Vec::new(),
            lasting: true,
        }],
        frame_of: HashMap::new(),
        funs: Vec::new(),
        fun_of: HashMap::new(),
        contexts: HashMap::new(),
        memory: HashMap::new(),
        stack: Vec::new(),
        state: start(),
        exits: Exits::new(),
        trace: Trace::default(),
        depth: 0,
        in_chain: false,
        pending_labels: Vec::new(),
        fuel: FUEL,
        dirty: false,
        escaped: HashMap::new(),
        thrown: 0,
        rounds: 0,
        here: 0,
        serving: false,
        imports: HashMap::new(),
        inits: HashMap::new(),
    };
    loop {
        walk.round(program);
        walk.rounds += 1;
        if !walk.dirty || walk.trace.lost.is_some() {
            break;
        }
        if walk.rounds == ROUNDS {
            walk.lose(0);
            break;
        }
    }
    walk.trace
}

fn names(scoping: &Scoping) -> Vec<Name> {
    let home = |mut scope: ScopeId| {
        while !scoping.scope_flags(scope).is_function()
            && let Some(parent) = scoping.scope_parent_id(scope)
        {
            scope = parent;
        }
        scope
    };
    scoping
        .symbol_ids()
        .map(|symbol| {
            let own = home(scoping.symbol_scope_id(symbol));
            let shared = scoping
                .get_resolved_references(symbol)
                .any(|reference| home(reference.scope_id()) != own);
            Name {
                home: own,
                shared,
                written: scoping.symbol_is_mutated(symbol),
            }
        })
        .collect()
}

impl<'a> Walk<'a, '_> {
    fn round(&mut self, program: &'a Program<'a>) {
        self.dirty = false;
        self.trace.clear();
        self.escaped.clear();
        self.state = start();
        self.exits = Exits::new();
        for fun in &mut self.funs {
            fun.called = false;
        }
        self.stack = vec![Active {
            code: None,
            context: 0,
            base: 0,
            frame: 0,
            home: self.scoping.root_scope_id(),
            this: Val::undefined(),
            call: None,
            call_at: 0,
        }];
        self.statements(&program.body);
        self.exported(&program.body);
        self.never_called();
    }

    /// The default export is a handler.
    fn exported(&mut self, body: &'a [Statement<'a>]) {
        use oxc_ast::ast::ExportDefaultDeclarationKind as Default;
        for statement in body {
            if let Statement::ExportNamedDeclaration(export) = statement {
                for specifier in &export.specifiers {
                    if specifier.exported.name() == "default"
                        && let ModuleExportName::IdentifierReference(local) = &specifier.local
                    {
                        let value = self.identifier(local);
                        self.serve(&value, export.span.start);
                    }
                }
            }
            let Statement::ExportDefaultDeclaration(export) = statement else {
                continue;
            };
            let value = match &export.declaration {
                Default::FunctionDeclaration(function) => self.fun(Code::Function(function), None),
                other => match other.as_expression() {
                    Some(expression) => self.eval(expression),
                    None => continue,
                },
            };
            self.serve(&value, export.span.start);
        }
    }

    /// Functions that nothing is seen to call are walked too: something may, and what they would
    /// send is to be known.
    fn never_called(&mut self) {
        let mut at = 0;
        while at < self.funs.len() {
            let todo = self
                .funs
                .get(at)
                .is_some_and(|fun| !fun.called && !matches!(fun.code, Code::Class(_)));
            if todo {
                self.state = start();
                let args = vec![Val::any().with(REQ); 6];
                self.call_fun(at, None, &args, None, 0);
            }
            at += 1;
        }
    }

    /// Whether so many rounds were walked that what still grows must be cut short.
    pub(crate) fn late(&self) -> bool {
        self.rounds >= LATE
    }

    /// Gives up at a place.
    pub(crate) fn lose(&mut self, at: u32) {
        self.trace.lost.get_or_insert(at);
    }

    /// One step; false when there are none left.
    pub(crate) fn step(&mut self, at: u32) -> bool {
        if self.trace.lost.is_some() {
            return false;
        }
        match self.fuel.checked_sub(1) {
            Some(fuel) => {
                self.fuel = fuel;
                true
            }
            None => {
                self.lose(at);
                false
            }
        }
    }

    pub(crate) fn active(&self) -> Option<&Active<'a>> {
        self.stack.last()
    }

    pub(crate) fn context(&self) -> u32 {
        self.active().map_or(0, |active| active.context)
    }

    pub(crate) fn frame(&self) -> usize {
        self.active().map_or(0, |active| active.frame)
    }

    // Names

    fn name(&self, symbol: SymbolId) -> Option<Name> {
        self.names.get(symbol.index()).copied()
    }

    pub(crate) fn symbol_of(&self, identifier: &IdentifierReference<'a>) -> Option<SymbolId> {
        let reference = identifier.reference_id.get()?;
        self.scoping.get_reference(reference).symbol_id()
    }

    /// What a variable holds.
    pub(crate) fn read(&mut self, symbol: SymbolId) -> Val {
        if let Some(value) = self.imports.get(&symbol) {
            return value.clone();
        }
        let Some(name) = self.name(symbol) else {
            return Val::any();
        };
        let here = self.active().is_some_and(|active| active.home == name.home);
        if here && !(name.shared && name.written) {
            return match self.state.get(symbol) {
                Some(value) => (**value).clone(),
                None => Val::undefined(),
            };
        }
        let Some((cell, _)) = self.cell(symbol, name.home) else {
            return Val::any();
        };
        cell.read = true;
        if cell.value.is_bottom() {
            Val::undefined()
        } else {
            cell.value.clone()
        }
    }

    /// The variable, and whether it outlives a request.
    fn cell(&mut self, symbol: SymbolId, home: ScopeId) -> Option<(&mut Cell, bool)> {
        let mut at = self.frame();
        while self.frames.get(at)?.home != home {
            at = self.frames.get(at)?.parent?;
        }
        let frame = self.frames.get_mut(at)?;
        let index = match frame.cells.iter().position(|(own, _)| *own == symbol) {
            Some(index) => index,
            None => {
                frame.cells.push((symbol, Cell::default()));
                frame.cells.len() - 1
            }
        };
        let lasting = frame.lasting;
        frame.cells.get_mut(index).map(|(_, cell)| (cell, lasting))
    }

    /// A variable now holds `value`.
    pub(crate) fn write(&mut self, symbol: SymbolId, value: Val) {
        let Some(name) = self.name(symbol) else {
            return;
        };
        let late = self.late();
        if name.shared
            && let Some((cell, lasting)) = self.cell(symbol, name.home)
        {
            let changed = if lasting {
                cell.value.grow(&value.clone().forgetting(), late)
            } else {
                cell.value.grow(&value, late)
            };
            let read = cell.read;
            self.dirty |= changed && read;
        }
        let here = self.active().is_some_and(|active| active.home == name.home);
        if here && !(name.shared && name.written) {
            for handler in &mut self.exits.handlers {
                handler.add(symbol, &value);
            }
            self.state.set(symbol, value);
        }
    }

    pub(crate) fn bind(&mut self, identifier: &BindingIdentifier<'a>, value: Val) {
        if let Some(symbol) = identifier.symbol_id.get() {
            self.write(symbol, value);
        }
    }

    /// A variable is known to hold one of these now; only where that is tracked by place.
    pub(crate) fn refine(state: &mut State, symbol: SymbolId, value: Val) {
        if state.get(symbol).is_some() {
            state.set(symbol, value);
        }
    }
}

/// Where something begins.
pub(crate) fn at<T: GetSpan>(node: &T) -> u32 {
    node.span().start
}
