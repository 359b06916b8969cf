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
        if host.is_empty() || !is_known(host) {
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

/// A host, or one with a single hole. A computed hole (`{}`) needs a whole domain behind it.
fn is_known(host: &str) -> bool {
    let Some((before, rest)) = host.split_once('{') else {
        return !host.contains('}');
    };
    let Some((name, after)) = rest.split_once('}') else {
        return false;
    };
    let domain = after
        .strip_prefix('.')
        .is_some_and(|domain| domain.contains('.') && domain.split('.').all(|label| !label.is_empty()));
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !before.contains('}') && !after.contains(['{', '}']) && name.chars().all(named) && (domain || !name.is_empty())
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

/// A path with holes: `/v4/spreadsheets/{id}/values/{range}:append`. `{+}` takes any number of
/// segments up to one that ends as the pattern's does: `/me/drive/root:/{+}:/content`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// One hole with what stands before and after it in the same segment.
    Hole(String, String),
    /// One or more segments, the last of which ends like this.
    Path(String),
}

/// Whether the case of literal segments matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Case {
    /// It does.
    #[default]
    Exact,
    /// It doesn't (Microsoft Graph).
    Folded,
}

impl Case {
    pub(crate) fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Exact => a == b,
            Self::Folded => a.eq_ignore_ascii_case(b),
        }
    }
}

impl Pattern {
    /// Reads a path such as `/users/{userId}/profile`; a hole is `{…}`, one in a segment.
    pub(crate) fn parse(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        Self {
            pieces: path.split('/').skip(1).map(Piece::parse).collect(),
        }
    }

    /// How exactly the segments match, or nothing: literal segments count most. An unknown
    /// segment (`{}`) fills a hole and never stands for a literal.
    pub(crate) fn matches(&self, segments: &[&str], case: Case) -> Option<usize> {
        score(&self.pieces, segments, case)
    }

    /// Whether the path begins with this.
    pub(crate) fn begins(&self, segments: &[&str], case: Case) -> bool {
        segments
            .get(..self.pieces.len())
            .is_some_and(|first| self.matches(first, case).is_some())
    }

    /// How many leading segments agree.
    pub(crate) fn shared(&self, segments: &[&str], case: Case) -> usize {
        self.pieces
            .iter()
            .zip(segments)
            .take_while(|(piece, segment)| match piece {
                Piece::Literal(text) => case.same(text, segment),
                Piece::Hole(..) | Piece::Path(_) => true,
            })
            .count()
    }
}

impl Piece {
    fn parse(segment: &str) -> Self {
        match (segment.find('{'), segment.rfind('}')) {
            (Some(open), Some(close)) if open < close => {
                let after = segment.get(close.saturating_add(1)..).unwrap_or_default().to_owned();
                match segment.get(..open).unwrap_or_default() {
                    "" if segment.starts_with("{+}") => Self::Path(after),
                    before => Self::Hole(before.to_owned(), after),
                }
            }
            _ => Self::Literal(segment.to_owned()),
        }
    }

    /// How exactly it fits one segment.
    fn fits(&self, segment: &str, case: Case) -> Option<usize> {
        match self {
            Self::Literal(text) => case.same(text, segment).then_some(1000),
            Self::Hole(before, after) => {
                let around = before.len().saturating_add(after.len());
                let head = segment.get(..before.len()).is_some_and(|head| case.same(head, before));
                let tail = segment
                    .len()
                    .checked_sub(after.len())
                    .and_then(|at| segment.get(at..))
                    .is_some_and(|tail| case.same(tail, after));
                (segment.len() > around && head && tail).then_some(around)
            }
            Self::Path(after) => {
                (segment.len() > after.len() && segment.ends_with(after.as_str())).then_some(after.len())
            }
        }
    }
}

fn score(pieces: &[Piece], segments: &[&str], case: Case) -> Option<usize> {
    let mut total = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        if let Piece::Path(_) = piece {
            let rest = pieces.get(at.saturating_add(1)..).unwrap_or_default();
            let last = segments.len().checked_sub(rest.len())?;
            // The hole ends where what follows it fits; only one end leaves the right number.
            let (own, after) = (segments.get(at..last)?, segments.get(last..)?);
            let fits = piece.fits(own.last()?, case)?;
            return Some(total.saturating_add(fits).saturating_add(score(rest, after, case)?));
        }
        total = total.saturating_add(piece.fits(segments.get(at)?, case)?);
    }
    (pieces.len() == segments.len()).then_some(total)
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => write!(f, "/{text}"),
            Piece::Hole(before, after) => write!(f, "/{before}{{}}{after}"),
            Piece::Path(after) => write!(f, "/{{+}}{after}"),
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
