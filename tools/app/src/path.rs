//! Member chains of expressions as lists of names: `base44.entities.Booking.list`.

use oxc_ast::ast::{ChainElement, Expression};

/// The names of a member chain from its root on; `()` stands for a root that is no name.
/// `None` when a link of the chain is computed at run time.
pub(crate) fn of<'e, 'a>(expression: &'e Expression<'a>) -> Option<Vec<&'e str>> {
    let mut names = Vec::with_capacity(4);
    let mut at = expression;
    loop {
        at = bare(at);
        match at {
            Expression::Identifier(name) => {
                names.push(name.name.as_str());
                break;
            }
            Expression::StaticMemberExpression(member) => {
                names.push(member.property.name.as_str());
                at = &member.object;
            }
            Expression::ComputedMemberExpression(member) => {
                let Expression::StringLiteral(text) = &member.expression else {
                    return None;
                };
                names.push(text.value.as_str());
                at = &member.object;
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::StaticMemberExpression(member) => {
                    names.push(member.property.name.as_str());
                    at = &member.object;
                }
                ChainElement::CallExpression(_) => {
                    names.push("()");
                    break;
                }
                _ => return None,
            },
            Expression::ImportMeta(_) => {
                names.push("import.meta");
                break;
            }
            _ => {
                names.push("()");
                break;
            }
        }
    }
    names.reverse();
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
pub(crate) fn last_name<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
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
