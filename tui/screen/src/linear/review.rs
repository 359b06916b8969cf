//! A review as lines: facts, then the diff in numbered hunks, then what the model says.

use crate::review::{ReviewScreen, facts_rows, hunk_head, hunk_rows};
use crate::theme::Look;

use super::{CELLS, plain};

pub(super) fn lines(screen: &ReviewScreen, look: Look) -> Vec<String> {
    let mut lines = vec!["Review: what would change, and what it could reach".to_owned()];
    lines.extend(plain(&facts_rows(&screen.review, CELLS, look)));
    let mut hidden = 0;
    let mut file = None;
    for (i, hunk) in screen.hunks.iter().enumerate() {
        let files = screen.review.changeset.files();
        let path = files.get(hunk.id.file).map_or("", |file| file.path.as_str());
        if file != Some(hunk.id.file) {
            file = Some(hunk.id.file);
            lines.push(String::new());
            lines.push(format!("File {}: {path}", hunk.id.file + 1));
        }
        lines.push(
            hunk_head(hunk, i + 1, screen.hunks.len(), true, false, look)
                .plain()
                .trim_start()
                .to_owned(),
        );
        let (rows, more) = hunk_rows(hunk, path, CELLS);
        lines.extend(plain(&rows));
        hidden += more;
    }
    lines.push(String::new());
    if hidden > 0 {
        lines.push(format!(
            "Warning: {hidden} invisible or misleading characters in the diff are shown by their number."
        ));
    }
    if let Some(words) = &screen.review.model_says {
        lines.push("The model says (its own words; the facts above are ours):".to_owned());
        lines.extend(plain(&crate::markdown::rows(words, CELLS, look.glyphs())));
    }
    lines.push(match screen.obstacle() {
        Some(why) => format!("Review: {why} Type reject, or what should be different."),
        None => "Review: type apply for all of it, apply and the numbers of hunks (apply 1 3) for some, edit and the number of a \
                 file, reject, or what should be different."
            .to_owned(),
    });
    lines
}
