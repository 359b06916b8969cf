//! Going into a function of the file: its parameters, its own variables, and what comes back.

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, BindingPattern, Class, ClassElement, Expression, FormalParameters,
    MethodDefinitionKind, PropertyKey,
};

use super::heap::{Kind, Obj};
use super::state::{Exits, Frame, State};
use super::value::{Atom, FunId, Guards, UNCHECKED, Val, both};
use super::walk::{Active, Code, DEPTH, Walk};

/// A function may be within itself so many times before it counts as recursive.
const WITHIN: usize = 2;

impl<'a> Walk<'a, '_> {
    /// Calls a function that may be called any number of times, or never: what it checks does
    /// not count for what follows.
    pub(crate) fn call_aside(&mut self, fun: FunId, args: &[Val], at: u32) -> Val {
        let (live, guard) = (self.state.live, self.state.guard);
        let value = self.call_fun(fun, None, args, None, at);
        self.state.live = live;
        self.state.guard = guard;
        value
    }

    /// Calls a function; what it returns, as a promise where it is async.
    pub(crate) fn call_fun(
        &mut self,
        id: FunId,
        this: Option<Val>,
        args: &[Val],
        written: Option<&'a [Argument<'a>]>,
        at: u32,
    ) -> Val {
        let Some(fun) = self.funs.get_mut(id) else {
            return Val::any();
        };
        fun.called = true;
        let (code, frame, own_this) = (fun.code, fun.frame, fun.this.clone());
        if matches!(code, Code::Class(_)) {
            return Val::any();
        }
        let start = code.span().start;
        let context = self.enter(at, start);
        let depth = self
            .stack
            .iter()
            .filter(|active| active.code.is_some_and(|code| code.span().start == start))
            .count();
        if depth >= WITHIN {
            return self.recur(start, args);
        }
        if self.stack.len() > DEPTH / 4 {
            self.lose(at);
            return Val::any();
        }
        let home = code.scope().unwrap_or_else(|| self.scoping.root_scope_id());
        let inner = match self.frame_of.get(&context) {
            Some(inner) => *inner,
            None => {
                self.frames.push(Frame {
                    home,
                    parent: Some(frame),
                    cells: Vec::new(),
                    lasting: !self.serving,
                });
                self.frame_of.insert(context, self.frames.len() - 1);
                self.frames.len() - 1
            }
        };
        let this = match code {
            Code::Arrow(_) => own_this.or_else(|| self.active().map(|active| active.this.clone())),
            _ => this.or(own_this),
        };
        let entering = State::new(self.state.guard);
        let caller = std::mem::replace(&mut self.state, entering);
        let outer = std::mem::replace(&mut self.exits, Exits::new());
        let chain = std::mem::replace(&mut self.in_chain, false);
        self.stack.push(Active {
            code: Some(code),
            context,
            base: context,
            frame: inner,
            home,
            this: this.unwrap_or_else(Val::undefined),
            call: written,
            call_at: at,
        });
        let more = self
            .memory
            .get(&context)
            .map(|memory| memory.args.clone())
            .unwrap_or_default();
        let handed: Vec<Val> = (0..args.len().max(more.len()))
            .map(|at| {
                let first = args.get(at).cloned().unwrap_or_else(Val::undefined);
                more.get(at).map_or(first.clone(), |more| first.or(more))
            })
            .collect();
        let expression_body = match code {
            Code::Function(function) => {
                if let Some(name) = &function.id
                    && function.is_expression()
                {
                    self.bind(name, Atom::Fun(id).into());
                }
                self.parameters(&function.params, &handed);
                if let Some(body) = &function.body {
                    self.statements(&body.statements);
                }
                None
            }
            Code::Arrow(arrow) => {
                self.parameters(&arrow.params, &handed);
                match &arrow.body {
                    ArrowFunctionBody::FunctionBody(body) => {
                        self.statements(&body.statements);
                        None
                    }
                    body => body.as_expression().map(|body| self.eval(body)),
                }
            }
            Code::Class(_) => None,
        };
        match expression_body {
            Some(value) => self.give_back(value),
            None => self.give_back(Val::undefined()),
        }
        let exits = std::mem::replace(&mut self.exits, outer);
        self.stack.pop();
        self.in_chain = chain;
        self.state = caller;
        self.came_back(code, context, exits, at)
    }

    /// What a call leads to: the value, and what the caller of the request has passed by then.
    fn came_back(&mut self, code: Code<'a>, context: u32, exits: Exits, at: u32) -> Val {
        if code.is_generator() {
            let mut items = Obj::new(Kind::Array);
            items.rest = exits.yielded;
            return self.make(at, 60, items);
        }
        let late = self.late();
        let memory = self.memory.entry(context).or_default();
        if memory.returned.grow(&exits.returned, late) && memory.read {
            self.dirty = true;
        }
        let returned = exits.returned;
        if code.is_async() {
            // Nothing follows from a call alone; `await` shows that it came back.
            return self.unpend(returned).promised();
        }
        if exits.return_state.live {
            self.state.guard = exits.return_state.guard;
        } else {
            self.state.live = false;
        }
        returned
    }

    /// `return`: the value is one that is only given by a caller who has passed so much.
    pub(crate) fn give_back(&mut self, value: Val) {
        if !self.state.live {
            return;
        }
        let guard: Guards = self.state.guard;
        let known = if guard & UNCHECKED == 0 { guard } else { 0 };
        let mut value = value;
        for alt in &mut value.alts {
            if !alt.pending {
                alt.implies = both(known, alt.implies);
            }
        }
        self.exits.returned.join(&value);
        let state = std::mem::replace(&mut self.state, State::dead());
        self.exits.return_state.join(&State::new(state.guard));
    }

    /// A call of a function from within itself: what it was handed counts in the next round.
    fn recur(&mut self, start: u32, args: &[Val]) -> Val {
        let found = self
            .stack
            .iter()
            .rev()
            .find(|active| active.code.is_some_and(|code| code.span().start == start));
        let Some(context) = found.map(|active| active.base) else {
            return Val::any();
        };
        let memory = self.memory.entry(context).or_default();
        memory.read = true;
        for (at, arg) in args.iter().enumerate() {
            match memory.args.get_mut(at) {
                Some(own) => {
                    // Texts grow from call to call; without this they would for ever.
                    if own.grow(arg, true) {
                        self.dirty = true;
                    }
                }
                None => {
                    memory.args.push(arg.clone());
                    self.dirty = true;
                }
            }
        }
        memory.returned.clone()
    }

    fn enter(&mut self, at: u32, start: u32) -> u32 {
        let next = u32::try_from(self.contexts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let key = (self.context(), at, start);
        *self.contexts.entry(key).or_insert(next)
    }

    fn parameters(&mut self, params: &'a FormalParameters<'a>, args: &[Val]) {
        for (at, param) in params.items.iter().enumerate() {
            let mut value = args.get(at).cloned().unwrap_or_else(Val::undefined);
            if let Some(initial) = &param.initializer {
                value = self.or_default(value, initial);
            }
            // `constructor(private token: string)` is a field as well.
            if (param.accessibility.is_some() || param.readonly)
                && let BindingPattern::BindingIdentifier(name) = &param.pattern
                && let Some(active) = self.active()
            {
                for atom in active.this.clone().atoms() {
                    if let Atom::Ref(object) = atom {
                        self.put(*object, Some(&name.name), &value);
                    }
                }
            }
            self.pattern(&param.pattern, value);
        }
        if let Some(rest) = &params.rest {
            let items: Vec<Val> = args.iter().skip(params.items.len()).cloned().collect();
            let array = self.make(rest.span.start, 1, Obj::array(items));
            self.pattern(&rest.rest.argument, array);
        }
    }

    /// `value`, or the default where it may be undefined.
    pub(crate) fn or_default(&mut self, value: Val, default: &'a Expression<'a>) -> Val {
        let missing = value
            .alts
            .iter()
            .any(|alt| alt.may_be_nullish() && alt.atom != Atom::Null);
        let given = value.filter(|alt| alt.pending || alt.atom != Atom::Undefined);
        if !missing {
            return given;
        }
        let before = self.state.guard;
        let default = self.eval(default);
        self.state.guard |= before;
        given.or(&default)
    }

    /// `new` of a class of the file.
    pub(crate) fn construct(&mut self, id: FunId, args: &[Val], written: Option<&'a [Argument<'a>]>, at: u32) -> Val {
        let Some(fun) = self.funs.get_mut(id) else {
            return Val::any();
        };
        fun.called = true;
        let Code::Class(class) = fun.code else {
            self.odd(
                "P2",
                at,
                "`new` is used on a plain function. Write a function that returns an object, or a class.",
            );
            return self.call_fun(id, None, args, written, at);
        };
        let frame = fun.frame;
        let start = class.span.start;
        let around = self.context();
        let context = self.enter(at, start);
        self.stack.push(Active {
            code: Some(Code::Class(class)),
            context,
            base: context,
            frame,
            home: self
                .frames
                .get(frame)
                .map_or_else(|| self.scoping.root_scope_id(), |frame| frame.home),
            this: Val::undefined(),
            call: None,
            call_at: at,
        });
        let nested = self.stack.len() > DEPTH / 4;
        let kind = if class.heritage.is_some() {
            Kind::Bag
        } else {
            Kind::Plain
        };
        let this = self.make(at, 2, Obj::new(kind));
        if nested || around == context {
            self.lose(at);
        } else {
            self.members(class, &this, args, at);
        }
        self.stack.pop();
        this
    }

    /// Gives `this` what a class has, and calls its constructor.
    pub(crate) fn members(&mut self, class: &'a Class<'a>, this: &Val, args: &[Val], at: u32) {
        let Some(Atom::Ref(object)) = this.atoms().next().cloned() else {
            return;
        };
        let mut constructor = None;
        if let Some(heritage) = &class.heritage {
            let parent = self.eval(&heritage.expression);
            let error = parent
                .atoms()
                .all(|atom| matches!(atom, Atom::Host(name) if name.ends_with("Error")));
            if error {
                for name in ["message", "stack", "name"] {
                    self.put(object, Some(name), &Val::some_text());
                }
            } else {
                self.odd("P2", at, "A class extends something other than an error, which can't be followed. Extend `Error`, or hand one object to the other.");
            }
        }
        let own_constructor = class.body.body.iter().any(|element| {
            matches!(element, ClassElement::MethodDefinition(m) if m.kind == MethodDefinitionKind::Constructor)
        });
        if !own_constructor && class.heritage.is_some() {
            for arg in args {
                self.put(object, None, arg);
            }
        }
        if let Some(active) = self.stack.last_mut() {
            active.this = this.clone();
        }
        for element in &class.body.body {
            match element {
                ClassElement::MethodDefinition(method) => {
                    let value = self.fun(Code::Function(&method.value), Some(this.clone()));
                    if method.kind == MethodDefinitionKind::Constructor {
                        constructor = Some(value);
                    } else if let Some(name) = key_name(&method.key) {
                        self.put(object, Some(&name), &value);
                    }
                }
                ClassElement::PropertyDefinition(property) => {
                    let value = property
                        .value
                        .as_ref()
                        .map_or_else(Val::undefined, |value| self.eval(value));
                    if let Some(name) = key_name(&property.key) {
                        self.put(object, Some(&name), &value);
                    }
                }
                _ => {}
            }
        }
        if let Some(Atom::Fun(id)) = constructor.as_ref().and_then(|value| value.atoms().next()) {
            self.call_fun(*id, Some(this.clone()), args, None, at);
        }
    }
}

/// The name of a member that is written down.
pub(crate) fn key_name(key: &PropertyKey<'_>) -> Option<String> {
    match key {
        PropertyKey::PrivateIdentifier(name) => Some(format!("#{}", name.name)),
        key => key.static_name().map(std::borrow::Cow::into_owned),
    }
}
