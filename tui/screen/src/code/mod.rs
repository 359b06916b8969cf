//! Code in labels: keywords, strings, comments, numbers, a line at a time.
//!
//! A lexer of our own, because what is shown here is what Linchpin writes (TypeScript, JSONC, shell
//! and diffs), a frame may cost 2 ms, and grammars for all languages cost more memory than the rest
//! of the screen. It colours and decides nothing: text is never changed, and a language it doesn't
//! know is plain.
//!
//! Invariant, property-tested: the labelled parts are the line, in order, cut between graphemes.

mod words;

use unicode_segmentation::GraphemeCursor;

use crate::clean::Clean;
use crate::text::Row;
use crate::theme::Label;
use words::{Language, language};

/// Where a line ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    /// In plain code.
    #[default]
    Code,
    /// In `/* … */`.
    Comment,
    /// In a template or a string of several lines, until this mark.
    Text(&'static str),
}

/// Labels the lines of one file or fence, from its first line on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexer {
    language: &'static Language,
    inside: Inside,
}

impl Lexer {
    /// For a fence's info string (`ts`) or a file's ending.
    pub(crate) fn of(name: &str) -> Self {
        Self {
            language: language(name),
            inside: Inside::Code,
        }
    }

    /// For a file, by the end of its name.
    pub(crate) fn of_path(path: &str) -> Self {
        Self::of(path.rsplit(['.', '/']).next().unwrap_or_default())
    }

    /// The line with its labels, behind what the row holds already.
    pub(crate) fn row(&mut self, mut row: Row, line: &Clean) -> Row {
        let mut at = 0;
        for (end, label) in self.labels(line.as_str()) {
            row = row.add(label, line.part(at..end));
            at = end;
        }
        row
    }

    /// The ends of the labelled parts of a line.
    pub(crate) fn labels(&mut self, line: &str) -> Vec<(usize, Label)> {
        let mut parts: Vec<(usize, Label)> = Vec::new();
        if self.language.is_diff {
            parts.push((line.len(), diff_label(line)));
            return parts;
        }
        if self.language.is_plain {
            parts.push((line.len(), Label::Code));
            return parts;
        }
        let mut at = 0;
        while at < line.len() {
            let (length, label) = self.next(&line[at..]);
            at = on_border(line, at + length.max(1));
            match parts.last_mut() {
                Some((end, its)) if *its == label => *end = at,
                _ => parts.push((at, label)),
            }
        }
        parts
    }

    /// Length and label of the token that `rest` begins with.
    fn next(&mut self, rest: &str) -> (usize, Label) {
        match self.inside {
            Inside::Comment => return self.until(rest, 0, "*/", Label::Comment),
            Inside::Text(mark) => return self.until(rest, 0, mark, Label::Str),
            Inside::Code => {}
        }
        let its = self.language;
        if its.line_comments.iter().any(|mark| rest.starts_with(mark)) {
            return (rest.len(), Label::Comment);
        }
        if its.block_comments && rest.starts_with("/*") {
            self.inside = Inside::Comment;
            return self.until(rest, 2, "*/", Label::Comment);
        }
        if let Some(mark) = its.long_strings.iter().find(|mark| rest.starts_with(**mark)) {
            self.inside = Inside::Text(mark);
            return self.until(rest, mark.len(), mark, Label::Str);
        }
        let Some(first) = rest.chars().next() else {
            return (0, Label::Text);
        };
        if first == '"' || first == '\'' {
            return (string(rest, first), Label::Str);
        }
        if first.is_ascii_digit() {
            return (
                run(rest, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_'),
                Label::Literal,
            );
        }
        if first.is_alphabetic() || first == '_' || first == '$' {
            let length = run(rest, |c| c.is_alphanumeric() || c == '_' || c == '$');
            return (length, its.word(&rest[..length], &rest[length..]));
        }
        (first.len_utf8(), Label::Text)
    }

    /// To the end of `mark`, or of the line.
    fn until(&mut self, rest: &str, from: usize, mark: &str, label: Label) -> (usize, Label) {
        let mut at = from;
        while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
            if rest[at..].starts_with(mark) {
                self.inside = Inside::Code;
                return (at + mark.len(), label);
            }
            at += c.len_utf8();
            if c == '\\' {
                at += rest[at..].chars().next().map_or(0, char::len_utf8);
            }
        }
        (rest.len(), label)
    }
}

fn diff_label(line: &str) -> Label {
    match line.as_bytes() {
        [b'+', ..] => Label::Added,
        [b'-', ..] => Label::Removed,
        [b'@', b'@', ..] => Label::Accent,
        _ => Label::Code,
    }
}

fn run(text: &str, keeps: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keeps(c)).unwrap_or(text.len())
}

/// A string of one line, with its quotes; one that is not closed ends with the line.
fn string(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

/// The next border between graphemes from there on.
fn on_border(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return at;
    }
    cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
