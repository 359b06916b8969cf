//! Loops: walked until nothing changes, or item by item where the list is written down.

use oxc_ast::ast::{
    DoWhileStatement, ForInStatement, ForOfStatement, ForStatement, ForStatementInit, ForStatementLeft, Statement,
    WhileStatement,
};

use super::state::{Jump, State};
use super::value::{Atom, Val};
use super::walk::{Walk, at};

/// Lists up to this length are gone through item by item.
pub(crate) const SHORT: usize = 16;
/// After so many turns what still changes is no longer told apart.
const PATIENCE: usize = 4;
const TURNS: usize = 12;

impl<'a> Walk<'a, '_> {
    /// Turns a loop until nothing changes. `head` gives the states that enter and that leave.
    fn turn(
        &mut self,
        place: u32,
        mut head: impl FnMut(&mut Self) -> State,
        mut body: impl FnMut(&mut Self),
        mut update: impl FnMut(&mut Self),
    ) {
        let labels = std::mem::take(&mut self.pending_labels);
        let mut entry = self.state.clone();
        for turn in 0.. {
            self.exits.jumps.push(Jump {
                labels: labels.clone(),
                is_loop: true,
                bare: true,
                broken: State::dead(),
                continued: State::dead(),
            });
            self.state = entry.clone();
            let left = head(self);
            if self.state.live {
                body(self);
            }
            let jump = self.exits.jumps.pop();
            let (broken, continued) = match jump {
                Some(jump) => (jump.broken, jump.continued),
                None => (State::dead(), State::dead()),
            };
            self.state.join(&continued);
            if self.state.live {
                update(self);
            }
            let mut next = entry.clone();
            let mut changed = next.join(&self.state);
            if changed && turn >= PATIENCE {
                next.widen(&entry);
                changed = next != entry;
            }
            if !changed || turn >= TURNS {
                if changed {
                    self.lose(place);
                }
                self.state = left;
                self.state.join(&broken);
                return;
            }
            entry = next;
            if self.trace.lost.is_some() {
                self.state = left;
                return;
            }
        }
    }

    pub(crate) fn while_loop(&mut self, statement: &'a WhileStatement<'a>) {
        self.turn(
            at(statement),
            |walk| {
                let (yes, no) = walk.condition(&statement.test);
                walk.state = yes;
                no
            },
            |walk| walk.statement(&statement.body),
            |_| {},
        );
    }

    pub(crate) fn do_while(&mut self, statement: &'a DoWhileStatement<'a>) {
        // The first turn is sure: what it checks holds afterwards.
        let labels = std::mem::take(&mut self.pending_labels);
        self.exits.jumps.push(Jump {
            labels: labels.clone(),
            is_loop: true,
            bare: true,
            broken: State::dead(),
            continued: State::dead(),
        });
        self.statement(&statement.body);
        let (broken, continued) = match self.exits.jumps.pop() {
            Some(jump) => (jump.broken, jump.continued),
            None => (State::dead(), State::dead()),
        };
        self.state.join(&continued);
        self.pending_labels = labels;
        if self.state.live {
            self.turn(
                at(statement),
                |walk| {
                    let (yes, no) = walk.condition(&statement.test);
                    walk.state = yes;
                    no
                },
                |walk| walk.statement(&statement.body),
                |_| {},
            );
        }
        self.pending_labels.clear();
        self.state.join(&broken);
    }

    pub(crate) fn for_loop(&mut self, statement: &'a ForStatement<'a>) {
        match &statement.init {
            Some(ForStatementInit::VariableDeclaration(declaration)) => self.declare(declaration),
            Some(init) => {
                if let Some(expression) = init.as_expression() {
                    self.eval(expression);
                }
            }
            None => {}
        }
        self.turn(
            at(statement),
            |walk| match &statement.test {
                Some(test) => {
                    let (yes, no) = walk.condition(test);
                    walk.state = yes;
                    no
                }
                None => State::dead(),
            },
            |walk| walk.statement(&statement.body),
            |walk| {
                if let Some(update) = &statement.update {
                    walk.eval(update);
                }
            },
        );
    }

    pub(crate) fn for_in(&mut self, statement: &'a ForInStatement<'a>) {
        let value = self.eval(&statement.right);
        let labels = self.hand_over(at(statement), &value);
        self.each(
            at(statement),
            &statement.left,
            Val::some_text().with(labels),
            &statement.body,
        );
    }

    pub(crate) fn for_of(&mut self, statement: &'a ForOfStatement<'a>) {
        let value = self.eval(&statement.right);
        if let [alt] = value.alts.as_slice()
            && let Atom::Ref(id) = alt.atom
            && let Some(items) = self.heap.get(id).and_then(|object| object.items.clone())
            && items.len() <= SHORT
        {
            if let Some(object) = self.heap.objects.get_mut(id) {
                object.read = true;
            }
            self.unrolled(&statement.left, &items, &statement.body);
            return;
        }
        let element = self.item(&value);
        let element = self.unpend(element);
        self.each(at(statement), &statement.left, element, &statement.body);
    }

    fn each(&mut self, place: u32, left: &'a ForStatementLeft<'a>, element: Val, body: &'a Statement<'a>) {
        self.turn(
            place,
            |walk| {
                let done = walk.state.clone();
                walk.set_item(left, element.clone());
                done
            },
            |walk| walk.statement(body),
            |_| {},
        );
    }

    fn unrolled(&mut self, left: &'a ForStatementLeft<'a>, items: &[Val], body: &'a Statement<'a>) {
        let labels = std::mem::take(&mut self.pending_labels);
        let mut out = State::dead();
        for (index, item) in items.iter().enumerate() {
            if !self.state.live {
                break;
            }
            self.exits.jumps.push(Jump {
                labels: labels.clone(),
                is_loop: true,
                bare: true,
                broken: State::dead(),
                continued: State::dead(),
            });
            self.set_item(left, item.clone());
            let outer = self.turn_context(index);
            self.statement(body);
            self.set_context(outer);
            if let Some(jump) = self.exits.jumps.pop() {
                out.join(&jump.broken);
                self.state.join(&jump.continued);
            }
        }
        self.state.join(&out);
    }

    fn set_item(&mut self, left: &'a ForStatementLeft<'a>, value: Val) {
        match left {
            ForStatementLeft::VariableDeclaration(declaration) => {
                if let Some(declarator) = declaration.declarations.first() {
                    self.pattern(&declarator.id, value);
                }
            }
            other => {
                if let Some(target) = other.as_assignment_target() {
                    self.assign(target, value);
                }
            }
        }
    }

    /// Objects made in different turns are told apart.
    pub(crate) fn turn_context(&mut self, index: usize) -> u32 {
        let outer = self.context();
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let next = u32::try_from(self.contexts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let inner = *self.contexts.entry((outer, u32::MAX - index, u32::MAX)).or_insert(next);
        self.set_context(inner);
        outer
    }

    pub(crate) fn set_context(&mut self, context: u32) {
        if let Some(active) = self.stack.last_mut() {
            active.context = context;
        }
    }
}
