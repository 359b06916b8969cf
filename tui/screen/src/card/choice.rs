//! One of several, or words of one's own.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::question::{Answer, ChoiceQuestion};

use super::{Act, Body, field, hints, is_ctrl, is_plain, step};
use crate::Composer;
use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};

pub(super) struct ChoiceCard {
    question: ChoiceQuestion,
    /// An option, or the field behind them.
    focus: usize,
    words: Composer,
}

impl ChoiceCard {
    pub(super) fn new(question: ChoiceQuestion) -> Self {
        Self {
            question,
            focus: 0,
            words: Composer::default(),
        }
    }

    pub(super) fn is_free(&self) -> bool {
        self.question.free || self.question.options.is_empty()
    }

    fn in_field(&self) -> bool {
        self.is_free() && self.focus >= self.question.options.len()
    }

    pub(super) fn choices(&self) -> Vec<(Row, Answer)> {
        let option = |text: &String| (Row::new().tell(Label::Text, text), Answer::Text(text.clone()));
        self.question.options.iter().map(option).collect()
    }

    pub(super) fn body(&self, cells: usize, look: Look) -> Body {
        let (question, glyphs) = (&self.question, look.glyphs());
        let mut rows = Vec::new();
        for line in Clean::lines(&question.text) {
            rows.extend(Row::new().add(Label::Strong, line).wrap(cells, 0));
        }
        rows.push(Row::new());
        let mut keep = 0;
        let mut options_at = Vec::new();
        for (i, option) in question.options.iter().enumerate() {
            let chosen = i == self.focus;
            if chosen {
                keep = rows.len();
            }
            let pointer = if chosen { glyphs.pointer } else { " " };
            let number = if i < 9 { (i + 1).to_string() } else { " ".to_owned() };
            let label = if chosen { Label::Focus } else { Label::Text };
            let row = Row::new()
                .say(Label::Accent, pointer)
                .gap(1)
                .tell(Label::Key, &number)
                .gap(1);
            options_at.push(rows.len());
            rows.extend(row.tell(label, option).wrap(cells, 4));
        }
        let mut foot = Vec::new();
        let mut cursor = None;
        if self.is_free() {
            let (row, col) = field(
                "Your own words",
                self.words.text(),
                self.words.cursor(),
                &question.placeholder,
                cells,
            );
            foot.push(row);
            cursor = self.in_field().then_some((0, col));
        }
        let keys: &[(&str, &str)] = match self.is_free() {
            true => &[
                ("", "choose"),
                ("type", "your own words"),
                ("Enter", "confirm"),
                ("Esc", "stop"),
            ],
            false => &[("", "choose"), ("Enter", "confirm"), ("Esc", "stop")],
        };
        let mut keys = keys.to_vec();
        if let Some(first) = keys.first_mut() {
            first.0 = glyphs.up_down;
        }
        Body {
            title: Row::fixed(Label::Frame, "Linchpin asks"),
            rows,
            options: options_at,
            keep: Some(keep),
            foot,
            hints: hints(look, &keys),
            cursor,
            ..Body::default()
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.is_free() {
            self.focus = self.question.options.len();
            self.words.insert(&text.replace(['\n', '\r'], " "));
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        let options = self.question.options.len();
        match key.code {
            KeyCode::Esc => return Act::Interrupt,
            KeyCode::Enter if !self.in_field() => {
                return self
                    .question
                    .options
                    .get(self.focus)
                    .cloned()
                    .map_or(Act::Stay, |text| Act::Answer(Answer::Text(text)));
            }
            KeyCode::Enter => {
                let words = self.words.text().trim().to_owned();
                return if words.is_empty() {
                    Act::Stay
                } else {
                    Act::Answer(Answer::Text(words))
                };
            }
            _ => {}
        }
        let editing = self.in_field() && !self.words.is_empty();
        match key.code {
            KeyCode::Backspace if self.in_field() => self.words.backspace(),
            KeyCode::Delete if editing => self.words.delete_forward(),
            KeyCode::Left if editing => self.words.left(),
            KeyCode::Right if editing => self.words.right(),
            KeyCode::Char(_) if is_ctrl(key, 'u') => self.words.kill_to_start(),
            KeyCode::Char(_) if is_ctrl(key, 'w') => self.words.kill_word_back(),
            // Digits choose while nothing is written; in the field they are text.
            KeyCode::Char(c) if is_plain(key) && self.is_free() && (self.in_field() || !c.is_ascii_digit()) => {
                self.focus = options;
                self.words.insert(c.encode_utf8(&mut [0; 4]));
            }
            _ => {
                let count = options + usize::from(self.is_free());
                let chosen = step(self.focus, count, key)
                    .filter(|focus| !matches!(key.code, KeyCode::Char(_)) || *focus < options);
                self.focus = chosen.unwrap_or(self.focus);
            }
        }
        Act::Stay
    }
}
