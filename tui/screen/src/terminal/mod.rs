//! The terminal: taken over and given back, whatever happens in between.
//!
//! Everything that knows about escape sequences is in here. No mouse is captured, so that
//! selecting works as everywhere; the transcript is printed into the normal scrollback on exit.

use std::io::IsTerminal;

mod background;
mod clipboard;
mod echo;
mod editor;
mod guard;
mod keyboard;
mod painter;

/// Whether lines serve better than a screen: asked for (`plain`, or `ACCESSIBLE=1`), a dumb
/// terminal, or no terminal on one of both ends.
pub fn wants_lines(plain: bool) -> bool {
    let accessible = std::env::var_os("ACCESSIBLE").is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    plain || accessible || dumb || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal()
}

pub(crate) use background::ASK as ASK_BACKGROUND;
pub(crate) use clipboard::{MOST as MOST_COPIED, copy_sequence};
pub(crate) use echo::Echo;
pub use echo::read_masked;
pub(crate) use editor::edit;
pub use guard::Guard;
pub(crate) use guard::suspend;
pub(crate) use keyboard::Keyboard;
pub use painter::Painter;
