//! What one source file says, before files are put together.
//!
//! A file's facts depend on its text alone: no other file, no order of reading. That is what
//! lets files be read in parallel, and later be kept by content.

use std::cell::OnceCell;

use crate::Kind;

/// The facts of one JavaScript or TypeScript file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// What it imports, in order.
    pub(crate) imports: Vec<Import>,
    /// Names it passes on from other files: exported name (`*` for all) and source.
    pub(crate) reexports: Vec<(String, String)>,
    /// Calls on entities.
    pub(crate) uses: Vec<Use>,
    /// Entities named without a call (`export const Booking = base44.entities.Booking`).
    pub(crate) mentions: Vec<(String, u32)>,
    /// Where it compares or filters by the signed-in user.
    pub(crate) per_user: Option<u32>,
    /// Backend functions it calls.
    pub(crate) invokes: Vec<(String, u32)>,
    /// Connectors it asks for: id, whether for the app user, line.
    pub(crate) connectors: Vec<(String, bool, u32)>,
    /// Services it uses by their own keys or hosts, and `Core.*`.
    pub(crate) services: Vec<(String, u32)>,
    /// Texts a visitor sees.
    pub(crate) words: Vec<String>,
    /// The first `h1`, else the first `h2`, else a header component's title.
    pub(crate) heading: Option<(u8, String)>,
    /// Names of form fields.
    pub(crate) form_fields: Vec<String>,
    /// Routes it declares: path and the components named in its element, outermost first.
    pub(crate) routes: Vec<(String, Vec<String>)>,
    /// `mainPage` of a `pages.config.js`.
    pub(crate) main_page: Option<String>,
    /// The `@base44/sdk` version it imports.
    pub(crate) sdk: Option<String>,
}

/// An import of another module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Import {
    /// The module as written.
    pub(crate) source: String,
    /// Imported name (`default`, `*`) and local name.
    pub(crate) names: Vec<(String, String)>,
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

/// Byte offsets to lines. The table is made on the first question, since most files are asked little.
pub(crate) struct Lines {
    breaks: Vec<u32>,
}

impl Lines {
    /// The table of a text.
    pub(crate) fn of(text: &str) -> Self {
        let breaks = text
            .match_indices('\n')
            .map(|(offset, _)| u32::try_from(offset).unwrap_or(u32::MAX))
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

/// A text whose line table is made when first needed.
pub(crate) struct LazyLines<'t> {
    text: &'t str,
    table: OnceCell<Lines>,
}

impl<'t> LazyLines<'t> {
    /// The text's lines.
    pub(crate) fn of(text: &'t str) -> Self {
        Self {
            text,
            table: OnceCell::new(),
        }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: u32) -> u32 {
        self.table.get_or_init(|| Lines::of(self.text)).line(offset as usize)
    }
}
