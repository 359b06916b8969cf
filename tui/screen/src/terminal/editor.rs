//! `$VISUAL`, `$EDITOR` or vi on a text. The one place of this crate that starts a process.
//!
//! The text lies in a folder that only we can enter (0700) in a file that only we can read (0600),
//! and both are gone afterwards.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Lets a person edit `text`; gives the text as saved, or a sentence on why there is none.
pub(crate) fn edit(text: &str, suffix: &str) -> Result<String, String> {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.trim().is_empty()));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    edit_with(&editor, text, suffix)
}

fn edit_with(editor: &str, text: &str, suffix: &str) -> Result<String, String> {
    let folder = tempfile::Builder::new()
        .prefix("linchpin-")
        .tempdir()
        .map_err(|e| unwritable(&e))?;
    let suffix: String = suffix
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect();
    let path = folder.path().join(format!("edit{suffix}"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|e| unwritable(&e))?;
    file.write_all(text.as_bytes()).map_err(|e| unwritable(&e))?;
    drop(file);
    let status = start(editor, &path).map_err(|why| {
        format!("The editor `{editor}` can't be started: {why}. Set $EDITOR to one that is installed.")
    })?;
    if !status.success() {
        return Err(format!(
            "The editor `{editor}` ended with {status}; the text is as it was."
        ));
    }
    std::fs::read_to_string(&path).map_err(|why| format!("The edited text can't be read: {why}. It has to be UTF-8."))
}

fn unwritable(why: &std::io::Error) -> String {
    format!("There is no room for a temporary file: {why}. Set TMPDIR to a folder that can be written.")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the person's own editor, by the person's own environment"
)]
fn start(editor: &str, path: &Path) -> std::io::Result<ExitStatus> {
    let mut words = editor.split_whitespace().map(OsString::from);
    let program = words.next().unwrap_or_else(|| OsString::from("vi"));
    Command::new(program).args(words).arg(path).status()
}

#[cfg(test)]
mod tests {
    use super::edit_with;

    #[test]
    fn gives_back_what_the_editor_saved() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("editor.sh");
        std::fs::write(
            &script,
            "printf ' and more' >> \"$1\"; ls -l \"$1\" | cut -c1-10 >> \"$1\"",
        )
        .unwrap();
        let edited = edit_with(&format!("sh {}", script.display()), "text", ".ts").unwrap();
        assert_eq!(edited, "text and more-rw-------\n");
    }

    #[test]
    fn says_what_to_do_when_there_is_no_editor() {
        let why = edit_with("no-such-editor-anywhere", "text", "").unwrap_err();
        assert!(why.contains("Set $EDITOR"), "{why}");
    }
}
