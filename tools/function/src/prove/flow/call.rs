//! Calls: who is called, with what.

use oxc_ast::ast::{Argument, CallExpression, Expression, MemberExpression, NewExpression};

use oxc_span::Span;

use super::heap::{Kind, Obj};
use super::trace::Sink;
use super::value::{Alt, Atom, OPAQUE, REQ, SECRET, TOKENS, Val};
use super::walk::{Walk, at};

/// A call's arguments.
pub(crate) struct Args<'a> {
    pub(crate) list: Vec<Val>,
    /// What a spread of unknown length adds.
    pub(crate) more: Option<Val>,
    pub(crate) written: &'a [Argument<'a>],
    pub(crate) at: u32,
    /// Where the call ends: calls of a chain begin at one place and end at several.
    pub(crate) key: u32,
}

impl Args<'_> {
    pub(crate) fn get(&self, index: usize) -> Val {
        match (self.list.get(index), &self.more) {
            (Some(value), None) => value.clone(),
            (Some(value), Some(more)) => value.clone().or(more),
            (None, Some(more)) => more.clone().or(&Val::undefined()),
            (None, None) => Val::undefined(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Val> {
        self.list.iter().chain(&self.more)
    }

    /// As positions for a function of the file.
    pub(crate) fn positions(&self) -> Vec<Val> {
        match &self.more {
            None => self.list.clone(),
            Some(_) => (0..self.list.len().max(8)).map(|at| self.get(at)).collect(),
        }
    }
}

impl<'a> Walk<'a, '_> {
    pub(crate) fn args(&mut self, written: &'a [Argument<'a>], span: Span) -> Args<'a> {
        let outer = std::mem::replace(&mut self.in_chain, false);
        let mut args = Args {
            list: Vec::with_capacity(written.len()),
            more: None,
            written,
            at: span.start,
            key: span.end,
        };
        for argument in written {
            match argument {
                Argument::SpreadElement(spread) => {
                    let value = self.eval(&spread.argument);
                    match (self.listed(&value), &mut args.more) {
                        (Some(items), None) => args.list.extend(items),
                        (_, more) => {
                            let element = self.element(&value, None);
                            more.get_or_insert_with(Val::default).join(&element);
                        }
                    }
                }
                other => {
                    let value = match other.as_expression() {
                        Some(expression) => self.eval(expression),
                        None => Val::any(),
                    };
                    match &mut args.more {
                        Some(more) => {
                            more.join(&value);
                        }
                        None => args.list.push(value),
                    }
                }
            }
        }
        self.in_chain = outer;
        args
    }

    pub(crate) fn call(&mut self, call: &'a CallExpression<'a>) -> Val {
        let callee = call.callee.get_inner_expression();
        if matches!(callee, Expression::Super(_)) {
            let args = self.args(&call.arguments, call.span);
            let this = self.active().map_or_else(Val::undefined, |active| active.this.clone());
            for atom in this.atoms() {
                if let Atom::Ref(id) = atom {
                    for arg in args.all() {
                        self.put(*id, None, arg);
                    }
                }
            }
            return Val::undefined();
        }
        if let Some(member) = callee.as_member_expression() {
            return self.call_member(call, member);
        }
        if let Expression::ChainExpression(chain) = callee
            && let Some(member) = chain.expression.as_member_expression()
        {
            return self.call_member(call, member);
        }
        let function = self.eval(callee);
        let optional = call.optional || self.in_chain;
        let before = self.state.clone();
        let args = self.args(&call.arguments, call.span);
        let value = self.call_value(&function, None, &args, optional);
        self.or_skipped(optional, &function, &before);
        value
    }

    fn call_member(&mut self, call: &'a CallExpression<'a>, member: &'a MemberExpression<'a>) -> Val {
        let object = self.eval(member.object());
        let name = match member {
            MemberExpression::StaticMemberExpression(member) => member.property.name.to_string(),
            MemberExpression::PrivateFieldExpression(member) => format!("#{}", member.field.name),
            MemberExpression::ComputedMemberExpression(_) => {
                let function = self.member_of(&object, member, at(member));
                let args = self.args(&call.arguments, call.span);
                return self.call_value(&function, Some(&object), &args, true);
            }
        };
        let before = self.state.clone();
        let args = self.args(&call.arguments, call.span);
        let optional = member.optional() || self.in_chain;
        let value = self.over_alternatives(&object, optional, |walk, alt| {
            let base = Val {
                labels: object.labels,
                alts: vec![alt.clone()],
            };
            walk.method(&base, alt, &name, &args, call.optional)
        });
        if call.optional {
            self.state.join(&before);
        }
        self.or_skipped(optional, &object, &before);
        value
    }

    /// `a?.(b)` where `a` may be nothing: `b` may never have been evaluated.
    fn or_skipped(&mut self, optional: bool, value: &Val, before: &super::state::State) {
        if optional && value.alts.iter().any(Alt::may_be_nullish) {
            self.state.join(before);
        }
    }

    /// Does something for each alternative, each from the same state.
    fn over_alternatives(&mut self, value: &Val, optional: bool, mut act: impl FnMut(&mut Self, &Alt) -> Val) -> Val {
        let mut out = Val::default();
        let before = self.state.clone();
        let mut after: Option<super::state::State> = None;
        for alt in &value.alts {
            if alt.is_nullish() {
                if optional {
                    out.push(Alt {
                        atom: Atom::Undefined,
                        ..alt.clone()
                    });
                    match &mut after {
                        Some(after) => {
                            after.join(&before);
                        }
                        None => after = Some(before.clone()),
                    }
                }
                continue;
            }
            self.state = before.clone();
            let found = act(self, alt);
            out.join(&found);
            match &mut after {
                Some(after) => {
                    after.join(&self.state);
                }
                None => after = Some(self.state.clone()),
            }
        }
        self.state = after.unwrap_or(before);
        if out.is_bottom() && self.state.live {
            out = Val::undefined();
        }
        out
    }

    /// Calls a value.
    pub(crate) fn call_value(&mut self, function: &Val, this: Option<&Val>, args: &Args<'a>, optional: bool) -> Val {
        if function.alts.iter().all(Alt::is_nullish) {
            // Nothing that is known can be called here; what it is handed is held back all the same.
            for arg in args.all() {
                self.leave(args.at, Sink::Unknown, arg);
            }
        }
        self.over_alternatives(function, optional, |walk, alt| {
            let labels = function.labels;
            match &alt.atom {
                Atom::Fun(id) => walk.call_fun(*id, this.cloned(), &args.positions(), Some(args.written), args.at),
                Atom::Host(path) => walk.call_host(path, args),
                Atom::Sdk(path) => walk.call_sdk(path, args),
                Atom::Factory => walk.client(args),
                Atom::Resolve(id) => {
                    for arg in args.all() {
                        walk.put(*id, None, arg);
                    }
                    Val::undefined()
                }
                Atom::Import(module) => walk.call_import(module, args),
                _ => walk.call_unknown(args, labels),
            }
        })
    }

    /// A call of something that isn't followed.
    pub(crate) fn call_unknown(&mut self, args: &Args<'a>, labels: u64) -> Val {
        let all = labels | self.hand_over_all(args, labels);
        self.leak(args.at, Sink::Unknown, all);
        Val::any().with(all & !OPAQUE)
    }

    fn call_import(&mut self, module: &str, args: &Args<'a>) -> Val {
        let mut all = 0;
        for arg in args.all() {
            let labels = self.hand_over(args.at, arg);
            if labels & TOKENS != 0 {
                self.trace.handed.insert((args.at, module.to_owned()));
            }
            self.leak(args.at, Sink::Unknown, labels);
            all |= labels;
        }
        Val::any().with(all)
    }

    pub(crate) fn new_of(&mut self, new: &'a NewExpression<'a>) -> Val {
        let class = self.eval(&new.callee);
        let args = self.args(&new.arguments, new.span);
        self.over_alternatives(&class, false, |walk, alt| match &alt.atom {
            Atom::Fun(id) => walk.construct(*id, &args.positions(), Some(args.written), args.at),
            Atom::Host(path) => walk.new_host(path, &args),
            Atom::Import(module) => walk.call_import(module, &args),
            _ => walk.call_unknown(&args, class.labels),
        })
    }

    /// The request comes in: the value is its handler.
    pub(crate) fn serve(&mut self, handler: &Val, place: u32) {
        let request = Val::from(Atom::Request).with(REQ);
        let mut todo: Vec<Val> = vec![handler.clone()];
        while let Some(value) = todo.pop() {
            for alt in &value.alts {
                match &alt.atom {
                    Atom::Fun(id) => {
                        let outer = std::mem::replace(&mut self.state, super::state::start());
                        let was = std::mem::replace(&mut self.serving, true);
                        let info = Val::any().with(REQ);
                        // A frame of its own, so that what it makes does not outlive the request.
                        let answer = self.call_fun(*id, None, &[request.clone(), info], None, place);
                        let answer = self.unpend(answer);
                        self.serving = was;
                        self.state = outer;
                        self.leave(place, Sink::Answer, &answer);
                    }
                    Atom::Ref(id) => {
                        if let Some(object) = self.heap.get(*id) {
                            // `handler`, `fetch`, and whatever else is called from outside.
                            todo.extend(object.props.iter().map(|(_, value)| value.clone()));
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// Calls whatever functions a value may be with elements and the like, any number of times;
    /// what they give back.
    pub(crate) fn run_callback(&mut self, callback: &Val, args: &[Val], place: u32) -> Val {
        let mut out = Val::default();
        for alt in &callback.alts {
            match &alt.atom {
                Atom::Fun(id) => {
                    out.join(&self.call_aside(*id, args, place));
                }
                Atom::Resolve(id) => {
                    for arg in args {
                        self.put(*id, None, arg);
                    }
                }
                Atom::Host(path) => {
                    let list = args.iter().take(1).cloned().collect();
                    let handed = Args {
                        list,
                        more: None,
                        written: &[],
                        at: place,
                        key: place,
                    };
                    let path = path.clone();
                    out.join(&self.call_host(&path, &handed));
                }
                Atom::Sdk(_) | Atom::Factory => {
                    self.hand_over(place, &Val::from(alt.atom.clone()));
                    out.join(&Val::any());
                }
                _ => {
                    for arg in args {
                        let labels = self.hand_over(place, arg);
                        if !alt.is_nullish() {
                            self.leak(place, Sink::Unknown, labels & SECRET);
                        }
                    }
                    out.join(&Val::any());
                }
            }
        }
        out
    }

    /// An object of a kind that holds what it is given.
    pub(crate) fn bag(&mut self, kind: Kind, args: &Args<'a>, tag: u8) -> Val {
        let mut object = Obj::new(kind);
        for arg in args.all() {
            let item = self.item(arg);
            object.rest.join(&item);
            // A map's value is the second part of each pair.
            for atom in item.atoms() {
                if let Atom::Ref(pair) = atom
                    && let Some(pair) = self.heap.get(*pair)
                {
                    let value = pair.element();
                    object.rest.join(&value);
                }
            }
            for atom in arg.atoms() {
                if let Atom::Ref(id) = atom
                    && let Some(other) = self.heap.get(*id)
                {
                    for (name, value) in other.props.clone() {
                        object.add(&name, &value);
                    }
                }
            }
        }
        self.make(args.key, tag, object)
    }
}
