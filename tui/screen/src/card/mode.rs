//! Shared, or each user their own?

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::question::{Answer, Mode, ModeQuestion};

use super::{Act, Body, hints, mode_name, mode_words, step};
use crate::text::Row;
use crate::theme::{Label, Look};

const MODES: [Mode; 2] = [Mode::Shared, Mode::AppUser];

pub(super) struct ModeCard {
    question: ModeQuestion,
    focus: usize,
}

impl ModeCard {
    pub(super) fn new(question: ModeQuestion) -> Self {
        let mut card = Self {
            focus: usize::from(question.advised == Mode::AppUser),
            question,
        };
        if card.is_impossible(MODES[card.focus]) {
            card.focus = 1 - card.focus;
        }
        card
    }

    fn is_impossible(&self, mode: Mode) -> bool {
        self.question
            .impossible
            .as_ref()
            .is_some_and(|(impossible, _)| *impossible == mode)
    }

    pub(super) fn choices(&self) -> Vec<(Row, Answer)> {
        let possible = MODES.into_iter().filter(|mode| !self.is_impossible(*mode));
        let words = |mode| {
            Row::fixed(Label::Text, mode_words(mode))
                .say(Label::Dim, " (")
                .say(Label::Dim, mode_name(mode))
                .say(Label::Dim, ")")
        };
        possible.map(|mode| (words(mode), Answer::Mode(mode))).collect()
    }

    pub(super) fn body(&self, cells: usize, look: Look) -> Body {
        let (question, glyphs) = (&self.question, look.glyphs());
        let asked = Row::fixed(Label::Strong, "Whose ").tell(Label::Strong, &question.connector_name);
        let mut rows = asked.say(Label::Strong, " account will this use?").wrap(cells, 0);
        rows.push(Row::new());
        let mut keep = 0;
        let mut options = Vec::new();
        for (i, mode) in MODES.into_iter().enumerate() {
            let impossible = self.is_impossible(mode);
            let chosen = i == self.focus;
            let label = match (impossible, chosen) {
                (true, _) => Label::Dim,
                (false, true) => Label::Focus,
                (false, false) => Label::Text,
            };
            if chosen {
                keep = rows.len();
            }
            let pointer = if chosen { glyphs.pointer } else { " " };
            let mut row = Row::new().say(Label::Accent, pointer).gap(1);
            row = row
                .tell(Label::Key, &(i + 1).to_string())
                .gap(1)
                .say(label, mode_words(mode))
                .gap(2);
            row = row.say(Label::Dim, "(").say(Label::Dim, mode_name(mode));
            if question.advised == mode {
                row = row.say(Label::Dim, ", advised");
            }
            options.push(rows.len());
            rows.extend(row.say(Label::Dim, ")").wrap(cells, 4));
            if let Some((_, reason)) = question.impossible.as_ref().filter(|_| impossible) {
                let row = Row::new()
                    .gap(4)
                    .say(Label::Dim, "Not possible here (")
                    .say(Label::Dim, mode_name(mode))
                    .say(Label::Dim, "): ")
                    .tell(Label::Dim, reason);
                rows.extend(row.wrap(cells, 4));
            }
        }
        rows.push(Row::new());
        let advice = Row::fixed(Label::Good, "Advised: ")
            .say(Label::Good, mode_name(question.advised))
            .say(Label::Text, ". ");
        rows.extend(advice.tell(Label::Text, &question.reason).wrap(cells, 2));
        for evidence in &question.evidence {
            let place = format!("{}:{}", evidence.file, evidence.line);
            rows.extend(
                Row::new()
                    .gap(2)
                    .tell(Label::Code, &place)
                    .gap(2)
                    .tell(Label::Dim, &evidence.why)
                    .wrap(cells, 4),
            );
        }
        Body {
            title: Row::fixed(Label::Frame, "Shared or per user"),
            rows,
            options,
            keep: Some(keep),
            hints: hints(
                look,
                &[(glyphs.up_down, "choose"), ("Enter", "confirm"), ("Esc", "stop")],
            ),
            ..Body::default()
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        match key.code {
            KeyCode::Enter => Act::Answer(Answer::Mode(MODES[self.focus])),
            KeyCode::Esc => Act::Interrupt,
            _ => {
                if let Some(focus) =
                    step(self.focus, MODES.len(), key).filter(|focus| !self.is_impossible(MODES[*focus]))
                {
                    self.focus = focus;
                }
                Act::Stay
            }
        }
    }
}
