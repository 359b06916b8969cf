//! What a visitor of a page sees: texts, headings, form fields, and the routes that lead there.

use oxc_ast::ast::{
    ArrowFunctionExpression, Expression, JSXAttribute, JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild,
    JSXElement, JSXElementName, JSXExpression, ObjectExpression, ObjectPropertyKind,
};

use crate::facts::Route;
use crate::path;
use crate::visit::{Visitor, lazy_name, static_key};

/// Attributes whose text is shown or read out.
const SHOWN: &[&str] = &[
    "placeholder",
    "label",
    "title",
    "aria-label",
    "alt",
    "description",
    "subtitle",
    "heading",
    "header",
    "emptyText",
];
/// Properties of objects whose text is usually shown (menus, columns, tabs).
const SHOWN_KEYS: &[&str] = &["label", "title", "placeholder", "heading", "description", "subtitle"];
/// The most texts kept of one file.
const MAX_WORDS: usize = 400;

impl<'a> Visitor<'a> {
    /// Notes a text that is shown, if it says anything.
    pub(crate) fn word(&mut self, text: &str, offset: u32) {
        // Most texts of a page are the white space between its elements.
        let Some(blank) = text.bytes().position(|one| !one.is_ascii_whitespace()) else {
            return;
        };
        let says = text.bytes().any(|one| one.is_ascii_alphabetic() || !one.is_ascii());
        if self.facts.words.len() >= MAX_WORDS || !says || !text.contains(char::is_alphabetic) {
            return;
        }
        let line = self.line(offset + u32::try_from(blank).unwrap_or(0));
        self.facts.words.push(line, |into| {
            let from = into.len();
            tidy(text, into);
            if into[from..].chars().nth(1).is_none() {
                into.truncate(from);
            }
        });
    }

    /// Notes what an element shows. Whether it opened a route that encloses others.
    pub(crate) fn element(&mut self, it: &JSXElement<'a>) -> bool {
        let opening = &it.opening_element;
        let name = element_name(&opening.name);
        let (mut editable, mut value_field, mut input, mut named) = (false, None, None, None);
        for item in &opening.attributes {
            let JSXAttributeItem::Attribute(attribute) = item else {
                continue;
            };
            let key = attribute_name(attribute);
            if key == "className" {
                continue;
            }
            if SHOWN.contains(&key) {
                for text in attribute_texts(attribute).into_iter().flatten() {
                    self.word(text, attribute.span.start);
                }
            }
            let first = || attribute_texts(attribute)[0];
            match key {
                "onChange" | "onValueChange" | "onCheckedChange" | "onInput" | "onSelect" => editable = true,
                "value" | "checked" | "defaultValue" | "selected" => value_field = field_of(attribute),
                "type" => input = first(),
                "name" if is_input(name) => named = first(),
                "title" | "heading" if name.contains("Header") || name.contains("Title") => {
                    if let Some(text) = first() {
                        self.heading(3, text, attribute.span.start);
                    }
                }
                _ => {}
            }
        }
        let field = named.or(value_field.filter(|_| editable));
        if let Some(field) = field {
            let input = input.or_else(|| name.eq_ignore_ascii_case("textarea").then_some("textarea"));
            self.form_field(field, input, opening.span.start);
        }
        match name {
            "h1" => self.heading_of(1, it),
            "h2" => self.heading_of(2, it),
            "Route" => return self.route(it),
            _ => {}
        }
        for child in &it.children {
            if let JSXChild::ExpressionContainer(container) = child
                && let Some(inner) = container.expression.as_expression()
            {
                self.shown_expression(inner);
            }
        }
        false
    }

    /// Texts among an object's properties: labels of menus, routes of a router. Whether it opened a
    /// route that encloses others.
    pub(crate) fn object(&mut self, it: &ObjectExpression<'a>) -> bool {
        let (mut path, mut named, mut encloses) = (None, Vec::new(), false);
        for one in &it.properties {
            let ObjectPropertyKind::ObjectProperty(property) = one else {
                continue;
            };
            let Some(key) = static_key(&property.key) else {
                continue;
            };
            match (key, path::bare(&property.value)) {
                ("mainPage", Expression::StringLiteral(text)) => {
                    self.facts.main_page = Some(text.value.to_string());
                }
                ("path", Expression::StringLiteral(text)) => path = Some(text.value.as_str()),
                ("index", Expression::BooleanLiteral(flag)) if flag.value => path = Some(""),
                ("element", Expression::JSXElement(element)) => components(element, &mut named),
                ("Component" | "component", Expression::Identifier(name)) => named.push(name.name.to_string()),
                ("lazy", Expression::ArrowFunctionExpression(load)) => named.extend(lazily(load)),
                ("children", Expression::ArrayExpression(_)) => encloses = true,
                (key, Expression::StringLiteral(text)) if SHOWN_KEYS.contains(&key) => {
                    self.word(text.value.as_str(), text.span.start);
                }
                _ => {}
            }
        }
        let Some(path) = path else { return false };
        let full = self.routed(path, named, it.span.start);
        if encloses {
            self.routes.push(full);
        }
        encloses
    }

    pub(crate) fn form_field(&mut self, name: &str, input: Option<&str>, offset: u32) {
        if !self.facts.form_fields.iter().any(|(known, _, _)| known == name) {
            let line = self.line(offset);
            self.facts
                .form_fields
                .push((name.to_owned(), input.map(str::to_owned), line));
        }
    }

    fn heading(&mut self, rank: u8, text: &str, offset: u32) {
        let better = self.facts.heading.as_ref().is_none_or(|(known, _, _)| rank < *known);
        if better && text.contains(char::is_alphabetic) {
            let line = self.line(offset);
            let mut tidied = String::new();
            tidy(text, &mut tidied);
            self.facts.heading = Some((rank, tidied, line));
        }
    }

    fn heading_of(&mut self, rank: u8, it: &JSXElement<'a>) {
        let mut text = String::new();
        for child in &it.children {
            match child {
                JSXChild::Text(part) => text.push_str(part.value.as_str()),
                JSXChild::ExpressionContainer(container) => {
                    if let JSXExpression::StringLiteral(part) = &container.expression {
                        text.push_str(part.value.as_str());
                    }
                }
                _ => {}
            }
        }
        self.heading(rank, &text, it.span.start);
    }

    fn shown_expression(&mut self, it: &Expression<'a>) {
        match path::bare(it) {
            Expression::StringLiteral(text) => self.word(text.value.as_str(), text.span.start),
            Expression::ConditionalExpression(either) => {
                self.shown_expression(&either.consequent);
                self.shown_expression(&either.alternate);
            }
            Expression::LogicalExpression(both) => self.shown_expression(&both.right),
            _ => {}
        }
    }

    /// Notes a route below those that enclose it, if it shows something; its whole path.
    fn routed(&mut self, path: &str, named: Vec<String>, offset: u32) -> String {
        let path = joined(self.routes.last().map_or("", String::as_str), path);
        if !named.is_empty() {
            let line = self.line(offset);
            self.facts.routes.push(Route {
                path: path.clone(),
                named,
                line,
            });
        }
        path
    }

    fn route(&mut self, it: &JSXElement<'a>) -> bool {
        let mut path = None;
        let mut named = Vec::new();
        for item in &it.opening_element.attributes {
            let JSXAttributeItem::Attribute(attribute) = item else {
                continue;
            };
            match (attribute_name(attribute), &attribute.value) {
                ("path", _) => path = attribute_texts(attribute)[0],
                ("index", _) => path = Some(""),
                ("element", Some(JSXAttributeValue::ExpressionContainer(container))) => {
                    if let Some(Expression::JSXElement(element)) = container.expression.as_expression() {
                        components(element, &mut named);
                    }
                }
                ("component" | "Component", Some(JSXAttributeValue::ExpressionContainer(container))) => {
                    if let Some(Expression::Identifier(name)) = container.expression.as_expression() {
                        named.push(name.name.to_string());
                    }
                }
                _ => {}
            }
        }
        let Some(path) = path else {
            return false;
        };
        let full = self.routed(path, named, it.span.start);
        self.routes.push(full);
        true
    }
}

/// The names of the components an element is made of, outermost first.
fn components(it: &JSXElement<'_>, into: &mut Vec<String>) {
    let name = element_name(&it.opening_element.name);
    if name.starts_with(char::is_uppercase) {
        into.push(name.to_owned());
    }
    for child in &it.children {
        if let JSXChild::Element(inner) = child {
            components(inner, into);
        }
    }
}

/// Two parts of a route's path as one.
fn joined(outer: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let joined = format!("{}/{}", outer.trim_end_matches('/').trim_end_matches("/*"), path);
    match joined.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}

fn is_input(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["input", "select", "textarea", "field", "checkbox", "switch"]
        .iter()
        .any(|part| name.contains(part))
}

fn element_name<'a>(name: &JSXElementName<'a>) -> &'a str {
    match name {
        JSXElementName::Identifier(it) => it.name.as_str(),
        JSXElementName::IdentifierReference(it) => it.name.as_str(),
        JSXElementName::MemberExpression(it) => it.property.name.as_str(),
        _ => "",
    }
}

fn attribute_name<'a>(attribute: &JSXAttribute<'a>) -> &'a str {
    match &attribute.name {
        JSXAttributeName::Identifier(it) => it.name.as_str(),
        JSXAttributeName::NamespacedName(_) => "",
    }
}

/// The texts an attribute may have: one, or either of two.
fn attribute_texts<'a>(attribute: &JSXAttribute<'a>) -> [Option<&'a str>; 2] {
    match &attribute.value {
        Some(JSXAttributeValue::StringLiteral(text)) => [Some(text.value.as_str()), None],
        Some(JSXAttributeValue::ExpressionContainer(container)) => match &container.expression {
            JSXExpression::StringLiteral(text) => [Some(text.value.as_str()), None],
            JSXExpression::ConditionalExpression(either) => {
                let side = |one: &Expression<'a>| match one {
                    Expression::StringLiteral(text) => Some(text.value.as_str()),
                    _ => None,
                };
                match (side(&either.consequent), side(&either.alternate)) {
                    (None, only) => [only, None],
                    both => [both.0, both.1],
                }
            }
            _ => [None, None],
        },
        _ => [None, None],
    }
}

/// `form.due_date` → `due_date`.
fn field_of<'a>(attribute: &JSXAttribute<'a>) -> Option<&'a str> {
    let Some(JSXAttributeValue::ExpressionContainer(container)) = &attribute.value else {
        return None;
    };
    let mut value = path::bare(container.expression.as_expression()?);
    if let Expression::LogicalExpression(either) = value {
        value = path::bare(&either.left);
    }
    match path::of(value)?.as_slice() {
        [_, .., field] => Some(field),
        _ => None,
    }
}

/// What `() => import("./Page")` loads, by the name such an import goes by.
fn lazily(load: &ArrowFunctionExpression<'_>) -> Option<String> {
    match path::bare(load.body.as_expression()?) {
        Expression::ImportExpression(import) => match &import.source {
            Expression::StringLiteral(source) => Some(lazy_name(source.value.as_str())),
            _ => None,
        },
        _ => None,
    }
}

/// Writes a text as one line, the usual character references read.
fn tidy(text: &str, into: &mut String) {
    let from = into.len();
    for part in text.split_ascii_whitespace() {
        if into.len() - from + part.len() > 120 {
            break;
        }
        if into.len() > from {
            into.push(' ');
        }
        into.push_str(part);
    }
    if into.as_bytes()[from..].contains(&b'&') {
        let mut tidied = into[from..].to_owned();
        for (mark, sign) in [
            ("&amp;", "&"),
            ("&apos;", "'"),
            ("&quot;", "\""),
            ("&nbsp;", " "),
            ("&rsquo;", "’"),
        ] {
            tidied = tidied.replace(mark, sign);
        }
        into.truncate(from);
        into.push_str(&tidied);
    }
}
