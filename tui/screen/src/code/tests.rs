use super::Lexer;
use crate::clean::Clean;
use crate::text::Row;
use crate::theme::Label;
use proptest::prelude::*;

/// Each part of the lines as `label:text`, plain text left out.
fn check(language: &str, code: &str, expected: &[&str]) {
    let mut lexer = Lexer::of(language);
    let mut parts = Vec::new();
    for line in code.lines() {
        let row = lexer.row(Row::new(), &Clean::line(line));
        parts.extend(
            row.spans
                .iter()
                .filter(|span| span.label != Label::Text)
                .map(|span| format!("{:?}:{}", span.label, span.text)),
        );
    }
    assert_eq!(parts, expected, "{code}");
}

#[test]
fn typescript() {
    check(
        "ts",
        "const n = await send(`a ${b}\n c`, 12); // done\nif (x === null) return 'it\\'s';",
        &[
            "Keyword:const",
            "Keyword:await",
            "Code:send",
            "Str:`a ${b}",
            "Str: c`",
            "Literal:12",
            "Comment:// done",
            "Keyword:if",
            "Literal:null",
            "Keyword:return",
            "Str:'it\\'s'",
        ],
    );
}

#[test]
fn comments_over_lines() {
    check(
        "jsonc",
        "{ /* a\n \"b\" */ \"c\": true }",
        &["Comment:/* a", "Comment: \"b\" */", "Str:\"c\"", "Literal:true"],
    );
}

#[test]
fn other_languages() {
    check(
        "sql",
        "SELECT id FROM t -- all",
        &["Keyword:SELECT", "Keyword:FROM", "Comment:-- all"],
    );
    check(
        "diff",
        "@@ -1 +1 @@\n-old\n+new\n same",
        &["Accent:@@ -1 +1 @@", "Removed:-old", "Added:+new", "Code: same"],
    );
    check("brainfuck", "+>[-]", &["Code:+>[-]"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_are_the_line_and_cut_no_grapheme(
        language in prop::sample::select(vec!["ts", "json", "sql", "py", "sh", "css", "diff", ""]),
        lines in prop::collection::vec("[a-z0-9 \"'`/*#(\\\\\u{301}\u{200d}é日]{0,24}", 0..6),
    ) {
        let mut lexer = Lexer::of(language);
        for line in lines {
            let clean = Clean::line(&line);
            let row = lexer.row(Row::new(), &clean);
            let joined: String = row.spans.iter().map(|span| span.text.as_str()).collect();
            prop_assert_eq!(&joined, clean.as_str());
            prop_assert_eq!(row.width(), clean.width());
        }
    }
}
