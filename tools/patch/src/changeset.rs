//! A changeset: several files, each with its text before and after.

use serde::{Deserialize, Serialize};

use crate::hunk::{hunks_of, select_text};
use crate::{AppPath, Digest, Hunk, PatchError, Selection};

/// One file's text before and after. `None` means that the file does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Where the file is, inside the app.
    pub path: AppPath,
    /// The text that must be on disk when this is applied.
    pub base: Option<String>,
    /// The text that will be on disk afterwards.
    pub next: Option<String>,
}

/// What would change in an app, reviewed as one and applied as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changeset {
    files: Vec<FileChange>,
}

impl Changeset {
    /// Collects file changes, leaving out those that change nothing; paths must differ even
    /// where case doesn't count.
    pub fn new(files: Vec<FileChange>) -> Result<Self, PatchError> {
        let mut files: Vec<_> = files.into_iter().filter(|f| f.base != f.next).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for (i, file) in files.iter().enumerate() {
            let lower = file.path.as_str().to_lowercase();
            if let Some(twin) = files[i + 1..].iter().find(|f| f.path.as_str().to_lowercase() == lower) {
                return Err(PatchError::Twin {
                    first: file.path.to_string(),
                    second: twin.path.to_string(),
                });
            }
        }
        Ok(Self { files })
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[FileChange] {
        &self.files
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The name of exactly these bytes at exactly these paths.
    pub fn digest(&self) -> Digest {
        let mut manifest = String::from("linchpin-changeset-1\n");
        for file in &self.files {
            let name = |text: &Option<String>| match text {
                Some(text) => Digest::of(text.as_bytes()).to_string(),
                None => "absent".to_owned(),
            };
            manifest.push_str(&format!("{} {} {}\n", name(&file.base), name(&file.next), file.path));
        }
        Digest::of(manifest.as_bytes())
    }

    /// All hunks, in file order.
    pub fn hunks(&self) -> Vec<Hunk> {
        self.files
            .iter()
            .enumerate()
            .flat_map(|(i, file)| hunks_of(i, file))
            .collect()
    }

    /// The changeset that applies only the chosen hunks. A file none of whose hunks is chosen
    /// drops out.
    pub fn select(&self, selection: &Selection) -> Result<Self, PatchError> {
        let mut files = Vec::new();
        selection.check(&self.hunks())?;
        for (i, file) in self.files.iter().enumerate() {
            files.push(FileChange {
                next: select_text(i, file, selection),
                ..file.clone()
            });
        }
        Self::new(files)
    }

    /// The changeset that undoes this one.
    pub fn invert(&self) -> Self {
        let invert = |f: &FileChange| FileChange {
            path: f.path.clone(),
            base: f.next.clone(),
            next: f.base.clone(),
        };
        Self {
            files: self.files.iter().map(invert).collect(),
        }
    }

    /// A unified diff of the whole changeset, for plain output.
    pub fn unified(&self) -> String {
        self.files.iter().map(FileChange::unified).collect()
    }
}

impl FileChange {
    /// A unified diff of this file, for plain output.
    pub fn unified(&self) -> String {
        let (old, new) = (self.base.as_deref().unwrap_or(""), self.next.as_deref().unwrap_or(""));
        let name = |side: &str, present: bool| match present {
            true => format!("{side}/{}", self.path),
            false => "/dev/null".to_owned(),
        };
        similar::TextDiff::from_lines(old, new)
            .unified_diff()
            .context_radius(3)
            .header(&name("a", self.base.is_some()), &name("b", self.next.is_some()))
            .to_string()
    }
}
