//! What a visitor of a page sees: texts, headings, form fields, and the routes that lead there.

use oxc_ast::ast::{
    Expression, JSXAttribute, JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement,
    JSXElementName, JSXExpression, ObjectExpression, ObjectPropertyKind,
};

use crate::path;
use crate::visit::Visitor;

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

impl Visitor<'_> {
    /// Notes a text that is shown, if it says anything.
    pub(crate) fn word(&mut self, text: &str) {
        if self.facts.words.len() >= MAX_WORDS || !text.contains(char::is_alphabetic) {
            return;
        }
        let text = tidy(text);
        if text.chars().count() > 1 {
            self.facts.words.push(text);
        }
    }

    /// Notes what an element shows. Whether it opened a route that encloses others.
    pub(crate) fn element(&mut self, it: &JSXElement<'_>) -> bool {
        let opening = &it.opening_element;
        let name = element_name(&opening.name);
        let mut editable = false;
        let mut value_field = None;
        for item in &opening.attributes {
            let JSXAttributeItem::Attribute(attribute) = item else {
                continue;
            };
            let key = attribute_name(attribute);
            if SHOWN.contains(&key) {
                for text in attribute_texts(attribute) {
                    self.word(text);
                }
            }
            match key {
                "onChange" | "onValueChange" | "onCheckedChange" | "onInput" | "onSelect" => editable = true,
                "value" | "checked" | "defaultValue" | "selected" => value_field = field_of(attribute),
                "name" if is_input(name) => {
                    if let Some(text) = attribute_texts(attribute).first() {
                        self.form_field(text);
                    }
                }
                "title" | "heading" if name.contains("Header") || name.contains("Title") => {
                    if let Some(text) = attribute_texts(attribute).first() {
                        self.heading(3, text);
                    }
                }
                _ => {}
            }
        }
        if let (true, Some(field)) = (editable, value_field) {
            self.form_field(&field);
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

    /// Texts among an object's properties: labels of menus, routes of a router.
    pub(crate) fn object(&mut self, it: &ObjectExpression<'_>) {
        let mut route = (None, Vec::new());
        for one in &it.properties {
            let ObjectPropertyKind::ObjectProperty(property) = one else {
                continue;
            };
            let Some(key) = property.key.static_name() else {
                continue;
            };
            match (key.as_ref(), path::bare(&property.value)) {
                ("mainPage", Expression::StringLiteral(text)) => {
                    self.facts.main_page = Some(text.value.to_string());
                }
                ("path", Expression::StringLiteral(text)) => route.0 = Some(text.value.to_string()),
                ("element", Expression::JSXElement(element)) => components(element, &mut route.1),
                ("Component" | "component", Expression::Identifier(name)) => route.1.push(name.name.to_string()),
                (key, Expression::StringLiteral(text)) if SHOWN_KEYS.contains(&key) => {
                    self.word(text.value.as_str());
                }
                _ => {}
            }
        }
        if let (Some(path), false) = (route.0, route.1.is_empty()) {
            self.facts.routes.push((joined("", &path), route.1));
        }
    }

    pub(crate) fn form_field(&mut self, name: &str) {
        if !self.facts.form_fields.iter().any(|known| known == name) {
            self.facts.form_fields.push(name.to_owned());
        }
    }

    fn heading(&mut self, rank: u8, text: &str) {
        let text = tidy(text);
        let better = self.facts.heading.as_ref().is_none_or(|(known, _)| rank < *known);
        if better && text.contains(char::is_alphabetic) {
            self.facts.heading = Some((rank, text));
        }
    }

    fn heading_of(&mut self, rank: u8, it: &JSXElement<'_>) {
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
        self.heading(rank, &text);
    }

    fn shown_expression(&mut self, it: &Expression<'_>) {
        match path::bare(it) {
            Expression::StringLiteral(text) => self.word(text.value.as_str()),
            Expression::ConditionalExpression(either) => {
                self.shown_expression(&either.consequent);
                self.shown_expression(&either.alternate);
            }
            Expression::LogicalExpression(both) => self.shown_expression(&both.right),
            _ => {}
        }
    }

    fn route(&mut self, it: &JSXElement<'_>) -> bool {
        let mut path = None;
        let mut named = Vec::new();
        for item in &it.opening_element.attributes {
            let JSXAttributeItem::Attribute(attribute) = item else {
                continue;
            };
            match (attribute_name(attribute), &attribute.value) {
                ("path", _) => path = attribute_texts(attribute).first().map(|text| (*text).to_owned()),
                ("index", _) => path = Some(String::new()),
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
        let full = joined(self.routes.last().map_or("", String::as_str), &path);
        if !named.is_empty() {
            self.facts.routes.push((full.clone(), named));
        }
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

fn element_name<'e>(name: &'e JSXElementName<'_>) -> &'e str {
    match name {
        JSXElementName::Identifier(it) => it.name.as_str(),
        JSXElementName::IdentifierReference(it) => it.name.as_str(),
        JSXElementName::MemberExpression(it) => it.property.name.as_str(),
        _ => "",
    }
}

fn attribute_name<'e>(attribute: &'e JSXAttribute<'_>) -> &'e str {
    match &attribute.name {
        JSXAttributeName::Identifier(it) => it.name.as_str(),
        JSXAttributeName::NamespacedName(_) => "",
    }
}

/// The texts an attribute may have.
fn attribute_texts<'e>(attribute: &'e JSXAttribute<'_>) -> Vec<&'e str> {
    let mut texts = Vec::new();
    match &attribute.value {
        Some(JSXAttributeValue::StringLiteral(text)) => texts.push(text.value.as_str()),
        Some(JSXAttributeValue::ExpressionContainer(container)) => match &container.expression {
            JSXExpression::StringLiteral(text) => texts.push(text.value.as_str()),
            JSXExpression::ConditionalExpression(either) => {
                for side in [&either.consequent, &either.alternate] {
                    if let Expression::StringLiteral(text) = side {
                        texts.push(text.value.as_str());
                    }
                }
            }
            _ => {}
        },
        _ => {}
    }
    texts
}

/// `form.due_date` → `due_date`.
fn field_of(attribute: &JSXAttribute<'_>) -> Option<String> {
    let Some(JSXAttributeValue::ExpressionContainer(container)) = &attribute.value else {
        return None;
    };
    let mut value = path::bare(container.expression.as_expression()?);
    if let Expression::LogicalExpression(either) = value {
        value = path::bare(&either.left);
    }
    match path::of(value)?.as_slice() {
        [_, .., field] => Some((*field).to_owned()),
        _ => None,
    }
}

/// One line of text, the usual character references read.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len().min(120));
    for part in text.split_whitespace() {
        if tidied.len() + part.len() > 120 {
            break;
        }
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(part);
    }
    if tidied.contains('&') {
        for (from, to) in [
            ("&amp;", "&"),
            ("&apos;", "'"),
            ("&quot;", "\""),
            ("&nbsp;", " "),
            ("&rsquo;", "’"),
        ] {
            tidied = tidied.replace(from, to);
        }
    }
    tidied
}
