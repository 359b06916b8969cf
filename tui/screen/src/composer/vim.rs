//! Vim's keys, as far as a message needs them.
//!
//! Off until somebody turns them on. A command is a letter, or an operator (`d`, `c`) and a
//! movement; `u` takes the last command back.

use super::Composer;

/// Where vim's keys are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Vim {
    /// Letters are letters.
    #[default]
    Off,
    /// As off, but Esc leads to the commands.
    Insert,
    /// Letters are commands; an operator waits for its movement.
    Normal(Option<char>),
}

/// Texts that `u` can go back to.
const UNDOS: usize = 50;

impl Composer {
    /// Turns vim's keys on or off; true if they are on now.
    pub fn toggle_vim(&mut self) -> bool {
        self.vim = match self.vim {
            Vim::Off => Vim::Insert,
            _ => Vim::Off,
        };
        self.vim != Vim::Off
    }

    /// The word for where vim's keys are, while they are on.
    pub(crate) fn vim_word(&self) -> Option<&'static str> {
        match self.vim {
            Vim::Off => None,
            Vim::Insert => Some("insert"),
            Vim::Normal(_) => Some("commands"),
        }
    }

    /// From writing to the commands; false if it isn't that way round.
    pub(crate) fn vim_escape(&mut self) -> bool {
        match self.vim {
            Vim::Insert => {
                self.vim = Vim::Normal(None);
                if self.cursor > self.line_start() {
                    self.left();
                }
                true
            }
            Vim::Normal(Some(_)) => {
                self.vim = Vim::Normal(None);
                true
            }
            Vim::Off | Vim::Normal(None) => false,
        }
    }

    /// Takes a letter as a command; false while letters are letters.
    pub(crate) fn vim_key(&mut self, key: char, cells: usize) -> bool {
        let Vim::Normal(operator) = &self.vim else { return false };
        let operator = *operator;
        self.vim = Vim::Normal(None);
        match (operator, key) {
            (Some(operator), key) => self.operate(operator, key, cells),
            (None, 'd' | 'c') => self.vim = Vim::Normal(Some(key)),
            (None, _) => self.command(key, cells),
        }
        true
    }

    fn command(&mut self, key: char, cells: usize) {
        if "xDCpoOsS".contains(key) {
            self.remember();
        }
        match key {
            'i' => self.vim = Vim::Insert,
            'a' => {
                if self.cursor < self.line_end() {
                    self.right();
                }
                self.vim = Vim::Insert;
            }
            'I' => {
                self.home();
                self.vim = Vim::Insert;
            }
            'A' => {
                self.end();
                self.vim = Vim::Insert;
            }
            'o' => {
                self.end();
                self.insert("\n");
                self.vim = Vim::Insert;
            }
            'O' => {
                self.home();
                self.insert("\n");
                self.left();
                self.vim = Vim::Insert;
            }
            'x' => self.delete_forward(),
            'D' => self.kill_to_end(),
            'C' | 'S' => {
                if key == 'S' {
                    self.home();
                }
                if self.cursor < self.line_end() {
                    self.kill_to_end();
                }
                self.vim = Vim::Insert;
            }
            's' => {
                self.delete_forward();
                self.vim = Vim::Insert;
            }
            'p' => {
                if self.cursor < self.line_end() {
                    self.right();
                }
                self.yank();
            }
            'u' => {
                if let Some((text, cursor)) = self.undo.pop() {
                    self.text = text;
                    self.cursor = cursor;
                    self.settle();
                }
            }
            movement => self.go(movement, cells),
        }
    }

    fn go(&mut self, movement: char, cells: usize) {
        match movement {
            'h' if self.cursor > self.line_start() => self.left(),
            'l' if self.cursor < self.line_end() => self.right(),
            'j' => drop(self.down(cells)),
            'k' => drop(self.up(cells)),
            'w' => self.word_start_right(),
            'b' => self.word_left(),
            'e' => self.word_right(),
            '0' | '^' => self.home(),
            '$' => self.end(),
            'G' => self.cursor = self.text.len(),
            'g' => self.cursor = 0,
            _ => {}
        }
    }

    fn operate(&mut self, operator: char, movement: char, cells: usize) {
        if !"dcwbe$0^hlG".contains(movement) {
            return;
        }
        self.remember();
        let from = self.cursor;
        let range = if movement == operator {
            let end = self.line_end();
            // With the line goes its break; to change a line keeps it.
            let end = if operator == 'd' && end < self.text.len() {
                end + 1
            } else {
                end
            };
            self.line_start()..end
        } else {
            self.go(movement, cells);
            from.min(self.cursor)..from.max(self.cursor)
        };
        self.kill(range.start, range.end);
        if operator == 'c' {
            self.vim = Vim::Insert;
        }
    }

    /// To the beginning of the next word.
    fn word_start_right(&mut self) {
        use unicode_segmentation::UnicodeSegmentation;
        let rest = &self.text[self.cursor..];
        let next = rest.unicode_word_indices().map(|(at, _)| at).find(|at| *at > 0);
        self.cursor += next.unwrap_or(rest.len());
        self.settle();
    }

    fn remember(&mut self) {
        self.undo.push((self.text.clone(), self.cursor));
        if self.undo.len() > UNDOS {
            self.undo.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Composer;

    /// Types `keys` as commands after `text`; the caret is shown as `|`.
    fn check(text: &str, keys: &str, expected: &str) {
        let mut composer = Composer::default();
        composer.toggle_vim();
        composer.insert(text);
        composer.vim_escape();
        for key in keys.chars() {
            if key == '\u{1b}' {
                composer.vim_escape();
            } else if !composer.vim_key(key, 40) {
                composer.insert(&key.to_string());
            }
        }
        let (before, after) = composer.text().split_at(composer.cursor());
        assert_eq!(format!("{before}|{after}"), expected, "{text:?} {keys:?}");
    }

    #[test]
    fn commands_do_what_they_do_in_vim() {
        check("one two", "", "one tw|o");
        check("one two", "0x", "|ne two");
        check("one two", "0wD", "one |");
        check("one two", "bcwthree", "one three|");
        check("one\ntwo", "dd", "one\n|");
        check("one\ntwo", "kdd", "|two");
        check("one two", "0dwu", "|one two");
        check("one two", "Ithe \u{1b}", "the| one two");
        check("one", "oand\u{1b}Obetween", "one\nbetween|\nand");
        check("one two", "0dwA \u{1b}p", "two one |");
    }
}
