//! Keys on a question.

use crossterm::event::KeyEvent;
use linchpin_protocol::Op;
use linchpin_protocol::question::Answer;

use super::{is_awake, say};
use crate::card::Act;
use crate::clean::Clean;
use crate::model::Model;
use crate::{Cmd, Now};

pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) {
    let Some(card) = model.cards.front_mut() else { return };
    if !card.shown_at.is_some_and(|shown_at| is_awake(shown_at, now)) {
        return;
    }
    match card.key(key) {
        Act::Stay if card.has_list() => card.scroll = None,
        Act::Stay => {}
        Act::Answer(answer) => answered(model, answer, cmds),
        Act::Store(secret) => cmds.push(Cmd::Store(secret)),
        Act::Copy(text) => {
            cmds.push(Cmd::Copy(text));
            say(model, Clean::fixed("Copied"));
        }
        Act::Open(url) => cmds.push(Cmd::OpenUrl(url)),
        Act::Interrupt => {
            cmds.push(Cmd::Send(Op::Interrupt));
            model.cards.pop_front();
        }
        Act::Scroll(by) => {
            let (scroll, most) = crate::view::card_scroll(model);
            if let Some(card) = model.cards.front_mut() {
                card.scroll = Some(scroll.saturating_add_signed(by).min(most));
            }
        }
    }
}

pub(super) fn stored(model: &mut Model, result: Result<(), String>, cmds: &mut Vec<Cmd>) {
    let Some(at) = model.cards.iter().position(|card| card.is_storing()) else {
        return;
    };
    let Some(card) = model.cards.get_mut(at) else { return };
    if let Some(answer) = card.stored(result) {
        let ask = card.ask;
        model.cards.remove(at);
        model.busy = model.turn.is_some();
        cmds.push(Cmd::Send(Op::Answer { ask, answer }));
    }
}

fn answered(model: &mut Model, answer: Answer, cmds: &mut Vec<Cmd>) {
    if let Some(card) = model.cards.pop_front() {
        model.busy = model.turn.is_some();
        cmds.push(Cmd::Send(Op::Answer { ask: card.ask, answer }));
    }
}
