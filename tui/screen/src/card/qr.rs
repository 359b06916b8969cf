//! A link as a QR code, for a phone that is at hand while a browser is not.
//!
//! Two modules in a cell, dark on light whatever the terminal's colours are, with the quiet edge
//! that readers need. Where it doesn't fit, that is said: a part of one is worth nothing.

use qrcode::{Color, EcLevel, QrCode};

use crate::text::Row;
use crate::theme::{Label, Look};

/// Modules left empty around it.
const QUIET: usize = 2;

/// The code's rows, if it fits into so many cells and rows.
pub(super) fn rows(url: &str, cells: usize, height: usize, look: Look) -> Option<Vec<Row>> {
    let code = QrCode::with_error_correction_level(url, EcLevel::L).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let (wide, high) = if look.ascii {
        (side * 2, side)
    } else {
        (side, side.div_ceil(2))
    };
    if wide > cells || high > height {
        return None;
    }
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| (QUIET..QUIET + width).contains(&at);
        inside(x) && inside(y) && code[(x - QUIET, y - QUIET)] == Color::Dark
    };
    let mut rows = Vec::with_capacity(high);
    for line in 0..high {
        let mut text = String::with_capacity(wide * 3);
        for x in 0..side {
            if look.ascii {
                text.push_str(if is_dark(x, line) { "##" } else { "  " });
                continue;
            }
            let below = 2 * line + 1;
            text.push(match (is_dark(x, 2 * line), below < side && is_dark(x, below)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        rows.push(Row::new().tell(Label::Qr, &text));
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::theme::Look;

    #[test]
    fn a_code_is_whole_or_not_there() {
        let url = "https://accounts.example.com/o/oauth2/v2/auth?client_id=123";
        let drawn = rows(url, 80, 40, Look::default()).unwrap();
        assert!(drawn.len() > 10 && drawn.iter().all(|row| row.width() == drawn[0].width()));
        assert!(rows(url, 20, 40, Look::default()).is_none());
        assert!(rows(url, 80, 10, Look::default()).is_none());
        let ascii = Look {
            ascii: true,
            ..Look::default()
        };
        assert!(
            rows(url, 120, 60, ascii)
                .unwrap()
                .iter()
                .all(|row| row.plain().is_ascii())
        );
    }
}
