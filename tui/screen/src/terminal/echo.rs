//! Secrets in lines: what is typed is not shown while one is asked for.

use std::io::{self, BufRead, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::Masked;

/// Whether typed characters are shown; they are again when this goes.
#[derive(Default)]
pub(crate) struct Echo {
    hidden: bool,
}

impl Echo {
    /// Hides what is typed, or shows it. Where that can't be done, the terminal goes on as it is.
    pub(crate) fn hide(&mut self, hidden: bool) {
        let input = io::stdin();
        if hidden == self.hidden || !input.is_terminal() {
            return;
        }
        self.hidden = hidden;
        if let Ok(mut modes) = tcgetattr(&input) {
            modes.local_modes.set(LocalModes::ECHO, !hidden);
            // What was typed ahead was not meant for a hidden field, and goes.
            let _ = tcsetattr(&input, OptionalActions::Flush, &modes);
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.hide(false);
    }
}

/// Reads a secret of one line from standard input; a terminal does not show it.
///
/// # Errors
/// If standard input can't be read.
pub fn read_masked() -> io::Result<Masked> {
    let mut echo = Echo::default();
    echo.hide(true);
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    io::stdin().lock().read_until(b'\n', &mut bytes)?;
    let mut secret = Masked::new();
    secret.push_str(&Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()));
    Ok(secret)
}
