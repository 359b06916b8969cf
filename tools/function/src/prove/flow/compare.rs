//! Comparisons, and what they say of the caller.
//!
//! A comparison counts as a check of the caller only when every way in which it can come out
//! equal shows something: a role that is a text written in the file, a secret of the environment
//! that is really there. `undefined === undefined` is a way too, and shows nothing.

use oxc_ast::ast::{BinaryExpression, Expression};
use oxc_syntax::operator::BinaryOperator;

use super::heap::Kind;
use super::member::INHERITED;
use super::state::State;
use super::value::{
    Alt, Atom, BY_SECRET, CONTENT, ENV, Guards, Labels, Piece, REQ, ROLE, SECRET, SIGNED_IN, Val, both,
};
use super::walk::Walk;

/// What is known when two alternatives turn out equal; nothing when they can't.
fn when_equal(a: &Alt, la: Labels, b: &Alt, lb: Labels, strict: bool) -> Option<Guards> {
    if a.pending || b.pending {
        return Some(0);
    }
    let known = both(a.implies, b.implies);
    if let Some(found) = one_way(a, la, b, lb, strict).or_else(|| one_way(b, lb, a, la, strict)) {
        return found.map(|guards| both(known, guards));
    }
    use Atom::{Bool, Env, Null, Num, Text, Undefined};
    match (&a.atom, &b.atom) {
        (Null, Null) | (Undefined, Undefined) => Some(known),
        (Null, Undefined) | (Undefined, Null) => (!strict).then_some(known),
        (Bool(x), Bool(y)) => (x == y).then_some(known),
        (Num(Some(x)), Num(Some(y))) => (f64::from_bits(*x) == f64::from_bits(*y)).then_some(known),
        (Text(_), Text(_)) => match (a.atom.constant(), b.atom.constant()) {
            (Some(x), Some(y)) => (x == y).then_some(known),
            _ => Some(known),
        },
        (x, y) if x.may_be_missing() || y.may_be_missing() => Some(known),
        (Null | Undefined, _) | (_, Null | Undefined) => None,
        (Env(_), Text(_)) | (Text(_), Env(_)) | (Env(_), Env(_)) => Some(known),
        (x, y) if strict && std::mem::discriminant(x) != std::mem::discriminant(y) => None,
        _ => Some(known),
    }
}

/// The pairs that show who the caller is. The outer `Option` says whether this is such a pair.
fn one_way(a: &Alt, la: Labels, b: &Alt, lb: Labels, strict: bool) -> Option<Option<Guards>> {
    match (&a.atom, &b.atom) {
        (Atom::UserField(name), other) => match other {
            Atom::Text(_) => {
                let text = other.constant()?;
                let identity = matches!(name.as_ref(), "role" | "email" | "id");
                Some(Some(if identity && !text.is_empty() { ROLE } else { SIGNED_IN }))
            }
            Atom::Env(_) if lb & REQ == 0 && matches!(name.as_ref(), "email" | "id" | "role") => Some(Some(ROLE)),
            Atom::Bool(_) | Atom::Num(_) if strict => Some(Some(SIGNED_IN)),
            _ => None,
        },
        (secret, Atom::Text(_) | Atom::Any)
            if is_secret(secret) && la & (REQ | SECRET) == 0 && lb & REQ != 0 && lb & ENV == 0 =>
        {
            Some(Some(BY_SECRET))
        }
        _ => None,
    }
}

/// Whether it is a secret of the environment, or a text with one in it.
fn is_secret(atom: &Atom) -> bool {
    match atom {
        Atom::Env(_) => true,
        Atom::Text(pieces) => pieces.contains(&Piece::Secret) && !pieces.contains(&Piece::Hole),
        _ => false,
    }
}

/// Whether two alternatives can differ.
fn can_differ(a: &Alt, b: &Alt) -> bool {
    match (&a.atom, &b.atom) {
        _ if a.pending || b.pending => true,
        (Atom::Null, Atom::Null) | (Atom::Undefined, Atom::Undefined) => false,
        (Atom::Bool(x), Atom::Bool(y)) => x != y,
        (x, y) => match (x.constant(), y.constant()) {
            (Some(x), Some(y)) => x != y,
            _ => true,
        },
    }
}

/// The outcome over all pairs: whether it can happen, and what it then says.
#[derive(Default)]
struct Side {
    possible: bool,
    silent: bool,
    guards: Guards,
}

impl Side {
    fn note(&mut self, guards: Guards) {
        self.possible = true;
        self.silent |= guards == 0;
        self.guards |= guards;
    }

    fn alt(&self, value: bool) -> Option<Alt> {
        self.possible.then_some(Alt {
            atom: Atom::Bool(value),
            implies: if self.silent { 0 } else { self.guards },
            pending: false,
        })
    }
}

impl<'a> Walk<'a, '_> {
    pub(crate) fn binary(&mut self, expression: &'a BinaryExpression<'a>) -> Val {
        use BinaryOperator as Op;
        let left = self.eval(&expression.left);
        let right = self.eval(&expression.right);
        let labels = left.labels | right.labels;
        match expression.operator {
            Op::StrictEquality => self.equal(&left, &right, true),
            Op::Equality => self.equal(&left, &right, false),
            Op::StrictInequality => negated(self.equal(&left, &right, true)),
            Op::Inequality => negated(self.equal(&left, &right, false)),
            Op::Addition => self.plus(&left, &right),
            Op::Instanceof => self.instance(&left, &right),
            Op::In => {
                let known = self.has_member(&left, &right);
                known.with(content(right.labels) | content(left.labels))
            }
            Op::LessThan | Op::LessEqualThan | Op::GreaterThan | Op::GreaterEqualThan => {
                Val::boolean().with(labels | content(labels))
            }
            _ => Val::number().with(labels),
        }
    }

    /// `left === right`
    pub(crate) fn equal(&mut self, left: &Val, right: &Val, strict: bool) -> Val {
        let (mut yes, mut no) = (Side::default(), Side::default());
        for a in &left.alts {
            for b in &right.alts {
                if let Some(guards) = when_equal(a, left.labels, b, right.labels, strict) {
                    yes.note(guards);
                }
                if can_differ(a, b) {
                    no.note(if a.pending || b.pending {
                        0
                    } else {
                        both(a.implies, b.implies)
                    });
                }
            }
        }
        let mut out = Val {
            labels: 0,
            alts: [yes.alt(true), no.alt(false)].into_iter().flatten().collect(),
        };
        let blank = |value: &Val| {
            value
                .atoms()
                .all(|atom| matches!(atom, Atom::Null | Atom::Undefined) || atom.constant() == Some(""))
        };
        let environment = |value: &Val| value.labels & ENV != 0 && value.labels & SECRET == 0;
        // Whether there is a token, and whether the caller knows our secret, may be asked.
        if !blank(left) && !blank(right) && !environment(left) && !environment(right) {
            out.labels = content(left.labels | right.labels);
        }
        out.labels |= (left.labels | right.labels) & !SECRET;
        out
    }

    /// The states where two values are equal and where they are not.
    pub(crate) fn equal_states(&mut self, left: &Val, right: &Val) -> (State, State) {
        let value = self.equal(left, right, true);
        let state = std::mem::replace(&mut self.state, State::dead());
        let side = |value: Val| {
            let mut state = state.clone();
            state.live &= !value.is_bottom();
            state.pass(value.implied());
            state
        };
        (
            side(value.filter(Alt::may_be_true)),
            side(value.filter(Alt::may_be_false)),
        )
    }

    /// Narrows a variable that is compared with `null`, `undefined` or a text.
    pub(crate) fn refine_by_comparison(&self, test: &'a Expression<'a>, yes: &mut State, no: &mut State) {
        let Expression::BinaryExpression(binary) = test else {
            return;
        };
        let (strict, negative) = match binary.operator {
            BinaryOperator::StrictEquality => (true, false),
            BinaryOperator::Equality => (false, false),
            BinaryOperator::StrictInequality => (true, true),
            BinaryOperator::Inequality => (false, true),
            BinaryOperator::Instanceof => return self.refine_by_instance(binary, yes, no),
            _ => return,
        };
        let (equal, other) = if negative { (no, yes) } else { (yes, no) };
        for (variable, constant) in [(&binary.left, &binary.right), (&binary.right, &binary.left)] {
            let Expression::Identifier(identifier) = variable.get_inner_expression() else {
                continue;
            };
            let fits: fn(&Alt) -> bool = match constant.get_inner_expression() {
                Expression::NullLiteral(_) if strict => |alt| alt.atom == Atom::Null,
                e if e.is_undefined() && strict => |alt| alt.atom == Atom::Undefined,
                e if e.is_null_or_undefined() => Alt::is_nullish,
                _ => continue,
            };
            let Some(symbol) = self.symbol_of(identifier) else {
                continue;
            };
            for (state, keep) in [(&mut *equal, true), (&mut *other, false)] {
                let Some(value) = state.get(symbol).map(|value| (**value).clone()) else {
                    continue;
                };
                let kept =
                    value.filter(|alt| (fits(alt) == keep) || (keep && alt.may_be_nullish() && !alt.is_nullish()));
                if !kept.is_bottom() {
                    state.pass(kept.implied());
                    Self::refine(state, symbol, kept);
                }
            }
        }
    }

    fn refine_by_instance(&self, binary: &'a BinaryExpression<'a>, yes: &mut State, no: &mut State) {
        let (Expression::Identifier(left), Expression::Identifier(right)) = (&binary.left, &binary.right) else {
            return;
        };
        let Some(symbol) = self.symbol_of(left) else {
            return;
        };
        if right.name != "Response" || self.symbol_of(right).is_some() {
            return;
        }
        for (state, keep) in [(yes, true), (no, false)] {
            if let Some(value) = state.get(symbol).map(|value| (**value).clone()) {
                let kept = value.filter(|alt| self.is_response(alt).is_none_or(|found| found == keep));
                if !kept.is_bottom() {
                    state.pass(kept.implied());
                    Self::refine(state, symbol, kept);
                }
            }
        }
    }

    fn is_response(&self, alt: &Alt) -> Option<bool> {
        match &alt.atom {
            Atom::Any => None,
            Atom::Ref(id) => Some(self.kind(*id) == Some(Kind::Response)),
            _ => Some(false),
        }
    }

    fn instance(&mut self, left: &Val, right: &Val) -> Val {
        let response = right
            .atoms()
            .all(|atom| matches!(atom, Atom::Host(name) if name.as_ref() == "Response"));
        if !response {
            return Val::boolean();
        }
        let (mut yes, mut no) = (Side::default(), Side::default());
        for alt in &left.alts {
            let implies = if alt.pending { 0 } else { alt.implies };
            match self.is_response(alt) {
                Some(true) => yes.note(implies),
                Some(false) => no.note(implies),
                None => {
                    yes.note(0);
                    no.note(0);
                }
            }
        }
        Val {
            labels: 0,
            alts: [yes.alt(true), no.alt(false)].into_iter().flatten().collect(),
        }
    }

    /// `"name" in value`
    fn has_member(&mut self, name: &Val, value: &Val) -> Val {
        let Some(name) = name.constant() else {
            return Val::boolean();
        };
        let (mut yes, mut no) = (Side::default(), Side::default());
        for alt in &value.alts {
            let implies = if alt.pending { 0 } else { alt.implies };
            match &alt.atom {
                Atom::Ref(id) => {
                    if let Some(object) = self.heap.objects.get_mut(*id) {
                        object.read = true;
                        let unsure =
                            object.kind != Kind::Plain || !object.rest.is_bottom() || INHERITED.contains(&name);
                        if object.get(name).is_some() {
                            yes.note(implies);
                        } else {
                            no.note(implies);
                        }
                        if unsure {
                            yes.note(0);
                            no.note(0);
                        }
                    }
                }
                Atom::User => yes.note(implies),
                _ => {
                    yes.note(0);
                    no.note(0);
                }
            }
        }
        Val {
            labels: 0,
            alts: [yes.alt(true), no.alt(false)].into_iter().flatten().collect(),
        }
    }

    /// A condition must not depend on what a token's text is.
    pub(crate) fn content(&mut self, at: u32, value: &Val) {
        if value.labels & CONTENT != 0 {
            self.leak(at, super::trace::Sink::Condition, value.labels);
        }
    }
}

/// Labels of an answer that depends on what a secret's text is.
pub(crate) fn content(labels: Labels) -> Labels {
    if labels & SECRET == 0 { labels } else { labels | CONTENT }
}

pub(crate) fn negated(value: Val) -> Val {
    let mut value = value;
    for alt in &mut value.alts {
        if alt.pending {
            alt.pending = false;
            alt.implies = 0;
            alt.atom = Atom::Bool(false);
        } else if let Atom::Bool(own) = alt.atom {
            alt.atom = Atom::Bool(!own);
        }
    }
    value
}
