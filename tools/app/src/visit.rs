//! Walks a parsed file once and writes down what it says of the app.
//!
//! Names are resolved within the file by what they were bound to (`const { Task } =
//! base44.entities`), without scopes: real apps do not reuse an entity's name for something
//! else, and a call must also have an SDK method's name to count.

use std::collections::HashMap;

use oxc_ast::ast::{
    Argument, BinaryExpression, BindingPattern, CallExpression, ExportAllDeclaration, ExportFromDeclaration,
    Expression, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression, JSXElement, ObjectExpression,
    ObjectPropertyKind, Program, StaticMemberExpression, StringLiteral, TemplateElement, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::operator::BinaryOperator;

use crate::Kind;
use crate::facts::{Facts, Import, LazyLines, Use};
use crate::{path, service};

/// Methods of the SDK's entity handlers.
pub(crate) const METHODS: &[&str] = &[
    "list",
    "filter",
    "get",
    "create",
    "update",
    "upsert",
    "delete",
    "deleteMany",
    "updateMany",
    "bulkCreate",
    "bulkUpdate",
    "importEntities",
    "count",
    "aggregate",
    "subscribe",
    "find",
    "findOne",
    "restore",
];

/// The facts of a program.
pub(crate) fn facts(program: &Program<'_>, text: &str) -> Facts {
    let mut visitor = Visitor {
        facts: Facts::default(),
        lines: LazyLines::of(text),
        bound: HashMap::new(),
        constants: HashMap::new(),
        pending: Vec::new(),
        declaring: Vec::new(),
        routes: Vec::new(),
    };
    visitor.visit_program(program);
    visitor.settle();
    visitor.facts
}

/// What a local name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound {
    /// An entity.
    Entity(String),
    /// The object all entities hang on.
    Entities,
    /// A backend function.
    Function(String),
    /// An integration of the platform (`SendEmail`).
    Integration(String),
    /// The integrations object (`Core`).
    Core,
}

/// A call whose meaning depends on a name that may be bound further down.
struct Pending {
    name: String,
    rest: Option<String>,
    line: u32,
    fields: Vec<(String, Kind, u32)>,
    argument: Option<String>,
}

pub(crate) struct Visitor<'t> {
    pub(crate) facts: Facts,
    lines: LazyLines<'t>,
    bound: HashMap<String, Bound>,
    constants: HashMap<String, String>,
    pending: Vec<Pending>,
    declaring: Vec<Option<String>>,
    /// Paths of the routes that enclose the present element.
    pub(crate) routes: Vec<String>,
}

impl<'a> Visit<'a> for Visitor<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let source = it.source.value.as_str();
        let names = it.specifiers.iter().flatten().map(specifier_names).collect();
        self.import(source, names, it.span.start);
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
            let local = self
                .declaring
                .iter()
                .rev()
                .flatten()
                .next()
                .cloned()
                .unwrap_or_default();
            self.facts.imports.push(Import {
                source: source.value.to_string(),
                names: vec![("default".to_owned(), local)],
            });
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        let name = match &it.id {
            BindingPattern::BindingIdentifier(name) => Some(name.name.to_string()),
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
            self.call(&names, it);
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
            Some("env") => {
                if let Some(found) = service::of_variable(property) {
                    let line = self.line(it.span.start);
                    self.facts.services.push((found.to_owned(), line));
                }
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
        self.object(it);
        walk::walk_object_expression(self, it);
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.url(it.value.as_str(), it.span.start);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.url(it.value.raw.as_str(), it.span.start);
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        let nested = self.element(it);
        walk::walk_jsx_element(self, it);
        if nested {
            self.routes.pop();
        }
    }

    fn visit_jsx_text(&mut self, it: &oxc_ast::ast::JSXText<'a>) {
        self.word(it.value.as_str());
    }
}

impl Visitor<'_> {
    pub(crate) fn line(&self, offset: u32) -> u32 {
        self.lines.line(offset)
    }

    /// Notes the service behind a URL in a text.
    fn url(&mut self, text: &str, offset: u32) {
        if let Some(found) = service::of_url(text) {
            let line = self.line(offset);
            self.facts.services.push((found.to_owned(), line));
        }
    }

    fn import(&mut self, source: &str, names: Vec<(String, String)>, offset: u32) {
        if let Some(found) = service::of_package(source) {
            let line = self.line(offset);
            self.facts.services.push((found.to_owned(), line));
        }
        if let Some(version) = source.strip_prefix("npm:@base44/sdk@") {
            self.facts.sdk = Some(version.split('/').next().unwrap_or(version).to_owned());
        }
        let (folder, last) = source.rsplit_once('/').unwrap_or(("", source));
        let last = last.trim_end_matches(".js").trim_end_matches(".ts");
        for (imported, local) in &names {
            let bound = if folder.ends_with("/entities") || folder == "entities" || last == "entities" {
                let entity = if imported == "default" { last } else { imported };
                match entity {
                    "*" => Some(Bound::Entities),
                    "Query" => None,
                    name if is_entity_name(name) => Some(Bound::Entity(name.to_owned())),
                    _ => None,
                }
            } else if folder.ends_with("/functions") || last == "functions" {
                let name = if imported == "default" { last } else { imported };
                Some(Bound::Function(name.to_owned()))
            } else if last == "Core" || last == "integrations" || folder.ends_with("/integrations") {
                match imported.as_str() {
                    "Core" | "*" | "default" => Some(Bound::Core),
                    name => Some(Bound::Integration(name.to_owned())),
                }
            } else {
                None
            };
            if let Some(bound) = bound {
                self.bound.insert(local.clone(), bound);
            }
        }
        self.facts.imports.push(Import {
            source: source.to_owned(),
            names,
        });
    }

    /// Remembers what a declaration's names stand for.
    fn bind(&mut self, id: &BindingPattern<'_>, init: &Expression<'_>) {
        if let (BindingPattern::BindingIdentifier(name), Expression::StringLiteral(text)) = (id, path::bare(init)) {
            self.constants.insert(name.name.to_string(), text.value.to_string());
            return;
        }
        let Some(names) = path::of(init) else { return };
        let hangs_on = |name: &str| names.last().is_some_and(|last| *last == name);
        match id {
            BindingPattern::BindingIdentifier(name) => {
                let local = name.name.to_string();
                if let [.., "entities", entity] = names.as_slice() {
                    if is_entity_name(entity) {
                        self.bound.insert(local, Bound::Entity((*entity).to_owned()));
                    }
                } else if hangs_on("entities") {
                    self.bound.insert(local, Bound::Entities);
                } else if let [.., "Core", integration] = names.as_slice() {
                    self.bound.insert(local, Bound::Integration((*integration).to_owned()));
                }
            }
            BindingPattern::ObjectPattern(pattern) => {
                let from_entities = hangs_on("entities")
                    || matches!(names.as_slice(), [one] if self.bound.get(*one) == Some(&Bound::Entities));
                for property in &pattern.properties {
                    let Some(key) = property.key.static_name() else {
                        continue;
                    };
                    let BindingPattern::BindingIdentifier(local) = &property.value else {
                        continue;
                    };
                    let local = local.name.to_string();
                    if from_entities && is_entity_name(&key) {
                        self.bound.insert(local, Bound::Entity(key.into_owned()));
                    } else if hangs_on("Core") {
                        self.bound.insert(local, Bound::Integration(key.into_owned()));
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

    fn call(&mut self, names: &[&str], it: &CallExpression<'_>) {
        let line = |visitor: &Self| visitor.line(it.span.start);
        match names {
            [.., "entities", entity, method] if is_entity_name(entity) => {
                let call = Use {
                    entity: (*entity).to_owned(),
                    method: (*method).to_owned(),
                    line: line(self),
                    fields: self.argument_fields(it),
                };
                self.user_filter(method, it);
                self.facts.uses.push(call);
            }
            [.., "functions", "invoke"] => {
                if let Some(name) = self.text_argument(it) {
                    self.facts.invokes.push((name, line(self)));
                }
            }
            [_, .., "functions", name] if *name != "fetch" => {
                self.facts.invokes.push(((*name).to_owned(), line(self)));
            }
            [.., "integrations", "Core", name] => {
                self.facts.services.push((format!("Core.{name}"), line(self)));
            }
            [.., "connectors", method] if method.starts_with("get") => {
                let app_user = method.contains("AppUser");
                let id = self.text_argument(it).unwrap_or_default();
                self.facts.connectors.push((id, app_user, line(self)));
            }
            [.., "env", "get"] => {
                let found = self.text_argument(it).as_deref().and_then(service::of_variable);
                if let Some(found) = found {
                    self.facts.services.push((found.to_owned(), line(self)));
                }
            }
            ["register"] | [_, "register"] => {
                if let Some(Argument::StringLiteral(name)) = it.arguments.first() {
                    self.form_field(name.value.as_str());
                }
            }
            [name] | [name, _] if *name != "()" => {
                let rest = names.get(1).map(|method| (*method).to_owned());
                if rest
                    .as_deref()
                    .is_some_and(|method| !METHODS.contains(&method) && *name != "Core")
                {
                    return;
                }
                let is_bound = self.bound.contains_key(*name);
                if !is_bound && (rest.is_none() || !is_entity_name(name)) {
                    return;
                }
                if let (Some(Bound::Entity(_)), Some(method)) = (self.bound.get(*name), &rest) {
                    self.user_filter(method, it);
                }
                self.pending.push(Pending {
                    name: (*name).to_owned(),
                    rest,
                    line: line(self),
                    fields: self.argument_fields(it),
                    argument: self.text_argument(it),
                });
            }
            [name, entity, method] if METHODS.contains(method) && self.bound.get(*name) == Some(&Bound::Entities) => {
                self.user_filter(method, it);
                let call = Use {
                    entity: (*entity).to_owned(),
                    method: (*method).to_owned(),
                    line: line(self),
                    fields: self.argument_fields(it),
                };
                self.facts.uses.push(call);
            }
            _ => {}
        }
    }

    /// Resolves the calls that waited for their names.
    fn settle(&mut self) {
        for call in std::mem::take(&mut self.pending) {
            match (self.bound.get(&call.name), call.rest) {
                (Some(Bound::Entity(entity)), Some(method)) => self.facts.uses.push(Use {
                    entity: entity.clone(),
                    method,
                    line: call.line,
                    fields: call.fields,
                }),
                (Some(Bound::Function(function)), None) => {
                    let name = match function.as_str() {
                        "invoke" => call.argument.unwrap_or_default(),
                        name => name.to_owned(),
                    };
                    self.facts.invokes.push((name, call.line));
                }
                (Some(Bound::Integration(name)), None) => {
                    self.facts.services.push((format!("Core.{name}"), call.line));
                }
                (Some(Bound::Core), Some(name)) => {
                    self.facts.services.push((format!("Core.{name}"), call.line));
                }
                _ => {}
            }
        }
        let order = |uses: &mut Vec<Use>| uses.sort_by_key(|one| one.line);
        order(&mut self.facts.uses);
        self.facts.invokes.sort_by_key(|one| one.1);
        self.facts.services.sort_by_key(|one| one.1);
    }

    /// The first argument, when it is a text or a name for one.
    fn text_argument(&self, it: &CallExpression<'_>) -> Option<String> {
        match it.arguments.first()? {
            Argument::StringLiteral(text) => Some(text.value.to_string()),
            Argument::Identifier(name) => Some(
                self.constants
                    .get(name.name.as_str())
                    .cloned()
                    .unwrap_or_else(|| name.name.to_string()),
            ),
            _ => None,
        }
    }

    /// Notes that a query asks for the signed-in user's own records.
    fn user_filter(&mut self, method: &str, it: &CallExpression<'_>) {
        if self.facts.per_user.is_some() || method == "create" || method == "bulkCreate" {
            return;
        }
        if let Some(Argument::ObjectExpression(object)) = it.arguments.first() {
            let own = object.properties.iter().any(|one| match one {
                ObjectPropertyKind::ObjectProperty(property) => is_user_value(&property.value),
                ObjectPropertyKind::SpreadProperty(_) => false,
            });
            if own {
                self.facts.per_user = Some(self.line(it.span.start));
            }
        }
    }

    /// Fields named in a call's object arguments.
    fn argument_fields(&self, it: &CallExpression<'_>) -> Vec<(String, Kind, u32)> {
        let mut fields = Vec::new();
        for argument in &it.arguments {
            if let Argument::ObjectExpression(object) = argument {
                for one in &object.properties {
                    if let ObjectPropertyKind::ObjectProperty(property) = one
                        && let Some(name) = property.key.static_name()
                        && !name.starts_with('$')
                    {
                        let line = self.line(property.span.start);
                        fields.push((name.into_owned(), kind_of(&property.value), line));
                    }
                }
            }
        }
        fields
    }
}

fn specifier_names(one: &ImportDeclarationSpecifier<'_>) -> (String, String) {
    match one {
        ImportDeclarationSpecifier::ImportSpecifier(it) => (it.imported.name().to_string(), it.local.name.to_string()),
        ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => ("default".to_owned(), it.local.name.to_string()),
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => ("*".to_owned(), it.local.name.to_string()),
    }
}

fn is_entity_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// The kind a value shows in code; text where nothing tells.
fn kind_of(value: &Expression<'_>) -> Kind {
    match path::bare(value) {
        Expression::NumericLiteral(_) => Kind::Number,
        Expression::BooleanLiteral(_) => Kind::Boolean,
        Expression::ArrayExpression(_) => Kind::Array,
        Expression::ObjectExpression(_) => Kind::Object,
        Expression::CallExpression(call) => match path::of(&call.callee).as_deref() {
            Some(["Number" | "parseFloat"] | [.., "parseFloat"]) => Kind::Number,
            Some(["parseInt"] | [.., "parseInt"]) => Kind::Integer,
            _ => Kind::String,
        },
        _ => Kind::String,
    }
}

/// `user.email`, `currentUser?.id`: a value that is the signed-in user's own.
fn is_user_value(value: &Expression<'_>) -> bool {
    match path::of(value).as_deref() {
        Some([.., who, "email" | "id"]) => is_user_name(who),
        Some([name]) => matches!(
            name.to_ascii_lowercase().replace('_', "").as_str(),
            "useremail" | "currentuseremail" | "myemail" | "currentuserid"
        ),
        _ => false,
    }
}

fn is_user_name(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().replace('_', "").as_str(),
        "user" | "currentuser" | "me" | "authuser" | "loggedinuser" | "userdata" | "session"
    )
}

/// `task.created_by`, `b.client_email`: a member that says whose a record is.
fn is_owner_member(value: &Expression<'_>) -> bool {
    match path::of(value).as_deref() {
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
