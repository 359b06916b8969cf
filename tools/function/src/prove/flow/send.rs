//! `fetch`: where a request goes, with whose token, and what else it carries.

use std::rc::Rc;

use oxc_ast::ast::{Argument, Expression};
use oxc_syntax::symbol::SymbolId;

use super::super::keys::files;
use super::call::Args;
use super::heap::Kind;
use super::trace::{Part, Request, Sink, TokenUse};
use super::value::{Atom, Labels, Piece, Val};
use super::walk::{Code, Walk};

/// Parts of `fetch`'s second argument that no text of a request is made of.
const MUTE: &[&str] = &["signal", "redirect", "method", "keepalive", "cache"];

impl<'a> Walk<'a, '_> {
    pub(crate) fn fetch(&mut self, args: &Args<'a>) -> Val {
        let target = args.get(0);
        let init = args.get(1);
        let place = args.at;
        for arg in args.list.iter().skip(2) {
            self.leave(place, Sink::Init, arg);
        }
        let target = self.as_text(&target);
        let labels = self.hand_over(place, &target) | self.url_labels(&args.get(0));
        let in_url = self.belonging(labels, |keys, id| keys.urls.contains(id));
        self.leak(place, Sink::Url, labels & !in_url);
        let bearer = self.init(&init, place) | in_url;
        // A key is used where it leaves; that it was read shows nothing yet.
        if self.trace.tokens(bearer).any(|source| source.key) {
            let guards = self.state.guard;
            self.trace.uses.insert(TokenUse { at: place, guards });
        }
        let body = self.member(&init, "body", true, place);
        let documents = self.documents(&body);
        let bare = self.is_bare(&init);
        let methods = self.methods(&init);
        let redirect = self.member(&init, "redirect", true, place);
        let pinned = redirect.constant() == Some("error");
        let urls = urls(&target);
        let given_at = self.given_at(args);
        for url in &urls {
            for (method, document) in methods.iter().flat_map(|m| documents.iter().map(move |d| (m, d))) {
                self.trace.sends.insert(Request {
                    at: place,
                    given_at,
                    url: url.clone(),
                    method: method.clone(),
                    bearer,
                    pinned,
                    through: None,
                    document: document.clone(),
                    bare,
                });
            }
        }
        Val::any().promised()
    }

    /// The tokens among labels whose connector takes them in a place.
    fn belonging(&self, labels: Labels, takes: impl Fn(&super::super::Keys, &str) -> bool) -> Labels {
        let mut out = 0;
        for (at, source) in self.trace.sources.iter().enumerate() {
            let bit = 1 << at.min(47);
            let own = source.connector.as_deref().is_some_and(|id| takes(self.keys, id));
            if labels & bit != 0 && own {
                out |= bit;
            }
        }
        out
    }

    /// Labels of an address' query, which is not part of its text here.
    fn url_labels(&mut self, target: &Val) -> Labels {
        self.heap.reach(target).labels
    }

    /// The methods that a request may have; `None` for one that is computed.
    pub(crate) fn methods(&mut self, init: &Val) -> Vec<Option<String>> {
        let method = self.member(init, "method", true, 0);
        let mut out: Vec<Option<String>> = Vec::new();
        for atom in method.atoms() {
            let found = match atom {
                Atom::Undefined | Atom::Null => Some("GET".to_owned()),
                other => other.constant().map(str::to_ascii_uppercase),
            };
            if !out.contains(&found) {
                out.push(found);
            }
        }
        if out.is_empty() {
            out.push(Some("GET".to_owned()));
        }
        out
    }

    /// Looks through `fetch`'s second argument; the tokens that its authorization carries.
    fn init(&mut self, init: &Val, place: u32) -> Labels {
        let mut bearer = 0;
        for atom in init.atoms() {
            let Atom::Ref(id) = atom else {
                let labels = self.hand_over(place, &Val::from(atom.clone()).with(init.labels));
                self.leak(place, Sink::Init, labels);
                continue;
            };
            let Some(object) = self.heap.objects.get_mut(*id) else {
                continue;
            };
            object.read = true;
            let props = object.props.clone();
            let mut rest = object.rest.clone();
            for item in object.items.iter().flatten() {
                rest.join(item);
            }
            self.leave(place, Sink::Init, &rest);
            for (name, value) in &props {
                match name.as_ref() {
                    "headers" => bearer |= self.headers(value, place),
                    "body" => {
                        self.leave(place, Sink::Body, value);
                    }
                    name if MUTE.contains(&name) => {
                        let labels = self.heap.reach(value).labels;
                        self.leak(place, Sink::Init, labels);
                    }
                    _ => {
                        self.leave(place, Sink::Init, value);
                    }
                }
            }
        }
        bearer
    }

    fn headers(&mut self, headers: &Val, place: u32) -> Labels {
        let mut bearer = 0;
        for atom in headers.atoms() {
            let Atom::Ref(id) = atom else {
                let labels = self.hand_over(place, &Val::from(atom.clone()).with(headers.labels));
                self.leak(place, Sink::Header, labels);
                continue;
            };
            let Some(object) = self.heap.objects.get_mut(*id) else {
                continue;
            };
            object.read = true;
            let props = object.props.clone();
            let pairs = object.kind != Kind::Headers && object.items.is_some();
            let rest = object.element();
            for (name, value) in &props {
                let labels = self.hand_over(place, value);
                if name.eq_ignore_ascii_case("authorization") && !pairs {
                    bearer |= labels & super::value::TOKENS;
                    self.leak(place, Sink::Header, labels & super::value::CALLER);
                } else {
                    let named = |keys: &super::super::Keys, id: &str| {
                        keys.headers.get(id).is_some_and(|own| name.eq_ignore_ascii_case(own))
                    };
                    let own = if pairs { 0 } else { self.belonging(labels, named) };
                    bearer |= own;
                    self.leak(place, Sink::Header, labels & !own);
                }
            }
            self.leave(place, Sink::Header, &rest);
        }
        bearer
    }

    /// Where a request's address was given: at `fetch`, or, where a helper around it was handed
    /// the path, at the call of the helper.
    fn given_at(&self, args: &Args<'a>) -> u32 {
        let mut place = args.at;
        let Some(mut expression) = args.written.first().and_then(Argument::as_expression) else {
            return place;
        };
        for (depth, active) in self.stack.iter().enumerate().rev() {
            let Some(written) = active.call else {
                return place;
            };
            let params = match active.code {
                Some(Code::Function(f)) => &f.params,
                Some(Code::Arrow(f)) => &f.params,
                _ => return place,
            };
            let inner = depth == self.stack.len() - 1;
            let mut used: Vec<SymbolId> = Vec::new();
            self.symbols_in(expression, inner, 0, &mut used);
            let index = params.items.iter().position(|param| {
                param.pattern.get_binding_identifiers().iter().any(|id| {
                    id.symbol_id
                        .get()
                        .is_some_and(|symbol| used.contains(&symbol) && self.holds_literal(active.frame, symbol, inner))
                })
            });
            let Some(index) = index else { return place };
            let Some(next) = written.get(index).and_then(Argument::as_expression) else {
                return place;
            };
            place = active.call_at;
            expression = next;
            if !matches!(expression.get_inner_expression(), Expression::Identifier(_)) {
                return place;
            }
        }
        place
    }

    fn holds_literal(&self, frame: usize, symbol: SymbolId, inner: bool) -> bool {
        if inner && let Some(value) = self.state.get(symbol) {
            return Self::has_literal(value);
        }
        let cells = self.frames.get(frame).map(|frame| &frame.cells);
        let cell = cells.and_then(|cells| cells.iter().find(|(own, _)| *own == symbol));
        cell.is_none_or(|(_, cell)| Self::has_literal(&cell.value))
    }

    /// The variables that an address is made of, through the constants it names.
    fn symbols_in(&self, expression: &'a Expression<'a>, through: bool, depth: usize, out: &mut Vec<SymbolId>) {
        if depth > 6 {
            return;
        }
        let mut visit = |e: &'a Expression<'a>| self.symbols_in(e, through, depth + 1, out);
        match expression.get_inner_expression() {
            Expression::Identifier(identifier) => {
                if let Some(symbol) = self.symbol_of(identifier) {
                    out.push(symbol);
                    if through && let Some(init) = self.inits.get(&symbol) {
                        self.symbols_in(init, through, depth + 1, out);
                    }
                }
            }
            Expression::TemplateLiteral(template) => template.expressions.iter().for_each(visit),
            Expression::BinaryExpression(binary) => {
                visit(&binary.left);
                visit(&binary.right);
            }
            Expression::ConditionalExpression(e) => {
                visit(&e.consequent);
                visit(&e.alternate);
            }
            Expression::LogicalExpression(e) => {
                visit(&e.left);
                visit(&e.right);
            }
            Expression::NewExpression(e) => {
                e.arguments.iter().filter_map(Argument::as_expression).for_each(visit);
            }
            Expression::CallExpression(e) => {
                if let Some(member) = e.callee.as_member_expression() {
                    visit(member.object());
                }
                e.arguments.iter().filter_map(Argument::as_expression).for_each(visit);
            }
            other => {
                if let Some(member) = other.as_member_expression() {
                    visit(member.object());
                }
            }
        }
    }
}

/// The addresses that a value may be; an empty one where nothing is known.
fn urls(target: &Val) -> Vec<Vec<Part>> {
    let mut out: Vec<Vec<Part>> = Vec::new();
    for atom in target.atoms() {
        let parts = match atom {
            Atom::Text(pieces) => parts(pieces),
            Atom::Given(_) => parts(&Rc::from(atom.pieces())),
            _ => Vec::new(),
        };
        if !out.contains(&parts) {
            out.push(parts);
        }
    }
    if out.is_empty() {
        out.push(Vec::new());
    }
    out
}

pub(crate) fn parts(pieces: &Rc<[Piece]>) -> Vec<Part> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Lit(text) => Part::Literal(text.to_string()),
            Piece::Hole | Piece::Secret => Part::Computed,
            Piece::Given(given) => match (&given.from, &given.shape) {
                (Some((connector, field)), Some(shape)) => Part::Tested {
                    connector: connector.to_string(),
                    field: field.to_string(),
                    shape: shape.to_string(),
                },
                (None, Some(shape)) if **shape == files() => Part::File,
                _ => Part::Computed,
            },
        })
        .collect()
}
