//! What somebody typed, as words that can be compared.
//!
//! Words are lower case, without accents and without punctuation; addresses, `#channels`, links and
//! times stay whole. What stands in quotes is kept aside word for word: it is text for a message,
//! never a wish. Names are compared without spaces, so `to-do list`, `to do list` and `todo list`
//! are the same. Nothing here knows of apps or connectors.

use linchpin_app::name_words;

/// A word with what was typed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// For comparing.
    pub(super) text: String,
    /// As typed, without punctuation around it.
    pub(super) raw: String,
}

/// An utterance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Its words; a comma, semicolon or full stop is a word of its own.
    pub(super) words: Vec<Word>,
    /// What stood in quotes.
    pub(super) quotes: Vec<String>,
}

/// What a word in quotes is replaced by.
const QUOTE: &str = "\"";

impl Said {
    /// Reads an utterance.
    pub(super) fn new(text: &str) -> Self {
        let mut said = Self::default();
        let mut plain = String::new();
        let mut chars = text.char_indices().peekable();
        let mut before = ' ';
        while let Some((at, one)) = chars.next() {
            let close = match one {
                '"' => Some('"'),
                '“' => Some('”'),
                '„' => Some('“'),
                '«' => Some('»'),
                '\'' | '‘' if before.is_whitespace() => Some(if one == '\'' { '\'' } else { '’' }),
                _ => None,
            };
            let rest = text.get(at + one.len_utf8()..).unwrap_or_default();
            let end = close.and_then(|close| rest.find(close).map(|end| (end, close)));
            if let Some((end, close)) = end {
                let inside = rest.get(..end).unwrap_or_default();
                if is_name(inside, &plain) {
                    plain.push_str(inside);
                    plain.push(' ');
                } else {
                    said.quotes.push(inside.to_owned());
                    plain.push_str(" \" ");
                }
                let stop = at + one.len_utf8() + end + close.len_utf8();
                while chars.peek().is_some_and(|(at, _)| *at < stop) {
                    chars.next();
                }
                before = ' ';
                continue;
            }
            plain.push(one);
            before = one;
        }
        for piece in plain.split_whitespace() {
            said.piece(piece);
        }
        said
    }

    fn piece(&mut self, piece: &str) {
        if piece == QUOTE {
            self.push(QUOTE, QUOTE);
            return;
        }
        let start = piece.trim_start_matches(|c: char| "([{<*_,;".contains(c));
        let bare = start.trim_end_matches(|c: char| ")]}>*_,;:.!?…".contains(c));
        if !bare.is_empty() {
            if is_whole(bare) {
                self.push(&bare.to_lowercase(), bare);
            } else {
                let bare = bare.replace(['’', '\''], "'");
                let bare = bare
                    .strip_suffix("'s")
                    .or_else(|| bare.strip_suffix("s'"))
                    .unwrap_or(&bare)
                    .to_owned();
                let bare = bare.replace('\'', "");
                for part in bare.split(['-', '–', '—', '/', '_', '+', '&', ',', ';', '(', ')', '?', '!']) {
                    if !part.is_empty() {
                        let folded: String = name_words(&part.to_lowercase()).concat();
                        self.push(&folded, part);
                    }
                }
            }
        }
        let tail = start.get(bare.len()..).unwrap_or_default();
        if let Some(mark) = tail.chars().find(|c| ",;.!?".contains(*c)) {
            let mark = match mark {
                ',' => ",",
                ';' => ";",
                _ => ".",
            };
            self.push(mark, mark);
        }
    }

    fn push(&mut self, text: &str, raw: &str) {
        self.words.push(Word {
            text: text.to_owned(),
            raw: raw.to_owned(),
        });
    }

    /// The word at a place, or nothing.
    pub(super) fn at(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// The word so many places before, punctuation counted, or nothing.
    pub(super) fn before(&self, at: usize, by: usize) -> &str {
        at.checked_sub(by).map_or("", |at| self.at(at))
    }

    /// `n` words from `at` on without spaces between, unless punctuation is among them.
    pub(super) fn joined(&self, at: usize, n: usize) -> Option<String> {
        let words = self.words.get(at..at + n)?;
        let plain = words.iter().all(|word| !is_mark(&word.text));
        plain.then(|| words.iter().map(|word| word.text.as_str()).collect())
    }

    /// Where a phrase of words begins, if it is there.
    pub(super) fn find(&self, phrase: &str) -> Option<usize> {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        (0..self.words.len()).find(|at| self.is_at(*at, &wanted))
    }

    /// Whether a phrase is there.
    pub(super) fn has(&self, phrase: &str) -> bool {
        self.find(phrase).is_some()
    }

    /// The first of some phrases that is there.
    pub(super) fn any<'p>(&self, phrases: &[&'p str]) -> Option<&'p str> {
        phrases.iter().find(|phrase| self.has(phrase)).copied()
    }

    fn is_at(&self, at: usize, wanted: &[&str]) -> bool {
        wanted.iter().enumerate().all(|(by, word)| self.at(at + by) == *word)
    }

    /// Some of the words, as an utterance of their own.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        let words: Vec<Word> = self
            .words
            .get(from..to.min(self.words.len()))
            .unwrap_or_default()
            .to_vec();
        let earlier = self.words.iter().take(from).filter(|word| word.text == QUOTE).count();
        let own = words.iter().filter(|word| word.text == QUOTE).count();
        let quotes = self.quotes.iter().skip(earlier).take(own).cloned().collect();
        Self { words, quotes }
    }

    /// How many words, punctuation aside.
    pub(super) fn count(&self) -> usize {
        self.words.iter().filter(|word| !is_mark(&word.text)).count()
    }
}

/// Whether a quotation is a name ("moves to 'Done'") rather than what a message says.
fn is_name(inside: &str, before: &str) -> bool {
    let leads = [
        "say", "saying", "says", "text", "subject", "message", "title", "titled", "write", "writes",
    ];
    let lead = |word: &str| {
        leads.contains(
            &word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
                .as_str(),
        )
    };
    inside.split_whitespace().count() <= 2 && !before.split_whitespace().rev().take(4).any(lead)
}

/// Whether a word is punctuation or a quotation.
pub(super) fn is_mark(word: &str) -> bool {
    matches!(word, "," | ";" | "." | QUOTE)
}

/// What stays one word: addresses, channels, links, zones, times and numbers.
fn is_whole(word: &str) -> bool {
    let zone = word.split('/').count() >= 2 && word.split('/').all(|part| part.starts_with(char::is_uppercase));
    let number = word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains('-') && !word.contains('/');
    word.contains('@') || word.starts_with('#') || word.contains("://") || zone || number
}

/// One of several: `clients` → `client`, `categories` → `category`.
pub(super) fn singular(word: &str) -> String {
    if word.len() > 4
        && let Some(stem) = word.strip_suffix("ies")
    {
        return format!("{stem}y");
    }
    for end in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(end) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// How well two words fit: 3 the same, 2 but for number, 1 but for a typing error.
pub(super) fn fit(typed: &str, known: &str) -> u8 {
    if typed == known {
        return 3;
    }
    let (a, b) = (singular(typed), singular(known));
    if a == b {
        return 2;
    }
    let bare = a == typed && b == known;
    u8::from(is_typo(&a, &b) || (!bare && is_typo(typed, known)))
}

/// Whether one word is another with a typing error. Short words have neighbours of their own, so
/// only letters that changed places count there.
fn is_typo(a: &str, b: &str) -> bool {
    let (one, other) = (a.chars().count(), b.chars().count());
    let (long, short) = (one.max(other), one.min(other));
    let most = if long < 8 { 1 } else { 2 };
    if short < 4 || long - short > most || COMMON.contains(&a) {
        return false;
    }
    // Most words differ in their first letter: that is cheap to see.
    let same = || long == short && same_letters(a, b);
    if a.chars().next() != b.chars().next() && !same() {
        return false;
    }
    (long > 4 || same()) && strsim::damerau_levenshtein(a, b) <= most
}

fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}

/// A name without capitals and spaces: `StaffMember` → `staffmember`.
pub(super) fn squeeze(name: &str) -> String {
    name_words(name).concat()
}

/// Words that are never a typing error for a name.
const COMMON: &[&str] = &[
    "about", "added", "after", "again", "also", "before", "change", "check", "could", "create", "created", "daily",
    "does", "done", "each", "every", "first", "from", "have", "into", "just", "later", "like", "line", "link", "list",
    "make", "more", "only", "open", "over", "part", "people", "please", "send", "sends", "shall", "share", "should",
    "show", "some", "start", "stop", "that", "their", "them", "then", "there", "these", "they", "this", "those",
    "through", "time", "today", "under", "until", "weekly", "when", "where", "which", "while", "with", "without",
    "would", "write", "your", "late", "paid", "mark", "read", "real", "deal", "date", "data", "days", "notify",
    "notified", "noting", "motion", "shared", "state", "status", "store", "monthly", "hourly", "night", "morning",
    "evening", "monday", "friday",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        Said::new(text).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_lose_their_clothes_and_special_ones_keep_theirs() {
        assert_eq!(
            texts("The client's To-Do list, please!"),
            ["the", "client", "to", "do", "list", ",", "please", "."]
        );
        assert_eq!(
            texts("mail Ana@Example.org in Europe/Berlin at 18:30."),
            ["mail", "ana@example.org", "in", "europe/berlin", "at", "18:30", "."]
        );
        assert_eq!(texts("post to #Ops"), ["post", "to", "#ops"]);
        assert_eq!(texts("añade una reunión"), ["anade", "una", "reunion"]);
    }

    #[test]
    fn quotes_are_kept_word_for_word() {
        let said = Said::new("change the subject to “Don't be late” and don't stop");
        assert_eq!(said.quotes, ["Don't be late"]);
        assert!(said.has("and dont stop"));
        assert!(
            Said::new("moves to 'Done'").has("moves to done"),
            "a short name stays part of the wish"
        );
    }

    #[test]
    fn typing_errors_are_forgiven_where_no_other_word_is_near() {
        for (typed, known) in [
            ("slcak", "slack"),
            ("gmial", "gmail"),
            ("hubspott", "hubspot"),
            ("bokings", "booking"),
        ] {
            assert!(fit(typed, known) > 0, "{typed}");
        }
        for (typed, known) in [
            ("main", "mail"),
            ("then", "when"),
            ("load", "lead"),
            ("motion", "notion"),
            ("pad", "paid"),
        ] {
            assert_eq!(fit(typed, known), 0, "{typed}");
        }
    }

    #[test]
    fn plurals_become_one() {
        for (many, one) in [
            ("clients", "client"),
            ("categories", "category"),
            ("boxes", "box"),
            ("status", "status"),
            ("classes", "class"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}
