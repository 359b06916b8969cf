//! Walks a parsed file once and writes down what it says of the app.
//!
//! Names are resolved within the file by what they were bound to (`const { Task } =
//! base44.entities`), without scopes: real apps do not reuse an entity's name for something
//! else, and a call must also have an SDK method's name to count. What calls say is in `call`,
//! what a visitor sees in `visit_jsx`.

use oxc_ast::ast::{
    BinaryExpression, BindingPattern, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression,
    ImportDeclaration, ImportDeclarationSpecifier, ImportExpression, JSXAttribute, JSXAttributeValue, JSXElement,
    JSXText, ObjectExpression, Program, StaticMemberExpression, StringLiteral, TSInterfaceDeclaration,
    TSTypeAliasDeclaration, TSTypeAnnotation, TSTypeParameterInstantiation, TemplateElement, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;
use oxc_syntax::operator::BinaryOperator;
use rustc_hash::FxHashMap;

use crate::call::Pending;
use crate::facts::{Cursor, Facts, Import, Service};
use crate::{path, service};

/// The facts of a program.
pub(crate) fn facts<'a>(program: &Program<'a>, text: &'a str) -> Facts {
    let mut visitor = Visitor {
        facts: Facts::default(),
        lines: Cursor::of(text),
        bound: FxHashMap::default(),
        constants: FxHashMap::default(),
        pending: Vec::new(),
        declaring: Vec::new(),
        routes: Vec::new(),
        members: Vec::new(),
        callee: Span::default(),
    };
    visitor.visit_program(program);
    visitor.settle();
    visitor.facts
}

/// What a local name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound<'a> {
    /// An entity.
    Entity(&'a str),
    /// The object all entities hang on.
    Entities,
    /// A backend function.
    Function(&'a str),
    /// An integration of the platform (`SendEmail`).
    Integration(&'a str),
    /// The integrations object (`Core`).
    Core,
}

pub(crate) struct Visitor<'a> {
    pub(crate) facts: Facts,
    lines: Cursor<'a>,
    pub(crate) bound: FxHashMap<&'a str, Bound<'a>>,
    pub(crate) constants: FxHashMap<&'a str, &'a str>,
    pub(crate) pending: Vec<Pending<'a>>,
    declaring: Vec<Option<&'a str>>,
    /// Paths of the routes that enclose the present element.
    pub(crate) routes: Vec<String>,
    /// Members read of plain names, and where.
    pub(crate) members: Vec<(&'a str, &'a str, u32)>,
    /// The callee of the present call, which is no read of a field.
    callee: Span,
}

impl<'a> Visit<'a> for Visitor<'a> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let names: Vec<_> = it.specifiers.iter().flatten().map(specifier_names).collect();
        self.import(it.source.value.as_str(), &names, it.span.start);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.facts.reexports.push(("*".to_owned(), it.source.value.to_string()));
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        for one in &it.specifiers {
            let exported = one.exported.name().to_string();
            self.facts.reexports.push((exported, it.source.value.to_string()));
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &it.source {
            let source = source.value.as_str();
            let local = self.declaring.iter().rev().flatten().next();
            let mut import = Import::of(source);
            if let Some(local) = local {
                import.name("default", local);
            }
            // A router's `lazy` has no name for what it loads.
            import.name("default", &lazy_name(source));
            self.facts.imports.push(import);
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        let name = match &it.id {
            BindingPattern::BindingIdentifier(name) => Some(name.name.as_str()),
            _ => None,
        };
        if let Some(init) = &it.init {
            self.bind(&it.id, init);
        }
        self.declaring.push(name);
        walk::walk_variable_declarator(self, it);
        self.declaring.pop();
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Some(names) = path::of(&it.callee) {
            self.call(names.as_slice(), it);
        }
        if let Expression::StaticMemberExpression(callee) = &it.callee {
            self.callee = callee.span;
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let property = it.property.name.as_str();
        match path::last_name(&it.object) {
            Some("entities") if is_entity_name(property) => {
                let line = self.line(it.span.start);
                self.facts.mentions.push((property.to_owned(), line));
            }
            Some("env") if property.len() > 2 && property.bytes().all(|one| !one.is_ascii_lowercase()) => {
                self.variable(property, it.span.start);
            }
            Some(object)
                if object.len() > 2 && it.span != self.callee && object.starts_with(|one: char| one.is_lowercase()) =>
            {
                self.members.push((object, property, it.span.start));
            }
            _ => {}
        }
        walk::walk_static_member_expression(self, it);
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        let equal = matches!(it.operator, BinaryOperator::StrictEquality | BinaryOperator::Equality);
        if equal
            && self.facts.per_user.is_none()
            && ((is_owner_member(&it.left) && is_user_value(&it.right))
                || (is_owner_member(&it.right) && is_user_value(&it.left)))
        {
            self.facts.per_user = Some(self.line(it.span.start));
        }
        walk::walk_binary_expression(self, it);
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        let nested = self.object(it);
        walk::walk_object_expression(self, it);
        if nested {
            self.routes.pop();
        }
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.url(it.value.as_str(), it.span.start);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.url(it.value.raw.as_str(), it.span.start);
    }

    fn visit_jsx_attribute(&mut self, it: &JSXAttribute<'a>) {
        let name = it.name.as_identifier().map_or("", |name| name.name.as_str());
        match &it.value {
            Some(JSXAttributeValue::StringLiteral(text)) if name == "action" => {
                self.url(text.value.as_str(), text.span.start);
            }
            // Styles and labels are most strings of a page, and only a form's target reaches a service.
            Some(JSXAttributeValue::StringLiteral(_)) | None => {}
            // Nothing but styles, however long the expression.
            Some(_) if matches!(name, "className" | "style") => {}
            Some(_) => walk::walk_jsx_attribute(self, it),
        }
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        let nested = self.element(it);
        walk::walk_jsx_element(self, it);
        if nested {
            self.routes.pop();
        }
    }

    fn visit_jsx_text(&mut self, it: &JSXText<'a>) {
        self.word(it.value.as_str(), it.span.start);
    }

    // Types say nothing that a schema does not say better.
    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
}

impl<'a> Visitor<'a> {
    pub(crate) fn line(&self, offset: u32) -> u32 {
        self.lines.line(offset)
    }

    /// Notes the host in a text, and the service behind it.
    fn url(&mut self, text: &str, offset: u32) {
        let Some(found) = service::of_url(text) else { return };
        let line = self.line(offset);
        if let Some(name) = found.service {
            self.facts.services.push(Service {
                name: name.to_owned(),
                host: Some(found.host.to_owned()),
                line,
                ..Service::default()
            });
        }
        if found.called && !self.facts.hosts.iter().any(|(known, _, _)| known == found.host) {
            self.facts.hosts.push((found.host.to_owned(), found.hook, line));
        }
    }

    /// Notes an environment variable, and the service it belongs to.
    pub(crate) fn variable(&mut self, name: &str, offset: u32) {
        let line = self.line(offset);
        if let Some(found) = service::of_variable(name) {
            self.facts.services.push(Service {
                name: found.to_owned(),
                variable: Some(name.to_owned()),
                line,
                ..Service::default()
            });
        }
        if !service::is_own_variable(name) && !self.facts.variables.iter().any(|(known, _)| known == name) {
            self.facts.variables.push((name.to_owned(), line));
        }
    }

    fn import(&mut self, source: &'a str, names: &[(&'a str, &'a str)], offset: u32) {
        let own = source.starts_with(['.', '@', '~', '/', '#']) || source.starts_with("src/");
        if let Some(found) = service::of_package(source) {
            let line = self.line(offset);
            self.facts.services.push(Service {
                name: found.to_owned(),
                line,
                ..Service::default()
            });
        }
        if let Some(version) = source.strip_prefix("npm:@base44/sdk@") {
            self.facts.sdk = Some(version.split('/').next().unwrap_or(version).to_owned());
        }
        if source.ends_with("base44Client") || source.contains("@base44/") {
            self.facts.base44 = true;
        }
        self.bind_import(source, names, offset);
        if own {
            let mut import = Import::of(source);
            for (imported, local) in names {
                import.name(imported, local);
            }
            self.facts.imports.push(import);
        }
    }

    /// Remembers what imported names stand for: `@/entities/X`, `@/functions/x`, `@/integrations/Core`.
    fn bind_import(&mut self, source: &'a str, names: &[(&'a str, &'a str)], offset: u32) {
        let (folder, last) = source.rsplit_once('/').unwrap_or(("", source));
        let last = last.trim_end_matches(".js").trim_end_matches(".ts");
        for (imported, local) in names {
            let bound = if folder.ends_with("/entities") || folder == "entities" || last == "entities" {
                let entity = if *imported == "default" { last } else { imported };
                match entity {
                    "*" => Some(Bound::Entities),
                    "Query" => None,
                    name if is_entity_name(name) && (last == name || last == "entities") => Some(Bound::Entity(name)),
                    _ => None,
                }
            } else if folder.ends_with("/functions") || last == "functions" {
                Some(Bound::Function(if *imported == "default" { last } else { imported }))
            } else if last == "Core" || last == "integrations" || folder.ends_with("/integrations") {
                match *imported {
                    "Core" | "*" | "default" => Some(Bound::Core),
                    name => Some(Bound::Integration(name)),
                }
            } else {
                None
            };
            if let Some(bound) = bound {
                // Everyone imports `User` to ask who is there; that makes it no part of the app's data.
                if let Bound::Entity(entity) = bound
                    && entity != "User"
                {
                    let line = self.line(offset);
                    self.facts.mentions.push((entity.to_owned(), line));
                }
                self.bound.insert(local, bound);
            }
        }
    }

    /// Remembers what a declaration's names stand for.
    fn bind(&mut self, id: &BindingPattern<'a>, init: &Expression<'a>) {
        if let (BindingPattern::BindingIdentifier(name), Expression::StringLiteral(text)) = (id, path::bare(init)) {
            self.constants.insert(name.name.as_str(), text.value.as_str());
            return;
        }
        let Some(names) = path::of(init) else { return };
        let names = names.as_slice();
        let hangs_on = |name: &str| names.last().is_some_and(|last| *last == name);
        match id {
            BindingPattern::BindingIdentifier(name) => {
                let local = name.name.as_str();
                if let [.., "entities", entity] = names {
                    if is_entity_name(entity) {
                        self.bound.insert(local, Bound::Entity(entity));
                    }
                } else if hangs_on("entities") {
                    self.bound.insert(local, Bound::Entities);
                } else if let [.., "Core", integration] = names {
                    self.bound.insert(local, Bound::Integration(integration));
                }
            }
            BindingPattern::ObjectPattern(pattern) => {
                let from_entities =
                    hangs_on("entities") || matches!(names, [one] if self.bound.get(*one) == Some(&Bound::Entities));
                for property in &pattern.properties {
                    let (Some(key), BindingPattern::BindingIdentifier(local)) =
                        (static_key(&property.key), &property.value)
                    else {
                        continue;
                    };
                    let local = local.name.as_str();
                    if from_entities && is_entity_name(key) {
                        self.bound.insert(local, Bound::Entity(key));
                    } else if hangs_on("Core") {
                        self.bound.insert(local, Bound::Integration(key));
                    } else if key == "entities" {
                        self.bound.insert(local, Bound::Entities);
                    } else if key == "Core" && hangs_on("integrations") {
                        self.bound.insert(local, Bound::Core);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name a nameless `import("./Page")` goes by.
pub(crate) fn lazy_name(source: &str) -> String {
    format!("import:{source}")
}

/// A property's name where it is plain text.
pub(crate) fn static_key<'a>(key: &oxc_ast::ast::PropertyKey<'a>) -> Option<&'a str> {
    match key {
        oxc_ast::ast::PropertyKey::StaticIdentifier(name) => Some(name.name.as_str()),
        oxc_ast::ast::PropertyKey::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
}

fn specifier_names<'a>(one: &ImportDeclarationSpecifier<'a>) -> (&'a str, &'a str) {
    match one {
        ImportDeclarationSpecifier::ImportSpecifier(it) => {
            let imported = match &it.imported {
                oxc_ast::ast::ModuleExportName::IdentifierName(name) => name.name.as_str(),
                oxc_ast::ast::ModuleExportName::IdentifierReference(name) => name.name.as_str(),
                oxc_ast::ast::ModuleExportName::StringLiteral(text) => text.value.as_str(),
            };
            (imported, it.local.name.as_str())
        }
        ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => ("default", it.local.name.as_str()),
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => ("*", it.local.name.as_str()),
    }
}

pub(crate) fn is_entity_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// `user.email`, `currentUser?.id`: a value that is the signed-in user's own.
pub(crate) fn is_user_value(value: &Expression<'_>) -> bool {
    match path::of(value).as_ref().map(path::Names::as_slice) {
        Some([.., who, "email" | "id"]) => is_user_name(who),
        Some([name]) => matches!(
            plain(name).as_str(),
            "useremail" | "currentuseremail" | "myemail" | "currentuserid"
        ),
        _ => false,
    }
}

fn is_user_name(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "user" | "currentuser" | "me" | "authuser" | "loggedinuser" | "userdata" | "session"
    )
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|one| *one != '_')
        .map(|one| one.to_ascii_lowercase())
        .collect()
}

/// `task.created_by`, `b.client_email`: a member that says whose a record is.
fn is_owner_member(value: &Expression<'_>) -> bool {
    match path::of(value).as_ref().map(path::Names::as_slice) {
        Some([record, .., field]) if !is_user_name(record) => {
            let field = field.to_ascii_lowercase();
            field.starts_with("created_by")
                || field.ends_with("email")
                || field.ends_with("user_id")
                || field.ends_with("userid")
                || field.contains("owner")
                || field.starts_with("assigned_to")
        }
        _ => false,
    }
}
