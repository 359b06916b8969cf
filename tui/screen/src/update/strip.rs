//! Keys on the suggested prompts, while the composer is empty.

use crossterm::event::{KeyCode, KeyEvent};
use linchpin_protocol::{Op, Wanted};

use super::is_awake;
use crate::card::is_plain;
use crate::model::Model;
use crate::{Cmd, Now};

/// Places whose source is shown for one suggestion.
const SHOWN: usize = 3;

/// Takes a key if it is for the strip.
pub(super) fn key(model: &mut Model, key: KeyEvent, now: Now, cmds: &mut Vec<Cmd>) -> bool {
    if !model.strip_is_shown() || !is_plain(key) {
        return false;
    }
    let shown = crate::view::suggestions_shown(model);
    if shown == 0 {
        return false;
    }
    let awake = is_awake(model.strip.shown_at, now);
    let strip = &mut model.strip;
    match (key.code, strip.chosen) {
        (KeyCode::Down, chosen) => {
            strip.chosen = Some(chosen.map_or(0, |at| (at + 1).min(strip.suggestions.len() - 1)))
        }
        (KeyCode::Up, Some(0)) => strip.chosen = None,
        (KeyCode::Up, Some(at)) => strip.chosen = Some(at - 1),
        (KeyCode::Up, None) => return false,
        (KeyCode::Esc, Some(_)) => strip.chosen = None,
        (KeyCode::Enter, Some(at)) if awake => accept(model, at, cmds),
        (KeyCode::Char('e'), Some(at)) => {
            let prompt = strip.suggestions.get(at).map(|s| s.prompt.clone()).unwrap_or_default();
            strip.chosen = None;
            model.composer.set(&prompt);
        }
        (KeyCode::Char('v'), Some(at)) => {
            strip.evidence = !strip.evidence;
            if strip.evidence {
                let evidence = strip
                    .suggestions
                    .get(at)
                    .map(|its| its.evidence.clone())
                    .unwrap_or_default();
                for place in evidence.into_iter().take(SHOWN) {
                    if !model.strip.sources.contains_key(&(place.file.clone(), place.line)) {
                        let (file, line) = (place.file, place.line);
                        cmds.push(Cmd::Find(Wanted::Source { file, line }));
                    }
                }
            }
        }
        (KeyCode::Char('x'), Some(at)) if at < strip.suggestions.len() => {
            let gone = strip.suggestions.remove(at);
            strip.chosen = (!strip.suggestions.is_empty()).then(|| at.min(strip.suggestions.len() - 1));
            cmds.push(Cmd::Send(Op::Dismiss { suggestion: gone.id }));
        }
        (KeyCode::Char(c), _) => {
            let digit = c
                .to_digit(10)
                .and_then(|digit| usize::try_from(digit).ok())
                .filter(|digit| (1..=shown).contains(digit));
            let Some(digit) = digit.filter(|_| awake) else {
                strip.chosen = None;
                return false;
            };
            let first = crate::view::first_suggestion(model);
            accept(model, first + digit - 1, cmds);
        }
        _ => return false,
    }
    true
}

fn accept(model: &mut Model, at: usize, cmds: &mut Vec<Cmd>) {
    if let Some(suggestion) = model.strip.suggestions.get(at) {
        model.history.push(&suggestion.prompt);
        cmds.push(Cmd::Send(Op::Accept {
            suggestion: suggestion.id.clone(),
        }));
        model.strip.open = false;
        model.strip.chosen = None;
        model.transcript.follow();
    }
}
