//! Changesets that were shown, kept by name so that `linchpin apply NAME` can take one up.
//!
//! What is taken from the shelf is checked against its name again: an edit on disk is refused.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use linchpin_patch::Digest;
use linchpin_question::Review;

/// How many are kept.
const KEPT: usize = 50;

/// Keeps a review under its changeset's name.
pub fn put(state: &Path, name: &Digest, review: &Review) -> std::io::Result<()> {
    let folder = state.join("changesets");
    fs::create_dir_all(&folder)?;
    prune(&folder)?;
    let path = folder.join(format!("{name}.json"));
    let mut file = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(&serde_json::to_vec(review)?)
}

/// The review named by a digest or at least twelve of its leading characters.
pub fn get(state: &Path, name: &str) -> Result<Review, String> {
    let folder = state.join("changesets");
    let unknown = || {
        format!(
            "No reviewed changeset is called `{name}`. `linchpin exec … --json` prints the name when it shows one; give at least 12 of its characters."
        )
    };
    if name.len() < 12 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let entries = fs::read_dir(&folder).map_err(|_| unknown())?;
    let mut found = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|f| f.starts_with(name));
    let (Some(file), None) = (found.next(), found.next()) else {
        return Err(unknown());
    };
    let bytes = fs::read(folder.join(&file)).map_err(|e| format!("The changeset `{name}` can't be read ({e})."))?;
    let review: Review = serde_json::from_slice(&bytes)
        .map_err(|e| format!("The changeset `{name}` is damaged ({e}). Ask for it again."))?;
    match file.strip_suffix(".json") == Some(review.changeset.digest().as_str()) {
        true => Ok(review),
        false => Err(format!(
            "The changeset `{name}` was edited on disk after the review, so it is refused. Ask for it again."
        )),
    }
}

fn prune(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(|e| {
            let e = e.ok()?;
            Some((e.metadata().ok()?.modified().ok()?, e.path()))
        })
        .collect();
    files.sort();
    let surplus = files.len().saturating_sub(KEPT - 1);
    files
        .iter()
        .take(surplus)
        .try_for_each(|(_, path)| fs::remove_file(path))
}
