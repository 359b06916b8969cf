//! What one source file says, before files are put together.
//!
//! A file's facts depend on its text alone: no other file, no order of reading. That is what
//! lets files be read in parallel, and later be kept by content.

use std::cell::Cell;

use crate::Kind;

/// The facts of one JavaScript or TypeScript file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// What it imports of the app, in order; packages are left out.
    pub(crate) imports: Vec<Import>,
    /// Names it passes on from other files: exported name (`*` for all) and source.
    pub(crate) reexports: Vec<(String, String)>,
    /// Calls on entities.
    pub(crate) uses: Vec<Use>,
    /// Entities named without a call (`export const Booking = base44.entities.Booking`).
    pub(crate) mentions: Vec<(String, u32)>,
    /// Members read of variables that are named like an entity: entity, field, line.
    pub(crate) members: Vec<(String, String, u32)>,
    /// Where it compares or filters by the signed-in user.
    pub(crate) per_user: Option<u32>,
    /// Where it asks who is signed in.
    pub(crate) asks_user: Option<u32>,
    /// Backend functions it calls.
    pub(crate) invokes: Vec<(String, u32)>,
    /// Connectors it asks for: id, whether for the app user, line.
    pub(crate) connectors: Vec<(String, bool, u32)>,
    /// Services it uses by their own keys or hosts, and `Core.*`.
    pub(crate) services: Vec<Service>,
    /// Environment variables it reads, each once.
    pub(crate) variables: Vec<(String, u32)>,
    /// Hosts of other services it names, each once: host, whether it is a web hook, line.
    pub(crate) hosts: Vec<(String, bool, u32)>,
    /// Texts a visitor sees.
    pub(crate) words: Words,
    /// The first `h1`, else the first `h2`, else a header component's title: rank, text, line.
    pub(crate) heading: Option<(u8, String, u32)>,
    /// Form fields: name, the input's type, line.
    pub(crate) form_fields: Vec<(String, Option<String>, u32)>,
    /// Routes it declares.
    pub(crate) routes: Vec<Route>,
    /// `mainPage` of a `pages.config.js`.
    pub(crate) main_page: Option<String>,
    /// The `@base44/sdk` version it imports.
    pub(crate) sdk: Option<String>,
    /// Whether it imports the SDK or its client.
    pub(crate) base44: bool,
}

/// A service in use, and what told it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Service {
    /// What it is called (`resend`, `Core.SendEmail`).
    pub(crate) name: String,
    /// The environment variable that told it.
    pub(crate) variable: Option<String>,
    /// The host that told it.
    pub(crate) host: Option<String>,
    /// Its line.
    pub(crate) line: u32,
}

/// A route that a file declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// Its full path.
    pub(crate) path: String,
    /// The components named in its element, outermost first.
    pub(crate) named: Vec<String>,
    /// Its line.
    pub(crate) line: u32,
}

/// An import of another module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Import {
    /// The module as written.
    pub(crate) source: Box<str>,
    /// Imported name (`default`, `*`) and local name, a pair a line: one piece of memory, since a file
    /// has dozens of names and most are never asked for.
    names: String,
}

impl Import {
    /// An import of that module.
    pub(crate) fn of(source: &str) -> Self {
        Self {
            source: source.into(),
            names: String::new(),
        }
    }

    /// Adds a name.
    pub(crate) fn name(&mut self, imported: &str, local: &str) {
        self.names.reserve(imported.len() + local.len() + 2);
        self.names.push_str(imported);
        self.names.push(' ');
        self.names.push_str(local);
        self.names.push('\n');
    }

    /// Imported and local names.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.lines().filter_map(|line| line.split_once(' '))
    }
}

/// Texts with their lines, in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    text: String,
    /// Where each ends, and its line.
    ends: Vec<(u32, u32)>,
}

impl Words {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Writes one more; `write` leaves nothing behind when there is nothing to say.
    pub(crate) fn push(&mut self, line: u32, write: impl FnOnce(&mut String)) {
        let from = self.text.len();
        write(&mut self.text);
        if self.text.len() > from {
            self.ends
                .push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), line));
        }
    }

    /// The texts and their lines.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        let mut from = 0;
        self.ends.iter().map(move |(end, line)| {
            let word = self.text.get(from..*end as usize).unwrap_or("");
            from = *end as usize;
            (word, *line)
        })
    }
}

/// A call on an entity.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Use {
    /// The entity's name.
    pub(crate) entity: String,
    /// The method's name.
    pub(crate) method: String,
    /// The call's line.
    pub(crate) line: u32,
    /// Fields named in its arguments, with the kind their values show and their line.
    pub(crate) fields: Vec<(String, Kind, u32)>,
}

/// Byte offsets to lines, by a table.
pub(crate) struct Lines {
    breaks: Vec<u32>,
}

impl Lines {
    /// The table of a text.
    pub(crate) fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes())
            .map(|offset| u32::try_from(offset).unwrap_or(u32::MAX))
            .collect();
        Self { breaks }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let before = self.breaks.partition_point(|at| *at < offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// Lines of offsets that are mostly asked for in order: the answer is counted on from the last one.
pub(crate) struct Cursor<'t> {
    text: &'t [u8],
    last: Cell<(u32, u32)>,
}

impl<'t> Cursor<'t> {
    /// A cursor at the text's beginning.
    pub(crate) fn of(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            last: Cell::new((0, 1)),
        }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: u32) -> u32 {
        let (known, line) = self.last.get();
        let breaks = |from: u32, to: u32| {
            let part = self.text.get(from as usize..(to as usize).min(self.text.len()));
            let count = part.map_or(0, |part| memchr::memchr_iter(b'\n', part).count());
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let line = if offset >= known {
            line.saturating_add(breaks(known, offset))
        } else {
            line.saturating_sub(breaks(offset, known)).max(1)
        };
        self.last.set((offset, line));
        line
    }
}
