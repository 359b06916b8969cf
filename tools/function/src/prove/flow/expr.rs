//! Expressions.

use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, ChainElement, Expression, IdentifierReference, ObjectExpression,
    ObjectPropertyKind, SimpleAssignmentTarget, TemplateLiteral,
};
use oxc_syntax::operator::{LogicalOperator, UnaryOperator};

use super::heap::{Kind, Obj};
use super::invoke::key_name;
use super::trace::Sink;
use super::value::{Alt, Atom, Piece, SECRET, Val, concat};
use super::walk::{Code, DEPTH, Walk, at};

impl<'a> Walk<'a, '_> {
    pub(crate) fn eval(&mut self, expression: &'a Expression<'a>) -> Val {
        if !self.step(at(expression)) {
            return Val::any();
        }
        if self.depth > DEPTH {
            self.lose(at(expression));
            return Val::any();
        }
        self.depth += 1;
        let value = self.eval_one(expression);
        self.depth -= 1;
        value
    }

    fn eval_one(&mut self, expression: &'a Expression<'a>) -> Val {
        let place = at(expression);
        self.here = place;
        match expression {
            Expression::StringLiteral(text) => Val::text(&text.value),
            Expression::NumericLiteral(number) => Atom::Num(Some(number.value.to_bits())).into(),
            Expression::BooleanLiteral(value) => Atom::Bool(value.value).into(),
            Expression::NullLiteral(_) => Atom::Null.into(),
            Expression::BigIntLiteral(_) => Val::number(),
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::Identifier(identifier) => self.identifier(identifier),
            Expression::ThisExpression(_) => self.active().map_or_else(Val::undefined, |active| active.this.clone()),
            Expression::ParenthesizedExpression(e) => self.eval(&e.expression),
            Expression::TSAsExpression(e) => self.eval(&e.expression),
            Expression::TSSatisfiesExpression(e) => self.eval(&e.expression),
            Expression::TSTypeAssertion(e) => self.eval(&e.expression),
            Expression::TSNonNullExpression(e) => self.eval(&e.expression),
            Expression::TSInstantiationExpression(e) => self.eval(&e.expression),
            Expression::AwaitExpression(e) => {
                let value = self.eval(&e.argument);
                self.awaited(value)
            }
            Expression::YieldExpression(e) => {
                if let Some(argument) = &e.argument {
                    let value = self.eval(argument);
                    let value = if e.delegate { self.element(&value, None) } else { value };
                    self.exits.yielded.join(&value);
                }
                Val::any()
            }
            Expression::BinaryExpression(e) => self.binary(e),
            Expression::LogicalExpression(e) => self.logical(e.operator, &e.left, &e.right),
            Expression::ConditionalExpression(e) => {
                let (yes, no) = self.condition(&e.test);
                self.state = yes;
                let mut out = Val::default();
                if self.state.live {
                    let value = self.eval(&e.consequent);
                    out = self.known_here(value);
                }
                let after = std::mem::replace(&mut self.state, no);
                if self.state.live {
                    let value = self.eval(&e.alternate);
                    out.join(&self.known_here(value));
                }
                self.state.join(&after);
                out
            }
            Expression::UnaryExpression(e) => self.unary(e.operator, &e.argument, place),
            Expression::UpdateExpression(e) => {
                if let SimpleAssignmentTarget::AssignmentTargetIdentifier(identifier) = &e.argument {
                    let before = self.identifier(identifier);
                    if let Some(symbol) = self.symbol_of(identifier) {
                        self.write(symbol, Val::number().with(before.labels));
                    }
                } else if let Some(member) = e.argument.as_member_expression() {
                    self.member_expression(member);
                }
                Val::number()
            }
            Expression::AssignmentExpression(e) => self.assignment(e),
            Expression::SequenceExpression(e) => {
                let mut last = Val::undefined();
                for expression in &e.expressions {
                    last = self.eval(expression);
                }
                last
            }
            Expression::ArrayExpression(e) => self.array(e),
            Expression::ObjectExpression(e) => self.object(e),
            Expression::ArrowFunctionExpression(f) => {
                let this = self.active().map(|active| active.this.clone());
                let this = this.filter(|this| this.atoms().any(|a| matches!(a, Atom::Ref(_))));
                self.fun(Code::Arrow(f), this)
            }
            Expression::FunctionExpression(f) => self.fun(Code::Function(f), None),
            Expression::ClassExpression(c) => {
                let value = self.fun(Code::Class(c), None);
                if let Some(name) = &c.id {
                    self.bind(name, value.clone());
                }
                value
            }
            Expression::CallExpression(e) => self.call(e),
            Expression::NewExpression(e) => self.new_of(e),
            Expression::ChainExpression(e) => {
                let outer = std::mem::replace(&mut self.in_chain, true);
                let value = match &e.expression {
                    ChainElement::CallExpression(call) => self.call(call),
                    ChainElement::TSNonNullExpression(inner) => self.eval(&inner.expression),
                    other => match other.as_member_expression() {
                        Some(member) => self.member_expression(member),
                        None => Val::any(),
                    },
                };
                self.in_chain = outer;
                value
            }
            Expression::RegExpLiteral(_) => Val::any(),
            Expression::TaggedTemplateExpression(e) => {
                for expression in &e.quasi.expressions {
                    let value = self.eval(expression);
                    self.leave(place, Sink::Unknown, &value);
                }
                Val::any()
            }
            Expression::ImportExpression(e) => {
                let value = self.eval(&e.source);
                self.leave(place, Sink::Url, &value);
                Val::any()
            }
            other => match other.as_member_expression() {
                Some(member) => self.member_expression(member),
                None => Val::any(),
            },
        }
    }

    /// A value that is only had on this path says what the path has passed.
    fn known_here(&self, value: Val) -> Val {
        let guard = self.state.guard;
        if guard & super::value::UNCHECKED != 0 {
            return value;
        }
        let mut value = value;
        for alt in &mut value.alts {
            if !alt.pending {
                alt.implies = super::value::both(guard, alt.implies);
            }
        }
        value
    }

    pub(crate) fn identifier(&mut self, identifier: &'a IdentifierReference<'a>) -> Val {
        if let Some(symbol) = self.symbol_of(identifier) {
            return self.read(symbol);
        }
        match identifier.name.as_str() {
            "undefined" => Val::undefined(),
            "NaN" | "Infinity" => Val::number(),
            name => Atom::Host(name.into()).into(),
        }
    }

    fn template(&mut self, template: &'a TemplateLiteral<'a>) -> Val {
        let mut out = Val::text("");
        for (at, quasi) in template.quasis.iter().enumerate() {
            let text = quasi.value.cooked.as_ref().map_or("", |cooked| cooked.as_str());
            out = concat(&out, &Val::text(text));
            if let Some(expression) = template.expressions.get(at) {
                let value = self.eval(expression);
                let text = self.as_text(&value);
                out = concat(&out, &text);
            }
        }
        out
    }

    /// What a promise gives. That it gave it shows what every way of giving it shows.
    pub(crate) fn awaited(&mut self, value: Val) -> Val {
        let was_pending = value.alts.iter().all(|alt| alt.pending);
        let value = self.unpend(value);
        if was_pending && !value.is_bottom() {
            self.state.pass(value.implied());
        } else if value.is_bottom() && self.state.live {
            // Nothing ever comes back: a helper that always throws.
            self.state.live = false;
        }
        value
    }

    /// The value that a promise is for.
    pub(crate) fn unpend(&mut self, value: Val) -> Val {
        let mut out = Val {
            labels: value.labels,
            alts: Vec::new(),
        };
        for mut alt in value.alts {
            if let Atom::Ref(id) = alt.atom
                && self.kind(id) == Some(Kind::Promise)
            {
                if let Some(object) = self.heap.objects.get_mut(id) {
                    object.read = true;
                    let inner = object.rest.clone();
                    out.join(&inner);
                }
                out.push(Alt {
                    atom: Atom::Undefined,
                    implies: 0,
                    pending: false,
                });
                continue;
            }
            alt.pending = false;
            out.push(alt);
        }
        out
    }

    fn logical(&mut self, operator: LogicalOperator, left: &'a Expression<'a>, right: &'a Expression<'a>) -> Val {
        let first = self.eval(left);
        self.content(at(left), &first);
        let (kept, passes): (Val, fn(&Alt) -> bool) = match operator {
            LogicalOperator::And => (first.filter(Alt::may_be_false), Alt::may_be_true),
            LogicalOperator::Or => (first.filter(Alt::may_be_true), Alt::may_be_false),
            LogicalOperator::Coalesce => (first.filter(|alt| !alt.is_nullish()), Alt::may_be_nullish),
        };
        let through = first.filter(passes);
        let before = self.state.clone();
        if through.is_bottom() && !first.is_bottom() {
            return kept;
        }
        self.state.pass(through.implied());
        if let Expression::Identifier(identifier) = left.get_inner_expression()
            && let Some(symbol) = self.symbol_of(identifier)
        {
            Self::refine(&mut self.state, symbol, through.clone());
        }
        let second = self.eval(right);
        let mut second = self.known_here(second);
        // `a && b` is only `b` where `a` was true; what that says holds with it.
        let more = through.implied();
        for alt in &mut second.alts {
            if !alt.pending {
                alt.implies = super::value::both(more, alt.implies);
            }
        }
        if kept.is_bottom() {
            return second;
        }
        self.state.join(&before);
        let mut out = kept.or(&second);
        out.labels |= first.labels;
        out
    }

    fn unary(&mut self, operator: UnaryOperator, argument: &'a Expression<'a>, place: u32) -> Val {
        match operator {
            UnaryOperator::LogicalNot => {
                let (yes, no) = self.condition(argument);
                let mut out = Val::default();
                for (side, value) in [(&yes, false), (&no, true)] {
                    if side.live {
                        let guard = side.guard;
                        out.push(Alt {
                            atom: Atom::Bool(value),
                            implies: if guard & super::value::UNCHECKED == 0 { guard } else { 0 },
                            pending: false,
                        });
                    }
                }
                self.state = yes;
                self.state.join(&no);
                out
            }
            UnaryOperator::Typeof => {
                self.eval(argument);
                Val::some_text()
            }
            UnaryOperator::Void => {
                self.eval(argument);
                Val::undefined()
            }
            UnaryOperator::Delete => {
                let value = self.eval(argument);
                let _ = (place, value);
                Val::boolean()
            }
            UnaryOperator::UnaryNegation => {
                let value = self.eval(argument);
                Val::number().with(value.labels)
            }
            _ => {
                let value = self.eval(argument);
                Val::number().with(value.labels)
            }
        }
    }

    fn array(&mut self, array: &'a ArrayExpression<'a>) -> Val {
        let mut items = Vec::new();
        let mut open: Option<Val> = None;
        for element in &array.elements {
            match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    let value = self.eval(&spread.argument);
                    match (self.listed(&value), &mut open) {
                        (Some(more), None) => items.extend(more),
                        (_, open) => {
                            let element = self.element(&value, None);
                            open.get_or_insert_with(Val::default).join(&element);
                        }
                    }
                }
                ArrayExpressionElement::Elision(_) => items.push(Val::undefined()),
                other => {
                    if let Some(expression) = other.as_expression() {
                        let value = self.eval(expression);
                        match &mut open {
                            Some(open) => {
                                open.join(&value);
                            }
                            None => items.push(value),
                        }
                    }
                }
            }
        }
        let mut object = Obj::array(items);
        if let Some(open) = open {
            object.loosen();
            object.rest.join(&open);
        }
        self.make(array.span.start, 5, object)
    }

    /// The elements of an array, where it is one array of known length.
    pub(crate) fn listed(&mut self, value: &Val) -> Option<Vec<Val>> {
        let [alt] = value.alts.as_slice() else {
            return None;
        };
        let Atom::Ref(id) = alt.atom else { return None };
        let object = self.heap.objects.get_mut(id)?;
        object.read = true;
        object.items.clone()
    }

    fn object(&mut self, expression: &'a ObjectExpression<'a>) -> Val {
        let mut object = Obj::new(Kind::Plain);
        let place = expression.span.start;
        let mut methods = Vec::new();
        for property in &expression.properties {
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let value = self.eval(&spread.argument);
                    self.spread_into(&mut object, &value, at(&spread.argument));
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    if property.method {
                        methods.push(property);
                        continue;
                    }
                    let name = if property.computed {
                        let key = property.key.as_expression();
                        let key = key.map_or_else(Val::any, |key| self.eval(key));
                        self.leak(at(&**property), Sink::Unknown, key.labels & SECRET);
                        key.constant().map(str::to_owned)
                    } else {
                        key_name(&property.key)
                    };
                    let value = self.eval(&property.value);
                    match name {
                        Some(name) => object.put(&name, value),
                        None => {
                            object.rest.join(&value);
                        }
                    }
                }
            }
        }
        let made = self.make(place, 6, object);
        for method in methods {
            if let (Expression::FunctionExpression(function), Some(name), Some(Atom::Ref(id))) =
                (&method.value, key_name(&method.key), made.atoms().next().cloned())
            {
                let value = self.fun(Code::Function(function), Some(made.clone()));
                self.put(id, Some(&name), &value);
            }
        }
        made
    }

    /// `{ ...value }`
    pub(crate) fn spread_into(&mut self, object: &mut Obj, value: &Val, place: u32) {
        let refs: Vec<usize> = value
            .atoms()
            .filter_map(|atom| match atom {
                Atom::Ref(id) => Some(*id),
                _ => None,
            })
            .collect();
        let sure = refs.len() == 1 && value.alts.len() == 1;
        for alt in &value.alts {
            match &alt.atom {
                Atom::Ref(id) => {
                    let Some(other) = self.heap.objects.get_mut(*id) else {
                        continue;
                    };
                    other.read = true;
                    let (props, mut rest) = (other.props.clone(), other.rest.clone());
                    for item in other.items.iter().flatten() {
                        rest.join(item);
                    }
                    for (name, value) in &props {
                        if sure {
                            object.put(name, value.clone());
                        } else if object.get(name).is_some() {
                            object.add(name, value);
                        } else {
                            object.put(name, value.clone().or(&Val::undefined()));
                        }
                    }
                    self.overlay(object, &rest);
                }
                Atom::Null | Atom::Undefined | Atom::Bool(_) | Atom::Num(_) => {}
                atom => {
                    let own = Val::from(atom.clone()).with(value.labels);
                    let labels = self.hand_over(place, &own);
                    self.overlay(object, &Val::any().with(labels));
                }
            }
        }
    }

    /// Members of unknown names may stand in place of those that are there.
    fn overlay(&self, object: &mut Obj, rest: &Val) {
        if rest.is_bottom() {
            return;
        }
        for (_, own) in &mut object.props {
            own.join(rest);
        }
        object.rest.join(rest);
    }

    /// Whether a text has a part that is written down.
    pub(crate) fn has_literal(value: &Val) -> bool {
        value.atoms().any(|atom| match atom {
            Atom::Text(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Lit(text) if !text.is_empty())),
            _ => false,
        })
    }
}
