//! What tells languages apart: comments, strings, and words that mean something.

use crate::theme::Label;

/// A language, as far as colouring goes.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) is_diff: bool,
    pub(super) is_plain: bool,
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comments: bool,
    /// Marks of strings that go over several lines.
    pub(super) long_strings: &'static [&'static str],
    keywords: &'static [&'static str],
    literals: &'static [&'static str],
    /// Whether `select` is a keyword as `SELECT` is.
    any_case: bool,
}

impl Language {
    /// The label of a word, by what stands behind it.
    pub(super) fn word(&self, word: &str, behind: &str) -> Label {
        let is_in = |words: &[&str]| match self.any_case {
            true => words.iter().any(|its| its.eq_ignore_ascii_case(word)),
            false => words.contains(&word),
        };
        if is_in(self.keywords) {
            Label::Keyword
        } else if is_in(self.literals) {
            Label::Literal
        } else if behind.starts_with('(') {
            Label::Code
        } else {
            Label::Text
        }
    }
}

const NONE: Language = Language {
    is_diff: false,
    is_plain: false,
    line_comments: &[],
    block_comments: false,
    long_strings: &[],
    keywords: &[],
    literals: &["true", "false", "null"],
    any_case: false,
};

static PLAIN: Language = Language { is_plain: true, ..NONE };
static DIFF: Language = Language { is_diff: true, ..NONE };
static JSON: Language = Language {
    line_comments: &["//"],
    block_comments: true,
    ..NONE
};
static SCRIPT: Language = Language {
    line_comments: &["//"],
    block_comments: true,
    long_strings: &["`"],
    keywords: &[
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "finally",
        "for",
        "from",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "of",
        "return",
        "satisfies",
        "static",
        "switch",
        "throw",
        "try",
        "type",
        "typeof",
        "var",
        "void",
        "while",
        "yield",
    ],
    literals: &["true", "false", "null", "undefined", "this", "NaN", "Deno"],
    ..NONE
};
static SHELL: Language = Language {
    line_comments: &["#"],
    keywords: &[
        "case", "do", "done", "elif", "else", "esac", "export", "fi", "for", "function", "if", "in", "then", "while",
    ],
    ..NONE
};
static PYTHON: Language = Language {
    line_comments: &["#"],
    long_strings: &["\"\"\"", "'''"],
    keywords: &[
        "and", "as", "async", "await", "class", "def", "elif", "else", "except", "finally", "for", "from", "if",
        "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ],
    literals: &["True", "False", "None", "self"],
    ..NONE
};
static SETTINGS: Language = Language {
    line_comments: &["#"],
    ..NONE
};
static STYLE: Language = Language {
    block_comments: true,
    ..NONE
};
static SQL: Language = Language {
    line_comments: &["--"],
    block_comments: true,
    keywords: &[
        "alter",
        "and",
        "as",
        "by",
        "create",
        "delete",
        "drop",
        "from",
        "group",
        "having",
        "insert",
        "into",
        "join",
        "limit",
        "not",
        "on",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "set",
        "table",
        "update",
        "values",
        "where",
        "with",
    ],
    any_case: true,
    ..NONE
};

/// The language that a fence or a file's ending names; plain when it is none of ours.
pub(super) fn language(name: &str) -> &'static Language {
    match name.trim().to_ascii_lowercase().as_str() {
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "javascript" | "typescript" => &SCRIPT,
        "json" | "jsonc" | "json5" | "lock" => &JSON,
        "sh" | "bash" | "zsh" | "shell" | "console" => &SHELL,
        "py" | "python" => &PYTHON,
        "toml" | "yaml" | "yml" | "ini" | "env" => &SETTINGS,
        "css" | "scss" => &STYLE,
        "sql" => &SQL,
        "diff" | "patch" => &DIFF,
        _ => &PLAIN,
    }
}
