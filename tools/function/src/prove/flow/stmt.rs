//! Statements: what can be reached, and with which checks passed.

use oxc_ast::ast::{
    BlockStatement, Declaration, Expression, ImportDeclaration, ImportDeclarationSpecifier, Statement, SwitchStatement,
    TryStatement,
};
use oxc_ast::ast::{BreakStatement, ContinueStatement};

use super::state::{Jump, State};
use super::trace::Sink;
use super::value::{Atom, SECRET, Val};
use super::walk::{Code, Walk, at};

impl<'a> Walk<'a, '_> {
    /// Statements in order; functions are there from the start.
    pub(crate) fn statements(&mut self, statements: &'a [Statement<'a>]) {
        for statement in statements {
            match statement {
                Statement::FunctionDeclaration(function) => {
                    if let (Some(id), Some(_)) = (&function.id, &function.body) {
                        let value = self.fun(Code::Function(function), None);
                        self.bind(id, value);
                    }
                }
                Statement::ImportDeclaration(import) => self.import(import),
                Statement::ExportDeclaration(export) => {
                    if let Declaration::FunctionDeclaration(function) = &export.declaration
                        && let Some(id) = &function.id
                    {
                        let value = self.fun(Code::Function(function), None);
                        self.bind(id, value);
                    }
                }
                Statement::ExportDefaultDeclaration(export) => {
                    if let oxc_ast::ast::ExportDefaultDeclarationKind::FunctionDeclaration(f) = &export.declaration
                        && let Some(id) = &f.id
                    {
                        let value = self.fun(Code::Function(f), None);
                        self.bind(id, value);
                    }
                }
                _ => {}
            }
        }
        for statement in statements {
            if !self.state.live {
                break;
            }
            self.statement(statement);
        }
    }

    fn import(&mut self, import: &'a ImportDeclaration<'a>) {
        let module = import.source.value.as_str();
        if import.import_kind.is_type() {
            return;
        }
        for specifier in import.specifiers.iter().flatten() {
            let (local, imported) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(s) => (&s.local, s.imported.name().to_string()),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(s) => (&s.local, "default".to_owned()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(s) => (&s.local, "*".to_owned()),
            };
            let is_sdk = module.contains("@base44/sdk");
            let value: Val = match imported.as_str() {
                "createClientFromRequest" if is_sdk => Atom::Factory.into(),
                "waitUntil" if module == "base44:runtime" => Atom::Host("waitUntil".into()).into(),
                _ => Atom::Import(module.into()).into(),
            };
            if let Some(symbol) = local.symbol_id.get() {
                self.imports.insert(symbol, value);
            }
        }
    }

    pub(crate) fn block(&mut self, block: &'a BlockStatement<'a>) {
        self.statements(&block.body);
    }

    pub(crate) fn statement(&mut self, statement: &'a Statement<'a>) {
        if !self.step(at(statement)) {
            return;
        }
        if self.depth > super::walk::DEPTH {
            self.lose(at(statement));
            return;
        }
        self.depth += 1;
        self.one(statement);
        self.depth -= 1;
    }

    fn one(&mut self, statement: &'a Statement<'a>) {
        match statement {
            Statement::ExpressionStatement(s) => {
                self.eval(&s.expression);
            }
            Statement::VariableDeclaration(s) => self.declare(s),
            Statement::BlockStatement(s) => self.breakable(|walk| walk.block(s)),
            Statement::IfStatement(s) => {
                let (yes, no) = self.condition(&s.test);
                self.state = yes;
                if self.state.live {
                    self.statement(&s.consequent);
                }
                let after = std::mem::replace(&mut self.state, no);
                if let Some(alternate) = &s.alternate
                    && self.state.live
                {
                    self.statement(alternate);
                }
                self.state.join(&after);
            }
            Statement::ReturnStatement(s) => {
                let value = match &s.argument {
                    Some(argument) => self.eval(argument),
                    None => Val::undefined(),
                };
                // A promise that an async function returns is waited for by whoever awaits it.
                let value = if self.is_async() { self.unpend(value) } else { value };
                self.give_back(value);
            }
            Statement::ThrowStatement(s) => {
                let value = self.eval(&s.argument);
                self.throw(at(statement), &value);
                self.state.live = false;
            }
            Statement::TryStatement(s) => self.attempt(s),
            Statement::ForStatement(s) => self.for_loop(s),
            Statement::ForInStatement(s) => self.for_in(s),
            Statement::ForOfStatement(s) => self.for_of(s),
            Statement::WhileStatement(s) => self.while_loop(s),
            Statement::DoWhileStatement(s) => self.do_while(s),
            Statement::SwitchStatement(s) => self.switch(s),
            Statement::LabeledStatement(s) => {
                self.pending_labels.push(s.label.name.to_string());
                let is_loop = s.body.is_iteration_statement()
                    || matches!(s.body, Statement::LabeledStatement(_) | Statement::BlockStatement(_));
                if is_loop {
                    self.statement(&s.body);
                } else {
                    self.breakable(|walk| walk.statement(&s.body));
                }
            }
            Statement::BreakStatement(s) => self.break_(s),
            Statement::ContinueStatement(s) => self.continue_(s),
            Statement::ClassDeclaration(class) => {
                let value = self.fun(Code::Class(class), None);
                if let Some(id) = &class.id {
                    self.bind(id, value);
                }
            }
            Statement::TSEnumDeclaration(declaration) => {
                for member in &declaration.body.members {
                    if let Some(init) = &member.initializer {
                        self.eval(init);
                    }
                }
                self.bind(&declaration.id, Val::any());
            }
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::VariableDeclaration(declaration) => self.declare(declaration),
                Declaration::ClassDeclaration(class) => {
                    let value = self.fun(Code::Class(class), None);
                    if let Some(id) = &class.id {
                        self.bind(id, value);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn is_async(&self) -> bool {
        self.active()
            .and_then(|active| active.code)
            .is_some_and(|code| code.is_async())
    }

    /// A statement that `break` with a label may leave.
    fn breakable(&mut self, body: impl FnOnce(&mut Self)) {
        let labels = std::mem::take(&mut self.pending_labels);
        if labels.is_empty() {
            body(self);
            return;
        }
        self.exits.jumps.push(Jump {
            labels,
            is_loop: false,
            bare: false,
            broken: State::dead(),
            continued: State::dead(),
        });
        body(self);
        if let Some(jump) = self.exits.jumps.pop() {
            self.state.join(&jump.broken);
        }
    }

    fn break_(&mut self, statement: &'a BreakStatement<'a>) {
        let state = std::mem::replace(&mut self.state, State::dead());
        let label = statement.label.as_ref().map(|label| label.name.as_str());
        for jump in self.exits.jumps.iter_mut().rev() {
            let fits = match label {
                Some(label) => jump.labels.iter().any(|own| own == label),
                None => jump.bare,
            };
            if fits {
                jump.broken.join(&state);
                return;
            }
        }
    }

    fn continue_(&mut self, statement: &'a ContinueStatement<'a>) {
        let state = std::mem::replace(&mut self.state, State::dead());
        let label = statement.label.as_ref().map(|label| label.name.as_str());
        for jump in self.exits.jumps.iter_mut().rev() {
            let fits = jump.is_loop && label.is_none_or(|label| jump.labels.iter().any(|own| own == label));
            if fits {
                jump.continued.join(&state);
                return;
            }
        }
    }

    fn switch(&mut self, statement: &'a SwitchStatement<'a>) {
        let value = self.eval(&statement.discriminant);
        self.leak(at(&statement.discriminant), Sink::Condition, value.labels & SECRET);
        self.exits.jumps.push(Jump {
            labels: std::mem::take(&mut self.pending_labels),
            is_loop: false,
            bare: true,
            broken: State::dead(),
            continued: State::dead(),
        });
        // Functions of all cases are there from the start.
        for case in &statement.cases {
            for statement in &case.consequent {
                if let Statement::FunctionDeclaration(function) = statement
                    && let Some(id) = &function.id
                {
                    let value = self.fun(Code::Function(function), None);
                    self.bind(id, value);
                }
            }
        }
        // `unmatched`: all cases so far said no. `self.state`: falling through from the last one.
        let mut unmatched = std::mem::replace(&mut self.state, State::dead());
        let mut has_default = false;
        for case in &statement.cases {
            let mut entry = match &case.test {
                Some(test) => {
                    let through = std::mem::replace(&mut self.state, unmatched);
                    let test_value = self.eval(test);
                    self.leak(at(test), Sink::Condition, test_value.labels & SECRET);
                    let (yes, no) = self.equal_states(&value, &test_value);
                    unmatched = no;
                    self.state = through;
                    yes
                }
                None => {
                    has_default = true;
                    // Cases may come after it: entering it excludes only those before.
                    unmatched.clone()
                }
            };
            entry.join(&self.state);
            self.state = entry;
            self.statements(&case.consequent);
        }
        if !has_default {
            self.state.join(&unmatched);
        }
        if let Some(jump) = self.exits.jumps.pop() {
            self.state.join(&jump.broken);
        }
    }

    fn attempt(&mut self, statement: &'a TryStatement<'a>) {
        let before = self.state.clone();
        self.exits.handlers.push(before);
        self.block(&statement.block);
        let thrown = self.exits.handlers.pop().unwrap_or_else(State::dead);
        // What an inner `try` writes may be left by an outer one as well.
        let mut anywhere = thrown.clone();
        anywhere.join(&self.state);
        if let Some(handler) = &statement.handler {
            let after = std::mem::replace(&mut self.state, thrown);
            if statement.finalizer.is_some() {
                self.exits.handlers.push(self.state.clone());
            }
            if let Some(param) = &handler.param {
                let thrown = Val::any().with(self.thrown);
                self.pattern(&param.pattern, thrown);
            }
            self.block(&handler.body);
            if statement.finalizer.is_some()
                && let Some(thrown) = self.exits.handlers.pop()
            {
                anywhere.join(&thrown);
            }
            anywhere.join(&self.state);
            self.state.join(&after);
        }
        if let Some(finalizer) = &statement.finalizer {
            // Once for every way in, once for the way through.
            let after = std::mem::replace(&mut self.state, anywhere);
            self.block(finalizer);
            self.state = after;
            if self.state.live {
                self.block(finalizer);
            }
        }
    }

    /// The value of a condition decides; what it says of the caller holds on each side.
    pub(crate) fn condition(&mut self, test: &'a Expression<'a>) -> (State, State) {
        use oxc_syntax::operator::{LogicalOperator, UnaryOperator};
        match test.get_inner_expression() {
            Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::LogicalNot => {
                let (yes, no) = self.condition(&unary.argument);
                (no, yes)
            }
            Expression::LogicalExpression(logical) if logical.operator != LogicalOperator::Coalesce => {
                let (first_yes, first_no) = self.condition(&logical.left);
                if logical.operator == LogicalOperator::And {
                    self.state = first_yes;
                    let (yes, mut no) = self.condition_if_live(&logical.right);
                    no.join(&first_no);
                    (yes, no)
                } else {
                    self.state = first_no;
                    let (mut yes, no) = self.condition_if_live(&logical.right);
                    yes.join(&first_yes);
                    (yes, no)
                }
            }
            inner => {
                let value = self.eval(inner);
                self.content(at(inner), &value);
                let state = std::mem::replace(&mut self.state, State::dead());
                self.split(state, inner, &value)
            }
        }
    }

    fn condition_if_live(&mut self, test: &'a Expression<'a>) -> (State, State) {
        if self.state.live {
            self.condition(test)
        } else {
            (State::dead(), State::dead())
        }
    }

    /// The state where a value is true and the one where it is false.
    fn split(&self, state: State, test: &'a Expression<'a>, value: &Val) -> (State, State) {
        let sides = [
            value.filter(super::value::Alt::may_be_true),
            value.filter(super::value::Alt::may_be_false),
        ];
        let [yes, no] = sides.map(|side| {
            let mut state = state.clone();
            if side.is_bottom() && !value.is_bottom() {
                state.live = false;
                return state;
            }
            state.pass(side.implied());
            if let Expression::Identifier(identifier) = test
                && let Some(symbol) = self.symbol_of(identifier)
            {
                Self::refine(&mut state, symbol, side);
            }
            state
        });
        let (mut yes, mut no) = (yes, no);
        self.refine_by_comparison(test, &mut yes, &mut no);
        self.refine_by_shape(test, &mut yes);
        (yes, no)
    }
}
