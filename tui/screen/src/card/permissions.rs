//! Action required: these permissions, for these functions.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::question::{Answer, Permission, PermissionsQuestion};

use super::{Act, Body, buttons, hints, mode_words, sensitivity_word, step};
use crate::clean::Clean;
use crate::text::Row;
use crate::theme::{Label, Look};

pub(super) struct PermissionsCard {
    question: PermissionsQuestion,
    focus: usize,
}

const ANSWERS: [Answer; 3] = [Answer::Connect, Answer::Skip, Answer::OtherAccount];

impl PermissionsCard {
    pub(super) fn new(question: PermissionsQuestion) -> Self {
        Self { question, focus: 0 }
    }

    fn names(&self) -> Vec<Clean> {
        let connect = match (&self.question.connected_as, self.question.covered) {
            (Some(account), true) => format!("Go on as {account}"),
            _ => format!("Connect to {}", self.question.connector_name),
        };
        vec![
            Clean::line(&connect),
            Clean::fixed("Skip"),
            Clean::fixed("Use another account"),
        ]
    }

    pub(super) fn choices(&self) -> Vec<(Row, Answer)> {
        self.names()
            .into_iter()
            .map(|name| Row::new().add(Label::Text, name))
            .zip(ANSWERS)
            .collect()
    }

    pub(super) fn body(&self, cells: usize, look: Look) -> Body {
        let (question, glyphs) = (&self.question, look.glyphs());
        let head = Row::new()
            .tell(Label::Strong, &question.connector_name)
            .say(Label::Dim, glyphs.dot);
        let mut rows = head.say(Label::Text, mode_words(question.mode)).wrap(cells, 0);
        if let Some(account) = &question.connected_as {
            let enough = if question.covered {
                ". Nothing more is needed."
            } else {
                ". More permissions are needed."
            };
            let row = Row::fixed(Label::Text, "Connected as ")
                .tell(Label::Strong, account)
                .say(Label::Text, enough);
            rows.extend(row.wrap(cells, 2));
        }
        rows.push(Row::new());
        rows.push(Row::fixed(Label::Heading, "Required permissions"));
        for permission in &question.permissions {
            rows.extend(permission_rows(permission, cells, look));
        }
        if !question.after.is_empty() {
            rows.push(Row::new());
            rows.push(Row::fixed(Label::Heading, "After connecting"));
            for step in &question.after {
                rows.extend(
                    Row::fixed(Label::Dim, glyphs.bullet)
                        .gap(1)
                        .tell(Label::Text, step)
                        .wrap(cells, 2),
                );
            }
        }
        Body {
            title: Row::fixed(Label::Frame, "Action required"),
            rows,
            foot: buttons(&self.names(), self.focus, cells),
            hints: hints(
                look,
                &[
                    (glyphs.left_right, "choose"),
                    ("Enter", "press"),
                    ("Esc", "skip for now"),
                ],
            ),
            ..Body::default()
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        match key.code {
            KeyCode::Enter => ANSWERS.get(self.focus).cloned().map_or(Act::Stay, Act::Answer),
            KeyCode::Esc => Act::Answer(Answer::Skip),
            KeyCode::Up => Act::Scroll(-1),
            KeyCode::Down => Act::Scroll(1),
            _ => {
                self.focus = step(self.focus, ANSWERS.len(), key).unwrap_or(self.focus);
                Act::Stay
            }
        }
    }
}

fn permission_rows(permission: &Permission, cells: usize, look: Look) -> Vec<Row> {
    let glyphs = look.glyphs();
    let mark = if permission.granted {
        Row::fixed(Label::Good, glyphs.tick)
    } else {
        Row::fixed(Label::Dim, glyphs.bullet)
    };
    let mut rows = mark.gap(1).tell(Label::Text, &permission.sentence).wrap(cells, 2);
    let (label, word) = sensitivity_word(permission.sensitivity);
    let mut facts = Row::new().gap(2).say(label, word);
    if let Some((some, of)) = permission.unlocks {
        facts = facts
            .say(Label::Dim, glyphs.dot)
            .tell(Label::Text, &format!("{some} of {of} methods"));
    }
    if permission.granted {
        facts = facts.say(Label::Dim, glyphs.dot).say(Label::Good, "granted already");
    }
    if !permission.needed_by.is_empty() {
        let needed_by = permission.needed_by.join(", ");
        facts = facts
            .say(Label::Dim, glyphs.dot)
            .say(Label::Dim, "needed by ")
            .tell(Label::Text, &needed_by);
    }
    facts = facts.say(Label::Dim, glyphs.dot).tell(Label::Dim, &permission.scope);
    rows.extend(facts.wrap(cells, 2));
    rows
}
