//! Values of a known shape: what a connection comes with, an app's own files, GraphQL documents.
//!
//! A part of a host may be computed only when it is the connection's own value and was tested with
//! the very expression the catalog demands; this notes both. Invariant: a test with any other
//! expression, with flags, or of something else than a variable shows nothing.

use std::rc::Rc;

use oxc_ast::ast::Expression;

use super::super::keys::{files, plain};
use super::state::State;
use super::value::{Atom, Given, Val};
use super::walk::Walk;

impl<'a> Walk<'a, '_> {
    /// `/…/.test(value)` is true: the value has that shape.
    pub(crate) fn refine_by_shape(&self, test: &'a Expression<'a>, yes: &mut State) {
        let Expression::CallExpression(call) = test.get_inner_expression() else {
            return;
        };
        let Some(member) = call.callee.as_member_expression() else {
            return;
        };
        let (Some("test"), [argument]) = (member.static_property_name(), call.arguments.as_slice()) else {
            return;
        };
        let Some(Expression::Identifier(identifier)) = argument.as_expression().map(Expression::get_inner_expression)
        else {
            return;
        };
        let (Some(pattern), Some(symbol)) = (self.expression_of(member.object()), self.symbol_of(identifier)) else {
            return;
        };
        if !self.keys.knows(&pattern) {
            return;
        }
        let Some(value) = yes.get(symbol).map(|value| (**value).clone()) else {
            return;
        };
        let shape: Rc<str> = Rc::from(pattern.as_str());
        let mut kept = Val::default().with(value.labels);
        for alt in value.alts {
            let mut alt = alt;
            let from = match &alt.atom {
                Atom::Given(given) => given.from.clone(),
                Atom::Any | Atom::UserField(_) => None,
                // Nothing, or a text that is known not to have the shape, does not get here.
                Atom::Null | Atom::Undefined => continue,
                other
                    if other
                        .constant()
                        .is_some_and(|text| linchpin_catalog::takes(&pattern, text) == Some(false)) =>
                {
                    continue;
                }
                _ => {
                    kept.push(alt);
                    continue;
                }
            };
            if from.is_some() || pattern == files() {
                alt.atom = Atom::Given(Rc::new(Given {
                    from,
                    shape: Some(Rc::clone(&shape)),
                }));
            }
            kept.push(alt);
        }
        Self::refine(yes, symbol, kept);
    }

    /// The regular expression that an expression is, where it has no flags and can't be another.
    fn expression_of(&self, expression: &'a Expression<'a>) -> Option<String> {
        match expression.get_inner_expression() {
            Expression::RegExpLiteral(literal) if literal.regex.flags.is_empty() => {
                Some(plain(&literal.regex.pattern.text))
            }
            Expression::Identifier(identifier) => {
                let symbol = self.symbol_of(identifier)?;
                match self.inits.get(&symbol)?.get_inner_expression() {
                    Expression::RegExpLiteral(literal) if literal.regex.flags.is_empty() => {
                        Some(plain(&literal.regex.pattern.text))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The GraphQL documents that a body may hold; `None` for one that holds none that is known.
    pub(crate) fn documents(&mut self, body: &Val) -> Vec<Option<String>> {
        let mut out: Vec<Option<String>> = Vec::new();
        for atom in body.atoms() {
            let found = match atom {
                Atom::Document(document) => vec![Some(document.to_string())],
                Atom::Ref(id) => {
                    let query = self.heap.objects.get_mut(*id).and_then(|object| {
                        object.read = true;
                        object.get("query").cloned()
                    });
                    let query = query.unwrap_or_default();
                    let known = query
                        .atoms()
                        .map(|atom| atom.constant().filter(|text| is_document(text)).map(str::to_owned));
                    known.collect()
                }
                _ => vec![None],
            };
            for found in found {
                if !out.contains(&found) {
                    out.push(found);
                }
            }
        }
        if out.is_empty() {
            out.push(None);
        }
        out
    }

    /// Whether a request says nothing but where it goes: no header, no body, no method of its own.
    pub(crate) fn is_bare(&mut self, init: &Val) -> bool {
        init.atoms().all(|atom| match atom {
            Atom::Undefined => true,
            Atom::Ref(id) => self.heap.objects.get_mut(*id).is_some_and(|object| {
                object.read = true;
                let quiet = |name: &str| matches!(name, "redirect" | "signal");
                object.rest.is_bottom() && object.props.iter().all(|(name, _)| quiet(name))
            }),
            _ => false,
        })
    }
}

/// Whether a text looks like a GraphQL document rather than a search.
fn is_document(text: &str) -> bool {
    let text = text.trim_start();
    ["query", "mutation", "subscription", "{"]
        .iter()
        .any(|word| text.starts_with(word))
        && text.contains('{')
}
