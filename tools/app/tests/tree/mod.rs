//! Small apps in temporary folders.

#![allow(dead_code, reason = "each test uses its part")]

use std::path::Path;

use linchpin_app::{App, read};

/// What makes a folder an app of the current layout.
pub(crate) const CONFIG: (&str, &str) = ("base44/config.jsonc", "{ // an app\n \"name\": \"Studio\", }");

/// A folder with these files.
pub(crate) fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        write(folder.path(), file, text.as_bytes());
    }
    folder
}

/// Writes a file and the folders above it.
pub(crate) fn write(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The app that these files make.
pub(crate) fn read_tree(files: &[(&str, &str)]) -> App {
    read(tree(files).path(), &|_| {}).unwrap()
}
