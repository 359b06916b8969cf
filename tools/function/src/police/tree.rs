//! P1, P2, P3, P9 and P10 as far as they can be read off the syntax tree, dead code included.

use std::collections::BTreeSet;

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use crate::Violation;
use crate::prove::flow::Parsed;

use super::violation;

/// Globals that a function may name.
const GLOBALS: &[&str] = &[
    "AbortController",
    "AbortSignal",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Blob",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "File",
    "Float64Array",
    "FormData",
    "Headers",
    "Infinity",
    "Int32Array",
    "Intl",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "RangeError",
    "RegExp",
    "Response",
    "Set",
    "String",
    "SyntaxError",
    "TextDecoder",
    "TextEncoder",
    "TypeError",
    "URL",
    "URLSearchParams",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "WeakMap",
    "WeakSet",
    "atob",
    "btoa",
    "clearInterval",
    "clearTimeout",
    "console",
    "crypto",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
    "performance",
    "queueMicrotask",
    "setInterval",
    "setTimeout",
    "structuredClone",
    "undefined",
];

/// Globals that make code out of data, or reach around what is checked.
const DYNAMIC: &[&str] = &[
    "AsyncFunction",
    "BroadcastChannel",
    "EventSource",
    "Function",
    "Proxy",
    "Reflect",
    "SharedWorker",
    "WebAssembly",
    "WebSocket",
    "WebSocketStream",
    "Worker",
    "XMLHttpRequest",
    "eval",
    "importScripts",
];

/// Members that lead out of a value into the language.
const MEMBERS: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "caller",
    "constructor",
    "prototype",
];

/// What may be imported from where.
const RUNTIME: &str = "base44:runtime";
const SDK: &str = "npm:@base44/sdk@";

pub(super) fn judge(parsed: &Parsed<'_>) -> Vec<Violation> {
    let mut tree = Tree {
        parsed,
        found: BTreeSet::new(),
        direct: BTreeSet::new(),
    };
    tree.visit_program(parsed.program);
    tree.comments();
    tree.found
        .into_iter()
        .map(|(line, rule, message)| violation(rule, line, message))
        .collect()
}

struct Tree<'p, 'a> {
    parsed: &'p Parsed<'a>,
    found: BTreeSet<(u32, &'static str, String)>,
    /// Where `fetch` and `Deno` are used in the one way that is allowed.
    direct: BTreeSet<u32>,
}

impl Tree<'_, '_> {
    fn refuse(&mut self, rule: &'static str, span: Span, message: impl Into<String>) {
        let line = self.parsed.lines.line(span.start);
        self.found.insert((line, rule, message.into()));
    }

    fn comments(&mut self) {
        for comment in &self.parsed.program.comments {
            let text = comment.content_span().source_text(self.parsed.source);
            let text = text.trim_start_matches(['/', '*', ' ', '!']);
            if text.starts_with("<reference") || text.starts_with("@deno-types") || text.starts_with("@jsxImportSource")
            {
                self.refuse(
                    "P1",
                    comment.span,
                    "A comment imports types from elsewhere. Import only the SDK, by `import`.",
                );
            }
        }
        if let Some(hashbang) = &self.parsed.program.hashbang {
            self.refuse(
                "P2",
                hashbang.span,
                "The file begins with `#!`. Remove that line: a function is not a script.",
            );
        }
    }

    /// A name that the file does not declare.
    fn is_global(&self, it: &IdentifierReference<'_>) -> bool {
        let Some(id) = it.reference_id.get() else {
            return true;
        };
        let reference = self.parsed.semantic.scoping().get_reference(id);
        reference.symbol_id().is_none() && (reference.is_value() || reference.is_write())
    }

    fn global(&mut self, name: &str, span: Span) {
        if GLOBALS.contains(&name) || self.direct.contains(&span.start) {
            return;
        }
        if DYNAMIC.contains(&name) {
            self.refuse("P2", span, format!("`{name}` makes code out of data, or opens a connection that isn't checked. Write the code out, and call providers with `fetch`."));
        } else if name == "fetch" {
            self.refuse("P3", span, "`fetch` is used as a value, so where it is called can't be seen. Call it directly, as `fetch(url, init)`.");
        } else if name == "Deno" {
            self.refuse("P3", span, "`Deno` is used for something other than `Deno.serve(…)` and `Deno.env.get(\"NAME\")`. Use only these two.");
        } else {
            self.refuse("P3", span, format!("`{name}` is not one of the globals that a function may use. Use `fetch`, `Response`, `URL`, `JSON`, `Math`, `Date`, `Intl`, `crypto` and the plain containers."));
        }
    }

    /// `then` makes any object a promise that runs code when it is awaited; `toString` and the
    /// like run when it is merely put into a text.
    fn implicit(&mut self, name: &str, span: Span) {
        if matches!(name, "then" | "toString" | "valueOf" | "toJSON" | "toLocaleString") {
            self.refuse("P2", span, format!("`{name}` runs when the object is merely awaited or written out. Give the member another name, and use that."));
        }
    }

    fn member(&mut self, name: &str, span: Span) {
        if MEMBERS.contains(&name) {
            self.refuse("P2", span, format!("`.{name}` leads out of the value into the language itself. Write a plain function or object instead."));
        }
    }

    fn specifier(&mut self, specifier: &str, span: Span) {
        if specifier == RUNTIME {
            return;
        }
        if let Some(version) = specifier.strip_prefix(SDK) {
            if is_exact(version) {
                return;
            }
            self.refuse(
                "P1",
                span,
                format!("`{specifier}` does not name one exact version. Write it as `npm:@base44/sdk@0.8.31`."),
            );
        } else if specifier.starts_with("npm:@base44/sdk") {
            self.refuse(
                "P1",
                span,
                format!("`{specifier}` does not name an exact version. Write it as `npm:@base44/sdk@0.8.31`."),
            );
        } else if specifier.starts_with(['.', '/']) {
            self.refuse("P1", span, format!("`{specifier}` is another file, which isn't reviewed with this one. Put what is needed into this file."));
        } else {
            self.refuse("P1", span, format!("`{specifier}` is not on the list of imports. Only `npm:@base44/sdk@x.y.z` and `base44:runtime` are; call providers with `fetch`."));
        }
    }

    fn identifier(&mut self, name: &str, span: Span) {
        let text = span.source_text(self.parsed.source);
        if text.contains('\\') {
            self.refuse(
                "P9",
                span,
                format!("The name `{name}` is written with escapes. Write it plainly."),
            );
        }
        if mixes_scripts(name) {
            self.refuse(
                "P9",
                span,
                format!(
                    "The name `{name}` mixes letters of different scripts that look alike. Use the letters of one."
                ),
            );
        }
    }
}

/// Digits, dots: `0.8.31`.
fn is_exact(version: &str) -> bool {
    let parts: Vec<&str> = version.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.len() < 6 && part.bytes().all(|b| b.is_ascii_digit()))
}

fn mixes_scripts(name: &str) -> bool {
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    let alike = name.chars().any(|c| {
        matches!(u32::from(c), 0x0370..=0x052F | 0x0530..=0x058F | 0x13A0..=0x13FF | 0xFF21..=0xFF5A | 0x1D400..=0x1D7FF)
    });
    latin && alike
}

impl<'a> Visit<'a> for Tree<'_, 'a> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.specifier(&it.source.value, it.span);
        if it.with_clause.is_some() || it.phase.is_some() {
            self.refuse("P1", it.span, "An import has attributes. Import only code, plainly.");
        }
        let is_sdk = it.source.value.starts_with(SDK);
        for specifier in it.specifiers.iter().flatten() {
            let type_only = it.import_kind.is_type();
            match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(s) => {
                    let name = s.imported.name();
                    let good = if is_sdk {
                        name == "createClientFromRequest"
                    } else {
                        matches!(name.as_str(), "secrets" | "waitUntil")
                    };
                    if !good && !type_only && !s.import_kind.is_type() {
                        self.refuse("P1", s.span, format!("`{name}` is not on the list of imports. Import `createClientFromRequest` from the SDK; types may be imported with `import type`."));
                    }
                }
                other if !type_only => {
                    self.refuse("P1", other.span(), "A whole module is imported under one name. Import what is used by its name, as `{ createClientFromRequest }`.");
                }
                _ => {}
            }
        }
        if it.specifiers.as_ref().is_none_or(|s| s.is_empty()) && !it.import_kind.is_type() {
            self.refuse(
                "P1",
                it.span,
                "A module is imported for what it does when it is loaded. Import what is used by its name.",
            );
        }
        walk::walk_import_declaration(self, it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.refuse(
            "P1",
            it.span,
            "The file passes on what another module exports. Export nothing but the handler.",
        );
        walk::walk_export_from_declaration(self, it);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.refuse(
            "P1",
            it.span,
            "The file passes on what another module exports. Export nothing but the handler.",
        );
        walk::walk_export_all_declaration(self, it);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        if !it.declaration.is_type() {
            self.refuse("P10", it.span, "The file exports more than the handler, so other files could reach into it. Export nothing but the handler.");
        }
        walk::walk_export_declaration(self, it);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        let others = it.specifiers.iter().any(|s| s.exported.name() != "default");
        if !it.export_kind.is_type() && others {
            self.refuse("P10", it.span, "The file exports more than the handler, so other files could reach into it. Export nothing but the handler.");
        }
        walk::walk_export_named_declaration(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.refuse(
            "P2",
            it.span,
            "`import()` loads code while the function runs. Import by name at the top of the file.",
        );
        walk::walk_import_expression(self, it);
    }

    fn visit_import_meta(&mut self, it: &ImportMeta) {
        self.refuse(
            "P2",
            it.span,
            "`import.meta` reads where the function runs. It has no use in a function; remove it.",
        );
    }

    fn visit_new_target(&mut self, it: &NewTarget) {
        self.refuse("P2", it.span, "`new.target` can't be followed. Remove it.");
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.refuse(
            "P2",
            it.span,
            "A tagged template calls a function out of sight. Call the function directly.",
        );
        walk::walk_tagged_template_expression(self, it);
    }

    fn visit_with_statement(&mut self, it: &WithStatement<'a>) {
        self.refuse("P2", it.span, "`with` hides where names come from. Name the object.");
        walk::walk_with_statement(self, it);
    }

    fn visit_debugger_statement(&mut self, it: &DebuggerStatement) {
        self.refuse("P2", it.span, "`debugger` stops the function. Remove it.");
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse(
            "P2",
            it.span,
            "A decorator calls a function out of sight. Call the function directly.",
        );
        walk::walk_decorator(self, it);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        if !it.declare {
            self.refuse(
                "P2",
                it.span,
                "A namespace can't be followed. Use plain constants and functions.",
            );
        }
        walk::walk_ts_namespace_declaration(self, it);
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.refuse(
            "P1",
            it.span,
            "`import … = …` is not on the list of imports. Import by name from the SDK.",
        );
        walk::walk_ts_import_equals_declaration(self, it);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.refuse(
            "P10",
            it.span,
            "`export =` is not how a function is exported. Use `Deno.serve` or `export default`.",
        );
        walk::walk_ts_export_assignment(self, it);
    }

    fn visit_private_in_expression(&mut self, it: &PrivateInExpression<'a>) {
        self.refuse(
            "P2",
            it.span,
            "`#name in object` can't be followed. Keep a plain field that says it.",
        );
        walk::walk_private_in_expression(self, it);
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        self.refuse(
            "P2",
            it.span,
            "A static block runs out of sight. Put the code at the top of the file.",
        );
        walk::walk_static_block(self, it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.refuse(
            "P2",
            it.span,
            "An accessor runs code when it is merely read. Write a method.",
        );
        walk::walk_accessor_property(self, it);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        if it.kind.is_accessor() {
            self.refuse(
                "P2",
                it.span,
                "A getter or setter runs code when a field is merely read or written. Write a method.",
            );
        }
        if it.r#static {
            self.refuse(
                "P2",
                it.span,
                "A static member can't be followed. Write a plain function.",
            );
        }
        if it.computed {
            self.refuse("P5", it.span, "A method has a computed name. Name it.");
        }
        if let Some(name) = it.key.static_name() {
            self.implicit(&name, it.span);
        }
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        if it.r#static {
            self.refuse(
                "P2",
                it.span,
                "A static member can't be followed. Use a constant at the top of the file.",
            );
        }
        if it.computed {
            self.refuse("P5", it.span, "A field has a computed name. Name it.");
        }
        if let Some(name) = it.key.static_name() {
            self.implicit(&name, it.span);
        }
        walk::walk_property_definition(self, it);
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        if it.kind != PropertyKind::Init {
            self.refuse(
                "P2",
                it.span,
                "A getter or setter runs code when a field is merely read or written. Write a method.",
            );
        }
        if let Some(name) = it.key.static_name() {
            self.implicit(&name, it.span);
            self.member(&name, it.span);
        }
        walk::walk_object_property(self, it);
    }

    fn visit_binding_property(&mut self, it: &BindingProperty<'a>) {
        if let Some(name) = it.key.static_name() {
            self.member(&name, it.span);
        }
        walk::walk_binding_property(self, it);
    }

    fn visit_assignment_target_property_property(&mut self, it: &AssignmentTargetPropertyProperty<'a>) {
        if let Some(name) = it.name.static_name() {
            self.member(&name, it.span);
        }
        walk::walk_assignment_target_property_property(self, it);
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        if let AssignmentTarget::StaticMemberExpression(member) = &it.left {
            self.implicit(&member.property.name, member.span);
        }
        walk::walk_assignment_expression(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        self.member(&it.property.name, it.span);
        walk::walk_static_member_expression(self, it);
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        if let Some(name) = it.static_property_name() {
            self.member(&name, it.span);
        }
        walk::walk_computed_member_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        match &it.callee {
            Expression::Identifier(identifier) if identifier.name == "fetch" => {
                self.direct.insert(identifier.span.start);
            }
            Expression::StaticMemberExpression(member) => match &member.object {
                Expression::Identifier(identifier) if identifier.name == "Deno" && member.property.name == "serve" => {
                    self.direct.insert(identifier.span.start);
                }
                Expression::StaticMemberExpression(inner)
                    if member.property.name == "get" && inner.property.name == "env" =>
                {
                    if let Expression::Identifier(identifier) = &inner.object
                        && identifier.name == "Deno"
                    {
                        self.direct.insert(identifier.span.start);
                    }
                }
                _ => {}
            },
            _ => {}
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_v8_intrinsic_expression(&mut self, it: &V8IntrinsicExpression<'a>) {
        self.refuse("P2", it.span, "This is not TypeScript. Remove it.");
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        if !it.declare {
            self.refuse(
                "P2",
                it.span,
                "An enum is an object that can be read backwards, which can't be followed. Use constants.",
            );
        }
        walk::walk_ts_enum_declaration(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if self.is_global(it) {
            self.global(&it.name, it.span);
        }
        self.identifier(&it.name, it.span);
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.identifier(&it.name, it.span);
    }

    fn visit_identifier_name(&mut self, it: &IdentifierName<'a>) {
        self.identifier(&it.name, it.span);
    }
}
