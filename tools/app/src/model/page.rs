//! Pages: what a person opens, sees, fills in and sets off.

use serde::{Deserialize, Serialize};

use super::{At, Integration};

/// A page a person can open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its component's name (`Bookings`).
    pub name: String,
    /// Its route (`/Bookings`).
    pub route: String,
    /// Its heading, when one is written out.
    pub title: Option<String>,
    /// Where its heading is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_at: Option<At>,
    /// Where its route is declared, when it is and does not follow from the file's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_at: Option<At>,
    /// Where it is.
    pub at: At,
    /// Whether it is the page that opens first.
    pub main: bool,
    /// Texts a visitor sees (headings, labels, placeholders), in order, without repeats.
    pub words: Vec<String>,
    /// Where each of `words` is: index into `files` and line; in step with `words`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub word_places: Vec<(u32, u32)>,
    /// The files it is made of, its own first, then the nearest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Entities it reads.
    pub reads: Vec<EntityUse>,
    /// Entities it writes.
    pub writes: Vec<EntityUse>,
    /// Whether it filters by the signed-in user, and where.
    pub per_user: Option<At>,
    /// Backend functions it calls.
    pub calls: Vec<FunctionCall>,
    /// Names of form fields.
    pub form_fields: Vec<String>,
    /// Its forms: one for each of its files that has fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Form>,
    /// Services it uses by own means, `Core.*` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Integration>,
}

impl Page {
    /// Where the word of that index is.
    pub fn word_at(&self, index: usize) -> Option<At> {
        let (file, line) = self.word_places.get(index)?;
        Some(At {
            file: self.files.get(*file as usize)?.clone(),
            line: *line,
        })
    }
}

/// Fields that a person fills in together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The entity that is written with them, when one file says both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Its fields.
    pub fields: Vec<FormField>,
    /// Where its first field is.
    pub at: At,
}

/// A field of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its name (`due_date`).
    pub name: String,
    /// The input's type when it is written out (`email`, `tel`, `date`, `file`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Where.
    pub at: At,
}

/// A use of an entity in code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityUse {
    /// The entity's name.
    pub entity: String,
    /// The SDK method (`list`, `filter`, `create`).
    pub method: String,
    /// Where.
    pub at: At,
}

/// A call of a backend function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// The function's name.
    pub function: String,
    /// Where.
    pub at: At,
}
