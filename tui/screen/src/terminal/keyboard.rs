//! What the terminal says, as messages. Let go of while an editor has the terminal.
//!
//! crossterm's event stream is polled by the screen's own thread; its waker is the mailbox, so
//! that waiting for a key and waiting for the agent are one wait.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures::Stream;

use super::background::Answer;
use crate::{Inbox, Msg};

/// As many arrows at once come from a wheel, not from a finger.
const WHEEL: usize = 3;

pub(crate) struct Keyboard {
    stream: EventStream,
    waker: Waker,
    answer: Answer,
}

impl Keyboard {
    pub(crate) fn open(inbox: &Inbox) -> Self {
        Self {
            stream: EventStream::new(),
            waker: Waker::from(inbox.input_waker()),
            answer: Answer::default(),
        }
    }

    /// Everything there is to read now. `None` at the end means that the terminal is gone.
    pub(crate) fn drain(&mut self) -> (Vec<Msg>, bool) {
        let mut context = Context::from_waker(&self.waker);
        let mut events = Vec::new();
        let gone = loop {
            match Pin::new(&mut self.stream).poll_next(&mut context) {
                Poll::Ready(Some(Ok(event))) => events.push(event),
                Poll::Ready(Some(Err(_)) | None) => break true,
                Poll::Pending => break false,
            }
        };
        let (events, background) = self.answer.take(events);
        let mut messages = messages(events);
        messages.extend(background.map(Msg::Background));
        (messages, gone)
    }
}

/// Events as messages; runs of arrows become turns of the wheel, of many sizes the last counts.
pub(crate) fn messages(events: Vec<Event>) -> Vec<Msg> {
    let mut messages = Vec::new();
    let mut at = 0;
    while let Some(event) = events.get(at) {
        let run = arrow(event).map_or(0, |up| {
            events[at..].iter().take_while(|event| arrow(event) == Some(up)).count()
        });
        if run >= WHEEL {
            let rows = i16::try_from(run).unwrap_or(i16::MAX);
            messages.push(Msg::Wheel(if arrow(event) == Some(true) { -rows } else { rows }));
            at += run;
            continue;
        }
        at += 1;
        match event {
            Event::Key(key) => messages.push(Msg::Key(*key)),
            Event::Paste(text) => messages.push(Msg::Paste(text.clone())),
            Event::Resize(width, height) => {
                messages.retain(|message| !matches!(message, Msg::Resize(..)));
                messages.push(Msg::Resize(*width, *height));
            }
            Event::FocusGained => messages.push(Msg::Focus(true)),
            Event::FocusLost => messages.push(Msg::Focus(false)),
            Event::Mouse(_) => {}
        }
    }
    messages
}

fn arrow(event: &Event) -> Option<bool> {
    match event {
        Event::Key(KeyEvent {
            code: KeyCode::Up,
            modifiers: KeyModifiers::NONE,
            kind: KeyEventKind::Press,
            ..
        }) => Some(true),
        Event::Key(KeyEvent {
            code: KeyCode::Down,
            modifiers: KeyModifiers::NONE,
            kind: KeyEventKind::Press,
            ..
        }) => Some(false),
        _ => None,
    }
}
