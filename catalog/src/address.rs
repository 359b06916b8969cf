//! Absolute addresses and path patterns, read as strictly as the policy needs.
//!
//! An address here comes from source code, where a value nobody can know is written `{}`. It is
//! refused, not repaired, when a URL parser could see another host or path in it than a reader
//! does: user info, backslashes, control characters, dot segments, a port, no https.
//! Source: WHATWG URL §4.4 (what parsers strip and normalise).

/// An https address, split.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub(crate) host: String,
    pub(crate) path: &'a str,
    pub(crate) segments: Vec<&'a str>,
}

impl<'a> Address<'a> {
    /// Splits an absolute address; the error says what is wrong with it.
    pub(crate) fn parse(url: &'a str) -> Result<Self, &'static str> {
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("it contains a blank or a control character");
        }
        let Some(rest) = url.get(..8).and_then(|scheme| {
            scheme
                .eq_ignore_ascii_case("https://")
                .then(|| url.get(8..).unwrap_or_default())
        }) else {
            return Err("it does not begin with https://");
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err("it carries a user name before the host");
        }
        if authority.contains('\\') || path.contains('\\') {
            return Err("it contains a backslash");
        }
        let host = authority.strip_suffix(":443").unwrap_or(authority);
        if host.contains(':') {
            return Err("it names a port");
        }
        if host.is_empty() || host.contains("{}") {
            return Err("its host is not known");
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        if segments.iter().any(|segment| is_dots(segment)) {
            return Err("its path has a dot segment");
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            path,
            segments,
        })
    }
}

/// `.`, `..` and their percent-encoded spellings, which parsers treat alike.
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

/// The host of an https origin or URL.
pub(crate) fn host_of(url: &str) -> Option<String> {
    // Path templates are no part of a host and may hold anything.
    let authority_end = url.get(8..)?.find('/').map_or(url.len(), |at| at.saturating_add(8));
    Address::parse(url.get(..authority_end)?)
        .ok()
        .map(|address| address.host)
}

/// A path with holes: `/v4/spreadsheets/{id}/values/{range}:append`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// One hole with what stands before and after it in the same segment.
    Hole(String, String),
}

impl Pattern {
    /// Reads a path such as `/users/{userId}/profile`; a hole is `{…}`, one in a segment.
    pub(crate) fn parse(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        Self {
            pieces: path
                .split('/')
                .skip(1)
                .map(|segment| match (segment.find('{'), segment.rfind('}')) {
                    (Some(open), Some(close)) if open < close => Piece::Hole(
                        segment.get(..open).unwrap_or_default().to_owned(),
                        segment.get(close.saturating_add(1)..).unwrap_or_default().to_owned(),
                    ),
                    _ => Piece::Literal(segment.to_owned()),
                })
                .collect(),
        }
    }

    /// How exactly the segments match, or nothing: literal segments count most. An unknown
    /// segment (`{}`) fills a hole and never stands for a literal.
    pub(crate) fn matches(&self, segments: &[&str]) -> Option<usize> {
        if self.pieces.len() != segments.len() {
            return None;
        }
        let mut score = 0_usize;
        for (piece, segment) in self.pieces.iter().zip(segments) {
            score = score.saturating_add(match piece {
                Piece::Literal(text) if text == segment => 1000,
                Piece::Hole(before, after)
                    if segment.len() > before.len().saturating_add(after.len())
                        && segment.starts_with(before.as_str())
                        && segment.ends_with(after.as_str()) =>
                {
                    before.len().saturating_add(after.len())
                }
                _ => return None,
            });
        }
        Some(score)
    }

    /// How many leading segments agree.
    pub(crate) fn shared(&self, segments: &[&str]) -> usize {
        self.pieces
            .iter()
            .zip(segments)
            .take_while(|(piece, segment)| match piece {
                Piece::Literal(text) => text == *segment,
                Piece::Hole(..) => true,
            })
            .count()
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => write!(f, "/{text}"),
            Piece::Hole(before, after) => write!(f, "/{before}{{}}{after}"),
        })
    }
}

/// The path of a URL template, from its first slash.
pub(crate) fn path_of(url: &str) -> &str {
    let Some(rest) = url.get(8..) else {
        return "";
    };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
}

/// The names between braces, in order; nothing when a brace has no pair or a name is nested.
pub(crate) fn holes(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        let after = rest.get(open..)?.strip_prefix('{')?;
        let (name, more) = after.split_at(after.find(['{', '}'])?);
        rest = more.strip_prefix('}')?;
        names.push(name);
    }
    Some(names)
}
