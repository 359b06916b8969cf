//! What a variable may hold: a set of alternatives, and what the value was made from.
//!
//! An alternative can say that, if it is the one, the caller has passed a check (`implies`):
//! narrowing `user` to "not null" is then the proof that somebody is signed in. Labels say what
//! the value derives from; they only ever grow when values meet.

use std::rc::Rc;

/// What a value was made from; one bit per token source, and a few of our own.
pub(crate) type Labels = u64;
/// Bits of token sources.
pub(crate) const TOKENS: Labels = (1 << 48) - 1;
/// May hold functions of this file that are no longer told apart.
pub(crate) const OPAQUE: Labels = 1 << 59;
/// From an environment secret.
pub(crate) const ENV: Labels = 1 << 60;
/// From the request.
pub(crate) const REQ: Labels = 1 << 61;
/// The caller's own credentials.
pub(crate) const CALLER: Labels = 1 << 62;
/// Decided by what a token's text is.
pub(crate) const CONTENT: Labels = 1 << 63;
/// What may not leave.
pub(crate) const SECRET: Labels = TOKENS | CALLER | CONTENT;

/// Which checks the caller has passed, as a set over the paths that lead here.
pub(crate) type Guards = u8;
/// A path without a check.
pub(crate) const UNCHECKED: Guards = 1;
/// A path on which somebody is signed in.
pub(crate) const SIGNED_IN: Guards = 2;
/// A path on which the caller has a role or is one person.
pub(crate) const ROLE: Guards = 4;
/// A path on which the caller knows a secret.
pub(crate) const BY_SECRET: Guards = 8;

/// `now` after a check that implies `more`: on each path the stronger of the two.
pub(crate) fn strengthen(now: Guards, more: Guards) -> Guards {
    if more == 0 || more & UNCHECKED != 0 {
        return now;
    }
    let mut out = 0;
    for a in [UNCHECKED, SIGNED_IN, ROLE, BY_SECRET] {
        for b in [SIGNED_IN, ROLE, BY_SECRET] {
            if now & a != 0 && more & b != 0 {
                out |= a.max(b);
            }
        }
    }
    out
}

/// What is known by either of two alternatives: something only where both know something.
fn either(a: Guards, b: Guards) -> Guards {
    if a == 0 || b == 0 { 0 } else { a | b }
}

/// What is known by both together.
pub(crate) fn both(a: Guards, b: Guards) -> Guards {
    match (a, b) {
        (0, x) | (x, 0) => x,
        _ => strengthen(a, b),
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As written.
    Lit(Rc<str>),
    /// Computed.
    Hole,
    /// An environment secret.
    Secret,
    /// A value of a known origin and shape.
    Given(Rc<Given>),
}

/// A value that a connection comes with, or one whose shape was tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The connection's connector and the value's name, where it is one of those.
    pub(crate) from: Option<(Rc<str>, Rc<str>)>,
    /// The regular expression that it was found to match.
    pub(crate) shape: Option<Rc<str>>,
}

/// An object of the abstract heap.
pub(crate) type ObjId = usize;
/// A function with the variables it closes over.
pub(crate) type FunId = usize;

/// One thing a value may be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Atom {
    /// Something from outside: text, number or data.
    Any,
    /// A text of known and unknown parts.
    Text(Rc<[Piece]>),
    /// A number, by its bits where known.
    Num(Option<u64>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
    /// An object or array made in this file.
    Ref(ObjId),
    /// A function of this file.
    Fun(FunId),
    /// A global, or a member of one, by its dotted path.
    Host(Rc<str>),
    /// The end of a promise made here: calling it gives the promise its value.
    Resolve(ObjId),
    /// A member of the SDK's client, by its dotted path; empty for the client.
    Sdk(Rc<str>),
    /// The SDK's `createClientFromRequest`.
    Factory,
    /// Something imported, by module.
    Import(Rc<str>),
    /// The request.
    Request,
    /// The request's headers.
    RequestHeaders,
    /// The signed-in user.
    User,
    /// A field of the signed-in user.
    UserField(Rc<str>),
    /// An environment secret, by name.
    Env(Rc<str>),
    /// What a connection comes with, by connector.
    Config(Rc<str>),
    /// One value of that, or one whose shape was tested.
    Given(Rc<Given>),
    /// JSON with a GraphQL document in it.
    Document(Rc<str>),
}

/// An alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alt {
    pub(crate) atom: Atom,
    /// What the caller has passed if this is the one; 0 when nothing is known.
    pub(crate) implies: Guards,
    /// Whether it is still a promise.
    pub(crate) pending: bool,
}

/// A set of alternatives. None at all means that the code can't be reached.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Val {
    pub(crate) labels: Labels,
    pub(crate) alts: Vec<Alt>,
}

impl From<Atom> for Val {
    fn from(atom: Atom) -> Self {
        Self {
            labels: 0,
            alts: vec![Alt {
                atom,
                implies: 0,
                pending: false,
            }],
        }
    }
}

/// Texts beyond this many are no longer told apart.
const MANY: usize = 24;

impl Val {
    pub(crate) fn any() -> Self {
        Atom::Any.into()
    }

    pub(crate) fn undefined() -> Self {
        Atom::Undefined.into()
    }

    pub(crate) fn number() -> Self {
        Atom::Num(None).into()
    }

    pub(crate) fn text(text: &str) -> Self {
        Atom::Text(Rc::from(vec![Piece::Lit(Rc::from(text))])).into()
    }

    /// Some text.
    pub(crate) fn some_text() -> Self {
        Atom::Text(Rc::from(vec![Piece::Hole])).into()
    }

    pub(crate) fn boolean() -> Self {
        Self::test(0, 0)
    }

    /// True with what it implies, or false with what that implies.
    pub(crate) fn test(yes: Guards, no: Guards) -> Self {
        let alt = |value, implies| Alt {
            atom: Atom::Bool(value),
            implies,
            pending: false,
        };
        Self {
            labels: 0,
            alts: vec![alt(true, yes), alt(false, no)],
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, labels: Labels) -> Self {
        self.labels |= labels;
        self
    }

    #[must_use]
    pub(crate) fn implying(mut self, guards: Guards) -> Self {
        for alt in &mut self.alts {
            alt.implies = guards;
        }
        self
    }

    /// The same as a promise.
    #[must_use]
    pub(crate) fn promised(mut self) -> Self {
        for alt in &mut self.alts {
            alt.pending = true;
        }
        self
    }

    /// Without what it says of the caller: for what outlives a request.
    #[must_use]
    pub(crate) fn forgetting(mut self) -> Self {
        for alt in &mut self.alts {
            alt.implies = 0;
            if matches!(
                alt.atom,
                Atom::User | Atom::UserField(_) | Atom::Config(_) | Atom::Given(_)
            ) {
                alt.atom = Atom::Any;
            }
        }
        self
    }

    pub(crate) fn is_bottom(&self) -> bool {
        self.alts.is_empty()
    }

    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.alts.iter().map(|alt| &alt.atom)
    }

    pub(crate) fn push(&mut self, alt: Alt) -> bool {
        if let Some(own) = self
            .alts
            .iter_mut()
            .find(|own| own.atom == alt.atom && own.pending == alt.pending)
        {
            let implies = either(own.implies, alt.implies);
            let changed = implies != own.implies;
            own.implies = implies;
            return changed;
        }
        self.alts.push(alt);
        if self.alts.len() > MANY {
            self.blur();
        }
        true
    }

    /// Adds the alternatives of `other`; whether that changed anything.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let mut changed = self.labels | other.labels != self.labels;
        self.labels |= other.labels;
        let before = self.alts.clone();
        for alt in &other.alts {
            if self.push(alt.clone()) {
                changed = changed || self.alts != before;
            }
        }
        changed
    }

    /// Adds the alternatives of `other`; when it is `late`, so that texts that would grow for ever
    /// are no longer told apart. Whether that changed anything.
    pub(crate) fn grow(&mut self, other: &Self, late: bool) -> bool {
        if !late {
            return self.join(other);
        }
        let mut joined = self.clone();
        joined.join(other);
        if joined == *self {
            return false;
        }
        joined.blur();
        let changed = joined != *self;
        *self = joined;
        changed
    }

    #[must_use]
    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.join(other);
        self
    }

    /// Texts and numbers are no longer told apart.
    pub(crate) fn blur(&mut self) {
        let mut blurred = false;
        let mut pending = false;
        self.alts.retain(|alt| {
            let plain = matches!(alt.atom, Atom::Text(_) | Atom::Num(_) | Atom::Any);
            blurred |= plain;
            pending |= plain && alt.pending;
            !plain
        });
        if blurred {
            self.alts.push(Alt {
                atom: Atom::Any,
                implies: 0,
                pending: false,
            });
        }
    }

    /// The alternatives that `keep` keeps.
    pub(crate) fn filter(&self, keep: impl Fn(&Alt) -> bool) -> Self {
        Self {
            labels: self.labels,
            alts: self.alts.iter().filter(|alt| keep(alt)).cloned().collect(),
        }
    }

    /// What all alternatives together say of the caller; 0 when one says nothing.
    pub(crate) fn implied(&self) -> Guards {
        let mut all = 0;
        for alt in &self.alts {
            if alt.implies == 0 || alt.pending {
                return 0;
            }
            all |= alt.implies;
        }
        all
    }

    /// The text, when it is exactly one known text.
    pub(crate) fn constant(&self) -> Option<&str> {
        match self.alts.as_slice() {
            [alt] => alt.atom.constant(),
            _ => None,
        }
    }

    pub(crate) fn all_numbers(&self) -> bool {
        !self.alts.is_empty() && self.atoms().all(|atom| matches!(atom, Atom::Num(_)))
    }
}

impl Alt {
    pub(crate) fn may_be_true(&self) -> bool {
        self.pending || self.atom.truth() != Some(false)
    }

    pub(crate) fn may_be_false(&self) -> bool {
        !self.pending && self.atom.truth() != Some(true)
    }

    pub(crate) fn is_nullish(&self) -> bool {
        !self.pending && matches!(self.atom, Atom::Null | Atom::Undefined)
    }

    pub(crate) fn may_be_nullish(&self) -> bool {
        self.is_nullish() || (!self.pending && self.atom.may_be_missing())
    }
}

impl Atom {
    /// The text, when all of it is known.
    pub(crate) fn constant(&self) -> Option<&str> {
        let Self::Text(pieces) = self else {
            return None;
        };
        match pieces.as_ref() {
            [] => Some(""),
            [Piece::Lit(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it may be something else than it looks: data, or a member that isn't there.
    pub(crate) fn may_be_missing(&self) -> bool {
        match self {
            Self::Any | Self::UserField(_) | Self::Import(_) => true,
            Self::Given(given) => given.shape.is_none(),
            Self::Host(path) => path.contains('.'),
            Self::Sdk(path) => !path.is_empty(),
            _ => false,
        }
    }

    /// Whether it counts as true, where that is known.
    fn truth(&self) -> Option<bool> {
        match self {
            other if other.may_be_missing() => None,
            Self::Env(_) | Self::Num(None) => None,
            Self::Text(pieces) => {
                if pieces.iter().any(|p| matches!(p, Piece::Lit(t) if !t.is_empty())) {
                    Some(true)
                } else if pieces.iter().all(|p| matches!(p, Piece::Lit(_))) {
                    Some(false)
                } else {
                    None
                }
            }
            Self::Num(Some(bits)) => {
                let number = f64::from_bits(*bits);
                Some(number != 0.0 && !number.is_nan())
            }
            Self::Bool(value) => Some(*value),
            Self::Null | Self::Undefined => Some(false),
            _ => Some(true),
        }
    }

    /// As parts of a text.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let lit = |text: &str| vec![Piece::Lit(Rc::from(text))];
        match self {
            Self::Text(pieces) => pieces.to_vec(),
            Self::Num(Some(bits)) => {
                let number = f64::from_bits(*bits);
                if number.fract() == 0.0 && number.abs() < 1e15 {
                    lit(&format!("{number:.0}"))
                } else {
                    vec![Piece::Hole]
                }
            }
            Self::Bool(value) => lit(if *value { "true" } else { "false" }),
            Self::Null => lit("null"),
            Self::Undefined => lit("undefined"),
            Self::Env(_) => vec![Piece::Secret],
            Self::Given(given) if given.shape.is_some() => vec![Piece::Given(Rc::clone(given))],
            _ => vec![Piece::Hole],
        }
    }
}

/// One text from parts, neighbours merged.
pub(crate) fn text_of(pieces: Vec<Piece>) -> Atom {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (out.last_mut(), piece) {
            (Some(Piece::Lit(last)), Piece::Lit(next)) => {
                *last = Rc::from(format!("{last}{next}"));
            }
            (Some(Piece::Hole), Piece::Hole) => {}
            (_, piece) => out.push(piece),
        }
    }
    out.truncate(64);
    Atom::Text(Rc::from(out))
}

/// The texts that `left` followed by `right` may be.
pub(crate) fn concat(left: &Val, right: &Val) -> Val {
    let mut out = Val {
        labels: left.labels | right.labels,
        alts: Vec::new(),
    };
    if left.alts.len().saturating_mul(right.alts.len()) > MANY {
        out.alts = Val::some_text().alts;
        return out;
    }
    for a in &left.alts {
        for b in &right.alts {
            let mut pieces = a.atom.pieces();
            pieces.extend(b.atom.pieces());
            out.push(Alt {
                atom: text_of(pieces),
                implies: 0,
                pending: false,
            });
        }
    }
    out
}
