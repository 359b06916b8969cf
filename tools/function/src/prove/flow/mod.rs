//! A walk over a function the way it would run, on values that stand for all it may hold.
//!
//! Helpers are followed into at each call with that call's arguments; branches are walked apart
//! and joined; loops until nothing changes. What the walk meets (requests, uses of a token, values
//! that leave) is noted in a `Trace`; what it means is for `prove` and `police` to say. It is not
//! an evaluator: it never runs code, and where it can't follow it says so (`Trace::lost`).
//!
//! Invariants: objects and labels only grow within a walk, and the walk is repeated until a round
//! changes nothing that was read, so what is noted holds in whatever order things happen.

mod assign;
mod builtin;
mod call;
mod compare;
mod expr;
mod given;
mod heap;
mod invoke;
mod lists;
mod loops;
mod member;
mod methods;
mod sdk;
mod send;
mod state;
mod stmt;
mod store;
mod trace;
mod value;
mod walk;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::Parser;
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;

use super::Keys;

pub(crate) use trace::{Leak, Part, Request, Sink, Trace};
pub(crate) use value::{CALLER, CONTENT, SIGNED_IN, UNCHECKED};

/// Sources beyond this size are not read.
const LARGEST: usize = 256 * 1024;

/// Why a source does not parse.
#[derive(Debug, Clone)]
pub(crate) struct NotParsed {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) message: String,
}

/// A source with its tree, its names, and what the walk met.
pub(crate) struct Parsed<'a> {
    pub(crate) source: &'a str,
    pub(crate) program: &'a Program<'a>,
    pub(crate) semantic: &'a Semantic<'a>,
    pub(crate) lines: &'a Lines,
    pub(crate) trace: Trace,
}

/// Where lines begin.
pub(crate) struct Lines(Vec<u32>);

impl Lines {
    fn of(source: &str) -> Self {
        let mut starts = vec![0];
        for (at, byte) in source.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1));
            }
        }
        Self(starts)
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: u32) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    fn column(&self, at: u32, source: &str) -> u32 {
        let line = self.0.partition_point(|start| *start <= at);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = source.get(start as usize..at as usize).unwrap_or_default();
        u32::try_from(before.chars().count())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }
}

/// Reads `source` and hands what was found to `then`.
///
/// Parsing recurses with the nesting of the source, and a source may be written to exhaust the
/// stack; so it is read on a stack of its own, sized by its length.
pub(crate) fn with_parsed<T: Send>(
    source: &str,
    keys: &Keys,
    then: impl Fn(Result<Parsed<'_>, NotParsed>) -> T + Sync,
) -> T {
    if source.len() > LARGEST {
        return then(Err(NotParsed {
            line: 1,
            column: 1,
            message: format!("it is larger than {} kB and was not read; split it", LARGEST / 1024),
        }));
    }
    let stack = (source.len() * 4096).clamp(8 << 20, 1 << 30);
    std::thread::scope(|scope| {
        let task = || read(source, keys, &then);
        match std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, task) {
            Ok(thread) => thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)),
            Err(_) => then(Err(NotParsed {
                line: 1,
                column: 1,
                message: "there was no memory left to read it; try again".to_owned(),
            })),
        }
    })
}

fn read<T>(source: &str, keys: &Keys, then: &impl Fn(Result<Parsed<'_>, NotParsed>) -> T) -> T {
    let allocator = Allocator::default();
    let lines = Lines::of(source);
    let parsed = Parser::new(&allocator, source, SourceType::ts().with_module(true)).parse();
    if let Some(error) = parsed.diagnostics.errors().next() {
        return then(Err(not_parsed(
            error.labels.first().map(|label| label.offset() as usize),
            &error.message,
            &lines,
            source,
        )));
    }
    let program = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new().with_check_syntax_error(true).build(program);
    if let Some(error) = built.diagnostics.errors().next() {
        return then(Err(not_parsed(
            error.labels.first().map(|label| label.offset() as usize),
            &error.message,
            &lines,
            source,
        )));
    }
    let trace = walk::walk(program, &built.semantic, keys);
    then(Ok(Parsed {
        source,
        program,
        semantic: &built.semantic,
        lines: &lines,
        trace,
    }))
}

fn not_parsed(at: Option<usize>, message: &str, lines: &Lines, source: &str) -> NotParsed {
    let at = u32::try_from(at.unwrap_or(0)).unwrap_or(u32::MAX);
    NotParsed {
        line: lines.line(at),
        column: lines.column(at, source),
        message: message.trim_end_matches('.').to_owned(),
    }
}
