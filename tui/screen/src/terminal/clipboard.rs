//! The clipboard by OSC 52, which also works over SSH; inside tmux it is passed through as well.
//! Longer texts are cut off by terminals without a word, so they are refused with one.

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// Bytes that terminals take.
pub(crate) const MOST: usize = 74_000;

/// What to write to the terminal so that it puts `text` on the clipboard.
pub(crate) fn copy_sequence(text: &str, in_tmux: bool) -> String {
    let mut sequence = String::new();
    // Writing into a string does not fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    if in_tmux {
        let doubled = sequence.replace('\x1b', "\x1b\x1b");
        sequence.push_str(&format!("\x1bPtmux;{doubled}\x1b\\"));
    }
    sequence
}
