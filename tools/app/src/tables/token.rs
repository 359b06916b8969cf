//! SQL text to words, quoted names, texts and signs, of any dialect.
//!
//! Comments, dollar quotes and escapes are known, because they may hold anything; nothing else of a
//! dialect is. Never fails: what does not close ends with the text.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A word, a number, or a name in quotes.
    Word,
    /// A text in single quotes.
    Text,
    /// One sign.
    Sign,
}

/// A piece of SQL and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) of: Of,
    /// Without its quotes.
    pub(crate) text: &'t str,
    pub(crate) offset: usize,
    /// Whether it was in quotes, so that it is no keyword.
    pub(crate) quoted: bool,
}

impl Token<'_> {
    /// Whether it is that keyword.
    pub(crate) fn is(&self, word: &str) -> bool {
        !self.quoted && self.of != Of::Text && self.text.eq_ignore_ascii_case(word)
    }

    /// What a text says: a quote inside it is written twice.
    pub(crate) fn said(&self) -> String {
        self.text.replace("''", "'")
    }

    /// Whether it is one of those keywords.
    pub(crate) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

/// The statements of a text.
pub(crate) fn statements(text: &str) -> Vec<Vec<Token<'_>>> {
    let mut all = Vec::new();
    let mut one = Vec::new();
    let mut at = 0;
    while let Some((token, next)) = token(text, at) {
        at = next;
        match token {
            Some(token) if token.is(";") => all.push(std::mem::take(&mut one)),
            Some(token) => one.push(token),
            None => {}
        }
    }
    all.push(one);
    all.retain(|one| !one.is_empty());
    all
}

/// The token at a place, `None` inside for what says nothing, and where the next begins.
fn token(text: &str, at: usize) -> Option<(Option<Token<'_>>, usize)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let end_after = |mark: &str, from: usize| {
        rest.get(from..)
            .and_then(|inside| inside.find(mark))
            .map_or(rest.len(), |found| from + found + mark.len())
    };
    let made = |of: Of, from: usize, to: usize, quoted: bool| {
        rest.get(from..to).map(|text| Token {
            of,
            text,
            offset: at,
            quoted,
        })
    };
    if first.is_whitespace() {
        return Some((None, at + first.len_utf8()));
    }
    if rest.starts_with("--") || (first == '#' && !rest.starts_with("#>")) {
        return Some((None, at + end_after("\n", 1)));
    }
    if rest.starts_with("/*") {
        return Some((None, at + end_after("*/", 2)));
    }
    if first == '\'' {
        let end = closing(rest, '\'');
        return Some((made(Of::Text, 1, end.0, true), at + end.1));
    }
    if matches!(first, '"' | '`') {
        let end = closing(rest, first);
        return Some((made(Of::Word, 1, end.0, true), at + end.1));
    }
    if first == '$'
        && let Some(close) = rest.get(1..).and_then(|inside| inside.find('$'))
        && rest[1..=close].chars().all(|one| one.is_alphanumeric() || one == '_')
    {
        let mark = &rest[..close + 2];
        return Some((None, at + end_after(mark, mark.len())));
    }
    let word = |one: char| one.is_alphanumeric() || one == '_' || one == '$';
    if word(first) {
        let end = rest.find(|one| !word(one)).unwrap_or(rest.len());
        // `12.50` is one number.
        let end = match rest.get(end..) {
            Some(more) if first.is_ascii_digit() && more.starts_with('.') => {
                end + 1
                    + more[1..]
                        .find(|one: char| !one.is_ascii_digit())
                        .unwrap_or(more.len() - 1)
            }
            _ => end,
        };
        return Some((made(Of::Word, 0, end, false), at + end));
    }
    Some((made(Of::Sign, 0, first.len_utf8(), false), at + first.len_utf8()))
}

/// Where a quote's inside ends, and where what follows it begins; a doubled quote does not close it.
fn closing(rest: &str, quote: char) -> (usize, usize) {
    let mut from = 1;
    while let Some(found) = rest.get(from..).and_then(|inside| inside.find(quote)) {
        let end = from + found;
        if rest.get(end + 1..).is_some_and(|after| after.starts_with(quote)) {
            from = end + 2;
        } else {
            return (end, end + 1);
        }
    }
    (rest.len(), rest.len())
}
