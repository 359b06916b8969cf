//! One source file's text to its facts.

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::facts::{Cursor, Facts};
use crate::{At, Problem, guard, scan, visit};

/// The facts of `text`, and a problem when it could only be searched and not parsed.
pub(crate) fn parse(allocator: &Allocator, file: &str, text: &str) -> (Facts, Option<Problem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let problem = |line: u32, message: String| Problem {
        at: At {
            file: file.to_owned(),
            line,
        },
        message,
    };
    if let Some(why) = guard::refuse(text) {
        let message = format!("{why}. It was searched for entity calls and not read further.");
        return (scan::scan(text), Some(problem(1, message)));
    }
    let first = Parser::new(allocator, text, source_type(file)).parse();
    if !first.panicked {
        return (visit::facts(&first.program, text), None);
    }
    let lines = Cursor::of(text);
    let (offset, said) = first.diagnostics.iter().next().map_or((0, String::new()), |one| {
        let offset = one.labels.first().map_or(0, |label| label.offset());
        (offset as usize, one.message.to_string())
    });
    let line = lines.line(u32::try_from(offset).unwrap_or(0));
    let offset = offset.min(text.len());
    let column = text.get(..offset).map_or(1, |before| {
        before.chars().rev().take_while(|one| *one != '\n').count() + 1
    });
    let message = format!(
        "{line}:{column}: {said}. Mend the file; it was searched for entity calls and the rest of the app was read."
    );
    (scan::scan(text), Some(problem(line, message)))
}

/// Plain `.js` files of these apps hold JSX too.
fn source_type(file: &str) -> SourceType {
    match file.rsplit_once('.').map_or("", |(_, end)| end) {
        "ts" => SourceType::ts(),
        "tsx" => SourceType::tsx(),
        _ => SourceType::jsx(),
    }
}
