//! A GraphQL document, read roughly: its kind, its variables, its root fields.
//!
//! This is no validator: the vendor's schema is not known here. It knows names, brackets, strings
//! and comments, so that two operations that share one address can be told apart and a mistake in
//! a document is found before a vendor finds it. Source: GraphQL specification, October 2021, §2.

/// What a document does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads.
    Query,
    /// Changes.
    Mutation,
    /// Listens.
    Subscription,
}

/// A declared variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable<'a> {
    pub(crate) name: &'a str,
    /// Not null and without a default.
    pub(crate) required: bool,
}

/// A document with one operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    pub(crate) kind: Kind,
    pub(crate) variables: Vec<Variable<'a>>,
    /// Variables the selection uses, each once.
    pub(crate) used: Vec<&'a str>,
    /// The fields it begins with, without their aliases.
    pub(crate) roots: Vec<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Sign(char),
    Text,
}

impl<'a> Document<'a> {
    /// Reads a document with one operation and any fragments.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let tokens = tokens(text)?;
        balanced(&tokens)?;
        let kind = match tokens.first() {
            Some(Token::Name("query") | Token::Sign('{')) => Kind::Query,
            Some(Token::Name("mutation")) => Kind::Mutation,
            Some(Token::Name("subscription")) => Kind::Subscription,
            _ => return Err("it begins with none of query, mutation and subscription"),
        };
        let body = selection(&tokens).ok_or("it selects nothing")?;
        let variables = declared(tokens.get(..body).unwrap_or_default());
        let rest = tokens.get(body..).unwrap_or_default();
        let mut used = Vec::new();
        for pair in rest.windows(2) {
            if let [Token::Sign('$'), Token::Name(name)] = pair
                && !used.contains(name)
            {
                used.push(*name);
            }
        }
        let roots = roots(rest);
        if roots.is_empty() {
            return Err("it selects nothing");
        }
        Ok(Self {
            kind,
            variables,
            used,
            roots,
        })
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let end = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => {
                let (mark, skip) = if rest.starts_with("\"\"\"") {
                    ("\"\"\"", 3)
                } else {
                    ("\"", 1)
                };
                let mut at = skip;
                loop {
                    let more = rest
                        .get(at..)
                        .and_then(|more| more.find(mark))
                        .ok_or("a string in it never ends")?;
                    let close = at.saturating_add(more);
                    let slashes = rest
                        .get(..close)
                        .unwrap_or_default()
                        .chars()
                        .rev()
                        .take_while(|c| *c == '\\')
                        .count();
                    at = close.saturating_add(mark.len());
                    if slashes % 2 == 0 {
                        break;
                    }
                }
                found.push(Token::Text);
                at
            }
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
                found.push(Token::Name(rest.get(..end).unwrap_or_default()));
                end
            }
            c if c.is_whitespace() || c == ',' => c.len_utf8(),
            c if "{}()[]:!$=@|&.-".contains(c) => {
                found.push(Token::Sign(c));
                1
            }
            _ => return Err("it holds a character that GraphQL doesn't know"),
        };
        rest = rest.get(end..).unwrap_or_default();
    }
    Ok(found)
}

fn balanced(tokens: &[Token<'_>]) -> Result<(), &'static str> {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Sign('{') => open.push('}'),
            Token::Sign('(') => open.push(')'),
            Token::Sign('[') => open.push(']'),
            Token::Sign(c @ ('}' | ')' | ']')) if open.pop() != Some(*c) => return Err("its brackets don't match"),
            _ => {}
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err("its brackets don't match")
    }
}

/// Where the operation's selection opens: the first `{` outside the variable list.
fn selection(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        match token {
            Token::Sign('(') => depth = depth.saturating_add(1),
            Token::Sign(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && *token == Token::Sign('{')
    })
}

fn declared<'a>(tokens: &[Token<'a>]) -> Vec<Variable<'a>> {
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|at| tokens.get(*at) == Some(&Token::Sign('$')))
        .collect();
    let mut found = Vec::new();
    for (nth, start) in starts.iter().enumerate() {
        let end = starts.get(nth.saturating_add(1)).copied().unwrap_or(tokens.len());
        let own = tokens.get(start.saturating_add(1)..end).unwrap_or_default();
        let Some(Token::Name(name)) = own.first() else {
            continue;
        };
        let has_default = own.contains(&Token::Sign('='));
        let last = own.iter().rev().find(|token| **token != Token::Sign(')'));
        found.push(Variable {
            name,
            required: !has_default && last == Some(&Token::Sign('!')),
        });
    }
    found
}

/// Field names one level inside the first selection.
fn roots<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let (mut braces, mut others) = (0_usize, 0_usize);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('{') if others == 0 => braces = braces.saturating_add(1),
            Token::Sign('}') if others == 0 => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    break;
                }
            }
            Token::Sign('(' | '[') => others = others.saturating_add(1),
            Token::Sign(')' | ']') => others = others.saturating_sub(1),
            Token::Name(name) if braces == 1 && others == 0 => {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let alias = tokens.get(at.saturating_add(1)) == Some(&Token::Sign(':'));
                if !alias && !matches!(before, Some(Token::Sign('@' | '.' | '$'))) {
                    found.push(*name);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Document, Kind};

    #[test]
    fn kind_variables_and_roots_are_found() {
        let text = "mutation Make($input: IssueCreateInput!, $first: Int = 10, $ids: [ID!]!) { done: issueCreate(input: $input, note: \"} $no\") @include(if: true) { success issue { id } } viewer { id } }";
        let document = Document::parse(text).unwrap();
        assert_eq!(document.kind, Kind::Mutation);
        assert_eq!(document.roots, ["issueCreate", "viewer"]);
        let needed: Vec<(&str, bool)> = document.variables.iter().map(|v| (v.name, v.required)).collect();
        assert_eq!(needed, [("input", true), ("first", false), ("ids", true)]);
        assert_eq!(document.used, ["input"]);
        assert_eq!(Document::parse("{ me { id } }").unwrap().roots, ["me"]);
        assert_eq!(
            Document::parse("query ($id: ID) { # all\n boards(ids: [$id]) { ...on Board { id } } }")
                .unwrap()
                .roots,
            ["boards"]
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for broken in [
            "",
            "select 1",
            "query { a ",
            "query { a ) }",
            "query { }",
            "query Q($a: Int)",
            "query { a(b: \"x) }",
            "{ a; b }",
        ] {
            assert!(Document::parse(broken).is_err(), "{broken}");
        }
    }
}
