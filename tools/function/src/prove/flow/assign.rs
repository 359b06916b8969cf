//! Declarations, destructuring and assignment.

use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern,
    Expression, MemberExpression, ObjectPattern, VariableDeclaration,
};
use oxc_syntax::operator::AssignmentOperator;

use super::heap::{Kind, Obj};
use super::invoke::key_name;
use super::trace::Sink;
use super::value::{Atom, SECRET, Val, concat};
use super::walk::{Walk, at};

impl<'a> Walk<'a, '_> {
    pub(crate) fn declare(&mut self, declaration: &'a VariableDeclaration<'a>) {
        for declarator in &declaration.declarations {
            match &declarator.init {
                Some(init) => {
                    let value = self.eval(init);
                    if let BindingPattern::BindingIdentifier(id) = &declarator.id
                        && declaration.kind.is_const()
                        && let Some(symbol) = id.symbol_id.get()
                    {
                        self.inits.insert(symbol, init);
                    }
                    self.pattern(&declarator.id, value);
                }
                // `var x;` keeps what `x` holds.
                None if declaration.kind.is_var() => {}
                None => self.pattern(&declarator.id, Val::undefined()),
            }
        }
    }

    /// Binds what a pattern names to parts of a value.
    pub(crate) fn pattern(&mut self, pattern: &'a BindingPattern<'a>, value: Val) {
        match pattern {
            BindingPattern::BindingIdentifier(identifier) => self.bind(identifier, value),
            BindingPattern::AssignmentPattern(pattern) => {
                let value = self.or_default(value, &pattern.right);
                self.pattern(&pattern.left, value);
            }
            BindingPattern::ObjectPattern(pattern) => self.object_pattern(pattern, &value),
            BindingPattern::ArrayPattern(pattern) => {
                for (index, element) in pattern.elements.iter().enumerate() {
                    if let Some(element) = element {
                        let part = self.element(&value, Some(index));
                        self.pattern(element, part);
                    }
                }
                if let Some(rest) = &pattern.rest {
                    let part = self.tail(&value, pattern.elements.len(), rest.span.start);
                    self.pattern(&rest.argument, part);
                }
            }
        }
    }

    fn object_pattern(&mut self, pattern: &'a ObjectPattern<'a>, value: &Val) {
        let mut taken: Vec<String> = Vec::new();
        for property in &pattern.properties {
            let part = match key_name(&property.key) {
                Some(name) if !property.computed => {
                    let part = self.member(value, &name, false, at(property));
                    taken.push(name);
                    part
                }
                _ => self.computed_key(value, property.key.as_expression(), at(property)),
            };
            self.pattern(&property.value, part);
        }
        if let Some(rest) = &pattern.rest {
            let part = self.remainder(value, &taken, rest.span.start);
            self.pattern(&rest.argument, part);
        }
    }

    fn computed_key(&mut self, value: &Val, key: Option<&'a Expression<'a>>, at: u32) -> Val {
        let key = key.map_or_else(Val::any, |key| self.eval(key));
        self.indexed(value, &key, at)
    }

    /// The elements from an index on.
    fn tail(&mut self, value: &Val, from: usize, at: u32) -> Val {
        let mut rest = Obj::new(Kind::Array);
        rest.rest = self.element(value, None);
        for atom in value.atoms() {
            if let Atom::Ref(id) = atom
                && value.alts.len() == 1
                && let Some(items) = self.heap.get(*id).and_then(|object| object.items.as_ref())
            {
                rest = Obj::array(items.iter().skip(from).cloned().collect());
            }
        }
        self.make(at, 3, rest)
    }

    /// All members but those named.
    fn remainder(&mut self, value: &Val, taken: &[String], place: u32) -> Val {
        let mut rest = Obj::new(Kind::Plain);
        for atom in value.atoms() {
            match atom {
                Atom::Ref(id) => {
                    if let Some(object) = self.heap.objects.get_mut(*id) {
                        object.read = true;
                        for (name, value) in &object.props {
                            if !taken.iter().any(|own| own == name.as_ref()) {
                                rest.add(name, value);
                            }
                        }
                        rest.rest.join(&object.rest);
                    }
                }
                _ => {
                    let labels = self.hand_over(place, &Val::from(atom.clone()).with(value.labels));
                    rest.rest.join(&Val::any().with(labels));
                }
            }
        }
        self.make(place, 4, rest)
    }

    pub(crate) fn assignment(&mut self, expression: &'a AssignmentExpression<'a>) -> Val {
        let operator = expression.operator;
        if operator == AssignmentOperator::Assign {
            let value = self.eval(&expression.right);
            self.assign(&expression.left, value.clone());
            return value;
        }
        let before = match expression.left.as_simple_assignment_target() {
            Some(target) => match target.get_expression() {
                Some(inner) => self.eval(inner),
                None => match (target.as_member_expression(), &expression.left) {
                    (Some(member), _) => self.member_expression(member),
                    (None, AssignmentTarget::AssignmentTargetIdentifier(identifier)) => self.identifier(identifier),
                    _ => Val::any(),
                },
            },
            None => Val::any(),
        };
        let guard = self.state.guard;
        let right = self.eval(&expression.right);
        let value = match operator {
            AssignmentOperator::Addition => self.plus(&before, &right),
            AssignmentOperator::LogicalOr | AssignmentOperator::LogicalAnd | AssignmentOperator::LogicalNullish => {
                self.state.guard |= guard;
                before.or(&right)
            }
            _ => Val::number().with(before.labels | right.labels),
        };
        self.assign(&expression.left, value.clone());
        value
    }

    /// Numbers add up, everything else becomes a text.
    pub(crate) fn plus(&mut self, left: &Val, right: &Val) -> Val {
        if left.all_numbers() && right.all_numbers() {
            return Val::number().with(left.labels | right.labels);
        }
        let labels = self.heap.reach(left).labels | self.heap.reach(right).labels;
        let (left, right) = (self.as_text(left), self.as_text(right));
        concat(&left, &right).with(labels)
    }

    pub(crate) fn assign(&mut self, target: &'a AssignmentTarget<'a>, value: Val) {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(identifier) => match self.symbol_of(identifier) {
                Some(symbol) => self.write(symbol, value),
                None => self.odd(
                    "P3",
                    identifier.span.start,
                    format!(
                        "`{}` is a global and is written to. Declare a variable with `const` or `let`.",
                        identifier.name
                    ),
                ),
            },
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    if let Some(element) = element {
                        let part = self.element(&value, Some(index));
                        self.assign_or_default(element, part);
                    }
                }
                if let Some(rest) = &array.rest {
                    let part = self.tail(&value, array.elements.len(), rest.span.start);
                    self.assign(&rest.target, part);
                }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                let mut taken = Vec::new();
                for property in &object.properties {
                    match property {
                        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(p) => {
                            let mut part = self.member(&value, &p.binding.name, false, at(property));
                            if let Some(init) = &p.init {
                                part = self.or_default(part, init);
                            }
                            taken.push(p.binding.name.to_string());
                            if let Some(symbol) = self.symbol_of(&p.binding) {
                                self.write(symbol, part);
                            }
                        }
                        AssignmentTargetProperty::AssignmentTargetPropertyProperty(p) => {
                            let part = match key_name(&p.name) {
                                Some(name) if !p.computed => {
                                    let part = self.member(&value, &name, false, at(property));
                                    taken.push(name);
                                    part
                                }
                                _ => self.computed_key(&value, p.name.as_expression(), at(property)),
                            };
                            self.assign_or_default(&p.binding, part);
                        }
                    }
                }
                if let Some(rest) = &object.rest {
                    let part = self.remainder(&value, &taken, rest.span.start);
                    self.assign(&rest.target, part);
                }
            }
            other => {
                if let Some(member) = other.as_member_expression() {
                    self.assign_member(member, &value);
                } else if let Some(inner) = other
                    .as_simple_assignment_target()
                    .and_then(|target| target.get_expression())
                {
                    self.assign_expression(inner, value);
                }
            }
        }
    }

    /// `(x as T) = …`
    fn assign_expression(&mut self, target: &'a Expression<'a>, value: Val) {
        match target.get_inner_expression() {
            Expression::Identifier(identifier) => {
                if let Some(symbol) = self.symbol_of(identifier) {
                    self.write(symbol, value);
                }
            }
            other => match other.as_member_expression() {
                Some(member) => self.assign_member(member, &value),
                None => self.lose(at(other)),
            },
        }
    }

    fn assign_or_default(&mut self, target: &'a AssignmentTargetMaybeDefault<'a>, value: Val) {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(target) => {
                let value = self.or_default(value, &target.init);
                self.assign(&target.binding, value);
            }
            other => {
                if let Some(target) = other.as_assignment_target() {
                    self.assign(target, value);
                }
            }
        }
    }

    fn assign_member(&mut self, member: &'a MemberExpression<'a>, value: &Val) {
        let object = self.eval(member.object());
        let place = at(member);
        let name = match member {
            MemberExpression::StaticMemberExpression(member) => Some(member.property.name.to_string()),
            MemberExpression::PrivateFieldExpression(member) => Some(format!("#{}", member.field.name)),
            MemberExpression::ComputedMemberExpression(member) => {
                let key = self.eval(&member.expression);
                self.check_key(&key, place);
                None
            }
        };
        for alt in &object.alts {
            match &alt.atom {
                Atom::Ref(id) => {
                    let is_url = self.kind(*id) == Some(Kind::Url);
                    match (&name, is_url) {
                        // Whatever part of an address is set, the address is no longer known.
                        (Some(part), true) if !matches!(part.as_str(), "search" | "hash") => {
                            self.put(*id, Some("href"), &Val::any().with(value.labels));
                        }
                        (_, true) => self.put(*id, None, value),
                        (name, false) => self.put(*id, name.as_deref(), value),
                    }
                }
                Atom::Null | Atom::Undefined => {}
                Atom::Fun(_)
                | Atom::Host(_)
                | Atom::Sdk(_)
                | Atom::Factory
                | Atom::Import(_)
                | Atom::Request
                | Atom::RequestHeaders => {
                    self.odd("P3", place, "A member of a function, a global or the SDK is replaced. Keep your own values in your own objects.");
                    self.leave(place, Sink::Unknown, value);
                }
                _ => {
                    let reach = self.hand_over(place, value);
                    self.leak(place, Sink::Unknown, reach & SECRET);
                }
            }
        }
    }
}
