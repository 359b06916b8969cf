//! Whether the terminal is light or dark: asked once, after the first frame, waited for by nobody.
//!
//! The answer to OSC 11 comes in with the keys and is taken out of them here, letter by letter; what
//! turns out to be no answer goes on as the keys it was. A terminal that never answers costs nothing.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::theme::Background;

/// The question.
pub(crate) const ASK: &str = "\x1b]11;?\x1b\\";
/// How an answer begins, after its `ESC ]`.
const HEAD: &str = "11;rgb:";
/// An answer is not longer than this.
const LONGEST: usize = 32;

/// Takes the answer out of the keys.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    held: Vec<Event>,
    text: String,
}

impl Answer {
    /// Gives the events that are none of the answer, and the answer when it is whole.
    pub(crate) fn take(&mut self, events: Vec<Event>) -> (Vec<Event>, Option<Background>) {
        let mut rest = Vec::with_capacity(events.len());
        let mut found = None;
        for event in events {
            let Event::Key(key) = event else {
                self.give_up(&mut rest);
                rest.push(event);
                continue;
            };
            if self.held.is_empty() {
                if is_alt(key, ']') {
                    self.held.push(event);
                } else {
                    rest.push(event);
                }
                continue;
            }
            self.held.push(event);
            let ends = is_alt(key, '\\') || (key.code == KeyCode::Char('g') && key.modifiers == KeyModifiers::CONTROL);
            match key.code {
                _ if ends => {
                    found = self.text.strip_prefix(HEAD).and_then(brightness);
                    match found {
                        Some(_) => self.held.clear(),
                        None => self.give_up(&mut rest),
                    }
                    self.text.clear();
                }
                KeyCode::Char(c) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                    self.text.push(c);
                    let fits = HEAD.starts_with(&self.text) || self.text.starts_with(HEAD);
                    if !fits || self.text.len() > LONGEST {
                        self.give_up(&mut rest);
                    }
                }
                _ => self.give_up(&mut rest),
            }
        }
        (rest, found)
    }

    fn give_up(&mut self, rest: &mut Vec<Event>) {
        rest.append(&mut self.held);
        self.text.clear();
    }
}

fn is_alt(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers.contains(KeyModifiers::ALT)
}

/// `1e1e/1e1e/1e1e` as light or dark.
fn brightness(color: &str) -> Option<Background> {
    let mut parts = color.split('/').map(|part| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?)?.checked_sub(1)?;
        Some(u32::from_str_radix(part, 16).ok()? * 1000 / most.max(1))
    });
    let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
    // As the eye weighs them.
    let light = (red * 299 + green * 587 + blue * 114) / 1000;
    Some(if light > 500 {
        Background::Light
    } else {
        Background::Dark
    })
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use crate::theme::Background;
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

    fn keys(text: &str) -> Vec<Event> {
        let mut out = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let (c, modifiers) = match c {
                '\x1b' => (chars.next().unwrap(), KeyModifiers::ALT),
                _ => (c, KeyModifiers::NONE),
            };
            out.push(Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers)));
        }
        out
    }

    #[test]
    fn the_answer_is_taken_out_of_the_keys_however_it_is_cut() {
        let all = keys("hi\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\there");
        for cut in 0..all.len() {
            let mut answer = Answer::default();
            let (mut rest, first) = answer.take(all[..cut].to_vec());
            let (more, second) = answer.take(all[cut..].to_vec());
            rest.extend(more);
            assert_eq!(first.or(second), Some(Background::Light));
            assert_eq!(rest, keys("hithere"));
        }
        let dark = Answer::default().take(keys("\x1b]11;rgb:1e/1e/2e\x1b\\"));
        assert_eq!(dark, (vec![], Some(Background::Dark)));
    }

    #[test]
    fn what_is_no_answer_stays_what_it_was() {
        for typed in ["\x1b]hello", "\x1b]12;x", "\x1b]11;rgb:zz/zz/zz\x1b\\", "\x1b]1\x1bx"] {
            let (rest, found) = Answer::default().take(keys(typed));
            assert_eq!((rest, found), (keys(typed), None), "{typed:?}");
        }
    }
}
