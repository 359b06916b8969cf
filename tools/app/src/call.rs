//! What calls say: entities read and written, functions called, connectors and services asked for.

use oxc_ast::ast::{Argument, CallExpression, Expression, ObjectPropertyKind};

use crate::Kind;
use crate::facts::{Import, Route, Service, Use};
use crate::path;
use crate::role;
use crate::visit::{Bound, Visitor, is_entity_name, is_user_value, static_key};

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
/// Members of records and lists that are no fields.
const NO_FIELDS: &[&str] = &[
    "length",
    "data",
    "id",
    "current",
    "name_",
    "error",
    "isLoading",
    "mutate",
    "then",
    "map",
    "filter",
    "target",
    "value",
    "key",
    "props",
    "children",
    "default",
];

/// A call whose meaning depends on a name that may be bound further down.
pub(crate) struct Pending<'a> {
    name: &'a str,
    rest: Option<&'a str>,
    line: u32,
    fields: Vec<(String, Kind, u32)>,
    argument: Option<&'a str>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn call(&mut self, names: &[&'a str], it: &CallExpression<'a>) {
        match names {
            [.., "entities", entity, method] if is_entity_name(entity) => self.entity_use(entity, method, it),
            [.., "functions", "invoke"] => {
                if let Some(name) = self.text_argument(it) {
                    let line = self.line(it.span.start);
                    self.facts.invokes.push((name.to_owned(), line));
                }
            }
            [_, .., "functions", name] if *name != "fetch" => {
                let line = self.line(it.span.start);
                self.facts.invokes.push(((*name).to_owned(), line));
            }
            [.., "integrations", "Core", name] => self.core(name, self.line(it.span.start)),
            [.., "connectors", method] if method.starts_with("get") => {
                let id = self.text_argument(it).unwrap_or_default().to_owned();
                let line = self.line(it.span.start);
                self.facts.connectors.push((id, method.contains("AppUser"), line));
            }
            [.., "env", "get"] => {
                if let Some(name) = self.text_argument(it) {
                    self.variable(name, it.span.start);
                }
            }
            [.., "auth", "me"] => {
                let line = self.line(it.span.start);
                self.facts.asks_user.get_or_insert(line);
            }
            [.., "prisma" | "db", model, method] if let Some(method) = prisma_method(method) => {
                let entity = capital(model);
                self.table_use(entity, method, it);
            }
            ["()", method] if let Some(method) = table_method(method) => {
                if let Some(table) = self.table_of(&it.callee) {
                    self.table_use(table.to_owned(), method, it);
                }
            }
            ["register"] | [_, "register"] => {
                if let Some(Argument::StringLiteral(name)) = it.arguments.first() {
                    self.form_field(name.value.as_str(), None, name.span.start);
                }
            }
            ["route" | "index"] => self.route_call(names == ["index"], it),
            [name] | [name, _] if *name != "()" => self.plain_call(name, names.get(1).copied(), it),
            [name, entity, method] if METHODS.contains(method) && self.bound.get(*name) == Some(&Bound::Entities) => {
                self.entity_use(entity, method, it);
            }
            _ => {}
        }
    }

    fn entity_use(&mut self, entity: &str, method: &str, it: &CallExpression<'a>) {
        self.user_filter(method, it);
        let call = Use {
            entity: entity.to_owned(),
            method: method.to_owned(),
            line: self.line(it.span.start),
            fields: self.argument_fields(it),
        };
        self.facts.uses.push(call);
    }

    fn table_use(&mut self, entity: String, method: &str, it: &CallExpression<'a>) {
        let call = Use {
            entity,
            method: method.to_owned(),
            line: self.line(it.span.start),
            fields: Vec::new(),
        };
        self.facts.uses.push(call);
    }

    fn core(&mut self, name: &str, line: u32) {
        self.facts.services.push(Service {
            name: format!("Core.{name}"),
            line,
            ..Service::default()
        });
    }

    /// `name(…)` or `name.rest(…)`.
    fn plain_call(&mut self, name: &'a str, rest: Option<&'a str>, it: &CallExpression<'a>) {
        if rest.is_some_and(|method| !METHODS.contains(&method) && name != "Core") {
            return;
        }
        let is_bound = self.bound.contains_key(name);
        if !is_bound && (rest.is_none() || !is_entity_name(name)) {
            return;
        }
        if let (Some(Bound::Entity(_)), Some(method)) = (self.bound.get(name), rest) {
            self.user_filter(method, it);
        }
        self.pending.push(Pending {
            name,
            rest,
            line: self.line(it.span.start),
            fields: self.argument_fields(it),
            argument: self.text_argument(it),
        });
    }

    /// `route("path", "./file")` and `index("./file")` of React Router's `routes.ts`.
    fn route_call(&mut self, index: bool, it: &CallExpression<'a>) {
        let texts: Vec<&str> = it
            .arguments
            .iter()
            .filter_map(|one| match one {
                Argument::StringLiteral(text) => Some(text.value.as_str()),
                _ => None,
            })
            .collect();
        let (path, file) = match (index, texts.as_slice()) {
            (true, [file]) => ("", *file),
            (false, [path, file]) => (*path, *file),
            _ => return,
        };
        let local = crate::visit::lazy_name(file);
        let source = if file.starts_with('.') {
            file.to_owned()
        } else {
            format!("./{file}")
        };
        let mut import = Import::of(&source);
        import.name("default", &local);
        self.facts.imports.push(import);
        self.facts.routes.push(Route {
            path: format!("/{}", path.trim_matches('/')),
            named: vec![local],
            line: self.line(it.span.start),
        });
    }

    /// The table of `client.from("table")` that a chain begins with.
    fn table_of(&self, callee: &Expression<'a>) -> Option<&'a str> {
        let Expression::StaticMemberExpression(member) = path::bare(callee) else {
            return None;
        };
        let Expression::CallExpression(call) = path::bare(&member.object) else {
            return None;
        };
        let names = path::of(&call.callee)?;
        match names.as_slice() {
            [client, .., "from"] if *client != "Array" && *client != "()" => match call.arguments.first()? {
                Argument::StringLiteral(text) => Some(text.value.as_str()),
                Argument::Identifier(name) => self.constants.get(name.name.as_str()).copied(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Resolves what waited for its name.
    pub(crate) fn settle(&mut self) {
        for call in std::mem::take(&mut self.pending) {
            match (self.bound.get(&call.name), call.rest) {
                (Some(Bound::Entity(entity)), Some(method)) => self.facts.uses.push(Use {
                    entity: (*entity).to_owned(),
                    method: method.to_owned(),
                    line: call.line,
                    fields: call.fields,
                }),
                (Some(Bound::Function(function)), None) => {
                    let name = match *function {
                        "invoke" => call.argument.unwrap_or_default(),
                        name => name,
                    };
                    self.facts.invokes.push((name.to_owned(), call.line));
                }
                (Some(Bound::Integration(name)), None) => self.core(name, call.line),
                (Some(Bound::Core), Some(name)) => self.core(name, call.line),
                _ => {}
            }
        }
        self.settle_members();
        self.facts.uses.sort_by_key(|one| one.line);
        self.facts.invokes.sort_by_key(|one| one.1);
        self.facts.services.sort_by_key(|one| one.line);
    }

    /// `booking.client_email` beside a call on `Booking` says that a booking has a client's e-mail.
    fn settle_members(&mut self) {
        let members = std::mem::take(&mut self.members);
        let mut entities: Vec<&str> = self.facts.uses.iter().map(|one| one.entity.as_str()).collect();
        entities.sort_unstable();
        entities.dedup();
        if entities.is_empty() {
            return;
        }
        let mut found = Vec::new();
        for entity in entities {
            let words = role::tokens(entity);
            let (whole, last) = (words.concat(), words.last().cloned().unwrap_or_default());
            for (object, property, offset) in &members {
                let named = object.eq_ignore_ascii_case(&whole) || object.eq_ignore_ascii_case(&last);
                if named && !NO_FIELDS.contains(property) {
                    found.push((entity.to_owned(), (*property).to_owned(), self.line(*offset)));
                }
            }
        }
        found.sort_by(|one: &(String, String, u32), other| (&one.0, &one.1, one.2).cmp(&(&other.0, &other.1, other.2)));
        found.dedup_by(|one, other| (&one.0, &one.1) == (&other.0, &other.1));
        found.sort_by_key(|one| one.2);
        self.facts.members = found;
    }

    /// The first argument, when it is a text or a name for one.
    fn text_argument(&self, it: &CallExpression<'a>) -> Option<&'a str> {
        match it.arguments.first()? {
            Argument::StringLiteral(text) => Some(text.value.as_str()),
            Argument::Identifier(name) => {
                let name = name.name.as_str();
                Some(self.constants.get(name).copied().unwrap_or(name))
            }
            _ => None,
        }
    }

    /// Notes that a query asks for the signed-in user's own records.
    fn user_filter(&mut self, method: &str, it: &CallExpression<'a>) {
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

    /// Fields named in a call's object arguments, and by the order it asks for.
    fn argument_fields(&self, it: &CallExpression<'a>) -> Vec<(String, Kind, u32)> {
        let mut fields = Vec::new();
        for argument in &it.arguments {
            match argument {
                Argument::ObjectExpression(object) => {
                    for one in &object.properties {
                        if let ObjectPropertyKind::ObjectProperty(property) = one
                            && let Some(name) = static_key(&property.key)
                            && !name.starts_with('$')
                        {
                            let line = self.line(property.span.start);
                            fields.push((name.to_owned(), kind_of(&property.value), line));
                        }
                    }
                }
                Argument::StringLiteral(order) if order.value.starts_with('-') => {
                    let line = self.line(order.span.start);
                    fields.push((order.value[1..].to_owned(), Kind::String, line));
                }
                _ => {}
            }
        }
        fields
    }
}

/// The kind a value shows in code; text where nothing tells.
fn kind_of(value: &Expression<'_>) -> Kind {
    match path::bare(value) {
        Expression::NumericLiteral(_) => Kind::Number,
        Expression::BooleanLiteral(_) => Kind::Boolean,
        Expression::ArrayExpression(_) => Kind::Array,
        Expression::ObjectExpression(_) => Kind::Object,
        Expression::CallExpression(call) => match path::of(&call.callee).as_ref().map(path::Names::as_slice) {
            Some(["Number" | "parseFloat"] | [.., "parseFloat"]) => Kind::Number,
            Some(["parseInt"] | [.., "parseInt"]) => Kind::Integer,
            _ => Kind::String,
        },
        _ => Kind::String,
    }
}

/// The SDK's word for a method of Prisma's client.
fn prisma_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "findMany" => "list",
        "findUnique" | "findFirst" | "findUniqueOrThrow" | "findFirstOrThrow" => "get",
        "create" => "create",
        "createMany" | "createManyAndReturn" => "bulkCreate",
        "update" => "update",
        "updateMany" => "updateMany",
        "upsert" => "upsert",
        "delete" => "delete",
        "deleteMany" => "deleteMany",
        "count" => "count",
        "aggregate" | "groupBy" => "aggregate",
        _ => return None,
    })
}

/// The SDK's word for a method of Supabase's client.
fn table_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "select" => "list",
        "insert" => "create",
        "update" => "update",
        "upsert" => "upsert",
        "delete" => "delete",
        _ => return None,
    })
}

/// `salesOrder` → `SalesOrder`, as Prisma's client names its models.
fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
