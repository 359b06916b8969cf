//! The shape of a value somebody types, such as a subdomain or a key, as a regular expression.
//!
//! A pattern is matched against the whole value and in ASCII alone. Beyond matching, this module
//! proves what no value of a pattern can hold: a config value stands inside a host or a path, and
//! one that held a slash or a dot would lead a call to another place. The proof looks at every
//! character the expression could ever match, not at samples.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    regex: Regex,
    hir: Hir,
}

impl Shape {
    /// Reads a pattern; the error says what is wrong with it.
    pub(crate) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let hir = ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(pattern)
            .map_err(|_| "it is not a regular expression")?;
        if !(hir.properties().look_set_prefix().contains(Look::Start)
            && hir.properties().look_set_suffix().contains(Look::End))
        {
            return Err("it has to begin with ^ and end with $, or a part of a value would be enough");
        }
        let regex = Regex::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(Regex::config().utf8_empty(false).nfa_size_limit(Some(1 << 20)))
            .build(pattern)
            .map_err(|_| "it is too large a regular expression")?;
        Ok(Self { regex, hir })
    }

    /// Whether the whole value has this shape.
    pub(crate) fn takes(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// Whether every value could stand as one part of a host name: letters, digits, hyphens, and
    /// underscores; never empty.
    pub(crate) fn is_label(&self) -> bool {
        !self.takes("") && self.bytes().is_some_and(|all| all.iter().all(|b| label_byte(*b)))
    }

    /// Whether every value is labels with dots between them.
    pub(crate) fn is_labels(&self) -> bool {
        !self.takes("")
            && self
                .bytes()
                .is_some_and(|all| all.iter().all(|b| label_byte(*b) || *b == b'.'))
    }

    /// Whether every value ends with one of a few domains that the pattern spells out
    /// (`.cloud.databricks.com`).
    pub(crate) fn ends_in_domain(&self) -> bool {
        let mut extractor = Extractor::new();
        extractor.kind(ExtractKind::Suffix).limit_class(64).limit_total(512);
        let found = extractor.extract(&self.hir);
        let Some(literals) = found.literals() else {
            return false;
        };
        !literals.is_empty()
            && literals.iter().all(|literal| {
                let text = String::from_utf8_lossy(literal.as_bytes()).into_owned();
                let domain = text.find('.').and_then(|dot| text.get(dot.saturating_add(1)..));
                domain.is_some_and(|domain| {
                    let labels: Vec<&str> = domain.split('.').collect();
                    // A short second label is a registry's own (`co.uk`), under which anybody may be.
                    let own = labels.iter().rev().nth(1).is_some_and(|label| label.len() > 3);
                    own && labels.iter().all(|label| !label.is_empty())
                })
            })
    }

    /// Whether every value stays where it stands in a path: one segment, or several without dots.
    pub(crate) fn stays_in_path(&self) -> bool {
        let Some(bytes) = self.bytes() else {
            return false;
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_~.!$'()*+,;=:@".contains(&b);
        let slash = bytes.contains(&b'/');
        bytes.iter().all(|b| plain(*b) || *b == b'/')
            && !(slash && bytes.contains(&b'.'))
            && ![".", "..", "", "/"].iter().any(|dots| self.takes(dots))
    }

    /// Every byte a value could hold; nothing when it could hold any.
    fn bytes(&self) -> Option<Vec<u8>> {
        let mut seen = [false; 256];
        collect(&self.hir, &mut seen).then(|| {
            (0..=255_u8)
                .zip(seen)
                .filter_map(|(byte, seen)| seen.then_some(byte))
                .collect()
        })
    }
}

/// Whether a whole value has the shape of a pattern; nothing when the pattern isn't one.
pub fn takes(pattern: &str, value: &str) -> Option<bool> {
    Shape::parse(pattern).ok().map(|shape| shape.takes(value))
}

fn label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Marks every byte the expression could match; false when it is not made of single bytes.
fn collect(hir: &Hir, seen: &mut [bool; 256]) -> bool {
    let mut mark = |from: u8, to: u8| {
        for byte in from..=to {
            if let Some(slot) = seen.get_mut(usize::from(byte)) {
                *slot = true;
            }
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            literal.0.iter().for_each(|byte| mark(*byte, *byte));
            true
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().for_each(|range| mark(range.start(), range.end()));
            true
        }
        HirKind::Class(Class::Unicode(class)) => {
            class
                .ranges()
                .iter()
                .all(|range| match (u8::try_from(range.start()), u8::try_from(range.end())) {
                    (Ok(from), Ok(to)) if to.is_ascii() => {
                        mark(from, to);
                        true
                    }
                    _ => false,
                })
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, seen),
        HirKind::Capture(capture) => collect(&capture.sub, seen),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(|part| collect(part, seen)),
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    fn shape(pattern: &str) -> Shape {
        Shape::parse(pattern).unwrap()
    }

    #[test]
    fn a_part_of_a_value_is_not_enough() {
        for loose in [
            "[a-z]+",
            "^[a-z]+",
            "[a-z]+$",
            "(?m)^[a-z]+$",
            "^a|b$",
            "^a$|b",
            "^[a-z",
            "",
        ] {
            assert!(Shape::parse(loose).is_err(), "{loose}");
        }
        assert!(shape("^[a-z]+$").takes("acme"));
        assert!(!shape("^[a-z]+$").takes("acme\n"));
        assert!(!shape("^[a-z]+$").takes("acme\nevil"));
        assert!(shape("^(?:a|b)$").takes("b"));
    }

    #[test]
    fn a_label_can_never_leave_its_host() {
        for safe in ["^[a-z0-9][a-z0-9-]*$", r"^[\w-]{1,63}$", "^(us|eu)[0-9]{1,2}$"] {
            assert!(shape(safe).is_label(), "{safe}");
        }
        for loose in [
            "^.+$",
            "^[^/]+$",
            r"^[a-z.]+$",
            r"^\S+$",
            "^[a-z]*$",
            "^(?:[a-z]+|evil.com/)$",
            "^[a-z]+:?$",
        ] {
            assert!(!shape(loose).is_label(), "{loose}");
        }
    }

    #[test]
    fn a_whole_host_ends_in_a_domain_that_is_spelled_out() {
        let workspace = shape(r"^[a-z0-9-]+(?:\.[0-9]+)?\.(?:cloud\.databricks\.com|azuredatabricks\.net)$");
        assert!(workspace.is_labels() && workspace.ends_in_domain());
        for loose in [
            r"^[a-z.]+$",
            r"^[a-z]+\.[a-z]+$",
            r"^[a-z]+\.com$",
            r"^[a-z]+\.(?:vendor\.com|net)$",
            r"^[a-z]+vendor\.com$",
            r"^[a-z]+vendor\.co\.uk$",
        ] {
            assert!(!shape(loose).ends_in_domain(), "{loose}");
        }
    }

    #[test]
    fn a_path_value_stays_in_its_path() {
        for safe in [
            "^[0-9a-f-]{36}$",
            "^sites/[A-Za-z0-9-]+$",
            r"^[a-z]+\.[a-z]+$",
            "^act_[0-9]+$",
        ] {
            assert!(shape(safe).stays_in_path(), "{safe}");
        }
        for loose in [
            "^.+$",
            r"^[a-z./]+$",
            r"^[.]+$",
            "^[^/]+$",
            "^[a-z?]+$",
            "^[a-z%]+$",
            "^[a-z#]*$",
            "^/?$",
        ] {
            assert!(!shape(loose).stays_in_path(), "{loose}");
        }
    }
}
