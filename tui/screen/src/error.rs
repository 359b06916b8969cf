//! What can go wrong with a terminal.

use std::io;

/// Why there is no screen, or no screen any more.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Raw mode or the size could not be had.
    #[error("This terminal can't be used as a screen: {0}. Run it with --plain for plain lines.")]
    Terminal(#[source] io::Error),
    /// Writing failed.
    #[error(
        "Nothing can be written to the terminal: {0}. If it was closed, start again; nothing that was applied is lost."
    )]
    Write(#[source] io::Error),
}
