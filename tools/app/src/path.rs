//! Member chains of expressions as lists of names: `base44.entities.Booking.list`.

use oxc_ast::ast::{ChainElement, Expression};

/// The longest chain that is kept whole; of a longer one the last names are kept.
const LONGEST: usize = 8;

/// The names of a chain, kept on the stack: there is one for every call of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    names: [&'a str; LONGEST],
    from: usize,
}

impl<'a> Names<'a> {
    const fn new() -> Self {
        Self {
            names: [""; LONGEST],
            from: LONGEST,
        }
    }

    /// Puts a name before the others, where there is room.
    const fn before(&mut self, name: &'a str) {
        if self.from > 0 {
            self.from -= 1;
            self.names[self.from] = name;
        }
    }

    /// The names, the root first.
    pub(crate) fn as_slice(&self) -> &[&'a str] {
        self.names.get(self.from..).unwrap_or(&[])
    }
}

/// The names of a member chain from its root on; `()` stands for a root that is no name.
/// `None` when a link of the chain is computed at run time.
pub(crate) fn of<'a>(expression: &Expression<'a>) -> Option<Names<'a>> {
    let mut names = Names::new();
    let mut at = expression;
    loop {
        at = bare(at);
        match at {
            Expression::Identifier(name) => {
                names.before(name.name.as_str());
                break;
            }
            Expression::StaticMemberExpression(member) => {
                names.before(member.property.name.as_str());
                at = &member.object;
            }
            Expression::ComputedMemberExpression(member) => {
                let Expression::StringLiteral(text) = &member.expression else {
                    return None;
                };
                names.before(text.value.as_str());
                at = &member.object;
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::StaticMemberExpression(member) => {
                    names.before(member.property.name.as_str());
                    at = &member.object;
                }
                ChainElement::CallExpression(_) => {
                    names.before("()");
                    break;
                }
                _ => return None,
            },
            Expression::ImportMeta(_) => {
                names.before("import.meta");
                break;
            }
            _ => {
                names.before("()");
                break;
            }
        }
    }
    Some(names)
}

/// The expression under parentheses, casts and `await`.
pub(crate) fn bare<'e, 'a>(expression: &'e Expression<'a>) -> &'e Expression<'a> {
    let mut at = expression;
    loop {
        let inner = at.get_inner_expression();
        match inner {
            Expression::AwaitExpression(wait) => at = &wait.argument,
            other if std::ptr::eq(other, at) => return at,
            other => at = other,
        }
    }
}

/// The last name of a chain (`entities` in `base44.asServiceRole.entities`).
pub(crate) fn last_name<'a>(expression: &Expression<'a>) -> Option<&'a str> {
    match bare(expression) {
        Expression::Identifier(name) => Some(name.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::StaticMemberExpression(member) => Some(member.property.name.as_str()),
            _ => None,
        },
        _ => None,
    }
}
