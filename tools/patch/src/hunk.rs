//! Hunks: runs of changed lines with a little context, each of which can be chosen by itself.
//!
//! Hunks are cut at every run of equal lines, so that no two of them touch and any subset can
//! be applied. A new or deleted file is one hunk.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

use crate::{FileChange, PatchError};

/// Names a hunk within its changeset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HunkId {
    /// Index of the file.
    pub file: usize,
    /// Index of the hunk in the file.
    pub hunk: usize,
}

/// A run of changed lines with up to three lines of context on either side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// Its name.
    pub id: HunkId,
    /// First line in the old text, from 1; 0 when the file is new.
    pub old_start: usize,
    /// First line in the new text, from 1; 0 when the file is deleted.
    pub new_start: usize,
    /// The lines, context included.
    pub lines: Vec<Line>,
}

/// One line of a hunk. The text keeps its line ending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whether it is added, removed or context.
    pub kind: LineKind,
    /// The line with its ending.
    pub text: String,
}

/// What a line of a hunk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// In both texts.
    Context,
    /// Only in the new text.
    Added,
    /// Only in the old text.
    Removed,
}

/// Which hunks are to be applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Selection(BTreeSet<HunkId>);

impl Selection {
    /// Every hunk given.
    pub fn all(hunks: &[Hunk]) -> Self {
        Self(hunks.iter().map(|h| h.id).collect())
    }

    /// Puts a hunk in, or takes it out.
    pub fn toggle(&mut self, id: HunkId) {
        if !self.0.remove(&id) {
            self.0.insert(id);
        }
    }

    /// Whether a hunk is chosen.
    pub fn contains(&self, id: HunkId) -> bool {
        self.0.contains(&id)
    }

    /// How many are chosen.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is chosen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses names of hunks that aren't there.
    pub(crate) fn check(&self, hunks: &[Hunk]) -> Result<(), PatchError> {
        match self.0.iter().find(|id| !hunks.iter().any(|h| h.id == **id)) {
            None => Ok(()),
            Some(id) => Err(PatchError::NoHunk {
                file: id.file,
                hunk: id.hunk,
            }),
        }
    }
}

impl FromIterator<HunkId> for Selection {
    fn from_iter<T: IntoIterator<Item = HunkId>>(ids: T) -> Self {
        Self(ids.into_iter().collect())
    }
}

const CONTEXT: usize = 3;

/// Lines with their endings, so that joining them gives the text back.
fn lines(text: Option<&String>) -> Vec<&str> {
    text.map(|text| text.split_inclusive('\n').collect())
        .unwrap_or_default()
}

fn diff(file: &FileChange) -> (Vec<&str>, Vec<&str>, Vec<DiffOp>) {
    let (old, new) = (lines(file.base.as_ref()), lines(file.next.as_ref()));
    let ops = capture_diff_slices(Algorithm::Patience, &old, &new);
    (old, new, ops)
}

/// A run of changes and how many equal lines stand before and after it.
struct Group {
    before: usize,
    changes: Vec<DiffOp>,
    after: usize,
}

/// Groups of touching changes; a new or deleted file has exactly one, even when it is empty.
fn groups(file: &FileChange, ops: &[DiffOp]) -> Vec<Group> {
    if file.base.is_none() || file.next.is_none() {
        return vec![Group {
            before: 0,
            changes: ops.to_vec(),
            after: 0,
        }];
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut equal = 0;
    let mut open = false;
    for op in ops {
        if op.tag() == DiffTag::Equal {
            equal = op.old_range().len();
            if let Some(group) = groups.last_mut() {
                group.after = equal;
            }
            open = false;
            continue;
        }
        if !open {
            groups.push(Group {
                before: equal,
                changes: Vec::new(),
                after: 0,
            });
            open = true;
        }
        if let Some(group) = groups.last_mut() {
            group.changes.push(*op);
        }
    }
    groups
}

pub(crate) fn hunks_of(index: usize, file: &FileChange) -> Vec<Hunk> {
    let (old, new, ops) = diff(file);
    let cut = |group: &Group, hunk: usize| {
        let old_from = group.changes.first().map_or(0, |op| op.old_range().start);
        let old_to = group.changes.last().map_or(0, |op| op.old_range().end);
        let new_from = group.changes.first().map_or(0, |op| op.new_range().start);
        let context = group.before.min(CONTEXT);
        let mut lines = Vec::new();
        let mut push = |kind, text: &str| {
            lines.push(Line {
                kind,
                text: text.to_owned(),
            })
        };
        old[old_from - context..old_from]
            .iter()
            .for_each(|l| push(LineKind::Context, l));
        for op in &group.changes {
            old[op.old_range()].iter().for_each(|l| push(LineKind::Removed, l));
            new[op.new_range()].iter().for_each(|l| push(LineKind::Added, l));
        }
        let after = old_to + group.after.min(CONTEXT);
        old[old_to..after].iter().for_each(|l| push(LineKind::Context, l));
        Hunk {
            id: HunkId { file: index, hunk },
            old_start: if file.base.is_none() { 0 } else { old_from - context + 1 },
            new_start: if file.next.is_none() { 0 } else { new_from - context + 1 },
            lines,
        }
    };
    groups(file, &ops)
        .iter()
        .enumerate()
        .map(|(i, group)| cut(group, i))
        .collect()
}

/// The text after applying only the chosen hunks; `None` when the file then does not exist.
pub(crate) fn select_text(index: usize, file: &FileChange, selection: &Selection) -> Option<String> {
    let chosen = |hunk| selection.contains(HunkId { file: index, hunk });
    if file.base.is_none() || file.next.is_none() {
        return if chosen(0) {
            file.next.clone()
        } else {
            file.base.clone()
        };
    }
    let (old, new, ops) = diff(file);
    let mut text = String::new();
    let mut hunk = 0;
    let mut inside = false;
    for op in &ops {
        let equal = op.tag() == DiffTag::Equal;
        if inside && equal {
            hunk += 1;
        }
        inside = !equal;
        let side = if !equal && chosen(hunk) {
            &new[op.new_range()]
        } else {
            &old[op.old_range()]
        };
        side.iter().for_each(|l| text.push_str(l));
    }
    Some(text)
}
