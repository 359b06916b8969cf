//! From TypeScript to the JavaScript that the sandbox runs: types go, behaviour stays.
//!
//! Only types are removed (enums and namespaces become what the compiler would make of them);
//! nothing is lowered, because the engine reads modern JavaScript. Imports are listed on the way
//! with their lines, so that one that can't be rehearsed is named before anything runs.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BigIntLiteral, ExportAllDeclaration, ExportFromDeclaration, Expression, IdentifierReference, ImportDeclaration,
    ImportExpression, Program,
};
use oxc_ast_visit::{Visit, walk};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use oxc_transformer::{TransformOptions, Transformer};

/// A file without its types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stripped {
    /// The JavaScript.
    pub(super) code: String,
    /// What it imports, with the line of each import in the original.
    pub(super) imports: Vec<Import>,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// What stands in the quotes.
    pub(super) specifier: String,
    /// Line in the original, from 1.
    pub(super) line: usize,
}

/// Removes the types.
///
/// # Errors
/// The first thing that keeps the file from being read, as a sentence with its line.
pub(super) fn strip(file: &str, source: &str) -> Result<Stripped, String> {
    let allocator = Allocator::default();
    let kind = SourceType::from_path(Path::new(file)).unwrap_or_else(|_| SourceType::ts());
    let parsed = Parser::new(&allocator, source, kind.with_module(true)).parse();
    if let Some(problem) = parsed.diagnostics.first() {
        let at = problem.labels.first().map_or(0, |label| label.offset());
        let line = line_of(source, at as usize);
        return Err(format!("{file}:{line} can't be read: {problem}."));
    }
    let mut program = parsed.program;
    let scoping = SemanticBuilder::new()
        .with_excess_capacity(1.0)
        .with_enum_eval(true)
        .build(&program)
        .semantic
        .into_scoping();
    let options = TransformOptions::default();
    let done = Transformer::new(&allocator, Path::new(file), &options).build_with_scoping(scoping, &mut program);
    if let Some(problem) = done.diagnostics.first() {
        return Err(format!("{file} can't be run: {problem}."));
    }
    let code = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions::disabled(),
            indent_width: 0,
            ..CodegenOptions::default()
        })
        .build(&program)
        .code;
    Ok(Stripped {
        code,
        imports: imports(file, source, &program)?,
    })
}

fn imports(file: &str, source: &str, program: &Program<'_>) -> Result<Vec<Import>, String> {
    let mut finder = Finder {
        source,
        found: Vec::new(),
        big: None,
    };
    finder.visit_program(program);
    match finder.big {
        None => Ok(finder.found),
        Some(line) => Err(format!(
            "{file}:{line} uses BigInt, which can't be rehearsed: one multiplication may take longer than a run."
        )),
    }
}

struct Finder<'s> {
    source: &'s str,
    found: Vec<Import>,
    big: Option<usize>,
}

impl Finder<'_> {
    fn add(&mut self, specifier: &str, offset: u32) {
        let import = Import {
            specifier: specifier.to_owned(),
            line: line_of(self.source, offset as usize),
        };
        if !self.found.iter().any(|i| i.specifier == import.specifier) {
            self.found.push(import);
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.add(&it.source.value, it.span.start);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.add(&it.source.value, it.span.start);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.add(&it.source.value, it.span.start);
    }

    fn visit_big_int_literal(&mut self, it: &BigIntLiteral<'a>) {
        self.big.get_or_insert(line_of(self.source, it.span.start as usize));
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if matches!(it.name.as_str(), "BigInt" | "BigInt64Array" | "BigUint64Array") {
            self.big.get_or_insert(line_of(self.source, it.span.start as usize));
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Expression::StringLiteral(literal) = &it.source {
            self.add(&literal.value, it.span.start);
        }
        walk::walk_import_expression(self, it);
    }
}

/// The line, from 1, of a byte offset.
fn line_of(source: &str, offset: usize) -> usize {
    let head = source.as_bytes().get(..offset).unwrap_or_default();
    head.iter().filter(|byte| **byte == b'\n').count() + 1
}
