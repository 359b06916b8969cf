//! Raw mode and the alternate screen, left again on drop, on panic, and before a suspend.

use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::process::{Signal, getpid, kill_process};

use crate::ScreenError;

/// Alternate screen, bracketed paste, focus reports, the order of right-to-left text left to us. No mouse.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[8l\x1b[2J";
/// All of it back, an unfinished synchronized update, colours and the cursor too.
const LEAVE: &str = "\x1b[?2026l\x1b[0m\x1b[?1004l\x1b[?2004l\x1b[8h\x1b[?25h\x1b[?1049l";

static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// Holds the terminal. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal over. A panic in any thread gives it back before its message is printed.
    ///
    /// # Errors
    /// If standard output is no terminal that raw mode can be set on.
    pub fn enter() -> Result<Self, ScreenError> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                restore();
                before(info);
            }));
        });
        enable_raw_mode().map_err(ScreenError::Terminal)?;
        TAKEN.store(true, Ordering::SeqCst);
        let guard = Self(());
        write(ENTER).map_err(ScreenError::Write)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // The terminal may be gone already; there is nobody left to tell.
        let _ = write(LEAVE);
        let _ = disable_raw_mode();
    }
}

fn write(sequence: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

/// Stops this process until the shell continues it. The terminal must have been given back.
pub(crate) fn suspend() {
    // If it can't be stopped, it goes on; nothing is lost.
    let _ = kill_process(getpid(), Signal::TSTP);
}
